"""Every spelling that registers print, at hand by its keys: whom a name means, and which rows have a word.

The table is kept by triggers (`state.file`): one row for all versions of a line of life that are
spelt alike, so that nothing here grows with the number of events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from state import search
from state.codec import text
from state.model import Provider
from state.names import ABROAD, name_key, print_key, rules, words

if TYPE_CHECKING:
    from state.file.store import Conditions, Store
    from state.seen.who.providers import Providers

MOST_LINES = 2_000
"""How many lines of life a search may find; one that finds more is too wide to be about anybody."""

# The number alone is read in the index by provider; the plus keeps to it.
NEWEST = """select provider_name from attestation
    where id = (select max(+id) from attestation where provider = :slug)"""
# A name that no row has any more may still be one that events were written with (`called`).
ALIKE = """select provider from name where print = :key and spellings > 0
    union select provider from name where provider = :key and slug = '' and spellings > 0
    union select provider from name where slug = :key and slug <> '' and spellings > 0"""
PRINTED = "select provider from name where print = :key and name = :text and spellings > 0"
KEYED = "select provider from name where key = :key and spellings > 0"
HOLDERS = "select distinct holder from spelling where provider = :slug order by holder"
# By the line, then by the version that printed it first.
HOLDERS_IN_ORDER = """select s.holder from spelling s where s.provider = :slug group by s.line, s.holder
    order by s.line, (select a.id from attestation a where a.line = s.line and a.provider = :slug
        and a.holder = s.holder order by a.id limit 1)"""


PLAIN = " 0123456789abcdefghijklmnopqrstuvwxyz"
# A holder that nobody reviewed is called as it is printed, and its slug is its key; only such as meet all of
# that need no second thought. It is asked once a look, of all that a register prints: of names first, for a
# provider with one name is called as it is printed.
_ODD = f"""n.key is null or n.provider <> replace(n.key, ' ', '-') or trim(n.key, '{PLAIN}') <> ''
    or n.key in (select value from json_each(:keys)) or n.provider in (select value from json_each(:slugs))
    or :rules <> (select rules from keyed)"""  # noqa: S608 -- a constant
# Holders on the lists of other states are settled by more than their names (`state.seen.who.registered`).
_HERE = f"provider not like '%{ABROAD}__'"
UNSETTLED = f"""with odd as (select n.provider from name n where ({_ODD}) and n.{_HERE}
        union select provider from name where {_HERE} group by provider having count(*) > 1)
    select distinct s.label, s.holder from odd cross join spelling s on s.provider = odd.provider
        left join name n on n.provider = s.provider and n.name = s.holder
        where s.source = :source and (s.provider_name <> s.holder or {_ODD})"""  # noqa: S608 -- constants


def provider(store: Store, slug: str) -> Provider | None:
    """The provider of a slug, called what its newest row calls it; None where no row ever had it."""
    name = store.value(NEWEST, slug=slug)
    return None if name is None else Provider(slug=slug, name=name)


def keys_of(who: Provider) -> Mapping[str, str]:
    """The keys that stand beside a name of a provider; that of a slug is "" where it is the slug."""
    slug = print_key(who.slug)
    return {"print": print_key(who.name), "key": name_key(who.name), "slug": "" if slug == who.slug else slug}


def printed(store: Store, text: str) -> frozenset[str]:
    """The slugs of the providers that this very text names, or is printed for."""
    return _slugs(store, PRINTED, key=print_key(text), text=text)


def alike(store: Store, text: str) -> frozenset[str]:
    """The slugs that this text is to the eye, or whose provider has a name that is."""
    return _slugs(store, ALIKE, key=print_key(text))


def keyed(store: Store, text: str) -> frozenset[str]:
    """The slugs of the providers that have a name like this one but for punctuation and legal form."""
    return _slugs(store, KEYED, key=name_key(text))


def mentioned(store: Store, text: str) -> frozenset[str]:
    """The slugs of the providers of whose holders or subjects the words of a text are a part."""
    return search.providers(store, search.phrase(words(text), ("holder", "subject")))


def _slugs(store: Store, sql: str, **params: str) -> frozenset[str]:
    return frozenset(store.values(sql, **params))


def names(store: Store) -> frozenset[str]:
    """Every name of a provider, and every holder, that a row ever had."""
    return frozenset(store.values("select name from name where spellings + documented > 0"))


def beginning(store: Store, start: str, most: int) -> tuple[str, ...]:
    """The first slugs, in order, that begin with a text."""
    sql = """select distinct provider from spelling where provider >= :start and provider < :end
        order by provider limit :most"""
    return tuple(store.values(sql, start=start, end=start + chr(0x10FFFF), most=most))


def holders(store: Store, slug: str, *, in_order: bool = False) -> tuple[str, ...]:
    """How registers print, or printed, a provider; by name, or in the order of its rows."""
    return tuple(dict.fromkeys(store.values(HOLDERS_IN_ORDER if in_order else HOLDERS, slug=slug)))


def printed_by(store: Store, slug: str) -> Mapping[str, Sequence[str]]:
    """How registers print, or printed, a provider, and which sources do; by name."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    sql = "select distinct holder, source from spelling where provider = :slug order by holder, source"
    for row in store.q(sql, slug=slug):
        found[row["holder"]].append(row["source"])
    return found


def unsettled(store: Store, source: str, providers: Providers) -> frozenset[tuple[str, str]]:
    """The labels and holders as a source prints them whose provider may be another one by today's names.

    The rows of all others have the provider that `providers.resolve` finds.
    """
    rows = store.q(
        UNSETTLED,
        source=source,
        rules=rules(),
        keys=text(sorted(providers.keys)),
        slugs=text(sorted(providers.reviewed)),
    )
    return frozenset((row["label"], row["holder"]) for row in rows)


def lines_of(store: Store, label: str, source: str) -> Mapping[str, Collection[int]]:
    """The lines of life of a label that a source ever stated, by the slug of their provider."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    sql = "select provider, line from spelling where label = :label and source = :source"
    for part in store.batches(sql, label=label, source=source):
        for provider, line in part:
            found[provider].add(line)
    return found


def lines(store: Store, text: str) -> tuple[int, ...]:
    """The lines of life that have every word of `text` in their provider, holder, subject or ref; where none
    has, those with words that begin like them. At most `MOST_LINES`, the newest."""
    wanted = words(text)
    whole = search.numbers(store, search.all_of(wanted), MOST_LINES)
    return whole or search.numbers(store, search.all_of(wanted, begin=True), MOST_LINES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """What events about somebody have: one of these slugs, a holder with one of these keys, or these words
    (`spoken`) in what is printed, or in a name that they were written with."""

    slugs: frozenset[str]
    keys: frozenset[str]
    words: str


def require(wanted: Conditions, concerns: Collection[Concern]) -> None:
    """Requires of events that they may meet one of these; never lets out one that does."""
    slugs = wanted.one_of("provider", frozenset[str]().union(*(one.slugs for one in concerns)))
    keys = wanted.one_of("n.key", frozenset[str]().union(*(one.keys for one in concerns)))
    phrases = [one.words.split() for one in concerns]
    rows_said = search.either(*(search.phrase(each, ("holder", "subject")) for each in phrases))
    names_said = search.either(*(search.phrase(each, ("name",)) for each in phrases))
    said: dict[str, search.Wish] = {}
    rows = f"""select line from spelling where {slugs} union all select s.line from name n
        cross join spelling s on s.provider = n.provider and s.holder = n.name where {keys}"""  # noqa: S608 -- ours
    names = f"select provider from name where {slugs}"  # noqa: S608 -- ours
    if rows_said and names_said:
        said = {"rows_said": rows_said, "names_said": names_said}
        rows += """ union all select s.line from row_words w cross join spelling s on s.id = w.rowid
            where row_words match :rows_said"""
        names += """ union all select n.provider from name_words w cross join name n on n.id = w.rowid
            where name_words match :names_said and n.called = 1"""
    wanted.add(
        f"""id in (select r.event from event_row r where r.line in ({rows})
            union all select e.id from event e where e.provider in ({names}))""",  # noqa: S608 -- ours
        **said,
    )
