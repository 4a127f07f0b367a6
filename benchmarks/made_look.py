"""One look at a register whose rows are made: `python made_look.py STATE ROWS DAY`; run in either build.

Prints the seconds of the processor that the look took, the most memory of the process so far, and the events.
The rows of one day are made beforehand rather than read; everything else is the real thing.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from scrapers.source import Bounds, Expect, Get
from state.model import Attestation, Listing, Page


def of_this_build(name: str, module: str, before: str) -> Any:
    """A name of the build that runs this, from where it is in this one or was in 3d44010."""
    found = module if find_spec(module.split(".")[0] + "." + module.split(".")[1]) else before
    return getattr(import_module(found), name)


open_store = of_this_build("open_store", "state.file.opening", "state.store")
load_providers = of_this_build("load_providers", "state.seen.who.providers", "state.providers")
look = of_this_build("look", "watcher.look.check", "watcher.check")
Watch = of_this_build("Watch", "watcher.look.record", "watcher.record")

START = datetime(2026, 3, 4, 14, 34, 17, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A register whose rows are made: one in a hundred with a later end on the second day."""

    day: int
    rows: tuple[Attestation, ...]
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
        return Listing(
            source=self.name,
            attestations=self.rows,
            covers=frozenset(self.labels),
            edition_at=START + timedelta(days=self.day),
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


def main(state: str, rows: int, day: int) -> None:
    source = Made(day=day, rows=tuple(attestation(number, later=day > 0) for number in range(rows)))
    at = START + timedelta(days=day)
    page = Page(url=source.url, body=str(day).encode(), fetched_at=at)
    with open_store(state) as store:
        watch = Watch(store=store, providers=load_providers(store))
        began = time.process_time()
        checked = look(source, [page], watch, at)
        seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mib": peak, "events": len(checked.events)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
