"""How many held a label over time: counted in what was read; apart, by documents, and as others reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from state.model import day_of
from state.noted.documents import documents
from state.seen.rows import life, overview
from state.words.sizes import SIZES, Size
from watcher.ask.watch.blindness import unseen

if TYPE_CHECKING:
    from state.seen.rows.life import Move
    from state.words.documented import Documented
    from watcher.ask.archive import Archive

Counts = tuple[tuple[date, int], ...]
"""The days on which a number changed, and the number from then on."""
Span = tuple[date, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The number of holders of a label: `counted` in readings; `documented` by documents, of the time before
    the first of them; `reported` by others. `unseen` are the times in which nobody looked."""

    label: str
    counted: Counts
    documented: Counts
    reported: tuple[Size, ...]
    unseen: tuple[Span, ...]


def curve(archive: Archive, label: str) -> Curve:
    """The numbers of a label up to today."""
    today = day_of(archive.now)
    counted = holders_by_day(life.moves(archive.store, label))
    told = documents(archive.store, label=label) if overview.documented(archive.store, label) else ()
    until = counted[0][0] if counted else today + timedelta(days=1)
    return Curve(
        label=label,
        counted=counted,
        documented=documented_by_day(told, until),
        reported=tuple(one for one in SIZES.get(label, ()) if one.day <= today),
        unseen=tuple(unseen(archive, label)),
    )


def holders_by_day(moves: Iterable[Move]) -> Counts:
    """The days on which the number of different providers changed, and the number from then on."""
    rows: defaultdict[str, int] = defaultdict(int)
    holders = 0
    found: list[tuple[date, int]] = []
    for day, moved in groupby(moves, key=lambda move: move.day):
        for move in moved:
            before = rows[move.provider] > 0
            rows[move.provider] += move.change
            holders += (rows[move.provider] > 0) - before
        if not found or found[-1][1] != holders:
            found.append((day, holders))
    return tuple(found)


def documented_by_day(told: Sequence[Documented], until: date) -> Counts:
    """How many providers hold a label by documents on each day before another, days of change alone."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for one in told:
        if (span := _undenied(one, told)) and span[0] < until:
            spans[one.provider.slug].append((span[0], min(span[1] + timedelta(days=1), until)))
    change: dict[date, int] = defaultdict(int)
    for own in spans.values():
        for start, end in _joined(own):
            change[start] += 1
            change[end] -= 1
    counts, holders = [], 0
    for day in sorted(change):
        holders += change[day]
        counts += [(day, holders)] if change[day] else []
    return tuple(counts)


def _undenied(one: Documented, told: Sequence[Documented]) -> Span | None:
    """The days that a document vouches for, until another says that it was withdrawn."""
    if one.span is None:
        return None
    ends = [other.withdrawn_on for other in told if other.withdrawn_on and other.same_thing(one)]
    last = min([one.span[1], *(day - timedelta(days=1) for day in ends)])
    return (one.span[0], last) if one.span[0] <= last else None


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The spans of one provider, those that touch made one: a renewal is no second holder."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
