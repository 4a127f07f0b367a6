"""Where pages read: a replica that is near enough, else the primary; the replica alone while that is away."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import httpx
import pytest
from toy_register import ToyRegister, page

from state.file import claims
from state.file.errors import Away, StoreError
from state.file.opening import open_store
from state.file.store import Store
from state.seen.who.providers import load_providers
from watcher.app import App
from watcher.look.check import look
from watcher.look.record import Watch
from watcher.parts.holding import PART
from watcher.parts.named import WEB
from watcher.parts.replica import BOUND, REST, Reading
from watcher.settings import Settings
from watcher.web.app import make_app

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
BLEU = "secnumcloud | Bleu | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"


@dataclass
class World:
    """A primary and a replica that is as old as its last copy; each may be away."""

    room: Path
    now: datetime = datetime(2026, 3, 5, 12, tzinfo=UTC)
    real: float = 0.0
    away: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.app = App(Settings(state=str(self.room / "primary.db")), lambda: self.now)
        self.app.parts = (WEB,)
        self.app.open_store = lambda *, create=True: self.opens("primary")()  # type: ignore[method-assign]
        self.app.__dict__["sources"] = {"anssi-catalogue": ToyRegister()}
        self.app.__dict__["read"] = Reading(
            self.opens("primary"), self.opens("replica"), lambda: self.now, lambda: self.real
        )

    def opens(self, name: str) -> Callable[[], Store]:
        def opened() -> Store:
            self.asked.append(name)
            if name in self.away:
                raise Away(f"{name} does not answer")
            return open_store(str(self.room / f"{name}.db"), create=False)

        return opened

    def beat(self) -> None:
        """A process says that it is there."""
        with open_store(str(self.room / "primary.db")) as store:
            assert claims.lease(store, f"{PART}web/a:1:b", "a:1:b", self.now)

    def see(self, day: str, *rows: str) -> None:
        at = datetime.fromisoformat(f"{day}T08:00+00:00")
        text = "\n".join((f"edition {day}", *rows))
        with open_store(str(self.room / "primary.db")) as store:
            look(ToyRegister(), (page(text, at),), Watch(store=store, providers=load_providers(store)), at)

    def replicate(self) -> None:
        with open_store(str(self.room / "primary.db")) as store:
            store.q("pragma wal_checkpoint(truncate)")
        shutil.copy(self.room / "primary.db", self.room / "replica.db")

    def pass_by(self, **length: float) -> None:
        self.now += timedelta(**length)
        self.real += timedelta(**length).total_seconds()

    def get(self, path: str) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(make_app(self.app))
            async with httpx.AsyncClient(transport=transport, base_url="http://pages.test") as client:
                return await client.get(path)

        return anyio.run(asked)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.see("2026-03-04", OVH)
    made.beat()
    made.replicate()
    made.see("2026-03-05", OVH, BLEU)
    made.asked.clear()
    return made


def test_pages_and_programs_read_the_replica_while_it_is_near_and_say_of_when_it_is(world: World) -> None:
    world.pass_by(seconds=20)
    answer = world.get("/labels/secnumcloud?lang=fr")
    assert "OVH" in answer.text
    assert "Bleu" not in answer.text
    assert "Lu sur une copie qui a au plus 30\xa0secondes de retard." in answer.text
    assert answer.headers["vigilabel-as-of"] == "2026-03-05T12:00:00Z"
    assert world.get("/api/v1/labels").headers["vigilabel-as-of"] == "2026-03-05T12:00:00Z"
    assert set(world.asked) == {"replica"}


def test_a_replica_that_is_too_far_behind_or_away_is_left_for_the_primary(world: World) -> None:
    world.pass_by(seconds=BOUND.total_seconds() + 1)
    answer = world.get("/labels/secnumcloud")
    assert "Bleu" in answer.text
    assert ("vigilabel-as-of" in answer.headers, "Lu sur une copie" in answer.text) == (False, False)
    world.replicate()
    world.beat()
    world.away.add("replica")
    assert "Bleu" in world.get("/labels/secnumcloud").text


def test_a_replica_that_is_away_is_asked_again_after_a_while_and_not_by_everybody(world: World) -> None:
    world.away.add("replica")
    for _ in range(3):
        assert "Bleu" in world.get("/labels/secnumcloud").text
    assert world.asked.count("replica") == 1
    world.away.clear()
    world.beat()
    world.replicate()
    world.pass_by(seconds=REST)
    assert "vigilabel-as-of" in world.get("/labels/secnumcloud").headers


def test_while_the_primary_is_away_the_replica_answers_and_says_so(world: World) -> None:
    world.away.add("primary")
    world.pass_by(minutes=5)
    for _ in range(3):
        answer = world.get("/labels/secnumcloud?lang=fr")
        assert answer.status_code == 200
        text = answer.text.replace("\xa0", " ")
        assert "La mémoire principale est injoignable : voici ce qu’elle contenait le" in text
        assert answer.headers["vigilabel-as-of"] == "2026-03-05T12:00:00Z"
    assert world.asked.count("primary") == 1, "nobody waits for it more often than needed"
    world.away.clear()
    world.pass_by(seconds=REST)
    assert "Bleu" in world.get("/labels/secnumcloud").text


def test_where_neither_answers_people_are_told_that_it_passes(world: World) -> None:
    world.away |= {"primary", "replica"}
    for _ in range(2):
        answer = world.get("/labels/secnumcloud?lang=fr")
        assert (answer.status_code, "injoignable" in answer.text) == (503, True)


def test_a_primary_that_is_broken_is_told_and_not_covered_up(world: World) -> None:
    def broken() -> Store:
        raise StoreError("another program's database")

    world.pass_by(minutes=5)
    reading = Reading(broken, world.opens("replica"), lambda: world.now)
    with pytest.raises(StoreError, match="another program"), reading.opened():
        pass


def test_ready_says_where_pages_read_and_is_ready_while_the_replica_answers(world: World) -> None:
    found = world.get("/readyz").json()
    assert (found["status"], found["read"]) == (
        "ready",
        {"from": "replica", "as_of": "2026-03-05T12:00:00Z"},
    )
    world.pass_by(minutes=5)
    assert world.get("/readyz").json()["read"] == {"from": "primary", "as_of": None}
    world.away.add("primary")
    answer = world.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert answer.json()["reason"] == "away"
    assert answer.json()["read"] == {"from": "replica", "as_of": "2026-03-05T12:00:00Z"}
