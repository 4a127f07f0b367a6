"""Messages on a terminal and in a log file."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest

from notifiers.console.notifier import Console
from notifiers.notifier import DeliveryError
from notifiers.said import parts
from state.model import Attestation, Event, Kind
from state.words.post import Message, Notice, Receipt


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


ANSI = re.compile(r"\x1b\[[0-9;]*m")


def test_a_file_gets_the_plain_text(
    an_event: Callable[..., Event], a_message: Callable[..., Message]
) -> None:
    stream, message = io.StringIO(), a_message(an_event(Kind.GAINED))
    assert Console(stream=stream).send(message) == Receipt()
    assert stream.getvalue() == parts.whole(message) + "\n\n"


def test_a_terminal_gets_the_same_words_with_style(
    cases: dict[str, Event],
    a_message: Callable[..., Message],
    a_notice: Callable[..., Notice],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    message = a_message(*cases.values(), notices=(a_notice("trouble"),), matched=("all",))
    Console(stream=stream).send(message)
    drawn = stream.getvalue()
    assert ANSI.search(drawn)
    assert ANSI.sub("", drawn).split() == parts.whole(message).split()


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_register_text_cannot_draw_on_the_terminal(
    stream: Callable[[], io.StringIO], an_event: Callable[..., Event], a_message: Callable[..., Message]
) -> None:
    name = "\x1b]0;owned\x07[red]x[/red]\x9b31m"
    out = stream()
    row = Attestation(label="hds", holder=name, subject=name)
    Console(stream=out).send(a_message(an_event(Kind.GAINED, row, name)))
    assert not re.search(r"[\x07\x9b]|\x1b(?!\[[0-9;]*m)", out.getvalue())
    assert "[red]x[/red]" in out.getvalue()


def test_a_log_that_is_not_unicode_loses_no_alert(
    an_event: Callable[..., Event], a_message: Callable[..., Message]
) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Console(stream=stream).send(a_message(an_event(Kind.GAINED)))
    assert b"S3NS obtient la qualification SecNumCloud" in raw.getvalue()


def test_a_stream_that_is_closed_is_a_delivery_error(
    an_event: Callable[..., Event], a_message: Callable[..., Message]
) -> None:
    stream = io.StringIO()
    stream.close()
    with pytest.raises(DeliveryError, match="console"):
        Console(stream=stream).send(a_message(an_event(Kind.GAINED)))


def test_a_stream_cannot_be_asked(an_event: Callable[..., Event], a_message: Callable[..., Message]) -> None:
    assert Console(stream=io.StringIO()).find(a_message(an_event(Kind.GAINED))) is None
