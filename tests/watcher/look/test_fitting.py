"""Names that a page should never print stop no look; a register reads the same whichever engine keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import pytest
from toy_register import ToyRegister, row
from toy_story import Story, kinds

from notifiers.said.reasons import all_said, as_said
from scrapers.source import LayoutChanged
from state.file.opening import open_store
from state.model import Fact, Listing, Outcome, Page, Reason, Remark, Unreadable
from state.owed import outbox
from state.seen.looks import runs
from state.seen.rows import listings
from state.words.post import Notice
from watcher.look.fitting import MOST, fitted

BLEU = "secnumcloud | Bleu | Bleu Cloud | 2025_1 | 2025-03-24 | 2028-03-24"
OVH = "secnumcloud | {} | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
DICE = Random(3)
LONG = "".join(chr(DICE.randrange(0x4E00, 0x9FFF)) for _ in range(3_000))
"""No two of its letters are alike: nothing of it can be packed."""
WIDE = "".join(DICE.choice("\ufdfa\ufdfb\u33a6㍿㌖㋿㌀㌅㌒") for _ in range(340))
"""Letters that are each a word of a key."""
RUNS = Reason.of("row", text="\0")


@pytest.fixture
def story() -> Iterator[Story]:
    with open_store(":memory:") as store:
        yield Story(store)


def told(story: Story) -> list[Notice]:
    found = story.store.q("select id from notice order by id")
    return [notice for row in found if (notice := outbox.notice(story.store, row["id"]))]


def holders(story: Story) -> list[str]:
    return sorted(known.attestation.holder for known in listings.listing(story.store, "anssi-catalogue"))


@pytest.mark.parametrize("fact", ["holder", "wide", "country", "status", "registration"])
def test_a_row_that_ran_together_is_told_and_the_others_are_recorded(story: Story, fact: str) -> None:
    line = OVH.format({"holder": LONG, "wide": WIDE}.get(fact, "OVH"))
    if fact not in ("holder", "wide"):
        line += f" | {fact}={LONG}"
    checked = story.see("2026-03-04", f"edition 2026-03-04\n{BLEU}\n{line}")
    assert (kinds(checked), holders(story)) == (["gained bleu"], ["Bleu"])
    (run,) = runs.runs(story.store)
    assert (run.outcome, run.unread) == (Outcome.OK, {"secnumcloud": 1})
    (notice,) = told(story)
    assert "3000 letters" in notice.text or "340 letters" in notice.text
    assert len(notice.text) < 400
    assert "caractères" in all_said(notice.said, "fr", "\n")


def test_what_is_known_of_it_stands_until_it_is_read_again(story: Story) -> None:
    story.see("2026-03-04", f"edition 2026-03-04\n{BLEU}\n{OVH.format('OVH')}")
    run_together = story.see("2026-03-05", f"edition 2026-03-05\n{BLEU}\n{OVH.format(LONG)}")
    again = story.see("2026-03-06", f"edition 2026-03-06\n{BLEU}\n{OVH.format('OVH')}")
    assert (kinds(run_together), kinds(again), holders(story)) == ([], [], ["Bleu", "OVH"])


@pytest.mark.parametrize("odd", ["O\0VH", "OV\ud800H"])
def test_letters_that_no_text_holds_are_not_there(story: Story, odd: str) -> None:
    seen = Listing(
        source="anssi-catalogue",
        attestations=(replace(row(OVH.format(odd)), extra={f"{odd}": odd}, scope=(odd,)),),
        covers=frozenset({"secnumcloud"}),
    )
    (plain,) = fitted(seen).attestations
    assert (plain.holder, plain.extra, plain.scope) == ("OVH", {"OVH": "OVH"}, ("OVH",))


def test_neither_are_they_in_what_a_reader_says_beside_the_rows(story: Story) -> None:
    why = Reason.of("new_columns", found="O\0VH", inner=Reason.of("odd", text="\ud800"), several=(RUNS,))
    seen = Listing(
        source="anssi-catalogue",
        attestations=(),
        covers=frozenset(),
        remarks=(Remark(topic="a\0b", reason=why),),
        unreadable=(Unreadable(label="hds", place="p. \0", why=why, holder="\0"),),
        facts=(Fact(topic="list_address", of="FR", values=("\0x",)),),
    )
    kept = repr(fitted(seen))
    assert "x00" not in kept
    assert "ud800" not in kept
    assert (fitted(seen).unreadable[0].place, fitted(seen).facts[0].values) == ("p. ", ("x",))


class Refuses(ToyRegister):
    def read(self, pages: Sequence[Page]) -> Listing:
        raise LayoutChanged(self.name, as_said("expected a head; found O\0VH"))


def test_a_page_that_is_refused_is_quoted_without_them(story: Story) -> None:
    story.source = Refuses()
    story.see("2026-03-05", "edition 2026-03-05")
    (run,) = runs.runs(story.store)
    assert run.outcome is Outcome.LAYOUT_CHANGED
    assert run.message.endswith("found OVH")
    assert all_said(run.reasons, "en", " ").endswith("found OVH")


def test_a_name_with_a_nul_is_gained_and_lost_as_one(story: Story) -> None:
    odd = f"{BLEU}\n{OVH.format(chr(0).join('OVH'))}"
    events = [
        kinds(story.see(day, f"edition {day}\n{rows}"))
        for day, rows in (("2026-03-04", BLEU), ("2026-03-05", odd), ("2026-03-06", BLEU))
    ]
    assert events == [["gained bleu"], ["gained ovhcloud"], ["lost ovhcloud"]]


def test_what_everybody_prints_is_left_as_it_is() -> None:
    long = replace(row(OVH.format("x" * MOST)), subject=LONG)
    seen = Listing(source="toy", attestations=(row(BLEU), long), covers=frozenset({"secnumcloud"}))
    assert fitted(seen) is seen


def test_a_remark_about_a_long_number_is_told_once(story: Story) -> None:
    line = OVH.format(LONG).replace("2025_559", LONG[:900])
    for n in (4, 5):
        story.see(f"2026-03-0{n}", f"edition 2026-03-0{n}\n{BLEU}\n{line}")
    assert [notice.kind for notice in told(story)] == ["news"]
