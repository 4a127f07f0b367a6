"""Who wants which event: what the words of a subscription mean, and whether an event matches. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import filterfalse
from typing import TYPE_CHECKING

from state.model import Event, Kind, Provider, Reason, Weight
from state.names import abroad, print_key, words
from state.words.labels import TOGETHER, meant, together, unknown_together
from state.words.meant import all_meant, glue, kind_meant, weight_meant
from state.words.post import Subscription
from watcher.errors import UnknownWord

if TYPE_CHECKING:
    from state.seen.who.providers import Providers


class Term(StrEnum):
    """What of a subscription an event does not meet: its own words, or the time in which it was in force."""

    CAUSE = "cause"
    LABELS = "labels"
    TOGETHER = "together"
    KINDS = "kinds"
    NAMES = "names"
    FLOOR = "floor"
    MADE_AFTER = "made_after"
    ENDED = "ended"
    NAMES_SINCE = "names_since"


TURNS = (Kind.GAINED, Kind.LOST)
"""The events by which labels come to be held together, or cease to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """That with an event a provider has labels together (their slug), or has them together no more: `begun`.

    `reason` says it. The provider is that of the event, or one that an operator notes to run on it.
    """

    label: str
    provider: Provider
    begun: bool
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The meaning of the words of a subscription: one of each non-empty group must match."""

    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    floor: Weight = Weight.NORMAL

    def subscription(self, channel: str, words: Sequence[str], by: str, now: datetime) -> Subscription:
        """The wish of a channel, not yet in the memory."""
        return Subscription(
            id=0,
            channel=channel,
            words=tuple(words),
            names=self.names,
            labels=self.labels,
            kinds=self.kinds,
            floor=self.floor,
            created_by=by,
            created_at=now,
        )


def understand(given: Sequence[str]) -> Wish:
    """What the words ask for: labels, kinds, `all`, a weight (`low`, `high`), and names for the rest; words
    that only glue others together ask for nothing.

    Names need not be on any list yet: a watch on them fires when they appear.
    """
    names: list[str] = []
    labels: list[str] = []
    kinds: list[str] = []
    floor = Weight.NORMAL
    everything = False
    for word in filterfalse(glue, together(given)):
        folded = print_key(word).replace("_", "-")
        if all_meant(word):
            everything = True
        elif found := meant(folded):
            labels += found
        elif kind := kind_meant(folded):
            kinds.append(kind.value)
        elif weight := weight_meant(word):
            floor = weight
        elif words(word):
            names.append(_name(word))
        else:
            raise UnknownWord(Reason.of("unknown_word", found=word))
    # A weight alone names nothing: it would be everything, which has to be asked for by its word.
    if not (names or labels or kinds or everything):
        raise UnknownWord(Reason.of("nothing_to_watch"))
    _check(labels, kinds)
    return Wish(names=_unique(names), labels=_unique(labels), kinds=_unique(kinds), floor=floor)


def _name(word: str) -> str:
    """A name to watch; labels that nobody counts together are none, and could never fire as one."""
    if unknown_together(word):
        raise UnknownWord(Reason.of("no_such_together", found=word, known=", ".join(TOGETHER)))
    return word.strip()


def _check(labels: Collection[str], kinds: Collection[str]) -> None:
    """Refuses what could never fire: labels together only begin to be held, or cease to be."""
    if labels and kinds and TOGETHER.keys() >= set(labels) and not set(TURNS) & set(kinds):
        raise UnknownWord(Reason.of("together_kinds", kind=next(iter(kinds)), label=next(iter(labels))))


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def wants(
    subscription: Subscription, event: Event, providers: Providers, joints: Sequence[Joint] = ()
) -> bool:
    """Whether an event is told for a subscription; `joints` is what it is for labels together."""
    return not failed_term(subscription, event, providers, joints)


def joined(
    subscription: Subscription, event: Event, providers: Providers, joints: Iterable[Joint]
) -> tuple[Joint, ...]:
    """Those of the labels that begin or cease to be held together which a subscription watches."""
    return tuple(
        one
        for one in joints
        if one.label in subscription.labels
        and (not subscription.kinds or event.kind in subscription.kinds)
        and _about_joint(subscription, event, providers, one)
    )


def _about_joint(subscription: Subscription, event: Event, providers: Providers, joint: Joint) -> bool:
    own = joint.provider.slug == event.provider.slug
    return not subscription.names or any(
        about(name, event, providers) if own else _is(name, joint.provider, providers)
        for name in subscription.names
    )


def _is(name: str, provider: Provider, providers: Providers) -> bool:
    """Whether a watched name is a provider's, or whole words of it."""
    named = providers.named(name)
    slug = named.slug if named else print_key(name)
    return slug == provider.slug or _contains(words(provider.name), words(name))


def refusal(subscription: Subscription, event: Event, providers: Providers) -> str:
    """The term of a subscription that an event fails, as a clause for people; "" when it matches."""
    floor, watched = subscription.floor, ", ".join(subscription.labels)
    match failed_term(subscription, event, providers):
        case Term.CAUSE:
            return f"events with cause {event.cause} are told to nobody"
        case Term.LABELS:
            return f"it watches {watched}, not {event.label}"
        case Term.TOGETHER:
            return f"it watches {watched}, and with this event they neither came together nor parted"
        case Term.KINDS:
            return f"it watches {', '.join(subscription.kinds)}, not {event.kind}"
        case Term.NAMES:
            return f"it watches {', '.join(subscription.names)}, not {event.provider.name}"
        case Term.FLOOR:
            return f"it is told events of weight {floor} and above, and this one is {event.weight}"
    return ""


def failed_term(
    subscription: Subscription, event: Event, providers: Providers, joints: Sequence[Joint] = ()
) -> Term | None:
    """The first term of a subscription that an event fails; None when it matches."""
    if not event.cause.told:
        return Term.CAUSE
    if joined(subscription, event, providers, joints):
        return None
    if subscription.labels and event.label not in subscription.labels:
        return Term.TOGETHER if _part(subscription, event) else Term.LABELS
    if subscription.kinds and event.kind not in subscription.kinds:
        return Term.KINDS
    if subscription.names and not any(about(name, event, providers) for name in subscription.names):
        return Term.NAMES
    if event.kind not in subscription.kinds and event.weight.rank < subscription.floor.rank:
        return Term.FLOOR
    return None


def _part(subscription: Subscription, event: Event) -> bool:
    """Whether the label of an event is one of those that a subscription watches together."""
    return any(event.label in TOGETHER[label].labels for label in subscription.labels if label in TOGETHER)


def about(name: str, event: Event, providers: Providers) -> bool:
    """Whether an event is about a watched name: its provider, or whole words of a printed name.

    A row that went from one holder to another is about both.
    """
    slugs = {event.provider.slug, *_former(event, providers), *_abroad(event, providers)}
    named = providers.named(name)
    if print_key(name) in slugs or (named is not None and named.slug in slugs):
        return True
    wanted = words(name)
    return any(_contains(words(text), wanted) for text in _printed(event))


def _former(event: Event, providers: Providers) -> Iterator[str]:
    """The provider that the row had before another holder was printed."""
    before = event.changes["holder"].before if "holder" in event.changes else None
    if isinstance(before, str):
        country = event.attestations[0].country
        yield providers.resolve(before, event.source, event.label, country).slug


def _abroad(event: Event, providers: Providers) -> Iterator[str]:
    """The providers that holders on the list of another state were until an identifier said who they are."""
    for row in event.attestations:
        if abroad(row.country):
            yield providers.resolve(row.holder, event.source, event.label, row.country).slug


def _printed(event: Event) -> Iterable[str]:
    yield event.provider.name
    for row in event.attestations:
        yield row.holder
        if row.subject:
            yield row.subject
    for field in ("holder", "subject"):
        if field in event.changes and isinstance(event.changes[field].before, str):
            yield str(event.changes[field].before)


def _contains(text: Sequence[str], wanted: Sequence[str]) -> bool:
    size = len(wanted)
    return size > 0 and any(tuple(text[n : n + size]) == tuple(wanted) for n in range(len(text) - size + 1))
