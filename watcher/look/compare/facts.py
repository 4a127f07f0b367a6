"""What a register states beside its rows, and what changed of it: for operators, told with its proof.
Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from state.model import Fact, Listing, Reason, Remark

if TYPE_CHECKING:
    from state.words.kept import Snapshot


def told_of(before: Listing | None, seen: Listing, snapshot: Snapshot) -> Iterator[Remark]:
    """Each fact that changed since the accepted pages, and last where all of it is printed; one that changes
    there and back is told each time.

    Nothing at a first look: what it shows was there already.
    """
    if before is None:
        return
    old, new = ({(fact.of, fact.topic): fact for fact in one.facts} for one in (before, seen))
    pages = set()
    for key in sorted(old.keys() | new.keys()):
        earlier, later = old.get(key), new.get(key)
        if earlier is None or later is None or earlier.values != later.values:
            topic = ":".join(("fact", *key, str(snapshot.id)))
            yield Remark(topic=topic, reason=_change(earlier, later), kind="trust")
            pages.add(later.page if later else 0)
    for page in sorted(pages):
        url, sha256 = snapshot.urls[page], snapshot.sha256s[page]
        number = seen.number if seen.number is not None else "–"
        told = Reason.of("fact_proof", number=number, snapshot=snapshot.id, address=url, sha256=sha256)
        yield Remark(topic=f"proof:{page}:{snapshot.id}", reason=told, kind="trust")


def _change(earlier: Fact | None, later: Fact | None) -> Reason:
    """The change as a reason, whose code names the topic and what became of the fact."""
    before, after = (set(one.values) if one else set() for one in (earlier, later))
    fact = later or earlier
    assert fact is not None  # noqa: S101 -- one of the two has it
    how = "came" if earlier is None else "left" if later is None else "changed"
    came, left = (", ".join(sorted(one)) or "–" for one in (after - before, before - after))
    return Reason.of(f"fact_{fact.topic}_{how}", country=fact.of, came=came, left=left, place=fact.place)
