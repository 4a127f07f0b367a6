#!/usr/bin/env bash
# Camelot reports an accuracy of 100 for a table whose rows it tore into pieces: every wrapped line became a row, names
# lost their dates, and "Infrastructures and" is now a provider. `accuracy` measures how well words fit the cells that
# Camelot itself drew, not whether the rows are those of the page.
# Why it matters: accuracy is what people check before they believe a page of a register. It does not tell a sound
# reading (three rows) from a torn one (nine).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install camelot-py==2.0.0 pdfminer.six==20260107 pypdfium2==5.15.2 reportlab==5.1.0
venv/bin/python -W ignore - <<'PY'
from importlib.metadata import version
import camelot
from reportlab.pdfgen.canvas import Canvas

EDGES = (60, 200, 330, 420)


def draw(path, rows):
    canvas, top = Canvas(path, invariant=1), 760
    for row in rows:
        height = 12 * max(len(cell.split("\n")) for cell in row) + 10
        for left, cell in zip(EDGES, row):
            lines = cell.split("\n")  # centred in the height of the row, as such tables are
            for number, line in enumerate(lines):
                canvas.setFont("Helvetica", 8)
                canvas.drawString(left, top - height / 2 + 6 * len(lines) - 9 - 12 * number, line)
        top -= height
    canvas.save()


HEAD = ("Provider", "Service", "From", "Until")
short = [("Sopra Steria", "IaaS", "23/06/2025", "16/07/2028"), ("OVH", "Private Cloud", "28/12/2023", "29/12/2026"),
         ("Cloud Temple", "Secure Temple", "30/05/2025", "30/05/2028")]
long = [("Sopra Steria\nInfrastructures and\nSecurity Services", "IaaS", "23/06/2025", "16/07/2028"),
        ("OVH", "Hosted Private\nCloud", "28/12/2023", "29/12/2026"),
        ("Cloud Temple", "Secure Temple (IaaS\nVmware, IaaS\nOpensource)", "30/05/2025", "30/05/2028")]
found = {}
for name, rows in (("short", short), ("long", long)):
    draw(f"{name}.pdf", [HEAD, *rows])
    [table] = camelot.read_pdf(f"{name}.pdf", flavor="stream")
    found[name] = (len(table.df) - 1, table.parsing_report["accuracy"], table.df.values.tolist()[1:])
print("camelot-py", version("camelot-py"))
for name, (rows, accuracy, cells) in found.items():
    print(f"{name} names: 3 rows printed, {rows} read, accuracy {accuracy}")
    for row in cells:
        print("   ", row)
assert found["short"][:2] == (3, 100.0), found["short"]
assert found["long"][1] == 100.0 and found["long"][0] > 3, found["long"]
assert any(row[0] == "Infrastructures and" and row[2] == "23/06/2025" for row in found["long"][2])
PY
