"""What a search finds, as views."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from notifiers.said.named import label_name
from notifiers.said.wording import title
from state.model import Event, Kind, Provider, Version
from watcher.ask.find.found import Found, Group, Mark, Who
from watcher.ask.standing.race import Place, Standing
from watcher.ask.views.form import Day, LabelOrTogether, Time, filled

ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Where a provider stands with a label, and the last of the printed ends."""

    state: Place
    valid_until: Day | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that was found, and the address of its page on this site.

    `secnumcloud`, `hds` and `printed` are there for providers, `holders` for labels, `event`, `kind` and
    `seen_at` for events; `ref` is as printed; `gone_at` says since when a row is no longer listed.
    """

    group: Group
    name: str
    page: str
    provider: Provider | None = None
    printed: tuple[str, ...] = ()
    secnumcloud: Held | None = None
    hds: Held | None = None
    label: LabelOrTogether | None = None
    holders: int | None = None
    holder: str | None = None
    ref: str | None = None
    url: str | None = None
    status: str | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    gone_at: Time | None = None
    event: int | None = None
    kind: Kind | None = None
    seen_at: Time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much of a group was found; `more`: at least so much."""

    total: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a text finds, and how much of each group, or of the one asked for; `next` is the address of its
    next page. `did_you_mean` are names that may be meant where no provider, service or decision was found."""

    q: str
    found: Mapping[str, Count]
    hits: tuple[Hit, ...]
    did_you_mean: tuple[str, ...]
    next: str | None


def search_view(told: Found, next: str | None) -> Search:
    """What a text finds."""
    return Search(
        q=told.text,
        found={group.value: filled(Count, part) for group, part in told.parts.items()},
        hits=tuple(hit_views(told)),
        did_you_mean=(*(one.provider.name for one in told.near), *(one.label for one in told.alike)),
        next=next,
    )


def hit_views(told: Found) -> Iterator[Hit]:
    """All that is shown, in the order of the groups."""
    for group, part in told.parts.items():
        for one in part.shown:
            yield Hit(group=group, **HITS[group](one))


def _provider(one: Who) -> Mapping[str, Any]:
    states = {each.label: _held(each) for each in one.standings}
    return {
        "name": one.provider.name,
        "page": f"/providers/{one.provider.slug}",
        "provider": one.provider,
        "printed": one.printed,
        **states,
    }


def _held(standing: Standing) -> Held:
    return Held(state=standing.place, valid_until=standing.ends[-1] if standing.ends else None)


def _row(one: Version) -> Mapping[str, Any]:
    row, provider = one.known.attestation, one.known.provider
    same = ("label", "holder", "url", "status", "valid_from", "valid_until")
    return {
        "name": row.subject or row.holder,
        "page": f"/providers/{provider.slug}",
        "provider": provider,
        "ref": row.printed_ref,
        "gone_at": one.until,
        **{name: getattr(row, name) for name in same},
    }


def _label(one: Mark) -> Mapping[str, Any]:
    return {
        "name": label_name(one.label, ENGLISH),
        "page": f"/labels/{one.label}",
        "label": one.label,
        "holders": one.holders,
    }


def _event(one: Event) -> Mapping[str, Any]:
    return {
        "name": title(one, ENGLISH),
        "page": f"/events/{one.id}",
        "provider": one.provider,
        "label": one.label,
        "event": one.id,
        "kind": one.kind,
        "seen_at": one.seen_at,
    }


HITS: Mapping[Group, Callable[[Any], Mapping[str, Any]]] = {
    Group.PROVIDERS: _provider,
    Group.SERVICES: _row,
    Group.DECISIONS: _row,
    Group.LABELS: _label,
    Group.EVENTS: _event,
}
