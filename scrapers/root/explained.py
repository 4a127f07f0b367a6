"""How far the trust reaches, link by link: from the Official Journal to the list of lists, and to a
state's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scrapers.root import is_of_lists
from scrapers.root.chain import believed
from scrapers.root.reading import read_rooted
from scrapers.source import Doubtful, Explanation, LayoutChanged
from scrapers.trust import Root, Signers, Trusted
from scrapers.trust.explained import explained
from state.model import Page, Reason


def links(pages: Sequence[Page], root: Root) -> tuple[Reason, ...]:
    """The links that hold of the chain to the list of lists, and the one that is broken, if one is."""
    held: list[Reason] = []
    try:
        believed(pages, root, held.append)
    except (Doubtful, LayoutChanged) as error:
        held.append(Reason.of("step_broken", why=error.reasons))
    return _counted(held)


def explained_rooted(pages: Sequence[Page], trusted: Trusted) -> Explanation:
    """How a state's list is seen beside the list of lists: link by link, and all else that is told of a
    list."""
    own = [page for page in pages if not is_of_lists(page)]
    # Whom the list of lists names is told in the links; a fingerprint to set by hand is no way out here.
    seen = explained(own, (), Signers(pinned=trusted.pins))
    kept = tuple(note for note in seen.notes if note.code not in ("note_accepted", "note_stranger"))
    return replace(seen, notes=(*_counted(_rooted(pages, own, trusted)), *kept), remedies=())


def _rooted(pages: Sequence[Page], own: Sequence[Page], trusted: Trusted) -> list[Reason]:
    held: list[Reason] = []
    try:
        listing = read_rooted(pages, trusted, held.append)
    except (Doubtful, LayoutChanged) as error:
        return [*held, Reason.of("step_broken", why=error.reasons)]
    for lapse in listing.lapses[:1]:
        if lapse.at < own[0].fetched_at:
            return [*held, Reason.of("step_broken", why=lapse.why)]
        held.append(Reason.of("step_due", promised=f"{lapse.at:%Y-%m-%d}"))
    return [*held, Reason.of("step_number", number=listing.number or 0)]


def _counted(links: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(Reason.of("link", count=count, link=link) for count, link in enumerate(links, 1))
