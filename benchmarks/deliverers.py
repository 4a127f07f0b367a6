"""How fast what is owed goes out of a PostgreSQL, by one deliverer and by four; beside a queue for tasks.

10,000 deliveries over 200 channels without pacing, on a server of its own with its usual settings (`fsync`
on). A message takes a receiver so many milliseconds (`--takes`, 250 as Slack does; 0 for one that does
nothing), as a wait in the process of who sends; each is written down in a file when it arrived, so that who
died can be asked for. With `--kill` one of the four is killed in the middle: what it had is sent when its
leases ran out, by a clock that is ahead.

    python -m benchmarks.deliverers [--deliveries N] [--channels N] [--takes MS] [--rounds N]
    python -m benchmarks.deliverers --beside PYTHON   # one that has procrastinate: without takes

Walls of time count here, for deliverers wait for each other: both sides are run in turns, the best is taken.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.drain import fill
from benchmarks.measured import ROOT
from state.file.opening import open_store
from state.words.post import Message, Receipt
from watcher.tell.deliver import Post, deliver

BIN = "/usr/lib/postgresql/15/bin"
FASTER, RECEIVED = 2.5, "received"
ONE, FOUR, BARE = "1 deliverer", "4 deliverers", "4 deliverers, a receiver that does nothing"
OTHERS = {"procrastinate, 4 workers of 1 job": 1, "procrastinate, 4 workers of 10 jobs": 10}
LEFT = """select count(*) as left from delivery d left join message m on m.key = d.message
    where d.withdrawn is null and coalesce(m.state, 'due') in ('due', 'sending')"""


@contextmanager
def server() -> Iterator[str]:
    """The address of a new PostgreSQL with its usual settings, ended and removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/var/tmp") as room:
        os.chmod(room, 0o777)
        whose = "" if os.getuid() else "setpriv --reuid=postgres --regid=postgres --clear-groups "
        made = f"{whose}{BIN}/initdb -D {room}/data -U me -A trust -E UTF8 --locale=C.UTF-8"
        subprocess.run(made.split(), check=True, stdout=subprocess.DEVNULL, cwd=room)
        told = f"{whose}{BIN}/postgres -D {room}/data -k {room} -c listen_addresses="
        runs = subprocess.Popen(told.split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=room)
        try:
            ready = [f"{BIN}/pg_isready", "-q", "-h", room]
            while subprocess.run(ready, check=False).returncode:
                time.sleep(0.05)
            yield room
        finally:
            runs.send_signal(signal.SIGINT)
            runs.wait()


def database(room: str, name: str) -> str:
    """The address of a new database there."""
    subprocess.run([f"{BIN}/createdb", "-h", room, "-U", "me", name], check=True)
    return f"postgresql://me@/{name}?host={room}"


@dataclass
class Receiver:
    """Takes a message after a while, writes down that it did, and can be asked."""

    room: str
    takes: float
    pace: float = 0.0

    def __post_init__(self) -> None:
        self.book = os.open(f"{self.room}/{RECEIVED}", os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def send(self, message: Message) -> Receipt:
        if self.takes:
            time.sleep(self.takes)
        os.write(
            self.book, f"{message.key} {[one.id for one in message.events]} {message.channel}\n".encode()
        )
        return Receipt(id=message.key)

    def find(self, message: Message) -> Receipt | None:
        known = message.key in Path(f"{self.room}/{RECEIVED}").read_text()
        return Receipt(id=message.key) if known else None

    def revise(self, message: Message, receipt: Receipt) -> None:
        raise AssertionError("nothing is taken back here")


def work(url: str, room: str, owner: str, takes: float, ahead: float) -> None:
    """One deliverer: ready, then told to begin; it ends when nothing is owed."""
    logging.disable(logging.WARNING)
    receiver = Receiver(room, takes)
    post = Post(open_store=lambda: open_store(url), notifier_of=lambda _: receiver, owner=owner)
    with open_store(url) as store:
        print("ready", flush=True)
        sys.stdin.readline()
        while store.q(LEFT)[0]["left"]:
            deliver(post, lambda: datetime.now(UTC) + timedelta(seconds=ahead))
            time.sleep(0.01)
    used = os.times()
    print(json.dumps({"at": time.monotonic(), "used": used.user + used.system}), flush=True)


def begun(command: Sequence[object]) -> subprocess.Popen[str]:
    """A process that is ready to begin."""
    kept = {**os.environ, "PYTHONPATH": str(ROOT)}
    one = subprocess.Popen(
        list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=kept
    )
    assert one.stdout
    assert one.stdout.readline() == "ready\n"
    return one


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Seconds of the clock, and those of the processors of all who worked, without the server."""

    seconds: float
    used: float


def together(each: Sequence[subprocess.Popen[str]]) -> Took:
    """How long processes that begin at once take until the last of them ends."""
    start = time.monotonic()
    for one in each:
        assert one.stdin
        one.stdin.write("\n")
        one.stdin.flush()
    told = [json.loads(one.communicate()[0]) for one in each]
    return Took(seconds=max(one["at"] for one in told) - start, used=sum(one["used"] for one in told))


def drained(room: str, name: str, asked: argparse.Namespace, workers: int, takes: float) -> Took:
    """How long so many deliverers take to send all; raises SystemExit where one was lost or doubled."""
    url = database(room, name)
    with open_store(url) as store:
        fill(store, asked.deliveries, asked.channels)
        store.q("analyze")
    with tempfile.TemporaryDirectory(prefix="book-", dir="/var/tmp") as book:
        own = [sys.executable, "-m", "benchmarks.deliverers", "--work", url, book]
        took = together([begun([*own, f"w{n}", takes, 0]) for n in range(workers)])
        verified(url, book, asked.deliveries)
    return took


def killed(room: str, asked: argparse.Namespace) -> str:
    """Four deliverers, one killed when a third is sent; then one by whose clock leases ran out."""
    url = database(room, "killed")
    with open_store(url) as store:
        fill(store, asked.deliveries, asked.channels)
        store.q("analyze")
    with tempfile.TemporaryDirectory(prefix="book-", dir="/var/tmp") as book:
        own = [sys.executable, "-m", "benchmarks.deliverers", "--work", url, book]
        each = [begun([*own, f"w{n}", asked.takes / 1000, 0]) for n in range(4)]
        for one in each:
            assert one.stdin
            one.stdin.write("\n")
            one.stdin.flush()
        received = Path(book) / RECEIVED
        while not received.exists() or received.read_text().count("\n") < asked.deliveries // 3:
            time.sleep(0.01)
        each[0].kill()
        with open_store(url) as store:
            dead = "from message where state = 'sending' and owner = 'w0'"
            left = store.q(f"select count(*) as n {dead}")[0]["n"]
            rest = f"{LEFT} and d.channel not in (select channel {dead})"
            while store.q(rest)[0]["left"] > 0:
                time.sleep(0.05)
        ahead = begun([*own, "after", 0, 180])
        together([ahead])
        for one in each:
            one.communicate()
        verified(url, book, asked.deliveries)
    return f"one of four killed with {left} under way: none lost, none doubled"


def verified(url: str, book: str, deliveries: int) -> None:
    """Each event reached each channel once, and the memory says so."""
    lines = Counter((Path(book) / RECEIVED).read_text().split("\n"))
    del lines[""]
    told = Counter((line.split(" ", 1)[1]) for line in lines.elements())
    with open_store(url) as store:
        sent = store.q("select count(*) as n from message where state = 'sent'")[0]["n"]
    if len(told) != deliveries or max(told.values()) != 1 or sent != deliveries:
        raise SystemExit(f"{deliveries} owed, {len(told)} received, {sum(told.values())} times, {sent} sent")


PROCRASTINATE = """
import asyncio, json, os, sys, time, logging
import procrastinate
logging.disable(logging.CRITICAL)
url, jobs, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=4))

@app.task(name="nothing", queue="q")
async def nothing(n):
    pass

async def main():
    async with app.open_async():
        if jobs:
            await app.schema_manager.apply_schema_async()
            for start in range(0, jobs, 1000):
                await nothing.batch_defer_async(*({"n": n} for n in range(start, min(start + 1000, jobs))))
            return
        print("ready", flush=True)
        sys.stdin.readline()
        await app.run_worker_async(wait=False, install_signal_handlers=False, concurrency=workers)
        used = os.times()
        print(json.dumps({"at": time.monotonic(), "used": used.user + used.system}), flush=True)

asyncio.run(main())
"""


def procrastinated(room: str, name: str, python: str, jobs: int, concurrency: int) -> Took:
    """How long four workers of procrastinate take for so many jobs that do nothing."""
    url = database(room, name)
    own = [python, "-c", PROCRASTINATE, url]
    subprocess.run([*own, str(jobs), "1"], check=True)
    return together([begun([*own, 0, concurrency]) for _ in range(4)])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--channels", type=int, default=200)
    parser.add_argument("--takes", type=float, default=250, help="milliseconds that a message takes")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--beside", help="a Python with procrastinate")
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--work", nargs=5, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        url, book, owner, takes, ahead = asked.work
        work(url, book, owner, float(takes), float(ahead))
        return 0
    with server() as room:
        if asked.kill:
            print(killed(room, asked))
            return 0
        slack = asked.takes / 1000
        ways = {BARE: (4, 0.0)} if asked.beside else {ONE: (1, slack), FOUR: (4, slack)}

        def once(what: str, name: str) -> Took:
            if what in OTHERS:
                return procrastinated(room, name, asked.beside, asked.deliveries, OTHERS[what])
            workers, takes = ways[what]
            return drained(room, name, asked, workers, takes)

        best: dict[str, Took] = {}
        for turn in range(asked.rounds):
            for n, what in enumerate([*ways, *(OTHERS if asked.beside else ())]):
                took = once(what, f"d{turn}x{n}")
                print(f"{what}: {took.seconds:.2f} s, processors {took.used:.2f} s", flush=True)
                best[what] = min(best.get(what, took), took, key=lambda one: one.seconds)
    if asked.beside:
        ratio = min(best[what].seconds for what in OTHERS) / best[BARE].seconds
        print(f"as fast as procrastinate x {ratio:.2f}, at least 1 is wanted")
        return 0 if ratio >= 1 else 1
    ratio = best[ONE].seconds / best[FOUR].seconds
    print(f"four are x {ratio:.2f} as fast as one, at least {FASTER} is wanted")
    return 0 if ratio >= FASTER else 1


if __name__ == "__main__":
    sys.exit(main())
