"""Which known rows a row that could not be read may be: those are kept, and no others. Pure.

One unreadable row must not announce a loss; nor may it hide the losses of a whole label.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from state.names import name_key, print_key

if TYPE_CHECKING:
    from state.model import Attestation, Known, Unreadable
    from watcher.look.compare.pair import Pairing

# Of a place such as "lettre X, ligne 12" the number that counts is the last.
NUMBER = re.compile(r"(\d+)(?=\D*$)")
NEAR = 1
"""By how many pages or lines more than its neighbours a row may have moved."""


def shielded(pairing: Pairing, unreadable: Collection[Unreadable]) -> frozenset[int]:
    """The rows without a counterpart that some unreadable row could be."""
    found: set[int] = set()
    for odd in unreadable:
        left = [row for row in pairing.left if row.attestation.label == odd.label]
        if left:
            found.update(row.row for row in _could_be(odd, left, pairing))
    return frozenset(found)


def _could_be(odd: Unreadable, left: Sequence[Known], pairing: Pairing) -> Sequence[Known]:
    """The rows of a label that an unreadable one could be: by its ref, its holder, or where it stands.

    A ref or a holder that lives on in another row names that one, and nothing that left. One that nobody
    knows tells nothing: a new decision, or letters of two rows run together.
    """
    for said, key, of in ((odd.ref, print_key, _ref), (odd.holder, name_key, _holder)):
        if not said:
            continue
        wanted = key(said)
        if named := [row for row in left if key(of(row.attestation)) == wanted]:
            return named
        if any(key(of(row)) == wanted for row in _others(odd.label, pairing)):
            return ()
    return _near(odd, left, pairing)


def _ref(row: Attestation) -> str:
    return row.ref or ""


def _holder(row: Attestation) -> str:
    return row.holder


def _others(label: str, pairing: Pairing) -> Sequence[Attestation]:
    """The rows of a label that are accounted for."""
    rows = [row for old, new in pairing.pairs for row in (old.attestation, new.attestation)]
    rows += [new.attestation for new in pairing.arrived]
    return [row for row in rows if row.label == label]


def _near(odd: Unreadable, left: Sequence[Known], pairing: Pairing) -> Sequence[Known]:
    """The rows that stood among those which now stand around the unreadable one; all, where none does."""
    stem, at = _spot(odd.place)
    around: dict[int, list[str]] = {}
    for old, new in pairing.pairs:
        beside, number = _spot(new.attestation.place)
        if new.attestation.label == odd.label and beside == stem:
            around.setdefault(number, []).append(old.attestation.place)
    before = max((number for number in around if number <= at), default=None)
    after = min((number for number in around if number >= at), default=None)
    spots = [_spot(place) for number in {before, after} - {None} for place in around[number or 0]]
    if not spots:
        return left
    stems, numbers = {stem for stem, _ in spots}, [number for _, number in spots]
    first, last = min(numbers) - NEAR, max(numbers) + NEAR
    return [
        row
        for row in left
        for beside, number in [_spot(row.attestation.place)]
        if beside in stems and first <= number <= last
    ]


def _spot(place: str) -> tuple[str, int]:
    """A place as what is around it and its last number: ("p. ", 6), ("lettre S, ligne ", 12)."""
    found = NUMBER.search(place)
    return (place[: found.start()], int(found[1])) if found else (place, 0)
