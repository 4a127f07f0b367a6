#!/usr/bin/env bash
# DeepDiff(ignore_order=True) pairs what left with what came when the rest of the two rows is alike: one provider lost and
# another gained is reported as one value changed. And of two equal rows one may leave without any difference.
# Why it matters: ignore_order is how people compare two readings of a list. A loss reads as a new spelling, and who asked
# to hear of "removed" hears nothing.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install deepdiff==9.1.0
venv/bin/python - <<'PY'
from importlib.metadata import version
from deepdiff import DeepDiff

whaller = {"provider": "Whaller", "label": "secnumcloud", "until": "2027-08-02"}
before = [{"provider": "OVH", "label": "secnumcloud", "until": "2028-03-24"}, whaller]
after = [{"provider": "Numspot", "label": "secnumcloud", "until": "2028-03-24"}, whaller]
print("deepdiff", version("deepdiff"))
swapped = DeepDiff(before, after, ignore_order=True)
print("OVH leaves, Numspot comes:", swapped)
twice = DeepDiff([*before, whaller], before, ignore_order=True)
print("one of two equal rows leaves:", twice)
assert set(swapped) == {"values_changed"}, swapped
assert twice == {}, twice
PY
