"""What all requests share, and what each one works with: a visit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from state.model import day_of
from state.names import abroad
from state.seen.rows import overview
from state.seen.taken_back import retractions
from state.seen.who import providers
from state.seen.who.providers import Providers, alias_edge, load_providers
from watcher.ask.archive import Archive
from watcher.ask.kept import Kept
from watcher.web.edge.language import language_of

if TYPE_CHECKING:
    from state.file.store import Store
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

    `lang` is the language of the answer; `chosen` says that the address names it. `behind` says of when the
    answer is, where a replica is read.
    """

    request: Request
    archive: Archive
    lang: str
    chosen: bool
    site: Site
    behind: Behind | None = None

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

    def tag(self, *parts: object) -> str:
        """An ETag for an answer that is made while it is sent: by its address, how far the memory has come,
        the day, and what else it is made of."""
        about = (
            self.request.url.path,
            self.request.url.query,
            self.today,
            *overview.edge(self.store),
            *parts,
        )
        return f'"{hashlib.sha256(" ".join(map(str, about)).encode()).hexdigest()[:32]}"'

    @property
    def retracted(self) -> Mapping[int, Retraction]:
        """All events that were taken back, by number: few, each by an operator's own hand."""
        return retractions.retractions(self.store)


MOST_KEPT = 64
"""How many answers to parts of questions are kept between two writes."""
Show = Callable[[Visit], Response | Screen]


class Site:
    """The part of the program that answers requests: one for the process, used by many threads."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._kept = Kept(MOST_KEPT)
        self._providers: tuple[tuple[int, ...], Providers] | None = None

    def providers(self, store: Store) -> Providers:
        """The reviewed providers, read anew when an operator added an alias or took one back."""
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
            yield Visit(request=request, archive=archive, lang=lang, chosen=chosen, site=self, behind=behind)


def states_of(visit: Visit) -> Sequence[str]:
    """The states whose lists were read, by their codes; none where that is ours alone."""
    found = sorted({*providers.listed_states(visit.store).values()})
    return found if any(map(abroad, found)) else ()


def sources_of(visit: Visit) -> Sequence[str]:
    """The names of the configured sources."""
    return tuple(visit.archive.sources)
