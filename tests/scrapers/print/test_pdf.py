from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from refusals import refuses
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from scrapers.print import pdf, pen
from scrapers.print.drawn import Bookmark, Box
from scrapers.print.pdf import read_pdf
from scrapers.print.pen import Pen
from scrapers.source import Effort, NotReadable, TooMuch
from scrapers.wire.content import unexpected

EDITIONS = sorted((Path(__file__).parents[2] / "fixtures" / "anssi_catalogue").glob("*.pdf"))


def drawn(draw: Callable[[Canvas], None], **settings: object) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), **settings)
    draw(canvas)
    canvas.save()
    return out.getvalue()


def a_page(canvas: Canvas) -> None:
    canvas.setFillColor(HexColor("#94D82D"))
    canvas.rect(100, 200, 10, 8, stroke=0, fill=1)
    canvas.rect(100, 300, 10, 8, stroke=1, fill=0)
    canvas.drawString(50, 700, "Thales Cloud Sécurisé")
    canvas.drawString(50, 680, "   ")
    canvas.linkURL("https://example.test/a_np.pdf", (50, 698, 150, 708))
    canvas.bookmarkPage("here", fit="XYZ", top=720)
    canvas.addOutlineEntry("3.3  Nuage", "here", 0)
    canvas.showPage()


def test_a_page_is_read_with_its_text_shapes_links_and_outline() -> None:
    drawing = read_pdf(drawn(a_page))
    (sheet,) = drawing.sheets
    assert sheet.number == 1
    assert [run.text for run in sheet.runs] == ["Thales Cloud Sécurisé"]
    assert [hex(shape.colour) for shape in sheet.shapes] == ["0x94d82d"]
    assert [round(shape.middle) for shape in sheet.shapes] == [204]
    assert [link.address for link in sheet.links] == ["https://example.test/a_np.pdf"]
    assert drawing.outline == (Bookmark(level=0, title="3.3 Nuage", page=1, top=720.0),)


BEFORE = (b"\xef\xbb\xbf", b"\r\n \n", b"<br />\n<b>Notice</b>: cached\n", b"\0" * 1000)
BEHIND = (b"\r\n" * 3000, bytes(6000), b"<!-- served in 12 ms -->" * 100, b"\x1a")


@pytest.mark.parametrize("before", [b"", *BEFORE], ids=range(5))
@pytest.mark.parametrize("behind", [b"", *BEHIND], ids=range(5))
def test_what_a_server_puts_around_a_pdf_is_passed_over(before: bytes, behind: bytes) -> None:
    body = before + drawn(a_page) + behind
    assert read_pdf(body) == read_pdf(drawn(a_page))
    assert unexpected(body, "pdf") is None


def in_form(draw: Callable[[Canvas], None], *placed: float, name: str = "form") -> Callable[[Canvas], None]:
    """The same drawing inside a form that is placed by a matrix."""

    def drawing(canvas: Canvas) -> None:
        canvas.beginForm(name)
        draw(canvas)
        canvas.endForm()
        canvas.saveState()
        canvas.transform(*placed or (1, 0, 0, 1, 0, 0))
        canvas.doForm(name)
        canvas.restoreState()

    return drawing


def marks(canvas: Canvas) -> None:
    canvas.setFillColor(HexColor("#94D82D"))
    canvas.rect(100, 200, 10, 8, stroke=0, fill=1)
    canvas.drawString(50, 700, "Thales Cloud Sécurisé")


def test_what_is_drawn_in_a_form_is_read_like_the_rest() -> None:
    assert read_pdf(drawn(in_form(marks))) == read_pdf(drawn(marks))


@pytest.mark.parametrize("turned", [(0.5, 0, 0, 0.5, 20, 10), (0, 1, -1, 0, 595, 0), (1, 0, 0, -1, 0, 842)])
def test_a_form_is_read_where_it_is_placed(turned: tuple[float, ...]) -> None:
    def placed(canvas: Canvas) -> None:
        canvas.transform(*turned)
        marks(canvas)

    within = drawn(in_form(in_form(marks, *turned, name="inner"), 1, 0, 0, 1, 0, 0))
    [expected], [found] = read_pdf(drawn(placed)).sheets, read_pdf(within).sheets
    boxes: list[list[Box]] = [[*expected.runs, *expected.shapes], [*found.runs, *found.shapes]]
    for one, other in zip(*boxes, strict=True):
        assert [other.left, other.bottom, other.right, other.top] == pytest.approx(
            [one.left, one.bottom, one.right, one.top], abs=0.1
        )


def test_forms_within_forms_without_end_are_not_read() -> None:
    drawing: Callable[[Canvas], None] = marks
    for depth in range(pen.MAX_DEPTH + 1):
        drawing = in_form(drawing, name=f"form{depth}")
    with refuses(NotReadable, match="forms 9 deep on page 1"):
        read_pdf(drawn(drawing))


def many_small_cells(canvas: Canvas) -> None:
    """Words of one line side by side, each drawn by itself, some twice, some broken at a hyphen."""
    for line, word in enumerate(["Sécurité", "Saint-", "a b  c ", "x", "   ", "12"]):
        for column in range(4):
            canvas.drawString(50 + 100 * column, 700 - 9 * line, word)
    canvas.drawString(50.1, 700, "Sécurité")


def signs_without_text(canvas: Canvas) -> None:
    """Characters that PDFium counts, and that are in no text of the page."""
    canvas.drawString(50, 700, "avant\x01")
    canvas.drawString(50, 680, "après")


@pytest.mark.parametrize(
    "draw", [a_page, many_small_cells, signs_without_text, in_form(marks, 0.5, 0, 0, 1, 3, 3)]
)
def test_characters_taken_at_once_are_those_that_each_object_gives(
    draw: Callable[[Canvas], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = read_pdf(drawn(draw))
    monkeypatch.setattr(Pen, "parted", lambda self: {})
    assert read_pdf(drawn(draw)) == at_once
    assert at_once.sheets[0].runs


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda path: path.stem)
def test_characters_of_real_pages_are_taken_at_once(edition: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but a few objects without characters; what is read is the same."""
    asked: list[int] = []
    one_by_one = Pen.text_of

    def counted(pen: Pen, item: int) -> str:
        asked.append(item)
        return one_by_one(pen, item)

    monkeypatch.setattr(Pen, "text_of", counted)
    at_once = read_pdf(edition.read_bytes())
    runs = sum(len(sheet.runs) for sheet in at_once.sheets)
    assert len(asked) < runs / 100
    monkeypatch.setattr(Pen, "parted", lambda self: {})
    assert read_pdf(edition.read_bytes()) == at_once
    assert len(asked) > runs


def test_a_long_text_is_read_whole() -> None:
    long = "mot " * 2000
    drawing = read_pdf(drawn(lambda canvas: canvas.drawString(10, 10, long)))
    assert drawing.sheets[0].runs[0].text.split() == long.split()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no PDF"),
        (b"<!DOCTYPE html><title>Guides ANSSI</title>", "no PDF: the document starts with b'<!DOCTYPE"),
        (drawn(a_page)[:-100], "truncated"),
        (drawn(a_page)[: len(drawn(a_page)) // 2], "truncated"),
        (b"%PDF-1.4 nothing %%EOF", r"does not open: FPDF_ERR_FORMAT$"),
        (drawn(a_page, encrypt="secret"), "does not open without a password$"),
    ],
    ids=["empty", "html", "cut short", "cut in half", "hollow", "locked"],
)
def test_what_is_no_whole_pdf_is_refused_with_the_reason(body: bytes, why: str) -> None:
    with refuses(NotReadable, match=why):
        read_pdf(body)


def test_a_pdf_of_too_many_pages_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)

    def three_pages(canvas: Canvas) -> None:
        for _ in range(3):
            a_page(canvas)

    with refuses(NotReadable, match="3 pages; at most 2"):
        read_pdf(drawn(three_pages))


def test_a_page_of_too_many_objects_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pen, "MAX_OBJECTS", 2)
    with refuses(NotReadable, match="objects on page 1; at most 2"):
        read_pdf(drawn(a_page))


def nine_pages(canvas: Canvas) -> None:
    for _ in range(9):
        a_page(canvas)


def nine_times_the_cells(canvas: Canvas) -> None:
    for _ in range(9):
        many_small_cells(canvas)
        canvas.translate(0, -60)


@pytest.mark.parametrize("draw", [nine_pages, nine_times_the_cells])
def test_the_work_of_a_document_is_counted_as_a_whole(draw: Callable[[Canvas], None]) -> None:
    """One such page, or as many cells as a page has, is little enough."""
    for small in (a_page, many_small_cells):
        read_pdf(drawn(small), Effort(most=300))
    with refuses(TooMuch, match="more than 300 steps"):
        read_pdf(drawn(draw), Effort(most=300))


def test_threads_read_one_after_the_other() -> None:
    from concurrent.futures import ThreadPoolExecutor

    body = drawn(a_page)
    with ThreadPoolExecutor(4) as pool:
        assert len({repr(each) for each in pool.map(read_pdf, [body] * 16)}) == 1
