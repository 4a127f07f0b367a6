"""A channel of several recipients: each is told once, whoever is refused, for now or for good."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from office import Office

from notifiers.notifier import DeliveryError
from notifiers.said.reasons import as_said
from state.file.opening import open_store
from state.model import Reason
from state.words.post import Message, Notice, Receipt
from watcher.cli import vigilabel
from watcher.tell import recall
from watcher.tell.send import Sent

LATER = DeliveryError(as_said("mailbox busy"))
REFUSED = Reason.of("channel_unset", channel="b", text="q1")


@dataclass
class Round:
    """A notifier for `a` and `b`, which come to grief as they are told; each keeps what it got."""

    trouble: list[DeliveryError | Reason | None] = field(default_factory=list)
    got: dict[str, list[Message]] = field(default_factory=lambda: {"a": [], "b": []})
    pace: float = 0.0

    def send(self, message: Message) -> Receipt:
        told = message.told.id.split() if message.told else []
        wanted = message.follows.id.split() if message.follows else ["a", "b"]
        for one in wanted:
            trouble = self.trouble.pop(0) if one == "b" and self.trouble else None
            if isinstance(trouble, Reason):
                return Receipt(id=" ".join(told), missed=(trouble,))
            if trouble:
                trouble.told = Receipt(id=" ".join(told))
                raise trouble
            if one not in told:
                self.got[one].append(message)
                told.append(one)
        return Receipt(id=" ".join(told))

    def find(self, message: Message) -> Receipt | None:
        return None

    def revise(self, message: Message, receipt: Receipt) -> None:
        pass

    def events(self, who: str) -> list[int]:
        return [event.id for message in self.got[who] for event in message.events if not message.follows]

    def taken_back(self, who: str) -> list[int]:
        return [event.id for message in self.got[who] for event in message.events if message.follows]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def both(office: Office) -> Round:
    office.lines["C1"] = Round()  # type: ignore[assignment]
    return office.lines["C1"]  # type: ignore[return-value]


def retract(office: Office, event: int = 1) -> None:
    with open_store(office.url) as store:
        recall.retract(store, event, "a misread page", "U1", office.now)


def missed(office: Office) -> list[Notice]:
    told = [notice for message in office.lines["COPS"].got for notice in message.notices]
    return [notice for notice in told if notice.kind == "missed"]


def test_who_has_a_message_is_not_told_again_when_another_was_put_off(office: Office, both: Round) -> None:
    office.see(1)
    both.trouble = [LATER, LATER]
    for pause in (0, 5, 15):
        office.now += timedelta(seconds=pause)
        office.deliver()
    assert (both.events("a"), both.events("b")) == ([1], [1])
    assert office.states("C1") == ["sent"]


def test_operators_hear_once_of_a_recipient_who_is_refused_for_as_long_as_it_lasts(
    office: Office, both: Round
) -> None:
    again = Reason.of("channel_unset", channel="b", text="q2")
    both.trouble = [REFUSED, again, None, again]
    for firms in (1, 2):
        office.see(firms)
        office.deliver()
    [notice] = missed(office)
    assert (notice.subject, notice.said) == ("C1", (REFUSED,))
    office.see(3)
    office.deliver()
    office.see(4)
    office.deliver()
    office.deliver()
    assert len(missed(office)) == 2, "it was well again in between"
    assert (both.events("a"), both.events("b")) == ([1, 2, 3, 4], [3])
    assert office.states("C1") == ["sent"] * 4


def test_what_was_wrong_is_said_to_exactly_those_who_were_told(office: Office, both: Round) -> None:
    office.see(1)
    both.trouble = [REFUSED]
    office.deliver()
    retract(office)
    office.deliver()
    assert (both.taken_back("a"), both.taken_back("b")) == ([1], [])


def test_what_is_retracted_half_way_is_taken_back_from_those_who_have_it_and_told_to_no_other(
    office: Office, both: Round
) -> None:
    office.see(1)
    both.trouble = [LATER]
    office.deliver()
    retract(office)
    office.now += timedelta(minutes=1)
    office.deliver()
    assert (both.events("a"), both.events("b")) == ([1], [])
    assert (both.taken_back("a"), both.taken_back("b")) == ([1], [])
    assert office.deliver() == Sent()


def test_of_several_events_the_others_still_reach_who_was_put_off(office: Office, both: Round) -> None:
    office.see(6)
    both.trouble = [LATER]
    office.deliver()
    retract(office, 2)
    office.now += timedelta(minutes=1)
    office.deliver()
    assert both.events("a") == [1, 2, 3, 4, 5, 6]
    assert both.events("b") == [1, 3, 4, 5, 6]
    assert both.taken_back("a") == [2]


def test_a_message_given_up_is_taken_back_from_those_who_have_it(office: Office, both: Round) -> None:
    office.see(1)
    both.trouble = [DeliveryError(as_said("never"), unfit=True)]
    office.deliver()
    assert office.states("C1") == ["given_up"]
    retract(office)
    office.deliver()
    assert (both.taken_back("a"), both.taken_back("b")) == ([1], [])


def test_why_says_who_was_missed(office: Office, both: Round) -> None:
    office.see(1)
    both.trouble = [REFUSED]
    office.deliver()
    asked = ["--state", office.url, "--now", "2026-03-05", "why", "1", "--channel", "C1"]
    said = CliRunner().invoke(vigilabel, asked).output
    assert "not to all: no channel b is set" in said.replace("\n", " ")
