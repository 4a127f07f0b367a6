"""A memory and a toy register, driven by days: look, look again, and see what is told to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from toy_register import ToyRegister, day, page

from notifiers.said.reasons import as_said
from scrapers.source import Unreachable
from state.file.store import Store
from state.model import Event, Page
from state.owed import outbox, subscriptions
from state.seen.rows import listings
from state.seen.who.providers import load_providers
from state.words.post import Subscription
from watcher.look.check import check, look
from watcher.look.record import Checked, Watch

OPERATORS = "COPS"


class Story:
    """A memory and a toy register, driven by days."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.source = ToyRegister()

    @property
    def watch(self) -> Watch:
        """What a look works with, providers as they are named by now."""
        return Watch(store=self.store, providers=load_providers(self.store), operators=OPERATORS)

    def see(self, when: str | datetime, text: str, **changed: Any) -> Checked:
        """Looks at a page with that text; `changed` fields of the register stay so."""
        at = day(when) if isinstance(when, str) else when
        self.source = replace(self.source, **changed)
        return look(self.source, [page(text, at)], self.watch, at)

    def fail(self, when: str) -> Checked:
        """Looks, and gets no answer."""

        def get(url: str) -> Page:
            raise Unreachable(as_said(f"{url}: no answer"))

        return check(self.source, get, self.watch, lambda: day(when))

    def subscribe(self, **wish: Any) -> Subscription:
        """A subscription of the channel C1."""
        wanted = Subscription(id=0, channel="C1", words=("all",), **wish)
        with self.store.transaction():
            return subscriptions.subscribe(self.store, wanted)

    def told(self, channel: str = "C1") -> list[int]:
        """The events owed to a channel."""
        return [owed.event for owed in outbox.owed(self.store, channel=channel) if owed.event]

    def operators_heard(self) -> list[str]:
        """The kinds of words owed to operators."""
        owed = outbox.owed(self.store, channel=OPERATORS)
        return [outbox.notice(self.store, one.notice).kind for one in owed if one.notice]

    def edition(self, when: str, *rows: str) -> Checked:
        """Sees an edition of that day with these rows."""
        return self.see(when, "\n".join([f"edition {when}", *rows]))

    def owner(self, ref: str) -> str:
        """The slug of the provider whose row has a reference."""
        [row] = [one for one in listings.listing(self.store, self.source.name) if one.attestation.ref == ref]
        return row.provider.slug


def kinds(checked: Checked) -> list[str]:
    """The events of a look: kind and provider."""
    return [f"{event.kind} {event.provider.slug}" for event in checked.events]


def only(checked: Checked) -> Event:
    """The one event of a look."""
    [event] = checked.events
    return event
