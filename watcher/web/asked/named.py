"""What an address names: one provider, label, event or day, or `NotFound` with what may have been meant."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from state.seen.events import log
from state.words.labels import LABELS, PLUS, TOGETHER, meant, unknown_together
from state.words.meant import alike
from watcher.errors import NotFound, NotTogether
from watcher.web.asked.parts import LONGEST, day_of

if TYPE_CHECKING:
    from state.model import Event, Provider
    from watcher.web.asked.site import Visit

MOST_DIGITS = 18
"""Digits of a number that a memory can be asked for."""


def provider_asked(visit: Visit) -> Provider:
    """The provider that the address names by its slug; raises `NotFound` with names like it."""
    return provider_named(visit, visit.request.path_params["slug"])


def provider_named(visit: Visit, text: str) -> Provider:
    """The one provider that a name means; raises `NotFound` with the several that it may mean, or with names
    like it."""
    names = visit.archive.names
    meant = names.meant(text[:LONGEST])
    if len(meant) != 1:
        close = tuple(one.slug for one in meant) or names.close(text[:80])
        raise NotFound(text[:80], *close)
    return meant[0]


def label_or_together(visit: Visit) -> str:
    """The one label in the address, or the slug of labels together; raises `NotFound`."""
    word: str = visit.request.path_params["label"]
    # A plus that somebody took for a blank is one still.
    found = meant(word[:LONGEST]) or meant(PLUS.join(word[:LONGEST].split()))
    if unknown_together(word[:LONGEST]):
        raise NotTogether(word[:80], *TOGETHER)
    if len(found) != 1:
        raise NotFound(word[:80], *(found or alike(word[:LONGEST], LABELS)), code="no_label")
    return found[0]


def event_asked(visit: Visit) -> Event:
    """The event in the address; raises `NotFound`."""
    text: str = visit.request.path_params["number"]
    if not (text.isascii() and text.isdecimal()) or len(text) > MOST_DIGITS:
        raise NotFound(text[:80], code="no_event")
    try:
        return log.event(visit.store, int(text))
    except LookupError as error:
        raise NotFound(text, code="no_event") from error


def day_asked(visit: Visit) -> date:
    """The day in the address; raises `BadQuestion`."""
    return day_of("date", visit.request.path_params["day"])
