"""What the addresses of the API answer and take, as views; many are lists of other views."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from scrapers import names
from state.model import Provider
from state.words.labels import single
from watcher.ask import holders
from watcher.ask.standing import curve, together
from watcher.ask.views import standings
from watcher.ask.views.events import Event
from watcher.ask.views.form import LEFT_OUT, Day, Label, LabelOrTogether, Schema, Time, filled
from watcher.ask.views.held import Holding, row_view
from watcher.ask.views.noted import Document, document_views
from watcher.ask.views.rows import Row
from watcher.ask.views.standings import Source, Standing, Together
from watcher.ask.watch import label_state
from watcher.look.condition import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """One page of events, newest first; `next` is the address of the next page."""

    events: tuple[Event, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestations:
    """One page of rows; `next` is the address of the next page."""

    attestations: tuple[Row, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many hold a label, by how many rows; `read`: whether a register that says so was ever read."""

    label: Label
    providers: int
    attestations: int
    read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyTogether:
    """How many hold labels together now: those that are printed to hold them all on a day to come apart, and
    those that do so by an operator's note among both. `read`: whether registers say so of each label."""

    label: LabelOrTogether
    labels: tuple[Label, ...]
    providers: int
    to_come: int
    noted: int
    read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Every label, and those that people ask for together."""

    labels: tuple[Tally, ...]
    together: tuple[TallyTogether, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The look that an answer rests on, and whether it still speaks for the day asked about."""

    source: str
    seen_at: Time
    edition_at: Time | None
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """How a source is, and how many rows of a label its last reading lacks."""

    source: str
    state: State
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Who holds a label, or held it on a day: then with what is known of each.

    Of labels together, `together` are the providers that have all of them, and `alone` counts those that have
    but one, by label; `attestations` are the rows of the first. `documented` is what documents say of a day
    that nobody saw: somebody's word, in no row of a register.
    """

    label: LabelOrTogether
    on: Day
    editions: tuple[Edition, ...]
    sources: tuple[Sighted, ...]
    attestations: tuple[Row, ...] | tuple[Holding, ...]
    together: Annotated[tuple[Together, ...], LEFT_OUT] = ()
    alone: Annotated[Mapping[str, int], LEFT_OUT] = field(default_factory=dict)
    documented: Annotated[tuple[Document, ...], LEFT_OUT] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedOn:
    """From a day on, so many providers."""

    date: Day
    providers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedSize:
    """How many others reported on a list, never counted by this watch: by whom it was said, when and where;
    without a title the source was not found again. `within`: the day itself, its month or its year."""

    date: Day
    within: str
    count: int
    title: str | None
    publisher: str | None
    published: Day | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenSpan:
    """From a day until another, on which it is over."""

    start: Day
    end: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCurve:
    """How many held a label over time. `counted` is what readings show, from the first on; `documented` what
    documents say of the time before it; `reported` what others said. `unseen`: nobody looked."""

    label: Label
    counted: tuple[CountedOn, ...]
    documented: tuple[CountedOn, ...]
    reported: tuple[ReportedSize, ...]
    unseen: tuple[UnseenSpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Provider):
    """A provider, the labels it holds, and by how many rows."""

    labels: tuple[Label, ...]
    attestations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """Every provider that holds a label."""

    providers: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """Where providers stand, label by label."""

    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """How well each source is watched."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A source to look at."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    source: Annotated[str, Schema({"type": "string", "enum": [*names()]})]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong (RFC 9457); `did_you_mean` are names that may be meant."""

    type: str
    title: str
    status: int
    detail: str
    did_you_mean: Annotated[tuple[str, ...], LEFT_OUT] = ()


def tally_together(found: together.Holders, read: Collection[str]) -> TallyTogether:
    """How many hold labels together."""
    labels = single([found.label])
    to_come = sum(held.ahead for held in found.held)
    return TallyTogether(
        label=found.label,
        labels=labels,
        providers=len(found.held) - to_come,
        to_come=to_come,
        noted=sum(bool(held.noted) for held in found.held),
        read=set(labels) <= set(read),
    )


def together_view(found: together.Holders, on: Day, seen: Iterable[label_state.Sighted]) -> Holders:
    """Who has labels together, now or on a day."""
    return Holders(
        label=found.label,
        on=on,
        editions=_editions(found.editions),
        sources=_sources(seen),
        attestations=tuple(row_view(row) for held in found.held for row in held.rows),
        together=tuple(standings.together_view(held) for held in found.held),
        alone=found.alone,
    )


def holders_view(label: str, on: Day, held: holders.Holders, seen: Iterable[label_state.Sighted]) -> Holders:
    """Who holds a label, now or on a day."""
    return Holders(
        label=label,
        on=on,
        editions=_editions(held.editions),
        sources=_sources(seen),
        attestations=tuple(row_view(row, told) for row, told in held.listed),
        documented=document_views(held.documented),
    )


def _editions(looked: Iterable[holders.Edition]) -> tuple[Edition, ...]:
    return tuple(filled(Edition, one, seen_at=one.at) for one in looked)


def _sources(seen: Iterable[label_state.Sighted]) -> tuple[Sighted, ...]:
    return tuple(filled(Sighted, one, state=one.condition.state) for one in seen)


def curve_view(told: curve.Curve) -> LabelCurve:
    """How many held a label over time."""
    return LabelCurve(
        label=told.label,
        counted=_counts(told.counted),
        documented=_counts(told.documented),
        reported=tuple(
            filled(
                ReportedSize,
                one,
                date=one.day,
                title=one.title or None,
                publisher=one.publisher or None,
                url=one.url or None,
            )
            for one in told.reported
        ),
        unseen=tuple(UnseenSpan(start=start, end=end) for start, end in told.unseen),
    )


def _counts(told: Iterable[tuple[Day, int]]) -> tuple[CountedOn, ...]:
    return tuple(CountedOn(date=day, providers=count) for day, count in told)
