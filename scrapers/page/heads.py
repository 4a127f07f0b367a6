"""The heads of a table: how many rows at its top are heads, and which head each column has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scrapers.page.html import Cell, text_of
from scrapers.page.shown import LABELS
from scrapers.page.vocabulary import UNDER, Vocabulary

if TYPE_CHECKING:
    from scrapers.page.tree import Element

DATE_LIKE = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d\d-\d\d|\d{1,2}(?:er)?\s+[a-zéû]{3,9}\.?\s+\d{4}", re.I
)
MOST_ROWS = 4
"""Rows of heads at most, where only spans say how many there are."""


def label_on(cell: Element) -> str:
    """The label that an element carries in an attribute, "" for none."""
    said = (cell.get(name).strip() for name in LABELS)
    return next((label for label in said if any(c.isalpha() for c in label)), "")


def without_label(tag: Element, label: str, cell: Cell) -> Cell:
    """What an element says without the label that it prints once more before its value, for narrow screens.

    Only an element of its own is a label: a name may begin as its head does ("Hébergeur de France").
    """
    said = next((text for one in tag.inside if not one.elements and (text := text_of(one))), "")
    repeats = said.rstrip(" :") == label.rstrip(" :") and cell.text.startswith(said)
    if not label or not cell.lines or not repeats:
        return cell
    start = cell.lines[0].removeprefix(said).lstrip(" :")
    return Cell.of(start, *cell.lines[1:], link=cell.link)


def is_head(cell: Element) -> bool:
    """Whether a cell is a head by its name or its role."""
    return cell.name == "th" or cell.get("role") == "columnheader"


def head_rows(rows: Sequence[Element], grid: Sequence[Sequence[Element]], vocabulary: Vocabulary) -> int:
    """How many rows at the top are heads: those of `thead`, else rows of `th`, else those that read so."""
    top = titles = next((at for at, line in enumerate(grid[:MOST_ROWS]) if not lone(line)), 0)
    for row, line in zip(rows[top:], grid[top:], strict=True):
        parent = row.parent
        in_head = parent is not None and parent.name == "thead"
        if not line or not (in_head or all(is_head(cell) for cell in line)) or tells_dates(line):
            break
        if lone(line) and top > titles:  # "A", over the first rows of the list
            break
        top += 1
    if top > titles:
        return top
    first = grid[titles] if len(grid) > titles else []
    labelled = any(label_on(cell) for cell in first)
    if not labelled and len(vocabulary.known([text_of(c) for c in first])) >= 2:
        return titles + spanned_rows(grid[titles:])
    return 0


def lone(line: Sequence[Element]) -> bool:
    """Whether a row is one cell, over all columns or alone."""
    return len({id(cell) for cell in line}) == 1


def spanned_rows(grid: Sequence[Sequence[Element]]) -> int:
    """How many rows of ordinary cells the first row of heads takes with it, by its spans."""
    first = grid[0]
    down = max((int(cell.get("rowspan")) for cell in first if cell.get("rowspan").isdigit()), default=1)
    across = len({id(cell) for cell in first}) < len(first)
    many = min(max(down, 2 if across else 1), MOST_ROWS, len(grid))
    return next((at for at in range(1, many) if tells_dates(grid[at])), many)


def tells_dates(line: Sequence[Element]) -> bool:
    """Whether a row of heads is a row of data after all: several cells, one of them a date."""
    return len({id(cell) for cell in line}) > 1 and any(DATE_LIKE.search(text_of(cell)) for cell in line)


def joined_heads(lines: Sequence[Sequence[Element]], vocabulary: Vocabulary) -> tuple[str, ...]:
    """One head per column; under a head that spans several, the words that mean something are taken."""
    lines = [line for line in lines if not lone(line)] or lines
    if not lines:
        return ()
    width = max(len(line) for line in lines)
    columns = ([text_of(line[at]) for line in lines if at < len(line)] for at in range(width))
    parts = [[*dict.fromkeys(filter(None, said))] for said in columns]  # each word once
    heads = [best_of(said, vocabulary) for said in parts]
    for start, end in spans(lines):
        told = [said[-1] if said else "" for said in parts[start:end]]
        over = parts[start][0] if parts[start] else ""
        together = vocabulary.is_set(told, together=True) or vocabulary.field_of(over) in vocabulary.split
        if all(told) and together:
            heads[start:end] = [f"{over} {UNDER} {word}" for word in told]
    return vocabulary.with_sets(heads)


def best_of(parts: Sequence[str], vocabulary: Vocabulary) -> str:
    """The words over a column that mean something: all of them, else the last, else the first."""
    choices = [" ".join(parts), *parts[::-1][:1], *parts[:1]]
    return next((c for c in choices if vocabulary.field_of(c) is not None), choices[0])


def spans(lines: Sequence[Sequence[Element]]) -> list[tuple[int, int]]:
    """The stretches of columns under one head, where further rows of heads tell them apart."""
    found, start = [], 0
    first = lines[0] if len(lines) > 1 else ()
    for at in range(1, len(first) + 1):
        if at == len(first) or first[at] is not first[start]:
            if at - start > 1:
                found.append((start, at))
            start = at
    return found
