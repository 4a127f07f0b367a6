"""The page of hosts, looked at before and after it is printed anew: what subscribers and operators hear."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from begun_memories import begun_with, made_of
from hds_layouts import SEEN_AT

from scrapers.ans_hds.source import AnsHds
from scrapers.source import Bounds
from state.file.store import Store
from state.model import Cause, Event, Page
from state.owed import outbox
from state.seen.rows import listings
from state.seen.who.providers import load_providers
from state.words.post import Notice
from watcher.look.check import look
from watcher.look.record import Watch

HDS_PAGE = (Path(__file__).parent / "fixtures" / "ans_hds" / "guess-table" / "index.html").read_text(
    encoding="utf-8"
)
SOURCE = replace(AnsHds(), bounds={"hds": Bounds(floor=10, least=5, share=0.05)})


def few_hosts(many: int) -> str:
    """The page with so many of its rows."""
    head, *rows = HDS_PAGE.split("<tr ")
    kept, end = rows[:many], rows[-1].partition("</tr>")[2]
    hosts = len({row.partition("<td>")[2].partition("</td>")[0] for row in kept})
    return "<tr ".join((head, *kept)).replace(">404<", f">{hosts}<") + end


def hds_page(text: str) -> list[Page]:
    """The page as a person saved it."""
    return [Page(url="file:hds.html", body=text.encode(), fetched_at=SEEN_AT, content_type="text/html")]


def _watch(store: Store) -> Watch:
    return Watch(store=store, providers=load_providers(store), operators="operators")


@cache
def _first_seen(page: str) -> bytes:
    """A memory of the page as it is."""
    return made_of(lambda store: look(SOURCE, hds_page(page), _watch(store), SEEN_AT))


def seen_twice(then: str, before: str = HDS_PAGE) -> tuple[list[Event], list[Notice]]:
    """The events and the words to operators when the page is printed anew, and looked at twice."""
    with begun_with(_first_seen(before)) as store:
        watch = _watch(store)
        told, rows = len(outbox.notices(store)), len(listings.listing(store, "ans-hds"))
        assert rows == before.count("<tr ")
        looks = [look(SOURCE, hds_page(then), watch, SEEN_AT + timedelta(days=day)) for day in (1, 2)]
        assert all(one.run.believed for one in looks), looks[0].run.message
        assert len(listings.listing(store, "ans-hds")) == rows
        events = [event for one in looks for event in one.events if event.cause is Cause.REGISTER]
        return events, sorted(outbox.notices(store), key=lambda notice: notice.id)[told:]
