"""A word on a terminal while something takes its time; nothing in a pipe, a log or a mail from cron."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def busy(text: str, stream: TextIO) -> Iterator[None]:
    """Says what is being done until it is; the line is gone afterwards."""
    if not stream.isatty():
        yield
        return
    from rich.console import Console
    from rich.text import Text

    with Console(file=stream).status(Text(text)):
        yield
