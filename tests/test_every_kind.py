"""An event of every kind and cause can be kept, and told at every door: none is a fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count, product

import anyio
import httpx
import pytest
from click.testing import CliRunner
from every_event import every_case
from toy_register import ToyRegister, page

from state.model import Cause, ClockDoubt, Event, Kind, Outcome, Weight
from state.seen.events import log
from state.seen.looks import runs
from watcher.app import App
from watcher.cli import vigilabel
from watcher.look.check import look
from watcher.settings import Settings
from watcher.web.app import make_app

EDITION = """edition 2026-03-04
secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17
"""
PAGES = ("/history", "/history.csv", "/history.json", "/feed.atom", "/history.atom", "/", "/metrics")
OF_ONE = ("/events/{0}", "/events/{0}?lang=en", "/api/v1/events/{0}")


def every_event() -> list[Event]:
    """The approved case of each kind, by each cause, with each weight it may have."""
    told = [replace(case, cause=cause) for case, cause in product(every_case().values(), Cause)]
    weights = [replace(told[0], weight=weight) for weight in Weight]
    return [replace(event, id=100 + n) for n, event in enumerate([*told, *weights])]


EVENTS = every_event()


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> App:
    """A memory in which every kind of event was recorded."""
    at = EVENTS[0].seen_at
    app = App(Settings(state=str(tmp_path_factory.mktemp("kinds") / "kinds.db")), lambda: at)
    with app.open_store() as store:
        run = look(ToyRegister(), [page(EDITION, at)], app.watch(store), at).run
        kept = [replace(one, evidence=replace(one.evidence, snapshot=run.snapshot or 0)) for one in EVENTS]
        log.append(store, run.id, kept)
    return app


@pytest.fixture(scope="module")
def get(memory: App) -> Callable[[str], httpx.Response]:
    web, readers = make_app(memory), count()

    def ask(path: str) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(
                web, raise_app_exceptions=False, client=(f"10.0.0.{next(readers)}", 1)
            )
            async with httpx.AsyncClient(transport=transport, base_url="http://pages.test") as client:
                return await client.get(path)

        return anyio.run(once)

    return ask


def test_every_kind_and_cause_is_among_them() -> None:
    assert {(one.kind, one.cause) for one in EVENTS} == set(product(Kind, Cause))


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_many_events_fails(get: Callable[[str], httpx.Response], path: str, lang: str) -> None:
    assert get(f"{path}?lang={lang}" if path != "/metrics" else path).status_code == 200


@pytest.mark.parametrize("event", EVENTS, ids=lambda one: f"{one.kind}-{one.cause}-{one.id}")
def test_no_page_of_one_event_fails(get: Callable[[str], httpx.Response], event: Event) -> None:
    for path in OF_ONE:
        answer = get(path.format(event.id))
        assert answer.status_code == 200, (path, answer.text[:200])


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_can_be_asked_for_at_every_door(
    memory: App, get: Callable[[str], httpx.Response], kind: Kind
) -> None:
    assert get(f"/history?kind={kind}").status_code == 200
    listed = get(f"/api/v1/events?kind={kind}").json()["events"]
    asked = ["--state", memory.settings.state, "history", "--kind", kind, "--format"]
    for form in ("table", "csv"):
        assert CliRunner().invoke(vigilabel, [*asked, form]).exit_code == 0
    printed = json.loads(CliRunner().invoke(vigilabel, [*asked, "json"]).stdout)
    assert {one["id"] for one in listed} <= {one["id"] for one in printed if one["kind"] == kind}
    assert listed


def test_every_outcome_and_doubt_can_be_kept(memory: App) -> None:
    with memory.open_store() as store:
        first = runs.run(store, 1)
        for outcome, doubt in product(Outcome, [None, *ClockDoubt]):
            clock = replace(first.clock, doubt=doubt)
            one = replace(first, id=runs.next_run(store), outcome=outcome, clock=clock)
            runs.record(store, one)
            assert runs.run(store, one.id) == one
