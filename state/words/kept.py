"""The words of keeping: the documents of one look, and how a known listing becomes the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from state.model import Known


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
