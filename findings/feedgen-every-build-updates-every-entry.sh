#!/usr/bin/env bash
# feedgen writes the moment of building as `updated` of every entry that was given a `published` date only. The same
# entries, built twice, are two different feeds.
# Why it matters: a page that builds its Atom feed on demand tells every reader, at every look, that all old events have just
# changed; the feed never has the same ETag twice.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install feedgen==1.0.0
venv/bin/python - <<'PY'
from importlib.metadata import version
from datetime import UTC, datetime
import re, time
from feedgen.feed import FeedGenerator


def build():
    feed = FeedGenerator()
    feed.id("urn:register")
    feed.title("Register")
    feed.updated(datetime(2026, 3, 4, tzinfo=UTC))
    entry = feed.add_entry()
    entry.id("urn:event:1")
    entry.title("OVH is listed")
    entry.link(href="https://register.example/events/1")
    entry.published(datetime(2026, 1, 27, tzinfo=UTC))
    return feed.atom_str().decode()


print("feedgen", version("feedgen"))
first = build()
time.sleep(1)
second = build()
for text in (first, second):
    print(re.findall(r"<(updated|published)>([^<]+)<", text))
year = str(datetime.now(UTC).year)
assert first != second
assert re.findall(r"<updated>(\d{4})", first) == ["2026", year], first
PY
