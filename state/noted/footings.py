"""What runs on what, host after host: notes that operators wrote, kept apart from all that a register showed.

A note is a person's word, with who wrote it, when and on what ground; it is never changed, only taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from state.codec import from_row, instant_text, row_of
from state.file.errors import StoreError
from state.file.store import Conditions, Store
from state.model import Provider, day_of
from state.names import print_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """That a provider, or one service of it, runs on another provider: the `host`.

    `service` is as its provider calls it, "" for all that the provider offers. `reason` says how one knows.
    """

    provider: Provider
    service: str = ""
    host: Provider
    reason: str
    by: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What the note is about: two with one key say the same."""
        return (self.provider.slug, print_key(self.service), self.host.slug)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Footing):
    """A footing as it stands in the memory, and when it was written there."""

    at: datetime


def footings(store: Store, *, provider: str | None = None, host: str | None = None) -> tuple[Noted, ...]:
    """The notes that stand, in the order of their writing: all, or those of a provider or a host (slugs).

    What a service stands on further down is asked of its host in turn: a host may run on another one.
    """
    wanted = Conditions(provider=provider, host=host)
    wanted.add("removed_at is null")
    return tuple(map(_noted, wanted.rows(store, "select * from footing", "id")))


def note(store: Store, new: Sequence[Footing], now: datetime) -> int:
    """Writes notes, all or none; returns how many were not there yet. Raises `StoreError` for one without a
    reason, or about something that runs on itself."""
    for one in new:
        _check(one)
    with store.transaction():
        there = {one.key for one in footings(store)}
        fresh = {one.key: one for one in new if one.key not in there}
        for one in fresh.values():
            store.insert("footing", **_row(one, now))
    return len(fresh)


def take_back(store: Store, gone: Footing, now: datetime) -> None:
    """Takes a note back, `gone.reason` and `gone.by` saying why and by whom; both stay on record.

    Raises `LookupError` where no such note stands.
    """
    with store.transaction():
        own = store.q(
            "select * from footing where provider = :slug and removed_at is null", slug=gone.provider.slug
        )
        id = next((row["id"] for row in own if _noted(row).key == gone.key), None)
        if id is None:
            raise LookupError(f"nobody noted that {gone.provider.slug} runs on {gone.host.slug}")
        store.q(
            """update footing set removed_at = :at, removed_by = :by, removed_reason = :reason
                where id = :id""",
            id=id,
            at=instant_text(now),
            by=gone.by,
            reason=gone.reason,
        )


def _check(one: Footing) -> None:
    if not (one.reason and one.by):
        text = f"note that {one.provider.slug} runs on {one.host.slug}: expected a reason and who says so"
        raise StoreError(text, "footing_words", provider=one.provider.name, host=one.host.name)
    if one.provider.slug == one.host.slug:
        text = f"note that {one.provider.slug} runs on itself: expected another provider"
        raise StoreError(text, "footing_itself", provider=one.provider.name)


def _row(one: Footing, now: datetime) -> dict[str, Any]:
    provider = {"provider": one.provider.slug, "provider_name": one.provider.name}
    host = {"host": one.host.slug, "host_name": one.host.name}
    return {**row_of(one, "provider", "host"), **provider, **host, "at": instant_text(now)}


def _noted(row: dict[str, Any]) -> Noted:
    provider = Provider(slug=row["provider"], name=row["provider_name"])
    return from_row(Noted, row, provider=provider, host=Provider(slug=row["host"], name=row["host_name"]))


DEEPEST = 5
"""Hosts below one another that are followed; people count a service, its platform and its infrastructure."""
Chain = tuple[Noted, ...]
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
