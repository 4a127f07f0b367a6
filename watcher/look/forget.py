"""Takes back the newest look of a source: its listing, its health and its news stand as before it.

For a page that was imported by mistake, or at the wrong date. Nobody is told; the log keeps the run, and a
link of the chain says that it was forgotten, and why.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from notifiers.said.reasons import spoken
from scrapers.source import Source, SourceError
from state.codec import maybe_instant
from state.model import Reason, Run
from state.seen.looks import chain, evidence, runs
from state.seen.rows import listings
from state.seen.taken_back import forgotten, retractions
from state.seen.who import registered
from state.seen.who.providers import load_providers
from state.words.kept import SourceState, Transition
from watcher.errors import NoReason, NothingToForget
from watcher.look.compare.change import facts
from watcher.look.fitting import fitted
from watcher.look.health import after_run

if TYPE_CHECKING:
    from state.file.store import Store
    from state.seen.taken_back.retractions import Carrier

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A look that was taken back, the one that its source stands at now (None: never looked at), how many
    events followed from it, and the messages that had brought some of them to somebody."""

    run: Run
    before: Run | None
    events: int
    told: tuple[Carrier, ...]


def forget(store: Store, source: Source | None, run: Run, reason: str, now: datetime) -> Forgotten:
    """Takes back a look and all that followed from it, in one transaction; told nowhere.

    `source` reads the accepted pages again, to point at the right places in them; None when it is not
    configured. Raises `NothingToForget` for a run that is not the newest of its source, or that is forgotten
    already, and `NoReason`.
    """
    if not reason.strip():
        raise NoReason(Reason.of("forget_reason"))
    with store.transaction():
        before = _before(store, run)
        events, told = chain.event_lines(store, run.id), retractions.carriers(store, run=run.id)
        forgotten.forget(store, run, reason.strip(), now)
        _put_back(store, run.source, before)
        listings.restamp(store, registered.whose(store, load_providers(store)), in_states=True)
        if source is not None and before is not None:
            _point_again(store, source, before)
    logger.warning("run %s of %s forgotten: %s", run.id, run.source, reason)
    return Forgotten(run=run, before=before, events=len(events), told=told)


def _before(store: Store, run: Run) -> Run | None:
    """The look that stands before this one, which must be the newest."""
    if (reason := forgotten.reason_of(store, run.id)) is not None:
        raise NothingToForget(Reason.of("forgotten_already", run=run.id, text=reason))
    newest, *earlier = runs.runs(store, source=run.source, newest_first=True, limit=2)
    if newest.id != run.id:
        raise NothingToForget(Reason.of("not_newest", run=run.id, source=run.source, newest=newest.id))
    return earlier[0] if earlier else None


def _put_back(store: Store, source: str, before: Run | None) -> None:
    """The state and the waiting removals of a source as they were after the look that stands now.

    Looks follow each other as they were recorded: a clock that was wrong makes their times jump.
    """
    state = SourceState(source=source)
    # Played again from the beginning: health counts failures in a row, which no single run knows.
    for run in sorted(runs.runs(store, source=source), key=lambda one: one.id):
        state, _ = after_run(state, run)
    if before is not None:
        sealed = chain.link_of(store, before.id).facts
        state = accepting(state, sealed["accepted"])
        forgotten.restore_missing(store, source, sealed["missing"])
    runs.save_state(store, state)


def accepting(state: SourceState, accepted: Mapping[str, Any]) -> SourceState:
    """The state with the accepted reading that a link states."""
    return replace(
        state,
        snapshot=accepted["snapshot"],
        revision=accepted["revision"],
        imprint="",  # no link keeps it: the next look is read
        edition_at=maybe_instant(accepted["edition_at"]),
        covers=frozenset(accepted["covers"]),
    )


def _point_again(store: Store, source: Source, before: Run) -> None:
    """Links, places and the promised next edition as the accepted pages have them; the look that is gone had
    moved them."""
    state = runs.state_of(store, source.name)
    if state.snapshot is None or state.revision != source.revision:
        return
    try:
        seen = fitted(source.read(evidence.pages(store, state.snapshot)))
    except SourceError as error:
        logger.warning("%s: the accepted pages cannot be read any more: %s", source.name, spoken(error))
        return
    shown = {facts(row): row for row in seen.attestations}
    touched = tuple(
        replace(known, attestation=replace(known.attestation, url=row.url, page=row.page, place=row.place))
        for known in listings.listing(store, source.name)
        if (row := shown.get(facts(known.attestation))) is not None
    )
    runs.save_state(store, replace(state, next_update=seen.next_update))
    listings.accept(store, source.name, before.id, before.at, before.edition_at, Transition(touched=touched))
