"""A connection of uvicorn's that answers to the gate: uvicorn waits for ever for a head, a body, a taker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from watcher.web.edge.connections import Gate, Waits

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
    """What makes the connections of a server."""
    return lambda **given: GatedProtocol(gate, proxied, **given)
