"""Every reader of a register answers a broken document with a listing or a clear refusal. `make soak`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from drawn_catalogue import Pencil, a_catalogue
from fuzz import ODD, altered, edited, fuzzed
from hds_layouts import HOME, LAYOUTS, hosts
from hypothesis import strategies as st
from lxml import etree
from pending_layouts import CANDIDATES
from pending_layouts import LAYOUTS as PENDING_LAYOUTS
from pending_layouts import page as pending_page
from toy_register import day

from scrapers.ans_hds.source import AnsHds
from scrapers.anssi_catalogue.reading import read_catalogue
from scrapers.anssi_pending.source import AnssiPending
from scrapers.print.drawn import Drawing, Run, Sheet
from scrapers.print.pdf import read_pdf
from scrapers.source import SourceError, effort
from scrapers.tl_fr.source import REGISTER
from scrapers.trust.rows import listing_of
from state.model import Listing, Page

pytestmark = pytest.mark.soak

FIXTURES = Path(__file__).parents[1] / "fixtures"
FEW = hosts()[::20]
SITES = {name: layout(FEW) for name, layout in LAYOUTS.items()}
MARKS = st.sampled_from(
    (
        "<table>", "</table>", "<tr>", "<td>", "</td>", "<td colspan=7>", "<td rowspan='3'>", "<th>Activité",
        "<dl><dt>", "<ul><li>", "<details>", "<div hidden>", "<a href='/x?page=2'>Suivant</a>", "<!--", "-->",
        "<script>", "</script>", "<br>", "&nbsp;", "&#8203;", "&#x1F;", "du 31/02/2025 au 01/01/2020",
        "404 hébergeurs",
        "<h2>A</h2>", "N° 12345-6", "activités 1 à 6", "<template>", "<svg>", "<p>", "</body></html>",
    )
)  # fmt: skip


def clear(read: Callable[[], Listing]) -> None:
    """A listing of rows that have a holder, or a refusal that gives its reason."""
    try:
        listing = read()
    except SourceError as error:
        if not error.reasons:
            raise
    else:
        assert all(row.holder.strip() and row.label for row in listing.attestations)


def hds_page(body: str) -> Page:
    return Page(url=HOME, requested_url=HOME, body=body.encode(), fetched_at=day("2026-11-24"))


def test_html_of_the_hds_list() -> None:
    bodies = [body for site in SITES.values() if (body := site.bodies[site.home]).lstrip()[:1] == "<"]
    pages = edited(st.sampled_from(bodies), MARKS | ODD)
    fuzzed(pages, lambda body: clear(lambda: AnsHds().read([hds_page(body)])))


def test_html_of_the_candidates() -> None:
    bodies = [layout(CANDIDATES) for layout in PENDING_LAYOUTS.values()]
    pages = edited(st.sampled_from(bodies), MARKS | ODD)
    fuzzed(pages, lambda body: clear(lambda: AnssiPending().read([pending_page(body)])))


def test_json_of_the_hds_list() -> None:
    [home] = [body for body in SITES["json-records"].bodies.values() if body.lstrip()[:1] in "[{"][:1]
    values = altered(st.just(json.loads(home)))
    texts = edited(st.just(home), ODD) | values.map(lambda value: json.dumps(value, ensure_ascii=False))
    fuzzed(texts, lambda body: clear(lambda: AnsHds().read([hds_page(body)])))


def test_xml_of_the_trusted_list() -> None:
    """The rows of a list whose signature held: what a signer may print by mistake."""
    fuzzed(trees(), lambda root: clear(lambda: listing_of(root, REGISTER)))


@cache
def small_list() -> bytes:
    """A real list of three providers; asked for within the strategy, or hypothesis would print all of it."""
    root = etree.parse(FIXTURES / "tl_fr" / "tl-fr_seq56_2019-09-04.xml").getroot()
    [providers] = root.iter("{*}TrustServiceProviderList")
    del providers[3:]
    return bytes(etree.tostring(root))


@st.composite
def trees(draw: st.DrawFn) -> etree._Element:
    """A trusted list of which elements are gone, said twice, empty, or hold another text."""
    root = etree.fromstring(small_list())
    for _ in range(draw(st.integers(1, 4))):
        every = [one for one in root.iter(etree.Element) if one.getparent() is not None]
        if not every:
            break
        one = every[draw(st.integers(0, len(every) - 1))]
        match draw(st.sampled_from(("gone", "twice", "empty", "other"))):
            case "gone":
                one.getparent().remove(one)
            case "twice":
                one.addnext(etree.fromstring(etree.tostring(one)))
            case "empty":
                one.clear()
            case _:
                one.text = draw(ODD.map(printable))
    return root


def printable(text: str) -> str:
    """What XML may hold of a text."""
    return "".join(character for character in text if character.isprintable() or character in "\n\t")


def test_text_in_the_cells_of_the_catalogue() -> None:
    fuzzed(drawings(), lambda drawn: clear(lambda: read_catalogue(drawn, effort())))


@cache
def small_catalogue() -> Drawing:
    return read_pdf(Pencil().catalogue(a_catalogue()), effort())


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """A catalogue of which runs of text are gone, elsewhere, or say something else."""
    whole = small_catalogue()
    sheets = list(whole.sheets)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(sheets) - 1))
        if sheets[at].runs:
            sheets[at] = _redrawn(draw, sheets[at])
    return replace(whole, sheets=tuple(sheets))


def _redrawn(draw: st.DrawFn, sheet: Sheet) -> Sheet:
    runs = list(sheet.runs)
    at = draw(st.integers(0, len(runs) - 1))
    match draw(st.sampled_from(("gone", "moved", "other", "other", "swapped"))):
        case "gone":
            del runs[at]
        case "moved":
            runs[at] = shifted(runs[at], draw(st.floats(-300, 300)), draw(st.floats(-300, 300)))
        case "other":
            said = draw(ODD | st.sampled_from([run.text for run in runs]))
            runs[at] = runs[at]._replace(text=said)
        case _:
            other = draw(st.integers(0, len(runs) - 1))
            runs[at], runs[other] = runs[other], runs[at]
    return replace(sheet, runs=tuple(runs))


def shifted(run: Run, right: float, up: float) -> Run:
    return run._replace(
        left=run.left + right,
        right=run.right + right,
        bottom=run.bottom + up,
        top=run.top + up,
        middle=run.middle + up,
    )
