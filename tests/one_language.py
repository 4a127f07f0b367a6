"""Whether a text that is read in one language holds a sentence of the other, but what it quotes."""

from __future__ import annotations

import re

FOREIGN = {
    "fr": "the of and is was were with not from by has have been this that which for are to it be at since",
    "en": "le la les des du est sont une et pour dans avec qui par pas ne aux depuis ce cette précédemment",
}
"""Words without which the other language makes no sentence, and that this one does not have."""
QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|https?://\S+")


def strange(said: str, lang: str) -> list[str]:
    """The words of another language in a text, each with those around it."""
    text = QUOTED.sub(" ", " ".join(said.split()))
    word = rf"(?<![\w’'-])(?:{'|'.join(FOREIGN[lang].split())})(?![\w’'-])"
    found = re.finditer(word, text, re.IGNORECASE)
    return [text[max(one.start() - 40, 0) : one.end() + 40] for one in found]
