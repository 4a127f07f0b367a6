"""The pages beside the schedule, in one process."""

from __future__ import annotations

import gc
import os
import re
import signal
import socket
import subprocess
import sys
import time
import weakref
from pathlib import Path
from typing import Any

import httpx
import pytest

from watcher.app import App
from watcher.settings import Settings
from watcher.web.serve import YOUNG, Cycles, Pages

SOURCES = ("anssi-catalogue", "anssi-pending", "ans-hds", "tl-fr")


def served(watched: App, **given: Any) -> Pages:
    return Pages(App(Settings(state=watched.settings.state, **given), watched.clock))


def test_pages_are_served_until_they_are_stopped(watched: App) -> None:
    pages = served(watched, port=0)
    pages.start()
    address = f"http://127.0.0.1:{pages.port}/healthz"
    assert httpx.get(address, timeout=60).json() == {"status": "ok"}
    pages.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, timeout=60)


def test_a_taken_port_is_an_error_at_the_start(watched: App) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        served(watched, port=taken.getsockname()[1]).start()


def test_stopping_does_not_wait_for_a_connection_that_says_nothing(watched: App) -> None:
    pages = served(watched, port=0)
    pages.start()
    with socket.create_connection(("127.0.0.1", pages.port)) as idle:
        idle.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        pages.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", pages.port))


def test_run_serves_pages_and_ends_cleanly_on_sigterm_with_open_connections(
    watched: App, tmp_path: Path
) -> None:
    config = tmp_path / "vigilabel.toml"
    config.write_text("".join(f"[sources.{name}]\nenabled = false\n" for name in SOURCES))
    command = [sys.executable, "-c", "from watcher.cli import main; main()"]
    command += ["--config", str(config), "--state", watched.settings.state, "run"]
    environment = {**os.environ, "PORT": "0", "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as program:
        port = listening(program)
        assert httpx.get(f"http://127.0.0.1:{port}/", timeout=60).status_code == 200
        assert memory_of(program.pid) < 200
        with socket.create_connection(("127.0.0.1", port)) as idle:
            idle.sendall(b"GET / HTTP/1.1\r\n")
            program.send_signal(signal.SIGTERM)
            assert program.wait(timeout=60) == 0


def listening(program: subprocess.Popen[str]) -> int:
    """The port that the program says it serves at."""
    assert program.stderr is not None
    said = []
    for line in program.stderr:
        said.append(line)
        if found := re.search(r"pages at http://127\.0\.0\.1:(\d+)/", line):
            time.sleep(0.2)
            return int(found[1])
    raise AssertionError("".join(said))


def memory_of(process: int) -> float:
    """The most memory that a process ever held, in MiB."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def test_cycles_are_searched_for_when_nobody_waits(watched: App) -> None:
    was_on = gc.isenabled()
    cycles = Cycles()
    cycles.begin()
    try:
        assert not gc.isenabled()
        kept = [[number] for number in range(YOUNG + 1000)]
        loose = weakref.ref(circle())
        cycles.search(idle=False)
        assert loose() is not None
        cycles.search(idle=True)
        assert loose() is None
        assert len(kept) > YOUNG
    finally:
        cycles.end()
    assert gc.isenabled() is was_on


class Circle:
    """Something that names itself."""


def circle() -> Circle:
    made = Circle()
    made.itself = made  # type: ignore[attr-defined]
    return made
