"""Looks at registers that people ask for: those who ask at once share one, and the register hears of one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from scrapers.source import Source
from state.file import claims
from watcher.app import App
from watcher.errors import UnderWay
from watcher.look.record import Checked

LONGEST = timedelta(minutes=15)
"""How long a look may last before another process may begin one of its own."""
RECENT = timedelta(minutes=2)
"""A look as young as this is answered with, instead of another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A look that is under way: its outcome to come (None: overtaken by a newer one), and whether it was
    already under way."""

    outcome: Future[Checked | None]
    shared: bool


class Looks:
    """The looks under way in this process, by source."""

    def __init__(self, app: App, pool: Executor, check: Callable[[App, Source], Checked | None]) -> None:
        self._app, self._pool, self._check = app, pool, check
        self._under_way: dict[str, Future[Checked | None]] = {}
        self._lock = Lock()

    def join(self, source: Source) -> Joined:
        """The look at a source that is under way, or a new one."""
        with self._lock:
            known = self._under_way.get(source.name)
            if known is not None and not known.done():
                return Joined(outcome=known, shared=True)
            begun = self._pool.submit(self._look, source)
            self._under_way[source.name] = begun
            return Joined(outcome=begun, shared=False)

    def _look(self, source: Source) -> Checked | None:
        name, app = f"look/{source.name}", self._app
        with app.open_store() as store:
            if not claims.lease(store, name, app.owner, app.clock(), LONGEST):
                raise UnderWay(source.name)
            try:
                return self._check(app, source)
            finally:
                claims.release(store, name, app.owner)
