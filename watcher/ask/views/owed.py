"""Who hears what, and what became of it, as views."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from state.model import Weight
from state.seen.who.providers import Added
from state.words import post
from watcher.ask.views.form import Time, filled
from watcher.ask.why import Account, Fate


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One subscription, and whether its channel takes messages."""

    id: int
    channel: str
    words: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[str, ...]
    kinds: tuple[str, ...]
    floor: Weight
    created_by: str
    created_at: Time | None
    state: str
    reason: str
    paused_until: Time | None
    digest: str
    quiet: str
    lang: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A subscription of the channel, and why it did not bring the event ("" where it did)."""

    id: int
    words: tuple[str, ...]
    refusal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What became of an event for one channel; `state` is `not_owed` where it was never due."""

    event: int
    channel: str
    state: str = "not_owed"
    why: str
    run: int
    message: str | None = None
    tries: int = 0
    due: Time | None = None
    sent_at: Time | None = None
    receipt: str = ""
    error: str = ""
    subscriptions: tuple[Matched, ...]
    waits_for: str
    waits_until: Time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redelivery:
    """What a program is sent again: how many requests; how many of the range were on their way `already`."""

    channel: str
    since: Time
    until: Time | None
    owed: int
    already: int
    suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """An alias that an operator added."""

    provider: str
    name: str
    source: str
    label: str
    reason: str
    added_at: Time


def subscription_view(told: post.Subscription, channel: post.Channel) -> Subscription:
    return filled(Subscription, told, channel)


def why_view(account: Account, told: Fate, sentence: str) -> Why:
    """What became of an event for one channel."""
    return filled(
        Why,
        *([told.owed] if told.owed else []),
        event=account.event.id,
        channel=told.channel,
        why=sentence,
        run=account.run,
        subscriptions=tuple(_matched(told)),
        waits_for=told.delay.why if told.delay else "",
        waits_until=told.delay.until if told.delay else None,
    )


def _matched(told: Fate) -> Iterator[Matched]:
    yield from (filled(Matched, one, refusal="") for one in told.matched)
    yield from (filled(Matched, one.subscription, refusal=one.why) for one in told.refused)


def alias_view(told: Added) -> Alias:
    return filled(Alias, told, told.alias, added_at=told.at)
