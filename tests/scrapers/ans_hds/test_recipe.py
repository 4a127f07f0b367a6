"""A recipe: an operator says where rows and fields are; what it reads is judged as any reading."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

import pytest
from hds_dresses import DRESSES
from hds_layouts import (
    ACTIVITIES,
    HOME,
    LAYOUTS,
    Certificate,
    Site,
    dressed,
    hosts,
    numbered,
    slashed,
    worded,
    written,
)
from refusals import refuses

from notifiers.said.reasons import said
from scrapers.ans_hds.source import AnsHds
from scrapers.source import LayoutChanged, Misset
from state.model import Listing, Reason

pytestmark = pytest.mark.history

HDS = AnsHds()
Given = Mapping[str, Any]


@pytest.fixture(scope="module")
def rows() -> list[Certificate]:
    return hosts()[::8]


def drawn(rows: list[Certificate], shown: bool = False) -> str:
    """A dress that nobody would foresee: no label, no head, words that mean nothing; dates half hidden."""
    figures = ""
    for r in rows:
        day = slashed(r.end) if shown else slashed(r.end)[:5]
        figures += (
            f"<figure class='q'><b>{escape(r.host)}</b><s>{escape(r.number)}</s><s>{escape(r.body)}</s>"
            f"<q data-until='{r.end}'>{day}</q><u>{numbered(r)}</u><small>tome {r.version}</small></figure>"
        )
    return dressed(f"<div class='zz'>{figures}</div>")


RECIPE: Given = {
    "rows": "div.zz > figure",
    "holder": "b",
    "number": "s:nth-of-type(1)",
    "body": "s:nth-of-type(2)",
    "end": "q@data-until",
    "activities": "u",
    "version": {"select": "small", "match": r"tome (\S+)"},
}


def read(body: str, recipe: Given) -> Listing:
    return replace(HDS, recipe=recipe).read([Site(bodies={HOME: body}).page(HOME)])


def stated(listing: Listing) -> list[tuple[object, ...]]:
    return sorted(
        (a.holder, a.extra.get("certificate_number"), a.scope, a.issuer, a.valid_until)
        for a in listing.attestations
    )


def printed(rows: list[Certificate]) -> list[tuple[object, ...]]:
    named = {n: words[0].lower() + words[1:] for n, words in enumerate(ACTIVITIES, start=1)}
    return sorted((r.host, r.number, tuple(named[n] for n in r.activities), r.body, r.end) for r in rows)


def test_a_dress_that_nobody_foresaw_is_read_by_its_recipe(rows: list[Certificate]) -> None:
    with pytest.raises(LayoutChanged):
        HDS.read([Site(bodies={HOME: drawn(rows)}).page(HOME)])
    listing = read(drawn(rows), RECIPE)
    assert stated(listing) == printed(rows)
    assert {a.version for a in listing.attestations} == {r.version for r in rows}
    assert not listing.unreadable


COLUMNS: Mapping[str, tuple[str, Given]] = {
    "columns of a table": (
        "plain-table",
        {"rows": "main table tr:has(> :nth-child(6))", "holder": 1, "activities": 2, "body": 4, "number": 5, "end": 6},
    ),
    "columns, as the environment gives numbers": (
        "plain-table",
        {"rows": "main table tr:has(> :nth-child(6))", "holder": "1", "activities": "2", "body": "4", "number": "5",
         "end": "6"},
    ),
    "a cell that spans rows": (
        "rowspan-table",
        {"rows": "tbody > tr:has(> :nth-child(5))", "holder": 1, "number": 2, "body": 3, "start": 4, "end": 5,
         "activities": 6},
    ),
    "ticked columns": (
        "spanned-words",
        {"rows": "tbody > tr:has(> :nth-child(8))", "holder": 1, "number": 8, "body": 9, "end": 10,
         "activities": {str(n): n + 1 for n in range(1, 7)}},
    ),
    "ticked columns by words": (
        "spanned-words",
        {"rows": "tbody > tr:has(> :nth-child(8))", "holder": 1, "number": 8, "body": 9, "end": 10,
         "activities": {words.lower(): n for n, words in enumerate(ACTIVITIES, start=2)}},
    ),
    "patterns in a line": (
        "lines-dashes",
        {"rows": "main li:-soup-contains(\"jusqu'au\")", "holder": {"match": "^(.+?) – (?=\\D)(?=[^–]+ n°)"},
         "body": {"match": "– ([^–]+) n°"}, "number": {"match": "n° (.+?) –"},
         "activities": {"match": "activités? (.+?) –"}, "end": {"match": "jusqu'au (.+)$"}},
    ),
    "arrays of JSON data": (
        "settings-plain",
        {"rows": "$.hds.rows", "holder": 1, "number": 2, "body": 3, "activities": 4, "version": 5, "end": 6},
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", sorted(COLUMNS))
def test_fields_are_taken_from(how: str, rows: list[Certificate]) -> None:
    name, recipe = COLUMNS[how]
    site = {**LAYOUTS, **DRESSES}[name](rows)
    listing = read(site.bodies[HOME], recipe)
    assert stated(listing) == printed(rows)
    assert not listing.unreadable


def test_objects_of_json_data_are_taken_by_their_keys(rows: list[Certificate]) -> None:
    data = {
        "a": {
            "b": [
                {"n": {"x": r.host}, "c": [r.number, r.body], "z": numbered(r), "e": f"{r.end}", "o": "?"}
                for r in rows
            ]
        }
    }
    body = dressed(f'<script type="application/json">{json.dumps(data)}</script>')
    listing = read(
        body,
        {"rows": "$.a.b", "holder": "n.x", "number": "c.1", "body": "c.2", "activities": "z", "end": "e"},
    )
    assert stated(listing) == printed(rows)
    assert listing.attestations[0].extra["o"] == "?"


# Judged as any reading


def test_columns_that_a_recipe_does_not_name_are_kept_and_told(rows: list[Certificate]) -> None:
    _, recipe = COLUMNS["columns of a table"]
    listing = read(LAYOUTS["plain-table"](rows).bodies[HOME], recipe)
    assert listing.attestations[0].extra["Version"] == f"v{rows[0].version}"
    assert [said(r.reason, "en") for r in listing.remarks if r.topic == "column:Version"] == [
        "a head that is not known, 'Version', is kept with its values; name its field in the recipe if it has one"
    ]


def test_a_row_that_a_recipe_cannot_read_keeps_its_known_state(rows: list[Certificate]) -> None:
    body = drawn(rows).replace(f"<u>{numbered(rows[5])}</u>", "<u>???</u>", 1)
    broken = next(r for r in rows if r.activities == rows[5].activities)
    listing = read(body, RECIPE)
    assert [u.holder for u in listing.unreadable] == [broken.host]
    assert len(listing.attestations) == len(rows) - 1


def test_rows_that_a_recipe_leaves_out_are_no_shorter_list(rows: list[Certificate]) -> None:
    body = drawn(rows).replace("<figure class='q'>", "<figure class='q p'>", 20)
    dated = body.replace("<q data-until", "<q title='x' data-until")
    with refuses(LayoutChanged, match="expected all end dates of the page"):
        read(dated, {**RECIPE, "rows": "figure.p"})


def test_a_status_stands_over_rows_of_a_recipe_too(rows: list[Certificate]) -> None:
    apart = drawn(rows[-3:]).partition("<div class='zz'>")[2].partition("</div>")[0]
    body = drawn(rows[:-3]).replace(
        "</main>", f"<h2>Certificats suspendus</h2><div class='zz'>{apart}</div></main>"
    )
    listing = read(body, RECIPE)
    assert [a.holder for a in listing.attestations if a.status == "suspended"] == [r.host for r in rows[-3:]]


# Errors name field, selector, expected, found


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"rows": "figure.nowhere"}, r"expected the rows of the list at 'figure.nowhere', as the recipe says; found"),
        ({"rows": "div.zz, b"}, r"recipe rows 'div.zz, b' to match one element for each certificate; found a <b> within"),
        ({"number": "em"}, r"recipe number at 'em' to say something on most rows; found it does on 0 of \d+; the first"),
        ({"end": {"select": "q", "match": "fin (.+)"}}, r"recipe end at 'q' matching 'fin \(\.\+\)' to say something"),
        ({"activities": "b"}, r"rows that can be read; found .*no activity known"),
    ],
)  # fmt: skip
def test_a_recipe_that_does_not_fit_names_what_it_points_at(
    change: Given, why: str, rows: list[Certificate]
) -> None:
    with refuses(LayoutChanged, match=why):
        read(drawn(rows), {**RECIPE, **change})


@pytest.mark.parametrize(
    ("recipe", "why"),
    [
        ({"rows": "li["}, r"recipe.rows: expected a CSS selector; found 'li\['"),
        ({"holder": "b"}, r"recipe.rows: expected a CSS selector, or a path such as \$.hds.rows; found None"),
        ({**RECIPE, "holdr": "b"}, r"recipe: expected rows and fields \(holder, .*; found holdr"),
        ({**RECIPE, "number": 0}, r"recipe.number: expected a selector or the number of a column from 1; found 0"),
        ({**RECIPE, "number": "p:bogus"}, r"recipe.number: expected a CSS selector; found 'p:bogus'"),
        ({**RECIPE, "number": {"match": "("}}, r"recipe.number.match: expected a pattern; found '\('"),
        ({**RECIPE, "number": {"match": "x"}}, r"recipe.number.match: expected one group; found 0 in 'x'"),
        ({**RECIPE, "number": {"at": 1}}, r"recipe.number: expected select, column or match; found at"),
        ({"rows": "li", "holder": "b"}, r"recipe: expected also activities and number or end or period; found holder"),
    ],
)  # fmt: skip
def test_a_recipe_that_nobody_can_use_is_refused_when_it_is_set(recipe: Given, why: str) -> None:
    with refuses(Misset, match=why):
        replace(HDS, recipe=recipe)


# Proposed


NEVER = {"rowspan-table", "definition-lists", "one-definition-list", "views-rows"}
"""Dresses whose rows have no element of their own, or no place of their own for a field."""
ALONE = [
    name
    for name in (*LAYOUTS, *DRESSES)
    if name not in ("paged-table", "letter-pages", "json-records", "saved-letters", *NEVER)
]


def proposal(body: str) -> Given:
    said = HDS.explain([Site(bodies={HOME: body}).page(HOME)]).proposal
    found: Given = tomllib.loads(said)["sources"]["ans-hds"]["recipe"] if said else {}
    return found


@pytest.mark.parametrize("name", sorted(ALONE))
def test_a_recipe_that_is_proposed_reads_the_same_hosts(name: str, rows: list[Certificate]) -> None:
    body = {**LAYOUTS, **DRESSES}[name](rows).bodies[HOME]
    recipe = proposal(body)
    if not recipe:
        assert name.startswith(("accordion-", "settings-", "json-", "lines-"))
        return
    listing = read(body, recipe)
    assert [(f[0], f[2], f[4]) for f in stated(listing)] == [(f[0], f[2], f[4]) for f in printed(rows)]


def test_a_recipe_is_proposed_for_a_dress_that_cannot_be_read(rows: list[Certificate]) -> None:
    body = drawn(rows, shown=True)
    with pytest.raises(LayoutChanged):
        HDS.read([Site(bodies={HOME: body}).page(HOME)])
    recipe = proposal(body)
    assert recipe["rows"].startswith("figure")
    assert stated(read(body, recipe)) == printed(rows)


def test_a_recipe_is_checked_field_by_field(rows: list[Certificate]) -> None:
    told = replace(HDS, recipe={**RECIPE, "version": "em"})
    check = told.explain([Site(bodies={HOME: drawn(rows)}).page(HOME)]).recipe
    assert check is not None
    assert (check.rows, check.at) == (len(rows), "div.zz > figure")
    assert dict((name, many) for name, _, many in check.fields)["number"] == len(rows)
    assert dict(check.first[0])["holder"] == rows[0].host
    missing = [said(one, "en") if isinstance(one, Reason) else one for one in check.missing]
    assert missing == ["version (nothing at 'em')", "start"]
    assert written(rows[0].end) not in worded(rows[0])
