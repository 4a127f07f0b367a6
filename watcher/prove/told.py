"""What evidence proves, what a replay found, and what became of a copy: in lines for people, and as views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.said.voice import voice
from watcher.ask.views.form import filled

if TYPE_CHECKING:
    from notifiers.said.voice import Voice
    from state.kept.carried import Carried
    from watcher.prove.replay import Rebuilt

Lines = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A replay; `difference` is the first thing that came out otherwise."""

    head: str
    runs: int
    events: int
    taken: Mapping[str, int]
    difference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedMemory:
    """A memory that was copied: `rows` by table, of which `kept` were there from a copy that was interrupted;
    `faults` are those of the memory itself, found again in the copy."""

    origin: str
    copy: str
    head: str
    links: int
    rows: Mapping[str, int]
    kept: int
    faults: tuple[str, ...]


def whole_lines(say: Voice, *, vouched: bool, sheet: bool) -> Lines:
    """That a file is as it was written; what is said of its leaflet, and of a `sheet` beside it."""
    leaflet = ("vouched" if vouched else "not_vouched") + ("_both" if sheet else "")
    return [
        (say("verify.result"), say("verify.whole" if vouched else "verify.whole_but")),
        (say("verify.leaflet"), say.each("verify", leaflet)),
    ]


def sealed_lines(say: Voice, chained: str, head: str, key: str | None) -> Lines:
    """What is said of the chain in an evidence file, its head, and who signed all of it."""
    return [
        (say("verify.chain"), chained),
        (say("verify.head"), head),
        (say("verify.signature"), say("verify.signed", key=key) if key else say("verify.none")),
    ]


def rebuilt_lines(found: Rebuilt, say: Voice) -> Lines:
    """A replay, in lines for people."""
    taken = [
        (say("replay.not_rebuilt", count=count), say("replay.taken", why=say.each("taken", reason)))
        for reason, count in found.taken.items()
    ]
    return [
        (say("verify.result"), say("replay.different") if found.difference else say("replay.same")),
        (say("replay.rebuilt"), say("replay.made", runs=found.runs, events=found.events)),
        *taken,
        (say("verify.head"), found.head),
    ]


def replayed_view(found: Rebuilt) -> Replayed:
    """A replay; programs read why in English."""
    taken = {voice("en").each("taken", reason): count for reason, count in found.taken.items()}
    return filled(Replayed, found, taken=taken, difference=found.difference or None)


def copied_lines(found: Carried, say: Voice) -> Lines:
    """A copy of the memory, in lines for people."""
    kept = [(say("copy.kept"), say("copy.kept_rows", rows=found.kept))] if found.kept else []
    rows, tables = sum(found.rows.values()), sum(1 for count in found.rows.values() if count)
    return [
        (say("verify.result"), say("copy.same")),
        (say("copy.rows"), say("copy.counted", rows=rows, tables=tables)),
        *kept,
        (say("verify.head"), say("copy.head", head=found.head, links=found.links)),
    ]


def copied_view(found: Carried, origin: str, copy: str) -> CopiedMemory:
    """A memory that was copied from one address to another, as people may read them."""
    return filled(CopiedMemory, found, origin=origin, copy=copy)
