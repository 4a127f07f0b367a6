"""What stands on every mail of a channel."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What stands on every mail of a channel: the mailbox that it is from, with the name shown for it, and
    the public address of the pages."""

    channel: str
    mailbox: str
    name: str = ""
    pages: str = ""

    @property
    def domain(self) -> str:
        return self.mailbox.rpartition("@")[2]

    @property
    def stop(self) -> str:
        """The link by which a recipient asks to hear no more: a person reads it."""
        return f"mailto:{self.mailbox}?subject={quote(f'unsubscribe {self.channel}')}"
