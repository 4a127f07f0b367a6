#!/usr/bin/env bash
# sqlite-utils' `insert_all` commits batch by batch: when the generator that feeds it raises in row 230, 200 rows stay, in
# a table that it created. `upsert_all` and `insert_all(..., truncate=True)` do the same; the old rows are gone by then.
# Why it matters: parsers are fed in like that. A page that turns out to be broken half way leaves a register of half its rows
# where yesterday's was, and the next comparison tells the other half as lost. Wrap it in `with db.atomic():`.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install sqlite-utils==4.2.1
venv/bin/python - <<'PY'
from importlib.metadata import version
import sqlite_utils


def read(count, broken=None):
    for number in range(count):
        if number == broken:
            raise ValueError(f"row {number} of the register cannot be read")
        yield {"ref": f"2025_{number}", "holder": f"Holder {number}"}


print("sqlite-utils", version("sqlite-utils"))
db = sqlite_utils.Database(memory=True)
db["listing"].insert_all(read(400), pk="ref")
try:
    db["listing"].insert_all(read(400, broken=230), pk="ref", truncate=True)
except ValueError as error:
    print("raised:", error)
left = db["listing"].count
print("rows before: 400, rows after the error:", left)
assert left == 200, left
assert not db.conn.in_transaction
PY
