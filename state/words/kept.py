"""The words of keeping: pages of a look, how a listing becomes the next one, what is known of a source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from state.model import Known, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All documents of one look, as the memory keeps them.

    `digest` covers addresses and bytes, in order: two looks with equal digests saw the same thing. `urls` and
    `sha256s` run parallel to the pages.
    """

    id: int
    source: str
    digest: str
    urls: tuple[str, ...]
    sha256s: tuple[str, ...]
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """How a known listing becomes the next one.

    `added` are new lines of life; `revised` have other facts than before (a new version of the line);
    `touched` have the same facts, and a newer place, link or count of missing looks; `removed` are the rows
    that are gone.
    """

    added: tuple[Known, ...] = ()
    revised: tuple[Known, ...] = ()
    touched: tuple[Known, ...] = ()
    removed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the memory knows of one source: the last looks, the accepted listing, and its trouble.

    `revision` and `snapshot` are those of the accepted listing; `imprint` is what its pages showed, "" where
    that cannot be told; `covers` what it covered; `next_update` when the publisher promised to follow it,
    None where nothing is promised. `failures` counts failed runs since the last good one, `failing_since` is
    the first of them. `told` is the trouble operators have been told of ("" for none).
    """

    source: str
    revision: int = 0
    snapshot: int | None = None
    imprint: str = ""
    edition_at: datetime | None = None
    next_update: datetime | None = None
    covers: frozenset[str] = frozenset()
    last_look: datetime | None = None
    last_good: datetime | None = None
    outcome: Outcome | None = None
    message: str = ""
    failures: int = 0
    failing_since: datetime | None = None
    told: str = ""
