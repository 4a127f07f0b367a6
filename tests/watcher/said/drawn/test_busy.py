"""What a terminal shows while something takes its time."""

from __future__ import annotations

import io
import re

import pytest

from watcher.said.drawn.flow import busy


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_says_what_is_being_done_and_keeps_no_trace_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = Terminal()
    with busy("[bold]ans-hds[/bold]: reading", screen):
        screen.write("")
    assert "[bold]ans-hds[/bold]: reading" in screen.getvalue()
    assert re.search(r"\x1b\[2K", screen.getvalue())


def test_a_pipe_hears_nothing_of_it() -> None:
    pipe = io.StringIO()
    with busy("ans-hds: reading", pipe):
        pass
    assert pipe.getvalue() == ""
