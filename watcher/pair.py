"""Pairs the rows just seen with the rows known: who is who, before anybody says what changed.

Rows are never paired across providers. Within one provider and label the keys run from strict to loose: same
ref; same subject; the only ones left. Where several rows share a key, rows alike in everything that names a
service continue each other, soonest end first: which decision follows which is unknowable, but the service is
still listed. Looser keys pair only where they name one row on each side: a doubt is left unpaired.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

from state.model import Attestation, Known, Provider
from state.names import name_key, squeeze, version_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An attestation of the reading at hand, with the provider its holder resolves to."""

    attestation: Attestation
    provider: Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Known rows and seen rows, matched; `arrived` and `left` are the ones without a counterpart."""

    pairs: tuple[tuple[Known, Seen], ...]
    arrived: tuple[Seen, ...]
    left: tuple[Known, ...]

    @property
    def before(self) -> Iterable[Known]:
        """Every known row."""
        return chain(self.left, (old for old, _ in self.pairs))

    @property
    def after(self) -> Iterable[Seen]:
        """Every row seen."""
        return chain(self.arrived, (new for _, new in self.pairs))


Key = Callable[[Attestation], Hashable | None]


def _ref(row: Attestation) -> str | None:
    return row.ref.casefold() if row.ref else None


def _subject(row: Attestation) -> str | None:
    return name_key(squeeze(row.subject)) if row.subject else None


def _detail(row: Attestation) -> Hashable:
    """What tells two rows of one decision or one subject apart: the OID, the family, the version."""
    return (row.extra.get("oid"), row.extra.get("family"), row.version and version_key(row.version))


_printed_facts = attrgetter(
    "holder", "subject", "version", "scope", "level", "status", "national_security", "ref",
    "valid_from", "valid_until",
)  # fmt: skip


def _as_printed(row: Known | Seen) -> Hashable:
    """Whose row it is and every fact that names it, letter by letter."""
    extra = row.attestation.extra
    facts = _printed_facts(row.attestation)
    return (row.provider.slug, row.attestation.label, facts, extra.get("oid"), extra.get("family"))


def _all_facts(row: Attestation) -> Hashable:
    detail = (_detail(row), row.version, row.scope, row.level, row.national_security, row.status)
    return (_ref(row), _subject(row), *detail)


def _with(first: Key, *others: Key) -> Key:
    """A key made of several; a row without the first has no such key."""

    def key(row: Attestation) -> Hashable | None:
        head = first(row)
        return None if head is None else (head, *(other(row) for other in others))

    return key


def _held(row: Attestation) -> Hashable:
    return row.held


SAME_SERVICE = _with(_subject, _detail, _held)

# A decision that changes status (listed, then archived) is the same row; a mere likeness of subject, or being
# the last one left, is not enough to pair a valid row with an archived one.
LADDER: tuple[Key, ...] = (
    _with(_ref, _subject, _detail, _held),
    _with(_ref, _detail),
    _with(_ref, _subject),
    _ref,
    SAME_SERVICE,
    _with(_subject, _held),
    lambda row: ("only one left", row.held),
)


def pair(known: Sequence[Known], seen: Sequence[Seen]) -> Pairing:
    """The pairing of two listings of one source; order of rows never matters, each row is used once.

    Nearly all rows of a look are printed as in the last one: those are paired first, and only the others are
    pondered.
    """
    pairs, olds, news = _pair_twins(known, seen, _as_printed)
    groups: dict[tuple[str, str], tuple[list[Known], list[Seen]]] = defaultdict(lambda: ([], []))
    for old in olds:
        groups[old.attestation.label, old.provider.slug][0].append(old)
    for new in news:
        groups[new.attestation.label, new.provider.slug][1].append(new)
    arrived: list[Seen] = []
    left: list[Known] = []
    for olds, news in groups.values():
        found, olds, news = _pair_group(olds, news)
        pairs += found
        left += olds
        arrived += news
    return Pairing(pairs=tuple(pairs), arrived=tuple(arrived), left=tuple(left))


def _pair_group(
    olds: list[Known], news: list[Seen]
) -> tuple[list[tuple[Known, Seen]], list[Known], list[Seen]]:
    if not olds or not news:
        return [], olds, news
    found, olds, news = _pair_twins(olds, news, lambda row: _all_facts(row.attestation))
    for key in LADDER:
        if not olds or not news:
            break
        matches = _matches(olds, news, key, in_order=key is SAME_SERVICE)
        found += matches
        taken = {id(row) for match in matches for row in match}
        olds = [old for old in olds if id(old) not in taken]
        news = [new for new in news if id(new) not in taken]
    return found, olds, news


def _pair_twins(
    olds: Iterable[Known], news: Sequence[Seen], key: Callable[[Known | Seen], Hashable]
) -> tuple[list[tuple[Known, Seen]], list[Known], list[Seen]]:
    """Pairs rows whose facts are all equal, in order: even rows that are printed twice."""
    waiting: dict[Hashable, list[Seen]] = defaultdict(list)
    for new in reversed(news):
        waiting[key(new)].append(new)
    found: list[tuple[Known, Seen]] = []
    rest: list[Known] = []
    for old in olds:
        if twins := waiting.get(key(old)):
            found.append((old, twins.pop()))
        else:
            rest.append(old)
    taken = {id(new) for _, new in found}
    return found, rest, [new for new in news if id(new) not in taken]


def _matches(
    olds: Iterable[Known], news: Iterable[Seen], key: Key, *, in_order: bool
) -> list[tuple[Known, Seen]]:
    """The pairs that a key makes: one to one, or in order as far as they go."""
    by_key: dict[Hashable, tuple[list[Known], list[Seen]]] = defaultdict(lambda: ([], []))
    for old in olds:
        if (value := key(old.attestation)) is not None:
            by_key[value][0].append(old)
    for new in news:
        if (value := key(new.attestation)) is not None:
            by_key[value][1].append(new)
    pairs: list[tuple[Known, Seen]] = []
    for a, b in by_key.values():
        if len(a) == len(b) == 1:
            pairs.append((a[0], b[0]))
        elif in_order:
            a.sort(key=lambda row: _end_and_ref(row.attestation))
            b.sort(key=lambda row: _end_and_ref(row.attestation))
            pairs += zip(a, b, strict=False)
    return pairs


def _end_and_ref(row: Attestation) -> tuple[str, str]:
    return (str(row.valid_until), row.ref or "")
