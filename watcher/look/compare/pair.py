"""Pairs the rows just seen with the rows known: who is who, before anybody says what changed.

Within one provider and label the keys run from strict to loose: same ref; same OID and words; same subject.
Where several rows share a key, rows alike in everything that names a service continue each other, soonest
end first: which decision follows which is unknowable, but the service is still listed. Looser keys pair only
where they name one row on each side: a doubt is left unpaired. Across providers nothing pairs but the same
ref with the same dates: the authority's identifier outranks our names. Last come the only ones that a
provider has left, where nothing of theirs speaks against it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING

from state.model import PRINTED_REF, Attestation, Known
from state.names import (
    body_of,
    name_key,
    nameless,
    number_key,
    print_key,
    squeeze,
    tight_key,
    version_key,
    words,
)
from state.words.labels import Paper, paper_of
from watcher.look.compare.unmoved import Unmoved

if TYPE_CHECKING:
    from watcher.look.compare.nameless import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Known rows and seen rows, matched.

    `arrived` and `left` are the ones without a counterpart, `unmoved` those that are counted alone.
    """

    pairs: tuple[tuple[Known, Seen], ...]
    arrived: tuple[Seen, ...]
    left: tuple[Known, ...]
    unmoved: Unmoved = field(default_factory=Unmoved)

    @property
    def before(self) -> Iterable[Known]:
        """Every known row, but those that are counted alone."""
        return chain(self.left, (old for old, _ in self.pairs))

    @property
    def after(self) -> Iterable[Seen]:
        """Every row seen, but those that are counted alone."""
        return chain(self.arrived, (new for _, new in self.pairs))


Key = Callable[[Attestation], Hashable | None]


def _ref(row: Attestation) -> str | None:
    return tight_key(row.ref) if row.ref else None


def _number(row: Attestation) -> str | None:
    """The number of a certificate whoever issued it: the issuer's name in the ref may be spelt anew."""
    if not row.ref or PRINTED_REF not in row.extra:
        return None
    body = print_key(body_of(row.issuer)) if row.issuer else ""
    return number_key(print_key(row.ref).removesuffix(body))


def _days(row: Attestation) -> Hashable | None:
    """Both printed days of a certificate: under another number, it is the same one numbered anew."""
    days = (row.valid_from, row.valid_until)
    return (*days, row.stands) if PRINTED_REF in row.extra and all(days) else None


def _subject(row: Attestation) -> str | None:
    return name_key(squeeze(row.subject)) if row.subject else None


def _letters(row: Attestation) -> str | None:
    """The letters of a subject alone: "E-VELOP" is "Evelop" where nothing is nearer."""
    return squeeze(name_key(row.subject)) if row.subject else None


def _said(row: Attestation, name: str) -> str | None:
    """The key of an extra fact, None where the register prints none."""
    return tight_key(row.extra[name]) if row.extra.get(name) else None


def _detail(row: Attestation) -> Hashable:
    """What tells two rows of one decision or one subject apart: OID, family, type of service, version."""
    details = (_said(row, "oid"), _said(row, "family"), _said(row, "service_type"))
    return (*details, row.version and version_key(row.version))


_printed_facts = attrgetter(
    "provider.slug", "attestation.label", "attestation.holder", "attestation.subject", "attestation.version",
    "attestation.scope", "attestation.level", "attestation.status", "attestation.national_security",
    "attestation.ref", "attestation.valid_from", "attestation.valid_until",
)  # fmt: skip


def _as_printed(row: Known | Seen) -> Hashable:
    """Whose row it is and every fact that names it, letter by letter."""
    # One flat tuple: of a long listing a hundred thousand of them live at once.
    facts, extra = _printed_facts(row), row.attestation.extra
    if "oid" in extra or "family" in extra:
        return (*facts, extra.get("oid"), extra.get("family"))
    return facts


def _all_facts(row: Attestation) -> Hashable:
    detail = (_detail(row), row.version, row.scope, row.level, row.national_security, row.status)
    return (_ref(row), _subject(row), *detail)


_stands = attrgetter("stands")


def _with(first: Key, *others: Key) -> Key:
    """A key made of several; a row without the first has no such key."""

    def key(row: Attestation) -> Hashable | None:
        head = first(row)
        return None if head is None else (head, *(other(row) for other in others))

    return key


def _certificate(row: Attestation) -> str | None:
    """What a row is certified by, where that is no decision that follows another.

    A trust service is named by its certificate; another certificate of a product is about another product.
    """
    named = row.extra.get("service_type") or paper_of(row.label) is Paper.EVALUATION
    return _ref(row) if named else None


def _marks(row: Attestation) -> tuple[str | None, ...]:
    return (_certificate(row), _said(row, "oid"), _said(row, "family"), _said(row, "service_type"))


def _at_odds(one: Attestation, other: Attestation) -> bool:
    """Whether something that both rows print says that they are two services."""
    marks = zip(_marks(one), _marks(other), strict=True)
    return any(a != b for a, b in marks if a and b)


def _share_words(one: Attestation, other: Attestation) -> bool:
    """Whether the words of one subject are all in the other: a name that gained or lost a word."""
    a, b = _bag(one.subject or ""), _bag(other.subject or "")
    return bool(a and b) and (a <= b or b <= a)


@lru_cache(maxsize=1 << 12)  # each subject is compared with every other under its OID
def _bag(subject: str) -> frozenset[str]:
    return frozenset(words(subject))


@dataclass(frozen=True, slots=True)
class _Rung:
    """One way of pairing: rows with the same key that `fits`, one on each side, or `in_order` of their end.

    With `several`, of the rows that share a key each is compared with each.
    """

    key: Key
    fits: Callable[[Attestation, Attestation], bool] = lambda one, other: True
    several: bool = False
    in_order: bool = False


# A decision that changes status (listed, then archived) is the same row; a mere likeness of subject, or being
# the last one left, is not enough to pair a valid row with an archived one.
LADDER: tuple[_Rung, ...] = (
    # Strict to loose. Each rung sees only what the ones above it left.
    _Rung(_with(_ref, _subject, _detail, _stands)),
    _Rung(_with(_ref, _detail)),
    _Rung(_with(_ref, _subject)),
    _Rung(_ref),
    _Rung(_number),
    _Rung(_days),
    _Rung(_with(_subject, _detail, _stands), in_order=True),
    _Rung(_with(partial(_said, name="oid"), _stands), fits=_share_words, several=True),
    _Rung(_with(_subject, _stands)),
    _Rung(_with(_letters, _stands)),
)
LAST_LEFT = _Rung(lambda row: ("only one left", row.stands), fits=lambda one, other: not _at_odds(one, other))
"""What is left when all that is printed alike is paired, across providers too."""


def pair(known: Sequence[Known], seen: Sequence[Seen], unmoved: Unmoved | None = None) -> Pairing:
    """The pairing of two listings of one source; order of rows never matters, each row is used once.

    Nearly all rows of a look are printed as in the last one: those are paired first, and only the others are
    pondered.
    """
    pairs, left, arrived = _pair_twins(known, seen, _as_printed)
    alike, left, arrived = _within_providers(left, arrived, LADDER)
    unmoved = unmoved or Unmoved()
    moved, left, arrived = _apart(_moved(known, seen, unmoved, left, arrived), left, arrived)
    last, left, arrived = _within_providers(left, arrived, (LAST_LEFT,))
    found = (*pairs, *alike, *moved, *last)
    return Pairing(pairs=found, arrived=tuple(arrived), left=tuple(left), unmoved=unmoved)


def _within_providers(
    olds: Iterable[Known], news: Iterable[Seen], ladder: Sequence[_Rung]
) -> tuple[list[tuple[Known, Seen]], list[Known], list[Seen]]:
    """The pairs that a ladder makes within each provider and label, and the rows that it leaves."""
    pairs: list[tuple[Known, Seen]] = []
    left: list[Known] = []
    arrived: list[Seen] = []
    for gone, come in _grouped(olds, news, attrgetter("attestation.label", "provider.slug")):
        found, still_gone, still_come = _pair_group(gone, come, ladder)
        pairs += found
        left += still_gone
        arrived += still_come
    return pairs, left, arrived


def _pair_group(
    olds: list[Known], news: list[Seen], ladder: Sequence[_Rung]
) -> tuple[list[tuple[Known, Seen]], list[Known], list[Seen]]:
    if not olds or not news:
        return [], olds, news
    found, olds, news = _pair_twins(olds, news, lambda row: _all_facts(row.attestation))
    for rung in ladder:
        if not olds or not news:
            break
        matches, olds, news = _apart(_matches(olds, news, rung), olds, news)
        found += matches
    return found, olds, news


def _apart(
    matches: list[tuple[Known, Seen]], olds: list[Known], news: list[Seen]
) -> tuple[list[tuple[Known, Seen]], list[Known], list[Seen]]:
    """The matches, and the rows that they leave."""
    # By identity: two rows that print the same are equal, and only one of them was matched.
    taken = {id(row) for match in matches for row in match}
    return (
        matches,
        [old for old in olds if id(old) not in taken],
        [new for new in news if id(new) not in taken],
    )


def _moved(
    known: Sequence[Known],
    seen: Sequence[Seen],
    unmoved: Unmoved,
    left: Sequence[Known],
    arrived: Sequence[Seen],
) -> list[tuple[Known, Seen]]:
    """Rows that went to another provider: one ref, borne by one row on each side, with the same dates; where
    one of them names nobody, the ref is enough."""
    if not left or not arrived:
        return []
    stay = Counter(map(_numbered, unmoved.rows))
    before = stay + Counter(_numbered(row.attestation) for row in known)
    after = stay + Counter(_numbered(row.attestation) for row in seen)
    gone = {_numbered(row.attestation): row for row in left}
    found = []
    for new in arrived:
        key = _numbered(new.attestation)
        old = gone.get(key)
        if (
            key[1]
            and old
            # A decision about several services has one ref on several rows: then it names none of them.
            and before[key] == after[key] == 1
            and _one_certificate(old.attestation, new.attestation)
        ):
            found.append((old, new))
    return found


def _numbered(row: Attestation) -> tuple[str, str | None]:
    return row.label, _ref(row)


def _one_certificate(one: Attestation, other: Attestation) -> bool:
    return nameless(one.holder) or nameless(other.holder) or _same_dates(one, other)


def _same_dates(one: Attestation, other: Attestation) -> bool:
    """Whether two rows print the same dates, and at least one; a date that one of them lacks says nothing."""
    sides = ((one.valid_from, other.valid_from), (one.valid_until, other.valid_until))
    both = [(a, b) for a, b in sides if a and b]
    return bool(both) and all(a == b for a, b in both)


def _pair_twins(
    olds: Iterable[Known], news: Sequence[Seen], key: Callable[[Known | Seen], Hashable]
) -> tuple[list[tuple[Known, Seen]], list[Known], list[Seen]]:
    """Pairs rows whose facts are all equal, in order: even rows that are printed twice."""
    waiting: dict[Hashable, Seen] = {}
    again: dict[Hashable, list[Seen]] = {}
    # Reversed, so that the first one printed is the first one given; few rows are printed twice.
    for new in reversed(news):
        print_ = key(new)
        if (after := waiting.get(print_)) is not None:
            again.setdefault(print_, []).append(after)
        waiting[print_] = new
    found: list[tuple[Known, Seen]] = []
    rest: list[Known] = []
    for old in olds:
        print_ = key(old)
        if (twin := waiting.pop(print_, None)) is None:
            rest.append(old)
            continue
        found.append((old, twin))
        if more := again.get(print_):
            waiting[print_] = more.pop()
    left = {id(new) for new in waiting.values()} | {id(new) for more in again.values() for new in more}
    return found, rest, [new for new in news if id(new) in left]


def _matches(olds: Iterable[Known], news: Iterable[Seen], rung: _Rung) -> list[tuple[Known, Seen]]:
    """The pairs that a rung makes: one to one, or in order as far as they go."""
    pairs: list[tuple[Known, Seen]] = []
    for a, b in _grouped(olds, news, lambda row: rung.key(row.attestation)):
        if rung.in_order:
            pairs += zip(sorted(a, key=_end_and_ref), sorted(b, key=_end_and_ref), strict=False)
        else:
            pairs += _one_to_one(a, b, rung)
    return pairs


def _grouped(
    olds: Iterable[Known], news: Iterable[Seen], key: Callable[[Known | Seen], Hashable | None]
) -> Iterable[tuple[list[Known], list[Seen]]]:
    """The rows of both sides by a key; those without one are left out."""
    groups: dict[Hashable, tuple[list[Known], list[Seen]]] = defaultdict(lambda: ([], []))
    for old in olds:
        if (value := key(old)) is not None:
            groups[value][0].append(old)
    for new in news:
        if (value := key(new)) is not None:
            groups[value][1].append(new)
    return groups.values()


def _one_to_one(a: Sequence[Known], b: Sequence[Seen], rung: _Rung) -> Iterator[tuple[Known, Seen]]:
    """The rows that fit exactly one of the other side, which fits them alone."""
    if not rung.several and not len(a) == len(b) == 1:
        return
    fitting = [(old, new) for old in a for new in b if rung.fits(old.attestation, new.attestation)]
    times = Counter(id(row) for match in fitting for row in match)
    yield from (match for match in fitting if times[id(match[0])] == times[id(match[1])] == 1)


def _end_and_ref(row: Known | Seen) -> tuple[str, str]:
    return (str(row.attestation.valid_until), row.attestation.ref or "")
