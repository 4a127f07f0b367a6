"""What machines ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from state import outbox, runs
from state.model import Subscription
from state.subscriptions import subscribe
from watcher.app import App
from watcher.settings import Settings, SourceSettings
from watcher.web.app import make_app

Get = Callable[..., httpx.Response]
OTHERS = ("anssi-pending", "ans-hds", "tl-fr")


@pytest.fixture
def one_source(watched: App) -> App:
    disabled = {name: SourceSettings(enabled=False) for name in OTHERS}
    return App(Settings(state=watched.settings.state, sources=disabled), watched.clock)


def test_a_fresh_watch_is_ready(one_source: App, get_of: Callable[[Starlette], Get]) -> None:
    answer = get_of(make_app(one_source))("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")


def test_a_source_that_was_never_read_makes_the_watch_not_ready(get: Get) -> None:
    answer = get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["source ans-hds"] == {"ok": False, "last_good": None}


def test_a_source_that_was_not_read_for_a_day_makes_it_not_ready(
    one_source: App, clock: Any, get_of: Callable[[Starlette], Get]
) -> None:
    clock.now += timedelta(days=2)
    assert get_of(make_app(one_source))("/readyz").json()["checks"]["source anssi-catalogue"]["ok"] is False


def test_a_delivery_that_waits_for_long_makes_it_not_ready(
    one_source: App, clock: Any, get_of: Callable[[Starlette], Get], events: dict[str, int]
) -> None:
    with one_source.open_store() as store:
        wish = subscribe(store, Subscription(id=0, channel="C1", words=("all",), created_at=clock.now))
        run = runs.runs(store)[-1].id
        outbox.owe_events(store, run, [(events["gained s3ns"], "C1", (wish.id,))], clock.now)
    get = get_of(make_app(one_source))
    assert get("/readyz").status_code == 200
    clock.now += timedelta(hours=2)
    assert get("/readyz").json()["checks"]["outbox"]["ok"] is False


def test_a_missing_memory_is_not_ready_and_alive(
    tmp_path: Path, clock: Any, get_of: Callable[[Starlette], Get]
) -> None:
    get = get_of(make_app(App(Settings(state=str(tmp_path / "none.db")), clock)))
    assert (get("/readyz").status_code, get("/healthz").status_code) == (503, 200)


def test_the_numbers_are_those_of_the_memory(get: Get) -> None:
    families = {family.name: family for family in text_string_to_metric_families(get("/metrics").text)}
    holders = {one.labels["label"]: one.value for one in families["vigilabel_holders"].samples}
    assert holders == {"cc": 1.0, "passi": 1.0, "secnumcloud": 3.0}
    looks = {one.labels["source"]: one.value for one in families["vigilabel_source_ok"].samples}
    assert looks == {"anssi-catalogue": 1.0, **dict.fromkeys(OTHERS, 0.0)}
    assert families["vigilabel_outbox_oldest_seconds"].samples[0].value == 0.0


def test_no_check_names_a_channel_or_a_path(one_source: App, get_of: Callable[[Starlette], Get]) -> None:
    get = get_of(make_app(one_source))
    text = get("/readyz").text + get("/metrics").text
    assert one_source.settings.state not in text
