"""Which processes run which part of the watch, who holds what only one may hold, and what nobody does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from state.file import claims
from state.owed import counted
from state.seen.looks import runs
from watcher.look.slots import SPREAD, last_slot
from watcher.parts.holding import PART, SOCKET, UPKEEP
from watcher.parts.owner import gone, spoken

if TYPE_CHECKING:
    from scrapers.source import Source
    from state.file.store import Store

HELD = {"socket": SOCKET, "upkeep": UPKEEP}
"""What one process at a time holds: Slack's socket; upkeep, summaries and canaries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process as people look for it, and until when what it said holds; it says it again before."""

    machine: str
    process: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """By part, the processes that run it; by what only one may hold, who does. Given as JSON as it is.

    `overdue` are the sources whose last planned look nobody made, `oldest` is since when the oldest delivery
    waits that may go.
    """

    parts: Mapping[str, tuple[Process, ...]]
    held: Mapping[str, Process | None]
    overdue: tuple[str, ...]
    oldest: datetime | None


def running(store: Store, sources: Mapping[str, Source], parts: Iterable[str], now: datetime) -> Running:
    """Who runs what, as far as the memory was told."""
    by_part = {part: tuple(_alive(store, f"{PART}{part}/", now)) for part in parts}
    held = {name: next(iter(_alive(store, lease, now)), None) for name, lease in HELD.items()}
    return Running(
        parts=by_part,
        held=held,
        overdue=tuple(name for name, source in sources.items() if overdue(store, source, now)),
        oldest=counted.waiting_since(store),
    )


def _alive(store: Store, beginning: str, now: datetime) -> Iterable[Process]:
    for owner, until in claims.held(store, beginning, now).values():
        if not gone(owner):
            machine, process = spoken(owner)
            yield Process(machine=machine, process=process, until=until)


def overdue(store: Store, source: Source, now: datetime) -> bool:
    """Whether a planned look is long past, and nobody made it or any later one."""
    slot, last = last_slot(source, now - SPREAD), runs.state_of(store, source.name).last_look
    return slot is not None and (last is None or last < slot)
