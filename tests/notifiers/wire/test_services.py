"""What holds for each service: a message arrives whole, and what is answered means what is documented.

Teams, Mattermost, Matrix and ntfy on the loopback, through the real notifiers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from any_event import events as any_events
from card_limits import card_text
from fake_services import Answered, FakeMatrix, FakeMattermost, FakeNtfy, FakeService, FakeTeams
from hostile_names import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.matrix.notifier import Matrix
from notifiers.mattermost.notifier import Mattermost
from notifiers.notifier import DeliveryError, Notifier
from notifiers.ntfy.notifier import Ntfy
from notifiers.said import digest, wording
from notifiers.said.voice import unbroken
from notifiers.teams.notifier import Teams
from notifiers.wire.posted import Posted
from state.model import Event, Kind, Provider
from state.words.post import Message, Receipt, Retraction

BuildEvent = Callable[..., Event]
BuildMessage = Callable[..., Message]
Json = dict[str, Any]
QUICK = 0.4
PAGE = b"<html><title>Connexion</title></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def silent() -> Posted:
    return Posted(pause=lambda seconds: None)


@dataclass(frozen=True)
class Kindly:
    """One kind: its service, its notifier, and how a reader reads what arrived."""

    service: Callable[[], Any]
    make: Callable[[Any, float], Any]
    read: Callable[[Json], str]


SERVICES = {
    "teams": Kindly(FakeTeams, lambda s, t: Teams(url=s.url, timeout=t, posted=silent()), card_text),
    "mattermost": Kindly(
        FakeMattermost,
        lambda s, t: Mattermost(url=s.url, timeout=t, posted=silent()),
        lambda post: "\n".join([post["text"], *(one["text"] for one in post["attachments"])]),
    ),
    "matrix": Kindly(
        FakeMatrix,
        lambda s, t: Matrix(url=s.root, room=s.room, token=s.token, timeout=t, posted=silent()),
        lambda said: str(said["body"]),
    ),
    "ntfy": Kindly(
        FakeNtfy,
        lambda s, t: Ntfy(url=s.root, topic=s.topic, token=s.token, timeout=t, posted=silent()),
        lambda said: f"{said['title']}\n{said['message']}",
    ),
}


@pytest.fixture(params=SERVICES)
def kind(request: pytest.FixtureRequest) -> Kindly:
    return SERVICES[request.param]


@pytest.fixture
def service(kind: Kindly) -> Iterator[Any]:
    with kind.service() as service:
        yield service


@pytest.fixture
def notifier(kind: Kindly, service: FakeService) -> Notifier:
    made: Notifier = kind.make(service, 20.0)
    return made


@pytest.fixture
def message(an_event: BuildEvent, a_message: BuildMessage) -> Message:
    return a_message(an_event(Kind.GAINED), matched=("s3ns",))


@pytest.fixture
def long_message(many: tuple[Event, ...], a_message: BuildMessage) -> Message:
    return a_message(*many)


def refused(notifier: Notifier, message: Message) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        notifier.send(message)
    return caught.value


def meant(trouble: DeliveryError) -> str:
    names = ("permanent", "unfit", "ambiguous")
    return " ".join(name for name in names if getattr(trouble, name)) or "later"


def test_one_event_is_read_whole_and_its_first_line_says_what_happened(
    kind: Kindly, service: FakeService, notifier: Notifier, message: Message
) -> None:
    notifier.send(message)
    [taken] = service.taken
    first, *_ = kind.read(taken).splitlines()
    assert first.strip("*") == "S3NS obtient la qualification SecNumCloud"
    for part in ("Cloud de confiance S3NS", "17/12/2028", "SHA-256 3f2a9c1b8d00", "Vos abonnements"):
        assert unbroken(part) in kind.read(taken)
    assert service.problems == []


def test_a_hundred_events_arrive_once_each_in_order_in_as_many_parts_as_the_service_asks_for(
    kind: Kindly, service: FakeService, notifier: Notifier, long_message: Message
) -> None:
    notifier.send(long_message)
    read = "\n".join(map(kind.read, service.taken)).replace("*", "").replace("\\", "")
    titles = [unbroken(wording.title(one, "fr")) for one in digest.ordered(long_message)]
    places = [read.find(title) for title in titles]
    assert places == sorted(places)
    assert -1 not in places
    assert len(service.taken) > 1
    assert [f"/{len(service.taken)})" in kind.read(one).splitlines()[0] for one in service.taken]
    assert service.problems == []


def test_both_languages_are_told_by_the_one_voice(
    kind: Kindly, service: FakeService, notifier: Notifier, an_event: BuildEvent, a_message: BuildMessage
) -> None:
    notifier.send(a_message(an_event(Kind.GAINED), lang="en"))
    assert "S3NS gains the SecNumCloud qualification" in kind.read(service.taken[0])


def test_a_service_that_asks_to_wait_is_obeyed(
    service: FakeService, notifier: Notifier, message: Message
) -> None:
    service.fail(Answered(status=429, headers={"Retry-After": "37"}))
    trouble = refused(notifier, message)
    assert (meant(trouble), trouble.retry_after) == ("later", 37.0)
    notifier.send(message)
    assert len(service.taken) == 1


def test_a_service_that_answers_nothing_in_time_may_have_taken_it(
    kind: Kindly, service: FakeService, message: Message
) -> None:
    service.fail(Answered(hang=True, accepted=True))
    assert meant(refused(kind.make(service, QUICK), message)) == "ambiguous"


@pytest.mark.parametrize(
    "fault",
    [
        Answered(drop=True),
        Answered(status=500),
        Answered(status=502, body=PAGE),
        Answered(body=PAGE, headers=HTML),
        Answered(body={"error": {"code": "SomethingElse", "message": "No."}}),
    ],
    ids=["dropped", "error", "gateway", "login page", "error that is called good"],
)
def test_an_answer_that_says_nothing_leaves_it_open(
    fault: Answered, service: FakeService, notifier: Notifier, message: Message
) -> None:
    service.fail(fault)
    assert meant(refused(notifier, message)) == "ambiguous"


def test_a_service_that_cannot_be_reached_is_tried_again(
    service: FakeService, notifier: Notifier, message: Message
) -> None:
    service.close()
    assert meant(refused(notifier, message)) == "later"


def test_parts_that_arrived_before_a_fault_are_not_posted_again(
    kind: Kindly, service: FakeService, notifier: Notifier, long_message: Message
) -> None:
    with at_post(service, 2, Answered(status=503, headers={"Retry-After": "3"})):
        assert refused(notifier, long_message).retry_after == 3.0
    before = len(service.taken)
    notifier.send(long_message)
    heads = [kind.read(one).splitlines()[0] for one in service.taken]
    assert (before, len(set(heads))) == (1, len(heads))


@contextmanager
def at_post(service: FakeService, number: int, fault: Answered) -> Iterator[None]:
    """A fault at one of the posts, whatever else is asked between."""
    take, posts = service.take, 0

    def counted(asked: Any) -> Answered:
        nonlocal posts
        posts += asked.method != "GET"
        if asked.method == "GET" or posts != number:
            return take(asked)
        if fault.accepted:
            take(asked)
        return fault

    service.take = counted  # type: ignore[method-assign]
    yield
    service.take = take  # type: ignore[method-assign]


GONE = {
    "teams": [
        (FakeTeams.refusal(400, "WorkflowTriggerIsNotEnabled"), "teams_off"),
        (FakeTeams.refusal(404, "WorkflowNotFound"), "teams_gone"),
        (FakeTeams.refusal(200, "WorkflowNotFound"), "teams_gone"),
        (FakeTeams.refusal(404, "WorkflowTriggerNotFound"), "teams_gone"),
        (FakeTeams.refusal(401, "DirectApiAuthorizationRequired"), "teams_who"),
        (Answered(status=404, body=PAGE), "call_gone"),
        (Answered(status=302, headers={"Location": "https://login.example"}), "call_gone"),
    ],
    "mattermost": [
        (FakeMattermost.refusal(400, "web.incoming_webhook.invalid.app_error"), "mattermost_hook"),
        (FakeMattermost.refusal(501, "web.incoming_webhook.disabled.app_error"), "mattermost_off"),
        (FakeMattermost.refusal(404, "app.channel.get.existing.app_error"), "mattermost_channel"),
        (FakeMattermost.refusal(403, "web.incoming_webhook.channel_locked.app_error"), "mattermost_channel"),
        (FakeMattermost.refusal(403, "web.incoming_webhook.permissions.app_error"), "mattermost_rights"),
    ],
    "matrix": [
        (FakeMatrix.refusal(401, "M_UNKNOWN_TOKEN", soft_logout=True), "matrix_token"),
        (FakeMatrix.refusal(403, "M_FORBIDDEN"), "matrix_forbidden"),
        (FakeMatrix.refusal(403, "M_USER_DEACTIVATED"), "matrix_account"),
        (FakeMatrix.refusal(404, "M_NOT_FOUND"), "matrix_room"),
        (FakeMatrix.refusal(400, "M_NOT_FOUND"), "matrix_room"),
        (FakeMatrix.refusal(404, "M_UNKNOWN"), "matrix_room"),
        (FakeMatrix.refusal(404, "M_UNRECOGNIZED"), "matrix_address"),
        (FakeMatrix.refusal(403, "M_RESOURCE_LIMIT_EXCEEDED", admin_contact="x"), "matrix_full"),
    ],
    "ntfy": [
        (FakeNtfy.refusal(401, 40101), "ntfy_token"),
        (FakeNtfy.refusal(403, 40301), "ntfy_token"),
        (FakeNtfy.refusal(400, 40010), "ntfy_topic"),
        (FakeNtfy.refusal(404, 40401), "ntfy_address"),
        (FakeNtfy.refusal(429, 42904), "ntfy_full"),
    ],
}
UNFIT = {
    "teams": [
        FakeTeams.refusal(413, "RequestEntityTooLarge"),
        FakeTeams.refusal(400, "InvalidRequestContent"),
    ],
    "mattermost": [
        FakeMattermost.refusal(400, "web.incoming_webhook.split_props_length.app_error"),
        FakeMattermost.refusal(400, "web.incoming_webhook.parse.app_error"),
    ],
    "matrix": [FakeMatrix.refusal(413, "M_TOO_LARGE"), FakeMatrix.refusal(400, "M_BAD_JSON")],
    "ntfy": [FakeNtfy.refusal(413, 41301), FakeNtfy.refusal(400, 40014)],
}
LATER: Mapping[str, Sequence[Any]] = {
    "teams": [(FakeTeams.refusal(429, "TooManyRequests"), 60.0)],
    "mattermost": [(Answered(status=429, body=b"limit exceeded", headers={"Retry-After": "1"}), 1.0)],
    "matrix": [
        (FakeMatrix.refusal(429, "M_LIMIT_EXCEEDED", retry_after_ms=2_500), 2.5),
        (FakeMatrix.refusal(429, "M_LIMIT_EXCEEDED"), 5.0),
    ],
    "ntfy": [
        (FakeNtfy.refusal(429, 42901), 5.0),
        (FakeNtfy.refusal(429, 42908), 3_600.0),
        (FakeNtfy.refusal(507, 50701), None),
    ],
}


def each(table: Mapping[str, Sequence[Any]]) -> list[Any]:
    return [(name, case) for name, cases in table.items() for case in cases]


@contextmanager
def answering(name: str, fault: Answered, message: Message) -> Iterator[tuple[DeliveryError, Any]]:
    with SERVICES[name].service() as service:
        service.fail(fault)
        yield refused(SERVICES[name].make(service, 20.0), message), service


@pytest.mark.parametrize(("name", "case"), each(GONE))
def test_what_lasts_until_a_person_acts_says_what_to_do(
    name: str, case: tuple[Answered, str], message: Message
) -> None:
    with answering(name, case[0], message) as (trouble, _):
        assert (meant(trouble), trouble.reason.code) == ("permanent", case[1])


@pytest.mark.parametrize(("name", "case"), each(UNFIT))
def test_a_message_that_a_service_will_never_take_leaves_the_channel_as_it_is(
    name: str, case: Answered, message: Message
) -> None:
    with answering(name, case, message) as (trouble, _):
        assert meant(trouble) == "unfit"


@pytest.mark.parametrize(("name", "case"), each(LATER))
def test_what_passes_is_waited_for_as_long_as_the_service_says(
    name: str, case: tuple[Answered, float | None], message: Message
) -> None:
    with answering(name, case[0], message) as (trouble, _):
        assert (meant(trouble), trouble.retry_after) == ("later", case[1])


def test_no_secret_is_in_an_error_a_log_or_a_representation(
    service: FakeService, notifier: Notifier, message: Message, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = [repr(notifier)]
    for fault in (Answered(status=403), Answered(status=500), Answered(drop=True), Answered(status=302)):
        service.fail(fault)
        trouble = refused(notifier, message)
        shown += [str(trouble), repr(trouble), repr(trouble.reason), repr(trouble.__cause__)]
    assert "hunter2" not in "\n".join((*shown, caplog.text))


def test_a_lost_reply_doubles_nothing_where_the_service_knows_what_it_took(
    kind: Kindly, service: Any, notifier: Notifier, long_message: Message
) -> None:
    with at_post(service, 2, Answered(drop=True, accepted=True)):
        assert meant(refused(notifier, long_message)) == "ambiguous"
    notifier.send(long_message)
    heads = [kind.read(one).splitlines()[0] for one in getattr(service, "read", lambda: service.taken)()]
    doubled = len(heads) - len(set(heads))
    assert doubled == (0 if hasattr(service, "read") else 1)


def test_a_follow_up_is_plain_about_what_was_wrong(
    kind: Kindly, service: FakeService, notifier: Notifier, an_event: BuildEvent, a_message: BuildMessage
) -> None:
    event = an_event(Kind.GAINED)
    gone = Retraction(event=event.id, reason="Page d’essai.", by="U1", at=datetime(2026, 3, 5, tzinfo=UTC))
    first = notifier.send(a_message(event))
    receipt = notifier.send(a_message(event, key="back", retracted=(gone,), follows=first or Receipt()))
    read = kind.read(service.taken[-1])
    assert read.splitlines()[0].strip("*").startswith("Alerte annulée")
    assert "S3NS obtient la qualification SecNumCloud" in read.splitlines()[0]
    assert "Page d’essai." in read.replace("\\", "")
    assert isinstance(receipt, Receipt)


LONG = st.text(st.characters(exclude_categories=["Cs"]), max_size=400) | st.sampled_from(HOSTILE).map(
    lambda name: name * 9
)


@settings(max_examples=25, deadline=None)
@given(events=st.lists(any_events, min_size=1, max_size=3, unique_by=lambda e: e.id), name=LONG, asked=LONG)
@pytest.mark.parametrize("name_of", SERVICES)
def test_whatever_a_register_prints_every_service_takes_it(
    name_of: str, events: list[Event], name: str, asked: str
) -> None:
    """Printed at length, in any script, with signs that mean something to a machine."""
    rows = tuple(replace(row, subject=name, scope=(name,) * 12) for row in events[0].attestations)
    told = (replace(events[0], attestations=rows, provider=Provider(slug="x", name=name)), *events[1:])
    words = tuple(f"{asked}{n}" for n in range(9))
    message = Message(key="k", channel="equipe", lang="fr", events=told, matched=words)
    with SERVICES[name_of].service() as service:
        SERVICES[name_of].make(service, 20.0).send(message)
        assert service.taken
        assert service.problems == []
        assert getattr(service, "files", []) == []
