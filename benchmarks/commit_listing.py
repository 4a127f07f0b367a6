"""How long a look takes that changes 1 % of 1,000, 10,000 and 100,000 rows: judge, diff, record, commit.

Run `python benchmarks/commit_listing.py [ROWS…]`. Everything is the real thing but the register, whose rows
are made beforehand rather than read. Seconds are those of the processor, so that a busy machine changes them
little. Growth compares the time per row with that of the size before: about 1 when the work grows with the
listing and not faster.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from scrapers.source import Bounds, Expect, Get
from state.file.store import open_store
from state.model import Attestation, Listing, Page
from state.seen.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Checked, Watch

FIRST, SECOND = b"first", b"second"
START = datetime(2026, 3, 4, 14, 34, 17, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A register whose rows are made: one in a hundred with a later end on the second day."""

    days: Mapping[bytes, tuple[Attestation, ...]]
    name: str = "ans-hds"
    title: str = "made"
    url: str = "https://register.example"
    labels: tuple[str, ...] = ("hds",)
    revision: int = 1
    every: str = "0 6 * * *"
    expect: Expect | None = None
    stale_after: timedelta = timedelta(days=45)
    bounds: Mapping[str, Bounds] = field(default_factory=dict)

    def fetch(self, get: Get) -> tuple[Page, ...]:
        return (get(self.url),)

    def read(self, pages: Sequence[Page]) -> Listing:
        day = pages[0].body
        return Listing(
            source=self.name,
            attestations=self.days[day],
            covers=frozenset(self.labels),
            edition_at=START + timedelta(days=day == SECOND),
        )


def attestation(number: int, *, later: bool) -> Attestation:
    row = Attestation(
        label="hds",
        holder=f"Établissement de santé {number // 3} SAS",
        subject=f"Hébergement n° {number}",
        scope=("1", "2", "3", "4"),
        issuer="LNE",
        ref=f"{number}-1",
        url=f"https://register.example/certificates/{number}.pdf",
        valid_from=date(2024, 1, 1),
        valid_until=date(2027, 1, 1),
        extra={"pays": "France"},
        place=f"row {number}",
    )
    return replace(row, valid_until=date(2030, 1, 1)) if later and number % 100 == 0 else row


def timed(work: Callable[[], Checked]) -> tuple[float, int]:
    """The seconds that a look takes, and how many events it brought."""
    began = time.process_time()
    checked = work()
    return time.process_time() - began, len(checked.events)


def measure(rows: int) -> tuple[float, float, int]:
    """Seconds of the first look, of the second with 1 % changed, and the events of the second."""
    days = {
        day: tuple(attestation(number, later=day == SECOND) for number in range(rows))
        for day in (FIRST, SECOND)
    }
    source = Made(days=days)
    with tempfile.TemporaryDirectory() as directory, open_store(str(Path(directory) / "b.db")) as store:
        watch = Watch(store=store, providers=load_providers(store))

        def see(text: bytes, day: int) -> Checked:
            at = START + timedelta(days=day)
            return look(source, [Page(url=source.url, body=text, fetched_at=at)], watch, at)

        first, _ = timed(lambda: see(FIRST, 0))
        second, events = timed(lambda: see(SECOND, 1))
    return first, second, events


def main(sizes: Sequence[int]) -> None:
    print(
        f"{'rows':>8} {'first look':>11} {'1 % changed':>12} {'events':>7} "
        f"{'growth per row':>15} {'peak MiB':>9}"
    )
    before: tuple[int, float] | None = None
    for rows in sizes:
        first, second, events = measure(rows)
        growth = f"{second / rows / (before[1] / before[0]):15.2f}" if before else f"{'':15}"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{rows:>8} {first:11.2f} {second:12.2f} {events:>7} {growth} {peak:9.0f}", flush=True)
        before = (rows, second)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_000, 10_000, 100_000])
