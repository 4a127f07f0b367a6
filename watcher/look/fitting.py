"""What a page states as every memory has room for it, whichever engine keeps it: done once, before anything
is judged, or the row of today and the one that was kept would be two.

SQLite takes any text. PostgreSQL takes no NUL, and has indexes of names in which an entry holds 2,700 bytes:
one cell into which a whole page ran would keep its register from being recorded ever again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from operator import is_
from typing import Any

from state.model import Attestation, Listing, Reason, Unreadable
from state.names import print_key

MOST = 1_250
"""Bytes of a name, as printed and as a key: two of them are one entry of an index. Registers print holders of
a hundred at most."""
SHORT = 50
"""Letters that are never too many: no letter is more than 36 bytes of a key."""
TOLD = ("remarks", "unreadable", "facts")
"""What a listing says beside its rows, in words that quote the page: kept in run, remark and notice."""
BEGINNING = 60
_NEVER = re.compile("[\0\ud800-\udfff]")


def fitted(seen: Listing) -> Listing:
    """The same listing without what no text can hold; rows whose names are far too long are unreadable."""
    rows = tuple(map(_plain, seen.attestations))
    told = {name: kept for name in TOLD if (kept := plain(getattr(seen, name))) != getattr(seen, name)}
    seen = replace(seen, **told) if told else seen
    odd = tuple(_unread(row, long) for row in rows if (long := _too_long(row)))
    if odd:
        rows = tuple(row for row in rows if not _too_long(row))
    elif all(map(is_, rows, seen.attestations)):
        return seen
    return replace(seen, attestations=rows, unreadable=(*seen.unreadable, *odd))


def _plain(row: Attestation) -> Attestation:
    # All texts of a row at once: there may be a hundred thousand rows, and none of them has such a letter.
    given = (
        row.subject,
        row.version,
        row.level,
        row.recommendation,
        row.issuer,
        row.ref,
        row.url,
        row.country,
    )
    whole = "".join((row.holder, row.status, row.place, *row.scope, *row.extra, *row.extra.values()))
    if not _NEVER.search("".join((whole, *filter(None, given)))):
        return row
    fit: Attestation = plain(row)
    return fit


def plain(value: Any) -> Any:
    """A value of the model without what no text can hold: of what a page states, or is quoted with."""
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    if isinstance(value, Mapping):
        return {plain(name): plain(text) for name, text in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: plain(getattr(value, each.name)) for each in fields(value)})
    return _NEVER.sub("", value) if isinstance(value, str) else value


def _too_long(row: Attestation) -> str:
    """The first name of a row that has too many letters, "" where none has."""
    names = (row.holder, row.status, row.country, row.extra.get("registration"))
    return next((name for name in names if name and len(name) > SHORT and _bytes(name) > MOST), "")


def _bytes(name: str) -> int:
    return max(len(name.encode()), len(print_key(name).encode()))


def _unread(row: Attestation, name: str) -> Unreadable:
    why = Reason.of("name_too_long", text=f"{name[:BEGINNING]}…", letters=len(name))
    holder = row.holder if row.holder != name else None
    ref = row.ref if len(row.ref or "") < MOST else None
    return Unreadable(label=row.label, place=row.place, why=why, ref=ref, holder=holder)
