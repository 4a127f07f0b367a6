"""One look at one source: fetch, keep the evidence, read, judge, record what changed, owe who is to be told.

The order matters. Evidence is kept before anybody interprets it, even of a bad page. The listing, the events
and the deliveries are written in one transaction, so that a crash at any instant loses nothing and doubles
nothing.
"""

from __future__ import annotations

import gc
import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from notifiers.said.reasons import held_reasons, sameness, spoken
from scrapers.source import Blocked, Doubtful, Get, Imprints, LayoutChanged, Source, SourceError, Unreachable
from state.file.errors import NoFiles, StoreError, short_of_files
from state.model import Cause, Listing, Outcome, Page, Reason, Run
from state.seen.looks import evidence, runs
from state.seen.rows import listings
from state.seen.taken_back import forgotten
from state.words.labels import LABELS
from watcher.errors import NothingToApprove, Overtaken, Stopped
from watcher.look.compare.judge import unread_still
from watcher.look.consider import Case, consider, counts, doubted, held_back
from watcher.look.dates.clock import served
from watcher.look.fitting import fitted, plain
from watcher.look.record import Approval, Checked, Reading, Watch, conclude
from watcher.look.trust import lapsed

if TYPE_CHECKING:
    from state.file.store import Store
    from state.words.kept import Snapshot, SourceState

logger = logging.getLogger(__name__)

_OUTCOMES: tuple[tuple[type[SourceError], Outcome], ...] = (
    (Unreachable, Outcome.UNREACHABLE),
    (Blocked, Outcome.BLOCKED),
    (LayoutChanged, Outcome.LAYOUT_CHANGED),
    (Doubtful, Outcome.DOUBTFUL),
)


Read = Callable[[Sequence[Page]], Listing]
"""What reads the pages of one look, as `Source.read` does."""

LONGEST_LOOK = timedelta(hours=1)
"""No look takes longer: one recorded further ahead of this one's beginning was made by a wrong clock."""


def outcome_of(error: SourceError) -> Outcome:
    """The outcome of a look that ended with this error; a fault of our own is `CRASHED`."""
    return next((kind for cls, kind in _OUTCOMES if isinstance(error, cls)), Outcome.CRASHED)


def check(source: Source, get: Get, watch: Watch, clock: Callable[[], datetime]) -> Checked:
    """Looks at the live register once; a failure of the look is an outcome, never an exception.

    Raises `Overtaken` when another process finished a newer look meanwhile, `NoFiles` when this one may open
    no more files, which says nothing of the register, and `StoreError` when the memory is broken.
    """
    return _bounded(source, lambda: source.fetch(get), watch, clock, live=True)


def look(
    source: Source,
    pages: Sequence[Page],
    watch: Watch,
    now: datetime,
    *,
    approval: Approval | None = None,
    latest: bool = False,
    read: Read | None = None,
) -> Checked:
    """Reads pages as one look at `now`: saved ones, and those of a run that an operator approved.

    `latest`: it is known to follow every look recorded, whatever their clocks said. `read` gives what the
    source read in these pages, where the caller knows it already.
    """
    return _bounded(source, lambda: pages, watch, lambda: now, approval=approval, latest=latest, read=read)


def _bounded(
    source: Source,
    fetch: Callable[[], Sequence[Page]],
    watch: Watch,
    clock: Callable[[], datetime],
    *,
    approval: Approval | None = None,
    live: bool = False,
    latest: bool = False,
    read: Read | None = None,
) -> Checked:
    """The one boundary of a run: whatever goes wrong with one source is recorded, and others go on."""
    # Before the first request: of two looks that overlap, the one that began first must not come last.
    begun, snapshot = clock(), None
    since = None if latest or (live and _was_ahead(source, watch, begun)) else begun

    def case() -> Case:
        return Case(source=source, watch=watch, now=clock(), approval=approval)

    try:
        pages = fetch()
        watch = _dated(watch, pages) if live else watch
        # Committed by itself: what cannot be read below must be there for whoever mends the reader.
        snapshot = evidence.keep(watch.store, source.name, pages, clock())
        shown = _imprint(watch.store, source, pages, snapshot)
        same = _unmoved(case(), snapshot, shown, since)
        return same or _read_and_consider(case, pages, snapshot, shown, since, read or source.read)
    # No outcome of a look: with a broken memory nothing could be recorded of it, and a void look has nothing.
    except (StoreError, Overtaken, Stopped):
        raise
    except Exception as error:
        _require_files(error)
        trouble = error if isinstance(error, SourceError) else _fault(source, error)
        if outcome_of(trouble) is Outcome.CRASHED:  # what a reader should have caught within the look
            logger.exception("%s: the look failed", source.name)
        return _failed(case(), trouble, snapshot)


def _dated(watch: Watch, pages: Sequence[Page]) -> Watch:
    """The watch with what the servers of these pages say of the time, unless that is only pretended."""
    if watch.clock.stated:
        return watch
    return replace(watch, clock=replace(watch.clock, served_at=served(pages)))


def _fault(source: Source, error: Exception) -> SourceError:
    """A fault of ours as what ended a look."""
    reason = Reason.of("reader_failed", fault=type(error).__name__, error=str(error))
    return SourceError(reason, source=source.name)


def _require_files(error: Exception) -> None:
    """Raises `NoFiles` where a look failed while no file, and no socket, could be opened.

    A name that is not resolved and a connection that is not made come as errors of the register.
    """
    if short_of_files():
        raise NoFiles.of("no_files") from error


def _was_ahead(source: Source, watch: Watch, now: datetime) -> bool:
    """Whether the last look was made by a clock that was wrong: no look lasts as long as it lies ahead."""
    last = runs.state_of(watch.store, source.name).last_look
    return last is not None and last - now > LONGEST_LOOK


@contextmanager
def uncollected() -> Iterator[None]:
    """Reads and compares without the search for cycles among rows that all live until the look ends.

    It took a third of the time of a long listing; what a look leaves is freed by counting, or afterwards.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _imprint(store: Store, source: Source, pages: Sequence[Page], snapshot: Snapshot) -> str:
    """What the pages show, "" where only a reading tells."""
    # Of the accepted pages nothing is asked: their very bytes are known.
    if not isinstance(source, Imprints) or runs.state_of(store, source.name).snapshot == snapshot.id:
        return ""
    imprints = [source.imprint(page) for page in pages]
    return hashlib.sha256("\n".join(imprints).encode()).hexdigest() if all(imprints) else ""


def _unmoved(case: Case, snapshot: Snapshot, shown: str, since: datetime | None) -> Checked | None:
    """The check of pages that show what was read and believed: one small row; None when there is more to do.

    Rows that wait make more to do: the same page seen again is one more look without them. `since` as below.
    """
    if case.approved:
        return None
    source, store = case.source, case.watch.store
    with store.transaction():
        state = runs.state_of(store, source.name)
        # The revision as well: a reader that learned something reads what it believed again.
        if state.revision != source.revision:
            return None
        if state.snapshot != snapshot.id and not _shows_the_same(state, shown, case.now):
            return None
        # The same bytes are not to be believed for ever, where they print until when they are.
        if lapsed(source, state, store, case.now):
            return None
        # The same page without a row is one look more that confirms its going.
        if not listings.complete(store, source.name):
            return None
        _require_newest(state, since)
        last = runs.last_good(store, source.name)
        assert last is not None  # noqa: S101 -- the accepted pages were accepted by one
        # From now on these bytes are what the listing rests on, as when they had been read.
        state = replace(state, snapshot=snapshot.id)
        run = _again(last, runs.next_run(store), snapshot, case.now)
        return conclude(case.watch, run, state, approval=case.approval)


def _shows_the_same(state: SourceState, shown: str, now: datetime) -> bool:
    """Whether other bytes show what the accepted pages showed, so that reading them would say nothing new."""
    # An imprint stands for its listing on later days, not on the earlier ones of a clock that was set back.
    later = state.last_good is not None and state.last_good <= now
    return bool(shown) and shown == state.imprint and later


def _again(last: Run, id: int, snapshot: Snapshot, now: datetime) -> Run:
    """The run of a look that saw what the last good one saw; what that one left unread, it leaves too."""
    holds = held_reasons(last)
    unread = [str(one.values["label"]) for one in holds if one.code == "short_label"]
    again = replace(last, id=id, snapshot=snapshot.id, at=now)
    return held_back(again, holds, unread_still(unread, last))


@uncollected()
def _read_and_consider(
    case: Callable[[], Case],
    pages: Sequence[Page],
    snapshot: Snapshot,
    shown: str,
    since: datetime | None,
    read: Read,
) -> Checked:
    """Reads outside the transaction, which takes long, and considers inside it.

    `since`: when the look began; None when it is known to follow every look recorded.
    """
    start = case()
    source, store = start.source, start.watch.store
    state = runs.state_of(store, source.name)
    seen = _read(read, pages, waived=start.approved or snapshot.id == state.snapshot)
    readings = [Reading(listing=seen, snapshot=snapshot, cause=Cause.REGISTER, imprint=shown)]
    if state.snapshot is not None and state.revision != source.revision:
        readings = _reread(source, store, state.snapshot, readings[0], start.approved)
    readings[-1] = replace(readings[-1], accepted=_accepted(source, store, state, readings))
    # Time has passed while the pages were read: what is owed and expired is so by the clock of now.
    considered = case()
    with store.transaction():
        current = runs.state_of(store, source.name)
        # Read again under the write lock: another process may have concluded a look while this one read.
        if (current.snapshot, current.revision) != (state.snapshot, state.revision):
            raise _overtaken(current, since or considered.now)
        _require_newest(current, since)
        return consider(considered, readings, current)


def _require_newest(state: SourceState, since: datetime | None) -> None:
    """Raises `Overtaken` where a look was recorded that is newer than the one begun at `since`."""
    if since and state.last_look and state.last_look > since:
        raise _overtaken(state, since)


def _overtaken(state: SourceState, begun: datetime) -> Overtaken:
    assert state.last_look is not None  # noqa: S101 -- what overtook it
    return Overtaken(state.source, state.last_look, begun)


def _read(read: Read, pages: Sequence[Page], *, waived: bool) -> Listing:
    """What the pages state; what the reader doubts all the same where a person's word waives its doubt."""
    try:
        seen = read(pages)
    except SourceError as error:
        error.reasons = plain(error.reasons)  # they quote the page, and are kept
        if not (waived and isinstance(error, Doubtful) and error.listing):
            raise
        seen = error.listing
    _require_known_labels(seen)
    return fitted(seen)


def _require_known_labels(seen: Listing) -> None:
    """Raises `SourceError` for a label that is not in the table: no page and no filter would ever show it."""
    stated = {cover.partition(":")[0] for cover in seen.covers}
    stated |= {row.label for row in seen.attestations} | {row.label for row in seen.unreadable}
    if unknown := sorted(stated.difference(LABELS)):
        raise SourceError(Reason.of("unknown_labels", found=str(unknown)), source=seen.source)


def _accepted(
    source: Source, store: Store, state: SourceState, readings: Sequence[Reading]
) -> Listing | None:
    """What the accepted pages state by today's reader, where these are others, under the same stamp or of a
    publisher that counts its editions."""
    last = readings[-1]
    stamp = last.listing.edition_at
    same_stamp = stamp is not None and stamp == state.edition_at
    if last.snapshot.id == state.snapshot or not (same_stamp or last.listing.number is not None):
        return None
    if len(readings) > 1:
        return readings[0].listing
    if state.snapshot is None or last.cause is Cause.REREADING:
        return None
    try:
        return _read(source.read, evidence.pages(store, state.snapshot), waived=True)
    except SourceError:
        # Believed by an older release, and by today's not any more: there is nothing to compare. Of two lists
        # under one stamp that is no answer: one of them may be forged.
        if same_stamp:
            raise
        return None


def _reread(source: Source, store: Store, accepted: int, reading: Reading, approved: bool) -> list[Reading]:
    """The accepted snapshot read by today's code, before the new one: what differs there is our doing."""
    try:
        old = _read(source.read, evidence.pages(store, accepted), waived=True)
    except SourceError as error:
        if approved:  # nobody can tell what is ours and what is theirs: recorded, told to nobody
            return [replace(reading, cause=Cause.REREADING)]
        reason = Reason.of("cannot_reread", revision=source.revision, text=error.reasons)
        raise Doubtful(reason, listing=reading.listing) from error
    before = Reading(listing=old, snapshot=evidence.snapshot(store, accepted), cause=Cause.REREADING)
    return [before, reading]


def _failed(case: Case, error: SourceError, snapshot: Snapshot | None) -> Checked:
    """Records a look of which nothing is believed. The known listing stands; only the calendar may move."""
    store, source = case.watch.store, case.source
    with store.transaction():
        run = Run(
            id=runs.next_run(store),
            source=source.name,
            at=case.now,
            outcome=outcome_of(error),
            message=spoken(error),
            reasons=error.reasons,
            snapshot=snapshot.id if snapshot else None,
            revision=source.revision,
        )
        if isinstance(error, Doubtful):
            if error.listing is not None:
                run = replace(run, rows=counts(error.listing), edition_at=error.listing.edition_at)
            run = doubted(store, run, error.reasons)
            run = replace(run, message=f"{error.source}: {run.message}" if error.source else run.message)
        state = runs.state_of(store, source.name)
        return conclude(case.watch, run, state)


def approve(source: Source, run: Run, watch: Watch, reason: str, now: datetime) -> Checked:
    """Believes a doubted or held reading, on an operator's word.

    The word and what it brings are written together. Raises `NothingToApprove` when the run was believed in
    full, read nothing, or was followed by another reading that was believed.
    """
    waiting = approvable(watch.store, run)
    logger.info("run %s of %s approved: %s", waiting.id, run.source, reason)
    return on_word(source, waiting, reason, watch, now)


def on_word(source: Source, run: Run, reason: str, watch: Watch, now: datetime) -> Checked:
    """The look that an operator's word makes: the run's reading believed, or its clock, or both."""
    if not run.clock.trusted:
        watch = replace(watch, clock=replace(watch.clock, confirmed=True))
    approval = Approval(run=run.id, reason=reason, reading=run.waits)
    assert run.snapshot is not None  # noqa: S101 -- what waits was read in some page
    pages = evidence.pages(watch.store, run.snapshot)
    return look(source, pages, watch, now, approval=approval, latest=True)


def approvable(store: Store, run: Run) -> Run:
    """The run whose pages an approval of `run` believes: its own, or a later one that waits for the same.

    Raises `NothingToApprove`, as `approve` does.
    """
    if (why := forgotten.reason_of(store, run.id)) is not None:
        raise NothingToApprove(Reason.of("was_forgotten", run=run.id, text=why))
    if run.snapshot is None:
        raise NothingToApprove(Reason.of("no_page", run=run.id))
    if run.believed and not run.held and run.clock.trusted:
        raise NothingToApprove(Reason.of("in_full", run=run.id))
    if not run.waits and run.clock.trusted:
        raise NothingToApprove(Reason.of("nothing_read", run=run.id, text=run.reasons or run.message))
    later = [one for one in runs.runs(store, source=run.source, good=True) if one.id > run.id]
    last = max(later, key=lambda one: one.id, default=run)
    if last is run or (not run.waits and not last.clock.trusted):
        return run
    if last.held and sameness(last.reasons) == sameness(run.reasons):
        return last
    raise NothingToApprove(
        Reason.of("followed" if last.held else "followed_in_full", run=run.id, later=last.id)
    )
