"""A look that somebody asks for: shared, told when it is done, and never done too often."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from fake_people import People, said
from toy_register import ToyRegister, day, page

from scrapers.source import Get
from state.file import claims
from state.file.errors import Failed
from state.model import Page
from watcher.errors import Stopped
from watcher.planned.looks import LONGEST
from watcher.slack.acts import scraping
from watcher.slack.doors.door import Door


class Broken(Failed):
    """A memory that cannot be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow(ToyRegister):
    """A register that answers when the test says so; `looks` counts how often it was asked."""

    looks: list[str] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)
    faults: list[Exception] = field(default_factory=list)

    def fetch(self, get: Get) -> tuple[Page, ...]:
        self.looks.append(self.url)
        assert self.open.wait(60)
        if self.faults:
            raise self.faults.pop()
        text = "edition 2026-03-09\nhds | Nouvel Hébergeur | - | 1-1 | 2025-09-12 | 2028-09-11"
        return (page(text, day("2026-03-09")),)


@pytest.fixture
def register(door: Door) -> Iterator[Slow]:
    register = Slow()
    door.desk.app.__dict__["sources"] = {register.name: register}
    yield register
    register.open.set()


def ask(people: People, user: str) -> tuple[str, str]:
    form = people.form("scrape anssi-catalogue", user=user)
    return said(people.way.give("slash_commands", form)), form["response_url"]


def test_two_who_ask_at_once_share_one_look_and_both_hear(people: People, register: Slow) -> None:
    first, one = ask(people, "U1")
    second, other = ask(people, "U2")
    assert "Lecture en cours" in first
    assert "déjà en cours" in second
    register.open.set()
    for url in (one, other):
        told = people.answers(url)[-1]
        assert told["replace_original"] is True
        assert "Nouvel Hébergeur est désormais listé" in said(told)
        # What was told comes first, in the message and on the lock screen.
        assert "Annoncé à ceux qui le suivent" in told["text"]
    assert len(register.looks) == 1


def test_a_long_look_says_that_it_goes_on(
    team: People, register: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scraping, "PATIENCE", (0.01, 0.02))
    _, url = ask(team, "U1")
    assert "Toujours en cours" in said(team.answers(url, 2)[1])
    register.open.set()
    assert "Nouvel Hébergeur" in said(team.answers(url, 3)[2])


def test_a_register_read_a_minute_ago_is_left_alone(
    team: People, register: Slow, time: Callable[[], object]
) -> None:
    register.open.set()
    _, url = ask(team, "U1")
    team.answers(url)
    again, _ = ask(team, "U2")
    assert "pour ménager le registre" in again
    assert len(register.looks) == 1


def test_a_look_of_another_process_is_waited_for(team: People, register: Slow, door: Door) -> None:
    with door.desk.app.open_store() as store:
        assert claims.lease(store, "look/anssi-catalogue", "elsewhere", door.desk.app.clock(), LONGEST)
    _, url = ask(team, "U1")
    assert "Un autre processus" in said(team.answers(url)[-1])
    assert register.looks == []


def test_a_fault_while_looking_is_said_and_the_next_look_is_free(team: People, register: Slow) -> None:
    register.faults.append(Broken("a bug"))
    register.open.set()
    _, url = ask(team, "U1")
    assert "erreur interne" in said(team.answers(url)[-1])
    _, url = ask(team, "U1")
    assert "Nouvel Hébergeur" in said(team.answers(url)[-1])


def test_a_look_that_is_given_up_when_the_program_stops_is_no_fault(
    team: People, register: Slow, caplog: pytest.LogCaptureFixture
) -> None:
    register.faults.append(Stopped("asked to end"))
    register.open.set()
    _, url = ask(team, "U1")
    assert "rien n’en est gardé" in said(team.answers(url)[-1])
    assert "no answer could be made" not in caplog.text


def test_only_known_registers_are_read(team: People, register: Slow) -> None:
    assert "Quelle source" in said(team.say("scrape https://example.org"))
    assert register.looks == []
