"""Two memories to ask: a large one of real editions, and a small one of two pages of candidates.

Every time is pretended, every page saved, so that both are the same on any day and any machine.
"""

from __future__ import annotations

import json
import re
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from contracts.program import Program

HERE = Path(__file__).parent
FIXTURES = HERE.parent / "fixtures"
CATALOGUES = FIXTURES / "anssi_catalogue"
HOSTS = FIXTURES / "ans_hds" / "guess-table" / "index.html"
TRUSTED_LISTS = FIXTURES / "tl_fr" / "tl-fr-seq126-174.tar.xz"
BEFORE, AFTER = HERE / "pages" / "pending-before.html", HERE / "pages" / "pending-after.html"
TOKEN = "let me look"  # its SHA-256 is in the settings
SIGNING_KEY = "5e" * 32
SETTINGS = f"""\
address = "https://labels.example.org"
operators = "console"
signing_key = "{SIGNING_KEY}"
api_tokens = ["90a6daae677d6c49778f5c9d3a4fe9dc6571b67e89595206693a33d950085031"]

[sources.anssi-pending]
url = "http://register.test/"
pace = 0
pages = [["secnumcloud", "candidates/"]]

[channels.siem]
kind = "webhook"
url = "https://siem.example.org/"
secret = "whsec_{"A" * 32}"
"""


class Register(BaseHTTPRequestHandler):
    """The register of candidates: one page, or, told to be away, none. It is asked as a proxy is."""

    away = False

    def do_GET(self) -> None:
        shown = self.path == "http://register.test/candidates/" and not Register.away
        body = AFTER.read_bytes() if shown else b""
        self.send_response(200 if shown else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """Names no version of Python."""
        return "register"

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def register() -> Iterator[str]:
    """A running register; its address is the proxy by which `http://register.test/` is found."""
    with HTTPServer(("127.0.0.1", 0), Register) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def away() -> Iterator[None]:
    """The register does not show its page."""
    Register.away = True
    try:
        yield
    finally:
        Register.away = False


def begin(room: Path) -> None:
    """Puts the settings where the program looks for them."""
    (room / "watch.toml").write_text(SETTINGS, encoding="utf-8")


def small(room: Path) -> Program:
    """Three looks at the candidates, after them a removal that waits; of three subscriptions one is told, one
    cannot be, one waits for its day."""
    program = Program(state=Path("small.db"))
    program.did("import", "anssi-pending", str(BEFORE), now="2026-11-20T09:00")
    program.did("subscribe", "secnumcloud", "wimi", "--channel", "console", now="2026-11-20T10:00")
    program.did("subscribe", "candidate_listed", "--channel", "webhook", now="2026-11-20T10:01")
    program.did("subscribe", "all", "low", "--channel", "C0123ABCD", now="2026-11-20T10:02")
    program.did("digest", "C0123ABCD", "weekly", "mon", "08:30", now="2026-11-20T10:03")
    program.did("import", "anssi-pending", str(AFTER), now="2026-11-23T09:00")
    assert program("deliver", now="2026-11-23T09:05").code == 1  # the webhook is not set
    said = ("--source", "anssi-pending", "--label", "secnumcloud", "--reason", "they told us so")
    program.did("alias", "add", "bleu", "Bleu SAS", *said, now="2026-11-23T10:00")
    known = ("--service", "Armoured", "--reason", "their page says so", "--by", "Léa")
    program.did("runs-on", "add", "Wimi", "Bleu", *known, now="2026-11-23T10:30")
    program.did("documents", "import", str(_papers(room)), "--by", "Léa", now="2026-11-23T10:45")
    assert program("import", "anssi-pending", str(_fewer(room)), now="2026-11-23T11:00").code == 1
    return program


def _papers(room: Path) -> Path:
    """A decision of the time before any register was read, on paper."""
    (room / "decision-2009.txt").write_text("An old decision.", encoding="utf-8")
    papers = room / "papers.csv"
    papers.write_text(
        "label;provider;reference;valid_from;valid_until;issuer;document;page\n"
        "hds;Ancien Hébergeur;A-2009-1;01/06/2009;31/05/2012;Ministère;decision-2009.txt;2\n",
        encoding="utf-8",
    )
    return papers


def _fewer(room: Path) -> Path:
    """The page of candidates when four of eight are gone from it: too many to be believed at once."""
    text = AFTER.read_text(encoding="utf-8")
    page = room / "pending-fewer.html"
    page.write_text(_without(text, re.findall(r"<tr><td>.*?</tr>", text)[4:]), encoding="utf-8")
    return page


def large(room: Path) -> Program:
    """A year of looks: what was told of editions and taken back, what was doubted, what
    waits for another look, what was not to be had."""
    program = Program(state=Path("large.db"))
    whole, fewer, cut = _hosts(room)
    program.did(
        "import", "anssi-catalogue", str(CATALOGUES / "catalogue-2025-12-05.pdf"), now="2025-12-06T09:00"
    )
    for words, channel in (("secnumcloud", "console"), ("lost pris pvid", "console"), ("bleu", "C0123ABCD")):
        program.did("subscribe", *words.split(), "--channel", channel, now="2025-12-07T09:00")
    program.did(
        "import", "anssi-catalogue", str(CATALOGUES / "catalogue-2026-03-04.pdf"), now="2026-03-05T09:00"
    )
    program.did("deliver", now="2026-03-05T09:05")
    program.did("retract", number(program, "lost", "pvid"), "--reason", "we misread", now="2026-03-06T09:00")
    program.did("import", "tl-fr", str(_trusted_list(room)), now="2026-04-17T09:00")
    program.did("import", "ans-hds", str(whole), now="2026-11-21T09:00")
    program.did("import", "anssi-pending", str(BEFORE), now="2026-11-22T09:00")
    program.did("import", "ans-hds", str(fewer), now="2026-11-22T10:00")
    program.did("import", "anssi-pending", str(AFTER), now="2026-11-23T09:00")
    assert program("import", "ans-hds", str(cut), now="2026-11-23T10:00").code == 1
    with away():
        assert program("scrape", "anssi-pending", now="2026-11-23T18:00").code == 1
    return program


def number(program: Program, kind: str, label: str) -> str:
    """The number of the newest event of a kind under a label."""
    said = program.did("history", "--kind", kind, "--label", label, "--format", "json")
    return str(json.loads(said.out)[0]["id"])


def _trusted_list(room: Path) -> Path:
    with tarfile.open(TRUSTED_LISTS) as pack:
        pack.extract("tl-fr/tl-fr-174.xml", room, filter="data")
    return room / "tl-fr" / "tl-fr-174.xml"


def _hosts(room: Path) -> tuple[Path, Path, Path]:
    """The page of hosts; without two of them; without most of them."""
    text = HOSTS.read_text(encoding="utf-8")
    rows = re.findall(r"<tr[^>]*><td>.*</tr>\n", text)
    gone = [row for row in rows if "<td>4Saisons e-Santé</td>" in row or "<td>CYCLAMIS</td>" in row]
    made = {"whole": [], "fewer": gone, "cut": rows[40:]}
    for name, leave in made.items():
        (room / f"hosts-{name}.html").write_text(_without(text, leave), encoding="utf-8")
    whole, fewer, cut = (room / f"hosts-{name}.html" for name in made)
    return whole, fewer, cut


def _without(text: str, rows: list[str]) -> str:
    for row in rows:
        text = text.replace(row, "")
    return text.replace(">404<", f">{404 - len(rows)}<")
