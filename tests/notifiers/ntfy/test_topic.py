"""A topic of ntfy: no notification becomes a file, what was wrong is shown otherwise where it can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fake_services import FakeNtfy
from hostile_names import HOSTILE

from notifiers.ntfy.notifier import Ntfy
from notifiers.ntfy.post import MOST, notification, parts
from notifiers.said import digest
from notifiers.said.voice import clean, unbroken
from notifiers.wire.posted import Posted
from state.model import Attestation, Event, Kind, Weight
from state.words.post import Message, Notice, Receipt, Retraction

BuildEvent = Callable[..., Event]
BuildMessage = Callable[..., Message]


@pytest.fixture
def server() -> Iterator[FakeNtfy]:
    with FakeNtfy() as server:
        assert isinstance(server, FakeNtfy)
        yield server


def subscribed(server: FakeNtfy) -> Ntfy:
    posted = Posted(pause=lambda seconds: None)
    return Ntfy(url=server.root, topic=server.topic, token=server.token, timeout=20, posted=posted)


def gone(event: Event, reason: str = "Page d’essai.") -> Retraction:
    return Retraction(event=event.id, reason=reason, by="U1", at=datetime(2026, 3, 5, tzinfo=UTC))


def test_nothing_arrives_as_a_file(
    server: FakeNtfy, many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    subscribed(server).send(a_message(*many, matched=tuple(f"abonnement numéro {n}" for n in range(20))))
    assert server.files == []
    assert len(server.taken) > 5


@pytest.mark.parametrize(
    ("kind", "loud"), [(Kind.GAINED, 4), (Kind.RENEWED, 3), (Kind.AMENDED, 2)], ids=["high", "normal", "low"]
)
def test_it_is_as_loud_as_the_event_matters(
    kind: Kind, loud: int, an_event: BuildEvent, a_message: BuildMessage
) -> None:
    message = a_message(an_event(kind))
    assert notification(message, parts(message)[0], "t")["priority"] == loud
    assert message.events[0].weight is {4: Weight.HIGH, 3: Weight.NORMAL, 2: Weight.LOW}[loud]


def test_a_telephone_rings_once_for_a_message_of_many_parts(
    many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    message = a_message(*many)
    loud = [notification(message, part, "t")["priority"] for part in parts(message)]
    assert loud == [4, *[2] * (len(loud) - 1)]


def test_a_group_keeps_its_heading_when_its_first_event_is_taken_back(
    an_event: BuildEvent, a_message: BuildMessage
) -> None:
    kinds = (Kind.GAINED, Kind.LOST, Kind.AMENDED)
    message = a_message(*(an_event(kind, id=n, name=f"N{n}") for n, kind in enumerate(kinds, start=1)))
    first = digest.ordered(message)[0]
    before, after = (
        notification(one, parts(one)[0], "t")["message"]
        for one in (message, replace(message, retracted=(gone(first),)))
    )
    heading = before.splitlines()[0]
    assert heading.isupper()
    assert heading in after.splitlines()


def test_a_tap_opens_the_proof_and_a_button_the_decision(
    an_event: BuildEvent, a_message: BuildMessage
) -> None:
    message = a_message(an_event(Kind.GAINED))
    said = notification(message, parts(message)[0], "t")
    assert said["click"] == "https://messervices.cyber.gouv.fr/visas/catalogue.pdf"
    [button] = said["actions"]
    assert (button["action"], button["url"].rsplit("/", 1)[1]) == ("view", "2025_2057_np.pdf")
    assert "http" not in said["message"]
    assert said["tags"] == ["secnumcloud"]


def test_a_notice_is_told_with_what_to_do(a_notice: Callable[..., Notice], a_message: BuildMessage) -> None:
    message = a_message(notices=(a_notice("trouble", "anssi-catalogue"),))
    said = notification(message, parts(message)[0], "t")
    assert said["priority"] == 3
    assert said["title"]
    assert said["message"]
    assert "click" not in said


def test_what_is_retracted_takes_the_place_of_what_was_said_without_a_sound(
    server: FakeNtfy, many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    message = a_message(*many)
    receipt = subscribed(server).send(message)
    wrong = digest.ordered(message)[2]
    before = len(server.taken)
    subscribed(server).revise(replace(message, retracted=(gone(wrong),)), receipt)
    [edit] = server.taken[before:]
    assert edit["priority"] == 2
    assert "Alerte annulée" in edit["message"]
    assert len(server.read()) == before
    assert len(edit["message"].encode()) <= MOST


def test_a_server_that_knows_no_sequences_is_left_to_the_follow_up(
    many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    message = a_message(*many)
    with FakeNtfy(sequences=False) as server:
        assert isinstance(server, FakeNtfy)
        receipt = subscribed(server).send(message)
        before = len(server.taken)
        subscribed(server).revise(replace(message, retracted=(gone(many[0]),)), receipt)
        assert len(server.taken) == before


def test_what_would_become_a_file_by_being_marked_stays_as_it_was(
    server: FakeNtfy, many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    message = a_message(*many)
    receipt = subscribed(server).send(message)
    told = tuple(gone(event, "é" * 499) for event in many)
    subscribed(server).revise(replace(message, retracted=told), receipt)
    assert server.files == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_printed_name_is_text(
    name: str, an_event: BuildEvent, a_message: BuildMessage, s3ns: Attestation
) -> None:
    message = a_message(an_event(Kind.GAINED, replace(s3ns, holder=name, subject=name), name=name))
    said = notification(message, parts(message)[0], "t")
    assert unbroken(clean(name)) in said["message"]
    assert unbroken(clean(name)) in said["title"]
    assert "markdown" not in said
    assert not any(ord(c) < 32 and c != "\n" for c in said["message"] + said["title"])


def test_the_same_part_has_the_same_sequence_in_every_process(
    server: FakeNtfy, an_event: BuildEvent, a_message: BuildMessage
) -> None:
    # Never changed: by it clients know what an older version of ours has published.
    receipt = subscribed(server).send(a_message(an_event(Kind.GAINED)))
    assert receipt == Receipt(id="8010f8f5-abad-5c8b-98ff-f990e860c75a")


def test_neither_the_topic_nor_the_token_is_shown(server: FakeNtfy) -> None:
    assert "hunter2" not in repr(subscribed(server))
