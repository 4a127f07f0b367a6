"""The stretches of time for which a register's content is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from toy_register import ToyRegister, day, page, row

from scrapers.source import Bounds
from state.file.opening import open_store
from state.file.store import Store
from state.model import Cause, Outcome, Run, Version
from state.seen.events import log
from state.seen.looks import runs
from state.seen.rows import listings
from state.seen.who.providers import load_providers
from watcher.ask.past.sighting import Corrections, Sighting, corrections, shown, spoken, stretches
from watcher.look.check import look
from watcher.look.record import Checked, Watch

BLEU = "secnumcloud | Bleu | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"
OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
PASSI = "passi | Amossys | - | 2025_1 | 2025-01-01 | 2028-01-01"


def run(id: int, at: str, edition: str | None = None, **rows: int) -> Run:
    return Run(
        id=id,
        source="toy",
        at=day(at),
        outcome=Outcome.OK,
        edition_at=day(edition) if edition else None,
        rows=rows,
        believed=True,
    )


def spans(*good: Run) -> list[tuple[datetime, datetime]]:
    return [(one.start, one.end) for one in stretches(good)]


def test_an_undated_page_speaks_for_the_moment_of_each_look() -> None:
    assert spans(run(1, "2026-01-01"), run(2, "2026-01-02")) == [
        (day("2026-01-01"), day("2026-01-01")),
        (day("2026-01-02"), day("2026-01-02")),
    ]


def test_an_edition_speaks_from_its_stamp_to_the_last_look_that_found_it() -> None:
    looks = [
        run(1, "2026-01-10", "2026-01-05"),
        run(2, "2026-02-01", "2026-01-05"),
        run(3, "2026-03-05", "2026-03-04"),
    ]

    assert spans(*looks) == [
        (day("2026-01-05"), day("2026-02-01")),
        (day("2026-03-04"), day("2026-03-05")),
    ]


def test_a_saved_copy_looked_at_long_after_speaks_for_its_stamp_alone() -> None:
    """Two old editions imported today, one after the other, say nothing of the months between them."""
    looks = [run(1, "2026-11-20", "2025-12-05"), run(2, "2026-11-21", "2026-03-04")]

    assert spans(*looks)[0] == (day("2025-12-05"), day("2025-12-05"))


def test_looks_made_before_the_next_stamp_still_count_when_a_stale_copy_came_later() -> None:
    looks = [
        run(1, "2026-01-05", "2026-01-05"),
        run(2, "2026-02-28", "2026-01-05"),
        run(3, "2026-03-05", "2026-01-05"),
        run(4, "2026-03-06", "2026-03-04"),
    ]

    assert spans(*looks)[0] == (day("2026-01-05"), day("2026-02-28"))


def test_no_look_is_no_stretch() -> None:
    assert stretches([]) == ()


class Story:
    """A memory and a toy register."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.source = ToyRegister()
        self.watch = Watch(store=store, providers=load_providers(store))

    def see(self, at: datetime | str, text: str, **changed: Any) -> Checked:
        when = day(at) if isinstance(at, str) else at
        self.source = replace(self.source, **changed)
        return look(self.source, [page(text, when)], self.watch, when)

    def of(self, provider: str, label: str = "secnumcloud") -> list[tuple[str, bool | str]]:
        good = runs.runs(self.store, source=self.source.name, good=True)
        versions = listings.versions(self.store, label=label, source=self.source.name)
        seen = self.shown(good, versions, provider)
        return [(f"{one.start:%Y-%m-%d}", "missing" if one.missing else bool(one.rows)) for one in seen]

    def sightings(self, provider: str) -> tuple[Sighting, ...]:
        good = runs.runs(self.store, source=self.source.name, good=True)
        versions = listings.versions(self.store, label="secnumcloud")
        return self.shown(good, versions, provider)

    def shown(
        self, good: Sequence[Run], versions: Collection[Version], provider: str
    ) -> tuple[Sighting, ...]:
        own = [version for version in versions if version.known.provider.slug == provider]
        return shown(spoken(stretches(good), versions), own, self.corrected())

    def corrected(self) -> Corrections:
        return corrections(log.events(self.store, sources=[self.source.name], causes=[Cause.REREADING]))


@pytest.fixture
def story() -> Iterator[Story]:
    with open_store(":memory:") as store:
        yield Story(store)


def test_a_sighting_says_whether_a_provider_is_listed(story: Story) -> None:
    story.see("2026-01-05", f"edition 2026-01-05\n{OVH}")
    story.see("2026-02-05", f"edition 2026-02-05\n{OVH}\n{BLEU}")
    story.see("2026-03-05", f"edition 2026-03-05\n{OVH}")

    assert story.of("bleu") == [("2026-01-05", False), ("2026-02-05", True), ("2026-03-05", False)]


def test_a_candidate_is_not_listed(story: Story) -> None:
    story.see("2026-01-05", f"edition 2026-01-05\n{OVH}\n{BLEU} | status=candidate")

    assert story.of("bleu") == [("2026-01-05", False)]


def test_a_row_that_a_look_does_not_show_is_missing_until_it_is_confirmed_to_be_gone(story: Story) -> None:
    """Nobody knew whether it was gone; once that is believed, it was gone since the first look without."""
    story.see("2026-01-05", f"edition -\n{OVH}\n{BLEU}")
    story.see("2026-01-06", f"edition -\n{OVH}")
    waiting = story.of("bleu")
    story.see("2026-01-08", f"edition -\n{OVH}")

    assert waiting == [("2026-01-05", True), ("2026-01-06", "missing")]
    assert story.of("bleu") == [("2026-01-05", True), ("2026-01-06", False), ("2026-01-08", False)]


def test_a_row_that_a_better_reader_found_in_an_old_edition_stands_in_that_edition(story: Story) -> None:
    """The first reader skips Bleu; the second one reads the kept page anew before it reads the next."""

    class Blind(ToyRegister):
        def read(self, pages: Any) -> Any:
            seen = ToyRegister.read(self, pages)
            return replace(seen, attestations=tuple(r for r in seen.attestations if r.holder != "Bleu"))

    story.source = Blind()
    story.see("2026-01-05", f"edition 2026-01-05\n{OVH}\n{BLEU}")
    assert story.of("bleu") == [("2026-01-05", False)]

    story.source = ToyRegister(revision=2)
    story.see("2026-02-05", f"edition 2026-02-05\n{OVH}\n{BLEU}")

    assert story.of("bleu") == [("2026-01-05", True), ("2026-02-05", True)]


class Blind(ToyRegister):
    """A reader that overlooks Bleu."""

    def read(self, pages: Any) -> Any:
        seen = ToyRegister.read(self, pages)
        return replace(seen, attestations=tuple(r for r in seen.attestations if r.holder != "Bleu"))


def test_looks_that_overlooked_a_row_are_no_sightings_of_its_absence(story: Story) -> None:
    """An undated page, and editions older than the one that was read again: our mistake is never a "no"."""
    for edition in ("-", "2026-01-02"):
        story.source = Blind(name=f"toy {edition}")
        story.see("2026-01-05", f"edition {edition}\n{OVH}\n{BLEU}")
        story.see("2026-02-05", f"edition {edition.replace('01', '02')}\n{OVH}\n{BLEU}")
        story.source = ToyRegister(name=f"toy {edition}", revision=2)
        story.see("2026-03-05", f"edition {edition.replace('01', '03')}\n{OVH}\n{BLEU}")

        assert {listed for _, listed in story.of("bleu")} == {True}
        assert [listed for _, listed in story.of("numspot")] == [False, False, False]


def test_a_row_that_our_reader_made_up_was_never_sighted(story: Story) -> None:
    class Inventive(ToyRegister):
        def read(self, pages: Any) -> Any:
            seen = ToyRegister.read(self, pages)
            return replace(seen, attestations=(*seen.attestations, row(BLEU)))

    story.source = Inventive()
    story.see("2026-01-05", f"edition -\n{OVH}")
    story.source = ToyRegister(revision=2)
    story.see("2026-02-05", f"edition -\n{OVH}")

    assert story.of("bleu") == [("2026-02-05", False)]


def test_a_stretch_says_nothing_of_a_label_that_was_covered_only_later(story: Story) -> None:
    story.see("2026-01-05", f"edition 2026-01-05\n{PASSI}", covers=frozenset({"passi"}))
    story.see("2026-02-05", f"edition 2026-02-05\n{PASSI}\n{OVH}", covers=frozenset({"passi", "secnumcloud"}))

    assert story.of("bleu") == [("2026-02-05", False)]


def test_a_label_whose_last_row_went_is_still_looked_at(story: Story) -> None:
    story.see("2026-01-05", f"edition 2026-01-05\n{PASSI}\n{BLEU}")
    story.see("2026-02-05", f"edition 2026-02-05\n{PASSI}")

    assert story.of("bleu") == [("2026-01-05", True), ("2026-02-05", False)]


def test_a_reading_that_leaves_a_label_out_is_no_sighting_of_it(story: Story) -> None:
    """Its rows are kept as they were, and nobody saw them."""
    story.see("2026-01-05", f"edition 2026-01-05\n{PASSI}\n{BLEU}")
    story.see("2026-02-05", f"edition 2026-02-05\n{PASSI}", covers=frozenset({"passi"}))

    assert story.of("bleu") == [("2026-01-05", True)]


def test_a_renewed_row_keeps_its_line_of_life(story: Story) -> None:
    story.see("2026-01-05", f"edition 2026-01-05\n{BLEU}")
    story.see("2026-02-05", f"edition 2026-02-05\n{BLEU.replace('2029', '2032')}")
    first, second = story.sightings("bleu")

    assert first.rows[0].known.row == second.rows[0].known.row
    assert [one.rows[0].known.attestation.valid_until.year for one in (first, second)] == [2029, 2032]  # type: ignore[union-attr]


def test_mass_removals_that_are_held_leave_those_rows_missing(story: Story) -> None:
    holders = "\n".join(f"secnumcloud | H{n} | S | 2026_{n} | 2026-01-01 | 2029-01-01" for n in range(12))
    story.see("2026-01-05", f"edition 2026-01-05\n{holders}", bounds={"secnumcloud": Bounds(floor=5)})
    story.see("2026-02-05", f"edition 2026-02-05\n{OVH}")

    assert story.of("h3") == [("2026-01-05", True), ("2026-02-05", "missing")]
    assert story.of("ovhcloud") == [("2026-01-05", False), ("2026-02-05", True)]


def test_a_row_that_a_look_missed_is_missing_there_although_it_came_back(story: Story) -> None:
    story.see("2026-01-05", f"edition -\n{OVH}\n{BLEU}")
    story.see("2026-01-06", f"edition -\n{OVH}")
    story.see("2026-01-07", f"edition -\n{OVH}\n{BLEU}")

    assert story.of("bleu") == [("2026-01-05", True), ("2026-01-06", "missing"), ("2026-01-07", True)]
    assert story.of("ovhcloud") == [("2026-01-05", True), ("2026-01-06", True), ("2026-01-07", True)]


def test_a_row_that_came_back_and_then_left_was_missing_and_there_and_gone(story: Story) -> None:
    for at, rows in (("05", [OVH, BLEU]), ("06", [OVH]), ("07", [OVH, BLEU]), ("08", [OVH]), ("09", [OVH])):
        story.see(f"2026-01-{at}", "\n".join(["edition -", *rows]))

    assert [said for _, said in story.of("bleu")] == [True, "missing", True, False, False]


def test_the_time_of_a_sighting_is_aware(story: Story) -> None:
    story.see(datetime(2026, 1, 5, 9, 0, tzinfo=UTC), f"edition -\n{BLEU}")
    [one] = story.sightings("bleu")

    assert one.end - one.start == timedelta(0)
    assert one.start.utcoffset() == timedelta(0)
