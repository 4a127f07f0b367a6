"""What a provider runs on, host after host, by the notes of operators: their word, never observed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from state.model import day_of
from state.noted.footings import footings

if TYPE_CHECKING:
    from state.file.store import Store
    from state.noted.footings import Noted

DEEPEST = 5
"""Hosts below one another that are followed; people count a service, its platform and its infrastructure."""
Chain = tuple["Noted", ...]
"""Notes of which each one's host is what the next is about."""


def below(store: Store, provider: str, on: date | None = None) -> Iterator[Chain]:
    """What a provider (a slug) runs on, the nearest first; `on` a day, by the notes written by then.

    A note says nothing of the time before it was written.
    """
    chains: list[Chain] = [
        (one,) for one in footings(store, provider=provider) if on is None or day_of(one.at) <= on
    ]
    met = {provider}
    while chains:
        chain = chains.pop(0)
        host = chain[-1].host.slug
        if host in met:  # two notes may lead to one host, or round in a circle
            continue
        met.add(host)
        yield chain
        if len(chain) < DEEPEST:
            more = footings(store, provider=host)
            chains += [(*chain, one) for one in more if on is None or day_of(one.at) <= on]


def above(store: Store, host: str) -> Iterator[Chain]:
    """Who runs on a host (a slug), directly or through others: the notes from each of them down to it."""
    chains: list[Chain] = [(one,) for one in footings(store, host=host)]
    met = {host}
    while chains:
        chain = chains.pop(0)
        who = chain[0].provider.slug
        if who in met:
            continue
        met.add(who)
        yield chain
        if len(chain) < DEEPEST:
            chains += [(one, *chain) for one in footings(store, host=who)]
