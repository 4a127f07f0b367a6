"""Serves the pages beside the schedule, in one process: a server in a thread of its own."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from starlette.routing import BaseRoute
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from watcher.web.app import make_app
from watcher.web.edge.connections import Gate, Terms, terms_of
from watcher.web.edge.protocol import gated
from watcher.web.edge.seldom import LOUD, Seldom

if TYPE_CHECKING:
    from watcher.app import App
    from watcher.web.edge.guards import Limit

logger = logging.getLogger(__name__)

GRACE = 2
"""Seconds that answers under way have to finish when the server stops; then they are cut."""
AT_ONCE = 16
"""Connections taken before the loop turns to those it has. asyncio takes as many in one go as may queue."""
QUEUE = 1024
"""Connections that queue in the kernel: where it is full, whoever comes waits a second to try again."""
YOUNG, TOO_MANY = 2_000, 10_000
"""Values made and kept before cycles are searched for among them, where nobody waits and where somebody does:
a search among so many takes some milliseconds, and each connection and page leaves dozens in cycles."""
TICKS = 6_000
"""Tenths of a second between two searches among all."""
TURN = 0.0002
"""Seconds that a thread computes before another gets its turn. The loop gives its own up at each call of the
system, and there are a hundred in one round of a crowd: beside three threads that compute, half of the health
checks took 180 ms with Python's 5 ms, 20 with 1, and 12 with this, which costs these threads a tenth."""


class GatedServer(uvicorn.Server):
    """uvicorn's server at the gate: sweeps each second, and cuts what is under way when the grace is over."""

    def __init__(
        self, config: uvicorn.Config, gate: Gate, seldom: Seldom, ending: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._gate, self._seldom, self._cycles, self._ending = gate, seldom, Cycles(), ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens."""
        self._cycles.begin()
        await super().startup(sockets)
        for listening in sockets or ():
            listening.listen(QUEUE)

    async def on_tick(self, counter: int) -> bool:
        """Whether it is time to end; called ten times a second."""
        if counter % 10 == 0:
            self._gate.sweep()
            self._seldom.tell()
        self._cycles.search(idle=not self.server_state.tasks)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends; a client that takes or sends a byte a second is not waited for."""
        self._ending()  # what has no end: it would be waited for, as an answer under way
        asyncio.get_running_loop().call_later(GRACE, self._gate.close)
        await super().shutdown(sockets)
        self._seldom.tell(all=True)
        self._cycles.end()


class Pages:
    """The server of one process; `start` returns when it listens, `stop` when the last answer is sent."""

    def __init__(
        self,
        app: App,
        extra_routes: Sequence[BaseRoute] = (),
        *,
        limit: Limit | None = None,
        terms: Terms | None = None,
    ) -> None:
        settings = app.settings
        self._place, self._address = (settings.host, settings.port), settings.address
        terms = terms or terms_of()
        web = make_app(app, extra_routes, limit=limit, streams=terms.streams)
        # uvicorn's own reading of the setting: what it believes and what has no share must be the same.
        trusted = ProxyHeadersMiddleware(web, settings.proxies).trusted_hosts  # type: ignore[arg-type]
        gate, self._seldom = Gate(terms), Seldom()
        config = uvicorn.Config(
            web,
            http=cast(Any, gated(gate, trusted.__contains__)),
            ws="none",
            access_log=False,
            # uvicorn would set up logging anew, over that of the watch.
            log_config=None,
            # What it says of its start and end the watch has said; warnings come once a minute (`Seldom`).
            log_level="warning",
            server_header=False,
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=settings.proxies,
            backlog=AT_ONCE,
            # A second more than the gate's: only what sits in a thread is left then, and nobody can cut that.
            timeout_graceful_shutdown=GRACE + 1,
        )
        self._server = GatedServer(config, gate, self._seldom, web.state.stream.end)
        self._thread: threading.Thread | None = None
        self.port = settings.port

    def start(self) -> None:
        """Listens and serves; raises `OSError` where the port is taken or the host is not ours."""
        family = socket.AF_INET6 if ":" in self._place[0] else socket.AF_INET
        # Made here and not by uvicorn, which would end the process, and in a thread, where a port is taken.
        listening = socket.create_server(self._place, family=family, backlog=QUEUE)
        self.port = listening.getsockname()[1]
        sys.setswitchinterval(TURN)
        for name in LOUD:
            logging.getLogger(name).addFilter(self._seldom)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listening]}, name="pages", daemon=True
        )
        self._thread.start()
        logger.info("pages at http://%s:%s/", self._place[0], self.port)
        if not self._address:
            logger.warning(
                "VIGILABEL_ADDRESS is not set: feeds and pages cite no address, calendars link to no page; "
                "set the public address, such as https://labels.example.org"
            )

    def stop(self) -> None:
        """Takes no new request, and ends when those under way are answered, after `GRACE` seconds at most."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=GRACE + 2)
        for name in LOUD:
            logging.getLogger(name).removeFilter(self._seldom)


class Cycles:
    """The searches for cycles of values, made often, among few, and where nobody waits for them.

    A search stops all threads, the health check too, and Python makes one when hundred thousands of values
    have come together: 0.2 seconds under load. To look through all that was ever loaded took a fifth of a
    page's time; modules and templates, which stay to the end, are left out for good.
    """

    def begin(self) -> None:
        """From now on Python searches only when `search` says so."""
        self._was_on, self._ticks = gc.isenabled(), 0
        gc.collect()
        gc.freeze()
        gc.disable()

    def search(self, *, idle: bool) -> None:
        """Searches among what is young, seldom among all; later while answers are made."""
        self._ticks += 1
        if gc.get_count()[0] > (YOUNG if idle else TOO_MANY):
            gc.collect(1)
        if idle and self._ticks >= TICKS:
            self._ticks = 0
            gc.collect()

    def end(self) -> None:
        """Python searches as before."""
        if self._was_on:
            gc.enable()
