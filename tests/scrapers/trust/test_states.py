"""Every service of the real lists of seven states, held against a count of the tests' own."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from lxml import etree
from trusted_samples import SAMPLES, body, rows

from scrapers.eu_trusted_lists.states import STATES
from scrapers.trust import Register
from scrapers.trust.rows import listing_of
from state.model import Attestation, Listing


@cache
def listing(sample: str) -> Listing:
    territory = SAMPLES[sample]
    state = STATES[territory]
    register = Register(name="toy", territory=territory, languages=state.languages, zone=state.zone)
    return listing_of(etree.fromstring(body(sample)), register)


def the(sample: str, label: str, subject: str) -> list[Attestation]:
    return [row for row in listing(sample).attestations if (row.label, row.subject) == (label, subject)]


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_service_is_one_row_for_each_label(sample: str) -> None:
    expected = Counter(rows(sample))
    found = listing(sample).attestations
    assert (
        Counter((row.label, row.extra.get("name_en", row.holder), row.extra["service_type"]) for row in found)
        == expected
    )
    assert {row.country for row in found} == {SAMPLES[sample]}
    assert listing(sample).unreadable == ()


def test_there_are_as_many_rows_as_a_person_counts() -> None:
    assert {sample: len(listing(sample).attestations) for sample in SAMPLES} == {
        "tl-at-v5-frozen": 58,
        "tl-be-v6-seq81": 148,
        "tl-es-v5-frozen": 504,
        "tl-hu-v6-seq99": 263,
        "tl-lu-v5-last": 40,
        "tl-lu-v6-seq66": 42,
        "tl-ro-v6-seq83": 157,
        "tl-se-v6-seq62": 20,
    }


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_row_has_a_ref_of_its_own(sample: str) -> None:
    found = listing(sample).attestations
    assert len({(row.label, row.ref) for row in found}) == len(found)


def test_a_service_that_followed_another_with_its_certificate_is_numbered() -> None:
    """Romania ended one and printed it anew an hour later."""
    ended, anew = the("tl-ro-v6-seq83", "eidas-esign-validation", "STS Qval QESig/QESeal")
    assert (ended.status, anew.status) == ("withdrawn", "granted")
    assert (ended.extra["statuses"], anew.extra["statuses"]) == (
        "2024-02-12 withdrawn; 2022-02-25 granted",
        "2024-02-12 granted",
    )
    assert anew.ref == f"{ended.ref} (2)"


def test_a_service_that_is_no_longer_for_a_label_leaves_the_plain_ref_to_the_one_that_is() -> None:
    was, now = the("tl-be-v6-seq81", "eidas-eseal-cert", "Banqup Issuing CA RSA G1-2025")
    assert (was.status, now.status) == ("unstated", "granted")
    assert was.ref == f"{now.ref} (2)"


def test_a_root_of_which_nobody_says_for_what_is_told_and_no_row() -> None:
    told = listing("tl-ro-v6-seq83").remarks
    assert [(remark.topic, remark.reason.values["services"]) for remark in told] == [
        ("no label of CA/QC RootCA-QC", 1)
    ]


@pytest.mark.parametrize("sample", sorted(set(SAMPLES) - {"tl-ro-v6-seq83"}))
def test_nothing_else_of_the_real_lists_is_unknown(sample: str) -> None:
    assert listing(sample).remarks == ()


def test_a_holder_is_said_in_the_language_of_its_state_and_in_english() -> None:
    (row,) = the(
        "tl-hu-v6-seq99",
        "eidas-attributes",
        "e-Szignó Minősített Attribútumtanúsítvány Kibocsátás Szolgáltatás",
    )
    assert row.holder == "Microsec Számítástechnikai Fejlesztő zártkörűen működő Részvénytársaság"
    assert row.extra["name_en"] == (
        "Microsec Micro Software Engineering & Consulting Private Company Limited by Shares"
    )
    assert row.extra["other_names"] == "Issuance of Qualified Electronic Attestations of Attributes"


@pytest.mark.parametrize(
    ("sample", "holder", "registration"),
    [
        ("tl-hu-v6-seq99", "SDA DMS Zártkörűen Működő Részvénytársaság", "VATHU-24167789"),
        ("tl-ro-v6-seq83", "Serviciul de Telecomunicatii Speciale", "IDCRO-4267230"),
        ("tl-ro-v6-seq83", "Trans Sped S.A.", "VATRO-12458924; NTRRO-J40/781/2004"),
        ("tl-be-v6-seq81", "Postalia Belgium", "VATBE-0463.006.734"),
        ("tl-es-v5-frozen", "FACTORYNET AUGUSTA, S.L.", "VATES-B50980804"),
        ("tl-lu-v6-seq66", "LuxTrust S.A.", "VATLU-20976985; TVALU-20976985"),
        ("tl-se-v6-seq62", "ZealiD AB", "NTRSE-556972-4288"),
    ],
)
def test_legal_identifiers_are_kept_however_a_state_prints_them(
    sample: str, holder: str, registration: str
) -> None:
    found = {row.extra["registration"] for row in listing(sample).attestations if row.holder == holder}
    assert found == {registration}


def test_every_provider_of_the_real_lists_has_a_legal_identifier() -> None:
    without = {
        row.holder
        for sample in SAMPLES
        for row in listing(sample).attestations
        if "registration" not in row.extra
    }
    assert without == set()


def test_who_took_a_service_over_is_kept_as_the_authority_prints_it() -> None:
    found = {
        (row.holder, row.extra["taken_over_by"])
        for row in listing("tl-es-v5-frozen").attestations
        if "taken_over_by" in row.extra
    }
    assert found == {
        ("EVICERTIA S.L.U.", "UANATACA, S.A"),
        ("Entrust Datacard Europe S.L.U.", "Sectigo (Europe) SL"),
    }


def test_a_status_to_come_is_not_in_force_before_its_day() -> None:
    """Sweden issued this list on 19 August 2026."""
    (row,) = the("tl-se-v6-seq62", "eidas-esign-remote", "ZealiD Remote QSCD")
    assert (row.status, row.stands, row.valid_from) == ("announced", False, date(2026, 8, 21))
    assert row.extra["status_to_come"] == "granted"


def test_a_day_is_that_of_the_state() -> None:
    """2017-09-17T21:00:00Z is midnight in Bucharest; in Paris it is still the day before."""
    (row,) = the("tl-ro-v6-seq83", "eidas-timestamp", "AlfaSign Time Stamping Authority")
    assert row.valid_from == date(2017, 9, 18)


@pytest.mark.parametrize("territory", STATES)
def test_the_zone_of_every_state_is_known(territory: str) -> None:
    assert ZoneInfo(STATES[territory].zone)
