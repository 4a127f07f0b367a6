"""One look at the HDS list: which page is which, whether the look is whole, and what it states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from scrapers.ans_hds.hosts.duplicates import without_doubles
from scrapers.ans_hds.pages import (
    Way,
    current_letter,
    endpoints,
    initial,
    is_rare,
    letter_bar,
    letter_of,
    letter_ways,
    next_of,
    number_of,
    pager_ways,
    pages_printed,
    same_page,
    silent_letters,
    spans_alphabet,
    strange_letter,
    stuck_pager,
)
from scrapers.ans_hds.recipe import found_by, refuse_unfilled
from scrapers.ans_hds.rows import SOURCE, Found, found_in, printed_counts, reading_of
from scrapers.ans_hds.versions import MOST_NAMED, refuse_twice, some
from scrapers.page.html import Document, open_page
from scrapers.page.recipe import Recipe
from scrapers.page.records import Record
from scrapers.page.vocabulary import Vocabulary
from scrapers.source import Doubtful, LayoutChanged
from state.model import Attestation, Listing, Page, Reason, Remark, Unreadable
from state.names import name_key

MOST_UNREADABLE = 10
UNREADABLE_SHARE = 0.02
DATED = re.compile(
    r"(.{0,60}\bmise? a jour\b.{0,40}?)(?:\ble )?(\d{1,2}(er)? ?[a-z/.]+ ?(\d{1,2}[/.])?\d{4}).{0,20}"
)
TOPIC = re.compile(r"\bheberg")
HOP = "x-vigilabel-redirect"


class Settings(Protocol):
    """What an operator may set without touching code; see `AnsHds`."""

    @property
    def vocabulary(self) -> Vocabulary: ...  # noqa: D102
    @property
    def letter_url(self) -> str: ...  # noqa: D102
    @property
    def letters(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def data_url(self) -> str: ...  # noqa: D102
    @property
    def selector(self) -> str: ...  # noqa: D102
    @property
    def repeated(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def steps(self) -> Recipe | None: ...  # noqa: D102


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
        """The page itself."""
        return self.found.document

    @property
    def records(self) -> tuple[Record, ...]:
        """The rows of the list on this page."""
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
        """Letter and number."""
        return self.letter, self.number

    @property
    def identity(self) -> tuple[str, str, int]:
        """What tells this page from others of the list."""
        return (same_page(self.document.address), *self.spot)

    @property
    def name(self) -> str:
        """The page in words ("lettre S, page 2"), "" for the only one."""
        parts = [
            f"lettre {self.letter.upper()}" if self.letter else "",
            f"page {self.number}" if self.number > 1 else "",
        ]
        return ", ".join(p for p in parts if p)


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
    """One page, opened and read."""
    document = open_page(SOURCE, index, page, settings.selector)
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
    if isinstance(document.data, dict) and (address := next_of(document.data)):
        return [Way(address=urljoin(document.address, address), number=0)]
    ways = [replace(way, letter=sheet.letter) for way in sheet.pager]
    if not sheet.spans or settings.letter_url:
        ways += sheet.bar
    if settings.data_url and at == 0:
        ways.append(Way(address=urljoin(document.address, settings.data_url), number=0))
    elif not ways and not sheet.found.records and not sheet.found.empty:
        ways += [Way(address=address, number=0) for address in endpoints(document)[:1]]
    return ways


# Whole or void


def refuse_part(look: Look, settings: Settings) -> None:
    """Raises unless the look is whole: every page that its pages lead to, each with its rows."""
    refuse_other_topic(look)
    refuse_near(look)
    if settings.steps is not None:
        refuse_unfilled(settings.steps, [sheet.found for sheet in look.sheets])
    if not settings.selector:  # who points at the list has said what is not of it
        refuse_astray(look)
    refuse_silent_letters(look)
    refuse_stuck_pager(look)
    refuse_lone_letters(look)
    given = {same_page(sheet.document.address) for sheet in look.sheets}
    spots = {sheet.spot for sheet in look.sheets}
    ways = [way for at in range(len(look.sheets)) for way in onward(look, at, settings)]
    missing = {
        w.name for w in ways if same_page(w.address) not in given and (w.letter, w.number) not in spots
    }
    if missing:
        lacking = Reason.of("pages_missing", pages=len(look.sheets), missing=some(sorted(missing)))
        raise LayoutChanged(SOURCE, lacking)
    if not any(sheet.found.records for sheet in look.sheets):
        raise no_rows(look.sheets[0], settings.steps)
    refuse_bare_pages(look, settings)
    refuse_moved(look)


def no_rows(sheet: Sheet, steps: Recipe | None = None) -> LayoutChanged:
    """The error for a page without the rows of the list, or without those of a recipe."""
    seen = seen_instead(sheet.found)
    reason = Reason.of("no_list", found=seen)
    if steps is not None:
        reason = Reason.of("no_rows_of_recipe", selector=steps.rows, found=seen)
    return LayoutChanged(SOURCE, reason, sheet.name)


def refuse_other_topic(look: Look) -> None:
    """Raises when pages with a title speak of something else."""
    titled = [
        d for sheet in look.sheets if (d := sheet.document).whole is not None and d.whole.holds("title")
    ]
    if titled and not any(TOPIC.search(document.headline) for document in titled):
        raise LayoutChanged(SOURCE, Reason.of("other_topic", found=titled[0].headline[:160]))


def refuse_near(look: Look) -> None:
    """Raises when a group is nearly the list: to leave it out would be to lose its rows."""
    for sheet in look.sheets:
        if sheet.found.near:
            raise LayoutChanged(SOURCE, Reason.of("no_list", found=some_of(sheet.found.near)), sheet.name)


def refuse_astray(look: Look) -> None:
    """Raises when a page holds days to come that none of its rows prints: rows may be hidden in it."""
    for sheet in look.sheets:
        if days := sheet.found.astray:
            said = some([f"{day:%d/%m/%Y}" for day in days])
            raise LayoutChanged(SOURCE, Reason.of("days_astray", days=said), sheet.name)


def refuse_silent_letters(look: Look) -> None:
    """Raises when letters can only be opened by a script: their address must be set."""
    for sheet in look.sheets:
        if sheet.silent and not sheet.spans:
            raise LayoutChanged(SOURCE, Reason.of("silent_letters", letters=", ".join(sheet.silent[:4])))


def refuse_stuck_pager(look: Look) -> None:
    """Raises when a page leads on by a script only, or prints more pages than there are."""
    for sheet in look.sheets:
        if sheet.found.records and sheet.stuck:
            raise LayoutChanged(SOURCE, Reason.of("stuck_pager", words=sheet.stuck), sheet.name)
        if (pages := pages_printed(sheet.document)) > len(look.sheets):
            few = Reason.of("fewer_pages", pages=len(look.sheets), printed=pages)
            raise LayoutChanged(SOURCE, few, sheet.name)


def refuse_lone_letters(look: Look) -> None:
    """Raises for pages of letters, or pieces of pages, without the page that says which letters there are."""
    lettered = [sheet.letter.upper() for sheet in look.sheets if sheet.letter]
    marked_up = [whole for sheet in look.sheets if (whole := sheet.document.whole) is not None]
    pieces = [whole for whole in marked_up if not whole.holds("title")]
    barred = any(sheet.letters for sheet in look.sheets)
    if (lettered and not barred) or (pieces and len(pieces) == len(marked_up)):
        lone = Reason.of("letters_alone", letters=", ".join(lettered))
        raise LayoutChanged(SOURCE, lone if lettered else Reason.of("pieces_alone"))


def refuse_bare_pages(look: Look, settings: Settings) -> None:
    """Raises for a page of the list without rows, or with the rows of another letter."""
    for at, sheet in enumerate(look.sheets):
        strange = strange_letter(sheet.letter, sheet.initials)
        if strange:
            other = Reason.of("other_letter", letter=sheet.letter.upper(), found=strange.upper())
            raise LayoutChanged(SOURCE, other, sheet.name)
        if sheet.found.records or (sheet.found.empty and is_rare(sheet.letter)):
            continue
        if sheet.letter or sheet.number != 1 or not onward(look, at, settings):
            raise no_rows(sheet)


def refuse_moved(look: Look) -> None:
    """Raises `Doubtful` when a page that was fetched twice changed in between."""
    first: dict[tuple[str, str, int], Sheet] = {}
    for sheet in look.sheets:
        before = first.setdefault(sheet.identity, sheet).found.records
        if [r.said() for r in before] != [r.said() for r in sheet.found.records]:
            page, now = sheet.name or sheet.document.address, len(sheet.found.records)
            raise Doubtful(
                Reason.of("moved_in_between", page=page, before=len(before), now=now), source=SOURCE
            )


def seen_instead(part: Found) -> Reason:
    """What a page shows where the list should be."""
    said = (part.document.headline or part.document.text)[:160]
    heads = " | ".join(", ".join(group) for group in part.heads[:6])
    return Reason.of("other_heads", heads=heads, said=said) if heads else Reason.of("no_rows", said=said)


def some_of(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """The first reasons, and how many more there are."""
    more = len(reasons) - MOST_NAMED
    return (*reasons[:MOST_NAMED], *([Reason.of("and_more", more=more)] if more > 0 else ()))


# What it states


def singled(look: Look, settings: Settings) -> Listing:
    """The listing of a whole look, counts reconciled; too many unreadable rows are `LayoutChanged`."""
    # the page that was fetched again says nothing new
    sheets = tuple({sheet.identity: sheet for sheet in reversed(look.sheets)}.values())[::-1]
    places = {sheet.document.index: sheet.name for sheet in sheets}
    reading = reading_of([sheet.found for sheet in sheets], places)
    refuse_twice(SOURCE, sheets, reading.attestations, settings.repeated)
    once, twice = told_once(reading.attestations)
    singles = without_doubles(once)
    unreadable = (*reading.unreadable, *singles.unreadable)
    refuse_unreadable(unreadable, len(singles.attestations))
    remarks = (*reading.remarks, *twice, *singles.remarks, *status_remarks(singles.attestations))
    listing = Listing(
        source=SOURCE,
        attestations=singles.attestations,
        covers=frozenset({"hds"}),
        remarks=tuple(dict.fromkeys(remarks)),
        unreadable=unreadable,
    )
    if doubt := miscounted(sheets, reading.attestations, once, len(unreadable)):
        raise Doubtful(doubt, source=SOURCE, listing=listing)
    return listing


def told_once(rows: Sequence[Attestation]) -> tuple[tuple[Attestation, ...], list[Remark]]:
    """The rows without their repetitions; a row printed twice on one page is told to operators."""
    first: dict[tuple[object, ...], Attestation] = {}
    twice = []
    for row in rows:
        known = first.setdefault(facts(row), row)
        if known is not row and known.page == row.page:
            ref = row.printed_ref or ""
            said = Reason.of("printed_twice", holder=row.holder, ref=ref, first=known.place, second=row.place)
            twice.append(Remark(topic=f"twice:{name_key(row.holder)}:{row.ref}", reason=said))
    return tuple(first.values()), twice


def facts(row: Attestation) -> tuple[object, ...]:
    """All that a row states, without its place: equal rows on two pages are one."""
    return (
        row.holder, row.version, row.scope, row.status, row.issuer, row.ref, row.valid_from, row.valid_until,
        tuple(sorted(row.extra.items())),
    )  # fmt: skip


def refuse_unreadable(unreadable: Sequence[Unreadable], read: int) -> None:
    """Raises when more rows cannot be read than a few of many: at most 2 %, never more than 10."""
    many = len(unreadable)
    if many > MOST_UNREADABLE or many > UNREADABLE_SHARE * (read + many):
        why = some_of([Reason.of("at_row", place=u.place, why=u.why) for u in unreadable])
        raise LayoutChanged(SOURCE, Reason.of("rows_unreadable", many=many, rows=read + many, why=why))


def miscounted(
    sheets: Sequence[Sheet], rows: Sequence[Attestation], once: Sequence[Attestation], unreadable: int
) -> Reason | None:
    """Which number of hosts that a page prints is neither its own nor that of the list; None when none is."""
    keys = {name_key(row.holder) for row in once}
    total = {len(rows), len(once), len({row.holder for row in once}), len(keys)}
    for sheet in sheets:
        names = sheet.holders
        here = {len(sheet.found.records), len(names), len(set(names)), len({name_key(n) for n in names})}
        for count in printed_counts(sheet.document):
            if not any(known <= count <= known + unreadable for known in total | here):
                return Reason.of(
                    "other_count",
                    printed=count,
                    certificates=len(once),
                    hosts=len(keys),
                    rows=len(sheet.found.records),
                )
    return None


def status_remarks(rows: Sequence[Attestation]) -> Iterator[Remark]:
    """A word to operators for each certificate that is printed with a status."""
    for row in rows:
        if row.status != "listed" or "printed_status" in row.extra:
            said = row.extra.get("printed_status", row.status)
            yield Remark(
                topic=f"status:{name_key(row.holder)}:{row.ref}:{said}",
                reason=Reason.of(
                    "printed_status",
                    holder=row.holder,
                    ref=row.printed_ref or "",
                    place=row.place,
                    status=said,
                ),
            )


def remarks_on(look: Look, pages: Sequence[Page], known: Sequence[str]) -> Iterator[Remark]:
    """What operators should know of the pages themselves: a new address, a date printed on the list."""
    page = pages[0]
    fetched = page.url.startswith(("http://", "https://"))  # a saved page says nothing of addresses
    if fetched and page.requested_url and urlsplit(page.requested_url).path != urlsplit(page.url).path:
        hops = [value.partition(" ")[0] for name, value in page.headers if name == HOP]
        if page.url not in known and all(status in ("301", "308") for status in hops):
            moved = Reason.of("list_moved", asked=page.requested_url, there=page.url)
            yield Remark(topic=f"moved:{page.url}", reason=moved)
    for sheet in look.sheets:
        for line, folded in zip(sheet.document.lines, sheet.document.folded, strict=True):
            if len(line) < 120 and DATED.fullmatch(folded):
                # typed by hand or by the day's rendering, nobody knows: not an edition
                yield Remark(topic="printed-date", reason=Reason.of("date_of_its_own", line=line))
                return
