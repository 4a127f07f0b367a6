"""What all requests share, and what each one works with: a visit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from state.model import day_of
from state.names import words
from state.seen import life, overview, retractions
from state.seen.providers import Providers, load_providers
from watcher.ask.answers import Archive
from watcher.ask.days import holders_by_day
from watcher.ask.naming import Names
from watcher.web.edge.language import language_of

if TYPE_CHECKING:
    from state.file.store import Store
    from state.seen.overview import Spelling
    from state.words.post import Retraction
    from watcher.app import App

MOST_LINES = 2_000
"""How many lines of life a search may find; one that finds more is too wide to be about anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Who is who, and every printed spelling with its folded text, as of one state of the memory."""

    edge: tuple[int, int, int, int]
    providers: Providers
    names: Names
    spellings: tuple[tuple[str, Spelling], ...]

    def lines(self, text: str) -> tuple[int, ...]:
        """The lines of life that have every word of `text` in their provider, holder, subject or ref; where
        none has, those with words that begin like them. At most `MOST_LINES`, the newest."""
        wanted = words(text)
        found = self._with([f" {word} " for word in wanted]) or self._with([f" {word}" for word in wanted])
        return tuple(sorted(found, reverse=True)[:MOST_LINES])

    def _with(self, parts: Sequence[str]) -> set[int]:
        return {one.line for folded, one in self.spellings if all(part in folded for part in parts)}


def directory(store: Store) -> Directory:
    """The directory as of now; takes a while in a large memory."""
    spellings, providers = overview.spellings(store), load_providers(store)
    return Directory(
        edge=overview.edge(store),
        providers=providers,
        names=Names(providers, overview.holders(store), lambda: spellings),
        spellings=tuple((_folded(one), one) for one in spellings),
    )


def _folded(one: Spelling) -> str:
    text = " ".join((one.provider.name, one.provider.slug, one.holder, one.subject, one.ref))
    return f" {' '.join(words(text))} "


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A page before it is drawn: its template, and the values that are shown in it."""

    template: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request, and what it is answered from: a connection of its own, closed when it is answered.

    `lang` is the language of the answer; `chosen` says that the address names it.
    """

    request: Request
    archive: Archive
    directory: Directory
    lang: str
    chosen: bool
    site: Site

    @property
    def store(self) -> Store:
        """The memory."""
        return self.archive.store

    @property
    def today(self) -> date:
        """The day in Paris."""
        return day_of(self.archive.now)

    def screen(self, template: str, **values: Any) -> Screen:
        """The page with these values."""
        return Screen(template=template, values=values)

    @property
    def retracted(self) -> Mapping[int, Retraction]:
        """All events that were taken back, by number: few, each by an operator's own hand."""
        return retractions.retractions(self.store)


Show = Callable[[Visit], Response | Screen]


class Site:
    """The part of the program that answers requests: one for the process, used by many threads."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._directory: Directory | None = None
        self._curves: dict[tuple[tuple[int, int, int, int], str], tuple[tuple[date, int], ...]] = {}
        self._edge = (0, 0, 0, 0)
        self._lock = Lock()

    def directory(self, store: Store) -> Directory:
        """The directory of this state of the memory, made anew when a row or an alias was written."""
        known = self._directory
        if known is not None and known.edge == overview.edge(store):
            return known
        with self._lock:
            if self._directory is None or self._directory.edge != overview.edge(store):
                self._directory = directory(store)
            return self._directory

    def curve(self, known: Directory, store: Store, label: str) -> tuple[tuple[date, int], ...]:
        """The number of holders of a label over time, kept as long as no row is written."""
        key = (known.edge, label)
        curve = self._curves[key] if key in self._curves else holders_by_day(life.moves(store, label))
        with self._lock:
            if self._edge != known.edge:
                self._curves, self._edge = {}, known.edge
            self._curves[key] = curve
        return curve

    @contextmanager
    def visit(self, request: Request) -> Iterator[Visit]:
        """What one request works with; raises `StoreError` where there is no memory yet."""
        lang, chosen = language_of(request)
        with self.app.open_store(create=False) as store:
            known = self.directory(store)
            archive = Archive(
                store=store,
                providers=known.providers,
                sources=self.app.sources,
                now=self.app.clock(),
                directory=known.names,
            )
            yield Visit(
                request=request, archive=archive, directory=known, lang=lang, chosen=chosen, site=self
            )


def sources_of(visit: Visit) -> Sequence[str]:
    """The names of the configured sources."""
    return tuple(visit.archive.sources)
