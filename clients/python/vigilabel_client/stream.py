"""Events as they are written: a stream of Server-Sent Events, read message by message."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vigilabel_client.reading import WrongShape, read
from vigilabel_client.shapes import Event

RETRY = 3.0
"""Seconds until whoever was cut off comes back, unless the watch says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One event of the stream. With its `id` a program that ended goes on where it was.

    `retracted`: it was taken back just now, and `event.retracted` says why; perhaps it was not heard before.
    """

    id: str
    event: Event
    retracted: bool = False


@dataclass(slots=True)
class Place:
    """Where a listener stands, and how long he stays away when he is cut off."""

    id: str
    retry: float = RETRY

    def heard(self, lines: Iterable[str]) -> Iterator[Heard]:
        """The events of a stream; the place moves on with each, and with what is no event."""
        given: dict[str, str] = {}
        for line in lines:
            if line:
                name, _, value = line.partition(":")
                given[name] = value.removeprefix(" ")
                continue
            self.id = given.get("id", self.id)
            self.retry = float(given["retry"]) / 1_000 if given.get("retry", "").isdecimal() else self.retry
            if "data" in given:
                yield Heard(
                    id=self.id, event=_event(given["data"]), retracted=given.get("event") == "retracted"
                )
            given = {}


def _event(data: str) -> Event:
    try:
        return read(Event, json.loads(data))
    except json.JSONDecodeError:
        raise WrongShape(f"expected an event, found {data!r:.80}") from None
