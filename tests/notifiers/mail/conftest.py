"""A mail channel whose server is on the loopback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from mail_server import HOST, certified

from notifiers.mail.notifier import Mail
from notifiers.mail.page import Letterhead
from notifiers.mail.server import Server
from state.words.post import Message, Retraction

HEAD = Letterhead(channel="equipe", mailbox="veille@chu.example", name="Veille des labels")
NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
def mailing() -> Callable[..., Mail]:
    """Builds the notifier for a port; any field of it or of its server may be given."""

    def build(port: int, *to: str, **given: Any) -> Mail:
        own = {name: given.pop(name) for name in ("safe", "starttls", "user", "password") if name in given}
        known: dict[str, Any] = {
            "server": Server(host=HOST, port=port, **own),
            "head": HEAD,
            "recipients": to or ("rssi@chu.example",),
            "clock": lambda: NOON,
            "context": certified().trust,
            "timeout": 5.0,
            "pace": 0.0,
        }
        return Mail(**(known | given))

    return build


@pytest.fixture
def a_retraction() -> Callable[[Message], Message]:
    """The word that takes the first event of a message back."""

    def build(message: Message) -> Message:
        gone = Retraction(event=message.events[0].id, reason="page mal lue", by="U1", at=NOON)
        return replace(message, key="back", retracted=(gone,), matched=(), told=None)

    return build
