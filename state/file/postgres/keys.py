"""Keys of printed names, and the words of a search: made by this program for all that is new when a
transaction ends, as `state.file.sqlite.keys` does; nothing of ours runs in the server.

Beside them stands by which rules they were made. Where those were others than today's, all are made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from state.file.postgres.words import vector
from state.names import name_key, print_key, rules, words

if TYPE_CHECKING:
    from state.file.postgres.pool import Connection

AT_ONCE = 20_000
"""How many names, or rows, are at hand at once."""

NAMELESS = "spellings = 0 and called = 0 and documented = 0"
# One step each in an index: this is asked whenever a memory is opened, or written to.
IS_BEHIND = f"""rules <> $1 or spelling < (select coalesce(max(id), 0) from spelling)
    or name < (select coalesce(max(id), 0) from name)
    or exists (select from spelling where versions = 0) or exists (select from name where {NAMELESS})"""  # noqa: S608
_BEHIND = f"select rules, spelling, name from keyed where {IS_BEHIND}"  # noqa: S608
_COUNTED = """with each as (select provider, provider_name, holder, count(*) as counted
        from spelling where {which} group by 1, 2, 3)
    select provider, name, sum(counted)::bigint as counted from (
        select provider, provider_name as name, counted from each
        union all select provider, holder, counted from each) named
    group by 1, 2"""
_GONE = (
    f"""update name set spellings = spellings - gone.counted
        from ({_COUNTED.format(which="versions = 0 and id <= $1")}) gone
        where name.provider = gone.provider and name.name = gone.name""",  # noqa: S608
    "delete from spelling where versions = 0 and $1 >= 0",
)
_COME = f"""insert into name (provider, name, spellings)
        select * from ({_COUNTED.format(which="id > $1")}) come
        on conflict (provider, name) do update set spellings = name.spellings + excluded.spellings"""  # noqa: S608
_FORGOTTEN = f"delete from name where {NAMELESS}"  # noqa: S608
_ANEW = ("delete from name_words", "delete from row_words", "update name set print = null")
_NAMES = "select id, provider, name from name where id > $1 order by id limit $2"
_KEYED = """update name set print = made.print, key = made.key, slug = made.slug
    from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) made (id, print, key, slug)
    where name.id = made.id and name.print is null"""
_ROWS = """select id, holder, subject, provider_name, provider, ref from spelling
    where id > $1 order by id limit $2"""
_LEVEL = """update keyed set rules = $1, spelling = (select coalesce(max(id), 0) from spelling),
    name = (select coalesce(max(id), 0) from name)"""


def follow(connection: Connection) -> None:
    """Makes keys and words follow what was written; inside the caller's transaction."""
    found = connection.execute(_BEHIND, [rules()]).fetchone()
    if found is None:
        return
    made_by, spelling, name = found
    for statement in _GONE:
        connection.execute(statement, [spelling])
    connection.execute(_COME, [spelling])
    connection.execute(_FORGOTTEN)
    if made_by != rules():
        spelling = name = 0
        for statement in _ANEW:
            connection.execute(statement)
    _name(connection, name)
    for batch in _after(connection, _ROWS, spelling):
        _copy(connection, "row_words", map(_said, batch))
    connection.execute(_LEVEL, [rules()])


def _name(connection: Connection, after: int) -> None:
    for batch in _after(connection, _NAMES, after):
        made = [(id, print_key(name), name_key(name), _slug(who)) for id, who, name in batch]
        connection.execute(_KEYED, [list(column) for column in zip(*made, strict=True)])
        _copy(connection, "name_words", ((id, vector([words(name)])) for id, _, name in batch))


def _slug(provider: str) -> str:
    key = print_key(provider)
    return "" if key == provider else key


def _said(row: tuple[Any, ...]) -> tuple[int, str]:
    id, holder, subject, name, provider, ref = row
    return id, vector([words(holder), words(subject), (*words(name), *words(provider)), words(ref)])


def _after(connection: Connection, sql: str, last: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    """All rows of ids beyond one, so many at a time."""
    while batch := connection.execute(sql, [last, AT_ONCE]).fetchall():
        yield batch
        last = batch[-1][0]


def _copy(connection: Connection, table: str, rows: Iterable[tuple[int, str]]) -> None:
    with connection.cursor().copy(f"copy {table} (rowid, words) from stdin") as copy:
        for row in rows:
            copy.write_row(row)
