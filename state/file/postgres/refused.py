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
        return Away.of("pg_lost", address=address.shown)
    if code in NOT_YET:
        return Away.of("pg_unreachable", address=address.shown)
    if code in CROWDED:
        return Away.of("pg_crowded", address=address.shown)
    if code in READ_ONLY:
        return StoreError(reads_only or standby(address), "read_only")
    if code in RIGHTS:
        return StoreError.of("pg_no_rights", address=address.shown, why=_said(error))
    for codes, kind in ((BROKE, Broke), (FULL, Full), (BUSY, Busy)):
        if code.startswith(codes):
            return kind(_said(error))
    return Failed(_said(error))


def _said(error: psycopg.Error) -> str:
    # Its first line alone: what follows may quote whole rows.
    return error.diag.message_primary or next(iter(str(error).splitlines()), "")


def not_let_in(address: Address) -> StoreError:
    """Why a connection that was just refused was: asked once more, for libpq keeps the code to itself."""
    code, shown = refusal(address), address.shown
    if code.startswith(PASSWORD):
        return StoreError.of("pg_password", address=shown)
    if code in NO_DATABASE:
        return StoreError.of("pg_no_database", address=shown)
    if code in RIGHTS:
        return StoreError.of("pg_no_rights", address=shown, why="connect")
    if code in CROWDED:
        return Away.of("pg_crowded", address=shown)
    if code and not code.startswith(PASSES):
        # Neither gone nor on its way up or down: whatever it is, it does not pass by itself.
        return StoreError.of("pg_refuses", address=shown, code=code)
    return Away.of("pg_unreachable", address=shown)


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


def standby(address: Address) -> str:
    return (
        f"state {address.shown}: a copy that only reads (a standby, or set to read only); it only answers "
        "questions"
    )
