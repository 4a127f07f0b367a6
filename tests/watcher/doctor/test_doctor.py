"""The doctor: every trouble of a register is named, with what to do, and nothing is stored or told."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from command_line import SOURCE, CommandLine
from one_language import strange
from printed_hosts import few_hosts

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
BLEU = "secnumcloud | Bleu | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"
ROOT = Path(__file__).parents[3]
WALLS = ROOT / "tests/fixtures/challenge/walls"
HDS = ROOT / "tests/fixtures/ans_hds/guess-table/index.html"
STEPS = ["robots", "fetch", "page", "understand", "read", "judge"]

Reply = tuple[int, Mapping[str, str], bytes]


class Site:
    """A site on the loopback: what it answers by path, and what it was asked."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {"/robots.txt": (404, {}, b"none")}
        self.asked: list[str] = []
        self.port = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def says(self, path: str, body: bytes | str, status: int = 200, **headers: str) -> str:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies[path] = (status, named, body.encode() if isinstance(body, str) else body)
        return self.url(path)


@pytest.fixture
def site() -> Iterator[Site]:
    played = Site()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            played.asked.append(self.path)
            status, headers, body = played.replies.get(self.path, (404, {}, b"not here"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        played.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield played
        server.shutdown()
        thread.join()


@pytest.fixture
def looks_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Points the toy register at an address."""

    def point(url: str) -> None:
        monkeypatch.setenv("VIGILABEL_SOURCES__ANSSI_CATALOGUE__URL", url)
        monkeypatch.setenv("VIGILABEL_SOURCES__ANSSI_CATALOGUE__PACE", "0")

    return point


def edition(day: str, *rows: str) -> str:
    return "\n".join((f"edition {day}", *rows))


def examined(cli: CommandLine, *args: str, code: int = 0) -> dict[str, Any]:
    result = cli("doctor", SOURCE, *args, "--format", "json")
    assert result.exit_code == code, result.output
    [found] = json.loads(result.stdout)
    assert [step["step"] for step in found["steps"]] == STEPS
    assert isinstance(found, dict)
    return found


def step(found: Mapping[str, Any], name: str) -> Any:
    return next(one for one in found["steps"] if one["step"] == name)


def test_a_register_that_works_is_told_step_by_step(
    cli: CommandLine, site: Site, looks_at: Callable[[str], None]
) -> None:
    looks_at(site.says("/list", edition("2026-03-04", OVH, BLEU), ETag='"1"', Content_Type="text/plain"))
    found = examined(cli)

    assert (found["outcome"], found["believed"], found["live"]) == ("ok", True, True)
    [request] = step(found, "fetch")["requests"]
    assert (request["status"], request["robots"], request["error"]) == (200, "none", None)
    assert [one["status"] for one in request["exchanges"]] == [404, 200]
    assert request["exchanges"][1]["headers"]["etag"] == '"1"'
    assert request["sha256"] == hashlib.sha256(edition("2026-03-04", OVH, BLEU).encode()).hexdigest()
    assert step(found, "read")["rows"] == 2
    assert step(found, "read")["first"][0]["holder"] == "OVH"
    assert step(found, "judge")["first_look"] is True
    assert found["advice"]["commands"] == [f"vigilabel scrape {SOURCE}"]


def test_nothing_is_stored_or_told(cli: CommandLine, site: Site, looks_at: Callable[[str], None]) -> None:
    looks_at(site.says("/list", edition("2026-03-05", OVH, BLEU, "! column a new column")))
    cli.see("2026-03-04", OVH)
    cli("subscribe", "all", "--channel", "console")
    before = hashlib.sha256(cli.state.read_bytes()).hexdigest()
    result = cli("doctor", SOURCE)

    assert "1 event would be recorded" in result.stdout
    assert hashlib.sha256(cli.state.read_bytes()).hexdigest() == before
    assert "nothing is due" in cli("deliver").stderr
    assert "WARNING" not in result.stderr


def test_without_a_memory_none_is_begun(
    cli: CommandLine, site: Site, looks_at: Callable[[str], None]
) -> None:
    looks_at(site.says("/list", edition("2026-03-04", OVH)))
    assert cli("doctor", SOURCE).exit_code == 0
    assert not cli.state.exists()


def test_a_memory_that_anybody_may_read_is_told_beside_the_report(
    cli: CommandLine, site: Site, looks_at: Callable[[str], None]
) -> None:
    looks_at(site.says("/list", edition("2026-03-05", OVH)))
    cli.see("2026-03-04", OVH)
    assert cli("doctor", SOURCE).stderr == ""
    cli.state.chmod(0o644)
    assert f"chmod o= {cli.state}*" in cli("doctor", SOURCE).stderr


def test_the_reading_is_judged_against_what_is_known(
    cli: CommandLine, site: Site, looks_at: Callable[[str], None]
) -> None:
    looks_at(site.says("/list", edition("2026-03-05", OVH, BLEU)))
    cli.see("2026-03-04", OVH)
    cli.now = "2026-03-06"
    judged = step(examined(cli), "judge")

    assert judged["first_look"] is False
    assert [event["kind"] for event in judged["events"]] == ["gained"]


TROUBLES: list[tuple[str, Reply, str, str]] = [
    ("gone", (404, {}, b"no"), "unreachable", "export VIGILABEL_SOURCES__ANSSI_CATALOGUE__URL="),
    ("refused", (403, {}, b"no"), "blocked", f"vigilabel import {SOURCE} FILE…"),
    (
        "a wall",
        (200, {}, (WALLS / "cloudflare.html").read_bytes()),
        "blocked",
        f"vigilabel import {SOURCE} FILE…",
    ),
    ("broken", (501, {}, b"no"), "unreachable", f"vigilabel doctor {SOURCE}"),
    (
        "elsewhere",
        (302, {"Location": "https://login.example/x?a='b"}, b""),
        "blocked",
        "export VIGILABEL_SOURCES__ANSSI_CATALOGUE__URL='https://login.example/x?a='\"'\"'b'",
    ),
    (
        "maintenance",
        (200, {}, b"<html><p>Site en maintenance</p></html>"),
        "layout_changed",
        f"vigilabel doctor {SOURCE}",
    ),
    ("another shape", (200, {}, b"<html><p>Nouveau site</p></html>"), "layout_changed", "--save"),
]


@pytest.mark.parametrize(("name", "reply", "outcome", "command"), TROUBLES, ids=[one[0] for one in TROUBLES])
def test_each_trouble_is_named_with_what_to_do(
    cli: CommandLine,
    site: Site,
    looks_at: Callable[[str], None],
    name: str,
    reply: Reply,
    outcome: str,
    command: str,
) -> None:
    site.replies["/list"] = reply
    looks_at(site.url("/list"))
    found = examined(cli, code=1)

    assert (found["outcome"], found["believed"]) == (outcome, False)
    assert any(command in one for one in found["advice"]["commands"]), found["advice"]
    report = cli("doctor", SOURCE)
    assert report.exit_code == 1
    assert found["advice"]["text"] in report.stdout
    assert len(report.stderr.splitlines()) == 1


def test_a_closed_address_is_never_asked_and_said_to_be_closed(
    cli: CommandLine, site: Site, looks_at: Callable[[str], None]
) -> None:
    site.says("/robots.txt", "User-agent: *\nDisallow: /list\n")
    looks_at(site.says("/list", edition("2026-03-04", OVH)))
    found = examined(cli, code=1)

    assert site.asked == ["/robots.txt"]
    assert step(found, "fetch")["requests"][0]["robots"] == "closed"
    assert "robots.txt closes" in found["advice"]["text"]


def test_a_move_for_good_is_followed_and_its_new_address_is_to_be_set(
    cli: CommandLine, site: Site, looks_at: Callable[[str], None]
) -> None:
    site.says("/new", edition("2026-03-04", OVH))
    looks_at(site.says("/old", b"", status=301, Location="/new"))
    found = examined(cli)

    assert [one["status"] for one in step(found, "fetch")["requests"][0]["exchanges"]] == [404, 301, 200]
    assert found["advice"]["commands"] == [
        f"export VIGILABEL_SOURCES__ANSSI_CATALOGUE__URL={site.url('/new')}"
    ]


def test_a_host_that_does_not_answer_is_no_end_of_the_report(
    cli: CommandLine, looks_at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr("scrapers.wire.fetch.TRIES", 1)
    looks_at("http://127.0.0.1:9/list")
    found = examined(cli, code=1)

    assert found["outcome"] == "unreachable"
    assert "No answer came" in found["advice"]["text"]


def test_an_older_edition_is_ignored_until_a_person_says_that_it_was_put_back(
    cli: CommandLine, site: Site, looks_at: Callable[[str], None]
) -> None:
    cli.see("2026-03-04", OVH)
    looks_at(site.says("/list", edition("2026-02-01", OVH)))
    cli.now = "2026-03-06"
    found = examined(cli, code=1)

    assert found["outcome"] == "doubtful"
    assert "if the publisher put the old one back" in found["advice"]["text"]
    assert found["advice"]["commands"][1].startswith("vigilabel approve RUN --reason")
    assert "An old copy" in found["advice"]["text"]


def test_a_memory_that_is_newer_than_the_pretended_time_does_not_end_the_report(cli: CommandLine) -> None:
    cli.see("2026-03-04", OVH)
    page = cli.page("2026-03-05", [OVH])
    result = cli("doctor", SOURCE, str(page), now="2026-01-01")

    assert result.exit_code == 1
    assert "What to do" in result.stdout


def test_saved_pages_get_the_same_report_without_a_request(cli: CommandLine, site: Site) -> None:
    found = examined(cli, str(cli.page("2026-03-04", [OVH])))

    assert (found["live"], step(found, "read")["rows"]) == (False, 1)
    assert found["advice"]["commands"] == [f"vigilabel import {SOURCE} FILE…"]
    assert site.asked == []


def test_saved_pages_are_a_fixture_that_reads_the_same(
    cli: CommandLine, site: Site, looks_at: Callable[[str], None]
) -> None:
    body = edition("2026-03-04", OVH)
    looks_at(site.says("/..%2FListe%20des%20h%C3%A9bergeurs?x=../../etc", body))
    room = cli.room / "kept"
    found = examined(cli, "--save", str(room))

    index = json.loads((room / "pages.json").read_text())
    [entry] = index["pages"]
    assert (room / entry["file"]).read_bytes() == body.encode()
    assert entry["sha256"] == hashlib.sha256(body.encode()).hexdigest()
    assert {path.name for path in room.iterdir()} == {
        entry["file"],
        "pages.json",
        "README.md",
        "robots-1.txt",
    }
    assert found["saved"] == str(room)
    again = examined(cli, str(room))
    assert step(again, "read") == step(found, "read")
    assert [page["url"] for page in step(again, "page")["pages"]] == [entry["url"]]


def test_saving_overwrites_nothing(cli: CommandLine, site: Site, looks_at: Callable[[str], None]) -> None:
    looks_at(site.says("/list", edition("2026-03-04", OVH)))
    room = cli.room / "mine"
    room.mkdir()
    (room / "pages.json").write_text("mine")
    result = cli("doctor", SOURCE, "--save", str(room))

    assert result.exit_code == 1
    assert "expected a new or empty directory" in result.stderr
    assert (room / "pages.json").read_text() == "mine"
    assert site.asked == []


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", ".hidden"])
def test_an_index_that_points_outside_is_refused(cli: CommandLine, name: str) -> None:
    room = cli.room / "kept"
    room.mkdir()
    entry = {"file": name, "url": "u", "requested_url": "u", "sha256": "0", "headers": []}
    (room / "pages.json").write_text(json.dumps({"pages": [entry]}))
    result = cli("doctor", SOURCE, str(room))

    assert result.exit_code == 1
    assert "the file name" in result.stderr


def test_what_a_register_prints_does_not_act_on_the_screen(
    cli: CommandLine, site: Site, looks_at: Callable[[str], None]
) -> None:
    row = "secnumcloud | \x1b[31mEvil\u202e | S | 2026_1 | 2026-01-01 | 2029-01-01"
    looks_at(site.says("/list", edition("2026-03-04", row)))
    for form in ("table", "json"):
        shown = cli("doctor", SOURCE, "--format", form).stdout
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_a_mistyped_source_is_a_usage_error(cli: CommandLine) -> None:
    result = cli("doctor", "nowhere")
    assert result.exit_code == 2
    assert SOURCE in result.stderr


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A command line with the sources as shipped."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("VIGILABEL_")]:
        monkeypatch.delenv(name)
    return CommandLine(tmp_path, now="2026-11-24")


def test_the_list_of_hosts_is_explained_head_by_head(real: CommandLine) -> None:
    [found] = real.json("doctor", "ans-hds", str(HDS))
    seen = step(found, "understand")

    assert seen["found_by"] == "418 as rows of a table"
    assert {"head": "Hébergeur", "field": "holder"} in seen["heads"]
    assert step(found, "judge")["bounds"] == [{"label": "hds", "rows": 418, "floor": 300, "covered": True}]


@pytest.fixture
def some_hosts(real: CommandLine, monkeypatch: pytest.MonkeyPatch) -> str:
    """The list of hosts with sixty of its rows, which are enough."""
    monkeypatch.setenv("VIGILABEL_SOURCES__ANS_HDS__BOUNDS__HDS__FLOOR", "30")
    return few_hosts(60)


def test_heads_nobody_taught_become_a_setting_that_mends_the_reading(
    real: CommandLine, some_hosts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = real.room / "page.html"
    page.write_text(some_hosts.replace("Hébergeur</th>", "Zorglub</th>"))
    result = real("doctor", "ans-hds", str(page))
    assert result.exit_code == 1
    assert """export VIGILABEL_SOURCES__ANS_HDS__HEADS='[["Zorglub", "holder"]]'""" in result.stdout

    monkeypatch.setenv("VIGILABEL_SOURCES__ANS_HDS__HEADS", '[["Zorglub", "holder"]]')
    assert real("doctor", "ans-hds", str(page)).exit_code == 0


def odd_page(number: str = "s") -> str:
    """A page that says nothing in words that the reader knows."""
    with (ROOT / "tests/fixtures/ans_hds/hosts.csv").open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)][:60]  # a proposal tries hundreds of recipes on every row
    figures = "".join(
        f"<figure class='q'><b>{escape(r['host'])}</b><{number}>{r['certificate_number']}</{number}>"
        f"<i class='t'>{escape(r['certification_body'])}</i><q>{r['end']}</q>"
        f"<u>{r['activities_law_order'].replace('|', ', ')}</u></figure>"
        for r in rows
    )
    head = "<html><head><title>Hébergeurs</title></head><body><main><h1>Hébergeurs</h1>"
    return f"{head}{figures}</main></body></html>"


def test_a_recipe_is_proposed_to_copy_and_checked_once_it_is_set(
    real: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(real.room)
    monkeypatch.setenv("VIGILABEL_SOURCES__ANS_HDS__BOUNDS__HDS__FLOOR", "30")
    page = real.room / "page.html"
    page.write_text(odd_page(), encoding="utf-8")
    proposing = real("doctor", "ans-hds", str(page))
    assert proposing.exit_code == 1
    said = proposing.stdout.partition("What to do\n")[2].splitlines()
    start = next(at for at, line in enumerate(said) if "[sources.ans-hds.recipe]" in line)
    lines = [line.strip() for line in said[start:]]
    toml = "\n".join(line for line in lines if line.startswith("[sources") or re.match(r"\w+ = ", line))
    (real.room / "vigilabel.toml").write_text(toml, encoding="utf-8")

    checking = real("doctor", "ans-hds", str(page))
    assert checking.exit_code == 0
    assert "the recipe's rows at 'figure': 60 matched" in checking.stdout
    assert "number at 's': filled in 60 of 60" in checking.stdout
    assert "row 1: holder '1Pacte Médical'" in checking.stdout
    assert "the recipe lacks: version, start" in checking.stdout

    page.write_text(odd_page(number="em"), encoding="utf-8")
    wrong = real("doctor", "ans-hds", str(page))
    assert wrong.exit_code == 1
    assert (
        "expected recipe number at 's' to say something on most rows; found it does on 0 of 60"
        in wrong.stdout
    )
    assert "The recipe does not fit this page" in wrong.stdout
    assert "number = 'em'" in wrong.stdout
    [found] = json.loads(real("doctor", "ans-hds", str(page), "--format", "json").stdout)
    check = step(found, "understand")["recipe"]
    assert (check["rows"], check["rows_at"]) == (60, "figure")
    assert {"field": "number", "at": "'s'", "filled": 0} in check["fields"]
    assert check["first"][0]["holder"] == "1Pacte Médical"
    assert step(found, "understand")["proposal"].startswith("[sources.ans-hds.recipe]")


def test_a_list_signed_by_another_signer_names_the_fingerprint_to_compare(
    real: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGILABEL_SOURCES__TL_FR__SIGNERS", json.dumps(["0" * 64]))
    page = ROOT / "tests/fixtures/tl_fr/tl-fr_seq56_2019-09-04.xml"
    result = real("doctor", "tl-fr", str(page), "--format", "json")
    [found] = json.loads(result.stdout)

    assert (result.exit_code, found["outcome"]) == (1, "doubtful")
    [command] = found["advice"]["commands"]
    assert "VIGILABEL_SOURCES__TL_FR__SIGNERS" in command
    assert "fb2bdf5b4499d8057cf8226909f9b3ddd26c131ee9273ae06171570497e54286" in command
    assert "only after the same fingerprint was found" in command


def test_a_wall_that_a_person_saved_is_said_to_be_a_wall(real: CommandLine) -> None:
    result = real("doctor", "ans-hds", str(WALLS / "captcha_saved.html"))

    assert result.exit_code == 1
    assert "not the register" in result.stdout
    assert "vigilabel import ans-hds" in result.stdout


def test_half_a_page_is_waited_out(real: CommandLine) -> None:
    page = real.room / "half.html"
    page.write_bytes(HDS.read_bytes()[:30_000])
    result = real("doctor", "ans-hds", str(page))

    assert result.exit_code == 1
    assert "CUT OFF" in result.stdout
    assert "cut off before its end: wait" in result.stdout


def test_a_part_of_the_list_asks_for_the_rest_and_teaches_no_heads_of_lookalikes(real: CommandLine) -> None:
    """The first page of letters has tables too: of certification bodies, whose heads must not be taught."""
    page = ROOT / "tests/fixtures/ans_hds/guess-letters-ajax/index.html"
    result = real("doctor", "ans-hds", str(page))

    assert result.exit_code == 1
    assert "save the other pages as well (lettre 0-9, lettre A" in result.stdout
    assert "__HEADS" not in result.stdout


def test_a_head_known_by_its_values_becomes_a_setting_that_mends_the_reading(
    real: CommandLine, some_hosts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = real.room / "page.html"
    page.write_text(some_hosts.replace(">Fin de validité</th>", ">Butoir</th>"))
    assert """__HEADS='[["Butoir", "end"]]'""" in real("doctor", "ans-hds", str(page)).stdout

    monkeypatch.setenv("VIGILABEL_SOURCES__ANS_HDS__HEADS", '[["Butoir", "end"]]')
    assert real("doctor", "ans-hds", str(page)).exit_code == 0


@pytest.mark.parametrize(
    ("added", "said", "setting"),
    [
        ("<nav class='pager'><a href='#'>Suivant</a></nav>", "only a script opens: 'suivant'", "DATA_URL"),
        ("<p>01/03/2031, 02/03/2031, 03/03/2031</p>", "stand outside the rows: 01/03/2031", "SELECTOR"),
    ],
)
def test_what_may_hide_rows_is_named_with_the_setting_that_may_help(
    added: str, said: str, setting: str, real: CommandLine, some_hosts: str
) -> None:
    page = real.room / "page.html"
    page.write_text(some_hosts.replace("</main>", f"{added}</main>"))
    result = real("doctor", "ans-hds", str(page))

    assert result.exit_code == 1
    assert said in result.stdout
    assert f"export VIGILABEL_SOURCES__ANS_HDS__{setting}=" in result.stdout


def test_a_page_that_a_script_fills_is_no_refusal(
    real: CommandLine, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = "<html><head><title>Liste</title></head><body><div id='root'></div><script src='/a.js'></script>"
    monkeypatch.setenv("VIGILABEL_SOURCES__ANS_HDS__URL", site.says("/list", f"{shell}</body></html>"))
    result = real("doctor", "ans-hds")

    assert result.exit_code == 1
    assert "A script fills this page" in result.stdout
    assert "__DATA_URL" in result.stdout


def test_half_a_trusted_list_is_waited_out(real: CommandLine) -> None:
    page = real.room / "half.xml"
    page.write_bytes((ROOT / "tests/fixtures/tl_fr/tl-fr_seq56_2019-09-04.xml").read_bytes()[:90_000])
    result = real("doctor", "tl-fr", str(page))

    assert result.exit_code == 1
    assert "TrustServiceStatusList that is CUT OFF" in result.stdout
    assert "cut off before its end: wait" in result.stdout


def told_in_french(cli: CommandLine, *asked: str) -> str:
    """The report in French, which ends as the English one does and holds no sentence of it."""
    english, french = cli("doctor", *asked), cli("--lang", "fr", "doctor", *asked)
    assert english.exit_code == french.exit_code
    assert "What to do" in english.stdout
    assert "Que faire" in french.stdout
    assert strange(VERBATIM.sub(" ", french.stdout), "fr") == []
    assert strange(VERBATIM.sub(" ", english.stdout), "fr")
    return french.stdout


VERBATIM = re.compile(
    r"^ +(secnumcloud|hds|cc|eidas-\S+|passi|pvid) \|.*$|^ +\S.* ← .*$|'[^'\n]*'", re.MULTILINE
)
"""Rows and heads as the register prints them, and values that are typed."""


@pytest.mark.parametrize("reply", [one[1] for one in TROUBLES], ids=[one[0] for one in TROUBLES])
def test_a_trouble_is_told_in_french_alone(
    cli: CommandLine, site: Site, looks_at: Callable[[str], None], reply: Reply
) -> None:
    site.replies["/list"] = reply
    looks_at(site.url("/list"))
    told_in_french(cli, SOURCE)


def test_a_register_that_works_is_told_in_french_alone(
    cli: CommandLine, site: Site, looks_at: Callable[[str], None]
) -> None:
    cli.see("2026-03-04", OVH)
    cli.now = "2026-03-06"
    looks_at(site.says("/list", edition("2026-03-05", OVH, BLEU, "? secnumcloud | 2025_559 | OVH")))
    told = told_in_french(cli, SOURCE)
    assert "1 événement serait noté\u00a0:" in told
    site.says("/new", edition("2026-02-01", OVH))
    looks_at(site.says("/old", b"", status=301, Location="/new"))
    assert "Une ancienne copie du registre\u00a0: ignorée." in told_in_french(cli, SOURCE)
    site.says("/robots.txt", "User-agent: *\nDisallow: /list\n")
    looks_at(site.url("/list"))
    assert "robots.txt ferme cette adresse" in told_in_french(cli, SOURCE)


def test_an_address_that_does_not_answer_is_told_in_french_alone(
    cli: CommandLine, looks_at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr("scrapers.wire.fetch.TRIES", 1)
    looks_at("http://127.0.0.1:9/list")
    assert "Aucune réponse n’est venue." in told_in_french(cli, SOURCE)


SAVED = [
    *(("ans-hds", f"challenge/walls/{path.name}") for path in sorted(WALLS.iterdir())),
    ("ans-hds", "ans_hds/guess-table/index.html"),
    ("ans-hds", "ans_hds/guess-letters-ajax/index.html"),
    ("ans-hds", "ans_hds/hosts.csv"),
    ("anssi-pending", "ans_hds/guess-table/index.html"),
    ("anssi-pending", "challenge/walls/cloudflare.html"),
    ("anssi-catalogue", "anssi_catalogue/catalogue-2026-03-04.pdf"),
    ("anssi-catalogue", "ans_hds/guess-table/index.html"),
    ("tl-fr", "tl_fr/tl-fr_seq56_2019-09-04.xml"),
    ("tl-fr", "ans_hds/guess-table/index.html"),
]


@pytest.mark.parametrize(("source", "file"), SAVED, ids=[f"{one}: {file}" for one, file in SAVED])
def test_saved_pages_are_told_in_french_alone(real: CommandLine, source: str, file: str) -> None:
    told_in_french(real, source, str(ROOT / "tests/fixtures" / file))


CHANGES: list[tuple[str, Callable[[str], str]]] = [
    ("another head", lambda page: page.replace("Hébergeur</th>", "Zorglub</th>")),
    ("half a page", lambda page: page[:30_000]),
    (
        "a pager",
        lambda page: page.replace("</main>", "<nav class='pager'><a href='#'>Suivant</a></nav></main>"),
    ),
    ("no rows", lambda page: odd_page()),
    ("a few rows", lambda page: re.sub(r"(?s)(<tbody>(?:.*?</tr>){20}).*?</tbody>", r"\1</tbody>", page)),
]


@pytest.mark.parametrize("change", [one[1] for one in CHANGES], ids=[one[0] for one in CHANGES])
def test_a_page_in_another_shape_is_told_in_french_alone(
    real: CommandLine, change: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(real.room)
    page = real.room / "page.html"
    page.write_text(change(HDS.read_text()))
    assert page.read_text() != HDS.read_text()
    told_in_french(real, "ans-hds", str(page))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_json_of_an_examination_is_english_in_every_language(real: CommandLine, lang: str) -> None:
    told = real("--lang", lang, "doctor", "ans-hds", str(HDS), "--format", "json")
    [found] = json.loads(told.stdout)
    assert found["advice"]["text"] == "These pages read well. To record them as what the register shows:"
