"""A tiny notifier, all that one is: a class, how it is made, and what `doctor` asks of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from notifiers.notifier import DeliveryError, Means, Notifier, Probe, Unset
from notifiers.said import parts
from state.model import Reason
from state.words.post import Message, Receipt

LOFT = "PIGEON_LOFT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pigeon:
    """Carries each message to a file of its channel: that of its ring, where it has one."""

    loft: Path
    ring: str = ""
    pace: float = 0.0

    def send(self, message: Message) -> Receipt:
        ring = self.ring or message.channel.removeprefix("pigeon:")
        try:
            with (self.loft / ring).open("a", encoding="utf-8") as file:
                file.write(parts.whole(message) + "\n")
        except OSError as error:
            why = Reason.of("as_said", text=f"the loft is closed ({type(error).__name__})")
            raise DeliveryError(why, permanent=True) from error
        return Receipt(id=message.key)

    def find(self, message: Message) -> Receipt | None:
        return None

    def revise(self, message: Message, receipt: Receipt) -> None:
        pass


def make(means: Means) -> Notifier:
    loft, ring = means.setting(LOFT), urlsplit(means.named.url).hostname if means.named else ""
    return (
        Pigeon(loft=Path(loft), ring=ring or "")
        if loft
        else Unset(Reason.of("as_said", text=f"{LOFT} is not set"))
    )


def probe(means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    loft = means.setting(LOFT)
    found = loft if loft and Path(loft).is_dir() else "no such room"
    yield Probe(what="loft", good=found == loft, found=found, fix="" if found == loft else f"set {LOFT}")
    yield Probe(what="rings", good=None, found=", ".join(channels) or "none in use")
