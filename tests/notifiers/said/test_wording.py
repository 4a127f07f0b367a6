"""What readers are told, in both languages; the approved texts are in `__snapshots__`."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from notifiers.said import digest, named, parts, wording
from notifiers.said.named import event_kind
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import voice
from notifiers.slack import post as drawn
from notifiers.slack.post import Clicks
from state.model import NOT_STANDING, Attestation, Cause, Event, FieldChange, Kind, day_of
from state.words.labels import LABELS
from state.words.post import Message

LANGS = ("fr", "en")
NB, THIN = "\u00a0", "\u202f"
Build = Callable[..., Event]


def everything(message: Message) -> str:
    """All that a reader could see of a message, in one text."""
    return (
        json.dumps(drawn.blocks(message), ensure_ascii=False) + parts.whole(message) + digest.preview(message)
    )


@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_is_told_as_approved(
    lang: str, cases: dict[str, Event], a_message: Callable[..., Message], snapshot: SnapshotAssertion
) -> None:
    told = "\n\n".join(
        f"[{name}]\n{wording.sentence(event, lang)}\n--\n{parts.whole(a_message(event, lang=lang))}"
        for name, event in cases.items()
    )
    visible = told.replace(NB, "~").replace(THIN, "^")
    assert visible == snapshot


@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_becomes_blocks_as_approved(
    lang: str, cases: dict[str, Event], a_message: Callable[..., Message], snapshot: SnapshotAssertion
) -> None:
    names = ("gained", "lost_early_with_successor", "renewed", "gained_several")
    assert [drawn.blocks(a_message(cases[name], lang=lang), Clicks(heard=True)) for name in names] == snapshot


@pytest.mark.parametrize("lang", LANGS)
def test_what_was_there_at_a_first_reading_is_never_told_as_a_change(
    lang: str, cases: dict[str, Event]
) -> None:
    already, before = {
        "fr": (r"déjà (listée?|candidat|archivé|parmi)|figure déjà", "Avant\u00a0: pas encore lu."),
        "en": (r"already", "Before that: not yet read."),
    }[lang]
    archived = dataclasses.replace(cases["amended"].attestations[0], status="archived")
    for event in (
        cases["gained"],
        cases["service_added"],
        cases["candidate_listed"],
        dataclasses.replace(cases["amended"], attestations=(archived,)),
    ):
        first = dataclasses.replace(event, cause=Cause.BASELINE)
        for said in (wording.title(first, lang), wording.sentence(first, lang)):
            assert re.search(already, said), said
            assert not re.search(r"obtient|désormais|de plus|gains|now listed|one more", said), said
        assert before in wording.sentence(first, lang)
        assert event_kind(first, lang) in ("première lecture", "first reading")


@pytest.mark.parametrize("lang", LANGS)
def test_what_a_better_reader_found_is_told_as_no_move_of_the_register(
    lang: str, cases: dict[str, Event]
) -> None:
    for name in ("gained", "service_added", "lost"):
        said = wording.sentence(dataclasses.replace(cases[name], cause=Cause.REREADING), lang)
        assert ("notre lecteur" if lang == "fr" else "Our reader changed") in said
        assert not re.search(r"obtient|n’est plus|ne figure plus|gains|no longer", said), said


def test_an_event_of_an_archived_row_says_that_it_is_archived(cases: dict[str, Event]) -> None:
    one = dataclasses.replace(cases["amended"].attestations[0], status="archived")
    event = dataclasses.replace(cases["amended"], attestations=(one,))
    assert "archivé" in wording.sentence(event, "fr")
    assert "archived" in wording.sentence(event, "en")


def test_the_cases_cover_every_kind(cases: dict[str, Event]) -> None:
    assert {event.kind for event in cases.values()} == set(Kind)


def test_a_line_begins_with_a_capital_whatever_comes_first(
    an_event: Build, a_message: Callable[..., Message]
) -> None:
    """Some qualifications print neither a service nor a scope."""
    row = Attestation(label="pdis", holder="Sopra", level="Substantiel", ref="2025_2064")
    lines = parts.whole(a_message(an_event(Kind.GAINED, row, "Sopra"))).splitlines()
    assert lines[1:3] == ["  Niveau Substantiel", f"  Décision n°{NB}2064 de 2025"]


def test_the_brand_is_told_with_the_printed_name(an_event: Build) -> None:
    said = wording.sentence(an_event(Kind.GAINED), "fr")
    assert said.startswith(
        f"S3NS (imprimé «{NB}Thales Cloud Sécurisé{NB}») obtient la qualification SecNumCloud"
    )
    assert f"décision n°{NB}2057 de 2025" in said
    assert "du 17/12/2025 au 17/12/2028" in said
    assert "Catalogue de l’ANSSI du 04/03/2026" in said


def test_a_holder_printed_as_the_brand_is_not_said_twice(an_event: Build, s3ns: Attestation) -> None:
    event = an_event(Kind.GAINED, dataclasses.replace(s3ns, holder="s3ns"))
    assert "imprimé" not in wording.sentence(event, "fr")


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_said_to_be_withdrawn_unless_the_register_prints_it(
    lang: str, cases: dict[str, Event], a_message: Callable[..., Message]
) -> None:
    verdicts = re.compile(r"withdraw|revok|retiré\b(?! du)|révoqu|suspend|déchu|perd ", re.IGNORECASE)
    for name, event in cases.items():
        if name != "lost_printed_as_withdrawn":
            assert not verdicts.search(everything(a_message(event, lang=lang))), name
    assert verdicts.search(everything(a_message(cases["lost_printed_as_withdrawn"], lang=lang)))


def test_a_loss_says_where_and_whether_the_end_had_passed(cases: dict[str, Event]) -> None:
    passed = wording.sentence(cases["lost"], "fr")
    assert "ne figure plus dans l’édition du 04/03/2026 du catalogue de l’ANSSI" in passed
    assert f"Échéance imprimée{NB}: 30/11/2026, déjà passée." in passed
    early = wording.sentence(cases["lost_early_with_successor"], "en")
    assert "is no longer listed in the edition of 4 Mar 2026 of the ANSSI catalogue" in early
    assert "not reached yet. The register gives no reason." in early
    assert "Probable successor: Eviden France, now listed (event 14)." in early


def test_a_reissue_never_says_extended(cases: dict[str, Event]) -> None:
    for lang in LANGS:
        said = (wording.title(cases["reissued"], lang) + wording.sentence(cases["reissued"], lang)).casefold()
        assert not re.search(r"prolong|renouvel|report|extend|renew", said)


@pytest.mark.parametrize(
    ("tick", "french", "english"),
    [
        ("green", "optimal", "optimal"),
        ("orange", "modéré", "moderate"),
        ("red", "critique", "critical"),
        ("violet", "violet", "violet"),
    ],
)
def test_a_tick_is_said_in_the_words_of_the_register(
    tick: str, french: str, english: str, an_event: Build, a_message: Callable[..., Message]
) -> None:
    """Readers know ANSSI's levels of recommendation and what they mean; colours are for scripts."""
    change = FieldChange(before=None, after=tick)
    event = an_event(Kind.RECOMMENDATION_CHANGED, changes={"recommendation": change}, by_rule=True)
    assert f"niveau de recommandation «{NB}{french}{NB}»" in wording.title(event, "fr")
    assert f"“{english}”" in wording.title(event, "en")
    said = everything(a_message(event)) + everything(a_message(event, lang="en"))
    assert bool(re.search(rf"\b{tick}\b", said)) == (tick == "violet")
    assert ("Pour l’ANSSI" in said) == (tick != "violet")


@pytest.mark.parametrize("status", sorted(NOT_STANDING))
def test_every_status_under_which_nothing_is_held_has_a_word(status: str) -> None:
    assert named.status_name(status, "fr") != status


def test_a_recommendation_is_told_by_rule_or_by_hand_without_a_cause(cases: dict[str, Event]) -> None:
    assert "Comme la date d’échéance le prévoyait." in wording.sentence(cases["recommendation_changed"], "fr")
    by_hand = wording.sentence(cases["recommendation_by_hand"], "fr")
    assert "Modifié manuellement par l’ANSSI" in by_hand
    assert "la raison n’est pas publiée" in by_hand


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (datetime(2026, 10, 31, 5, 0, tzinfo=UTC), "dans 30 jours"),
        (datetime(2026, 11, 28, 22, 59, tzinfo=UTC), "dans 2 jours"),
        (datetime(2026, 11, 28, 23, 1, tzinfo=UTC), "dans 1 jour"),  # already the 29th in Paris
        (datetime(2026, 11, 30, 12, 0, tzinfo=UTC), "aujourd’hui"),
        (datetime(2026, 12, 1, 12, 0, tzinfo=UTC), "dépassée"),
    ],
)
def test_days_left_are_counted_in_paris(cases: dict[str, Event], seen: datetime, said: str) -> None:
    event = dataclasses.replace(cases["expiring"], seen_at=seen)
    assert wording.days_text(event, "fr") == said
    assert "Aucun renouvellement publié à ce jour." in wording.sentence(event, "fr")


def test_an_expiry_on_an_undated_page_claims_no_reading_of_that_day(cases: dict[str, Event]) -> None:
    said = wording.sentence(cases["expired_on_an_undated_page"], "fr")
    assert "toujours listé à la dernière lecture de la liste HDS de l’ANS" in said


def test_an_undated_page_is_told_by_the_day_it_was_read_in_paris(an_event: Build) -> None:
    event = an_event(Kind.GAINED, source="ans-hds", edition_at=None)
    assert wording.edition_text(event, "fr") == "Liste HDS de l’ANS, lecture du 05/03/2026"


@pytest.mark.parametrize("when", ["2026-03-28T23:30:00+00:00", "2026-10-25T00:30:00+00:00"])
def test_dates_hold_in_both_nights_when_clocks_change(when: str) -> None:
    assert day_of(datetime.fromisoformat(when)) == date.fromisoformat(
        "2026-03-29" if "03-28" in when else "2026-10-25"
    )


@pytest.mark.parametrize(
    ("label", "ref", "said"),
    [
        ("secnumcloud", "2025_6", f"décision n°{NB}6 de 2025"),
        ("passi", "2025_CT-PASSI-042025-0CU01134", "décision 2025_CT-PASSI-042025-0CU01134"),
        ("cc", "ANSSI-CC-2023-19-R01", "certificat ANSSI-CC-2023-19-R01"),
        ("hds", "FR094504", "certificat FR094504"),
        ("secnumcloud", None, ""),
    ],
)
def test_a_ref_is_printed_as_a_reader_would_quote_it(label: str, ref: str | None, said: str) -> None:
    assert named.ref_text(Attestation(label=label, holder="X", ref=ref), "fr") == said


def test_unknown_words_are_told_by_their_own_name(an_event: Build) -> None:
    event = an_event(
        Kind.AMENDED,
        source="toy-register",
        label="new-label",
        edition_at=None,
        changes={"extra.Localisation": FieldChange(before=None, after="Paris")},
    )
    said = wording.sentence(event, "fr")
    assert "new-label" in said
    assert "toy-register" in said
    assert f"Localisation{NB}: aucun → Paris" in said


def test_a_scope_swapped_says_both_sides(an_event: Build) -> None:
    change = FieldChange(before=("SaaS", "PaaS"), after=("PaaS", "IaaS"))
    said = wording.sentence(an_event(Kind.SCOPE_REDUCED, changes={"scope": change}), "fr")
    assert f"Retiré du périmètre{NB}: SaaS." in said
    assert f"Ajouté au périmètre{NB}: IaaS." in said


def test_every_label_has_all_its_words_in_every_language() -> None:
    for lang in LANGUAGES:
        for label in LABELS:
            for part in (*named.LABEL_PARTS, "explained"):
                assert voice(lang).knows("label", f"{label}.{part}"), (lang, label, part)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_can_be_told_of_every_label(lang: str, label: str, an_event: Build) -> None:
    for kind in Kind:
        for status in ("listed", "withdrawn", "suspended", "archived"):
            event = an_event(kind, Attestation(label=label, holder="X", status=status), label=label)
            said = wording.title(event, lang) + wording.sentence(event, lang)
            assert "{" not in said
            assert "  " not in said


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "kind",
    [
        "trouble",
        "doubted",
        "recovered",
        "held",
        "released",
        "news",
        "trust",
        "stale",
        "suspended",
        "baseline",
        "unheard-of",
    ],
)
def test_every_notice_has_a_title_a_text_and_advice(
    lang: str, kind: str, a_notice: Callable[..., Any], a_message: Callable[..., Message]
) -> None:
    notice = a_notice(kind)
    message = a_message(lang=lang, notices=(notice,))
    assert named.source_title("anssi-catalogue", lang) in digest.headline(message)
    assert "503" in parts.whole(message)
    assert bool(wording.notice_advice(notice, lang)) == (kind != "unheard-of")


def test_calendar_events_of_a_dated_edition_name_it(cases: dict[str, Event]) -> None:
    assert cases["expired"].cause is Cause.CALENDAR
    assert "toujours listé dans l’édition du 04/03/2026" in wording.sentence(cases["expired"], "fr")
