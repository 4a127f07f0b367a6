from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_memory import Toy

from state import codec
from state.model import Attestation, Cause, Event, Evidence, FieldChange, Kind, Neighbour, Provider, Weight

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
maybe_words = st.none() | words
instants = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
providers = st.builds(Provider, slug=words, name=words)
attestations = st.builds(
    Attestation,
    label=words,
    holder=words,
    subject=maybe_words,
    version=maybe_words,
    scope=st.lists(words, max_size=3).map(tuple),
    level=maybe_words,
    status=words,
    national_security=st.none() | st.booleans(),
    recommendation=maybe_words,
    issuer=maybe_words,
    ref=maybe_words,
    url=maybe_words,
    valid_from=st.none() | st.dates(),
    valid_until=st.none() | st.dates(),
    extra=st.dictionaries(words, words, max_size=3),
    page=st.integers(0, 900),
    place=words,
)
sides = st.none() | words | st.booleans() | st.lists(words, max_size=3).map(tuple)
neighbours = st.none() | st.builds(Neighbour, event=st.integers(1), slug=words, name=words)
events = st.builds(
    Event,
    id=st.integers(1),
    kind=st.sampled_from(Kind),
    weight=st.sampled_from(Weight),
    provider=providers,
    label=words,
    source=words,
    attestations=st.lists(attestations, min_size=1, max_size=3).map(tuple),
    rows=st.lists(st.integers(1), max_size=3).map(tuple),
    seen_at=instants,
    edition_at=st.none() | instants,
    cause=st.sampled_from(Cause),
    evidence=st.builds(Evidence, snapshot=st.integers(1), url=words, sha256=words, place=words),
    changes=st.dictionaries(words, st.builds(FieldChange, before=sides, after=sides), max_size=3),
    expected=st.none() | st.booleans(),
    by_rule=st.none() | st.booleans(),
    step=st.none() | st.integers(0, 180),
    probable_successor=neighbours,
    probable_predecessor=neighbours,
)


@given(attestations)
def test_an_attestation_comes_back_as_it_was(attestation: Attestation) -> None:
    assert codec.attestation_of(codec.text(codec.pack_attestation(attestation))) == attestation


@given(events)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    assert codec.event_of(codec.text(codec.pack_event(event))) == event


@given(events)
def test_the_public_form_of_any_event_is_json(event: Event) -> None:
    assert json.loads(json.dumps(codec.event_json(event))) == codec.event_json(event)


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


ATTESTATION_FIELDS = [
    "source",
    "label",
    "provider",
    "holder",
    "subject",
    "version",
    "scope",
    "level",
    "status",
    "national_security",
    "recommendation",
    "issuer",
    "ref",
    "url",
    "valid_from",
    "valid_until",
    "extra",
]
EVENT_FIELDS = [
    "id",
    "kind",
    "weight",
    "provider",
    "label",
    "source",
    "holder",
    "subject",
    "ref",
    "valid_from",
    "valid_until",
    "changes",
    "expected",
    "by_rule",
    "probable_successor",
    "probable_predecessor",
    "seen_at",
    "edition_at",
    "cause",
    "evidence",
]


def test_the_public_form_of_an_attestation_is_the_contract(toy: Toy) -> None:
    attestation = toy.attestation(scope=("1", "2"), extra={"oid": "1.2"}, valid_from=date(2024, 1, 1))
    public = codec.attestation_json(attestation, "ans-hds", toy.provider)
    assert list(public) == ATTESTATION_FIELDS
    assert public["provider"] == {"slug": "bleu", "name": "Bleu"}
    assert public["scope"] == ["1", "2"]
    assert (public["valid_from"], public["valid_until"]) == ("2024-01-01", "2027-01-01")
    assert public["extra"] == {"oid": "1.2"}


def test_the_public_form_of_an_event_is_the_contract(toy: Toy) -> None:
    renewed = toy.event(
        5,
        kind=Kind.RENEWED,
        attestations=(toy.attestation(subject="IaaS", ref="2026_1"),),
        changes={"scope": FieldChange(before=("1",), after=("1", "2"))},
        edition_at=toy.now,
        probable_successor=Neighbour(event=6, slug="eviden", name="Eviden"),
    )
    public: dict[str, Any] = codec.event_json(renewed)
    assert list(public) == EVENT_FIELDS
    assert public["kind"] == "renewed"
    assert public["changes"] == {"scope": {"before": ["1"], "after": ["1", "2"]}}
    assert (public["subject"], public["ref"], public["valid_until"]) == ("IaaS", "2026_1", "2027-01-01")
    assert public["seen_at"] == public["edition_at"] == "2026-03-04T14:34:17Z"
    assert public["probable_successor"] == {"event": 6, "slug": "eviden", "name": "Eviden"}
    assert public["probable_predecessor"] is None
    assert list(public["evidence"]) == ["snapshot", "url", "sha256", "place"]


@pytest.mark.parametrize("kind", [Kind.GAINED, Kind.LOST])
def test_gained_and_lost_carry_every_row_and_speak_for_the_one_only(toy: Toy, kind: Kind) -> None:
    rows = (toy.attestation("Bleu SAS", subject="A"), toy.attestation("BLEU", subject="B"))
    several = codec.event_json(toy.event(1, kind=kind, attestations=rows, rows=(1, 2)))
    assert list(several) == [*EVENT_FIELDS, "attestations"]
    assert several["holder"] == "Bleu SAS"
    assert [several[name] for name in ("subject", "ref", "valid_from", "valid_until")] == [None] * 4
    assert [row["subject"] for row in several["attestations"]] == ["A", "B"]
    one = codec.event_json(replace(toy.event(1, kind=kind), attestations=rows[:1], rows=(1,)))
    assert one["subject"] == "A"
