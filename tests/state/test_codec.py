from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from any_event import attestations, events
from hypothesis import given, settings
from hypothesis import strategies as st

from state import codec
from state.codec import from_row, row_of
from state.model import Attestation, Cause, Event, Kind, Outcome, Reason, Weight
from state.seen.events.bunched import Bunch
from state.words.kept import SourceState
from state.words.post import Channel, Notice, Share, Subscription

WHERE = ("page", "place", "url")
WITHOUT = "select json_remove(?, '$.page', '$.place', '$.url')"
"""What SQLite makes of it."""


@settings(deadline=None)  # the first one loads what reads
@given(attestations)
def test_an_attestation_comes_back_as_it_was(attestation: Attestation) -> None:
    body = codec.text(codec.pack_attestation(attestation))
    assert list(codec.attestations_of([body])) == [attestation]
    assert codec._compiled(Attestation)(body) == attestation


@given(attestations)
def test_a_statement_is_the_text_of_a_row_without_where_it_stands(attestation: Attestation) -> None:
    packed = codec.pack_attestation(attestation)
    plain = codec.text({name: value for name, value in packed.items() if name not in WHERE})
    assert codec.statement(attestation) == plain
    assert codec.attestation_text(attestation) == codec.text(packed)
    assert codec.stated_in(codec.text(packed)) == plain
    with closing(sqlite3.connect(":memory:")) as database:
        assert database.execute(WITHOUT, [codec.text(packed)]).fetchone() == (plain,)


def test_a_row_of_no_country_has_the_text_that_it_had_before_rows_had_one() -> None:
    """What memories, chains and evidence files hold of it is hashed: not a byte of it may be another."""
    row = Attestation(label="hds", holder="OVH", ref="1", extra={"a": "b"}, page=2, place="p. 3")
    kept = (
        '{"extra":{"a":"b"},"holder":"OVH","label":"hds","page":2,"place":"p. 3","ref":"1","scope":[],'
        '"status":"listed"}'
    )
    assert codec.attestation_text(row) == codec.text(codec.pack_attestation(row)) == kept
    assert list(codec.attestations_of([kept])) == [row]
    assert codec.attestation_text(replace(row, country="BE")) == '{"country":"BE",' + kept[1:]


@given(events)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    body = codec.text(codec.pack_event(event))
    assert codec.event_text(event) == body
    assert list(codec.events_of([body])) == [event]
    assert codec._compiled(Event)(body) == event


@settings(max_examples=3, deadline=None)
@given(attestations, events)
def test_many_rows_are_read_as_few_are(attestation: Attestation, event: Event) -> None:
    row, change = codec.text(codec.pack_attestation(attestation)), codec.text(codec.pack_event(event))
    assert list(codec.attestations_of([row] * codec.MANY)) == [attestation] * codec.MANY
    assert list(codec.events_of([change] * codec.MANY)) == [event] * codec.MANY


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_instants_sort_as_text_as_they_do_in_time(one: datetime, other: datetime) -> None:
    whole = [at.replace(microsecond=0) for at in (one, other)]
    texts = [codec.instant_text(at) for at in (one, other)]
    assert (texts[0] < texts[1]) == (whole[0] < whole[1])
    assert codec.instant(texts[0]) == whole[0]


def test_instants_are_utc_whatever_the_zone_they_came_in() -> None:
    paris = datetime(2026, 3, 4, 15, 34, 17, 999_999, timezone(timedelta(hours=1)))
    assert codec.instant_text(paris) == "2026-03-04T14:34:17Z"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="expected an aware time"):
        codec.instant_text(datetime(2026, 3, 4, 14, 34, 17))  # noqa: DTZ001 - what is refused


def test_equal_values_have_equal_texts() -> None:
    assert codec.text({"b": 1, "a": "é"}) == codec.text({"a": "é", "b": 1}) == '{"a":"é","b":1}'


AT = datetime(2026, 3, 4, 14, 34, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        Subscription(
            id=1, channel="C1", words=("hds", "é"), labels=("hds",), floor=Weight.HIGH, created_at=AT
        ),
        Channel(id="C1", reasons=(Reason.of("gone", seconds=1),), quiet_lets_high=False, not_before=AT),
        Notice(id=1, kind="news", subject="x", text="y", at=AT, said=(Reason.of("gone", text="z"),)),
        SourceState(source="x", covers=frozenset({"b", "a"}), outcome=Outcome.OK, last_look=AT),
        Share(key="k", channel="C1", member="U1", at=AT, text="t", blocks="[]", beyond=True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_the_same_when_it_comes_back_from_the_columns_of_its_row(value: Any) -> None:
    row = row_of(value)
    assert from_row(type(value), row) == value
    assert {type(kept) for kept in row.values()} <= {str, int, type(None)}, (
        "nothing that an engine cannot keep"
    )


def test_a_type_that_no_column_keeps_yet_is_refused_by_name() -> None:
    bunch = Bunch(
        kind=Kind.LOST,
        weight=Weight.HIGH,
        cause=Cause.REGISTER,
        provider="s3ns",
        label="secnumcloud",
        first=1,
        last=1,
        events=1,
    )
    with pytest.raises(TypeError, match=r"Bunch\.kind: no column keeps a Kind yet"):
        row_of(bunch)
