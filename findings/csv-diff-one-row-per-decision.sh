#!/usr/bin/env bash
# csv-diff keeps one row per key and drops the others without a word: when one of two rows of a decision leaves the list,
# it finds no difference at all. Without a key it sees the row go.
# Why it matters: one decision often covers two rows (decision 2025_1983 of ANSSI covers two seal services), and
# its number is the key that everybody would choose.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install csv-diff==1.2
venv/bin/python - <<'PY'
from importlib.metadata import version
import io
from csv_diff import compare, load_csv

before = "decision,service,until\n2025_1983,Seal 5.1.3.5,2027-12-01\n2025_1983,Seal 5.1.3.7,2027-12-01\n2025_4,Securesign,2026-12-15\n"
after = before.replace("2025_1983,Seal 5.1.3.5,2027-12-01\n", "")
print("csv-diff", version("csv-diff"))
keyed = compare(load_csv(io.StringIO(before), key="decision"), load_csv(io.StringIO(after), key="decision"))
bare = compare(load_csv(io.StringIO(before)), load_csv(io.StringIO(after)))
print("with the key:   ", keyed)
print("without the key:", bare)
assert not any(keyed.values()), keyed
assert [row["service"] for row in bare["removed"]] == ["Seal 5.1.3.5"], bare
PY
