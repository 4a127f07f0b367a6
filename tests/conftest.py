"""What every test can ask for: a Slack on the loopback, and what the program does though it takes long.

What costs most is done once in a process, or not at all, unless a test says that it is what it tests.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import begun_memories
import engines
import kept_readings
import pytest
from fake_slack import FakeSlack

from notifiers.slack.bot import Slack
from notifiers.slack.webhook import SlackWebhook
from watcher.look.apart.room import Room

if TYPE_CHECKING:
    from postgres_server import Server

# Tests begin hundreds of processes: where none may keep what it compiled, each compiles the program anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture
def fake_slack() -> Iterator[FakeSlack]:
    """A running fake Slack with nothing in it: see `tests/fake_slack.py`."""
    with FakeSlack() as slack:
        yield slack


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room of this session, the same for all its processes."""
    mine = tmp_path_factory.getbasetemp()
    room = (mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "shared"
    room.mkdir(exist_ok=True)
    return room


@pytest.fixture(scope="session", autouse=True)
def _readings_kept(shared: Path) -> Iterator[None]:
    with kept_readings.readings_kept(shared / "readings"):
        yield


@pytest.fixture
def really_read() -> Iterator[None]:
    """Each document is read, however often it was read before: see `tests/kept_readings.py`."""
    with kept_readings.really_read():
        yield


@pytest.fixture(scope="session", autouse=True)
def _memories_begun_at_once() -> Iterator[None]:
    with begun_memories.begun_at_once():
        yield


@pytest.fixture
def step_by_step() -> Iterator[None]:
    """A new memory takes all its steps, as in the program: see `tests/begun_memories.py`."""
    with begun_memories.step_by_step():
        yield


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A PostgreSQL of this process: see `tests/postgres_server.py`."""
    import postgres_server  # what needs none starts without it

    if "not postgresql" in request.config.option.markexpr:
        pytest.fail("a test that begins a PostgreSQL is not marked: mark it `postgresql`")
    place = postgres_server.programs()
    if place is None:
        why = "no PostgreSQL on this machine: install it with scripts/postgres.sh"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    with postgres_server.running(place) as server:
        yield server


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of the memory run over both engines: see `tests/engines.py`."""
    if engines.of_both(metafunc):
        only = metafunc.definition.get_closest_marker("postgresql")
        metafunc.parametrize("engine", engines.ENGINES[1:] if only else engines.ENGINES, indirect=True)


LONGEST = (
    "test_eight_channels.py",
    "test_apart.py",
    "test_month.py",
    "test_doctor.py",
    "test_ended_readings.py",
    "test_end_to_end.py",
    "test_room.py",
    "test_answer.py",
    "test_list_of_lists.py",
    "test_trusted_lists.py",
    "test_doors_agree.py",
    "test_init.py",
    "test_hds_changes.py",
    "test_interleaved.py",
    "test_copied_memory.py",
)
"""Files of more than some ten seconds, as `--durations` names them: one begun last leaves a core idle."""


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files go first; what asks for a server, or runs on one of two engines that is one, is
    marked `postgresql`."""
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))
    for item in items:
        called = getattr(item, "callspec", None)
        given = called.params.values() if called else ()
        if "postgres" in getattr(item, "fixturenames", ()) or any(map(engines.served, given)):
            item.add_marker("postgresql")


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """What keeps the memories of a test: SQLite, unless it runs over both."""
    name = getattr(request, "param", "sqlite")
    with engines.kept_in(request.getfixturevalue("postgres")) if name != "sqlite" else nullcontext():
        yield name


@pytest.fixture
def paced() -> None:
    """Slack is given a second between two messages in a channel, as in the program; without it none."""


@pytest.fixture(autouse=True)
def _unpaced(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "paced" not in request.fixturenames:
        for channel in (Slack, SlackWebhook):
            monkeypatch.setitem(cast("dict[str, Any]", channel.__init__.__kwdefaults__), "pace", 0.0)


@pytest.fixture
def reading_room() -> None:
    """Documents are read in children, as in the program; without it in this process."""


@pytest.fixture(autouse=True)
def _read_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "reading_room" not in request.fixturenames:
        monkeypatch.setattr("watcher.look.apart.room.Room.ask", asked_here)


def asked_here(
    _: Room, name: str, shape: Any, reads: Callable[..., Any], *given: Any, get: Any = None
) -> Any:
    """What a child would answer."""
    if get is None:
        return reads(*given)
    pages = reads(*given, get)
    return tuple(next(n for n, page in enumerate(get.pages) if page is one) for one in pages)
