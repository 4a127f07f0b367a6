"""All that is known of one provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.seen.events import log
from state.seen.rows import listings, overview
from state.seen.taken_back import retractions as kept
from state.seen.who import spellings
from watcher.ask.holders import by_holder

if TYPE_CHECKING:
    from state.file.store import Store
    from state.model import Event, Provider, Version
    from state.noted.documents import Kept
    from state.words.post import Retraction
    from watcher.ask.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All that is known of one provider: its spellings, its rows now, and its timeline, newest first, with
    those of its events that were retracted."""

    provider: Provider
    aliases: tuple[str, ...]
    rows: tuple[Version, ...]
    events: tuple[Event, ...]
    retracted: Mapping[int, Retraction]
    documents: tuple[Kept, ...] = ()

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The numbers under which states registered it, as its rows print them."""
        said = {numbers for row in self.rows if (numbers := row.known.attestation.extra.get("registration"))}
        if not said:  # as of most
            return ()
        from state.words.identifiers import printed_identifiers

        return tuple(sorted({number for numbers in said for number in printed_identifiers(numbers)}))

    @property
    def countries(self) -> tuple[str, ...]:
        """The states on whose lists it stands."""
        return tuple(sorted({state for row in self.rows if (state := row.known.attestation.country)}))


def documents_of(store: Store, provider: str) -> tuple[Kept, ...]:
    """What documents say of a provider (a slug): of few there are any."""
    if not overview.documented_of(store, [provider]):
        return ()
    from state.noted.documents import documents

    return documents(store, provider=provider)


def profile_of(archive: Archive, provider: Provider) -> Profile:
    store, slug = archive.store, provider.slug
    printed = spellings.holders(store, slug, in_order=True)
    events = log.events(store, who=slug, newest_first=True)
    return Profile(
        provider=provider,
        aliases=tuple(dict.fromkeys((*archive.providers.aliases(slug), *printed))),
        rows=tuple(sorted(listings.versions(store, provider=slug, open=True), key=by_holder)),
        events=events,
        retracted=kept.retractions(store, [event.id for event in events]),
        documents=documents_of(store, slug),
    )
