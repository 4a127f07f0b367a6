"""The reading room: foreign documents are read in a child, within limits of time, processor and memory.

A few kilobytes can make a library take gigabytes, or never end. The child dies of it, the look is told as a
changed layout, and the watch lives on.
"""

from __future__ import annotations

import json
import logging
import pickle
import socket
import sys
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from scrapers.source import Get, LayoutChanged, SourceError
from watcher.errors import Ended, Stopped
from watcher.look.apart import frames
from watcher.look.apart.answer import Fault, Refusal, error_of, exception_of, packed, refusal_of, unpacked
from watcher.look.apart.child import Work, proxied
from watcher.look.apart.keeper import Forked, alone
from watcher.look.apart.limits import GARBLED, LOST, MOST, Limits

if TYPE_CHECKING:
    import subprocess
    from _thread import LockType
    from threading import Event

    from state.model import Page
    from watcher.look.apart.keeper import Told

    End = Callable[[], Told | None]

logger = logging.getLogger(__name__)

BEGIN = """
import gc, sys
gc.disable()  # what is loaded stays
sys.path[:] = sys.argv[1:]
from watcher.look.apart.keeper import main
main()
"""
GRACE = 2.5
"""Seconds that a reading under way is given when the program is asked to end: most are done by then."""
TICK = 0.2
"""Seconds between two looks at whether a reading is still wanted."""


@dataclass(kw_only=True, eq=False)
class Room:
    """Where a process of ours has documents read. Any thread may ask; the first question begins the keeper.

    `environment` is all of it that the keeper gets. `stopping` ends what is being read. `brief`: this process
    reads once and ends, so that a keeper would be begun for one document: it forks, and the child forgets.
    """

    environment: Mapping[str, str]
    limits: Limits
    monotonic: Callable[[], float]
    stopping: Event
    brief: bool = False
    forget: Callable[[], None] = frames.patient
    _lock: LockType = field(default_factory=Lock, init=False)
    _keeper: tuple[subprocess.Popen[bytes], socket.socket] | None = field(default=None, init=False)

    def ask(
        self, name: str, shape: Any, reads: Callable[..., Any], *given: Any, get: Get | None = None
    ) -> Any:
        """What `reads` gives for `given`, a value of the type `shape`, read in a child; with `get` the pages
        that it wants.

        Raises the `SourceError` that it raises; `LayoutChanged` of the source `name` when the child dies or
        goes beyond its limits; what `get` raises; and `Stopped` when the program is asked to end.
        """
        work = Work(reads=reads, given=given, follows=get is not None, limits=self.limits)
        for again in (True, False):
            try:
                return self._asked(name, shape, work, get)
            except Ended as end:
                if end.reason is not LOST or not again:
                    raise LayoutChanged(name, end.reason) from None
                # Killed, or for want of memory of the whole machine: not the fault of this document yet.
                logger.warning("%s: the keeper of the reading room is gone: reading again", name)
        raise AssertionError("one of two tries returns or raises")

    def _asked(self, name: str, shape: Any, work: Work, get: Get | None) -> Any:
        with self._child(_needs(work.reads)) as (line, end):
            talk = _Talk(line, self.monotonic, self.stopping, self.limits)
            try:
                kind, body = talk.through(work, get)
            except (EOFError, ConnectionError):
                told = end()  # None where nobody saw it end
                raise Ended(self.limits.end(told) if told else LOST) from None
        return self._result(name, shape, kind, body)

    def _result(self, name: str, shape: Any, kind: bytes, body: bytes) -> Any:
        if kind == frames.MEMORY:
            raise Ended(self.limits.over_memory)
        expected = {frames.ANSWER: shape, frames.REFUSED: Refusal, frames.FAULT: Fault}.get(kind, Fault)
        try:
            found = unpacked(expected, body)
        except ValueError as error:
            logger.warning("%s: no answer of a reader: %s", name, error)
            raise Ended(GARBLED) from None
        if isinstance(found, Refusal):
            raise error_of(found)
        if isinstance(found, Fault):
            raise exception_of(found)
        return found

    @contextmanager
    def _child(self, needs: str) -> Iterator[tuple[socket.socket, End]]:
        """A new child: the line to it, and what tells how it ended. It ends with the block."""
        with _pair() as (line, theirs):
            line.settimeout(TICK)
            if self.brief and alone():
                with closing(Forked(needs, theirs, self.forget)) as forked:
                    yield line, forked.end
                return
            with _pair() as (report, reports):
                self._hand(needs, theirs, reports)
                theirs.close()
                reports.close()
                yield line, partial(_reported, report)

    def _hand(self, needs: str, *ends: socket.socket) -> None:
        message = needs.encode().ljust(frames.NAME, b"\0")
        with self._lock:
            for again in (True, False):
                try:
                    socket.send_fds(self._open(), [message], [end.fileno() for end in ends])
                except ConnectionError:  # killed since the last document
                    self._keeper = None
                    if not again:
                        raise
                else:
                    return

    def _open(self) -> socket.socket:
        if self._keeper is None:
            self._keeper = _begun(self.environment)
            weakref.finalize(self, _closed, *self._keeper)
        return self._keeper[1]


class _Talk:
    """The conversation with one child, for as long as it is wanted."""

    def __init__(
        self, line: socket.socket, monotonic: Callable[[], float], stopping: Event, limits: Limits
    ) -> None:
        self._line, self._monotonic, self._stopping = line, monotonic, stopping
        self._ends, self._limits = monotonic() + limits.seconds, limits
        self._stops = False

    def through(self, work: Work, get: Get | None) -> tuple[bytes, bytes]:
        """The last word of the child; the pages it asks for on the way are got."""
        self._send(frames.WORK, pickled(work))
        while True:
            kind, body = frames.receive(self._line, MOST, self._wanted)
            if kind != frames.GET or get is None:
                return kind, body
            try:
                url = unpacked(str, body)
            except ValueError:
                raise Ended(GARBLED) from None
            self._send(*self._got(get, url))

    def _got(self, get: Get, url: str) -> tuple[bytes, bytes]:
        begun = self._monotonic()
        try:
            return frames.PAGE, pickled(get(url))
        except SourceError as error:
            return frames.REFUSED, packed(refusal_of(error))
        finally:
            self._ends += self._monotonic() - begun  # the network has deadlines of its own

    def _send(self, kind: bytes, body: bytes) -> None:
        frames.send(self._line, kind, body, self._wanted)

    def _wanted(self) -> None:
        if self._stopping.is_set() and not self._stops:
            self._stops, self._ends = True, min(self._ends, self._monotonic() + GRACE)
        if self._monotonic() > self._ends:
            raise Stopped("asked to end") if self._stops else Ended(self._limits.late)


def _reported(report: socket.socket) -> Told | None:
    """How a child ended, by its keeper."""
    report.settimeout(10 * TICK)
    try:
        told: Told | None = json.loads(report.recv(1 << 12) or b"null")
    except (OSError, ValueError):
        told = None
    return told


@contextmanager
def _pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def _begun(environment: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """A keeper, and the line on which it is asked: a fresh interpreter, which knows where our modules lie."""
    if sys.platform != "linux":
        logger.warning("this system bounds no memory of a reading: its deadline and its processor time hold")
    import subprocess  # who forks needs none of it

    # Its places are told to it: to look for them again, and for hooks of the site, takes as long as a fork.
    options = ["-I", "-S", *(["-B"] if sys.dont_write_bytecode else [])]
    places = [str(Path(place).absolute()) for place in sys.path]
    control, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 -- our own interpreter, no shell
            [sys.executable, *options, "-c", BEGIN, *places],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            env=dict(environment),
            cwd="/",
            start_new_session=True,  # Ctrl-C is for the watch, which ends what it began
        )
    return process, control


def _closed(process: subprocess.Popen[bytes], control: socket.socket) -> None:
    """Ends a keeper, which ends its children, and waits for it: nothing of ours is left behind."""
    import subprocess

    control.close()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _needs(reads: Callable[..., Any]) -> str:
    """The module of what reads, or the folder of a source, which its keeper loads beforehand."""
    of = getattr(reads, "__self__", reads)
    module = str(of.__module__)
    return module.removesuffix(".source") if module.startswith("scrapers.") else module


class _Pickler(pickle.Pickler):
    """Knows mappings that cannot be written, which sources have among their settings."""

    def reducer_override(self, one: Any) -> Any:
        """How such a mapping is made again; all else as ever."""
        return (proxied, (dict(one),)) if isinstance(one, MappingProxyType) else NotImplemented


def pickled(value: Work | Page) -> bytes:
    """A value for a child, which is told nothing but by us."""
    out = BytesIO()
    _Pickler(out, pickle.HIGHEST_PROTOCOL).dump(value)
    return out.getvalue()
