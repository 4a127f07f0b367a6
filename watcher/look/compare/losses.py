"""Counts what each label would lose if a whole reading were believed. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from state.model import NOT_STANDING

if TYPE_CHECKING:
    from state.model import Attestation, Known, Listing
    from watcher.look.compare.nameless import Seen
    from watcher.look.compare.pair import Pairing


_NOT_LISTED = NOT_STANDING - {"candidate"}


def is_listed(row: Attestation) -> bool:
    """Whether a row counts when a list looks short: what is held, and candidates on their own pages."""
    return row.status not in _NOT_LISTED


@dataclass(slots=True, kw_only=True)
class Losses:
    """What one label had, has, and would lose.

    `rows` are the standing rows read, `had_rows` those known; `before` and `after` the slugs of who had and
    would have one; `gone` the known rows that are not shown, `moved` those shown as archived or withdrawn.
    """

    rows: int = 0
    had_rows: int = 0
    before: set[str] = field(default_factory=set)
    after: set[str] = field(default_factory=set)
    gone: list[Known] = field(default_factory=list)
    moved: list[Known] = field(default_factory=list)

    def had(self, old: Known) -> None:
        """Counts a known row."""
        if is_listed(old.attestation):
            self.before.add(old.provider.slug)
            self.had_rows += 1

    def came(self, new: Seen) -> None:
        """Counts a row without a counterpart among the known ones."""
        if is_listed(new.attestation):
            self.after.add(new.provider.slug)

    def lives(self, old: Known, new: Seen) -> None:
        """Counts a pair. Whoever's row lives on has lost nothing, even where another name is printed."""
        if is_listed(new.attestation):
            self.after |= {old.provider.slug, new.provider.slug}
        elif is_listed(old.attestation):
            self.moved.append(old)

    def stay(self, status: str, slug: str, rows: int) -> None:
        """Counts so many rows of a provider that are as they were."""
        if status not in _NOT_LISTED:
            self.before.add(slug)
            self.after.add(slug)
            self.had_rows += rows

    def left(self, old: Known, *, kept: bool) -> None:
        """Counts a known row without a counterpart; one that is kept is not lost."""
        if not kept:
            self.gone.append(old)
        elif is_listed(old.attestation):
            self.after.add(old.provider.slug)


def losses_of(pairing: Pairing, kept: frozenset[int], seen: Listing) -> Mapping[str, Losses]:
    """What each label would lose."""
    losses: dict[str, Losses] = defaultdict(Losses)
    for label, rows in Counter(row.label for row in seen.attestations if is_listed(row)).items():
        losses[label].rows = rows
    for old in pairing.before:
        losses[old.attestation.label].had(old)
    for new in pairing.arrived:
        losses[new.attestation.label].came(new)
    for old, new in pairing.pairs:
        losses[old.attestation.label].lives(old, new)
    for old in pairing.left:
        losses[old.attestation.label].left(old, kept=old.row in kept)
    for (label, status, slug), rows in pairing.unmoved.tally.items():
        losses[label].stay(status, slug, rows)
    return losses
