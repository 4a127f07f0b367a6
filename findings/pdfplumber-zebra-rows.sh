#!/usr/bin/env bash
# pdfplumber's table finder sees only the shaded rows of a table whose other rows have no drawing, and says nothing
# of the rest. Which rows are shaded depends on their place: one new row at the top moves the shade by one, and
# everybody seen before disappears while everybody unseen appears.
# Why it matters: registers are often printed that way (the catalogue of ANSSI is). A watcher built on
# `extract_tables` would tell three losses and three gains where one provider was added, and never see that one.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install pdfplumber==0.11.10 pdfminer.six==20260107 reportlab==5.1.0
venv/bin/python - <<'PY'
from importlib.metadata import version
import pdfplumber
from reportlab.pdfgen.canvas import Canvas

EDGES = (60, 220, 380, 470, 550)


def edition(path, names):
    canvas, top = Canvas(path, invariant=1), 760
    rows = [("Provider", "Service", "From", "Until"), *((name, "IaaS", "04/03/2025", "04/03/2028") for name in names)]
    for number, row in enumerate(rows):
        if number == 0 or number % 2 == 0:  # the head, then every second row
            canvas.setFillGray(0.2 if number == 0 else 0.93)
            for left, right in zip(EDGES, EDGES[1:]):
                canvas.rect(left, top - 20, right - left, 20, stroke=0, fill=1)
        canvas.setFillGray(1 if number == 0 else 0)
        for left, text in zip(EDGES, row):
            canvas.drawString(left + 4, top - 14, text)
        top -= 20
    canvas.save()


def seen(path):
    with pdfplumber.open(path) as pdf:
        return [row[0] for table in pdf.pages[0].extract_tables() for row in table][1:]


six = ["Cegedim", "Numspot", "Oodrive", "Outscale", "Whaller", "Worldline"]
edition("before.pdf", six)
edition("after.pdf", ["Bleu", *six])
before, after = seen("before.pdf"), seen("after.pdf")
print("pdfplumber", version("pdfplumber"))
print("printed before:", six)
print("seen before:   ", before)
print("printed after: ", ["Bleu", *six])
print("seen after:    ", after)
assert before == ["Numspot", "Outscale", "Worldline"], before
assert after == ["Cegedim", "Oodrive", "Whaller"], after
print("One provider was added; of those printed twice not one is seen twice.")
PY
