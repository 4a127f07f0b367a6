"""A look that is tried: judged on the memory as it is, and taken back with all that it wrote.

What is written is written in one transaction of the memory, which lasts no longer than that of a look. So no
register is asked in it, and no document read: a look that asks for the reading of one is given up, the
document is read, and the look is tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar, cast

from state.file.copy import trial
from watcher.errors import NotRead

if TYPE_CHECKING:
    from scrapers.source import Get, Source
    from state.file.store import Store
    from state.model import Listing, Page

Made = TypeVar("Made")


def rehearse(url: str, source: Source, act: Callable[[Store, Source], Made], get: Get | None = None) -> Made:
    """What `act` makes of the memory at `url` and the source, with nothing left of it; the source's documents
    are fetched before where `get` is given. Raises `StoreError`, and what `act` does."""
    ahead = _Ahead(source)
    if get is not None:
        ahead.fetch_with(get)
    while True:
        try:
            with trial(url) as store:
                return act(store, cast("Source", ahead))
        except NotRead as asked:
            ahead.read_now(asked.pages)


class _Ahead:
    """A source whose documents were fetched, and read, before anybody asks for them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._fetched: Future[Sequence[Page]] | None = None
        self._read: dict[tuple[tuple[str, str], ...], Future[Listing]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def fetch_with(self, get: Get) -> None:
        self._fetched = _kept(lambda: self._source.fetch(get))

    def fetch(self, get: Get) -> Sequence[Page]:
        return self._fetched.result() if self._fetched else self._source.fetch(get)

    def read_now(self, pages: Sequence[Page]) -> None:
        self._read[_of(pages)] = _kept(lambda: self._source.read(pages))

    def read(self, pages: Sequence[Page]) -> Listing:
        if (known := self._read.get(_of(pages))) is None:
            raise NotRead(pages)
        return known.result()


def _of(pages: Sequence[Page]) -> tuple[tuple[str, str], ...]:
    # By what they are: each try takes the pages of an earlier edition from the memory anew.
    return tuple((page.url, page.sha256) for page in pages)


def _kept(work: Callable[[], Made]) -> Future[Made]:
    """A piece of work done now: what it gives, or raises, whenever it is asked for."""
    made: Future[Made] = Future()
    try:
        made.set_result(work())
    except Exception as error:  # noqa: BLE001 -- raised where the look asks for it, which is the boundary
        made.set_exception(error)
    return made
