"""How the pages of candidates are seen: which scheme each is of, how its entries were found, and how many."""

from __future__ import annotations

from collections.abc import Sequence

from scrapers.anssi_pending.reading import label_of
from scrapers.anssi_pending.rows import addresses_in, entries_of
from scrapers.anssi_pending.words import NAME, NOBODY, PENDING, WORDS
from scrapers.page.html import Document, open_page
from scrapers.page.records import table_groups
from scrapers.source import Explanation, SourceError
from state.model import Page, Reason


def explained(pages: Sequence[Page], schemes: Sequence[tuple[str, str]]) -> Explanation:
    """How the pages are seen, each as far as it can be."""
    counts: list[tuple[str | Reason, int]] = []
    notes: list[Reason] = []
    heads: dict[str, None] = {}
    for at, page in enumerate(pages):
        try:
            document = open_page(NAME, at, page)
            label = label_of(document, page, schemes)
            entries = len(entries_of(document))
            counts.append((label, entries))
            notes += notes_on(document, label, entries)
        except SourceError as error:
            notes += error.reasons
            continue
        heads |= dict.fromkeys(h for group in table_groups(document, WORDS) for h in group.heads)
    found = sum(number for _, number in counts)
    return Explanation(
        kind=Reason.of("kind_candidates", known=len(counts), pages=len(pages)),
        found_by=Reason.of("found_candidates") if found else None,
        heads=tuple((head, WORDS.field_of(head)) for head in heads),
        counts=tuple(counts),
        notes=tuple(notes),
    )


def notes_on(document: Document, label: str, entries: int) -> list[Reason]:
    """What a person should check on one page."""
    notes = []
    if not PENDING.search(document.text):
        notes.append(Reason.of("note_not_pending", scheme=label))
    if not entries and NOBODY.search(document.text):
        notes.append(Reason.of("note_nobody", scheme=label))
    if (printed := addresses_in(document)) not in (0, entries):
        notes.append(Reason.of("fewer_candidates", scheme=label, addresses=printed, read=entries))
    return notes
