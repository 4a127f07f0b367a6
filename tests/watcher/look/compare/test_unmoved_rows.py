"""Rows that did not move are counted, and what is concluded is what comparing every row would say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from drawn import drawn
from hypothesis import strategies as st
from toy_story import Story

from state.file.opening import open_store
from state.model import Known
from state.seen.looks import chain
from state.seen.rows import listings
from watcher.look import consider
from watcher.look.compare.unmoved import Unmoved

EDITIONS = ("2026-03-04", "2026-04-06", "2026-05-11")
LABELS, HOLDERS = ("cc", "passi"), ("Old House", "Éditions du Nord SAS", "Bleu", "OVH SAS", "—")
SUBJECTS, REFS = ("Card", "Card 2", "Box"), ("2021_1", "2021_2", "2022_3")
ENDS = ("2026-04-30", "2026-09-01", "2031-01-01")

rows = st.builds(
    " | ".join,
    st.tuples(
        *(st.sampled_from(each) for each in (LABELS, HOLDERS, SUBJECTS, REFS)),
        st.just("2021-05-01"),
        st.sampled_from(ENDS),
    ),
)
pages = st.lists(rows, min_size=1, max_size=7)
steady = [f"cc | Holder {n} | Card {n} | 2026_{n} | 2025-01-01 | 2031-01-01" for n in range(4)]


def concluded(looks: Sequence[Sequence[str]], by_comparing_all: bool) -> tuple[Any, ...]:
    """All that looks brought: their events, the listing, and the chain that seals both."""
    with open_store(":memory:") as store, pytest.MonkeyPatch.context() as patch:
        if by_comparing_all:
            patch.setattr(consider, "countable", lambda seen: False)
        story, told = Story(store), []
        for at, page in zip(EDITIONS, looks, strict=True):
            seen = story.see(at, "\n".join((f"edition {at}", *page)))
            told += [(seen.run.outcome, seen.run.reasons, seen.missing, *seen.events)]
        return told, listings.listing(store, story.source.name), chain.head(store)


@drawn(15, 60, st.lists(pages, min_size=3, max_size=3), st.booleans())
def test_counting_what_did_not_move_changes_nothing_that_is_concluded(
    looks: list[list[str]], with_steady: bool
) -> None:
    looks = [[*page, *(steady if with_steady else ())] for page in looks]
    assert concluded(looks, by_comparing_all=False) == concluded(looks, by_comparing_all=True)


def test_of_a_long_listing_the_rows_alone_are_opened_that_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    alone = Unmoved.alone

    def counted(self: Unmoved, known: Sequence[Known]) -> bool:
        opened.append(len(known))
        return alone(self, known)

    monkeypatch.setattr(Unmoved, "alone", counted)
    many = [f"cc | Holder {n} | Card {n} | 2026_{n} | 2025-01-01 | 2031-01-01" for n in range(300)]
    with open_store(":memory:") as store:
        story = Story(store)
        story.see("2026-03-04", "\n".join(("edition 2026-03-04", *many)))
        moved = [many[0].replace("2031", "2033"), *many[1:]]
        again = story.see("2026-04-06", "\n".join(("edition 2026-04-06", *moved)))
    assert [event.kind.value for event in again.events] == ["renewed"]
    assert opened == [0, 1]
