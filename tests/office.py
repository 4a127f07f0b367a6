"""An office that watches the toy register and delivers to channels that do as they are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from toy_register import ToyRegister, day, page

from notifiers.notifier import DeliveryError
from state.file.opening import open_store
from state.file.store import Store
from state.model import Weight
from state.owed import outbox, subscriptions
from state.seen.who.providers import load_providers
from state.words.post import Message, Owed, Receipt, Subscription
from watcher.look.check import look
from watcher.look.record import Watch
from watcher.tell.deliver import Post, deliver
from watcher.tell.send import Sent

START = day("2026-01-01")


@dataclass
class Line:
    """A channel's notifier that does what it is told: raises each of `refusals` in turn, then accepts."""

    refusals: list[DeliveryError] = field(default_factory=list)
    got: list[Message] = field(default_factory=list)
    arrived_unnoticed: set[str] = field(default_factory=set)
    asked: int = 0
    pace: float = 0.0
    revised: list[tuple[Message, Receipt]] = field(default_factory=list)

    def send(self, message: Message) -> Receipt:
        if self.refusals:
            raise self.refusals.pop(0)
        self.got.append(message)
        return Receipt(id=f"ts{len(self.got)}")

    def find(self, message: Message) -> Receipt | None:
        self.asked += 1
        return Receipt(id="found") if message.key in self.arrived_unnoticed else None

    def revise(self, message: Message, receipt: Receipt) -> None:
        self.revised.append((message, receipt))

    def events(self) -> list[int]:
        return [event.id for message in self.got for event in message.events]


class Died(BaseException):
    """The process is gone: nothing after this runs, and no handler may catch it."""


@dataclass
class Shown(Line):
    """A channel that shows what it took, and can be asked."""

    def find(self, message: Message) -> Receipt | None:
        shown = [number for number, one in enumerate(self.got, 1) if one.key == message.key]
        return Receipt(id=f"ts{shown[0]}") if shown else None


def mortal(store: Store, left: int) -> Store:
    """The memory, whose process dies before statement `left`."""
    really = store.q

    def q(sql: str, **params: Any) -> list[dict[str, Any]]:
        nonlocal left
        left -= 1
        if left == 0:
            raise Died
        return really(sql, **params)

    store.q = q  # type: ignore[method-assign]
    return store


class Office:
    """A memory with two channels, `C1` and `C2`, that want everything, and operators at `COPS`."""

    def __init__(self, path: Path) -> None:
        self.url = str(path / "state.db")
        self.now = START
        self.lines = {"C1": Line(), "C2": Line(), "COPS": Line()}
        with open_store(self.url) as store, store.transaction():
            for channel in ("C1", "C2"):
                wish = Subscription(id=0, channel=channel, words=("all", "low"), floor=Weight.LOW)
                subscriptions.subscribe(store, wish)
        self.see(0)

    def see(self, firms: int, renamed: int = 0) -> None:
        """One more look at a register with so many firms, the first ones printed under another name."""
        self.now += timedelta(days=1)
        names = [f"Firm {n} Conseil" if n < renamed else f"Firm {n}" for n in range(firms)]
        lines = [f"passi | {name} | - | 2025_{n} | 2025-01-01 | 2028-01-01" for n, name in enumerate(names)]
        text = "\n".join([f"edition {self.now.date()}", *lines])
        with open_store(self.url) as store:
            watch = Watch(store=store, providers=load_providers(store), operators="COPS")
            look(ToyRegister(), [page(text, self.now)], watch, self.now)

    def see_renamed(self, firms: int) -> None:
        """One more look, at the same firms under another name."""
        self.see(firms, renamed=firms)

    def deliver(self, owner: str = "me") -> Sent:
        return deliver(self.post(owner), lambda: self.now)

    def post(self, owner: str = "me", **fields: Any) -> Post:
        """What delivering works with here; `fields` replace some of it."""
        given: dict[str, Any] = {
            "epoch": 0 if "elapsed" in fields else None,
            "open_store": lambda: open_store(self.url),
            "notifier_of": self.lines.__getitem__,
            "owner": owner,
            "operators": "COPS",
            **fields,
        }
        return Post(**given)

    def states(self, channel: str) -> list[str]:
        return [owed.state for owed in self.owed(channel)]

    def owed(self, channel: str) -> tuple[Owed, ...]:
        with open_store(self.url) as store:
            return outbox.owed(store, channel=channel)
