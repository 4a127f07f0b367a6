"""A memory of real editions goes into a PostgreSQL and back: all three answer alike, and prove alike."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import anyio
import httpx
import pytest
from click.testing import CliRunner
from postgres_server import Server
from real_registers import paris, watched

from state.file.opening import open_store
from state.file.postgres.pool import close_all
from state.file.store import Store
from state.kept import audit
from state.kept.carried import carry
from state.seen.looks import chain
from watcher.app import App
from watcher.cli import vigilabel
from watcher.settings import Settings
from watcher.web.app import make_app
from watcher.web.edge.guards import Limit

pytestmark = pytest.mark.history  # each copy reads real editions for seconds
NOW = paris("2026-11-25T09:00")
QUESTIONS, SEED = 500, 20261128


@pytest.fixture(scope="module")
def three(
    shared: Path, tmp_path_factory: pytest.TempPathFactory, postgres: Server
) -> Iterator[Sequence[str]]:
    """The memory, its copy in a server, and the copy of that in a file."""
    room = tmp_path_factory.mktemp("three")
    watched(shared, room / "first.db")
    addresses = [str(room / "first.db"), postgres.url(postgres.database()), str(room / "back.db")]
    for origin, there in pairwise(addresses):
        carry(origin, there)
    yield addresses
    close_all(addresses[1])


class Drawn:
    """Questions about what a memory holds, drawn by chance."""

    def __init__(self, store: Store) -> None:
        self.chance = Random(SEED)
        spelt = store.q(
            "select distinct provider, label, holder, subject, ref from spelling order by 1, 2, 3, 4, 5"
        )
        self.spelt = [row for row in spelt]
        self.events = [row["id"] for row in store.q("select id from event order by id")]
        self.labels = sorted({row["label"] for row in spelt})
        self.kinds = [row["kind"] for row in store.q("select distinct kind from event order by 1")]

    def day(self) -> str:
        return f"{NOW.date() - timedelta(days=self.chance.randrange(1_000)):%Y-%m-%d}"

    def word(self) -> str:
        row = self.chance.choice(self.spelt)
        words = (row["holder"] + " " + row["subject"]).split() or [row["ref"]]
        return quote(self.chance.choice(words)[: self.chance.choice((3, 5, 40))])

    def __iter__(self) -> Iterator[str]:
        ways: Sequence[Callable[[dict[str, str]], str]] = (
            lambda one: f"/api/v1/was/{one['provider']}/{one['label']}/{self.day()}",
            lambda one: f"/api/v1/was/{one['provider']}/{self.chance.choice(self.labels)}/{self.day()}",
            lambda one: f"/api/v1/providers/{one['provider']}",
            lambda one: f"/api/v1/search?q={self.word()}",
            lambda one: f"/api/v1/search?q={quote(one['ref'])}",
            lambda one: f"/api/v1/labels/{one['label']}?on={self.day()}",
            lambda one: f"/api/v1/labels/{one['label']}/curve",
            lambda one: f"/api/v1/attestations?label={one['label']}&limit=20",
            lambda one: f"/api/v1/events/{self.chance.choice(self.events)}",
            lambda one: f"/api/v1/events?all=1&before={self.chance.choice(self.events)}&limit=9",
            lambda one: f"/api/v1/events?provider={one['provider']}&all=1",
            lambda one: f"/api/v1/events?label={one['label']}&kind={self.chance.choice(self.kinds)}",
            lambda one: f"/history?q={self.word()}&lang=fr",
            lambda one: f"/providers/{one['provider']}?lang=fr",
            lambda one: f"/history.json?provider={one['provider']}",
            lambda one: f"/providers/{one['provider']}/feed.atom",
            lambda one: f"/labels/{one['label']}/expiries.ics",
        )
        for n in range(QUESTIONS):
            yield ways[n % len(ways)](self.chance.choice(self.spelt))


async def _asked(url: str, questions: Sequence[str]) -> list[tuple[int, str]]:
    app = App(Settings(state=url), lambda: NOW)
    transport = httpx.ASGITransport(make_app(app, limit=Limit(app.clock, burst=1e9)))
    async with httpx.AsyncClient(transport=transport, base_url="http://pages.test") as client:
        answers = [await client.get(question) for question in questions]
    return [(one.status_code, one.text) for one in answers]


def test_five_hundred_questions_are_answered_alike(three: Sequence[str]) -> None:
    with open_store(three[0]) as store:
        questions = list(Drawn(store))
    first, *copies = (anyio.run(_asked, url, questions) for url in three)
    assert len(set(questions)) > QUESTIONS // 2
    assert sum(status == 200 for status, _ in first) > QUESTIONS * 0.9
    for answers in copies:
        wrong = [q for q, one, other in zip(questions, first, answers, strict=True) if one != other]
        assert wrong == []


def test_all_three_have_the_same_chain_without_a_fault(three: Sequence[str]) -> None:
    heads = set()
    for url in three:
        with open_store(url) as store:
            heads.add(chain.head(store))
            assert audit.faults(store) == ()
    assert len(heads) == 1


def typed(url: str, *words: str) -> Any:
    told = ["--state", url, "--now", "2026-11-25T09:00", *words]
    return CliRunner().invoke(vigilabel, told, prog_name="vigilabel")


def test_a_replay_of_each_makes_the_same_chain_again(three: Sequence[str]) -> None:
    said = [typed(url, "replay", "--format", "json") for url in three]
    assert {one.exit_code for one in said} == {0}, said[1].output
    assert len({one.stdout for one in said}) == 1


def test_an_evidence_file_of_each_is_the_same_to_the_byte(three: Sequence[str], tmp_path: Path) -> None:
    with open_store(three[0]) as store:
        event = store.q("select max(id) as id from event")[0]["id"]
    for words in ((str(event),), ("--was", "s3ns", "secnumcloud", "2026-03-05")):
        files = [tmp_path / f"{n}-{len(words)}.zip" for n in range(3)]
        for url, file in zip(three, files, strict=True):
            done = typed(url, "evidence", *words, "--out", str(file))
            assert done.exit_code == 0, done.output
        assert len({file.read_bytes() for file in files}) == 1
        assert typed(three[1], "verify", str(files[1])).exit_code == 0


def test_a_bundle_of_each_holds_the_same_tables(three: Sequence[str], tmp_path: Path) -> None:
    found = []
    for n, url in enumerate(three):
        done = typed(url, "bundle", "--out", str(tmp_path / f"{n}.zip"))
        assert done.exit_code == 0, done.output
        with zipfile.ZipFile(tmp_path / f"{n}.zip") as archive:
            found.append({name: archive.read(name) for name in archive.namelist() if "sqlite" not in name})
    assert found[0] == found[1] == found[2]


def test_a_dry_run_on_a_server_leaves_nothing(three: Sequence[str]) -> None:
    saved = Path(__file__).parent / "fixtures" / "anssi_catalogue" / "catalogue-2026-03-04.pdf"
    told = [typed(url, "doctor", "anssi-catalogue", str(saved), "--format", "json") for url in three]
    assert len({one.stdout for one in told}) == 1
    with open_store(three[0]) as first, open_store(three[1]) as served:
        asked = "select (select count(*) from run) as runs, (select count(*) from page) as pages"
        assert served.q(asked) == first.q(asked)
        assert chain.head(served) == chain.head(first)
