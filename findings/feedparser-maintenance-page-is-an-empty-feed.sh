#!/usr/bin/env bash
# A maintenance page in well-formed XHTML is a sound feed without entries to feedparser: `bozo`, which the manual tells
# people to check, is false. Only `version`, an empty string, gives it away.
# Why it matters: "bozo is false and there are no entries" reads as "everything was taken off the list". French public
# sites answer 200 with such pages.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install feedparser==6.0.14
venv/bin/python - <<'PY'
from importlib.metadata import version
import feedparser

page = (
    '<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>Maintenance'
    "</title></head><body><h1>Site en maintenance</h1><p>Merci de revenir plus tard.</p></body></html>"
)
empty = '<rss version="2.0"><channel><title>Avis</title></channel></rss>'
print("feedparser", version("feedparser"))
for name, text in (("an empty feed", empty), ("a maintenance page", page)):
    feed = feedparser.parse(text)
    print(f"{name}: bozo {feed.bozo}, exception {feed.get('bozo_exception')}, entries {len(feed.entries)}, "
          f"version {feed.get('version')!r}")
    assert (bool(feed.bozo), len(feed.entries), feed.get("bozo_exception")) == (False, 0, None)
PY
