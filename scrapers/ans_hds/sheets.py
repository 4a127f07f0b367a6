"""The pages of one look at the HDS list: what each holds, where it leads, which letter and number it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scrapers.ans_hds.pages import (
    Way,
    current_letter,
    endpoints,
    initial,
    letter_bar,
    letter_of,
    letter_ways,
    next_of,
    number_of,
    pager_ways,
    same_page,
    silent_letters,
    spans_alphabet,
    spot_name,
    stuck_pager,
)
from scrapers.ans_hds.recipe import found_by
from scrapers.ans_hds.rows import SOURCE, Found, found_in
from scrapers.page.html import Document, open_page
from state.model import Page, Reason

if TYPE_CHECKING:
    from scrapers.ans_hds.settings import Settings
    from scrapers.page.records import Record

MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page of a look: what it holds, where it leads, and which letter and number of the list it is.

    `letters` are the letters of its bar, `current` the one it is on, `silent` those that only a
    script opens; `bar` and `pager` lead on; `stuck` is printed on what only a script turns.
    """

    found: Found
    holders: tuple[str, ...]
    letters: tuple[str, ...]
    silent: tuple[str, ...]
    current: str
    bar: tuple[Way, ...]
    pager: tuple[Way, ...]
    stuck: str = ""
    letter: str = ""
    number: int = 1

    @property
    def document(self) -> Document:
        return self.found.document

    @property
    def records(self) -> tuple[Record, ...]:
        return self.found.records

    @property
    def initials(self) -> list[str]:
        """The initials of the holders, one per row."""
        return [initial(name) for name in self.holders]

    @property
    def spans(self) -> bool:
        """Whether the rows of this page cover the alphabet, so that its letters only filter them."""
        return spans_alphabet(self.initials, len(set(self.letters)))

    @property
    def spot(self) -> tuple[str, int]:
        return self.letter, self.number

    @property
    def identity(self) -> tuple[str, str, int]:
        """What tells this page from others of the list."""
        return (same_page(self.document.address), *self.spot)

    @property
    def name(self) -> str:
        """The page in words ("lettre S, page 2"), "" for the only one."""
        return spot_name(self.letter, self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The pages of one look, in order.

    `broken` says, while fetching, that a page could not be understood and its ways are not followed.
    """

    sheets: tuple[Sheet, ...] = ()
    broken: bool = False


def looked(pages: Sequence[Page], settings: Settings, before: Look | None = None) -> Look:
    """The look at these pages, after the ones of `before`."""
    known = before.sheets if before is not None else ()
    fresh = tuple(opened(len(known) + at, page, settings) for at, page in enumerate(pages))
    ways = tuple(way for sheet in (*known, *fresh) for way in sheet.bar)
    return Look(sheets=(*known, *(placed(sheet, ways) for sheet in fresh)))


def opened(index: int, page: Page, settings: Settings) -> Sheet:
    document = open_page(SOURCE, index, page, settings.selector, every=settings.names_attributes)
    steps, words = settings.steps, settings.vocabulary
    found = found_by(document, steps, words) if steps is not None else found_in(document, words)
    bar = letter_bar(document)
    return Sheet(
        found=found,
        holders=tuple(found.holders),
        letters=tuple(letter for letter, _ in bar),
        current=current_letter(bar),
        silent=tuple(silent_letters(document, bar)) if not settings.letter_url else (),
        bar=tuple(letter_ways(document, bar, settings.letter_url, settings.letters)),
        pager=tuple(pager_ways(document)),
        stuck=stuck_pager(document) if not settings.data_url else "",
    )


def placed(sheet: Sheet, ways: Sequence[Way]) -> Sheet:
    """The page with its letter and number, as far as it or the pages before tell."""
    letter = "" if sheet.spans else letter_of(sheet.document, sheet.current, ways, sheet.initials)
    return replace(sheet, letter=letter, number=number_of(sheet.document))


def onward(look: Look, at: int, settings: Settings) -> list[Way]:
    """The further pages that one page of the look leads to."""
    sheet = look.sheets[at]
    document = sheet.document
    if address := next_of(document.data):
        return [Way(address=urljoin(document.address, address), number=0)]
    ways = [replace(way, letter=sheet.letter) for way in sheet.pager]
    if not sheet.spans or settings.letter_url:
        ways += sheet.bar
    if settings.data_url and at == 0:
        ways.append(Way(address=urljoin(document.address, settings.data_url), number=0))
    elif not ways and not sheet.found.records and not sheet.found.empty:
        ways += [Way(address=address, number=0) for address in endpoints(document)[:1]]
    return ways


def missing_in(look: Look, settings: Settings) -> Iterator[str]:
    """The pages of the list that these lead to and that are not among them."""
    given = {same_page(sheet.document.address) for sheet in look.sheets}
    spots = {sheet.spot for sheet in look.sheets}
    for at in range(len(look.sheets)):
        for way in onward(look, at, settings):
            if same_page(way.address) not in given and (way.letter, way.number) not in spots:
                yield way.name


def some(names: Sequence[str], most: int = MOST_NAMED) -> Reason:
    """Names in one line: the first, and how many more there are."""
    first = ", ".join(names[:most])
    if len(names) <= most:
        return Reason.of("names", names=first)
    return Reason.of("names_and_more", names=first, more=len(names) - most)
