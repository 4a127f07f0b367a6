#!/usr/bin/env bash
# dateparser's two functions disagree about French: `parse` reads 12/09/2025 as 12 September, `search_dates`, told the same
# language, as 9 December. It also makes a date of "1 à 6", the activities that a certificate covers.
# Why it matters: "valable du 12/09/2025 au 11/09/2028" is how certificates print their life. Both ends move by months,
# no day above 12 is wrong, so a test with the 31st passes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install dateparser==1.5.0
venv/bin/python -W ignore - <<'PY'
from importlib.metadata import version
import dateparser
from dateparser.search import search_dates

text = "Certificat n° 38436-2 valable du 12/09/2025 au 11/09/2028, activités 1 à 6"
found = [(word, day.date().isoformat()) for word, day in search_dates(text, languages=["fr"])]
alone = dateparser.parse("12/09/2025", languages=["fr"]).date().isoformat()
print("dateparser", version("dateparser"))
print("parse('12/09/2025')  ->", alone)
print("search_dates(text)   ->", found)
assert alone == "2025-09-12"
assert found[:2] == [("12/09/2025", "2025-12-09"), ("11/09/2028", "2028-11-09")], found
assert found[2][0] == "1 à 6", found
PY
