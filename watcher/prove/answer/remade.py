"""An answer about a day made again of what an evidence file holds: looks, listings and the chain. Pure.

The same rules answer as in the memory (`watcher.ask.past`); only what they are given differs: the listings of
the looks in the file, and of all other looks what the chain says of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from notifiers.said.texts import LANGUAGES
from state.model import Attestation, Known, Run, Version
from state.words.course import statuses
from watcher.ask.day import Past, of_parts, with_documents
from watcher.ask.past.sighting import Sighting, Stretch, stretches
from watcher.ask.past.was import Answer, Basis, Finding, bounds_of_day, combined, was
from watcher.ask.standing.together import grounds
from watcher.said.past import said
from watcher.said.told import hearer

if TYPE_CHECKING:
    from state.model import Evidence
    from watcher.prove.answer.opened import Opened, Shown, Whole
    from watcher.prove.answer.stated import Question, Voice


def past_of(
    asked: Question, runs: Mapping[str, Sequence[Run]], shown: Mapping[int, Shown], proofs: Sequence[Evidence]
) -> Past:
    """The answer, given the good looks of each source and the listings after some."""
    found = {
        voice.source: _finding(asked, voice, stretches(runs.get(voice.source, ())), shown)
        for voice in asked.voices
    }
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


def unknown_name(asked: Question, shown: Mapping[int, Shown]) -> Past | None:
    """The answer about a name that is on none of the lists in the file; None where one has it."""
    if any(asked.own(one.rows) for one in shown.values()):
        return None
    return Past(
        provider=asked.provider,
        label=asked.label,
        day=asked.day,
        finding=Finding(answer=Answer.UNKNOWN, basis=Basis.UNKNOWN_NAME),
        source="",
        sources={},
        evidence=(),
    )


def _finding(asked: Question, voice: Voice, seen: Sequence[Stretch], shown: Mapping[int, Shown]) -> Finding:
    taken = [one for one in seen if one.last.id in voice.looks]
    own = [asked.own(shown[one.last.id].rows) for one in taken]
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
    over = absent - own[-1].keys()
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


def made_again(found: Opened) -> Past:
    """The answer that the looks and documents in the file give."""
    stated, asked = found.stated, found.stated.asked
    listed = past_of(asked, found.runs, found.shown, found.proofs)
    unlisted = unknown_name(asked, found.shown)
    lasts = {voice.source: timedelta(seconds=voice.patience) for voice in asked.voices}
    seen = [(one, lasts[name]) for name, one in listed.sources.items()]

    def told(past: Past) -> Past:
        return with_documents(past, seen, stated.documents, asked.asked_at)

    # By documents, the answer is the same of a name that no list has; only the words for it are others.
    if unlisted is not None:
        nameless = told(unlisted)
        if stated.basis is Basis.UNKNOWN_NAME or (stated.basis is Basis.DOCUMENT and same(found, nameless)):
            return nameless
    return told(listed)


def whole_again(found: Whole, each: Sequence[Past]) -> Past:
    """The answer that a whole file gives: that about its one label, or what those about `each` come to."""
    if found.together is None:
        return each[0]
    asked, parts = found.together, zip(found.together.parts, each, strict=True)
    noted = tuple(replace(past, noted=part.noted) for part, past in parts)
    return of_parts(asked.provider, asked.label, asked.day, noted)


def says(past: Past) -> Mapping[str, str]:
    """An answer in words, by language."""
    return {lang: said(past, hearer(lang)) for lang in LANGUAGES}


def same(found: Opened | Whole, past: Past) -> bool:
    """Whether an answer made again is the one stated, to the word."""
    stated = found.stated
    one = (past.finding.answer, past.finding.basis, says(past))
    return one == (stated.answer, stated.basis, stated.said)


def same_whole(found: Whole, past: Past) -> bool:
    """The same of a whole file; of labels together, what it comes to as well."""
    return same(found, past) and (found.together is None or grounds(past) == found.together.held)


def unseen(found: Opened) -> str:
    """What the chain tells, or may tell, that the listings in the file do not; "" for nothing."""
    asked, first = found.stated.asked, found.links[0]
    for voice in asked.voices:
        seen = stretches(found.runs.get(voice.source, ()))
        if look := _hidden(asked, voice, seen):
            return f"expected the listing of the look {look.last.id}, which is next to the day; found none"
        # That nobody looked is what a chain lacks: it must be whole to show it.
        if first > 1 and unlooked(asked, seen, voice):
            lacks = f"no look at {voice.source} by the day"
            return f"expected all of the chain, which must show {lacks}; found links from {first}"
    if not asked.voices and first > 1:
        return f"expected the whole chain, to see that no register was read; found links from {first}"
    return ""


def _hidden(asked: Question, voice: Voice, seen: Sequence[Stretch]) -> Stretch | None:
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
