#!/usr/bin/env bash
# inscriptis sets a table out in columns as wide as their longest cell. One provider with a longer name comes in, and every
# row of the text is another: a line diff, which is what page watchers make of it, shows the whole register as changed.
# Why it matters: changedetection.io turns pages into text with it. Of 60 rows one is new, and 60 are told as new and 59
# as gone; taking out white space hides that, and the words that a narrow cell cut in two as well.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install inscriptis==2.7.6
venv/bin/python - <<'PY'
from difflib import ndiff
from importlib.metadata import version
from inscriptis import get_text

NAMES = [f"Cabinet {number}" for number in range(1, 60)]


def text(names):
    rows = "".join(f"<tr><td>{name}</td><td>PASSI</td><td>24/03/2028</td></tr>" for name in names)
    return get_text(f"<html><body><table>{rows}</table></body></html>").splitlines()


before, after = text(NAMES), text([*NAMES, "Sopra Steria Infrastructures and Security Services"])
moved = list(ndiff(before, after))
gone, new = (sum(line.startswith(sign) for line in moved) for sign in ("- ", "+ "))
print("inscriptis", version("inscriptis"))
print(f"one row more: {gone} lines gone, {new} lines new")
print(repr(before[0]), repr(after[0]), sep="\n")
assert (gone, new) == (59, 60), (gone, new)
short = list(ndiff(before, text([*NAMES, "Cabinet 60"])))
assert sum(line.startswith(("- ", "+ ")) for line in short) == 1, "a name no longer than the others moves none"
PY
