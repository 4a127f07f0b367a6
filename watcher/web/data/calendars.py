"""iCalendar (RFC 5545) of printed ends: all, of a provider, of a label. Every end is a day, in no zone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from notifiers.said.named import label_name, printed, ref_text, row_notes, subject_text
from notifiers.said.reasons import said
from notifiers.said.voice import Voice, clean
from notifiers.said.wording import sentence, title
from state.model import Kind
from state.noted.footings import footings
from state.seen.events import log
from state.seen.looks import chain
from state.seen.rows import ends
from state.seen.taken_back import forgotten
from state.words.labels import TOGETHER, single
from watcher.ask.history import TOLD
from watcher.ask.holders import services
from watcher.ask.standing.together import holders
from watcher.said.standing.race import note_text
from watcher.tell.turned import joints_of, turned
from watcher.web.edge.guards import unchanged

if TYPE_CHECKING:
    from datetime import datetime

    from state.model import Attestation, Event, Provider
    from state.seen.rows.ends import End
    from watcher.ask.standing.together import Held
    from watcher.said.told import Hearer
    from watcher.web.asked.site import Visit

AT_ONCE = 500
"""Ends that are held in memory at one time: a calendar has all of them, however many there are."""
CANCELLED = timedelta(days=90)
"""How long an end stays in a calendar as cancelled whose row is no longer listed; then it is left out."""
REMINDERS = (30, 7)
FORM = 2
"""Rises with the form of what is written here, so that nobody keeps an older form for the same ends."""
# RFC 5545 §3.1 counts bytes, not letters: a line must not be folded within a letter.
OCTETS = 75
TYPE = "text/calendar; charset=utf-8"
ENDED = b"END:VCALENDAR\r\n"
INERT = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,"})


def show_all(visit: Visit) -> Response:
    """The ends of all services; certificates of products have calendars of their own."""
    return _calendar(visit, visit.say("page.expiries"), labels=services())


def show_provider(visit: Visit) -> Response:
    provider = visit.provider()
    return _calendar(visit, provider.name, provider=provider.slug)


def show_label(visit: Visit) -> Response:
    """The ends of a label; of labels together, the first end of each who holds them."""
    label = visit.label()
    if label not in TOGETHER:
        return _calendar(visit, label_name(label, visit.lang), labels=[label])
    # Notes are no looks: what follows from them is part of the tag.
    return _unless_known(visit, lambda: _of_together(visit, label), footings(visit.store))


def _unless_known(visit: Visit, make: Callable[[], Response], *made_of: object) -> Response:
    """A calendar, whose tag follows from all that it is made of; or that it is as the client has it."""
    tag = visit.tag(FORM, visit.lang, visit.site.address, *made_of)
    answer = Response(status_code=304) if unchanged(visit.request, tag) else make()
    answer.headers.update({"Vary": "Accept-Language", "ETag": tag})
    return answer


def _calendar(
    visit: Visit, name: str, *, labels: Collection[str] | None = None, provider: str | None = None
) -> Response:
    """The calendar, which is read and sent a part at a time."""

    def made() -> Response:
        lines = ends.lines(visit.store, visit.today, labels=labels, provider=provider)
        gone = _no_longer_listed(visit, labels, provider)
        return StreamingResponse(_parts(visit, name, lines, gone), media_type=TYPE)

    return _unless_known(visit, made)


def _of_together(visit: Visit, label: str) -> Response:
    """Labels together end for a provider with the first of them; few have several at once."""
    held = holders(visit.archive, label).held
    entries = [*_first_ends(visit, held), *_parted(visit, label, {one.provider.slug for one in held})]
    name = label_name(label, visit.lang)
    return Response(_begun(name, visit.say) + _written(visit, entries) + ENDED, media_type=TYPE)


def _first_ends(visit: Visit, held: Sequence[Held]) -> Iterator[Entry]:
    """The first end of each provider that has labels together, soonest first."""
    say = visit.say
    for one in sorted(held, key=lambda one: (one.until or date.max, one.provider.slug)):
        if one.until is None or one.until < visit.today:
            continue
        names = say.both([label_name(each, visit.lang) for each in one.first_to_end])
        since = max((*(row.since for row in one.rows), *(note.at for note in one.noted)))
        yield Entry(
            thing=f"together-{one.label}-{one.provider.slug}",
            who=one.provider,
            day=one.until,
            since=since,
            moves=_moves(visit, since),
            said=say("together.ics_end", labels=names, who=printed(one.provider.name)),
            about="\n".join(_each_end(one, visit.to)),
        )


def _each_end(one: Held, to: Hearer) -> Iterator[str]:
    """Each label with its own dates, and whose note it rests on where it does."""
    for label, own in zip(single([one.label]), one.each, strict=True):
        until = to.say("together.cell_until", day=own.until) if own.until else to.say("verdict.no_end")
        since = to.say(
            "together.cell_since" if own.since.printed else "together.cell_seen", day=own.since.day
        )
        yield to.say("together.ics_about", label=label_name(label, to.lang), since=since, until=until)
    if one.noted:
        yield note_text(one.noted, to)


def _moves(visit: Visit, since: datetime) -> int:
    """A number that rises with whatever moves the end of labels together, and never falls: the minute of it.
    A forgotten look moves it back, and is itself a move."""
    forgets = (one.at for one in forgotten.looks(visit.store))
    return int(max((since, *forgets)).timestamp()) // 60


def _parted(visit: Visit, label: str, holding: Collection[str]) -> Iterator[Entry]:
    """The ends of those who lately ceased to have labels together before one came: cancelled."""
    since = visit.archive.now - CANCELLED
    last = {one.provider: one for one in turned(visit.store, label) if not one.begun}
    over = [one for slug, one in last.items() if slug not in holding and one.seen_at >= since]
    told, events = joints_of(visit.store, over), log.some(visit.store, {one.event for one in over})
    for one in over:
        event, joint = events[one.event], told[one]
        to_come = [row.valid_until for row in event.attestations if row.valid_until]
        if to_come and max(to_come) >= visit.today:
            yield Entry(
                thing=f"together-{label}-{one.provider}",
                who=joint.provider,
                day=max(to_come),
                since=event.seen_at,
                moves=_moves(visit, event.seen_at) + 1,
                said=said(joint.reason, visit.lang),
                about=sentence(event, visit.lang),
                cancelled=True,
            )


def _no_longer_listed(
    visit: Visit, labels: Collection[str] | None, provider: str | None
) -> Mapping[int, tuple[Event, Attestation]]:
    """The rows that left a register lately although they print an end to come, by line of life."""
    lost = log.events(
        visit.store,
        kinds=[Kind.LOST, Kind.SERVICE_REMOVED],
        causes=TOLD,
        labels=labels,
        who=provider,
        since=visit.archive.now - CANCELLED,
    )
    return {
        row: (event, attestation)
        for event in lost
        for row, attestation in zip(event.rows, event.attestations, strict=True)
        if attestation.valid_until is not None and attestation.valid_until >= visit.today
    }


def _parts(
    first: Visit, name: str, lines: Sequence[int], gone: Mapping[int, tuple[Event, Attestation]]
) -> Iterator[bytes]:
    """The calendar, some ends at a time; each part by a connection of its own, closed before it is sent."""
    yield _begun(name, first.say)
    for start in range(0, len(lines), AT_ONCE):
        with first.site.visit(first.request) as visit:
            found = ends.ends(visit.store, lines[start : start + AT_ONCE])
            part = _written(visit, (_standing(visit, end) for end in found))
        yield part
    with first.site.visit(first.request) as visit:
        stand = ends.standing(visit.store, list(gone))
        left = {line: one for line, one in gone.items() if line not in stand}
        moves = ends.moves(visit.store, list(left))
        part = _written(
            visit, (_cancelled(visit, line, *one, moves.get(line, 0)) for line, one in left.items())
        )
    yield part + ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An end as an entry: of what, whose, when it is, since when it is known so, how often it was moved, what
    is said of it, and whether nobody need wait for it any more."""

    thing: str
    who: Provider
    day: date
    since: datetime
    moves: int
    said: str
    about: str
    cancelled: bool = False


def _standing(visit: Visit, end: End) -> Entry:
    """An end to come."""
    version, lang = end.version, visit.lang
    row, who = version.known.attestation, version.known.provider
    about = (subject_text(row, lang), ref_text(row, lang), *row_notes(version, lang).values())
    return Entry(
        # The row, and not its end: a renewal moves the entry in people's calendars instead of adding one.
        thing=f"row-{version.known.row}",
        who=who,
        day=row.valid_until or visit.today,
        since=version.since,
        moves=end.moves,
        said=visit.say("page.end_of", what=f"{printed(who.name)}, {label_name(row.label, lang)}"),
        about="\n".join(filter(None, about)),
    )


def _cancelled(visit: Visit, line: int, event: Event, row: Attestation, moves: int) -> Entry:
    """An end whose row is no longer listed."""
    return Entry(
        thing=f"row-{line}",
        who=event.provider,
        day=row.valid_until or visit.today,
        since=event.seen_at,
        moves=moves + 1,
        said=title(event, visit.lang),
        about=sentence(event, visit.lang),
        cancelled=True,
    )


def _begun(name: str, say: Voice) -> bytes:
    return _folded(
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//vigilabel//vigilabel//FR",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(f'vigilabel – {name}')}",
        f"X-WR-CALDESC:{escaped(say('page.ics_rule', days=CANCELLED.days))}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        "X-PUBLISHED-TTL:PT12H",
    )


def _written(visit: Visit, entries: Iterable[Entry]) -> bytes:
    ours, here = chain.authority(chain.origin(visit.store)), visit.site.address
    return b"".join(_folded(*_lines(entry, ours, here)) for entry in entries)


def _lines(entry: Entry, ours: str, here: str) -> Iterator[str]:
    """The lines of an entry; one that is waited for has its reminders."""
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.thing}@{ours}"
    # Programs take what has a higher number for newer.
    yield f"SEQUENCE:{entry.moves}"
    # Not the time of asking, or no two answers would be the same and no ETag would hold.
    yield f"DTSTAMP:{entry.since:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}"
    # The end of a whole day is the day after, which is not part of it (RFC 5545 §3.6.1).
    yield f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(entry.said)}"
    yield f"DESCRIPTION:{escaped(entry.about)}"
    if here:  # RFC 5545 knows no relative addresses
        yield f"URL:{here}/providers/{quote(entry.who.slug)}"
    yield "TRANSP:TRANSPARENT"
    if entry.cancelled:
        yield "STATUS:CANCELLED"
    else:
        for days in REMINDERS:
            yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-P{days}D")
            yield from (f"DESCRIPTION:{escaped(entry.said)}", "END:VALARM")
    yield "END:VEVENT"


def _folded(*lines: str) -> bytes:
    return "".join(folded(line) + "\r\n" for line in lines).encode()


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
