#!/usr/bin/env bash
# icalendar writes control characters into texts, which RFC 5545 allows in none, and leaves commas and semicolons of unknown
# properties as they are, which it asks to escape.
# Why it matters: what a register prints goes into a calendar; one stray character makes a strict reader drop the file.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install icalendar==7.3.2
venv/bin/python - <<'PY'
from importlib.metadata import version

from icalendar import Calendar

print("icalendar", version("icalendar"))
calendar = Calendar()
calendar.add("comment", "bell\x07 nothing\x00")
calendar.add("x-wr-calname", "Ends, of A; of B")
written = calendar.to_ical()
print(written)
assert b"COMMENT:bell\x07 nothing\x00" in written
assert b"X-WR-CALNAME:Ends, of A; of B" in written
PY
