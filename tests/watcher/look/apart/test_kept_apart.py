"""A source whose documents are read apart is the same source, and follows the same page but once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

import pytest
from hds_layouts import LAYOUTS, hosts
from ill_register import IllRegister, LeadingRegister
from toy_register import day

from scrapers.ans_hds.source import AnsHds
from scrapers.source import Explains, Get, Imprints, LayoutChanged, Source, Unreachable
from state.model import Page, Reason
from watcher.look.apart.limits import Limits
from watcher.look.apart.room import Room
from watcher.look.apart.source import STATED, kept_apart, own

FIRST, SECOND = "https://register.test/list", "https://register.test/2"
PAGES = {
    FIRST: f"edition 2026-03-04\nsecnumcloud | OVH | Pod | 2025_559 | 2025-03-24 | 2028-03-24\nnext {SECOND}",
    SECOND: "passi | Firm 1 | - | n1 | - | -",
}
pytestmark = pytest.mark.usefixtures("reading_room")


class Counting(Room):
    """A room that counts what it is asked."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(environment={}, limits=limits, monotonic=time.monotonic, stopping=Event())
        self.asked = 0

    def ask(self, *asked: Any, get: Get | None = None) -> Any:
        self.asked += 1
        return super().ask(*asked, get=get)


@dataclass
class Server:
    """Answers with pages by address, and takes down what it was asked."""

    pages: Mapping[str, str]
    asked: list[str] = field(default_factory=list)

    def get(self, url: str) -> Page:
        self.asked.append(url)
        if url not in self.pages:
            raise Unreachable(Reason.of("no_answer", address=url, fault="404"))
        return Page(url=url, requested_url=url, body=self.pages[url].encode(), fetched_at=day("2026-03-05"))


@pytest.fixture
def room() -> Counting:
    return Counting(Limits(seconds=20, processor=1, memory=64))


def test_a_source_apart_states_what_it_stated(room: Room) -> None:
    source = AnsHds(every="1 1 * * *")
    apart = kept_apart(source, lambda: room)
    assert {name: getattr(apart, name) for name in STATED} == {name: getattr(source, name) for name in STATED}
    assert own(apart) is source
    assert own(source) is source
    assert isinstance(apart, Explains)
    assert not isinstance(kept_apart(IllRegister(), lambda: room), Explains)


def test_all_that_a_source_states_is_stated(room: Room) -> None:
    known = {name for name in Source.__dict__ if not name.startswith("_")}
    assert known == {*STATED, "fetch", "read"}


def test_pages_that_lead_to_others_are_followed_in_a_child(room: Counting) -> None:
    apart, server = kept_apart(LeadingRegister(), lambda: room), Server(PAGES)
    pages = apart.fetch(server.get)
    assert [page.url for page in pages] == [FIRST, SECOND] == server.asked
    assert [row.holder for row in apart.read(pages).attestations] == ["OVH", "Firm 1"]
    assert room.asked == 2


def test_pages_that_did_not_change_are_followed_without_a_child(room: Counting) -> None:
    apart, server = kept_apart(LeadingRegister(), lambda: room), Server(PAGES)
    first = apart.fetch(server.get)
    assert room.asked == 1
    assert apart.fetch(server.get) == first
    assert room.asked == 1
    assert server.asked == [FIRST, SECOND] * 2


@pytest.mark.parametrize("moved", [FIRST, SECOND])
def test_a_page_that_changed_is_followed_anew_and_no_page_is_asked_for_twice(
    room: Counting, moved: str
) -> None:
    apart = kept_apart(LeadingRegister(), lambda: room)
    apart.fetch(Server(PAGES).get)
    server = Server({**PAGES, moved: "passi | Firm 2 | - | n2 | - | -"})
    pages = apart.fetch(server.get)
    assert [page.url for page in pages] == server.asked == [FIRST, SECOND][: 1 if moved == FIRST else 2]
    assert room.asked == 2


def test_what_could_not_be_had_is_asked_for_by_another_way_and_again_the_next_time(room: Counting) -> None:
    other = "https://register.test/other"
    apart = kept_apart(LeadingRegister(other=other), lambda: room)
    broken = Server({FIRST: PAGES[FIRST], other: PAGES[SECOND]})
    assert [page.url for page in apart.fetch(broken.get)] == [FIRST, other]
    assert [page.url for page in apart.fetch(Server(PAGES).get)] == [FIRST, SECOND]


def test_what_stops_a_look_at_the_register_stops_it_through_the_child(room: Counting) -> None:
    class Broken(Exception):
        """As a memory that is broken."""

    def get(url: str) -> Page:
        raise Broken

    with pytest.raises(Unreachable):
        kept_apart(LeadingRegister(), lambda: room).fetch(Server({}).get)
    with pytest.raises(Broken):
        kept_apart(LeadingRegister(), lambda: room).fetch(get)


def test_a_page_that_kills_who_follows_it_is_there_to_be_kept_and_reading_it_says_why(room: Counting) -> None:
    apart = kept_apart(LeadingRegister(), lambda: room)
    server = Server({FIRST: f"ill: abort\nnext {SECOND}"})
    pages = apart.fetch(server.get)
    assert [page.body for page in pages] == [server.pages[FIRST].encode()]
    with pytest.raises(LayoutChanged) as error:
        apart.read(pages)
    assert error.value.reason == Reason.of("reading_killed", signal="SIGABRT")
    assert room.asked == 1, "a document that kills is not tried a second time"


def test_an_explanation_that_kills_says_what_happened(room: Counting) -> None:
    apart = kept_apart(AnsHds(), lambda: Counting(Limits(seconds=0.0, processor=1, memory=64)))
    assert isinstance(apart, Explains)
    page = Server(PAGES).get(FIRST)
    assert apart.explain((page,)).notes == (Reason.of("reading_late", seconds=0),)


@pytest.mark.parametrize("part", [9, pytest.param(1, marks=pytest.mark.soak)])
@pytest.mark.parametrize("layout", ["paged-table", "letter-pages", "json-records"])
def test_the_list_of_hosts_is_the_same_apart(layout: str, part: int) -> None:
    room = Counting(Limits())
    here, there = (LAYOUTS[layout](hosts()[::part]) for _ in range(2))
    source = AnsHds(url=here.home)
    apart = kept_apart(source, lambda: room)
    pages = apart.fetch(there.get)
    assert pages == source.fetch(here.get)
    assert there.asked == here.asked
    assert apart.read(pages) == source.read(pages)
    before = room.asked
    assert apart.fetch(there.get) == pages
    assert room.asked == before, "the same bytes lead where they led"


def test_what_a_page_shows_is_seen_in_a_child_once_a_look_and_never_of_the_same_bytes() -> None:
    room, site = Counting(Limits()), LAYOUTS["cards"](hosts())
    apart = kept_apart(AnsHds(url=site.home), lambda: room)
    assert isinstance(apart, Imprints)
    pages = apart.fetch(site.get)
    first = apart.imprint(pages[0])
    assert first == AnsHds(url=site.home).imprint(pages[0])
    assert room.asked == 2, "one that follows, and one that takes the imprint"
    moved = replace(site, bodies={site.home: site.bodies[site.home] + "<!-- 1 -->"})
    assert apart.imprint(apart.fetch(moved.get)[0]) == first
    assert room.asked == 3, "it leads where it led, as what it shows says"
    apart.fetch(moved.get)
    assert room.asked == 3


def test_a_page_that_ends_who_takes_its_imprint_has_none() -> None:
    site = LAYOUTS["cards"](hosts())
    apart = kept_apart(AnsHds(url=site.home), lambda: Counting(Limits(seconds=0.0)))
    assert isinstance(apart, Imprints)
    assert apart.imprint(site.page(site.home)) == ""
