"""The shape of the memory in a PostgreSQL: one step of all that SQLite came to in thirty-three, and then each
step that both take. A step that was released is never edited."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from psycopg import errors
from psycopg.pq import TransactionStatus

from state.file.errors import StoreError
from state.file.making import MARK
from state.file.postgres import keys, refused
from state.file.postgres.keys import IS_BEHIND
from state.file.steps import STEPS
from state.names import rules

if TYPE_CHECKING:
    from state.file.postgres.address import Address
    from state.file.postgres.pool import Connection

FIRST = "m0033_postgres"
PARTS = ("start", "follow", "views")
"""In this order: what is kept, what follows from it and what is refused, and what people ask with SQL."""
OLDEST = 14
"""The oldest PostgreSQL that has all we use: bodies of functions that are bound when they are made."""
LOCK = 7_652_144_909
"""The number of our lock: whoever writes holds it, one at a time in a database."""
ALONE = f"begin; select pg_advisory_xact_lock({LOCK})"
BESIDE = "begin; set local lock_timeout = '800ms'"
"""A transaction that others are in at the same time. It gives up before PostgreSQL looks for whom to end of
those who wait for each other (`deadlock_timeout`, a second): never the one that records a look."""
# Another process may be making a large memory anew: it is waited for, and not for the time that a writer has.
PATIENT = f"""begin; set local lock_timeout = '1h'; set local statement_timeout = 0;
    select pg_advisory_xact_lock({LOCK})"""
_ASKED = f"""select (select string_agg(name, ' ') from step_taken),
    exists (select from keyed where {IS_BEHIND}),
    pg_is_in_recovery() or current_setting('transaction_read_only') = 'on'"""  # noqa: S608
_BARE = """select (select string_agg(relname, ', ' order by relname) from pg_class
        where relnamespace = to_regnamespace('vigilabel') and relkind in ('r', 'v', 'f', 'p')),
    pg_is_in_recovery() or current_setting('transaction_read_only') = 'on'"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a database is: which steps it took, the tables of others that lie where ours would, whether keys
    are to be made, and whether it only reads."""

    steps: frozenset[str] = frozenset()
    others: str = ""
    behind: bool = False
    standby: bool

    def reads_only(self, address: Address) -> str:
        """Why nothing can be written; "" where it can."""
        return refused.standby(address) if self.standby else ""


def asked(connection: Connection) -> Found:
    """What the database of a connection is; one question where it is ours."""
    # A question that fails would end the transaction that it is asked in.
    inside = connection.info.transaction_status == TransactionStatus.INTRANS
    try:
        with connection.transaction() if inside else nullcontext():
            ((steps, behind, standby),) = connection.execute(_ASKED, [rules()])
    except (errors.UndefinedTable, errors.InvalidSchemaName, errors.UndefinedColumn):
        ((others, standby),) = connection.execute(_BARE)
        return Found(others=others or "", standby=bool(standby))
    return Found(steps=frozenset((steps or "").split()), behind=bool(behind), standby=bool(standby))


def needed(connection: Connection, address: Address, found: Found, *, create: bool = True) -> bool:
    """Whether the database lacks a step, or has keys of other rules; raises `StoreError` when it is not one
    that we can keep a memory in, or there is none and none is to be begun."""
    newer = sorted(found.steps - {FIRST, *STEPS})
    if newer:
        last = [FIRST, *STEPS][-1]
        raise StoreError.of("newer", path=address.shown, steps=", ".join(newer), last=last)
    if not found.steps:
        _check_place(connection, address, found, create=create)
    lacking = missing(found.steps)
    if lacking and found.standby:
        raise StoreError.of("pg_behind", address=address.shown, steps=", ".join(lacking))
    return bool(lacking) or (found.behind and not found.standby)


def missing(steps: Collection[str]) -> tuple[str, ...]:
    """The steps that were not taken yet, in order."""
    return tuple(name for name in (FIRST, *STEPS) if name not in steps)


def is_marked(connection: Connection) -> bool:
    """Whether what is there is a copy that was not finished."""
    ((there,),) = connection.execute(f"select to_regclass('vigilabel.{MARK}') is not null")
    return bool(there)


def _check_place(connection: Connection, address: Address, found: Found, *, create: bool) -> None:
    if is_marked(connection):
        ((origin,),) = connection.execute(f"select told from {MARK} where what = 'origin'")  # noqa: S608
        raise StoreError.of("half_made", path=address.shown, origin=origin)
    if found.others:
        raise StoreError(
            f"state {address.shown}: expected a memory of vigilabel in the schema vigilabel, found another "
            f"program's (tables {found.others})",
            "other_program",
            path=address.shown,
            tables=found.others,
        )
    if not create:
        raise StoreError(
            f"state {address.shown}: there is no memory in this database; check the address, or run a first "
            "look to start one",
            "none",
            path=address.shown,
        )
    version = connection.info.server_version // 10_000
    if version < OLDEST:
        raise StoreError.of("pg_too_old", address=address.shown, expected=OLDEST, found=version)
    encoding = connection.info.parameter_status("server_encoding") or ""
    if encoding != "UTF8":
        raise StoreError.of("pg_encoding", address=address.shown, found=encoding)


def statements() -> str:
    """All that a new memory is made of, as one text, to be run within one transaction of whoever owns the
    database."""
    return "\n".join(files(__package__).joinpath(f"{part}.sql").read_text("utf-8") for part in PARTS)


def migrate(connection: Connection, found: Found) -> None:
    """Takes the steps that are missing, and makes keys anew that are of other rules; inside the caller's
    transaction, so all or none."""
    for name in missing(found.steps):
        for statement in (statements(),) if name == FIRST else STEPS[name].postgres:
            connection.execute(statement)
        connection.execute("insert into step_taken (name) values ($1)", [name])
    keys.follow(connection)
