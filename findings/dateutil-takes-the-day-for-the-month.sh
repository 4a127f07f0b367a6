#!/usr/bin/env bash
# dateutil's fuzzy parser does not know French months and fills the gap instead of refusing: "4 mars 2026" is the fourth
# MONTH of 2026, on whatever day of the month the program happens to run. Days above 12 raise an error.
# Why it matters: end dates printed in words turn into plausible dates of the same year that change from day to day:
# a certificate seems renewed every night.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install python-dateutil==4.0.0
venv/bin/python - <<'PY'
from importlib.metadata import version
from datetime import datetime
from dateutil.parser import ParserError, parse

print("python-dateutil", version("python-dateutil"))
found = {}
for text in ("4 mars 2026", "1er février 2027"):
    for today in (datetime(2026, 3, 10), datetime(2026, 3, 11)):
        found[text, today.day] = parse(text, fuzzy=True, default=today).date().isoformat()
        print(f"on {today:%Y-%m-%d}: {text!r} -> {found[text, today.day]}")
assert found["4 mars 2026", 10] == "2026-04-10" and found["4 mars 2026", 11] == "2026-04-11", found
assert found["1er février 2027", 10] == "2027-01-10", found
try:
    parse("16 mai 2026", fuzzy=True)
except ParserError as error:
    print("'16 mai 2026' ->", error)
else:
    raise SystemExit("16 mai 2026 was read")
PY
