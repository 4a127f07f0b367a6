"""Where the site is, is what operators set; what a client calls it is repeated nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from starlette.applications import Starlette
from starlette.routing import Route

from watcher.app import App
from watcher.errors import BadSettings
from watcher.settings import Settings, load_settings
from watcher.web.app import make_app
from watcher.web.edge.guards import Limit
from watcher.web.serve import Pages

Get = Callable[..., httpx.Response]
HERE = "https://labels.example.org/cloud"
GIVEN = {
    "slug": "s3ns",
    "label": "secnumcloud",
    "number": "1",
    "day": "2026-01-15",
    "name": "mark.svg",
    "source": "anssi-catalogue",
    "which": "2026-03-04",
    "sha256": "0" * 64,
}
LIES = {"Host": "liar.test", "X-Forwarded-Host": "liar.test", "Forwarded": "host=liar.test"}


def site(watched: App, address: str) -> Starlette:
    settings = Settings(state=watched.settings.state, address=address)
    return make_app(App(settings, watched.clock), limit=Limit(watched.clock, burst=1e9))


@pytest.fixture
def there(watched: App, get_of: Callable[[Starlette], Get]) -> Get:
    """A site whose address is set."""
    return get_of(site(watched, HERE))


@pytest.mark.parametrize("address", ["", HERE])
def test_what_a_client_calls_the_site_is_repeated_nowhere(
    watched: App, get_of: Callable[[Starlette], Get], address: str
) -> None:
    web = site(watched, address)
    get = get_of(web)
    web.state.stream.end()  # else that answer has no end
    paths = [route.path for route in web.routes if isinstance(route, Route)]
    filled = [re.sub(r"{(\w+)}", lambda found: GIVEN[found[1]], path) for path in paths]
    assert len(filled) > 35
    for path in (*filled, "/nowhere", "/history?kind=none", "/providers/", "/labels/hds/?lang=en"):
        answer = get(path, headers=LIES)
        told = answer.text + str(answer.headers)
        assert not {"liar.test", "pages.test"} & set(re.findall(r"[a-z]+\.test", told)), path


def test_a_page_is_cited_by_the_set_address_in_every_language(there: Get) -> None:
    text = there("/labels/hds?on=2026-01-15&lang=en").text
    links = dict(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]*)"', text))
    page = f"{HERE}/labels/hds"
    assert f'<link rel="canonical" href="{page}">' in text
    assert f'<meta property="og:url" content="{page}">' in text
    assert links == {
        "fr": f"{page}?on=2026-01-15&amp;lang=fr",
        "en": f"{page}?on=2026-01-15&amp;lang=en",
        "x-default": f"{page}?on=2026-01-15",
    }


def test_feeds_calendars_and_the_document_of_the_api_cite_it(there: Get) -> None:
    feed = there("/history.atom?q=cloud&lang=en").text
    assert re.findall(r'href="([^"]*)"', feed)
    assert all(link.startswith(f"{HERE}/") for link in re.findall(r'href="([^"]*)"', feed))
    [end] = Calendar.from_ical(there("/providers/s3ns/expiries.ics").content).walk("VEVENT")
    assert end["url"] == f"{HERE}/providers/s3ns"
    assert there("/api/v1/openapi.json").json()["servers"] == [{"url": f"{HERE}/api/v1"}]


def test_without_a_set_address_links_lead_from_where_they_were_read(get: Get) -> None:
    text = get("/labels/hds").text
    assert 'rel="canonical"' not in text
    assert "og:url" not in text
    feed = get("/feed.atom").text
    assert all(link.startswith("/") for link in re.findall(r'href="([^"]*)"', feed))
    assert "URL:" not in get("/providers/s3ns/expiries.ics").text
    assert get("/api/v1/openapi.json").json()["servers"] == [{"url": "/api/v1"}]


def test_whoever_starts_the_watch_without_an_address_is_told(
    watched: App, caplog: pytest.LogCaptureFixture
) -> None:
    for address, told in (("", 1), (HERE, 0)):
        caplog.clear()
        pages = Pages(App(Settings(state=watched.settings.state, port=0, address=address), watched.clock))
        pages.start()
        pages.stop()
        assert sum("VIGILABEL_ADDRESS is not set" in one.message for one in caplog.records) == told


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/providers/", "/providers"),
        ("/labels/hds/?lang=en", "/labels/hds?lang=en"),
        ("//providers", "/providers"),
        ("/providers/s3ns/feed.atom/", "/providers/s3ns/feed.atom"),
    ],
)
def test_a_slash_too_many_is_taken_off(get: Get, path: str, there: str) -> None:
    answer = get(f"http://pages.test{path}", headers=LIES)
    assert (answer.status_code, answer.headers["location"]) == (307, there)


@pytest.mark.parametrize("path", ["//evil.test/", "//evil.test/providers/..", "/nowhere/", "//evil.test"])
def test_no_path_leads_to_another_host(get: Get, path: str) -> None:
    answer = get(f"http://pages.test{path}")
    assert answer.status_code == 404
    assert not re.findall(r'(?:href|content|action)="(?:https?:)?//', answer.text)


@pytest.mark.parametrize(
    "address", ["labels.example.org", "https://", "https:///x", "https://x.test/?a=b", "ftp://x.test"]
)
def test_an_address_that_is_none_is_refused(address: str, monkeypatch: Any, tmp_path: Any) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIGILABEL_ADDRESS", address)
    with pytest.raises(BadSettings, match="expected an address such as"):
        load_settings()
