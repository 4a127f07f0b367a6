"""Which providers the lists of several states have in common, by the numbers under which they are registered.

A name says nothing across states: every state has its "Asseco". So a holder on the list of another state is a
provider of its own, named with that state (`zetes--be`), unless an identifier that both print says that it
is one with a holder elsewhere. Of such a group the provider is that of the French registers, where they know
it, else the holder on the list of the state that registered it. All follows from the rows in the memory, and
so from none of the orders in which they came: two lists read in either order give the same providers.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.model import Attestation, Provider
from state.names import ABROAD, HOME, abroad, name_key
from state.seen.who.providers import Providers, listed_states, slug_abroad
from state.words.countries import territory
from state.words.identifiers import (
    identifier_keys,
    printed_identifiers,
    siren_key,
    spoken_so,
    state_of,
    typed,
)

if TYPE_CHECKING:
    from state.file.store import Store

Place = tuple[str, str]
"""A holder on the list of a state: the state, "" for ours, and the key of the name."""
Whose = Callable[[str, str, str, str | None], Provider]
"""The provider of a holder, printed by a source for a label, on the list of a state."""

_NUMBERS = "facts -> 'extra' ->> 'registration'"
# Each holder once for each of its numbers, with the times of its rows: all versions, since a number that no
# row has any more still says who had it. The words "is not null" lead to the index of such rows alone.
PRINTED = f"""select facts ->> 'country' as country, holder, provider, provider_name, {_NUMBERS} as numbers,
        min(since_at) as first, max(coalesce(until_at, '~')) as until
    from attestation where {_NUMBERS} is not null group by 1, 2, 3, 4, 5"""  # noqa: S608 -- constants
OF_PROVIDER = f"""select {_NUMBERS} as numbers, max(coalesce(until_at, '~')) as until
    from attestation where provider = :slug and {_NUMBERS} is not null group by 1"""  # noqa: S608 -- constants
# Number by number by their index, each once however many versions print it.
EVERY_NUMBER = f"""with recursive each (numbers) as (
        select min({_NUMBERS}) from attestation where {_NUMBERS} is not null
        union all select (select min({_NUMBERS}) from attestation where {_NUMBERS} > each.numbers)
        from each where each.numbers is not null)
    select numbers from each where numbers is not null"""  # noqa: S608 -- constants
WITH_NUMBERS = f"""select distinct provider from attestation where {_NUMBERS} is not null
    and {_NUMBERS} in (select value from json_each(:numbers))"""  # noqa: S608 -- constants
HOLDERS_IN = """select distinct facts ->> 'country' as country, holder, provider from attestation
    where facts ->> 'country' = :country"""
OPEN, NOW = "~", "~~"
"""What stands for the end of a version that has none, and for what is read just now: after every time."""


@dataclass(slots=True, kw_only=True)
class _Bearer:
    """Who bears numbers: a holder on the list of a state, or a provider of ours.

    `first` is when it was first printed, `until` when it ceased to be.
    """

    place: Place
    provider: Provider
    numbers: frozenset[str]
    first: str
    until: str

    def merge(self, other: _Bearer) -> None:
        """Takes the numbers and the name of the rows that ceased last: what was corrected counts no more."""
        self.first = min(self.first, other.first)
        if other.until == self.until:
            self.numbers |= other.numbers
            self.provider = max(self.provider, other.provider, key=lambda one: one.name)
        elif other.until > self.until:
            self.numbers, self.provider, self.until = other.numbers, other.provider, other.until


def whose(store: Store, providers: Providers, reading: Iterable[Attestation] = ()) -> Whose:
    """Whose rows are, by reviewed names, by the numbers that the memory and a reading at hand print, and by
    names within a state."""
    one = _groups(store, providers, reading)

    def resolve(holder: str, source: str, label: str, country: str | None) -> Provider:
        alias = providers.alias(holder, source, label) if abroad(country) else None
        if alias is None and country is not None and abroad(country):
            alias = one.get((country, name_key(holder)))
        return alias or providers.resolve(holder, source, label, country)

    return resolve


def sources_of(store: Store, countries: Collection[str], among: Sequence[str] = ()) -> Sequence[str] | None:
    """The sources of some states, among those named if any are; None for all. Registers that print no state
    are ours, and so is what was read of our list before it was told apart."""
    if not countries:
        return among or None
    lists, read = listed_states(store), store.values("select name from source order by name")
    return [one for one in among or read if lists.get(one, HOME) in countries]


def tells(rows: Iterable[Attestation]) -> bool:
    """Whether rows say anything of who is who across states."""
    return any("registration" in row.extra or abroad(row.country) for row in rows)


def _groups(store: Store, providers: Providers, reading: Iterable[Attestation]) -> Mapping[Place, Provider]:
    """The provider of each holder abroad that an identifier makes one with somebody else."""
    bearers = _bearers(store, providers, reading)
    found = dict[Place, Provider]()
    for group in _linked(bearers):
        away = [one for one in group if one.place[0]]
        if away and len(group) > 1:
            provider = _ours(group) or _theirs(away)
            found.update((one.place, provider) for one in away)
    return found


def _bearers(store: Store, providers: Providers, reading: Iterable[Attestation]) -> Sequence[_Bearer]:
    """Everybody who bears a number, each once; reviewed providers with theirs."""
    found = dict[Place, _Bearer]()
    for one in _each(store, providers, reading):
        if one.numbers:
            found.setdefault(one.place, one).merge(one)
    return list(found.values())


def _each(store: Store, providers: Providers, reading: Iterable[Attestation]) -> Iterator[_Bearer]:
    for row in store.q(PRINTED):
        away = abroad(row["country"])
        holder, slug = row["holder"], row["provider"]
        yield _Bearer(
            place=(row["country"], name_key(holder)) if away else ("", slug),
            provider=providers.resolve(holder, "", "", row["country"])
            if away
            else Provider(slug=slug, name=row["provider_name"]),
            numbers=identifier_keys(row["numbers"]),
            first=row["first"],
            until=row["until"],
        )
    prints = {(row.country, row.holder, row.extra.get("registration", "")) for row in reading}
    for country, holder, numbers in prints:
        if country is not None and abroad(country):
            yield _Bearer(
                place=(country, name_key(holder)),
                provider=providers.resolve(holder, "", "", country),
                numbers=identifier_keys(numbers),
                first=NOW,
                until=NOW,
            )
    for known in providers.reviewed.values():
        if known.siren:
            yield _Bearer(
                place=("", known.provider.slug),
                provider=known.provider,
                numbers=frozenset([siren_key(known.siren)]),
                first="",
                until=OPEN,
            )


def _linked(bearers: Sequence[_Bearer]) -> Iterable[Sequence[_Bearer]]:
    """The bearers in groups, each with all who share a number with one of them."""
    root = dict[str, str]()

    def lead(number: str) -> str:
        while (up := root.setdefault(number, number)) != number:
            number = up
        return number

    for one in bearers:
        first, *others = sorted(one.numbers)
        for other in others:
            root[lead(other)] = lead(first)
    groups: defaultdict[str, list[_Bearer]] = defaultdict(list)
    for one in bearers:
        groups[lead(min(one.numbers))].append(one)
    return groups.values()


def _ours(group: Sequence[_Bearer]) -> Provider | None:
    """The provider of our registers that a group is, if any: the one that they name still, or named first.

    They may name two with one number, by a name that changed: there names decide, and did before.
    """
    ours = [one for one in group if not one.place[0]]
    last = max((one.until for one in ours), default="")
    standing = [one for one in ours if one.until == last]
    return min(standing, key=lambda one: (one.first, one.place)).provider if standing else None


def _theirs(group: Sequence[_Bearer]) -> Provider:
    """The provider that a group of holders abroad is: as the list of the state has it that registered it, by
    its first name there, called as it is now."""
    states = {state_of(number) for one in group for number in one.numbers}
    country = min(
        {one.place[0] for one in group if one.place[0] in states} or {one.place[0] for one in group}
    )
    there = [one for one in group if one.place[0] == country]
    slug = min(there, key=lambda one: (one.first, one.place)).provider.slug
    return Provider(slug=slug, name=max(there, key=lambda one: (one.until, one.place)).provider.name)


def numbers_of(store: Store, slug: str) -> tuple[str, ...]:
    """The identifiers that lists print of a provider, or printed last, each once."""
    rows = store.q(OF_PROVIDER, slug=slug)
    last = max((row["until"] for row in rows), default="")
    printed = (
        number for row in rows if row["until"] == last for number in printed_identifiers(row["numbers"])
    )
    return tuple(sorted(dict.fromkeys(printed)))


def bearing(store: Store, text: str) -> frozenset[str]:
    """The slugs of the providers of which a list prints the identifier that somebody typed, in any of the
    ways in which people write one."""
    wanted = typed(text)
    if not wanted:
        return frozenset()
    prints = [
        numbers
        for numbers in store.values(EVERY_NUMBER)
        if any(wanted in spoken_so(each) for each in printed_identifiers(numbers))
    ]
    return frozenset(store.values(WITH_NUMBERS, numbers=json.dumps(prints)) if prints else ())


def named_abroad(store: Store, text: str) -> frozenset[str]:
    """The slugs of the providers that a name of a holder abroad stands for ("zetes--be"): its own, or that of
    the provider which an identifier says that it is."""
    _, mark, state = text.rpartition(ABROAD)
    rows = store.q(HOLDERS_IN, country=territory(state)) if mark else []
    return frozenset(
        row["provider"]
        for row in rows
        if slug_abroad(name_key(row["holder"]), row["country"]) == text.casefold()
    )
