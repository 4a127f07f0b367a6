"""Keys of printed names, and the words of a search: what functions of ours make of a text.

They are made for all that is new when a transaction ends (`follow`), or when a memory is opened that somebody
else wrote to: no trigger calls a function, which another tool would lack. Beside them stands by which rules
they were made. Where those were others than today's, all are made anew before anything is asked: after an
upgrade, or while two versions of this program share a memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import get_args

from state.file.sqlite import words
from state.names import name_key, print_key, rules, spoken
from state.search import Wish

FUNCTIONS: dict[str, Callable[[str], str]] = {"print_key": print_key, "name_key": name_key, "spoken": spoken}
# One step each in an index: this is asked whenever a memory is opened, or written to.
BEHIND = f"""select rules, spelling, name from keyed where rules <> :rules
    or spelling < (select coalesce(max(id), 0) from spelling)
    or name < (select coalesce(max(id), 0) from name)
    or exists (select 1 from spelling where versions = 0)
    or exists (select 1 from name where {words.NAMELESS})"""  # noqa: S608
LEVEL = """update keyed set rules = :rules, spelling = (select coalesce(max(id), 0) from spelling),
    name = (select coalesce(max(id), 0) from name)"""


def lend(connection: sqlite3.Connection) -> None:
    """Lends our functions to a connection, and lets it take a wish as a parameter."""
    for name, function in FUNCTIONS.items():
        connection.create_function(name, 1, function, deterministic=True)
    for kind in get_args(Wish):
        sqlite3.register_adapter(kind, words.said)
    connection.create_function("key_rules", 0, rules, deterministic=True)  # of steps taken long ago


def kept(connection: sqlite3.Connection) -> bool:
    """Whether the memory is of a shape that has keys."""
    return bool(connection.execute("select 1 from sqlite_master where name = 'keyed'").fetchone())


def behind(connection: sqlite3.Connection) -> bool:
    """Whether some keys were made by other rules, or are yet to be made, or are of what is gone."""
    return kept(connection) and bool(connection.execute(BEHIND, {"rules": rules()}).fetchone())


def follow(connection: sqlite3.Connection) -> None:
    """Makes keys and words follow what was written; inside the caller's transaction."""
    found = connection.execute(BEHIND, {"rules": rules()}).fetchone()
    if found is None:
        return
    made_by, spelling, name = found
    marks = {"spelling": spelling, "name": name, "rules": rules(), "anew": False}
    # Words that are taken out must be those that were put in.
    same = made_by == rules()
    for statement in (*([words.UNSAID_ROWS] * same), *words.COUNTED, *([words.UNSAID_NAMES] * same)):
        connection.execute(statement, marks)
    connection.execute(words.FORGOTTEN)
    if not same:
        marks |= {"spelling": 0, "name": 0, "anew": True}
        for statement in words.ALL_UNSAID:
            connection.execute(statement)
    for statement in (*words.SAID, LEVEL):
        connection.execute(statement, marks)
