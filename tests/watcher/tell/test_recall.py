"""Taking a wrong alert back: everybody who was told, nobody else, whatever happens on the way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from office import Office

from notifiers.notifier import DeliveryError
from notifiers.said.reasons import as_said
from state.file.opening import open_store
from state.kept import audit
from state.owed import outbox, subscriptions, taken
from state.seen.taken_back import retractions
from state.words.post import Receipt, Retraction
from watcher.errors import NoReason
from watcher.tell import recall
from watcher.tell.letters import LEASE
from watcher.tell.plan import plan
from watcher.tell.send import Sent


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def retract(office: Office, event: int = 1) -> Retraction:
    with open_store(office.url) as store:
        return recall.retract(store, event, "a misread page", "U1", office.now)


def test_every_channel_that_was_told_is_told_that_it_was_wrong(office: Office) -> None:
    office.see(2)
    office.deliver()
    retracted = retract(office)
    assert office.deliver() == Sent(sent=2)
    for channel in ("C1", "C2"):
        line = office.lines[channel]
        [(edited, receipt)] = line.revised
        told = line.got[-1]
        assert ([event.id for event in edited.events], edited.retracted) == ([1], (retracted,))
        assert (told.follows, told.retracted) == (receipt, (retracted,))
        assert [event.id for event in told.events] == [1]
    assert office.deliver() == Sent(), "once"


def test_retracting_twice_is_one_retraction(office: Office) -> None:
    office.see(1)
    office.deliver()
    first = retract(office)
    office.now += timedelta(days=1)
    assert retract(office) == first
    assert office.deliver() == Sent(sent=2)


def test_a_retraction_needs_an_event_and_a_reason(office: Office) -> None:
    office.see(1)
    with open_store(office.url) as store:
        with pytest.raises(LookupError, match="no event 9"):
            recall.retract(store, 9, "why", "U1", office.now)
        with pytest.raises(NoReason, match="needs a reason"):
            recall.retract(store, 1, "  ", "U1", office.now)
        assert retractions.retractions(store) == {}


def test_what_was_not_sent_yet_is_not_sent_and_needs_no_taking_back(office: Office) -> None:
    office.see(2)
    retract(office)
    assert office.deliver() == Sent(sent=2)
    assert office.lines["C1"].events() == office.lines["C2"].events() == [2]
    first = office.owed("C1")[0]
    assert (first.state, first.error) == ("given_up", "retracted before it was sent: a misread page")


def test_a_group_goes_without_the_event_that_was_retracted(office: Office) -> None:
    office.see(8)
    with open_store(office.url) as store:
        plan(store, office.now)
    retract(office, 3)
    office.deliver()
    assert office.lines["C1"].events() == [1, 2, 4, 5, 6, 7, 8]
    assert office.lines["C1"].revised == []


def test_a_channel_that_was_never_told_hears_nothing_of_it(office: Office) -> None:
    office.see(1)
    office.lines["C1"].refusals = [DeliveryError(as_said("is_archived"), permanent=True)]
    office.deliver()
    retract(office)
    with open_store(office.url) as store:
        subscriptions.resume(store, "C1", office.now)
    office.deliver()
    assert office.lines["C1"].got == []
    assert len(office.lines["C2"].revised) == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_a_message_under_way_when_it_was_retracted_is_taken_back_only_if_it_arrived(
    office: Office, arrived: bool
) -> None:
    office.see(1)
    line = office.lines["C1"]
    line.refusals = [DeliveryError(as_said("the reply was lost"), ambiguous=True)]
    office.deliver()
    if arrived:
        line.arrived_unnoticed = {owed.message or "" for owed in office.owed("C1")}
    retract(office)
    office.now += timedelta(minutes=1)
    office.deliver()
    office.deliver()
    assert line.events() == ([1] if arrived else []), "the taking back alone"
    assert [receipt for _, receipt in line.revised] == ([Receipt(id="found")] if arrived else [])


def test_an_event_retracted_while_a_group_may_have_arrived_leaves_the_rest_told(office: Office) -> None:
    office.see(8)
    office.lines["C1"].refusals = [DeliveryError(as_said("the reply was lost"), ambiguous=True)]
    office.deliver()
    retract(office, 3)
    office.now += timedelta(minutes=1)
    office.deliver()
    office.deliver()
    assert office.lines["C1"].events() == [1, 2, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("arrived", [True, False])
def test_a_message_given_up_in_doubt_is_looked_for_before_it_is_taken_back(
    office: Office, arrived: bool
) -> None:
    office.see(1)
    line = office.lines["C1"]
    line.refusals = [
        DeliveryError(as_said("the reply was lost"), ambiguous=True),
        DeliveryError(as_said("invalid_blocks"), unfit=True),
    ]
    office.deliver()
    office.now += timedelta(minutes=1)
    office.deliver()
    assert office.states("C1") == ["given_up"]
    if arrived:
        line.arrived_unnoticed = {office.owed("C1")[0].message or ""}
    retract(office)
    office.deliver()
    assert len(line.revised) == int(arrived)
    assert {owed.state for owed in office.owed("C1")} <= {"sent", "given_up"}


def test_a_death_between_the_edit_and_the_word_about_it_repeats_the_edit_alone(office: Office) -> None:
    office.see(1)
    office.deliver()
    retract(office)
    line = office.lines["C1"]
    line.refusals = [DeliveryError(as_said("the reply was lost"), ambiguous=True)]
    office.deliver()
    with open_store(office.url) as store:
        line.arrived_unnoticed = {
            owed.message or "" for owed in outbox.owed(store, channel="C1", state="due")
        }
    office.now += timedelta(minutes=1)
    assert office.deliver() == Sent(sent=1)
    assert len(line.revised) == 2
    assert len(line.got) == 1


def test_a_retraction_of_a_message_whose_sender_died_waits_for_its_lease(office: Office) -> None:
    office.see(1)
    with open_store(office.url) as store:
        plan(store, office.now)
        assert taken.claim(store, ["C1"], "dead", office.now, LEASE)
    retract(office)
    office.deliver()
    assert office.lines["C1"].got == []
    office.now += LEASE
    office.lines["C1"].arrived_unnoticed = {office.owed("C1")[0].message or ""}
    office.deliver()
    office.deliver()
    assert [receipt for _, receipt in office.lines["C1"].revised] == [Receipt(id="found")]


def test_a_retraction_is_part_of_the_history_that_cannot_be_rewritten(office: Office) -> None:
    office.see(1)
    retracted = retract(office)
    with open_store(office.url) as store:
        assert retractions.retractions(store, [1, 2]) == {1: retracted}
        assert audit.faults(store) == ()
        for forged in ("update retraction set reason = 'x'", "delete from retraction"):
            with pytest.raises(Exception, match="never"):
                store.q(forged)
