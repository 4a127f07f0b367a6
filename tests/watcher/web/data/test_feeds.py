"""Feeds are read as a reader's program reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import feedparser
import httpx
import pytest
from starlette.applications import Starlette
from toy_register import ToyRegister, page

from state.model import Kind
from state.seen.events import log
from state.seen.looks import runs
from state.seen.taken_back import retractions
from state.words.post import Retraction
from watcher.app import App
from watcher.ask.history import TOLD
from watcher.ask.news import bulletin
from watcher.ask.news.looks import ENDS, NEWS
from watcher.look.check import look
from watcher.look.forget import forget
from watcher.settings import Settings
from watcher.web.app import make_app

Get = Callable[..., httpx.Response]
FEEDS = ("/feed.atom", "/providers/s3ns/feed.atom", "/labels/secnumcloud/feed.atom", "/history.atom?q=cloud")


def read(answer: httpx.Response) -> Any:
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_feed_is_well_formed_and_has_entries(get: Get, path: str, lang: str) -> None:
    feed = read(get(path, headers={"Accept-Language": lang}))
    assert feed.version == "atom10"
    assert feed.entries
    assert feed.feed.id.startswith("tag:")
    for entry in feed.entries:
        assert entry.id.startswith("tag:")
        assert entry.summary
        assert entry.updated_parsed
        assert get(httpx.URL(entry.link).path).status_code == 200


def test_an_entry_has_one_name_in_every_feed_and_language(get: Get) -> None:
    def ids(path: str) -> set[str]:
        return {entry.id for entry in read(get(path)).entries}

    assert ids("/providers/s3ns/feed.atom") <= ids("/feed.atom") & ids("/feed.atom?lang=en")


def test_links_come_from_the_set_address_and_names_from_the_memory(
    watched: App, get: Get, get_of: Callable[[Starlette], Get]
) -> None:
    """Not from what a client sends; and no entry is another one when the address is set."""
    settings = Settings(state=watched.settings.state, address="https://labels.example.org/")
    there = get_of(make_app(App(settings, watched.clock)))
    feed = read(there("/feed.atom", headers={"Host": "evil.test"}))
    assert feed.entries[0].link.startswith("https://labels.example.org/events/")
    before = read(get("/feed.atom"))
    assert feed.feed.id == before.feed.id
    assert [entry.id for entry in feed.entries] == [entry.id for entry in before.entries]


def test_a_feed_without_entries_is_still_a_feed(get: Get) -> None:
    feed = read(get("/labels/hds/feed.atom"))
    assert feed.entries == []
    assert feed.feed.updated


def pages_of(get: Get, path: str | None) -> list[list[Any]]:
    """The entries of a feed, page by page."""
    found = []
    while path:
        feed = read(get(path))
        found.append(feed.entries)
        path = next((link.href for link in feed.feed.links if link.rel == "next"), None)
    return found


@pytest.fixture
def long_ago(watched: App) -> None:
    """Twenty looks more, of which each brings some changes, and ends that come near."""
    rows = "\n".join(f"hds | Host {n} | - | {n} | 2024-01-01 | 2026-04-{n + 1:02}" for n in range(30))
    start = datetime(2026, 3, 10, 9, tzinfo=UTC)
    for day in range(20):
        rows = rows.replace(f"| {day} | 2024", f"| {day} | 2025").replace(
            f"Host {day} | -", f"Host {day} | Cloud"
        )
        at = start + timedelta(days=day)
        with watched.open_store() as store:
            look(ToyRegister(name="ans-hds"), [page(f"edition -\n{rows}", at)], watched.watch(store), at)


@pytest.mark.parametrize(
    ("path", "kinds"), [("/feed.atom", NEWS), ("/expiries.atom", ENDS), ("/history.atom?lang=fr", list(Kind))]
)
def test_page_after_page_a_feed_tells_every_event_once_and_each_look_as_a_whole(
    watched: App, get: Get, long_ago: None, monkeypatch: pytest.MonkeyPatch, path: str, kinds: list[Kind]
) -> None:
    monkeypatch.setattr(bulletin, "AT_LEAST", 4)
    found = pages_of(get, path)
    with watched.open_store() as store:
        wanted = [event.id for event in log.events(store, causes=TOLD, kinds=kinds)]
    numbers = [[int(entry.link.rpartition("/")[2]) for entry in entries] for entries in found]
    assert sorted(n for own in numbers for n in own) == wanted
    assert len(found) > 1
    looks = [{entry.published for entry in entries} for entries in found]
    assert not any(one & other for one, other in pairwise(looks))


def test_a_look_that_is_longer_than_a_page_may_be_goes_on_in_the_next(
    watched: App, get: Get, long_ago: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulletin, "MOST", 2)
    with watched.open_store() as store:
        wanted = len(log.events(store, causes=TOLD))
    assert sum(map(len, pages_of(get, "/history.atom"))) == wanted


def test_in_a_look_what_weighs_most_comes_first(get: Get) -> None:
    kinds = [entry.tags[1].term for entry in read(get("/feed.atom")).entries]
    assert kinds.index("gained") < kinds.index("renewed")


def test_no_two_entries_have_one_title(watched: App, get: Get) -> None:
    rows = "\n".join(f"cc | Idemia | Card {n % 3} | {n} | 2020-01-01 | 2030-01-01" for n in range(9))
    for text, hour in (("cc | Idemia | Old | x | 2020-01-01 | 2030-01-01", 1), (rows, 2)):
        at = watched.clock() + timedelta(hours=hour)
        with watched.open_store() as store:
            look(ToyRegister(name="tl-fr"), [page(f"edition -\n{text}", at)], watched.watch(store), at)
    titles = [entry.title for entry in read(get("/feed.atom")).entries]
    assert len(titles) > 9
    assert len(set(titles)) == len(titles)


def seen(watched: App, source: str, at: datetime, *rows: str) -> None:
    """A look at a page without a date, which shows these rows."""
    text = "\n".join(("edition -", *rows))
    with watched.open_store() as store:
        look(ToyRegister(name=source), [page(text, at)], watched.watch(store), at)


def titles_of(get: Get, path: str) -> list[str]:
    return [entry.title for entry in read(get(path)).entries]


def test_a_row_that_goes_and_comes_again_has_a_title_for_each_time(watched: App, get: Get) -> None:
    """In the last resort by the number of the event, though what is printed has that number already."""
    numbers = " ".join(f"n°\u00a0{n}" for n in range(8, 26))
    card = f"pvid | Idemia | Cards {numbers} | 1 | 2025-01-01 | 2030-01-01"
    other = "pvid | X | Card | 2 | 2025-01-01 | 2030-01-01"
    for step, rows in enumerate(
        ((card, other), (other,), (other,), (card, other), (other,), (other,), (card, other))
    ):
        seen(watched, "tl-fr", watched.clock() + timedelta(hours=step), *rows)
    titles = titles_of(get, "/feed.atom")
    assert sum("Idemia" in title for title in titles) == 4
    assert len(set(titles)) == len(titles)


def test_two_looks_that_were_forgotten_have_each_its_title(watched: App, get: Get) -> None:
    seen(watched, "tl-fr", watched.clock(), "pvid | X | Card | 1 | 2025-01-01 | 2030-01-01")
    for hour in (1, 2):
        at = watched.clock() + timedelta(hours=hour)
        seen(watched, "tl-fr", at, "pvid | X | Card | 1 | 2025-01-01 | 2031-01-01")
        with watched.open_store() as store:
            last = runs.runs(store, newest_first=True, limit=1)[0]
            forget(store, ToyRegister(name="tl-fr"), last, "a test", at)
    titles = titles_of(get, "/feed.atom")
    assert sum("oubliée" in title for title in titles) == 2
    assert len(set(titles)) == len(titles)


def test_two_readings_of_one_day_have_each_its_title(watched: App, get: Get) -> None:
    for hour, end in enumerate(("2027-01-01", "2028-01-01", "2029-01-01")):
        seen(
            watched,
            "tl-fr",
            watched.clock() + timedelta(hours=hour),
            f"hds | OVH | Host | 1 | 2024-01-01 | {end}",
        )
    titles = titles_of(get, "/editions.atom?source=tl-fr")
    assert len(titles) == 3
    assert len(set(titles)) == len(titles)


def test_a_retraction_is_an_entry_of_its_own(watched: App, get: Get, events: dict[str, int]) -> None:
    wrong, at = events["gained s3ns"], watched.clock()
    with watched.open_store() as store:
        retractions.record(store, Retraction(event=wrong, reason="a misread page", by="me", at=at))
    feed = read(get("/feed.atom"))
    first = feed.entries[0]
    assert first.id.endswith(f":retraction/{wrong}")
    assert first.title.startswith(f"Rétractation de l’événement n°\u00a0{wrong}")
    assert "a misread page" in first.summary
    assert [entry.id for entry in feed.entries].count(first.id) == 1
    assert not [entry for entry in read(get("/labels/passi/feed.atom")).entries if "retraction" in entry.id]


def test_a_forgotten_look_is_told_with_what_went_with_it(watched: App, get: Get) -> None:
    with watched.open_store() as store:
        last = runs.runs(store, newest_first=True, limit=1)[0]
        gone = len(log.events(store, run=last.id))
        forget(store, ToyRegister(), last, "a test", watched.clock())
    [entry] = read(get("/history.atom?all=1")).entries[:1]
    assert entry.id.endswith(f":forgotten/{last.id}")
    assert f"{gone} événements" in entry.title


def test_ends_have_a_feed_apart_and_a_provider_s_feed_has_both(get: Get, long_ago: None) -> None:
    def kinds(path: str) -> set[str]:
        return {entry.tags[1].term for own in pages_of(get, path) for entry in own}

    assert kinds("/labels/hds/expiries.atom") <= set(ENDS)
    assert kinds("/providers/host-3/expiries.atom") <= kinds("/providers/host-3/feed.atom")
    assert not kinds("/feed.atom") & set(ENDS)


def test_register_text_in_a_feed_is_text(get: Get) -> None:
    titles = [entry.title for entry in read(get("/labels/passi/feed.atom")).entries]
    assert any("<script>alert(1)</script>" in feedparser_text(title) for title in titles)


def feedparser_text(title: str) -> str:
    return title.replace("&lt;", "<").replace("&gt;", ">")


def test_a_feed_that_did_not_change_is_not_sent_again(get: Get) -> None:
    first = get("/feed.atom")
    assert get("/feed.atom", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
