"""What operators hear of a reading that is believed: what was new or odd in it all the same, a topic once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from notifiers.said.reasons import all_said
from state.model import Event, Fact, Listing, Reason, Remark, Run, Weight
from state.seen.looks import runs
from state.words.post import Notice
from watcher.look.compare.change import OVER

if TYPE_CHECKING:
    from state.file.store import Store
    from state.words.kept import Snapshot
    from watcher.look.compare.diff import Diff

MANY = 6
"""From how many rows on a move under another heading is worth a word."""


def news(
    store: Store, run: Run, seen: Listing, accepted: Listing | None, snapshot: Snapshot, made: Diff
) -> tuple[Notice, ...]:
    """The words to operators about what was read in a snapshot and brought these changes, one of each kind;
    `accepted` is what the accepted pages state, where that is compared."""
    remarks = (*_topics(seen, snapshot, made), *_of_facts(accepted, seen, snapshot))
    topics = {_short(one.topic): one for one in (*remarks, *_reshelved(made.events, snapshot))}
    fresh = runs.remarked(store, run.source, list(topics), run.at) if topics else ()
    kinds: dict[str, list[Reason]] = {}
    for topic in (topic for topic in topics if topic in fresh):
        kinds.setdefault(topics[topic].kind, []).append(topics[topic].reason)
    return tuple(
        Notice(
            id=0, kind=kind, subject=run.source, text=all_said(own, "en", "\n"), at=run.at, said=tuple(own)
        )
        for kind, own in kinds.items()
    )


def _short(topic: str) -> str:
    """A topic that an index has room for, whatever a page prints in it."""
    return topic if len(topic) < 500 else f"{topic[:200]}#{sha256(topic.encode()).hexdigest()}"


def _topics(seen: Listing, snapshot: Snapshot, made: Diff) -> Iterator[Remark]:
    yield from seen.remarks
    for odd in seen.unreadable:
        name = odd.ref or odd.holder or odd.place
        reason = Reason.of("odd_row", label=odd.label, place=odd.place, text=odd.why)
        yield Remark(topic=f"unreadable:{odd.label}:{name}", reason=reason)
    for each in made.remarks:
        yield Remark(topic=f"{each.code}:{snapshot.id}", reason=each)


def _reshelved(events: Sequence[Event], snapshot: Snapshot) -> Iterator[Remark]:
    """Many rows that were over and are over, under another heading: a word to operators, news to nobody."""
    moves = Counter(
        (event.label, str(event.changes["status"].before), str(event.changes["status"].after))
        for event in events
        if "status" in event.changes and event.weight is Weight.LOW
    )
    for (label, before, after), rows in sorted(moves.items()):
        if rows >= MANY and {before, after} <= OVER:
            reason = Reason.of("reshelved", label=label, rows=rows, before=before, after=after)
            yield Remark(topic=f"reshelved:{label}:{before}:{after}:{snapshot.id}", reason=reason)


def _of_facts(before: Listing | None, seen: Listing, snapshot: Snapshot) -> Iterator[Remark]:
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
