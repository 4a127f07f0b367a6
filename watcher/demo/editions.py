"""The editions of ANSSI's catalogue that come with the program, and when each was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from state.model import Page
from watcher.errors import Failed

if TYPE_CHECKING:
    from notifiers.said.voice import Voice
    from scrapers.source import Source

SOURCE = "anssi-catalogue"
INSTALLED = Path(__file__).parent / "saved"
"""Where a wheel has them (`pyproject.toml`); a checkout keeps them once, with what the tests know of them."""
CHECKOUT = Path(__file__).parents[2] / "tests" / "fixtures" / "anssi_catalogue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One saved edition, and when the program pretends to have looked at it."""

    file: str
    seen_at: datetime


DECEMBER = Edition(file="catalogue-2025-12-05.pdf", seen_at=datetime(2025, 12, 5, 18, 30, tzinfo=UTC))
JANUARY = Edition(file="catalogue-2026-01-27.pdf", seen_at=datetime(2026, 1, 27, 18, 30, tzinfo=UTC))
MARCH = Edition(file="catalogue-2026-03-04.pdf", seen_at=datetime(2026, 3, 4, 18, 30, tzinfo=UTC))
SHIPPED = (DECEMBER, JANUARY, MARCH)


def body_of(edition: Edition, say: Voice) -> bytes:
    """The document; raises `Failed` where an installation lost it."""
    place = INSTALLED if INSTALLED.is_dir() else CHECKOUT
    try:
        return (place / edition.file).read_bytes()
    except OSError as error:
        raise Failed(say("failed.demo_edition", file=edition.file, why=error.strerror)) from error


def page_of(edition: Edition, source: Source, say: Voice) -> Page:
    """The document as a saved page of its source; raises `Failed`."""
    return Page(
        url=f"import:{edition.file}",
        requested_url=source.url,
        body=body_of(edition, say),
        fetched_at=edition.seen_at,
    )
