"""The filter of the history: which events a reader asks for; the same in pages, programs and feeds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from starlette.datastructures import QueryParams

from state.model import Cause, Event
from state.seen import log, spellings
from state.words.labels import label_word
from watcher.ask.days import TOLD
from watcher.ask.past.was import bounds_of_day
from watcher.web.asked.named import provider_named
from watcher.web.asked.parts import day_named, kind_named, labels_named, number_named, one_of, text_named
from watcher.web.asked.site import Visit, sources_of

CONDITIONS = ("q", "provider", "label", "kind", "source", "since", "until", "all", "before")
"""The parts of an address that a filter is read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Events must meet every condition given. `provider` is a slug by today's names, days are Paris days,
    `before` is the cursor: the number of the last event of the page before."""

    q: str = ""
    provider: str = ""
    labels: tuple[str, ...] = ()
    label: str = ""
    kind: str = ""
    source: str = ""
    since: date | None = None
    until: date | None = None
    everything: bool = False
    before: int | None = None

    def query(self) -> Mapping[str, object]:
        """The filter as the parts of an address."""
        return {
            "q": self.q,
            "provider": self.provider,
            "label": self.label,
            "kind": self.kind,
            "source": self.source,
            "since": self.since,
            "until": self.until,
            "all": "1" if self.everything else None,
            "before": self.before,
        }

    def older_than(self, event: int) -> Filter:
        """The same filter, one page on."""
        return replace(self, before=event)

    @property
    def begins(self) -> datetime | None:
        """The first moment of `since`."""
        return bounds_of_day(self.since)[0] if self.since else None

    @property
    def ends(self) -> datetime | None:
        """The last second of `until`."""
        return bounds_of_day(self.until)[1] - timedelta(seconds=1) if self.until else None

    @property
    def wide(self) -> bool:
        """Whether it asks for everything about everybody: first looks would then bury all else."""
        return self.everything and not (self.q or self.provider or self.label or self.kind)

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing in particular."""
        return self == replace(Filter(), before=self.before)


def filter_of(given: QueryParams, sources: Collection[str]) -> Filter:
    """The filter that an address asks for; raises `BadQuestion`."""
    return Filter(
        q=text_named(given, "q"),
        provider=text_named(given, "provider"),
        label=label_word(text_named(given, "label")),
        labels=labels_named(given),
        kind=kind_named(given),
        source=one_of(given, "source", sources),
        since=day_named(given, "since"),
        until=day_named(given, "until"),
        everything=one_of(given, "all", ("0", "1")) == "1",
        before=number_named(given, "before"),
    )


def events_of(visit: Visit, wanted: Filter, limit: int | None, *, folded: bool = False) -> tuple[Event, ...]:
    """The events that meet a filter, newest first; with `folded` without those of first looks."""
    everything = (*TOLD, Cause.REREADING) if folded else None
    return log.events(
        visit.store,
        who=wanted.provider or None,
        labels=wanted.labels or None,
        kinds=[wanted.kind] if wanted.kind else None,
        sources=[wanted.source] if wanted.source else None,
        causes=everything if wanted.everything else TOLD,
        since=wanted.begins,
        until=wanted.ends,
        rows=spellings.lines(visit.store, wanted.q) if wanted.q else None,
        before=wanted.before,
        limit=limit,
        newest_first=True,
    )


def filter_asked(visit: Visit) -> Filter:
    """The filter that a visit asks for, a name of one provider read as its slug; raises `BadQuestion`, and
    `NotFound` for a name on no list."""
    wanted = filter_of(visit.request.query_params, sources_of(visit))
    if not wanted.provider:
        return wanted
    return replace(wanted, provider=provider_named(visit, wanted.provider).slug)
