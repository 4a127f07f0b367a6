"""Calendars are read as a calendar program reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from watcher.web.data import calendars
from watcher.web.data.calendars import escaped, folded

Get = Callable[..., httpx.Response]


def read(answer: httpx.Response) -> list[Any]:
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    calendar = Calendar.from_ical(answer.content)
    events = list(calendar.walk("VEVENT"))
    assert not [error for event in events for error in event.errors]
    return events


def test_the_ends_of_a_provider_are_whole_days(get: Get) -> None:
    [event] = read(get("/providers/s3ns/expiries.ics"))
    assert event.decoded("dtstart") == date(2028, 12, 17)
    assert "S3NS" in event["summary"]
    assert "2057" in event["description"]


def test_the_ends_of_a_label_come_soonest_first(get: Get) -> None:
    days = [event.decoded("dtstart") for event in read(get("/labels/secnumcloud/expiries.ics"))]
    assert days == sorted(days)
    assert len(days) == 3


def test_commas_and_semicolons_of_a_register_stay_text(get: Get) -> None:
    [event] = read(get("/labels/cc/expiries.ics"))
    assert str(event["description"]).startswith("Card, one; two")


def test_the_calendar_of_all_leaves_products_out(get: Get) -> None:
    events = read(get("/expiries.ics?lang=en"))
    assert len(events) == 4
    assert all(str(event["summary"]).startswith("Printed end: ") for event in events)


def test_an_end_keeps_its_name_when_it_is_read_again(get: Get) -> None:
    def names() -> list[str]:
        return [str(event["uid"]) for event in read(get("/labels/secnumcloud/expiries.ics"))]

    assert names() == names()
    assert len(set(names())) == 3


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_no_line_is_longer_than_75_octets_or_cut_inside_a_character(text: str) -> None:
    line = folded("SUMMARY:" + escaped(text))
    pieces = line.encode().split(b"\r\n")
    assert all(len(piece) <= 75 for piece in pieces)
    assert all(piece.decode() for piece in pieces)
    assert line.replace("\r\n ", "") == "SUMMARY:" + escaped(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("a,b;c\\d", "a\\,b\\;c\\\\d"), ("one\ntwo", "one\\ntwo"), ("x\r\nEND:VEVENT", "x\\nEND:VEVENT")],
)
def test_marks_of_the_format_are_escaped(text: str, value: str) -> None:
    assert escaped(text) == value


def test_ends_of_products_leave_no_service_out(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many certificates of products end before them."""
    monkeypatch.setattr(calendars, "MOST", 4)
    text = get("/expiries.ics?lang=en").text
    assert text.count("BEGIN:VEVENT") == 4
    assert "X-WR-CALDESC" not in text


def test_a_calendar_that_is_cut_says_so(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "MOST", 3)
    text = get("/expiries.ics?lang=en").text
    assert text.count("BEGIN:VEVENT") == 3
    assert "X-WR-CALDESC:Only the first 3 ends" in text
