"""Judges a reading: believe it, hold what one label would lose, or doubt it altogether. Pure.

A register that looks shorter than it is would make us announce losses that did not happen; additions cannot
do that harm, so they flow while removals wait. A doubt concerns one label wherever the rest of the document
stands on its own: only what concerns the whole document voids a look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scrapers.source import Bounds
from state.codec import instant, instant_text
from state.model import Known, Listing, Reason, Run
from state.words.labels import coverage_of
from watcher.look.compare.change import print_facts
from watcher.look.compare.losses import Losses, is_listed, losses_of
from watcher.look.compare.pair import Pairing
from watcher.look.compare.shield import shielded

if TYPE_CHECKING:
    from state.words.kept import SourceState

# Both must have passed: three looks may fall in one bad hour of a server, a day may have had one look.
LOOKS_TO_RELEASE = 3
HOURS_TO_RELEASE = timedelta(hours=24)
# A page without a date may be half-filled by a server for a moment: its removals are seen twice.
LOOKS_ON_UNDATED_PAGE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one label would lose, and what waits of it: for a person (`routine` false), or for a second look.

    Without rows the whole label is left unread.
    """

    label: str
    rows: frozenset[int]
    reason: Reason
    routine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is believed of a reading.

    `removed` are the known rows whose disappearance is believed, `missing` those that this reading does not
    show, or shows as archived or withdrawn, and that are kept as they are for now, `kept` those it could not
    speak about. `unread` are labels of which nothing is believed. `doubt`, where there is one, says why
    nothing of the reading is.
    """

    doubt: Reason | None = None
    removed: frozenset[int] = frozenset()
    missing: frozenset[int] = frozenset()
    kept: frozenset[int] = frozenset()
    unread: frozenset[str] = frozenset()
    held: tuple[Held, ...] = ()

    @property
    def alarming(self) -> tuple[Held, ...]:
        """The holds that a person should look at."""
        return tuple(hold for hold in self.held if not hold.routine)

    def believes(self, coverage: str) -> bool:
        """Whether a table with this coverage ("cc:archived") is believed."""
        return coverage.partition(":")[0] not in self.unread


def judge(
    pairing: Pairing,
    seen: Listing,
    state: SourceState,
    bounds: Mapping[str, Bounds],
    now: datetime,
    *,
    accepted: Listing | None = None,
    approved: bool = False,
) -> Verdict:
    """The verdict on a reading paired with what is known.

    `accepted` is what the accepted pages state, where that is compared; `approved` is an operator's word for
    this run.
    """
    # Before anything is compared: under an older edition every difference would be read backwards.
    if not approved and (
        doubt := _untimely(seen, accepted, now) or _older(seen, state) or _contradicts(seen, state, accepted)
    ):
        return Verdict(doubt=doubt)
    kept = _kept(pairing, seen)
    left = [row for row in pairing.left if row.row not in kept]
    if approved:
        return Verdict(removed=frozenset(row.row for row in left), kept=kept)
    short = tuple(_short_first_looks(seen, state, bounds))
    unread = frozenset(hold.label for hold in short)
    # Where every label is short it is no short label: the page is half a page, or another one.
    if short and not any(coverage.partition(":")[0] not in unread for coverage in seen.covers):
        return Verdict(doubt=replace(short[0].reason, code="short_list"))
    held = (*short, *_holds(pairing, kept, seen, bounds, now))
    missing = frozenset(row for hold in held for row in hold.rows)
    removed = frozenset(row.row for row in left) - missing
    return Verdict(removed=removed, missing=missing, kept=kept, unread=unread, held=held)


def settled(pairing: Pairing, verdict: Verdict) -> Pairing:
    """The pairing without what is not believed: labels left unread, and moves out of a label that wait."""
    held = [(old, new) for old, new in pairing.pairs if old.row in verdict.missing]
    return Pairing(
        pairs=tuple((old, new) for old, new in pairing.pairs if old.row not in verdict.missing),
        arrived=tuple(new for new in pairing.arrived if new.attestation.label not in verdict.unread),
        left=(
            *(replace(old, shown_as="") for old in pairing.left),
            *(replace(old, shown_as=new.attestation.status) for old, new in held),
        ),
        unmoved=pairing.unmoved,
    )


def _untimely(seen: Listing, accepted: Listing | None, now: datetime) -> Reason | None:
    """Doubts an edition that its publisher counts before the known one, or that went out of date by its own
    print. Both may be signed as they should: whoever withholds the newer ones shows such a copy."""
    known = accepted.number if accepted else None
    if seen.number is not None and known is not None and seen.number < known:
        return Reason.of("number_fell", number=seen.number, known=known)
    return next((one.why for one in seen.lapses if one.at < now), None)


def _older(seen: Listing, state: SourceState) -> Reason | None:
    if state.edition_at is None or seen.edition_at is None or seen.edition_at >= state.edition_at:
        return None
    edition, known = instant_text(seen.edition_at), instant_text(state.edition_at)
    return Reason.of("older_edition", edition=edition, known=known)


def _contradicts(seen: Listing, state: SourceState, accepted: Listing | None) -> Reason | None:
    """Doubts a second list under one stamp: somebody altered one of them, or a reader saw half of it."""
    if accepted is None or seen.edition_at is None or seen.edition_at != state.edition_at:
        return None
    # Counted, and not as sets: a register prints some rows twice, and one of two going is a change.
    before = Counter(print_facts(row) for row in accepted.attestations)
    after = Counter(print_facts(row) for row in seen.attestations)
    came, left = (after - before).total(), (before - after).total()
    if not came and not left:
        return None
    return Reason.of("same_edition", edition=instant_text(seen.edition_at), came=came, left=left)


def _short_first_looks(seen: Listing, state: SourceState, bounds: Mapping[str, Bounds]) -> Iterator[Held]:
    """The labels whose first look falls short: with half a list for a baseline, the rest would be gained."""
    counts = Counter(row.label for row in seen.attestations if is_listed(row))
    for label in sorted(seen.covers - state.covers):
        bound = bounds.get(label)
        if bound and counts[label] < bound.floor:
            reason = Reason.of("short_label", label=label, rows=counts[label], floor=bound.floor)
            yield Held(label=label, rows=frozenset(), reason=reason)


def _kept(pairing: Pairing, seen: Listing) -> frozenset[int]:
    """The rows that the reading could not speak about: uncovered tables, and rows it could not read."""
    uncovered = {row.row for row in pairing.left if coverage_of(row.attestation) not in seen.covers}
    return frozenset(uncovered) | shielded(pairing, seen.unreadable)


def _holds(
    pairing: Pairing, kept: frozenset[int], seen: Listing, bounds: Mapping[str, Bounds], now: datetime
) -> Iterator[Held]:
    """The holds, label by label."""
    routine = _second_look(seen)
    for label, losses in sorted(losses_of(pairing, kept, seen).items()):
        bound = bounds.get(label) or Bounds(floor=0)
        many = too_many(label, losses, bound)
        if many is not None:
            yield from _waiting(label, (*losses.gone, *losses.moved), many, now)
            continue
        moved = too_many_moved(label, losses, bound)
        if moved is not None:
            yield from _waiting(label, losses.moved, moved, now)
        if routine is not None:
            yield from _waiting(label, losses.gone, routine, now, routine=True)


def too_many(label: str, losses: Losses, bound: Bounds) -> Reason | None:
    """Why what a label loses is implausible: too few rows are left, or too many lose their last one."""
    if losses.rows < bound.floor:
        return Reason.of("few_rows", label=label, rows=losses.rows, floor=bound.floor)
    lost, holders = len(losses.before - losses.after), len(losses.before)
    most = max(bound.least, bound.share * holders)
    if lost <= most:
        return None
    return Reason.of("many_lost", label=label, lost=lost, holders=holders, most=float(most))


def too_many_moved(label: str, losses: Losses, bound: Bounds) -> Reason | None:
    """Why so many rows cannot be archived or withdrawn at once, though no holder loses its last one."""
    moved, rows = len(losses.moved), losses.had_rows
    most = max(bound.least_rows, bound.share_rows * rows)
    if moved <= most:
        return None
    return Reason.of("many_moved", label=label, moved=moved, rows=rows, most=float(most))


def _second_look(seen: Listing) -> Reason | None:
    """Why even a plausible removal waits for a second look; None on a dated page at its usual address."""
    moved = next((one.reason for one in seen.remarks if one.topic.startswith("moved:")), None)
    if moved:
        return Reason.of("moved_page", text=moved)
    return Reason.of("second_look") if seen.edition_at is None else None


def _waiting(
    label: str, rows: Collection[Known], why: Reason, now: datetime, *, routine: bool = False
) -> Iterator[Held]:
    """The hold on those rows of a label that not enough looks have confirmed; none when all are."""
    looks, time = (LOOKS_ON_UNDATED_PAGE, timedelta(0)) if routine else (LOOKS_TO_RELEASE, HOURS_TO_RELEASE)
    waiting = frozenset(row.row for row in rows if not _confirmed(row, looks, time, now))
    if waiting:
        reason = replace(why, values={**why.values, "label": label, "held": len(waiting)})
        yield Held(label=label, rows=waiting, reason=reason, routine=routine)


def _confirmed(row: Known, looks: int, time: timedelta, now: datetime) -> bool:
    """Whether this look makes enough looks in a row without it, over enough time."""
    if row.missing_since is None:
        return False
    waited = max(now - row.missing_since, timedelta(0))  # since a day yet to come: a clock was ahead
    return row.missing_looks + 1 >= looks and waited >= time


def lasting(
    held: Sequence[Held], known: Collection[Known], before: Run | None, now: datetime
) -> Reason | None:
    """Since when what is held has waited, and for how many looks; None at the first of them.

    `before` is the good look before this one: rows count for themselves, a label left unread does not.
    """
    rows = frozenset(row for hold in held if not hold.routine for row in hold.rows)
    waited = [row for row in known if row.row in rows and row.missing_since is not None]
    if waited:
        since = min(row.missing_since or now for row in waited)
        return _waits(since, max(row.missing_looks for row in waited) + 1)
    unread = {hold.label for hold in held if not hold.rows}
    return unread_still(unread, before)


def unread_still(unread: Collection[str], before: Run | None) -> Reason | None:
    """Since when labels are left unread, and for how many looks, where the good look before left one too."""
    if before is None or not any(
        one.code == "short_label" and one.values["label"] in unread for one in before.reasons
    ):
        return None
    waits = next((one for one in before.reasons if one.code == "waits"), None)
    if waits is None:
        return _waits(before.at, 2)
    return _waits(instant(str(waits.values["since"])), int(str(waits.values["looks"])) + 1)


def _waits(since: datetime, looks: int) -> Reason:
    return Reason.of("waits", since=instant_text(since), looks=looks)
