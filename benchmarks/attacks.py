"""Attacks on `vigilabel run`, on the loopback alone: what people, the schedule and Slack see meanwhile.

Latencies are those of the wall, from a process that shares its cores with the attackers and with whatever
else runs: a server that has nothing to do is asked in turns, and what it took stands beside. The older build
is attacked where it can be made. `--log` prints what the watch logged.
"""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPException
from pathlib import Path
from statistics import median

from benchmarks.attacked import Watch, watching
from benchmarks.before import older
from benchmarks.measured import HERE, ROOT, environment, head, row, run

EDITIONS = [
    ROOT / "tests/fixtures/anssi_catalogue" / f"catalogue-{day}.pdf" for day in ("2025-12-05", "2026-03-04")
]
ATTACKS = {
    "half_open": 1100, "crowd": 1000, "slow_reader": 200, "slow_taker": 200, "slow_head": 300,
    "slow_body": 300, "pipeline": 100, "idle": 300, "quick": 250,
}  # fmt: skip
"""How many clients at once; `quick` connects twice a second: five thousand times in ten seconds."""
SECONDS = 12.0
ASKED = ("/", "/providers?lang=en", "/history?q=cloud", "/api/v1/labels", "/labels/secnumcloud", "/was")


@contextmanager
def attacked(kind: str, watch: Watch, seconds: float = SECONDS) -> Iterator[None]:
    """While attackers of a kind are at work."""
    words = [kind, str(watch.port), str(ATTACKS[kind]), str(seconds)]
    with subprocess.Popen([sys.executable, str(Path(__file__).with_name("attackers.py")), *words]) as clients:
        yield
        clients.terminate()


def every(seconds: float, ask: Callable[[], float], until: float) -> list[float]:
    """What is asked for again and again; without an end where there was no answer."""
    taken = []
    while time.monotonic() < until:
        try:
            taken.append(ask())
        except (OSError, HTTPException, AssertionError):
            taken.append(math.inf)
        time.sleep(seconds)
    return taken


def under(kind: str, watch: Watch) -> dict[str, float]:
    """What is seen while an attack lasts: the slowest of each."""
    with attacked(kind, watch), ThreadPoolExecutor(4) as pool:
        until = time.monotonic() + SECONDS
        asked = {
            "health": pool.submit(every, 0.05, lambda: watch.ask("/healthz"), until),
            "beside": pool.submit(every, 0.05, lambda: watch.ask("/", port=watch.idle), until),
            "slack": pool.submit(every, 1.0, watch.command, until),
            "page": pool.submit(every, 0.5, lambda: watch.ask("/"), until),
        }
        files = max(every(0.2, lambda: watch.figure("files"), until))
    found = {name: max(taken.result()) for name, taken in asked.items()}
    return {**found, "files": files, "half": median(asked["health"].result())}


def show(kind: str, seen: dict[str, float], before: dict[str, float] | None) -> bool:
    """The rows of one attack; whether all is as it should be."""
    what = f"{ATTACKS[kind]} {kind.replace('_', ' ')}"
    print(f"| {what}: /healthz, half of all answers within | | {seen['half'] * 1000:.1f} ms | | |")
    print(f"| {what}: a server beside that does nothing, slowest | | {seen['beside'] * 1000:.1f} ms | | |")
    rows = (
        ("health", "/healthz", 100, "ms"),
        ("slack", "a command on Slack", 3, "s"),
        ("page", "a page", 2, "s"),
    )
    held = [
        row(
            f"{what}: {name}, slowest",
            now=seen[key] * (1000 if unit == "ms" else 1),
            most=most,
            unit=unit,
            before=before[key] * (1000 if unit == "ms" else 1) if before else None,
        )
        for key, name, most, unit in rows
    ]
    return all((*held, row(f"{what}: open files", now=seen["files"], most=768, unit="")))


def at_once(watch: Watch) -> float:
    """The slowest of thirty people who ask in the same instant: pages, a search, the API, Slack."""
    ready = threading.Barrier(30)

    def ask(number: int) -> float:
        ready.wait()
        return watch.command() if number % 5 == 0 else watch.ask(ASKED[number % len(ASKED)])

    with ThreadPoolExecutor(30) as pool:
        return max(pool.map(ask, range(30)))


def ended(watch: Watch, *kinds: str) -> float:
    """Seconds from SIGTERM to the end, with attackers at work for five seconds."""
    with ExitStack() as stack:
        for kind in kinds:
            stack.enter_context(attacked(kind, watch, 60))
        time.sleep(5)
        start = time.perf_counter()
        watch.process.send_signal(signal.SIGTERM)
        assert watch.process.wait(60) == 0, watch.log.read_text()
        return time.perf_counter() - start


def memory(place: Path) -> Path:
    """Two real editions, read."""
    place.mkdir()
    state = {"VIGILABEL_STATE": str(place / "watch.db")}
    for edition in EDITIONS:
        words = ("import", "anssi-catalogue", str(edition), "--seen-at", edition.stem[-10:])
        run(HERE.command(*words), more=state)
    return place


def looked(place: Path) -> str:
    """The state of the source whose look was under way."""
    state = {"VIGILABEL_STATE": str(place / "watch.db")}
    command = HERE.command("sources", "--format", "json")
    said = subprocess.run(command, env=environment(HERE, state), capture_output=True, check=True).stdout
    return next(str(one["state"]) for one in json.loads(said) if one["source"] == "ans-hds")


def before(room: Path, *kinds: str) -> dict[str, dict[str, float]]:
    """What is seen of the older build, which makes a memory of its own; nothing where there is none."""
    build = older()
    if build is None:
        return {}
    seen = {}
    for kind in kinds:
        (place := room / f"before-{kind}").mkdir()
        with watching(place, build) as watch:
            time.sleep(3)
            seen[kind] = under(kind, watch)
    return seen


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        head("attack, seen from outside")
        earlier, place = before(room, "half_open", "slow_reader"), memory(room / "now")
        with watching(place) as watch:
            watch.ask("/")
            good = [row("thirty people at once, the slowest", now=at_once(watch), most=2, unit="s")]
            for kind in ATTACKS:
                good.append(show(kind, under(kind, watch), earlier.get(kind)))
            good.append(row("most memory of the process", now=watch.figure("VmHWM"), most=200, unit="MiB"))
            good.append(row("SIGTERM after all of it", now=ended(watch), most=5, unit="s"))
        failed = looked(place) != "ok"
        good.append(row("looks that failed meanwhile", now=float(failed), most=0, unit=""))
        logs = [watch.log.read_text()]
        with watching(place, endless=True) as watch:
            taken = ended(watch, "slow_reader", "slow_body", "idle")
            good.append(row("SIGTERM with a byte a second each way", now=taken, most=5, unit="s"))
        logs.append(watch.log.read_text())
        if "--log" in sys.argv:
            print("\n".join(logs))
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
