"""What a host's robots.txt says to us, after RFC 9309."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from protego import Protego

if TYPE_CHECKING:
    from state.model import Page

AGENT = "vigilabel"
GOOD_FOR = timedelta(hours=24)
"""RFC 9309 §2.4: a copy should not be used for more than 24 hours."""
READ = 500 * 1024
"""RFC 9309 §2.5: at least 500 KiB are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """One robots.txt as the server sent it, and its rules; a missing one (4xx) closes nothing."""

    page: Page
    rules: Protego = field(repr=False)

    @property
    def delay(self) -> float:
        """The pause the host wishes between two requests, in seconds; 0 when it names none."""
        wish = self.rules.crawl_delay(AGENT)
        return max(0.0, wish) if wish is not None else 0.0

    def allows(self, url: str) -> bool:
        return bool(self.rules.can_fetch(url, AGENT))

    def fresh(self, now: datetime) -> bool:
        """Whether the copy may still be used; one of a day to come was fetched by a clock that was ahead."""
        return abs(now - self.page.fetched_at) < GOOD_FOR


def robots(page: Page) -> Robots:
    """The rules of a fetched robots.txt; an answer of 4xx has none (RFC 9309 §2.3.1.3)."""
    # A byte that is no UTF-8 spoils one line, and not all rules behind it.
    text = page.body[:READ].decode("utf-8", "replace") if page.status == 200 else ""
    return Robots(page=page, rules=Protego.parse(text))
