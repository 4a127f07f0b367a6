"""Telling people where the program runs: plain text, with a little colour on a terminal."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from rich.console import Console as RichConsole
from rich.text import Text

from notifiers.notifier import DeliveryError, Means, Notifier, OnlyTakes, Probe
from notifiers.said import digest, parts
from notifiers.said.voice import Line, encodable
from state.model import Reason, Weight
from state.words.post import Message, Receipt

if TYPE_CHECKING:
    from notifiers.said.parts import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Console(OnlyTakes):
    """Writes messages to a text stream, one after the other and never mixed.

    Text from registers is written as text: no escape sequence or markup of its own survives (`voice.clean`,
    and `Text` objects that rich does not parse). A receipt means that the stream took it.
    """

    stream: TextIO
    pace: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def send(self, message: Message) -> Receipt:
        """Writes the whole message and flushes."""
        try:
            with self._lock:
                if self.stream.isatty() and _encoding(self.stream).startswith("utf"):
                    self._draw(message)
                else:
                    self.stream.write(encodable(parts.whole(message), self.stream.encoding) + "\n\n")
                self.stream.flush()
        except (OSError, ValueError) as broken:  # closed pipe, closed stream
            raise DeliveryError(Reason.of("console_closed", fault=type(broken).__name__)) from broken
        return Receipt()

    def _draw(self, message: Message) -> None:
        screen = RichConsole(file=self.stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
        if message.follows:
            screen.print(Text(parts.whole(message) + "\n", style="bold yellow"))
            return
        if len(message.events) + len(message.notices) > 1:
            screen.print(Text(digest.headline(message), style="bold underline"), "")
        for passage in parts.passages(message, titled=True):
            screen.print(_drawn(passage))
        asked = digest.matched(message)
        screen.print(Text(asked + "\n", style="dim") if asked else "")


def make(means: Means) -> Notifier:
    """Writes to standard output."""
    return Console(stream=sys.stdout)


def probe(means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    """Where messages are written."""
    where = Reason.of("on_a_terminal" if sys.stdout.isatty() else "on_no_terminal")
    yield Probe(what=Reason.of("probe_output"), good=True, found=where)


def _encoding(stream: TextIO) -> str:
    return (stream.encoding or "utf-8").casefold()


def _drawn(passage: Passage) -> Text:
    high = passage.event is not None and passage.weight is Weight.HIGH
    drawn = Text(passage.title + "\n", style="bold yellow" if high else "bold")
    for line in passage.lines:
        drawn.append_text(_drawn_line(line, "not bold default")).append("\n")
    if passage.proof:
        drawn.append_text(_drawn_line(passage.proof, "not bold default dim")).append("\n")
    return drawn


def _drawn_line(line: Line, style: str) -> Text:
    drawn = Text("  ", style=style)
    for span in line:
        drawn.append(span.text, style=f"{style} bold" if span.bold else style)
        if span.url:
            drawn.append(f" <{span.url}>", style="not bold default dim")
    return drawn
