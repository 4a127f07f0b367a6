"""What PostgreSQL says, in our words: by its codes alone, which are the same in every language."""

from __future__ import annotations

import os
import re
import select
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
from psycopg import pq

from state.file.errors import Away, Broke, Busy, Failed, Full, StoreError

if TYPE_CHECKING:
    from state.file.postgres.address import Address

LOST = ("08", "57P01", "57P02", "57P05", "25P03")
"""The connection is over: the server ended it, or went down, or nothing comes through any more."""
NOT_YET = ("57P03",)
"""It starts, stops or recovers."""
PASSES = ("08", "57")
CROWDED = ("53300",)
BUSY = ("55P03", "57014", "40001", "40P01")
BROKE = ("23", "P0001")
FULL = ("53100",)
RIGHTS = ("42501",)
READ_ONLY = ("25006",)
PASSWORD = ("28",)
NO_DATABASE = ("3D000",)
SECONDS = 5.0

_CODE = re.compile(rb'ErrorResponse\t.*? C "([0-9A-Z]{5})"')


def told(error: psycopg.Error, address: Address, reads_only: str = "") -> StoreError:
    """The same error in our words."""
    code = error.sqlstate or ""
    if code.startswith(LOST) or (not code and isinstance(error, psycopg.OperationalError)):
        return lost(address)
    if code in NOT_YET:
        return unreachable(address)
    if code in CROWDED:
        return crowded(address)
    if code in READ_ONLY:
        return StoreError(reads_only or standby(address), "read_only")
    if code in RIGHTS:
        return no_rights(address, _said(error))
    for codes, kind in ((BROKE, Broke), (FULL, Full), (BUSY, Busy)):
        if code.startswith(codes):
            return kind(_said(error))
    return Failed(_said(error))


def _said(error: psycopg.Error) -> str:
    # Its first line alone: what follows may quote whole rows.
    return error.diag.message_primary or next(iter(str(error).splitlines()), "")


def not_let_in(address: Address) -> StoreError:
    """Why a connection that was just refused was: asked once more, for libpq keeps the code to itself."""
    code = refusal(address)
    if code.startswith(PASSWORD):
        return StoreError(
            f"state {address.shown}: PostgreSQL does not let this user in; check the user and the password "
            "in the address, and pg_hba.conf",
            "pg_password",
            address=address.shown,
        )
    if code in NO_DATABASE:
        return StoreError(
            f"state {address.shown}: there is no such database; create it (createdb), or check the address",
            "pg_no_database",
            address=address.shown,
        )
    if code in RIGHTS:
        return no_rights(address, "connect")
    if code in CROWDED:
        return crowded(address)
    # Neither gone nor on its way up or down: whatever it is, it does not pass by itself.
    return refuses(address, code) if code and not code.startswith(PASSES) else unreachable(address)


def refusal(address: Address) -> str:
    """The code with which a server refuses to be connected to; "" where none answers, or it lets us in."""
    reads, writes = os.pipe()
    os.set_blocking(reads, False)
    try:
        # libpq writes what it hears to where it is told; to people it gives one sentence, in the language of
        # the server, and to programs nothing.
        if _tried(address, writes):
            return "28P01"
        with suppress(BlockingIOError):
            if heard := _CODE.findall(os.read(reads, 1 << 16)):
                return str(heard[-1].decode())
    finally:
        os.close(reads)
        os.close(writes)
    return ""


def _tried(address: Address, heard: int) -> bool:
    """Whether a password was wanted that the address has not."""
    connection = pq.PGconn.connect_start(address.told.encode())
    if connection.status == pq.ConnStatus.BAD:
        return False
    connection.trace(heard)
    end = time.monotonic() + SECONDS
    try:
        while time.monotonic() < end:
            step = connection.connect_poll()
            if step not in (pq.PollingStatus.READING, pq.PollingStatus.WRITING):
                break
            line = [connection.socket]
            waits = step == pq.PollingStatus.READING
            select.select(line if waits else [], [] if waits else line, [], end - time.monotonic())
        return bool(connection.needs_password)
    finally:
        connection.untrace()
        connection.finish()


def unreachable(address: Address) -> Away:
    return Away(
        f"state {address.shown}: no PostgreSQL answers there now; check that it runs, and the address",
        "pg_unreachable",
        address=address.shown,
    )


def lost(address: Address) -> Away:
    return Away(
        f"state {address.shown}: the connection to PostgreSQL was lost, and what was being written is rolled "
        "back; it is connected to again by itself",
        "pg_lost",
        address=address.shown,
    )


def refuses(address: Address, code: str) -> StoreError:
    return StoreError(
        f"state {address.shown}: PostgreSQL refuses the connection with the code {code}; its log says why",
        "pg_refuses",
        address=address.shown,
        code=code,
    )


def crowded(address: Address) -> Away:
    return Away(
        f"state {address.shown}: PostgreSQL takes no more connections now; raise max_connections, or start "
        "fewer processes, if this lasts",
        "pg_crowded",
        address=address.shown,
    )


def pooled(address: Address) -> StoreError:
    return StoreError(
        f"state {address.shown}: a pooler in transaction mode stands before PostgreSQL, and would mix what "
        "processes hold; give the address of the server itself, or of a pooler in session mode",
        "pg_pooler",
        address=address.shown,
    )


def none_free(address: Address, size: int) -> Away:
    return Away(
        f"state {address.shown}: all {size} connections of this process are in use for too long",
        "pg_none_free",
        address=address.shown,
        size=str(size),
    )


def no_rights(address: Address, why: str) -> StoreError:
    return StoreError(
        f"state {address.shown}: this user lacks a right ({why}); it must be able to create the schema "
        "vigilabel, or own it: `grant create on database … to …`",
        "pg_no_rights",
        address=address.shown,
        why=why,
    )


def standby(address: Address) -> str:
    return (
        f"state {address.shown}: a copy that only reads (a standby, or set to read only); it only answers "
        "questions"
    )
