"""The sources: one module a register, none of which knows another."""

from __future__ import annotations

from scrapers.anssi_catalogue import AnssiCatalogue
from scrapers.source import Source

SOURCES: tuple[Source, ...] = (AnssiCatalogue(),)
"""Every register that vigilabel reads, in the order they are shown."""
