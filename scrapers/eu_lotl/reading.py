"""The list of lists as a listing without rows: facts about the lists of states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scrapers.root.chain import believed, name_of
from scrapers.trust import in_the_name_of
from state.model import Fact, Listing, Page, Reason, Remark

if TYPE_CHECKING:
    from scrapers.root import Pointer
    from scrapers.trust import Root


def read_lists(pages: Sequence[Page], root: Root, name: str) -> Listing:
    """What the list of lists states; see `EuLotl.read`."""
    with in_the_name_of(name):
        lists = believed(pages, root)
    return Listing(
        source=name,
        attestations=(),
        covers=frozenset(),
        edition_at=lists.issued,
        next_update=lists.lapse.at,
        number=lists.number,
        lapses=(lists.lapse,),
        facts=tuple(fact for _, one in sorted(lists.pointers.items()) for fact in _facts(one, lists.page)),
        remarks=tuple(
            Remark(topic=f"journal:{uri}", reason=Reason.of("new_journal", address=uri), kind="trust")
            for uri in lists.journals
        ),
    )


def _facts(pointer: Pointer, page: int) -> Iterator[Fact]:
    signers = tuple(sorted(f"{sha256} ({name_of(body)})" for sha256, body in pointer.signers.items()))
    for topic, values in (("list_address", pointer.addresses), ("list_signers", signers)):
        yield Fact(topic=topic, of=pointer.territory, values=values, page=page, place=pointer.place)
