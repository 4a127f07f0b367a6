"""The lists of several states: every door tells them apart, and shows one alone where it is asked to."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import feedparser
import httpx
import pytest
from click.testing import CliRunner, Result
from toy_register import ToyRegister, day, page

from scrapers.eu_trusted_lists.states import STATES
from state.words.countries import COUNTRIES, country_meant
from watcher.app import App
from watcher.cli import vigilabel
from watcher.look.check import look

Get = Callable[..., httpx.Response]
LABEL = "eidas-timestamp"
BEFORE = "2026-02-01"
"""A day on which the French list was read by a reader that did not say whose list it is."""


def row(holder: str, number: int, registration: str = "", country: str = "") -> str:
    facts = {"registration": registration, "country": country}
    said = "".join(f" | {name}={value}" for name, value in facts.items() if value)
    return f"{LABEL} | {holder} | Service {number} | TSA/QTST {number} | 2020-01-01 | -{said}"


@pytest.fixture(autouse=True)
def lists(watched: App) -> None:
    """Three lists: ours, read before and after it said whose it is, that of Belgium and that of Greece."""
    looks = [
        ("fr", BEFORE, [row("Universign", 1, "VATFR-91434202181")], ""),
        ("fr", "2026-03-01", [row("Universign", 1, "VATFR-91434202181")], "FR"),
        ("be", "2026-03-01", [row("Zetes", 2, "VATBE-0408.425.626"), row("Universign", 3)], "BE"),
        ("el", "2026-03-01", [row("Byte", 4)], "EL"),
        ("fr", "2026-03-02", [row("Universign", 1, "VATFR-91434202181"), row("Certinomis", 5)], "FR"),
        ("be", "2026-03-02", [row("Zetes", 2, "VATBE-0408.425.626"), row("Quick", 6)], "BE"),
    ]
    with watched.open_store() as store:
        for state, when, rows, country in looks:
            source = ToyRegister(name=f"tl-{state}", covers=frozenset({LABEL}), labels=(LABEL,))
            said = [f"{one} | country={country}" if country else one for one in rows]
            at = day(when) + timedelta(hours=1)
            look(source, [page("\n".join([f"edition {when}", *said]), at)], watched.watch(store), at)


@pytest.fixture
def call(watched: App) -> Callable[..., Result]:
    def called(*words: str, lang: str = "en") -> Result:
        options = ["--state", watched.settings.state, "--now", "2026-03-05", "--lang", lang]
        return CliRunner().invoke(vigilabel, [*options, *words], prog_name="vigilabel")

    return called


def holders(answer: httpx.Response) -> set[str]:
    return {one["holder"] for one in answer.json()["attestations"]}


def test_the_states_that_may_be_named_are_those_whose_lists_are_read() -> None:
    assert set(COUNTRIES) == set(STATES)
    assert [country_meant(text) for text in ("be", " BE", "gr", "GB", "xx")] == ["BE", "BE", "EL", "UK", ""]


def test_the_api_tells_states_apart(get: Get) -> None:
    assert holders(get(f"/api/v1/labels/{LABEL}?country=be")) == {"Zetes", "Quick"}
    assert holders(get(f"/api/v1/labels/{LABEL}?country=fr")) == {"Universign", "Certinomis"}
    assert holders(get(f"/api/v1/labels/{LABEL}?country=gr")) == {"Byte"}
    then = holders(get(f"/api/v1/labels/{LABEL}?country=be&on=2026-03-01"))
    assert {"Zetes", "Universign"} <= then <= {"Zetes", "Universign", "Quick"}  # of one nobody knows
    assert holders(get(f"/api/v1/labels/{LABEL}?country=de")) == set()
    assert holders(get("/api/v1/attestations?country=be")) == {"Zetes", "Quick"}
    first = get("/api/v1/attestations?country=BE&limit=1").json()
    assert "country=be" in first["next"]
    assert len(holders(get(first["next"])) | {one["holder"] for one in first["attestations"]}) == 2
    events = get("/api/v1/events?country=be&all=1").json()["events"]
    assert {one["country"] for one in events} == {"BE"}
    assert {one["source"] for one in get("/api/v1/events?country=fr&all=1").json()["events"]} == {
        "anssi-catalogue",
        "tl-fr",
    }
    # A list that nobody watches, and one of another state than is asked for, have no events: no mistake.
    for nothing in ("source=tl-fi", "source=tl-el&country=be"):
        answer = get(f"/api/v1/events?all=1&{nothing}")
        assert (answer.status_code, answer.json()["events"]) == (200, [])
    assert get("/api/v1/events?all=1&source=tl-el&country=gr").json()["events"]
    wrong = get("/api/v1/events?country=belgium")
    assert wrong.status_code == 400
    assert "country" in wrong.text


def test_a_day_before_our_list_said_whose_it_is_is_of_our_list(get: Get, call: Callable[..., Result]) -> None:
    on, ours = "2026-02-02", {"Universign", "Certinomis"}
    assert {"Universign"} <= holders(get(f"/api/v1/labels/{LABEL}?country=fr&on={on}")) <= ours
    assert "Universign" in get(f"/labels/{LABEL}?country=fr&on={on}").text
    assert "Universign" in call("listing", LABEL, "--on", on, "--country", "fr").stdout


def test_the_page_of_a_label_shows_states_and_is_filtered_by_them(get: Get) -> None:
    whole = get(f"/labels/{LABEL}", headers={"Accept-Language": "fr"}).text
    assert '<option value="BE">Belgique (2)</option>' in whole
    assert '<option value="EL">Grèce (1)</option>' in whole
    assert '<span class="scope">Liste de confiance (Belgique)</span>' in whole
    belgian = get(f"/labels/{LABEL}?country=be", headers={"Accept-Language": "fr"}).text
    rows = belgian.split('<section aria-labelledby="who">')[1].split("</section>")[0]
    assert "Zetes" in rows
    assert "Certinomis" not in rows
    assert "Byte" not in rows
    assert f"/labels/{LABEL}/listing.csv?country=be" in rows
    # What stands around the list is of that state too: its edition, its changes, its feed and troubles.
    trouble = "<p><strong>Liste de confiance française</strong>"
    assert trouble in whole
    assert trouble not in belgian
    assert "/editions/tl-el" not in belgian
    assert "Certinomis" not in belgian
    assert f"/labels/{LABEL}/feed.atom?country=be" in belgian
    sheet = get(f"/labels/{LABEL}/listing.csv?country=be").text
    assert {one["country"] for one in csv.DictReader(io.StringIO(sheet))} == {"BE"}
    # A label of which no state has a list of its own says nothing of states.
    assert 'name="country"' not in get("/labels/secnumcloud").text


def test_the_history_is_filtered_by_states(get: Get) -> None:
    shown = get("/history?country=be&label=eidas&all=1", headers={"Accept-Language": "fr"}).text
    results = shown.split('id="results"')[1]
    assert "Quick" in results
    assert "Certinomis" not in results
    assert '<option value="be" selected>Belgique</option>' in shown
    sheet = list(csv.DictReader(io.StringIO(get("/history.csv?country=be&all=1").text)))
    assert {one["source"] for one in sheet} == {"tl-be"}


def test_feeds_are_of_one_state_where_it_is_asked_for(get: Get) -> None:
    paths = ("/feed.atom", f"/labels/{LABEL}/feed.atom", "/history.atom")
    for path in paths:
        feed = feedparser.parse(get(f"{path}?country=be", headers={"Accept-Language": "fr"}).content)
        whole = feedparser.parse(get(path, headers={"Accept-Language": "fr"}).content)
        assert feed.entries
        assert all("Quick" in one.title or "Universign" in one.title for one in feed.entries)
        assert len(feed.entries) < len(whole.entries)
        assert feed.feed.id != whole.feed.id
        if path != "/history.atom":
            assert feed.feed.title.endswith(", Belgique")


def test_the_page_of_a_provider_says_its_numbers_and_its_states(get: Get) -> None:
    belgian = get("/providers/zetes--be", headers={"Accept-Language": "fr"}).text
    assert "<dt>Identifiants officiels</dt><dd>VATBE-0408.425.626</dd>" in belgian
    assert "<dt>Liste de confiance</dt><dd>Belgique</dd>" in belgian
    french = get("/providers/universign", headers={"Accept-Language": "fr"}).text
    assert "VATFR-91434202181" in french
    assert "<dt>Liste de confiance</dt>" not in french
    known = get("/api/v1/providers/zetes--be").json()
    assert (known["identifiers"], known["countries"]) == (["VATBE-0408.425.626"], ["BE"])
    assert "identifiers" not in get("/api/v1/providers/s3ns").json()


def test_the_list_of_providers_tells_two_of_one_name_apart(get: Get) -> None:
    shown = get("/providers", headers={"Accept-Language": "fr"}).text
    assert '<a href="/providers/universign">Universign</a> <span' in shown
    assert '<a href="/providers/zetes--be">Zetes</a> (Belgique) <span' in shown


def test_a_number_finds_its_provider_at_every_door(get: Get, call: Callable[..., Result]) -> None:
    for said in ("0408 425 626", "BE0408.425.626", "VATBE-0408425626"):
        found = get("/api/v1/search", params={"q": said}).json()
        slugs = [one["provider"]["slug"] for one in found["hits"] if one["group"] == "providers"]
        assert slugs == ["zetes--be"], said
    assert "Universign" in get("/search?q=434+202+181").text
    assert "Universign" in call("find", "434 202 181").stdout
    assert "Universign" in call("find", "434", "202", "181").stdout
    assert "zetes--be" in call("provider", "VATBE-0408425626", "--format", "json").stdout


def test_commands_ask_for_states(call: Callable[..., Result]) -> None:
    found = json.loads(call("listing", LABEL, "--country", "be", "--format", "json").stdout)
    assert {one["holder"] for one in found} == {"Zetes", "Quick"}
    both = call("listing", LABEL, "--country", "be", "--country", "el").stdout
    assert "Byte" in both
    assert "Certinomis" not in both
    events = json.loads(call("history", "--country", "be", "--format", "json").stdout)
    assert {one["country"] for one in events} == {"BE"}
    assert "Quick" in call("history", "--country", "be").stdout
    assert "Certinomis" not in call("history", "--country", "be").stdout
    nobody = call("history", "--country", "de", lang="fr")
    assert nobody.exit_code == 0
    assert "Aucune liste de confiance n’a été lue pour cet État\u00a0: Allemagne." in nobody.stderr
    wrong = call("history", "--country", "belgium", lang="fr")
    assert wrong.exit_code == 2
    assert "belgium" in wrong.stderr
    assert "at, be, bg" in wrong.stderr
    refused = call("listing", "secnumcloud+hds", "--country", "be")
    assert refused.exit_code == 2


def test_a_terminal_says_the_numbers_and_states_of_a_provider(call: Callable[..., Result]) -> None:
    said = call("provider", "zetes", lang="fr").stdout
    assert "Sur les listes de confiance de\u00a0: Belgique" in said
    assert "VATBE-0408.425.626" in said


def test_the_proof_about_one_state_takes_no_row_of_another_for_its_own(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    """Two companies are printed "Universign": the list of each proves nothing of the other."""
    for who, answer in (("universign--be", "unknown"), ("universign", "yes")):
        file = tmp_path / f"{who}.zip"
        made = call("evidence", "--was", who, LABEL, "2026-03-04", "--out", str(file))
        assert made.exit_code == 0, made.output
        said = json.loads(call("was", who, LABEL, "2026-03-04", "--format", "json").stdout)
        assert said[0]["answer"] == answer
        verified = call("verify", str(file))
        assert verified.exit_code == 0, verified.output
        assert "the looks in this file give this answer, word for word" in verified.stdout


def test_a_listing_names_the_state_of_each_row_and_expects_no_two_states_to_agree(
    call: Callable[..., Result],
) -> None:
    told = call("listing", LABEL, lang="fr").stdout.replace("\u00a0", " ")
    assert "Zetes (zetes--be)\n  Service 2 · depuis le 01/01/2020 · décision TSA/QTST 2 · Belgique\n" in told
    assert "TSA/QTST 4 · Grèce\n" in told
    assert "Seulement dans" not in told


def test_registers_of_one_state_are_held_against_each_other_beside_those_of_another(
    watched: App, call: Callable[..., Result]
) -> None:
    with watched.open_store() as store:
        source = ToyRegister(name="ans-hds", covers=frozenset({LABEL}), labels=(LABEL,))
        at = day("2026-03-04") + timedelta(hours=9)
        look(source, [page(f"edition 2026-03-04\n{row('Ours S.A.', 7)}", at)], watched.watch(store), at)
    told = call("listing", LABEL).stderr
    assert "Only in “ans-hds”: Ours S.A.\n" in told
    assert "Only in “tl-fr”: Certinomis, Universign.\n" in told or "Universign, Certinomis.\n" in told
    assert "Only in “tl-be”" not in told


def test_what_a_trusted_list_was_looked_at_for_and_grants_nobody_is_nobodys(
    watched: App, get: Get, call: Callable[..., Result]
) -> None:
    """And not unknown: it would print it. Of a day of the past, when it may not have been looked for, nothing
    is said."""
    new = "eidas-attributes"
    asked = ("listing", new, "--country", "el")
    assert "no register that says who holds it was read" in call(*asked).stdout
    assert new in json.loads(call("provider", "byte--el", "--format", "json").stdout)[0]["unknown"]
    with watched.open_store() as store:
        source = ToyRegister(name="tl-el", covers=frozenset({LABEL, new}), labels=(LABEL, new))
        at = day("2026-03-04")
        text = f"edition 2026-03-04\n{row('Byte', 4)} | country=EL"
        look(source, [page(text, at)], watched.watch(store), at)
    assert "Nobody in the registers that were read." in call(*asked).stdout
    assert new not in json.loads(call("provider", "byte--el", "--format", "json").stdout)[0]["unknown"]
    assert "unknown" not in get(f"/labels/{new}?country=el").text.lower().split("<footer")[0]
    assert "yes" not in call("was", "byte--el", new, "2026-03-02").stdout.lower()


def test_the_list_of_another_state_contradicts_nobody_and_its_outage_leaves_nothing_open(
    call: Callable[..., Result],
) -> None:
    """Each speaks of those whom its state lists; who is on the lists of two is told by both."""
    for slug, on, answer, source in (
        ("zetes--be", "2026-03-01", "yes", "tl-be"),
        ("certinomis", "2026-03-01", "yes", "tl-fr"),
    ):
        [told] = json.loads(call("was", slug, LABEL, on, "--format", "json").stdout)
        assert (told["answer"], list(told["sources"])) == (answer, [source]), slug
        assert "contradict" not in call("was", slug, LABEL, on).stdout
