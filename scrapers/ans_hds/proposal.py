"""A recipe that may read a page of the HDS list: found in the page by what its values look like, and tried.

Rows are the largest elements that repeat with a date in each; a field is the place in them whose values look
like it. What is proposed is for a person to check: nothing is read by it before it stands in the settings.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from scrapers.ans_hds.hosts.lines import BODY, HEADS
from scrapers.ans_hds.hosts.row import DATE, plain_tick
from scrapers.ans_hds.recipe import found_by, steps_of
from scrapers.ans_hds.rows import reading_of
from scrapers.ans_hds.words import ACTIVITIES, activities_of
from scrapers.page.heads import label_on, without_label
from scrapers.page.html import Document, cell_of, classes_of, text_of
from scrapers.page.recipe import Selected
from scrapers.page.records import cells_of, hidden
from scrapers.page.vocabulary import Vocabulary, plain
from scrapers.source import LayoutChanged, Misset

if TYPE_CHECKING:
    from scrapers.page.tree import Element

SAMPLE = 40
FEWEST = 3
NUMBER = re.compile(r"(?=.*\d{4,})(?:[^\W\d_]{1,12}[°.]?[ :]{0,2}){0,2}[\w./-]{4,30}")
VERSION = re.compile(r"(hds |referentiel |version )*v? ?\d([.,]\d)?")
LISTED = re.compile(r"(activites? ?:? ?)?[1-6]( ?(,|;|a|et|-|/| ) ?[1-6])*")
IN_LINE: Mapping[str, str] = {
    "holder": r"^(.+?)\s+[–—|-]\s",
    "number": r"(?:n[°o]\.?|num[ée]ro|certificat)\s*:?\s*((?:[A-Z]+ )?[\w./-]*\d[\w./-]*)",
    "end": r"^.*(?<!\d)(\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d\d-\d\d|\d{1,2}(?:er)? \w+ \d{4})(?!\d)",
    "activities": r"activit\S*\s*:?\s*([1-6](?:[ ,àet/-]+[1-6])*+)(?!\s*[.):]?\s*[^\W\d_]{3})",
    "version": r"\bv(?:ersion)? ?(\d[.,]\d)",
}
"""Patterns for rows that are one line, tried where no element holds a field."""


def proposed(document: Document, vocabulary: Vocabulary) -> str:
    """A recipe as TOML for `vigilabel.toml`, tried on the page; "" when none is found that reads rows."""
    if document.main is None or not document.markup:
        return ""
    page = Selected("ans-hds", document, vocabulary)
    for rows in repeated(page, document.main):
        selector = selector_of(page, rows)
        if not selector:
            continue
        recipe = {"rows": selector, **parts_in(page, rows)}
        # Rows were found by their dates: a recipe without is one of other rows.
        if "end" in recipe and reads(recipe, document, len(rows), vocabulary):
            return toml(recipe)
    return ""


def reads(recipe: Mapping[str, object], document: Document, rows: int, vocabulary: Vocabulary) -> bool:
    """Whether a recipe reads nearly all of so many rows of a page."""
    try:
        found = found_by(document, steps_of(recipe), vocabulary)
        reading = reading_of([found], {document.index: ""})
    except (ValueError, Misset, LayoutChanged):
        return False
    return len(reading.attestations) * 50 >= max(len(found.rows), rows) * 49


def repeated(page: Selected, main: Element) -> list[list[Element]]:
    """The groups of elements that repeat with a date in each, the likeliest rows first."""
    groups: dict[tuple[str, ...], list[Element]] = defaultdict(list)
    for tag in main.inside:
        if tag.name in ("br", "script", "style", "option") or hidden(tag):
            continue
        outer = named(tag.parent) if tag.parent is not None else ""
        cells = str(len(page.line(tag)[1])) if tag.name == "tr" else ""
        groups[(named(tag), cells, outer)].append(tag)
    telling = {id(one) for tag in main.inside if tells_day(tag) for one in tag.lineage}
    printed = ([tag for tag in group if id(tag) in telling] for group in groups.values())
    apart = (group for group in printed if not any(one.covers(other) for one, other in pairwise(group)))
    dated = [group for group in apart if len(group) >= FEWEST]
    most = max((len(group) for group in dated), default=0)
    likely = [group for group in dated if len(group) * 10 >= most * 7]
    return sorted(likely, key=lambda group: -sum(len(text_of(tag)) for tag in group) / len(group))


def tells_day(tag: Element) -> bool:
    """Whether a text right under an element, or all of it, holds a date."""
    own = any(isinstance(child, str) and DATE.search(child) for child in tag.children)
    return own or (len(tag.elements) < FEWEST and bool(DATE.search(text_of(tag))))


def selector_of(page: Selected, rows: Sequence[Element]) -> str:
    """A selector that matches these rows and few others, "" when none does."""
    wanted = {id(tag) for tag in rows}
    words = [set(re.findall(r"[^\W\d_]{4,}", text_of(row))) for row in rows]
    shared = sorted(set.intersection(*words), key=lambda word: (-len(word), word))
    best, least = "", len(rows) // 50 + 1
    for plainest in selectors(rows[0]):
        for selector in (plainest, *(f'{plainest}:-soup-contains("{word}")' for word in shared[:1])):
            matched = {id(tag) for _, tag in page.select(selector)}
            if not wanted <= matched:
                break  # with a word it matches fewer
            if len(matched) - len(wanted) < least:
                best, least = selector, len(matched) - len(wanted)
            if not least:  # nothing matches better, and each try walks the whole page
                return best
    return best


def selectors(tag: Element) -> Iterator[str]:
    """Selectors that may match an element and those like it, the plainest first."""
    own = named(tag)
    cells = len(tag.elements)
    for said in (own, f"{own}:has(> :nth-child({cells}))") if cells > 2 else (own,):
        yield said
        for around, step in zip(tag.parents, range(4), strict=False):
            known = re.fullmatch(r"[a-zA-Z][\w-]*", around.get("id"))
            outer = f"#{around.get('id')}" if known else named(around)
            yield f"{outer} > {said}" if step == 0 else f"{outer} {said}"


def named(tag: Element) -> str:
    """Name, classes and role of an element as a selector; a class with a number may be another tomorrow."""
    role = f'[role="{tag.get("role")}"]' if tag.get("role") else ""
    lasting = sorted(name for name in classes_of(tag) if re.fullmatch(r"[a-zA-Z][a-zA-Z_-]+", name))
    return tag.name + "".join(f".{name}" for name in lasting) + role


def parts_in(page: Selected, rows: Sequence[Element]) -> dict[str, object]:
    """The fields of a recipe with their parts, as far as values tell."""
    sample = [*rows[:: max(len(rows) // SAMPLE, 1)]]
    places = values_by_place(page, sample)
    found: dict[str, object] = {}
    for field, looks in LOOKS.items():
        for place, values in places.items():
            good = sum(looks(value) for value in values if value)  # of nearly all rows, nearly all
            if place not in found.values() and good * 10 >= len(sample) * 8:
                found[field] = place
                break
    if "activities" not in found and (ticks := ticked(sample, places)):
        found["activities"] = ticks
    taken = [place for place in found.values() if isinstance(place, str | int)]
    holder = next((p for p, values in places.items() if p not in taken and is_name(values, sample)), None)
    if holder is not None:
        found["holder"] = holder
    found = in_lines([text_of(row) for row in sample]) | {
        field: labelled(place, places) if isinstance(place, str | int) else place
        for field, place in found.items()
    }
    return {field: found[field] for field in HEADS if field in found}


def in_lines(lines: Sequence[str]) -> dict[str, object]:
    """The fields of rows that are one line, each by the pattern that nearly all of them match."""
    good = {
        field: sum(bool(re.search(pattern, line, re.IGNORECASE)) for line in lines)
        for field, pattern in IN_LINE.items()
    }
    return {field: {"match": f"(?i){IN_LINE[field]}"} for field in good if good[field] * 10 >= len(lines) * 9}


def values_by_place(page: Selected, sample: Sequence[Element]) -> dict[str | int, list[str]]:
    """What stands at each place of the rows: by column where they have cells, else by class and order."""
    found: dict[str | int, list[str]] = defaultdict(list)
    for row in sample:
        cells = page.line(row)[1] if cells_of(row) else []
        for at, cell in enumerate(cells, start=1):
            found[at].append(without_label(cell, label_on(cell), cell_of(cell)).text)
        if not cells:
            for place, value in places_in(row):
                found[place].append(value)
    return {place: values for place, values in found.items() if len(values) * 2 >= len(sample)}


def places_in(row: Element) -> Iterator[tuple[str, str]]:
    """The places in one row, each as a selector, with what they say."""
    count = Counter(named(tag) for tag in row.inside)
    for tag in row.inside:
        label = tag.get("data-label")
        if label and '"' not in label:
            yield f'[data-label="{label}"]', text_of(tag)
        elif count[named(tag)] == 1:
            yield named(tag), text_of(tag)
        else:
            yield from [(place, text_of(tag))] if (place := place_of(row, tag, count)) else []


def place_of(row: Element, tag: Element, count: Mapping[str, int]) -> str:
    """A selector for one of several like elements in a row: by its order, or by what is around it."""
    around = tag.parent
    if around is row or (around is not None and count[named(around)] == 1):
        alike = [one for one in around.elements if one.name == tag.name]
        at = next(n for n, one in enumerate(alike, start=1) if one is tag)
        outer = ":scope" if around is row else named(around)
        return f"{outer} > {tag.name}:nth-of-type({at})"
    for outside in tag.parents:
        if outside is row:
            break
        if count[named(outside)] == 1 and sum(named(one) == named(tag) for one in outside.inside) == 1:
            return f"{named(outside)} {named(tag)}"
    return ""


def bare(text: str) -> str:
    """What a text says after its label ("Certificat n° : 38436")."""
    return text.rsplit(":", 1)[-1].strip() if text.count(":") == 1 else text


LOOKS: Mapping[str, Callable[[str], bool]] = {
    "end": lambda text: bool(DATE.search(text)) and len(text) < 60,
    "body": lambda text: bool(BODY.search(plain(text))) and len(text) < 60 and not re.search(r"\d{4}", text),
    "activities": lambda text: (
        not DATE.search(text) and (bool(activities_of(text)) or bool(LISTED.fullmatch(plain(bare(text)))))
    ),
    "number": lambda text: bool(NUMBER.fullmatch(bare(text))) and not DATE.search(text),
    "version": lambda text: bool(VERSION.fullmatch(plain(bare(text)))),
}
"""What the values of a field look like, the surest field first."""


def is_name(values: Sequence[str], sample: Sequence[Element]) -> bool:
    """Whether values are names: letters, each another, and no label before them."""
    own = [value for value in values if any(c.isalpha() for c in value) and len(value) < 200]
    if len(own) * 10 < len(sample) * 9 or len({*own}) * 10 < len(own) * 7:
        return False
    return not any(activities_of(value) or DATE.search(value) for value in own[:5])


def ticked(sample: Sequence[Element], places: Mapping[str | int, Sequence[str]]) -> dict[str, object]:
    """Six columns side by side that say yes or no, as the six activities in the order of the law."""
    columns = [place for place in places if isinstance(place, int)]
    yes_no = [p for p in columns if all(plain_tick(value) is not None for value in places[p])]
    if len(yes_no) != len(ACTIVITIES) or len(sample) < FEWEST:
        return {}
    return {str(number): place for number, place in enumerate(yes_no, start=1)}


def labelled(place: str | int, places: Mapping[str | int, Sequence[str]]) -> object:
    """The part of a recipe for a place: with a pattern where all values begin with one label."""
    values = [value for value in places[place] if value]
    label = values[0].partition(":")[0] + ":" if values else ":"
    if len(label) < 2 or len(values) < FEWEST or not all(value.startswith(label) for value in values):
        return place
    key = "column" if isinstance(place, int) else "select"
    return {key: place, "match": f"{re.escape(label)}\\s*(.+)".replace("\\ ", " ")}


def toml(recipe: Mapping[str, object]) -> str:
    lines = (f"{key} = {written(value)}" for key, value in recipe.items())
    return "\n".join(("[sources.ans-hds.recipe]", *lines))


def written(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {written(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, str) and "'" not in value:
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)
