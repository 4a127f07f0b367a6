"""In which order a reader meets the events of one message."""

from __future__ import annotations

from collections.abc import Callable

from notifiers import digest
from state.model import Attestation, Event, Kind, Message

Build = Callable[..., Event]


def test_events_are_read_by_weight_then_by_label_as_it_matters_then_by_provider(
    an_event: Build, a_message: Callable[..., Message]
) -> None:
    def event(number: int, kind: Kind, label: str, name: str) -> Event:
        return an_event(kind, Attestation(label=label, holder=name), name, id=number)

    message = a_message(
        event(1, Kind.RENEWED, "hds", "Zèbre"),
        event(2, Kind.GAINED, "cspn", "Alpha"),
        event(3, Kind.LOST, "secnumcloud", "Outscale"),
        event(4, Kind.LOST, "hds", "Scalingo"),
        event(5, Kind.SERVICE_REMOVED, "secnumcloud", "OVHcloud"),
        event(6, Kind.GAINED, "a-label-of-tomorrow", "Alpha"),
        event(7, Kind.EXPIRED, "secnumcloud", "Outscale"),
        event(8, Kind.RENEWED, "hds", "Alpha"),
    )
    assert [one.id for one in digest.ordered(message)] == [4, 3, 7, 5, 2, 6, 8, 1]
