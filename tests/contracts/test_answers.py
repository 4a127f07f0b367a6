"""What a memory of real editions answers: to commands, to programs, to readers of feeds and calendars."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest
from contracts.asked import API, CALENDARS, FEEDS, PROBLEMS, QUESTIONS
from contracts.pinned import Atom, Calendar, Json, Text, head_and_first_row, names_of_numbers, unworded
from contracts.program import Program
from contracts.worlds import TOKEN, away, number
from syrupy.assertion import SnapshotAssertion


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_answers_json(large: Program, snapshot: SnapshotAssertion, question: str) -> None:
    said = large.did(*QUESTIONS[question].split(), "--format", "json")
    assert json.loads(said.out) == snapshot(extension_class=Json)


@pytest.mark.parametrize(("kind", "label"), [("gained", "secnumcloud"), ("lost", "pvid"), ("gained", "hds")])
def test_why_answers_json(large: Program, snapshot: SnapshotAssertion, kind: str, label: str) -> None:
    said = large.did("why", number(large, kind, label), "--format", "json")
    assert json.loads(said.out) == snapshot(extension_class=Json)


def test_questions_answer_csv(large: Program, snapshot: SnapshotAssertion) -> None:
    why = {"why": f"why {number(large, 'lost', 'pvid')}"}
    said = {
        text: head_and_first_row(large.did(*text.split(), "--format", "csv").out)
        for text in {**QUESTIONS, **why}.values()
    }
    assert _listed(said) == snapshot(extension_class=Text)


def _listed(said: dict[str, str]) -> str:
    return "\n\n".join(f"$ {asked}\n{answer}" for asked, answer in said.items()) + "\n"


@pytest.fixture
def ask(large: Program) -> Callable[..., httpx.Response]:
    return large.pages()


def _answer(answer: httpx.Response) -> dict[str, object]:
    return {"status": answer.status_code, "type": answer.headers["content-type"], "body": answer.json()}


@pytest.mark.parametrize("question", API)
def test_an_address_answers_json(
    ask: Callable[..., httpx.Response], snapshot: SnapshotAssertion, question: str
) -> None:
    assert _answer(ask(API[question])) == snapshot(extension_class=Json)


def test_an_event_has_an_address(
    large: Program, ask: Callable[..., httpx.Response], snapshot: SnapshotAssertion
) -> None:
    answer = ask(f"/api/v1/events/{number(large, 'lost', 'pvid')}")
    assert _answer(answer) == snapshot(extension_class=Json)


def test_what_cannot_be_answered_is_a_problem(
    ask: Callable[..., httpx.Response], snapshot: SnapshotAssertion
) -> None:
    said = []
    for path in PROBLEMS:
        found = _answer(ask(path))
        said.append(f"{path}\n  {found['type']} {json.dumps(unworded(ask(path).json()), ensure_ascii=False)}")
    assert "\n".join(said) + "\n" == snapshot(extension_class=Text)


def test_the_history_as_csv(ask: Callable[..., httpx.Response], snapshot: SnapshotAssertion) -> None:
    answer = ask("/history.csv")
    heads = [answer.headers[name] for name in ("content-type", "content-disposition")]
    assert "\n".join((*heads, head_and_first_row(answer.text), "")) == snapshot(extension_class=Text)


def test_metrics_have_names(ask: Callable[..., httpx.Response], snapshot: SnapshotAssertion) -> None:
    answer = ask("/metrics")
    assert f"{answer.headers['content-type']}\n{names_of_numbers(answer.text)}\n" == snapshot(
        extension_class=Text
    )


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed(ask: Callable[..., httpx.Response], snapshot: SnapshotAssertion, feed: str) -> None:
    answer = ask(FEEDS[feed])
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert answer.text == snapshot(extension_class=Atom)


@pytest.mark.parametrize("calendar", CALENDARS)
def test_a_calendar(ask: Callable[..., httpx.Response], snapshot: SnapshotAssertion, calendar: str) -> None:
    answer = ask(CALENDARS[calendar])
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.text == snapshot(extension_class=Calendar)


LOOKS: dict[str, tuple[str | None, str]] = {
    "without a token": (None, '{"source": "anssi-pending"}'),
    "with a wrong token": ("wrong", '{"source": "anssi-pending"}'),
    "not as JSON": (TOKEN, "anssi-pending"),
    "at no source": (TOKEN, '{"source": "nowhere"}'),
    "with too many words": (TOKEN, " " * 5000),
    "at a source": (TOKEN, '{"source": "anssi-pending"}'),
    "too soon after it": (TOKEN, '{"source": "anssi-pending"}'),
}


def test_a_look_that_a_program_asks_for(
    small: Program, copy: Callable[[Program], Program], snapshot: SnapshotAssertion
) -> None:
    ask, said = copy(small).pages(), {}
    for name, (token, body) in LOOKS.items():
        given = {"Authorization": f"Bearer {token}"} if token else {}
        answer = ask("/api/v1/scrapes", "POST", headers=given, content=body)
        told = _answer(answer)
        said[name] = told if answer.status_code == 200 else told | {"body": unworded(answer.json())}
        said[name] |= {"retry-after": answer.headers.get("retry-after")}
    assert said == snapshot(extension_class=Json)


def test_a_register_that_is_away_is_not_the_fault_of_who_asks(
    small: Program, copy: Callable[[Program], Program]
) -> None:
    ask, token = copy(small).pages(), {"Authorization": f"Bearer {TOKEN}"}
    with away():
        answer = ask("/api/v1/scrapes", "POST", headers=token, json={"source": "anssi-pending"})
    assert (answer.status_code, answer.json()["outcome"]) == (200, "unreachable")
