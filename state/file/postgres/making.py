"""A memory in the making in a PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import psycopg

from state.file.errors import StoreError
from state.file.making import COUNTED, KEYED, MARK, Making, Row, Table, table_of
from state.file.postgres import keys, migrations, refused
from state.file.postgres.dialect import plain
from state.file.postgres.pool import Connection, connect, pool_of
from state.file.postgres.store import PostgresStore
from state.file.steps import STEPS

if TYPE_CHECKING:
    from state.file.postgres.address import Address

LATER = "later "
"""Begins what the mark has of each index and reference that is made when all rows are there."""
OWN = ("step_taken", "keyed", "name_words", "row_words", "owed_change", MARK)
"""What is not carried: which steps were taken, what is made anew of what was carried, and counts that are yet
to be added up, which `owed_count` has in it."""
KEPT = {"owed_kept": COUNTED}
"""What is asked under another name than it is written to."""
# No other copy is at it, and whoever waits for this one waits for long; what a crash of the server takes of a
# copy is seen when it is taken up again.
PATIENT = """set statement_timeout = 0; set lock_timeout = '1h'; set idle_in_transaction_session_timeout = 0;
    set synchronous_commit = off; set maintenance_work_mem = '128MB'"""
TABLES = f"""select c.relname, a.attname,
        coalesce(array_position(string_to_array(i.indkey::text, ' '), a.attnum::text), 0)
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relnamespace = to_regnamespace('vigilabel') and c.relkind = 'r' and a.attnum > 0
        and not a.attisdropped and a.attgenerated = '' and c.relname not in {OWN}
    order by c.relname, a.attnum"""  # noqa: S608 -- ours
REFERENCES = """select conname, format('alter table %s add constraint %I %s', conrelid::regclass, conname,
        pg_get_constraintdef(oid)), format('alter table %s drop constraint %I', conrelid::regclass, conname)
    from pg_constraint where connamespace = to_regnamespace('vigilabel') and contype = 'f' order by 1"""
INDEXES = """select relname, pg_get_indexdef(oid), format('drop index %I', relname) from pg_class
    where relnamespace = to_regnamespace('vigilabel') and relkind = 'i'
        and not exists (select from pg_constraint where conindid = pg_class.oid) order by 1"""
THERE = """select relname from pg_class where relnamespace = to_regnamespace('vigilabel') union all
    select conname from pg_constraint where connamespace = to_regnamespace('vigilabel')"""
TRIGGERED = """select distinct tgrelid::regclass::text from pg_trigger where not tgisinternal
    and tgrelid in (select oid from pg_class where relnamespace = to_regnamespace('vigilabel')) order by 1"""
NUMBERED = """select attrelid::regclass::text, attname from pg_attribute where attidentity <> ''
    and attrelid in (select oid from pg_class where relnamespace = to_regnamespace('vigilabel'))"""
NOTED = f"insert into {MARK} values ($1, $2) on conflict (what) do nothing"  # noqa: S608 -- ours
MARKED = f"""create table {MARK} (what text collate "C" not null primary key,
    told text collate "C" not null)"""


class PostgresMaking(Making):
    """One connection to the server, of its own."""

    def __init__(self, connection: Connection, address: Address, url: str) -> None:
        self._connection = connection
        self._kept = PostgresStore(pool_of(url), connection)
        super().__init__(self._kept, self._kept, address.shown)

    def tables(self) -> Sequence[Table]:
        """The tables that are carried."""
        found = self._connection.execute(TABLES).fetchall()
        return [
            table_of(KEPT.get(name, name), [(column, place) for _, column, place in columns], into=name)
            for name, columns in groupby(found, key=lambda row: str(row[0]))
        ]

    def put(self, table: Table, rows: Sequence[Row], after: Row | None = None, *, anew: bool = False) -> None:
        """Writes rows that come next, exactly: raises `StoreError` for those that would be altered."""
        for row in rows:
            for column, value in zip(table.columns, row, strict=True):
                if plain(value) != value:
                    key = ", ".join(map(str, table.key_of(row)))
                    raise StoreError.of(
                        "row_with_nul", path=self.shown, table=table.name, key=key, column=column
                    )
        super().put(table, rows, after, anew=anew)

    def complete(self) -> None:
        """Makes all that follows from the rows, all at once."""
        later = {what: told for what, told in self.mark().items() if what.startswith(LATER)}
        with self.writing():
            self._kept._done(lambda connection: _complete(connection, later))

    def release(self) -> None:
        """Notes the steps, and takes the mark away."""
        # What was carried so far is on the disk before anybody relies on it.
        self.store.q("set synchronous_commit = on")
        with self.writing():
            self.store.many("insert into step_taken (name) values (?)", [(name,) for name in steps()])
            self.store.q(f"drop table {MARK}")

    def close(self) -> None:
        """Closes the connection, which was set to other ways than those of the pool."""
        self._connection.close()


def _complete(connection: Connection, later: Mapping[str, str]) -> None:
    there = {name for (name,) in connection.execute(THERE)}
    for what, told in sorted(later.items()):
        if what.split()[-1] not in there:
            connection.execute(told)
    connection.execute("delete from keyed")
    connection.execute(KEYED)
    keys.follow(connection)
    for table, column in connection.execute(NUMBERED).fetchall():
        last = f"select coalesce(max({column}), 0) + 1 from {table}"  # noqa: S608 -- names of ours
        connection.execute(f"select setval(pg_get_serial_sequence('{table}', '{column}'), ({last}), false)")
    _trigger(connection, "enable")
    connection.execute("analyze")


def steps() -> Sequence[str]:
    """The steps that a memory of today took."""
    return (migrations.FIRST, *STEPS)


def begin(url: str, mark: Mapping[str, str], *, anew: bool) -> PostgresMaking:
    """A memory in the making at `url`: see `state.file.sqlite.making.begin`."""
    address = pool_of(url).address
    connection = connect(address)
    copy = PostgresMaking(connection, address, url)
    mark = {**mark, "shape": " ".join(steps())}
    try:
        connection.execute(PATIENT)
        with copy._kept.alone():
            _stand(connection, address, copy, mark, anew=anew)
    except psycopg.Error as error:
        connection.close()
        raise refused.told(error, address) from error
    except BaseException:
        connection.close()
        raise
    copy.take(mark)
    return copy


def _stand(
    connection: Connection, address: Address, copy: PostgresMaking, mark: Mapping[str, str], *, anew: bool
) -> None:
    """Makes what is there nothing but tables and the mark."""
    found = migrations.asked(connection)
    if found.steps:
        migrations.needed(connection, address, found)  # says so itself where it is of a newer program
        raise StoreError.of("not_empty", path=address.shown)
    marked = migrations.is_marked(connection)
    if marked and anew:
        connection.execute("drop schema vigilabel cascade")
        marked, found = False, migrations.asked(connection)
    if marked:
        copy.require(mark)
    else:
        migrations.needed(connection, address, found)
        migrations.migrate(connection, found)
        connection.execute("delete from step_taken")
        connection.execute(MARKED)
    _strip(connection)


def _strip(connection: Connection) -> None:
    _trigger(connection, "disable")
    # References last, when the unique indexes that they point to are there again.
    for kind, asked in (("a", INDEXES), ("b", REFERENCES)):
        for name, made, dropped in connection.execute(asked).fetchall():
            connection.execute(NOTED, [f"{LATER}{kind} {name}", made])
            connection.execute(dropped)


def _trigger(connection: Connection, how: str) -> None:
    for (table,) in connection.execute(TRIGGERED).fetchall():
        connection.execute(f"alter table {table} {how} trigger user")
