"""A small watched world behind the pages, and a way to ask them without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from toy_register import ToyRegister, page

from state.file.opening import open_store
from watcher.app import App
from watcher.look.check import look
from watcher.settings import Settings
from watcher.web.app import make_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FIRST = """edition 2025-12-05
secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS
secnumcloud | Outscale | IaaS Cloud on Demand | 2023_2118 | 2023-11-30 | 2026-11-30 | scope=IaaS
passi | Devoteam | - | 2023_77 | 2023-02-01 | 2026-02-01
passi | <script>alert(1)</script> & Söhne | =HYPERLINK("http://evil.test") | 2024_1 | 2024-01-01 | 2027-01-01
cc | Thales DIS | Card, one; two | 2020_12 | 2020-01-01 | 2030-01-01
"""
SECOND = """edition 2026-03-04
secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS+PaaS
secnumcloud | Outscale | IaaS Cloud on Demand | 2023_2118 | 2023-11-30 | 2026-11-30 | scope=IaaS
secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17
passi | <script>alert(1)</script> & Söhne | =HYPERLINK("http://evil.test") | 2024_1 | 2024-01-01 | 2027-02-01
cc | Thales DIS | Card, one; two | 2020_12 | 2020-01-01 | 2030-01-01
"""
ARGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)
Get = Callable[..., httpx.Response]


class Clock:
    """The time it is for the pages; a test may set it."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def two_editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory in which two editions were read, made once: each test has a copy."""
    app = App(Settings(state=str(tmp_path_factory.mktemp("web") / "web.db")), Clock())
    with app.open_store() as store:
        for text, at in (
            (FIRST, datetime(2025, 12, 5, 18, tzinfo=UTC)),
            (SECOND, datetime(2026, 3, 4, 18, tzinfo=UTC)),
        ):
            look(ToyRegister(), [page(text, at)], app.watch(store), at)
    return Path(app.settings.state)


@pytest.fixture
def watched(two_editions: Path, tmp_path: Path, clock: Clock) -> App:
    """A memory in which two editions were read."""
    return App(Settings(state=str(shutil.copy(two_editions, tmp_path))), clock)


@pytest.fixture
def web(watched: App) -> Starlette:
    return make_app(watched)


def asking(web: Starlette) -> Get:
    """A function that asks `web` and returns the answer."""

    def ask(path: str, method: str = "GET", **given: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(web, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://pages.test") as client:
                return await client.request(method, path, **given)

        return anyio.run(once)

    return ask


@pytest.fixture
def get(web: Starlette) -> Get:
    return asking(web)


@pytest.fixture
def get_of() -> Callable[[Starlette], Get]:
    """For tests that put another program together."""
    return asking


@pytest.fixture
def events(watched: App) -> dict[str, int]:
    """The numbers of the events of the second edition, by kind and provider: `gained s3ns`."""
    from state.seen.events import log

    with open_store(watched.settings.state) as store:
        found = log.events(store, causes=["register"])
    return {f"{event.kind} {event.provider.slug}": event.id for event in found}


@pytest.fixture
def read(watched: App, clock: Clock) -> Callable[[str, str], None]:
    """Reads one more edition of the catalogue: the rows of the last one, some text in them replaced."""
    shown = SECOND

    def look_at(old: str, new: str) -> None:
        nonlocal shown
        clock.now += timedelta(days=1)
        assert old in shown
        shown = shown.replace(old, new)
        text = shown.replace("edition 2026-03-04", f"edition {clock.now:%Y-%m-%d}")
        with watched.open_store() as store:
            look(ToyRegister(), [page(text, clock.now)], watched.watch(store), clock.now)

    return look_at


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for all tests that are marked so: Playwright does not begin twice in a thread."""
    from playwright.sync_api import sync_playwright  # of the tests marked so alone

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=ARGS)
        yield chromium
        chromium.close()
