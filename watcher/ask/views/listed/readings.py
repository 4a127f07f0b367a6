"""Readings that are not stored, as views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from watcher.ask.views.listed.rows import Attestation, attestation_view
from watcher.look.compare.nameless import read_with_providers

if TYPE_CHECKING:
    from state.model import Listing
    from state.seen.who.providers import Providers


def reading_views(listing: Listing, providers: Providers) -> list[Attestation]:
    """The rows of a reading that is not stored."""
    return [
        attestation_view(one.attestation, listing.source, one.provider)
        for one in read_with_providers(listing, providers)
    ]
