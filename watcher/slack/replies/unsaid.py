"""What somebody asks who wrote no command: names, labels, kinds and days alone say it well enough.

Only questions are understood so. A word that is none of these leaves all of it to be asked about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.words.labels import TOGETHER, meant
from state.words.meant import kind_meant
from watcher.errors import Mistyped
from watcher.slack.command import Command, days_among, joined, unled

if TYPE_CHECKING:
    from datetime import date

    from watcher.slack.desk import Asked

NUMBER = re.compile(r"\d[\d_./-]+")
"""A decision or a certificate, as registers number them: 2057, 2025_2057, 36741-6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """A question that was meant, and the words by which the same is followed; none where it cannot be."""

    command: Command
    followed: tuple[str, ...] = ()


def unsaid(asked: Asked, text: str) -> Unsaid | None:
    """The question in a text without a command; None where some of it is not understood."""
    try:
        written = unled(text)
    except Mistyped:
        return None
    if len(written) == 1 and NUMBER.fullmatch(written[0]):
        return Unsaid(command=Command(verb="find", words=written))
    days, words = days_among(joined(written, asked.archive))
    labels = [word for word in words if meant(word)]
    kinds = [word for word in words if word not in labels and kind_meant(word)]
    names = [word for word in words if word not in (*labels, *kinds)]
    if not words or len(days) > 1 or not all(asked.archive.names.meant(name) for name in names):
        return None
    command = _history(words, days) if kinds else _standing(names, labels, days)
    followed = words if names or not _one(labels) else (_one(labels), *kinds)
    quoted = (f'"{word}"' if " " in word else word for word in followed)
    return Unsaid(command=command, followed=tuple(quoted))


def _standing(names: Sequence[str], labels: Sequence[str], days: Sequence[date]) -> Command:
    """Where somebody stands: one with one label, with all, several beside each other, or all who hold one."""
    on, label = tuple(day.isoformat() for day in days), _one(labels)
    match names:
        case [name] if label and on:
            return Command(verb="was", words=(name, label, *on))
        case [_] if not on:  # the card says of each label where they stand today
            asked = [label] if label else labels
            first = tuple(slug for word in asked for slug in meant(word))
            return Command(verb="provider", words=tuple(names), first=first)
        case [] if label:
            return Command(verb="listing", words=(label, *on))
        case [_, _, *_] if not days:
            return Command(verb="race", words=tuple(names))
    return _history((*names, *labels), days)


def _one(labels: Sequence[str]) -> str:
    """The one label that words name, or those together that they name one by one; "" for others."""
    if len(labels) == 1:
        return labels[0]
    slugs = {slug for label in labels for slug in meant(label)}
    return next((slug for slug, many in TOGETHER.items() if set(many.labels) == slugs), "")


def _history(words: Sequence[str], days: Sequence[date]) -> Command:
    return Command(verb="history", words=(*words, *(day.isoformat() for day in days)))
