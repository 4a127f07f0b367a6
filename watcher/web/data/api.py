"""The JSON API under /api/v1: the shapes of the command line, read by anybody, page by page."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import QueryParams
from starlette.responses import JSONResponse, Response

from state.codec import instant_text, maybe_instant_text, provider_json
from state.model import day_of
from state.seen import log, overview
from state.words.labels import LABELS
from watcher.ask.answers import Edition, Health, Profile, holders, past
from watcher.ask.label_state import Sighted, conditions, read_labels, sighted, unread_labels
from watcher.ask.race import USUAL, race
from watcher.ask.shapes import (
    events_json,
    holding_json,
    past_json,
    profile_json,
    row_json,
    source_json,
    standing_json,
)
from watcher.errors import BadQuestion
from watcher.said.condition import stored_text
from watcher.said.past import sentence
from watcher.web.asked.filter import (
    MEANT,
    day_named,
    events_of,
    filter_asked,
    number_named,
    slug_of,
    text_named,
)
from watcher.web.asked.named import day_asked, event_asked, label_asked, provider_asked, provider_named
from watcher.web.asked.site import Show, Visit
from watcher.web.data.openapi import DOCUMENT
from watcher.web.edge.language import address
from watcher.web.pages.sources import card

PAGE = 100
CONDITIONS = ("label", "kind", "source", "since", "until", "all", "before", "limit", "cursor", "on")
MOST = 500
MOST_ROWS = 1_500
"""Rows of a provider that its own address gives."""
EVENTS = 200
"""Events of a provider that its own address gives; `/events?provider=` gives all, page by page."""


def strictly(show: Show) -> Show:
    """The same for programs: a condition that is named and left empty is a mistake; forms send such ones."""

    def strict(visit: Visit) -> Response:
        for name, value in visit.request.query_params.multi_items():
            if not value and name in CONDITIONS:
                raise BadQuestion(name, "", "value")
        return show(visit)

    return strict


def show_document(visit: Visit) -> Response:
    """The OpenAPI document."""
    return JSONResponse(DOCUMENT)


def show_events(visit: Visit) -> Response:
    """The events of a filter, newest first, one page."""
    size = _size(visit)
    wanted = filter_asked(visit)
    found = events_of(visit, wanted, size + 1)
    following = wanted.older_than(found[size - 1].id).query() if len(found) > size else None
    return JSONResponse(
        {
            "events": events_json(found[:size], visit.retracted),
            "next": address("/api/v1/events", {**following, "limit": size}) if following else None,
        }
    )


def show_event(visit: Visit) -> Response:
    """One event."""
    return JSONResponse(events_json([event_asked(visit)], visit.retracted)[0])


def show_attestations(visit: Visit) -> Response:
    """The rows that stand now, of a label or a provider or all, one page."""
    asked, size = visit.request.query_params, _size(visit)
    label, slug = _label(asked), slug_of(visit, text_named(asked, "provider"))
    skip = number_named(asked, "cursor", most=1_000_000) or 0
    rows = overview.standing(
        visit.store,
        label=label or None,
        providers=[slug] if slug else None,
        status="any",
        skip=skip,
        limit=size + 1,
    )
    query = {"label": label, "provider": slug, "limit": size, "cursor": skip + size}
    return JSONResponse(
        {
            "attestations": [row_json(row) for row in rows[:size]],
            "next": address("/api/v1/attestations", query) if len(rows) > size else None,
        }
    )


def _label(asked: QueryParams) -> str:
    label = asked.get("label", "")  # absent: all
    if label and label not in LABELS:
        raise BadQuestion("label", label[:40], "one_of", known=", ".join(LABELS))
    return label


def _size(visit: Visit) -> int:
    return number_named(visit.request.query_params, "limit", most=MOST) or PAGE


def show_labels(visit: Visit) -> Response:
    """Every label, how many hold it, and whether anybody can know."""
    tallies, read = overview.tallies(visit.store), read_labels(visit.store)
    return JSONResponse(
        {
            "labels": [
                {
                    "label": label,
                    "providers": tallies[label].providers if label in tallies else 0,
                    "attestations": tallies[label].rows if label in tallies else 0,
                    "read": label in tallies or label in read,
                }
                for label in LABELS
            ]
        }
    )


def show_label(visit: Visit) -> Response:
    """Who holds a label, now or on a day, and by which editions."""
    label, today = label_asked(visit), day_of(visit.archive.now)
    on = day_named(visit.request.query_params, "on")
    held = holders(visit.archive, [label], on)
    return JSONResponse(
        {
            "label": label,
            "on": (on or today).isoformat(),
            "editions": [_edition(one) for one in held.editions],
            "sources": [_sighted(one) for one in sighted(visit.archive, label, conditions(visit.archive))],
            "attestations": [holding_json(row, told) for row, told in held.listed],
        }
    )


def _sighted(one: Sighted) -> dict[str, Any]:
    return {"source": one.source, "state": one.condition.state.value, "missing": one.missing}


def _edition(edition: Edition) -> dict[str, Any]:
    return {
        "source": edition.source,
        "seen_at": instant_text(edition.at),
        "edition_at": maybe_instant_text(edition.edition_at),
        "fresh": edition.fresh,
    }


def show_providers(visit: Visit) -> Response:
    """Every provider that holds a label now."""
    return JSONResponse(
        {
            "providers": [
                {**provider_json(one.provider), "labels": sorted(one.labels), "attestations": one.rows}
                for one in overview.entries(visit.store)
            ]
        }
    )


def show_provider(visit: Visit) -> Response:
    """What is known of a provider: its rows now and its newest events."""
    provider = provider_asked(visit)
    slug = provider.slug
    profile = Profile(
        provider=provider,
        aliases=tuple(
            dict.fromkeys(
                (*visit.archive.providers.aliases(slug), *overview.holders_printed(visit.store, slug))
            )
        ),
        rows=overview.standing(visit.store, providers=[slug], status="any", limit=MOST_ROWS),
        events=log.events(visit.store, who=slug, causes=MEANT, limit=EVENTS, newest_first=True),
        retracted=visit.retracted,
    )
    return JSONResponse(profile_json(profile, unread_labels(visit.archive)))


def show_race(visit: Visit) -> Response:
    """Who is ahead: the usual providers, or those named by `provider`."""
    named = visit.request.query_params.getlist("provider") or list(USUAL)
    if len(named) > 20:
        raise BadQuestion("provider", str(len(named)), "providers", most=20)
    followed = list(dict.fromkeys(provider_named(visit, name) for name in named))
    return JSONResponse({"standings": [standing_json(one) for one in race(visit.archive, followed)]})


def show_was(visit: Visit) -> Response:
    """Whether a provider had a label on a day."""
    answer = past(visit.archive, provider_asked(visit), label_asked(visit), day_asked(visit))
    return JSONResponse(past_json(answer, sentence(answer)))


def show_sources(visit: Visit) -> Response:
    """How well each source is watched."""
    found: list[Health] = [card(visit, name).health for name in visit.archive.sources]
    return JSONResponse({"sources": [source_json(one, stored_text(one)) for one in found]})
