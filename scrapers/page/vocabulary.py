"""The French words by which a field is recognised on a page nobody has seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from state.names import fold

EDGES = " :*•–-.;?!()[]"

UNDER = "›"
"""Between a head that spans several columns and the word over one of them."""


@lru_cache(maxsize=16384)
def plain(head: str) -> str:
    """A printed head folded for comparison: no accents, case, edge marks, or curly apostrophes."""
    text = fold(head.replace("’", "'").replace("ʼ", "'").replace("`", "'").replace("_", " "))
    return (re.sub(r"\((s|es|e)\)", r"\1", text) if "(" in text else text).strip(EDGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Which heads mean which field.

    `fields` maps a field to patterns over the plain head, matched in full, the surest first: when two heads
    claim one field, the surer wins. `leads` are openings of a line that name their field without a colon
    ("valable jusqu'au"): field, pattern, and the head they stand for. `ignored` are heads left out by name.
    `several` are fields that many heads may share, `spare_holders` heads that name the holder when a surer
    head has taken the field they otherwise mean ("Organisme" beside "Organisme certificateur"). `given` are
    heads that an operator taught (printed head, field). `whole_set` is how many values a field has, and what
    tells whether as many short words, under one head or only side by side, are all of them ("Sites", "Infra
    mat.", …); `split` are fields that several columns share under one head.
    """

    fields: Mapping[str, tuple[str, ...]]
    leads: tuple[tuple[str, str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    several: frozenset[str] = frozenset()
    spare_holders: tuple[str, ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    whole_set: tuple[int, Callable[[tuple[str, ...], bool], bool]] | None = None
    split: frozenset[str] = frozenset()

    def __hash__(self) -> int:
        return hash(self.given)  # asked at every head; two vocabularies differ by what an operator taught

    def field_of(self, head: str) -> str | None:
        """The field that a head means, None when it is not known; "" when it is ignored by name."""
        return sense(self, plain(head))[0]

    def lead_of(self, line: str) -> tuple[str, str, str] | None:
        """The field, value and head of a line that names its field by its opening, if it does."""
        text = fold(line.replace("’", "'"))
        for name, pattern, head in self.leads:
            found = re.match(pattern, text)
            if found:
                tail = line.split()[len(found.group(0).split()) :]
                return name, " ".join(tail), head
        return None

    def holder_in(self, heads: Iterable[str]) -> str:
        """The head among spare ones that names the holder after all, "" for none."""
        return next((head for head in heads if plain(head) in self.spare_holders), "")

    def is_set(self, words: Sequence[str], *, together: bool) -> bool:
        """Whether these words are all the values of the field that columns may stand for."""
        return self.whole_set is not None and self.whole_set[1](tuple(words), together)

    def with_sets(self, heads: Sequence[str]) -> tuple[str, ...]:
        """The heads, with those side by side that are all the values of one field marked as such."""
        found = list(heads)
        many = self.whole_set[0] if self.whole_set is not None else len(found) + 1
        for at in range(len(found) - many + 1):
            words = found[at : at + many]
            if all(self.field_of(word) in self.several for word in words):
                continue  # known one by one
            if self.is_set(words, together=False):
                found[at : at + many] = [f"{UNDER} {word}" for word in words]
        return tuple(found)

    def known(self, heads: Sequence[str]) -> frozenset[str]:
        return frozenset(f for f in (self.field_of(h) for h in heads) if f)


@lru_cache(maxsize=64)  # the rows of a table have the same heads
def senses(vocabulary: Vocabulary, heads: tuple[str, ...]) -> tuple[tuple[str | None, int], ...]:
    """Field and rank of each head of a row."""
    return tuple([sense(vocabulary, plain(head)) for head in heads])


@lru_cache(maxsize=4096)
def sense(vocabulary: Vocabulary, head: str) -> tuple[str | None, int]:
    """Field and rank of a plain head."""
    for printed, name in vocabulary.given:
        if plain(printed) == head:
            return name, -1
    best: tuple[str | None, int] = (None, 99)
    for name, patterns in vocabulary.fields.items():
        for rank, pattern in enumerate(patterns):
            if rank < best[1] and re.fullmatch(pattern, head):
                best = (name, rank)
    if best[0] is None and any(re.fullmatch(p, head) for p in vocabulary.ignored):
        return "", 0
    return best
