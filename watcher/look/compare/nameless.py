"""Whose a row is that names no holder: the authority's reference names it, our guess never does. Pure.

Registers leave a name out now and then: seven certificates of January 2026, each of a developer who is
printed beside the certificate that they maintain.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.model import Attestation, Known, Listing, Provider
from state.names import nameless, print_key, slug

if TYPE_CHECKING:
    from state.seen.who.providers import Providers

AFTER = re.compile(r"(?:-[mrs]\d+)+$")
"""What ANSSI adds to a certificate's reference when it is maintained, re-evaluated or put under surveillance:
"ANSSI-CC-2020-22-M01" is of whoever holds "ANSSI-CC-2020-22"."""

Owners = dict[tuple[str, str], set[Provider]]
Key = Callable[[Attestation], tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An attestation of the reading at hand, with the provider its holder resolves to."""

    attestation: Attestation
    provider: Provider


def with_providers(
    rows: Sequence[Attestation], known: Sequence[Known], whose: Callable[[Attestation], Provider]
) -> list[Seen]:
    """The rows of a reading with their providers; a row without a holder belongs to whom its reference names.

    That is the provider of the known row with its reference, or the only one whose rows bear the reference of
    the certificate that it follows. Where nobody is named so, it is nobody's: a provider of its own, named
    by the reference.
    """
    seen = [Seen(attestation=row, provider=whose(row)) for row in rows]
    told: list[Known | Seen] = [*known, *seen]
    # Each name once: a holder has rows by the dozen, and each is asked for several times.
    blank = {name for name in {one.attestation.holder for one in told} if nameless(name)}
    labels = {row.label for row in rows if row.holder in blank}  # a reference names a row of its own label
    if not labels:
        return seen
    others = [(one.attestation, one.provider) for one in told if one.attestation.holder not in blank]
    named = [(row, provider) for row, provider in others if row.label in labels]
    heirs = [
        (row.attestation, row.provider)
        for row in known
        if row.attestation.holder in blank and not nobodys(row.attestation, row.provider)
    ]
    # Whoever was given another name owns nothing by the old one.
    present = {provider for _, provider in others}
    own = _owners((*named, *(heir for heir in heirs if heir[1] in present)), _ref)
    tiers = ((own, _ref), (_owners(named, _certificate), _certificate), (_owners(heirs, _ref), _ref))
    return [_owned(one.attestation, tiers) if one.attestation.holder in blank else one for one in seen]


def _owned(row: Attestation, tiers: Iterable[tuple[Owners, Key]]) -> Seen:
    # Of several that a reference may name, none is taken: a label told of the wrong one is worse than none.
    found = (_only(owners, key(row)) for owners, key in tiers)
    return Seen(attestation=row, provider=next(filter(None, found), _nobody(row)))


def read_with_providers(listing: Listing, providers: Providers) -> list[Seen]:
    """The rows of a reading that stands alone, with their providers."""
    return with_providers(
        listing.attestations,
        (),
        lambda row: providers.resolve(row.holder, listing.source, row.label, row.country),
    )


def nobodys(row: Attestation, provider: Provider) -> bool:
    """Whether a row belongs to nobody known: nobody gains or loses anything by it."""
    return nameless(row.holder) and provider == _nobody(row)


def _nobody(row: Attestation) -> Provider:
    name = row.ref or row.subject or row.label
    return Provider(slug=slug(name), name=name)


def _ref(row: Attestation) -> tuple[str, str]:
    return (row.label, print_key(row.ref or ""))


def _certificate(row: Attestation) -> tuple[str, str]:
    return (row.label, AFTER.sub("", print_key(row.ref or "")))


def _owners(rows: Iterable[tuple[Attestation, Provider]], key: Key) -> Owners:
    found: Owners = defaultdict(set)
    for row, provider in rows:
        if row.ref:
            found[key(row)].add(provider)
    return found


def _only(owners: Owners, key: tuple[str, str]) -> Provider | None:
    """The one provider under a key; None where there is none, or more than one."""
    found: Collection[Provider] = owners.get(key, ())
    return next(iter(found)) if key[1] and len(found) == 1 else None
