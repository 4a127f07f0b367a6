"""How many bytes a row of the memory takes with its indexes, in a file and in a PostgreSQL.

`PYTHONPATH=.:tests python benchmarks/bytes_each.py [LONG_LIFE]`: of real editions, and of what is owed in a
long life. Words of the search are counted to the rows that they are the words of.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import real_registers
from postgres_server import programs, running

from benchmarks.long_life import long_life
from state.file.opening import open_store
from state.kept.carried import carry

PARTS = {
    "event": ("event", "event_row", "event_count"),
    "version of a row": ("attestation", "spelling", "name", "move", "keyed", "row_words", "name_words"),
    "page": ("page", "snapshot", "snapshot_page"),
    "look": ("run", "link"),
    "delivery": ("delivery", "owed_count", "owed_kept", "owed_change"),
    "message": ("message",),
}
COUNTED = {"event": "event", "version of a row": "attestation", "page": "page", "look": "run"}
IN_FILE = """select coalesce((select tbl_name from sqlite_master m where m.name = d.name), d.name) as of,
        sum(pgsize)
    from dbstat d group by 1"""
IN_SERVER = """select relname, pg_total_relation_size(oid)::bigint from pg_class
    where relnamespace = to_regnamespace('vigilabel') and relkind = 'r'"""


def of_file(path: Path) -> Mapping[str, int]:
    with closing(sqlite3.connect(path)) as database:
        return {str(of): int(size) for of, size in database.execute(IN_FILE)}


def of_server(url: str) -> Mapping[str, int]:
    with open_store(url) as store:
        return {str(name): int(size) for rows in store.batches(IN_SERVER) for name, size in rows}


def part(sizes: Mapping[str, int], tables: tuple[str, ...]) -> int:
    """All that some tables take; a table of FTS5 lies in several."""
    words = tuple(f"{table}_" for table in tables if table.endswith("_words"))
    return sum(size for name, size in sizes.items() if name in tables or (words and name.startswith(words)))


def told(what: str, path: Path, url: str) -> None:
    carry(str(path), url)
    file, server = of_file(path), of_server(url)
    print(f"\n| {what} | rows | bytes each in a file | in a server |\n| --- | ---: | ---: | ---: |")
    with open_store(str(path)) as store:
        for name, tables in PARTS.items():
            [row] = store.q(f"select count(*) as rows from {COUNTED.get(name, name)}")
            if rows := row["rows"]:
                ours, theirs = part(file, tables) / rows, part(server, tables) / rows
                print(f"| {name} | {rows:,} | {ours:,.0f} | {theirs:,.0f} |", flush=True)


def main() -> None:
    place = programs()
    if place is None:
        raise SystemExit("no PostgreSQL on this machine: install it with scripts/postgres.sh")
    with tempfile.TemporaryDirectory() as room, running(place) as server:
        real_registers.watched(Path(room), real := Path(room) / "real.db")
        told("real editions", real, server.url(server.database()))
        long, _ = long_life(Path(sys.argv[1] if len(sys.argv) > 1 else f"{room}/long.db"), 100_000)
        told("a long life", long, server.url(server.database()))


if __name__ == "__main__":
    main()
