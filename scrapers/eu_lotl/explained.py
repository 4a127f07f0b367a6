"""How the list of lists is seen: how far it is trusted, link by link, and what it says of each state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scrapers.root import LISTS
from scrapers.root.chain import editions, pointers_of
from scrapers.root.explained import links
from scrapers.source import Doubtful, Explanation, LayoutChanged
from state.model import Page, Reason

if TYPE_CHECKING:
    from scrapers.trust import Root


def explained(pages: Sequence[Page], root: Root) -> Explanation:
    """How these documents are seen; see `EuLotl.explain`."""
    try:
        newest = editions(pages)[-1]
        pointers = pointers_of(newest.tree)
    except (Doubtful, LayoutChanged) as error:
        return Explanation(kind=Reason.of("kind_no_list"), notes=error.reasons)
    except IndexError:
        none = Reason.of("no_list_of_lists", wanted=LISTS)
        return Explanation(kind=Reason.of("kind_no_list"), notes=(none,))
    told = (one.told(step=False) for _, one in sorted(pointers.items()))
    return Explanation(
        kind=Reason.of("kind_list_of_lists", number=newest.number),
        found_by=Reason.of("found_pointers", pointers=len(pointers)),
        notes=(*links(pages, root), *told),
    )
