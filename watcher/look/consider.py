"""Considers what was read: judges it against what is known, applies what is believed, records the run.

Inside the caller's transaction, all or nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from notifiers.said.reasons import KEPT, all_said, as_said, said, sameness
from state.codec import instant_text
from state.model import Attestation, Cause, Known, Listing, Outcome, Provider, Reason, Run, day_of
from state.names import abroad, nameless
from state.seen.events import log
from state.seen.looks import runs
from state.seen.rows import listings
from state.seen.who import registered, spellings
from watcher.look.compare.diff import Look, diff
from watcher.look.compare.judge import Verdict, judge, lasting, settled
from watcher.look.compare.nameless import Seen, with_providers
from watcher.look.compare.pair import Pairing, pair
from watcher.look.compare.unmoved import Unmoved, countable
from watcher.look.dates import expiry
from watcher.look.dates.turn import applied, day_spoken_for, stated_on
from watcher.look.record import Approval, Believed, Checked, Reading, Watch, conclude, sure_time

if TYPE_CHECKING:
    from scrapers.source import Source
    from state.file.store import Store
    from state.words.kept import SourceState

Whose = Callable[[Attestation], Provider]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is to be considered: who read, for which memory, when, and on whose word (None: on nobody's)."""

    source: Source
    watch: Watch
    now: datetime
    approval: Approval | None = None

    @property
    def approved(self) -> bool:
        """Whether what is read is to be believed on somebody's word."""
        return self.approval is not None and self.approval.reading


def consider(case: Case, readings: Sequence[Reading], state: SourceState) -> Checked:
    """Judges and applies the readings in order, and records the run; the approval with it."""
    source, watch, store = case.source, case.watch, case.watch.store
    known, unmoved, whose = _known(case, readings)
    run = _run(case, runs.next_run(store), readings[-1])
    sure_at = sure_time(watch, run, state)
    believed: list[Believed] = []
    for reading in readings:
        seen = _seen(reading, state, unmoved.others(reading.listing.attestations), known, whose, sure_at)
        made = _believed(case, reading, state, known, pair(known, seen, unmoved), believed, sure_at)
        if not isinstance(made, Believed):
            # All or nothing: what a reading before this one brought is kept, and this one changes nothing.
            run = doubted(store, run, made)
            break
        run = _with_holds(run, made.verdict, known, runs.last_good(store, source.name))
        believed.append(made)
        known, state = made.known, _accepted(state, source, reading, made.verdict)
    checked = conclude(watch, run, state, known, believed, approval=case.approval)
    if believed and registered.tells(readings[-1].listing.attestations):
        # What a list says of who is who holds for the lists of other states too.
        listings.restamp(store, registered.whose(store, watch.providers), in_states=True)
    return checked


def _seen(
    reading: Reading,
    state: SourceState,
    rows: Sequence[Attestation],
    known: Sequence[Known],
    whose: Whose,
    sure_at: datetime,
) -> list[Seen]:
    """These rows of a reading as they stand on the day it speaks for, each with its provider."""
    stated = stated_on(day_spoken_for(reading.cause, reading.listing, state, sure_at), known)
    return with_providers([stated(row) for row in rows], known, whose)


def doubted(store: Store, run: Run, doubts: Sequence[Reason]) -> Run:
    """The run as one that is not believed, saying since when where it is not the first to be doubted so."""
    told = (*doubts, *_repeated(store, run, doubts))
    message = all_said(told, KEPT)
    return replace(run, outcome=Outcome.DOUBTFUL, message=message, reasons=told, believed=False, unread={})


def _repeated(store: Store, run: Run, doubts: Sequence[Reason]) -> Sequence[Reason]:
    """Since when the same has been doubted, and for how many looks, failed ones between not counted."""
    since = runs.state_of(store, run.source).failing_since
    if since is None:
        return ()
    before = [as_said(said(one, KEPT)) for one in doubts]  # as versions kept it that knew it in words alone
    alike = {sameness(doubts), sameness(before), sameness([as_said(run.message)])}
    earlier = runs.runs(store, source=run.source, since=since)
    same = [one for one in earlier if one.outcome is Outcome.DOUBTFUL and sameness(one.reasons) in alike]
    if not same:
        return ()
    return (Reason.of("repeated", since=instant_text(same[0].at), looks=len(same) + 1),)


def _with_holds(run: Run, verdict: Verdict, known: Sequence[Known], before: Run | None) -> Run:
    """The run with what it holds back or leaves unread, and since when; `before` is the good look before."""
    # Routine holds are left out: every removal on an undated page waits for a second look, and nobody must
    # act.
    holds = tuple(hold.reason for hold in verdict.alarming)
    waits = lasting(verdict.held, known, before, run.at) if holds else None
    rows = {label: count for label, count in run.rows.items() if verdict.believes(label)}
    return held_back(replace(run, rows=rows), holds, waits)


def held_back(run: Run, holds: Sequence[Reason], waits: Reason | None) -> Run:
    """The run with the reasons why it holds something back, and since when."""
    return replace(
        run,
        held=tuple(said(one, "en") for one in holds),
        reasons=(*holds, *((waits,) if waits else ())),
        message=said(waits, "en") if waits else "",
    )


def _believed(
    case: Case,
    reading: Reading,
    state: SourceState,
    known: tuple[Known, ...],
    pairing: Pairing,
    before: Sequence[Believed],
    sure_at: datetime,
) -> Believed | tuple[Reason, ...]:
    """What a reading changes, or why it is doubted."""
    rereading, seen = reading.cause is Cause.REREADING, reading.listing
    if rereading:
        # The accepted pages are of the accepted edition: they can be neither older nor a second one under its
        # stamp, and that they went out of date since is no reason not to read the next one.
        pairing, state = _as_waiting(pairing), replace(state, edition_at=None)
        seen = replace(seen, lapses=())
    bounds, accepted = case.source.bounds, reading.accepted
    verdict = judge(pairing, seen, state, bounds, sure_at, accepted=accepted, approved=case.approved)
    if verdict.doubt is not None:
        return (verdict.doubt,)
    if rereading and verdict.alarming:
        return (Reason.of("rereading_loses"), *(hold.reason for hold in verdict.alarming))
    if rereading:  # the same pages: nothing to wait for
        gone = frozenset(row.row for row in pairing.left) - verdict.kept
        verdict = Verdict(removed=gone, kept=verdict.kept, unread=verdict.unread)
    made = diff(settled(pairing, verdict), verdict, seen, _look(case, reading, state, before, sure_at))
    return Believed(reading=reading, verdict=verdict, diff=made, known=applied(known, made.transition))


def _as_waiting(pairing: Pairing) -> Pairing:
    """The pairing without rows that wait: the old snapshot does not show them, or shows them ended."""
    waits = {old.row for old, new in pairing.pairs if old.missing_since and not new.attestation.stands}
    return replace(
        pairing,
        pairs=tuple((old, new) for old, new in pairing.pairs if old.row not in waits),
        left=tuple(row for row in pairing.left if row.missing_since is None),
    )


def _look(
    case: Case, reading: Reading, state: SourceState, before: Sequence[Believed], sure_at: datetime
) -> Look:
    taken = [one.diff for one in before]
    return Look(
        snapshot=reading.snapshot,
        seen_at=case.now,
        sure_at=sure_at,
        cause=reading.cause,
        covered=state.covers,
        next_row=listings.next_row(case.watch.store) + sum(len(d.transition.added) for d in taken),
        next_event=log.next_event(case.watch.store) + sum(len(d.events) for d in taken),
    )


def _known(case: Case, readings: Sequence[Reading]) -> tuple[tuple[Known, ...], Unmoved, Whose]:
    """The known listing with today's providers, but for rows that are only counted, and whose a row is by its
    holder; an alias reviewed since the last look moves its rows."""
    store, source, providers = case.watch.store, case.source.name, case.watch.providers
    if any(abroad(row.country) for row in readings[-1].listing.attestations):
        return _known_abroad(case, readings)
    # Nearly every holder is one that nobody reviewed, and the memory has what its name says: to make the keys
    # of all those names anew took a fifth of a look at a long listing.
    doubtful = spellings.unsettled(store, source, providers)
    known, unmoved = _compared(case, readings, doubtful)
    settled = {print_: row.provider for row in known if (print_ := _print(row.attestation)) not in doubtful}
    resolved = lru_cache(maxsize=None)(providers.resolve)

    def whose(row: Attestation) -> Provider:
        return settled.get(_print(row)) or resolved(row.holder, source, row.label)

    moved = _moved([row for row in known if _print(row.attestation) in doubtful], whose)
    if moved:
        listings.restamp(store, registered.whose(store, providers))
    return _of_today(known, moved), unmoved, whose


def _known_abroad(case: Case, readings: Sequence[Reading]) -> tuple[tuple[Known, ...], Unmoved, Whose]:
    """The same of the list of another state: there identifiers say who is one with whom, those in this
    reading too. Nothing is written of what a reading says that may not be believed."""
    store, source = case.watch.store, case.source.name
    rows = readings[-1].listing.attestations
    resolve = lru_cache(maxsize=None)(registered.whose(store, case.watch.providers, rows))

    def whose(row: Attestation) -> Provider:
        return resolve(row.holder, source, row.label, row.country)

    known = listings.listing(store, source, rows)
    return _of_today(known, _moved(known, whose)), Unmoved(), whose


def _of_today(known: Sequence[Known], moved: Mapping[int, Provider]) -> tuple[Known, ...]:
    return tuple(replace(row, provider=moved.get(row.row, row.provider)) for row in known)


def _compared(
    case: Case, readings: Sequence[Reading], doubtful: Collection[tuple[str, str]]
) -> tuple[tuple[Known, ...], Unmoved]:
    """The known rows that a reading shows otherwise or the calendar may speak of, and the others counted.

    All of them where there are several readings, or where what is said of some hangs on the others.
    """
    store, source, seen = case.watch.store, case.source.name, readings[0].listing
    rows = seen.attestations
    if len(readings) == 1 and countable(seen):
        soon = day_of(case.now) + timedelta(days=max(expiry.STEPS))
        unmoved = Unmoved(rows, soon, doubtful)
        known = listings.listing(store, source, rows, unmoved.take)
        if unmoved.alone(known):
            return known, unmoved
    return listings.listing(store, source, rows), Unmoved()


def _print(row: Attestation) -> tuple[str, str]:
    return row.label, row.holder


def _moved(known: Sequence[Known], whose: Whose) -> dict[int, Provider]:
    """The rows of another provider by today's names, and which; a row without a holder has its own from its
    reference."""
    named = [row for row in known if not nameless(row.attestation.holder)]
    return {row.row: who for row in named if (who := whose(row.attestation)) != row.provider}


def _run(case: Case, id: int, reading: Reading) -> Run:
    return Run(
        id=id,
        source=case.source.name,
        at=case.now,
        outcome=Outcome.OK,
        snapshot=reading.snapshot.id,
        revision=case.source.revision,
        edition_at=reading.listing.edition_at,
        rows=counts(reading.listing),
        unread=dict(sorted(Counter(odd.label for odd in reading.listing.unreadable).items())),
        believed=True,
    )


def counts(listing: Listing) -> dict[str, int]:
    """How many rows of each label a listing states."""
    return dict(sorted(Counter(row.label for row in listing.attestations).items()))


def _accepted(state: SourceState, source: Source, reading: Reading, verdict: Verdict) -> SourceState:
    covers = {coverage for coverage in reading.listing.covers if verdict.believes(coverage)}
    return replace(
        state,
        revision=source.revision,
        snapshot=reading.snapshot.id,
        imprint=reading.imprint if reading.listing.lasting else "",
        edition_at=reading.listing.edition_at or state.edition_at,
        next_update=reading.listing.next_update,
        covers=state.covers | covers,
    )
