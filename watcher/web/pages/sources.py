"""The page of sources: what is read, how lately, how completely, and how gently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.triggers.cron import CronTrigger
from starlette.exceptions import HTTPException
from starlette.responses import Response

from state.seen.rows import overview
from watcher.ask.watch.blindness import blind, lately
from watcher.ask.watch.watched import MOST_LOOKS, health_of, last_looks
from watcher.look.slots import trigger_of
from watcher.prove.signature import Signer, signer_of
from watcher.said.drawn.bundle import size_and_time

if TYPE_CHECKING:
    from scrapers.source import Source
    from watcher.web.asked.site import Screen, Visit

SPANS = (
    (1, "page.a_day"),
    (7, "page.a_week"),
    (366, "page.a_year"),
)
"""Days to count looks over, and the key of the words for so many of them."""
MOST_PLANNED = 24 * 60
MOST_ABSENT = 40
EVERY_DAY = ("*", "mon-sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often a source is looked at: the key of the words for it, and the next planned look, if any."""

    looks: int
    key: str
    following: datetime | None


def show_sources(visit: Visit) -> Screen:
    bundle = visit.site.app.bundle
    return visit.screen(
        "sources.html",
        cards=[_card(visit, name) for name in visit.archive.sources],
        signer=_signer(visit),
        most=MOST_ABSENT,
        bundle=bundle is not None and size_and_time(bundle) is not None,
    )


def show_key(visit: Visit) -> Response:
    """The public key that checks signed proofs, as `openssl` reads it; 404 where none are signed."""
    signer = _signer(visit)
    if signer is None:
        raise HTTPException(404)
    headers = {"Content-Disposition": 'attachment; filename="public-key.pem"'}
    return Response(signer.pem, media_type="application/x-pem-file", headers=headers)


def _signer(visit: Visit) -> Signer | None:
    return signer_of(visit.site.app.settings.signing_secret)


def _card(visit: Visit, name: str) -> Mapping[str, object]:
    """One source, by its last looks."""
    source = visit.archive.sources[name]
    looks = last_looks(visit.archive, name, MOST_LOOKS)
    gaps = blind(visit.archive, name, looks)
    return {
        "health": health_of(visit.archive, source, looks),
        "gaps": gaps[::-1],
        "lately": lately(visit.archive.now, looks, gaps),
        "absent": overview.absent(visit.store, name, MOST_ABSENT + 1),
        "pace": visit.site.app.settings_of(name).pace,
        "rhythm": rhythm(source, visit.archive.now),
    }


def rhythm(source: Source, now: datetime) -> Rhythm:
    """How often a source is looked at: counted over a day where all days are alike, else over the shortest of
    week and year that has a look."""
    trigger = trigger_of(source)
    daily = all(field in EVERY_DAY for field in source.every.split()[2:])
    first = trigger.get_next_fire_time(None, now)
    spans = SPANS if daily else SPANS[1:]
    counted = ((_planned(trigger, first, now + timedelta(days=days)), key) for days, key in spans)
    looks, key = next((found for found in counted if found[0]), (0, spans[-1][1]))
    return Rhythm(looks=looks, key=key, following=first)


def _planned(trigger: CronTrigger, following: datetime | None, end: datetime) -> int:
    """How many looks are planned before `end`, as far as anybody counts."""
    looks = 0
    while following is not None and following < end and looks < MOST_PLANNED:
        looks += 1
        following = trigger.get_next_fire_time(following, following)
    return looks
