"""The child that reads one document: it bounds itself, reads, answers and ends.

It has nothing of the watch but the line to it: no file, no variable of the environment, no memory. What it
loses control of ends with it.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

from scrapers.source import SourceError
from watcher.look.apart import frames
from watcher.look.apart.answer import Fault, Refusal, error_of, packed, refusal_of, unpacked
from watcher.look.apart.limits import MIB, Limits

if TYPE_CHECKING:
    from state.model import Page

LAST = 8 * MIB
"""What a child may still take to say that it may take no more."""
FILES = 32
"""Open files: modules that are loaded late."""
SAID = 4000
"""Characters of what a fault says: it may quote the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a child is to do: call `reads` with `given`, and with a way to get pages where it `follows`.

    A child that follows answers with the numbers of the pages it got: it can name none that was not received.
    """

    reads: Callable[..., Any]
    given: tuple[Any, ...]
    follows: bool
    limits: Limits


def proxied(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """A mapping that nobody can change, as sources have among their settings."""
    return MappingProxyType(settings)


def be(line: int, alive: int, parent: int) -> NoReturn:
    """Becomes the child of a document, at the other end of `line`; open `alive` tells that it lives."""
    try:
        _keep_only(line, alive)
        os.setpgid(0, 0)
        _die_with(parent)
        # What a child forked of a whole program inherits, and a keeper never had: a place among our files.
        sys.path[:] = map(os.path.abspath, sys.path)
        os.chdir("/")
        gc.disable()  # all it makes lives until it ends
        with socket.socket(fileno=line) as talk:
            _answer(talk)
    except BaseException:  # noqa: BLE001 -- never up the stack, which is the keeper's
        os._exit(1)
    os._exit(0)


def _keep_only(*kept: int) -> None:
    opened: Iterable[int] = range(1024)
    with suppress(OSError):  # a container without it
        # Those that are open, not all that could be: a container may allow a billion.
        opened = [int(name) for name in os.listdir("/dev/fd")]
    for one in opened:
        if one not in kept:
            with suppress(OSError):
                os.close(one)
    for _ in range(3):  # the lowest that are free: input, output, error
        os.open(os.devnull, os.O_RDWR)


def _die_with(parent: int) -> None:
    """Asks the system to kill this process with its parent; where it cannot, the deadline does."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:  # it died before it could be asked for
        os._exit(0)


def _answer(line: socket.socket) -> None:
    _, body = frames.receive(line)
    # From the watch, which nobody else writes to: the other direction is never unpickled.
    work: Work = pickle.loads(body)  # noqa: S301
    del body
    memory = bound(work.limits)
    try:
        frames.send(line, *_result(line, work))
    except MemoryError:
        del work
        if memory is not None:
            _limit("RLIMIT_DATA", memory[1], memory[1])
        frames.send(line, frames.MEMORY)


def _result(line: socket.socket, work: Work) -> tuple[bytes, bytes]:
    try:
        return frames.ANSWER, packed(_followed(line, work) if work.follows else work.reads(*work.given))
    except SourceError as error:
        return frames.REFUSED, packed(refusal_of(error))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 -- the boundary of the child: the watch logs it
        import traceback

        fault = Fault(name=type(error).__name__, text=str(error)[:SAID], trace=traceback.format_exc()[-SAID:])
        return frames.FAULT, packed(fault)


def _followed(line: socket.socket, work: Work) -> list[int]:
    """The numbers of the pages that make the look, as they were got."""
    got: list[Page] = []

    def get(url: str) -> Page:
        frames.send(line, frames.GET, packed(url))
        kind, body = frames.receive(line)
        if kind == frames.REFUSED:
            raise error_of(unpacked(Refusal, body))
        got.append(pickle.loads(body))  # noqa: S301 -- from the watch, as above
        return got[-1]

    pages = work.reads(*work.given, get)
    numbers = {id(page): number for number, page in enumerate(got)}
    return [numbers[id(page)] for page in pages]


def bound(limits: Limits) -> tuple[int, int] | None:
    """Bounds this process for good, as far as the system can; the bounds of its memory, if there are any."""
    _limit("RLIMIT_CORE", 0, 0)  # no hostile bytes on the disk, and none of ours beside them
    _limit("RLIMIT_FSIZE", 0, 0)
    _limit("RLIMIT_NOFILE", FILES, FILES)
    _limit("RLIMIT_NPROC", 0, 0)
    _limit("RLIMIT_CPU", limits.processor, limits.processor + 1)
    # What may be written, and not all addresses: libraries reserve gigabytes that they never use.
    soft = _written() + limits.memory * MIB
    return (soft, soft + LAST) if _limit("RLIMIT_DATA", soft, soft + LAST) else None


def _limit(name: str, soft: int, hard: int) -> bool:
    """Whether the system took the limit; some have no such one, or want another."""
    kind = getattr(resource, name, None)
    if kind is None:
        return False
    try:
        resource.setrlimit(kind, (soft, hard))
    except (ValueError, OSError):
        return False
    return True


def _written() -> int:
    """How many bytes of memory this process may write already; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[5]) * resource.getpagesize()
    except OSError:
        return 0
