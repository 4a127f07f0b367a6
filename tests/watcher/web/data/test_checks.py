"""What machines ask."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from toy_register import ToyRegister, page

from scrapers.source import Bounds
from state.codec import instant_text
from state.file.claims import LEASE
from state.file.errors import Away
from state.file.store import Store
from state.owed import outbox
from state.owed.subscriptions import subscribe
from state.seen.looks import runs
from state.seen.who.providers import load_providers
from state.words.post import Subscription
from watcher.app import App
from watcher.ask.archive import Archive
from watcher.ask.watch.watched import health
from watcher.cli import vigilabel
from watcher.look.check import look
from watcher.parts.holding import SOCKET
from watcher.parts.named import SLACK, WATCH, WEB
from watcher.said.condition import source_item
from watcher.said.told import hearer
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
    assert answer.json()["checks"]["source ans-hds"] == {
        "ok": False,
        "state": "never",
        "last_good": None,
    }


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


HALF = """edition 2026-03-05
secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS+PaaS
cc | Thales DIS | Card, one; two | 2020_12 | 2020-01-01 | 2030-01-01
"""
STRICT = ToyRegister(bounds={"secnumcloud": Bounds(floor=3)})
WHOLE = """edition 2026-03-05
secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS+PaaS
secnumcloud | Outscale | IaaS Cloud on Demand | 2023_2118 | 2023-11-30 | 2026-11-30 | scope=IaaS
secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17
cc | Thales DIS | Card, one; two | 2020_12 | 2020-01-01 | 2030-01-01
"""
IN_PART = f"{WHOLE}? passi | 2024_7 | -\n"


@pytest.mark.parametrize(
    ("text", "later", "word", "said"),
    [
        (HALF, 0, "doubtful", "douteuse"),
        (IN_PART, 0, "doubtful", "douteuse"),
        (WHOLE, 2, "stale", "ancienne"),
        (WHOLE, 80, "stale", "ancienne"),
        (WHOLE, 0, "ok", "à jour"),
        ("maintenance", 0, "layout_changed", "forme inconnue"),
    ],
)
def test_every_door_has_the_same_word_for_a_source(
    one_source: App,
    clock: Any,
    get_of: Callable[[Starlette], Get],
    text: str,
    later: int,
    word: str,
    said: str,
) -> None:
    with one_source.open_store() as store:
        look(STRICT, [page(text, clock.now)], one_source.watch(store), clock.now)
    clock.now += timedelta(days=later)
    get = get_of(make_app(one_source))

    line = CliRunner().invoke(
        vigilabel,
        ["--state", one_source.settings.state, "--now", clock.now.isoformat(), "sources", "--format", "csv"],
    )
    states = {row["source"]: row["state"] for row in csv.DictReader(io.StringIO(line.stdout))}
    assert states["anssi-catalogue"] == word
    assert get("/api/v1/sources").json()["sources"][0]["state"] == word

    ready = get("/readyz").json()["checks"]["source anssi-catalogue"]
    assert (ready["state"], ready["ok"]) == (word, word == "ok")
    families = {one.name: one.samples for one in text_string_to_metric_families(get("/metrics").text)}
    assert [one.labels["state"] for one in families["vigilabel_source_state"] if one.value] == [word]
    assert families["vigilabel_source_ok"][0].value == float(word == "ok")

    assert re.search(rf'<span class="chip \w+">{said}</span>', get("/sources").text)
    assert (f"» {said} (bonne lecture le" in get("/").text.replace("\xa0", " ")) == (word != "ok")
    with one_source.open_store() as store:
        archive = Archive(
            store=store, providers=load_providers(store), sources=one_source.sources, now=clock.now
        )
        told = source_item(health(archive)[0], hearer("fr"))
    assert f"{said}, lue le" in told[1][0].text or f"{said} depuis le" in told[1][0].text


def test_no_check_names_a_channel_or_a_path(one_source: App, get_of: Callable[[Starlette], Get]) -> None:
    get = get_of(make_app(one_source))
    text = get("/readyz").text + get("/metrics").text
    assert one_source.settings.state not in text


def test_pages_alone_are_ready_and_say_that_nobody_watches_or_delivers(
    one_source: App, clock: Any, get_of: Callable[[Starlette], Get], events: dict[str, int]
) -> None:
    one_source.parts = (WEB,)
    with one_source.open_store() as store:
        wish = subscribe(store, Subscription(id=0, channel="C1", words=("all",), created_at=clock.now))
        run = runs.runs(store)[-1].id
        outbox.owe_events(store, run, [(events["gained s3ns"], "C1", (wish.id,))], clock.now)
    owed = clock.now
    clock.now += timedelta(days=2)
    answer = get_of(make_app(one_source))("/readyz")
    found = answer.json()
    assert (answer.status_code, found["status"], found["here"]) == (200, "ready", ["web"])
    assert [name for name, one in found["checks"].items() if not one["ok"]] == [
        "source anssi-catalogue",
        "outbox",
    ]
    assert found["parts"] == {"web": [], "watch": [], "deliver": [], "slack": []}
    assert (found["overdue"], found["oldest"]) == (["anssi-catalogue"], instant_text(owed))


def test_who_runs_what_is_told_by_machine_and_process(
    one_source: App, clock: Any, get_of: Callable[[Starlette], Get]
) -> None:
    there = App(one_source.settings, clock)
    there.owner = "worker-1:4711:a-b"
    with one_source.holding.present((WEB,)), there.holding.present((WATCH, SLACK)):
        assert there.holding.take(SOCKET)
        found = get_of(make_app(one_source))("/readyz").json()
        here = {**found["parts"]["web"][0]}
        assert here["process"] == os.getpid()
        told = {"machine": "worker-1", "process": 4711, "until": instant_text(clock.now + LEASE)}
        assert found["parts"] == {"web": [here], "watch": [told], "deliver": [], "slack": [told]}
        assert found["held"] == {"socket": told, "upkeep": None}
        clock.now += LEASE
        later = get_of(make_app(one_source))("/readyz").json()
        assert later["parts"]["watch"] == [], "it fell silent"
    assert get_of(make_app(one_source))("/readyz").json()["parts"]["web"] == []


def test_a_memory_that_hangs_is_told_in_time_and_by_one_thread(
    one_source: App, get_of: Callable[[Starlette], Get], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.web.data.checks.SOON", 0.05)
    get, wait, asked = get_of(make_app(one_source)), Event(), list[bool]()
    opens = one_source.open_store

    def hung(*, create: bool = True) -> Store:
        asked.append(create)
        assert wait.wait(60)
        return opens(create=create)

    monkeypatch.setattr(one_source, "open_store", hung)
    for _ in range(3):
        answer = get("/readyz")
        assert (answer.status_code, answer.json()["reason"]) == (503, "slow")
        assert get("/healthz").status_code == 200
    assert len(asked) == 1
    monkeypatch.setattr("watcher.web.data.checks.SOON", 60)
    wait.set()
    assert get("/readyz").status_code == 200


@pytest.mark.parametrize(("parts", "status"), [((WEB,), 200), ((WEB, WATCH), 503)])
def test_a_memory_that_only_reads_is_enough_for_pages_alone(
    one_source: App,
    get_of: Callable[[Starlette], Get],
    monkeypatch: pytest.MonkeyPatch,
    parts: tuple[str, ...],
    status: int,
) -> None:
    opens = one_source.open_store

    def quiet(*, create: bool = True) -> Store:
        store = opens(create=create)
        store.read_only()
        return store

    one_source.parts = parts
    monkeypatch.setattr(one_source, "open_store", quiet)
    answer = get_of(make_app(one_source))("/readyz")
    told = answer.json()["checks"]["database"]
    assert answer.status_code == status
    assert told == ({"ok": True} if status == 200 else {"ok": False, "why": "ReadOnly"})
    assert answer.json()["reason"] == (None if status == 200 else "memory")


def test_a_memory_that_is_away_is_told_with_its_reason(
    one_source: App, get_of: Callable[[Starlette], Get], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*, create: bool = True) -> Store:
        raise Away("the server does not answer")

    get = get_of(make_app(one_source))
    with monkeypatch.context() as patched:
        patched.setattr(one_source, "open_store", away)
        answer = get("/readyz")
        assert (answer.status_code, answer.json()["reason"]) == (503, "away")
        page = get("/providers?lang=fr")
        assert (page.status_code, page.headers["retry-after"]) == (503, "10")
        assert "injoignable" in page.text
    assert (get("/readyz").status_code, get("/providers").status_code) == (200, 200)
