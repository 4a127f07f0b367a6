"""Judges a reading: believe it, hold some of its removals, or doubt it altogether. Pure.

A register that looks shorter than it is would make us announce losses that did not happen; additions cannot
do that harm, so they flow while removals wait.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scrapers.source import Bounds
from state.model import Attestation, Known, Listing, SourceState, coverage_of
from state.names import name_key
from watcher.pair import Pairing

LOOKS_TO_RELEASE = 3
HOURS_TO_RELEASE = timedelta(hours=24)
LOOKS_ON_UNDATED_PAGE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Removals of one label that wait: for a person (`routine` false), or merely for a second look."""

    label: str
    rows: frozenset[int]
    why: str
    routine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is believed of a reading.

    `removed` are the known rows whose disappearance is believed, `missing` those that this reading does not
    show and that are kept for now, `kept` those it could not speak about. `doubt`, when not empty, says why
    nothing of the reading is believed.
    """

    doubt: str = ""
    removed: frozenset[int] = frozenset()
    missing: frozenset[int] = frozenset()
    kept: frozenset[int] = frozenset()
    held: tuple[Held, ...] = ()

    @property
    def alarming(self) -> tuple[Held, ...]:
        """The holds that a person should look at."""
        return tuple(hold for hold in self.held if not hold.routine)


def judge(
    pairing: Pairing,
    seen: Listing,
    state: SourceState,
    bounds: Mapping[str, Bounds],
    now: datetime,
    *,
    approved: bool = False,
) -> Verdict:
    """The verdict on a reading paired with what is known; `approved` is an operator's word for this run."""
    if stale := _older(seen, state):
        return Verdict(doubt=stale)
    kept = _kept(pairing.left, seen)
    left = [row for row in pairing.left if row.row not in kept]
    if approved:
        return Verdict(removed=frozenset(row.row for row in left), kept=kept)
    if doubt := _short_first_look(seen, state, bounds) or _mass_demotion(pairing, bounds):
        return Verdict(doubt=doubt)
    held = _holds(left, _holders(pairing, kept), seen, bounds, now)
    missing = frozenset(row for hold in held for row in hold.rows)
    return Verdict(
        removed=frozenset(row.row for row in left) - missing, missing=missing, kept=kept, held=held
    )


def _older(seen: Listing, state: SourceState) -> str:
    if state.edition_at is None or seen.edition_at is None or seen.edition_at >= state.edition_at:
        return ""
    return (
        f"edition of {seen.edition_at:%Y-%m-%d %H:%M} UTC is older than the one known, "
        f"of {state.edition_at:%Y-%m-%d %H:%M} UTC: a stale copy, ignored"
    )


def stands(row: Attestation) -> bool:
    """Whether a row counts when a list looks short: what is held, and candidates on their own pages."""
    return row.held or row.status == "candidate"


def _short_first_look(seen: Listing, state: SourceState, bounds: Mapping[str, Bounds]) -> str:
    counts = Counter(row.label for row in seen.attestations if stands(row))
    for label in sorted(seen.covers - state.covers):
        bound = bounds.get(label)
        if bound and counts[label] < bound.floor:
            return (
                f"first look at {label}: {counts[label]} rows, at least {bound.floor} expected; "
                "a short list would make a false baseline"
            )
    return ""


def _mass_demotion(pairing: Pairing, bounds: Mapping[str, Bounds]) -> str:
    """Doubts a reading that prints many holders of one label as archived or withdrawn at once."""
    demoted: dict[str, set[str]] = defaultdict(set)
    holders: dict[str, set[str]] = defaultdict(set)
    for old, new in pairing.pairs:
        if old.attestation.held:
            holders[old.attestation.label].add(old.provider.slug)
            if not new.attestation.held:
                demoted[old.attestation.label].add(old.provider.slug)
    for label, slugs in sorted(demoted.items()):
        limit = _limit(bounds.get(label), len(holders[label]))
        if len(slugs) > limit:
            return (
                f"{label}: {len(slugs)} of {len(holders[label])} holders would be archived or withdrawn "
                f"at once, more than {limit:g}"
            )
    return ""


def _kept(left: Sequence[Known], seen: Listing) -> frozenset[int]:
    """The rows that the reading could not speak about: uncovered tables, and rows it could not read.

    An unreadable row that cannot be told apart shields every row of its label: better a late loss than a
    false one.
    """
    kept = {row.row for row in left if coverage_of(row.attestation) not in seen.covers}
    for odd in seen.unreadable:
        rows = [row for row in left if row.attestation.label == odd.label]
        by_ref = [row for row in rows if odd.ref and _folded(row.attestation.ref) == _folded(odd.ref)]
        by_holder = [
            row for row in rows if odd.holder and name_key(row.attestation.holder) == name_key(odd.holder)
        ]
        kept.update(row.row for row in (by_ref or by_holder or rows))
    return frozenset(kept)


def _folded(ref: str | None) -> str | None:
    return ref.casefold() if ref is not None else None


def _holds(
    left: Sequence[Known],
    holders: Mapping[str, tuple[set[str], set[str]]],
    seen: Listing,
    bounds: Mapping[str, Bounds],
    now: datetime,
) -> tuple[Held, ...]:
    by_label: dict[str, list[Known]] = defaultdict(list)
    for row in left:
        by_label[row.attestation.label].append(row)
    counts = Counter(row.label for row in seen.attestations if stands(row))
    held = []
    for label, rows in sorted(by_label.items()):
        why = _too_many(label, counts[label], *holders[label], bounds.get(label))
        hold = _wait(label, rows, why, seen, now)
        if hold is not None:
            held.append(hold)
    return tuple(held)


def _wait(label: str, rows: Sequence[Known], why: str, seen: Listing, now: datetime) -> Held | None:
    """The hold on one label's missing rows, unless enough looks have confirmed each of them."""
    looks, time = (LOOKS_TO_RELEASE, HOURS_TO_RELEASE) if why else (LOOKS_ON_UNDATED_PAGE, timedelta(0))
    moved = next((remark.text for remark in seen.remarks if remark.topic.startswith("moved:")), "")
    if not why and not moved and seen.edition_at is not None:
        return None
    waiting = frozenset(row.row for row in rows if not _confirmed(row, looks, time, now))
    if not waiting:
        return None
    if why:
        return Held(label=label, rows=waiting, why=f"{why}; {len(waiting)} removals held")
    reason = moved or "not on an undated page: a second look will tell"
    return Held(label=label, rows=waiting, why=f"{label}: {len(waiting)} rows {reason}", routine=True)


def _confirmed(row: Known, looks: int, time: timedelta, now: datetime) -> bool:
    """Whether this look makes enough looks in a row without it, over enough time."""
    if row.missing_since is None:
        return False
    waited = max(now - row.missing_since, timedelta(0))  # since a day yet to come: a clock was ahead
    return row.missing_looks + 1 >= looks and waited >= time


def _too_many(label: str, rows: int, before: set[str], after: set[str], bound: Bounds | None) -> str:
    if bound and rows < bound.floor:
        return f"{label}: {rows} rows read, at least {bound.floor} expected"
    lost, limit = len(before - after), _limit(bound, len(before))
    if lost > limit:
        return f"{label}: {lost} of {len(before)} holders would be lost at once, more than {limit:g}"
    return ""


def _limit(bound: Bounds | None, holders: int) -> float:
    bound = bound or Bounds(floor=0)
    return max(bound.least, bound.share * holders)


def _holders(pairing: Pairing, kept: frozenset[int]) -> Mapping[str, tuple[set[str], set[str]]]:
    """By label, the slugs that held it before, and that hold it if every missing row is gone."""
    holders: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for old in pairing.before:
        if stands(old.attestation):
            before, after = holders[old.attestation.label]
            before.add(old.provider.slug)
            if old.row in kept:
                after.add(old.provider.slug)
    for new in pairing.after:
        if stands(new.attestation):
            holders[new.attestation.label][1].add(new.provider.slug)
    return holders
