"""Atom feeds (RFC 4287): everything, a provider, a label, a search; each goes on in older ones (RFC 5005)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.responses import Response

from notifiers.said import named
from notifiers.said.reasons import said as reason_said
from notifiers.said.voice import clean, clip, voice
from notifiers.said.wording import sentence, title
from state.codec import instant_text
from state.model import Kind, day_of
from state.noted.footings import footings
from state.seen.events import log
from state.seen.looks import chain, runs
from state.words.labels import TOGETHER, single
from watcher.ask.news.bulletin import Bulletin, TakenBack, bulletin
from watcher.ask.news.joined import Joined, joined
from watcher.ask.news.looks import ENDS, NEWS
from watcher.ask.standing.together import lines_of_holders
from watcher.said.news.looks import brought_text, edition_name, line_text
from watcher.web.asked import editions
from watcher.web.asked.filter import Filter, asked_of, filter_asked
from watcher.web.edge.language import address, same_address

if TYPE_CHECKING:
    from datetime import datetime

    from notifiers.said.voice import Voice
    from state.model import Event
    from state.seen.editions import Edition
    from state.words.post import Retraction
    from watcher.ask.news.looks import Look
    from watcher.web.asked.site import Visit

NEVER = "2026-01-01T00:00:00Z"
"""When a feed changed that has no entry."""
LINES = 12
"""Lines of an edition in its entry; its page has more, and the history all."""
ABOUT = 120
"""How much of a service's name stands in a title."""
ATOM = "http://www.w3.org/2005/Atom"
TYPE = "application/atom+xml"
Told = Mapping[int, Sequence[Joined]]
"""What events were for labels together, by their number."""


def show_all(visit: Visit) -> Response:
    """The feed of everything that registers did; the ends that the calendar brings have one of their own."""
    return _feed(visit, _older(visit), "all", visit.say("page.tagline"), "/", NEWS)


def show_provider(visit: Visit) -> Response:
    """The feed of a provider: all that concerns it, ends too."""
    return _of_provider(visit, None)


def show_label(visit: Visit) -> Response:
    """The feed of what registers did with a label; of labels together, when they came together and parted."""
    label = visit.label()
    return _of_label(visit, label, NEWS, label if label in TOGETHER else "")


def show_ends(visit: Visit) -> Response:
    """The feed of ends that came near, or passed, as the calendar brings them."""
    return _feed(visit, _older(visit), "", "", "/expiries", ENDS)


def show_ends_of_provider(visit: Visit) -> Response:
    return _of_provider(visit, ENDS)


def show_ends_of_label(visit: Visit) -> Response:
    """The feed of the ends of a label; of labels together, of those who hold them."""
    label = visit.label()
    rows = lines_of_holders(visit.archive, label) if label in TOGETHER else None
    return _of_label(visit, label, ENDS, rows=rows)


def _of_provider(visit: Visit, kinds: Sequence[Kind] | None) -> Response:
    provider = visit.provider()
    wanted = replace(_older(visit), provider=provider.slug)
    page = f"/providers/{quote(provider.slug)}"
    return _feed(visit, wanted, f"provider/{provider.slug}", provider.name, page, kinds)


def _of_label(
    visit: Visit, label: str, kinds: Sequence[Kind], together: str = "", rows: Sequence[int] | None = None
) -> Response:
    wanted = replace(_older(visit), label=label, labels=single([label]), together=together)
    name, page = named.label_name(label, visit.lang), f"/labels/{quote(label)}"
    return _feed(visit, wanted, f"label/{label}", name, page, kinds, rows)


def _older(visit: Visit) -> Filter:
    """Everything, or that of one state; or what is older than the feed that led here."""
    return Filter(country=visit.parts.country(), before=visit.parts.number("before"))


def show_search(visit: Visit) -> Response:
    """The feed of a filter of the history: its address is that of the page, ending in `.atom`."""
    wanted = filter_asked(visit)
    query = address("", replace(wanted, before=None).query())
    name = f"{visit.say('page.history')} {wanted.q}".strip()
    return _feed(visit, wanted, f"search{query}", name, f"/history{query}")


def show_editions(visit: Visit) -> Response:
    """A feed of editions: one entry each, however much it brought."""
    source, found, following = editions.listed(visit)
    names = visit.say("page.editions"), source and named.source_title(source, visit.lang)
    brought = [(edition, editions.brought(visit, edition, LINES)) for edition in found]
    feed = Feed(
        visit,
        f"editions/{source}",
        " – ".join(filter(None, names)),
        address("/editions", {"source": source}),
        [look.run.at for _, look in brought if look] + [edition.at for edition in found],
        visit.parts.number("before"),
        following,
    )
    times = Counter(edition_name(edition, visit.lang) for edition in found)
    for edition, look in brought:
        _edition(feed, edition, look, alone=times[edition_name(edition, visit.lang)] == 1)
    return _answer(feed.written())


def _edition(feed: Feed, edition: Edition, whole: Look | None, *, alone: bool) -> None:
    """One edition; one that a later look at it added to is changed since. Where it is not `alone`, several
    readings of a page without a date are of one day: they are told apart by their numbers."""
    visit, say = feed.visit, feed.visit.say
    said = (brought_text(whole, visit.lang) if whole else "") or editions.nothing(visit, edition)
    number = "" if alone else f" ({say('page.edition_look', number=edition.number)})"
    lines = (line_text(line, visit.lang) for line in whole.lines) if whole else ()
    feed.entry(
        f"edition/{edition.source}/{edition.number}",
        f"{edition_name(edition, visit.lang)}{number}{say('phrase.colon')}{said}",
        f"/editions/{edition.source}/{edition.number}",
        say("phrase.semicolon").join(lines) or said,
        published=edition.at,
        updated=whole.run.at if whole else edition.at,
    )


def _feed(
    visit: Visit,
    wanted: Filter,
    thing: str,
    name: str,
    page: str,
    kinds: Sequence[Kind] | None = None,
    rows: Sequence[int] | None = None,
) -> Response:
    """The feed of a filter, of some kinds of events, about some rows."""
    if kinds is ENDS:
        thing = "/".join(filter(None, ("expiries", thing)))
        name = visit.say("phrase.colon").join(filter(None, (visit.say("page.expiries"), name)))
    if wanted.country and not thing.startswith("search"):  # whose address has it already
        name = f"{name}, {named.country_name(wanted.country, visit.lang)}"
        thing, page = f"{thing}/{wanted.country}", address(page, {"country": wanted.country.lower()})
    asked = asked_of(visit.store, wanted)
    asked["kinds"], asked["rows"] = kinds or asked["kinds"], asked["rows"] if rows is None else rows
    # Programs ask again and again, and a page of a feed is hundreds of sentences. Notes are no looks: what
    # follows from them is asked each time, and part of the key.
    own = tuple(asked["numbers"] or ()), tuple(rows or ())
    noted = footings(visit.store) if wanted.together else ()
    key = ("feed", thing, wanted, visit.lang, _asked(visit), frozenset(visit.retracted), own, noted)
    return _answer(visit.archive.once(key, lambda: _written(visit, asked, wanted, thing, name, page)))


def _written(visit: Visit, asked: log.Asked, wanted: Filter, thing: str, name: str, page: str) -> bytes:
    found = bulletin(visit.store, asked, wanted.before)
    events = [event for own in found.looks for event in own]
    told = joined(visit.store, [wanted.together], events) if wanted.together else {}
    times = [event.seen_at for event in events] + [one.at for one in found.taken_back]
    gone = visit.retracted
    times += [gone[event.id].at for event in events if event.id in gone]
    times += [one.gone.at for own in told.values() for one in own if one.gone]
    feed = Feed(visit, thing, name, page, times, wanted.before, found.following)
    _entries(feed, found, told, gone)
    return feed.written()


class Feed:
    """A feed while it is written: what every feed begins with, then an entry after the other. It changed at
    the last of the `times`, and leads on to the rest (RFC 5005): whoever was away for longer than a page
    reaches back finds it there."""

    def __init__(
        self,
        visit: Visit,
        thing: str,
        name: str,
        page: str,
        times: Sequence[datetime],
        before: int | None,
        following: int | None,
    ) -> None:
        self.visit, self._here, self._origin = visit, visit.site.address, chain.origin(visit.store)
        self._top = top = Element("feed", {"xmlns": ATOM, "xml:lang": visit.lang})
        _text(top, "id", self.tag(f"feed/{thing}"))
        _text(top, "title", f"vigilabel – {clean(name)}")
        _text(top, "subtitle", visit.say("page.history_desc"))
        self._link(top, "self", _asked(visit))
        self._link(top, "alternate", page, "text/html")
        _text(SubElement(top, "author"), "name", "vigilabel")
        _text(top, "updated", instant_text(max(times)) if times else NEVER)
        if before is not None:
            self._link(top, "first", same_address(visit.request, before=None))
        if following:
            self._link(top, "next", same_address(visit.request, before=following))

    def tag(self, thing: str) -> str:
        """The stable name of a thing, which is the memory's: it takes it along wherever it is read from, so
        that no entry is another one when the public address is set, or changes."""
        return chain.tag_under(self._origin, thing)

    def entry(
        self, thing: str, title: str, page: str, summary: str, *, published: datetime, updated: datetime
    ) -> Element:
        """One more entry. Feed readers show one again when `updated` moves."""
        entry = SubElement(self._top, "entry")
        _text(entry, "id", self.tag(thing))
        _text(entry, "title", title)
        _text(entry, "updated", instant_text(updated))
        _text(entry, "published", instant_text(published))
        self._link(entry, "alternate", page, "text/html")
        _text(entry, "summary", summary)
        return entry

    def written(self) -> bytes:
        written: bytes = tostring(self._top, encoding="utf-8")
        return b'<?xml version="1.0" encoding="utf-8"?>\n' + written

    def _link(self, parent: Element, rel: str, path: str, type: str = TYPE) -> None:
        SubElement(parent, "link", {"rel": rel, "href": self._here + path, "type": type})


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = clean(text)


def _answer(body: bytes) -> Response:
    return Response(body, media_type=f"{TYPE}; charset=utf-8", headers={"Vary": "Accept-Language"})


def _asked(visit: Visit) -> str:
    url = visit.request.url
    return f"{quote(url.path)}?{url.query}" if url.query else quote(url.path)


def _entries(feed: Feed, found: Bulletin, told: Told, gone: Mapping[int, Retraction]) -> None:
    """The entries, newest look first, what was taken back where its time is; in a look the weightiest
    first."""
    titles = distinct_titles([event for own in found.looks for event in own], feed.visit.lang)
    waiting = list(found.taken_back)
    for own in found.looks:
        while waiting and waiting[0].at >= own[0].seen_at:
            _taken_back(feed, waiting.pop(0))
        for event in own:
            for both in told.get(event.id, ()):
                # Of one provider, be it not the event's own.
                thing = f"together/{both.joint.label}/{event.id}/{both.joint.provider.slug}"
                name = reason_said(both.reason, feed.visit.lang)
                _entry(feed, event, thing, name, gone.get(event.id) or both.gone)
            if event.id not in told:
                _entry(feed, event, f"event/{event.id}", titles[event.id], gone.get(event.id))
    for one in waiting:
        _taken_back(feed, one)


def distinct_titles(events: Sequence[Event], lang: str) -> Mapping[int, str]:
    """A title for each event, which no other of them has: what happened to whom, with which service, by which
    decision, and where that is still the same, its number."""
    ways: tuple[Callable[[Event], str], ...] = (
        lambda event: named.subject_text(event.one, lang) if event.one else "",
        lambda event: named.ref_text(event.one, lang) if event.one else "",
    )
    found = {event.id: clean(title(event, lang)) for event in events}
    for nth, way in enumerate(ways):
        times = Counter(found.values())
        for event in events:
            more = "" if nth and times[found[event.id]] == 1 else clean(clip(way(event), ABOUT))
            if more and more not in found[event.id]:
                found[event.id] += f" – {more}"
    times = Counter(found.values())
    return {
        number: text if times[text] == 1 else f"{text} – {voice(lang)('told.number', number=number)}"
        for number, text in found.items()
    }


def _entry(feed: Feed, event: Event, thing: str, name: str, gone: Retraction | None) -> None:
    """One event; one that was taken back is an entry changed since, so that whoever saw it is shown that."""
    lang, say = feed.visit.lang, feed.visit.say
    why = _why(gone, say) if gone else ""
    entry = feed.entry(
        thing,
        say("page.feed_retracted", title=name) if gone else name,
        f"/events/{event.id}",
        f"{why} {sentence(event, lang)}".strip(),
        published=event.seen_at,
        updated=gone.at if gone else event.seen_at,
    )
    for scheme, term, label in (
        ("label", event.label, named.label_name(event.label, lang)),
        ("kind", event.kind.value, named.event_kind(event, lang)),
    ):
        SubElement(entry, "category", {"scheme": feed.tag(scheme), "term": term, "label": label})


def _taken_back(feed: Feed, one: TakenBack) -> None:
    """That an event, or all of a look, was taken back: news of its own."""
    lang, say = feed.visit.lang, feed.visit.say
    if one.event is not None and one.retraction is not None:
        thing, where = f"retraction/{one.event.id}", f"/events/{one.event.id}#retracted"
        name = say("page.feed_taken_back", number=one.event.id, title=title(one.event, lang))
        why = f"{_why(one.retraction, say)} {sentence(one.event, lang)}"
    else:
        run = runs.run(feed.visit.store, one.look.run) if one.look else None
        assert run is not None and one.look is not None  # noqa: S101, PT018 -- one of both was taken back
        thing, where = f"forgotten/{run.id}", "/sources"
        name = say("page.feed_forgotten", run=run.id, edition=edition_name(run, lang), n=one.events)
        why = say("page.retracted_why", reason=one.look.reason)
    feed.entry(thing, name, where, why, published=one.at, updated=one.at)


def _why(retraction: Retraction, say: Voice) -> str:
    """When an event was taken back, and why, in a sentence or two."""
    day = named.date_text(day_of(retraction.at), say.lang)
    return f"{say('page.retracted_on', day=day)} {say('page.retracted_why', reason=retraction.reason)}"
