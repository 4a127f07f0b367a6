"""When looks at a source are planned: its cron expression, and the times that it gives. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from state.model import Reason
from watcher.errors import BadSettings

if TYPE_CHECKING:  # loaded when a time is first asked for: most questions never do
    from apscheduler.triggers.cron import CronTrigger

    from scrapers.source import Source

BACK = tuple(timedelta(days=days) for days in (1 / 24, 1, 8, 40, 400, 9 * 366))
"""How far back the last planned time is looked for, step by step; a 29 February may be eight years away."""
SPREAD = timedelta(minutes=6)
"""After so long somebody would have taken a slot, had anybody been there: each begins some minutes late."""
ONCE = datetime(2020, 1, 1, tzinfo=UTC)
"""Any day before all days that are planned."""


def trigger_of(source: Source, *, jitter: int | None = None) -> CronTrigger:
    """The trigger of a source's cron expression, in UTC; raises `BadSettings` when it cannot be used."""
    from apscheduler.triggers.cron import CronTrigger

    minute, hour, day, month, weekday = _fields(source)
    try:
        trigger = CronTrigger(
            minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, timezone="UTC", jitter=jitter
        )
    except ValueError as error:
        raise _unusable(source, Reason.of("as_said", text=str(error))) from None
    if trigger.get_next_fire_time(None, ONCE) is None:
        raise _unusable(source, Reason.of("every_never"))
    return trigger


def _fields(source: Source) -> Sequence[str]:
    """The five fields of a cron expression that APScheduler takes as cron does.

    APScheduler counts the days of the week from Monday, cron from Sunday: they must be names. A day of the
    month and one of the week together mean either in cron, and both in APScheduler.
    """
    fields = source.every.split()
    if len(fields) != 5 or any(character.isdigit() for character in fields[-1]):
        raise _unusable(source, Reason.of("every_fields"))
    if fields[2] != "*" and fields[4] != "*":
        raise _unusable(source, Reason.of("every_either"))
    return fields


def _unusable(source: Source, why: Reason) -> BadSettings:
    found = Reason.of("setting_but", why=why, found=repr(source.every))
    return BadSettings(Reason.of("setting_at", at=f"sources.{source.name}.every", why=found))


def slot_before(trigger: CronTrigger, now: datetime) -> datetime | None:
    """The last planned time not after `now`: the name of the slot, whatever the jitter and however rare."""
    # A trigger only tells what comes next: from the nearest time back from which something comes by now, on.
    firsts = (trigger.get_next_fire_time(None, now - back) for back in BACK)
    last, moment = None, next((first for first in firsts if first is not None and first <= now), None)
    while moment is not None and moment <= now:
        last, moment = moment, trigger.get_next_fire_time(moment, moment + timedelta(seconds=1))
    return last


def next_look(source: Source, after: datetime) -> datetime | None:
    """The first look at a source that is planned after a moment."""
    following: datetime | None = trigger_of(source).get_next_fire_time(None, after + timedelta(seconds=1))
    return following


def last_slot(source: Source, now: datetime) -> datetime | None:
    """The last time not after `now` at which a look at a source was planned."""
    return slot_before(trigger_of(source), now)
