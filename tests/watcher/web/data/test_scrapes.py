"""The one address that does something."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import schemathesis
from starlette.applications import Starlette
from toy_register import ToyRegister, page

from scrapers.source import Get as Fetch
from scrapers.source import Source
from state.file.store import Store
from state.model import Page
from watcher.app import App
from watcher.errors import BadSettings
from watcher.settings import Settings, load_settings
from watcher.web.app import make_app
from watcher.web.data.openapi import document

Get = Callable[..., httpx.Response]
TOKEN = "correct horse"
HASH = hashlib.sha256(TOKEN.encode()).hexdigest()
THIRD = "edition 2026-03-20\nsecnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24\n"


class Loopback(App):
    """The program with a toy register in place of a network."""

    asked = 0

    @property
    def sources(self) -> dict[str, Source]:
        return {"anssi-catalogue": ToyRegister()}

    def get(self, source: Source, store: Store) -> Fetch:
        def get(url: str) -> Page:
            self.asked += 1
            return page(THIRD, self.clock(), url)

        return get


@pytest.fixture
def program(watched: App, clock: Any) -> Loopback:
    clock.now = datetime.fromisoformat("2026-03-21T10:00:00+00:00")
    return Loopback(Settings(state=watched.settings.state, api_tokens=(HASH, "0" * 64)), clock)


@pytest.fixture
def post(program: Loopback, get_of: Callable[[Starlette], Get]) -> Callable[..., httpx.Response]:
    get = get_of(make_app(program))

    def post(body: Any = None, token: str | None = f"Bearer {TOKEN}", **given: Any) -> httpx.Response:
        headers = {} if token is None else {"Authorization": token}
        return get("/api/v1/scrapes", "POST", headers=headers, json=body, **given)

    return post


def test_a_look_is_answered_with_what_was_seen(
    program: Loopback, post: Callable[..., httpx.Response]
) -> None:
    answer = post({"source": "anssi-catalogue"})
    assert (answer.status_code, answer.json()["outcome"], program.asked) == (200, "ok", 1)
    assert answer.json()["events"]
    schemathesis.openapi.from_dict(document())["/scrapes"]["POST"].validate_response(answer)


def test_a_second_look_at_once_is_too_early(
    program: Loopback, clock: Any, post: Callable[..., httpx.Response]
) -> None:
    post({"source": "anssi-catalogue"})
    clock.now += timedelta(seconds=30)
    early = post({"source": "anssi-catalogue"})
    assert (early.status_code, early.headers["retry-after"], program.asked) == (429, "570", 1)
    clock.now += timedelta(minutes=10)
    assert (post({"source": "anssi-catalogue"}).status_code, program.asked) == (200, 2)


def test_a_look_under_way_is_not_doubled(program: Loopback, post: Callable[..., httpx.Response]) -> None:
    program.looks.join("anssi-catalogue")
    assert post({"source": "anssi-catalogue"}).status_code == 409
    assert program.asked == 0


@pytest.mark.parametrize(
    "token", [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {HASH}", TOKEN]
)
def test_who_has_no_token_is_refused_before_anything_is_read(
    program: Loopback, post: Callable[..., httpx.Response], token: str | None
) -> None:
    answer = post({"source": "anssi-catalogue"}, token=token)
    assert (answer.status_code, answer.headers["www-authenticate"], program.asked) == (401, "Bearer", 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (None, 400),
        ([], 400),
        ({}, 400),
        ({"source": 1}, 400),
        ({"source": "anssi-catalogue", "url": "http://evil.test"}, 400),
        ({"source": "http://evil.test"}, 404),
        ({"source": "x" * 5000}, 413),
    ],
)
def test_only_a_watched_source_can_be_asked_for(
    program: Loopback, post: Callable[..., httpx.Response], body: Any, status: int
) -> None:
    answer = post(body)
    assert (answer.status_code, program.asked) == (status, 0)
    assert answer.headers["content-type"] == "application/problem+json"


def test_without_tokens_in_the_settings_nobody_is_allowed(get: Get) -> None:
    answer = get("/api/v1/scrapes", "POST", headers={"Authorization": "Bearer "}, json={})
    assert answer.status_code == 401


def test_hashes_of_tokens_are_set_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGILABEL_API_TOKENS", f"{HASH.upper()}, {'0' * 64}")
    assert load_settings().api_tokens == (HASH, "0" * 64)


def test_a_token_in_place_of_its_hash_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGILABEL_API_TOKENS", TOKEN)
    with pytest.raises(BadSettings) as refused:
        load_settings()
    assert "SHA-256" in str(refused.value)
    assert TOKEN not in str(refused.value)
