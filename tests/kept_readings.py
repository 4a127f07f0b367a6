"""What was read of a large document in this session is not read again by a test of something else.

A reading is a pure function of its pages and of what the source is set to, and takes up to a second for an
edition of the catalogue. The last ones are at hand; all lie in a room that the processes of a session share,
and that ends with it: the next session may have other readers. Tests of reading itself ask for the fixture
`really_read`, and so does whoever patches what a reader knows.
"""

from __future__ import annotations

import os
import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from scrapers.ans_hds.source import AnsHds
from scrapers.anssi_catalogue.source import AnssiCatalogue
from scrapers.source import SourceError
from scrapers.tl_fr.source import TlFr
from state.model import Listing, Page

LARGE = 50_000
"""Bytes from which a reading is worth keeping."""
MOST = 24
SOURCES = (AnssiCatalogue, TlFr, AnsHds)
TIMELESS = (AnssiCatalogue, TlFr)
"""Sources for which no reading hangs on the day of its pages; of others, those that say so do not."""

Asked = Callable[[Any, Sequence[Page]], Any]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a reading came to."""

    found: object = None
    error: SourceError | None = None

    def given(self) -> object:
        if self.error is not None:
            raise self.error.with_traceback(None)
        return self.found


class Readings:
    """What was read, by what it was read of: the last few here, all in a room."""

    def __init__(self, room: Path) -> None:
        self._room, self._last = room, OrderedDict[str, Kept]()

    def of(self, ask: Asked, source: object, pages: Sequence[Page]) -> Kept:
        """What comes of a document, read now or before."""
        ever, now = (_name(ask.__name__, source, pages, when=when) for when in (False, True))
        known = self._known(ever) or self._known(now)
        if known is None:
            known = _come_to(ask, source, pages)
            lasts = isinstance(source, TIMELESS) or (isinstance(known.found, Listing) and known.found.lasting)
            self._keep(ever if lasts else now, known)
        return known

    def _known(self, name: str) -> Kept | None:
        if name not in self._last and (self._room / name).exists():
            self._at_hand(name, pickle.loads((self._room / name).read_bytes()))
        return self._last.get(name)

    def _keep(self, name: str, known: Kept) -> None:
        self._at_hand(name, known)
        if known.error is None:  # an error comes from where it was raised
            made = self._room / f"{name}.{os.getpid()}"
            made.write_bytes(pickle.dumps(known, pickle.HIGHEST_PROTOCOL))
            made.replace(self._room / name)  # another process reads a whole file or none

    def _at_hand(self, name: str, known: Kept) -> None:
        self._last[name] = known
        if len(self._last) > MOST:
            self._last.popitem(last=False)


def _name(what: str, source: object, pages: Sequence[Page], *, when: bool) -> str:
    shown = [(p.url, p.requested_url, p.content_type, p.sha256, when and p.fetched_at) for p in pages]
    return sha256(repr((what, source, shown)).encode()).hexdigest()


def _come_to(ask: Asked, source: object, pages: Sequence[Page]) -> Kept:
    try:
        return Kept(found=ask(source, pages))
    except SourceError as error:
        return Kept(error=error)


def _keeping(ask: Asked, readings: Readings) -> Asked:
    @wraps(ask)
    def kept(self: object, pages: Sequence[Page]) -> Any:
        if sum(len(page.body) for page in pages) < LARGE:
            return ask(self, pages)
        return readings.of(ask, self, pages).given()

    return kept


@contextmanager
def readings_kept(room: Path) -> Iterator[None]:
    """Large documents are read, and explained, once for as long as this lasts."""
    room.mkdir(exist_ok=True)
    readings = Readings(room)
    with pytest.MonkeyPatch.context() as patch:
        for source in SOURCES:
            for ask in (source.read, source.explain):
                patch.setattr(source, ask.__name__, _keeping(ask, readings))
        yield


@contextmanager
def really_read() -> Iterator[None]:
    """Every document is read."""
    with pytest.MonkeyPatch.context() as patch:
        for source in SOURCES:
            for ask in (source.read, source.explain):
                patch.setattr(source, ask.__name__, getattr(ask, "__wrapped__", ask))
        yield
