"""The filter of the history: which events a reader asks for; the same in pages, programs and feeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from scrapers import names
from state.seen.events import log
from state.seen.who import registered, spellings
from state.words.labels import TOGETHER, label_word, single
from watcher.ask.history import TOLD
from watcher.ask.past.was import first_moment, last_moment
from watcher.tell.turned import joint_events

if TYPE_CHECKING:
    from state.file.store import Store
    from state.model import Event
    from watcher.web.asked.site import Visit

CONDITIONS = (
    *("q", "provider", "label", "kind", "source", "country"),
    *("since", "until", "all", "look", "before"),
)
"""The parts of an address that a filter is read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Events must meet every condition given. `provider` is a slug by today's names, days are Paris days,
    `look` is the number of a look, `before` the cursor: the number of the last event of the page before. Of
    labels `together` (their slug) those by which they came together or parted."""

    q: str = ""
    provider: str = ""
    labels: tuple[str, ...] = ()
    label: str = ""
    together: str = ""
    kind: str = ""
    source: str = ""
    country: str = ""
    since: date | None = None
    until: date | None = None
    all: bool = False
    look: int | None = None
    before: int | None = None

    def query(self) -> Mapping[str, object]:
        """The filter as the parts of an address."""
        told = {name: getattr(self, name) for name in CONDITIONS}
        return {**told, "country": self.country.lower(), "all": "1" if self.all else None}

    def older_than(self, event: int) -> Filter:
        return replace(self, before=event)

    @property
    def begins(self) -> datetime | None:
        """The first moment of `since`."""
        return first_moment(self.since)

    @property
    def ends(self) -> datetime | None:
        """The last second of `until`."""
        return last_moment(self.until)

    @property
    def narrow(self) -> bool:
        """Whether it asks for events that are told one by one: all others are told a look at a time."""
        one_by_one = self.q or self.provider or self.kind or self.look or self.together
        return bool(one_by_one or (self.all and self.label))

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing in particular."""
        return self == replace(Filter(), before=self.before)


def asked_of(store: Store, wanted: Filter, *, forgotten: bool = False) -> log.Asked:
    """What a filter asks of the log; `forgotten`: also of what followed from forgotten looks."""
    return {
        "who": wanted.provider or None,
        "labels": wanted.labels or None,
        "numbers": joint_events(store, [wanted.together], forgotten=forgotten) if wanted.together else None,
        "kinds": [wanted.kind] if wanted.kind else None,
        "sources": registered.sources_of(
            store, [wanted.country] if wanted.country else (), [wanted.source] if wanted.source else ()
        ),
        "causes": None if wanted.all else TOLD,
        "since": wanted.begins,
        "until": wanted.ends,
        "rows": spellings.lines(store, wanted.q) if wanted.q else None,
        "run": wanted.look,
        "forgotten": forgotten,
    }


def events_of(
    visit: Visit, wanted: Filter, limit: int | None, *, after: int | None = None
) -> tuple[Event, ...]:
    """The events that meet a filter, newest first; those after a number, `after`, oldest first."""
    return log.events(
        visit.store,
        before=wanted.before,
        after=after,
        limit=limit,
        newest_first=after is None,
        **asked_of(visit.store, wanted),
    )


def filter_asked(visit: Visit) -> Filter:
    """The filter that a visit asks for, a name of one provider read as its slug; raises `BadQuestion`, and
    `NotFound` for a name on no list."""
    parts, labels = visit.parts, visit.parts.labels_or_together()
    provider, together = parts.text("provider"), labels[0] if labels and labels[0] in TOGETHER else ""
    # A source that is off has the events of the time when it was on, and none is no mistake of who asks.
    off = [name for name in names() if name == parts.get("source")]
    wanted = Filter(
        q=parts.text("q"),
        provider=provider,
        label=together or label_word(parts.text("label")),
        labels=single(labels),
        together=together,
        kind=parts.kind(),
        source=parts.one_of("source", [*visit.archive.sources, *off]),
        country=parts.country(),
        since=parts.day("since"),
        until=parts.day("until"),
        all=parts.yes("all"),
        look=parts.number("look"),
        before=parts.number("before"),
    )
    # Last: who mistook a day is told so, whatever the name.
    return replace(wanted, provider=visit.provider(provider).slug) if provider else wanted
