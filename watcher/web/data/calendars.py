"""iCalendar (RFC 5545) of printed ends: all, of a provider, of a label. Every end is a day, in no zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from urllib.parse import quote

from starlette.responses import Response

from notifiers.said.printed import clean
from notifiers.said.row import notes
from notifiers.said.voice import voice
from notifiers.said.wording import label_name, printed, ref_text, subject_text
from state.model import Version
from watcher.ask.ends import ends, services
from watcher.web.asked.named import label_asked, provider_asked
from watcher.web.asked.place import authority, base
from watcher.web.asked.site import Visit

MOST = 1_500
"""Ends in one calendar; all services of November 2026 have 721. One that is cut says so."""
YEARS = timedelta(days=3653)
OCTETS = 75
INERT = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,"})


def show_all(visit: Visit) -> Response:
    """The ends of all services; certificates of products have calendars of their own."""
    rows = ends(visit.archive, YEARS, labels=services(), most=MOST + 1)
    return _calendar(visit, rows, voice(visit.lang)("page.expiries"))


def show_provider(visit: Visit) -> Response:
    provider = provider_asked(visit)
    return _calendar(visit, ends(visit.archive, YEARS, provider=provider.slug, most=MOST + 1), provider.name)


def show_label(visit: Visit) -> Response:
    label = label_asked(visit)
    return _calendar(
        visit, ends(visit.archive, YEARS, labels=[label], most=MOST + 1), label_name(label, visit.lang)
    )


def _calendar(visit: Visit, rows: Sequence[Version], name: str) -> Response:
    cut = voice(visit.lang)("page.ics_cut", count=MOST) if len(rows) > MOST else ""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//vigilabel//vigilabel//FR",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(f'vigilabel – {name}')}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        *([f"X-WR-CALDESC:{escaped(cut)}"] if cut else []),
        *(line for row in rows[:MOST] for line in _event(visit, row)),
        "END:VCALENDAR",
    ]
    body = "".join(folded(line) + "\r\n" for line in lines)
    return Response(body, media_type="text/calendar; charset=utf-8", headers={"Vary": "Accept-Language"})


def _event(visit: Visit, version: Version) -> Iterator[str]:
    row, lang, who = version.known.attestation, visit.lang, version.known.provider
    end = row.valid_until
    if end is None:
        return
    said = f"{printed(who.name)}, {label_name(row.label, lang)}"
    about = "\n".join(
        filter(None, (subject_text(row, lang), ref_text(row, lang), *notes(version, lang).values()))
    )
    yield "BEGIN:VEVENT"
    # The row, and not its end: a renewal moves the entry in people's calendars instead of adding one.
    yield f"UID:row-{version.known.row}@{authority(visit.request)}"
    # Not the time of asking, or no two answers would be the same and no ETag would hold.
    yield f"DTSTAMP:{version.since:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{end:%Y%m%d}"
    # The end of a whole day is the day after, which is not part of it (RFC 5545 §3.6.1).
    yield f"DTEND;VALUE=DATE:{end + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(voice(lang)('page.end_of', what=said))}"
    yield f"DESCRIPTION:{escaped(about)}"
    if here := base(visit.request):  # RFC 5545 knows no relative addresses
        yield f"URL:{here}/providers/{quote(who.slug)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """The text as a value: backslash, semicolon, comma and line ends escaped."""
    return "\\n".join(clean(line).translate(INERT) for line in text.split("\n"))


def folded(line: str) -> str:
    """The line in pieces of at most 75 octets, never cut inside a character."""
    pieces, room = [""], OCTETS
    for character in line:
        size = len(character.encode())
        if size > room:
            pieces.append("")
            room = OCTETS - 1  # the space that begins a continued line
        pieces[-1] += character
        room -= size
    return "\r\n ".join(pieces)
