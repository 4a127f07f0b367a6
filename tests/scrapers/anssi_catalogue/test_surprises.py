"""A small drawn catalogue with one thing wrong: what must raise, and what must not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from drawn_catalogue import (
    AUDITS,
    DECISION,
    END,
    HOLDER,
    LEVEL,
    NATIONAL,
    SERVICE,
    STAMP,
    TAIL,
    TICK,
    Pencil,
    Section,
    a_catalogue,
    section_of,
    value,
)
from refusals import refuses

from notifiers.said.reasons import said
from scrapers.anssi_catalogue.reading import read_catalogue
from scrapers.anssi_catalogue.source import AnssiCatalogue
from scrapers.print.pdf import read_pdf
from scrapers.source import MOST_STEPS, Effort, LayoutChanged
from state.model import Listing, Page

DECEMBER = Path(__file__).parents[2] / "fixtures" / "anssi_catalogue" / "catalogue-2025-12-05.pdf"


def read(body: bytes) -> Listing:
    page = Page(url="https://example.test/c.pdf", body=body, fetched_at=datetime(2026, 3, 5, tzinfo=UTC))
    return AnssiCatalogue().read((page,))


def find(sections: list[Section], word: str) -> Section:
    return next(section for section in sections if word in section.title)


def put(sections: list[Section], word: str, head: str, cell: str, row: int = 0) -> None:
    section = find(sections, word)
    section.rows[row][section.heads.index(head)] = cell


def rename(sections: list[Section], word: str, head: str, new: str) -> None:
    section = find(sections, word)
    section.heads[section.heads.index(head)] = new


def drop_column(sections: list[Section], word: str, head: str) -> None:
    section = find(sections, word)
    index = section.heads.index(head)
    del section.heads[index]
    for row in section.rows:
        del row[index]


def add_column(sections: list[Section], word: str, head: str, cells: Sequence[str]) -> None:
    section = find(sections, word)
    section.heads.insert(2, head)
    for row, cell in zip(section.rows, cells, strict=True):
        row.insert(2, cell)


def test_the_drawn_catalogue_reads_as_drawn() -> None:
    listing = read(Pencil().catalogue(a_catalogue()))
    assert len(listing.attestations) == 2 * 22
    assert listing.remarks == ()
    first = next(each for each in listing.attestations if each.label == "secnumcloud")
    assert (first.holder, first.subject, first.scope) == ("Nom du fo 80", "Nom du se 80", ("SaaS", "IaaS"))
    assert (first.ref, first.recommendation, first.place) == ("2025_280", "green", "p. 26")


def unmark(sections: list[Section]) -> None:
    for head in ("SaaS", "IaaS"):
        put(sections, "SecNumCloud", head, "")


def end_four(sections: list[Section]) -> None:
    for word in ("PASSI", "SecNumCloud"):
        for row in (0, 1):
            put(sections, word, END, "01/02/2026", row)


Edit = Callable[[list[Section]], None]
SURPRISES: dict[str, tuple[Edit, str]] = {
    "a label's section is gone": (lambda s: s.remove(find(s, "PRIS")), r"a section for \['pris'\]"),
    "a label's title is reworded": (
        lambda s: setattr(find(s, "SecNumCloud"), "title", "3.16 Services de nuage"),
        r"'secnumcloud'.*Services de nuage",
    ),
    "a table is gone": (
        lambda s: setattr(find(s, "PASSI"), "heads", []),
        "PASSI.*expected a table or 'Aucun …'; found neither",
    ),
    "a table lost all its rows": (
        lambda s: setattr(find(s, "PASSI"), "rows", []),
        "expected a table or 'Aucun",
    ),
    "a family lost its table": (
        lambda s: setattr(find(s, "Chiffreurs"), "heads", []),
        "Chiffreurs.*found neither",
    ),
    "a required column is gone": (lambda s: drop_column(s, "SecNumCloud", END), "p. 26.*valid_until"),
    "a required column is renamed": (
        lambda s: rename(s, "SecNumCloud", END, "Echéance"),
        r"valid_until.*unknown \['Echéance'\]",
    ),
    "an activity is renamed": (
        lambda s: rename(s, "PASSI", AUDITS[3], "Audit de sources"),
        "Audit de code source",
    ),
    "a column comes twice": (
        lambda s: add_column(s, "SecNumCloud", "SaaS", ("X", "X")),
        "one column each.*SaaS",
    ),
    "a decision covers two rows": (
        lambda s: put(s, "PASSI", DECISION, ">2025_140_np.pdf", row=1),
        "one row for each decision; found more for.*passi 2025_140",
    ),
    "a row has no tick": (lambda s: put(s, "SecNumCloud", TICK, ""), "unreadable rows.*0 ticks"),
    "a tick has a colour never seen": (
        lambda s: put(s, "SecNumCloud", TICK, "#1C7ED6"),
        "0 ticks of a known colour",
    ),
    "a date is no date": (
        lambda s: put(s, "SecNumCloud", END, "31/02/2028"),
        "valid_until is no date: '31/02/2028'",
    ),
    "a month stands for a day": (lambda s: put(s, "SecNumCloud", END, "mars 2028"), "no date: 'mars 2028'"),
    "an end lies before the start": (lambda s: put(s, "SecNumCloud", END, "01/01/2025"), "before it starts"),
    "a year is absurd": (lambda s: put(s, "SecNumCloud", END, "01/02/2208"), "no date"),
    "a row has no link": (lambda s: put(s, "SecNumCloud", DECISION, "280"), "links to 0 decisions: '280'"),
    "a holder is empty": (lambda s: put(s, "SecNumCloud", HOLDER, ""), "its holder is empty"),
    "a mark is no X": (lambda s: put(s, "SecNumCloud", "SaaS", "partiel"), "'SaaS' is marked 'partiel'"),
    "no activity is marked": (unmark, "no activity is marked"),
    "many labels have ended": (end_four, "labels that end after 2026-03-04; found 4"),
    "holders stand among the evaluators": (
        lambda s: setattr(find(s, "organismes"), "heads", ["Nom de l'organisme", HOLDER, TICK]),
        "evaluation bodies, no holders",
    ),
    "a link to a decision stands in no table": (
        lambda s: setattr(find(s, "PDIS"), "words", "2025_999_np.pdf"),
        "every decision in a row; found .*2025_999",
    ),
    "the services of a label stand under a title never seen": (
        lambda s: setattr(find(s, "3.1.1"), "title", "3.1.1 Les prestataires"),
        r"\(PACS\).*found neither",
    ),
    "a heading is not where the outline leads": (
        lambda s: setattr(find(s, "PDIS"), "astray", True),
        "PDIS.*expected its heading",
    ),
}


@pytest.mark.parametrize(("edit", "why"), SURPRISES.values(), ids=SURPRISES.keys())
def test_what_is_missing_is_never_a_shorter_listing(edit: Edit, why: str) -> None:
    sections = a_catalogue()
    edit(sections)
    with refuses(LayoutChanged, match=why):
        read(Pencil().catalogue(sections))


class Shaded(Pencil):
    """Draws in colours a shade away: other programs convert them when they save a PDF again."""

    header, band = "#39395A", "#F0EFEE"


class Stamped(Pencil):
    """Draws each table in a form, as programs do that print or stamp a document again; links stay outside."""

    def table(self, section: Section) -> None:
        links: list[tuple[str, tuple[float, ...]]] = []
        link, self.canvas.linkURL = self.canvas.linkURL, lambda *given: links.append(given)
        name = f"form{self.canvas.getPageNumber()}"
        self.canvas.beginForm(name)
        super().table(section)
        self.canvas.endForm()
        self.canvas.doForm(name)
        self.canvas.linkURL = link
        for address, place in links:
            link(address, place)


def facts(listing: Listing) -> list[object]:
    """The rows without their addresses, which are never compared."""
    return [
        replace(row, url=None, extra={name: text for name, text in row.extra.items() if "_url" not in name})
        for row in listing.attestations
    ]


@pytest.mark.parametrize("pencil", [Shaded, Stamped])
def test_a_document_saved_by_another_program_reads_the_same(pencil: type[Pencil]) -> None:
    sections = a_catalogue()
    for section in sections:
        section.rows = [["#96DA30" if cell == "#94D82D" else cell for cell in row] for row in section.rows]
    found = read(pencil().catalogue(sections))
    assert facts(found) == facts(read(Pencil().catalogue(a_catalogue())))
    assert found.remarks == ()


@pytest.mark.parametrize("end", ["?v=2", "?token=a/b.c", "#page=1", "?v=2#page=1"])
def test_links_with_something_behind_the_name_lead_to_the_same_decision(end: str) -> None:
    sections = a_catalogue()
    for section in sections:
        for row in section.rows:
            row[:] = [f"{cell}{end}" if cell.endswith(".pdf") else cell for cell in row]
    found = read(Pencil().catalogue(sections))
    assert facts(found) == facts(read(Pencil().catalogue(a_catalogue())))
    assert all(row.url and row.url.endswith(end) for row in found.attestations)


def test_a_white_row_is_no_band() -> None:
    white = type("White", (Pencil,), {"band": "#FFFFFF"})
    assert facts(read(white().catalogue(a_catalogue()))) == facts(read(Pencil().catalogue(a_catalogue())))


@pytest.mark.parametrize(
    ("pencil", "why"),
    [
        (Pencil(stamp="Mars 2026"), "p. 1: expected the stamp"),
        (Pencil(stamp=STAMP.replace("04/03", "34/03")), "expected a stamp with a date"),
        (Pencil(outline=False), "an outline that names the sections; found none"),
        (Pencil(lock="secret"), "found a PDF that does not open.*password"),
    ],
    ids=["no stamp", "no such day", "no outline", "locked"],
)
def test_a_document_that_is_not_the_catalogue_is_refused(pencil: Pencil, why: str) -> None:
    with refuses(LayoutChanged, match=why):
        read(pencil.catalogue(a_catalogue()))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><title>Site en maintenance</title>",
        DECEMBER.read_bytes()[:-100],
        b"%PDF-1.4\n%%EOF",
    ],
    ids=["empty", "maintenance page", "cut short", "hollow"],
)
def test_a_maintenance_page_is_never_an_empty_listing(body: bytes) -> None:
    with refuses(LayoutChanged, match="the catalogue as a PDF"):
        read(body)


def test_one_document_is_read_not_two() -> None:
    with refuses(LayoutChanged, match="one document; found 0"):
        AnssiCatalogue().read(())


def test_a_catalogue_without_some_of_its_pages_is_refused() -> None:
    with pypdfium2.PdfDocument(DECEMBER) as pdf:
        for _ in range(2):
            del pdf[44 - 1]
        out = BytesIO()
        pdf.save(out)
    with refuses(LayoutChanged, match=r"p\. 3: expected page 3 of 66; found a footer of page 3 of 68"):
        read(out.getvalue())


def test_a_new_column_is_kept_under_its_head_and_told() -> None:
    sections = a_catalogue()
    add_column(sections, "SecNumCloud", "Version du référentiel", ("3.2", ""))
    listing = read(Pencil().catalogue(sections))
    extras = [dict(each.extra) for each in listing.attestations if each.label == "secnumcloud"]
    assert extras == [{"Version du référentiel": "3.2"}, {}]
    assert [remark.topic for remark in listing.remarks] == ["column:secnumcloud:versiondureferentiel"]
    assert "Version du référentiel" in said(listing.remarks[0].reason, "en")


def test_a_new_value_in_an_optional_field_is_kept_and_told() -> None:
    sections = a_catalogue()
    put(sections, "PASSI", LEVEL, "Très élevé")
    put(sections, "PASSI", NATIONAL, "Partiel")
    listing = read(Pencil().catalogue(sections))
    first = next(each for each in listing.attestations if each.label == "passi")
    assert (first.level, first.national_security) == ("Très élevé", None)
    assert first.extra["Sécurité nationale"] == "Partiel"
    assert [remark.topic for remark in listing.remarks] == [
        "value:passi:level:tres eleve",
        "value:passi:national_security:partiel",
    ]


def test_a_section_never_seen_is_told_and_not_read_as_holders() -> None:
    sections = a_catalogue()
    suspended = section_of(2, "3.16.1 Les services suspendus", [HOLDER, SERVICE, *TAIL], 40)
    sections.insert(sections.index(find(sections, "SecNumCloud")) + 1, suspended)
    listing = read(Pencil().catalogue([*sections]))
    assert not [each for each in listing.attestations if (each.ref or "").startswith("2025_40")]
    assert [remark.topic for remark in listing.remarks] == ["table:3.16.1 Les services suspendus"]


def test_suspended_products_are_no_family() -> None:
    sections = a_catalogue()
    find(sections, "Chiffreurs").title = "2.3.1 Produits suspendus"
    find(sections, "2.3.2").title = "2.3.2 Pare-feu"
    listing = read(Pencil().catalogue(sections))
    assert not [each for each in listing.attestations if each.label == "qualified-product"]
    assert [remark.topic for remark in listing.remarks] == ["table:2.3.1 Produits suspendus"]


def test_pages_without_numbers_are_told() -> None:
    pencil = Pencil()
    pencil.footer = "ANSSI"
    assert [remark.topic for remark in read(pencil.catalogue(a_catalogue())).remarks] == ["footers"]


def test_a_label_with_a_single_ended_row_is_told() -> None:
    sections = a_catalogue()
    put(sections, "SecNumCloud", END, "01/02/2026")
    listing = read(Pencil().catalogue(sections))
    assert [remark.topic for remark in listing.remarks] == ["past-end:secnumcloud:2025_280"]


def test_a_section_that_says_it_lists_nothing_is_covered_and_empty() -> None:
    sections = a_catalogue()
    pams = find(sections, "infogérance")
    pams.heads, pams.rows, pams.words = [], [], "Aucun service qualifié à ce jour."
    listing = read(Pencil().catalogue(sections))
    assert "pams" in listing.covers
    assert not [each for each in listing.attestations if each.label == "pams"]


def test_one_unreadable_row_among_many_is_set_aside() -> None:
    sections = a_catalogue()
    passi = find(sections, "PASSI")
    filler = Section(2, "3.2.9 Les services qualifiés", passi.heads)
    pages = []
    for page in range(5):
        more = Section(2, f"3.2.{page + 1} Les services qualifiés", passi.heads)
        more.rows = [[value(head, f"2025_9{page}{row:02}") for head in passi.heads] for row in range(15)]
        pages.append(more)
    assert filler.rows == []
    put(sections, "PASSI", END, "bientôt")
    sections[sections.index(passi) + 1 : sections.index(passi) + 1] = pages
    listing = read(Pencil().catalogue(sections))
    (lost,) = listing.unreadable
    assert (lost.label, lost.ref, lost.holder, lost.place) == ("passi", "2025_140", "Nom du fo 40", "p. 12")
    assert said(lost.why, "en") == "its valid_until is no date: 'bientôt'"
    assert len([each for each in listing.attestations if each.label == "passi"]) == 76


def widen(sections: list[Section]) -> None:
    """A table of sixty columns instead of nine."""
    section = find(sections, "SecNumCloud")
    for number in range(50):
        section.heads.append(f"Note {number}")
        for row in section.rows:
            row.append("x")


def lengthen(sections: list[Section]) -> None:
    """The same decisions over and over."""
    section = find(sections, "PASSI")
    section.rows += [list(section.rows[0]) for _ in range(100)]


def multiply(sections: list[Section]) -> None:
    """Twenty sections, each with its small table on its own page."""
    last = sections[-1]
    sections += [replace(last, title=f"3.{20 + n} Envoi recommandé", rows=list(last.rows)) for n in range(20)]


@pytest.mark.parametrize("edit", [widen, lengthen, multiply])
def test_a_document_that_takes_too_much_work_is_another_layout(
    edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the whole that is counted: of each page, table and cell there is little enough."""
    monkeypatch.setattr("scrapers.source.MOST_STEPS", enough_for(Pencil().catalogue(a_catalogue())))
    sections = a_catalogue()
    edit(sections)
    body = Pencil().catalogue(sections)
    with refuses(LayoutChanged, match="more than .* steps") as caught:
        read(body)
    assert caught.value.reason.code == "too_much_work"
    assert "pas" in said(caught.value.reason, "fr")


def enough_for(body: bytes) -> int:
    """The steps that a document takes, and a twentieth more."""
    work = Effort(most=MOST_STEPS)
    read_catalogue(read_pdf(body, work), work)
    return work.spent * 21 // 20


def test_a_known_edition_takes_a_small_part_of_the_work_allowed() -> None:
    assert enough_for(DECEMBER.read_bytes()) < MOST_STEPS / 20
