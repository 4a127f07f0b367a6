"""Events and attestations in the shape that scripts rely on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from any_event import events
from hypothesis import given
from toy_memory import Toy

from state.file.opening import open_store
from state.model import Event, FieldChange, Kind, Neighbour
from watcher.ask.views.events import event_view
from watcher.ask.views.form import Json, columns, each_json, json_of
from watcher.ask.views.rows import Attestation, attestation_view


@pytest.fixture
def toy() -> Iterator[Toy]:
    with open_store(":memory:") as store:
        yield Toy(store)


def shown(event: Event) -> Json:
    return json_of(event_view(event))


@given(events)
def test_the_public_form_of_any_event_is_json(event: Event) -> None:
    assert json.loads(json.dumps(shown(event))) == shown(event)


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
    public = json_of(attestation_view(attestation, "ans-hds", toy.provider))
    assert list(public) == ATTESTATION_FIELDS
    assert public["provider"] == {"slug": "bleu", "name": "Bleu"}
    assert public["scope"] == ["1", "2"]
    assert (public["valid_from"], public["valid_until"]) == ("2024-01-01", "2027-01-01")
    assert public["extra"] == {"oid": "1.2"}


def test_a_row_says_the_country_of_its_list_where_the_list_prints_it(toy: Toy) -> None:
    belgian = toy.attestation(country="BE")
    assert list(json_of(attestation_view(belgian, "tl-be", toy.provider))) == [*ATTESTATION_FIELDS, "country"]
    views = [attestation_view(row, "tl-be", toy.provider) for row in (belgian, toy.attestation(), belgian)]
    for some in (views, views[:1], views[1:2], views[::2]):
        assert each_json(some) == [json_of(one) for one in some]
    assert [one.get("country") for one in each_json(views)] == ["BE", None, "BE"]
    assert "country" in columns(Attestation)
    event = shown(toy.event(5, attestations=(belgian,)))
    assert (list(event)[-1], event["country"]) == ("country", "BE")
    assert "country" not in shown(toy.event(5))


def test_the_public_form_of_an_event_is_the_contract(toy: Toy) -> None:
    renewed = toy.event(
        5,
        kind=Kind.RENEWED,
        attestations=(toy.attestation(subject="IaaS", ref="2026_1"),),
        changes={"scope": FieldChange(before=("1",), after=("1", "2"))},
        edition_at=toy.now,
        probable_successor=Neighbour(event=6, slug="eviden", name="Eviden"),
    )
    public = shown(renewed)
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
    several = shown(toy.event(1, kind=kind, attestations=rows, rows=(1, 2)))
    assert list(several) == [*EVENT_FIELDS, "attestations"]
    assert several["holder"] == "Bleu SAS"
    assert [several[name] for name in ("subject", "ref", "valid_from", "valid_until")] == [None] * 4
    assert [row["subject"] for row in several["attestations"]] == ["A", "B"]
    one = shown(replace(toy.event(1, kind=kind), attestations=rows[:1], rows=(1,)))
    assert one["subject"] == "A"
