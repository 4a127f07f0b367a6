#!/usr/bin/env bash
# APScheduler's CronTrigger.from_crontab("0 7 1 * mon") fires on first days of a month that are Mondays; cron runs that line on
# every first day of a month and on every Monday (man 5 crontab: "either field matches"). It is accepted without a word.
# Why it matters: a register meant to be read five times a month is read once in half a year, and nothing says so.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install APScheduler==3.11.3 croniter==6.0.0
venv/bin/python - <<'PY'
from datetime import datetime, timedelta, timezone
from importlib.metadata import version

from apscheduler.triggers.cron import CronTrigger
from croniter import croniter

LINE, start, end = "0 7 1 * mon", datetime(2026, 1, 1, tzinfo=timezone.utc), datetime(2026, 7, 1, tzinfo=timezone.utc)
trigger = CronTrigger.from_crontab(LINE, timezone=timezone.utc)
fired, moment = [], trigger.get_next_fire_time(None, start)
while moment is not None and moment < end:
    fired.append(moment)
    moment = trigger.get_next_fire_time(moment, moment + timedelta(seconds=1))
planned, dates = [], croniter(LINE, start - timedelta(seconds=1))
while (day := dates.get_next(datetime)) < end:
    planned.append(day)
print("APScheduler", version("APScheduler"))
print(f"{LINE!r} from January to June 2026:")
print("  as cron takes it (croniter):", len(planned), "times")
print("  APScheduler:", len(fired), "time(s):", *(f"{day:%a %d %b}" for day in fired))
assert len(planned) == 31 and len(fired) == 1, (len(planned), len(fired))
PY
