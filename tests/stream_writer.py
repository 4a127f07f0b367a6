"""A process that looks at a toy register again and again: `python stream_writer.py STATE SOURCE LOOKS`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from toy_register import ToyRegister, page  # noqa: E402 -- the path comes first

from watcher.app import App  # noqa: E402
from watcher.look.check import look  # noqa: E402
from watcher.settings import Settings  # noqa: E402

FIRST = datetime(2026, 4, 1, 12, tzinfo=UTC)


def write(state: str, source: str, looks: int) -> None:
    """Each look brings three events: one that goes, two that come."""
    app = App(Settings(state=state), lambda: FIRST, stated=True)
    rows = [f"passi | {source} keeps {n} | - | {source}_{n} | 2024-01-01 | 2030-01-01" for n in range(8)]
    with app.open_store() as store:
        for nth in range(looks):
            now = FIRST + timedelta(days=nth)
            there = [*rows, *_come(source, nth), *_come(source, nth + 1)]
            text = f"edition {now:%Y-%m-%d}\n" + "\n".join(there)
            look(ToyRegister(name=source), [page(text, now)], app.watch(store), now)


def _come(source: str, nth: int) -> list[str]:
    return [f"hds | {source} comes {nth} | - | {source}_h{nth} | 2024-01-01 | 2030-01-01"]


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], int(sys.argv[3]))
