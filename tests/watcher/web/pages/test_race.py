"""My providers: every name of a list is answered, whatever stands between the names."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from command_line import CommandLine
from starlette.applications import Starlette

from watcher.app import App
from watcher.ask.standing.mine import names_in
from watcher.settings import Settings
from watcher.web.app import make_app

ROWS = (
    "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS",
    "secnumcloud | Bleu SAS | Cloud de confiance Bleu | - | - | - | status=candidate",
    "secnumcloud | OVH | Another | - | - | - | status=candidate",
    "hds | OVHcloud SAS | - | 40512-3 | 2024-03-01 | 2027-02-28 | scope=sauvegarde+sites physiques",
    "hds | AMAZON WEB SERVICES EMEA SARL | - | 1 | 2024-03-01 | 2027-02-28",
    "passi | Devoteam Nord | - | 2023_77 | 2023-02-01 | 2027-02-01",
    "passi | Devoteam Sud | - | 2023_78 | 2023-02-01 | 2027-02-01",
)
LIST = "OVH SAS\n\n Bleu ; Devotean Sud,\tDevoteam\r\nNobody Who Is Known\novh sas\nAWS\n—\n"
NAMES = ("OVH SAS", "Bleu", "Devotean Sud", "Devoteam", "Nobody Who Is Known", "AWS")


@pytest.fixture
def cli(cli: CommandLine) -> CommandLine:
    cli.see("2026-03-04", *ROWS)
    (cli.room / "list.txt").write_text("\ufeff" + LIST, encoding="utf-8")
    return cli


def test_a_pasted_list_has_a_name_a_line_or_between_commas_semicolons_and_tabs() -> None:
    assert names_in(LIST) == NAMES
    assert names_in(" ;,\n—") == ()


def test_no_name_is_dropped_and_each_says_what_is_known_of_it(cli: CommandLine) -> None:
    found = {one["asked"]: one for one in cli.json("race", "--from", "list.txt")}
    assert tuple(found) == NAMES
    assert {name: one["match"] for name, one in found.items()} == {
        "OVH SAS": "one", "Bleu": "one", "Devotean Sud": "none", "Devoteam": "several",
        "Nobody Who Is Known": "none", "AWS": "one",
    }  # fmt: skip
    assert found["OVH SAS"]["secnumcloud"] | {"scope": 0} == {
        "state": "holds", "sign": "holds", "scope": 0, "valid_from": "2025-03-24", "first_end": "2028-03-24",
        "valid_until": "2028-03-24", "rows": 1, "candidate": True,
    }  # fmt: skip
    assert found["OVH SAS"]["hds"]["scope"] == ["sauvegarde", "sites physiques"]
    assert (found["Bleu"]["secnumcloud"]["state"], found["Bleu"]["hds"]["state"]) == (
        "candidate",
        "not_listed",
    )
    assert "Devoteam Sud" in found["Devotean Sud"]["close"]
    assert found["Devoteam"]["close"] == ["devoteam-nord", "devoteam-sud"]
    assert found["Nobody Who Is Known"]["secnumcloud"] is None


def test_whoever_is_printed_under_a_known_name_is_named_beside_one_that_is_not_listed(
    cli: CommandLine,
) -> None:
    """AWS was simply "not listed": the list prints "AMAZON WEB SERVICES EMEA SARL", which nobody settled."""
    [aws] = [one for one in cli.json("race", "--from", "list.txt") if one["asked"] == "AWS"]
    assert aws["hds"]["state"] == "not_listed"
    assert aws["close"] == ["amazon-web-services-emea"]
    said = cli("--lang", "fr", "race", "--from", "list.txt").stdout
    assert "sans que personne ait dit que c’est le même\u00a0: amazon-web-services-emea." in said


def test_a_list_comes_from_standard_input_beside_names_that_are_typed(cli: CommandLine) -> None:
    from click.testing import CliRunner

    from watcher.cli import vigilabel

    options = [
        "--state",
        str(cli.state),
        "--now",
        "2026-03-05",
        "race",
        "s3ns",
        "--from",
        "-",
        "--format",
        "csv",
    ]
    said = CliRunner().invoke(vigilabel, options, input="ovh\n")
    rows = list(csv.DictReader(io.StringIO(said.stdout)))
    assert [(row["asked"], row["match"], row["secnumcloud_state"]) for row in rows] == [
        ("s3ns", "one", "not_listed"),
        ("ovh", "one", "holds"),
    ]


def test_an_empty_list_says_so(cli: CommandLine) -> None:
    (cli.room / "none.txt").write_text("\n \n")
    assert cli("race", "--from", "none.txt").stdout == "No name in the list.\n"
    assert cli.json("race", "--from", "none.txt") == []


@pytest.fixture
def get(cli: CommandLine, get_of: Callable[[Starlette], Any]) -> Callable[..., httpx.Response]:
    from datetime import UTC, datetime

    now = datetime(2026, 3, 5, 9, tzinfo=UTC)
    asked: Callable[..., httpx.Response] = get_of(make_app(App(Settings(state=str(cli.state)), lambda: now)))
    return asked


def test_a_pasted_list_leads_to_an_address_that_can_be_kept(get: Callable[..., httpx.Response]) -> None:
    answer = get("/race", params={"names": "OVH SAS\r\nBleu;Nobody Who Is Known", "lang": "en"})
    assert answer.status_code == 303
    there = answer.headers["location"]
    assert there == "/race?p=OVH+SAS&p=Bleu&p=Nobody+Who+Is+Known&lang=en"
    page = get(there).text
    assert "3\u00a0names" in page
    assert "On no list that was read." in page
    assert "One name is not recognised" in page
    rows = list(csv.DictReader(io.StringIO(get(there.replace("/race", "/race.csv")).text)))
    assert [row["asked"] for row in rows] == ["OVH SAS", "Bleu", "Nobody Who Is Known"]


def test_a_list_that_an_address_does_not_bear_is_refused_with_the_way_out(
    get: Callable[..., httpx.Response],
) -> None:
    for names in ("\n".join(f"name {n}" for n in range(201)), "x" * 6_001):
        answer = get("/race", params={"names": names, "lang": "en"})
        assert answer.status_code == 414
        assert "<code>vigilabel race --from list.txt</code>" in answer.text
    most = get("/race", params={"names": "\n".join(f"name {n}" for n in range(200))})
    assert most.status_code == 303
    assert get(most.headers["location"]).status_code == 200


def test_what_is_typed_stands_on_pages_as_code(get: Callable[..., httpx.Response]) -> None:
    text = get("/race", params={"lang": "en"}).text
    assert "<code>vigilabel race --from list.txt --format csv</code>" in text
    assert "`" not in text


def test_nothing_that_somebody_pastes_becomes_markup(get: Callable[..., httpx.Response]) -> None:
    text = get("/race", params={"p": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in text
