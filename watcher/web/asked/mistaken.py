"""What is wrong with what was asked, in words."""

from __future__ import annotations

from notifiers.said.voice import voice
from watcher.errors import BadQuestion, Trouble


def words(error: Trouble, lang: str) -> str:
    """What is wrong, in a sentence or two; what a client sent is quoted."""
    say, values = voice(lang), dict(error.values)
    if isinstance(error, BadQuestion):
        values["expected"] = say.each("expected", error.expected, **error.limits)
    return say.each("trouble", f"{error.code}.text", **values)
