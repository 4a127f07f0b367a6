"""Who stays connected, and for how long: a ceiling, a share for each client, a deadline for what it owes.

Nothing here speaks HTTP: a connection says what it waits for, and is told when to end. All of it runs on the
loop of the pages alone, so that nothing is locked.
"""

from __future__ import annotations

import logging
import resource
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

logger = logging.getLogger(__name__)

MOST = 512
"""Connections at one time: each costs an open file and some 20 KiB."""
RESERVED = 256
"""Open files left to the memory (three a connection), looks, messages under way (64) and children."""
STREAMS = 1_000
"""Streams at one time, beside `MOST`: each costs an open file and some 50 KiB, and stays for hours."""
SHARE = 64
"""Connections of one client: a browser opens six, an office behind one address some dozens."""
MOST_BYTES = 16 * 2**20
"""Bytes of answers that wait, in our memory, until somebody takes them."""
ROOM = 8
"""Of so many connections one is closed where there is no room: to look through all for each that comes would
itself be what an attacker wants."""
AT_ONCE = 64
"""Connections closed in one sweep: to close five hundred that came together kept everybody waiting 0.2 s."""
LUMP = 32 * 2**10
"""What a taker must take within the time for it. Smaller lumps never come from a kernel that is read slowly:
it opens its window by half of its buffer."""


class Waits(IntEnum):
    """What a connection waits for; who is first here goes first where there is no room."""

    HEAD = 1
    BODY = 2
    TAKING = 3
    NEXT = 4
    US = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How many connections there may be, streams apart, and seconds that a client has for each thing that it
    owes."""

    most: int = MOST
    streams: int = STREAMS
    share: int = SHARE
    head: float = 10.0
    body: float = 20.0
    taking: float = 20.0
    bytes: int = MOST_BYTES


REASONS = {
    Waits.HEAD: "pages: closed a connection, the head of a request did not come in time",
    Waits.BODY: "pages: closed a connection, the body of a request did not come in time",
    Waits.TAKING: "pages: closed a connection, an answer was not taken in time",
}
MADE_ROOM = "pages: closed a connection to make room, there were as many as may be"
FULL = "pages: refused a connection, there are as many as may be"
HEAVY = "pages: closed a connection, too many bytes waited to be taken"


class Line(Protocol):
    """One connection."""

    host: str
    trusted: bool

    def standing(self) -> tuple[Waits, int]:
        """What it waits for, and how many requests it made."""

    def untaken(self) -> int:
        """Bytes that wait to be taken."""

    def taken(self) -> int:
        """Bytes that were taken since it was made."""

    def cut(self) -> None:
        """Ends it, whatever was not taken."""


@dataclass(slots=True)
class Watched:
    """Since when a line stands as it does, and what it had taken then."""

    standing: tuple[Waits, int]
    since: float
    taken: int = 0


class Gate:
    """The connections of one server."""

    def __init__(self, terms: Terms, now: Callable[[], float] = time.monotonic) -> None:
        self._terms, self._now = terms, now
        self._lines: dict[Line, Watched] = {}
        self._hosts: dict[str, set[Line]] = {}
        self._staying: dict[Line, Watched] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def admit(self, line: Line) -> bool:
        """Whether this connection may stay; another one that only waits for its client may go for it.

        A new connection comes before an old one that owes us something: who is closed out by thousands of
        half-open ones would be the health check, and the platform would end a watch that is well.
        """
        terms = self._terms
        own = self._hosts.get(line.host, set())
        crowded = not line.trusted and len(own) >= terms.share
        if (crowded or len(self) >= terms.most) and not self._make_room(own if crowded else self._lines):
            logger.warning(FULL)
            return False
        self._enter(line)
        return True

    def stay(self, line: Line) -> None:
        """Lets a connection last whose answer has no end: it waits for us and is never closed for others, so
        it takes no place of theirs. How many last is for who answers them to bound."""
        watched = self._lines.get(line)
        self.leave(line)
        if watched is not None:
            self._staying[line] = watched

    def back(self, line: Line) -> None:
        """Counts a connection again whose answer had an end after all."""
        if self._staying.pop(line, None) is not None:
            self._enter(line)

    def _enter(self, line: Line) -> None:
        self._lines[line] = Watched(standing=line.standing(), since=self._now())
        self._hosts.setdefault(line.host, set()).add(line)

    def leave(self, line: Line) -> None:
        """Forgets a connection that ended; nothing where it is forgotten already."""
        self._staying.pop(line, None)
        if self._lines.pop(line, None) is not None:
            own = self._hosts[line.host]
            own.remove(line)
            if not own:
                del self._hosts[line.host]  # else every address that ever came is remembered

    def sweep(self) -> None:
        """Closes whoever had his time, and the slowest takers where too many bytes wait; once a second."""
        now, waiting, late = self._now(), 0, 0
        for line, watched in [*self._lines.items(), *self._staying.items()]:
            self._look(line, watched, now)
            waits = watched.standing[0]
            if now - watched.since > self._time_for(waits) and late < AT_ONCE:
                late += 1
                self._cut(line, REASONS[waits])
            else:
                waiting += line.untaken()
        if waiting > self._terms.bytes:
            for line in self._in_turn(line for line in self._everyone() if line.untaken()):
                waiting -= line.untaken()
                self._cut(line, HEAVY)
                if waiting <= self._terms.bytes:
                    break

    def close(self) -> None:
        for line in self._everyone():
            self.leave(line)
            line.cut()

    def _everyone(self) -> list[Line]:
        return [*self._lines, *self._staying]

    def _look(self, line: Line, watched: Watched, now: float) -> None:
        standing, taken = line.standing(), line.taken()
        moves = standing[0] is Waits.TAKING and taken - watched.taken >= LUMP
        if standing != watched.standing or moves:
            watched.standing, watched.since, watched.taken = standing, now, taken

    def _time_for(self, waits: Waits) -> float:
        terms = self._terms
        times = {Waits.HEAD: terms.head, Waits.BODY: terms.body, Waits.TAKING: terms.taking}
        return times.get(waits, float("inf"))

    def _make_room(self, among: Collection[Line]) -> bool:
        owing = self._in_turn(among)
        alike = [line for line in owing if line.standing()[0] is owing[0].standing()[0]]
        for line in alike[: max(len(among) // ROOM, 1)]:
            self._cut(line, MADE_ROOM)
        return bool(owing)

    def _in_turn(self, lines: Iterable[Line]) -> list[Line]:
        """Those that wait for their client as they go: by what for, of whom has most, and longest at it."""

        def turn(found: tuple[Line, Waits]) -> tuple[int, int, float]:
            line, waits = found
            watched = self._lines.get(line) or self._staying[line]
            return waits, -len(self._hosts.get(line.host, ())), watched.since

        standing = ((line, line.standing()[0]) for line in lines)
        return [line for line, _ in sorted((one for one in standing if one[1] is not Waits.US), key=turn)]

    def _cut(self, line: Line, why: str) -> None:
        logger.warning(why)
        self.leave(line)
        line.cut()


def terms_of(limit: int | None = None) -> Terms:
    """The terms for a process that may have `limit` files open (asked of the system): half of a small limit
    is for connections, and never so many that `RESERVED` are not left. Streams have what is left beyond: 256
    of the usual 1,024, all from 1,768 on."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if limit is None else limit
    if files == resource.RLIM_INFINITY:
        return Terms()
    room = files - min(RESERVED, files // 2)
    most = max(min(MOST, room), 8)
    return Terms(most=most, streams=max(min(STREAMS, room - most), 8))
