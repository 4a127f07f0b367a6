#!/usr/bin/env bash
# httpx's `params=` does not add to the query that an address has: it replaces it, and `params={}` empties it. requests adds.
# Why it matters: the address of a list with its filter ("?type=hds&etat=valide"), asked for page by page with
# params={"page": 2}, is page 2 of everything: other rows, no error.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install httpx==0.28.1 requests==2.32.5
venv/bin/python - <<'PY'
from importlib.metadata import version

import httpx
import requests

URL = "https://register.example/list?type=hds&etat=valide"
asked = str(httpx.Request("GET", URL, params={"page": 2}).url)
emptied = str(httpx.Request("GET", URL, params={}).url)
added = requests.Request("GET", URL, params={"page": 2}).prepare().url
print("httpx", version("httpx"), "| requests", version("requests"))
print("address:            ", URL)
print("requests, page 2:   ", added)
print("httpx, page 2:      ", asked)
print("httpx, no params {}:", emptied)
assert added == URL + "&page=2"
assert asked == "https://register.example/list?page=2"
assert "type=hds" not in emptied
PY
