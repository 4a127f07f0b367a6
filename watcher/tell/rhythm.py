"""When a delivery may go: digests, quiet hours, pauses. Pure; every answer comes from what is stored.

All three delay and none drops. Times are those of a wall clock, in the zone of the quiet hours or else in
Paris. Where the clock jumps over a time it is taken by the offset before the jump (RFC 5545 §3.3.5); where a
time comes twice a digest goes at the first, and quiet hours last until the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from state.model import Reason, Weight
from state.names import print_key
from watcher.errors import BadRhythm

if TYPE_CHECKING:
    from state.words.post import Channel, Subscription

PARIS = "Europe/Paris"
DIGEST_AT = "08:30"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPOKEN_DAYS = {
    name: day
    for names in (
        DAYS,
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    )
    for name, day in zip(names, DAYS, strict=True)
}
AT_ONCE = frozenset({"", "instant", "off", "none", "aucun", "non", "au fil de l'eau"})
NEVER_QUIET = frozenset({"", "off", "none", "aucun", "aucune", "non"})
RHYTHMS = {"daily": "daily", "quotidien": "daily", "weekly": "weekly", "hebdo": "weekly"}
CLOCK = re.compile(r"([01]?\d|2[0-3])(?:[:h]([0-5]\d)?)?")
SPAN = re.compile(r"(\d{1,5})\s*([a-z]+)")
LENGTHS = {
    **dict.fromkeys(("h", "hour", "hours", "heure", "heures"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days", "j", "jour", "jours"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks", "semaine", "semaines"), timedelta(weeks=1)),
}
UNTIL, DAY = re.compile(r"^(?:until|jusqu'au)\s+"), re.compile(r"(\d\d)/(\d\d)/(\d{4})")
LONGEST_PAUSE = timedelta(days=366)


def parse_digest(text: str) -> str:
    """The rhythm of a digest as channels keep it: "" (at once), "daily 08:30", "weekly mon 08:30".

    The time may be left out. Raises `BadRhythm` that says what to write.
    """
    words = print_key(text).split()
    if " ".join(words) in AT_ONCE:
        return ""
    trouble = BadRhythm(Reason.of("bad_digest", found=text.strip(), days=", ".join(DAYS)))
    rhythm, rest = RHYTHMS.get(words[0]), words[1:]
    if rhythm is None:
        raise trouble
    day = ""
    if rhythm == "weekly":
        if not rest or rest[0] not in SPOKEN_DAYS:
            raise trouble
        day, rest = SPOKEN_DAYS[rest[0]], rest[1:]
    if len(rest) > 1:
        raise trouble
    at = _clock(rest[0] if rest else DIGEST_AT)
    if at is None:
        raise trouble
    return " ".join(filter(None, (rhythm, day, f"{at:%H:%M}")))


def parse_quiet(text: str) -> str:
    """Quiet hours as channels keep them: "" (none) or "20:00-08:00 Europe/Paris".

    Without a zone they are those of Paris. Raises `BadRhythm` that says what to write.
    """
    words = re.sub(
        r"^(?:de|from)\s+(?=\d)|(?<=[\dh])\s*(?:[-–—]|à|to)\s*(?=\d)", _joint, text.strip()
    ).split()
    if not words or (len(words) == 1 and words[0].casefold() in NEVER_QUIET):
        return ""
    span, *zone = words
    ends = [_clock(part.casefold()) for part in span.split("-")]
    if len(ends) != 2 or len(zone) > 1 or None in ends:
        raise BadRhythm(Reason.of("bad_quiet", found=text.strip()))
    if ends[0] == ends[1]:
        raise BadRhythm(Reason.of("endless_quiet", found=text.strip()))
    name = zone[0] if zone else PARIS
    if _zone(name) is None:
        raise BadRhythm(Reason.of("no_zone", found=name))
    return f"{ends[0]:%H:%M}-{ends[1]:%H:%M} {name}"


def _joint(found: re.Match[str]) -> str:
    """What stands between two times, as a hyphen; what stands before them, as nothing."""
    return "-" if found.start() else ""


def parse_pause(text: str, now: datetime) -> datetime:
    """The end of a pause, aware UTC: "2w", "10 days", "12h", or a day ("2026-05-01": its start in Paris).

    At most a year. Raises `BadRhythm` that says what to write.
    """
    words = print_key(text).strip()
    span = SPAN.fullmatch(words)
    try:
        if span and span[2] in LENGTHS:
            until = now + int(span[1]) * LENGTHS[span[2]]
        else:
            day = date.fromisoformat(DAY.sub(r"\3-\2-\1", UNTIL.sub("", words)))
            until = _first(day, time(0), ZoneInfo(PARIS))
    except (ValueError, OverflowError):
        example = str((now + timedelta(weeks=2)).date())
        raise BadRhythm(Reason.of("bad_pause", found=text.strip(), day=example)) from None
    if not now < until <= now + LONGEST_PAUSE:
        raise BadRhythm(Reason.of("far_pause", found=text.strip()))
    return until


def next_time(channel: Channel, weight: Weight, now: datetime) -> datetime:
    """The first time, not before `now`, at which what is owed at `now` may go to the channel.

    A digest gathers everything. Quiet hours let high weight through where the channel says so, but never part
    of a digest.
    """
    if not channel.digest:
        return quiet_until(channel, weight, now)
    (at, weekday), zone = _digest(channel.digest), _zone_of(channel)
    day = now.astimezone(zone).date() - timedelta(days=1)
    while True:
        goes = _first(day, at, zone)
        if weekday in (None, day.weekday()) and goes >= now:
            return _end_of_quiet(channel, goes)
        day += timedelta(days=1)


def quiet_until(channel: Channel, weight: Weight, now: datetime) -> datetime:
    """When the quiet hours of the channel end for this weight; `now` when it is not quiet."""
    if channel.quiet_lets_high and weight is Weight.HIGH and not channel.digest:
        return now
    return _end_of_quiet(channel, now)


def paused_until(matched: Iterable[Subscription], now: datetime) -> datetime | None:
    """Until when a delivery waits for paused subscriptions; None when one that matched it is not paused."""
    ends = [one.paused_until for one in matched]
    running = [end for end in ends if end is not None and end > now]
    return min(running) if running and len(running) == len(ends) else None


def _end_of_quiet(channel: Channel, now: datetime) -> datetime:
    if not channel.quiet:
        return now
    start, end, zone = _quiet(channel.quiet)
    today = now.astimezone(zone).date()
    over_midnight = timedelta(days=int(end <= start))
    for day in (today - timedelta(days=1), today):  # hours over midnight may have begun yesterday
        begins, ends = _first(day, start, zone), _last(day + over_midnight, end, zone)
        if begins <= now < ends:
            return ends
    return now


def _first(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _last(day: date, at: time, zone: ZoneInfo) -> datetime:
    return max(_first(day, at.replace(fold=fold), zone) for fold in (0, 1))


def _digest(kept: str) -> tuple[time, int | None]:
    """The time of a digest, and its day of the week, 0 for Monday; None where it goes every day."""
    words = kept.split()
    at = _clock(words[-1])
    if at is None or len(words) not in (2, 3):
        raise ValueError(f"digest {kept!r}: expected one that `parse_digest` made")
    return at, DAYS.index(words[1]) if len(words) == 3 else None


def _quiet(kept: str) -> tuple[time, time, ZoneInfo]:
    """From when until when it is quiet, maybe over midnight, and where."""
    span, _, name = kept.partition(" ")
    start, end = (_clock(part) for part in span.split("-"))
    zone = _zone(name)
    if start is None or end is None or zone is None:
        raise ValueError(f"quiet hours {kept!r}: expected some that `parse_quiet` made")
    return start, end, zone


def _zone_of(channel: Channel) -> ZoneInfo:
    return _quiet(channel.quiet)[2] if channel.quiet else ZoneInfo(PARIS)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown; not a name; a directory of zones
        return None


def _clock(text: str) -> time | None:
    found = CLOCK.fullmatch(text)
    return time(int(found[1]), int(found[2] or 0)) if found else None
