"""Turns a judged pairing into events and the next listing. Pure: numbers and time are arguments.

The kind of an event is derived from before and after at the level of provider and label, so that kind and
data cannot contradict.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from typing import TYPE_CHECKING

from state.model import (
    NOT_STANDING,
    Attestation,
    Cause,
    Event,
    Evidence,
    FieldChange,
    Kind,
    Known,
    Listing,
    Reason,
    Weight,
    day_of,
)
from state.words.kept import Snapshot, Transition
from state.words.labels import coverage_of, rank_of
from watcher.look.compare import reprint
from watcher.look.compare.change import (
    Line,
    changes,
    differing,
    facts,
    is_taken_over,
    is_version_news,
    kind_of,
    printed,
    tick_by_rule,
)
from watcher.look.compare.nameless import nobodys
from watcher.look.compare.succession import name_neighbours

if TYPE_CHECKING:
    from watcher.look.compare.judge import Verdict
    from watcher.look.compare.nameless import Seen
    from watcher.look.compare.pair import Pairing


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a diff needs to know of the look besides its rows: time, proof, cause, and the next free numbers.

    `covered` is what the source covered before: rows of anything else are a baseline. `sure_at` is the time
    as of which the calendar may speak, where `seen_at` is by a clock that is doubted.
    """

    snapshot: Snapshot
    seen_at: datetime
    cause: Cause
    covered: frozenset[str]
    next_row: int
    next_event: int
    sure_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """The events of a look, numbered in order, how the listing changes, and what operators should know."""

    events: tuple[Event, ...]
    transition: Transition
    remarks: tuple[Reason, ...] = ()


def diff(pairing: Pairing, verdict: Verdict, seen: Listing, look: Look) -> Diff:
    """The events and the transition of one believed reading."""
    # Most rows did not move, and are the very rows that were read: what differs is asked once, and nothing
    # more of the others.
    moved = [
        (old, new)
        for old, new in pairing.pairs
        if old.attestation is not new.attestation and old.attestation != new.attestation
    ]
    rows, added, remarks = _rows(pairing, moved, verdict, look)
    standing = _standing(pairing, verdict)
    drafts = [draft for group in _by_holding(rows) for draft in _group_events(group, standing, seen, look)]
    drafts.sort(key=_rank)
    numbered = [replace(event, id=look.next_event + n) for n, event in enumerate(drafts)]
    unpaired = {row.row for row in rows if row.before is None or row.after is None}
    return Diff(
        events=tuple(name_neighbours(numbered, unpaired)),
        transition=_transition(pairing, {old.row for old, _ in moved}, verdict, added, look),
        remarks=remarks,
    )


def _rank(event: Event) -> tuple[int, str, str, int, tuple[int, ...]]:
    """The order of a look's events in the log: the labels that most people watch first."""
    return (rank_of(event.label), event.label, event.provider.slug, list(Kind).index(event.kind), event.rows)


def _rows(
    pairing: Pairing, moved: Sequence[tuple[Known, Seen]], verdict: Verdict, look: Look
) -> tuple[list[Line], list[Known], tuple[Reason, ...]]:
    """Every row in which something may have happened, the new lines of life among them, and a new print."""
    rows, remarks = _paired(pairing, moved)
    for old in pairing.left:
        if old.row in verdict.removed:
            owned = (_owned(old), False)
            rows.append(Line(row=old.row, provider=old.provider, before=old.attestation, owned=owned))
    added = []
    for number, new in enumerate(sorted(pairing.arrived, key=_order), look.next_row):
        row, who = new.attestation, new.provider
        rows.append(Line(row=number, provider=who, after=row, owned=(False, _owned(new))))
        added.append(Known(row=number, attestation=row, provider=who, end_seen_at=look.seen_at))
    return rows, added, remarks


def _paired(pairing: Pairing, moved: Sequence[tuple[Known, Seen]]) -> tuple[list[Line], tuple[Reason, ...]]:
    """The rows that differ from what is known, and the word on those that are only printed anew."""
    compared = _compared(pairing, moved)
    sizes = Counter(old.attestation.label for old in pairing.before)
    for (label, _, _), stay in pairing.unmoved.tally.items():
        sizes[label] += stay
    rows = [_stays(old, new, compared[old.attestation.label]) for old, new in moved]
    silenced = reprint.respelt(rows, sizes)
    told = [replace(row, changed={}) if row.row in silenced else row for row in rows]
    return told, reprint.remark(rows, silenced, sizes)


def _stays(old: Known, new: Seen, compared: frozenset[str]) -> Line:
    return Line(
        row=old.row,
        provider=old.provider if _exits(old, new) else new.provider,
        before=old.attestation,
        after=new.attestation,
        changed=changes(old.attestation, new.attestation, compared),
        owned=(_owned(old), _owned(new)),
    )


def _exits(old: Known, new: Seen) -> bool:
    """Whether the row stops being held: a loss is told of whoever held it, even if another is now printed."""
    return old.attestation.stands and not new.attestation.stands and _owned(old)


def _owned(row: Known | Seen) -> bool:
    return not nobodys(row.attestation, row.provider)


def _order(new: Seen) -> tuple[str, str, str, str, str]:
    row = new.attestation
    return (row.label, new.provider.slug, row.ref or "", row.subject or "", repr(sorted(row.extra.items())))


def _compared(pairing: Pairing, moved: Sequence[tuple[Known, Seen]]) -> Mapping[str, frozenset[str]]:
    """By label, the optional fields that somebody fills on both sides, of those in which some row differs.

    A column that comes or goes, as when a site changes its dress, changes no row.
    """
    # Of most fields no row differs, and whether all the others fill those need not be known.
    fields: dict[str, set[str]] = defaultdict(set)
    for old, new in moved:
        fields[old.attestation.label] |= differing(old.attestation, new.attestation)
    stay = pairing.unmoved.rows
    return {
        label: _filled(pairing.before, stay, label, names) & _filled(pairing.after, stay, label, names)
        for label, names in fields.items()
    }


def _filled(
    rows: Iterable[Known | Seen], stay: Iterable[Attestation], label: str, names: Collection[str]
) -> frozenset[str]:
    every = chain((row.attestation for row in rows), stay)
    return printed((row for row in every if row.label == label), names)


def _standing(pairing: Pairing, verdict: Verdict) -> frozenset[tuple[str, str]]:
    """Each (provider, label) that holds something before and after: what comes or goes there is a service."""
    before, after = _held(pairing.before), _held(pairing.after)
    after |= {
        (old.provider.slug, old.attestation.label)
        for old in pairing.left
        if old.attestation.stands and old.row not in verdict.removed
    }
    stay = {(slug, label) for label, status, slug in pairing.unmoved.tally if status not in NOT_STANDING}
    return frozenset(stay | (before & after))


def _held(rows: Iterable[Known | Seen]) -> set[tuple[str, str]]:
    return {
        (row.provider.slug, row.attestation.label)
        for row in rows
        if row.attestation.status not in NOT_STANDING  # as `stands`, of every row of the listing
    }


def _by_holding(rows: Iterable[Line]) -> Iterable[list[Line]]:
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for row in rows:
        if row.changed or row.before is None or row.after is None or row.entered or row.exited:
            groups[row.provider.slug, row.latest.label].append(row)
    return groups.values()


def _group_events(
    rows: Sequence[Line], standing: frozenset[tuple[str, str]], seen: Listing, look: Look
) -> Iterable[Event]:
    """The events of one provider and label."""
    stands = (rows[0].provider.slug, rows[0].latest.label) in standing
    entered = [row for row in rows if row.entered]
    exited = [row for row in rows if row.exited]
    if not stands and entered:
        yield _event(Kind.GAINED, entered, seen, look)
    elif not stands and exited:
        yield _event(Kind.LOST, exited, seen, look)
    else:
        for row in entered:
            yield _event(Kind.SERVICE_ADDED, [row], seen, look)
        for row in exited:
            yield _event(Kind.SERVICE_REMOVED, [row], seen, look)
    for row in rows:
        if not row.entered and not row.exited:
            yield _event(_kind(row), [row], seen, look)


def _kind(row: Line) -> Kind:
    """The kind of an event of a row that neither takes nor loses a label."""
    if row.before is not None and row.after is not None:
        return kind_of(row.changed, row.before, row.after)
    if row.latest.status != "candidate":
        return Kind.AMENDED
    return Kind.CANDIDATE_LISTED if row.before is None else Kind.CANDIDATE_DELISTED


def _event(kind: Kind, rows: Sequence[Line], seen: Listing, look: Look) -> Event:
    first = rows[0]
    day = day_of(seen.edition_at or look.sure_at or look.seen_at)
    by_rule = _by_rule(first, day) if len(rows) == 1 else None
    gone = kind in (Kind.LOST, Kind.SERVICE_REMOVED)
    return Event(
        id=0,
        kind=kind,
        weight=_weight(kind, rows, by_rule),
        provider=first.provider,
        label=first.latest.label,
        source=seen.source,
        attestations=tuple(row.latest for row in rows),
        rows=tuple(row.row for row in rows),
        seen_at=look.seen_at,
        edition_at=seen.edition_at,
        cause=_cause(rows, look),
        evidence=evidence(look.snapshot, first.latest, absent=first.after is None),
        changes=_changes(rows) if len(rows) == 1 else {},
        expected=_expected(rows, day, look.cause) if gone else None,
        by_rule=by_rule,
    )


def _weight(kind: Kind, rows: Sequence[Line], by_rule: bool | None) -> Weight:
    """The weight of the kind, but for what no date rule explains and for a certificate's new version.

    What is printed of a certificate that was over before and is over after concerns nobody who watches: a
    whole annex may get another heading.
    """
    if all(row.shelved for row in rows):
        return Weight.LOW
    surprising = kind is Kind.RECOMMENDATION_CHANGED and by_rule is False
    news = kind is Kind.AMENDED and any(
        is_version_news(row.changed, row.latest) or is_taken_over(row.changed) for row in rows
    )
    return Weight.NORMAL if surprising or news else kind.weight


def _expected(rows: Sequence[Line], day: date, cause: Cause) -> bool:
    """Whether the rows that are gone had printed that they would be by now."""
    ends = [row.before.last_day for row in rows if row.before]
    return cause is Cause.CALENDAR or all(end is not None and end < day for end in ends)


def _changes(rows: Sequence[Line]) -> Mapping[str, FieldChange]:
    """The changed fields; a row that comes or goes without being a holding says so by its status."""
    row = rows[0]
    if row.changed or row.entered or row.exited:
        return row.changed
    return {
        "status": FieldChange(
            before=row.before.status if row.before else None, after=row.after.status if row.after else None
        )
    }


_IMPROVED = frozenset({("orange", "green"), ("red", "green"), ("red", "orange")})


def _by_rule(row: Line, day: date) -> bool | None:
    """Whether the date alone explains a tick: while the end stands, the days only bring it nearer to red."""
    if "recommendation" not in row.changed or row.before is None or row.after is None:
        return None
    improved = (row.before.recommendation, row.after.recommendation) in _IMPROVED
    foretold = row.after.recommendation == tick_by_rule(row.after.valid_until, day)
    return foretold and ("valid_until" in row.changed or not improved)


def _cause(rows: Sequence[Line], look: Look) -> Cause:
    """A row of something never covered before is a baseline, whoever reads it."""
    if all(row.before is None and coverage_of(row.latest) not in look.covered for row in rows):
        return Cause.BASELINE
    return look.cause


def evidence(snapshot: Snapshot, row: Attestation, *, absent: bool = False) -> Evidence:
    """Where the snapshot shows a row, or where it used to be shown when it is absent."""
    page = min(row.page, len(snapshot.urls) - 1)
    place = f"absent (précédemment : {row.place})" if absent else row.place
    return Evidence(snapshot=snapshot.id, url=snapshot.urls[page], sha256=snapshot.sha256s[page], place=place)


def _transition(
    pairing: Pairing, moved: Collection[int], verdict: Verdict, added: Sequence[Known], look: Look
) -> Transition:
    """How the listing changes: what a new column states is kept as well, though it is nobody's news."""
    revised, touched = [], []
    for old, new in pairing.pairs:
        if old.row not in moved and old.provider == new.provider and not old.missing_since:
            continue
        moved_end = old.attestation.valid_until != new.attestation.valid_until
        now = Known(
            row=old.row,
            attestation=new.attestation,
            provider=new.provider,
            end_seen_at=look.seen_at if moved_end else old.end_seen_at,
        )
        if look.cause is Cause.CALENDAR:  # nobody saw the row: one that is missing stays so
            now = replace(now, missing_since=old.missing_since, missing_looks=old.missing_looks)
        if facts(old.attestation) != facts(new.attestation):
            revised.append(now)
        elif now != old:
            touched.append(now)
    for old in pairing.left:
        if old.row in verdict.missing:
            since = min(old.missing_since or look.seen_at, look.seen_at)  # a clock may have been ahead
            touched.append(replace(old, missing_since=since, missing_looks=old.missing_looks + 1))
    return Transition(
        added=tuple(added),
        revised=tuple(revised),
        touched=tuple(touched),
        removed=tuple(sorted(verdict.removed)),
    )
