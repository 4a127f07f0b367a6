"""A provider's page: what it holds, what happened, its services, how it is printed, where decisions are."""

from __future__ import annotations

from itertools import groupby

from state.model import Provider, Version, day_of
from state.seen import glance, life, log, overview
from state.words.labels import rank_of
from watcher.ask.days import TOLD, by_day
from watcher.ask.label_state import unread_labels
from watcher.web.asked.named import provider_asked
from watcher.web.asked.site import Screen, Visit
from watcher.web.pages.timeline import timeline

MOST_ROWS = 150
MOST_EVENTS = 50
MOST_MARKS = 300


def show_providers(visit: Visit) -> Screen:
    """All providers that hold a label now, by name."""
    entries = overview.entries(visit.store)
    letters = [(letter, list(own)) for letter, own in groupby(entries, key=_initial)]
    return visit.screen("providers.html", letters=letters, total=len(entries))


def _initial(entry: overview.Entry) -> str:
    first = entry.provider.name[:1].upper()
    return first if first.isalpha() else "#"


def show_provider(visit: Visit) -> Screen:
    """All that is known of a provider."""
    provider = provider_asked(visit)
    rows = overview.standing(visit.store, providers=[provider.slug], status="any", limit=MOST_ROWS + 1)
    held = [row for row in rows if row.known.attestation.stands]
    sure = {row.known.attestation.label for row in held if row.known.missing_since is None}
    events = log.events(visit.store, who=provider.slug, causes=TOLD, limit=MOST_EVENTS, newest_first=True)
    lives = life.lives(visit.store, provider=provider.slug)
    spoken = {(life.label, life.source) for life in lives}
    return visit.screen(
        "provider.html",
        provider=provider,
        groups=_by_label(held[:MOST_ROWS]),
        sure=sure,
        aside=[row for row in rows if not row.known.attestation.stands and not _awaits(row)][:MOST_ROWS],
        waiting=[row for row in rows if _awaits(row)],
        cut=MOST_ROWS if len(rows) > MOST_ROWS else 0,
        days=by_day(events),
        unread=unread_labels(visit.archive),
        more=len(events) == MOST_EVENTS,
        names=_names(visit, provider),
        picture=timeline(
            lives,
            glance.marks(visit.store, provider.slug, TOLD, MOST_MARKS),
            visit.today,
            {one: day_of(life.first_read(visit.store, *one)) for one in spoken},
        ),
    )


def _awaits(row: Version) -> bool:
    return row.known.attestation.status == "candidate"


def _by_label(rows: list[Version]) -> list[tuple[str, list[Version]]]:
    rows = sorted(rows, key=lambda row: (rank_of(row.known.attestation.label), row.known.attestation.label))
    return [(label, list(own)) for label, own in groupby(rows, key=lambda row: row.known.attestation.label)]


def _names(visit: Visit, provider: Provider) -> list[str]:
    printed = overview.holders_printed(visit.store, provider.slug)
    return list(dict.fromkeys((*printed, *visit.archive.providers.aliases(provider.slug))))
