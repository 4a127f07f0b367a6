"""Keys of printed names as the database makes them: functions of ours that its triggers call.

Beside each key stands by which rules it was made. Where those were others than today's, it is made anew
before anything is asked: after an upgrade, or while two versions of this program share a memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from state.names import name_key, print_key, rules, spoken
from state.search import MADE_ANEW

FUNCTIONS: dict[str, Callable[[str], str]] = {"print_key": print_key, "name_key": name_key, "spoken": spoken}
# The least and the greatest are one step each in an index: this is asked whenever a memory is opened.
OUTDATED = """select :rules not in (coalesce((select min(rules) from spelling), :rules))
    or :rules not in (coalesce((select max(rules) from spelling), :rules))
    or :rules not in (coalesce((select min(rules) from called), :rules))
    or :rules not in (coalesce((select max(rules) from called), :rules))"""
MADE = (
    """update spelling set slug_print = print_key(provider), name_print = print_key(provider_name),
        name_key = name_key(provider_name), holder_print = print_key(holder), holder_key = name_key(holder),
        said = spoken(holder) || '|' || spoken(subject),
        more = spoken(provider_name) || spoken(provider) || spoken(ref), rules = key_rules()
        where rules <> key_rules()""",
    "update called set said = spoken(name), rules = key_rules() where rules <> key_rules()",
    *MADE_ANEW,
)


def lend(connection: sqlite3.Connection) -> None:
    """Lends our functions to a connection: without them no version of a row can be written."""
    for name, function in FUNCTIONS.items():
        connection.create_function(name, 1, function, deterministic=True)
    connection.create_function("key_rules", 0, rules, deterministic=True)


def outdated(connection: sqlite3.Connection) -> bool:
    """Whether some keys were made by other rules, or are yet to be made; no keys at all are not."""
    if not connection.execute("select 1 from sqlite_master where name = 'spelling'").fetchone():
        return False
    found: int = connection.execute(OUTDATED, {"rules": rules()}).fetchone()[0]
    return found == 1


def make(connection: sqlite3.Connection) -> None:
    """Makes those keys anew; inside the caller's transaction."""
    for statement in MADE:
        connection.execute(statement)
