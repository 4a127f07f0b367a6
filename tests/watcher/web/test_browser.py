"""A person's browser on the two real editions: every page, on a phone and on a desk, light and dark.

One memory, one server and one browser serve all of it; a page is loaded once and looked at in each way.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, ViewportSize
from playwright.sync_api import Page as BrowsedPage

from notifiers.given import Secret
from scrapers import SOURCES
from scrapers.source import Source
from state.model import Kind, Page
from state.seen.events import log
from state.seen.taken_back import retractions
from watcher.app import App
from watcher.look.check import look
from watcher.settings import Settings
from watcher.tell.recall import retract
from watcher.web.edge.guards import Limit
from watcher.web.serve import Pages

pytestmark = pytest.mark.browser

EDITIONS = (
    ("catalogue-2025-12-05.pdf", datetime(2025, 12, 5, 18, 30, tzinfo=UTC)),
    ("catalogue-2026-03-04.pdf", datetime(2026, 3, 4, 18, 30, tzinfo=UTC)),
)
FIXTURES = Path(__file__).parents[2] / "fixtures" / "anssi_catalogue"
NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)
LATER = datetime(2027, 6, 1, 9, tzinfo=UTC)
"""A day on which many rows are past their printed end, told and shown as such."""
HOSTS = Path(__file__).parents[2] / "fixtures" / "ans_hds" / "guess-table" / "index.html"
WAITING = Path(__file__).parents[2] / "contracts" / "pages" / "pending-after.html"
KINDS = {".pdf": "application/pdf", ".html": "text/html; charset=utf-8"}
PATHS = (
    "/", "/expiries", "/providers", "/providers/s3ns", "/providers/ovhcloud", "/providers/thales-dis",
    "/labels", "/labels/secnumcloud", "/labels/cc", "/labels/hds", "/labels/passi?on=2026-01-15", "/history",
    "/history?label=passi&kind=lost", "/history?q=nothing+like+this", "/sources", "/was",
    "/history?label=cc", "/history?all=1", "/history?look=2", "/history?kind=expiring", "/editions",
    "/editions/anssi-catalogue/2", "/editions/anssi-catalogue/1?against=2",
    "/labels/hds?scope=3&version=v2.0&sort=end&page=2", "/labels/hds?letter=O",
    "/labels/cc?provider=thales-dis", "/labels/secnumcloud+hds", "/labels/secnumcloud+hds?on=2026-01-15",
    "/was/ovhcloud/secnumcloud+hds/2026-03-04", "/expiries?label=secnumcloud%2Bhds",
    "/race", "/race?p=outscale&p=ovh&p=scalewey&p=thales&p=aws", "/providers/aws",
    "/providers/bleu", "/providers/numspot", "/providers?letter=O", "/expiries?label=hds&month=2027-06",
    "/was?provider=nobody+here&label=hds&on=2026-01-01", "/was/s3ns/secnumcloud/2026-01-15",
    "/was/numspot/secnumcloud/2026-03-04", "/was/s3ns/hds/2026-03-04", "/search", "/search?q=thales",
    "/search?q=nunspot", "/search?q=2057", "/search?q=card&in=services", "/search?q=hds", "/nowhere",
)  # fmt: skip
LOST = ("/was?provider=nobody+here&label=hds&on=2026-01-01", "/nowhere")
"""Addresses that answer that there is nothing."""
PICTURES = {
    "home": "/", "provider": "/providers/s3ns", "label": "/labels/secnumcloud", "history": "/history",
    "sources": "/sources", "question": "/was/s3ns/secnumcloud/2026-01-15",
}  # fmt: skip
SCREENS = {"desk": (1280, 900), "tablet": (768, 1024), "phone": (390, 844), "watch": (320, 640)}
SEEN_AS: tuple[tuple[str, Literal["light", "dark"]], ...] = (("desk", "light"), ("phone", "dark"))
"""Each screen with the scheme it is looked at in: both layouts, both palettes."""
AXE_RUN = """axe.run({resultTypes: ['violations']}).then(found => found.violations.map(
    one => one.id + ': ' + one.nodes[0].html.slice(0, 200)))"""

HIGHEST = 12_000
"""Pixels of a page that a thumb still scrolls through."""
OVERLAPS = """(() => {
    const boxed = '.chip, .tag, .left, .sign, .state, .button, button, input, select';
    const shown = one => one.checkVisibility({visibilityProperty: true})
        && !one.closest('.sr, svg, .skip, thead');
    const texts = [...document.querySelectorAll('header *, main *, footer *')].filter(one => shown(one)
        && (one.matches(boxed) || [...one.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())));
    const rects = texts.flatMap(one => {
        if (one.matches(boxed)) return [[one, one.getBoundingClientRect()]];
        return [...one.childNodes].filter(n => n.nodeType === 3 && n.textContent.trim()).flatMap(n => {
            const range = document.createRange(); range.selectNodeContents(n);
            return [...range.getClientRects()].map(rect => [one, rect]);
        });
    }).filter(([, rect]) => rect.width > 1 && rect.height > 1).sort((a, b) => a[1].top - b[1].top);
    for (let i = 0; i < rects.length; i++) for (let j = i + 1; j < rects.length; j++) {
        const [one, a] = rects[i], [other, b] = rects[j];
        if (b.top >= a.bottom - 4) break;
        if (one.contains(other) || other.contains(one)) continue;
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 3 && high > 4)
            return [one, other].map(each => each.textContent.trim().slice(0, 60)).join(' / ');
    }
    return null;
})()"""
"""The first two texts or chips, none within the other, of which one lies over the other."""

CUT = """[...document.querySelectorAll('td, dd, .side, .tiles li')]
    .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerText.slice(0, 80))[0]"""
"""The first text that does not fit into its place."""


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("browser") / "real.db")


@contextmanager
def served(app: App) -> Iterator[str]:
    """The address of the pages of a watch."""
    pages = Pages(app, limit=Limit(app.clock, burst=1e9))
    pages.start()
    yield f"http://127.0.0.1:{pages.port}"
    pages.stop()


def source(name: str) -> Source:
    return next(source for source in SOURCES if source.name == name)


def seen(app: App, name: str, file: Path, at: datetime) -> None:
    """A look at a source that shows a file."""
    page = Page(url=source(name).url, body=file.read_bytes(), fetched_at=at, content_type=KINDS[file.suffix])
    with app.open_store() as store:
        assert look(source(name), [page], app.watch(store), at).run.believed


@pytest.fixture(scope="session")
def site(memory: str) -> Iterator[str]:
    """The address of the pages on two real editions."""
    app = App(Settings(state=memory, port=0, signing_key=Secret("1f" * 32)), lambda: NOW)
    for name, at in EDITIONS:
        seen(app, "anssi-catalogue", FIXTURES / name, at)
    with app.open_store() as store:
        lost = log.events(store, labels=["passi"], kinds=["lost"], limit=1)[0]
        retract(store, lost.id, "A page was misread.", "U0OPERATOR", NOW)
    with served(app) as address:
        yield address


@pytest.fixture(scope="session")
def later(site: str, memory: str) -> Iterator[str]:
    """The address of the pages more than a year on: hosts and candidates were read too, the catalogue shows
    what it showed, and many ends have passed."""
    state = shutil.copy(memory, f"{memory}.later")
    app = App(Settings(state=str(state), port=0), lambda: LATER)
    seen(app, "ans-hds", HOSTS, NOW)
    seen(app, "anssi-pending", WAITING, NOW)
    for at in (LATER - timedelta(days=200), LATER):  # a clock that leaps over a year is not believed
        seen(app, "anssi-catalogue", FIXTURES / EDITIONS[-1][0], at)
    with served(app) as address:
        yield address


@pytest.fixture(scope="session")
def numbers(site: str, memory: str) -> list[int]:
    """One event of each kind."""
    found: dict[Kind, int] = {}
    with App(Settings(state=memory), lambda: NOW).open_store() as store:
        for event in log.events(store, newest_first=True):
            found.setdefault(event.kind, event.id)
        return [*found.values(), *retractions.retractions(store)]


@pytest.fixture(scope="session")
def axe() -> str:
    return Path(os.environ["AXE_CORE"]).read_text()


def opened(browser: Browser, screen: str, **given: Any) -> BrowserContext:
    return browser.new_context(viewport=size(screen), **given)


def size(screen: str) -> ViewportSize:
    width, height = SCREENS[screen]
    return {"width": width, "height": height}


def barriers(page: BrowsedPage) -> Iterator[str]:
    """What is wrong with the page that is open: for those who cannot see it well, and on small screens."""
    for screen, scheme in SEEN_AS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size(screen))
        yield from (f"{screen}, {scheme}: {one}" for one in page.evaluate(AXE_RUN))
    yield from misplaced(page)


def misplaced(page: BrowsedPage) -> Iterator[str]:
    """What lies over something else, is cut off or has no room on the page that is open, on any screen."""
    for screen in SCREENS:
        page.set_viewport_size(size(screen))
        if (high := page.evaluate("document.documentElement.scrollHeight")) > HIGHEST:
            yield f"{high} pixels high on the screen of a {screen}"
        if over := page.evaluate(OVERLAPS):
            yield f"one over the other on the screen of a {screen}: {over}"
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            yield f"wider than the screen of a {screen}"
        if cut := page.evaluate(CUT):
            yield f"cut off on the screen of a {screen}: {cut}"


def test_no_page_has_a_barrier_or_overflows(
    site: str, browser: Browser, axe: str, numbers: list[int]
) -> None:
    """axe-core is let in past the content security policy; the pages themselves are not."""
    wrong: dict[str, list[str]] = {}
    with opened(browser, "desk", locale="fr-FR", bypass_csp=True, reduced_motion="reduce") as context:
        page = context.new_page()
        for path in (*PATHS, *(f"/events/{number}" for number in numbers)):
            page.goto(site + path)
            page.evaluate(axe)
            wrong[path] = list(barriers(page))
    assert {path: found for path, found in wrong.items() if found} == {}


def test_nothing_lies_over_anything_when_rows_have_expired(later: str, browser: Browser) -> None:
    wrong: dict[str, list[str]] = {}
    with opened(browser, "desk", locale="fr-FR", reduced_motion="reduce") as context:
        page = context.new_page()
        for path in (*PATHS, "/history?kind=expired"):
            page.goto(later + path)
            wrong[path] = list(misplaced(page))
        assert page.locator(".chip", has_text="échéance dépassée").count() > 10
    assert {path: found for path, found in wrong.items() if found} == {}


def test_no_page_asks_anybody_else_or_breaks_its_own_policy(
    site: str, browser: Browser, numbers: list[int]
) -> None:
    strangers: list[str] = []
    said: list[str] = []

    def watch(route: Route) -> None:
        if not route.request.url.startswith((site, "data:")):
            strangers.append(route.request.url)
        route.continue_()

    with opened(browser, "desk", locale="en-GB") as context:
        page = context.new_page()
        page.route("**/*", watch)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        for path in (*(path for path in PATHS if path not in LOST), f"/events/{numbers[0]}"):
            page.goto(site + path)
            assert page.title().endswith("– vigilabel")
        assert context.cookies() == []
    assert (strangers, said) == ([], [])


def test_everything_can_be_read_without_javascript(site: str, browser: Browser) -> None:
    with opened(browser, "phone", java_script_enabled=False, locale="fr-FR") as context:
        page = context.new_page()
        page.goto(site + "/history")
        page.get_by_text("Filtrer, par prestataire").click()
        page.get_by_label("Chercher").fill("s3ns")
        page.get_by_role("button", name="Filtrer").click()
        assert "q=s3ns" in page.url
        page.get_by_role("link", name="S3NS obtient la qualification SecNumCloud").click()
        assert "décision n° 2057 de 2025" in page.locator("main").inner_text().replace("\u00a0", " ")


def test_search_answers_as_one_types_and_the_address_follows(site: str, browser: Browser) -> None:
    with opened(browser, "desk", locale="fr-FR") as context:
        page = context.new_page()
        page.goto(site + "/history")
        page.get_by_text("Filtrer, par prestataire").click()
        page.get_by_label("Chercher").press_sequentially("s3ns")
        page.wait_for_url("**/history?q=s3ns")
        assert page.locator("#results .event").count() == 1


def test_a_keyboard_reaches_the_content_first(site: str, browser: Browser) -> None:
    with opened(browser, "desk", locale="fr-FR") as context:
        page = context.new_page()
        page.goto(site + "/labels/secnumcloud")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
        page.keyboard.press("Enter")
        assert page.url.endswith("#content")


@pytest.mark.parametrize("path", ["/was/s3ns/secnumcloud/2026-01-15", "/was/numspot/secnumcloud/2026-03-04"])
def test_a_statement_prints_on_one_page(site: str, browser: Browser, path: str) -> None:
    import pypdfium2

    with opened(browser, "desk", locale="fr-FR") as context:
        page = context.new_page()
        page.goto(site + path)
        printed = pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True))
        assert len(printed) == 1
        printed.close()


def test_pictures_of_the_pages_are_kept(site: str, browser: Browser) -> None:
    """For eyes: in `.tools/screenshots`, one file for each page and screen."""
    room = Path(__file__).parents[3] / ".tools" / "screenshots"
    room.mkdir(parents=True, exist_ok=True)
    with opened(browser, "desk", locale="fr-FR") as context:
        page = context.new_page()
        for name, path in PICTURES.items():
            page.goto(site + path)
            for screen in ("desk", "phone"):
                page.set_viewport_size(size(screen))
                page.screenshot(path=room / f"{name}-{screen}.png", full_page=True)
                assert (room / f"{name}-{screen}.png").stat().st_size > 10_000
