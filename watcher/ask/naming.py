"""Whom a name means: one reading for every door.

A slug that we print means whom we printed it for; then the surest reading of the name that means anybody
decides. Likeness never does: it only suggests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from state.names import ABROAD, name_key, nameless, print_key, slug, words
from state.seen.who import spellings
from state.words.meant import vocabulary

if TYPE_CHECKING:
    from state.file.store import Store
    from state.model import Provider
    from state.seen.who.providers import Providers

FIGURES = 6
"""What has fewer is no number under which somebody is registered."""
SIGN = re.compile(r"\s*[=+@|<>*#~^$%&/\\!?;:.-]+\w")


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
            lambda said: self._by_slug(slug(said)),
            lambda said: self._by_slug(self._providers.resolve(said, "", "").slug),
            lambda said: spellings.mentioned(self._store, said),
        )
        if SIGN.match(text):
            readings = readings[:3]  # as it is printed, or the same to the eye
        found = next((slugs for read in readings if (slugs := set(read(text.strip())))), set())
        return tuple(each for one in sorted(found) if (each := self.known(one)) is not None)

    def close(self, text: str, *, also_words: bool = False) -> tuple[str, ...]:
        """Names that a reader may have meant, with `also_words` labels and kinds too; a suggestion, never a
        decision."""
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
