"""Lists on pages: the filter in the address, page and CSV with the same rows, heads that fit the register."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import real_registers
from hds_layouts import SEEN_AT
from printed_hosts import HDS_PAGE, hds_page
from raw import sqlite_of
from starlette.applications import Starlette

from scrapers.ans_hds.source import AnsHds
from state.model import Page
from watcher.app import App
from watcher.look.check import look
from watcher.settings import Settings
from watcher.web.app import make_app
from watcher.web.data import api, lists
from watcher.web.pages.standing.label import ROWS

Get = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> App:
    """A watch that read the list of 404 hosts."""
    app = App(Settings(state=str(tmp_path_factory.mktemp("lists") / "hosts.db")), lambda: SEEN_AT)
    with app.open_store() as store:
        look(AnsHds(), hds_page(HDS_PAGE), app.watch(store), SEEN_AT)
    return app


@pytest.fixture
def ask(hosts: App, get_of: Callable[[Starlette], Get]) -> Get:
    return get_of(make_app(hosts))


def shown(text: str) -> list[str]:
    """The providers of the rows of a page."""
    return re.findall(r'<th scope="row"[^>]*><a href="/providers/([^"?]+)', text)


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text)))


def total(text: str) -> int:
    found = re.search(r'class="list-count"><b>(\d+)', text)
    assert found is not None
    return int(found[1])


def test_every_host_is_on_one_numbered_page_and_in_the_csv_of_the_same_address(ask: Get) -> None:
    first = ask("/labels/hds").text
    assert total(first) == 418
    pages = max(map(int, re.findall(r"page=(\d+)", first)))
    found = [one for n in range(1, pages + 1) for one in shown(ask("/labels/hds", params={"page": n}).text)]
    kept = rows(ask("/labels/hds/listing.csv"))
    assert len(found) == 418
    assert found == [row["provider_slug"] for row in kept]
    assert shown(ask("/labels/hds", params={"page": 9999}).text) == found[-(418 % ROWS) :]


@pytest.mark.parametrize(
    ("query", "meets"),
    [
        (
            "scope=3&scope=6",
            lambda row: "infrastructure virtuelle" in row["scope"] and "sauvegarde" in row["scope"],
        ),
        ("version=v1.1", lambda row: row["version"] == "v1.1"),
        ("issuer=LNE", lambda row: row["issuer"] == "LNE"),
        ("ends_by=2027-01-31", lambda row: row["valid_until"] <= "2027-01-31"),
        ("letter=O&version=v2.0", lambda row: row["provider_name"][0] in "OÔŒ" and row["version"] == "v2.0"),
        ("scope=sauvegarde&sort=end", lambda row: "sauvegarde" in row["scope"]),
    ],
)
def test_a_filter_leaves_what_meets_it_and_drops_nothing_that_does(
    ask: Get, query: str, meets: Callable[[dict[str, str]], bool]
) -> None:
    everything, kept = rows(ask("/labels/hds/listing.csv")), rows(ask(f"/labels/hds/listing.csv?{query}"))
    wanted = [row for row in everything if meets(row)]
    assert 0 < len(kept) < 418
    assert sorted(map(str, kept)) == sorted(map(str, wanted))
    page = ask(f"/labels/hds?{query}").text
    assert total(page) == len(kept)
    assert shown(page) == [row["provider_slug"] for row in kept][:ROWS]
    assert "listing.csv?" in page


def test_a_list_sorted_by_its_ends_begins_with_the_soonest(ask: Get) -> None:
    ends = [row["valid_until"] for row in rows(ask("/labels/hds/listing.csv?sort=end"))]
    assert ends == sorted(ends)
    assert rows(ask("/labels/hds/listing.csv?sort=last_end"))[0]["valid_until"] == ends[-1]


def test_the_heads_are_those_of_the_register(ask: Get) -> None:
    table = ask("/labels/hds").text
    heads = re.findall(r'<th scope="col">([^<]+)', table[table.index("<caption") :])[:7]
    assert heads == [
        "Prestataire", "Activités", "Référentiel", "Organisme", "Début imprimé", "Échéance imprimée",
        "Certificat",
    ]  # fmt: skip
    assert "1 à 6\u00a0: toutes les activités" in table


def test_a_list_of_a_day_is_filtered_too(ask: Get) -> None:
    kept = rows(ask(f"/labels/hds/listing.csv?on={SEEN_AT:%Y-%m-%d}&version=v1.1"))
    assert {(row["version"], row["answer"]) for row in kept} <= {("v1.1", "yes"), ("v1.1", "unknown")}
    assert len(kept) == 60


@pytest.mark.parametrize(
    "query",
    ["scope=7", "letter=AB", "sort=luck", "ends_by=soon", "page=0", "provider=nobody+at+all", "colour=red"],
)
def test_a_filter_that_nobody_can_understand_is_said(ask: Get, query: str) -> None:
    assert ask(f"/labels/hds?{query}").status_code in (400, 404)
    assert ask(f"/labels/hds/listing.csv?{query}").status_code in (400, 404)


def test_an_address_of_before_pages_had_numbers_still_shows_its_rows(ask: Get) -> None:
    everything = [row["provider_slug"] for row in rows(ask("/labels/hds/listing.csv"))]
    assert everything[60] in shown(ask("/labels/hds?from=60").text)


def test_ends_are_listed_by_label_and_month_with_their_csv(ask: Get) -> None:
    everything = ask("/expiries?label=hds").text
    months = dict(re.findall(r'<option value="(\d{4}-\d\d)"[^>]*>[^(]*\((\d+)\)', everything))
    assert sum(map(int, months.values())) > 400
    month, count = max(months.items())
    kept = rows(ask(f"/expiries.csv?label=hds&month={month}"))
    assert len(kept) == int(count)
    assert {row["valid_until"][:7] for row in kept} == {month}
    assert total(ask(f"/expiries?label=hds&month={month}").text) == len(kept)
    assert ask("/expiries?month=2026-13").status_code == 400
    assert "Certificat<" in everything


def test_providers_stand_under_their_letters(ask: Get) -> None:
    first = ask("/providers").text
    letters = dict(re.findall(r'letter=([A-Z#]|%23)" title="(\d+)"', first))
    assert sum(map(int, letters.values())) == 404
    own = re.findall(r'<li><a href="/providers/[^"]+">([^<]+)', ask("/providers?letter=O").text)
    assert len(own) == int(letters["O"])
    assert {name[0].upper() for name in own} <= {"O", "Ô", "Œ"}


@pytest.mark.parametrize("query", ["", "?excel=1", "?on=2026-11-24", "?on=2026-11-24&excel=1&sort=end"])
def test_a_long_list_is_sent_in_parts_and_is_the_same(
    ask: Get, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    parts = ask(f"/labels/hds/listing.csv{query}")
    assert len(parts.text.splitlines()) > 400
    monkeypatch.setattr(lists, "AT_ONCE", 10_000)
    whole = ask(f"/labels/hds/listing.csv{query}")
    assert parts.text == whole.text
    assert parts.headers["content-type"] == whole.headers["content-type"]
    assert parts.headers["content-disposition"] == whole.headers["content-disposition"]
    monkeypatch.setattr(lists, "AT_ONCE", 7)
    assert ask(f"/labels/hds/listing.csv{query}").text == whole.text


@pytest.mark.parametrize("query", ["", "?on=2026-11-24"])
def test_a_long_list_of_the_api_is_sent_in_parts_and_is_the_same(
    ask: Get, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    parts = ask(f"/api/v1/labels/hds{query}")
    assert len(parts.json()["attestations"]) == 418
    tag = parts.headers["etag"]
    assert ask(f"/api/v1/labels/hds{query}", headers={"If-None-Match": tag}).status_code == 304
    assert ask("/api/v1/labels/hds?on=2026-11-25", headers={"If-None-Match": tag}).status_code == 200
    monkeypatch.setattr(api, "AT_ONCE", 7)
    assert ask(f"/api/v1/labels/hds{query}").text == parts.text
    monkeypatch.setattr(api, "AT_ONCE", 10_000)
    assert ask(f"/api/v1/labels/hds{query}").text == parts.text


def test_a_long_list_that_a_client_has_is_sent_again_when_anything_was_read(hosts: App, get_of: Any) -> None:
    now = [SEEN_AT]
    ask = get_of(make_app(App(Settings(state=hosts.settings.state), lambda: now[0])))

    def status(address: str) -> int:
        return int(ask(address, headers={"If-None-Match": tag}).status_code)

    tag = ask("/labels/hds/listing.csv").headers["etag"]
    assert status("/labels/hds/listing.csv") == 304
    assert status("/labels/hds/listing.csv?sort=end") == 200
    assert status("/labels/hds/listing.csv?excel=1") == 200
    now[0] += timedelta(days=1)
    assert status("/labels/hds/listing.csv") == 200
    now[0] -= timedelta(days=1)
    with hosts.open_store() as store:  # as another process does
        look(AnsHds(), hds_page(HDS_PAGE), hosts.watch(store), SEEN_AT + timedelta(hours=7))
    assert status("/labels/hds/listing.csv") == 200


def test_a_day_that_was_asked_about_follows_what_another_process_reads_and_the_day_it_is(
    tmp_path: Path, get_of: Any
) -> None:
    now = [datetime(2026, 11, 21, 9, tzinfo=UTC)]
    app = App(Settings(state=str(tmp_path / "days.db")), lambda: now[0])
    ask = get_of(make_app(app))

    def read(gone: tuple[str, ...] = ()) -> None:
        with app.open_store() as store:
            body = real_registers.hosts(gone)
            page = Page(url=AnsHds().url, body=body, fetched_at=now[0])
            look(AnsHds(), [page], app.watch(store), now[0])

    def told(day: str) -> tuple[int, str]:
        found = rows(ask(f"/labels/hds/listing.csv?on={day}"))
        return len(found), found[0]["answer"]

    read()
    whole, _ = told("2026-11-21")
    assert told("2026-11-24") == (told("2026-11-24")[0], "unknown")  # a day to come
    now[0] = datetime(2026, 11, 24, 9, tzinfo=UTC)
    read(real_registers.GONE)
    read_again = told("2026-11-24")
    assert read_again[1] == "yes"
    assert told("2026-11-21") == (whole, "yes")
    now[0] += timedelta(days=1)
    read(real_registers.GONE)
    assert told("2026-11-25")[0] < whole


def test_a_list_is_read_once_between_two_looks(hosts: App, get_of: Any) -> None:
    """The rows of a label are filtered in memory: pages of one list do not unpack it again and again."""
    app = App(Settings(state=hosts.settings.state), lambda: datetime(2026, 11, 24, 9, tzinfo=UTC))
    web = make_app(app)
    asked: list[str] = []
    opened = app.open_store

    def watched(**given: Any) -> Any:
        store = opened(**given)
        sqlite_of(store).set_trace_callback(asked.append)
        return store

    app.open_store = watched  # type: ignore[method-assign]
    ask = get_of(web)

    def read() -> int:
        return len([sql for sql in asked if "json_extract(attestation.facts" in sql])

    ask("/labels/hds")
    assert read() == 1
    asked.clear()
    ask("/labels/hds?page=3&scope=2")
    assert read() == 0
    assert Path(hosts.settings.state).exists()
