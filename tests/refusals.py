"""What a source raises, by the English sentence that the memory and the log keep of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from notifiers.said.reasons import spoken
from scrapers.source import SourceError

Kind = TypeVar("Kind", bound=SourceError)


@contextmanager
def refuses(kind: type[Kind], match: str) -> Iterator[pytest.ExceptionInfo[Kind]]:
    """Expects an error of a kind whose sentence matches."""
    with pytest.raises(kind) as caught:
        yield caught
    sentence = spoken(caught.value)
    assert re.search(match, sentence), sentence
