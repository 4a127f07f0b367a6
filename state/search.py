"""The index of words that a search asks, and how it is asked. All that is SQLite's own of it is here.

Two tables of FTS5, which follow from `spelling` and are kept by its triggers: the words of every name of a
provider, and those of every row. They are those of `state.names.spoken`, folded before they are written: a
search finds what a watch on a name finds, whole words, however they are printed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

# Nothing is left for the tokenizer to fold: `spoken` folds more (œ, entities), and in the same way whichever
# SQLite reads the file. No search ranks by how long a text is, so that is not kept. Rows keep their words in
# columns: what somebody calls a service is not what a decision is numbered.
_WORDS = "columnsize = 0, tokenize = 'unicode61 remove_diacritics 0'"
_ROW = """insert into row_words (rowid, holder, subject, name, ref) select {s}.id, spoken({s}.holder),
    spoken({s}.subject), spoken({s}.provider_name) || spoken({s}.provider), spoken({s}.ref)"""
_ROWS = f"{_ROW.format(s='s')} from spelling s"


def _named(origin: str) -> str:
    """Counts every name that spellings have: that of the provider, and the holder."""
    return f"""insert into name (provider, name, spellings) select provider, name, count(*) from (
            select provider, provider_name as name {origin} union all select provider, holder {origin})
        where true group by provider, name
        on conflict (provider, name) do update set spellings = spellings + excluded.spellings"""  # noqa: S608


def _counted(name: str) -> str:
    return f"""insert into name (provider, name, spellings) values (new.provider, new.{name}, 1)
        on conflict (provider, name) do update set spellings = spellings + 1;"""  # noqa: S608


def _uncounted(name: str) -> str:
    return f"""update name set spellings = spellings - 1 where (provider, name) = (old.provider, old.{name});
        delete from name where spellings = 0 and (provider, name) = (old.provider, old.{name});"""  # noqa: S608


def named(row: str, change: int) -> str:
    """Counts the names that a row has, once more or once less: a name that nothing has any more goes."""
    each = f"""select {row}.provider as who, {row}.provider_name as called
        union all select {row}.provider, {row}.holder"""
    if change > 0:
        return f"""insert into name (provider, name, spellings) select who, called, 1 from ({each}) where true
            on conflict (provider, name) do update set spellings = spellings + 1"""  # noqa: S608
    return f"""update name set spellings = spellings
                - (select count(*) from ({each}) where (who, called) = (provider, name))
            where (provider, name) in ({each});
        delete from name where spellings = 0 and (provider, name) in ({each})"""  # noqa: S608


# Triggers see to it that no search is older than the rows. What a spelling consists of never changes: a row
# that is spelt otherwise has another.
SEARCH = (
    """create table name (
        id integer not null primary key,
        provider text not null,
        name text not null,
        spellings integer not null check (spellings >= 0),
        unique (provider, name)
    ) strict""",
    f"create virtual table name_words using fts5 (said, {_WORDS})",
    f"create virtual table row_words using fts5 (holder, subject, name, ref, {_WORDS})",
    """create trigger name_begins after insert on name begin
        insert into name_words (rowid, said) values (new.id, spoken(new.name)); end""",
    """create trigger name_ends after delete on name begin
        delete from name_words where rowid = old.id; end""",
    f"""create trigger spelling_searched after insert on spelling begin
        {_counted("provider_name")} {_counted("holder")}
        {_ROW.format(s="new")}; end""",
    f"""create trigger spelling_unsearched after delete on spelling begin
        {_uncounted("provider_name")} {_uncounted("holder")}
        delete from row_words where rowid = old.id; end""",  # noqa: S608
    _named("from spelling"),
    _ROWS,
)
# A spelling gets the number after the last, and its words the same.
_NEW = "where id > (select coalesce(max(rowid), 0) from row_words)"
AT_ONCE = (_named(f"from spelling {_NEW}"), f"{_ROWS} {_NEW}")
"""What is written for all new spellings at once, the trigger `spelling_searched` being away; rows come last:
they tell which are new."""
MADE_ANEW = (
    "delete from name_words",
    "insert into name_words (rowid, said) select id, spoken(name) from name",
    "delete from row_words",
    _ROWS,
)
"""The words by today's rules, where `state.names` made others before."""

MOST = 1_000
"""How many names, or rows, a search counts: one that finds more is told so."""
ROW = ("holder", "subject", "name", "ref")
"""Where a word may stand in a row: its holder, subject, provider's name and slug, and ref as printed."""


class Memory(Protocol):
    """What is asked: `state.file.store.Store`, which this module is below."""

    def q(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        """The rows of one statement."""


def _quoted(word: str) -> str:
    # `state.names.words` lets neither quotes nor signs through; a word in quotes is data, be it NOT or NEAR.
    return f'"{word}"'


def all_of(words: Sequence[str], where: Collection[str] = (), *, begin: bool = False) -> str:
    """The expression that requires every one of these words; in the columns `where`, if any are named; with
    `begin` words that begin so count too. "" for no words."""
    if not words:
        return ""
    every = " AND ".join(_quoted(word) + " *" * begin for word in words)
    return f"{{{' '.join(where)}}} : ({every})" if where else f"({every})"


def any_of(words: Sequence[str], where: Collection[str]) -> str:
    """The expression that requires one of these words in the columns `where`."""
    return f"{{{' '.join(where)}}} : ({' OR '.join(map(_quoted, words))})" if words else ""


def phrase(words: Sequence[str], where: Collection[str]) -> str:
    """The expression that requires the words one after the other, in one of the columns `where`."""
    return f"{{{' '.join(where)}}} : {_quoted(' '.join(words))}" if words else ""


def both(*expressions: str) -> str:
    """The expression that requires all of these; "" where one of them asks for nothing."""
    return " AND ".join(expressions) if all(expressions) else ""


def names(memory: Memory, match: str) -> Sequence[tuple[str, str]]:
    """The names with such words: the slug of the provider, and the name. At most one more than `MOST`."""
    if not match:
        return ()
    sql = """select n.provider, n.name from name_words w cross join name n on n.id = w.rowid
        where name_words match :match order by w.rowid limit :most"""
    return [(row["provider"], row["name"]) for row in memory.q(sql, match=match, most=MOST + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of life that was found: its label, its provider's name, and whether it stands in a listing now;
    `spellings` of it have the words."""

    line: int
    label: str
    name: str
    listed: bool
    spellings: int


# The words are asked first, from the newest row on; whether a row is listed still is asked of those alone.
_LINES = """select f.line, max(f.label) as label, max(f.provider_name) as name, count(*) as spellings,
        exists (select 1 from attestation a where a.line = f.line and a.until_at is null) as listed
    from (select s.line, s.label, s.provider_name from row_words w cross join spelling s on s.id = w.rowid
        where row_words match :match
            and (:labels is null or s.label in (select value from json_each(:labels)))
        order by w.rowid desc limit :most) f
    group by f.line"""


def lines(memory: Memory, match: str, labels: Collection[str] = ()) -> Sequence[Line]:
    """The lines of life that have such words in some spelling, of these labels if any are named; where more
    than `MOST` spellings have them, those of the newest, and one more than that."""
    if not match:
        return ()
    among = json.dumps(list(labels)) if labels else None
    found = memory.q(_LINES, match=match, labels=among, most=MOST + 1)
    return [Line(**{**row, "listed": row["listed"] == 1}) for row in found]


def numbers(memory: Memory, match: str, most: int) -> tuple[int, ...]:
    """The numbers of all lines of life that have such words in some spelling, the newest first."""
    if not match:
        return ()
    sql = """select distinct s.line from row_words w cross join spelling s on s.id = w.rowid
        where row_words match :match order by s.line desc limit :most"""
    return tuple(row["line"] for row in memory.q(sql, match=match, most=most))


def providers(memory: Memory, match: str) -> frozenset[str]:
    """The slugs of the providers of rows with such words."""
    if not match:
        return frozenset()
    sql = """select distinct s.provider from row_words w cross join spelling s on s.id = w.rowid
        where row_words match :match"""
    return frozenset(row["provider"] for row in memory.q(sql, match=match))
