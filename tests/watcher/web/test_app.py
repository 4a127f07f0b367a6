"""Every page answers, in both languages, with nothing from a register that could act."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from protego import Protego
from starlette.applications import Starlette
from toy_register import ToyRegister, page

from watcher.app import App
from watcher.look.check import look
from watcher.settings import Settings
from watcher.web.app import make_app

Get = Callable[..., httpx.Response]
PAGES = (
    "/", "/expiries", "/expiries?label=secnumcloud", "/providers", "/providers/s3ns", "/providers/numspot",
    "/labels", "/labels/secnumcloud", "/labels/hds", "/labels/passi?on=2026-01-15", "/labels/cc?from=100",
    "/history", "/history?q=s3ns", "/history?label=eidas&kind=lost&since=2026-01-01&until=2026-12-31",
    "/history?all=1", "/sources", "/was", "/was/s3ns/secnumcloud/2026-01-15",
    "/was/numspot/secnumcloud/2026-03-04", "/was/devoteam/passi/2026-02-20", "/search", "/search?q=s3ns",
    "/search?q=nunspot", "/search?q=alert&in=providers", "/search?q=2057", "/search?q=hds",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_page_answers_in_both_languages(get: Get, path: str, lang: str) -> None:
    answer = get(path, params={**httpx.URL(path).params, "lang": lang})
    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in answer.text
    assert answer.headers["content-language"] == lang


@pytest.mark.parametrize("path", [*PAGES, "/feed.atom", "/providers/script-alert-1-script-sohne"])
def test_nothing_that_a_register_prints_becomes_markup(get: Get, path: str) -> None:
    assert "<script>alert" not in get(path).text


def test_every_event_has_a_page(get: Get) -> None:
    numbers = [event["id"] for event in get("/api/v1/events?all=1").json()["events"]]
    assert len(numbers) > 5
    for number in numbers:
        answer = get(f"/events/{number}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


def test_an_event_shows_before_and_after_the_proof_and_who_was_told(get: Get, events: dict[str, int]) -> None:
    text = get(f"/events/{events['scope_extended ovhcloud']}").text
    assert "IaaS, PaaS" in text
    assert re.search(r"<code class=\"long\">[0-9a-f]{64}</code>", text)
    assert "Personne n’était abonné" in text


def test_the_proof_is_the_bytes_received_and_no_browser_interprets_them(
    get: Get, events: dict[str, int]
) -> None:
    answer = get(f"/events/{events['gained s3ns']}/proof")
    assert answer.text.startswith("edition 2026-03-04")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_pages_ask_nothing_of_other_sites(get: Get) -> None:
    for path in PAGES:
        loaded = re.findall(
            r"<(?:script|img|iframe)[^>]+src=\"([^\"]+)|<link rel=\"stylesheet\" href=\"([^\"]+)",
            get(path).text,
        )
        assert all((one or other).startswith(("/static/", "/badges/")) for one, other in loaded)


def test_every_link_within_the_site_leads_somewhere(get: Get) -> None:
    links = {
        link.replace("&amp;", "&")
        for path in ("/", "/providers/s3ns", "/labels/secnumcloud", "/history", "/sources", "/was")
        for link in re.findall(r"href=\"(/[^\"]*)\"", get(path).text)
    }
    assert len(links) > 20
    assert {link: status for link in links if (status := get(link).status_code) not in (200, 303)} == {}


def test_no_page_has_a_style_or_a_script_of_its_own(get: Get) -> None:
    for path in PAGES:
        text = get(path).text
        assert not re.search(r"<script(?![^>]+src=)|<style|\sstyle=|\son[a-z]+=\"", text), path


def test_the_race_says_holds_with_dates_and_unknown_where_nobody_read(get: Get) -> None:
    text = get("/").text
    assert "depuis le 17/12/2025" in text
    assert "jusqu’au 17/12/2028" in text
    assert "inconnu" in text


@pytest.mark.parametrize("size", [1, 3, 500])
def test_an_export_holds_every_event_of_the_filter_however_long(
    get: Get, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("watcher.web.data.export.AT_ONCE", size)
    whole = get("/api/v1/events?all=1").json()["events"]
    assert get("/history.json?all=1").json() == whole
    rows = list(csv.DictReader(get("/history.csv?all=1").text.splitlines()))
    assert [int(row["id"]) for row in rows] == [event["id"] for event in whole]
    assert get("/history.json?q=nothing+like+this").json() == []
    assert get("/history.csv?q=nothing+like+this").text.count("\n") == 1
    assert get("/history.csv?kind=exploded").status_code == 400


def test_without_a_page_of_candidates_nobody_says_that_there_are_none(get: Get) -> None:
    assert "Aucune page de candidats n’a encore été lue" in get("/labels/secnumcloud").text


def test_an_address_that_leads_nowhere_is_not_taken_for_a_provider(get: Get) -> None:
    assert "Il n’y a pas de page à l’adresse /nowhere." in get("/nowhere").text
    assert "Unknown-provider ne figure sur aucune liste lue." in get("/providers/Unknown-provider").text


def test_the_first_page_says_which_registers_it_does_not_see(get: Get) -> None:
    assert "Liste HDS de l’ANS\u00a0» jamais lue" in get("/").text


def test_a_label_on_a_day_shows_who_held_it_then(get: Get) -> None:
    then, now = get("/labels/passi?on=2026-01-15").text, get("/labels/passi").text
    assert 'data-head="Prestataire"><a href="/providers/devoteam"' in then
    assert 'data-head="Prestataire"><a href="/providers/devoteam"' not in now


def test_a_question_leads_to_an_address_that_can_be_cited(get: Get) -> None:
    answer = get("/was?provider=Thales+Cloud+S%C3%A9curis%C3%A9&label=secnumcloud&on=2026-01-15")
    assert (answer.status_code, answer.headers["location"]) == (303, "/was/s3ns/secnumcloud/2026-01-15")


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/was/s3ns/secnumcloud/2026-01-15", "Oui"),
        ("/was/numspot/secnumcloud/2026-03-04", "Non"),
        ("/was/numspot/hds/2026-03-04", "Inconnu"),
        ("/was/s3ns/secnumcloud/2019-01-01", "Inconnu"),
    ],
)
def test_a_statement_says_yes_no_or_unknown(get: Get, path: str, word: str) -> None:
    assert f'">{word}</p>' in get(path).text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/events/99999", 404),
        ("/events/x", 404),
        ("/labels/secnumcluod", 404),
        ("/providers/s3n", 404),
        ("/nothing", 404),
        ("/static/../app.py", 404),
        ("/static/%2e%2e%2fapp.py", 404),
        ("/history?since=yesterday", 400),
        ("/history?kind=exploded", 400),
        ("/history?before=-1", 400),
        ("/history?q=" + "x" * 500, 400),
        ("/was/s3ns/secnumcloud/20260115", 400),
        ("/was/s3ns/secnumcloud/0000-00-00", 400),
    ],
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_nobody_can_answer_is_said_plainly(get: Get, path: str, status: int, lang: str) -> None:
    answer = get(path, headers={"Accept-Language": lang})
    assert answer.status_code == status
    assert f'<html lang="{lang}">' in answer.text
    assert "Traceback" not in answer.text


def test_a_mistyped_name_is_met_with_names_like_it(get: Get) -> None:
    assert "S3NS" in get("/providers/s3nss").text


def test_before_the_first_look_the_pages_say_so(tmp_path: Path, get_of: Callable[[Starlette], Get]) -> None:
    settings = Settings(state=str(tmp_path / "none.db"))
    web = make_app(App(settings, lambda: pytest.fail("no clock is needed")))
    answer = get_of(web)("/healthz")
    assert answer.status_code == 200
    assert not (tmp_path / "none.db").exists()


def test_a_missing_memory_is_503_and_is_not_created(
    tmp_path: Path, clock: Callable[[], object], get_of: Callable[[Starlette], Get]
) -> None:
    web = make_app(App(Settings(state=str(tmp_path / "none.db")), clock))  # type: ignore[arg-type]
    answer = get_of(web)("/")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert not (tmp_path / "none.db").exists()


def test_the_exported_csv_has_no_formula(get: Get) -> None:
    text = get("/history.csv?all=1").text
    assert "'=HYPERLINK" in text
    assert not re.search(r"(^|,)\"?=", text, re.MULTILINE)


def test_a_filter_survives_in_the_address_of_the_next_page_and_of_exports(get: Get) -> None:
    text = get("/history?label=secnumcloud&q=cloud").text
    assert 'href="/history.csv?q=cloud&amp;label=secnumcloud"' in text


def test_an_etag_spares_what_the_reader_has(get: Get) -> None:
    first = get("/labels/secnumcloud")
    again = get("/labels/secnumcloud", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"]


TICKED = """edition 2026-03-04
secnumcloud | OVH | Pod | 1 | 2025-03-24 | 2028-03-24 | recommendation={before}
secnumcloud | Outscale | IaaS | 2 | 2025-03-24 | 2028-03-24 | recommendation=green
"""


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_recommendation_is_said_in_words_and_never_as_a_bare_colour(
    tmp_path: Path, get_of: Callable[[Starlette], Get], lang: str
) -> None:
    app = App(Settings(state=str(tmp_path / "ticks.db")), lambda: datetime(2026, 3, 5, 9, tzinfo=UTC))
    with app.open_store() as store:
        for tick, day in (("green", 3), ("orange", 4)):
            at = datetime(2026, 3, day, 18, tzinfo=UTC)
            text = TICKED.format(before=tick).replace("2026-03-04", f"2026-03-0{day}")
            look(ToyRegister(), [page(text, at)], app.watch(store), at)
    get = get_of(make_app(app))
    [event] = get("/api/v1/events").json()["events"]
    assert event["changes"] == {"recommendation": {"before": "green", "after": "orange"}}
    for path in ("/", "/history", "/labels/secnumcloud", "/providers/ovhcloud", f"/events/{event['id']}"):
        read = re.sub(r"<[^>]*>", " ", get(path, params={"lang": lang}).text)
        assert not re.search(r"\b(orange|green|red)\b", read)
        assert ("modéré" if lang == "fr" else "moderate") in read
    assert "Optimal" not in read


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("/", True),
        ("/?lang=en", True),
        ("/providers/s3ns", True),
        ("/was/s3ns/secnumcloud/2026-03-05?lang=fr", True),
        ("/feed.atom", True),
        ("/history?before=12", False),
        ("/search?q=s3ns", True),
        ("/search?q=service&in=services&from=26", False),
        ("/history.csv", False),
        ("/api/v1/events", False),
    ],
)
def test_robots_read_pages_and_no_list_without_an_end(get: Get, address: str, may: bool) -> None:
    rules = Protego.parse(get("/robots.txt").text)

    assert rules.can_fetch(f"https://labels.example.org{address}", "anybot") == may


def test_our_mark_is_found_where_it_is_looked_for(get: Get) -> None:
    found = get("/favicon.ico")

    assert found.headers["content-type"] == "image/svg+xml"
    assert "<svg" in found.text
