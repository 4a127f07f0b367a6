"""The picture of a row: cut where the reader found it, and none where it did not."""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from drawn_catalogue import Pencil, a_catalogue

from scrapers.anssi_catalogue.picture import picture_of
from scrapers.anssi_catalogue.source import AnssiCatalogue
from scrapers.print.cut import MOST_HIGH, MOST_WIDE
from state.model import Attestation, Page

EDITION = Path(__file__).parents[2] / "fixtures" / "anssi_catalogue" / "catalogue-2026-03-04.pdf"


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(
        url="https://x.test/c.pdf", body=EDITION.read_bytes(), fetched_at=datetime(2026, 3, 5, tzinfo=UTC)
    )


@pytest.fixture(scope="module")
def rows(page: Page) -> tuple[Attestation, ...]:
    return AnssiCatalogue().read((page,)).attestations


def dots(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and the dots of a picture of ours, three bytes each, a filter byte before each row."""
    width, height = struct.unpack(">II", png[16:24])
    size = struct.unpack(">I", png[33:37])[0]
    body = zlib.decompress(png[41 : 41 + size])
    assert len(body) == height * (1 + 3 * width)
    return width, height, body


def the_row(rows: tuple[Attestation, ...], holder: str) -> Attestation:
    [found] = [row for row in rows if row.label == "secnumcloud" and row.holder == holder]
    return found


def test_every_label_has_pictures_of_its_rows(page: Page, rows: tuple[Attestation, ...]) -> None:
    labels = dict.fromkeys(row.label for row in rows)
    some = [next(row for row in reversed(rows) if row.label == label) for label in labels]
    sizes = [dots(picture_of(page, row) or b"")[:2] for row in some]
    assert len(sizes) == 22
    assert all(600 < wide <= MOST_WIDE and 40 < high <= MOST_HIGH for wide, high in sizes)


def test_it_begins_with_the_heads_of_the_columns(page: Page, rows: tuple[Attestation, ...]) -> None:
    width, _, body = dots(picture_of(page, the_row(rows, "Thales Cloud Sécurisé")) or b"")
    assert body[1:4] == body[1 + 3 * (width - 1) : 1 + 3 * width]  # one dark bar from edge to edge
    assert sum(body[1:4]) < 300


def test_two_rows_of_one_page_are_two_pictures_and_each_is_always_the_same(
    page: Page, rows: tuple[Attestation, ...]
) -> None:
    own = [row for row in rows if row.label == "secnumcloud" and row.place == "p. 68"]
    pictures = [picture_of(page, row) for row in own]
    assert len(set(pictures)) == len(own) > 10
    assert picture_of(page, own[0]) == pictures[0]


def test_a_row_that_goes_on_from_the_page_before_is_no_part_of_the_next(
    page: Page, rows: tuple[Attestation, ...]
) -> None:
    """Below the heads of page 14 two lines of the row above stand, which a picture once showed as well."""
    row = next(one for one in rows if "ANSSI-CC-2021-29v2-R01-M01" in (one.ref or ""))
    assert dots(picture_of(page, row) or b"")[1] < 120


@pytest.mark.parametrize(
    "change",
    [
        {"url": "https://x.test/other.pdf"},
        {"url": None},
        {"place": ""},
        {"place": "p. 9999"},
        {"place": "p. 2"},
        {"place": "provider 1 (x), service 1"},
    ],
)
def test_what_is_not_found_has_no_picture(
    page: Page, rows: tuple[Attestation, ...], change: dict[str, str | None]
) -> None:
    row = the_row(rows, "Thales Cloud Sécurisé")
    assert picture_of(page, replace(row, **change)) is None  # type: ignore[arg-type]


def test_a_table_without_rows_is_none_to_cut_from(page: Page, rows: tuple[Attestation, ...]) -> None:
    sections = a_catalogue()
    at, section = next((at, each) for at, each in enumerate(sections) if each.rows)
    section.rows, section.words = [], "Aucun service qualifié à ce jour."
    drawn = replace(page, body=Pencil().catalogue(sections))
    for number in range(at, at + 3):
        row = replace(the_row(rows, "Thales Cloud Sécurisé"), place=f"p. {number + 1}")
        assert picture_of(drawn, row) is None


def test_what_is_no_document_has_no_picture(page: Page, rows: tuple[Attestation, ...]) -> None:
    row = the_row(rows, "Thales Cloud Sécurisé")
    assert picture_of(replace(page, body=b"<html></html>"), row) is None
    assert picture_of(replace(page, body=page.body[:50_000]), row) is None


@pytest.mark.usefixtures("reading_room")
def test_it_is_cut_in_the_reading_room(page: Page, rows: tuple[Attestation, ...], tmp_path: Path) -> None:
    from watcher.app import App
    from watcher.settings import load_settings

    app = App(load_settings(None, state=str(tmp_path / "x.db")), lambda: page.fetched_at)
    apart = app.sources["anssi-catalogue"]
    row = the_row(rows, "Thales Cloud Sécurisé")
    found = apart.picture(page, row)  # type: ignore[attr-defined]
    assert b64decode(found) == picture_of(page, row)
    assert app.sources["ans-hds"].picture(page, row) is None  # type: ignore[attr-defined]
