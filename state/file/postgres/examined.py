"""What an operator should know of a memory in a PostgreSQL: what it is, who is at it, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any

import psycopg

from state.file.found import Finding, held, judged, told, wrong
from state.file.making import MARK
from state.file.postgres import migrations, refused
from state.file.postgres.pool import connect, pool_of
from state.file.postgres.store import open_store
from state.file.steps import STEPS

if TYPE_CHECKING:
    from state.file.postgres.address import Address
    from state.file.postgres.pool import Connection

MEGA = 1_000_000
ASTRAY = 5
"""Seconds that two clocks may lie apart: leases are some minutes long."""
CROWDED = 0.8
"""From which share of the connections on the next process may find none."""
LONG = 600
"""Seconds from which on an open transaction keeps the server from clearing up what nobody needs any more."""
WAIT = 2.0
"""Seconds in which a word to ourselves must have come back."""

SERVER = """select split_part(current_setting('server_version'), ' ', 1),
    current_setting('server_encoding'), extract(epoch from clock_timestamp()),
    pg_is_in_recovery() or current_setting('transaction_read_only') = 'on',
    pg_database_size(current_database()),
    (select coalesce(sum(pg_total_relation_size(oid)), 0) from pg_class
        where relnamespace = to_regnamespace('vigilabel') and relkind = 'r')"""
RIGHTS = """select coalesce(has_schema_privilege(to_regnamespace('vigilabel'), 'create'),
        has_database_privilege(current_database(), 'create')),
    (select string_agg(relname, ', ' order by relname) from pg_class
        where relnamespace = to_regnamespace('vigilabel') and relkind = 'r'
            and not pg_has_role(relowner, 'usage')), current_user"""
SESSIONS = """select count(*), count(*) filter (where application_name like 'vigilabel%'
        and datname = current_database()),
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    from pg_stat_activity where backend_type = 'client backend'"""
LOCKS = f"""select count(*) filter (where granted), count(*) filter (where not granted),
        coalesce(min(pid) filter (where granted and locktype = 'advisory'
            and (classid::bigint << 32) + objid::bigint = {migrations.LOCK}), 0)
    from pg_locks where database = (select oid from pg_database where datname = current_database())"""  # noqa: S608 -- ours
OLDEST = """select coalesce(extract(epoch from max(clock_timestamp() - xact_start)), 0),
        coalesce((array_agg(pid order by xact_start))[1], 0)
    from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"""
TABLES = """select relname from pg_class where relkind in ('r', 'p', 'f')
    and relnamespace = to_regnamespace('vigilabel')"""
CHAIN = """select coalesce((select hash from link order by number desc limit 1), '0') as head,
    count(*) as links from link"""
DURABLE = {"synchronous_commit": ("off", "local"), "fsync": ("off",), "full_page_writes": ("off",)}
"""Settings of the server by which a crash may lose or damage what was committed, and their values then."""


def examined(url: str, clock: Callable[[], datetime]) -> Iterator[Finding]:
    """The findings one by one; raises `StoreError` where there is no server, or no memory that opens."""
    address = pool_of(url).address
    connection = connect(address)
    with closing(connection):
        try:
            yield from _all(connection, address, clock)
        except psycopg.Error as error:
            raise refused.told(error, address) from error
    with open_store(url, create=False) as store:
        [link] = store.q(CHAIN)
        yield told("chain", head=str(link["head"]), links=int(link["links"]))


def _all(connection: Connection, address: Address, ours_says: Callable[[], datetime]) -> Iterator[Finding]:
    version, encoding, clock, standby, database, ours = _row(connection, SERVER)
    # At once: to connect may have taken seconds, and so may whoever draws what is found.
    away = clock - ours_says().timestamp()
    major = int(str(version).split(".")[0])
    oldest = migrations.OLDEST
    yield held("server", major >= oldest, version=version, where=address.shown, oldest=oldest)
    yield held("encoding", encoding == "UTF8", encoding=encoding)
    yield told("stored", size=round(ours / MEGA, 1), database=round(database / MEGA, 1))
    yield held("clock", abs(away) < ASTRAY, seconds=round(away, 1))
    yield from _pooled(connection, address)
    if standby:
        yield wrong("standby")
    else:
        yield from _rights(connection)
        yield _heard(connection)
    yield from _shape(connection)
    yield from _busy(connection)
    yield from _durable(connection)


def _row(connection: Connection, sql: str) -> tuple[Any, ...]:
    [row] = connection.execute(sql).fetchall()
    return row


def _pooled(connection: Connection, address: Address) -> Iterator[Finding]:
    """Whether every transaction may get another session of the server.

    A second connection keeps a session for itself in the middle of a transaction. A pooler that lends them by
    the transaction lends it the one that this connection had just before: then both have one number, or this
    one has another from then on. Nothing that a client may ask tells more surely, whatever the pooler is.
    """
    before = _row(connection, "select pg_backend_pid()")
    with closing(connect(address)) as second:
        second.execute("begin")
        other = _row(second, "select pg_backend_pid()")
        after = _row(connection, "select pg_backend_pid()") if other != before else other
        second.execute("rollback")
    yield judged("sessions", before == after != other)


def _rights(connection: Connection) -> Iterator[Finding]:
    create, others, user = _row(connection, RIGHTS)
    yield held("rights", bool(create) and not others, user=user, tables=others or "-")


def _heard(connection: Connection) -> Finding:
    """Whether a word that is sent to who waits comes back to us."""
    connection.execute("listen vigilabel_examined")
    connection.execute("notify vigilabel_examined")
    heard = list(connection.notifies(timeout=WAIT, stop_after=1))
    connection.execute("unlisten vigilabel_examined")
    return judged("notify", bool(heard))


def _shape(connection: Connection) -> Iterator[Finding]:
    found = migrations.asked(connection)
    if found.steps:
        lacking = migrations.missing(found.steps)
        of = len(found.steps) + len(lacking)
        last = [migrations.FIRST, *STEPS][-1]
        yield held("steps", not lacking, taken=len(found.steps), of=of, last=last)
    strange = {str(name) for (name,) in connection.execute(TABLES)} - ours() - {MARK}
    if strange and found.steps:
        yield wrong("strange", tables=", ".join(sorted(strange)))


def _busy(connection: Connection) -> Iterator[Finding]:
    everybody, mine, limit = _row(connection, SESSIONS)
    yield held("connections", everybody < CROWDED * limit, all=everybody, mine=mine, limit=limit)
    granted, waiting, writer = _row(connection, LOCKS)
    yield told("locks", held=granted, waiting=waiting)
    if writer:
        yield told("writing", number=writer)
    oldest, number = _row(connection, OLDEST)
    if oldest >= 1:
        yield held("oldest", oldest < LONG, seconds=round(oldest), number=number)


def _durable(connection: Connection) -> Iterator[Finding]:
    for name, values in DURABLE.items():
        [value] = _row(connection, f"select current_setting('{name}')")
        if value in values:
            yield wrong(name, value=value)
    [vacuum] = _row(connection, "select current_setting('autovacuum')")
    if vacuum == "off":
        yield wrong("autovacuum")


def ours() -> frozenset[str]:
    """The names of all tables of ours."""
    made = [migrations.statements(), *(sql for step in STEPS.values() for sql in step.postgres)]
    return frozenset(
        name for sql in made for name in re.findall(r"create table (?:if not exists )?(\w+)", sql)
    )
