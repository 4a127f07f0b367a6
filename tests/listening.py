"""Somebody who listens to the live stream: what he was sent, and how he goes without a word."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

PATH = "/api/v1/events/stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message of the stream."""

    id: str = ""
    type: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


class Listener:
    """One connection. `id` is that of his last message, with which he comes back."""

    def __init__(self, port: int, query: str = "", *, id: str = "", host: str = "127.0.0.1") -> None:
        self.id, self.beats, self.retry = id, 0, 0
        self._line = socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(host, 0))
        # HTTP/1.0: what comes is the stream itself, not chunks of it.
        resumes = f"Last-Event-ID: {id}\r\n" if id else ""
        self._line.sendall(f"GET {PATH}{query} HTTP/1.0\r\nHost: x\r\n{resumes}\r\n".encode())
        self._lines = self._line.makefile("rb")
        self.status = int(self._lines.readline().split()[1])
        self.headers: dict[str, str] = {}
        while line := self._lines.readline().strip().decode():
            name, _, value = line.partition(":")
            self.headers[name.lower()] = value.strip()
        if self.status == 200:
            self.first = next(self.blocks())

    def __iter__(self) -> Iterator[Heard]:
        """What he hears; a message counts when it was sent whole, as browsers have it."""
        return (one for one in self.blocks() if one.data)

    def blocks(self) -> Iterator[Heard]:
        """The same, with those that say nothing but an `id`."""
        own: dict[str, str] = {}
        for raw in self._lines:
            line = raw.decode().rstrip("\n")
            name, _, value = line.partition(": ")
            if line.startswith(":"):
                self.beats += 1
            elif line:
                assert name not in own, f"two lines of {name}: {line[:80]}"
                own[name] = value
            elif own:
                self.id, self.retry = own.get("id", self.id), int(own.get("retry", self.retry))
                data = json.loads(own["data"]) if "data" in own else {}
                yield Heard(id=own.get("id", ""), type=own.get("event", ""), data=data)
                own = {}

    def body(self) -> Any:
        """The answer where it is no stream."""
        return json.loads(self._lines.read())

    def close(self) -> None:
        """He is gone, in the middle of whatever it was."""
        self._line.close()
        self._lines.close()
