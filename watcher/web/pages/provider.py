"""A provider's page: what it holds, what happened, its services, how it is printed, where decisions are."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from state.seen import overview, spellings
from state.words.labels import rank_of
from watcher.ask.days import by_day, newest
from watcher.ask.label_state import unread_labels
from watcher.web.asked.named import provider_asked
from watcher.web.pages.timeline import Timeline, picture

if TYPE_CHECKING:
    from state.model import Provider, Version
    from watcher.web.asked.site import Screen, Visit

MOST_ROWS = 150
MOST_EVENTS = 50


def show_provider(visit: Visit) -> Screen:
    """All that is known of a provider."""
    provider = provider_asked(visit)
    rows = overview.standing(visit.store, providers=[provider.slug], status="any", limit=MOST_ROWS + 1)
    held = [row for row in rows if row.known.attestation.stands]
    sure = {row.known.attestation.label for row in held if row.known.missing_since is None}
    events = newest(visit.store, MOST_EVENTS, who=provider.slug)
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
        picture=_picture(visit, provider.slug),
    )


def _picture(visit: Visit, slug: str) -> Timeline | None:
    """The timeline, which is made of every version of the provider's rows."""
    today = visit.today
    return visit.archive.once(("timeline", slug, today), lambda: picture(visit.store, slug, today))


def _awaits(row: Version) -> bool:
    return row.known.attestation.status == "candidate"


def _by_label(rows: list[Version]) -> list[tuple[str, list[Version]]]:
    rows = sorted(rows, key=lambda row: (rank_of(row.known.attestation.label), row.known.attestation.label))
    return [(label, list(own)) for label, own in groupby(rows, key=lambda row: row.known.attestation.label)]


def _names(visit: Visit, provider: Provider) -> list[str]:
    printed = spellings.holders(visit.store, provider.slug)
    return list(dict.fromkeys((*printed, *visit.archive.providers.aliases(provider.slug))))
