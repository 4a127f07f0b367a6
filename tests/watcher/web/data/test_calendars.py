"""Calendars are read as a calendar program reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from starlette.applications import Starlette
from toy_register import ToyRegister, page

from state.seen.looks import runs
from watcher.app import App
from watcher.look.check import look
from watcher.look.forget import forget
from watcher.settings import Settings
from watcher.web.app import make_app
from watcher.web.data import calendars
from watcher.web.data.calendars import escaped, folded

Get = Callable[..., httpx.Response]
S3NS_ROW = (
    "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17\n"
)


def entries(answer: httpx.Response) -> list[Any]:
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    calendar = Calendar.from_ical(answer.content)
    events = list(calendar.walk("VEVENT"))
    assert not [error for event in events for error in event.errors]
    return events


def test_the_ends_of_a_provider_are_whole_days(get: Get) -> None:
    [event] = entries(get("/providers/s3ns/expiries.ics"))
    assert event.decoded("dtstart") == date(2028, 12, 17)
    assert "S3NS" in event["summary"]
    assert "2057" in event["description"]


def test_the_ends_of_a_label_come_soonest_first(get: Get) -> None:
    days = [event.decoded("dtstart") for event in entries(get("/labels/secnumcloud/expiries.ics"))]
    assert days == sorted(days)
    assert len(days) == 3


def test_commas_and_semicolons_of_a_register_stay_text(get: Get) -> None:
    [event] = entries(get("/labels/cc/expiries.ics"))
    assert str(event["description"]).startswith("Card, one; two")


def test_the_calendar_of_all_leaves_products_out(get: Get) -> None:
    events = entries(get("/expiries.ics?lang=en"))
    assert len(events) == 4
    assert all(str(event["summary"]).startswith("Printed end: ") for event in events)


def test_an_end_keeps_its_name_when_it_is_read_again(get: Get) -> None:
    def names() -> list[str]:
        return [str(event["uid"]) for event in entries(get("/labels/secnumcloud/expiries.ics"))]

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


def test_a_calendar_holds_every_end_however_many(
    watched: App, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those that are years away, and more than are read at once."""
    monkeypatch.setattr(calendars, "AT_ONCE", 7)
    rows = "\n".join(f"hds | Host {n} | - | {n} | 2024-01-01 | {2027 + n}-01-01" for n in range(60))
    at = watched.clock()
    with watched.open_store() as store:
        look(ToyRegister(name="ans-hds"), [page(f"edition -\n{rows}", at)], watched.watch(store), at)
    found = entries(get("/labels/hds/expiries.ics"))
    assert len({str(event["uid"]) for event in found}) == len(found) == 60
    assert max(event.decoded("dtstart") for event in found) == date(2086, 1, 1)


def test_an_end_that_moves_is_the_same_entry_with_a_higher_number(
    get: Get, read: Callable[[str, str], None]
) -> None:
    def end() -> Any:
        return next(e for e in entries(get("/labels/passi/expiries.ics")) if "Söhne" in e["summary"])

    before = end()
    read("2024-01-01 | 2027-02-01", "2024-01-01 | 2027-08-01")
    after = end()
    assert after["uid"] == before["uid"]
    assert after.decoded("dtstart") == date(2027, 8, 1)
    assert after["sequence"] == before["sequence"] + 1
    read("Outscale | IaaS Cloud on Demand", "Outscale | IaaS Cloud on Request")
    assert end()["sequence"] == after["sequence"]


def test_forgetting_a_look_moves_an_end_back_and_its_number_on(
    watched: App, get: Get, read: Callable[[str, str], None]
) -> None:
    def end() -> Any:
        return next(e for e in entries(get("/labels/passi/expiries.ics")) if "Söhne" in e["summary"])

    first = end()
    read("2024-01-01 | 2027-02-01", "2024-01-01 | 2027-08-01")
    moved = end()
    with watched.open_store() as store:
        last = runs.runs(store, newest_first=True, limit=1)[0]
        forget(store, ToyRegister(), last, "a test", watched.clock())
    assert end().decoded("dtstart") == first.decoded("dtstart")
    assert end()["sequence"] > moved["sequence"]


def test_every_end_reminds_30_and_7_days_before(get: Get) -> None:
    for event in entries(get("/expiries.ics")):
        alarms = event.walk("VALARM")
        assert [alarm.decoded("trigger") for alarm in alarms] == [timedelta(days=-30), timedelta(days=-7)]
        assert all(str(alarm["action"]) == "DISPLAY" and alarm["description"] for alarm in alarms)


def test_an_end_of_a_row_that_is_gone_is_cancelled_and_then_left_out(
    clock: Any, get: Get, read: Callable[[str, str], None]
) -> None:
    def s3ns() -> Any:
        found = [e for e in entries(get("/labels/secnumcloud/expiries.ics")) if "S3NS" in e["summary"]]
        return found[0] if found else None

    before = s3ns()
    read(S3NS_ROW, "")
    gone = s3ns()
    assert (gone["uid"], gone["status"]) == (before["uid"], "CANCELLED")
    assert gone["sequence"] > before["sequence"]
    assert not gone.walk("VALARM")
    clock.now += timedelta(days=91)
    assert s3ns() is None


def test_names_are_the_same_when_the_address_is_set(
    watched: App, get: Get, get_of: Callable[[Starlette], Get]
) -> None:
    settings = Settings(state=watched.settings.state, address="https://labels.example.org/")
    there = get_of(make_app(App(settings, watched.clock)))
    uids = [[str(e["uid"]) for e in entries(ask("/expiries.ics"))] for ask in (get, there)]
    assert uids[0] == uids[1]


def test_a_calendar_that_is_as_it_was_is_not_sent_again(get: Get, read: Callable[[str, str], None]) -> None:
    first = get("/expiries.ics")
    again = {"If-None-Match": first.headers["etag"]}
    assert get("/expiries.ics", headers=again).status_code == 304
    assert get("/expiries.ics?lang=en", headers=again).status_code == 200
    read("2024-01-01 | 2027-02-01", "2024-01-01 | 2027-08-01")
    assert get("/expiries.ics", headers=again).status_code == 200
