"""How a process of a soak test dies: killed by itself after so many steps of one sort, as the system kills.

Steps of progress, never seconds: a faster machine dies at the same places.
"""

from __future__ import annotations

import os
import signal

from raw import sqlite_of

from notifiers.slack.bot import Slack
from state.file.opening import open_store
from state.file.store import Store
from state.words.post import Message, Receipt

LOOK, REQUEST, SEND, SENT, STATEMENT, OPERATION = "look", "request", "send", "sent", "statement", "operation"
OPERATIONS = 100
"""SQLite's own instructions that count as one step: deaths inside a statement, its commit among them."""


class Fate:
    """Counts steps of one sort, and ends the process at the last of them."""

    def __init__(self, sort: str = "", count: int = 0) -> None:
        self.sort, self.left = sort, count

    def step(self, sort: str) -> None:
        if sort != self.sort:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def open_store(self, state: str) -> Store:
        """The memory, whose every statement or hundred operations is a step."""
        store = open_store(state)
        if self.sort == STATEMENT:
            sqlite_of(store).set_trace_callback(lambda sql: self.step(STATEMENT))
        if self.sort == OPERATION:
            sqlite_of(store).set_progress_handler(lambda: self.step(OPERATION), OPERATIONS)
        return store


class Mortal(Slack):
    """The real notifier; dies before its post leaves, or after Slack took it and before we know."""

    fate = Fate()

    def send(self, message: Message) -> Receipt:
        self.fate.step(SEND)
        receipt = super().send(message)
        self.fate.step(SENT)
        return receipt
