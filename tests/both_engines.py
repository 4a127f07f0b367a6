"""One memory of each engine, told the same: what one refuses the other must refuse too."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

Server = psycopg.Connection[tuple[Any, ...]]
Rows = Sequence[tuple[Any, ...]]
REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError, psycopg.errors.RaiseException)


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    ours: sqlite3.Connection
    theirs: Server

    def tell(self, sql: str, *values: object) -> bool:
        """Tells both; whether they took it."""
        refused, theirs = [], sql.replace("%", "%%").replace("?", "%s")
        for ask, text in ((self.ours.execute, sql), (self.theirs.execute, theirs)):
            try:
                ask(text, values)
            except REFUSED as error:
                refused.append(_said(error))
        assert len(refused) in (0, 2), (sql, values, refused)
        if refused and any(" is append-only" in said or " never " in said for said in refused):
            assert refused[0] == refused[1], sql
        return not refused

    def asked(self, sql: str) -> Rows:
        """What both answer, in any order."""
        expected, found = (
            sorted((tuple(row) for row in ask(sql).fetchall()), key=repr)
            for ask in (self.ours.execute, self.theirs.execute)
        )
        assert found == expected, sql
        return found


def _said(error: Exception) -> str:
    """Without what PostgreSQL says of where it was raised."""
    return re.sub(r"\nCONTEXT:.*", "", str(error), flags=re.DOTALL)
