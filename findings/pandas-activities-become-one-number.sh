#!/usr/bin/env bash
# pandas.read_html takes the commas out of a cell "1,2,3,4,5,6": 123456, an integer where the column has numbers only and a
# text of six digits where another row holds words. A certificate number 038436 becomes 38436 or stays, by its neighbours.
# Why it matters: the six activities of a health-data certificate are printed exactly so. Activities 3,4 and 34 are the same to
# it, and what a row says depends on the other hosts of the page.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install pandas==3.1.1 lxml==6.1.3
venv/bin/python - <<'PY'
from importlib.metadata import version
import io
import pandas

HEAD = "<tr><th>Hébergeur</th><th>Activités</th><th>Certificat</th></tr>"


def read(*rows):
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return pandas.read_html(io.StringIO(f"<table>{HEAD}{cells}</table>"))[0].values.tolist()


alone = read(("OUTSCALE", "1,2,3,4,5,6", "038436"), ("SCALINGO", "3,4", "036741"))
beside = read(("OUTSCALE", "1,2,3,4,5,6", "038436"), ("WHALLER", "1 à 6", "FR094504"))
print("pandas", version("pandas"))
print(*alone, *beside, sep="\n")
assert alone == [["OUTSCALE", 123456, 38436], ["SCALINGO", 34, 36741]], alone
assert beside[0] == ["OUTSCALE", "123456", "038436"], beside
PY
