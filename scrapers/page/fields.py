"""A printed row with its cells sorted by field: the surest head wins, nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scrapers.page.html import Cell
from scrapers.page.records import Record
from scrapers.page.vocabulary import Vocabulary

EMPTY = Cell(text="")


class UnreadableRow(ValueError):
    """A row that prints something else than what its field needs; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record with its cells sorted by field; `spare` are printed heads without a field of ours."""

    record: Record
    cells: Mapping[str, Sequence[tuple[str, Cell]]]
    spare: Mapping[str, str] = field(default_factory=dict)

    def one(self, name: str) -> Cell:
        """The cell of a field, an empty one when the row has none."""
        found = self.cells.get(name)
        return found[0][1] if found else EMPTY


def sorted_row(record: Record, vocabulary: Vocabulary) -> Row:
    """The record by fields. The surest head wins a field; losers are kept under their printed head."""
    claims: dict[str, list[tuple[int, str, Cell]]] = {}
    spare: dict[str, str] = {}
    for head, cell in zip(record.heads, record.cells, strict=False):
        name = vocabulary.field_of(head)
        if name:
            claims.setdefault(name, []).append((vocabulary.rank_of(head), head, cell))
        elif cell.text and (name is None or not head):
            spare[head or "(sans titre)"] = cell.text
    cells: dict[str, list[tuple[str, Cell]]] = {}
    for name, claimed in claims.items():
        if name not in vocabulary.several:
            claimed = won(name, claimed, spare)
        cells[name] = [(head, cell) for _, head, cell in claimed]
    if "holder" not in cells and record.title is not None:
        cells["holder"] = [("", record.title)]
    if "holder" not in cells and (head := vocabulary.holder_in(spare)):
        cells["holder"] = [(head, Cell(text=spare.pop(head)))]
    return Row(record=record, cells=cells, spare=spare)


def won(
    name: str, claimed: list[tuple[int, str, Cell]], spare: dict[str, str]
) -> list[tuple[int, str, Cell]]:
    """The one claim that a field keeps; two claims as sure as each other must say the same."""
    claimed = sorted(claimed, key=lambda claim: (claim[0], not claim[2].text))
    best = claimed[0]
    for rank, head, cell in claimed[1:]:
        if rank == best[0] and cell.text and cell.text != best[2].text:
            raise UnreadableRow(
                f"two values for {name}: {best[2].text!r} and {cell.text!r} under {best[1]!r} and {head!r}"
            )
        if cell.text and cell.text != best[2].text:
            spare[head] = cell.text
    return [best]
