"""The sections of the catalogue, found by the words of their titles: their numbers and pages move."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapers.anssi_catalogue.words import (
    ANNEX,
    ARCHIVED,
    AUDITORS,
    ENDED,
    FORMS,
    HOLDERS,
    NAME,
    NOTHING,
    NUMBERING,
    TITLES,
    title_key,
)
from scrapers.source import Effort, LayoutChanged
from state.model import Reason

if TYPE_CHECKING:
    from scrapers.print.drawn import Bookmark, Sheet

HEADING = 70.0  # points: a heading of three lines is lower than this
LEAD = 8.0  # points: the outline leads to a little above the letters of a heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One entry of the outline: where it starts, and what its tables state.

    `label` is None where no label is meant. `auditors` marks the bodies that evaluate: never holders.
    `family` is the family of qualified products. `leaf` says that no section lies inside it.
    """

    title: str
    page: int
    top: float
    label: str | None = None
    archived: bool = False
    annex: bool = False
    auditors: bool = False
    family: str | None = None
    leaf: bool = True

    @property
    def holders(self) -> bool:
        """Whether the tables here state who holds a label."""
        return self.label is not None and not self.auditors

    @property
    def coverage(self) -> str:
        """The entry of `Listing.covers` for this section; "" where it states nothing."""
        return "" if not self.holders else f"{self.label}:archived" if self.archived else f"{self.label}"

    @property
    def place(self) -> str:
        return f"p. {self.page}, {self.title!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """All sections in reading order."""

    entries: tuple[Section, ...]

    def at(self, page: int, height: float) -> Section | None:
        """The section that a spot on a page belongs to, None before the first."""
        index = bisect_right(self.entries, (page, -height), key=lambda entry: (entry.page, -entry.top))
        return self.entries[index - 1] if index else None


def read_sections(outline: Sequence[Bookmark], sheets: Sequence[Sheet], work: Effort) -> Sections:
    """The sections, each checked to be printed where the outline says, every label among them.

    Raises `LayoutChanged` for a missing outline or label, and for an entry that leads elsewhere: rows would
    be read under the wrong label.
    """
    if not outline:
        raise LayoutChanged(NAME, Reason.of("no_outline"))
    entries = tuple(sorted(resolve(outline), key=lambda entry: (entry.page, -entry.top)))
    for entry in entries:
        check_heading(entry, sheets, work)
    covered = {entry.coverage for entry in entries}
    missing = [label for label in FORMS if label not in covered]
    if missing:
        titles = ", ".join(entry.title for entry in entries if entry.label is None)
        raise LayoutChanged(NAME, Reason.of("no_section", labels=str(missing), titles=titles))
    return Sections(entries=entries)


def resolve(outline: Sequence[Bookmark]) -> Iterator[Section]:
    """Each bookmark as a section, with what it inherits from the one above it."""
    above: list[tuple[int, Section]] = []
    for index, mark in enumerate(outline):
        while above and above[-1][0] >= mark.level:
            above.pop()
        leaf = index + 1 == len(outline) or outline[index + 1].level <= mark.level
        section = meaning(mark, above[-1][1] if above else None, leaf=leaf)
        above.append((mark.level, section))
        yield section


def meaning(mark: Bookmark, parent: Section | None, *, leaf: bool) -> Section:
    """One section. A title never seen below a label states nothing: it may list the suspended."""
    key = title_key(mark.title)
    label, archived, family = None, False, None
    auditors = bool(AUDITORS.search(key)) or (parent is not None and parent.auditors)
    annex = bool(ANNEX.search(key)) or (parent is not None and parent.annex)
    own = next((name for name, pattern in TITLES if pattern.search(key)), None)
    if parent is not None and parent.label is not None:
        archived, family = parent.archived, parent.family
        if auditors or HOLDERS.search(key) or own == parent.label:
            label = parent.label
        # A family of products is an unknown title below a known one; one of the suspended would be as well.
        elif parent.label == "qualified-product" and not ENDED.search(key):
            label, family = parent.label, NUMBERING.sub("", mark.title)
    elif own is not None and annex == bool(ARCHIVED.search(key)):
        label, archived = own, annex
    return Section(
        title=mark.title,
        page=mark.page,
        top=mark.top,
        label=label,
        archived=archived,
        annex=annex,
        auditors=auditors,
        family=family,
        leaf=leaf,
    )


def check_heading(section: Section, sheets: Sequence[Sheet], work: Effort) -> None:
    """Raises `LayoutChanged` unless the title is printed where the outline leads."""
    if not 1 <= section.page <= len(sheets):
        raise LayoutChanged(NAME, Reason.of("section_nowhere", title=section.title))
    runs = sheets[section.page - 1].runs
    work.spend(len(runs))  # a page may be led to by any number of entries
    printed = "".join(run.text for run in runs if section.top - HEADING < run.middle < section.top + LEAD)
    # Letters only: a long title is broken over lines, and its footnote marks change from edition to edition.
    if squeezed(section.title) not in squeezed(printed):
        raise LayoutChanged(NAME, Reason.of("other_heading", found=printed[:80]), section.place)


def squeezed(text: str) -> str:
    """The letters of a text, folded: what is left when white space, numbers and signs do not count."""
    return "".join(c for c in title_key(text) if c.isalpha())


def says_nothing(section: Section, sections: Sections, sheets: Sequence[Sheet], work: Effort) -> bool:
    """Whether the section says in words that it lists nothing ("Aucun produit qualifié à ce jour.")."""
    pages = sheets[section.page - 1 : section.page + 1]
    work.spend(sum(len(sheet.runs) for sheet in pages))
    return any(
        NOTHING.match(title_key(run.text.strip()))
        for sheet in pages
        for run in sheet.runs
        if sections.at(sheet.number, run.middle) is section
    )
