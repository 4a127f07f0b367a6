"""The JSON API under /api/v1: the shapes of the command line, read by anybody, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from starlette.responses import JSONResponse, Response, StreamingResponse

from state.model import Provider, day_of
from state.seen.rows import overview
from state.seen.who import registered, spellings
from state.words.labels import LABELS, TOGETHER, label_word, single
from watcher.ask.day import past
from watcher.ask.find.found import find
from watcher.ask.history import newest
from watcher.ask.holders import holders_of
from watcher.ask.profile import Profile, documents_of
from watcher.ask.standing import together
from watcher.ask.standing.curve import curve
from watcher.ask.standing.papers import with_papers
from watcher.ask.standing.race import USUAL, race
from watcher.ask.views import bodies, hits
from watcher.ask.views import events as views
from watcher.ask.views.form import each_json, filled, json_of
from watcher.ask.views.held import row_view
from watcher.ask.views.past import Was, past_view
from watcher.ask.views.standings import source_view, standing_view
from watcher.ask.watch.label_state import conditions, read_labels, sighted, unread_labels
from watcher.ask.watch.watched import MOST_LOOKS, health
from watcher.errors import BadQuestion, NotFound
from watcher.said.condition import stored_text
from watcher.said.past import sentence
from watcher.web.asked.filter import events_of, filter_asked
from watcher.web.asked.searched import searched
from watcher.web.asked.site import Show, Visit
from watcher.web.edge.language import address

Ask = Callable[[Visit], object]
"""What answers an address: its docstring and what it returns stand in the OpenAPI document."""

PAGE = 100
AT_ONCE = 200
"""Rows of a label that are written at one time; a list of no more is one answer."""
FORM = 1
"""Rises with the form of what is written so, for nobody to keep an older form of the same rows."""
NO_ROWS = '"attestations":[]'
MOST = 500
MOST_ROWS = 1_500
"""Rows of a provider that its own address gives; where there are more, it says where all are."""
EVENTS = 50
"""Events of a provider that its own address gives; where there are more, it says where the rest is."""


def answering(ask: Ask) -> Show:
    """What is asked, as JSON; a condition that is named and left empty is a mistake, but words."""

    def show(visit: Visit) -> Response:
        visit.parts.require_said()
        found = ask(visit)
        if isinstance(found, bodies.Holders) and len(found.attestations) > AT_ONCE:
            return _in_parts(visit, found)
        return JSONResponse(json_of(found))

    return show


def _in_parts(visit: Visit, found: bodies.Holders) -> Response:
    """A long list as JSON, some rows at a time."""
    text = bytes(JSONResponse(json_of(replace(found, attestations=()))).body).decode()
    head, tail = text.split(NO_ROWS, 1)  # no text of the answer can hold it: quotes within are escaped
    parts, headers = _parts(head, found.attestations, tail), {"ETag": visit.tag(FORM, text)}
    return StreamingResponse(parts, media_type="application/json", headers=headers)


def _parts(head: str, rows: Sequence[object], tail: str) -> Iterator[bytes]:
    for start in range(0, len(rows), AT_ONCE):
        part = bytes(JSONResponse(each_json(rows[start : start + AT_ONCE])).body)[1:-1]
        before = f"{head}{NO_ROWS[:-1]}" if start == 0 else ","
        yield before.encode() + part
    yield f"]{tail}".encode()


def show_search(visit: Visit) -> hits.Search:
    """What has all words of a text: providers first, then services, decisions, labels and events; a few of
    each, or those `in` one group, page by page."""
    asked = searched(visit, _size(visit))
    found = find(visit.archive, asked.q, asked.window)
    return hits.search_view(
        found, address("/api/v1/search", after) if (after := asked.after(found)) else None
    )


def show_events(visit: Visit) -> bodies.Events:
    """Events that meet a filter, newest first; `next` is the address of the next page."""
    size = _size(visit)
    wanted = filter_asked(visit)
    found = events_of(visit, wanted, size + 1)
    following = wanted.older_than(found[size - 1].id).query() if len(found) > size else None
    return bodies.Events(
        events=views.event_views(found[:size], visit.retracted),
        next=address("/api/v1/events", {**following, "limit": size}) if following else None,
    )


def show_event(visit: Visit) -> views.Event:
    """One event."""
    event = visit.event()
    return views.event_view(event, visit.retracted.get(event.id))


def show_attestations(visit: Visit) -> bodies.Attestations:
    """Rows that stand now, candidates and archived ones too, newest first; `next` leads to the next page."""
    size = _size(visit)
    named, labels = visit.parts.text("provider"), visit.parts.labels()
    provider = visit.provider(named).slug if named else ""
    before, skip = visit.parts.number("before"), visit.parts.number("cursor")
    rows = overview.standing(
        visit.store,
        labels=labels or None,
        providers=[provider] if provider else None,
        sources=_sources_in(visit),
        status="any",
        # Who follows an address of before goes on in its order, in which a row may slip from page to page.
        order="newest" if skip is None else "name",
        before=before,
        skip=skip or 0,
        limit=size + 1,
    )
    country = visit.parts.country().lower()
    query: dict[str, object] = {"label": label_word(visit.parts.text("label")), "provider": provider}
    query |= {"country": country, "limit": size}
    if skip is None:
        query["before"] = rows[size - 1].known.row if len(rows) > size else None
    else:
        query |= {"before": before, "cursor": skip + size}
    return bodies.Attestations(
        attestations=tuple(row_view(row) for row in rows[:size]),
        next=address("/api/v1/attestations", query) if len(rows) > size else None,
    )


def _sources_in(visit: Visit) -> Sequence[str] | None:
    """The sources that read the list of the state in the address; None where it names none."""
    country = visit.parts.country()
    return registered.sources_of(visit.store, [country] if country else ())


def _size(visit: Visit) -> int:
    return visit.parts.number("limit", most=MOST) or PAGE


def show_labels(visit: Visit) -> bodies.Labels:
    """Every label, and how many hold it; and how many hold those that people ask for together."""
    tallies, read = overview.tallies(visit.store), read_labels(visit.store)
    known = (tallies.get(label) or overview.Tally(label=label, providers=0, rows=0) for label in LABELS)
    return bodies.Labels(
        labels=tuple(
            filled(bodies.Tally, one, attestations=one.rows, read=one.label in (*tallies, *read))
            for one in known
        ),
        together=tuple(
            bodies.tally_together(together.holders(visit.archive, slug), read) for slug in TOGETHER
        ),
    )


def show_label(visit: Visit) -> bodies.Holders:
    """Who holds a label, now or on a day; of labels together, who has all, and how many have but one."""
    label, today = visit.label(), day_of(visit.archive.now)
    on = visit.parts.day("on")
    if label in TOGETHER:
        return _together(visit, label, on)
    sources = _sources_in(visit)
    seen = sighted(visit.archive, label, conditions(visit.archive))
    found = holders_of(visit.archive, [label], on, sources)
    if sources is None:  # a document is of no state's list
        found = with_papers(visit.archive, found, [label], on)
    else:
        seen = tuple(one for one in seen if one.source in sources)
    return bodies.holders_view(label, on or today, found, seen)


def show_curve(visit: Visit) -> bodies.LabelCurve:
    """How many held a label over time: counted in readings; apart, by documents, and as others reported."""
    label = visit.label()
    if label in TOGETHER:
        raise NotFound(label, *TOGETHER[label].labels)
    return bodies.curve_view(curve(visit.archive, label))


def _together(visit: Visit, label: str, on: date | None) -> bodies.Holders:
    known, found = conditions(visit.archive), together.holders(visit.archive, label, on)
    seen = [one for each in single([label]) for one in sighted(visit.archive, each, known)]
    return bodies.together_view(found, on or day_of(visit.archive.now), seen)


def show_providers(visit: Visit) -> bodies.Providers:
    """Every provider that holds a label now."""
    entries = (
        filled(bodies.Entry, one.provider, labels=tuple(sorted(one.labels)), attestations=one.rows)
        for one in overview.entries(visit.store)
    )
    return bodies.Providers(providers=tuple(entries))


def show_provider(visit: Visit) -> views.Profile:
    """A provider: its rows now, its newest events."""
    provider = visit.provider()
    slug, store = provider.slug, visit.store
    rows = overview.standing(store, providers=[slug], status="any", limit=MOST_ROWS + 1)
    events = newest(store, EVENTS + 1, who=slug)
    names = (*visit.archive.providers.aliases(slug), *spellings.holders(store, slug))
    profile = Profile(
        provider=provider,
        aliases=tuple(dict.fromkeys(names)),
        rows=rows[:MOST_ROWS],
        events=events[:EVENTS],
        retracted=visit.retracted,
        documents=documents_of(store, slug),
    )
    return replace(
        views.profile_view(profile, unread_labels(visit.archive)),
        all_attestations=_rest("attestations", slug) if len(rows) > MOST_ROWS else "",
        more_events=_rest("events", slug, before=events[EVENTS - 1].id) if len(events) > EVENTS else "",
    )


def _rest(what: str, provider: str, **where: int) -> str:
    return address(f"/api/v1/{what}", {"provider": provider, **where})


def show_race(visit: Visit) -> bodies.Race:
    """Where providers stand with labels."""
    return bodies.Race(standings=tuple(map(standing_view, race(visit.archive, followed(visit)))))


def followed(visit: Visit) -> list[Provider]:
    """The providers that an address names, each once; those that everybody asks for where it names none."""
    named = visit.parts.getlist("provider") or list(USUAL)
    if len(named) > 20:
        raise BadQuestion("provider", str(len(named)), "providers", most=20)
    return list(dict.fromkeys(visit.provider(name) for name in named))


def show_was(visit: Visit) -> Was:
    """Whether a provider had a label on a day: yes, no or unknown; `sentence` in the language asked for."""
    label, day = visit.label(), visit.day()
    answer = past(visit.archive, visit.provider(), label, day)
    to = None if visit.lang == "en" else visit.to
    return past_view(answer, sentence(answer, to))


def show_sources(visit: Visit) -> bodies.Sources:
    """How well each source is watched."""
    found = health(visit.archive, MOST_LOOKS)
    return bodies.Sources(sources=tuple(source_view(one, stored_text(one)) for one in found))
