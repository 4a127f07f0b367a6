#!/usr/bin/env bash
# The feed library `reader` keeps an entry as read when the publisher rewrites it: "until 2028" that was read yesterday is
# "withdrawn" today and shows up nowhere under unread. After 24 rewritings under one date it does not even store
# the new text any more. (Its release 3.26 also needs the package sgmllib3k, which it does not ask for.)
# Why it matters: authorities correct notices in place. A desk that works through the unread never sees the correction.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install reader==3.26 sgmllib3k==1.0.0
venv/bin/python - <<'PY'
from importlib.metadata import version
import os, pathlib
from reader import make_reader


def publish(title, updated):
    pathlib.Path("feed.xml").write_text(
        f'<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id><title>Avis</title><updated>{updated}</updated><entry>'
        f"<id>urn:1</id><title>{title}</title><updated>{updated}</updated><summary>{title}</summary></entry></feed>"
    )
    return reader.update_feed("feed.xml")


print("reader", version("reader"))
reader = make_reader(":memory:", feed_root=os.getcwd())
reader.add_feed("feed.xml")
publish("OVH: qualified until 2028", "2026-01-27T10:00:00Z")
[entry] = reader.get_entries()
reader.mark_entry_as_read(entry)
outcome = publish("OVH: qualification withdrawn", "2026-03-04T10:00:00Z")
[entry] = reader.get_entries()
unread = list(reader.get_entries(read=False))
print(f"modified {outcome.modified}: {entry.title!r}, read {entry.read}, unread entries {len(unread)}")
assert (outcome.modified, entry.read, unread) == (1, True, [])
for number in range(1, 41):
    publish(f"OVH: correction {number}", "2026-03-04T10:00:00Z")
[entry] = reader.get_entries()
print(f"after 40 corrections under one date: {entry.title!r}")
assert entry.title == "OVH: correction 24", entry.title
PY
