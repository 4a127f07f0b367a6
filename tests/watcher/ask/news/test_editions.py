"""Editions of a source, and what differs between any two: the net of what lies between, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise

import pytest
from toy_register import ToyRegister, page

from state.file.opening import open_store
from state.file.store import Store
from state.model import Kind
from state.seen.events import log
from state.seen.who.providers import load_providers
from watcher.ask.archive import Archive
from watcher.ask.news.editions import (
    Compared,
    brought_by,
    by_label,
    compared,
    editions_of,
    named,
    newest,
    pairs,
)
from watcher.ask.news.looks import NEWS, Size
from watcher.look.check import look
from watcher.look.record import Watch

SOURCE = ToyRegister()
OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17"
SQUAD = "passi | Squad | - | 2023_7 | 2023-02-01 | 2027-02-01"
STAYS = "passi | Amossys | - | 2024_1 | 2024-02-01 | 2027-02-01"
EDITIONS = (
    ("2025-12-05", (OVH, SQUAD, STAYS)),
    ("2026-01-05", (OVH.replace("Metal Pod", "Metal"), STAYS)),  # renamed; Squad is gone
    ("2026-02-05", (OVH.replace("Metal Pod", "Iron"), S3NS, SQUAD, STAYS)),  # renamed again; Squad is back
    ("2026-03-05", (OVH.replace("Metal Pod", "Iron"), SQUAD, STAYS)),  # S3NS came and went
)


@pytest.fixture
def archive() -> Iterator[Archive]:
    with open_store(":memory:") as store:
        for day, rows in EDITIONS:
            read(store, day, "\n".join(rows), at(day))
        yield archive_of(store)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T18:00:00+00:00")


def read(store: Store, edition: str, text: str, when: datetime, source: ToyRegister = SOURCE) -> None:
    watch = Watch(store=store, providers=load_providers(store))
    look(source, [page(f"edition {edition}\n{text}", when)], watch, when)


def archive_of(store: Store) -> Archive:
    return Archive(
        store=store,
        providers=load_providers(store),
        sources={SOURCE.name: SOURCE, "ans-hds": ToyRegister(name="ans-hds")},
        now=at("2026-03-06"),
    )


def between(archive: Archive, one: str, other: str) -> Compared:
    first, second = (named(archive, SOURCE.name, date.fromisoformat(day)) for day in (one, other))
    assert first is not None
    assert second is not None
    return compared(archive, first, second)


def kinds(found: Compared) -> set[tuple[Kind, str]]:
    return {(event.kind, event.provider.slug) for event in found.differences}


def test_neighbours_differ_by_what_the_log_tells(archive: Archive) -> None:
    found = editions_of(archive, SOURCE.name)
    assert len(found) == 4
    for before, after in pairwise(found):
        told = log.events(archive.store, run=after.number, kinds=NEWS)
        differs = compared(archive, before, after).differences
        assert sorted((e.kind, e.provider.slug, e.label) for e in differs) == sorted(
            (e.kind, e.provider.slug, e.label) for e in told
        )


def test_what_came_and_went_in_between_is_no_difference(archive: Archive) -> None:
    assert kinds(between(archive, "2026-01-05", "2026-03-05")) == {
        (Kind.GAINED, "squad"),
        (Kind.RENAMED, "ovhcloud"),
    }


def test_what_was_gone_for_an_edition_and_came_back_is_the_same(archive: Archive) -> None:
    """Also what was renamed twice in between: its line of life says that it is one service."""
    found = between(archive, "2025-12-05", "2026-03-05")
    assert kinds(found) == {(Kind.RENAMED, "ovhcloud")}
    [renamed] = found.differences
    assert (renamed.changes["subject"].before, renamed.changes["subject"].after) == (
        "Bare Metal Pod",
        "Bare Iron",
    )


def test_a_difference_names_the_events_that_brought_it_about(archive: Archive) -> None:
    found = between(archive, "2025-12-05", "2026-02-05")
    for event in found.differences:
        told = log.some(archive.store, found.events[event.id])
        assert {one.provider for one in told.values()} == {event.provider}
    renamed = next(event for event in found.differences if event.kind is Kind.RENAMED)
    assert len(found.events[renamed.id]) == 2


def test_the_earlier_edition_comes_first_however_they_are_named(archive: Archive) -> None:
    one, other = (
        between(archive, *pair) for pair in (("2025-12-05", "2026-02-05"), ("2026-02-05", "2025-12-05"))
    )
    assert one == other


@pytest.mark.parametrize(("covered", "told"), [({"passi"}, False), ({"passi", "hds"}, True)])
def test_what_was_not_read_before_is_no_gain(covered: set[str], told: bool) -> None:
    """A label that was read and had no row is another matter."""
    with open_store(":memory:") as store:
        read(store, "2026-03-05", SQUAD, at("2026-03-05"), ToyRegister(covers=frozenset(covered)))
        text = f"{SQUAD}\nhds | Host | - | 1 | - | 2027-01-01"
        read(store, "2026-03-06", text, at("2026-03-06"), ToyRegister(covers=frozenset({"passi", "hds"})))
        [new] = between(archive_of(store), "2026-03-05", "2026-03-06").differences
    assert (new.label, new.cause.told) == ("hds", told)


def test_a_later_look_at_an_edition_belongs_to_it(archive: Archive) -> None:
    read(archive.store, "2026-03-05", "\n".join(EDITIONS[-1][1]), at("2026-03-07"))
    found = editions_of(archive, SOURCE.name)
    assert len(found) == 4
    assert found[-1].last > found[-1].number
    assert named(archive, SOURCE.name, found[-1].last) == found[-1]


def test_an_undated_page_has_an_edition_when_it_shows_something_new(archive: Archive) -> None:
    hds = ToyRegister(name="ans-hds")
    rows = "hds | Host | - | 1 | - | 2027-01-01"
    for n, text in enumerate((rows, rows, rows.replace("2027", "2028"))):
        read(archive.store, "-", text, at(f"2026-03-1{n}"), hds)
    assert [one.day for one in editions_of(archive, "ans-hds")] == [date(2026, 3, 10), date(2026, 3, 12)]


def test_a_day_means_its_edition_or_the_last_before_it(archive: Archive) -> None:
    def day_of(text: str) -> str | None:
        found = named(archive, SOURCE.name, date.fromisoformat(text))
        return str(found.day) if found else None

    assert [day_of(day) for day in ("2026-02-05", "2026-02-04", "2027-01-01", "2025-12-04")] == [
        "2026-02-05", "2026-01-05", "2026-03-05", None,
    ]  # fmt: skip


def test_numbers_of_looks_name_one_source(archive: Archive) -> None:
    sources = list(archive.sources)
    first, *_, last = editions_of(archive, SOURCE.name)
    assert pairs(archive, sources, first.number, last.number) == [(first, last)]
    assert pairs(archive, sources, 99, last.number) == []
    assert pairs(archive, sources, date(2026, 1, 5), date(2026, 2, 5)) == [
        (editions_of(archive, SOURCE.name)[1], editions_of(archive, SOURCE.name)[2])
    ]


def test_an_edition_tells_by_label_all_that_it_brought(archive: Archive) -> None:
    edition = newest(archive, [SOURCE.name])[1]
    assert brought_by(archive, edition, Size(lines=9), ()) is not None
    parts = by_label(archive, edition, Size(lines=9), ())
    assert [label for label, _ in parts] == ["secnumcloud", "passi"]
    assert sum(len(part.lines) for _, part in parts) == len(log.events(archive.store, run=edition.number))


def test_a_forgotten_look_leaves_no_edition(archive: Archive) -> None:
    from state.seen.looks import runs
    from watcher.look.forget import forget

    last = runs.runs(archive.store, newest_first=True, limit=1)[0]
    forget(archive.store, SOURCE, last, "a test", at("2026-03-06"))
    assert [str(one.day) for one in editions_of(archive, SOURCE.name)] == [day for day, _ in EDITIONS[:-1]]
    assert named(archive, SOURCE.name, last.id) is None  # and its number names no other one


def test_a_look_that_read_nothing_names_no_edition(archive: Archive) -> None:
    when = at("2026-03-10")
    watch = Watch(store=archive.store, providers=load_providers(archive.store))
    failed = look(SOURCE, [page("maintenance", when)], watch, when).run
    assert not failed.good
    assert named(archive, SOURCE.name, failed.id) is None
