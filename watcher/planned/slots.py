"""Planned looks: each is made once, by one process of all; by another where that one fell silent in it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from state.file import claims
from state.file.errors import Away, Busy, StoreError
from state.file.opening import in_server
from state.seen.looks import runs
from watcher.errors import Stopped, UnderWay
from watcher.look.slots import SPREAD, slot_before
from watcher.parts.holding import free_of_dead
from watcher.parts.owner import gone
from watcher.planned.looks import check_source

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

    from scrapers.source import Source
    from watcher.app import App

logger = logging.getLogger(__name__)

PATIENCE = 30
"""Seconds until what cannot be done now is tried again."""
AHEAD = timedelta(hours=1)
"""A look further ahead was made by a clock that was wrong: it says nothing of a slot."""


def check_slot(app: App, source: Source, trigger: CronTrigger) -> None:
    """Looks at one source if nobody has taken the slot that is due; what is wrong is logged, others go on."""
    now = app.shared()
    slot = slot_before(trigger, now)
    if slot is None:
        patiently(app, check_source, app, source)
        return
    with app.open_store() as store:
        claims.set_right(store, now)
        if gone(dead := claims.holder(store, claims.slot_name(source.name, slot))):
            claims.free_slot(store, source.name, slot, dead)
        if not claims.claim_slot(store, source.name, slot, app.owner, now):
            logger.info("%s: the check of %s is already taken", source.name, slot.isoformat())
            return
    _make(app, source, slot)


def _make(app: App, source: Source, slot: datetime) -> None:
    """Makes the look of a slot that is ours; one that was not made is given back."""
    made = True  # also by a look that a bug broke: made again and again, it would break again and again
    try:
        with app.holding.kept(claims.slot_name(source.name, slot)):
            made = patiently(app, check_source, app, source)  # here: nobody else will look
    except (Stopped, StoreError):
        made = False
        raise
    finally:
        try:
            with app.open_store() as store:
                (claims.slot_made if made else claims.free_slot)(store, source.name, slot, app.owner)
        except StoreError as error:  # its lease runs out, and the look itself is on record
            logger.warning("%s: the check of %s is not closed: %s", source.name, slot.isoformat(), error)


def missed(app: App, source: Source, trigger: CronTrigger) -> bool:
    """Whether the last slot passed without a look: who took it fell silent, or nobody was there."""
    now = app.shared()
    slot = slot_before(trigger, now)
    if slot is None:
        return False
    name = claims.slot_name(source.name, slot)
    with app.open_store() as store:
        last = runs.state_of(store, source.name).last_look
        if last is not None and slot <= last <= now + AHEAD:
            return False  # whoever made it: one that died after its look was recorded left it open
        if claims.claimed_slot(store, source.name, slot):
            return claims.ran_out(store, name, now) or gone(claims.holder(store, name))
    return now - slot > SPREAD


def patiently(app: App, work: Callable[..., object], *args: Any) -> bool:
    """Does a piece of work, later where the memory cannot be had now: no slot is missed for that. False
    where the watch ends before."""
    while True:
        try:
            work(*args)
        except (StoreError, UnderWay) as error:
            if isinstance(error, StoreError) and not passes(error, app.settings.state):
                raise
            logger.warning("%s; trying again in %d seconds", error, PATIENCE)
            if app.stopping.wait(PATIENCE):
                return False
        else:
            return True


def passes(error: StoreError, state: str) -> bool:
    """Whether the memory will do again by itself: away, busy, or, of a server, a standby for as long as a
    failover takes."""
    return isinstance(error, Away | Busy) or (error.code == "read_only" and in_server(state))


def check_unless_looked(app: App, source: Source, begun: datetime) -> None:
    """Looks, unless another process did since this one began: several are started at once.

    Raises `UnderWay` where another is looking.
    """
    name = f"look/{source.name}"
    with app.open_store() as store:
        last = runs.state_of(store, source.name).last_look
        free_of_dead(store, name)
        others = [one for one, _ in claims.held(store, name, app.shared()).values() if one != app.owner]
    if last is not None and begun <= last <= app.shared() + AHEAD:
        return
    if others:
        raise UnderWay(source.name)
    check_source(app, source)
