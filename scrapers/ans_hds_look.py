"""One look at the HDS list: which page is which, whether the look is whole, and what it states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from scrapers.ans_hds_duplicates import without_doubles
from scrapers.ans_hds_list import SOURCE, WANTED, Found, found_in, printed_counts, reading_of
from scrapers.ans_hds_pages import (
    RARE,
    Way,
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
    strange_letter,
)
from scrapers.ans_hds_rows import UnreadableRow, sorted_row
from scrapers.html import Document, open_page
from scrapers.source import Doubtful, LayoutChanged
from scrapers.vocabulary import Vocabulary
from state.model import Attestation, Listing, Page, Remark, Unreadable
from state.names import fold, name_key

MOST_UNREADABLE = 10
UNREADABLE_SHARE = 0.02
DATED = re.compile(r"(.{0,60}\bmise? a jour\b.{0,40}?)(?:\ble )?(\d{1,2}(er)? ?[a-z/.]+ ?(\d{1,2}[/.])?\d{4}).{0,20}")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The documents of one look, what each holds, and the letter and number of each.

    `broken` says, while fetching, that a page could not be understood and its ways are not followed.
    """

    found: tuple[Found, ...]
    letters: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    bar: tuple[Way, ...] = ()
    broken: bool = False


def looked(pages: Sequence[Page], settings: Settings, before: Look | None = None) -> Look:
    """The look at these pages, after the ones of `before`."""
    found = list(before.found) if before is not None else []
    letters, numbers = (list(before.letters), list(before.numbers)) if before is not None else ([], [])
    bar = list(before.bar) if before is not None else []
    start = len(found)
    for at, page in enumerate(pages, start=start):
        document = narrowed(open_page(SOURCE, at, page), settings.selector)
        found.append(found_in(document, settings.vocabulary))
        known = {way.letter for way in bar}
        ways = letter_ways(document, settings.letter_url, settings.letters)
        bar += [way for way in ways if way.letter not in known]
    for part in found[start:]:
        initials = initials_of(part, settings.vocabulary)
        whole = spans_alphabet(initials, bar) if initials else False
        letters.append("" if whole else letter_of(part.document, bar, initials))
        numbers.append(number_of(part.document))
    return Look(found=tuple(found), letters=tuple(letters), numbers=tuple(numbers), bar=tuple(bar))


def narrowed(document: Document, selector: str) -> Document:
    """The document with only what the operator's selector points at, where it points at anything."""
    if not selector or document.whole is None:
        return document
    chosen = document.whole.select(selector)
    if not chosen:
        return document
    if len(chosen) == 1:
        return replace(document, main=chosen[0])
    around = next(p for p in chosen[0].parents if all(p in c.parents for c in chosen))
    return replace(document, main=around)


def initials_of(part: Found, vocabulary: Vocabulary) -> list[str]:
    """The initials of the holders on one page."""
    return [initial(name) for name in holders_of(part, vocabulary)]


def holders_of(part: Found, vocabulary: Vocabulary) -> list[str]:
    """The holders printed on one page, one per row."""
    names = []
    for record in part.records:
        try:
            name = sorted_row(record, vocabulary).one("holder").text
        except UnreadableRow:
            continue
        if name:
            names.append(name)
    return names


def onward(look: Look, at: int, settings: Settings) -> list[Way]:
    """The further pages that one document of the look leads to."""
    part = look.found[at]
    document = part.document
    if isinstance(document.data, dict) and (address := next_of(document.data)):
        return [Way(address=urljoin(document.address, address), number=0)]
    ways = pager_ways(document, look.letters[at])
    if not spans_alphabet(initials_of(part, settings.vocabulary), look.bar) or settings.letter_url:
        ways += letter_ways(document, settings.letter_url, settings.letters)
    if settings.data_url and at == 0:
        ways.append(Way(address=urljoin(document.address, settings.data_url), number=0))
    elif not ways and not part.records and not part.empty:
        ways += [Way(address=address, number=0) for address in endpoints(document)[:1]]
    return ways


# Whole or void


def refuse_part(look: Look, settings: Settings) -> None:
    """Raises unless the look is whole: every page that its pages lead to, each with its rows."""
    refuse_other_topic(look)
    refuse_near(look)
    refuse_silent_letters(look, settings)
    given = {same_page(part.document.address) for part in look.found}
    spots = set(zip(look.letters, look.numbers, strict=True))
    missing = {
        way.name
        for at in range(len(look.found))
        for way in onward(look, at, settings)
        if same_page(way.address) not in given and (way.letter, way.number) not in spots
    }
    if missing:
        raise LayoutChanged(
            SOURCE,
            expected="every page of the list: a look is whole or void",
            found=f"{len(look.found)} pages without {', '.join(sorted(missing))}",
        )
    if not any(part.records for part in look.found):
        raise LayoutChanged(SOURCE, expected=WANTED, found=seen_instead(look.found[0]), place=named(look, 0))
    refuse_bare_pages(look, settings)
    refuse_moved(look)


def refuse_other_topic(look: Look) -> None:
    """Raises when pages with a title speak of something else."""
    titled = [part.document for part in look.found if part.document.whole is not None and part.document.whole.title]
    if titled and not any(TOPIC.search(document.headline) for document in titled):
        raise LayoutChanged(
            SOURCE, expected="the page of certified hosts ('hébergeurs')", found=f"{titled[0].headline[:160]!r}"
        )


def refuse_near(look: Look) -> None:
    """Raises when a group is nearly the list: to leave it out would be to lose its rows."""
    for at, part in enumerate(look.found):
        if part.near:
            raise LayoutChanged(SOURCE, expected=WANTED, found="; ".join(part.near), place=named(look, at))


def refuse_silent_letters(look: Look, settings: Settings) -> None:
    """Raises when letters can only be opened by a script: their address must be set."""
    for part in look.found:
        silent = silent_letters(part.document) if not settings.letter_url else []
        if silent and not spans_alphabet(initials_of(part, settings.vocabulary), look.bar or letters_as_ways(part)):
            raise LayoutChanged(
                SOURCE,
                expected="an address for each letter",
                found=f"letters that only a script opens ({', '.join(silent[:4])}…); set `letter_url` with {{letter}}",
            )


def letters_as_ways(part: Found) -> list[Way]:
    """The letters of a bar without addresses, to be counted."""
    return [Way(address="", letter=letter) for letter, _ in letter_bar(part.document)]


def refuse_bare_pages(look: Look, settings: Settings) -> None:
    """Raises for a page of the list without rows, or with the rows of another letter."""
    for at, part in enumerate(look.found):
        letter = look.letters[at]
        strange = strange_letter(letter, initials_of(part, settings.vocabulary))
        if strange:
            raise LayoutChanged(
                SOURCE, expected=f"hosts under {letter.upper()}", found=f"hosts under {strange.upper()}", place=named(look, at)
            )
        if part.records or (part.empty and letter in RARE):
            continue
        if letter or look.numbers[at] != 1 or not onward(look, at, settings):
            raise LayoutChanged(SOURCE, expected=WANTED, found=seen_instead(part), place=named(look, at))


def refuse_moved(look: Look) -> None:
    """Raises `Doubtful` when a page that was fetched twice changed in between."""
    first: dict[tuple[str, str, int], int] = {}
    for at, part in enumerate(look.found):
        key = (same_page(part.document.address), look.letters[at], look.numbers[at])
        before = look.found[first.setdefault(key, at)]
        if [r.said() for r in before.records] != [r.said() for r in part.records]:
            raise Doubtful(
                f"{SOURCE}: {named(look, at)} was read twice and moved in between: {len(before.records)} rows, then "
                f"{len(part.records)}. The look is void; the next one will tell"
            )


def seen_instead(part: Found) -> str:
    """What a page shows where the list should be, for people."""
    heads = f"heads {[list(h) for h in part.heads][:6]}" if part.heads else "no rows of any kind"
    return f"{heads}; the page says {(part.document.headline or part.document.text)[:160]!r}"


def named(look: Look, at: int) -> str:
    """A page of the look in words."""
    letter, number = look.letters[at], look.numbers[at]
    parts = [f"lettre {letter.upper()}" if letter else "", f"page {number}" if number > 1 else ""]
    return ", ".join(p for p in parts if p)


# What it states


def singled(look: Look, settings: Settings) -> Listing:
    """The listing of a whole look, counts reconciled; too many unreadable rows are `LayoutChanged`."""
    seen: dict[tuple[str, str, int], None] = {}
    parts = []
    for at, part in enumerate(look.found):
        key = (same_page(part.document.address), look.letters[at], look.numbers[at])
        if key not in seen:  # the page that was fetched again says nothing new
            parts.append(part)
        seen[key] = None
    places = {at: named(look, at) for at in range(len(look.found))}
    reading = reading_of(parts, settings.vocabulary, places)
    once = tuple({facts(row): row for row in reversed(reading.attestations)}.values())[::-1]
    singles = without_doubles(once)
    unreadable = (*reading.unreadable, *singles.unreadable)
    refuse_unreadable(unreadable, len(singles.attestations))
    refuse_counts(parts, reading.attestations, once, len(unreadable), settings)
    remarks = (*reading.remarks, *singles.remarks, *status_remarks(singles.attestations))
    return Listing(
        source=SOURCE,
        attestations=singles.attestations,
        covers=frozenset({"hds"}),
        remarks=tuple(dict.fromkeys(remarks)),
        unreadable=unreadable,
    )


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
        said = "; ".join(f"{u.place}: {u.why}" for u in unreadable[:3])
        raise LayoutChanged(SOURCE, expected="rows that can be read", found=f"{many} of {read + many} that cannot ({said})")


def refuse_counts(
    parts: Sequence[Found], rows: Sequence[Attestation], once: Sequence[Attestation], unreadable: int, settings: Settings
) -> None:
    """Raises `Doubtful` when a number of hosts that a page prints is neither its own nor that of the whole list."""
    total = {len(rows), len(once), len({r.holder for r in once}), len({name_key(r.holder) for r in once})}
    for part in parts:
        names = holders_of(part, settings.vocabulary)
        here = {len(part.records), len(names), len(set(names)), len({name_key(n) for n in names})}
        for count in printed_counts(part.document):
            if not any(known <= count <= known + unreadable for known in total | here):
                raise Doubtful(
                    f"{SOURCE}: a page prints {count} hosts; {len(once)} certificates of "
                    f"{len({name_key(r.holder) for r in once})} hosts were read in all, {len(part.records)} rows on that page"
                )


def status_remarks(rows: Sequence[Attestation]) -> Iterator[Remark]:
    """A word to operators for each certificate that is printed with a status."""
    for row in rows:
        if row.status != "listed" or "printed_status" in row.extra:
            said = row.extra.get("printed_status", row.status)
            yield Remark(
                topic=f"status:{name_key(row.holder)}:{row.ref}:{said}",
                text=f"{row.holder} ({row.ref}, {row.place}) is printed as {said!r}",
            )


def remarks_on(look: Look, pages: Sequence[Page], known: Sequence[str]) -> Iterator[Remark]:
    """What operators should know of the pages themselves: a new address, a date printed on the list."""
    page = pages[0]
    if page.requested_url and urlsplit(page.requested_url).path != urlsplit(page.url).path:
        hops = [value.partition(" ")[0] for name, value in page.headers if name == HOP]
        if page.url not in known and all(status in ("301", "308") for status in hops):
            text = f"the list moved from {page.requested_url} to {page.url}: check it, then set `url` of {SOURCE}"
            yield Remark(topic=f"moved:{page.url}", text=text)
    for part in look.found:
        for line in part.document.lines:
            if len(line) < 120 and DATED.fullmatch(fold(line)):
                # typed by hand or by the day's rendering, nobody knows: not an edition
                yield Remark(topic="printed-date", text=f"the list prints a date of its own ({line!r}); it is not relied on")
                return
