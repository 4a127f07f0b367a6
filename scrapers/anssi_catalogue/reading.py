"""An edition of the catalogue: read whole, and checked before it is believed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from scrapers.anssi_catalogue.rows import Reading, check_columns, documents, read_table
from scrapers.anssi_catalogue.sections import Sections, read_sections, says_nothing
from scrapers.anssi_catalogue.tables import Table, is_document, read_tables
from scrapers.anssi_catalogue.words import AUDITOR_HEAD, FORMS, NAME
from scrapers.print.pdf import read_pdf
from scrapers.source import Effort, LayoutChanged, NotReadable, TooMuch, effort
from state.model import PARIS, Attestation, Listing, Page, Reason, Remark, Unreadable

if TYPE_CHECKING:
    from scrapers.print.drawn import Drawing

# Sought in text without blanks: where the cover breaks its line is its own affair.
STAMP = re.compile(r"Cataloguemis[àa]jourle(\d\d)/(\d\d)/(\d{4})[àa](\d\d)[:h](\d\d)(?::(\d\d))?")
# The word before what must not stand before it: text is searched for a word three times faster than for a
# border. Nine digits at most: Python makes no number of thousands.
FOOTER = re.compile(r"Page(?<!\wPage)\s+(\d{1,9})\s+sur\s+(\d{1,9})\b")
FEW_SHARE, FEW = 0.02, 10  # unreadable rows that are put up with: by label, and in all


def read_edition(pages: Sequence[Page]) -> Listing:
    """All attestations of an edition. Raises `LayoutChanged` for anything missing or not understood."""
    if len(pages) != 1:
        raise LayoutChanged(NAME, Reason.of("not_one_document", found=len(pages)))
    work = effort()
    try:
        return read_catalogue(read_pdf(pages[0].body, work), work)
    except TooMuch as error:
        raise LayoutChanged(NAME, error.reason) from error
    except NotReadable as error:
        raise LayoutChanged(NAME, Reason.of("no_catalogue", found=error.reason)) from error


def read_catalogue(drawing: Drawing, work: Effort) -> Listing:
    """The listing that a drawn edition states, after all checks that need no other edition."""
    odd = check_footers(drawing)
    edition = read_stamp(drawing)
    sections = read_sections(drawing.outline, drawing.sheets, work)
    tables = read_tables(drawing, sections, work)
    readings, remarks = read_rows(tables)
    check_empty(sections, tables, drawing, work)
    check_links(drawing, sections, tables)
    attestations = tuple(r.found for r in readings if isinstance(r.found, Attestation))
    unreadable = tuple(r.found for r in readings if isinstance(r.found, Unreadable))
    # After all that finds rows, since a table that is not found leaves no row that could be unreadable.
    check_unreadable(attestations, unreadable)
    check_refs(attestations)
    remarks += [*odd, *(remark for reading in readings for remark in reading.remarks)]
    remarks += past_end(attestations, edition.astimezone(PARIS).date())
    return Listing(
        source=NAME,
        attestations=attestations,
        covers=frozenset(entry.coverage for entry in sections.entries if entry.coverage),
        edition_at=edition,
        remarks=first_of_each(remarks),
        unreadable=unreadable,
    )


def first_of_each(remarks: Sequence[Remark]) -> tuple[Remark, ...]:
    found: dict[str, Remark] = {}
    for remark in remarks:
        found.setdefault(remark.topic, remark)
    return tuple(found.values())


def read_stamp(drawing: Drawing) -> datetime:
    """When the edition says it was made, as aware UTC; the stamp prints Paris time."""
    # Without spaces: the stamp is set in pieces, and where they part differs.
    printed = "".join("".join(run.text.split()) for sheet in drawing.sheets[:1] for run in sheet.runs)
    found = STAMP.search(printed)
    if found is None:
        raise LayoutChanged(NAME, Reason.of("no_stamp", found=printed[-80:]), "p. 1")
    day, month, year, hour, minute, second = (int(number or 0) for number in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=PARIS).astimezone(UTC)
    except ValueError as error:
        raise LayoutChanged(NAME, Reason.of("odd_stamp", found=found[0]), "p. 1") from error


def check_footers(drawing: Drawing) -> list[Remark]:
    """Raises `LayoutChanged` when a footer contradicts the pages that came: some are missing. Gives a remark
    when no page has one."""
    total, seen = len(drawing.sheets), 0
    for sheet in drawing.sheets:
        for footer in FOOTER.finditer(" ".join([run.text for run in sheet.runs])):
            seen += 1
            if (int(footer[1]), int(footer[2])) != (sheet.number, total):
                page, printed = sheet.number, footer[1]
                other = Reason.of("other_footer", page=page, pages=total, printed=printed, of=footer[2])
                raise LayoutChanged(NAME, other, f"p. {page}")
    return [] if seen else [Remark(topic="footers", reason=Reason.of("no_footers"))]


def read_rows(tables: Sequence[Table]) -> tuple[list[Reading], list[Remark]]:
    """All rows of the tables that state holders; remarks on tables and columns never seen before."""
    readings: list[Reading] = []
    remarks: list[Remark] = []
    for table in tables:
        section = table.section
        keys = [column.key for column in table.columns]
        names_holders = any(column.field in ("holder", "link") for column in table.columns)
        if AUDITOR_HEAD in keys and not names_holders:
            continue
        if section is not None and section.auditors and names_holders:
            raise LayoutChanged(NAME, Reason.of("bodies_hold", columns=", ".join(keys)), table.place)
        if section is None or section.label is None or not names_holders:
            remarks.append(unknown_table(table))
            continue
        remarks += check_columns(table, FORMS[section.label], section.label)
        readings += read_table(table, section)
    return readings, remarks


def unknown_table(table: Table) -> Remark:
    """The remark on a table that no known section explains."""
    title = table.section.title if table.section else ""
    columns = ", ".join(column.head for column in table.columns)
    why = Reason.of("unknown_table", place=table.place, columns=columns)
    return Remark(topic=f"table:{title}", reason=why)


def check_empty(sections: Sections, tables: Sequence[Table], drawing: Drawing, work: Effort) -> None:
    """Raises `LayoutChanged` for a section that neither has rows nor says in words that it has none, and for
    a label whose sections are all of a kind never seen: it would be covered and empty."""
    filled = {id(table.section) for table in tables if table.rows}
    stated = {each.coverage for each in sections.entries if each.leaf or id(each) in filled}
    for entry in sections.entries:
        if not entry.holders or id(entry) in filled:
            continue
        silent = entry.leaf and not says_nothing(entry, sections, drawing.sheets, work)
        if entry.coverage not in stated or silent:
            raise LayoutChanged(NAME, Reason.of("section_empty"), entry.place)


def check_links(drawing: Drawing, sections: Sections, tables: Sequence[Table]) -> None:
    """Raises `LayoutChanged` for a link to a document that stands in no row: a row was not found."""
    read = {
        (id(table.section), address)
        for table in tables
        for row in table.rows
        for cell in row.cells
        if cell.addresses
        for address in documents(cell)
    }
    starts = {entry.page for entry in sections.entries}
    for sheet in drawing.sheets:
        whole = None if sheet.number in starts else sections.at(sheet.number, 0.0)
        for link in sheet.links:
            section = whole or sections.at(sheet.number, link.middle)
            if section is None or not section.holders or not is_document(link.address):
                continue
            if (id(section), link.address) not in read:
                stray = Reason.of("link_outside_rows", found=link.address)
                raise LayoutChanged(NAME, stray, f"p. {sheet.number}")


def check_unreadable(attestations: Sequence[Attestation], unreadable: Sequence[Unreadable]) -> None:
    """Raises `LayoutChanged` when more than a few rows could not be read: then it is not the rows."""
    rows = Counter([*(each.label for each in attestations), *(each.label for each in unreadable)])
    for label, count in Counter(each.label for each in unreadable).items():
        if count > FEW_SHARE * rows[label] or len(unreadable) > FEW:
            first = next(each for each in unreadable if each.label == label)
            many = Reason.of(
                "label_unreadable",
                label=label,
                percent=round(FEW_SHARE * 100),
                most=FEW,
                many=count,
                rows=rows[label],
                total=len(unreadable),
                first=first.why,
            )
            raise LayoutChanged(NAME, many, first.place)


def check_refs(attestations: Sequence[Attestation]) -> None:
    """Raises `LayoutChanged` for a decision printed twice under a label where each covers one row."""
    counts = Counter(
        (each.label, (each.ref or "").casefold()) for each in attestations if FORMS[each.label].distinct
    )
    twice = sorted(f"{label} {ref}" for (label, ref), count in counts.items() if count > 1)
    if twice:
        raise LayoutChanged(NAME, Reason.of("decision_twice", found=", ".join(twice)))


def past_end(attestations: Sequence[Attestation], day: date) -> list[Remark]:
    """A remark for each label in force whose end had passed at the edition's own date.

    Neither known edition has one. Many would mean that columns were mixed up: that raises `LayoutChanged`.
    """
    ticked = [each for each in attestations if FORMS[each.label].ticked]
    odd = [each for each in ticked if each.valid_until is not None and each.valid_until < day]
    if len(odd) > max(2, len(ticked) * FEW_SHARE):
        first = f"{odd[0].label} {odd[0].ref}"
        many = Reason.of("many_ended", day=str(day), many=len(odd), first=first)
        raise LayoutChanged(NAME, many, odd[0].place)
    remarks = []
    for each in odd:
        ref, end, holder = f"{each.label} {each.ref}", str(each.valid_until), each.holder
        why = Reason.of("past_end", place=each.place, holder=holder, ref=ref, end=end, day=str(day))
        remarks.append(Remark(topic=f"past-end:{each.label}:{each.ref}", reason=why))
    return remarks
