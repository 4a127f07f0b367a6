"""Who wants what: the words people subscribe with, and the events that match them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from toy_register import day, row

from state.model import Cause, Event, Evidence, FieldChange, Kind, Weight
from state.seen.who.providers import load_providers
from state.words.post import Subscription
from watcher.errors import UnknownWord
from watcher.tell.want import refusal, understand, wants

PROVIDERS = load_providers()
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17"


def event(line: str = S3NS, kind: Kind = Kind.GAINED, **changed: Any) -> Event:
    attestation = row(line)
    made = Event(
        id=1,
        kind=kind,
        weight=kind.weight,
        provider=PROVIDERS.resolve(attestation.holder, "anssi-catalogue", attestation.label),
        label=attestation.label,
        source="anssi-catalogue",
        attestations=(attestation,),
        rows=(1,),
        seen_at=day("2026-03-05"),
        edition_at=None,
        cause=Cause.REGISTER,
        evidence=Evidence(snapshot=1, url="u", sha256="h", place="p. 1"),
    )
    return replace(made, **changed)


def wish(*given: str) -> Subscription:
    meant = understand(given)
    return Subscription(
        id=1,
        channel="C1",
        words=given,
        names=meant.names,
        labels=meant.labels,
        kinds=meant.kinds,
        floor=meant.floor,
    )


@pytest.mark.parametrize(
    "words",
    [
        ("s3ns",),
        ("S3NS",),
        ("premi3ns",),
        ("Thales Cloud Sécurisé",),
        ("secnumcloud",),
        ("SecNumCloud", "gained"),
        ("numspot", "bleu", "s3ns"),
        ("all",),
        ("tout",),
        ("all", "high"),
    ],
)
def test_these_words_hear_that_s3ns_gained_secnumcloud(words: tuple[str, ...]) -> None:
    assert wants(wish(*words), event(), PROVIDERS)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("numspot", "bleu"), "not S3NS"),
        (("hds",), "not secnumcloud"),
        (("s3ns", "hds"), "not secnumcloud"),
        (("secnumcloud", "lost"), "not gained"),
    ],
)
def test_these_words_do_not_and_the_reason_names_the_term(words: tuple[str, ...], why: str) -> None:
    assert why in refusal(wish(*words), event(), PROVIDERS)


def test_a_name_matches_whole_words_and_never_parts_of_words() -> None:
    samsung = event("cc | Samsung | S3NSEN6 chip | CC-1 | 2025-01-01 | 2030-01-01")
    assert not wants(wish("s3ns"), samsung, PROVIDERS)
    assert wants(wish("samsung"), samsung, PROVIDERS)
    blue = event("secnumcloud | BLUE | Offer | - | - | -")
    assert not wants(wish("bleu"), blue, PROVIDERS)


def test_a_name_on_no_list_yet_is_a_watch_that_fires_when_it_appears() -> None:
    assert understand(["Nuage Neuf"]).names == ("Nuage Neuf",)
    new = event("secnumcloud | NUAGE NEUF SAS | Offer | 2027_1 | 2027-01-01 | 2030-01-01")
    assert wants(wish("Nuage Neuf"), new, PROVIDERS)


def test_a_renamed_holder_is_found_under_its_old_name() -> None:
    renamed = event(
        kind=Kind.RENAMED, changes={"subject": FieldChange(before="Offre Ancienne", after="Cloud")}
    )
    assert wants(wish("Offre Ancienne"), renamed, PROVIDERS)


def test_low_weight_is_told_only_on_request() -> None:
    tick = event(kind=Kind.RECOMMENDATION_CHANGED)
    assert tick.weight is Weight.LOW
    assert "of weight normal and above" in refusal(wish("all"), tick, PROVIDERS)
    assert wants(wish("all", "low"), tick, PROVIDERS)
    assert wants(wish("recommendation_changed"), tick, PROVIDERS)
    assert wants(wish("recommendation-changed"), tick, PROVIDERS)
    assert not wants(wish("all", "high"), event(kind=Kind.RENEWED), PROVIDERS)


@pytest.mark.parametrize("cause", [Cause.BASELINE, Cause.REREADING])
def test_baselines_and_rereadings_are_wanted_by_nobody(cause: Cause) -> None:
    assert cause in refusal(wish("all"), event(cause=cause), PROVIDERS)


def test_a_family_of_labels_can_be_named() -> None:
    assert "eidas-timestamp" in understand(["eidas"]).labels


@pytest.mark.parametrize("words", [(), ("low",), ("—",)])
def test_words_that_name_nothing_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(UnknownWord):
        understand(words)


@pytest.mark.parametrize("words", ["s3ns", "Thales Cloud Sécurisé", "someone-else", "Someone"])
def test_a_row_that_changes_holder_is_heard_by_who_watches_either(words: str) -> None:
    moved = event(
        S3NS.replace("Thales Cloud Sécurisé", "Someone Else").replace("S3NS", "souverain"),
        Kind.RENAMED,
        changes={"holder": FieldChange(before="Thales Cloud Sécurisé", after="Someone Else")},
    )
    assert wants(wish(words), moved, PROVIDERS)


@pytest.mark.parametrize(
    "words",
    [
        "thales cloud securise",
        "THALES\u00a0CLOUD\u202fSÉCURISÉ",
        "Thales Cloud Se\u0301curise\u0301",
        "Thales Cloud Sécu\u00adrisé\u200b",
        "Ｔｈａｌｅｓ Cloud Sécurisé",
        "Thales Cloud S&eacute;curis&amp;eacute;",
    ],
)
def test_a_name_is_watched_however_it_is_printed(words: str) -> None:
    assert wants(wish(words), event(), PROVIDERS)
    printed = event(S3NS.replace("Thales Cloud Sécurisé", words))
    assert wants(wish("Thales Cloud Sécurisé"), printed, PROVIDERS)
