"""The HDS list read in twenty dresses, none of which is known to be the real one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from hds_layouts import ACTIVITIES, FIXTURES, HOME, LAYOUTS, SEEN_AT, Certificate, Site, hosts, shared_out
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scrapers.ans_hds.source import AnsHds
from scrapers.ans_hds.words import root_of
from scrapers.source import SourceError
from state.model import Attestation, Listing, Page

HDS = AnsHds()
Facts = tuple[str, str | None, tuple[str, ...], date | None]


def guess(name: str, url: str) -> Page:
    return Page(url=url, requested_url=url, body=(FIXTURES / name).read_bytes(), fetched_at=SEEN_AT)


def guessed_letters(url: str) -> Page:
    letter = parse_qs(urlsplit(url).query).get("letter")
    name = f"views-ajax/letter-{letter[0]}.json" if letter else "index.html"
    return guess(f"guess-letters-ajax/{name}", url)


def stated(listing: Listing) -> list[Facts]:
    """What a listing states, in comparable words."""
    return sorted(facts(a) for a in listing.attestations)


def facts(a: Attestation) -> Facts:
    return a.holder, a.extra.get("certificate_number"), a.scope, a.valid_until


def printed(rows: Sequence[Certificate]) -> list[Facts]:
    """What the rows of the fixture state."""
    named = {n: words[0].lower() + words[1:] for n, words in enumerate(ACTIVITIES, start=1)}
    return sorted((r.host, r.number, tuple(named[n] for n in r.activities), r.end) for r in rows)


def seen(site: Site) -> Listing:
    """The listing of a site: fetched, or from the files that a person saved."""
    if site.home.startswith("file:") or len(site.bodies) == 1:
        return HDS.read([site.page(url) for url in site.bodies])
    return HDS.read(HDS.fetch(site.get))


def some(rows: Sequence[Certificate]) -> list[Certificate]:
    """A twentieth of the hosts, and two hosts of two certificates."""
    twice = [r for r in rows if r.host in ("3MD Hébergement", "ABYSSÉO SA")]
    return sorted({*rows[::18], *twice}, key=lambda r: (r.host, r.number))


@pytest.fixture(scope="module")
def rows() -> list[Certificate]:
    return hosts()


def test_the_fixture_holds_418_certificates_of_404_hosts(rows: list[Certificate]) -> None:
    assert (len(rows), len({r.host for r in rows})) == (418, 404)


def test_the_guessed_table_is_read_whole(rows: list[Certificate]) -> None:
    listing = HDS.read([guess("guess-table/index.html", HOME)])
    assert stated(listing) == printed(rows)
    assert not listing.unreadable
    assert listing.covers == {"hds"}
    assert listing.edition_at is None


def test_the_guessed_letters_are_fetched_and_read_whole(rows: list[Certificate]) -> None:
    asked: list[str] = []

    def get(url: str) -> Page:
        asked.append(url)
        return guessed_letters(url)

    listing = HDS.read(HDS.fetch(get))
    assert stated(listing) == printed(rows)
    assert len(asked) == 1 + 27 + 1  # the page, each letter, and the first letter again
    assert {a.place for a in listing.attestations if a.holder.startswith("Xanth")} == {"lettre X, ligne 1"}


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.soak)])
@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_every_dress_reads_to_the_same_hosts(layout: str, whole: bool, rows: list[Certificate]) -> None:
    some = rows if whole else shared_out(rows, LAYOUTS, layout)
    listing = seen(LAYOUTS[layout](some))
    assert stated(listing) == printed(some)
    assert not listing.unreadable


def test_one_row_by_hand() -> None:
    listing = HDS.read([guess("guess-table/index.html", HOME)])
    row = next(a for a in listing.attestations if a.holder == "ABYSSÉO SA" and a.issuer == "Schellman")
    assert row == Attestation(
        label="hds",
        holder="ABYSSÉO SA",
        version="v2.0",
        scope=("administration et exploitation", "sauvegarde"),
        issuer="Schellman",
        ref="1365724 Schellman",
        valid_from=date(2026, 4, 10),
        valid_until=date(2028, 9, 24),
        extra={"certificate_number": "1365724-3"},
        page=0,
        place="ligne 7",
    )


# The list changes


def changed(rows: list[Certificate]) -> list[Certificate]:
    """Two renewed, one lost an activity, one left, one arrived, three merged into one."""
    by_host = {r.host: r for r in rows}
    renewed = ("Adista", "Alcyane")
    assert set(renewed) <= set(by_host)
    for host in renewed:
        old = by_host[host]
        number = f"{root_of(old.number)}-9" if "-" in old.number else old.number
        by_host[host] = replace(old, number=number, end=old.end.replace(year=old.end.year + 3))
    by_host["Acanthe e-Santé"] = replace(by_host["Acanthe e-Santé"], activities=(5,))
    for gone in ("Agorial Care", "Véronys Services", "Volubilys", "Vigéa Technologies"):
        del by_host[gone]
    merged = replace(rows[0], host="Volubilys Vigéa Véronys SAS", number="HDS 999001", body="BSI")
    arrived = replace(rows[0], host="Ariane Nouvelle", number="FR199999", body="Bureau Veritas")
    double = [r for r in rows if r.host == "ABYSSÉO SA"]
    rest = [r for r in by_host.values() if r.host != "ABYSSÉO SA"]
    return sorted([*rest, *double, merged, arrived], key=lambda r: (r.host, r.number))


NAMED = (
    "Adista",
    "Alcyane",
    "Acanthe e-Santé",
    "Agorial Care",
    "Véronys Services",
    "Volubilys",
    "Vigéa Technologies",
)


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_changes_of_the_list_are_read_in_every_dress(layout: str, rows: list[Certificate]) -> None:
    once = rows[::15]
    before = sorted({*once, *(r for r in rows if r.host in NAMED)}, key=lambda r: (r.host, r.number))
    before = [r for r in before if r.host != "3MD Hébergement"]
    after = changed(before)
    known, now = seen(LAYOUTS[layout](before)), seen(LAYOUTS[layout](after))
    assert stated(known) == printed(before)
    assert stated(now) == printed(after)
    refs = {a.holder: a.ref for a in known.attestations}
    assert all(refs[a.holder] == a.ref for a in now.attestations if a.holder in ("Adista", "Alcyane"))


@pytest.mark.parametrize(
    ("number", "root"),
    [
        ("38436", "38436"),
        ("38436-2", "38436"),
        ("36741-6", "36741"),
        ("1042480-3", "1042480"),
        ("11516-rev4", "11516"),
        ("11516 rév. 4", "11516"),
        ("2022/105582.1", "2022/105582"),
        ("FR094504", "FR094504"),
        ("FR24/81842758", "FR24/81842758"),
        ("HDS 789841", "HDS 789841"),
        ("HDS-2025-0257", "HDS-2025-0257"),
        ("HDS-2025-12", "HDS-2025-12"),
        ("C485434", "C485434"),
    ],
)
def test_a_renewed_certificate_keeps_the_root_of_its_number(number: str, root: str) -> None:
    assert root_of(number) == root


# Small edits


def without_text(soup: BeautifulSoup, pick: Callable[[int], int]) -> None:
    main = soup.find("main")
    assert main is not None
    texts = [t for t in main.find_all(string=True) if t.strip()]
    texts[pick(len(texts))].replace_with("")


def without_tag(soup: BeautifulSoup, pick: Callable[[int], int]) -> None:
    leaves = [t for t in soup.find_all(True) if t.find(True) is None and t.find_parent("main")]
    leaves[pick(len(leaves))].unwrap()


def without_classes(soup: BeautifulSoup, pick: Callable[[int], int]) -> None:
    for tag in soup.find_all(True):
        tag.attrs.pop("class", None)


def with_head_renamed(soup: BeautifulSoup, pick: Callable[[int], int]) -> None:
    # a table's first row and no other: the first one of its body holds a host
    tops = [row for table in soup.select("main table") if (row := table.find("tr")) is not None]
    heads = [cell for row in tops for cell in row.find_all(True, recursive=False)]
    heads += soup.select("main strong, main dt, main .field__label")
    if heads:
        heads[pick(len(heads))].string = "Intitulé inconnu"


def with_rows_turned(soup: BeautifulSoup, pick: Callable[[int], int]) -> None:
    bodies = [t for t in soup.select("main tbody, main .cards, main .view-content") if t.find(True)]
    for body in bodies[:1]:
        children = body.find_all(True, recursive=False)
        body.append(children[pick(len(children))].extract())


Edit = Callable[[BeautifulSoup, Callable[[int], int]], None]
EDITS: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (without_text, without_tag, without_classes, with_head_renamed, with_rows_turned)
}
EDITED = ("plain-table", "ticked-table", "cards", "accordions", "views-rows", "letters-in-sections")


@cache
def few() -> tuple[Certificate, ...]:
    """Drawn inside the tests, so that a failing example names the edit and not four hundred certificates."""
    return tuple(some(hosts()))


@pytest.mark.parametrize("layout", EDITED)
@settings(max_examples=6, deadline=None, derandomize=True)
@given(edit=st.sampled_from(sorted(EDITS)), at=st.integers(0, 10_000))
@example(edit="with_head_renamed", at=0)
def test_a_small_edit_reads_the_same_or_raises_and_never_shrinks_the_list(
    layout: str, edit: str, at: int
) -> None:
    soup = BeautifulSoup(LAYOUTS[layout](few()).bodies[HOME], "lxml")
    EDITS[edit](soup, lambda many: at % many)
    try:
        listing = HDS.read([Site(bodies={HOME: str(soup)}).page(HOME)])
    except SourceError:
        return
    holders = {r.host for r in few()}
    assert len(listing.attestations) + len(listing.unreadable) >= len(few())
    assert {a.holder for a in listing.attestations} <= holders
    ends = {(r.host, r.end) for r in few()}
    assert {(a.holder, a.valid_until) for a in listing.attestations} <= ends


@settings(max_examples=6, deadline=None, derandomize=True)
@given(share=st.floats(0.05, 0.999))
def test_a_page_cut_anywhere_is_refused(share: float) -> None:
    body = LAYOUTS["plain-table"](few()).bodies[HOME]
    with pytest.raises(SourceError):
        HDS.read([Site(bodies={HOME: body[: int(len(body) * share)]}).page(HOME)])


def test_tokens_of_a_page_never_enter_an_attestation(rows: list[Certificate]) -> None:
    pages = HDS.fetch(guessed_letters)
    other = [replace(p, body=p.body.replace(b"js-view-dom-id-", b"js-view-dom-id-other")) for p in pages]
    assert HDS.read(pages).attestations == HDS.read(other).attestations
