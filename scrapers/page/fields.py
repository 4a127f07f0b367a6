"""A printed row with its cells sorted by field: the surest head wins, nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scrapers.page.html import Cell
from scrapers.page.records import Record
from scrapers.page.vocabulary import Vocabulary
from scrapers.source import UnreadableRow
from state.model import Reason

EMPTY = Cell(text="")


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
            first, second = best[2].text, cell.text
            raise UnreadableRow(
                Reason.of("two_values", field=name, first=first, second=second, head=best[1], other=head)
            )
        if cell.text and cell.text != best[2].text:
            spare[head] = cell.text
    return [best]
