#!/usr/bin/env bash
# A decision number of ANSSI is a year, an underscore and a number: 2025_6. PyYAML and csvkit take it for the integer 20256
# (YAML 1.1 and Python allow underscores between digits), the same as 20_256 or 2_0256. csvkit writes the integer back
# to the file it sorts; csvjson even writes 20256.0.
# Why it matters: a watch list in YAML, or an export that went through csvsort once, names decisions that do not exist.
# Nothing complains.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install pyyaml==6.0.4 csvkit==2.2.0 agate==1.14.2
printf 'watch: [2025_6, 2025_2057]\n' > watch.yml
printf 'decision,provider\n2025_6,Certinomis\n2025_2057,S3NS\n' > list.csv
venv/bin/python -c "
from importlib.metadata import version; import yaml
print('PyYAML', version('pyyaml'), 'csvkit', version('csvkit'))
watch = yaml.safe_load(open('watch.yml'))['watch']
print(open('watch.yml').read().strip(), '->', watch)
assert watch == [20256, 20252057], watch"
echo "csvsort list.csv:"; venv/bin/csvsort -c provider list.csv | tee sorted.csv
grep -qx '20256,Certinomis' sorted.csv
grep -qx '20252057,S3NS' sorted.csv
