"""Atom feeds (RFC 4287): everything, a provider, a label, a search; each goes on in older ones (RFC 5005)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.responses import Response

from notifiers.said.printed import clean
from notifiers.said.row import event_kind
from notifiers.said.voice import voice
from notifiers.said.wording import date_text, label_name, sentence, title
from state.codec import instant_text
from state.model import Event, day_of
from state.words.post import Retraction
from watcher.web.asked.filter import Filter, events_of, filter_asked
from watcher.web.asked.named import label_asked, provider_asked
from watcher.web.asked.parts import number_named
from watcher.web.asked.place import base, tag
from watcher.web.asked.site import Visit
from watcher.web.edge.language import address, same_address

ATOM = "http://www.w3.org/2005/Atom"
TYPE = "application/atom+xml"
ENTRIES = 60


def show_all(visit: Visit) -> Response:
    """The feed of everything that happens."""
    return _feed(visit, _older(visit), "all", voice(visit.lang)("page.tagline"), "/")


def show_provider(visit: Visit) -> Response:
    provider = provider_asked(visit)
    page = f"/providers/{quote(provider.slug)}"
    wanted = replace(_older(visit), provider=provider.slug)
    return _feed(visit, wanted, f"provider/{provider.slug}", provider.name, page)


def show_label(visit: Visit) -> Response:
    label = label_asked(visit)
    name = label_name(label, visit.lang)
    wanted = replace(_older(visit), label=label, labels=(label,))
    return _feed(visit, wanted, f"label/{label}", name, f"/labels/{label}")


def _older(visit: Visit) -> Filter:
    """Everything, or what is older than the feed that led here."""
    return Filter(before=number_named(visit.request.query_params, "before"))


def show_search(visit: Visit) -> Response:
    """The feed of a filter of the history: its address is that of the page, ending in `.atom`."""
    wanted = filter_asked(visit)
    query = address("", replace(wanted, before=None).query())
    name = voice(visit.lang)("page.history")
    return _feed(visit, wanted, f"search{query}", f"{name} {wanted.q}".strip(), f"/history{query}")


def _feed(visit: Visit, wanted: Filter, thing: str, name: str, page: str) -> Response:
    found, retracted = events_of(visit, wanted, ENTRIES + 1), visit.retracted
    events, here = found[:ENTRIES], base(visit.request)
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": visit.lang})
    _text(feed, "id", tag(visit.store, f"feed/{thing}"))
    _text(feed, "title", f"vigilabel – {clean(name)}")
    _text(feed, "subtitle", voice(visit.lang)("page.history_desc"))
    _text(feed, "updated", _updated(events, retracted))
    _link(feed, "self", here + _asked(visit), TYPE)
    _link(feed, "alternate", here + page, "text/html")
    if len(found) > ENTRIES:
        # Whoever was away for longer than a feed reaches back finds the rest there.
        _link(feed, "next", here + same_address(visit.request, before=events[-1].id), TYPE)
    _text(SubElement(feed, "author"), "name", "vigilabel")
    for event in events:
        _entry(visit, feed, event, retracted.get(event.id))
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, encoding="utf-8")
    return Response(body, media_type=f"{TYPE}; charset=utf-8", headers={"Vary": "Accept-Language"})


def _asked(visit: Visit) -> str:
    url = visit.request.url
    return f"{quote(url.path)}?{url.query}" if url.query else quote(url.path)


def _updated(events: Sequence[Event], retracted: Mapping[int, Retraction]) -> str:
    """When the newest entry was written, or one taken back; a feed without entries stands as it was when the
    watch began."""
    times = [event.seen_at for event in events]
    times += [retracted[event.id].at for event in events if event.id in retracted]
    return instant_text(max(times)) if times else "2026-01-01T00:00:00Z"


def _entry(visit: Visit, feed: Element, event: Event, gone: Retraction | None) -> None:
    """One event; one that was taken back is an entry changed since, so that readers are shown it again."""
    entry, say = SubElement(feed, "entry"), voice(visit.lang)
    marked = say("page.feed_retracted", title=title(event, visit.lang)) if gone else ""
    why = retracted_text(gone, visit.lang) if gone else ""
    _text(entry, "id", tag(visit.store, f"event/{event.id}"))
    _text(entry, "title", marked or title(event, visit.lang))
    # Feed readers show an entry again when this moves: so a retraction is seen by whoever saw the alert.
    _text(entry, "updated", instant_text(gone.at if gone else event.seen_at))
    _text(entry, "published", instant_text(event.seen_at))
    _link(entry, "alternate", f"{base(visit.request)}/events/{event.id}", "text/html")
    _text(entry, "summary", f"{why} {sentence(event, visit.lang)}".strip())
    for scheme, term, name in (
        ("label", event.label, label_name(event.label, visit.lang)),
        ("kind", event.kind.value, event_kind(event, visit.lang)),
    ):
        SubElement(entry, "category", {"scheme": tag(visit.store, scheme), "term": term, "label": name})


def retracted_text(retraction: Retraction, lang: str) -> str:
    """When an event was taken back, and why, in a sentence or two."""
    say, day = voice(lang), date_text(day_of(retraction.at), lang)
    return f"{say('page.retracted_on', day=day)} {say('page.retracted_why', reason=retraction.reason)}"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = clean(text)


def _link(parent: Element, rel: str, href: str, type: str) -> None:
    SubElement(parent, "link", {"rel": rel, "href": href, "type": type})
