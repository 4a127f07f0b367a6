"""The filter of the history: which events a reader asks for; the same in pages, programs and feeds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from starlette.datastructures import QueryParams

from state.model import Cause, Event, Kind
from state.names import print_key
from state.seen import log
from state.words.labels import GROUPS, LABELS, meant
from watcher.ask.days import TOLD
from watcher.ask.past.was import bounds_of_day
from watcher.errors import BadQuestion
from watcher.web.asked.site import Visit, sources_of

LONGEST = 200
"""Characters of a search that are looked at; no printed name comes near."""


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
    label = text_named(given, "label")
    return Filter(
        q=text_named(given, "q"),
        provider=text_named(given, "provider"),
        label=label,
        labels=labels_named(label),
        kind=_one_of(given, "kind", list(Kind)),
        source=_one_of(given, "source", sources),
        since=day_named(given, "since"),
        until=day_named(given, "until"),
        everything=_one_of(given, "all", ("0", "1")) == "1",
        before=number_named(given, "before"),
    )


def text_named(given: QueryParams, name: str) -> str:
    """The text of a part of an address, "" where it is not there; raises `BadQuestion`."""
    text = given[name].strip() if name in given else ""
    if "\0" in text or len(text) > LONGEST:
        raise BadQuestion(name, text[:20], "text", most=LONGEST)
    return text


def _one_of(given: QueryParams, name: str, known: Collection[str]) -> str:
    text = text_named(given, name)
    if text and text not in known:
        raise BadQuestion(name, text, "one_of", known=", ".join(known))
    return text


def labels_named(text: str) -> tuple[str, ...]:
    """The labels that a name stands for, a family's several; raises `BadQuestion`."""
    if not text:
        return ()
    found = meant(print_key(text))
    if not found:
        raise BadQuestion("label", text, "one_of", known=", ".join((*GROUPS, *LABELS)))
    return found


def day_named(given: QueryParams, name: str) -> date | None:
    """The day that a part of an address names, None where it is empty; raises `BadQuestion`."""
    text = text_named(given, name)
    try:
        return day(text) if text else None
    except ValueError:
        raise BadQuestion(name, text, "day") from None


def day(text: str) -> date:
    """An ISO day between 1900 and 2199; raises `ValueError`."""
    found = date.fromisoformat(text)
    if len(text) != len("2026-03-04") or not 1900 <= found.year < 2200:
        raise ValueError(text)
    return found


def number_named(given: QueryParams, name: str, most: int = 2**53) -> int | None:
    """The number that a part of an address names, None where it is empty; raises `BadQuestion`."""
    text = text_named(given, name)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= most:
        raise BadQuestion(name, text, "number", most=most)
    return int(text)


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
        rows=visit.directory.lines(wanted.q) if wanted.q else None,
        before=wanted.before,
        limit=limit,
        newest_first=True,
    )


def filter_asked(visit: Visit) -> Filter:
    """The filter that a visit asks for, a name of one provider read as its slug; raises `BadQuestion`."""
    wanted = filter_of(visit.request.query_params, sources_of(visit))
    return replace(wanted, provider=slug_of(visit, wanted.provider))


def slug_of(visit: Visit, text: str) -> str:
    """The slug of the one provider that a name means, else the text as it is."""
    meant = visit.archive.names.meant(text) if text else ()
    return meant[0].slug if len(meant) == 1 else text
