"""Rows that a reading prints as ended, all at once: held, and said to be printed so, never to be absent."""

from __future__ import annotations

import pytest
from command_line import CommandLine
from toy_register import ToyRegister

from scrapers.source import Bounds

TEN = [f"secnumcloud | Holder {n} | S | 2026_{n} | 2026-01-01 | 2029-01-01" for n in range(10)]
ENDED = [f"{row} | status=archived" for row in TEN]


@pytest.fixture
def watching(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(bounds={"secnumcloud": Bounds(floor=5)}),))
    cli.see("2026-03-01", *TEN)
    return cli


def test_a_row_printed_as_archived_is_not_called_absent_while_its_removal_waits(
    watching: CommandLine,
) -> None:
    held = watching.see("2026-03-02", *ENDED)
    listing = watching("listing", "secnumcloud", now="2026-03-02T21:00").stdout
    was = watching("was", "holder-1", "secnumcloud", "2026-03-02", now="2026-03-02T21:00").stdout

    assert "10 rows printed as “archived” in the reading of 2 Mar 2026, to be confirmed" in held.stdout
    assert "printed as “archived” in the reading of 2 Mar 2026, to be confirmed" in listing
    assert "Unknown." in was
    assert "Printed as “archived” in the edition of 2026-03-02" in was
    assert "not in the reading" not in held.stdout + listing + was
    assert "Absent" not in was


def test_a_row_that_then_leaves_the_page_is_absent_from_it(watching: CommandLine) -> None:
    watching.see("2026-03-02", *ENDED)
    gone = watching.see("2026-03-03", *ENDED[:5])

    assert "5 rows printed as “archived”" in gone.stdout
    assert "5 rows not in the reading of 2 Mar 2026, to be confirmed" in gone.stdout


def test_rows_printed_as_before_wait_for_nothing_any_more(watching: CommandLine) -> None:
    watching.see("2026-03-02", *ENDED)
    watching.see("2026-03-03", *TEN)

    assert "to be confirmed" not in watching("listing", "secnumcloud", now="2026-03-03T21:00").stdout
    assert "the same, byte for byte" in watching("replay").stdout
