"""What is asked of the two memories, by the name of its snapshot; `test_words.py` misses nothing."""

from __future__ import annotations

from contracts.worlds import AFTER, BEFORE, HOSTS

QUESTIONS = {
    "history": "history",
    "history-of-a-label-with-an-event-taken-back": "history --label pvid",
    "history-of-a-provider-since-a-day": "history --provider s3ns --since 2026-01-01",
    "history-of-a-source": "history --source anssi-pending",
    "listing": "listing secnumcloud",
    "listing-on-a-day": "listing secnumcloud --on 2026-01-15",
    "listing-with-a-removal-that-waits": "listing hds",
    "was-yes": "was s3ns secnumcloud 2026-01-15",
    "was-no": "was amossys passi 2026-03-05",
    "was-unknown-after-the-printed-end": "was amossys passi 2026-03-06",
    "was-unknown": "was bleu secnumcloud 2025-01-01",
    "was-a-day-to-come": "was s3ns secnumcloud 2028-01-01",
    "was-a-family": "was certeurope eidas 2024-01-01",
    "was-on-no-list": "was nobody hds 2026-11-23",
    "provider": "provider s3ns",
    "provider-on-no-list": "provider nobody",
    "find": "find s3ns",
    "find-a-decision": "find décision n° 2057 de 2025",
    "find-a-candidate": "find bleu sas",
    "find-a-label": "find hds",
    "find-nothing": "find nunspot",
    "race": "race",
    "race-of-some": "race bleu wimi",
    "sources": "sources",
    "compare": "compare 2026-03-03 2026-03-04 --source anssi-catalogue",
    "history-newest": "history --limit 2",
    "subscriptions": "subscriptions",
    "subscriptions-of-a-channel": "subscriptions --channel C0123ABCD",
    "alias-list": "alias list",
    "runs-on-list": "runs-on list",
}
"""Commands that ask; all of them also answer CSV."""
API = {
    "attestations": "/api/v1/attestations?limit=3",
    "attestations-of-a-label": "/api/v1/attestations?label=secnumcloud",
    "attestations-of-a-provider": "/api/v1/attestations?provider=s3ns",
    "events": "/api/v1/events?limit=3",
    "events-of-all-causes": "/api/v1/events?all=1&source=tl-fr&limit=2",
    "events-of-a-filter": "/api/v1/events?label=pvid&kind=lost",
    "labels": "/api/v1/labels",
    "label": "/api/v1/labels/secnumcloud",
    "label-with-a-removal-that-waits": "/api/v1/labels/hds",
    "curve": "/api/v1/labels/hds/curve",
    "label-on-a-day": "/api/v1/labels/secnumcloud?on=2026-01-15",
    "providers": "/api/v1/providers",
    "provider": "/api/v1/providers/s3ns",
    "search": "/api/v1/search?q=s3ns",
    "search-of-one-group": "/api/v1/search?q=thales&in=providers&limit=2",
    "search-for-nothing": "/api/v1/search?q=nunspot",
    "race": "/api/v1/race",
    "race-of-some": "/api/v1/race?provider=bleu&provider=wimi",
    "was": "/api/v1/was/s3ns/secnumcloud/2026-01-15",
    "was-of-a-day-to-come": "/api/v1/was/s3ns/secnumcloud/2028-01-01",
    "sources": "/api/v1/sources",
    "whole-history": "/history.json?label=secnumcloud",
    "healthz": "/healthz",
    "readyz": "/readyz",
}
"""Addresses that answer JSON."""
PROBLEMS = (
    "/api/v1/events?label=nothing", "/api/v1/events?since=yesterday", "/api/v1/events?limit=0",
    "/api/v1/events?label=", "/api/v1/events?before=x", "/api/v1/attestations?label=nothing",
    "/api/v1/events/999999", "/api/v1/events/999999/evidence", "/api/v1/labels/nothing",
    "/api/v1/labels/hds?on=2026-02-30", "/api/v1/providers/outscal", "/api/v1/race?provider=outscal",
    "/api/v1/was/s3ns/secnumcloud/yesterday", "/api/v1/was/s3ns/nothing/2026-01-01", "/api/v1/nowhere",
    "/api/v1/scrapes", "/api/v1/search?q=s3ns&in=everything", "/api/v1/search?q=s3ns&from=0",
)  # fmt: skip
"""Addresses that answer a problem."""
FEEDS = {
    "all": "/feed.atom",
    "label": "/labels/pvid/feed.atom",
    "label-in-english": "/labels/pvid/feed.atom?lang=en",
    "provider": "/providers/s3ns/feed.atom",
    "search": "/history.atom?kind=lost&label=passi&lang=en",
    "ends": "/expiries.atom",
    "ends-of-a-label": "/labels/passi/expiries.atom",
    "ends-of-a-provider": "/providers/devoteam/expiries.atom",
    "editions": "/editions.atom",
}
CALENDARS = {
    "all": "/expiries.ics",
    "label": "/labels/secnumcloud/expiries.ics",
    "label-in-english": "/labels/secnumcloud/expiries.ics?lang=en",
    "provider": "/providers/outscale/expiries.ics",
}
WIMI = "8"
"""The number of the event in which Wimi is first among the candidates."""
HELD = "3"
"""The run whose removals wait to be believed."""
ACTS = {
    "alias-list": "alias list",
    "approve": f"approve {HELD} --reason seen",
    "doctor": "doctor anssi-pending",
    "doctor-of-a-saved-page": f"doctor anssi-pending {AFTER}",
    "doctor-of-hosts": f"doctor ans-hds {HOSTS}",
    "doctor-slack": "doctor slack",
    "documents-list": "documents list",
    "import": f"import anssi-pending {BEFORE}",
    "read": f"read anssi-pending {AFTER}",
    "redeliver": "redeliver siem --since 2026-01-01",
    "replay": "replay",
    "runs-on-list": "runs-on list",
    "scrape": "scrape anssi-pending",
    "scrape-dry-run": "scrape anssi-pending --dry-run",
    "subscribe": "subscribe secnumcloud lost low bleu --channel C0123ABCD",
    "subscriptions": "subscriptions",
    "sources": "sources",
    "was-by-a-document": "was ancien-hebergeur hds 2010-06-01",
    "why": f"why {WIMI}",
}
"""Commands that act or look, each on a memory as it was before."""
