"""Whom a name means: one reading for every door. Pure.

A slug that we print means whom we printed it for; then the surest reading of the name that means anybody
decides. Likeness never does: it only suggests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from state.model import Kind, Provider
from state.names import name_key, nameless, print_key, slug, words
from state.words.labels import LABELS

if TYPE_CHECKING:
    from state.seen.overview import Spelling
    from state.seen.providers import Providers


class Names:
    """The names of all providers: those that people reviewed, and those that a register ever printed.

    `holders` come in the order of their rows, so that a provider is called what its newest row calls it.
    `spellings` are only asked for where no name of a provider as a whole is meant.
    """

    def __init__(
        self,
        providers: Providers,
        holders: Sequence[tuple[Provider, str]],
        spellings: Callable[[], Iterable[Spelling]],
    ) -> None:
        self._providers = providers
        self._holders = holders
        self._spellings = spellings

    @cached_property
    def known(self) -> Mapping[str, Provider]:
        """Every provider by its slug, one for each slug however its names are spelt."""
        printed = {provider.slug: provider for provider, _ in self._holders}
        return printed | {each.slug: each for each in self._providers.all()}

    def meant(self, text: str) -> tuple[Provider, ...]:
        """The providers that a name may mean, by its surest reading: the slug itself, a name as printed, the
        same to the eye, a reviewed spelling, a name without its legal form, whole words of a holder or
        subject. Empty when the name is on no list, and for a placeholder ("—"), which is no name."""
        if not words(text):
            return ()
        readings: Sequence[Callable[[str], Iterable[str]]] = (
            self._by_slug,
            lambda said: self._printed.get(said, ()),
            lambda said: self._seen.get(print_key(said), ()),
            self._reviewed,
            lambda said: self._keyed.get(name_key(said), ()),
            lambda said: self._by_slug(slug(said)),
            self._by_words,
        )
        found = next((slugs for read in readings if (slugs := set(read(text.strip())))), set())
        return tuple(self.known[one] for one in sorted(found))

    def close(self, text: str, *, also_words: bool = False) -> tuple[str, ...]:
        """Names that a reader may have meant, with `also_words` labels and kinds too; a suggestion, never a
        decision."""
        more = (*LABELS, *Kind) if also_words else ()
        names = sorted({name for _, name in self._names() if not nameless(name)})
        return self._providers.suggest(text, [*more, *names])

    def _names(self) -> Iterator[tuple[str, str]]:
        """Every slug with every name that stands for its provider as a whole."""
        for provider, holder in self._holders:
            yield provider.slug, provider.name
            yield provider.slug, holder
        for each in self._providers.all():
            yield each.slug, each.name

    @cached_property
    def _printed(self) -> Mapping[str, set[str]]:
        return _grouped((name, who) for who, name in self._names())

    @cached_property
    def _seen(self) -> Mapping[str, set[str]]:
        names = _grouped((print_key(name), who) for who, name in self._names())
        for one in self.known:
            names.setdefault(print_key(one), set()).add(one)
        return names

    @cached_property
    def _keyed(self) -> Mapping[str, set[str]]:
        return _grouped((name_key(name), who) for who, name in self._names())

    def _by_slug(self, text: str) -> Iterable[str]:
        return (text,) if text in self.known else ()

    def _reviewed(self, text: str) -> Iterable[str]:
        named = self._providers.named(text)
        return () if named is None else (named.slug,)

    def _by_words(self, text: str) -> Iterable[str]:
        wanted = f" {' '.join(words(text))} "
        return {
            one.provider.slug
            for one in self._spellings()
            if any(wanted in _spaced(name) for name in (one.holder, one.subject))
        }


def _spaced(text: str) -> str:
    return f" {' '.join(words(text))} "


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for key, who in pairs:
        groups[key].add(who)
    return dict(groups)
