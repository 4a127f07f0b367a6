"""Who is who on the list of hosts, however its numbers, bodies, versions and names are printed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from printed_hosts import HDS_PAGE as PAGE
from printed_hosts import hds_page, seen_twice

from scrapers.ans_hds.source import AnsHds
from state.model import Event, Kind, Weight

ALCYANE = (
    "<td>Alcyane</td><td>1, 2, 3, 4, 5, 6</td><td>v2.0</td><td>LNE</td><td>42739-5</td>"
    "<td>22/06/2025</td><td>21/06/2028</td>"
)
LONG_NAME = "Laboratoire national de métrologie et d'essais"


def news(page: str) -> list[Event]:
    return seen_twice(page)[0]


def only(page: str) -> Event:
    [event] = news(page)
    return event


@pytest.mark.parametrize(
    "page",
    [
        PAGE.replace("<td>LNE</td>", f"<td>{LONG_NAME}</td>"),
        PAGE.replace("<td>LNE</td>", f"<td>{LONG_NAME} (LNE)</td>"),
        PAGE.replace("<td>BSI</td>", "<td>British Standards Institution</td>"),
        PAGE.replace("<td>AFNOR Certification</td>", "<td>AFNOR</td>"),
        PAGE.replace("<td>LNE</td><td>", "<td>LNE</td><td>LNE n° "),
        PAGE.replace("<td>LNE</td><td>", f"<td>{LONG_NAME}</td><td>LNE n°\u202f"),
        PAGE.replace("<td>Bureau Veritas</td><td>", "<td>Bureau Veritas</td><td>Bureau Veritas "),
        re.sub(r"<td>(\d{4,})-(\d)</td>", "<td>\\1\u2011\\2</td>", PAGE),
    ],
    ids=[
        "the long name of a body",
        "both names of a body",
        "the English name of a body",
        "a body without its second word",
        "numbers with their body in front",
        "both, and another space",
        "another body in front",
        "hyphens that do not break",
    ],
)
def test_a_body_or_number_printed_in_another_way_is_no_event(page: str) -> None:
    assert page != PAGE
    assert news(page) == []


@pytest.mark.parametrize(
    "page",
    [
        re.sub(r"<td>(\d{4,})-\d</td>", "<td>\\1</td>", PAGE),
        PAGE.replace("<td>v2.0</td>", "<td>v2.0 (arrêté du 26 avril 2024)</td>"),
    ],
    ids=["numbers without their suffix", "versions with their order"],
)
def test_a_way_to_print_all_numbers_or_versions_is_no_event(page: str) -> None:
    assert page != PAGE
    assert news(page) == []


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("42739-5", "42739-6", "ref"),
        ("22/06/2025", "01/07/2025", "valid_from"),
        ("v2.0", "v2.1", "version"),
    ],
)
def test_a_certificate_issued_anew_with_the_same_end_is_news_of_normal_weight(
    old: str, new: str, field: str
) -> None:
    event = only(PAGE.replace(ALCYANE, ALCYANE.replace(old, new)))
    assert (event.kind, event.weight, set(event.changes)) == (Kind.REISSUED, Weight.NORMAL, {field})
    assert event.attestations[0].holder == "Alcyane"


def test_a_number_that_changes_is_told_as_it_is_printed() -> None:
    event = only(PAGE.replace(ALCYANE, ALCYANE.replace("42739-5", "42739-6")))
    assert (event.changes["ref"].before, event.changes["ref"].after) == ("42739-5", "42739-6")


@pytest.mark.parametrize(
    "said",
    [
        "Alcyane – certificat suspendu",
        "Alcyane (certificat suspendu)",
        "Alcyane [suspendu]",
        "Alcyane : certification HDS suspendue depuis le 03/11/2026",
        "Alcyane<br />certificat suspendu",
        "Alcyane - suspension temporaire du certificat",
    ],
)
def test_a_status_printed_beside_the_name_is_a_status(said: str) -> None:
    event = only(PAGE.replace("<td>Alcyane</td>", f"<td>{said}</td>"))
    assert (event.kind, event.provider.slug) == (Kind.LOST, "alcyane")
    assert event.changes["status"].after == "suspended"
    assert event.attestations[0].holder == "Alcyane"
    assert "suspen" in event.attestations[0].extra["printed_status"]


@pytest.mark.parametrize("name", ["Maison de Retraite – Les Tilleuls", "Retrait Express (groupe Vigéa)"])
def test_a_name_with_a_word_of_a_status_is_a_name(name: str) -> None:
    event = only(PAGE.replace("<td>Alcyane</td>", f"<td>{name}</td>"))
    assert (event.kind, event.attestations[0].holder) == (Kind.RENAMED, name)
    assert "status" not in event.changes


def test_a_name_of_a_thousand_letters_is_a_name() -> None:
    name = " ".join(f"Groupement{n}" for n in range(90))
    assert len(name) > 1_000
    event = only(PAGE.replace("<td>Alcyane</td>", f"<td>{name}</td>"))
    assert (event.kind, event.changes["holder"].after) == (Kind.RENAMED, name)


def test_the_key_of_a_number_leaves_out_its_suffix_and_its_print_keeps_it() -> None:
    listing = AnsHds().read(hds_page(PAGE))
    [outscale] = [row for row in listing.attestations if row.holder == "Outscale"]
    assert (outscale.ref, outscale.printed_ref) == ("36741 LNE", "36741-6")
    assert outscale.valid_until is not None
    assert outscale.valid_until - timedelta(days=3 * 366) < (outscale.valid_from or outscale.valid_until)
