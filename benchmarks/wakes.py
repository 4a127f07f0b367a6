"""How long it takes from the commit of an event to its first message, where nothing else goes on.

A hundred events, one after the other, each when the one before it was sent and the deliverer waits again: on
both engines, with the deliverer in the process that commits and in another. Times are those of the clock,
which a busy machine lengthens. Also what a deliverer takes of the processor while nothing happens.

    python -m benchmarks.wakes [--events N] [--idle SECONDS]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

from benchmarks.deliverers import Receiver, database, server
from benchmarks.drain import event
from benchmarks.measured import ROOT
from state.file.opening import open_store
from state.model import Outcome, Run
from state.owed import outbox
from state.seen.events import log
from state.seen.looks import runs
from state.words.post import Message, Receipt
from watcher.tell.deliver import Post, deliver, until_owed

MOST = 0.2


class Timed(Receiver):
    """Writes down when each message came."""

    def send(self, message: Message) -> Receipt:
        os.write(self.book, f"{time.monotonic()}\n".encode())
        return Receipt(id=message.key)


def now() -> datetime:
    return datetime.now(UTC)


def listen(url: str, room: str, stop: Event, stirred: Event) -> None:
    """Delivers as a watch does (`watcher.schedule`), until it is stopped."""
    receiver = Timed(room, 0.0)
    post = Post(open_store=lambda: open_store(url), notifier_of=lambda _: receiver, owner="benchmark")
    with open_store(url) as store, closing(store.ears()) as ears:
        Path(room, "ready").touch()
        while not stop.is_set():
            stirred.clear()
            deliver(post, now, stop.is_set, ears)
            until_owed(post, store, ears, now, stop, stirred)


@contextmanager
def here(url: str, room: str) -> Iterator[Event]:
    """A deliverer in this process; what stirs it."""
    stop, stirred = Event(), Event()
    thread = Thread(target=listen, args=(url, room, stop, stirred))
    thread.start()
    yield stirred
    stop.set()
    thread.join()


@contextmanager
def elsewhere(url: str, room: str) -> Iterator[Event]:
    """A deliverer in another process, which nobody here can stir."""
    kept = {**os.environ, "PYTHONPATH": str(ROOT)}
    one = subprocess.Popen([sys.executable, "-m", "benchmarks.wakes", "--listen", url, room], env=kept)
    yield Event()
    one.terminate()
    one.wait()


def delays(url: str, room: str, stirred: Event, events: int) -> list[float]:
    """Seconds from each commit to its message."""
    found: list[float] = []
    book = Path(room, "received")
    while not Path(room, "ready").exists():
        time.sleep(0.05)
    with open_store(url) as store:
        for number in range(1, events + 1):
            time.sleep(0.3 + 0.1 * (number % 7) / 7)  # at any moment between two glances
            with store.transaction():
                runs.record(store, Run(id=number, source="anssi-catalogue", at=now(), outcome=Outcome.OK))
                log.append(store, number, [event(number, number)])
                outbox.owe_events(store, number, [(number, "C1", ())], now())
            done = time.monotonic()
            stirred.set()
            while len(came := book.read_text().split("\n") if book.exists() else []) <= number:
                time.sleep(0.001)
            found.append(float(came[number - 1]) - done)
    return sorted(found)


def idle(url: str, room: str, seconds: float) -> float:
    """What a deliverer takes of a processor while nothing happens, in thousandths of it."""
    with here(url, room):
        while not Path(room, "ready").exists():
            time.sleep(0.05)
        time.sleep(1)
        begun = time.process_time()
        time.sleep(seconds)
        return 1000 * (time.process_time() - begun) / seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=100)
    parser.add_argument("--idle", type=float, default=20.0)
    parser.add_argument("--listen", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.listen:
        url, room = asked.listen
        listen(url, room, Event(), Event())
        return 0
    held = True
    with server() as place, tempfile.TemporaryDirectory(dir="/var/tmp") as rooms:
        for engine in ("sqlite", "postgresql"):
            for where, way in (("one process", here), ("another process", elsewhere)):
                room = str(Path(rooms, f"{engine} {where}"))
                os.mkdir(room)
                url = f"{room}/state.db" if engine == "sqlite" else database(place, way.__name__)
                open_store(url).close()
                with way(url, room) as stirred:
                    took = delays(url, room, stirred, asked.events)
                half, most = took[len(took) // 2], took[-1 - len(took) // 100]
                held = held and most <= MOST
                print(f"{engine}, {where}: p50 {1000 * half:.0f} ms, p99 {1000 * most:.0f} ms", flush=True)
            room = str(Path(rooms, f"{engine} idle"))
            os.mkdir(room)
            share = idle(url, room, asked.idle)
            print(f"{engine}, idle: {share:.1f} thousandths of a processor", flush=True)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
