"""The page in an evidence file: it shows what the document shows, and is made again by who checks it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from command_line import CommandLine
from every_event import AWARE, every_case
from real_registers import catalogue

from notifiers.said.voice import voice
from scrapers.anssi_catalogue.source import AnssiCatalogue
from state.file.opening import open_store
from state.file.store import Store
from state.model import Event, Page
from state.seen.events import log
from watcher.app import App
from watcher.errors import BadFile
from watcher.look.check import look
from watcher.prove.event.leaflet import Proof, event_sheet
from watcher.prove.event.proof import prove
from watcher.prove.event.testimony import claim_lines, pictures_again
from watcher.prove.event.verify import verify
from watcher.prove.evidence_file import SHEET, SIGNATURE, SUMS, pack, sums, unpack
from watcher.prove.sheet import FORM, MARK
from watcher.prove.shown import picture_name
from watcher.settings import load_settings

SHEETS = {1: "a43e0f7e"}
"""By form, what the sheets of every kind of event say and how they look, as a digest."""
OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
ODD = "secnumcloud | Bleu <script>alert(1)</script> | Cloud & co | 2026_1 | 2026-01-01 | 2029-01-01"
SOURCES = {"anssi-catalogue": AnssiCatalogue()}


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The edition in which S3NS is, read for the first time."""
    app = App(load_settings(None, state=str(tmp_path_factory.mktemp("sheet") / "watch.db")), lambda: seen)
    seen = datetime(2026, 3, 5, 8, tzinfo=UTC)
    page = Page(url="https://register.test/catalogue.pdf", body=catalogue("2026-03-04"), fetched_at=seen)
    with app.open_store() as store:
        look(AnssiCatalogue(), (page,), app.watch(store), seen)
    with open_store(app.settings.state) as store:
        yield store


@pytest.fixture(scope="module")
def gain(memory: Store) -> bytes:
    """The proof that S3NS is listed."""
    [event] = [e for e in log.events(memory, who="s3ns") if e.label == "secnumcloud"]
    return prove(memory, event.id, sources=SOURCES)


class Read(HTMLParser):
    """What a browser makes of a sheet: its elements with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def every(self, tag: str, attribute: str) -> list[str]:
        return [given[attribute] or "" for name, given in self.elements if name == tag and attribute in given]


def rewritten(data: bytes, **bodies: bytes) -> bytes:
    """The file with other contents and sums to match."""
    files = {name: body for name, body in unpack(data).items() if name not in (SUMS, SIGNATURE)}
    files |= bodies
    return pack(files | {SUMS: sums(files)})


def sheet_of(data: bytes) -> str:
    return unpack(data)[SHEET].decode()


def test_it_names_the_holder_as_the_document_does_and_leads_to_its_page(gain: bytes) -> None:
    sheet, files = Read(sheet_of(gain)), unpack(gain)
    assert "Titulaire, tel qu’impriméThales Cloud Sécurisé" in sheet.text
    [address] = {one for one in sheet.every("a", "href") if not one.startswith("#")}
    name, _, place = address.partition("#")
    assert place == "page=68"
    assert files[name].startswith(b"%PDF-")
    assert name.endswith(".pdf")


def test_it_shows_the_row_cut_from_the_document_with_words_for_who_does_not_see(gain: bytes) -> None:
    sheet, files = Read(sheet_of(gain)), unpack(gain)
    [picture] = set(sheet.every("img", "src"))
    assert files[picture].startswith(b"\x89PNG")
    assert "Thales Cloud Sécurisé · Cloud de confiance S3NS" in sheet.every("img", "alt")[0]


def test_it_gives_head_and_signature_in_both_languages(gain: bytes) -> None:
    claim, sheet = verify(gain), Read(sheet_of(gain))
    assert sheet.text.count(claim.head) == 2
    assert "Signature (Ed25519)aucune" in sheet.text
    assert "Signature (Ed25519)none" in sheet.text
    assert sheet.every("section", "lang") == ["fr", "en"]


def test_a_browser_fetches_and_runs_nothing(gain: bytes) -> None:
    sheet = Read(sheet_of(gain))
    assert {tag for tag, _ in sheet.elements}.isdisjoint({"script", "iframe", "link", "form", "object"})
    led = [*sheet.every("a", "href"), *sheet.every("img", "src")]
    assert not [one for one in led if ":" in one or one.startswith("/")]


def test_what_a_register_prints_is_never_markup(cli: CommandLine) -> None:
    cli.see("2026-03-02", OVH)
    cli.see("2026-03-04", OVH, ODD)
    cli("evidence", "2", "--out", str(cli.room / "odd.zip"))
    sheet = sheet_of((cli.room / "odd.zip").read_bytes())
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in sheet
    assert "script" not in {tag for tag, _ in Read(sheet).elements}


def test_a_document_that_is_no_print_is_quoted(cli: CommandLine) -> None:
    cli.see("2026-03-02", OVH)
    cli.see("2026-03-04", OVH, ODD)
    cli("evidence", "2", "--out", str(cli.room / "odd.zip"))
    sheet = Read(sheet_of((cli.room / "odd.zip").read_bytes()))
    assert "2026_1 | 2026-01-01 | 2029-01-01" in sheet.text
    assert not sheet.every("img", "src")


def test_a_sheet_is_made_again_and_vouched_for(gain: bytes) -> None:
    claim = verify(gain)
    told = dict(claim_lines(claim, voice("en")))
    assert claim.vouched
    assert told["leaflet"].startswith(
        "README.txt is made again from the event and the chain, as is leaflet.html"
    )
    assert told["pictures"].startswith("1, cut from the document for convenience: they prove nothing")


@pytest.mark.parametrize(
    ("before", "after"), [("Thales", "Thalès"), ("#page=68", "#page=69"), ("17/12/2028", "17/12/2029")]
)
def test_one_changed_letter_in_a_sheet_is_reported(gain: bytes, before: str, after: str) -> None:
    sheet = sheet_of(gain)
    assert before in sheet
    with pytest.raises(
        BadFile, match=r"leaflet.html: expected the leaflet of this event.* in line \d+ found"
    ):
        verify(rewritten(gain, **{SHEET: sheet.replace(before, after, 1).encode()}))


@pytest.mark.parametrize("mark", ["", f'<meta name="generator" content="{MARK} {FORM + 1}">\n'])
def test_a_sheet_that_hides_who_wrote_it_is_not_vouched_for(gain: bytes, mark: str) -> None:
    own = f'<meta name="generator" content="{MARK} {FORM}">\n'
    sheet = sheet_of(gain).replace("Thales", "Thalès").replace(own, mark)
    claim = verify(rewritten(gain, **{SHEET: sheet.encode()}))
    assert not claim.vouched
    assert "NOR FOR leaflet.html" in dict(claim_lines(claim, voice("en")))["leaflet"]


def test_a_replaced_picture_is_found_when_it_is_cut_again(gain: bytes) -> None:
    [name] = [name for name in unpack(gain) if name.startswith("pictures/")]
    other = verify(rewritten(gain, **{name: b"\x89PNG another"}))
    assert pictures_again(verify(gain), AnssiCatalogue()) == ()
    assert [picture_name(row) for row in pictures_again(other, AnssiCatalogue())] == [name]


def test_a_picture_of_no_row_of_the_event_is_refused(gain: bytes) -> None:
    files = {}
    for name, body in unpack(gain).items():
        files["pictures/1.png" if name.startswith("pictures/") else name] = body
    listed = {name: body for name, body in files.items() if name != SUMS}
    with pytest.raises(BadFile, match="pictures: expected some of"):
        verify(pack(files | {SUMS: sums(listed)}))


def test_another_look_has_another_form() -> None:
    """See the test of that name for leaflets: raise `FORM` and enter the digest."""
    said = "".join(every_sheet(event) for event in every_case().values())
    assert SHEETS[FORM] == hashlib.sha256(said.encode()).hexdigest()[:8]


def every_sheet(event: Event) -> str:
    run = {"id": 1, "source": event.source, "revision": 1}
    shown = Page(url=event.evidence.url, body=b"received", fetched_at=AWARE)
    event = replace(event, evidence=replace(event.evidence, sha256=shown.sha256))
    pages, pictures = {"pages/1.pdf": shown}, [picture_name(row) for row in event.rows]
    return "".join(
        event_sheet(
            Proof(event=event, run=run, pages=pages, absent=absent, retracted=why, head="0" * 64, key=key),
            pictures,
        )
        for absent, why, key in ((False, None, None), (True, "misread", "KEY"))
    )


def test_the_sheet_says_dates_in_paris_and_names_the_place(gain: bytes) -> None:
    assert re.search(r"Document reçu le05/03/2026 09:00 \(heure de Paris\)", Read(sheet_of(gain)).text)
