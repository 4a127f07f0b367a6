"""Looks at a source in this process: one at a time, told to the other processes by a lease."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

from state.file import claims
from state.seen.looks import runs
from watcher.errors import LeftAlone, Overtaken, UnderWay
from watcher.look import health
from watcher.look.check import check
from watcher.look.record import Checked, tell
from watcher.parts.holding import free_of_dead

if TYPE_CHECKING:
    from scrapers.source import Source
    from state.file.store import Store
    from watcher.app import App
    from watcher.look.ongoing import Look

logger = logging.getLogger(__name__)

LONGEST = claims.LEASE
"""How long after a process fell silent in a look another may begin one that somebody asks for."""


def check_source(app: App, source: Source) -> Checked | None:
    """Looks at one source now, or waits for the look under way; None when a newer look overtook it."""
    look = app.looks.join(source.name)
    if not look.shared:
        return look.make(lambda: _look(app, source))
    try:
        return look.outcome.result()
    except UnderWay:  # it was asked for, and gave way to another process; what is planned does not
        return check_source(app, source)


def ask(
    app: App,
    source: Source,
    *,
    rest: timedelta = timedelta(0),
    run: Callable[[Callable[[], object]], object] = lambda work: work(),
) -> Look:
    """The look at a source that somebody asks for now: the one under way, or a new one that `run` makes.

    Raises `LeftAlone` where the source was read less than `rest` ago. A look that another process makes is
    neither joined nor doubled: the new one ends with `UnderWay`.
    """
    with app.looks.lock:
        wait = timedelta(0) if app.looks.at(source.name) else _wait(app, source, rest)
        if wait:
            raise LeftAlone(source.name, wait)
        look = app.looks.join(source.name)
    if not look.shared:
        run(lambda: look.make(lambda: _look(app, source, alone=True)))
    return look


def _wait(app: App, source: Source, rest: timedelta) -> timedelta:
    """How long a source has still to be left alone, whichever way the clock went wrong."""
    with app.open_store() as store:
        last = runs.state_of(store, source.name).last_look
    return max(rest - abs(app.clock() - last), timedelta(0)) if last else timedelta(0)


def _look(app: App, source: Source, *, alone: bool = False) -> Checked | None:
    """A look on a connection of this thread; none that was planned is left out for another process's."""
    with app.open_store() as store, claimed(app, source, store, alone=alone):
        try:
            checked = check(source, app.get(source, store), app.watch(store), app.clock)
        except Overtaken as overtaken:
            logger.info("%s", overtaken)
            return None
        app.stirred.set()
        if checked.run.clock.trusted:
            _say_stale(app, source, store)
    run = checked.run
    logger.info("%s: run %s %s, %s events", source.name, run.id, run.outcome, len(checked.events))
    return checked


@contextmanager
def claimed(app: App, source: Source, store: Store, *, alone: bool) -> Iterator[None]:
    """Tells other processes that this one looks; raises `UnderWay` where one does and we want to be alone."""
    name = f"look/{source.name}"
    free_of_dead(store, name)  # else nobody could ask for a look for a while
    mine = claims.lease(store, name, app.owner, app.shared(), LONGEST)
    if not mine and alone:
        raise UnderWay(source.name)
    try:
        with app.holding.kept(name) if mine else nullcontext():
            yield
    finally:
        claims.release(store, name, app.owner)


def _say_stale(app: App, source: Source, store: Store) -> None:
    with store.transaction():
        state = runs.state_of(store, source.name)
        notice = health.stale(state, app.clock(), source.stale_after)
        if notice and runs.remarked(store, source.name, [health.stale_topic(state)], notice.at):
            tell(app.watch(store), [notice])
