#!/usr/bin/env bash
# feedparser takes "CET" and "CEST" for UTC, without a word: `bozo` stays false. American abbreviations ("EST") and
# offsets ("+0100") are understood, so the same feed written in New York comes out right.
# Why it matters: French and German authorities write their feeds in CET. Every time is one or two hours late, and what was
# published in the last hours of a day lands on the day after: "was it listed on 4 March?" gets the wrong answer.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install feedparser==6.0.14
venv/bin/python - <<'PY'
from importlib.metadata import version
import calendar, datetime
import feedparser

print("feedparser", version("feedparser"))
expected = {
    "Wed, 04 Mar 2026 23:34:17 +0100": "2026-03-04T22:34:17", "Wed, 04 Mar 2026 23:34:17 CET": "2026-03-04T23:34:17",
    "Wed, 01 Jul 2026 23:34:17 +0200": "2026-07-01T21:34:17", "Wed, 01 Jul 2026 23:34:17 CEST": "2026-07-01T23:34:17",
    "Wed, 04 Mar 2026 17:34:17 EST": "2026-03-04T22:34:17",
}
for printed, result in expected.items():
    feed = feedparser.parse(
        '<rss version="2.0"><channel><title>Avis</title><item><guid>1</guid><title>OVH</title>'
        f"<pubDate>{printed}</pubDate></item></channel></rss>"
    )
    moment = datetime.datetime.fromtimestamp(calendar.timegm(feed.entries[0].published_parsed), datetime.UTC)
    print(f"{printed:32} -> {moment:%Y-%m-%dT%H:%M:%S} UTC, bozo {feed.bozo}")
    assert f"{moment:%Y-%m-%dT%H:%M:%S}" == result, printed
    assert not feed.bozo
PY
