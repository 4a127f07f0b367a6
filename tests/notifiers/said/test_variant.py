"""What makes a kind another story: rows listed long after their start, certificates issued anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from notifiers.said import wording
from state.model import Attestation, Cause, Event, FieldChange, Kind

CHIP = Attestation(
    label="cc",
    holder="THALES DIS",
    subject="MultiApp V4 JCS",
    ref="ANSSI-CC-2017-07-R01",
    valid_from=date(2021, 12, 22),
    valid_until=date(2026, 12, 22),
)
HOST = Attestation(
    label="hds",
    holder="Outscale",
    ref="36741 LNE",
    issuer="LNE",
    valid_from=date(2026, 2, 27),
    valid_until=date(2029, 2, 26),
    extra={"certificate_number": "36741-6"},
)
STAMP = Attestation(
    label="eidas-timestamp",
    holder="Certigna",
    subject="Certigna TSA - UH21",
    ref="TSA/QTST " + "cd" * 32,
    valid_from=date(2026, 2, 27),
    extra={"service_type": "TSA/QTST"},
)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("kind", [Kind.GAINED, Kind.SERVICE_ADDED])
def test_a_row_listed_long_after_its_printed_start_is_no_fresh_news(
    kind: Kind, an_event: Callable[..., Event]
) -> None:
    event = an_event(kind, CHIP, name="Thales DIS")
    french, english = plain(wording.sentence(event, "fr")), plain(wording.sentence(event, "en"))
    assert "listé le 04/03/2026, certifié depuis le 22/12/2021" in french
    assert "obtient" not in french
    assert "listed on 4 Mar 2026, certified since 22 Dec 2021" in english
    assert "gains" not in english
    assert "certifié depuis le 22/12/2021" in plain(wording.title(event, "fr"))


def test_several_rows_are_late_when_all_of_them_are(an_event: Callable[..., Event]) -> None:
    older = replace(CHIP, ref="ANSSI-CC-2017-22", valid_from=date(2019, 1, 2))
    event = an_event(Kind.GAINED, CHIP, name="Thales DIS", attestations=(CHIP, older), rows=(1, 2))
    assert "certifié depuis le 02/01/2019" in plain(wording.sentence(event, "fr"))
    fresh = replace(event, attestations=(older, replace(CHIP, valid_from=date(2026, 2, 1))))
    assert "obtient" in wording.sentence(fresh, "fr")


@pytest.mark.parametrize(
    "changed",
    [
        {"attestations": (replace(CHIP, valid_from=date(2026, 1, 7)),)},
        {"attestations": (replace(CHIP, valid_from=None),)},
        {"changes": {"status": FieldChange(before="suspended", after="listed")}},
        {"cause": Cause.BASELINE},
    ],
    ids=["two months behind", "no start", "listed before, suspended", "a first reading"],
)
def test_these_are_not_late(changed: dict[str, object], an_event: Callable[..., Event]) -> None:
    event = replace(an_event(Kind.GAINED, CHIP, name="Thales DIS"), **changed)  # type: ignore[arg-type]
    assert "depuis le 22/12/2021" not in wording.sentence(event, "fr")
    assert "certifié depuis" not in wording.sentence(event, "fr")


def test_a_certificate_of_a_host_is_issued_anew_and_no_decision_is_invented(
    an_event: Callable[..., Event],
) -> None:
    changes = {"ref": FieldChange(before="36741-5", after="36741-6")}
    event = an_event(Kind.REISSUED, HOST, name="Outscale", source="ans-hds", changes=changes)
    french, english = plain(wording.sentence(event, "fr")), wording.sentence(event, "en")
    assert "certificat réédité, échéance inchangée" in french
    assert "Certificat : 36741-5 → 36741-6" in french
    assert "décision" not in french
    assert "certificate issued anew, same end date" in english


def test_a_trust_service_is_said_to_have_another_certificate_by_its_fingerprint(
    an_event: Callable[..., Event],
) -> None:
    changes = {"ref": FieldChange(before="TSA/QTST " + "ab" * 32, after=STAMP.ref)}
    event = an_event(Kind.REISSUED, STAMP, name="Certigna", source="tl-fr", changes=changes)
    french = plain(wording.sentence(event, "fr"))
    assert "le certificat du service est remplacé" in french
    assert "Certificat : empreinte abababababab… → empreinte cdcdcdcdcdcd…" in french
    assert "ab" * 32 not in french


def test_a_certificate_under_another_holder_is_told_with_both(an_event: Callable[..., Event]) -> None:
    changes = {"holder": FieldChange(before="GEMALTO", after="THALES DIS")}
    event = an_event(Kind.RENAMED, CHIP, name="THALES DIS", changes=changes)
    assert "le titulaire imprimé passe de « GEMALTO » à « THALES DIS »" in plain(wording.title(event, "fr"))
    assert "GEMALTO → THALES DIS" in plain(wording.sentence(event, "en"))
