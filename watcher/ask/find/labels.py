"""Which labels a text is about: by the words that people call them in any of our languages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from notifiers.said.named import label_name
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import voice
from state.names import words
from state.words.labels import LABELS, TOGETHER, meant, single, together
from state.words.meant import alike

SHORT = 3
"""Words of so many letters say nothing by themselves ("de", "the"); a label's own short name does."""


def labels_named(text: str) -> tuple[tuple[str, ...], str]:
    """The labels that words of a text name, a family's several, and the rest of the text."""
    parts = text.split()
    found = dict.fromkeys(label for part in together(parts) for label in single(meant(part)))
    return tuple(found), " ".join(part for part in together(parts) if not meant(part))


def labels_about(text: str) -> tuple[str, ...]:
    """The labels that a text names, then those of which it speaks: all of its words that say anything are
    among theirs."""
    named, _ = labels_named(text)
    both = [slug for slug, many in TOGETHER.items() if set(many.labels) <= set(named)]
    said = {_plain(word) for word in words(text) if len(word) > SHORT}
    about = [label for label in (*LABELS, *TOGETHER) if said and said <= _words_of(label)]
    # Who names both asks for who has both, before who has either.
    return tuple(dict.fromkeys((*both, *named, *about)))


def labels_like(text: str) -> Sequence[str]:
    """The labels that a mistyped word may have meant."""
    return alike(text, LABELS)


@cache
def _words_of(label: str) -> frozenset[str]:
    """What a label is called, what it is, and what else people call it, in all languages."""
    said = [label, *(label_name(label, lang) for lang in LANGUAGES)]
    for say in map(voice, LANGUAGES):
        keys = (key for key in (f"{label}.explained", f"{label}.also") if say.knows("label", key))
        said += [say.each("label", key) for key in keys]
    return frozenset(_plain(word) for text in said for word in words(text))


def _plain(word: str) -> str:
    """A word without what makes it several."""
    return word.rstrip("sx") or word
