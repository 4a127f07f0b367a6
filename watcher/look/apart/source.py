"""A source whose documents are read apart: the same to all who use it, but in a child."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    Pictures,
    Source,
    SourceError,
)
from state.model import Attestation, Listing, Page

if TYPE_CHECKING:
    from watcher.look.apart.room import Room

STATED = ("name", "title", "url", "labels", "revision", "expect", "every", "stale_after", "bounds")
"""What a source states of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """What tells one answer from another: asked, answered by, as what, its bytes, and what they show; ""
    where that cannot be told."""

    asked: str
    url: str
    kind: str
    sha256: str
    shown: str


def kept_apart(source: Source, room: Callable[[], Room]) -> Source:
    """The source, its documents read in the room, which is made ready when first one is."""
    kind = _Explaining if isinstance(source, Explains) else _Apart
    return kind(source=source, room=room, **{name: getattr(source, name) for name in STATED})


def own(source: Source) -> Source:
    """The source itself, whose fields are its settings, behind whatever reads it apart or only once."""
    return cast("Source", getattr(source, "source", source))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Followed:
    """Where the pages of a look led: what was answered, in order, and which answers made the look."""

    marks: tuple[_Mark, ...] = ()
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
    room: Callable[[], Room]
    followed: _Followed = _Followed()
    broken: tuple[Sequence[Page], SourceError] | None = None
    shown: dict[object, str] = field(default_factory=dict)

    def fetch(self, get: Get) -> tuple[Page, ...]:
        """The pages of one look; where they lead is read in a child, unless it is known from the look before.

        A child that dies of it leaves the pages received so far, to be kept; `read` says what happened then.
        """
        if not (isinstance(self.source, Follows) and self.source.follows):
            return self.source.fetch(get)
        self.shown.clear()
        got = _Got(get)
        if got.again(self.followed, self.same):
            self.followed = got.still(self.followed)
            return got.chosen(self.followed.chosen)
        try:
            chosen = self.room().ask(self.name, tuple[int, ...], self.source.fetch, get=got)
        except LayoutChanged as error:
            if not got.pages:
                raise
            pages = tuple(got.pages)
            self.broken = (pages, error)
            return pages
        self.followed = got.followed(chosen, self.mark)
        return got.chosen(chosen)

    def mark(self, asked: str, page: Page) -> _Mark:
        """What tells an answer from others."""
        shown = self.imprint(page)
        return _Mark(asked=asked, url=page.url, kind=page.content_type, sha256=page.sha256, shown=shown)

    def same(self, mark: _Mark, page: Page) -> bool:
        """Whether a page answers as another did, by its bytes or else by what they show."""
        if (page.url, page.content_type) != (mark.url, mark.kind):
            return False
        return page.sha256 == mark.sha256 or (bool(mark.shown) and self.imprint(page) == mark.shown)

    def imprint(self, page: Page) -> str:
        """What a page shows; taken once in a look, which asks for it where pages lead and what they state.

        In a child, which costs a tenth of it: whatever moved on a page, its bytes are a stranger's. "" where
        that ended: a reading says why.
        """
        if not isinstance(self.source, Imprints):
            return ""
        # All of a page but its body, which would stay in memory until the next look.
        key = (page.sha256, page.url, page.requested_url, page.content_type, page.headers, page.fetched_at)
        if key not in self.shown:
            self.shown[key] = self._unless_ended(self.source.imprint, page) or ""
        return self.shown[key]

    def picture(self, page: Page, row: Attestation) -> str | None:
        """A row as its document shows it, cut in a child; None where that ended, or nothing can be shown."""
        if not isinstance(self.source, Pictures):
            return None
        return self._unless_ended(self.source.picture, page, row)

    def _unless_ended(self, reads: Callable[..., str | None], *given: object) -> str | None:
        try:
            return cast("str | None", self.room().ask(self.name, str | None, reads, *given))
        except LayoutChanged:
            return None

    def read(self, pages: Sequence[Page]) -> Listing:
        """The listing of a whole look, read in a child."""
        if self.broken is not None and self.broken[0] is pages:
            raise self.broken[1]
        return cast(Listing, self.room().ask(self.name, Listing, self.source.read, tuple(pages)))


@dataclass(slots=True, kw_only=True, eq=False)
class _Explaining(_Apart):
    def explain(self, pages: Sequence[Page]) -> Explanation:
        """How the documents of one look are seen, in a child; what ended it where it died."""
        explains = cast(Explains, self.source).explain
        try:
            return cast(Explanation, self.room().ask(self.name, Explanation, explains, tuple(pages)))
        except SourceError as error:
            return Explanation(notes=error.reasons)


class _Got:
    """What was asked for in one look, and what came. Called, it gets a document, unless it came already."""

    def __init__(self, get: Get) -> None:
        self._get = get
        self._asked: list[str] = []
        self.pages: list[Page] = []
        self._early: list[tuple[str, Page | SourceError]] = []
        self._failed = False

    def __call__(self, url: str) -> Page:
        if self._early and self._early[0][0] == url:
            found = self._early.pop(0)[1]
        else:
            self._early.clear()  # another way than the look before: what came for that one may be out of date
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

    def again(self, before: _Followed, same: Callable[[_Mark, Page], bool]) -> bool:
        """Whether the pages of a look answer as those of the look before did, and so lead to the same ones;
        what came until they did not is kept for who reads them."""
        for mark in before.marks:
            self._early.append((mark.asked, self._had(mark.asked)))
            found = self._early[-1][1]
            if isinstance(found, SourceError) or not same(mark, found):
                return False
        for mark in before.marks:
            self(mark.asked)
        return bool(before.marks)

    def chosen(self, numbers: tuple[int, ...]) -> tuple[Page, ...]:
        """The pages of these numbers; a child may name only what it got."""
        if not set(numbers) <= set(range(len(self.pages))):
            raise ValueError(f"expected numbers of {len(self.pages)} pages; found {numbers[:9]}")
        return tuple(self.pages[number] for number in numbers)

    def still(self, before: _Followed) -> _Followed:
        """What to remember of a look that showed what the one before showed."""
        marks = zip(before.marks, self.pages, strict=True)
        return replace(before, marks=tuple(replace(mark, sha256=page.sha256) for mark, page in marks))

    def followed(self, chosen: tuple[int, ...], mark: Callable[[str, Page], _Mark]) -> _Followed:
        """What to remember of a look; nothing where a page was not had, since another try may have it."""
        if self._failed:
            return _Followed()
        return _Followed(marks=tuple(map(mark, self._asked, self.pages)), chosen=chosen)
