"""Without open files the watch says so to people, in their language, and goes on when it has some again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import pytest
from toy_register import ToyRegister, page
from want_of_files import no_files_left

from scrapers.source import Get, Unreachable
from state.file.errors import NoFiles
from state.file.store import Store
from state.model import Page, Reason
from state.seen.looks import runs
from watcher.app import App
from watcher.look.check import check
from watcher.look.slots import trigger_of
from watcher.planned import looks, slots
from watcher.planned.slots import check_slot
from watcher.schedule import Schedule
from watcher.slack.doors.door import Door


@dataclass
class Starved:
    """An app whose memory is opened while there are no files, a number of times."""

    app: App
    times: int = 1000

    def __post_init__(self) -> None:
        self.open = self.app.open_store
        self.app.open_store = self.open_store  # type: ignore[method-assign]

    def open_store(self, *, create: bool = True) -> Store:
        self.times -= 1
        if self.times < 0:
            return self.open(create=create)
        with no_files_left():
            return self.open(create=create)


@pytest.mark.parametrize(
    ("lang", "heading"),
    [
        ("fr", "Trop de fichiers et de connexions sont ouverts"),
        ("en", "Too many files and connections are open"),
    ],
)
def test_a_page_says_that_files_are_lacking_and_no_memory_is_broken(
    watched: App, get: Callable[..., httpx.Response], lang: str, heading: str
) -> None:
    starved = Starved(watched)
    answer = get(f"/providers?lang={lang}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert heading in answer.text
    assert get(f"/api/v1/providers?lang={lang}").json()["title"] == heading
    assert get("/readyz").json()["checks"]["database"] == {"ok": False, "why": "NoFiles"}
    starved.times = 0
    assert get("/providers").status_code == 200


def test_slack_says_the_same(watched: App) -> None:
    Starved(watched)
    door = Door(watched)
    form = {"channel_id": "C1", "user_id": "U1", "text": "race", "trigger_id": "T1"}
    assert "trop de fichiers et de connexions ouverts" in str(door.command(form))
    door.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(ToyRegister):
    """Shows one page, or fails for want of sockets, as the library says it: the name was not found."""

    starving: list[bool] = field(default_factory=list)

    def fetch(self, get: Get) -> tuple[Page, ...]:
        if self.starving:
            self.starving.pop()
            raise Unreachable(Reason.of("no_answer", address="x", why="Temporary failure"))
        return super().fetch(get)


def test_a_look_that_found_no_socket_is_nothing_that_the_register_did(watched: App) -> None:
    with watched.open_store() as store:
        before = len(runs.runs(store))
        with no_files_left(), pytest.raises(NoFiles):
            check(
                Register(starving=[True]),
                lambda url: page("", watched.clock()),
                watched.watch(store),
                watched.clock,
            )
        assert len(runs.runs(store)) == before


def test_the_schedule_goes_on_and_its_look_is_made_a_little_later(
    watched: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(slots, "PATIENCE", 0.01)
    looked: list[str] = []
    monkeypatch.setattr(looks, "_look", lambda app, source: looked.append(source.name))
    register = ToyRegister()
    watched.__dict__["sources"] = {register.name: register}
    starved = Starved(watched, times=2)
    with caplog.at_level(logging.WARNING):
        slots.patiently(watched, check_slot, watched, register, trigger_of(register))
    assert looked == [register.name]
    assert [record.getMessage()[:35] for record in caplog.records] == [
        "the system lets this process open n"
    ] * 2
    starved.times = 1
    jobs = Schedule(watched)
    jobs._guarded(lambda: watched.open_store().close())
    assert not watched.stopping.is_set()
    jobs._jobs.start(paused=True)
    jobs.stop()


def test_a_slot_that_is_claimed_is_looked_at_once_there_are_files(
    watched: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "PATIENCE", 0.01)
    asked: list[str] = []

    def look(app: App, source: ToyRegister) -> None:
        asked.append(source.name)
        if len(asked) < 3:
            raise NoFiles("none")

    monkeypatch.setattr(looks, "_look", look)
    register = ToyRegister()
    check_slot(watched, register, trigger_of(register))
    check_slot(watched, register, trigger_of(register))
    assert len(asked) == 3
