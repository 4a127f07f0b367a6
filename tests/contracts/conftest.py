"""What the tests of contracts ask: a small and a large memory, each made once, and copies to act on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from os import environ
from pathlib import Path

import pytest
from contracts import worlds
from contracts.program import Program

OURS = ("VIGILABEL_", "SLACK_", "PORT", "HTTP_", "HTTPS_", "ALL_", "NO_", "http_", "https_", "all_", "no_")


@pytest.fixture(scope="session")
def proxy() -> Iterator[str]:
    with worlds.register() as address:
        yield address


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the memories lie."""
    place = tmp_path_factory.mktemp("contracts")
    worlds.begin(place)
    return place


def _alone(patch: pytest.MonkeyPatch, room: Path, proxy: str) -> None:
    """Nothing of this machine reaches the program: not its settings, not its proxies, not its screen."""
    for name in [name for name in environ if name.startswith(OURS)]:
        patch.delenv(name)
    patch.setenv("HTTP_PROXY", proxy)
    patch.setenv("COLUMNS", "80")
    patch.chdir(room)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, room: Path, proxy: str) -> None:
    _alone(monkeypatch, room, proxy)


def _made(make: Callable[[Path], Program], room: Path, proxy: str) -> Program:
    with pytest.MonkeyPatch.context() as patch:
        _alone(patch, room, proxy)
        return make(room)


@pytest.fixture(scope="session")
def small(room: Path, proxy: str) -> Program:
    return _made(worlds.small, room, proxy)


@pytest.fixture(scope="session")
def large(room: Path, proxy: str) -> Program:
    return _made(worlds.large, room, proxy)


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[Program], Program]:
    """A copy of a memory, for a command that acts."""

    def copied(program: Program) -> Program:
        shutil.copy(program.state, tmp_path / "copy.db")
        return replace(program, state=tmp_path / "copy.db")

    return copied
