"""What a question is put to: the memory and what else an answer needs, the same for every door.

Whom a name means is read in one way for all. A slug that we print means whom we printed it for; then the
surest reading of the name that means anybody decides. Likeness never does: it only suggests.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from state.names import ABROAD, name_key, nameless, print_key, spoken, words
from state.names import slug as slug_of
from state.seen.looks import runs
from state.seen.rows import overview
from state.seen.who import spellings
from state.words.meant import vocabulary
from watcher.ask.past.sighting import Stretch, stretches

if TYPE_CHECKING:
    from scrapers.source import Source
    from state.file.store import Store
    from state.model import Provider
    from state.seen.who.providers import Providers

T = TypeVar("T")
PATIENCE = timedelta(days=45)
"""How long a time between two looks counts as watched, for a source that is no longer configured."""
FIGURES = 6
"""What has fewer is no number under which somebody is registered."""
SIGN = re.compile(r"\s*[=+@|<>*#~^$%&/\\!?;:.-]+\w")


@dataclass(frozen=True, kw_only=True)
class Archive:
    """What a question is put to: the memory, who is who, the configured sources, and the time it is.

    `kept` is what earlier questions to the same memory worked out, where somebody asks several.
    """

    store: Store
    providers: Providers
    sources: Mapping[str, Source]
    now: datetime
    kept: Kept | None = None

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` works out of the memory alone; made once as long as nothing is written, where values
        are kept."""
        return self.kept.value(overview.edge(self.store), key, make) if self.kept else make()

    @property
    def names(self) -> Names:
        """Whom a name means."""
        return Names(self.providers, self.store)

    def reviewed(self, name: str) -> Provider | None:
        """The provider that a watched name is; None for words that are watched as they are written."""
        return self.names.known(name) or self.providers.named(name)

    def watched_as(self, name: str) -> str:
        """The key of a watched name: one provider's spellings share it, in whatever case and accents."""
        known = self.reviewed(name) or self.reviewed(slug_of(name))
        return known.slug if known else spoken(name)

    def patience(self, source: str) -> timedelta:
        """How long a time between two looks at a source counts as watched."""
        return self.sources[source].stale_after if source in self.sources else PATIENCE

    def seen(self, source: str) -> tuple[Stretch, ...]:
        """What was seen of a source, and when."""
        return self.once(("seen", source), lambda: stretches(runs.runs(self.store, source=source, good=True)))


class Names:
    """The names of all providers: those that people reviewed, and those that a register ever printed."""

    def __init__(self, providers: Providers, store: Store) -> None:
        self._providers = providers
        self._store = store

    def known(self, slug: str) -> Provider | None:
        """The provider with a slug, however its names are spelt; None where neither a list nor a document has
        it."""
        if (found := self.listed(slug)) is not None:
            return found
        from state.noted import documents  # few names are on no list, and most commands ask of none

        return documents.provider(self._store, slug)

    def listed(self, slug: str) -> Provider | None:
        """The same of lists alone: of whom a document tells, nobody knows under which name a list has it."""
        reviewed = self._providers.reviewed.get(slug)
        return reviewed.provider if reviewed else spellings.provider(self._store, slug)

    def meant(self, text: str) -> tuple[Provider, ...]:
        """The providers that a name may mean, by its surest reading: the slug itself, a name as printed, the
        same to the eye, a reviewed spelling, a name without its legal form, whole words of a holder or
        subject. Empty when the name is on no list, and for a placeholder ("—"), which is no name. What begins
        with a sign, as cells of a sheet do ("=cmd", "+33"), is a name only where it is printed so."""
        if not words(text):
            return ()
        readings: Sequence[Callable[[str], Iterable[str]]] = (
            self._by_slug,
            self._printed,
            self._alike,
            self._reviewed,
            self._keyed,
            self.abroad,
            self.registered,
            lambda said: self._by_slug(slug_of(said)),
            lambda said: self._by_slug(self._providers.resolve(said, "", "").slug),
            lambda said: spellings.mentioned(self._store, said),
        )
        if SIGN.match(text):
            readings = readings[:3]  # as it is printed, or the same to the eye
        found = next((slugs for read in readings if (slugs := set(read(text.strip())))), set())
        return tuple(each for one in sorted(found) if (each := self.known(one)) is not None)

    def close(self, text: str, *, also_words: bool = False) -> tuple[str, ...]:
        """Names that a reader may have meant, with `also_words` labels and kinds too: suggestions."""
        more = vocabulary() if also_words else ()
        known = spellings.names(self._store) | {each.name for each in self._providers.all()}
        return self._providers.suggest(text, [*more, *sorted(one for one in known if not nameless(one))])

    def akin(self, provider: Provider) -> tuple[Provider, ...]:
        """The other providers that a register prints under a name by which this one is known: nobody settled
        that they are one, and whoever is told that this one is not listed must hear of them."""
        known = self._providers.aliases(provider.slug)
        slugs = {slug for name in known for slug in spellings.keyed(self._store, name)} - {provider.slug}
        return tuple(each for slug in sorted(slugs) if (each := self.known(slug)) is not None)

    def abroad(self, text: str) -> frozenset[str]:
        """The slugs of the providers that the slug of a holder abroad stands for."""
        if ABROAD not in text:  # as nearly all names: what follows is loaded for few
            return frozenset()
        from state.seen.who.registered import named_abroad

        return named_abroad(self._store, text)

    def registered(self, text: str) -> frozenset[str]:
        """The slugs of the providers that bear an identifier."""
        if sum(map(str.isdigit, text)) < FIGURES:
            return frozenset()
        from state.seen.who.registered import bearing

        return bearing(self._store, text)

    def _by_slug(self, text: str) -> Iterable[str]:
        return () if self.known(text) is None else (text,)

    def _printed(self, text: str) -> Iterable[str]:
        return spellings.printed(self._store, text) | self._own(lambda one: one.name == text)

    def _alike(self, text: str) -> Iterable[str]:
        key = print_key(text)
        own = self._own(lambda one: key in (print_key(one.name), print_key(one.slug)))
        return spellings.alike(self._store, text) | own

    def _reviewed(self, text: str) -> Iterable[str]:
        named = self._providers.named(text)
        return () if named is None else (named.slug,)

    def _keyed(self, text: str) -> Iterable[str]:
        key = name_key(text)
        return spellings.keyed(self._store, text) | self._own(lambda one: name_key(one.name) == key)

    def _own(self, meets: Callable[[Provider], bool]) -> frozenset[str]:
        """The slugs of the reviewed providers that meet a condition."""
        return frozenset(each.slug for each in self._providers.all() if meets(each))


class Kept:
    """The last values that were asked for, at most `most`; all are dropped when the memory has moved on.

    Whoever asks says how far the memory has come, as of his own connection: a value is only given to those
    who see the memory as it was when it was made.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._edge: Hashable = None
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def value(self, edge: Hashable, key: Hashable, make: Callable[[], T]) -> T:
        """The value of `key` where the memory is at `edge`; made outside the lock, so perhaps twice."""
        with self._lock:
            if self._edge == edge and key in self._values:
                self._values.move_to_end(key)
                found: T = self._values[key]
                return found
        made = make()  # may take seconds, in which others ask for what is kept already
        with self._lock:
            if self._edge != edge:
                self._values.clear()
                self._edge = edge
            self._values[key] = made
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return made
