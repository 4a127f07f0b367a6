"""The sources: one module a register, none of which knows another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapers.ans_hds.source import AnsHds
from scrapers.anssi_catalogue.source import AnssiCatalogue
from scrapers.anssi_pending.source import AnssiPending
from scrapers.tl_fr.source import TlFr

if TYPE_CHECKING:
    from scrapers.source import Source

SOURCES: tuple[Source, ...] = (AnssiCatalogue(), AnssiPending(), AnsHds(), TlFr())
"""Every register that vigilabel reads, in the order they are shown."""
