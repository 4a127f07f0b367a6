#!/usr/bin/env bash
# A page has two tables, each under a heading that names the label. trafilatura gives one table without either heading when
# one row comes in: with five services in the first both headings are kept, with six none, and the
# health-data hosts stand below the qualified services as if they were more of them.
# Why it matters: this is how pages become text for search and for assistants. A host that holds no qualification is then
# listed with those that do, and whether it is depends on the length of another list.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install trafilatura==2.3.1 lxml_html_clean==0.4.6
venv/bin/python - <<'PY'
from importlib.metadata import version
import trafilatura

QUALIFIED = [("OVH", "Bare Metal Pod", "24/03/2028"), ("OVH", "Hosted Private Cloud", "29/12/2026"),
             ("S3NS", "Cloud de confiance S3NS", "17/12/2028"), ("Cloud Temple", "Secure Temple", "30/05/2028"),
             ("Numspot", "Cloud Numspot", "30/05/2029"), ("Outscale", "IaaS Cloud on demand", "30/11/2026")]
HOSTS = [("Scaleway", "Certificat 1"), ("Clever Cloud", "Certificat 2")]
HEADS = ("Qualifications SecNumCloud", "Certificats HDS")


def table(rows):
    return "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"


def text(qualified):
    page = (f"<html><body><h1>Registre du 4 mars 2026</h1><h2>{HEADS[0]}</h2>{table(qualified)}"
            f"<h2>{HEADS[1]}</h2>{table(HOSTS)}</body></html>")
    return trafilatura.extract(page)


print("trafilatura", version("trafilatura"))
kept = {}
for holders in range(1, len(QUALIFIED) + 1):
    found = text(QUALIFIED[:holders])
    kept[holders] = [head for head in HEADS if head in found]
    print(f"{holders} qualified: headings kept {kept[holders]}")
print(found)
assert kept[5] == list(HEADS) and kept[6] == [], kept
lines = [line for line in found.splitlines() if line.strip()]
assert "Outscale" in lines[5] and "Scaleway" in lines[6], found
PY
