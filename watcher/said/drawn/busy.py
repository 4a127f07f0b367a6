"""A word on a terminal while something takes its time; nothing in a pipe, a log or a mail from cron."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def busy(text: str, stream: TextIO) -> Iterator[Callable[[str], object]]:
    """Says what is being done until it is; the line is gone afterwards. What it yields says another word."""
    if not stream.isatty():
        yield lambda text: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(file=stream).status(Text(text)) as status:
        yield lambda text: status.update(Text(text))
