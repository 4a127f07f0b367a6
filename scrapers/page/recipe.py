"""A recipe: where an operator says that the rows of a page are, and where in a row each field.

For pages in a dress that no reader foresaw. `rows` is a CSS selector of one row, or a path into JSON data
("$.hds.rows"); each field is a selector inside the row, the number of a column, or a table of `select`,
`column` and `match` (a pattern with one group).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup
from soupsieve import SelectorSyntaxError

from scrapers.page.heads import DATE_LIKE, head_rows, is_head, joined_heads, label_on, without_label
from scrapers.page.html import Cell, Document, cell_of, text_of
from scrapers.page.json_rows import json_cell
from scrapers.page.records import HEADINGS, LETTERED, cells_of, grid_of, own_rows, table_around
from scrapers.page.spoken import tokens
from scrapers.source import LayoutChanged, Misset
from state.model import Reason

if TYPE_CHECKING:
    from bs4 import Tag

    from scrapers.page.tree import Element
    from scrapers.page.vocabulary import Vocabulary

PATH = "$"
KEYS = ("select", "column", "match")
UNTITLED = "(sans titre)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Where one field stands in a row: a selector or a column (the row itself without either), and a pattern
    whose group is the value. `attribute` is read in place of the text."""

    select: str = ""
    column: int = 0
    match: str = ""
    attribute: str = ""

    def said(self) -> str:
        """The part as an operator wrote it, for errors."""
        where = f"column {self.column}" if self.column else repr(self.select) if self.select else "the row"
        where += f"@{self.attribute}" if self.attribute else ""
        return where + (f" matching {self.match!r}" if self.match else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Rows, and the part of each field; `ticks` are columns that say yes or no, by what they stand for."""

    rows: str
    fields: Mapping[str, Part]
    ticks: Mapping[str, Part]

    @property
    def parts(self) -> list[tuple[str, Part]]:
        """Every field with its part; several for one field that is ticked."""
        return [*self.fields.items(), *((f"activities.{name}", part) for name, part in self.ticks.items())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One row as a recipe takes it: the cell of each of its parts, and what none claims, under its head.

    `said` is all that it prints, `context` the heading over it.
    """

    cells: Mapping[str, Cell]
    spare: Mapping[str, str]
    said: str
    context: str


def recipe_of(given: Mapping[str, object], fields: Sequence[str], ticked: str) -> Recipe:
    """The recipe that settings give; `Misset` names what is wrong with it.

    `fields` are those that a source knows; `ticked` is the one that may be a table of columns.
    """
    unknown = sorted(set(given) - {"rows", *fields})
    if unknown:
        known, found = ", ".join(fields), ", ".join(unknown)
        raise Misset.at("recipe", Reason.of("recipe_unknown", known=known, found=found))
    rows = given.get("rows")
    if not isinstance(rows, str) or not rows.strip():
        raise Misset.at("recipe.rows", Reason.of("recipe_rows", found=repr(rows)))
    if not rows.startswith(PATH):
        refuse_selector("rows", rows)
    parts: dict[str, Part] = {}
    ticks: dict[str, Part] = {}
    for name, value in given.items():
        if name == ticked and isinstance(value, Mapping) and not set(value) & set(KEYS):
            ticks = {str(key): part_of(f"{name}.{key}", inner, rows) for key, inner in value.items()}
        elif name != "rows":
            parts[name] = part_of(name, value, rows)
    return Recipe(rows=rows.strip(), fields=parts, ticks=ticks)


def part_of(name: str, value: object, rows: str) -> Part:
    """One part of a recipe, checked; the environment gives numbers as text."""
    if isinstance(value, Mapping):
        unknown = sorted(set(value) - set(KEYS))
        if unknown or not value:
            found = ", ".join(unknown) or Reason.of("recipe_nothing")
            raise Misset.at(f"recipe.{name}", Reason.of("recipe_part", found=found))
        where = part_of(name, value.get("column", value.get("select", "")), rows)
        return replace(where, match=pattern(name, value.get("match")))
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return Part(column=value)
    if isinstance(value, str) and value.isdigit() and int(value) > 0:
        return Part(column=int(value))
    if not isinstance(value, str):
        raise Misset.at(f"recipe.{name}", Reason.of("recipe_place", found=repr(value)))
    if rows.startswith(PATH):
        return Part(select=value.strip())
    select, _, attribute = value.strip().partition("@")
    if select:
        refuse_selector(name, select)
    return Part(select=select.strip(), attribute=attribute.strip())


def pattern(name: str, value: object) -> str:
    """A pattern with one group, "" for none; `Misset` for any other."""
    if value is None:
        return ""
    try:
        groups = re.compile(str(value)).groups
    except re.error as error:
        why = Reason.of("recipe_pattern", found=repr(value), text=str(error))
        raise Misset.at(f"recipe.{name}.match", why) from None
    if groups != 1:
        why = Reason.of("recipe_group", groups=groups, found=repr(value))
        raise Misset.at(f"recipe.{name}.match", why)
    return str(value)


def refuse_selector(name: str, selector: str) -> None:
    try:
        BeautifulSoup("<p></p>", "lxml").select(selector)
    except (SelectorSyntaxError, ValueError, NotImplementedError) as error:
        said = str(error).splitlines()[0]
        why = Reason.of("recipe_selector", found=repr(selector), text=said)
        raise Misset.at(f"recipe.{name}", why) from None


def taken(source: str, document: Document, recipe: Recipe, vocabulary: Vocabulary) -> list[Taken]:
    """The rows of a page as a recipe takes them, [] when it matches none."""
    if recipe.rows.startswith(PATH):
        return [of_data(row, recipe) for row in rows_at(document.data, recipe.rows)]
    if document.whole is None or document.main is None:
        return []
    page = Selected(source, document, vocabulary)
    rows = page.select(recipe.rows)
    within = next((tag for _, tag in rows if any(other.covers(tag) for _, other in rows)), None)
    if within is not None:
        said, tag = text_of(within)[:80], within.name
        raise LayoutChanged(source, Reason.of("rows_nested", selector=recipe.rows, tag=tag, said=said))
    return [page.row(soup, tag, recipe) for soup, tag in rows if not is_heading(tag, vocabulary)]


def is_heading(tag: Element, vocabulary: Vocabulary) -> bool:
    """Whether a matched row is one of heads, or a letter between rows."""
    said, cells = text_of(tag), cells_of(tag)
    known = len(vocabulary.known([text_of(cell) for cell in cells])) > 2
    heads = bool(cells) and (known or all(is_head(cell) for cell in cells)) and not DATE_LIKE.search(said)
    return not said or heads or bool(LETTERED.fullmatch(said))


class Selected:
    """One page under selectors: what they match there, as elements of our tree."""

    def __init__(self, source: str, document: Document, vocabulary: Vocabulary) -> None:
        self._source, self._document, self._vocabulary = source, document, vocabulary
        self._soup = BeautifulSoup(document.markup, "lxml")
        self._places = {id(tag): place for place, tag in enumerate(self._soup.find_all(True))}
        self._lines: dict[int, dict[int, tuple[tuple[str, ...], list[Element]]]] = {}

    def select(self, selector: str) -> list[tuple[Tag, Element]]:
        return [(tag, self.element(tag)) for tag in self._soup.select(selector)]

    def element(self, tag: Tag) -> Element:
        assert self._document.whole is not None  # noqa: S101 - `taken` has looked
        known = self._document.whole.inside
        place = self._places[id(tag)]
        if place >= len(known) or known[place].name != tag.name:
            raise LayoutChanged(self._source, Reason.of("damaged_markup"))
        return known[place]

    def row(self, soup: Tag, tag: Element, recipe: Recipe) -> Taken:
        """One matched row: its fields, and what none of them claims."""
        claimed: list[Element] = []
        cells = {name: self.cell(soup, tag, part, claimed) for name, part in recipe.parts}
        return Taken(cells=cells, spare=self.spare(tag, claimed), said=text_of(tag), context=over(tag))

    def cell(self, soup: Tag, tag: Element, part: Part, claimed: list[Element]) -> Cell:
        """What one part says in a row; the elements that it reads are claimed."""
        if part.column:
            elements = self.line(tag)[1][part.column - 1 : part.column]
        else:
            chosen = soup.select(part.select) if part.select else []
            elements = [self.element(one) for one in chosen] if part.select else [tag]
        claimed += elements if elements != [tag] else []
        base = self._document.address
        if part.attribute:
            return joined(
                [Cell.of(" ".join(one.get(part.attribute).split())) for one in elements], part.match
            )
        return joined([without_label(one, label_on(one), cell_of(one, base)) for one in elements], part.match)

    def line(self, tag: Element) -> tuple[tuple[str, ...], list[Element]]:
        """The cells of a row with their heads, spans spread; children without heads for any other element."""
        table = table_around(tag) if cells_of(tag) else None
        if table is None:
            return (), tag.elements
        if id(table) not in self._lines:
            rows = own_rows(table)
            grid = grid_of([cells_of(row) for row in rows])
            heads = joined_heads(grid[: head_rows(rows, grid, self._vocabulary)], self._vocabulary)
            self._lines[id(table)] = {id(row): (heads, line) for row, line in zip(rows, grid, strict=True)}
        return self._lines[id(table)].get(id(tag), ((), tag.elements))

    def spare(self, tag: Element, claimed: Sequence[Element]) -> dict[str, str]:
        """What a row prints outside the claimed elements: under its head, its label, or without title."""
        heads, cells = self.line(tag)
        found: dict[str, str] = {}
        if heads and len(heads) == len(cells):
            for head, cell in zip(heads, cells, strict=True):
                if not touched(cell, claimed) and (said := text_of(cell)):
                    found[head or UNTITLED] = said
            return found
        for token in tokens(tag, self._vocabulary, self._document.address) if claimed else ():
            if not touched(token.node, claimed) and token.cell.text:
                key = token.label.rstrip(" :") or UNTITLED
                found[key] = f"{found[key]} – {token.cell.text}" if key in found else token.cell.text
        return found


def touched(tag: Element, claimed: Iterable[Element]) -> bool:
    """Whether an element is claimed, holds a claimed one, or lies in one."""
    return any(one is tag or one.covers(tag) or tag.covers(one) for one in claimed)


def over(tag: Element) -> str:
    """The heading before an element, letters and headings of the row left out."""
    before = (t for t in tag.before if t.name in HEADINGS and not tag.covers(t))
    return next((said for t in before if len(said := text_of(t)) > 3), "")


def joined(cells: Sequence[Cell], match: str) -> Cell:
    """Several cells as one, a line each; where there is a pattern, what its group finds in them."""
    lines = tuple(line for cell in cells for line in (cell.lines or (cell.text,)) if line)
    if match:
        found = re.search(match, " ".join(lines))
        return Cell.of(" ".join((found.group(1) or "").split())) if found else Cell.of()
    return Cell.of(*lines, link=next((c.link for c in cells if c.link), ""))


# JSON


def rows_at(data: object, path: str) -> list[object]:
    """The rows at a path of JSON data ("$.hds.rows"); those of each block of JSON that a page carries."""
    if isinstance(data, tuple):
        return [row for block in data for row in rows_at(block, path)]
    for key in filter(None, path.removeprefix(PATH).split(".")):
        data = at_key(data, key)
    rows = [*data.values()] if isinstance(data, dict) else data
    return rows if isinstance(rows, list) else []


def at_key(data: object, key: str) -> object:
    """What an object has under a key, or a list at a place from 1; None for nothing."""
    if isinstance(data, dict):
        return data.get(key)
    if isinstance(data, list) and key.isdigit() and 0 < int(key) <= len(data):
        return data[int(key) - 1]
    return None


def of_data(row: object, recipe: Recipe) -> Taken:
    """One row of JSON data: fields by their keys, or by their place in an array."""
    claimed = {str(part.column or part.select.split(".")[0]) for _, part in recipe.parts}
    items = row.items() if isinstance(row, dict) else enumerate(row, start=1) if isinstance(row, list) else ()
    spare = {str(key): json_cell(value).text for key, value in items if str(key) not in claimed}
    return Taken(
        cells={name: json_part(row, part) for name, part in recipe.parts},
        spare={key: said for key, said in spare.items() if said},
        said=json_cell(row).text,
        context="",
    )


def json_part(row: object, part: Part) -> Cell:
    """What one part says in a row of JSON data."""
    value = row
    for key in [str(part.column)] if part.column else filter(None, part.select.split(".")):
        value = at_key(value, key)
    return joined([json_cell(value)], part.match)
