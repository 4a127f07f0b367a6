"""The sources: one module a register, none of which knows another."""

from __future__ import annotations

from scrapers.ans_hds.source import AnsHds
from scrapers.anssi_catalogue.source import AnssiCatalogue
from scrapers.anssi_pending.source import AnssiPending
from scrapers.source import Source
from scrapers.tl_fr.source import TlFr

SOURCES: tuple[Source, ...] = (AnssiCatalogue(), AnssiPending(), AnsHds(), TlFr())
"""Every register that vigilabel reads, in the order they are shown."""
