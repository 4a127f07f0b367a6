"""The workspaces that installed the app by themselves: who they are, whether they can be reached.

Their tokens are here as they were sealed; what opens them is in the settings and never in the memory. And the
marks that a browser comes back with from an installation, once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from state.codec import from_row, instant_text, row_of

if TYPE_CHECKING:
    from state.file.store import Store
    from state.model import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """One workspace, or one organisation that installed the app for all of its own (`id` begins with E).

    `enterprise` is the organisation that a workspace belongs to, "" for none. `sealed` holds the token, ""
    once it is worth nothing. `installer` is the member who installed it, `operators` the place where the
    workspace wants to hear of trouble: both as Slack knows them there. `reasons` say why it is suspended.
    `revision` is another number after each change.
    """

    id: str
    name: str
    enterprise: str = ""
    bot: str = ""
    scopes: tuple[str, ...] = ()
    sealed: str = field(default="", repr=False)
    installer: str = ""
    operators: str = ""
    state: str = "active"
    reasons: tuple[Reason, ...] = ()
    installed_at: datetime
    revision: int = 0

    @property
    def hears(self) -> str:
        """Where it hears of its own trouble: where it chose to, or who installed it."""
        return self.operators or self.installer


def save(store: Store, one: Installation) -> Installation:
    """Remembers a workspace as it is now; the same with its number of changes."""
    with store.transaction():
        known = find(store, one.id)
        kept = dataclasses.replace(one, revision=known.revision + 1 if known else 1)
        store.save("workspace", "id", **row_of(kept))
        return kept


def find(store: Store, id: str) -> Installation | None:
    """The workspace with this id, None where it never installed the app."""
    found = store.one("select * from workspace where id = :id", id=id)
    return from_row(Installation, found) if found else None


def everyone(store: Store) -> Sequence[Installation]:
    """All workspaces that ever installed the app, by their ids."""
    return [from_row(Installation, row) for row in store.q("select * from workspace order by id")]


def spend(store: Store, mark: str, until: datetime, now: datetime) -> bool:
    """Whether this mark was not spent before; it is now. What is past its time is forgotten."""
    with store.transaction():
        store.q("delete from spent_mark where until <= :now", now=instant_text(now))
        return store.insert_new("spent_mark", mark=mark, until=instant_text(until))
