"""What a question is put to: the memory and what else an answer needs, the same for every door."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from state.names import slug as slug_of
from state.names import spoken
from state.seen.looks import runs
from state.seen.rows import overview
from watcher.ask.naming import Names
from watcher.ask.past.sighting import Stretch, stretches

if TYPE_CHECKING:
    from scrapers.source import Source
    from state.file.store import Store
    from state.model import Provider
    from state.seen.who.providers import Providers
    from watcher.ask.kept import Kept as Remembered

T = TypeVar("T")


PATIENCE = timedelta(days=45)
"""How long a time between two looks counts as watched, for a source that is no longer configured."""


@dataclass(frozen=True, kw_only=True)
class Archive:
    """What a question is put to: the memory, who is who, the configured sources, and the time it is.

    `kept` is what earlier questions to the same memory worked out, where somebody asks several.
    """

    store: Store
    providers: Providers
    sources: Mapping[str, Source]
    now: datetime
    kept: Remembered | None = None

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` works out of the memory alone; made once as long as nothing is written, where values
        are kept."""
        return self.kept.value(overview.edge(self.store), key, make) if self.kept else make()

    @property
    def names(self) -> Names:
        """Whom a name means."""
        return Names(self.providers, self.store)

    def reviewed(self, name: str) -> Provider | None:
        """The provider that a watched name is; None for words that are watched as they are written."""
        return self.names.known(name) or self.providers.named(name)

    def watched_as(self, name: str) -> str:
        """The key of a watched name: one provider's spellings share it, in whatever case and accents."""
        known = self.reviewed(name) or self.reviewed(slug_of(name))
        return known.slug if known else spoken(name)

    def patience(self, source: str) -> timedelta:
        """How long a time between two looks at a source counts as watched."""
        return self.sources[source].stale_after if source in self.sources else PATIENCE

    def seen(self, source: str) -> tuple[Stretch, ...]:
        """What was seen of a source, and when."""
        return self.once(("seen", source), lambda: stretches(runs.runs(self.store, source=source, good=True)))
