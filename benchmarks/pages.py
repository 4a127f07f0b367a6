"""How long each page takes with 100,000 events in the memory, asked in process; medians against 50 ms.

`python benchmarks/pages.py [EVENTS] [FILE]`: FILE keeps the memory for another run. Every request is answered
anew: nothing but who-is-who is kept between two.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import anyio
import httpx

from state.file.store import Store, open_store
from state.model import Attestation, Cause, Event, Evidence, Kind, Known, Outcome, Page, Provider, Run
from state.names import slug
from state.seen import listings, log, runs
from state.seen.evidence import keep
from state.words.kept import SourceState, Transition
from watcher.app import App
from watcher.settings import Settings
from watcher.web.app import make_app
from watcher.web.edge.guards import Limit
from watcher.web.serve import spare_what_stays

BOUND = 50
EVENTS = 100_000
A_LOOK = 250
LINES = 4_000
SOURCE = "anssi-catalogue"
BEGAN = datetime(2020, 1, 6, 9, tzinfo=UTC)
SHARES = (
    ("cc", 40),
    ("passi", 12),
    ("eidas-esign-cert", 10),
    ("cspn", 10),
    ("qualified-product", 10),
    ("hds", 12),
    ("secnumcloud", 6),
)
KINDS = (Kind.RENEWED, Kind.AMENDED, Kind.REISSUED, Kind.RENEWED, Kind.EXPIRING, Kind.SERVICE_ADDED)
PAGES = (
    "/",
    "/expiries",
    "/providers",
    "/providers/s3ns",
    "/providers/provider-7",
    "/labels",
    "/labels/secnumcloud",
    "/labels/passi",
    "/labels/cc",
    "/labels/cc?from=1000",
    "/labels/passi?on=2023-05-05",
    "/events/50000",
    "/history",
    "/history?before=20000",
    "/history?q=numspot",
    "/history?q=provider+7",
    "/history?label=mie",
    "/history?label=secnumcloud&kind=renewed",
    "/history?provider=provider-7",
    "/history?since=2022-01-01&until=2022-02-01",
    "/sources",
    "/was",
    "/was/provider-7/passi/2023-05-05",
    "/feed.atom",
    "/providers/provider-7/feed.atom",
    "/expiries.ics",
    "/api/v1/events",
    "/api/v1/attestations?label=passi",
    "/api/v1/providers/provider-7",
    "/readyz",
)


def fill(store: Store, events: int) -> datetime:
    """Writes a long life into an empty memory; returns when it ends."""
    chance, now = Random(7), BEGAN
    page = Page(url="https://register.example/catalogue.pdf", body=b"%PDF-1.7 synthetic", fetched_at=now)
    snapshot = keep(store, SOURCE, [page], now)
    proof = Evidence(snapshot=snapshot.id, url=page.url, sha256=page.sha256, place="p. 12")
    known = {n: _row(n, chance, now) for n in range(1, LINES + 1)}
    _look(store, 1, now, snapshot.id, Transition(added=tuple(known.values())), [])
    number = 1
    for run in range(2, events // A_LOOK + 2):
        now += timedelta(days=5, minutes=chance.randrange(60))
        lines = chance.sample(sorted(known), A_LOOK)
        for line in lines:
            known[line] = _renewed(known[line], now)
        found = [_event(number + n, known[line], chance, now, proof) for n, line in enumerate(lines)]
        number += len(found)
        _look(store, run, now, snapshot.id, Transition(revised=tuple(known[line] for line in lines)), found)
    return now


def _row(n: int, chance: Random, now: datetime) -> Known:
    label = chance.choices([name for name, _ in SHARES], [share for _, share in SHARES])[0]
    name = "S3NS" if n == 1 else f"Provider {chance.randrange(700)}"
    attestation = Attestation(
        label="secnumcloud" if n == 1 else label,
        holder=f"{name} SAS",
        subject=f"Service {n} of {name}",
        ref=f"2020_{n}",
        scope=("SaaS", "PaaS"),
        valid_from=date(2020, 1, 1),
        valid_until=date(2026, 1, 1) + timedelta(days=chance.randrange(900)),
        url=f"https://register.example/decisions/2020_{n}.pdf",
        place=f"p. {n % 200}",
    )
    return Known(
        row=n, attestation=attestation, provider=Provider(slug=slug(name), name=name), end_seen_at=now
    )


def _renewed(known: Known, now: datetime) -> Known:
    end = known.attestation.valid_until or now.date()
    attestation = replace(known.attestation, valid_until=end + timedelta(days=1), version=f"{now:%Y.%m}")
    return replace(known, attestation=attestation, end_seen_at=now)


def _event(number: int, known: Known, chance: Random, now: datetime, proof: Evidence) -> Event:
    kind = chance.choice(KINDS)
    return Event(
        id=number,
        kind=kind,
        weight=kind.weight,
        provider=known.provider,
        label=known.attestation.label,
        source=SOURCE,
        attestations=(known.attestation,),
        rows=(known.row,),
        seen_at=now,
        edition_at=now,
        cause=Cause.CALENDAR if kind is Kind.EXPIRING else Cause.REGISTER,
        evidence=proof,
    )


def _look(
    store: Store, number: int, now: datetime, snapshot: int, change: Transition, events: list[Event]
) -> None:
    with store.transaction():
        run = Run(
            id=number,
            source=SOURCE,
            at=now,
            outcome=Outcome.OK,
            snapshot=snapshot,
            edition_at=now,
            rows={name: share * LINES // 100 for name, share in SHARES},
            believed=True,
        )
        runs.record(store, run)
        listings.accept(store, SOURCE, number, now, now, change)
        log.append(store, number, events)
        state = SourceState(source=SOURCE, snapshot=snapshot, edition_at=now, last_look=now, last_good=now)
        runs.save_state(store, replace(state, outcome=Outcome.OK))


async def measure(app: App) -> dict[str, list[float]]:
    """Milliseconds of nine requests for each page, after one that is thrown away."""
    web = make_app(app, limit=Limit(app.clock, burst=1e9))
    times: dict[str, list[float]] = {path: [] for path in PAGES}
    spare_what_stays()
    transport = httpx.ASGITransport(web)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages.test") as client:
        for n in range(10):
            for path in PAGES:
                start = time.perf_counter()
                response = await client.get(path)
                spent = 1000 * (time.perf_counter() - start)
                assert response.status_code in (200, 503), (path, response.status_code)
                if n:
                    times[path].append(spent)
    return times


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with tempfile.TemporaryDirectory() as room:
        path = sys.argv[2] if len(sys.argv) > 2 else str(Path(room) / "pages.db")
        filled = Path(path).exists()
        start = time.perf_counter()
        with open_store(path) as store:
            now = runs.states(store)[0].last_good if filled else fill(store, events)
            count = store.q("select count(*) as n from event")[0]["n"]
        assert now is not None
        end = now + timedelta(hours=1)
        size, spent = Path(path).stat().st_size >> 20, time.perf_counter() - start
        print(f"{count} events, {size} MiB, filled in {spent:.0f} s")
        times = anyio.run(measure, App(Settings(state=path), lambda: end))
    slow = 0
    for page, taken in times.items():
        median = statistics.median(taken)
        slow += median > BOUND
        print(f"{median:7.1f} ms  (worst {max(taken):7.1f})  {'SLOW ' if median > BOUND else '     '}{page}")
    print(f"{len(times) - slow} of {len(times)} within {BOUND} ms")


if __name__ == "__main__":
    main()
