#!/usr/bin/env bash
# PyMuPDF's `find_tables` drops the spaces inside cells of small print: "Cloud Temple" comes back as "CloudTemple",
# while `get_text` of the same page keeps them. Over about eleven points the spaces are there. (A gap narrower than three
# points ends no word in the table finder, and the space itself is thrown away.)
# Why it matters: registers print their tables small. Names from one code path never equal those from the other, and an
# edition set one point larger renames everybody.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install pymupdf==2.0 reportlab==5.1.0
venv/bin/python - <<'PY'
from importlib.metadata import version
import contextlib, io
import pymupdf
from reportlab.pdfgen.canvas import Canvas

EDGES = (60, 220, 380, 540)
ROWS = [("Provider", "Service", "Until"), ("Cloud Temple", "Secure Temple", "30/05/2028"),
        ("Orange Business Services", "Cloud Avenue SecNum", "11/07/2028")]


def draw(path, size):
    canvas, top = Canvas(path, invariant=1), 760
    for row in ROWS:
        for left, right, text in zip(EDGES, EDGES[1:], row):
            canvas.rect(left, top - 24, right - left, 24)
            canvas.setFont("Helvetica", size)
            canvas.drawString(left + 4, top - 16, text)
        top -= 24
    canvas.save()


print("pymupdf", version("pymupdf"))
names = {}
for size in (8, 12):
    draw("table.pdf", size)
    page = pymupdf.open("table.pdf")[0]
    with contextlib.redirect_stdout(io.StringIO()):  # it recommends another package of its makers
        [table] = page.find_tables().tables
    names[size] = [row[0] for row in table.extract()]
    print(f"{size} points: find_tables {names[size]}, get_text has 'Cloud Temple': {'Cloud Temple' in page.get_text()}")
    assert "Cloud Temple" in page.get_text()
assert names[8] == ["Provider", "CloudTemple", "OrangeBusinessServices"], names[8]
assert names[12] == ["Provider", "Cloud Temple", "Orange Business Services"], names[12]
PY
