"""A watch to attack: `vigilabel run` on the loopback, with a slow register before it and people who ask."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

from fake_people import SECRET, signed

from benchmarks.measured import HERE, ROOT, Build, environment

PAGE = (ROOT / "tests" / "fixtures" / "ans_hds" / "guess-table" / "index.html").read_bytes()
FILES = 1024
"""Files that the process may have open, as is usual."""


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

    def __init__(self, process: subprocess.Popen[bytes], log: Path, idle: int) -> None:
        self.process, self.log, self.idle, self.people = process, log, idle, 0
        while not (found := re.search(rb"pages at http://127.0.0.1:(\d+)/", log.read_bytes())):
            time.sleep(0.05)
        self.port = int(found[1])

    def ask(self, path: str, body: str | None = None, *, port: int = 0) -> float:
        """Seconds until an answer is read; raises where it is no answer. `port`: of another server."""
        self.people += 1
        source = (f"127.3.{self.people // 250 % 250}.{self.people % 250 + 1}", 0)
        headers = {} if body is None else signed(body, int(time.time()))
        start = time.perf_counter()
        line = HTTPConnection("127.0.0.1", port or self.port, timeout=10, source_address=source)
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
def watching(place: Path, build: Build = HERE, *, endless: bool = False) -> Iterator[Watch]:
    """A watch that is running, on the memory in `place`, and beside it a server that has nothing to do."""
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
        build.command("run"), env=environment(build, set_), stderr=out, cwd=place,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES)),
    ) as process, subprocess.Popen(
        [sys.executable, __file__], stdout=subprocess.PIPE, text=True
    ) as idle:  # fmt: skip
        assert idle.stdout is not None
        yield Watch(process, log, int(idle.stdout.readline()))
        process.kill()
        idle.kill()
    server.shutdown()


async def do_nothing() -> None:
    """A server of a few lines that says that it lives, and where: what the machine itself takes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(do_nothing())
