"""Events to tell: one builder, and one event of each kind as a register would bring it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from every_event import S3NS, build_event, build_notice, every_case

from state.model import Attestation, Event, Kind
from state.words.post import Message, Notice


@pytest.fixture
def an_event() -> Callable[..., Event]:
    """Builds an event: kind, attestation, provider's name, and any field."""
    return build_event


@pytest.fixture
def a_notice() -> Callable[..., Notice]:
    """Builds a notice: kind, subject."""
    return build_notice


@pytest.fixture
def cases() -> dict[str, Event]:
    """One event of each kind, and the variants that are worded otherwise."""
    return every_case()


@pytest.fixture
def a_message() -> Callable[..., Message]:
    """Builds a message for the channel C1 with these events."""

    def build(*events: Event, lang: str = "fr", **fields: Any) -> Message:
        known: dict[str, Any] = {"key": "run-7", "channel": "C1", "lang": lang, "events": events}
        return Message(**(known | fields))

    return build


@pytest.fixture
def s3ns() -> Attestation:
    """The row everybody waited for."""
    return S3NS


@pytest.fixture
def many(an_event: Callable[..., Event]) -> tuple[Event, ...]:
    """A hundred events of several kinds, weights and providers."""
    kinds = [k for k in Kind if k is not Kind.EXPIRING]
    return tuple(
        an_event(kinds[n % len(kinds)], name=f"Fournisseur {n:03d}", id=1_000 + n, expected=False)
        for n in range(100)
    )
