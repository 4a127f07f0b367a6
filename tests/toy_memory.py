"""Small values of the model with distinct contents, and a memory to put them in."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from state.file.store import Store
from state.model import Attestation, Cause, Event, Evidence, Kind, Known, Outcome, Page, Provider, Run
from state.owed import planned
from state.owed.planned import Planned
from state.seen.events import log
from state.seen.looks import chain, evidence, runs

T = TypeVar("T")
NOW = datetime(2026, 3, 4, 14, 34, 17, tzinfo=UTC)


class Toy:
    """Makes small values with distinct contents, and writes the runs and events that a test needs."""

    now = NOW
    provider = Provider(slug="bleu", name="Bleu")

    def __init__(self, store: Store) -> None:
        self.store = store

    def later(self, **length: float) -> datetime:
        return NOW + timedelta(**length)

    def page(self, body: bytes = b"<p>listed</p>", **fields: Any) -> Page:
        given = {"url": "https://register.example/list", "fetched_at": NOW, "body": body, **fields}
        return Page(**given)

    def attestation(self, holder: str = "Bleu SAS", **fields: Any) -> Attestation:
        given = {"label": "hds", "holder": holder, "valid_until": date(2027, 1, 1), **fields}
        return Attestation(**given)

    def known(self, row: int = 1, provider: Provider | None = None, **fields: Any) -> Known:
        return Known(
            row=row,
            attestation=self.attestation(**fields),
            provider=provider or self.provider,
            end_seen_at=NOW,
        )

    def event(self, id: int, **fields: Any) -> Event:
        given: dict[str, Any] = {
            "kind": Kind.GAINED,
            "provider": self.provider,
            "label": "hds",
            "source": "ans-hds",
            "attestations": (self.attestation(),),
            "rows": (1,),
            "seen_at": NOW,
            "edition_at": None,
            "cause": Cause.REGISTER,
            "evidence": Evidence(snapshot=1, url="https://register.example", sha256="0" * 64, place="p. 1"),
            **fields,
        }
        return Event(id=id, weight=given["kind"].weight, **given)

    def run(self, id: int = 1, **fields: Any) -> Run:
        given = {"source": "ans-hds", "at": NOW, "outcome": Outcome.OK, "believed": True, **fields}
        return Run(id=id, **given)

    def recorded(self, *events: Event) -> None:
        """Writes run 1, unless it is there, and these events."""
        with self.store.transaction():
            if not runs.runs(self.store):
                runs.record(self.store, self.run())
            log.append(self.store, 1, events)


def together(task: Callable[..., T], calls: Sequence[tuple[Any, ...]]) -> list[T]:
    """What `task` returns for each call, each in a process of its own, all let go at the same moment."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["__main__", "pytest", "hypothesis", "state.owed.outbox"])
    gate = forks.Barrier(len(calls))
    with ProcessPoolExecutor(len(calls), forks, initializer=gate.wait, initargs=(60,)) as pool:
        return [each.result() for each in [pool.submit(task, *call) for call in calls]]


def look(toy: Toy, run: int) -> None:
    """One run with a page and an event, sealed."""
    page = toy.page(f"<p>{run} {'listed ' * 400}</p>".encode())
    kept = evidence.keep(toy.store, "ans-hds", [page], toy.later(days=run))
    with toy.store.transaction():
        runs.record(toy.store, toy.run(run, at=toy.later(days=run), snapshot=kept.id))
        log.append(
            toy.store, run, [toy.event(log.next_event(toy.store), evidence=proof(kept.id, page.sha256))]
        )
        chain.extend(toy.store, run)


def proof(snapshot: int, sha256: str) -> Evidence:
    return Evidence(snapshot=snapshot, url="https://register.example/list", sha256=sha256, place="p. 1")


def planned_as(store: Store, channel: str, deliveries: Sequence[int], key: str, due: datetime) -> bool:
    """Whether deliveries of one channel are in a message of this key now, by this call."""
    one = Planned(key=key, channel=channel, deliveries=tuple(deliveries), due=due)
    return planned.plan(store, [one]) == 1
