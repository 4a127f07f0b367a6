"""Who trusts by what another source believed: the lists of states by the list of lists."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scrapers.source import Rooted, Roots, Unreachable
from state.model import Reason
from state.seen.looks import evidence, runs
from watcher.look.apart.source import own

if TYPE_CHECKING:
    from scrapers.source import Get, Source
    from state.file.store import Store
    from state.model import Page
    from state.words.kept import SourceState

NUMBER = re.compile(rb"TSLSequenceNumber>\s*(\d{1,9})\s*<")


def root_of(source: Source) -> Any:
    """The root that a source trusts by; None where it trusts by itself."""
    return getattr(own(source), "root", None)


def trusting(source: Source, get: Get, store: Store) -> Get:
    """Gets as `get` does, and the root of a source from the memory, as the last believed look saw it.

    Never from its site: what is published there is judged by the look at the root alone, or one copy of it
    could be believed here that is doubted there. Raises `Unreachable` for a root that nothing is believed of.
    """
    root = root_of(source)
    if root is None:
        return get
    kept: Mapping[str, Page] = {}
    of: int | None = None

    def trusted(url: str) -> Page:
        nonlocal kept, of
        if url == root.url:
            accepted = runs.state_of(store, root.name).snapshot
            if accepted != of:  # asked for twice a look, and half a megabyte to unpack
                kept, of = believed_pages(store, root), accepted
            if url not in kept:
                raise Unreachable(Reason.of("no_root", source=root.name))
        return kept[url] if url in kept else get(url)

    return trusted


def beside_root(source: Source, pages: Sequence[Page], store: Store, at: datetime) -> tuple[Page, ...]:
    """Saved pages of a source, and those of its root as they were believed at `at`, where they came alone.

    They go with the look, as those of a live one do: whoever has its evidence has what it was believed by.
    """
    told = own(source)
    if not isinstance(told, Rooted) or root_of(source) is None or not told.alone(pages):
        return tuple(pages)
    # A list of lists of later would judge a list of then by signers that nobody named yet.
    last = runs.runs(store, source=told.rests_on, good=True, until=at, limit=1, newest_first=True)
    snapshot = last[0].snapshot if last else None
    return (*pages, *(evidence.pages(store, snapshot) if snapshot is not None else ()))


def believed_pages(store: Store, root: Any) -> Mapping[str, Page]:
    """The pages of the accepted snapshot by address: the newest is the list itself, the others its pivots."""
    accepted = runs.state_of(store, root.name).snapshot
    pages = evidence.pages(store, accepted) if accepted is not None else ()
    # Saved files come in any order, and from no address: a person may have given the pivots first.
    addresses = [root.url]
    newest_first = sorted(pages, key=_number, reverse=True)
    addresses += [f"{root.url.removesuffix('.xml')}-pivot-{_number(one)}.xml" for one in newest_first[1:]]
    return dict(zip(addresses, newest_first, strict=False))


def _number(page: Page) -> int:
    """The number that a list prints of itself, 0 where it prints none; it was read and believed before."""
    found = NUMBER.search(page.body)
    return int(found[1]) if found else 0


def lapsed(source: Source, state: SourceState, store: Store, now: datetime) -> bool:
    """Whether an edition promised for the time since the last good look did not come: of the source itself,
    or of the root that its accepted pages are believed by. Then they are read again, for they may be believed
    no more; what they say, and not today's settings, tells whether they are: a replay must find the same."""
    told = own(source)
    promised = [state.next_update]
    if isinstance(told, Rooted):
        if state.snapshot is None or len(evidence.snapshot(store, state.snapshot).urls) == 1:
            return False  # by pins: late is late, and no reason to doubt
        promised.append(runs.state_of(store, told.rests_on).next_update)
    elif not isinstance(told, Roots):
        return False
    good = state.last_good
    return any(one is not None and one < now and (good is None or good <= one) for one in promised)
