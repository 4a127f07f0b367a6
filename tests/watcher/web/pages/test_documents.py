"""Documents on pages: apart from what was seen, in words as well, and never run by a browser."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from command_line import CommandLine

from watcher.app import App

HEAD = "label;provider;service;reference;valid_from;valid_until;withdrawn_on;issuer;document;page;note"
PAPER, PAGE = b"%PDF-1.4 old decisions", b"<script>alert(1)</script>"
LINES = (
    "secnumcloud;OVH;Private Cloud;2021_1;2021-01-10;2024-01-10;;ANSSI;paper.pdf;3;scanned at the archive",
    "secnumcloud;Ancien;;2019_7;2012-01-01;2015-01-01;;ANSSI;page.html;;",
    "secnumcloud;Bleu;;2026_1;2026-01-01;2029-01-01;;ANSSI;paper.pdf;9;",
    'hds;"<script>alert(2)</script>";=1+1;<b>;2012-01-01;2015-01-01;;"<i>";paper.pdf;1;"<img>"',
    "hds;OVH;;H-1;2013-01-01;2030-01-01;;BSI;paper.pdf;2;",
)
Get = Callable[..., httpx.Response]


@pytest.fixture
def papers(watched: App, tmp_path: Path) -> CommandLine:
    """The command line on the memory behind the pages, once documents were provided."""
    (tmp_path / "paper.pdf").write_bytes(PAPER)
    (tmp_path / "page.html").write_bytes(PAGE)
    (tmp_path / "old.csv").write_text("\n".join((HEAD, *LINES)), encoding="utf-8")
    cli = CommandLine(tmp_path)
    cli.state.symlink_to(watched.settings.state)
    said = cli("documents", "import", str(tmp_path / "old.csv"), "--by", "Léa")
    assert said.exit_code == 0, said.output
    return cli


def address(body: bytes) -> str:
    return f"/documents/{hashlib.sha256(body).hexdigest()}"


@pytest.mark.usefixtures("papers")
def test_a_page_shows_what_documents_say_apart_in_words(get: Get) -> None:
    page = get("/providers/ovhcloud?lang=fr").text
    assert 'class="documented-bar"' in page
    assert "d’après un document fourni" in page
    told = page.partition('<h2 id="documents">')[2].partition("</section>")[0]
    assert "du 10/01/2021 au 10/01/2024" in told
    assert f'href="{address(PAPER)}#page=3"' in told
    assert "fourni par Léa le 05/03/2026" in told
    assert "scanned at the archive" in told


@pytest.mark.usefixtures("papers")
def test_whom_no_list_has_gets_a_page_and_is_unknown_on_it(get: Get) -> None:
    page = get("/providers/ancien?lang=fr")
    assert page.status_code == 200
    assert "ce nom n’est sur aucune liste qui a été lue" in page.text
    assert "Non listé" not in page.text
    assert 'class="documented-bar"' in page.text
    assert "/providers/ancien" in get("/search?q=ancien").text


@pytest.mark.usefixtures("papers")
def test_a_statement_shows_its_documents_and_a_contradiction_apart(get: Get) -> None:
    page = get("/was/ovhcloud/secnumcloud/2022-05-05?lang=fr").text
    assert "un document fourni, jamais observé" in page
    assert hashlib.sha256(PAPER).hexdigest() in page
    page = get("/was/bleu/secnumcloud/2026-03-04?lang=fr").text
    assert "absence observée" in page
    assert "Un document fourni dit le contraire" in page


@pytest.mark.usefixtures("papers")
def test_where_nobody_reads_a_register_a_document_tells_where_one_stands(get: Get) -> None:
    page = get("/providers/ovhcloud?lang=fr").text
    assert 'class="answer document"' in page
    assert "D’après un document fourni, jamais observé" in page
    [standing] = [
        one for one in get("/api/v1/race?provider=ovhcloud").json()["standings"] if one["label"] == "hds"
    ]
    assert (standing["state"], standing["documents"][0]["ref"]) == ("document", "H-1")


@pytest.mark.usefixtures("papers")
def test_a_document_is_given_to_keep_and_no_browser_runs_it(get: Get) -> None:
    given = get(address(PAPER))
    assert (given.content, given.headers["content-type"]) == (PAPER, "application/pdf")
    for body, suffix in ((PAPER, "pdf"), (PAGE, "html")):
        given = get(address(body))
        assert given.headers["content-disposition"].startswith("attachment;")
        assert given.headers["content-disposition"].endswith(f'.{suffix}"')
        assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["content-type"] == "application/octet-stream"
    for other in ("0" * 64, "x", "..%2fwatch.db"):
        assert get(f"/documents/{other}").status_code == 404


def test_what_is_taken_back_is_on_no_page_from_then_on(get: Get, papers: CommandLine) -> None:
    assert get(address(PAGE)).status_code == 200
    assert get("/providers/ancien").status_code == 200
    assert papers("documents", "remove", "2", "--reason", "wrong").exit_code == 0
    assert get(address(PAGE)).status_code == 404
    assert get("/providers/ancien").status_code == 404
    assert "paper.pdf, page 3" in get("/providers/ovhcloud").text
    assert papers("documents", "remove", "1", "--reason", "wrong").exit_code == 0
    assert "paper.pdf, page 3" not in get("/providers/ovhcloud").text


def test_what_a_document_prints_is_text(get: Get, papers: CommandLine) -> None:
    [slug] = [one["provider"] for one in papers.json("documents", "list") if "alert(2)" in one["holder"]]
    page = get(f"/providers/{slug}")
    assert page.status_code == 200
    for written in ("<script>alert(2)", "<i>", "<b>", "<img>"):
        assert written not in page.text
    assert "&lt;script&gt;alert(2)" in page.text


@pytest.mark.usefixtures("papers")
def test_a_curve_keeps_counted_documented_and_reported_numbers_apart(get: Get) -> None:
    told = get("/api/v1/labels/hds/curve").json()
    assert told["counted"] == []
    assert told["documented"][0] == {"date": "2012-01-01", "providers": 1}
    reported = {one["date"]: one for one in told["reported"]}
    assert (reported["2020-02-21"]["count"], reported["2020-02-21"]["title"]) == (89, None)
    assert reported["2022-04-30"]["publisher"] == "mind Health"
    assert "2026-05-13" not in reported  # to come, on the clock of this test
    assert get("/api/v1/labels/secnumcloud/curve").json()["reported"] == []
    assert get("/api/v1/labels/secnumcloud+hds/curve").status_code == 404


@pytest.mark.usefixtures("papers")
def test_the_curve_of_hosts_has_marked_points_with_their_sources(get: Get) -> None:
    page = get("/labels/hds?lang=fr").text
    assert page.count('class="reported') == 5
    assert page.count('class="reported unsourced"') == 2
    told = page.partition("Les points rapportés")[2].partition("</details>")[0]
    assert 'href="https://www.mind.eu.com/health/?p=25923"' in told
    assert "rapporté, source non retrouvée" in told
    assert "avril 2022" in told
    assert "fin 2021" in told
    assert 'class="documented-area"' in page
    assert "reported" not in get("/labels/secnumcloud").text


@pytest.mark.usefixtures("papers")
def test_a_list_of_a_day_that_nobody_saw_shows_documents_below_it(get: Get) -> None:
    page = get("/labels/secnumcloud?on=2021-03-03&lang=fr").text
    assert "1 ligne d’après un document fourni" in page.replace("\u00a0", " ")
    read = get("/labels/secnumcloud?on=2026-03-04&lang=fr").text
    assert 'id="documented"' not in read
    lines = get("/labels/secnumcloud/listing.csv?on=2021-03-03").text.splitlines()
    assert lines[-1].endswith(",yes,document")
    assert get("/api/v1/labels/secnumcloud?on=2021-03-03").json()["documented"][0]["document"] == "paper.pdf"
