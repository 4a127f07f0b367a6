"""Lists as Excel opens them in France: one column a fact, French, and nothing that acts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import httpx
import pytest
from starlette.applications import Starlette

from notifiers.said.voice import voice
from watcher.ask.views.events import Event
from watcher.ask.views.held import Holding
from watcher.said.drawn.excel import HEADS, excel_head

Get = Callable[..., httpx.Response]
LISTS = (
    "/history.csv?all=1",
    "/labels/secnumcloud/listing.csv",
    "/labels/secnumcloud/listing.csv?on=2025-12-10",
    "/expiries.csv?month=2028-03",
    "/race.csv?p=s3ns&p=zorglub",
)


def excel(address: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}excel=1"


def opened(text: str) -> list[dict[str, str]]:
    """What a spreadsheet makes of it in France: the mark taken off, semicolons part cells."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";", strict=True))


@pytest.mark.parametrize("address", LISTS)
def test_every_list_opens_in_french_with_the_lines_of_the_plain_one(get: Get, address: str) -> None:
    answer = get(excel(address), headers={"Accept-Language": "en"})
    rows, plain = opened(answer.text), list(csv.DictReader(io.StringIO(get(address).text)))
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "\r\n" in answer.text
    assert len(rows) == len(plain) > 0
    assert {None} & set(rows[0]) == set()
    heads = "Prestataire" in rows[0], "Page vigilabel" in rows[0]
    assert heads == (True, True)


@pytest.mark.parametrize("address", LISTS)
def test_the_plain_file_stays_what_programs_read(get: Get, address: str) -> None:
    text = get(address).text
    assert not text.startswith("\ufeff")
    assert ";" not in text.partition("\n")[0]


def test_days_names_and_numbers_are_those_that_people_read(get: Get) -> None:
    rows = opened(get(excel("/labels/secnumcloud/listing.csv")).text)
    [s3ns] = [row for row in rows if row["Prestataire"] == "S3NS"]
    assert (s3ns["Titulaire imprimé"], s3ns["Label"]) == ("Thales Cloud Sécurisé", "SecNumCloud")
    assert (s3ns["Du"], s3ns["Au"]) == ("17/12/2025", "17/12/2028")
    assert s3ns["Registre"].startswith("Catalogue de l’ANSSI")


def test_a_list_of_providers_says_where_they_stand_as_its_page_does(get: Get) -> None:
    """What is held by a row whose end is past, or that an old reading shows, is not simply "held"."""
    address = "/race.csv?p=s3ns&p=outscale&p=ovhcloud&p=bleu"
    rows, plain = opened(get(excel(address)).text), list(csv.DictReader(io.StringIO(get(address).text)))
    signs = [row[f"{label}_sign"] for row in plain for label in ("secnumcloud", "hds")]
    assert [row[label] for row in rows for label in ("SecNumCloud", "HDS")] == [
        voice("fr").each("verdict_sign", sign) if sign else "" for sign in signs
    ]


def test_a_list_of_providers_has_the_first_end_and_the_last(
    get: Get, read: Callable[[str, str], None]
) -> None:
    """The page says both: the last one alone would hide the certificate that ends soon."""
    own = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS+PaaS"
    read(
        own,
        f"{own}\nsecnumcloud | OVH | Hosted Private Cloud | 2026_9 | 2026-01-02 | 2027-01-02 | scope=IaaS",
    )
    [row] = opened(get(excel("/race.csv?p=ovhcloud")).text)
    ends = (row["SecNumCloud, première échéance"], row["SecNumCloud, dernière échéance"])
    assert ends == ("02/01/2027", "24/03/2028")
    assert (row["SecNumCloud, lignes"], row["HDS, première échéance"]) == ("2", "")


def test_a_day_in_the_past_says_what_is_known_of_it(get: Get) -> None:
    rows = opened(get(excel("/labels/secnumcloud/listing.csv?on=2025-12-10")).text)
    assert {row["Ce jour-là"] for row in rows} <= {"Oui", "Inconnu"}


def test_a_look_is_told_in_paris_and_changes_on_one_line(get: Get) -> None:
    rows = opened(get(excel("/history.csv")).text)
    assert rows[0]["Vu le (heure de Paris)"] == "04/03/2026 19:00"
    assert "Échéance : 01/01/2027 → 01/02/2027" in {row["Changements"] for row in rows}


@pytest.mark.parametrize("address", LISTS)
def test_no_cell_is_a_formula(get: Get, address: str) -> None:
    cells = [cell for row in opened(get(excel(address)).text) for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_links_lead_to_the_public_address_or_are_empty(get: Get, web: Starlette) -> None:
    address = excel("/labels/secnumcloud/listing.csv")
    assert {row["Page vigilabel"] for row in opened(get(address).text)} == {""}
    web.state.site.address = "https://labels.example.org"
    assert "https://labels.example.org/providers/s3ns" in get(address).text


@pytest.mark.parametrize("kind", [Event, Holding], ids=lambda kind: kind.__name__)
def test_an_empty_list_has_its_heads(kind: type) -> None:
    heads = excel_head(kind).removeprefix("\ufeff").rstrip("\r\n").split(";")
    assert heads == [voice("fr").each("excel", key) for key in HEADS[kind]]
    assert len(set(heads)) == len(heads)


@pytest.mark.parametrize(
    "page", ["/history", "/labels/secnumcloud", "/expiries?month=2028-03", "/race?p=s3ns"]
)
def test_each_page_with_a_list_leads_to_its_sheet(get: Get, page: str) -> None:
    text = get(page).text
    assert ">Excel (fr)</a>" in text
    assert "excel=1" in text


def test_another_word_than_one_is_refused(get: Get) -> None:
    assert get("/history.csv?excel=yes").status_code == 400
    assert get("/history.json?excel=1").status_code == 400
