"""Feeds are read as a reader's program reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import feedparser
import httpx
import pytest
from starlette.applications import Starlette

from watcher.app import App
from watcher.settings import Settings
from watcher.web.app import make_app
from watcher.web.data import feeds

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


def test_names_come_from_the_set_address_and_not_from_what_a_client_sends(
    watched: App, get_of: Callable[[Starlette], Get]
) -> None:
    settings = Settings(state=watched.settings.state, address="https://labels.example.org/")
    get = get_of(make_app(App(settings, watched.clock)))
    feed = read(get("/feed.atom", headers={"Host": "evil.test"}))
    assert feed.entries[0].id.startswith("tag:labels.example.org,2026:event/")
    assert feed.entries[0].link.startswith("https://labels.example.org/events/")


def test_a_feed_without_entries_is_still_a_feed(get: Get) -> None:
    feed = read(get("/labels/hds/feed.atom"))
    assert feed.entries == []
    assert feed.feed.updated


def test_a_feed_that_is_cut_leads_to_the_older_entries(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was away for long misses nothing, and meets nothing twice."""
    whole = [entry.id for entry in read(get("/feed.atom")).entries]
    monkeypatch.setattr(feeds, "ENTRIES", 1)
    found: list[str] = []
    path: str | None = "/feed.atom?lang=en"
    while path:
        feed = read(get(path))
        found += [entry.id for entry in feed.entries]
        path = next((link.href for link in feed.feed.links if link.rel == "next"), None)
    assert len(whole) > 2
    assert found == whole


def test_register_text_in_a_feed_is_text(get: Get) -> None:
    titles = [entry.title for entry in read(get("/labels/passi/feed.atom")).entries]
    assert any("<script>alert(1)</script>" in feedparser_text(title) for title in titles)


def feedparser_text(title: str) -> str:
    return title.replace("&lt;", "<").replace("&gt;", ">")


def test_a_feed_that_did_not_change_is_not_sent_again(get: Get) -> None:
    first = get("/feed.atom")
    assert get("/feed.atom", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
