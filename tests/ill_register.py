"""A register whose pages do to their reader what a hostile document might: none of them is one.

A page that begins with `ill: WORD` is read by a function of that name below; every other one is a toy page.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NoReturn

from toy_register import ToyRegister

from scrapers.source import Blocked, Doubtful, Get, LayoutChanged
from state.model import Attestation, Listing, Page, Reason

FAR = 1000
"""MiB at which a stand-in gives up by itself, on a system that does not bound it."""


def sleep() -> NoReturn:
    time.sleep(600)
    raise AssertionError("nobody ended the sleep")


def spin() -> NoReturn:
    end = time.monotonic() + 600
    while time.monotonic() < end:
        pass
    raise AssertionError("nobody ended the work")


def allocate() -> NoReturn:
    held = [bytearray(1 << 20) for _ in range(FAR)]
    raise AssertionError(f"{len(held)} MiB were had")


def allocate_and_abort() -> NoReturn:
    """As a library in C does that gets no more memory."""
    held = []
    try:
        for _ in range(FAR):
            held.append(bytearray(1 << 20))
    except MemoryError:
        os.abort()
    raise AssertionError(f"{len(held)} MiB were had")


def fall() -> NoReturn:
    ctypes.string_at(0)
    raise AssertionError("there is something at 0")


def abort(*_: object) -> NoReturn:
    os.abort()


def leave() -> NoReturn:
    os._exit(3)


def quit_python() -> NoReturn:
    sys.exit("as a library might")


def fail() -> NoReturn:
    raise ZeroDivisionError("a bug in the reader")


def wall() -> NoReturn:
    raise Blocked(Reason.of("wall_by_title", title="Just a moment"), source="anssi-catalogue")


def doubt() -> NoReturn:
    [row] = look_around().attestations[:1]
    listing = Listing(source="anssi-catalogue", attestations=(row,), covers=frozenset({"passi"}))
    raise Doubtful(Reason.of("doctype"), source="anssi-catalogue", listing=listing)


def talk() -> Listing:
    """An answer of 80 MiB, of rows that are one and the same object."""
    row = Attestation(label="passi", holder="x" * (1 << 20))
    return Listing(source="anssi-catalogue", attestations=(row,) * 80, covers=frozenset({"passi"}))


def babble() -> Listing:
    return "no listing"  # type: ignore[return-value]


def mumble() -> Listing:
    """A text that no file could hold."""
    row = Attestation(label="passi", holder="\ud800")
    return Listing(source="anssi-catalogue", attestations=(row,), covers=frozenset({"passi"}))


def look_around() -> Listing:
    """What the child has of its watch: rows of what it finds."""
    seen = [f"file {os.readlink(f'/proc/self/fd/{name}')}" for name in _open_files()]
    seen += [f"variable {name}={value}" for name, value in os.environ.items()]
    seen += [f"begun with {Path('/proc/self/environ').read_bytes()!r}", f"in {Path.cwd()}"]
    seen += [f"called {Path('/proc/self/cmdline').read_bytes()!r}"]
    rows = tuple(Attestation(label="passi", holder=one) for one in seen)
    return Listing(source="anssi-catalogue", attestations=rows, covers=frozenset({"passi"}))


def _open_files() -> list[str]:
    # the directory itself is open while it is listed
    return [name for name in os.listdir("/proc/self/fd") if Path(f"/proc/self/fd/{name}").exists()]


def write(place: str) -> NoReturn:
    Path(place).write_text("more")
    raise AssertionError("a file could be written")


ILLS: Mapping[str, Callable[..., Listing]] = {
    ill.__name__: ill
    for ill in (
        sleep,
        spin,
        allocate,
        allocate_and_abort,
        fall,
        abort,
        leave,
        quit_python,
        fail,
        wall,
        doubt,
        talk,
        babble,
        mumble,
        look_around,
        write,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IllRegister(ToyRegister):
    """Reads toy pages, and does as an ill one says."""

    def read(self, pages: Sequence[Page]) -> Listing:
        said = pages[0].body.decode()
        if said.startswith("ill: "):
            return ILLS[said.split()[1]](*said.split()[2:])
        return ToyRegister.read(self, pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadingRegister(IllRegister):
    """A register of several pages: each names the next in its last line (`next ADDRESS`), and reading them to
    find it is as dangerous as reading them."""

    follows: ClassVar[bool] = True
    other: str = ""

    def fetch(self, get: Get) -> tuple[Page, ...]:
        pages = [get(self.url)]
        while (said := pages[-1].body.decode()) and (last := said.splitlines()[-1]).startswith("next "):
            if said.startswith("ill: "):
                ILLS[said.split()[1]]()
            try:
                pages.append(get(last.removeprefix("next ")))
            except LayoutChanged:
                raise
            except Exception:
                if not self.other:
                    raise
                pages.append(get(self.other))
        return tuple(pages)

    def read(self, pages: Sequence[Page]) -> Listing:
        if pages[0].body.startswith(b"ill: "):
            ILLS[pages[0].body.decode().split()[1]]()
        said = "\n".join(page.body.decode().rsplit("next ", 1)[0] for page in pages)
        one = Page(url=pages[0].url, body=said.encode(), fetched_at=pages[0].fetched_at)
        return ToyRegister.read(self, (one,))
