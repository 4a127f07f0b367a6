"""Rebuilds the whole log from the kept pages, look by look, and holds it against what was recorded.

The rebuilt runs make a chain of their own; a link is equal when run, events, listing and what the listing
rests on are equal to the last byte.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from state.codec import instant, text
from state.file.opening import open_store
from state.kept import audit, rebuild
from state.model import Outcome, Run
from state.seen.looks import chain, evidence, runs
from state.seen.taken_back import forgotten
from state.seen.who.providers import load_providers
from watcher.errors import Differs, Overtaken
from watcher.look.check import look, on_word
from watcher.look.forget import accepting, forget
from watcher.look.health import after_run
from watcher.look.record import Watch, conclude

if TYPE_CHECKING:
    from scrapers.source import Source
    from state.file.store import Store
    from state.seen.looks.chain import Link

OTHER_REVISION = "other_revision"
OTHER_NAMES = "other_names"
NO_SOURCE = "no_source"
SHOWN = 300
"""How many characters of each side of a difference are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What became of it: how many runs were rebuilt to the byte, with how many events.

    `taken` counts, by reason, the runs that today's program cannot make again and that were taken over as
    they were recorded. `difference` is the first thing that came out otherwise, "" when nothing did.
    """

    runs: int
    events: int
    taken: Mapping[str, int]
    difference: str
    head: str


def rebuilt(store: Store, sources: Mapping[str, Source]) -> Rebuilt:
    """Replays every run of the log into an empty memory, which is thrown away; `store` is only read."""
    if faults := audit.faults(store):
        difference = "the log does not agree with its own chain: " + "; ".join(faults[:3])
        return Rebuilt(runs=0, events=0, taken={}, difference=difference, head=chain.head(store))
    with (
        TemporaryDirectory(prefix="vigilabel-") as room,
        open_store(str(Path(room) / "rebuilt.db")) as new,
        _quiet(),
    ):
        return _Rebuilding(store, new, sources).all()


@contextmanager
def _quiet() -> Iterator[None]:
    """No words to operators: what happens here happened long ago."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


class _Rebuilding:
    """One replay: the recorded memory, the new one, and the count."""

    def __init__(self, old: Store, new: Store, sources: Mapping[str, Source]) -> None:
        self._old, self._new, self._sources = old, new, sources
        self._aliases: frozenset[int] | None = None
        self._providers = load_providers()
        self._taken: Counter[str] = Counter()
        self._runs = self._events = 0

    def all(self) -> Rebuilt:
        """Goes through the chain until its end or the first difference."""
        difference = ""
        for link in chain.links(self._old):
            difference = self._next(link)
            if difference:
                break
        return Rebuilt(
            runs=self._runs,
            events=self._events,
            taken=dict(self._taken),
            difference=difference,
            head=chain.head(self._new),
        )

    def _next(self, link: Link) -> str:
        """Rebuilds one link, or takes it over with its reason; returns what came out otherwise."""
        if link.kind == forgotten.KIND:
            return self._forget(link)
        if link.kind != chain.RUN:  # an operator's word: there is nothing to make it from
            chain.carry(self._new, link)
            return ""
        facts = link.facts
        for snapshot in facts["snapshots"]:
            rebuild.carry_snapshot(self._old, self._new, snapshot["id"])
        run = runs.run(self._old, link.record)
        reason = self._unmakeable(run)
        if not reason:
            made = self._attempt(run, link)
            if not made:
                self._count(facts)
                return ""
            if "names" not in made and not _said_alike(facts, made):
                return _difference(self._old, run, facts, made)
            if len(made) > 1:
                reason = OTHER_NAMES
        return self._take_over(run, link, reason)

    def _forget(self, link: Link) -> str:
        run, facts = runs.run(self._new, link.record), link.facts
        forget(self._new, self._sources.get(run.source), run, facts["reason"], instant(facts["at"]))
        if chain.head(self._new) == link.hash:
            return ""
        return f"run {run.id} of {run.source}: forgetting it came out otherwise"

    def _unmakeable(self, run: Run) -> str:
        if run.source not in self._sources:
            return NO_SOURCE
        return OTHER_REVISION if run.revision != self._sources[run.source].revision else ""

    def _count(self, facts: Mapping[str, Any]) -> None:
        self._runs += 1
        self._events += len(facts["events"])

    def _attempt(self, run: Run, link: Link) -> Mapping[str, Any]:
        """Makes a run again; {} when it is equal, else the facts that differ, and nothing was written."""
        try:
            with self._new.transaction():
                self._make(run, link)
                _require_equal(link, self._new)
        except Differs as other:
            return other.made
        except Overtaken as error:
            return {"order": str(error)}
        return {}

    def _make(self, run: Run, link: Link) -> None:
        source, watch = self._sources[run.source], self._watch(run)
        if (
            run.snapshot is None or run.outcome is Outcome.CRASHED
        ):  # nothing was read: a failure is its record
            conclude(watch, run, runs.state_of(self._new, run.source))
            return
        stated = link.facts["approval"]
        if stated is not None:
            on_word(source, runs.run(self._new, stated["run"]), stated["reason"], watch, run.at)
            return
        look(source, evidence.pages(self._new, run.snapshot), watch, run.at, latest=True)

    def _watch(self, run: Run) -> Watch:
        """What the run worked with: the aliases of that day, what it knew of its clock; nobody listens."""
        aliases = rebuild.carry_aliases(self._old, self._new, run.at)
        if aliases != self._aliases:
            self._aliases, self._providers = aliases, load_providers(self._new)
        knew = replace(run.clock, doubt=None, confirmed=False)
        return Watch(store=self._new, providers=self._providers, clock=knew)

    def _take_over(self, run: Run, link: Link, reason: str) -> str:
        facts = link.facts
        with self._new.transaction():
            rebuild.carry_run(self._old, self._new, link)
            accepted = accepting(runs.state_of(self._new, run.source), facts["accepted"])
            runs.save_state(self._new, after_run(accepted, run)[0])
        if chain.listing_digest(self._new, run.source, run.id) != facts["listing"]:
            return f"run {run.id} of {run.source}: its listing is not the one that the chain has"
        if reason:
            self._taken[reason] += 1
        else:
            self._count(facts)
        return ""


def _said_alike(stated: Mapping[str, Any], made: Mapping[str, Any]) -> bool:
    """Whether nothing differs but the data of which the same sentences are made: older programs kept less."""
    if made.keys() != {"run"}:
        return False
    one, other = ({**run, "reasons": ()} for run in (stated["run"], made["run"]))
    return one == other


def _require_equal(link: Link, new: Store) -> None:
    [made] = chain.links(new, link.number, link.number)
    if differing := _differing(link.facts, made.facts, new):
        raise Differs(differing)


def _differing(stated: Mapping[str, Any], made: Mapping[str, Any], new: Store) -> Mapping[str, Any]:
    """The facts of a rebuilt link that are not the recorded ones; lists and events as they came out."""
    names = [name for name in stated.keys() | made.keys() if stated.get(name) != made.get(name)]
    differing = {name: made.get(name) for name in names}
    run = made["run"]
    if "events" in differing:
        differing["events"] = [each["body"] for each in chain.event_lines(new, run["id"])]
    if "listing" in differing:
        differing["listing"] = list(chain.listing_lines(new, run["source"], run["id"]))
    return differing


def _difference(old: Store, run: Run, stated: Mapping[str, Any], made: Mapping[str, Any]) -> str:
    """The first difference, in words: the event, the row or the fact, as recorded and as rebuilt."""
    where = f"run {run.id} of {run.source} at {instant(stated['run']['at']):%Y-%m-%d %H:%M} UTC"
    if "events" in made:
        recorded = [each["body"] for each in chain.event_lines(old, run.id)]
        return f"{where}: events: {_first(recorded, made['events'])}"
    if "listing" in made:
        recorded = list(chain.listing_lines(old, run.source, run.id))
        return f"{where}: listing: {_first(recorded, made['listing'])}"
    name = min(made)
    return f"{where}: {name}: {_sides(text(stated.get(name)), text(made[name]))}"


def _first(recorded: list[str], made: list[str]) -> str:
    """The first line that differs, field by field where both sides have it."""
    for number, line in enumerate(recorded):
        if number >= len(made):
            return _sides(line, "nothing")
        if line != made[number]:
            return _fields(json.loads(line), json.loads(made[number]))
    return _sides("nothing", made[len(recorded)])


def _fields(recorded: Mapping[str, Any], made: Mapping[str, Any]) -> str:
    parts = [
        f"{name}: {_sides(text(recorded.get(name)), text(made.get(name)))}"
        for name in sorted(recorded.keys() | made.keys())
        if recorded.get(name) != made.get(name)
    ]
    return "; ".join(parts)


def _sides(recorded: str, made: str) -> str:
    return f"recorded {recorded[:SHOWN]}, rebuilt {made[:SHOWN]}"
