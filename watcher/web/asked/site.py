"""What all requests share, and what each one works with: a visit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from state.model import day_of
from state.seen.events import log
from state.seen.rows import overview
from state.seen.taken_back import retractions
from state.seen.who.providers import Providers, alias_edge, load_providers
from state.words.labels import LABELS, PLUS, TOGETHER, meant, unknown_together
from state.words.meant import alike
from watcher.ask.archive import Archive, Kept
from watcher.errors import NotFound, NotTogether
from watcher.said.told import Hearer, hearer
from watcher.web.asked import parts
from watcher.web.asked.parts import LONGEST, Parts
from watcher.web.edge.guards import etag
from watcher.web.edge.language import address, language_of

if TYPE_CHECKING:
    from notifiers.said.voice import Voice
    from state.file.store import Store
    from state.model import Event, Provider
    from state.words.post import Retraction
    from watcher.app import App
    from watcher.parts.replica import Behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A page before it is drawn: its template, the values that are shown in it, and how it is answered."""

    template: str
    values: Mapping[str, Any]
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request, and what it is answered from: a connection of its own, closed when it is answered.

    `parts` are those of its address, `lang` is the language of the answer; `chosen` says that the address
    names it. `behind` says of when the answer is, where a replica is read.
    """

    request: Request
    parts: Parts
    archive: Archive
    lang: str
    chosen: bool
    site: Site
    behind: Behind | None = None

    @property
    def store(self) -> Store:
        return self.archive.store

    @property
    def today(self) -> date:
        """The day in Paris."""
        return day_of(self.archive.now)

    @property
    def to(self) -> Hearer:
        return hearer(self.lang)

    @property
    def say(self) -> Voice:
        return self.to.say

    @property
    def retracted(self) -> Mapping[int, Retraction]:
        """All events that were taken back, by number: few, each by an operator's own hand."""
        return retractions.retractions(self.store)

    def provider(self, name: str | None = None) -> Provider:
        """The one provider that a name means, else that in the path; raises `NotFound` with the several that
        it may mean, or with names like it."""
        text = self.request.path_params["slug"] if name is None else name
        names = self.archive.names
        found = names.meant(text[:LONGEST])
        if len(found) != 1:
            # Cut: what a client sent is said again, and may be kilobytes.
            close = tuple(one.slug for one in found) or names.close(text[:80])
            raise NotFound(text[:80], *close)
        return found[0]

    def label(self) -> str:
        """The one label in the path, or the slug of labels together; raises `NotFound`."""
        word: str = self.request.path_params["label"]
        # A plus that somebody took for a blank is one still.
        found = meant(word[:LONGEST]) or meant(PLUS.join(word[:LONGEST].split()))
        if unknown_together(word[:LONGEST]):
            raise NotTogether(word[:80], *TOGETHER)
        if len(found) != 1:
            raise NotFound(word[:80], *(found or alike(word[:LONGEST], LABELS)), code="no_label")
        return found[0]

    def event(self) -> Event:
        """The event in the path; raises `NotFound`."""
        text: str = self.request.path_params["number"]
        number = parts.number_of(text)
        if number is None:
            raise NotFound(text[:80], code="no_event")
        try:
            return log.event(self.store, number)
        except LookupError as error:
            raise NotFound(text, code="no_event") from error

    def day(self) -> date:
        """The day in the path; raises `BadQuestion`."""
        return parts.day_of("date", self.request.path_params["day"])

    def screen(self, template: str, **values: Any) -> Screen:
        return Screen(template=template, values=values)

    def leads(self, path: str, status: int = 302, **query: object) -> Response:
        """The way to another address here, in the language that was asked for."""
        lang = self.lang if self.chosen else None
        return RedirectResponse(address(path, {**query, "lang": lang}), status)

    def tag(self, *more: object) -> str:
        """An ETag for an answer that is made while it is sent: by its address, how far the memory has come,
        the day, and what else it is made of."""
        url, edge = self.request.url, overview.edge(self.store)
        return etag(" ".join(map(str, (url.path, url.query, self.today, *edge, *more))).encode())


Show = Callable[[Visit], Response | Screen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What is at a path: what shows it, and the parts of an address that it reads beside the language; any
    other is a mistake. With `?provider=` a list of everybody leads to what is the same of that provider
    alone, `of_one` below his page."""

    path: str
    show: Show
    parts: Sequence[str] = ()
    of_one: str | None = None

    @property
    def known(self) -> Sequence[str]:
        """All parts that may be named."""
        return self.parts if self.of_one is None else (*self.parts, "provider")

    def answer(self, visit: Visit) -> Response | Screen:
        """What is there, or where it is of one provider."""
        name = "" if self.of_one is None else visit.parts.text("provider")
        if not name:
            return self.show(visit)
        return visit.leads(f"/providers/{quote(visit.provider(name).slug)}{self.of_one}")


class Page(Served):
    """The same of a page, which has one address: asked for by another spelling of a name in its path, it says
    where it is."""

    def answer(self, visit: Visit) -> Response | Screen:
        """What is there, or where it is."""
        given, url = visit.request.path_params, visit.request.url
        names = {"slug": visit.provider().slug} if "slug" in given else {}
        names |= {"label": visit.label()} if "label" in given else {}
        # Sent on for a moment only (302): what a spelling means may change with the lists.
        own = self.path.format(**{**given, **names})
        if own != url.path:
            return RedirectResponse(quote(own) + (f"?{url.query}" if url.query else ""), 302)
        return super().answer(visit)


MOST_KEPT = 64
"""How many answers to parts of questions are kept between two writes."""


class Site:
    """The part of the program that answers requests: one for the process, used by many threads.

    `address` is where readers find it, for what is cited outside of it: as operators set it, and nowhere
    else. What a client sends as its `Host` is no address of ours: an answer that repeats it, kept by a cache
    or a feed reader, would lead others where somebody wanted them. Where none is set ("") links are relative
    to where they were read, and where a format has no such links there are none.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self.address = app.settings.address
        self._kept = Kept(MOST_KEPT)
        self._providers: tuple[tuple[int, ...], Providers] | None = None

    def providers(self, store: Store) -> Providers:
        """The reviewed providers, read anew when an operator added an alias or took one back."""
        # No lock: threads that come at once each read the same, and the last one's is kept.
        edge, known = alias_edge(store), self._providers
        if known is None or known[0] != edge:
            known = self._providers = (edge, load_providers(store))
        return known[1]

    @contextmanager
    def visit(self, request: Request, *, reads_only: bool = False) -> Iterator[Visit]:
        """What one request works with; raises `StoreError` where there is no memory yet. With `reads_only` a
        connection that writes nothing, whatever is asked of it."""
        lang, chosen = language_of(request)
        with self.app.read.opened() as (store, behind):
            if reads_only:
                store.read_only()
            archive = Archive(
                store=store,
                providers=self.providers(store),
                sources=self.app.sources,
                now=self.app.clock(),
                kept=self._kept,
            )
            yield Visit(
                request=request,
                parts=Parts(request.query_params),
                archive=archive,
                lang=lang,
                chosen=chosen,
                site=self,
                behind=behind,
            )
