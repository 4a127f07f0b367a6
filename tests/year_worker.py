"""One process of a simulated year: looks when it is told to, at the time that it is told, and may die at it.

`python tests/year_worker.py SETTINGS [SORT COUNT]` reads one turn a line (JSON: `at`, by how many seconds
that is `wrong`, `sources` to look at, `planned` or as a watch that was just started, `room` for so many more
pages of the memory) and answers each with a line: "done", or what broke its memory, after which it ends as
`vigilabel run` does.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from typing import Any

from fate import LOOK, REQUEST, Fate, Mortal
from registers import Hand, Simulated

from notifiers.notifier import Notifier
from notifiers.wire.posted import Posted
from state.file.errors import StoreError
from state.file.store import Store
from watcher.look.slots import trigger_of
from watcher.planned.looks import check_source
from watcher.planned.slots import check_slot
from watcher.settings import Settings
from watcher.tell.deliver import deliver
from watcher.upkeep import upkeep


class Doomed(Simulated):
    """The program as it is put together, over a memory that may be full, and with a fate."""

    fate = Fate()
    space: int | None = None

    def open_store(self, *, create: bool = True) -> Store:
        store = self.fate.open_store(self.settings.state)
        if self.space is not None:
            pages = store.q("pragma page_count")[0]["page_count"]
            store.q(f"pragma max_page_count = {pages + self.space}")
        return store

    def pause(self, seconds: float) -> None:
        self.fate.step(REQUEST)
        super().pause(seconds)

    def notifier_of(self, channel: str) -> Notifier:
        slack = self.settings.slack
        silent = Posted(pause=lambda seconds: None)
        return Mortal(token="xoxb-fake", base_url=str(slack.base_url), pace=0, posted=silent)


def turn(app: Doomed, told: dict[str, Any]) -> None:
    app.hand.now, app.space = datetime.fromisoformat(told["at"]), told["room"]
    app.hand.wrong = timedelta(seconds=told["wrong"])
    for name in told["sources"]:
        source = app.sources[name]
        if told["planned"]:
            check_slot(app, source, trigger_of(source))
        else:
            check_source(app, source)
        app.fate.step(LOOK)
    upkeep(app)
    deliver(app.post(), app.clock)


def main(settings: str, *end: str) -> None:
    app = Doomed(Settings(**json.loads(settings)), Hand(datetime.fromisoformat("2000-01-01T00:00+00:00")))
    Doomed.fate = Mortal.fate = Fate(end[0], int(end[1])) if end else Fate()
    for line in sys.stdin:
        try:
            turn(app, json.loads(line))
        except StoreError as error:
            print(f"broken: {error}", flush=True)
            raise SystemExit(1) from None
        print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
