"""What operators noted, as views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from watcher.ask.views.form import Time, filled

if TYPE_CHECKING:
    from state.noted.footings import Noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """A note of an operator that a provider, or one service of it, runs on another; both by slug."""

    provider: str
    provider_name: str
    service: str
    host: str
    host_name: str
    reason: str
    by: str
    at: Time


def footing_view(told: Noted) -> Footing:
    return filled(
        Footing,
        told,
        provider=told.provider.slug,
        provider_name=told.provider.name,
        host=told.host.slug,
        host_name=told.host.name,
    )
