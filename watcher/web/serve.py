"""Serves the pages beside the schedule, in one process: a server in a thread of its own.

Its connections are uvicorn's that answer to the gate: by itself uvicorn waits for ever for a head, a body,
a taker.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import h11
import uvicorn
from starlette.routing import BaseRoute
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol

from watcher.web.app import make_app
from watcher.web.edge.connections import Gate, Terms, Waits, terms_of
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
ROUTERS_KEEP = 95
"""Seconds that a connection of a trusted proxy is kept between two requests. Heroku's router gives its own up
after 90: who closes first loses the request that the other one is just sending."""


class Counted:
    """A transport that knows how much was handed to it; it tells by itself only how much of that waits."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport, self.written = transport, 0

    def write(self, data: bytes) -> None:
        self.written += len(data)
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class GatedProtocol(H11Protocol):
    """One connection, as uvicorn makes it, for as long as the gate lets it."""

    def __init__(self, gate: Gate, proxied: Callable[[str], bool], **given: Any) -> None:
        super().__init__(**given)
        self._gate, self._proxied = gate, proxied
        self._requests, self._begun = 0, True
        # For an endpoint that has to end an answer half-way, or never ends one; ASGI has no word for either.
        self.app_state = {**self.app_state, "cut": self.cut, "stay": self.stay}
        self.host, self.trusted = "", False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        self._counted, self._buffered = Counted(transport), transport.get_write_buffer_size
        super().connection_made(cast(asyncio.Transport, self._counted))
        self.host = self.client[0] if self.client else ""
        # Behind a proxy all come from its address: it keeps order among them itself, and has no share.
        self.trusted = self._proxied(self.host)
        if self.trusted:
            self.timeout_keep_alive = ROUTERS_KEEP
        if not self._gate.admit(self):
            self.cut()

    def connection_lost(self, exc: Exception | None) -> None:
        self._gate.leave(self)
        super().connection_lost(exc)
        # What names this connection: circles, and the search for thousands of them stops all threads.
        self.app_state, self.scope, self.cycle = {}, {}, None  # type: ignore[typeddict-item, assignment]

    def data_received(self, data: bytes) -> None:
        self._begun = True
        super().data_received(data)

    def on_response_complete(self) -> None:
        self._requests += 1
        self._begun = bool(self.conn.trailing_data[0])
        self._gate.back(self)
        super().on_response_complete()

    def standing(self) -> tuple[Waits, int]:
        return self._waits(), self._requests

    def untaken(self) -> int:
        return self._buffered()

    def taken(self) -> int:
        return self._counted.written - self.untaken()

    def stay(self) -> None:
        self._gate.stay(self)

    def cut(self) -> None:
        self.transport.abort()

    def _waits(self) -> Waits:
        if self.untaken():
            return Waits.TAKING
        if self.cycle is None or self.cycle.response_complete:
            return Waits.HEAD if self._begun else Waits.NEXT
        return Waits.BODY if self.conn.their_state is h11.SEND_BODY else Waits.US


def gated(gate: Gate, proxied: Callable[[str], bool]) -> Callable[..., GatedProtocol]:
    return lambda **given: GatedProtocol(gate, proxied, **given)


class GatedServer(uvicorn.Server):
    """uvicorn's server at the gate: sweeps each second, and cuts what is under way when the grace is over."""

    def __init__(
        self, config: uvicorn.Config, gate: Gate, seldom: Seldom, ending: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._gate, self._seldom, self._cycles, self._ending = gate, seldom, Cycles(), ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
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
