"""From opened pages to the rows of the HDS list: which groups are the list, which only look like it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from scrapers.ans_hds.hosts.aside import astray, certified, left_out, perhaps_ours
from scrapers.ans_hds.hosts.duplicates import Reading
from scrapers.ans_hds.hosts.lines import line_group
from scrapers.ans_hds.hosts.row import DATE, STATUS, Legend, attestation, by_certificate, ref_of
from scrapers.ans_hds.pages import EMPTY
from scrapers.ans_hds.words import ACTIVITIES, activities_of
from scrapers.page.json_rows import json_group
from scrapers.page.labelled import labelled_group
from scrapers.page.records import Group, Record, Row, sorted_row, table_groups
from scrapers.page.vocabulary import Vocabulary, plain
from scrapers.source import LayoutChanged, NotReadable, UnreadableRow
from state.model import Reason, Remark, Unreadable
from state.names import BODIES

if TYPE_CHECKING:
    from scrapers.page.html import Document

SOURCE = "ans-hds"
KEYS = ("number", "end", "period")
CORE = frozenset({"holder", "activities", "activity", "body", "number", "start", "end", "period", "version"})
LEGEND = re.compile(r"(?:activite\s*)?(?:n\s*[°o]\s*)?([1-6])\s*[.:)–-]\s*(.+)")
RARE_SHARE = 0.02
STATUS_SAID = re.compile("|".join(pattern.pattern for pattern in STATUS.values()))
LOOKS = {
    "end": DATE,
    "body": re.compile("|".join(BODIES.values())),
    "version": re.compile(r"^(hds )?(referentiel )?v(ersion)? ?\d([.,]\d)?$|^\d[.,]\d$"),
    "number": re.compile(r"^(?=.*\d{4,})[\w /.-]{5,}$"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one document holds of the list: its rows, and what was left out or not understood.

    `rows` are its records sorted by field, or why one cannot be. `by_ends`: they are the list only because
    most of their ends are to come, whatever stands over them.
    """

    document: Document
    records: tuple[Record, ...]
    rows: tuple[Row | Reason, ...]
    heads: tuple[tuple[str, ...], ...] = ()
    near: tuple[Reason, ...] = ()
    astray: tuple[date, ...] = ()
    remarks: tuple[Remark, ...] = ()
    by_ends: bool = False

    @property
    def holders(self) -> list[str]:
        """The holders printed on the page, one per row that names one."""
        names = (row.one("holder").text for row in self.rows if isinstance(row, Row))
        return [name for name in names if name]

    @property
    def empty(self) -> bool:
        """Whether the page says itself that nothing is on it."""
        return not self.records and bool(EMPTY.search(self.document.text))


def found_in(document: Document, vocabulary: Vocabulary) -> Found:
    """The rows of one document; groups that are nearly the list are named, look-alikes left out."""
    groups = [part for group in table_groups(document, vocabulary) for part in apart(group)]
    spoken = labelled_group(document, vocabulary, KEYS)
    alone = only_list([*groups, *([spoken] if spoken else [])], document, vocabulary)
    aside: list[Record] = []
    if spoken is not None and spoken is not alone:
        aside = [r for r in spoken.records if left_out(r.context, r.heads)]
        kept = tuple(r for r in spoken.records if not left_out(r.context, r.heads))
        spoken = replace(spoken, records=kept) if kept else None
    listed = any(qualifies(g, vocabulary) for g in groups)
    if spoken is not None and (not listed or qualifies(spoken, vocabulary)):
        groups.append(spoken)
    if not any(qualifies(g, vocabulary) and told_whole(g, vocabulary) for g in groups):
        groups = [*unlabelled(document, groups, vocabulary)]
    return sifted(document, groups, aside, alone, vocabulary)


def apart(group: Group) -> Iterator[Group]:
    """A table, and in a group of their own its rows under a heading that makes them another list."""
    other = [r for r in group.records if r.context != group.context and left_out(r.context, r.heads)]
    if not other:
        yield group
        return
    aside = {id(record) for record in other}
    yield replace(group, records=tuple(r for r in group.records if id(r) not in aside))
    for context in dict.fromkeys(record.context for record in other):
        records = tuple(r for r in other if r.context == context)
        heads = tuple(dict.fromkeys(head for record in records for head in record.heads))
        yield replace(group, heads=heads, records=records, context=context)


def unlabelled(document: Document, groups: Sequence[Group], vocabulary: Vocabulary) -> Iterator[Group]:
    """The groups of a page without a list so far, and what its lines or its data tell, the richer of both."""
    lines = line_group(document, vocabulary)
    named = [group.heads for group in groups if group.heads]
    try:
        data = json_group(document, document.data, vocabulary, named) if document.data else None
    except NotReadable as error:
        raise LayoutChanged(SOURCE, error.reason, document.address) from error
    found = [g for g in (lines, data) if g is not None and qualifies(g, vocabulary)]
    best = max(found, key=lambda group: len(group.records), default=data)
    for group in groups:
        # labelled rows may be these very lines, cut at their colons
        if best is None or group.dress != "labelled" or (best is data and told_whole(group, vocabulary)):
            yield group
    if best is not None:
        yield from apart(best)


def told_whole(group: Group, vocabulary: Vocabulary) -> bool:
    """Whether a group has rows, and one that alone makes it the list: a legend and a stray number do not."""
    alone = (replace(group, heads=record.heads, records=(record,)) for record in group.records)
    labelled = group.dress == "labelled"
    return any(qualifies(one, vocabulary) for one in alone) if labelled else bool(group.records)


def only_list(groups: Sequence[Group], document: Document, vocabulary: Vocabulary) -> Group | None:
    """The one list of a page, where it stands under a word about others and its rows are valid; else None.

    "Les organismes certificateurs" stands over the hosts of a page that has no other list.
    """
    full = [group for group in groups if qualifies(group, vocabulary)]
    under = [g for g in full if all(left_out(r.context or g.context, r.heads) for r in g.records)]
    valid = [g for g in under if certified(g.records, g.heads, document.day)]
    return valid[0] if len(valid) == len(full) == 1 else None


def sifted(
    document: Document,
    groups: Sequence[Group],
    aside: Sequence[Record],
    alone: Group | None,
    vocabulary: Vocabulary,
) -> Found:
    """The groups sorted into the list, near misses, and look-alikes; `aside` are labelled rows of others."""
    records: list[Record] = []
    near = [said for r in aside if (said := doubt(document, r.context, [r], r.heads))]
    remarks: list[Remark] = []
    for group in groups:
        if not qualifies(group, vocabulary):
            near += [said] if (said := near_miss(group, vocabulary)) else []
        elif group is alone:
            records += group.records
            only = Reason.of("only_list", heading=group.context)
            remarks.append(Remark(topic=f"heading:{group.context}", reason=only))
        elif not left_out(group.context, group.heads):
            records += group.records
        elif said := doubt(document, group.context, group.records, group.heads):
            near.append(said)
        else:
            out = Reason.of("rows_left_out", rows=len(group.records), heading=group.context)
            remarks.append(Remark(topic=f"left-out:{group.context}", reason=out))
    told = (record.said() for record in (*aside, *(record for group in groups for record in group.records)))
    return Found(
        document=document,
        records=tuple(records),
        rows=tuple(sorted_or_why(record, vocabulary) for record in records),
        heads=tuple(group.heads for group in groups),
        near=tuple(near),
        astray=astray(document, told) if records else (),
        remarks=tuple(remarks),
        by_ends=alone is not None,
    )


def doubt(document: Document, context: str, records: Sequence[Record], heads: Sequence[str]) -> Reason | None:
    """The word about rows that a heading makes another list, and that are valid all the same."""
    if not perhaps_ours(records, context, heads, document.day):
        return None
    said, day = records[0].said()[:80], str(document.day)
    return Reason.of("rows_valid_beyond", rows=len(records), heading=context, day=day, said=said)


def sorted_or_why(record: Record, vocabulary: Vocabulary) -> Row | Reason:
    """The record sorted by field, or why it cannot be."""
    try:
        return sorted_row(record, vocabulary)
    except UnreadableRow as error:
        return error.reason


def status_of(context: str) -> str:
    """The status that the heading over a group gives to its rows."""
    return next((status for status, pattern in STATUS.items() if pattern.search(plain(context))), "listed")


def qualifies(group: Group, vocabulary: Vocabulary) -> bool:
    """Whether a group has what makes it the list of hosts."""
    known = vocabulary.known(group.heads)
    if known.isdisjoint({"activities", "activity"}) or known.isdisjoint(KEYS):
        return False
    titled = any(r.title is not None for r in group.records)
    return "holder" in known or titled or bool(vocabulary.holder_in(group.heads))


def near_miss(group: Group, vocabulary: Vocabulary) -> Reason | None:
    """What a group has of the list when it nearly is it; None when it is something else altogether."""
    known = vocabulary.known(group.heads) & CORE
    if left_out(group.context, group.heads) or not group.records:
        return None
    if not group.heads:
        dated = sum(bool(DATE.search(r.said())) for r in group.records)
        wide = len(group.records[0].cells) >= 4 and dated * 2 > len(group.records)
        return Reason.of("table_without_heads", said=group.records[0].said()[:100]) if wide else None
    titled = any(r.title is not None for r in group.records)
    if len(known) + titled < 3:
        return None
    heads, understood = ", ".join(group.heads), ", ".join(sorted(known))
    return Reason.of("rows_with_heads", rows=len(group.records), heads=heads, understood=understood)


# The look as a whole


def rows_of(
    found: Sequence[Found], places: Mapping[int, str]
) -> tuple[list[tuple[Row, str, str]], list[Unreadable]]:
    """The rows of all documents, one per certificate, each with its place and status; and those in pieces."""
    rows: list[tuple[Row, str, str]] = []
    unreadable: list[Unreadable] = []
    for part in found:
        for record, row in zip(part.records, part.rows, strict=True):
            place = ", ".join(p for p in (places[record.page], record.spot) if p)
            try:
                rows += [(one, place, status_of(record.context)) for one in by_certificate(whole(row))]
            except UnreadableRow as error:
                unreadable.append(Unreadable(label="hds", place=place, why=error.reason))
    return rows, unreadable


def whole(row: Row | Reason) -> Row:
    """A row that could be sorted; `UnreadableRow` for the reason why one could not."""
    if isinstance(row, Reason):
        raise UnreadableRow(row)
    return row


def reading_of(found: Sequence[Found], places: Mapping[int, str]) -> Reading:
    """The rows of all documents as attestations. `places` names each document for people ("lettre S")."""
    rows, unreadable = rows_of(found, places)
    refuse_misread([row for row, _, _ in rows])
    refuse_doubtful_status([s for _, _, s in rows])
    legend, told = legend_of([part.document for part in found], [row for row, _, _ in rows])
    usual, count = usual_fields([row for row, _, _ in rows]), Counter(row.record.dress for row, _, _ in rows)
    # a way of naming a row that only a few show: a heading of the page taken for a name
    dresses = frozenset(dress for dress, many in count.items() if many <= RARE_SHARE * len(rows))
    attestations = []
    for row, place, status in rows:
        try:
            refuse_unusual(row, usual, dresses)
            attestations.append(attestation(row, legend, place, status))
        except UnreadableRow as error:
            unreadable.append(unread(row, place, error.reason))
    spare = {head: row.record.dress for row, _, _ in rows for head in row.spare}
    remarks = [*told, *(r for part in found for r in part.remarks)]
    for head, dress in spare.items():
        new = Reason.of("unknown_column" if dress == "recipe" else "unknown_head", head=head)
        remarks.append(Remark(topic=f"column:{head}", reason=new))
    return Reading(attestations=tuple(attestations), unreadable=tuple(unreadable), remarks=tuple(remarks))


def usual_fields(rows: Sequence[Row]) -> frozenset[str]:
    """The fields that all but a few rows fill: a row that lacks one was not read well."""
    usual = set()
    for name in ("number", "end", "body"):
        lacking = [row for row in rows if not filled(row, name)]
        if len(lacking) <= RARE_SHARE * len(rows):
            usual.add(name)
        elif len(lacking) < len(rows):
            refuse_half_renamed(name, lacking, rows)
    return frozenset(usual)


def filled(row: Row, name: str) -> bool:
    """Whether a row prints a field; a period has an end."""
    if name == "end" and (row.one("period").text or row.one("start").text.count("/") > 2):
        return True
    return bool(row.one(name).text)


def refuse_half_renamed(name: str, lacking: Sequence[Row], rows: Sequence[Row]) -> None:
    """Raises when the rows without a field are those with an unknown head: it was renamed there."""
    with_field = [row for row in rows if filled(row, name)]
    for head in lacking[0].spare:
        here = sum(head in row.spare for row in lacking)
        there = sum(head in row.spare for row in with_field)
        if here * 10 >= len(lacking) * 9 and there * 10 < len(with_field):
            many = len(lacking)
            renamed = Reason.of("head_half_renamed", field=name, head=head, lacking=many, rows=len(rows))
            raise LayoutChanged(SOURCE, renamed)


def refuse_unusual(row: Row, usual: frozenset[str], dresses: frozenset[str]) -> None:
    """Raises `UnreadableRow` for a row in pieces, that lacks what nearly all have, or is named otherwise."""
    if row.record.odd:
        raise UnreadableRow(row.record.odd)
    missing = sorted(name for name in usual if not filled(row, name))
    if missing and not STATUS_SAID.search(plain(row.record.said())):
        raise UnreadableRow(Reason.of("lacks_usual", fields=", ".join(missing)))
    if row.record.dress in dresses:
        raise UnreadableRow(Reason.of("named_otherwise"))


def unread(row: Row, place: str, why: Reason) -> Unreadable:
    """A row that cannot be read, with what could be made out of it."""
    number, holder = row.one("number").text, row.one("holder").text
    plausible = bool(re.search(r"\d", number)) and not DATE.fullmatch(number) and not row.record.odd
    ref = ref_of(number, row.one("body").text or None) if plausible else None
    named = any(c.isalpha() for c in holder) and not row.record.odd
    return Unreadable(label="hds", place=place, why=why, ref=ref, holder=holder if named else None)


def refuse_misread(rows: Sequence[Row]) -> None:
    """Raises when a field is nowhere filled while an unknown head carries such values: a head was renamed."""
    if not rows:
        return
    filled = {name for row in rows for name, cells in row.cells.items() if any(c.text for _, c in cells)}
    if "period" in filled:
        filled.add("end")
    named = rows[0].record.dress == "recipe"  # what else a recipe leaves out is a column, kept and told
    for name, looks in LOOKS.items() if not named else [(n, LOOKS[n]) for n in ("end", "number")]:
        for head in {h for row in rows for h in row.spare} if name not in filled else ():
            values = [plain(row.spare[head]) for row in rows if head in row.spare]
            alike = [v for v in values if looks.search(v)]
            if len(alike) * 2 > len(rows) and (name != "number" or len(set(alike)) * 2 > len(rows)):
                renamed = Reason.of(
                    "column_untold" if named else "head_renamed", field=name, head=head, value=alike[0]
                )
                raise LayoutChanged(SOURCE, renamed)
    refuse_blank(rows)


def refuse_blank(rows: Sequence[Row]) -> None:
    """Raises when a field that the list has is blank on most rows: a script fills it, or its cells moved."""
    for name in ("number", "end", "activities"):
        printed = [row for row in rows if name in row.cells]
        blank = [row for row in printed if not row.one(name).text]
        if len(printed) > 1 and len(blank) * 2 > len(printed):
            blanks = Reason.of("field_blank", field=name, blank=len(blank), rows=len(printed))
            raise LayoutChanged(SOURCE, blanks)


def refuse_doubtful_status(status: Sequence[str]) -> None:
    """Raises when a heading would make most hosts suspended: it stands over the list, it is not about it."""
    out = [s for s in status if s != "listed"]
    if out and len(out) * 2 > len(status):
        mostly = Reason.of("mostly_not_valid", out=len(out), rows=len(status), status=out[0])
        raise LayoutChanged(SOURCE, mostly)


def legend_of(documents: Sequence[Document], rows: Sequence[Row]) -> tuple[Legend, list[Remark]]:
    """What the numbers of activities mean: as the page explains them, else in the order of the law."""
    found: dict[str, set[str]] = {}
    for document in documents:
        for line in dict.fromkeys(document.folded):
            printed = LEGEND.fullmatch(line)
            names = activities_of(printed[2]) if printed else ()
            if printed and len(names) == 1:
                found.setdefault(printed[1], set()).add(names[0])
    plain_legend = {number: next(iter(names)) for number, names in found.items() if len(names) == 1}
    if len(plain_legend) == len(ACTIVITIES) == len(set(plain_legend.values())):
        return tuple(plain_legend.items()), []
    law = tuple((str(n), name) for n, name in enumerate(ACTIVITIES, start=1))
    numbers = any(not activities_of(c.text) for row in rows for _, c in row.cells.get("activities", ()))
    if not numbers and not any(
        re.search(r"\d", h) and not activities_of(h) for row in rows for h, _ in row.cells.get("activity", ())
    ):
        return law, []
    if any(len(names) > 1 for names in found.values()):
        said = "; ".join(f"{number} = {', '.join(sorted(names))}" for number, names in sorted(found.items()))
        raise LayoutChanged(SOURCE, Reason.of("number_means_several", found=said))
    return law, [Remark(topic="activities:numbers", reason=Reason.of("bare_numbers"))]
