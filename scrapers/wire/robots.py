"""What a host's robots.txt says to us, after RFC 9309."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from protego import Protego

if TYPE_CHECKING:
    from state.model import Page

AGENT = "vigilabel"
OTHER = "-"
"""Stands for every program that we are not: no program is called so."""
NAMING = frozenset({"user-agent", "useragent", "user agent"})
"""What the field that names a program is called, as Protego has it."""
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
    return Robots(page=page, rules=Protego.parse("\n".join(map(_of_us, text.splitlines()))))


def _of_us(line: str) -> str:
    """The line; one that names a program which we are not names the same one as any other.

    Protego gives each rule to each program that is named above it: with ten thousand of both, as fit into
    what is read, that is a hundred million rules, in the process that watches. What it tells of us stays.
    """
    named = _agent(line)
    if not named or AGENT.startswith(named.replace("*", "").lower()):
        return line
    return f"User-agent: {OTHER}"


def _agent(line: str) -> str | None:
    """The program that a line names, as Protego understands it; None for any other line."""
    field, colon, value = line.partition("#")[0].strip().partition(":")
    if colon and field.strip().lower() in NAMING:
        return value.strip()
    if colon and not value[:1].strip():
        return None  # another field, or one that nobody knows
    words = f"{field}{colon}{value}".split()
    rest = (words[many:] for many in (1, 2) if " ".join(words[:many]).lower() in NAMING)
    found = next(rest, None)
    return None if found is None else " ".join(found)
