"""Where a PostgreSQL is, as libpq takes it and as people may read it: an address may hold a password."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from state.file.errors import StoreError

# An address may say otherwise. A server that is gone is noticed within half a minute, whether a connection to
# it rests or waits for an answer; a new one is not waited for while a page is.
USUAL = {
    "application_name": "vigilabel",
    "client_encoding": "UTF8",
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}


_PORTS = re.compile(r"[0-9,]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What libpq is told, which is a secret, and what people are."""

    told: str = field(repr=False)
    shown: str


def address_of(url: str) -> Address:
    """The address of a PostgreSQL; raises `StoreError`, which repeats nothing of what cannot be read."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error:
        # Without its cause: libpq quotes what it could not read, and that may be half a password.
        raise StoreError.of("pg_address") from None
    if any("@" in str(given.get(part)) for part in ("host", "dbname")) or not _PORTS.fullmatch(
        str(given.get("port") or "")
    ):
        raise StoreError.of(
            "pg_address"
        )  # a password that was not escaped: the rest of it was taken for a place
    place = str(given.get("host") or given.get("hostaddr") or "localhost")
    port = f":{given['port']}" if given.get("port") else ""
    name = given.get("dbname") or given.get("user") or ""
    return Address(told=make_conninfo(**USUAL | given), shown=f"postgresql://{place}{port}/{name}")  # type: ignore[arg-type]
