"""The HDS list by an operator's recipe: judged as any reading, with errors that name the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scrapers.ans_hds.hosts.aside import astray
from scrapers.ans_hds.hosts.lines import HEADS
from scrapers.ans_hds.rows import SOURCE, Found
from scrapers.page.recipe import Recipe, Taken, recipe_of, taken
from scrapers.page.records import Record, Row
from scrapers.page.vocabulary import UNDER, Vocabulary
from scrapers.source import LayoutChanged, Misset, RecipeCheck
from state.model import Reason

if TYPE_CHECKING:
    from scrapers.page.html import Cell, Document

FIELDS = (*HEADS, "status", "perimeter", "address", "website", "document")
"""The fields that a recipe may name."""
ONE_OF = (("holder",), ("activities",), ("number", "end", "period"))
"""What a row needs: one field of each group."""
WANTED = ("holder", "activities", "number", "body", "version", "start", "end")
"""Fields that a recipe does well to name, where the page prints them."""
SHOWN = 3
USUAL = ("holder", "activities", "number", "end", "period", "body")
"""Fields that most rows print, where the list has them."""


def steps_of(given: Mapping[str, object]) -> Recipe:
    """The recipe that settings give; `Misset` for one that cannot be used or lacks what a row needs."""
    recipe = recipe_of(given, FIELDS, ticked="activities")
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
    every = taken(SOURCE, document, recipe, vocabulary)
    rows = tuple(row_of(document, number, row) for number, row in enumerate(every, start=1))
    # The whole print of a row too, for its dates: a recipe need not name all of them.
    said = [*(row.record.said() for row in rows), *(row.said for row in every)]
    return Found(
        document=document,
        records=tuple(row.record for row in rows),
        rows=rows,
        heads=(rows[0].record.heads,) if rows else (),
        astray=astray(document, said) if rows else (),
    )


def row_of(document: Document, number: int, row: Taken) -> Row:
    """A taken row by its fields; their names stand for heads, which the recipe has none of."""
    cells: dict[str, list[tuple[str, Cell]]] = {}
    for name, cell in row.cells.items():
        field, _, tick = name.partition(".")
        head = f"{UNDER} {tick}" if tick else HEADS.get(field, field)
        cells.setdefault("activity" if tick else field, []).append((head, cell))
    told = [pair for pairs in cells.values() for pair in pairs]
    record = Record(
        heads=tuple(head for head, _ in told),
        cells=tuple(cell for _, cell in told),
        page=document.index,
        spot=f"ligne {number}",
        dress="recipe",
        context=row.context,
    )
    return Row(record=record, cells=cells, spare=row.spare)


def refuse_unfilled(recipe: Recipe, found: Sequence[Found]) -> None:
    """Raises when a part of the recipe gives nothing on most rows: it points beside its field."""
    rows = [row for part in found for row in part.rows if isinstance(row, Row)]
    said = next((part.records[0].said() for part in found if part.records), "")
    for name, part in recipe.fields.items() if rows else ():
        filled = sum(bool(row.one(name).text) for row in rows)
        if filled == 0 or (name in USUAL and filled * 2 < len(rows)):
            place, many = part.said(), len(rows)
            unfilled = Reason.of(
                "recipe_unfilled", field=name, at=place, filled=filled, rows=many, said=said[:100]
            )
            raise LayoutChanged(SOURCE, unfilled)


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
