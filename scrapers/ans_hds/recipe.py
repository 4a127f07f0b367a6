"""The HDS list by an operator's recipe: judged as any reading, with errors that name the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scrapers.ans_hds.hosts.aside import astray
from scrapers.ans_hds.hosts.lines import HEADS
from scrapers.ans_hds.rows import SOURCE, Found, status_of
from scrapers.page.html import Cell, Document
from scrapers.page.recipe import Recipe, Taken, recipe_of, taken
from scrapers.page.records import Record, Row
from scrapers.page.vocabulary import UNDER, Vocabulary
from scrapers.source import LayoutChanged, Misset, RecipeCheck
from state.model import Reason

FIELDS = (*HEADS, "status", "perimeter", "address", "website", "document")
"""The fields that a recipe may name."""
ONE_OF = (("holder",), ("activities",), ("number", "end", "period"))
"""What a row needs: one field of each group."""
WANTED = ("holder", "activities", "number", "body", "version", "start", "end")
"""Fields that a recipe does well to name, where the page prints them."""
SHOWN = 3
USUAL = ("holder", "activities", "number", "end", "period", "body")
"""Fields that most rows print, where the list has them."""


def steps_of(given: Mapping[str, object]) -> Recipe | None:
    """The recipe that settings give; `Misset` for one that cannot be used or lacks what a row needs."""
    recipe = recipe_of(given, FIELDS, ticked="activities")
    if recipe is None:
        return None
    named = {*recipe.fields, *(["activities"] if recipe.ticks else [])}
    missing = [_listed("recipe_or", group) for group in ONE_OF if not named & set(group)]
    if missing:
        found = ", ".join(sorted(named)) or Reason.of("recipe_rows_alone")
        raise Misset.at(
            "recipe", Reason.of("recipe_needs", needed=_listed("recipe_and", missing), found=found)
        )
    return recipe


def _listed(code: str, names: Sequence[Reason | str]) -> Reason | str:
    """Names joined by a word of each language: the text `code` joins two."""
    first, *others = names
    return Reason.of(code, first=first, rest=_listed(code, others)) if others else first


def found_by(document: Document, recipe: Recipe, vocabulary: Vocabulary) -> Found:
    """The rows of one page by a recipe; nothing else of it is looked at but days to come outside the rows."""
    rows = taken(SOURCE, document, recipe, vocabulary)
    records = tuple(record_of(document, number, row) for number, row in enumerate(rows, start=1))
    told = [*records, *(printed(record, row) for record, row in zip(records, rows, strict=True))]
    return Found(
        document=document,
        records=records,
        rows=tuple(row_of(record, row) for record, row in zip(records, rows, strict=True)),
        status=tuple(status_of(row.context) for row in rows),
        heads=(records[0].heads,) if records else (),
        astray=astray(document, told) if records else (),
    )


def record_of(document: Document, number: int, row: Taken) -> Record:
    """A taken row as a record: the heads stand for the fields of the recipe."""
    cells = [*((HEADS.get(name, name), cell) for name, cell in row.fields.items())]
    cells += [(f"{UNDER} {name}", cell) for name, cell in row.ticks.items()]
    return Record(
        heads=tuple(head for head, _ in cells),
        cells=tuple(cell for _, cell in cells),
        page=document.index,
        spot=f"ligne {number}",
        dress="recipe",
        context=row.context,
    )


def printed(record: Record, row: Taken) -> Record:
    """The whole print of a row, for its dates: a recipe need not name all of them."""
    return Record(heads=(), cells=(Cell(text=row.said),), page=record.page, spot=record.spot, dress="recipe")


def row_of(record: Record, row: Taken) -> Row:
    cells = {name: [(HEADS.get(name, name), cell)] for name, cell in row.fields.items()}
    if row.ticks:
        cells["activity"] = [(f"{UNDER} {name}", cell) for name, cell in row.ticks.items()]
    return Row(record=record, cells=cells, spare=row.spare)


def refuse_unfilled(recipe: Recipe, found: Sequence[Found]) -> None:
    """Raises when a part of the recipe gives nothing on most rows: it points beside its field."""
    rows = [row for part in found for row in part.rows if isinstance(row, Row)]
    said = next((part.records[0].said() for part in found if part.records), "")
    for name, part in recipe.fields.items() if rows else ():
        filled = sum(bool(row.one(name).text) for row in rows)
        if filled == 0 or (name in USUAL and filled * 2 < len(rows)):
            raise LayoutChanged(
                SOURCE,
                Reason.of(
                    "recipe_unfilled",
                    field=name,
                    at=part.said(),
                    filled=filled,
                    rows=len(rows),
                    said=said[:100],
                ),
            )


def checked(recipe: Recipe, found: Sequence[Found]) -> RecipeCheck:
    """What a recipe gives on these pages: rows, how many each field fills, the first three, what it lacks."""
    rows = [row for part in found for row in part.rows if isinstance(row, Row)]
    filled = [
        (name, part.said(), sum(bool(said_by(row, name)) for row in rows)) for name, part in recipe.parts
    ]
    named = {name.partition(".")[0] for name, _ in recipe.parts}
    first = (tuple((name, said_by(row, name)) for name, _ in recipe.parts) for row in rows[:SHOWN])
    empty = [
        Reason.of("recipe_fills_none", name=name, place=where)
        for name, where, many in filled
        if rows and not many
    ]
    return RecipeCheck(
        at=recipe.rows,
        rows=len(rows),
        fields=tuple(filled),
        first=tuple(first),
        missing=(*empty, *(name for name in WANTED if name not in named)),
    )


def said_by(row: Row, name: str) -> str:
    """What a row says for one part of a recipe."""
    field, _, tick = name.partition(".")
    if not tick:
        return row.one(field).text
    head = f"{UNDER} {tick}"
    return next((cell.text for own, cell in row.cells.get("activity", ()) if own == head), "")
