#!/usr/bin/env bash
# PDFium gives no hyphen back where a line ends with one: character by character it is U+0002, in a page's text U+FFFE (a
# code that Unicode promises never to use), and the line break behind it is gone as well. pypdf and pdfminer give the hyphen.
# PDFium takes it for the division of a word, also where the hyphen belongs to a number.
# Why it matters: certificate numbers wrap in narrow columns. "ANSSI-CC-" over "2023-61" is read as "ANSSI-CC?2023-61": it
# prints almost right, equals nothing, and comes and goes with the width of the column.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install pypdfium2==5.15.2 pypdf==7.1.1 pdfminer.six==20260107 reportlab==5.1.0
venv/bin/python - <<'PY'
from importlib.metadata import version
import pypdfium2
import pypdfium2.raw as pdfium
from pdfminer.high_level import extract_text
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

canvas = Canvas("cell.pdf", invariant=1)
for number, line in enumerate(("ANSSI-CC-", "2023-61")):
    canvas.drawString(60, 760 - 14 * number, line)
canvas.save()

page = pypdfium2.PdfDocument("cell.pdf")[0].get_textpage()
text = page.get_text_range()
codes = [pdfium.FPDFText_GetUnicode(page, index) for index in range(page.count_chars())]
others = {"pypdf": PdfReader("cell.pdf").pages[0].extract_text(), "pdfminer.six": extract_text("cell.pdf")}
print("pypdfium2", version("pypdfium2"), "reads", ascii(text), "characters", ascii("".join(map(chr, codes))))
for name, other in others.items():
    print(name, version(name), "reads", ascii(other))
assert text == "ANSSI-CC\ufffe2023-61", ascii(text)
assert 0x02 in codes and codes.count(ord("-")) == 2, codes
assert all("ANSSI-CC-" in other for other in others.values())
PY
