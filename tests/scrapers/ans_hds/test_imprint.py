"""Pages with the same imprint state the same listing; tokens do not touch it, and whatever is read does."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hds_dresses import DRESSES
from hds_layouts import FIXTURES, HOME, LAYOUTS, SEEN_AT, Certificate, Site, dressed, hosts, table

from scrapers.ans_hds.source import AnsHds
from scrapers.source import SourceError
from state.model import Listing, Page

HDS = AnsHds()
SITES = {**LAYOUTS, **DRESSES}
PIECES = (
    "x", "7", " ", "<", ">", "\"", "<!--", "-->", "<br>", "</td>", "<td>", "<tr>", "<li>", "</div>", "&amp;",
    "&#49;", " class='off'", " title='Non'", " hidden", " id='content'", " href='/x.pdf'", "é", "\n",
    " data-label='Fin'", " data-url='/api/hds.json'", " rowspan='2'", " checked", " nonce='a1b2c3'", "A",
    "\u200b", "Retiré",
    "31/12/2031", "1er mai 2030", "<script>var x = '/api/hds/data.json'</script>", "{", "]", ",", "null",
    "<select><option>B</option></select>", "<input type='hidden' name='t' value='9'>",
)  # fmt: skip
"""What servers, editors and accidents put into a page."""


@pytest.fixture(scope="module")
def rows() -> list[Certificate]:
    return hosts()[::30]


def fetched(site: Site) -> list[Page]:
    if site.home.startswith("file:"):
        return [site.page(address) for address in site.bodies]
    return list(HDS.fetch(site.get))


def seen(pages: Sequence[Page], source: AnsHds = HDS) -> tuple[str, ...]:
    """The imprints of pages."""
    return tuple(source.imprint(page) for page in pages)


def outcome(pages: Sequence[Page]) -> Listing | str:
    """What a look at pages reads, or why it reads nothing."""
    try:
        return HDS.read(pages)
    except SourceError as error:
        return repr(error)


def tokens(body: str, n: int) -> str:
    """A body as another visit gets it: other sessions, forms, views and files, and the same rows."""
    said = f"{n:04d}f9e8d7c6b5a4"
    heads = f'<meta name="csrf-token" content="{said}"><link rel="stylesheet" href="/css/css_{said}.css?{n}">'
    forms = f'<input type="hidden" name="form_build_id" value="form-{said}" id="edit-{said}">'
    code = f'<script nonce="{said}" src="/js/js_{said}.js?v={n}">var n = "{said}";</script>'
    state = f'<script type="application/json">{{"ajaxPageState": {{"libraries": "{said}"}}, "a": 1}}</script>'
    body = re.sub(r"<div(?=[ >])", f'<div data-nonce="{said}"', body)
    body = re.sub(r'class="(?=view)', f'class="js-view-dom-id-{said}{said} ', body)
    return body.replace("</head>", f"{heads}{code}</head>").replace("</body>", f"{forms}{state}</body>")


def redrawn(pages: Sequence[Page], n: int) -> list[Page]:
    at = pages[0].fetched_at + timedelta(hours=n)
    return [replace(p, body=tokens(p.body.decode(), n).encode(), fetched_at=at) for p in pages]


@pytest.mark.parametrize("name", SITES)
def test_tokens_that_move_leave_the_imprint_and_the_listing_as_they_are(
    name: str, rows: list[Certificate]
) -> None:
    first, then = (redrawn(fetched(SITES[name](rows)), n) for n in (1, 30))
    assert seen(first) == seen(then)
    assert all(seen(first))
    assert outcome(first) == outcome(then)


def test_the_tokens_of_the_page_as_drupal_prints_them_are_none_of_its_imprint() -> None:
    body = (FIXTURES / "guess-table" / "index.html").read_text()
    moved = re.sub(
        r"pgwlej|(?<=--)ldd2sz|form-\w{20,}|(?<=s_)\w{20,}|(?<=Hash\": \")\w{20,}", "n3wt0ken00", body
    )
    assert moved.count("n3wt0ken00") > 6
    assert HDS.imprint(page(body)) == HDS.imprint(page(moved))


@pytest.mark.parametrize(
    ("skip", "many"),
    [
        (0, 10),
        pytest.param(10, 10, marks=pytest.mark.history),  # those after the quick ones, not these again
        pytest.param(20, 230, marks=pytest.mark.soak),
    ],
)
@pytest.mark.parametrize("name", SITES)
def test_whatever_changes_what_is_read_changes_the_imprint(
    name: str, skip: int, many: int, rows: list[Certificate]
) -> None:
    pages = fetched(SITES[name](rows[:8]))
    read, shown, alike = outcome(pages), seen(pages), 0
    for edited in edits(pages, name, skip, many):
        if seen(edited) == shown:
            alike += 1
            assert outcome(edited) == read, [p.body for p in edited]
    # An imprint of the bytes themselves would pass as well, and be of no use.
    assert alike, name


def edits(pages: Sequence[Page], name: str, skip: int, many: int) -> Iterator[list[Page]]:
    """The pages with something put in, taken out, or told twice, at places drawn by lot: always the same."""
    lot = random.Random(f"{name} {skip}" if skip else name)
    for _ in range(many):
        at = lot.randrange(len(pages))
        body = pages[at].body.decode()
        place, far = lot.randrange(len(body)), lot.choice((0, 0, 1, 3, 40, 400))
        taken = body[place : place + far]
        piece = lot.choice((lot.choice(PIECES), "", taken * 2))
        edited = (body[:place] + piece + body[place + far :]).encode("utf-8", "replace")
        yield [replace(p, body=edited) if n == at else p for n, p in enumerate(pages)]
        # The same within a tag, where most of what is put in is seen by nobody.
        tag = body.find("<", place)
        end = body.find(">", tag)
        if 0 <= tag < end:
            inside = (body[:end] + lot.choice(PIECES) + body[end:]).encode("utf-8", "replace")
            yield [replace(p, body=inside) if n == at else p for n, p in enumerate(pages)]


@pytest.mark.parametrize("name", SITES)
def test_a_listing_that_lasts_is_read_on_any_later_day(name: str, rows: list[Certificate]) -> None:
    pages = fetched(SITES[name](rows))
    read = HDS.read(pages)
    assert read.lasting
    for days in (1, 400, 4000):
        later = [replace(page, fetched_at=page.fetched_at + timedelta(days=days)) for page in pages]
        assert HDS.read(later) == read
        assert seen(later) == seen(pages)


HEADS = ("Hébergeur", "Activités", "Organisme certificateur", "N° de certificat", "Date de fin")
LINES = [(f"Hôte {n}", "1. Sites physiques", "LNE", f"4{n:04d}", "11/09/2028") for n in range(20)]


def page(body: str) -> Page:
    return Site(bodies={HOME: body}).page(HOME)


def test_rows_that_are_the_list_only_by_their_ends_do_not_last() -> None:
    body = dressed(f"<h2>Organismes certificateurs</h2>{table(HEADS, LINES)}")
    assert not HDS.read([page(body)]).lasting
    assert HDS.read([page(dressed(table(HEADS, LINES)))]).lasting


def test_days_to_come_that_only_the_source_holds_are_of_the_imprint_until_they_are_past() -> None:
    def hidden(day: str) -> Page:
        return page(dressed(table(HEADS, LINES)).replace("</main>", f"<!-- {day} --></main>"))

    later = SEEN_AT + timedelta(days=400)
    assert HDS.imprint(hidden("11/01/2027")) != HDS.imprint(hidden("12/01/2027"))
    assert HDS.imprint(hidden("24/11/2026 06:00")) == HDS.imprint(hidden("23/11/2026 18:00"))
    assert HDS.imprint(replace(hidden("11/01/2027"), fetched_at=later)) == HDS.imprint(hidden("1/1/2020"))


SETTINGS: Sequence[Mapping[str, object]] = (
    {"heads": (("Fin", "end"),)},
    {"repeated": ("40001",)},
    {"letters": ("A",)},
    {"url": "https://esante.gouv.fr/node/1"},
)


@pytest.mark.parametrize("given", SETTINGS, ids=str)
def test_a_setting_that_reading_depends_on_is_of_the_imprint(given: Mapping[str, object]) -> None:
    shown = page(dressed(table(HEADS, LINES)))
    assert replace(HDS, **given).imprint(shown) != HDS.imprint(shown)  # type: ignore[arg-type]


RECIPE = {"rows": "tr", "holder": 1, "activities": 2, "number": 4, "end": 5}


def test_whoever_names_attributes_may_ask_for_any() -> None:
    plain = page(dressed(table(HEADS, LINES)))
    marked = replace(plain, body=plain.body.replace(b"<table>", b"<table data-x='1'>"))
    for source in (replace(HDS, selector="table"), replace(HDS, recipe=RECIPE)):
        assert source.imprint(plain) != source.imprint(marked)
    assert HDS.imprint(plain) == HDS.imprint(marked)


@pytest.mark.parametrize("change", [{"url": f"{HOME}?a=1"}, {"requested_url": f"{HOME}/x"}], ids=str)
def test_where_a_page_was_is_of_the_imprint(change: Mapping[str, str]) -> None:
    shown = page(dressed(table(HEADS, LINES)))
    assert HDS.imprint(replace(shown, **change)) != HDS.imprint(shown)  # type: ignore[arg-type]


@pytest.mark.parametrize("body", ["", "no page", "%PDF-1.7", "[" * 100_000, "{", "<html><table>", "\0"])
def test_what_cannot_be_read_has_no_imprint(body: str) -> None:
    assert HDS.imprint(page(body)) == ""


def test_a_look_too_large_to_be_seen_through_has_none() -> None:
    assert HDS.imprint(page(dressed("x" * (4 << 20)))) == ""
