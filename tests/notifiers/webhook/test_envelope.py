"""An event as a request of a webhook: checked by the reference verifier and the parser of CloudEvents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from any_event import events
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from every_event import HDS, build_event
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from notifiers.webhook.post import Told, headers, requests
from state.model import Event, Kind, Provider, Reason
from state.words.post import Message, Notice, Receipt, Retraction, Undone
from watcher.ask.views.events import event_view
from watcher.ask.views.form import json_of

NEW, OLD = "whsec_bmV3LXNlY3JldC1mb3ItdGVzdHMtMTIzNDU2", "whsec_b2xkLXNlY3JldC1mb3ItdGVzdHMtMTIzNDU2"
SOURCE = "tag:0123456789abcdef.vigilabel.invalid,2026:event"
NOW = datetime.now(UTC)


def view(event: Event, gone: Retraction | None) -> Mapping[str, Any]:
    return json_of(event_view(event, gone))


def message(*told: Event, **fields: Any) -> Message:
    return Message(key="k", channel="siem", lang="fr", events=told, **fields)


def parsed(told: Told) -> Any:
    return from_structured_event(HTTPMessage(headers={}, body=told.body))


GONE = Retraction(event=12, reason="mal lu", by="cli", at=NOW)


def test_an_event_is_a_cloud_event_whose_data_is_the_json_of_every_door() -> None:
    event = build_event(Kind.GAINED, HDS, "Scalingo")
    [told] = requests(message(event), SOURCE, view)
    read = parsed(told)
    assert json.loads(told.body)["data"] == json_of(event_view(event))
    assert (told.id, read.get_id(), read.get_source()) == ("12", "12", SOURCE)
    assert read.get_type() == "vigilabel.event.gained"
    assert read.get_subject() == "scalingo/hds"
    assert (read.get_time(), read.get_specversion()) == (event.seen_at, "1.0")
    assert read.get_datacontenttype() == "application/json"


@given(st.lists(events, min_size=1, max_size=4))
def test_any_event_is_one_request_in_order_with_its_own_id(several: list[Event]) -> None:
    told = [*requests(message(*several), SOURCE, view)]
    assert [one.id for one in told] == [str(event.id) for event in several]
    assert [parsed(one).get_data() for one in told] == [json_of(event_view(event)) for event in several]


def test_what_is_taken_back_is_a_request_of_its_own_type_and_id() -> None:
    event = build_event(Kind.GAINED)
    [told] = requests(message(event, retracted=(GONE,), follows=Receipt()), SOURCE, view)
    read = parsed(told)
    assert (told.id, read.get_type()) == ("12-retracted", "vigilabel.event.retracted")
    assert read.get_data() == json_of(event_view(event, GONE))
    assert read.get_data()["retracted"]["reason"] == "mal lu"


def test_labels_together_are_told_beside_the_event_and_taken_back_alone() -> None:
    event, host = build_event(Kind.GAINED), build_event(Kind.GAINED, HDS, id=9)
    joint = Reason.of("together_begun", who="S3NS", mark="secnumcloud+hds")
    [told] = requests(message(event, because={12: (joint,)}), SOURCE, view)
    assert (parsed(told).get_extension("together"), told.id) == ("secnumcloud+hds", "12")
    assert "S3NS" in parsed(told).get_extension("because")
    undone = Undone(said=joint, event=host, gone=Retraction(event=9, reason="mal lu", by="cli", at=NOW))
    [back] = requests(message(event, undone={12: (undone,)}, follows=Receipt()), SOURCE, view)
    assert (back.id, parsed(back).get_type()) == ("12-apart-9", "vigilabel.event.together_retracted")
    assert "retracted" not in parsed(back).get_data()
    assert parsed(back).get_extension("reason") == "mal lu"


def test_a_word_to_operators_has_a_type_of_its_own_and_its_reasons_as_data() -> None:
    why = Reason.of("no_bot_token")
    notice = Notice(id=7, kind="suspended", subject="C1", text="gone", at=NOW, said=(why,))
    [told] = requests(message(notices=(notice,)), SOURCE, view)
    read = parsed(told)
    assert (told.id, read.get_type(), read.get_subject()) == ("notice-7", "vigilabel.notice.suspended", "C1")
    assert read.get_data()["reasons"] == [{"code": "no_bot_token", "values": {}}]


def test_a_word_that_is_in_no_memory_has_the_id_of_its_message() -> None:
    notice = Notice(id=0, kind="test", subject="", text="hello", at=NOW)
    written = Message(key="test 2026-03-04T12:00:00.5+00:00", channel="siem", lang="fr", notices=(notice,))
    [told] = requests(written, SOURCE, view)
    assert (told.id, parsed(told).get_subject()) == ("notice-test-2026-03-04T12-00-00-5-00-00", "test")


def told_now() -> Told:
    [told] = requests(message(build_event(Kind.LOST)), SOURCE, view)
    return told


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_while_one_secret_takes_the_place_of_another_a_receiver_with_either_takes_it(secret: str) -> None:
    told = told_now()
    given = dict(headers(told, (NEW, OLD), datetime.now(UTC)))
    assert Webhook(secret).verify(told.body, given) == json.loads(told.body)
    assert len(given["webhook-signature"].split(" ")) == 2


def test_a_body_that_somebody_touched_and_a_foreign_secret_are_refused() -> None:
    told = told_now()
    given = dict(headers(told, (NEW,), datetime.now(UTC)))
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(told.body.replace(b"lost", b"gain"), given)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(told.body, given)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(told.body, {**given, "webhook-id": "13"})


def test_the_time_of_an_attempt_is_its_own_whatever_its_zone() -> None:
    told, at = told_now(), datetime.now(timezone(timedelta(hours=9)))
    given = dict(headers(told, (NEW,), at))
    assert given["webhook-timestamp"] == str(int(at.timestamp()))
    assert Webhook(NEW).verify(told.body, given)


def test_names_of_providers_may_be_any_text() -> None:
    event = build_event(Kind.GAINED, provider=Provider(slug="é/«à»", name="É"))
    [told] = requests(message(event), SOURCE, view)
    assert parsed(told).get_subject() == "é/«à»/secnumcloud"
    assert Webhook(NEW).verify(told.body, dict(headers(told, (NEW,), datetime.now(UTC))))
