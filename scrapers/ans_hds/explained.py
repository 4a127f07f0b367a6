"""How pages of the HDS list are seen: how rows were found, which heads mean what, and what may be set."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from scrapers.ans_hds.hosts.aside import left_out
from scrapers.ans_hds.hosts.row import DATE
from scrapers.ans_hds.pages import endpoints
from scrapers.ans_hds.proposal import proposed
from scrapers.ans_hds.recipe import ONE_OF, checked
from scrapers.ans_hds.rows import CORE, LOOKS
from scrapers.ans_hds.sheets import Look, looked, missing_in, some
from scrapers.page.vocabulary import plain
from scrapers.source import Explanation, Remedy, SourceError
from state.model import Page, Reason

if TYPE_CHECKING:
    from scrapers.ans_hds.settings import Settings
    from scrapers.page.records import Record

DRESSES = {name: f"found_{name}" for name in ("table", "json", "lines", "recipe")}


def explained(pages: Sequence[Page], settings: Settings) -> Explanation:
    """How the pages of a look are seen, as far as each can be."""
    look, notes = Look(), list[Reason]()
    for page in pages:
        try:
            look = looked((page,), settings, look)
        except SourceError as error:
            notes += error.reasons
    records = [record for sheet in look.sheets for record in sheet.found.records]
    heads = heads_of(look, records, settings)
    missing = tuple(dict.fromkeys(missing_in(look, settings)))
    senses = tuple((head, settings.vocabulary.field_of(head)) for head in heads)
    check = checked(settings.steps, [s.found for s in look.sheets]) if settings.steps else None
    good = check is not None and check.rows and all(many for _, _, many in check.fields)
    if records and all(record.title is not None for record in records):
        senses = (("(the title of each row)", "holder"), *senses)
    return Explanation(
        kind=kind_of(look),
        found_by=found_by(records),
        heads=senses,
        counts=tuple(counts(look)) if records else (),
        missing=missing,
        notes=tuple(dict.fromkeys([*notes, *notes_on(look)])),
        remedies=() if missing else tuple(remedies(look, records, senses, settings)),
        recipe=check,
        proposal="" if good else proposal(look, settings),
    )


def proposal(look: Look, settings: Settings) -> str:
    """A recipe that may read the list, from the page with most days; "" for none."""
    pages = sorted(look.sheets, key=lambda sheet: -len(DATE.findall(sheet.document.markup)))
    found = (proposed(sheet.document, settings.vocabulary) for sheet in pages[:2])
    return next((recipe for recipe in found if recipe), "")


def kind_of(look: Look) -> Reason:
    """What the pages are together."""
    letters = {letter for sheet in look.sheets for letter in sheet.letters}
    bar = Reason.of("bar_of", letters=len(letters)) if letters else Reason.of("no_bar")
    data = any(sheet.document.main is None for sheet in look.sheets)
    return Reason.of("kind_pages_of_data" if data else "kind_pages", pages=len(look.sheets), bar=bar)


def found_by(records: Sequence[Record]) -> Reason | None:
    """Each way in which rows were found, with how many: "418 as rows of a table"."""
    ways = Counter(DRESSES.get(r.dress, "found_blocks") for r in records).most_common()
    found = tuple(Reason(code=way, values={"many": many}) for way, many in ways)
    return Reason.of("found_ways", counts=found) if found else None


def heads_of(look: Look, records: Sequence[Record], settings: Settings) -> list[str]:
    """The printed heads of the rows; where there are none, those of every group that is nearly the list.

    Look-alikes stay out: nobody should be led to teach the heads of the certification bodies.
    """
    own = dict.fromkeys(head for record in records for head in record.heads)
    near = (
        group
        for sheet in look.sheets
        for group in sheet.found.heads
        if len(settings.vocabulary.known(group) & CORE) > 1 and not left_out("", group)
    )
    return list(own or dict.fromkeys(head for group in near for head in group))


def counts(look: Look) -> Iterator[tuple[str, int]]:
    """Rows by letter or page, in the order fetched; the page fetched again at the end is left out."""
    seen: set[tuple[str, str, int]] = set()
    for number, sheet in enumerate(look.sheets, start=1):
        if sheet.identity not in seen and (sheet.found.records or sheet.letter):
            seen.add(sheet.identity)
            letter = sheet.letter.upper() + (f" p. {sheet.number}" if sheet.number > 1 else "")
            yield letter if sheet.letter else f"page {number}", len(sheet.found.records)


def notes_on(look: Look) -> Iterator[Reason]:
    """What was left out, what is nearly the list, and letters that no address leads to."""
    for sheet in look.sheets:
        yield from (Reason.of("note_nearly", near=near) for near in sheet.found.near)
        yield from (remark.reason for remark in sheet.found.remarks)
        if sheet.silent:
            yield Reason.of("note_letters", letters=", ".join(sheet.silent).upper())
        if sheet.stuck:
            yield Reason.of("note_pager", words=sheet.stuck)
        if sheet.found.astray:
            yield Reason.of("note_days", days=some([f"{day:%d/%m/%Y}" for day in sheet.found.astray]))
        if sheet.found.empty:
            yield Reason.of("note_empty", page=sheet.document.index + 1)


def remedies(
    look: Look, records: Sequence[Record], senses: Sequence[tuple[str, str | None]], settings: Settings
) -> Iterator[Remedy]:
    """The settings that may let the list be read, most likely first; none where nothing lacks."""
    if any(sheet.silent and not sheet.spans for sheet in look.sheets):
        address = f"{look.sheets[0].document.address}?…{{letter}}"
        yield Remedy(setting="letter_url", value=address, when=Reason.of("when_letters"))
    pairs = taught(records, senses)
    if pairs:
        value = json.dumps(pairs, ensure_ascii=False)
        yield Remedy(setting="heads", value=value, when=Reason.of("when_heads"))
    found = [sheet.found for sheet in look.sheets]
    if not settings.data_url and any(not sheet.found.records or sheet.stuck for sheet in look.sheets):
        pointed = (address for part in found for address in endpoints(part.document))
        address = next(pointed, "https://…")
        yield Remedy(setting="data_url", value=address, when=Reason.of("when_by_script"))
    if not settings.selector and any(part.astray or part.near or not part.records for part in found):
        yield Remedy(setting="selector", value="…", when=Reason.of("when_on_the_page"))


def taught(records: Sequence[Record], senses: Sequence[tuple[str, str | None]]) -> list[tuple[str, str]]:
    """Unknown heads with the fields they may mean: what a row lacks, else what their values look like."""
    fields = {"activities" if field == "activity" else field for _, field in senses if field}
    missing = [group[0] for group in ONE_OF if not fields & set(group)]
    unknown = [head for head, field in senses if field is None and head]
    if missing or not records:
        return list(zip(unknown, missing or ["holder"], strict=False))
    likely = ((head, looks_like(records, head, fields)) for head in unknown)
    return [(head, field) for head, field in likely if field]


def looks_like(records: Sequence[Record], head: str, known: Collection[str]) -> str:
    """The field that no known head has and that most values under a head look like, "" for none."""
    values = [plain(c.text) for r in records for h, c in zip(r.heads, r.cells, strict=False) if h == head]
    for name in (name for name in LOOKS if name not in known and not (name == "end" and "period" in known)):
        if sum(bool(LOOKS[name].search(value)) for value in values) * 2 > len(records):
            return name
    return ""
