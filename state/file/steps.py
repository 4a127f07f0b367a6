"""Steps of the memory's shape that both engines take, after those that each took alone. A step that was
released is never edited: the next one changes it.

Instants are ISO 8601 UTC text to the second, dates ISO text, truth 0 or 1, lists and facts JSON text. Checks
and triggers hold whatever the code above does wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The statements of one step for each engine. In PostgreSQL numbers are `bigint`, and texts
    `text collate "C"`, so that they are in the same order as in SQLite; there no table is `strict`."""

    sqlite: Sequence[str]
    postgres: Sequence[str]


STEPS: Mapping[str, Step] = {
    # The workspaces that installed the app, their tokens sealed; and what a browser may come back with once.
    "m0034_workspaces": Step(
        sqlite=(
            """create table workspace (
                id text not null primary key,
                name text not null,
                enterprise text not null,
                bot text not null,
                scopes text not null,
                sealed text not null,
                installer text not null,
                operators text not null,
                state text not null check (state in ('active', 'suspended')),
                reasons text not null,
                installed_at text not null,
                revision integer not null check (revision >= 1)
            ) strict""",
            "create table spent_mark (mark text not null primary key, until text not null) strict",
            "create index spent_mark_until on spent_mark (until)",
        ),
        postgres=(
            """create table workspace (
                id text collate "C" not null primary key,
                name text collate "C" not null,
                enterprise text collate "C" not null,
                bot text collate "C" not null,
                scopes text collate "C" not null,
                sealed text collate "C" not null,
                installer text collate "C" not null,
                operators text collate "C" not null,
                state text collate "C" not null check (state in ('active', 'suspended')),
                reasons text collate "C" not null,
                installed_at text collate "C" not null,
                revision bigint not null check (revision >= 1)
            )""",
            """create table spent_mark (
                mark text collate "C" not null primary key,
                until text collate "C" not null
            )""",
            "create index spent_mark_until on spent_mark (until)",
        ),
    ),
    # From when on a channel may be sent to, in milliseconds of the epoch, whichever process sends; and who is
    # sending just now: found without a look at all that waits.
    "m0035_paces": Step(
        sqlite=(
            "create table pace (channel text not null primary key, free integer not null) strict",
            "create index message_sending on message (channel, lease_until) where state = 'sending'",
        ),
        postgres=(
            'create table pace (channel text collate "C" not null primary key, free bigint not null)',
            "create index message_sending on message (channel, lease_until) where state = 'sending'",
        ),
    ),
}
"""In the order in which they are taken: SQLite's own end with m0033, which is where PostgreSQL begins."""
