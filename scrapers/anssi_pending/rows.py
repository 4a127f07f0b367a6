"""The entries of a page of candidates: a table, else labelled rows, titled blocks, list items, or lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scrapers.anssi_pending.words import ADDRESS, BETWEEN, PENDING, PROSE, STREET, TYPES, WORDS
from scrapers.page.html import Document, lines_of, text_of
from scrapers.page.labelled import labelled_group
from scrapers.page.records import HEADINGS, Group, hidden, is_table, sorted_row, table_groups
from scrapers.page.spoken import titled
from scrapers.page.tree import Element
from scrapers.page.vocabulary import plain
from scrapers.source import UnreadableRow
from state.model import Attestation, Reason
from state.names import fold

LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One candidate as printed, and the spot on its page."""

    holder: str
    subject: str = ""
    scope: str = ""
    spot: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


def entries_of(document: Document) -> list[Entry]:
    """The candidates of a page, by the first way of reading that finds any."""
    main = document.main
    if main is None:
        return []
    return (
        of_tables(document) or of_labels(document) or of_blocks(main) or of_items(main) or [*of_lines(main)]
    )


def of_tables(document: Document) -> list[Entry]:
    """The rows of tables that have a head for the candidate."""
    groups = (g for g in table_groups(document, WORDS) if "holder" in WORDS.known(g.heads))
    return [entry for group in groups if len(group.heads) > 1 for entry in of_group(group)]


def of_labels(document: Document) -> list[Entry]:
    """Rows that label their values ("Offre : …")."""
    group = labelled_group(document, WORDS, ("subject", "address", "scope"), value=r"\w")
    if group is None:
        return []
    named = [r for r in group.records if r.title is not None or "holder" in WORDS.known(r.heads)]
    return of_group(group) if len(named) == len(group.records) else []


def of_group(group: Group) -> list[Entry]:
    """The records of a group as entries; one without a candidate's name raises `UnreadableRow`."""
    found = []
    for record in group.records:
        if record.odd:
            raise UnreadableRow(Reason.of("at_row", place=record.spot, why=record.odd))
        row = sorted_row(record, WORDS)
        holder = row.one("holder")
        if not any(c.isalpha() for c in holder.text):
            raise UnreadableRow(Reason.of("no_candidate_name", place=record.spot, said=record.said()[:80]))
        extra = {**row.spare, "address": row.one("address").text, "milestone": row.one("milestone").text}
        extra["since"] = row.one("since").text
        found.append(
            Entry(
                holder=holder.lines[0] if holder.lines else holder.text,
                subject=row.one("subject").text,
                scope=row.one("scope").text,
                spot=record.spot,
                extra={k: v for k, v in extra.items() if v},
            )
        )
    return found


def of_blocks(main: Element) -> list[Entry]:
    """Accordions, cards and headings: a title names the candidate, what is under it says the rest."""
    shown = (t for t in main.inside if titled(t) and not hidden(t))
    titles = [t for t in shown if not any(map(titled, t.parents))]  # of a button in a heading, the heading
    under = {id(t): lines_under(t, titles) for t in titles}
    good = [t for t in titles if says_offer(under[id(t)]) and names_somebody(text_of(t))]
    if not good:
        return []
    dress = Counter(dress_of(t) for t in good).most_common(1)[0][0]
    found: list[Entry] = []
    for title in titles:
        if dress_of(title) == dress and names_somebody(text_of(title)) and under[id(title)]:
            found.append(entry_under(text_of(title), under[id(title)], f"titre {len(found) + 1}"))
    return found


def lines_under(title: Element, titles: Sequence[Element]) -> tuple[str, ...]:
    others = {id(t) for t in titles}
    lines: list[str] = []
    for node in title.lineage:
        for after in node.following:
            if isinstance(after, Element) and any(id(tag) in others for tag in (after, *after.inside)):
                return tuple(lines)
            lines += lines_of(after)
        if node.parent is None or node.parent.name in ("main", "body"):
            break
    return tuple(lines)


def says_offer(lines: Sequence[str]) -> bool:
    """Whether lines read like an offer: service types or a postal address, and not like a text."""
    text = " ".join(lines)
    return len(text) < LONGEST * 2 and bool(TYPES.search(text) or ADDRESS.search(text))


def names_somebody(text: str) -> bool:
    """Whether a text may be the name of a candidate rather than a heading of the page."""
    if not 1 < len(text) < 120 or text.endswith("?"):
        return False
    return not PROSE.search(plain(text)) and not PENDING.search(plain(text))


def dress_of(title: Element) -> tuple[str, ...]:
    """Element and class of a title and of the element around it."""
    parent = title.parent
    outer = (parent.name, parent.get("class")) if parent is not None else ()
    return (title.name, title.get("class"), *outer)


def entry_under(holder: str, lines: Sequence[str], spot: str) -> Entry:
    """A candidate named by a title, its offer and address in the lines under it."""
    offers = [line for line in lines if not located(line)]
    places = [line for line in lines if located(line)]
    return Entry(
        holder=holder,
        subject=offers[0] if offers else "",
        spot=spot,
        extra={"address": ", ".join(places)} if places else {},
    )


def located(line: str) -> bool:
    return bool(ADDRESS.search(line) or STREET.search(line))


def of_items(main: Element) -> list[Entry]:
    """The items of the lists that speak of candidates: those under a heading or a line that says so."""
    found: list[Entry] = []
    for listed in main.every("ul", "ol"):
        items = [i for i in listed.elements if i.name == "li" and not hidden(i)]
        texts = [lines_of(i) for i in items]
        offers = sum(says_offer(lines) for lines in texts)
        short = all(len(" ".join(lines)) < LONGEST for lines in texts)
        if items and short and (offers * 2 >= len(items) or announced(listed)):
            found += [entry_of_lines(lines, f"ligne {n}") for n, lines in enumerate(texts, start=1) if lines]
    return found


def announced(listed: Element) -> bool:
    """Whether what stands right before a list says that it lists candidates."""
    before = next((tag for tag in listed.before if tag.name in ("p", *HEADINGS[:5])), None)
    said = fold(text_of(before))
    return before is not None and bool(PENDING.search(said)) and (said.endswith(":") or before.name != "p")


def entry_of_lines(lines: Sequence[str], spot: str) -> Entry:
    """A candidate on one line ("Bleu SAS – Cloud de Confiance Bleu (IaaS)"), or on a few."""
    parts = [p.strip() for p in BETWEEN.split(lines[0], maxsplit=2) if p.strip()] or [lines[0]]
    return entry_under(parts[0].strip("«» "), [*parts[1:], *lines[1:]], spot)


def of_lines(main: Element) -> Iterator[Entry]:
    """Plain paragraphs, one candidate each, with an offer or an address on the same line."""
    for number, block in enumerate(main.every("p", "div"), start=1):
        laid_out = block.holds("p", "div", "ul", "ol", "h2", "h3") or any(map(is_table, block.inside))
        if hidden(block) or laid_out:
            continue
        lines = lines_of(block)
        if lines and says_offer(lines) and (len(lines) > 1 or len(BETWEEN.split(lines[0])) > 1):
            yield entry_of_lines(lines, f"paragraphe {number}")


def addresses_in(document: Document) -> int:
    """How many postal addresses the content prints: no fewer candidates can be on it."""
    return sum(len(re.findall(r"\b\d{5}\s+[A-ZÉÈ]", line)) for line in document.lines)


def candidate(entry: Entry, label: str, page: int) -> Attestation:
    """One candidate as an attestation that says only that it is a candidate."""
    printed = entry.scope or " ".join(re.findall(r"\(([^)]*)\)", entry.subject))
    scope = tuple(s.strip() for s in entry.scope.split(",") if s.strip())
    if label == "secnumcloud":
        named = {found.lower() for found in TYPES.findall(printed)}
        scope = tuple(kind for kind in ("SaaS", "PaaS", "CaaS", "IaaS") if kind.lower() in named)
    return Attestation(
        label=label,
        holder=entry.holder,
        subject=entry.subject or None,
        scope=scope,
        status="candidate",
        extra=entry.extra,
        page=page,
        place=f"{label}, {entry.spot}",
    )
