"""A room of Matrix: idempotent, edited, answered to; a printed name is text and calls nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fake_services import Answered, FakeMatrix
from hostile_names import HOSTILE

from notifiers.matrix.notifier import Matrix
from notifiers.matrix.post import MOST, content, parts, transaction
from notifiers.notifier import DeliveryError
from notifiers.said import digest
from notifiers.said.voice import JOINER, clean, unbroken
from notifiers.wire.posted import Posted
from state.model import Attestation, Event, Kind, Reason
from state.words.post import Message, Receipt, Retraction, Undone

BuildEvent = Callable[..., Event]
BuildMessage = Callable[..., Message]
TAGS = {"p", "br", "strong", "em", "a", "del", "h4"}
"""Of those that https://spec.matrix.org/v1.13/client-server-api/#mroommessage-msgtypes suggests to show."""


@pytest.fixture
def server() -> Iterator[FakeMatrix]:
    with FakeMatrix() as server:
        assert isinstance(server, FakeMatrix)
        yield server


@pytest.fixture
def room(server: FakeMatrix) -> Matrix:
    return another(server)


def another(server: FakeMatrix) -> Matrix:
    """The same notifier in a new process."""
    posted = Posted(pause=lambda seconds: None)
    return Matrix(url=server.root, room=server.room, token=server.token, timeout=20, posted=posted)


def gone(event: Event, reason: str = "Page d’essai.") -> Retraction:
    return Retraction(event=event.id, reason=reason, by="U1", at=datetime(2026, 3, 5, tzinfo=UTC))


def shown(said: dict[str, Any]) -> BeautifulSoup:
    return BeautifulSoup(said["formatted_body"], "html.parser")


def test_the_plain_text_says_all_that_the_html_says(
    room: Matrix, server: FakeMatrix, many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    room.send(a_message(*many))
    for said in server.read():
        html = shown(said)
        for line in html.find_all("br"):
            line.replace_with("\n")
        texts = [text.strip() for text in html.get_text("\n").splitlines() if text.strip()]
        assert all(text.casefold() in said["body"].casefold() for text in texts)
        assert {tag.name for tag in shown(said).find_all()} <= TAGS


def test_what_is_sent_twice_is_taken_once(
    room: Matrix, server: FakeMatrix, an_event: BuildEvent, a_message: BuildMessage
) -> None:
    message = a_message(an_event(Kind.GAINED))
    server.fail(Answered(drop=True, accepted=True))
    with pytest.raises(DeliveryError) as caught:
        room.send(message)
    assert caught.value.ambiguous
    receipt = another(server).send(message)
    assert receipt == Receipt(id="$event0")
    assert len(server.read()) == 1


def test_a_server_that_forgot_what_it_took_is_asked_for_it(
    room: Matrix, server: FakeMatrix, many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    message = a_message(*many)
    assert room.find(message) is None
    receipt = room.send(message)
    server.transactions.clear()
    server.events |= {f"$other{n}": {"event_id": f"$other{n}", "content": {"body": "x"}} for n in range(150)}
    assert another(server).find(message) == receipt
    assert another(server).send(message) == receipt
    assert len(server.taken) == len(receipt.id.split())


def test_half_of_a_message_is_found_and_completed(
    room: Matrix, server: FakeMatrix, many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    message = a_message(*many)
    whole = parts(message)
    server.fail(Answered(body={"chunk": []}))
    room.posted.of(message.key).update({part.number: "$known" for part in whole[1:]})
    room.send(message)
    server.transactions.clear()
    assert another(server).find(message) is None
    receipt = another(server).send(message)
    assert receipt.id.split()[0] == "$event0"
    assert [said["org.vigilabel.part"]["part"] for said in server.taken] == [one.number for one in whole]


def test_another_message_is_never_taken_for_this_one(
    room: Matrix, server: FakeMatrix, an_event: BuildEvent, a_message: BuildMessage
) -> None:
    room.send(a_message(an_event(Kind.GAINED), key="another"))
    assert room.find(a_message(an_event(Kind.GAINED))) is None


def test_what_is_retracted_is_edited_in_its_place_and_answered_to(
    room: Matrix, server: FakeMatrix, many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    message = a_message(*many)
    receipt = room.send(message)
    wrong = digest.ordered(message)[3]
    before = server.read()
    marked = replace(message, retracted=(gone(wrong),))
    room.revise(marked, receipt)
    after = server.read()
    assert [one == other for one, other in zip(before, after, strict=True)].count(False) == 1
    assert "Page d’essai." in after[0]["body"]
    assert digest.retracted_title(wrong, "fr") in shown(after[0]).get_text()
    assert len(shown(after[0]).find_all("del")) == 1
    room.send(a_message(wrong, key="back", retracted=(gone(wrong),), follows=receipt))
    reply = server.read()[-1]
    assert reply["m.relates_to"] == {"m.in_reply_to": {"event_id": receipt.id.split()[0]}}
    assert reply["body"].startswith("Alerte annulée")


def test_an_edit_that_is_made_again_is_one_and_one_that_says_more_is_another(
    room: Matrix, server: FakeMatrix, an_event: BuildEvent, a_message: BuildMessage
) -> None:
    events = [an_event(Kind.GAINED, id=n, name=f"Fournisseur {n}") for n in (1, 2)]
    message = a_message(*events)
    receipt = room.send(message)
    once = replace(message, retracted=(gone(events[0]),))
    room.revise(once, receipt)
    another(server).revise(once, receipt)
    assert len(server.taken) == 2
    room.revise(replace(once, retracted=(gone(events[0]), gone(events[1]))), receipt)
    assert len(server.taken) == 3
    assert len(server.read()) == 1
    assert len(shown(server.read()[0]).find_all("del")) == 2


def test_an_edit_that_is_too_long_leaves_the_message_to_the_follow_up(
    room: Matrix, server: FakeMatrix, many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    message = a_message(*many)
    receipt = room.send(message)
    before = server.read()
    room.revise(replace(message, retracted=tuple(gone(event, "x" * 499) for event in many)), receipt)
    assert len(server.read()) == len(before)


def test_an_answer_to_what_is_gone_stands_alone(
    room: Matrix, server: FakeMatrix, an_event: BuildEvent, a_message: BuildMessage
) -> None:
    event = an_event(Kind.GAINED)
    room.send(a_message(event, key="back", retracted=(gone(event),), follows=Receipt(id="$unknown")))
    assert "m.relates_to" not in server.read()[0]


def test_an_edit_fits_an_event_even_with_all_it_says_twice(
    server: FakeMatrix, room: Matrix, many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    message = a_message(*many)
    room.send(message)
    sizes = [len(str(said).encode()) for said in server.taken]
    assert max(sizes) < 2 * MOST
    wrong = many[0]
    room.revise(replace(message, retracted=(gone(wrong, "x" * 499),)), Receipt(id=" ".join(server.events)))
    assert len(server.taken) == len(sizes) + 1


@pytest.mark.parametrize("name", HOSTILE)
def test_a_printed_name_is_text_in_both_bodies_and_calls_nobody(
    name: str, an_event: BuildEvent, a_message: BuildMessage, s3ns: Attestation
) -> None:
    row = replace(s3ns, holder=name, subject=name)
    message = a_message(an_event(Kind.GAINED, row, name=name))
    [part] = parts(message)
    said = content(message, part)
    texts = [shown(said).get_text("\n"), said["body"]]
    plain = unbroken(clean(name))
    assert all(plain in text.replace(JOINER, "") for text in texts)
    assert {tag.name for tag in shown(said).find_all()} <= TAGS
    assert {tag["href"] for tag in shown(said).find_all("a")} == {
        "https://messervices.cyber.gouv.fr/visas/2025_2057_np.pdf",
        "https://messervices.cyber.gouv.fr/visas/catalogue.pdf",
    }
    assert said["m.mentions"] == {}
    assert not any(mark in text for text in texts for mark in ("@room", "@marie", "#salon", "!abc", "@all"))
    assert not any(ord(c) < 32 and c != "\n" for text in texts for c in text)


def test_the_same_part_has_the_same_transaction_in_every_process(
    an_event: BuildEvent, a_message: BuildMessage
) -> None:
    message = a_message(an_event(Kind.GAINED))
    [part] = parts(message)
    # Never changed: by it a server knows what an older version of ours has sent.
    assert transaction(message, part) == "a0d3ea51-5a26-5621-bf67-65eb2a076166"


def test_an_invitation_is_accepted_and_an_encrypted_room_refused(server: FakeMatrix, room: Matrix) -> None:
    server.joined = False
    assert room.reach("equipe") is None
    assert server.joined
    server.encrypted = True
    obstacle = room.reach("equipe")
    assert obstacle is not None
    assert obstacle.code == "matrix_encrypted"


@pytest.mark.parametrize("body", [b"<html>Connexion</html>", {"error": "no"}, [], None])
def test_what_says_yes_to_all_is_no_homeserver_and_no_encrypted_room(
    body: object, server: FakeMatrix, room: Matrix
) -> None:
    server.fail(*[Answered(body=body)] * 3)
    obstacle = room.reach("equipe")
    assert obstacle is not None
    assert obstacle.code == "call_strange"


def test_a_room_that_nobody_invites_to_says_so(server: FakeMatrix, room: Matrix) -> None:
    server.fail(FakeMatrix.refusal(403, "M_FORBIDDEN"))
    obstacle = room.reach("equipe")
    assert obstacle is not None
    assert obstacle.code == "matrix_forbidden"


def test_a_domain_that_says_where_its_homeserver_is_is_followed_to_a_hint(
    server: FakeMatrix, room: Matrix
) -> None:
    lost = Answered(status=404, body=b"<html>")
    server.fail(lost, Answered(body={"m.homeserver": {"base_url": "https://matrix.example.org/"}}))
    obstacle = room.reach("equipe")
    assert obstacle is not None
    assert (obstacle.code, obstacle.values["url"]) == ("matrix_elsewhere", "https://matrix.example.org/")
    assert "authorization" not in server.asked[-1].headers
    server.fail(lost, Answered(body={"m.homeserver": {"base_url": server.root}}))
    same = room.reach("equipe")
    assert same is not None
    assert same.code == "call_gone"


@pytest.mark.parametrize(
    "odd", [[], {"m.homeserver": "x"}, {"m.homeserver": {"base_url": 5}}, {"chunk": ["x", {"content": []}]}]
)
def test_what_is_no_homeserver_may_answer_what_it_likes(
    odd: Any, server: FakeMatrix, room: Matrix, many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    server.fail(Answered(status=404, body=odd), Answered(body=odd))
    obstacle = room.reach("equipe")
    assert obstacle is not None
    assert obstacle.code == "call_gone"
    server.fail(Answered(body=odd))
    assert room.find(a_message(*many)) is None
    server.fail(Answered(body=odd))
    with pytest.raises(DeliveryError) as caught:
        room.send(a_message(many[0]))
    assert caught.value.ambiguous


def test_what_an_event_does_not_mean_after_all_is_struck_out_and_the_event_stands(
    room: Matrix, server: FakeMatrix, cases: dict[str, Event], a_message: BuildMessage
) -> None:
    event = cases["gained"]
    other = replace(event, id=99)
    joint = Reason.of("together_begun", who="S3NS", mark="secnumcloud+hds")
    message = a_message(event, because={event.id: (joint,)})
    receipt = room.send(message)
    undone = Undone(said=joint, event=other, gone=gone(other))
    room.revise(replace(message, undone={event.id: (undone,)}), receipt)
    [seen] = server.read()
    [struck] = shown(seen).find_all("del")
    assert struck.get_text().rstrip(".") in shown(seen).find_all("p")[1].get_text()
    assert "Page d’essai." in seen["body"]
    assert struck.get_text() not in seen["body"].split("\n\n", 2)[2]
    assert "Cloud de confiance S3NS" in seen["body"]
