"""How an edition of the catalogue is seen: its stamp, its sections, its columns, and the rows of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scrapers.anssi_catalogue.reading import read_stamp
from scrapers.anssi_catalogue.sections import Section, Sections, read_sections, resolve
from scrapers.anssi_catalogue.tables import Table, read_tables
from scrapers.anssi_catalogue.words import SCOPES
from scrapers.print.pdf import read_pdf
from scrapers.source import Explanation, LayoutChanged, NotReadable, TooMuch, effort
from state.model import Page, Reason

if TYPE_CHECKING:
    from scrapers.anssi_catalogue.grid import Column
    from scrapers.print.drawn import Drawing

SHOWN = 30


def explained(pages: Sequence[Page]) -> Explanation:
    """How the catalogue is seen, as far as it can be: what stops the reading is a note."""
    if len(pages) != 1:
        return Explanation(kind=Reason.of("kind_not_one_catalogue", found=len(pages)))
    work = effort()
    try:
        drawing = read_pdf(pages[0].body, work)
    except NotReadable as error:
        return Explanation(kind=Reason.of("kind_no_pdf"), notes=error.reasons)
    kind = Reason.of("kind_catalogue", pages=len(drawing.sheets), entries=len(drawing.outline))
    notes = (stamp_note(drawing),)
    try:
        sections = read_sections(drawing.outline, drawing.sheets, work)
        tables = read_tables(drawing, sections, work)
    except (LayoutChanged, TooMuch) as error:
        titles = [entry.title for entry in resolve(drawing.outline) if entry.label is None]
        unknown = Reason.of("note_titles", titles=", ".join(titles[:SHOWN]))
        return Explanation(kind=kind, notes=(*notes, *error.reasons, unknown))
    return Explanation(
        kind=kind,
        found_by=Reason.of("found_drawn", tables=len(tables), sections=len(sections.entries)),
        heads=tuple(heads(tables)),
        counts=tuple(counts(sections, tables)),
        notes=notes,
    )


def stamp_note(drawing: Drawing) -> Reason:
    """When the edition says it was made, or that its stamp is not understood."""
    try:
        return Reason.of("note_stamp", at=f"{read_stamp(drawing):%Y-%m-%dT%H:%M}Z")
    except LayoutChanged as error:
        return error.reason


def heads(tables: Sequence[Table]) -> Iterator[tuple[str, str | None]]:
    """Each printed head once, with the field or the activity it states."""
    seen: set[str] = set()
    for table in sorted(tables, key=lambda table: bool(table.section and table.section.auditors)):
        for column in table.columns:
            if column.key not in seen:
                seen.add(column.key)
                yield column.head, sense(column, table.section)


def sense(column: Column, section: Section | None) -> str | None:
    """The field or the activity a column states; "" in tables of evaluation bodies, None when not known."""
    if section is not None and section.auditors:
        return ""
    label = section.label if section is not None else None
    return column.field or ("scope" if column.key in SCOPES.get(label or "", {}) else None)


def counts(sections: Sections, tables: Sequence[Table]) -> Iterator[tuple[Reason, int]]:
    """Rows by section, in the order of print; sections that state holders are named even when empty."""
    rows: Counter[int] = Counter()
    for table in tables:
        rows[id(table.section)] += len(table.rows)
    for entry in sections.entries:
        if rows[id(entry)] or (entry.holders and entry.leaf):
            yield Reason.of("place_section", title=entry.title, meant=meant(entry)), rows[id(entry)]


def meant(entry: Section) -> Reason | str:
    """What the rows of a section state."""
    if entry.auditors:
        return Reason.of("place_of_auditors")
    return entry.coverage or Reason.of("place_not_read")
