"""The JSON API under /api/v1: the shapes of the command line, read by anybody, page by page."""

from __future__ import annotations

from starlette.datastructures import QueryParams
from starlette.responses import JSONResponse, Response

from state.model import day_of
from state.seen import overview
from state.words.labels import LABELS
from watcher.ask.answers import Profile, holders, past
from watcher.ask.days import newest
from watcher.ask.label_state import conditions, read_labels, sighted, unread_labels
from watcher.ask.race import USUAL, race
from watcher.ask.views import bodies
from watcher.ask.views.events import event_view, event_views, profile_view
from watcher.ask.views.form import filled, json_of
from watcher.ask.views.past import past_view
from watcher.ask.views.rows import row_view
from watcher.ask.views.standings import source_view, standing_view
from watcher.ask.watched import MOST_LOOKS, health
from watcher.errors import BadQuestion
from watcher.said.condition import stored_text
from watcher.said.past import sentence
from watcher.said.told import hearer
from watcher.web.asked.filter import (
    day_named,
    events_of,
    filter_asked,
    number_named,
    slug_of,
    text_named,
)
from watcher.web.asked.named import day_asked, event_asked, label_asked, provider_asked, provider_named
from watcher.web.asked.site import Screen, Show, Visit
from watcher.web.data.openapi import document
from watcher.web.edge.language import address

PAGE = 100
CONDITIONS = ("label", "kind", "source", "since", "until", "all", "before", "limit", "cursor", "on")
MOST = 500
MOST_ROWS = 1_500
"""Rows of a provider that its own address gives."""
EVENTS = 200
"""Events of a provider that its own address gives; `/events?provider=` gives all, page by page."""


def strictly(show: Show) -> Show:
    """The same for programs: a condition that is named and left empty is a mistake; forms send such ones."""

    def strict(visit: Visit) -> Response | Screen:
        for name, value in visit.request.query_params.multi_items():
            if not value and name in CONDITIONS:
                raise BadQuestion(name, "", "value")
        return show(visit)

    return strict


def _answer(view: object) -> Response:
    return JSONResponse(json_of(view))


def show_document(visit: Visit) -> Response:
    """The OpenAPI document."""
    return JSONResponse(document())


def show_events(visit: Visit) -> Response:
    """The events of a filter, newest first, one page."""
    size = _size(visit)
    wanted = filter_asked(visit)
    found = events_of(visit, wanted, size + 1)
    following = wanted.older_than(found[size - 1].id).query() if len(found) > size else None
    return _answer(
        bodies.Events(
            events=event_views(found[:size], visit.retracted),
            next=address("/api/v1/events", {**following, "limit": size}) if following else None,
        )
    )


def show_event(visit: Visit) -> Response:
    """One event."""
    event = event_asked(visit)
    return _answer(event_view(event, visit.retracted.get(event.id)))


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
    following = address("/api/v1/attestations", query) if len(rows) > size else None
    shown = tuple(row_view(row) for row in rows[:size])
    return _answer(bodies.Attestations(attestations=shown, next=following))


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
    known = (tallies.get(label) or overview.Tally(label=label, providers=0, rows=0) for label in LABELS)
    return _answer(
        bodies.Labels(
            labels=tuple(
                filled(bodies.Tally, one, attestations=one.rows, read=one.label in (*tallies, *read))
                for one in known
            )
        )
    )


def show_label(visit: Visit) -> Response:
    """Who holds a label, now or on a day, and by which editions."""
    label, today = label_asked(visit), day_of(visit.archive.now)
    on = day_named(visit.request.query_params, "on")
    seen = sighted(visit.archive, label, conditions(visit.archive))
    return _answer(bodies.holders_view(label, on or today, holders(visit.archive, [label], on), seen))


def show_providers(visit: Visit) -> Response:
    """Every provider that holds a label now."""
    entries = (
        filled(bodies.Entry, one.provider, labels=tuple(sorted(one.labels)), attestations=one.rows)
        for one in overview.entries(visit.store)
    )
    return _answer(bodies.Providers(providers=tuple(entries)))


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
        events=newest(visit.store, EVENTS, who=slug),
        retracted=visit.retracted,
    )
    return _answer(profile_view(profile, unread_labels(visit.archive)))


def show_race(visit: Visit) -> Response:
    """Who is ahead: the usual providers, or those named by `provider`."""
    named = visit.request.query_params.getlist("provider") or list(USUAL)
    if len(named) > 20:
        raise BadQuestion("provider", str(len(named)), "providers", most=20)
    followed = list(dict.fromkeys(provider_named(visit, name) for name in named))
    return _answer(bodies.Race(standings=tuple(map(standing_view, race(visit.archive, followed)))))


def show_was(visit: Visit) -> Response:
    """Whether a provider had a label on a day; the sentence is in the language asked for."""
    answer = past(visit.archive, provider_asked(visit), label_asked(visit), day_asked(visit))
    to = None if visit.lang == "en" else hearer(visit.lang)
    return _answer(past_view(answer, sentence(answer, to)))


def show_sources(visit: Visit) -> Response:
    """How well each source is watched."""
    found = health(visit.archive, MOST_LOOKS)
    return _answer(bodies.Sources(sources=tuple(source_view(one, stored_text(one)) for one in found)))
