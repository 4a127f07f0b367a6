"""Attacks on `vigilabel run`, on the loopback alone: what people, the schedule and Slack see meanwhile.

The process may have 1,024 files open, as is usual. Latencies are those of the wall, from a process that
shares its cores with the attackers: a wait counts where the machine is the cause of it, too. `--log` prints
what the watch logged.
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from fake_people import SECRET, signed

from benchmarks.measured import HERE, ROOT, environment, head, row, run

FIXTURES = ROOT / "tests" / "fixtures"
PAGE = (FIXTURES / "ans_hds" / "guess-table" / "index.html").read_bytes()
EDITIONS = [FIXTURES / "anssi_catalogue" / f"catalogue-{day}.pdf" for day in ("2025-12-05", "2026-03-04")]
ATTACKS = {
    "calm": 1, "half_open": 1000, "crowd": 1000, "slow_reader": 200, "slow_taker": 200, "slow_head": 300,
    "slow_body": 300, "pipeline": 100, "idle": 300, "quick": 250,
}  # fmt: skip
"""How many clients at once; `quick` connects twice a second: five thousand times in ten seconds."""
SECONDS = 12.0
ASKED = ("/", "/providers?lang=en", "/history?q=cloud", "/api/v1/labels", "/labels/secnumcloud", "/was")


class Register(BaseHTTPRequestHandler):
    """A register that gives its page slowly: within the attacks, or a byte a second."""

    def do_GET(self) -> None:
        found = self.path != "/robots.txt"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE) if found else 0))
        self.end_headers()
        size = 1 if self.path == "/endless" else len(PAGE) // 60 + 1
        for start in range(0, len(PAGE) if found else 0, size):
            try:
                self.wfile.write(PAGE[start : start + size])
            except OSError:
                return
            time.sleep(1)

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Watch:
    """A running `vigilabel run`, and what people ask of it, each from an address of its own."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process, self.log, self.people = process, log, 0
        while not (found := re.search(rb"pages at http://127.0.0.1:(\d+)/", log.read_bytes())):
            time.sleep(0.05)
        self.port = int(found[1])

    def ask(self, path: str, body: str | None = None) -> float:
        """Seconds until an answer is read; raises where it is no answer."""
        self.people += 1
        source = (f"127.3.{self.people // 250 % 250}.{self.people % 250 + 1}", 0)
        headers = {} if body is None else signed(body, int(time.time()))
        start = time.perf_counter()
        line = HTTPConnection("127.0.0.1", self.port, timeout=10, source_address=source)
        line.request("GET" if body is None else "POST", path, body, headers)
        answer = line.getresponse()
        answer.read()
        line.close()
        assert answer.status == 200, (path, answer.status)
        return time.perf_counter() - start

    def command(self) -> float:
        """Seconds until Slack has an acknowledgement."""
        form = {"channel_id": "C1", "user_id": "U1", "text": "race", "trigger_id": f"T{time.time_ns()}"}
        return self.ask("/slack/commands", urlencode(form))

    def figure(self, name: str) -> float:
        """A number of the system about the process: `VmHWM` in MiB, or the files that it has open."""
        if name == "files":
            return len(os.listdir(f"/proc/{self.process.pid}/fd"))
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(rf"{name}:\s+(\d+)", status)[0]) / 1024


@contextmanager
def watching(place: Path, *, endless: bool) -> Iterator[Watch]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Register)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    name = "endless" if endless else "hds"
    set_ = {
        "VIGILABEL_STATE": str(place / "watch.db"), "PORT": "0", "SLACK_SIGNING_SECRET": SECRET,
        "VIGILABEL_SLACK__BASE_URL": "http://127.0.0.1:9/", "VIGILABEL_SOURCES__TL_FR__ENABLED": "false",
        "VIGILABEL_SOURCES__ANSSI_PENDING__ENABLED": "false",
        "VIGILABEL_SOURCES__ANSSI_CATALOGUE__ENABLED": "false",
        "VIGILABEL_SOURCES__ANS_HDS__PACE": "0",
        "VIGILABEL_SOURCES__ANS_HDS__URL": f"http://127.0.0.1:{server.server_port}/{name}",
    }  # fmt: skip
    log = place / f"{name}.log"
    with log.open("wb") as out, subprocess.Popen(
        HERE.command("run"), env=environment(HERE, set_), stderr=out, cwd=place,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024)),
    ) as process:  # fmt: skip
        yield Watch(process, log)
        process.kill()
    server.shutdown()


@contextmanager
def attacked(kind: str, watch: Watch, seconds: float = SECONDS) -> Iterator[None]:
    """While attackers of a kind are at work."""
    words = [kind, str(watch.port), str(ATTACKS[kind]), str(seconds)]
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("attackers.py")), *words]
    ) as attackers:
        time.sleep(2)
        yield
        attackers.terminate()


def every(seconds: float, ask: Callable[[], float], until: float) -> list[float]:
    taken = []
    while time.monotonic() < until:
        taken.append(ask())
        time.sleep(seconds)
    return taken


def under(kind: str, watch: Watch) -> list[bool]:
    """What is seen while an attack lasts."""
    with attacked(kind, watch), ThreadPoolExecutor(3) as pool:
        until = time.monotonic() + SECONDS - 3
        health = pool.submit(every, 0.05, lambda: watch.ask("/healthz"), until)
        slack = pool.submit(every, 1.0, watch.command, until)
        pages = pool.submit(every, 0.5, lambda: watch.ask("/"), until)
        files = max(every(0.2, lambda: watch.figure("files"), until))
        alive, answered, seen = health.result(), slack.result(), pages.result()
    what = f"{ATTACKS[kind]} {kind.replace('_', ' ')}"
    print(f"| {what}: /healthz, p50 of {len(alive)} | | {median(alive) * 1000:.1f} | | |")
    return [
        row(f"{what}: /healthz, slowest", now=max(alive) * 1000, most=100, unit="ms"),
        row(f"{what}: a command on Slack, slowest", now=max(answered), most=3, unit="s"),
        row(f"{what}: a page, slowest", now=max(seen), most=2, unit="s"),
        row(f"{what}: open files", now=files, most=768, unit=""),
    ]


def at_once(watch: Watch) -> float:
    """The slowest of thirty people who ask in the same instant: pages, a search, the API, Slack."""
    ready = threading.Barrier(30)

    def ask(number: int) -> float:
        ready.wait()
        return watch.command() if number % 5 == 0 else watch.ask(ASKED[number % len(ASKED)])

    with ThreadPoolExecutor(30) as pool:
        return max(pool.map(ask, range(30)))


def ended(watch: Watch, kinds: tuple[str, ...]) -> float:
    """Seconds from SIGTERM to the end, with attackers at work and a look that gets a byte a second."""
    with ExitStack() as stack:
        for kind in kinds:
            stack.enter_context(attacked(kind, watch, 30))
        start = time.perf_counter()
        watch.process.send_signal(signal.SIGTERM)
        assert watch.process.wait(30) == 0, watch.log.read_text()
        return time.perf_counter() - start


def main() -> None:
    good: list[bool] = []
    with tempfile.TemporaryDirectory() as room:
        place = Path(room)
        state = {"VIGILABEL_STATE": str(place / "watch.db")}
        for edition in EDITIONS:
            run(
                HERE.command("import", "anssi-catalogue", str(edition), "--seen-at", edition.stem[-10:]),
                more=state,
            )
        head("attack, seen from outside")
        with watching(place, endless=False) as watch:
            watch.ask("/")
            good.append(row("thirty people at once, the slowest", now=at_once(watch), most=2, unit="s"))
            for kind in ATTACKS:
                good += under(kind, watch)
            good.append(row("most memory of the process", now=watch.figure("VmHWM"), most=200, unit="MiB"))
            good.append(row("SIGTERM after all of it", now=ended(watch, ()), most=5, unit="s"))
            logs = [watch.log.read_text()]
        said = subprocess.run(
            HERE.command("sources", "--format", "json"),
            env=environment(HERE, state),
            capture_output=True,
            check=True,
        ).stdout
        [hds] = [one for one in json.loads(said) if one["source"] == "ans-hds"]
        good.append(row("looks that failed meanwhile", now=float(hds["state"] != "ok"), most=0, unit=""))
        with watching(place, endless=True) as watch:
            watch.ask("/")
            taken = ended(watch, ("slow_reader", "slow_body", "idle"))
            good.append(row("SIGTERM with a byte a second each way", now=taken, most=5, unit="s"))
            logs.append(watch.log.read_text())
        if "--log" in sys.argv:
            print("\n".join(logs))
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
