"""A page that is open says that there is more, and loads nothing by itself."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from processes import soon

from state.seen.events import log
from watcher.app import App
from watcher.settings import Settings
from watcher.tell.recall import retract
from watcher.web.edge.guards import Limit
from watcher.web.serve import Pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as BrowsedPage

pytestmark = pytest.mark.browser
Read = Callable[[str, str], None]
HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
    document.dispatchEvent(new Event('visibilitychange'));
}"""
OFFER = ".news a"


@pytest.fixture
def address(watched: App) -> Iterator[str]:
    given = Settings(state=watched.settings.state, port=0)
    pages = Pages(App(given, watched.clock), limit=Limit(watched.clock, burst=1e9))
    pages.start()
    yield f"http://127.0.0.1:{pages.port}"
    pages.stop()


@contextmanager
def opened(browser: Browser, url: str, **given: Any) -> Iterator[BrowsedPage]:
    """A page somebody looks at, which said nothing on its console."""
    context = browser.new_context(locale="fr-FR", **given)
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(url)
    yield page
    context.close()
    assert said == []


def listeners() -> int:
    return sum(one.name == "live" for one in threading.enumerate())


@pytest.mark.parametrize("path", ["/", "/history", "/providers/outscale", "/labels/secnumcloud"])
def test_a_page_offers_what_came_since_and_shows_it_when_asked(
    browser: Browser, address: str, read: Read, path: str
) -> None:
    with opened(browser, address + path) as page:
        before = page.inner_text("main")
        assert page.locator(OFFER).count() == 0
        read("2026-11-30", "2027-11-30")
        page.wait_for_selector(OFFER)
        assert page.inner_text(OFFER) == "1\u00a0nouvel événement – afficher"
        assert page.inner_text("main").replace(page.inner_text(OFFER), "").split() == before.split()
        assert page.locator(".news").get_attribute("aria-live") == "polite"
        read("2027-11-30", "2028-11-30")
        page.locator(OFFER, has_text="2\u00a0nouveaux").wait_for()
        with page.expect_navigation():
            page.click(OFFER)
        assert page.locator(OFFER).count() == 0
        assert page.url == address + path
        assert page.inner_text("main").split() != before.split()


def test_a_page_hears_of_what_its_filter_lets_through_also_when_that_changes(
    browser: Browser, address: str, read: Read
) -> None:
    with opened(browser, address + "/history?label=passi") as page:
        read("2026-11-30", "2027-11-30")
        read("2027-02-01", "2028-02-01")
        page.wait_for_selector(OFFER)
        assert page.inner_text(OFFER).startswith("1\u00a0")
        page.select_option("#label", "secnumcloud")
        page.wait_for_url("**/history?label=secnumcloud")
        page.locator(OFFER).wait_for(state="detached")
        read("2027-11-30", "2028-11-30")
        page.wait_for_selector(OFFER)
        with page.expect_navigation():
            page.click(OFFER)
        assert page.url == f"{address}/history?label=secnumcloud"


def test_a_page_in_the_background_holds_no_connection_and_misses_nothing(
    browser: Browser, address: str, read: Read
) -> None:
    with opened(browser, address + "/") as page:
        soon(lambda: listeners() == 1)
        page.evaluate(HIDE, True)
        soon(lambda: listeners() == 0)
        read("2026-11-30", "2027-11-30")
        page.evaluate(HIDE, False)
        page.wait_for_selector(OFFER)
        assert page.inner_text(OFFER).startswith("1\u00a0")


def test_an_event_that_is_taken_back_is_offered_as_such(browser: Browser, address: str, watched: App) -> None:
    with opened(browser, address + "/") as page:
        with watched.open_store() as store:
            retract(store, log.next_event(store) - 1, "an error of print", "op", watched.clock())
        page.wait_for_selector(OFFER)
        assert page.inner_text(OFFER) == "Un événement a été retiré – afficher"


def test_without_scripts_nothing_is_there_and_nobody_listens(
    browser: Browser, address: str, read: Read
) -> None:
    with opened(browser, address + "/history", java_script_enabled=False) as page:
        read("2026-11-30", "2027-11-30")
        assert page.locator(OFFER).count() == 0
        assert page.locator(".news").bounding_box()["height"] == 0  # type: ignore[index]
        assert listeners() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_offer_is_a_barrier_to_nobody_and_moves_nothing(
    browser: Browser, address: str, read: Read, scheme: str
) -> None:
    with opened(browser, address + "/", color_scheme=scheme) as page:
        before = page.locator("h1").bounding_box()
        read("2026-11-30", "2027-11-30")
        page.wait_for_selector(OFFER)
        page.evaluate(Path(os.environ["AXE_CORE"]).read_text())
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        assert [one["id"] for one in found["violations"]] == []
        assert page.locator("h1").bounding_box() == before


def test_pages_of_the_past_offer_nothing(browser: Browser, address: str) -> None:
    for path in ("/history?before=5", "/history?look=2", "/labels/passi?on=2026-01-15"):
        with opened(browser, address + path) as page:
            assert page.locator(".news").count() == 0
