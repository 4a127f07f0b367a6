"""Every address that is served, at 100,000 events: what it takes the first time after a row was written, and
then.

`python benchmarks/walk.py [FOLDER]`: FOLDER keeps the memory for another run. Processor time, medians;
of files that are sent part by part, up to the first part. Prints, and fails nothing.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import anyio
from starlette.applications import Starlette
from starlette.types import Message, Scope

from benchmarks.changed_row import change_a_row
from benchmarks.long_life import SOURCE, long_life
from benchmarks.pages import app_of
from state.file.opening import open_store
from watcher.web.app import make_app
from watcher.web.edge.guards import Limit

EVENTS, MOST, ROUNDS = 100_000, 50, 3
NOT_ASKED = ("/api/v1/scrapes", "/documents/{sha256}", "/api/v1/events/stream")
"""Begins a look at a register; gives what nobody provided here; has no end (`listeners.py`)."""
DAY, FAR = "2023-05-05", "2020-03-03"
LISTS = ("", "?page=2", "?sort=end", "?letter=P", "?ends_by=2027-06-01", "?provider=provider-7", "?from=1000")
TRUSTED = "eidas-esign-cert"
ADDRESSES: Mapping[str, Sequence[str]] = {
    "/": ("/", "/?lang=en"),
    "/search": (
        "/search",
        "/search?q=s3ns",
        "/search?q=provider+7",
        "/search?q=service",
        "/search?q=service&in=services&from=101",
        "/search?q=service&in=events",
        "/search?q=provider&in=providers",
        "/search?q=2020_77",
        "/search?q=secnumcloud",
        "/search?q=s3ns+secnumcloud",
        "/search?q=provder",
        "/search?q=zzz",
    ),
    "/expiries": (
        "/expiries",
        "/expiries?page=3",
        "/expiries?label=cc",
        "/expiries?label=passi&month=2026-03",
    ),
    "/race": (
        "/race",
        "/race?p=S3NS&p=Provider+7&p=Nobody",
        "/race?p=" + "%0A".join(f"Provider+{n}" for n in range(20)),
    ),
    "/providers": ("/providers", "/providers?letter=P", "/providers?page=5"),
    "/providers/{slug}": (
        "/providers/s3ns",
        "/providers/provider-7",
        "/providers/S3NS",
        "/providers/numspot",
    ),
    "/labels": ("/labels",),
    "/labels/{label}": (
        *(f"/labels/{label}{part}" for label in ("cc", "passi", "hds", "secnumcloud") for part in LISTS),
        *(
            f"/labels/{label}?on={day}{part}"
            for label in ("cc", "passi", "hds", "secnumcloud", TRUSTED)
            for day in (DAY, FAR)
            for part in ("", "&page=7&sort=end")
        ),
        f"/labels/cc?on={DAY}&letter=P&provider=provider-7",
        "/labels/hds?on=2030-01-01",
        "/labels/secnumcloud+hds",
        f"/labels/secnumcloud+hds?on={DAY}",
    ),
    "/events/{number}": ("/events/50000", "/events/7"),
    "/events/{number}/proof": ("/events/50000/proof",),
    "/history": (
        "/history",
        "/history?before=20000",
        "/history?q=numspot",
        "/history?q=provider+7",
        "/history?q=service",
        "/history?kind=lost",
        "/history?kind=expiring",
        "/history?all=1",
        "/history?label=mie",
        "/history?label=cc",
        "/history?label=secnumcloud&kind=renewed",
        "/history?provider=provider-7",
        "/history?provider=provider-7&before=20000",
        "/history?look=200",
        f"/history?source={SOURCE}",
        "/history?since=2022-01-01&until=2022-02-01",
    ),
    "/editions": ("/editions", f"/editions?source={SOURCE}&before=200"),
    "/editions/{source}/{which}": (
        f"/editions/{SOURCE}/2",
        f"/editions/{SOURCE}/200",
        f"/editions/{SOURCE}/{DAY}",
        f"/editions/{SOURCE}/200?against=199",
        f"/editions/{SOURCE}/390?against=3",
    ),
    "/editions/{source}/{which}/document": (f"/editions/{SOURCE}/200/document",),
    "/sources": ("/sources",),
    "/public-key.pem": ("/public-key.pem",),
    "/was": ("/was", f"/was?provider=s3ns&label=secnumcloud&on={DAY}"),
    "/was/{slug}/{label}/{day}": (
        f"/was/provider-7/passi/{DAY}",
        f"/was/s3ns/secnumcloud/{DAY}",
        f"/was/s3ns/secnumcloud+hds/{DAY}",
        f"/was/provider-7/cc/{FAR}",
    ),
    "/feed.atom": ("/feed.atom", "/feed.atom?before=50000"),
    "/history.atom": ("/history.atom", "/history.atom?q=service", "/history.atom?label=cc&kind=renewed"),
    "/editions.atom": ("/editions.atom", "/editions.atom?before=200"),
    "/providers/{slug}/feed.atom": ("/providers/provider-7/feed.atom", "/providers/s3ns/feed.atom"),
    "/labels/{label}/feed.atom": ("/labels/cc/feed.atom", "/labels/secnumcloud/feed.atom?before=50000"),
    "/expiries.atom": ("/expiries.atom", "/expiries.atom?before=50000"),
    "/providers/{slug}/expiries.atom": ("/providers/provider-7/expiries.atom",),
    "/labels/{label}/expiries.atom": ("/labels/cc/expiries.atom",),
    "/expiries.ics": ("/expiries.ics",),
    "/providers/{slug}/expiries.ics": ("/providers/provider-7/expiries.ics",),
    "/labels/{label}/expiries.ics": ("/labels/cc/expiries.ics", "/labels/secnumcloud/expiries.ics"),
    "/badges/{slug}/{label}.svg": ("/badges/s3ns/secnumcloud.svg", "/badges/provider-7/cc.svg"),
    "/labels/{label}/listing.csv": (
        "/labels/cc/listing.csv",
        "/labels/cc/listing.csv?excel=1",
        "/labels/secnumcloud/listing.csv?sort=end",
        f"/labels/cc/listing.csv?on={DAY}",
        f"/labels/passi/listing.csv?on={FAR}&excel=1",
    ),
    "/expiries.csv": ("/expiries.csv", "/expiries.csv?excel=1", "/expiries.csv?label=cc"),
    "/race.csv": ("/race.csv?p=S3NS&p=Provider+7&p=Nobody",),
    "/api/v1/search": ("/api/v1/search?q=service", "/api/v1/search?q=s3ns&in=events&limit=500"),
    "/api/v1/events": (
        "/api/v1/events",
        "/api/v1/events?limit=500",
        "/api/v1/events?before=50000",
        "/api/v1/events?provider=provider-7",
        "/api/v1/events?label=cc&kind=lost",
        "/api/v1/events?q=service&since=2022-01-01",
    ),
    "/api/v1/events/{number}": ("/api/v1/events/50000",),
    "/api/v1/attestations": (
        "/api/v1/attestations",
        "/api/v1/attestations?label=cc&limit=500",
        "/api/v1/attestations?label=cc&before=2000",
        "/api/v1/attestations?label=cc&cursor=1000",
        "/api/v1/attestations?provider=provider-7",
    ),
    "/api/v1/labels": ("/api/v1/labels",),
    "/api/v1/labels/{label}/curve": ("/api/v1/labels/cc/curve", "/api/v1/labels/hds/curve"),
    "/api/v1/labels/{label}": (
        "/api/v1/labels/cc",
        f"/api/v1/labels/cc?on={DAY}",
        "/api/v1/labels/secnumcloud",
        f"/api/v1/labels/secnumcloud?on={FAR}",
        "/api/v1/labels/secnumcloud+hds",
        f"/api/v1/labels/secnumcloud+hds?on={DAY}",
    ),
    "/api/v1/providers": ("/api/v1/providers",),
    "/api/v1/providers/{slug}": ("/api/v1/providers/provider-7", "/api/v1/providers/s3ns"),
    "/api/v1/race": ("/api/v1/race", "/api/v1/race?provider=s3ns&provider=provider-7"),
    "/api/v1/was/{slug}/{label}/{day}": (f"/api/v1/was/s3ns/secnumcloud/{DAY}",),
    "/api/v1/sources": ("/api/v1/sources",),
    "/api/v1/openapi.json": ("/api/v1/openapi.json",),
    "/history.csv": ("/history.csv", "/history.csv?q=service&excel=1"),
    "/history.json": ("/history.json", "/history.json?provider=provider-7"),
    "/api/v1/events/{number}/evidence": ("/api/v1/events/50000/evidence",),
    "/was/{slug}/{label}/{day}/evidence": (f"/was/s3ns/secnumcloud/{DAY}/evidence",),
    "/data/latest.zip": ("/data/latest.zip",),
    "/healthz": ("/healthz",),
    "/readyz": ("/readyz",),
    "/metrics": ("/metrics",),
    "/static/{name}": ("/static/mark.svg",),
    "/favicon.ico": ("/favicon.ico",),
    "/robots.txt": ("/robots.txt",),
}
"""Of each path that is served, what is asked there; a test sees that none is left out."""


class Enough(Exception):
    """The first part is there."""


async def ask(app: Starlette, address: str) -> tuple[int, float]:
    """How an address answers, and the milliseconds of the processor until its first part is there."""
    path, _, query = address.partition("?")
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"pages.test"), (b"accept-encoding", b"gzip")],
        "client": ("127.0.0.1", 1),
        "server": ("pages.test", 80),
    }
    status = 0

    async def receive() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        elif message.get("body"):
            raise Enough

    begun = time.process_time()
    try:
        await app(scope, receive, send)
    except* Enough:
        pass
    return status, 1000 * (time.process_time() - begun)


async def walk(app: Starlette, memory: Path) -> Mapping[str, tuple[int, float, float]]:
    """How each address answers, and what it takes: first after a row, and then."""
    found = {}
    for address in [one for own in ADDRESSES.values() for one in own]:
        await ask(app, address)
        first, then = [], []
        for _ in range(ROUNDS):
            with open_store(str(memory)) as store:
                change_a_row(store)
            status, taken = await ask(app, address)
            first.append(taken)
            then.append((await ask(app, address))[1])
        found[address] = (status, statistics.median(first), statistics.median(then))
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as room:
        place = Path(sys.argv[1] if len(sys.argv) > 1 else room)
        path, ends = long_life(place / f"{EVENTS}.db", EVENTS)
        memory = Path(room) / "walked.db"
        shutil.copy(path, memory)  # the walk writes to it
        app = app_of(memory, ends)
        web = make_app(app, limit=Limit(app.clock, burst=1e9))
        found = anyio.run(walk, web, memory)
    print(
        f"\n| every address, {EVENTS:,} events | status | first after a row, ms | then, ms | <= {MOST} ms |"
    )
    print("| --- | ---: | ---: | ---: | --- |")
    for address, (status, first, then) in found.items():
        held = "yes" if max(first, then) <= MOST else "NO"
        print(f"| `{address[:90]}` | {status} | {first:.0f} | {then:.0f} | {held} |", flush=True)


if __name__ == "__main__":
    main()
