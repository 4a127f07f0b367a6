"""The HTTP door lets nothing in but what Slack signed, now, for the first time."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import timedelta
from functools import partial
from threading import Event
from urllib.parse import urlencode

import anyio
import httpx
import pytest
from fake_people import SECRET, ByHttp, People, said, signed
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from state.owed import subscriptions
from watcher.slack.doors.door import Door
from watcher.slack.doors.http import routes_of
from watcher.web.app import make_app


def counted(door: Door) -> int:
    with door.desk.app.open_store() as store:
        return len(subscriptions.subscriptions(store, ended=True))


def test_a_signed_command_is_answered_in_its_acknowledgement(by_http: ByHttp, team: People) -> None:
    answer = by_http.post(
        "/slack/commands",
        body := urlencode(team.form("race")),
        signed(body, int(by_http.clock().timestamp())),
    )
    assert answer.status_code == 200
    assert "La course" in said(answer.json())


@pytest.mark.parametrize(
    ("what", "word"),
    [
        ("unsigned", "unsigned"),
        ("forged", "forged"),
        ("stale", "stale"),
        ("early", "stale"),
        ("body", "forged"),
        ("time", "forged"),
        ("moved", "forged"),
    ],
)
def test_what_slack_did_not_sign_changes_nothing(
    by_http: ByHttp, team: People, door: Door, what: str, word: str
) -> None:
    body, now = urlencode(team.form("subscribe all")), int(by_http.clock().timestamp())
    headers = {
        "unsigned": {},
        "forged": signed(body, now, "another secret"),
        "stale": signed(body, now - 301),
        "early": signed(body, now + 301),
        "body": signed(body + "&x=1", now),
        "time": {**signed(body, now), "X-Slack-Request-Timestamp": "soon"},
        "moved": {**signed(body, now), "X-Slack-Request-Timestamp": str(now - 1)},
    }[what]
    for path in ("/slack/commands", "/slack/interactions", "/slack/events"):
        answer = by_http.post(path, body, headers)
        assert (answer.status_code, answer.text) == (401, word)
    assert counted(door) == 0


def test_a_replay_is_refused_and_does_nothing_again(by_http: ByHttp, team: People, door: Door) -> None:
    body = urlencode(team.form("subscribe s3ns"))
    headers = signed(body, int(by_http.clock().timestamp()))
    assert by_http.post("/slack/commands", body, headers).status_code == 200
    team.say("unsubscribe 1")
    assert by_http.post("/slack/commands", body, headers).status_code == 401
    assert "Aucun abonnement ici" in said(team.say("list"))
    assert counted(door) == 1


def test_a_replay_after_a_restart_changes_nothing(by_http: ByHttp, team: People, door: Door) -> None:
    """The memory of signatures is gone; what a request changed is claimed in the store."""
    form = team.form("subscribe s3ns")
    assert "Abonnement créé" in said(team.way.give("slash_commands", form))
    team.say("unsubscribe 1")
    restarted = Door(door.desk.app)
    restarted.desk.app.owner = "another process"
    assert restarted.command(form) == {}
    restarted.close()
    assert counted(door) == 1


def test_what_slack_repeats_gets_the_same_answer_and_is_done_once(
    by_http: ByHttp, team: People, door: Door
) -> None:
    form = team.form("subscribe s3ns")
    first = team.way.give("slash_commands", form)
    by_http.clock.pass_by(seconds=3)  # type: ignore[attr-defined]
    assert team.way.give("slash_commands", form) == first
    assert counted(door) == 1


def test_a_signed_body_that_cannot_be_read_is_no_fault_of_ours(by_http: ByHttp) -> None:
    now = int(by_http.clock().timestamp())
    for path, body in (
        ("/slack/interactions", "payload=%7B"),
        ("/slack/events", "[]"),
        ("/slack/commands", "x"),
    ):
        assert by_http.post(path, body, signed(body, now)).status_code in (400, 200)


def test_a_body_larger_than_any_of_slacks_is_not_read(by_http: ByHttp) -> None:
    assert by_http.post("/slack/commands", "x" * 1_000_001, {}).status_code == 413


def test_the_address_of_events_proves_itself(by_http: ByHttp) -> None:
    body = '{"type":"url_verification","challenge":"abc"}'
    answer = by_http.post("/slack/events", body, signed(body, int(by_http.clock().timestamp())))
    assert answer.json() == {"challenge": "abc"}


def test_an_answer_that_takes_long_comes_through_the_response_url(
    by_http: ByHttp, team: People, door: Door
) -> None:
    door.soon = 0.0
    form = team.form("race")
    first = team.way.give("slash_commands", form)
    shown = [first] if "blocks" in first else team.answers(form["response_url"])
    assert "La course" in said(shown[-1])


def test_signatures_are_forgotten_when_they_are_stale(by_http: ByHttp, team: People) -> None:
    for _ in range(3):
        team.say("help")
        by_http.clock.now += timedelta(minutes=30)  # type: ignore[attr-defined]
    assert team.say("help")["blocks"]


def test_commands_that_wait_for_their_answer_leave_the_pages_their_threads(
    door: Door, team: People, by_http: ByHttp
) -> None:
    """The pages answer four requests at once; six commands wait, and the seventh request is a page's."""
    answering, held = Event(), list[object]()

    def hold() -> dict[str, str]:
        answering.wait(120)
        return {}

    def begin(key: str, work: object) -> tuple[Future[dict[str, str]], bool]:
        held.append(work)
        return door.pool.submit(hold), True

    def show_page(request: Request) -> Response:
        return PlainTextResponse("a page")

    door.once.begin = begin  # type: ignore[assignment,method-assign]
    app = make_app(door.desk.app, [*routes_of(door, SECRET), Route("/page", show_page)])
    now = int(by_http.clock().timestamp())
    bodies = [urlencode(team.form("race")) for _ in range(6)]

    async def ask() -> str:
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://app") as client,
            anyio.create_task_group() as group,
        ):
            for body in bodies:
                group.start_soon(
                    partial(client.post, "/slack/commands", content=body, headers=signed(body, now))
                )
            with anyio.fail_after(60):
                while len(held) < len(bodies):
                    await anyio.sleep(0.001)
                shown = await client.get("/page")
            answering.set()
        return shown.text

    assert anyio.run(ask) == "a page"


def test_a_check_of_the_certificate_gets_an_empty_200_signed_or_not(by_http: ByHttp, door: Door) -> None:
    body = urlencode({"ssl_check": "1", "token": "anything"})
    stamp = int(by_http.clock().timestamp())
    for headers in ({"Content-Type": "application/x-www-form-urlencoded"}, signed(body, stamp)):
        answer = by_http.post("/slack/commands", body, headers)
        assert (answer.status_code, answer.content) == (200, b"")
    assert by_http.post("/slack/interactions", body, {}).status_code == 401
    assert counted(door) == 0


def test_a_forged_command_that_says_it_checks_the_certificate_does_nothing(
    by_http: ByHttp, door: Door, team: People
) -> None:
    body = urlencode({**team.form("subscribe s3ns"), "ssl_check": "1"})
    answer = by_http.post("/slack/commands", body, {})
    assert (answer.status_code, answer.content) == (200, b"")
    assert counted(door) == 0
