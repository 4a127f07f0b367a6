"""The bundle of the night, as the pages give it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from zipfile import ZipFile

import httpx
import pytest
from postgres_server import Server
from starlette.applications import Starlette
from toy_register import ToyRegister, page

from state.seen.who.providers import load_providers
from watcher.app import App
from watcher.look.check import look
from watcher.look.record import Watch
from watcher.parts.named import WATCH, WEB
from watcher.schedule import Schedule
from watcher.settings import Settings
from watcher.upkeep import nightly
from watcher.web.app import make_app

Get = Callable[..., httpx.Response]
NOW = datetime(2026, 3, 5, 8, tzinfo=UTC)
PAGE = "edition 2026-03-05\nsecnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
SERVED = "postgresql://me@db.test/watch"
THERE = "/data/latest.zip"


def test_before_the_first_night_there_is_none_and_no_page_leads_there(get: Get) -> None:
    answer = get(THERE, headers={"Accept-Language": "fr"})
    assert (answer.status_code, answer.json()["title"]) == (404, "Le paquet n’est pas encore fait")
    assert THERE not in get("/sources").text


def test_it_is_a_file_that_caches_can_keep_and_ask_about(get: Get, watched: App) -> None:
    assert nightly(watched)
    answer = get(THERE)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert ZipFile(io.BytesIO(answer.content)).testzip() is None
    tag, written = answer.headers["etag"], answer.headers["last-modified"]
    assert get(THERE, headers={"If-None-Match": tag}).status_code == 304
    assert get(THERE, headers={"If-Modified-Since": written}).status_code == 304
    assert get(THERE, headers={"If-None-Match": '"another"', "If-Modified-Since": written}).status_code == 200
    assert get(THERE, headers={"If-Modified-Since": "yesterday"}).status_code == 200
    assert THERE in get("/sources").text


def test_it_takes_no_part_of_an_address(get: Get, watched: App) -> None:
    nightly(watched)
    assert get(f"{THERE}?file=/etc/passwd").status_code == 400


def test_of_a_memory_in_a_server_each_process_that_serves_pages_has_its_own(
    postgres: Server, get_of: Callable[[Starlette], Get], clock: Callable[[], datetime]
) -> None:
    state = postgres.memory()
    try:
        here, there = (App(Settings(state=state), clock) for _ in range(2))
        assert not nightly(here), "before the first look there is nothing to give"
        with here.open_store() as store:
            watch = Watch(store=store, providers=load_providers(store))
            look(ToyRegister(), (page(PAGE, NOW),), watch, NOW)
        assert nightly(here)
        assert not nightly(here), "it is of today"
        found = get_of(make_app(here))(THERE)
        with ZipFile(io.BytesIO(found.content)) as bundle:
            assert b"OVH" in bundle.read("csv/listed_now.csv")
        assert get_of(make_app(there))(THERE).status_code == 404
        assert here.bundle is not None
        assert here.bundle.parent.stat().st_mode & 0o077 == 0
    finally:
        postgres.done(state)


@pytest.mark.parametrize(
    ("state", "part", "makes"),
    [("w.db", WATCH, True), ("w.db", WEB, False), (SERVED, WATCH, False), (SERVED, WEB, True)],
)
def test_who_makes_it(clock: Callable[[], datetime], state: str, part: str, makes: bool) -> None:
    app = App(Settings(state=state), clock)
    app.__dict__["sources"] = {}
    jobs = {job.id for job in Schedule(app, parts=[part])._jobs.get_jobs()}
    assert ("bundle" in jobs) is makes
