"""Atom feeds (RFC 4287): everything, a provider, a label, a search; each goes on in older ones (RFC 5005)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.responses import Response

from notifiers.said.named import (
    country_name,
    date_text,
    event_kind,
    label_name,
    ref_text,
    source_title,
    subject_text,
)
from notifiers.said.reasons import said as reason_said
from notifiers.said.voice import clean, clip, voice
from notifiers.said.wording import sentence, title
from state.codec import instant_text
from state.model import Kind, day_of
from state.noted.footings import footings
from state.seen.events import log
from state.seen.looks import runs
from state.words.labels import TOGETHER, single
from watcher.ask.news.bulletin import Bulletin, TakenBack, bulletin
from watcher.ask.news.joined import Joined, joined
from watcher.ask.news.looks import ENDS, NEWS
from watcher.ask.standing.together import lines_of_holders
from watcher.said.news.editions import brought_text
from watcher.said.news.looks import edition_name, line_text
from watcher.web.asked import editions
from watcher.web.asked.filter import Filter, asked_of, filter_asked
from watcher.web.asked.named import label_or_together, provider_asked
from watcher.web.asked.parts import country_named, number_named
from watcher.web.asked.place import base, tag
from watcher.web.edge.language import address, same_address

if TYPE_CHECKING:
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
    return _feed(visit, _older(visit), "all", voice(visit.lang)("page.tagline"), "/", NEWS)


def show_provider(visit: Visit) -> Response:
    """The feed of a provider: all that concerns it, ends too."""
    provider = provider_asked(visit)
    page = f"/providers/{quote(provider.slug)}"
    wanted = replace(_older(visit), provider=provider.slug)
    return _feed(visit, wanted, f"provider/{provider.slug}", provider.name, page)


def show_label(visit: Visit) -> Response:
    """The feed of what registers did with a label; of labels together, when they came together and parted."""
    label = label_or_together(visit)
    name = label_name(label, visit.lang)
    return _feed(visit, _of_label(visit, label), f"label/{label}", name, f"/labels/{quote(label)}", NEWS)


def show_ends(visit: Visit) -> Response:
    """The feed of ends that came near, or passed, as the calendar brings them."""
    return _feed(visit, _older(visit), "expiries", voice(visit.lang)("page.expiries"), "/expiries", ENDS)


def show_ends_of_provider(visit: Visit) -> Response:
    provider = provider_asked(visit)
    page, name = f"/providers/{quote(provider.slug)}", _ends_of(visit, provider.name)
    wanted = replace(_older(visit), provider=provider.slug)
    return _feed(visit, wanted, f"expiries/provider/{provider.slug}", name, page, ENDS)


def show_ends_of_label(visit: Visit) -> Response:
    """The feed of the ends of a label; of labels together, of those who hold them."""
    label = label_or_together(visit)
    name, page = _ends_of(visit, label_name(label, visit.lang)), f"/labels/{quote(label)}"
    wanted = replace(_of_label(visit, label), together="")
    rows = lines_of_holders(visit.archive, label) if label in TOGETHER else None
    return _feed(visit, wanted, f"expiries/label/{label}", name, page, ENDS, rows)


def _of_label(visit: Visit, label: str) -> Filter:
    """What concerns one label, or labels together."""
    together = label if label in TOGETHER else ""
    return replace(_older(visit), label=label, labels=single([label]), together=together)


def _ends_of(visit: Visit, name: str) -> str:
    say = voice(visit.lang)
    return say("phrase.colon").join((say("page.expiries"), name))


def _older(visit: Visit) -> Filter:
    """Everything, or that of one state; or what is older than the feed that led here."""
    given = visit.request.query_params
    return Filter(country=country_named(given), before=number_named(given, "before"))


def show_search(visit: Visit) -> Response:
    """The feed of a filter of the history: its address is that of the page, ending in `.atom`."""
    wanted = filter_asked(visit)
    query = address("", replace(wanted, before=None).query())
    name = voice(visit.lang)("page.history")
    return _feed(visit, wanted, f"search{query}", f"{name} {wanted.q}".strip(), f"/history{query}")


def show_editions(visit: Visit) -> Response:
    """A feed of editions: one entry each, however much it brought."""
    source, found, following = editions.listed(visit)
    name = " – ".join(
        filter(None, (voice(visit.lang)("page.editions"), source and source_title(source, visit.lang)))
    )
    brought = [(edition, editions.brought(visit, edition, LINES)) for edition in found]
    feed = _begun(visit, f"editions/{source}", name, address("/editions", {"source": source}))
    times = [look.run.at for _, look in brought if look] + [edition.at for edition in found]
    _text(feed, "updated", instant_text(max(times)) if times else NEVER)
    _led_on(visit, feed, number_named(visit.request.query_params, "before"), following)
    names = Counter(edition_name(edition, visit.lang) for edition in found)
    for edition, look in brought:
        _edition(visit, feed, edition, look, alone=names[edition_name(edition, visit.lang)] == 1)
    return _answer(_bytes(feed))


def _edition(visit: Visit, feed: Element, edition: Edition, whole: Look | None, *, alone: bool) -> None:
    """One edition; one that a later look at it added to is changed since. Where it is not `alone`, several
    readings of a page without a date are of one day: they are told apart by their numbers."""
    entry, say = SubElement(feed, "entry"), voice(visit.lang)
    said = brought_text(whole, visit.lang) if whole else ""
    nothing = editions.nothing(visit, edition)
    name = edition_name(edition, visit.lang)
    _text(entry, "id", tag(visit.store, f"edition/{edition.source}/{edition.number}"))
    name += "" if alone else f" ({say('page.edition_look', number=edition.number)})"
    _text(entry, "title", f"{name}{say('phrase.colon')}{said or nothing}")
    _text(entry, "updated", instant_text(whole.run.at if whole else edition.at))
    _text(entry, "published", instant_text(edition.at))
    _link(
        entry, "alternate", f"{base(visit.request)}/editions/{edition.source}/{edition.number}", "text/html"
    )
    lines = (line_text(line, visit.lang) for line in whole.lines) if whole else ()
    _text(entry, "summary", say("phrase.semicolon").join(lines) or said or nothing)


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
    if wanted.country and not thing.startswith("search"):  # whose address has it already
        name = f"{name}, {country_name(wanted.country, visit.lang)}"
        thing, page = f"{thing}/{wanted.country}", address(page, {"country": wanted.country.lower()})
    asked = asked_of(visit.store, wanted)
    asked["kinds"], asked["rows"] = kinds or asked["kinds"], asked["rows"] if rows is None else rows
    # Programs ask again and again, and a page of a feed is hundreds of sentences. Notes are no looks: what
    # follows from them is asked each time, and part of the key.
    own = tuple(asked["numbers"] or ()), tuple(rows or ())
    noted = footings(visit.store) if wanted.together else ()
    key = ("feed", thing, wanted, visit.lang, _asked(visit), frozenset(visit.retracted), own, noted)
    body = visit.archive.once(key, lambda: _written(visit, asked, wanted, thing, name, page))
    return _answer(body)


def _written(visit: Visit, asked: log.Asked, wanted: Filter, thing: str, name: str, page: str) -> bytes:
    found = bulletin(visit.store, asked, wanted.before)
    events = [event for own in found.looks for event in own]
    told = joined(visit.store, [wanted.together], events) if wanted.together else {}
    feed = _begun(visit, thing, name, page)
    _text(feed, "updated", _updated(visit, found, told))
    _led_on(visit, feed, wanted.before, found.following)
    _entries(visit, feed, found, told)
    return _bytes(feed)


def _begun(visit: Visit, thing: str, name: str, page: str) -> Element:
    """What every feed begins with."""
    feed, here = Element("feed", {"xmlns": ATOM, "xml:lang": visit.lang}), base(visit.request)
    _text(feed, "id", tag(visit.store, f"feed/{thing}"))
    _text(feed, "title", f"vigilabel – {clean(name)}")
    _text(feed, "subtitle", voice(visit.lang)("page.history_desc"))
    _link(feed, "self", here + _asked(visit), TYPE)
    _link(feed, "alternate", here + page, "text/html")
    _text(SubElement(feed, "author"), "name", "vigilabel")
    return feed


def _led_on(visit: Visit, feed: Element, before: int | None, following: int | None) -> None:
    """Where the rest is (RFC 5005): whoever was away for longer than a page reaches back finds it there."""
    here = base(visit.request)
    if before is not None:
        _link(feed, "first", here + same_address(visit.request, before=None), TYPE)
    if following:
        _link(feed, "next", here + same_address(visit.request, before=following), TYPE)


def _bytes(feed: Element) -> bytes:
    written: bytes = tostring(feed, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + written


def _answer(body: bytes) -> Response:
    return Response(body, media_type=f"{TYPE}; charset=utf-8", headers={"Vary": "Accept-Language"})


def _asked(visit: Visit) -> str:
    url = visit.request.url
    return f"{quote(url.path)}?{url.query}" if url.query else quote(url.path)


def _updated(visit: Visit, found: Bulletin, told: Told) -> str:
    """When the newest entry was written, or one taken back; a feed without entries stands as it was when the
    watch began."""
    events = [event for own in found.looks for event in own]
    times = [event.seen_at for event in events] + [one.at for one in found.taken_back]
    times += [visit.retracted[event.id].at for event in events if event.id in visit.retracted]
    times += [one.gone.at for own in told.values() for one in own if one.gone]
    return instant_text(max(times)) if times else NEVER


def _entries(visit: Visit, feed: Element, found: Bulletin, told: Told) -> None:
    """The entries, newest look first, what was taken back where its time is; in a look the weightiest
    first."""
    titles = distinct_titles([event for own in found.looks for event in own], visit.lang)
    waiting, retracted = list(found.taken_back), visit.retracted
    for own in found.looks:
        while waiting and waiting[0].at >= own[0].seen_at:
            _taken_back(visit, feed, waiting.pop(0))
        for event in own:
            for both in told.get(event.id, ()):
                _entry_of_joint(visit, feed, event, both)
            if event.id not in told:
                _entry(visit, feed, event, titles[event.id], retracted.get(event.id))
    for one in waiting:
        _taken_back(visit, feed, one)


def distinct_titles(events: Sequence[Event], lang: str) -> Mapping[int, str]:
    """A title for each event, which no other of them has: what happened to whom, with which service, by which
    decision, and where that is still the same, its number."""
    ways: tuple[Callable[[Event], str], ...] = (
        lambda event: subject_text(event.one, lang) if event.one else "",
        lambda event: ref_text(event.one, lang) if event.one else "",
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


def _entry_of_joint(visit: Visit, feed: Element, event: Event, one: Joined) -> None:
    """What an event was for labels together: of one provider, be it not the event's own."""
    name = reason_said(one.reason, visit.lang)
    thing = f"together/{one.joint.label}/{event.id}/{one.joint.provider.slug}"
    _entry(visit, feed, event, name, visit.retracted.get(event.id) or one.gone, thing)


def _entry(
    visit: Visit, feed: Element, event: Event, name: str, gone: Retraction | None, thing: str = ""
) -> None:
    """One event; one that was taken back is an entry changed since, so that readers are shown it again."""
    entry, say = SubElement(feed, "entry"), voice(visit.lang)
    why = retracted_text(gone, visit.lang) if gone else ""
    _text(entry, "id", tag(visit.store, thing or f"event/{event.id}"))
    _text(entry, "title", say("page.feed_retracted", title=name) if gone else name)
    # Feed readers show an entry again when this moves: so a retraction is seen by whoever saw the alert.
    _text(entry, "updated", instant_text(gone.at if gone else event.seen_at))
    _text(entry, "published", instant_text(event.seen_at))
    _link(entry, "alternate", f"{base(visit.request)}/events/{event.id}", "text/html")
    _text(entry, "summary", f"{why} {sentence(event, visit.lang)}".strip())
    for scheme, term, label in (
        ("label", event.label, label_name(event.label, visit.lang)),
        ("kind", event.kind.value, event_kind(event, visit.lang)),
    ):
        SubElement(entry, "category", {"scheme": tag(visit.store, scheme), "term": term, "label": label})


def _taken_back(visit: Visit, feed: Element, one: TakenBack) -> None:
    """That an event, or all of a look, was taken back: news of its own."""
    entry, say, here = SubElement(feed, "entry"), voice(visit.lang), base(visit.request)
    if one.event is not None and one.retraction is not None:
        thing, where = f"retraction/{one.event.id}", f"/events/{one.event.id}#retracted"
        name = say("page.feed_taken_back", number=one.event.id, title=title(one.event, visit.lang))
        why = f"{retracted_text(one.retraction, visit.lang)} {sentence(one.event, visit.lang)}"
    else:
        run = runs.run(visit.store, one.look.run) if one.look else None
        assert run is not None and one.look is not None  # noqa: S101, PT018 -- one of both was taken back
        thing, where = f"forgotten/{run.id}", "/sources"
        name = say("page.feed_forgotten", run=run.id, edition=edition_name(run, visit.lang), n=one.events)
        why = say("page.retracted_why", reason=one.look.reason)
    _text(entry, "id", tag(visit.store, thing))
    _text(entry, "title", name)
    _text(entry, "updated", instant_text(one.at))
    _text(entry, "published", instant_text(one.at))
    _link(entry, "alternate", here + where, "text/html")
    _text(entry, "summary", why)


def retracted_text(retraction: Retraction, lang: str) -> str:
    """When an event was taken back, and why, in a sentence or two."""
    say, day = voice(lang), date_text(day_of(retraction.at), lang)
    return f"{say('page.retracted_on', day=day)} {say('page.retracted_why', reason=retraction.reason)}"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = clean(text)


def _link(parent: Element, rel: str, href: str, type: str) -> None:
    SubElement(parent, "link", {"rel": rel, "href": href, "type": type})
