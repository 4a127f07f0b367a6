#!/usr/bin/env bash
# readability finds the article of a page. Of a register it keeps the heading and the sentence above, and takes the list out:
# the table is gone as soon as its cells link to the decisions, as cells of registers do. Without links it is kept.
# Why it matters: readers of pages, archives and assistants read what it leaves. They get a sound page of a register on
# which nobody is listed, and no error.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install readability-lxml==0.9 lxml==6.1.3 lxml_html_clean==0.4.6
venv/bin/python - <<'PY'
from importlib.metadata import version
from readability import Document

ROWS = [("OVH", "Bare Metal Pod", "2025_559"), ("OVH", "Hosted Private Cloud", "2023_1990"),
        ("S3NS", "Cloud de confiance S3NS", "2025_2057"), ("Cloud Temple", "Secure Temple", "2025_1037"),
        ("Outscale", "IaaS Cloud on demand", "2023_1912"), ("Worldline", "Cloud Services", "2024_1230")] * 10
INTRO = "Les prestataires suivants sont qualifiés à la date de ce catalogue, pour les services que la décision nomme."


def left(link):
    rows = "".join(f"<tr><td>{name}</td><td>{service}</td><td>{link.format(number)}</td></tr>" for name, service, number in ROWS)
    page = f"<html><body><h1>Prestataires qualifiés</h1><p>{INTRO}</p><table>{rows}</table></body></html>"
    return Document(page).summary()


plain, linked = left("{0}"), left('<a href="/visas/{0}_np.pdf">décision n° {0}</a>')
print("readability-lxml", version("readability-lxml"))
for name, html in (("cells without links", plain), ("cells with links", linked)):
    print(f"{name}: {html.count('<tr')} of {len(ROWS)} rows left, {len(html)} characters")
print(linked)
assert plain.count("<tr") == len(ROWS), plain
assert "<tr" not in linked and "S3NS" not in linked and "qualifiés" in linked, linked
PY
