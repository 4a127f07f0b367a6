"""What the watch does about itself every few minutes: canary, summary, heartbeat, bundle. Each done once.

What was shared long ago is forgotten."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from notifiers.heartbeat import Heartbeat
from state.file import claims
from state.model import day_of
from state.owed import shares
from state.seen.looks import runs
from state.seen.who.providers import load_providers
from watcher.ask.archive import Archive
from watcher.ask.watch import summary
from watcher.errors import NoRoom
from watcher.look import health
from watcher.look.slots import last_slot
from watcher.said.drawn.bundle import made_on, write_bundle
from watcher.tell import canary

if TYPE_CHECKING:
    from pathlib import Path

    from scrapers.source import Source
    from state.file.store import Store
    from watcher.app import App

logger = logging.getLogger(__name__)

AHEAD = timedelta(hours=1)
"""A good look further ahead was made by a clock that was wrong: it says nothing of today."""


def upkeep(app: App) -> bool:
    """Releases and looks for canaries, owes the summary, and beats when all is well: whether it did."""
    settings, now = app.settings, app.clock()
    channel = settings.canary or settings.operators
    with app.open_store() as store:
        shares.let_go(store, now)
        _keep_sealed(app, store)
        claims.forget_old(store, now)
        if channel:
            canary.release(store, channel, now)
            canary.look_for(store, app.notifier_of, settings.lang, now)
        if settings.operators:
            archive = Archive(store=store, providers=load_providers(store), sources=app.sources, now=now)
            summary.owe(archive, settings.operators)
        late = stale_sources(store, app.sources, now)
        alive = canary.alive(store, now)
    if settings.heartbeat_url is None:
        return False
    if late or not alive:
        logger.warning(
            "no heartbeat: %s", ", ".join(late) or "no canary was seen in its channel since yesterday"
        )
        return False
    url = settings.heartbeat_url.reveal()
    return Heartbeat(url=url, proxy=app.proxies.of(url)).ping()


def _keep_sealed(app: App, store: Store) -> None:
    """Seals tokens under the newest key, where there are several: then the old one can be taken away."""
    if len(app.settings.slack_token_keys) < 2:
        return
    from watcher.workspaces.directory import seal_anew  # few let workspaces install the app

    done, shut = seal_anew(store, app.workspaces.seal)
    if done:
        logger.info("sealed the tokens of %s workspaces under the first of SLACK_TOKEN_KEYS", done)
    if shut:
        logger.error("no key of SLACK_TOKEN_KEYS opens the token of %s", ", ".join(shut))


def nightly(app: App) -> bool:
    """Makes the bundle of the day where there is none yet: whether it did. For a thread of the schedule."""
    there, now = app.bundle, app.clock()
    if there is None or (there.exists() and made_on(there) == day_of(now).isoformat()):
        return False
    with app.open_store() as store:
        if runs.states(store):  # before the first look there is nothing to give
            return _written(store, there, now)
    return False


def _written(store: Store, there: Path, now: datetime) -> bool:
    """Whether the bundle of the day was made; without room for it the one before stays, and the watch goes
    on."""
    try:
        write_bundle(store, there, now)
    except NoRoom as full:
        logger.warning("no bundle, the one before stays: %s", full)
        return False
    return True


def stale_sources(store: Store, sources: Mapping[str, Source], now: datetime) -> tuple[str, ...]:
    """The sources with no good look since the last but one that was planned, or with too old an edition."""
    return tuple(name for name, source in sources.items() if not _fresh(store, source, now))


def _fresh(store: Store, source: Source, now: datetime) -> bool:
    state = runs.state_of(store, source.name)
    if state.last_good is None or health.stale(state, now, source.stale_after):
        return False
    last = last_slot(source, now)
    before = last_slot(source, last - timedelta(seconds=1)) if last else None
    # The last but one: a look may fail once, and is under way for a while, without anything being wrong.
    return before is None or before <= state.last_good <= now + AHEAD
