"""The editions that an address names, and what they brought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from state.words.meant import alike
from watcher.ask.news import editions as asked
from watcher.ask.news.looks import Look, Size
from watcher.errors import NotFound
from watcher.web.asked.parts import LONGEST, edition_of

if TYPE_CHECKING:
    from state.seen.editions import Edition
    from watcher.web.asked.site import Visit

PAGE = 15
SIZE = Size(lines=5, ends=0)
"""Lines of a label: with more, an edition of all labels is too long for a thumb on the smallest screen."""


def listed(visit: Visit) -> tuple[str, Sequence[Edition], int | None]:
    """The source that an address names, one page of its editions or of all, and the number that the next ones
    are before."""
    source, before = visit.parts.one_of("source", visit.archive.sources), visit.parts.number("before")
    found = asked.newest(visit.archive, [source] if source else asked.stating(visit.archive))
    rest = [one for one in found if before is None or one.number < before]
    return source, rest[:PAGE], rest[PAGE - 1].number if len(rest) > PAGE else None


def nothing(visit: Visit, edition: Edition) -> str:
    """How it is said that an edition brought nothing: one that states no label could not."""
    known = visit.archive.sources.get(edition.source)
    return visit.say("look.nothing" if known is None or known.labels else "look.no_labels")


def brought(visit: Visit, edition: Edition, lines: int = 0) -> Look | None:
    """What an edition brought as a whole, with so many lines; None for nothing."""
    gone, size = frozenset(visit.retracted), Size(lines=lines, ends=0)
    return visit.archive.once(
        ("edition", edition, size, gone), lambda: asked.brought_by(visit.archive, edition, size, gone)
    )


def by_label(visit: Visit, edition: Edition) -> Sequence[tuple[str, Look]]:
    """What an edition brought, label by label."""
    gone = frozenset(visit.retracted)
    return visit.archive.once(
        ("labels", edition, gone), lambda: asked.by_label(visit.archive, edition, SIZE, gone)
    )


def edition_asked(visit: Visit) -> Edition:
    """The edition in the address; raises `NotFound`."""
    path = visit.request.path_params
    source: str = path["source"]
    if source not in visit.archive.sources:
        raise NotFound(source[:80], *alike(source[:LONGEST], visit.archive.sources))
    return edition_named(visit, source, path["which"])


def edition_named(visit: Visit, source: str, text: str) -> Edition:
    which = edition_of(text)
    found = None if which is None else asked.named(visit.archive, source, which)
    if found is None:
        raise NotFound(text[:80])
    return found
