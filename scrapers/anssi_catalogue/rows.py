"""Rows of the catalogue as attestations: which cell states what, and what a cell may say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from scrapers.anssi_catalogue.tables import Cell, Row, Table, is_document
from scrapers.anssi_catalogue.words import FORMS, NAME, SCOPES, Form
from scrapers.print.french import french_date
from scrapers.source import LayoutChanged, UnreadableRow
from scrapers.wire.address import file_of
from state.model import Attestation, Reason, Remark, Unreadable
from state.names import fold

if TYPE_CHECKING:
    from scrapers.anssi_catalogue.grid import Column
    from scrapers.anssi_catalogue.sections import Section

EXTRA_TEXTS = ("agreement_level", "oid", "sponsor", "product_type", "evaluation_facility")
EXTRA_LINKS = ("incident_contact", "report_url", "target_url")
STRAY_FILE = re.compile(r"^file:.*/(https?):/*(?=[^/])")
EAL = re.compile(r"EAL[1-7]\+?")
# Printed in the place of an end, of certificates that nobody maintains any more.
ENDLESS = "nonmaintenu"
YES_NO = {"oui": True, "non": False}
BLANK = "—"  # the holder of a certificate whose cell is empty: a name must be said, none must be invented
FIRST_DAY, LAST_DAY = date(1995, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One row read: an attestation, or the note that it could not be read, with remarks for operators."""

    found: Attestation | Unreadable
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """One row by field: the cells of known fields, of X columns, and of columns never seen before."""

    known: Mapping[str, Cell]
    marks: tuple[tuple[str, Cell], ...]
    new: tuple[tuple[Column, Cell], ...]

    def text(self, field: str) -> str:
        return self.known[field].text

    def squeezed(self, field: str) -> str:
        """The text of a field's cell without white space: narrow cells break it anywhere."""
        return "".join(self.known[field].text.split())


def check_columns(table: Table, form: Form, label: str) -> list[Remark]:
    """A remark for each column never seen in this label's table; raises `LayoutChanged` for missing ones."""
    scopes = SCOPES.get(label, {})
    fields = [column.field for column in table.columns if column.field]
    marks = [scopes[column.key] for column in table.columns if column.key in scopes]
    missing = [*sorted(form.fields - set(fields)), *(mark for mark in form.activities if mark not in marks)]
    new = [column for column in table.columns if not known(column, form, label)]
    twice = {name for name in [*fields, *marks] if [*fields, *marks].count(name) > 1}
    if missing or twice:
        wanted, heads = ", ".join(missing or sorted(twice)), ", ".join(c.head for c in table.columns)
        other = Reason.of(
            "other_columns", wanted=wanted, found=heads, unknown=str([column.head for column in new])
        )
        raise LayoutChanged(NAME, other, table.place)
    return [
        Remark(
            topic=f"column:{label}:{column.key}",
            reason=Reason.of("new_column", place=table.place, head=column.head),
        )
        for column in new
    ]


def known(column: Column, form: Form, label: str) -> bool:
    """Whether a column is one of those the label's table is known to have."""
    return column.field in form.fields or column.key in SCOPES.get(label, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the cells of a table's rows are, by what their columns state."""

    known: tuple[tuple[str, int], ...]
    marks: tuple[tuple[str, int], ...]
    new: tuple[tuple[Column, int], ...]

    def fields(self, row: Row) -> Fields:
        cells = row.cells
        return Fields(
            known={field: cells[at] for field, at in self.known},
            marks=tuple([(activity, cells[at]) for activity, at in self.marks]),
            new=tuple([(column, cells[at]) for column, at in self.new]),
        )


def read_table(table: Table, section: Section) -> Iterator[Reading]:
    """The rows of a table whose columns were checked."""
    label = section.label or ""
    form, scopes = FORMS[label], SCOPES.get(label, {})
    columns = list(enumerate(table.columns))
    places = Places(
        known=tuple((column.field, at) for at, column in columns if column.field in form.fields),
        marks=tuple((scopes[column.key], at) for at, column in columns if column.key in scopes),
        new=tuple((column, at) for at, column in columns if not known(column, form, label)),
    )
    return (read_row(row, places.fields(row), section, form) for row in table.rows)


def read_row(row: Row, fields: Fields, section: Section, form: Form) -> Reading:
    try:
        return attest(row, fields, section, form)
    except UnreadableRow as fault:
        links = documents(fields.known["link"])
        unreadable = Unreadable(
            label=section.label or "",
            place=f"p. {row.page}",
            why=fault.reason,
            ref=ref_of(links[0]) if len(links) == 1 else None,
            holder=fields.text("holder") or None,
        )
        return Reading(found=unreadable)


def attest(row: Row, fields: Fields, section: Section, form: Form) -> Reading:
    """The attestation a row states. Raises `UnreadableRow` for a required cell that cannot be read."""
    if row.fault:
        raise UnreadableRow(row.fault)
    label = section.label or ""
    start, end, note = dates(fields, section, form)
    level, level_news = read_level(fields, form, label)
    national, national_news = read_national(fields, form, label)
    url = only_document(fields)
    found = Attestation(
        label=label,
        holder=holder(fields, form),
        subject=required(fields, "subject") if "subject" in form.fields else None,
        version=(fields.text("version") or None) if "version" in form.fields else None,
        scope=scope(fields, form),
        level=level,
        # Unmaintained: printed "Non maintenu" among the ones in force.
        status="archived" if section.archived else "unmaintained" if note else "listed",
        national_security=national,
        recommendation=tick(fields) if form.ticked else None,
        ref=ref_of(url),
        url=url,
        valid_from=start,
        valid_until=end,
        extra={name: value for name, value in (*extras(fields, section), ("end_note", note)) if value},
        place=f"p. {row.page}",
    )
    return Reading(found=found, remarks=(*level_news, *national_news, *oddities(found, form)))


def holder(fields: Fields, form: Form) -> str:
    """Who holds the row. A certificate may leave its developer out (seen in both tables of January 2026): its
    reference names it all the same. A decision names its holder."""
    return required(fields, "holder") if form.ticked else fields.text("holder") or BLANK


def dates(fields: Fields, section: Section, form: Form) -> tuple[date | None, date | None, str]:
    """The first and last day, and the words printed in place of the last. Archived rows may leave both empty
    (seen for certificates of surveillance); certificates may be "Non maintenu"."""
    start = None if section.archived and not fields.text("valid_from") else day(fields, "valid_from")
    # Since March 2026 the list in force also has certificates of years ago without an end: read as holdings
    # they would be dozens of gains that did not happen.
    if not form.ticked and fold(fields.squeezed("valid_until")) == ENDLESS:
        return start, None, fields.text("valid_until")
    if section.archived and not fields.text("valid_until"):
        return start, None, ""
    return start, day(fields, "valid_until"), ""


def oddities(found: Attestation, form: Form) -> Iterator[Remark]:
    """Remarks on what certificates print oddly: empty cells, an end before its start (both seen). Labels in
    force that end before they start are misread: that raises `UnreadableRow`."""
    start, end, place, ref = found.valid_from, found.valid_until, found.place, found.ref or ""
    if start is not None and end is not None and end < start:
        if form.ticked:
            raise UnreadableRow(Reason.of("ends_before", end=str(end), start=str(start)))
        before = Reason.of("printed_ends_before", place=place, ref=ref, end=str(end), start=str(start))
        yield Remark(topic=f"dates:{found.label}:{found.ref}", reason=before)
    if found.holder == BLANK:
        blank = Reason.of("no_developer", place=place, ref=ref)
        yield Remark(topic=f"blank:{found.label}:developer", reason=blank)
    if start is None:
        blank = Reason.of("no_start_date", place=place, ref=ref)
        yield Remark(topic=f"blank:{found.label}:start date", reason=blank)


def required(fields: Fields, field: str) -> str:
    """The text of a cell that may not be empty."""
    if not fields.text(field):
        raise UnreadableRow(Reason.of("cell_empty", field=field))
    return fields.text(field)


def day(fields: Fields, field: str) -> date:
    """The date in a cell; years that no decision can have are misreadings."""
    found = french_date(fields.text(field))
    if found is None or not FIRST_DAY <= found <= LAST_DAY:
        raise UnreadableRow(Reason.of("cell_no_date", field=field, found=fields.text(field)))
    return found


def documents(cell: Cell) -> list[str]:
    return [address for address in cell.addresses if is_document(address)]


def only_document(fields: Fields) -> str:
    """The address of the one decision or certificate of a row."""
    found = documents(fields.known["link"])
    if len(found) != 1:
        raise UnreadableRow(Reason.of("other_links", links=len(found), found=fields.text("link")))
    return found[0]


def ref_of(address: str) -> str:
    """The authority's identifier: the name of the document's file, without what says that it is one.

    "2025_2057_np.pdf" is 2025_2057: the printed number, 2057, restarts each year. Of certificates, the name
    "ANSSI-CC-2023-19-certificat.pdf" is ANSSI-CC-2023-19: the printed reference breaks at its hyphens. Case
    is kept as it comes; it has varied between editions. A query or a place behind the name is no part of it.
    """
    return re.sub(r"(?:_np|-certificat)?\.pdf$", "", file_of(address), flags=re.IGNORECASE)


def tick(fields: Fields) -> str:
    """The colour of the row's one tick."""
    ticks = fields.known["recommendation"].ticks
    if len(ticks) != 1:
        raise UnreadableRow(Reason.of("other_ticks", ticks=len(ticks)))
    return ticks[0]


def scope(fields: Fields, form: Form) -> tuple[str, ...]:
    """The activities with an X, in the order of the known wordings."""
    marked = set()
    for activity, cell in fields.marks:
        mark = "".join(cell.text.split()).upper()
        if mark not in ("X", "", "-"):
            raise UnreadableRow(Reason.of("odd_mark", activity=activity, found=cell.text))
        if mark == "X":
            marked.add(activity)
    if form.activities and not marked:
        raise UnreadableRow(Reason.of("nothing_marked"))
    return tuple(activity for activity in form.activities if activity in marked)


def read_level(fields: Fields, form: Form, label: str) -> tuple[str | None, list[Remark]]:
    """The level in its known spelling; one never seen is kept as printed and remarked on."""
    if "level" not in form.fields:
        return None, []
    level = canonical(fields, form)
    if level is None or level in form.levels or (not form.ticked and EAL.fullmatch(level)):
        return level, []
    return level, [news(label, "level", level)]


def read_national(fields: Fields, form: Form, label: str) -> tuple[bool | None, list[Remark]]:
    """Whether the row is marked for national security; None with a remark for anything but yes and no."""
    if "national_security" not in form.fields:
        return None, []
    said = YES_NO.get(fold(fields.squeezed("national_security")))
    new = [news(label, "national_security", fields.text("national_security"))] if said is None else []
    return said, new


def canonical(fields: Fields, form: Form) -> str | None:
    """The level in its known spelling, whatever a narrow cell did to it; None for an empty cell."""
    said = fields.squeezed("level")
    same = (level for level in form.levels if fold("".join(level.split())) == fold(said))
    return next(same, said if EAL.fullmatch(said) else fields.text("level") or None)


def news(label: str, field: str, value: str) -> Remark:
    why = Reason.of("new_value", label=label, field=field, value=value)
    return Remark(topic=f"value:{label}:{field}:{fold(value)}", reason=why)


def extras(fields: Fields, section: Section) -> Iterator[tuple[str, str]]:
    """What the row prints beyond the fields of an attestation, empty cells left out."""
    if section.family:
        yield "family", section.family
    for name in EXTRA_TEXTS:
        if name in fields.known:
            yield name, fields.squeezed(name) if name == "oid" else fields.text(name)
    for name in EXTRA_LINKS:
        if name in fields.known:
            # Contacts typed as "https:www.example.fr" were turned into files on the disk of the editor,
            # "file:///C:/…/https:www.example.fr" (seen in both editions): that path may change any month.
            yield name, STRAY_FILE.sub(r"\1://", next(iter(fields.known[name].addresses), fields.text(name)))
    if "national_security" in fields.known and fold(fields.squeezed("national_security")) not in YES_NO:
        yield "Sécurité nationale", fields.text("national_security")
    for column, cell in fields.new:
        yield column.head, cell.text or ", ".join((*cell.addresses, *cell.ticks))
