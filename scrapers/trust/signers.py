"""Who may sign a list: certificates that a list of lists names, while it does, and those of an operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A certificate by its SHA-256, and from when until when the EU's list named it (None: it still does)."""

    fingerprint: str
    since: datetime
    until: datetime | None = None

    def on(self, issued: datetime) -> bool:
        return self.since <= issued and (self.until is None or issued < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signers:
    """The certificates accepted for lists of one register: `pinned` at any time, `named` in their time."""

    pinned: frozenset[str] = frozenset()
    named: tuple[Named, ...] = ()

    def on(self, issued: datetime) -> frozenset[str]:
        """The fingerprints accepted for a list issued then."""
        return self.pinned | {one.fingerprint for one in self.named if one.on(issued)}

    def span_of(self, fingerprint: str) -> Named | None:
        """When the EU's list named a certificate; None when it never did."""
        return next((one for one in self.named if one.fingerprint == fingerprint), None)
