"""An answer about a day made again of what an evidence file holds: looks, listings and the chain. Pure.

The same rules answer as in the memory (`watcher.ask.past`); only what they are given differs: the listings of
the looks in the file, and of all other looks what the chain says of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from state.codec import instant, maybe_instant
from state.model import Attestation, Known, Outcome, Provider, Run, Version
from state.names import HOME, name_key
from state.seen.looks import chain
from state.seen.taken_back import forgotten
from state.words.course import statuses
from watcher.ask.day import Past
from watcher.ask.past.sighting import Sighting, Stretch, stretches
from watcher.ask.past.was import Answer, Basis, Finding, bounds_of_day, combined, was

if TYPE_CHECKING:
    from state.model import Evidence

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A register that speaks of the label: its name, the seconds between two looks at it that count as
    watched, and the looks whose listings are in the file, by the numbers of their runs."""

    source: str
    patience: int
    looks: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked and when, the names that the provider goes by, and the registers that were asked.

    `states` are those on whose lists it stands, where a list of another state was asked: a name says nothing
    across states.
    """

    provider: Provider
    label: str
    day: date
    asked_at: datetime
    names: tuple[str, ...]
    voices: tuple[Voice, ...]
    states: tuple[str, ...] = ()

    def own(self, rows: Iterable[tuple[int, Attestation]]) -> Mapping[int, Attestation]:
        """The rows whose holder goes by one of the names, on the list of one of the states."""
        keys, states = self.keys, self.states
        return {
            line: row
            for line, row in rows
            if name_key(row.holder) in keys and (not states or (row.country or HOME) in states)
        }

    @property
    def keys(self) -> frozenset[str]:
        """The names as they are compared."""
        return frozenset(map(name_key, self.names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The rows of a label after one look by line of life, and those that the look did not show."""

    rows: Mapping[int, Attestation]
    missing: frozenset[int]


def looks_of(facts: Iterable[Json]) -> Mapping[str, Sequence[Run]]:
    """The good looks that a chain seals, by source and in order of time; those forgotten later left out."""
    facts = list(facts)
    gone = {each["record"] for each in facts if each["kind"] == forgotten.KIND}
    good: defaultdict[str, list[Run]] = defaultdict(list)
    for each in facts:
        if each["kind"] == chain.RUN and each["record"] not in gone and (run := run_of(each["run"])).good:
            good[run.source].append(run)
    return {source: sorted(runs, key=lambda run: (run.at, run.id)) for source, runs in good.items()}


def run_of(facts: Json) -> Run:
    """A look as its link tells it, as far as a question about a day asks."""
    return Run(
        id=facts["id"],
        source=facts["source"],
        at=instant(facts["at"]),
        outcome=Outcome(facts["outcome"]),
        snapshot=facts["snapshot"],
        edition_at=maybe_instant(facts["edition_at"]),
        rows=facts["rows"],
        believed=facts["believed"],
    )


def past_of(
    asked: Question, runs: Mapping[str, Sequence[Run]], shown: Mapping[int, Shown], proofs: Sequence[Evidence]
) -> Past:
    """The answer, given the good looks of each source and the listings after some."""
    found = {
        voice.source: _finding(asked, voice, stretches(runs.get(voice.source, ())), shown)
        for voice in asked.voices
    }
    return _told(asked, found, proofs)


def unknown_name(asked: Question, shown: Mapping[int, Shown]) -> Past | None:
    """The answer about a name that is on none of the lists in the file; None where one has it."""
    if any(own_rows(asked, one) for one in shown.values()):
        return None
    finding = Finding(answer=Answer.UNKNOWN, basis=Basis.UNKNOWN_NAME)
    return Past(
        provider=asked.provider,
        label=asked.label,
        day=asked.day,
        finding=finding,
        source="",
        sources={},
        evidence=(),
    )


def _told(asked: Question, found: Mapping[str, Finding], proofs: Sequence[Evidence]) -> Past:
    finding = combined(tuple(found.values()))
    return Past(
        provider=asked.provider,
        label=asked.label,
        day=asked.day,
        finding=finding,
        source=next((name for name, one in found.items() if one is finding), ""),
        sources=found,
        evidence=tuple(proofs),
    )


def own_rows(asked: Question, shown: Shown) -> Mapping[int, Attestation]:
    """The rows of a listing whose holder goes by one of the provider's names."""
    return asked.own(shown.rows.items())


def _finding(asked: Question, voice: Voice, seen: Sequence[Stretch], shown: Mapping[int, Shown]) -> Finding:
    taken = [one for one in seen if one.last.id in voice.looks]
    own = [own_rows(asked, shown[one.last.id]) for one in taken]
    sightings = [_sighting(asked, n, taken, own, shown) for n in range(len(taken))]
    printed = _printed(asked, taken, own)
    return was(sightings, asked.day, timedelta(seconds=voice.patience), asked.asked_at, printed)


def _sighting(
    asked: Question,
    n: int,
    taken: Sequence[Stretch],
    own: Sequence[Mapping[int, Attestation]],
    shown: Mapping[int, Shown],
) -> Sighting:
    """What one stretch shows. A row that a look did not show and that went later was gone from then on."""
    absent = shown[taken[n].last.id].missing
    later = [lines for lines in own[n + 1 :]]
    over = {line for line in absent if later and line not in later[-1]}
    standing = [
        _version(asked, line, n, taken, own)
        for line, row in own[n].items()
        if row.stands and line not in over
    ]
    return Sighting(
        stretch=taken[n],
        rows=tuple(one for one in standing if one.known.row not in absent),
        missing=tuple(one for one in standing if one.known.row in absent),
    )


def _version(
    asked: Question, line: int, n: int, taken: Sequence[Stretch], own: Sequence[Mapping[int, Attestation]]
) -> Version:
    """A row as it stood at one stretch: since the first that shows it so, until one that does not."""
    row, first = own[n][line], n
    while first > 0 and own[first - 1].get(line) == row:
        first -= 1
    end = next((taken[k] for k in range(n + 1, len(taken)) if own[k].get(line) != row), None)
    begin = taken[first]
    return Version(
        source=begin.last.source,
        known=Known(row=line, attestation=row, provider=asked.provider, end_seen_at=begin.last.at),
        since=begin.first.at,
        since_edition=begin.last.edition_at,
        until=end.first.at if end else None,
        until_edition=end.last.edition_at if end else None,
        since_run=begin.first.id,
        until_run=end.first.id if end else None,
    )


def _printed(
    asked: Question, taken: Sequence[Stretch], own: Sequence[Mapping[int, Attestation]]
) -> tuple[Version, ...]:
    """The last word on each row that prints its statuses."""
    last: dict[int, int] = {}
    for n, rows in enumerate(own):
        last |= dict.fromkeys(rows, n)
    versions = (_version(asked, line, n, taken, own) for line, n in sorted(last.items()))
    return tuple(one for one in versions if statuses(one.known.attestation))


def hidden(asked: Question, voice: Voice, seen: Sequence[Stretch]) -> Stretch | None:
    """A look that saw the label next to the day and is not in the file, which could say otherwise."""
    end = bounds_of_day(asked.day)[1]
    spoke = [one for one in seen if asked.label in one.labels]
    taken = [one for one in spoke if one.last.id in voice.looks]
    before = max((one.start for one in taken if one.start < end), default=None)
    after = min((one.start for one in taken if one.start >= end), default=None)
    for one in (each for each in spoke if each.last.id not in voice.looks):
        nearer = (
            before is None or one.start > before if one.start < end else after is None or one.start < after
        )
        if nearer:
            return one
    return None


def unlooked(asked: Question, seen: Collection[Stretch], voice: Voice) -> bool:
    """Whether the file holds no look by the day: then all of the chain must tell that there is none."""
    end = bounds_of_day(asked.day)[1]
    return not any(one.start < end for one in seen if one.last.id in voice.looks)
