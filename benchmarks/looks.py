"""What one look costs in a running watch, in parses: a parse is Beautiful Soup on the page of hosts.

Usage: PYTHONPATH=. python benchmarks/looks.py. Looked at are the page of hosts whose tokens move while rows
stay, and the catalogue that does not move, with and without a 304. The register is a process of its own, not
counted; what the watch begins to read apart is. The build of 3d44010 goes first where it can be had.
"""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import _lru_cache_wrapper
from pathlib import Path

from benchmarks.before import older
from benchmarks.measured import HERE, ROOT, Build, environment, head, row

HOSTS = ROOT / "tests/fixtures/ans_hds/guess-table/index.html"
CATALOGUE = ROOT / "tests/fixtures/anssi_catalogue/catalogue-2026-03-04.pdf"
MOVING = re.compile(
    r"(?<=\?)pgwlej|(?<=--)ldd2sz|form-\w{20,}|(?<=css_)\w{20,}|(?<=js_)\w{20,}|(?<=Hash\": \")\w{20,}"
)
"""What a server draws anew on that page: cache-busters, forms, hashes of sessions and of permissions."""
REGISTER = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

page, validators = Path(sys.argv[1]), sys.argv[2] == "304"

class Register(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = page.read_bytes() if self.path == "/page" else b""
        same = validators and self.headers.get("If-None-Match") == '"1"'
        self.send_response(404 if not body else 304 if same else 200)
        if validators:
            self.send_header("ETag", '"1"')
        self.send_header("Content-Type", "application/pdf" if page.suffix == ".pdf" else "text/html")
        self.send_header("Content-Length", "0" if same else str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if same else body)

    def log_message(self, *_):
        pass

server = HTTPServer(("127.0.0.1", 0), Register)
print(server.server_port, flush=True)
server.serve_forever()
"""
ROUNDS = 12
TARGETS = {
    "the page of hosts, read for the first time": 1.6,
    "the same by a process that has read nothing yet": 2.0,
    "the page of hosts, its tokens moved": 1.5,
    "the catalogue, the same bytes": 0.5,
    "the catalogue, 304": 0.5,
}


@contextmanager
def register(page: Path, *, validators: bool = False) -> Iterator[str]:
    """A register in a process of its own that shows a file; gives its address."""
    words = [sys.executable, "-c", REGISTER, str(page), "304" if validators else ""]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/page"
        finally:
            process.kill()


def looks(source: str, url: str, state: Path) -> Callable[[], object]:
    """What makes one look more, a minute after the one before, in one running watch."""
    from watcher.app import App
    from watcher.planned.looks import check_source
    from watcher.settings import load_settings

    # A day on which kept validators are used: on one in three a page is asked for whole.
    times = iter(datetime(2026, 11, 24, 9, tzinfo=UTC) + timedelta(minutes=n) for n in range(1 << 20))
    place = f"VIGILABEL_SOURCES__{source.replace('-', '_').upper()}__"
    os.environ |= {f"{place}URL": url, f"{place}PACE": "0", "VIGILABEL_STATE": str(state)}
    moment = [next(times)]
    app = App(load_settings(), lambda: moment[0])
    app.stated = True  # set beside, since the older build knew no such thing

    def again() -> None:
        moment[0] = next(times)
        checked = check_source(app, app.sources[source])
        assert checked is not None
        assert checked.run.believed, checked.run.message

    return again


def spent() -> float:
    """Seconds of the processor that this process took so far, and those begun by it, with theirs."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15])) if int(fields[1]) == os.getpid() else 0
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def parses(body: bytes, task: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """How many parses a task takes, both in turns; `before` prepares each and is not counted."""
    from bs4 import BeautifulSoup

    def parse() -> object:
        return BeautifulSoup(body, "lxml")

    taken = [0.0, 0.0]
    gc.disable()  # as in a look
    for turn in range(1 + ROUNDS):
        before()
        for which, work in enumerate((task, parse)):
            begun = spent()
            work()
            # The first round warms what a running watch finds warm.
            taken[which] += (spent() - begun) if turn else 0.0
            gc.collect()
    gc.enable()
    return taken[0] / taken[1]


def unread() -> None:
    """Forgets what our readers keep of what they read: the first look of a process finds none of it."""
    for one in (found for found in gc.get_objects() if isinstance(found, _lru_cache_wrapper)):
        if str(one.__module__).startswith(("scrapers.", "state.")):
            one.cache_clear()


def figures() -> Iterator[float]:
    """The ratios of this build, in the order of the targets."""
    from scrapers import SOURCES
    from state.model import Page

    body, at = HOSTS.read_bytes(), datetime(2026, 11, 24, tzinfo=UTC)
    hosts = next(source for source in SOURCES if source.name == "ans-hds")
    page = Page(url=hosts.url, body=body, fetched_at=at, content_type="text/html")
    yield parses(body, lambda: hosts.read((page,)))
    yield parses(body, lambda: hosts.read((page,)), unread)
    with tempfile.TemporaryDirectory() as room:
        shown, drawn = Path(room, "page.html"), iter(range(1 << 20))

        def moves() -> None:
            shown.write_text(MOVING.sub(f"t0k3n{next(drawn):020x}", body.decode()))

        moves()
        with register(shown) as url:
            yield parses(body, looks("ans-hds", url, Path(room, "hosts.db")), moves)
        for validators in (False, True):
            with register(CATALOGUE, validators=validators) as url:
                yield parses(body, looks("anssi-catalogue", url, Path(room, f"{validators}.db")))


def of(build: Build) -> list[float]:
    """The ratios of a build, taken in a process of its own."""
    code = "import json; from benchmarks import looks; print(json.dumps([*looks.figures()]))"
    done = subprocess.run(
        [str(build.python), "-c", code],
        env=environment(build, {"PYTHONPATH": f"{build.root}:{ROOT}", "PYTHONWARNINGS": "ignore"}),
        cwd=build.root,  # else the code of the folder where this was called goes first
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return [float(one) for one in json.loads(done.stdout.splitlines()[-1])]


def main() -> None:
    before = older()
    old = of(before) if before else [None] * len(TARGETS)
    head("looks, in parses of the page of 404 hosts")
    for (what, most), was, now in zip(TARGETS.items(), old, of(HERE), strict=True):
        row(what, before=was, now=now, most=most, unit="parses")


if __name__ == "__main__":
    main()
