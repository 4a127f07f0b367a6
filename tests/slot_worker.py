"""One process of several that share the planned looks of a toy register, and that may die at any step.

`python tests/slot_worker.py STATE [SORT COUNT]` reads one time a line and answers "done" when it did what a
watch does at that time: take the slot that is due, or make what was missed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta

from fate import Fate
from toy_register import ToyRegister, page

from scrapers.source import Get
from state.file.store import Store
from state.model import Page
from watcher.app import App
from watcher.look.slots import trigger_of
from watcher.planned.slots import check_slot, missed
from watcher.settings import Settings


class Clock:
    """The time that the worker was told; each call moves it by a millisecond."""

    now = datetime.fromisoformat("2026-01-01T00:00+00:00")

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


class Doomed(App):
    """The program over a memory each statement of which may be its last."""

    fate = Fate()

    def open_store(self, *, create: bool = True) -> Store:
        return self.fate.open_store(self.settings.state)


CLOCK = Clock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(ToyRegister):
    """Shows a page of its hour."""

    every: str = "0 * * * *"

    def fetch(self, get: Get) -> tuple[Page, ...]:
        return (page(f"edition {CLOCK.now:%Y-%m-%d}", CLOCK.now),)


def main(state: str, *end: str) -> None:
    app, register = Doomed(Settings(state=state), CLOCK), Register()
    app.__dict__["sources"] = {register.name: register}
    Doomed.fate = Fate(end[0], int(end[1])) if end else Fate()
    for line in sys.stdin:
        CLOCK.now = datetime.fromisoformat(line.strip())
        on_time = CLOCK.now.minute == 0
        if on_time or missed(app, register, trigger_of(register)):
            check_slot(app, register, trigger_of(register))
        print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
