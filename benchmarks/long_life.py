"""A long life written into an empty memory: hundreds of thousands of events about a few thousand rows.

Written in bulk, as no watch writes: a million events must be there in minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from state.codec import instant_text, pack_attestation, pack_event, text
from state.file.opening import open_store
from state.model import Attestation, Cause, Event, Evidence, Kind, Known, Outcome, Page, Provider, Run
from state.names import slug
from state.seen.events import log
from state.seen.looks import runs
from state.seen.looks.evidence import keep
from state.seen.rows import listings
from state.words.kept import SourceState, Transition

if TYPE_CHECKING:
    from state.file.store import Store

A_LOOK = 250
LINES = 4_000
AT_ONCE = 40
"""Looks in one transaction."""
SOURCE = "anssi-catalogue"
BEGAN = datetime(2020, 1, 6, 9, tzinfo=UTC)
SHARES = {
    "cc": 40,
    "passi": 12,
    "eidas-esign-cert": 10,
    "cspn": 10,
    "qualified-product": 10,
    "hds": 12,
    "secnumcloud": 6,
}
SENT = """insert into message (key, channel, state, due, tries, interrupted, error, receipt, closed_at)
    values (:key, 'C1', 'sent', :at, 1, 0, '', '1.1', :at)"""
OWED = """insert into delivery (id, channel, event, run, due, matched, message)
    values (:id, 'C1', :id, :run, :at, '[1]', :key)"""
KINDS = (Kind.RENEWED, Kind.AMENDED, Kind.REISSUED, Kind.RENEWED, Kind.EXPIRING, Kind.SERVICE_ADDED)


@dataclass(slots=True)
class Line:
    """A line of life as it will be written: the packed row and event, edited in place from look to look."""

    known: Known
    facts: dict[str, Any]
    event: dict[str, Any]
    ends: date


def long_life(path: Path, events: int) -> tuple[Path, datetime]:
    """A memory with so many events at `path`, made where there is none, and when its life ends."""
    made = path if path.exists() else path.with_suffix(".part")
    if made != path:
        made.unlink(missing_ok=True)
    with open_store(str(made)) as store:
        ends = runs.states(store)[0].last_good if made == path else fill(store, events)
    made.rename(path)
    assert ends is not None
    return path, ends


def fill(store: Store, events: int) -> datetime:
    """Writes a long life into an empty memory; returns when it ends."""
    chance, now = Random(7), BEGAN
    page = Page(url="https://register.example/catalogue.pdf", body=b"%PDF-1.7 synthetic", fetched_at=now)
    snapshot = keep(store, SOURCE, [page], now)
    proof = Evidence(snapshot=snapshot.id, url=page.url, sha256=page.sha256, place="p. 12")
    known = [_row(n, chance, now) for n in range(1, LINES + 1)]
    lines = [_line(one, proof) for one in known]
    # Nothing here is worth a disk's time: a file that was cut short is thrown away.
    store.q("pragma synchronous = off")
    store.q("pragma cache_size = -400000")
    with store.transaction():
        _run(store, 1, now, snapshot.id)
        listings.accept(store, SOURCE, 1, now, now, Transition(added=tuple(known)))
    looks = events // A_LOOK
    for first in range(2, looks + 2, AT_ONCE):
        with store.transaction():
            for run in range(first, min(first + AT_ONCE, looks + 2)):
                now += timedelta(days=5, minutes=chance.randrange(60))
                _run(store, run, now, snapshot.id)
                _look(store, run, now, chance.sample(lines, A_LOOK), chance)
    state = SourceState(source=SOURCE, snapshot=snapshot.id, edition_at=now, last_look=now, last_good=now)
    runs.save_state(store, replace(state, outcome=Outcome.OK))
    return now


def _row(n: int, chance: Random, now: datetime) -> Known:
    [label] = chance.choices(list(SHARES), list(SHARES.values()))
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


def _line(known: Known, proof: Evidence) -> Line:
    event = Event(
        id=0,
        kind=Kind.RENEWED,
        weight=Kind.RENEWED.weight,
        provider=known.provider,
        label=known.attestation.label,
        source=SOURCE,
        attestations=(known.attestation,),
        rows=(known.row,),
        seen_at=BEGAN,
        edition_at=BEGAN,
        cause=Cause.REGISTER,
        evidence=proof,
    )
    assert known.attestation.valid_until is not None
    facts = pack_attestation(known.attestation)
    packed = pack_event(event) | {"attestations": [facts]}
    return Line(known=known, facts=facts, event=packed, ends=known.attestation.valid_until)


def _run(store: Store, number: int, now: datetime, snapshot: int) -> None:
    run = Run(
        id=number,
        source=SOURCE,
        at=now,
        outcome=Outcome.OK,
        snapshot=snapshot,
        edition_at=now,
        rows={name: share * LINES // 100 for name, share in SHARES.items()},
        believed=True,
    )
    runs.record(store, run)


def _look(store: Store, run: int, now: datetime, moved: list[Line], chance: Random) -> None:
    """One look that renews some rows, an event each."""
    at, first = instant_text(now), (run - 2) * A_LOOK + 1
    look = {"run": run, "at": at, "edition": at}
    store.many(listings.CLOSE, ({"line": one.known.row, **look} for one in moved))
    store.many(listings.INSERT, _versions(moved, now, at, run, LINES + first))
    store.many(log.INSERT, _events(moved, run, at, chance, first))
    rows = ({"event": first + n, "line": one.known.row} for n, one in enumerate(moved))
    store.many("insert into event_row (event, line) values (:event, :line)", rows)
    _told(store, run, at, range(first, first + len(moved)))


def _told(store: Store, run: int, at: str, events: Iterable[int]) -> None:
    """What a channel that wants everything was sent of a look: one message, a delivery for each event."""
    message = {"key": f"look-{run}", "at": at}
    store.q(SENT, **message)
    store.many(OWED, ({"id": event, "run": run, **message} for event in events))


def _versions(moved: list[Line], now: datetime, at: str, run: int, first: int) -> Iterator[tuple[Any, ...]]:
    for id, one in enumerate(moved, first):
        one.ends += timedelta(days=1)
        one.facts |= {"valid_until": one.ends.isoformat(), "version": f"{now:%Y.%m}"}
        who, facts = one.known.provider, one.facts
        stated = (
            facts["label"],
            who.slug,
            who.name,
            facts["holder"],
            text(facts),
            facts["url"],
            0,
            facts["place"],
        )
        yield (id, one.known.row, SOURCE, *stated, at, None, 0, "", run, at, at)


def _events(moved: list[Line], run: int, at: str, chance: Random, first: int) -> Iterator[tuple[Any, ...]]:
    for id, one in enumerate(moved, first):
        kind = chance.choice(KINDS)
        cause = Cause.CALENDAR if kind is Kind.EXPIRING else Cause.REGISTER
        about = {"kind": kind.value, "weight": kind.weight.value, "cause": cause.value}
        one.event |= {**about, "id": id, "seen_at": at, "edition_at": at}
        who = (one.known.provider.slug, one.facts["label"], SOURCE)
        yield (id, run, *about.values(), *who, at, text(one.event))
