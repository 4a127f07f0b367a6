"""What stands before every answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from watcher.app import App
from watcher.web.app import make_app
from watcher.web.edge.guards import MOST_CLIENTS, Limit

Get = Callable[..., httpx.Response]


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/api/v1/labels", "/feed.atom", "/static/mark.svg", "/healthz"]
)
def test_every_answer_carries_what_protects_readers(get: Get, path: str) -> None:
    headers = get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


def test_a_fault_is_said_plainly_and_protected_too(watched: App, get_of: Callable[[Starlette], Get]) -> None:
    def broken(request: Request) -> Response:
        raise ZeroDivisionError("secret detail")

    answer = get_of(make_app(watched, [Route("/broken", broken)]))("/broken")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/api/v1/labels", "/feed.atom", "/expiries.ics", "/history.csv"])
def test_programs_of_other_origins_may_read_data(get: Get, path: str) -> None:
    assert get(path).headers["access-control-allow-origin"] == "*"


def test_pages_are_for_their_own_origin(get: Get) -> None:
    assert "access-control-allow-origin" not in get("/").headers


def test_a_browser_may_ask_beforehand_whether_it_may_read(get: Get) -> None:
    asked = {"Origin": "https://other.test", "Access-Control-Request-Method": "GET"}
    answer = get("/api/v1/labels", "OPTIONS", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"


def test_a_client_that_asks_too_much_waits_and_others_do_not(
    watched: App, clock: Any, get_of: Callable[[Starlette], Get]
) -> None:
    get = get_of(make_app(watched, limit=Limit(clock, burst=3, per_second=1)))
    assert [get("/was").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = get("/api/v1/labels")
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["content-type"] == "application/problem+json"
    assert get("/healthz").status_code == 200
    clock.now += timedelta(seconds=2)
    assert get("/was").status_code == 200


def test_only_the_last_clients_are_remembered() -> None:
    now = datetime(2026, 3, 4, tzinfo=UTC)
    limit = Limit(lambda: now, burst=1, per_second=1)
    assert [limit.wait("first"), limit.wait("first") > 0] == [0, True]
    for number in range(MOST_CLIENTS):
        limit.wait(str(number))
    assert limit.wait("first") == 0


def test_a_clock_that_goes_back_locks_nobody_out() -> None:
    now = [datetime(2026, 3, 4, tzinfo=UTC)]
    limit = Limit(lambda: now[0], burst=2, per_second=1)
    limit.wait("a")
    now[0] -= timedelta(days=1)
    assert limit.wait("a") == 0


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_are_read_only(get: Get, method: str) -> None:
    answer = get("/history", method)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
