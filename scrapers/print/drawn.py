"""What is drawn on the pages of a PDF, as data: runs of text, filled shapes, links, and the outline.

Lengths are points; the origin is the bottom left corner. What is drawn by the ten thousand is a tuple with
names: an edition has 45,000 of them, and a frozen dataclass takes four times as long to make (measured).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Box(Protocol):
    """A rectangle on a page, with the height of its middle."""

    @property
    def left(self) -> float: ...
    @property
    def bottom(self) -> float: ...
    @property
    def right(self) -> float: ...
    @property
    def top(self) -> float: ...
    @property
    def middle(self) -> float: ...


def holds(outer: Box, inner: Box, slack: float = 0.5) -> bool:
    """Whether one rectangle lies inside another."""
    return (
        outer.left - slack <= inner.left
        and inner.right <= outer.right + slack
        and outer.bottom - slack <= inner.bottom
        and inner.top <= outer.top + slack
    )


class Run(NamedTuple):
    """Text set in one go: in a table, one line of one cell. A space that ends it is kept: it tells a line
    broken at a space from a word cut in two."""

    left: float
    bottom: float
    right: float
    top: float
    middle: float
    text: str


class Shape(NamedTuple):
    """A filled shape; `colour` is 0xRRGGBB. Lines and frames that are only stroked are not shapes."""

    left: float
    bottom: float
    right: float
    top: float
    middle: float
    colour: int


class Link(NamedTuple):
    """The area of a link and the address it leads to. One printed link has an area per line of text."""

    left: float
    bottom: float
    right: float
    top: float
    middle: float
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """One entry of the outline: its depth from 0, its title, and the page (from 1) and height it leads to."""

    level: int
    title: str
    page: int
    top: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page, `number` counting from 1, with what is drawn on it in drawing order."""

    number: int
    runs: tuple[Run, ...]
    shapes: tuple[Shape, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A whole PDF as drawn."""

    sheets: tuple[Sheet, ...]
    outline: tuple[Bookmark, ...]
