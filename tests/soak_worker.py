"""A watch that dies: looks at a growing toy register and delivers to a Slack, through the real code.

`python tests/soak_worker.py STATE SLACK_URL NOW LOOKS [SORT COUNT]` goes on where the last one died, as if
started at NOW, until LOOKS looks are recorded and nothing is owed, or until it has made COUNT steps of one
SORT: then it kills itself as the system would, with nothing cleaned up. Steps of progress, never seconds: a
faster machine dies at the same places.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from functools import partial

from fate import LOOK, Fate, Mortal
from toy_register import ToyRegister, page

from notifiers.wire.posted import Posted
from state.owed import taken
from state.seen.looks import runs
from state.seen.who.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Watch
from watcher.tell.deliver import Post, deliver


def register(look_number: int) -> str:
    """The register at one look: a firm more each time, and every third firm gone again after a while."""
    firms = [n for n in range(look_number) if n % 3 or n > look_number - 7]
    lines = [f"passi | Firm {n} | - | 2025_{n} | 2025-01-01 | 2099-01-01" for n in firms]
    day = datetime(2026, 1, 1) + timedelta(days=look_number)  # noqa: DTZ001 -- a day printed on a page
    return "\n".join([f"edition {day.date()}", *lines])


def identity(moment: datetime) -> datetime:
    """The same moment: a clock that stands."""
    return moment


def main(state: str, slack: str, start: str, looks: int, fate: Fate) -> None:
    """Looks and delivers until done, or dead."""
    clock, Mortal.fate = datetime.fromisoformat(start), fate
    post = Post(
        open_store=lambda: fate.open_store(state),
        notifier_of=lambda channel: Mortal(
            token="xoxb-fake", base_url=slack, pace=0, posted=Posted(pause=lambda seconds: None)
        ),
        owner=start,
    )
    while True:
        clock += timedelta(minutes=1)
        with fate.open_store(state) as store:
            done = len(runs.runs(store, source="anssi-catalogue"))
            if done < looks:
                watch = Watch(store=store, providers=load_providers(store))
                look(ToyRegister(), [page(register(done), clock)], watch, clock)
                fate.step(LOOK)
            elif not taken.due_channels(store, clock + timedelta(hours=1)):
                return
        deliver(post, partial(identity, clock))


if __name__ == "__main__":
    _, state, slack, start, looks, *end = sys.argv
    main(state, slack, start, int(looks), Fate(end[0], int(end[1])) if end else Fate())
