from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from toy_memory import Toy

from state.file.opening import open_store
from state.file.store import Store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "vigilabel.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    with open_store(str(file)) as opened:
        yield opened


@pytest.fixture
def again(file: Path, store: Store) -> Iterator[Callable[[], Store]]:
    """Opens the same memory once more, as another process would."""
    opened: list[Store] = []

    def open_again() -> Store:
        opened.append(open_store(str(file)))
        return opened[-1]

    yield open_again
    for each in opened:
        each.close()


@pytest.fixture
def toy(store: Store) -> Toy:
    return Toy(store)
