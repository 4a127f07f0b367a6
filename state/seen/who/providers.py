"""Who is who: which provider stands behind a printed holder.

Decided by exact keys and reviewed names, never by likeness.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from state.codec import from_row, instant, instant_text
from state.file.errors import StoreError
from state.model import Provider
from state.names import ABROAD, abroad, name_key, print_key, slug
from state.words.labels import meant

if TYPE_CHECKING:
    from state.file.store import Store

SHIPPED = Path(__file__).with_name("providers.toml")
# Of 100 (rapidfuzz): "Outscal" has 93 with Outscale, unrelated cloud names have under 70.
LIKENESS = 80
SUGGESTIONS = 5
_STATE = "facts ->> 'country'"
# State by state, and in each source by source: the index is stepped through, however many rows there are.
COUNTRIES = f"""with recursive state (country) as (
        select min({_STATE}) from attestation where {_STATE} is not null
        union all select (select min({_STATE}) from attestation where {_STATE} > state.country)
        from state where state.country is not null),
    stating (country, source) as (
        select country, (select min(source) from attestation where {_STATE} = state.country)
            from state where country is not null
        union all select country, (select min(a.source) from attestation a
                where a.{_STATE} = stating.country and a.source > stating.source)
            from stating where source is not null)
    select country, source from stating where source is not null order by country, source"""  # noqa: S608 -- constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A spelling, and where it holds: printed by `source` for `label` ("" for any)."""

    name: str
    source: str = ""
    label: str = ""

    def covers(self, source: str, label: str) -> bool:
        """Whether it holds there; a family stands for all its labels."""
        return self.source in ("", source) and (self.label in ("", label) or label in meant(self.label))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What people settled about one provider: `aliases` decide, `also` and `subjects` are for searching, and
    `never` are the names that are somebody else's."""

    provider: Provider
    siren: str | None = None
    aliases: tuple[Alias, ...] = ()
    also: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    never: tuple[Alias, ...] = ()

    def vetoes(self, key: str, source: str, label: str) -> bool:
        """Whether a holder with this key, printed there, is known to be somebody else."""
        return any(name_key(alias.name) == key and alias.covers(source, label) for alias in self.never)

    def spellings(self) -> tuple[str, ...]:
        """Every known spelling of the organisation, verbatim, its own name first."""
        names = (self.provider.name, *(alias.name for alias in self.aliases), *self.also)
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Providers:
    """The reviewed providers, and the rule for all others. Built once per command."""

    reviewed: Mapping[str, Reviewed]
    _identity: Mapping[tuple[str, str, str], Provider] = field(init=False, repr=False)
    _own: Mapping[str, Reviewed] = field(init=False, repr=False)
    _spelt: Mapping[str, Sequence[Reviewed]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        identity: dict[tuple[str, str, str], Provider] = {}
        for each in self.reviewed.values():
            for alias in each.aliases:
                for place in _places(alias):
                    _put(identity, place, each.provider)
        own: dict[str, Reviewed] = {}
        for each in self.reviewed.values():
            _put(own, name_key(each.provider.name), each)
        object.__setattr__(self, "_identity", identity)
        spelt: dict[str, list[Reviewed]] = {}
        for each in self.reviewed.values():
            for spelling in {name_key(name) for name in each.spellings()}:
                spelt.setdefault(spelling, []).append(each)
        object.__setattr__(self, "_own", own)
        object.__setattr__(self, "_spelt", spelt)

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the names that are reviewed: a holder with another is nobody's but its own."""
        return frozenset(key for key, _, _ in self._identity) | self._own.keys()

    def alias(self, holder: str, source: str, label: str) -> Provider | None:
        """The provider that somebody reviewed a holder of that very source and label to be."""
        return self._identity.get((name_key(holder), source, label))

    def resolve(self, holder: str, source: str, label: str, country: str | None = None) -> Provider:
        """The provider behind a holder printed by `source` for `label`, on the list of a state.

        A reviewed alias of that very source and label; else the provider whose own name has the same key,
        unless it is known to be somebody else; else a provider of its own, named as printed. Exact keys only:
        "Orange Cyberdefense" is never "Orange". On the list of another state a name is that of nobody here:
        one of two states is told by its identifiers (`state.seen.who.registered`).
        """
        key = name_key(holder)
        known = self._identity.get((key, source, label))
        if known is not None:
            return known
        if country is not None and abroad(country):
            return Provider(slug=slug_abroad(key, country), name=holder)
        own = self._own.get(key)
        if own is not None and not own.vetoes(key, source, label):
            return own.provider
        return Provider(slug=self._free_slug(key), name=holder)

    def anywhere(self, holder: str, label: str) -> tuple[Provider, ...]:
        """The providers that a holder is on some register, for a paper that no register printed: by exact
        key, and none that is known not to be it under this label."""
        key = name_key(holder)
        return tuple(
            each.provider
            for each in self.reviewed.values()
            if any(name_key(alias.name) == key for alias in each.aliases)
            and not any(name_key(no.name) == key and no.label in ("", label) for no in each.never)
        )

    def _free_slug(self, key: str) -> str:
        """The slug of an unknown holder, the same for every spelling with one key; never a reviewed one's."""
        plain = _slug(key)
        if plain not in self.reviewed:
            return plain
        from hashlib import sha256

        # Of the key, so that every spelling of it gets the same, and a stranger never the page of somebody
        # reviewed.
        return f"{plain}-{sha256(key.encode()).hexdigest()[:6]}"

    def named(self, text: str) -> Provider | None:
        """The reviewed provider that `text` names: its slug, its name or any known spelling.

        None when there is none, or when two could be meant.
        """
        if text in self.reviewed:
            return self.reviewed[text].provider
        key = name_key(text)
        meant = [each for each in self._spelt.get(key, ()) if not _disowns(each, text)]
        own = [each for each in meant if name_key(each.provider.name) == key]
        found = own or meant
        return found[0].provider if len(found) == 1 else None

    def aliases(self, slug: str) -> tuple[str, ...]:
        """Every known spelling of a provider, verbatim; none for one that nobody reviewed."""
        return self.reviewed[slug].spellings() if slug in self.reviewed else ()

    def all(self) -> tuple[Provider, ...]:
        """The reviewed providers, ordered by slug."""
        return tuple(self.reviewed[slug].provider for slug in sorted(self.reviewed))

    def suggest(self, text: str, names: Iterable[str]) -> tuple[str, ...]:
        """The few names closest to `text`, for "did you mean": among `names` and every name and product known
        here. Likeness suggests; it never decides."""
        known = (name for each in self.reviewed.values() for name in (*each.spellings(), *each.subjects))
        by_fold: dict[str, str] = {}
        for name in (*known, *names):
            by_fold.setdefault(print_key(name), name)
        from rapidfuzz import fuzz, process  # 20 ms to load, for names on no list alone

        close = process.extract(
            print_key(text), list(by_fold), scorer=fuzz.WRatio, limit=SUGGESTIONS, score_cutoff=LIKENESS
        )
        return tuple(by_fold[name] for name, _, _ in close)


def slug_abroad(key: str, country: str) -> str:
    """The slug of a holder with this key on the list of another state."""
    return f"{_slug(key)}{ABROAD}{country.lower()}"


def _slug(key: str) -> str:
    """The slug of a name with this key; a key without one plain letter gets one by hash."""
    plain = key.isascii() and key.replace(" ", "").isalnum()
    return key.replace(" ", "-") if plain else slug(key)


def _places(alias: Alias) -> Iterator[tuple[str, str, str]]:
    labels = meant(alias.label) or (alias.label,)
    return ((name_key(alias.name), alias.source, label) for label in labels)


def _put(known: dict[Any, Any], key: object, value: object) -> None:
    """Two providers under one key would make identity depend on the order of a file."""
    if known.setdefault(key, value) != value:
        raise StoreError(f"providers: expected one provider for {key!r}, found {known[key]!r} and {value!r}")


def _disowns(reviewed: Reviewed, text: str) -> bool:
    """Whether this very spelling is known to be somebody else.

    "Cegedim SA" is not Cegedim.cloud, although its key is that of the alias "Cegedim".
    """
    return any(print_key(alias.name) == print_key(text) for alias in reviewed.never)


def load_providers(store: Store | None = None) -> Providers:
    """The shipped names, and with a store the aliases that operators added, which win over shipped ones."""
    reviewed = {each.provider.slug: each for each in _shipped(SHIPPED)}
    added = [] if store is None else store.q("select * from alias where removed_at is null order by id")
    for row in added:
        alias = from_row(Alias, row)
        # Taken from everybody first, or one name would be two providers' and its meaning hang on their order.
        reviewed = {slug: _without(each, alias) for slug, each in reviewed.items()}
        unknown = Reviewed(provider=Provider(slug=row["provider"], name=row["provider_name"]))
        known = reviewed.get(row["provider"], unknown)
        reviewed[row["provider"]] = replace(known, aliases=(*known.aliases, alias))
    return Providers(reviewed)


def _without(reviewed: Reviewed, alias: Alias) -> Reviewed:
    """The provider without what an operator now says is another one's."""
    places = set(_places(alias))
    kept = tuple(each for each in reviewed.aliases if places.isdisjoint(_places(each)))
    return reviewed if kept == reviewed.aliases else replace(reviewed, aliases=kept)


@cache
def _shipped(file: Path) -> tuple[Reviewed, ...]:
    return tuple(
        Reviewed(
            provider=Provider(slug=table["slug"], name=table["name"]),
            siren=table.get("siren"),
            aliases=_aliases(table.get("aliases", [])),
            also=tuple(table.get("also", [])),
            subjects=tuple(table.get("subjects", [])),
            never=_aliases(table.get("not", [])),
        )
        for table in tomllib.loads(file.read_text(encoding="utf-8"))["provider"]
    )


def _aliases(rows: Sequence[Mapping[str, str]]) -> tuple[Alias, ...]:
    return tuple(
        Alias(name=row["name"], source=row.get("source", ""), label=row.get("label", "")) for row in rows
    )


def add_alias(
    store: Store, *, provider: str, name: str, source: str, label: str, reason: str, now: datetime
) -> None:
    """Settles that `name`, printed by `source` for `label`, is `provider` (a slug).

    To apply it, load the providers again and call `listings.restamp`. Adding the same again changes nothing.
    Raises `StoreError` when the provider is unknown, when the place or the reason is missing, when a reviewed
    name says otherwise, or when another provider was given the name before.
    """
    if not (name and source and label and reason):
        raise StoreError.of("alias_words", name=name, of=provider)
    with store.transaction():
        known, taken = _known_provider(store, provider), _alias(store, name, source, label)
        if known.vetoes(name_key(name), source, label):
            raise StoreError.of("alias_denied", name=name, of=provider, provider=known.provider.name)
        if taken is None:
            _insert(store, known.provider, Alias(name=name, source=source, label=label), reason, now)
        elif taken["provider"] != provider:
            where = {"source": source, "label": label}
            raise StoreError.of("alias_taken", name=name, of=provider, provider=taken["provider"], **where)


def _insert(store: Store, provider: Provider, alias: Alias, reason: str, now: datetime) -> None:
    store.insert(
        "alias",
        id=store.next_id("alias"),
        provider=provider.slug,
        provider_name=provider.name,
        name=alias.name,
        key=name_key(alias.name),
        source=alias.source,
        label=alias.label,
        reason=reason,
        added_at=instant_text(now),
    )


def remove_alias(
    store: Store, *, provider: str, name: str, source: str, label: str, reason: str, now: datetime
) -> None:
    """Takes an operator's alias back; the judgement and its end stay on record.

    Raises `LookupError` when no operator gave this name to this provider.
    """
    with store.transaction():
        taken = _alias(store, name, source, label)
        if taken is None or taken["provider"] != provider:
            raise LookupError(f"no operator said that {name!r} is {provider} for {source} and {label}")
        store.q(
            "update alias set removed_at = :at, removed_reason = :reason where id = :id",
            id=taken["id"],
            at=instant_text(now),
            reason=reason,
        )


def alias_edge(store: Store) -> tuple[int, int]:
    """Numbers that grow whenever an alias is added or taken back, by whichever process."""
    row = store.q("select coalesce(max(id), 0) as last, count(removed_at) as removed from alias")[0]
    return (row["last"], row["removed"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """An alias that an operator added: to which provider (a slug), why and when."""

    provider: str
    alias: Alias
    reason: str
    at: datetime


def added_aliases(store: Store) -> tuple[Added, ...]:
    """The aliases that operators added and did not take back, in that order."""
    return tuple(
        from_row(Added, row, alias=from_row(Alias, row), at=instant(row["added_at"]))
        for row in store.q("select * from alias where removed_at is null order by id")
    )


def _alias(store: Store, name: str, source: str, label: str) -> dict[str, Any] | None:
    """The alias in force for a name: by today's keys, whatever keys it was added with."""
    # Compared here and not in SQL: keys are made by today's rules, and those in the column by those of their
    # day.
    added = store.q(
        """select * from alias where source = :source and label = :label and removed_at is null
            order by id""",
        source=source,
        label=label,
    )
    return next((row for row in added if name_key(row["name"]) == name_key(name)), None)


def _known_provider(store: Store, slug: str) -> Reviewed:
    """A provider that somebody reviewed, or one that a register printed."""
    providers = load_providers(store)
    if slug in providers.reviewed:
        return providers.reviewed[slug]
    printed = store.value(
        "select provider_name from attestation where provider = :slug order by id limit 1", slug=slug
    )
    if not printed:
        close = ", ".join(providers.suggest(slug, ())) or "none"
        raise StoreError.of("no_provider", name=slug, close=close)
    return Reviewed(provider=Provider(slug=slug, name=printed))


def listed_states(store: Store) -> Mapping[str, str]:
    """The state whose list each source reads, of those whose lists say it."""
    return {row["source"]: row["country"] for row in store.q(COUNTRIES)}
