"""What was read of a large document in this process is not read again by a test of something else.

A reading is a pure function of its pages and of what the source is set to, and takes up to a second for an
edition of the catalogue. Tests of reading itself ask for the fixture `really_read`, and whoever patches
what a reader knows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
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


_kept: OrderedDict[Hashable, Kept] = OrderedDict()


def _key(what: str, source: object, pages: Sequence[Page], *, when: bool) -> Hashable:
    asked = (what, repr(source))
    return (*asked, *((p.url, p.requested_url, p.content_type, p.body, when and p.fetched_at) for p in pages))


def _come_to(ask: Asked, source: object, pages: Sequence[Page]) -> Kept:
    try:
        return Kept(found=ask(source, pages))
    except SourceError as error:
        return Kept(error=error)


def _keeping(ask: Asked) -> Asked:
    @wraps(ask)
    def kept(self: object, pages: Sequence[Page]) -> Any:
        if sum(len(page.body) for page in pages) < LARGE:
            return ask(self, pages)
        ever, now = (_key(ask.__name__, self, pages, when=when) for when in (False, True))
        known = _kept.get(ever) or _kept.get(now)
        if known is None:
            known = _come_to(ask, self, pages)
            lasts = isinstance(self, TIMELESS) or (isinstance(known.found, Listing) and known.found.lasting)
            _kept[ever if lasts else now] = known
            if len(_kept) > MOST:
                _kept.popitem(last=False)
        return known.given()

    return kept


@contextmanager
def readings_kept() -> Iterator[None]:
    """Large documents are read, and explained, once for as long as this lasts."""
    with pytest.MonkeyPatch.context() as patch:
        for source in SOURCES:
            patch.setattr(source, "read", _keeping(source.read))
            patch.setattr(source, "explain", _keeping(source.explain))
        yield


@contextmanager
def really_read() -> Iterator[None]:
    """Every document is read."""
    with pytest.MonkeyPatch.context() as patch:
        for source in SOURCES:
            for ask in (source.read, source.explain):
                patch.setattr(source, ask.__name__, getattr(ask, "__wrapped__", ask))
        yield
