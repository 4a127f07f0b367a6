"""Lines of text on a terminal: broken between words alone, as wide as the screen; and a word while something
takes its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import TextIO

from notifiers.said.voice import counted_together, room_of, unbroken

GLUE, HARD, THIN = "\ufdd0", "\ufdd1", "\ufdd2"
"""Stand for spaces at which no line is broken: noncharacters, which no text has (Unicode, 23.7)."""


def held_together(text: str) -> str:
    """The text, in which days, times, and numbers with what they count are one word."""
    return counted_together(unbroken(text, GLUE), GLUE).replace("\u00a0", HARD).replace("\u202f", THIN)


def set_free(text: str) -> str:
    """The same with its spaces as they were."""
    return text.replace(GLUE, " ").replace(HARD, "\u00a0").replace(THIN, "\u202f")


def flowed(text: str, less: int = 0) -> str:
    """Lines as a terminal shows them, `less` some columns: the rest of a long one stands below, as far in."""
    wide = get_terminal_size().columns - less
    return "\n".join(set_free(part) for line in text.split("\n") for part in _parts(line, wide))


def _parts(line: str, wide: int) -> Iterator[str]:
    """A word longer than the screen stays whole, for whoever copies it."""
    edge = line[: len(line) - len(line.lstrip(" "))]
    first, *words = held_together(line[len(edge) :]).split(" ")
    shown = edge + first
    for word in words:
        if room_of(shown) + 1 + room_of(word) > wide and shown.strip():
            yield shown.rstrip()
            shown = edge + word
        else:
            shown += f" {word}"
    yield shown


@contextmanager
def busy(text: str, stream: TextIO) -> Iterator[Callable[[str], object]]:
    """Says what is being done until it is; the line is gone afterwards. What it yields says another word.

    Nothing in a pipe, a log or a mail from cron.
    """
    if not stream.isatty():
        yield lambda text: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(file=stream).status(Text(text)) as status:
        yield lambda text: status.update(Text(text))
