"""Judges the clock of a look: whether the calendar may speak by it, and up to which day. Pure.

A machine that slept, that was restored, or that has not asked for the time yet, would tell of hundreds of
ends that did not come, or tell them again. What a register shows is true under any clock; what the calendar
adds waits until a second day or a person confirms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from notifiers.said.reasons import all_said
from state.codec import instant_text
from state.model import Clock, ClockDoubt, Page, Reason, Run, day_of
from state.words.post import Notice

SLACK = timedelta(days=1)
"""Two clocks that differ by a day at most agree: time zones set wrong, pages kept by a cache."""
FAR = timedelta(days=365)
"""A watch that nobody woke for longer has to see a second day; editions and looks come more often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the runs kept say of clocks: the last run of each source, the last of each whose clock was
    trusted, and the doubted ones since the source's own last trusted one."""

    latest: Mapping[str, Run]
    trusted: Mapping[str, Run]
    doubted: Sequence[Run] = ()


def served(pages: Iterable[Page]) -> datetime | None:
    """The time by the servers that sent the pages: the latest of their `Date`, with the `Age` a cache adds.

    None when no answer says it. A cache can only make an answer older, so the latest is the best word.
    """
    said = [at for page in pages if (at := _served(dict(page.headers))) is not None]
    return max(said, default=None)


def _served(headers: Mapping[str, str]) -> datetime | None:
    age = headers.get("age", "").strip()
    seconds = int(age) if age.isascii() and age.isdigit() and len(age) < 9 else 0
    try:
        at = parsedate_to_datetime(headers["date"]) + timedelta(seconds=seconds)
    except (KeyError, ValueError, OverflowError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def judge(
    past: Past, source: str, now: datetime, given: Clock, *, read: bool, edition_at: datetime | None
) -> Clock:
    """The clock of a look at `now`, judged.

    `given` is what the caller knows: whether the time is stated, what the server says, and whether a person
    confirms. `read`: pages were fetched; a look that reached nobody confirms nothing.
    """
    doubt = _doubt(past, now, given, edition_at)
    if doubt is None:
        return replace(given, doubt=None, confirmed=False)
    settled = given.confirmed or (read and _settled(past, source, now, doubt, edition_at))
    return replace(given, doubt=doubt, confirmed=settled)


def _doubt(past: Past, now: datetime, given: Clock, edition_at: datetime | None) -> ClockDoubt | None:
    agrees = _agrees(now, given)
    if agrees is False:
        return ClockDoubt.DATE
    if _leaps(past, now, edition_at):
        return ClockDoubt.LEAP
    if agrees:
        return None
    if not given.stated and _behind(past, now):
        return ClockDoubt.BEHIND
    early = edition_at is not None and edition_at - now > SLACK
    return ClockDoubt.EARLY if early else None


def _agrees(now: datetime, clock: Clock) -> bool | None:
    """Whether the server's clock agrees; None when it was not heard, or when the time is stated."""
    if clock.stated or clock.served_at is None:
        return None
    return abs(now - clock.served_at) <= SLACK


def _leaps(past: Past, now: datetime, edition_at: datetime | None) -> bool:
    """Whether every trusted look and the edition lie more than a year back; a first look has none."""
    before = [*(run.at for run in past.trusted.values()), *filter(None, (edition_at,))]
    return bool(before) and all(now - at > FAR for at in before)


def _behind(past: Past, now: datetime) -> bool:
    return any(run.at - now > SLACK for run in past.trusted.values())


def _settled(past: Past, source: str, now: datetime, doubt: ClockDoubt, edition_at: datetime | None) -> bool:
    """Whether what is kept settles the doubt: a second day, or for one server's date, another server.

    A clock that leaps or stands behind, and that the server contradicts as well, is not settled by time.
    """
    if doubt is not ClockDoubt.DATE:
        return _second_day(past.doubted, now, doubt)
    if _leaps(past, now, edition_at) or _behind(past, now):
        return False
    before = past.trusted.get(source)
    known_wrong = before is not None and before.clock.doubt is ClockDoubt.DATE
    own = [run for run in past.doubted if run.source == source]
    return known_wrong or _witnessed(past, source, now) or _second_day(own, now, doubt)


def _second_day(doubted: Iterable[Run], now: datetime, doubt: ClockDoubt) -> bool:
    """Whether the same doubt arose on an earlier day, within a year: this clock goes on day by day."""
    return any(
        run.clock.doubt is doubt and day_of(run.at) < day_of(now) and now - run.at <= FAR for run in doubted
    )


def _witnessed(past: Past, source: str, now: datetime) -> bool:
    """Whether the last look at another source, a day or two ago at most, met a server whose clock agrees."""
    return any(
        name != source and _agrees(run.at, run.clock) is True and abs(now - run.at) <= 2 * SLACK
        for name, run in past.latest.items()
    )


def sure_time(past: Past, clock: Clock, now: datetime, edition_at: datetime | None) -> datetime:
    """The time as of which the calendar may speak: now, or where the clock is doubted the last time that is
    sure: that of a trusted look, of the edition, or of the server."""
    if clock.trusted:
        return now
    sure = [run.at for run in past.trusted.values()] or [at for at in (edition_at, clock.served_at) if at]
    return max((at for at in sure if at <= now), default=min(sure, default=now))


def notice(past: Past, run: Run, edition_at: datetime | None) -> Notice | None:
    """The word to operators when a doubt begins, with numbers; None while it lasts, at any source."""
    if run.clock.trusted or any(
        last.clock.doubt is run.clock.doubt and not last.clock.trusted for last in past.latest.values()
    ):
        return None
    advice = Reason.of("clock_waits") if run.snapshot is None else Reason.of("clock_approve", run=run.id)
    reasons = (_found(past, run, edition_at), advice)
    text = all_said(reasons, "en", "\n")
    return Notice(id=0, kind="clock", subject=run.source, text=text, said=reasons, at=run.at)


def _found(past: Past, run: Run, edition_at: datetime | None) -> Reason:
    """The two times that do not fit."""
    clock, other, code = run.clock, edition_at, "clock_early"
    if clock.doubt is ClockDoubt.DATE:
        other, code = clock.served_at, "clock_date"
    elif clock.doubt is not ClockDoubt.EARLY:
        other = max((one.at for one in past.trusted.values()), default=edition_at)
        code = "clock_behind" if other and run.at < other else "clock_leap"
    other = other or run.at
    days = abs(run.at - other).days
    return Reason.of(code, now=instant_text(run.at), other=instant_text(other), days=days)
