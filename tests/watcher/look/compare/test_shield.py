"""A row that cannot be read keeps the rows that it could be, and hides no others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from toy_register import day, row

from notifiers.said.reasons import as_said
from state.model import Attestation, Known, Unreadable
from state.seen.who.providers import load_providers
from watcher.look.compare.nameless import Seen
from watcher.look.compare.pair import Pairing, pair
from watcher.look.compare.shield import shielded

PROVIDERS = load_providers()
FIRMS = [f"cc | Firm {n:02} | Card {n} | CC-{n} | 2024-01-01 | 2030-01-01" for n in range(30)]


def printed(line: str, place: str) -> Attestation:
    one = row(line)
    return Attestation(
        **{name: getattr(one, name) for name in one.__slots__ if name not in ("place",)}, place=place
    )


def paired(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> Pairing:
    """Two readings, each row with its place."""
    known = [
        Known(
            row=n,
            attestation=printed(*one),
            provider=PROVIDERS.resolve(printed(*one).holder, "anssi-catalogue", "cc"),
            end_seen_at=day("2026-01-01") - timedelta(days=90),
        )
        for n, one in enumerate(before)
    ]
    seen = [
        Seen(
            attestation=printed(*one),
            provider=PROVIDERS.resolve(printed(*one).holder, "anssi-catalogue", "cc"),
        )
        for one in after
    ]
    return pair(known, seen)


def on_pages(rows: list[str], each: int, first: int = 6) -> list[tuple[str, str]]:
    return [(line, f"p. {first + n // each}") for n, line in enumerate(rows)]


def without(*gone: int) -> list[str]:
    return [line for n, line in enumerate(FIRMS) if n not in gone]


def odd(place: str, ref: str | None = None, holder: str | None = None) -> Unreadable:
    return Unreadable(label="cc", place=place, why=as_said("a stain"), ref=ref, holder=holder)


LEFT = {2, 12, 22}
PAIRING = paired(on_pages(FIRMS, 10), on_pages(without(*LEFT), 9, first=8))


@pytest.mark.parametrize(
    ("unreadable", "kept"),
    [
        pytest.param(odd("p. 9", ref="cc-12"), {12}, id="its reference names it"),
        pytest.param(odd("p. 8", ref="CC-12"), {12}, id="wherever it stands"),
        pytest.param(odd("p. 9", holder="FIRM 12 SAS"), {12}, id="its holder names it"),
        pytest.param(odd("p. 9", ref="CC-13"), set(), id="its reference names a row that is there"),
        pytest.param(odd("p. 9", holder="Firm 13"), set(), id="its holder has all rows that were known"),
        pytest.param(odd("p. 9", ref="CC-99"), {2, 12, 22}, id="a new decision tells nothing, its page does"),
        pytest.param(odd("p. 8"), {2, 12}, id="nothing readable on the first page"),
        pytest.param(odd("p. 10"), {12, 22}, id="nothing readable on the last page"),
        pytest.param(odd("a stray sheet"), {2, 12, 22}, id="nowhere known: whichever it was"),
        pytest.param(odd("p. 9", holder="Frm 1Z2"), {2, 12, 22}, id="letters run together tell nothing"),
    ],
)
def test_what_could_be_the_row_is_kept_and_nothing_else(unreadable: Unreadable, kept: set[int]) -> None:
    assert {old.row for old in PAIRING.left} == LEFT
    assert shielded(PAIRING, [unreadable]) == kept


def test_far_pages_of_a_long_table_are_not_shielded() -> None:
    pairing = paired(on_pages(FIRMS, 3), on_pages(without(2, 12, 22), 3))
    assert shielded(pairing, [odd("p. 6")]) == {2}
    assert shielded(pairing, [odd("p. 9")]) == {12}


def test_on_a_page_without_numbers_of_pages_the_neighbours_tell() -> None:
    def lines(rows: list[str]) -> list[tuple[str, str]]:
        return [(line, f"lettre F, ligne {n}") for n, line in enumerate(rows)]

    pairing = paired(lines(FIRMS), lines(without(2, 12, 22)))
    assert shielded(pairing, [odd("lettre F, ligne 11")]) == {12}
    assert shielded(pairing, [odd("lettre G, ligne 11")]) == {2, 12, 22}, "no row of that letter is known"


def test_rows_of_another_label_are_never_shielded() -> None:
    other = Unreadable(label="passi", place="p. 9", why=as_said("a stain"))
    assert shielded(PAIRING, [other]) == frozenset()
