"""The connection below a memory, for tests of what one engine does."""

from __future__ import annotations

import sqlite3

from state.file.sqlite.store import SQLiteStore
from state.file.store import Store
from state.search import ROW


def sqlite_of(store: Store) -> sqlite3.Connection:
    """The connection to SQLite that a memory has."""
    assert isinstance(store, SQLiteStore)
    return store._connection


def unguarded(store: Store) -> None:
    """Takes away all that keeps the memory as it is, as somebody could who has it in their hands."""
    if isinstance(store, SQLiteStore):
        for trigger in store.q("select name from sqlite_master where type = 'trigger'"):
            store.q(f"drop trigger {trigger['name']}")
        store.q("pragma foreign_keys = off")
        return
    for found in store.q("""select conrelid::regclass::text as held, conname as name from pg_constraint
            where contype = 'f' and connamespace = 'vigilabel'::regnamespace"""):
        store.q(f"alter table {found['held']} drop constraint {found['name']}")
    for found in store.q("""select distinct tgrelid::regclass::text as held, tgname as name from pg_trigger
            where not tgisinternal"""):
        store.q(f"drop trigger {found['name']} on {found['held']}")


def triggers(store: Store) -> list[dict[str, object]]:
    """Every trigger of a memory, as it is."""
    if isinstance(store, SQLiteStore):
        return store.q("select name, sql from sqlite_master where type = 'trigger' order by name")
    return store.q("select oid, tgname, tgenabled from pg_trigger where not tgisinternal order by oid")


def dangling(store: Store) -> list[dict[str, object]]:
    """Rows that point to nothing, which PostgreSQL never has."""
    return store.q("pragma foreign_key_check") if isinstance(store, SQLiteStore) else []


def words_of(store: Store, index: str) -> list[tuple[int, str, int, str]]:
    """The words of an index: the number of what they are of, the column, the place in it, the word."""
    if isinstance(store, SQLiteStore):
        store.q(f"create virtual table temp.instances using fts5vocab(main, {index}, instance)")
        found = store.q(
            "select doc, col, offset as place, term from temp.instances order by doc, col, offset"
        )
        store.q("drop table temp.instances")
        return [(row["doc"], row["col"], row["place"], row["term"]) for row in found]
    columns = ("name",) if index == "name_words" else ROW
    found = store.q(f"""select w.rowid as doc, v.lexeme as term, p.place, p.weight
        from {index} w, unnest(w.words) v, unnest(v.positions, v.weights) p (place, weight)
        order by w.rowid, p.place""")
    words: list[tuple[int, str, int, str]] = []
    for row in found:
        column = columns["ABCD".index(row["weight"])]
        before = sum(one[:2] == (row["doc"], column) for one in words)
        words.append((row["doc"], column, before, row["term"]))
    return words
