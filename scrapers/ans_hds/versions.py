"""Pages of one look that come from two versions of the list: a host may then stand in it twice, or nowhere.

Behind two caches one page may be older than the next. Their printed dates tell, the letters of their bars,
or a certificate under two letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from scrapers.ans_hds.hosts.row import DATE, day_of
from scrapers.ans_hds.pages import base_letter, same_page
from scrapers.ans_hds.rows import SOURCE
from scrapers.ans_hds.sheets import Sheet, some
from scrapers.page.html import lines_of
from scrapers.source import Doubtful, LayoutChanged
from state.model import PARIS, Attestation, Page, Reason
from state.names import body_of, fold, number_key

STAMP = re.compile(
    r"(?:\bmis\w* a jour|\bactualis\w+|\bderniere (?:modification|mise)|\barretee?s? (?:au|le)"
    r"|\b(?:donnees|liste|version|edition|etat|situation) (?:du|au))\b\D{0,40}?"
    rf"(?P<day>{DATE.pattern})"
    r"(?:\D{1,4}(?P<hour>\d{1,2})\s?[h:]\s?(?P<minute>\d\d))?"
)
UPDATED = re.compile(
    r"(date ?_?)?(maj|mise_?a_?jour|updated?(_?(at|on))?|last_?(update|updated|modified)|modified)",
    re.IGNORECASE,
)
# A longer text around a date is prose about the list, not its stamp.
LONGEST = 200
RENDERED = timedelta(minutes=15)
"""How near its fetching a printed time is the time at which the page was drawn, and dates nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """When a page says that its list was brought up to date."""

    day: date
    clock: time | None

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}" + (f" {self.clock:%H:%M}" if self.clock else "")


def stamps_of(sheets: Sequence[Sheet], selector: str) -> dict[int, Stamp]:
    """The dates that pages print for the whole of them, by page."""
    return {sheet.document.index: stamp for sheet in sheets if (stamp := stamp_of(sheet, selector))}


def refuse_versions(
    sheets: Sequence[Sheet], told: Mapping[int, Stamp], pages: Sequence[Page], selector: str
) -> None:
    """Raises `Doubtful` when pages print different dates of the list (`told`), or different bars of letters.

    `selector` is what an operator set around the list: what lies outside it is then not asked.
    """
    if told and not drawn_now(told, pages):
        days = {stamp: [s for s in sheets if told.get(s.document.index) == stamp] for stamp in told.values()}
        if len(days) > 1:
            first, second = (
                Reason.of("stamped_on", day=str(stamp), pages=place(own))
                for stamp, own in [*days.items()][:2]
            )
            raise Doubtful(Reason.of("two_versions", first=first, second=second), source=SOURCE)
    if not selector:
        refuse_bars(sheets)


def place(sheets: Sequence[Sheet]) -> Reason:
    """Some pages in words: the first, and how many more."""
    return some([sheet.name or sheet.document.address for sheet in sheets], most=1)


def stamp_of(sheet: Sheet, selector: str) -> Stamp | None:
    """The one date that a page prints for the whole of it, None for none or several; rows print their own."""
    document = sheet.document
    lines = document.folded if not selector else tuple(fold(line) for line in lines_of(document.main))
    found = [m for line in dict.fromkeys(lines) if len(line) < LONGEST and (m := STAMP.search(line))]
    rows = [fold(record.said()) for record in sheet.records] if found else []
    stamps = {stamp for m in found if (stamp := stamped(m)) and not any(m["day"] in row for row in rows)}
    stamps |= {Stamp(day=day, clock=None) for day in updates_in(document.data)}
    return stamps.pop() if len(stamps) == 1 else None


def stamped(found: re.Match[str]) -> Stamp | None:
    """A printed date, with its time when there is one."""
    day = day_of(found["day"])
    clock = (int(found["hour"]), int(found["minute"])) if found["hour"] else (99, 99)
    return Stamp(day=day, clock=time(*clock) if clock < (24, 0) and clock[1] < 60 else None) if day else None


def updates_in(data: object) -> Iterator[date]:
    """The days of update that JSON data print for themselves."""
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        if isinstance(value, str) and UPDATED.fullmatch(key) and (found := DATE.search(value)):
            yield from [day] if (day := day_of(found.group(0))) else []
        elif key in ("meta", "metadata", "info"):
            yield from updates_in(value)


def drawn_now(told: Mapping[int, Stamp], pages: Sequence[Page]) -> bool:
    """Whether every printed time is that of the fetching: the page was drawn then, whatever its list."""
    return all(
        stamp.clock is not None
        and abs(datetime.combine(stamp.day, stamp.clock, PARIS) - pages[index].fetched_at.astimezone(UTC))
        <= RENDERED
        for index, stamp in told.items()
    )


def refuse_bars(sheets: Sequence[Sheet]) -> None:
    """Raises when a letter stands in the bar of one page and not in that of another."""
    barred = [sheet for sheet in sheets if sheet.letters]
    bars = [{*sheet.letters, sheet.letter, sheet.current} - {""} for sheet in barred]
    every = set().union(*bars)
    for sheet, bar in zip(barred, bars, strict=True):
        # the letter that one is on may stand in the bar without being a place of it
        lacking = every - bar
        if lacking and (sheet.letter or len(lacking) > 1):
            letters = ", ".join(sorted(lacking)).upper()
            raise Doubtful(Reason.of("two_bars", letters=letters, pages=place([sheet])), source=SOURCE)


def refuse_echo(sheets: Sequence[Sheet]) -> None:
    """Raises when two pages of a pager have the same rows: a cache forgot which was asked."""
    if len(sheets) < 2:
        return
    numbers: dict[str, set[int]] = {}
    for way in (way for sheet in sheets for way in sheet.pager):
        numbers.setdefault(same_page(way.address), set()).add(way.number)
    first: dict[tuple[object, ...], tuple[Sheet, set[int]]] = {}
    for sheet in sheets:
        rows = (sheet.letter, *(record.said() for record in sheet.records))
        own = numbers.get(same_page(sheet.document.address), {sheet.number})
        before, known = first.setdefault(rows, (sheet, own))
        if len(rows) > 2 and not own & known:
            twice = Reason.of("page_twice", page=max(own), rows=len(rows) - 1, other=min(known))
            raise LayoutChanged(SOURCE, twice, before.name)


def refuse_twice(sheets: Sequence[Sheet], rows: Sequence[Attestation], repeated: Sequence[str]) -> None:
    """Raises when one certificate stands under two letters: its host was renamed between two versions.

    `repeated` are numbers of certificates that the register itself lists so. Under É and E is one letter.
    """
    letters = {sheet.document.index: sheet.letter for sheet in sheets}
    known = {number_key(number) for number in repeated}
    under: dict[tuple[str, str], dict[str, Attestation]] = {}
    for row in rows:
        number = number_key(row.extra.get("certificate_number", ""))
        letter = base_letter(letters.get(row.page, ""))
        if number and letter and number not in known:
            under.setdefault((number, body_of(row.issuer or "")), {}).setdefault(letter, row)
    twice = [[*places.values()] for places in under.values() if len(places) > 1]
    if twice:
        first, second = twice[0][:2]
        why = Reason.of(
            "two_letters",
            number=first.extra["certificate_number"],
            holder=first.holder,
            place=first.place,
            other=second.holder,
            elsewhere=second.place,
            many=len(twice),
        )
        raise Doubtful(why, source=SOURCE)
