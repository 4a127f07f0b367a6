"""A source whose documents are read apart: the same to all who use it, but in a child."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from scrapers.source import (
    Bounds,
    Expect,
    Explains,
    Explanation,
    Follows,
    Get,
    Imprints,
    LayoutChanged,
    Source,
    SourceError,
)
from state.model import Listing, Page

if TYPE_CHECKING:
    from watcher.look.apart.room import Room

STATED = ("name", "title", "url", "labels", "revision", "expect", "every", "stale_after", "bounds")
"""What a source states of itself."""
Mark = tuple[str, str, str, str]
"""What tells one answer from another: asked, answered by, as what, and what it shows, or the hash of its
bytes where that cannot be told."""


def kept_apart(source: Source, room: Room) -> Source:
    """The source, its documents read in the room."""
    kind = _Explaining if isinstance(source, Explains) else _Apart
    return kind(source=source, room=room, **{name: getattr(source, name) for name in STATED})


def own(source: Source) -> Source:
    """The source itself, whose fields are its settings."""
    return source.source if isinstance(source, _Apart) else source


@dataclass(frozen=True, slots=True, kw_only=True)
class _Followed:
    """Where the pages of a look led: what was answered, in order, and which answers made the look."""

    marks: tuple[Mark, ...] = ()
    chosen: tuple[int, ...] = ()


@dataclass(slots=True, kw_only=True, eq=False)
class _Apart:
    name: str
    title: str
    url: str
    labels: tuple[str, ...]
    revision: int
    expect: Expect | None
    every: str
    stale_after: timedelta
    bounds: Mapping[str, Bounds]
    source: Source
    room: Room
    followed: _Followed = _Followed()
    broken: tuple[Sequence[Page], SourceError] | None = None
    shown: dict[object, str] = field(default_factory=dict)

    def fetch(self, get: Get) -> tuple[Page, ...]:
        """The pages of one look; where they lead is read in a child, unless it is known from the look before.

        A child that dies of it leaves the pages received so far, to be kept; `read` says what happened then.
        """
        if not isinstance(self.source, Follows):
            return self.source.fetch(get)
        self.shown.clear()
        got = _Got(get, self.mark)
        if (pages := got.again(self.followed)) is not None:
            return pages
        try:
            chosen = self.room.ask(self.name, tuple[int, ...], self.source.fetch, get=got)
        except LayoutChanged as error:
            if not got.pages:
                raise
            pages = tuple(got.pages)
            self.broken = (pages, error)
            return pages
        self.followed = got.followed(chosen)
        return got.chosen(chosen)

    def mark(self, asked: str, page: Page) -> Mark:
        """What tells an answer from others."""
        return asked, page.url, page.content_type, self.imprint(page) or page.sha256

    def imprint(self, page: Page) -> str:
        """What a page shows; taken once in a look, which asks for it where pages lead and what they state.

        Not in a child: it is bounded in itself, and to begin one costs more than to see that nothing moved.
        """
        if not isinstance(self.source, Imprints):
            return ""
        # All of a page but its body, which would stay in memory until the next look.
        key = (page.sha256, page.url, page.requested_url, page.content_type, page.headers, page.fetched_at)
        if key not in self.shown:
            self.shown[key] = self.source.imprint(page)
        return self.shown[key]

    def read(self, pages: Sequence[Page]) -> Listing:
        """The listing of a whole look, read in a child."""
        if self.broken is not None and self.broken[0] is pages:
            raise self.broken[1]
        return cast(Listing, self.room.ask(self.name, Listing, self.source.read, tuple(pages)))


@dataclass(slots=True, kw_only=True, eq=False)
class _Explaining(_Apart):
    def explain(self, pages: Sequence[Page]) -> Explanation:
        """How the documents of one look are seen, in a child; what ended it where it died."""
        explains = cast(Explains, self.source).explain
        try:
            return cast(Explanation, self.room.ask(self.name, Explanation, explains, tuple(pages)))
        except SourceError as error:
            return Explanation(notes=error.reasons)


class _Got:
    """What was asked for in one look, and what came. Called, it gets a document, unless it came already."""

    def __init__(self, get: Get, mark: Callable[[str, Page], Mark]) -> None:
        self._get, self._mark = get, mark
        self._asked: list[str] = []
        self.pages: list[Page] = []
        self._early: list[tuple[str, Page | SourceError]] = []
        self._failed = False

    def __call__(self, url: str) -> Page:
        if self._early and self._early[0][0] == url:
            found = self._early.pop(0)[1]
        else:
            self._early.clear()
            found = self._had(url)
        if isinstance(found, SourceError):
            self._failed = True
            raise found
        self._asked.append(url)
        self.pages.append(found)
        return found

    def _had(self, url: str) -> Page | SourceError:
        try:
            return self._get(url)
        except SourceError as error:
            return error

    def again(self, before: _Followed) -> tuple[Page, ...] | None:
        """The look, where its pages answer as those of the look before did and so lead to the same ones; what
        came until they did not is kept for who reads them."""
        for mark in before.marks:
            self._early.append((mark[0], self._had(mark[0])))
            found = self._early[-1][1]
            if isinstance(found, SourceError) or self._mark(mark[0], found) != mark:
                return None
        came = [found for _, found in self._early if isinstance(found, Page)]
        return tuple(came[number] for number in before.chosen) if came else None

    def chosen(self, numbers: tuple[int, ...]) -> tuple[Page, ...]:
        """The pages of these numbers; a child may name only what it got."""
        if not set(numbers) <= set(range(len(self.pages))):
            raise ValueError(f"expected numbers of {len(self.pages)} pages; found {numbers[:9]}")
        return tuple(self.pages[number] for number in numbers)

    def followed(self, chosen: tuple[int, ...]) -> _Followed:
        """What to remember of a look; nothing where a page was not had, since another try may have it."""
        if self._failed:
            return _Followed()
        return _Followed(marks=tuple(map(self._mark, self._asked, self.pages)), chosen=chosen)
