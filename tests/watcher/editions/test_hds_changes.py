"""The HDS list changes: the right events and no other, in every guessed dress and across dresses."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest
from begun_memories import begun_with, made_of
from hds_dresses import DRESSES
from hds_layouts import ACTIVITIES, SEEN_AT, Certificate, Site, hosts
from hds_layouts import LAYOUTS as DRAWN

from scrapers.ans_hds.source import AnsHds
from scrapers.source import Bounds
from state.file.opening import open_store
from state.file.store import Store
from state.model import Cause, Event, Kind, Page
from state.seen.who.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Checked, Watch

pytestmark = pytest.mark.history

SOURCE = replace(AnsHds(), bounds={"hds": Bounds(floor=10)})
LAYOUTS = {**DRAWN, **DRESSES}
LATER = timedelta(hours=12)


def register(part: int) -> list[Certificate]:
    """So small a part of the list, and the hosts to whom something will happen."""
    named = {
        "Adista", "Alcyane", "Acanthe e-Santé", "Agorial Care",
        "Véronys Services", "Volubilys", "Vigéa Technologies",
    }  # fmt: skip
    rows = hosts()
    chosen = {*rows[::part], *(row for row in rows if row.host in named)}
    return sorted((row for row in chosen if row.host != "3MD Hébergement"), key=lambda row: row.host)


def changed(rows: list[Certificate]) -> list[Certificate]:
    """Two renewed, one lost an activity, one left, one arrived, three merged into one."""
    by_host = {row.host: row for row in rows}
    for host in ("Adista", "Alcyane"):
        old = by_host[host]
        by_host[host] = replace(old, end=old.end.replace(year=old.end.year + 3))
    fewer = by_host["Acanthe e-Santé"]
    by_host["Acanthe e-Santé"] = replace(fewer, activities=fewer.activities[1:])
    for gone in ("Agorial Care", "Véronys Services", "Volubilys", "Vigéa Technologies"):
        del by_host[gone]
    model = rows[0]
    by_host["merged"] = replace(model, host="Volubilys Vigéa Véronys SAS", number="HDS 999001", body="BSI")
    by_host["new"] = replace(model, host="Ariane Nouvelle", number="FR199999", body="Bureau Veritas")
    return sorted(by_host.values(), key=lambda row: row.host)


EXPECTED = Counter(
    {
        ("renewed", "Adista"): 1,
        ("renewed", "Alcyane"): 1,
        ("scope_reduced", "Acanthe e-Santé"): 1,
        ("lost", "Agorial Care"): 1,
        ("lost", "Véronys Services"): 1,
        ("lost", "Volubilys"): 1,
        ("lost", "Vigéa Technologies"): 1,
        ("gained", "Volubilys Vigéa Véronys SAS"): 1,
        ("gained", "Ariane Nouvelle"): 1,
    }
)


class Watched:
    """A memory that looks at sites."""

    def __init__(self, store: Store, now: datetime = SEEN_AT) -> None:
        self.now = now
        self.watch = Watch(store=store, providers=load_providers(store))

    def see(self, site: Site) -> Checked:
        self.now += LATER
        return look(SOURCE, self._pages(site), self.watch, self.now)

    def _pages(self, site: Site) -> list[Page]:
        if site.home.startswith("file:") or len(site.bodies) == 1:
            return [site.page(url) for url in site.bodies]
        return list(SOURCE.fetch(site.get))


def told(*checked: Checked) -> Counter[tuple[str, str]]:
    events: list[Event] = [event for one in checked for event in one.events if event.cause is Cause.REGISTER]
    return Counter((str(event.kind), event.attestations[0].holder) for event in events)


@pytest.fixture(
    scope="module",
    params=[60, pytest.param(15, marks=pytest.mark.soak)],
    ids=lambda part: f"one in {part}",
)
def part(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def before(part: int) -> list[Certificate]:
    return register(part)


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_what_happened_is_told_and_nothing_else_in_every_dress(
    layout: str, before: list[Certificate]
) -> None:
    with open_store(":memory:") as store:
        watched = Watched(store)
        assert told(watched.see(LAYOUTS[layout](before))) == Counter()
        after = LAYOUTS[layout](changed(before))
        first, second, third = watched.see(after), watched.see(after), watched.see(after)
    assert Kind.LOST not in {event.kind for event in first.events}, "an undated page needs a second look"
    assert told(first, second) == EXPECTED
    assert told(third) == Counter()


@cache
def first_seen(layout: str, part: int) -> bytes:
    """A memory of the list in one dress."""
    return made_of(lambda store: Watched(store).see(LAYOUTS[layout](register(part))))


@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - {"plain-table"}))
def test_a_new_dress_alone_is_no_news(layout: str, part: int, before: list[Certificate]) -> None:
    with begun_with(first_seen("plain-table", part)) as store:
        watched = Watched(store, SEEN_AT + LATER)
        assert told(*(watched.see(LAYOUTS[layout](before)) for _ in range(2))) == Counter()


@pytest.mark.parametrize("layout", sorted(set(DRAWN) - {"cards"}))
def test_dress_and_list_changing_at_once_tells_the_same_or_nothing(
    layout: str, part: int, before: list[Certificate]
) -> None:
    with begun_with(first_seen("cards", part)) as store:
        watched = Watched(store, SEEN_AT + LATER)
        looks = [watched.see(LAYOUTS[layout](changed(before))) for _ in range(2)]
    found = told(*looks)
    doubted = any(not one.run.believed for one in looks)
    assert found == EXPECTED or (doubted and not found)


def test_the_six_activities_are_told_apart_by_their_words() -> None:
    assert len(set(ACTIVITIES)) == 6
