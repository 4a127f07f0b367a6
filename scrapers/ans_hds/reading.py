"""One look at the HDS list: which page is which, whether the look is whole, and what it states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapers.ans_hds.hosts.duplicates import without_doubles
from scrapers.ans_hds.pages import is_rare, pages_printed, same_page, strange_letter, total_of
from scrapers.ans_hds.recipe import refuse_unfilled
from scrapers.ans_hds.rows import SOURCE, reading_of
from scrapers.ans_hds.sheets import MOST_NAMED, Look, Sheet, looked, missing_in, onward, some
from scrapers.ans_hds.versions import refuse_echo, refuse_twice, refuse_versions, stamps_of
from scrapers.source import Blocked, Doubtful, LayoutChanged
from scrapers.wire.address import hops_of
from state.model import Attestation, Listing, Page, Reason, Remark, Unreadable
from state.names import name_key

if TYPE_CHECKING:
    from scrapers.ans_hds.settings import Settings
    from scrapers.page.html import Document
    from scrapers.page.recipe import Recipe
    from scrapers.source import Get

# A damaged row or two are put up with; beyond this it is another layout.
MOST_UNREADABLE = 10
UNREADABLE_SHARE = 0.02
DATED = re.compile(
    r"(.{0,60}\bmise? a jour\b.{0,40}?)(?:\ble )?(\d{1,2}(er)? ?[a-z/.]+ ?(\d{1,2}[/.])?\d{4}).{0,20}"
)
COUNT = re.compile(
    r"(?P<head>total\s*:?\s*|(?:nombre|total) (?:total )?d(?:e |es |')\s*(?:heberg\w+|resultats?"
    r"|certificats?)(?: certifie\w*)?\s*:?\s*|il y a |lettre [a-z] ?[:(–-] ?"
    r"|(?:affichage|resultats?|elements?|showing)?(?: de| d'| des)?(?: ?l'element| elements)?"
    r" ?\d+ ?(?:a|-|–|to) ?\d+ (?:sur|de|of|/) |\d+ (?:heberg\w+|resultats?)(?: affiche\w*)? sur )?"
    r"(?P<count>\d{1,3}(?:[ .]?\d{3})*)\s*"
    r"(?P<noun>heberg\w*|resultats?|certificats?|entrees?|entries|elements?|lignes?|societes?"
    r"|organismes? heberg\w*)?"
    r"(?: (?:certifie\w*|trouve\w*|hds|au total|de donnees de sante|correspond\w*|affiche\w*|a ce jour"
    r"|actifs?|en cours de validite|liste\w*))*[ .!)]*"
)
TOPIC = re.compile(r"\bheberg")


# Fetched, then read


def followed(first: Page, get: Get, settings: Settings, most: int) -> tuple[Page, ...]:
    """The first page and all pages of the list that it leads to, `most` at most; see `AnsHds.fetch`."""
    pages = [first]
    asked = {same_page(first.url), same_page(first.requested_url or first.url)}
    look = _looked(pages, settings)
    for at in range(most):
        for way in onward(look, at, settings) if at < len(look.sheets) else ():
            if same_page(way.address) not in asked and len(pages) < most:
                asked.add(same_page(way.address))
                pages.append(get(way.address))
        if look.broken or at + 1 >= len(pages):
            break
        look = _looked(pages[at + 1 : at + 2], settings, look)
    if len(pages) == 1:
        return (first,)
    holding = next((s.document.index for s in look.sheets if s.found.records), 0)
    return (*pages, get(pages[holding].requested_url or pages[holding].url))


def _looked(pages: Sequence[Page], settings: Settings, before: Look | None = None) -> Look:
    """What these pages hold, added to what is known; pages that cannot be read end it while fetching."""
    try:
        return looked(pages, settings, before)
    except (LayoutChanged, Blocked):
        return replace(before, broken=True) if before is not None else Look(broken=True)


def read_look(pages: Sequence[Page], settings: Settings, known: Sequence[str]) -> Listing:
    """The listing of a whole look; `known` are the addresses at which it may lie without a word."""
    if not pages:
        raise LayoutChanged(SOURCE, Reason.of("no_pages"))
    look = looked(pages, settings)
    refuse_part(look, settings)
    refuse_echo(look.sheets)
    stamps = stamps_of(look.sheets, settings.selector)
    refuse_versions(look.sheets, stamps, pages, settings.selector)
    listing = singled(look, settings)
    # Two times of drawing differ in each look, and what is the list by its ends alone stops being it one day.
    lasting = len({*stamps.values()}) < 2 and not any(sheet.found.by_ends for sheet in look.sheets)
    remarks = (*listing.remarks, *remarks_on(look, pages, known))
    return replace(listing, remarks=remarks, lasting=lasting)


# Whole or void


def refuse_part(look: Look, settings: Settings) -> None:
    """Raises unless the look is whole: every page that its pages lead to, each with its rows."""
    refuse_other_topic(look)
    if near := next((sheet for sheet in look.sheets if sheet.found.near), None):
        # A group is nearly the list: to leave it out would be to lose its rows.
        raise LayoutChanged(SOURCE, Reason.of("no_list", found=some_of(near.found.near)), near.name)
    if settings.steps is not None:
        refuse_unfilled(settings.steps, [sheet.found for sheet in look.sheets])
    if not settings.selector:  # who points at the list has said what is not of it
        refuse_astray(look)
    refuse_stuck(look)
    refuse_lone_letters(look)
    missing = set(missing_in(look, settings))
    if missing:
        lacking = Reason.of("pages_missing", pages=len(look.sheets), missing=some(sorted(missing)))
        raise LayoutChanged(SOURCE, lacking)
    if not any(sheet.found.records for sheet in look.sheets):
        raise no_rows(look.sheets[0], settings.steps)
    refuse_bare_pages(look, settings)
    refuse_moved(look)


def no_rows(sheet: Sheet, steps: Recipe | None = None) -> LayoutChanged:
    """The error for a page without the rows of the list, or without those of a recipe."""
    said = (sheet.document.headline or sheet.document.text)[:160]
    heads = " | ".join(", ".join(group) for group in sheet.found.heads[:6])
    seen = Reason.of("other_heads", heads=heads, said=said) if heads else Reason.of("no_rows", said=said)
    reason = Reason.of("no_list", found=seen)
    if steps is not None:
        reason = Reason.of("no_rows_of_recipe", selector=steps.rows, found=seen)
    return LayoutChanged(SOURCE, reason, sheet.name)


def refuse_other_topic(look: Look) -> None:
    """Raises when pages with a title speak of something else."""
    documents = (sheet.document for sheet in look.sheets)
    titled = [each for each in documents if each.whole is not None and each.whole.holds("title")]
    if titled and not any(TOPIC.search(document.headline) for document in titled):
        raise LayoutChanged(SOURCE, Reason.of("other_topic", found=titled[0].headline[:160]))


def refuse_astray(look: Look) -> None:
    """Raises when a page holds days to come that none of its rows prints: rows may be hidden in it."""
    for sheet in look.sheets:
        if days := sheet.found.astray:
            said = some([f"{day:%d/%m/%Y}" for day in days])
            raise LayoutChanged(SOURCE, Reason.of("days_astray", days=said), sheet.name)


def refuse_stuck(look: Look) -> None:
    """Raises when letters or pages can only be opened by a script, or a page prints more than there are."""
    for sheet in look.sheets:
        if sheet.silent and not sheet.spans:
            raise LayoutChanged(SOURCE, Reason.of("silent_letters", letters=", ".join(sheet.silent[:4])))
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
    pieces = bool(marked_up) and not any(whole.holds("title") for whole in marked_up)
    barred = any(sheet.letters for sheet in look.sheets)
    if pieces or (lettered and not barred):
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
        if before is sheet.found.records:
            continue
        if [r.said() for r in before] != [r.said() for r in sheet.found.records]:
            page, now = sheet.name or sheet.document.address, len(sheet.found.records)
            moved = Reason.of("moved_in_between", page=page, before=len(before), now=now)
            raise Doubtful(moved, source=SOURCE)


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
    refuse_twice(sheets, reading.attestations, settings.repeated)
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
            # Nobody says what is counted: rows, hosts, or names. A number that is none of them is that of
            # other rows.
            if not any(known <= count <= known + unreadable for known in total | here):
                hosts, rows_here = len(keys), len(sheet.found.records)
                return Reason.of(
                    "other_count", printed=count, certificates=len(once), hosts=hosts, rows=rows_here
                )
    return None


def printed_counts(document: Document) -> Iterator[int]:
    """The numbers of hosts that a page prints about itself."""
    total = total_of(document.data)
    if total is not None:
        yield total
    for line in dict.fromkeys(document.folded):
        if len(line) < 80 and line.upper() != line:  # a number alone says nothing
            printed = COUNT.fullmatch(line)
            if printed and (printed["noun"] or printed["head"]):
                yield int(re.sub(r"\D", "", printed["count"]))


def status_remarks(rows: Sequence[Attestation]) -> Iterator[Remark]:
    """A word to operators for each certificate that is printed with a status."""
    for row in rows:
        if row.status != "listed" or "printed_status" in row.extra:
            said, ref = row.extra.get("printed_status", row.status), row.printed_ref or ""
            why = Reason.of("printed_status", holder=row.holder, ref=ref, place=row.place, status=said)
            yield Remark(topic=f"status:{name_key(row.holder)}:{row.ref}:{said}", reason=why)


def remarks_on(look: Look, pages: Sequence[Page], known: Sequence[str]) -> Iterator[Remark]:
    """What operators should know of the pages themselves: a new address, a date printed on the list."""
    page = pages[0]
    fetched = page.url.startswith(("http://", "https://"))  # a saved page says nothing of addresses
    elsewhere = page.requested_url and urlsplit(page.requested_url).path != urlsplit(page.url).path
    for_good = all(status in ("301", "308") for status, _ in hops_of(page))
    if fetched and elsewhere and for_good and page.url not in known:
        moved = Reason.of("list_moved", asked=page.requested_url, there=page.url)
        yield Remark(topic=f"moved:{page.url}", reason=moved)
    for sheet in look.sheets:
        for line, folded in zip(sheet.document.lines, sheet.document.folded, strict=True):
            if len(line) < 120 and DATED.fullmatch(folded):
                # typed by hand or by the day's rendering, nobody knows: not an edition
                yield Remark(topic="printed-date", reason=Reason.of("date_of_its_own", line=line))
                return
