"""Looks as wholes: nothing is left out, what weighs most stands first, ends are apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from toy_register import ToyRegister, page

from state.file.opening import open_store
from state.file.store import Store
from state.model import Cause, Event, Kind
from state.seen.events import log
from state.seen.who.providers import load_providers
from watcher.ask.history import TOLD
from watcher.ask.news.looks import ENDS, Look, Size, by_look, every_look, looks_at
from watcher.look.check import look
from watcher.look.record import Watch

PRODUCTS = "\n".join(
    f"cc | {maker} | Card {n} | {maker}_{n} | 2020-01-01 | 2026-03-{n + 1:02}"
    for maker in ("Idemia France", "Thales DIS")
    for n in range(9)
)
FIRST = f"""secnumcloud | Outscale | IaaS | 2023_1 | 2023-11-30 | 2026-11-30
{PRODUCTS}
"""
SECOND = (
    FIRST.replace("| 2026-11-30", "| 2026-11-30 | recommendation=orange").replace(
        "Idemia France | Card", "Idemia France | New"
    )
    + "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17\n"
)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T08:00:00+00:00")


@pytest.fixture
def memory() -> Iterator[Store]:
    with open_store(":memory:") as store:
        for text, day, edition in (
            (FIRST, "2025-12-06", "2025-12-05"),
            (SECOND, "2026-02-20", "2026-02-19"),
            *((SECOND, f"2026-03-{n:02}", "2026-02-19") for n in range(2, 12)),
        ):
            watch = Watch(store=store, providers=load_providers(store))
            look(ToyRegister(), [page(f"edition {edition}\n{text}", at(day))], watch, at(day))
        yield store


def told(store: Store, most: int = 100, before: int | None = None) -> tuple[Sequence[Look], int | None]:
    return looks_at(store, log.required(causes=TOLD, few=True), most, Size(), before=before)


def size(one: Look) -> int:
    return one.more + one.low + one.ended + one.ending + sum(line.events for line in one.lines)


def test_what_people_watch_stands_above_a_crowd_of_products(memory: Store) -> None:
    *_, edition = told(memory)[0]
    assert edition.lines[0].event.provider.slug == "s3ns"
    assert edition.counts[Kind.GAINED] == 1


def test_what_one_provider_has_in_common_is_one_line_with_its_number(memory: Store) -> None:
    newest = told(memory)[0][0]
    assert newest.only_ends
    idemia = next(line for line in newest.ends if line.event.provider.name.startswith("Idemia"))
    said = [e for e in log.events(memory, kinds=["expired"]) if e.provider == idemia.event.provider]
    assert idemia.events == len(said) > 1


def test_looks_that_bring_ends_alone_are_told_as_one(memory: Store) -> None:
    ends, edition = told(memory)[0]
    assert ends.days == (at("2026-03-02").date(), at("2026-03-10").date())
    assert not edition.only_ends


@pytest.mark.parametrize("most", [1, 2, 3])
def test_page_after_page_every_event_is_counted_once(memory: Store, most: int) -> None:
    counted, before = 0, None
    while True:
        found, before = told(memory, most, before)
        counted += sum(map(size, found))
        if before is None:
            break
    assert counted == len(log.events(memory, causes=TOLD))


def test_a_taken_back_event_is_a_line_of_its_own(memory: Store) -> None:
    expired = log.events(memory, kinds=["expired"])
    gone = expired[-1].id
    asked = log.required(kinds=["expired"], few=True)
    found, _ = looks_at(memory, asked, 5, Size(ends=50), apart={gone})
    assert [line.events for look in found for line in look.ends if line.event.id == gone] == [1]
    assert sum(line.events for look in found for line in look.ends) == len(expired)


def test_as_many_lines_are_told_as_are_asked_for(memory: Store) -> None:
    found = list(every_look(memory, Size(lines=20, ends=6), lines=3))
    assert sum(len(one.lines) + len(one.ends) for one in found) == 3
    assert sum(map(size, found)) == sum(map(size, every_look(memory, Size(), lines=3)))


def test_a_first_look_counts_its_rows(memory: Store) -> None:
    first = list(every_look(memory, Size()))[-1]
    assert (first.rows, first.recorded) == (19, len(log.events(memory, causes=[Cause.BASELINE])))


def test_the_page_of_a_filter_sorts_a_look_by_what_matters(memory: Store) -> None:
    [edition, *_] = [own for own in by_look(log.events(memory, causes=TOLD)) if own[0].kind not in ENDS]
    assert edition[0].provider.slug == "s3ns"
    weights = [event.weight.rank for event in edition]
    assert weights == sorted(weights, reverse=True)


def test_no_event_is_opened_but_those_that_are_shown(memory: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Event] = []
    real = log.some

    def counting(store: Store, numbers: set[int]) -> dict[int, Event]:
        found = dict(real(store, numbers))
        opened.extend(found.values())
        return found

    monkeypatch.setattr(log, "some", counting)
    looks_at(memory, log.required(causes=TOLD, few=True), 10, Size(lines=2, ends=1))
    assert 0 < len(opened) <= 2 * 3


def test_a_cursor_within_a_look_goes_on_within_it(memory: Store) -> None:
    """Addresses that were kept from before lead into the middle of looks."""
    last = log.events(memory, causes=TOLD)[4]
    found, _ = told(memory, before=last.id)
    assert sum(map(size, found)) == 4


def test_time_goes_on_while_nothing_is_told(memory: Store) -> None:
    later = datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=1)
    asked = log.required(causes=TOLD, since=later, few=True)
    assert looks_at(memory, asked, 5, Size(), since=later) == ((), None)
