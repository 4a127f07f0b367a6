"""The history that a new memory begins with: the editions that come with the program, each at its date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifiers.said.reasons import message_said
from state.model import Cause, Clock
from state.seen.looks import runs
from watcher.demo.editions import SHIPPED, SOURCE, Edition, page_of
from watcher.doctor.visit import unheard
from watcher.errors import Failed
from watcher.look.check import look

if TYPE_CHECKING:
    from state.file.store import Store
    from watcher.app import App
    from watcher.look.record import Checked
    from watcher.said.told import Hearer


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An edition that was taken into the memory: how many rows it has, and how many changes it brought."""

    edition: Edition
    rows: int
    changes: int


def owed_history(app: App, store: Store) -> tuple[Edition, ...]:
    """The shipped editions that can still be taken: none where the source is off, those that follow the last
    look of it else, for looks go in the order they were made."""
    if SOURCE not in app.sources:
        return ()
    last = runs.state_of(store, SOURCE).last_look
    return tuple(one for one in SHIPPED if last is None or one.seen_at > last)


def take_history(app: App, store: Store, to: Hearer) -> Iterator[Taken]:
    """Takes them one after the other, as `vigilabel import` does; raises `Failed`.

    Each is written at once: whoever stops half-way finds what was taken, and can go on.
    """
    source = app.sources[SOURCE]
    for edition in owed_history(app, store):
        watch = replace(app.watch(store), clock=Clock(stated=True))
        with unheard():
            checked = look(source, [page_of(edition, source, to.say)], watch, edition.seen_at)
        if not checked.run.believed:
            raise Failed(to.say("failed.demo_unread", why=message_said(checked.run, to.lang)))
        yield _taken(edition, checked)


def _taken(edition: Edition, checked: Checked) -> Taken:
    told = sum(1 for event in checked.events if event.cause is Cause.REGISTER)
    return Taken(edition=edition, rows=sum(checked.run.rows.values()), changes=told)
