"""Within which limits a document is read, and why a reading ended that gave nothing."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass

from state.model import Reason

MIB = 1 << 20
MOST = 64 * MIB
"""Bytes of one answer: 100,000 rows are 45 MiB."""
NEAR = 0.9
"""The share of its memory from which a child that was killed is taken to have died of want of it: libraries
end a process that gets no more memory in many ways."""
ENDED = frozenset(
    {
        "reading_late",
        "reading_over_processor",
        "reading_over_memory",
        "reading_wordy",
        "reading_killed",
        "reading_left",
        "reading_garbled",
        "reading_lost",
    }
)
"""The reasons why a reading ended: not the shape of a page, but what it did to the child that read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a reading may take in all, how long of the processor, and how many MiB beyond its start."""

    seconds: float = 180.0
    processor: int = 60
    memory: int = 512

    @property
    def late(self) -> Reason:
        return Reason.of("reading_late", seconds=round(self.seconds))

    @property
    def over_memory(self) -> Reason:
        return Reason.of("reading_over_memory", memory=self.memory)

    def end(self, told: Mapping[str, int | float]) -> Reason:
        """Why a child ended without an answer: its `signal` or `code`, the `seconds` of the processor and the
        MiB of `memory` that it had."""
        number = int(told["signal"])
        if number == signal.SIGXCPU or told["seconds"] >= self.processor:
            return Reason.of("reading_over_processor", seconds=self.processor)
        if number and told["memory"] >= NEAR * self.memory:
            return self.over_memory
        if number:
            return Reason.of("reading_killed", signal=signal.Signals(number).name)
        return Reason.of("reading_left", status=int(told["code"]))


GARBLED = Reason.of("reading_garbled")
LOST = Reason.of("reading_lost")
WORDY = Reason.of("reading_wordy", memory=MOST // MIB)
