"""How long the memory takes to read, change and log a listing of 1,000, 10,000 and 100,000 rows, 1 % changed.

Run `python -m benchmarks.commit_listing [ROWS…]`. Growth compares the time per row with that of the size
before: about 1 when the work grows with the listing and not faster.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from state import listings, log, runs
from state.model import (
    Attestation,
    Cause,
    Event,
    Evidence,
    FieldChange,
    Kind,
    Known,
    Outcome,
    Provider,
    Run,
    Transition,
)
from state.providers import load_providers
from state.store import Store, open_store

START = datetime(2026, 3, 4, 14, 34, 17, tzinfo=UTC)
SOURCE = "ans-hds"
Steps = dict[str, float]

Diff = Callable[[Sequence[Known]], Transition]
"""What makes the next listing out of the known one; `one_in_hundred` stands in for a real reading."""


def attestation(number: int) -> Attestation:
    return Attestation(
        label="hds",
        holder=f"Établissement de santé {number // 3} SAS",
        subject=f"Hébergement n° {number}",
        scope=("1", "2", "3", "4"),
        issuer="LNE",
        ref=f"{number}-1",
        url=f"https://register.example/certificates/{number}.pdf",
        valid_from=date(2024, 1, 1),
        valid_until=date(2027, 1, 1),
        extra={"pays": "France", "référentiel": "2.0"},
        page=number // 50,
        place=f"row {number}",
    )


def first_listing(rows: int) -> Transition:
    providers = load_providers()
    added = []
    for row in range(1, rows + 1):
        one = attestation(row)
        provider = providers.resolve(one.holder, SOURCE, one.label)
        added.append(Known(row=row, attestation=one, provider=provider, end_seen_at=START))
    return Transition(added=tuple(added))


def one_in_hundred(known: Sequence[Known]) -> Transition:
    revised = [
        replace(each, attestation=replace(each.attestation, valid_until=date(2030, 1, 1)))
        for each in known[::100]
    ]
    return Transition(revised=tuple(revised))


def renewed(id: int, known: Known, at: datetime) -> Event:
    return Event(
        id=id,
        kind=Kind.RENEWED,
        weight=Kind.RENEWED.weight,
        provider=Provider(slug=known.provider.slug, name=known.provider.name),
        label=known.attestation.label,
        source=SOURCE,
        attestations=(known.attestation,),
        rows=(known.row,),
        seen_at=at,
        edition_at=None,
        cause=Cause.REGISTER,
        evidence=Evidence(snapshot=1, url="https://register.example", sha256="0" * 64, place="row"),
        changes={"valid_until": FieldChange(before="2027-01-01", after="2030-01-01")},
    )


def timed(steps: Steps, name: str, began: float) -> float:
    now = time.perf_counter()
    steps[name] = now - began
    return now


def commit(store: Store, run: int, diff: Diff) -> Steps:
    """The seconds that each part of one look takes."""
    steps: Steps = {}
    at = START + timedelta(hours=run)
    clock = time.perf_counter()
    with store.transaction():
        runs.record(store, Run(id=run, source=SOURCE, at=at, outcome=Outcome.OK, believed=True))
        known = listings.listing(store, SOURCE)
        clock = timed(steps, "load", clock)
        transition = diff(known)
        clock = timed(steps, "diff", clock)
        listings.accept(store, SOURCE, run, at, None, transition)
        clock = timed(steps, "accept", clock)
        events = [renewed(id, each, at) for id, each in enumerate(transition.revised, log.next_event(store))]
        log.append(store, run, events)
        clock = timed(steps, "log", clock)
    timed(steps, "commit", clock)
    return steps


def measure(rows: int) -> tuple[Steps, float]:
    """The parts of a look at a known listing of so many rows, and the seconds that the first look took."""
    with tempfile.TemporaryDirectory() as directory, open_store(str(Path(directory) / "b.db")) as store:
        first = first_listing(rows)
        began = time.perf_counter()
        commit(store, 1, lambda known: first)
        baseline = time.perf_counter() - began
        return commit(store, 2, one_in_hundred), baseline


def main(sizes: Sequence[int]) -> None:
    print(f"{'rows':>8} {'first':>7} {'look':>7} {'growth':>7}   parts of the look, seconds")
    before: tuple[int, float] | None = None
    for rows in sizes:
        steps, baseline = measure(rows)
        total = sum(steps.values())
        growth = f"{total / rows / (before[1] / before[0]):7.2f}" if before else f"{'':7}"
        parts = ", ".join(f"{name} {seconds:.3f}" for name, seconds in steps.items())
        print(f"{rows:>8} {baseline:7.2f} {total:7.2f} {growth}   {parts}", flush=True)
        before = (rows, total)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_000, 10_000, 100_000])
