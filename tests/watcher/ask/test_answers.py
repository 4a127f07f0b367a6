"""Questions to the memory that the command line's own tests do not reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from toy_register import ToyRegister, day, page

from state.file.opening import open_store
from state.model import Provider
from state.seen.who.providers import load_providers
from watcher.ask.archive import Archive
from watcher.ask.day import past
from watcher.ask.past.was import Answer
from watcher.look.check import look
from watcher.look.record import Watch
from watcher.said.past import sentence

TOY = ToyRegister()
OTHER = ToyRegister(name="other")
OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
BLEU = Provider(slug="bleu", name="Bleu")


@pytest.fixture
def archive() -> Iterator[Archive]:
    with open_store(":memory:") as store:
        yield Archive(
            store=store,
            providers=load_providers(store),
            sources={TOY.name: TOY, OTHER.name: OTHER},
            now=day("2026-04-01"),
        )


def see(archive: Archive, source: ToyRegister, when: str, *rows: str) -> None:
    watch = Watch(store=archive.store, providers=archive.providers)
    look(source, [page("\n".join((f"edition {when}", *rows)), day(when))], watch, day(when))


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("ovhcloud", ["ovhcloud"]),
        ("OVH SAS", ["ovhcloud"]),
        ("pod", ["ovhcloud"]),
        ("bare metal", ["ovhcloud"]),
        ("etal", []),
        ("Orange Cyberdefense", ["orange-cyberdefense"]),
        ("", []),
        ("…", []),
    ],
)
def test_who_is_meant_by_a_name(archive: Archive, text: str, slugs: list[str]) -> None:
    see(archive, TOY, "2026-03-01", OVH, "passi | Orange Cyberdefense | - | 1 | - | -")

    assert [provider.slug for provider in archive.names.meant(text)] == slugs


def test_a_page_of_candidates_alone_says_nothing_of_who_holds_a_label(archive: Archive) -> None:
    """It covers SecNumCloud, and Bleu is not held there: that is no "no"."""
    see(archive, OTHER, "2026-03-01", "secnumcloud | Bleu | Cloud | - | - | - | status=candidate")
    found = past(archive, BLEU, "secnumcloud", day("2026-03-01").date())

    assert found.finding.answer is Answer.UNKNOWN
    assert "No register" in sentence(found)


def test_a_no_needs_all_registers_that_state_the_label(archive: Archive) -> None:
    see(archive, TOY, "2026-03-01", OVH)
    alone = past(archive, BLEU, "secnumcloud", day("2026-03-01").date())
    see(archive, OTHER, "2026-03-20", OVH)
    with_another = past(archive, BLEU, "secnumcloud", day("2026-03-01").date())

    assert alone.finding.answer is Answer.NO
    assert with_another.finding.answer is Answer.UNKNOWN
    assert {name: one.answer for name, one in with_another.sources.items()} == {
        TOY.name: Answer.NO,
        OTHER.name: Answer.UNKNOWN,
    }


SENTENCES = [
    ("2026-03-01", [("2026-03-01", [OVH])], "Listed in the edition of 2026-03-01"),
    ("2026-03-10", [("2026-03-01", [OVH])], "the last one seen"),
    ("2026-03-10", [("2026-03-01", [OVH]), ("2026-03-20", [OVH])], "and still in the edition of 2026-03-20"),
    ("2026-03-10", [("2026-03-01", [OVH]), ("2026-03-20", [])], "no longer in the edition of 2026-03-20"),
    ("2025-06-01", [("2026-03-01", [OVH])], "Seen from the edition of 2026-03-01 on"),
    ("2024-06-01", [("2026-03-01", [OVH])], "The watch of the ANSSI catalogue begins with"),
    ("2027-06-01", [("2026-03-01", [OVH])], "Printed to be valid then"),
]


@pytest.mark.parametrize(("when", "seen", "says"), SENTENCES, ids=[case[2] for case in SENTENCES])
def test_the_sentence_names_what_was_seen(
    archive: Archive, when: str, seen: list[tuple[str, list[str]]], says: str
) -> None:
    for edition, rows in seen:
        see(archive, TOY, edition, "passi | A | - | 1 | - | -", *rows)
    found = past(archive, Provider(slug="ovhcloud", name="OVHcloud"), "secnumcloud", day(when).date())

    assert says in sentence(found)
