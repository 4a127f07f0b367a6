"""What is read of one element of a trusted list: a text that must be there, an instant, a day in Paris."""

from __future__ import annotations

from datetime import UTC, date, datetime

from lxml import etree

from scrapers.source import LayoutChanged
from state.model import PARIS

NAME = "tl-fr"
TSL = {"t": "http://uri.etsi.org/02231/v2#"}


def need(parent: etree._Element, path: str, place: str = "") -> etree._Element:
    """The first element at a path; raises `LayoutChanged` when there is none."""
    found = parent.find(path, TSL)
    if found is None:
        raise LayoutChanged(NAME, expected=path.replace("t:", ""), found="nothing", place=place)
    return found


def text(parent: etree._Element, path: str, place: str = "") -> str:
    """The text at a path; raises `LayoutChanged` when there is none."""
    found = (need(parent, path, place).text or "").strip()
    if not found:
        raise LayoutChanged(NAME, expected=f"a text in {path.replace('t:', '')}", found="none", place=place)
    return found


def dated(parent: etree._Element, path: str) -> datetime:
    """The instant printed at a path; raises `LayoutChanged` for anything else."""
    printed = text(parent, path)
    try:
        return moment(printed)
    except ValueError as error:
        raise LayoutChanged(
            NAME, expected=f"{path.replace('t:', '')} with its zone", found=printed
        ) from error


def moment(printed: str) -> datetime:
    """The aware UTC instant of a printed one; raises `ValueError` for one without its zone."""
    at = datetime.fromisoformat(printed.strip())
    if at.tzinfo is None:
        raise ValueError(f"expected a date and time with its zone; found {printed!r}")
    return at.astimezone(UTC)


def day_in_paris(at: datetime) -> date:
    """The day in Paris: "2016-06-30T22:00:00Z" is the 1 July 2016 on which the regulation began to apply."""
    return at.astimezone(PARIS).date()
