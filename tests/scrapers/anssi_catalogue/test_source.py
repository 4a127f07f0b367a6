"""The three real editions, read whole. `*.approved.csv` holds what is read from each, a row per attestation;
a missing one is written and fails once, so that a person reads it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from catalogue_editions import truth

from notifiers.said.reasons import said
from scrapers.anssi_catalogue.source import AnssiCatalogue
from scrapers.print.drawn import Drawing, holds
from scrapers.print.pdf import read_pdf
from state.model import Attestation, Listing, Page
from state.words.labels import EUCC, LABELS, coverage_of, scheme_of

FIXTURES = Path(__file__).parents[2] / "fixtures" / "anssi_catalogue"
DECEMBER, JANUARY, MARCH = "2025-12-05", "2026-01-27", "2026-03-04"
COLUMNS = (
    "label", "status", "ref", "holder", "subject", "version", "scope", "level", "national_security",
    "recommendation", "valid_from", "valid_until",
)  # fmt: skip

COUNTS = {
    DECEMBER: {
        "secnumcloud": 16, "pams": 1, "passi": 75, "pacs": 7, "pris": 8, "pdis": 9, "pvid": 4, "mie": 4,
        "eidas-esign-cert": 71, "eidas-eseal-cert": 46, "eidas-web-cert": 13, "eidas-timestamp": 14,
        "eidas-esign-validation": 1, "eidas-eseal-validation": 1, "eidas-esign-preservation": 1,
        "eidas-eseal-preservation": 1, "eidas-registered-delivery": 9,
        "qualified-product": 108, "cc": 381, "cspn": 39, "protection-profile": 14, "site": 17,
    },
    JANUARY: {
        "secnumcloud": 17, "pams": 1, "passi": 67, "pacs": 7, "pris": 8, "pdis": 10, "pvid": 4, "mie": 4,
        "eidas-esign-cert": 74, "eidas-eseal-cert": 65, "eidas-web-cert": 17, "eidas-timestamp": 13,
        "eidas-esign-validation": 1, "eidas-eseal-validation": 1, "eidas-esign-preservation": 1,
        "eidas-eseal-preservation": 1, "eidas-registered-delivery": 8,
        "qualified-product": 96, "cc": 401, "cspn": 42, "protection-profile": 14, "site": 18,
        "cc:archived": 351, "cspn:archived": 61, "site:archived": 87,
    },
    MARCH: {
        "secnumcloud": 17, "pams": 1, "passi": 63, "pacs": 7, "pris": 8, "pdis": 10, "pvid": 3, "mie": 4,
        "eidas-esign-cert": 70, "eidas-eseal-cert": 61, "eidas-web-cert": 9, "eidas-timestamp": 13,
        "eidas-esign-validation": 1, "eidas-eseal-validation": 1, "eidas-esign-preservation": 1,
        "eidas-eseal-preservation": 1, "eidas-registered-delivery": 9,
        "qualified-product": 93, "cc": 400, "cspn": 90, "protection-profile": 15, "site": 19,
        "cc:archived": 393, "cspn:archived": 15, "site:archived": 85,
    },
}  # fmt: skip


def body(edition: str) -> bytes:
    return (FIXTURES / f"catalogue-{edition}.pdf").read_bytes()


def read(content: bytes) -> Listing:
    page = Page(url="https://example.test/c.pdf", body=content, fetched_at=datetime(2026, 3, 5, tzinfo=UTC))
    return AnssiCatalogue().read((page,))


@pytest.fixture(scope="session")
def listings() -> dict[str, Listing]:
    return {edition: read(body(edition)) for edition in (DECEMBER, JANUARY, MARCH)}


@pytest.fixture(scope="session")
def drawings() -> dict[str, Drawing]:
    return {edition: read_pdf(body(edition)) for edition in (DECEMBER, MARCH)}


def rows(listing: Listing, label: str, holder: str) -> list[Attestation]:
    return [each for each in listing.attestations if each.label == label and each.holder == holder]


def one(listing: Listing, label: str, ref: str) -> Attestation:
    (found,) = (each for each in listing.attestations if (each.label, each.ref) == (label, ref))
    return found


def approved_text(listing: Listing) -> str:
    """One row per attestation. Addresses are left out: `ref` is made of them."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow([*COLUMNS, "place", "extra"])
    for each in listing.attestations:
        extra = {key: value for key, value in each.extra.items() if key not in ("report_url", "target_url")}
        cells = {name: getattr(each, name) for name in COLUMNS} | {"scope": " | ".join(each.scope)}
        shown = json.dumps(extra, ensure_ascii=False, sort_keys=True) if extra else ""
        table.writerow([*cells.values(), each.place, shown])
    return out.getvalue()


@pytest.mark.parametrize("edition", [DECEMBER, JANUARY, MARCH])
def test_an_edition_reads_as_approved(listings: dict[str, Listing], edition: str) -> None:
    approved = FIXTURES / f"catalogue-{edition}.approved.csv"
    text = approved_text(listings[edition])
    if not approved.exists():
        approved.write_text(text, encoding="utf-8")
        pytest.fail(f"{approved.name} was missing and has been written: read it, then run again")
    assert text.splitlines() == approved.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("edition", [DECEMBER, JANUARY, MARCH])
def test_every_row_of_every_label_is_read(listings: dict[str, Listing], edition: str) -> None:
    listing = listings[edition]
    assert Counter(coverage_of(each) for each in listing.attestations) == COUNTS[edition]
    assert listing.unreadable == ()


def test_what_is_covered_is_said_even_where_nothing_is_listed(listings: dict[str, Listing]) -> None:
    # Of the trusted lists alone: the catalogue has no table of them.
    since_2024 = {f"eidas-{of}" for of in ("esign-remote", "eseal-remote", "attributes")}
    labels = set(LABELS) - {"hds"} - since_2024
    archives = {f"{label}:archived" for label in ("cc", "cspn", "protection-profile", "site")}
    assert listings[DECEMBER].covers == labels
    assert listings[JANUARY].covers == listings[MARCH].covers == labels | archives


def test_the_stamp_is_paris_time(listings: dict[str, Listing]) -> None:
    assert listings[DECEMBER].edition_at == datetime(2025, 12, 5, 12, 8, 19, tzinfo=UTC)
    assert listings[MARCH].edition_at == datetime(2026, 3, 4, 14, 34, 17, tzinfo=UTC)


def printed_dates(drawing: Drawing) -> int:
    """How many dates are printed below a head 'Date de début', counted without the reader's rows."""
    count = 0
    for sheet in drawing.sheets:
        bars = [
            (shape, "".join(run.text for run in sheet.runs if holds(shape, run, slack=2)))
            for shape in sheet.shapes
            if shape.colour == 0x373856
        ]
        spans: list[list[float]] = []  # tables of one page may have slightly different columns: one span
        for bar in sorted((bar for bar, text in bars if "début" in text), key=lambda bar: bar.left):
            if spans and bar.left < spans[-1][1] - 5:
                spans[-1][1] = max(spans[-1][1], bar.right)
            else:
                spans.append([bar.left, bar.right])
        for left, right in spans:
            column = [run for run in sheet.runs if left - 1 <= run.left and run.right <= right + 1]
            text = "".join("".join(run.text.split()) for run in sorted(column, key=lambda run: -run.middle))
            count += len(re.findall(r"\d\d/\d\d/\d{4}", text))
    return count


@pytest.mark.parametrize("edition", [DECEMBER, MARCH])
def test_no_date_printed_below_a_start_head_is_without_its_row(
    listings: dict[str, Listing], drawings: dict[str, Drawing], edition: str
) -> None:
    dated = sum(1 for each in listings[edition].attestations if each.valid_from is not None)
    assert dated == printed_dates(drawings[edition])


@pytest.mark.parametrize("edition", [DECEMBER, MARCH])
def test_every_decision_and_certificate_linked_is_read(
    listings: dict[str, Listing], drawings: dict[str, Drawing], edition: str
) -> None:
    linked = {link.address for sheet in drawings[edition].sheets for link in sheet.links}
    decisions = {each for each in linked if re.search(r"(_np|-certificat)\.pdf$", each, re.IGNORECASE)}
    assert {each.url for each in listings[edition].attestations} == decisions


@pytest.mark.parametrize("edition", [DECEMBER, MARCH])
def test_every_attestation_is_complete(listings: dict[str, Listing], edition: str) -> None:
    for each in listings[edition].attestations:
        assert each.holder, each
        assert each.ref, each
        assert each.url is not None, each
        assert each.ref in each.url, each
        assert each.place.startswith("p. "), each
        ticked = each.label not in ("cc", "cspn", "protection-profile", "site")
        assert (each.recommendation in ("green", "orange", "red")) == ticked, each
        assert bool(each.scope) == (each.label in ("secnumcloud", "passi", "pacs", "pris")), each
        assert (each.national_security is not None) == (each.label in ("passi", "pacs", "pris", "pdis")), each
        if ticked:
            assert each.valid_from is not None, each
            assert each.valid_until is not None, each
            assert each.valid_from <= each.valid_until, each
        else:
            assert each.extra["report_url"].casefold().endswith("-rapport.pdf"), each
            assert each.extra["target_url"].casefold().endswith("-cible.pdf"), each


def test_s3ns_is_qualified_in_march_and_not_in_december(listings: dict[str, Listing]) -> None:
    assert rows(listings[DECEMBER], "secnumcloud", "Thales Cloud Sécurisé") == []
    (s3ns,) = rows(listings[MARCH], "secnumcloud", "Thales Cloud Sécurisé")
    assert s3ns == Attestation(
        label="secnumcloud",
        holder="Thales Cloud Sécurisé",
        subject="Cloud de confiance S3NS",
        scope=("PaaS", "CaaS", "IaaS"),
        recommendation="green",
        ref="2025_2057",
        url="https://messervices.cyber.gouv.fr/visas/2025_2057_np.pdf",
        valid_from=date(2025, 12, 17),
        valid_until=date(2028, 12, 17),
        place="p. 68",
    )


def test_outscale_is_orange_long_before_the_date_rule_asks_for_it(listings: dict[str, Listing]) -> None:
    outscale = one(listings[MARCH], "secnumcloud", "2023_2118")
    assert (outscale.holder, outscale.scope, outscale.recommendation) == ("Outscale", ("IaaS",), "orange")
    assert outscale.valid_until == date(2026, 11, 30)


def test_a_passi_row_has_its_activities_level_and_national_security(listings: dict[str, Listing]) -> None:
    adacis = one(listings[MARCH], "passi", "2025_420")
    assert adacis.holder == "Adacis"
    assert adacis.scope == (
        "Audit organisationnel et physique",
        "Audit d'architecture",
        "Audit de configuration",
        "Tests d'intrusion",
    )
    assert (adacis.level, adacis.national_security, adacis.recommendation) == ("Elevé", True, "orange")


def test_a_decision_of_another_body_keeps_its_file_name(listings: dict[str, Listing]) -> None:
    (row,) = (each for each in listings[DECEMBER].attestations if each.ref == "2025_CT-PASSI-042025-0CU01134")
    assert (row.label, row.level) == ("passi", "Sans objet")


def test_a_reworded_activity_is_no_change(listings: dict[str, Listing]) -> None:
    scopes = [
        {each.holder: each.scope for each in listings[edition].attestations if each.label == "pacs"}
        for edition in (DECEMBER, MARCH)
    ]
    assert (
        scopes[0]["Alcyconie"] == scopes[1]["Alcyconie"] == ("Conseil en préparation à la gestion de crise",)
    )


def test_the_incident_contact_is_the_address_behind_the_word(listings: dict[str, Listing]) -> None:
    assert one(listings[MARCH], "pris", "2025_490").extra == {"incident_contact": "https://www.advens.fr"}


def test_bodies_that_evaluate_are_never_holders(listings: dict[str, Listing]) -> None:
    labels = {
        each.label for each in listings[MARCH].attestations if each.holder in ("LSTI", "AFNOR Certification")
    }
    assert labels == set()
    assert not [each for each in listings[MARCH].attestations if each.holder.startswith("Certi-Trust")]


def test_a_qualified_product_has_family_version_and_agreement(listings: dict[str, Listing]) -> None:
    mistral = one(listings[MARCH], "qualified-product", "2025_1344")
    assert (mistral.holder, mistral.subject) == ("Thales SIX GTS France", "Mistral VS9")
    assert mistral.version == "VS9.2.3.X (avec X>=5) et VS9.2.4.X (avec X>=8)"
    assert mistral.level == "Standard"
    assert mistral.extra == {"family": "Chiffreurs", "agreement_level": "DR"}


def test_one_decision_may_stand_in_two_families(listings: dict[str, Listing]) -> None:
    found = [each.extra["family"] for each in listings[MARCH].attestations if each.ref == "2025_234"]
    assert found == ["Chiffreurs", "Pare-feu"]


def test_a_common_criteria_certificate_has_all_its_cells(listings: dict[str, Listing]) -> None:
    found = one(listings[MARCH], "cc", "ANSSI-CC-2023-61")
    assert (found.holder, found.level, found.status) == ("APPLE", "EAL2+", "listed")
    assert (
        found.subject
        == "Apple Pay on Mac mini with M2 and Magic keyboard with Touch ID version macOS Ventura 13.3"
    )
    assert dict(found.extra) == {
        "sponsor": "APPLE",
        "evaluation_facility": "THALES",
        "product_type": "Equipements matériels avec boitiers sécurisés",
        "report_url": "https://messervices.cyber.gouv.fr/visas/ANSSI-CC-2023-61-rapport.pdf",
        "target_url": "https://messervices.cyber.gouv.fr/visas/ANSSI-CC-2023-61-cible.pdf",
    }


def test_a_row_cut_by_a_page_break_is_whole(listings: dict[str, Listing]) -> None:
    cut = one(listings[MARCH], "cc", "ANSSI-CC-2023-59")
    assert (cut.place, cut.valid_until) == ("p. 7", date(2028, 12, 28))
    assert cut.subject == "Apple Pay on iPhone 14 Pro with A16 Bionic version iOS 16.4"
    assert cut.extra["product_type"] == "Equipements matériels avec boitiers sécurisés"
    archived = one(listings[MARCH], "cc", "ANSSI-CC-2016-69")
    assert (archived.place, archived.status) == ("p. 75", "archived")
    assert archived.subject == "Cryptosmart card sur base Oberthur ID-ONE COSMO V7.0.1 R2, version 5.1"
    site = one(listings[DECEMBER], "site", "ANSSI-CC-SITE-2025-05")
    assert (site.holder, site.place) == ("PT UTAC Manufactoring Services Indonesia", "p. 66")


def test_a_certificate_printed_as_not_maintained_is_not_held(listings: dict[str, Listing]) -> None:
    olvid = one(listings[MARCH], "cspn", "ANSSI-CSPN-2020-30")
    assert (olvid.status, olvid.valid_from, olvid.valid_until) == ("archived", date(2020, 9, 18), None)
    assert olvid.extra["end_note"] == "Non maintenu"
    arjel = one(listings[MARCH], "cspn", "ANSSI-CSPN-2017-01")  # among the certificates in force
    assert (arjel.status, arjel.stands, arjel.valid_until) == ("unmaintained", False, None)
    assert coverage_of(arjel) == "cspn"
    statuses = Counter(each.status for each in listings[MARCH].attestations if each.label == "cspn")
    assert statuses == {"listed": 43, "unmaintained": 47, "archived": 15}


def test_a_certificate_without_a_developer_is_a_row_that_its_reference_names(
    listings: dict[str, Listing],
) -> None:
    nameless = [each for each in listings[JANUARY].attestations if each.holder == "—" and each.stands]
    assert [each.ref for each in nameless] == [
        f"ANSSI-CC-2020-{number}-M01" for number in ("25", "81", "23", "79", "24", "80", "22")
    ]
    assert {each.place for each in nameless} == {"p. 6"}
    blank = next(remark for remark in listings[JANUARY].remarks if remark.topic == "blank:cc:developer")
    assert said(blank.reason, "en").startswith("p. 6: ANSSI-CC-2020-25-M01 is printed without a developer")


def test_empty_cells_of_the_archive_are_kept_and_remarked_on(listings: dict[str, Listing]) -> None:
    nameless = [each for each in listings[MARCH].attestations if each.holder == "—"]
    assert [(each.ref, each.status) for each in nameless] == [
        ("ANSSI-CC-2016-66", "archived"),
        ("ANSSI-CC-2018-45-M01", "archived"),
    ]
    topics = [remark.topic for remark in listings[MARCH].remarks]
    assert topics == ["blank:cc:developer", "blank:cc:start date", "dates:cspn:ANSSI-CSPN-2021-04-M01"]
    assert listings[DECEMBER].remarks == ()


@pytest.mark.parametrize(
    "name",
    [
        "PricewaterhouseCoopers Advisory",
        "STMicroelectronics",
        "Sopra Steria Infrastructures and Security Services",
    ],
)
def test_a_wrapped_name_is_read_as_a_person_reads_it(listings: dict[str, Listing], name: str) -> None:
    for edition in (DECEMBER, MARCH):
        holders = {each.holder for each in listings[edition].attestations}
        same = {each for each in holders if each.replace(" ", "") == name.replace(" ", "")}
        assert same == {name}


def spacings(listing: Listing) -> Iterator[tuple[tuple[str, ...], str]]:
    for each in listing.attestations:
        for name in ("holder", "subject", "version", "level"):
            yield (each.label, (each.ref or "").casefold(), name), getattr(each, name) or ""


def test_no_name_is_only_spaced_otherwise_in_another_edition(listings: dict[str, Listing]) -> None:
    before = dict(spacings(listings[DECEMBER]))
    for key, text in spacings(listings[MARCH]):
        if before.get(key, "").replace(" ", "") == text.replace(" ", ""):
            assert before.get(key, "") == text


def test_the_same_bytes_read_the_same(listings: dict[str, Listing]) -> None:
    assert read(body(DECEMBER)) == listings[DECEMBER]


def test_the_bounds_are_below_both_editions_and_cover_every_label() -> None:
    source = AnssiCatalogue()
    assert set(source.bounds) == set(source.labels)
    for counts in COUNTS.values():
        assert all(source.bounds[label].floor <= counts[label] for label in source.labels)


def test_one_document_is_fetched_from_the_configured_address() -> None:
    asked: list[str] = []

    def get(url: str) -> Page:
        asked.append(url)
        return Page(url=url, body=b"", fetched_at=datetime(2026, 3, 5, tzinfo=UTC))

    assert len(AnssiCatalogue(url="https://example.test/copy.pdf").fetch(get)) == 1
    assert asked == ["https://example.test/copy.pdf"]


@pytest.mark.parametrize(("edition", "many"), [("2025-12-05", 5), ("2026-01-27", 10), ("2026-03-04", 21)])
def test_a_certificate_of_the_european_scheme_is_named_by_its_reference(
    listings: dict[str, Listing], edition: str, many: int
) -> None:
    """By the key that every edition gives it, never by an address, whose case varies between editions."""
    rows = [row for row in listings[edition].attestations if scheme_of(row) == EUCC]
    assert len(rows) == many == len({row.ref for row in rows})
    transcribed = {row["ref"] for row in truth(f"certificates-{edition}") if "EUCC" in row["ref"]}
    assert {row.ref for row in rows} == transcribed
    assert all(re.fullmatch(r"EUCC(-CC)?-(3090|ANSSI)-\d{4}(-\d\d){1,2}", row.ref or "") for row in rows)
    assert {row.label for row in rows} == {"cc"}
    assert not any(scheme_of(replace(row, label="hds")) for row in rows)
