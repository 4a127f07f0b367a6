"""The program as the world meets it: a command typed, an address asked.

Little of its inside is known here, so that the inside can change while these tests stand.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from watcher.app import App
from watcher.cli import main
from watcher.settings import load_settings
from watcher.web.app import make_app

NOW = "2026-11-24T09:00:00+00:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str


def typed(*words: str) -> Said:
    """Runs `vigilabel` with these words, as the shell does."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["vigilabel", *words])
        patch.setattr(sys, "excepthook", sys.excepthook)  # the program sets its own
        with pytest.raises(SystemExit) as left:
            main()
    assert isinstance(left.value.code, int)
    return Said(code=left.value.code, out=_read(out), err=_read(err))


def _read(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The program on one memory, at a time that stands still; `watch.toml` lies in the working directory."""

    state: Path
    now: str = NOW

    def __call__(self, *words: str, now: str | None = None) -> Said:
        options = ("--state", str(self.state), "--config", "watch.toml", "--now", now or self.now)
        return typed(*options, *words)

    def did(self, *words: str, now: str | None = None) -> Said:
        """The same for a command that must succeed."""
        said = self(*words, now=now)
        assert said.code == 0, said
        return said

    def pages(self) -> Callable[..., httpx.Response]:
        """A function that asks an address of the pages, the feeds or the API."""
        at = datetime.fromisoformat(self.now)
        web = make_app(App(load_settings("watch.toml", state=str(self.state)), lambda: at, stated=True))

        def ask(path: str, method: str = "GET", **given: Any) -> httpx.Response:
            async def once() -> httpx.Response:
                door = httpx.ASGITransport(web, raise_app_exceptions=False)
                async with httpx.AsyncClient(transport=door, base_url="http://pages.test") as client:
                    return await client.request(method, path, **given)

            return anyio.run(once)

        return ask
