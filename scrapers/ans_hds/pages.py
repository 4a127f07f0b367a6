"""The pages of the HDS list: found from the page itself, and counted before a look is called whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from scrapers.page.data import script_of
from scrapers.page.html import Document, classes_of, text_of
from scrapers.page.shown import DATA_NAME, LETTER_MARKS
from scrapers.page.vocabulary import plain
from state.names import fold

if TYPE_CHECKING:
    from scrapers.page.tree import Element

LETTER = re.compile(
    r"(?:lettre\s+)?([a-z]|0\s*(?:-|–|a|/)\s*9|#|autres?|[0-9])(?:\s*\(\d+\))?", re.IGNORECASE
)
ACCENTED = re.compile(r"(?:lettre\s+)?([à-öø-ÿœ])(?:\s*\(\d+\))?")
"""A letter of its own in some bars: É beside E."""
IN_ADDRESS = re.compile(r"(?:letter|lettre|initiale)[-_= ]+([a-zà-öø-ÿœ]|0-9|%23|#)(?![a-z])", re.IGNORECASE)
# Fewer links of one letter are no alphabet: pagers and footnotes have some.
FEWEST_LETTERS = 8
# What Drupal and analytics add to an address anew at each visit: the page is the same without.
VOLATILE = re.compile(
    r"^(view_dom_id|_drupal_ajax|_wrapper_format|ajax_page_state.*|token|form_.*|_|_=.*|t|ts|utm_.*)$"
)
ONWARD = re.compile(
    r"(page )?(suivante?|next|derniere?|last)( page)?.*|[›»>]+|(afficher|voir|charger) "
    r"(plus|la suite).*|(page )?\d{1,3}"
)
NEXT = re.compile(r"(page )?(suivante?s?|next)( page)?.*|[›»>]+|(afficher|voir|charger) (plus|la suite).*")
MORE = re.compile(
    r"(afficher|voir|charger) (plus|davantage) d(e |')(resultats?|hebergeurs?|certificats?|elements?)"
    r"|(resultats?|hebergeurs?) suivants?"
)
PAGE_OF = re.compile(r"page \d{1,3} ?(?:sur|/|de|of) ?(\d{1,3})[. ]*")
# Whole words between hyphens: "inactive" and "currently" are not the page one is on.
CURRENT = re.compile(r"(^|[-_])(active|actif|current|courante?|selected)($|[-_])")
DATA_WORD = re.compile(r"json|api|data|export")
# Scripts and styles may have such words in their address, and are no data.
ASSET = re.compile(r"\.(js|css|png|svg|jpe?g)\b")
IN_QUOTES = re.compile(r"""["'](/[^"'\s<>{}]*|https?:[^"'\s<>{}]*)["']""")
ENDPOINT = re.compile(r"heberg|hds|certifi", re.IGNORECASE)
RARE = frozenset("fijkoquwxyz") | {"0-9", "#"}
"""Initials that a list of some hundred French names may lack (each has under 5 % of the names)."""
LIGATURES = str.maketrans("ŒœÆæØ", "OoAaO")
EMPTY = re.compile(
    r"\baucun\w*\b.{0,40}\b(hebergeur|resultat|certificat|organisme|societe|entree)|\b0 "
    r"resultat|pas de resultat|no results?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One further page of the list: its address, and which letter or which number of a pager it is."""

    address: str
    letter: str = ""
    number: int = 1

    @property
    def name(self) -> str:
        return spot_name(self.letter, self.number) or self.address


def spot_name(letter: str, number: int) -> str:
    """A page of the list in words ("lettre S, page 2"), "" for the only one."""
    parts = (f"lettre {letter.upper()}" if letter else "", f"page {number}" if number > 1 else "")
    return ", ".join(filter(None, parts))


def same_page(address: str) -> str:
    """The address without what changes at each request: two of them are one page when these are equal."""
    parts = urlsplit(address)
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not VOLATILE.match(k)]
    # Drupal counts from 0: its first page has two addresses.
    query = [(k, v) for k, v in query if (k, v) != ("page", "0")]
    return urlunsplit(
        (parts.scheme, parts.netloc.lower(), unquote(parts.path).rstrip("/"), urlencode(sorted(query)), "")
    )


@lru_cache(maxsize=4096)  # the cells of a table print the same short words in each row
def letter_of_label(label: str) -> str:
    """The letter that a link of a bar stands for ("0-9", "#" and É included), "" when it is none."""
    composed = "" if label.isascii() else " ".join(normalize("NFC", label).casefold().split())
    if own := ACCENTED.fullmatch(composed):
        return own[1]
    found = LETTER.fullmatch(fold(label))
    if not found:
        return ""
    said = re.sub(r"\s*(–|/|\ba\b)\s*", "-", found[1]) if len(found[1]) > 1 else found[1]
    return "#" if said.startswith("autre") else said.replace(" ", "")


def letter_bar(document: Document) -> list[tuple[str, Element]]:
    """The places of the letter bar with their letters, in print order; [] when the page has no bar."""
    everywhere = list(lettered(document.whole)) if document.whole is not None else []
    for root in (document.main, document.whole):
        marked = [(letter, tag) for letter, tag in everywhere if root is not None and root.covers(tag)]
        # a pager prints digits too: only letters make a bar
        letters = [(letter, tag) for letter, tag in marked if letter.isalpha()]
        if len({letter for letter, _ in letters}) >= FEWEST_LETTERS:
            bar = around_most(letters)
            return [(letter, tag) for letter, tag in marked if bar is not None and bar.covers(tag)]
    return []


def lettered(root: Element) -> Iterator[tuple[str, Element]]:
    """Every place under an element that prints a single letter, or is marked with one."""
    seen: set[int] = set()
    for node in root.inside:
        words = [
            word for text in node.children if isinstance(text, str) and 0 < len(word := text.strip()) <= 12
        ]
        printed = [*filter(None, map(letter_of_label, words))] if words else []
        place = pressed(node) if printed else None
        places = [(letter, place) for letter in printed if place is not None]
        if node.attrs and not LETTER_MARKS.isdisjoint(node.attrs):
            marked = next(value for name, value in node.attrs.items() if name in LETTER_MARKS)
            places.insert(0, (letter_of_label(marked), node))
        for letter, tag in places:
            if letter and id(tag) not in seen:
                seen.add(id(tag))
                yield letter, tag


def pressed(tag: Element) -> Element | None:
    """The link, button or item that a text in an element is on."""
    around = [*islice(tag.lineage, 3)]
    goal = next((p for p in around if p.name in ("a", "button")), None)
    return goal or next((p for p in around if p.name in ("li", "span")), None)


def around_most(letters: Sequence[tuple[str, Element]]) -> Element | None:
    """The smallest element around the first letter that holds enough of them to be a bar."""
    held: dict[int, set[str]] = {}
    for letter, tag in letters:
        for parent in tag.parents:
            held.setdefault(id(parent), set()).add(letter)
    return next((p for p in letters[0][1].parents if len(held[id(p)]) >= FEWEST_LETTERS), None)


def letter_ways(
    document: Document, bar: Sequence[tuple[str, Element]], template: str, letters: Sequence[str]
) -> list[Way]:
    """The pages that the letter bar leads to; letters that only jump within the page lead nowhere."""
    found: dict[str, Way] = {}
    for letter, tag in bar:
        address = address_on(document, tag)
        if template and (address or tag.name == "button" or tag.has("data-letter")):
            address = template.replace("{letter}", quote(letter.upper()))
        if address and letter not in found:
            found[letter] = Way(address=urljoin(document.address, address), letter=letter)
    for letter in letters if template else ():
        key = letter_of_label(letter)
        address = urljoin(document.address, template.replace("{letter}", quote(letter)))
        found.setdefault(key, Way(address=address, letter=key))
    return list(found.values())


def address_on(document: Document, tag: Element) -> str:
    """Where a place leads, "" for nowhere else than this page."""
    for name in ("href", "data-url", "data-href", "data-ajax-url"):
        value = tag.get(name)
        if value and not value.startswith(("#", "javascript:", "mailto:")):
            address = urljoin(document.address, value)
            return "" if "#" in value and same_page(address) == same_page(document.address) else address
    return ""


def silent_letters(document: Document, bar: Sequence[tuple[str, Element]]) -> list[str]:
    """Letters of a bar that only a script can open: neither an address nor a place on this page."""
    found = []
    for letter, tag in bar:
        if tag.name not in ("a", "button") or is_current(tag) or is_off(tag) or address_on(document, tag):
            continue
        goal = (tag.get("href") or tag.get("data-target")).removeprefix("#")
        places = document.whole.inside if document.whole is not None and goal else ()
        if not any(goal in (place.get("id"), place.get("name")) for place in places):
            found.append(letter)
    return found


def with_item(tag: Element) -> list[Element]:
    """A place of a bar, and the item of a list that it is in."""
    return [tag, tag.parent] if tag.parent is not None and tag.parent.name == "li" else [tag]


def is_off(tag: Element) -> bool:
    """Whether a place of a bar is switched off: a letter that has no host."""
    return any(
        p.has("disabled") or p.get("aria-disabled") == "true" or "disabled" in p.get("class")
        for p in with_item(tag)
    )


def label_of(tag: Element) -> str:
    """What a way onward says, folded; one that prints a sign alone as it prints it."""
    said = text_of(tag)
    return plain(said) or plain(tag.get("title") or tag.get("aria-label")) or said


def pager_ways(document: Document) -> list[Way]:
    found = []
    for link in document.whole.every("a") if document.whole is not None else ():
        if not link.has("href"):
            continue
        label = label_of(link)
        if not (ONWARD.fullmatch(label) and in_pager(link)):
            continue
        if address := address_on(document, link):
            found.append(Way(address=address, number=number_on(label, address)))
    return found


def stuck_pager(document: Document) -> str:
    """What is printed on a way to further rows that only a script opens, "" when there is none such."""
    for tag in document.main.every("a", "button") if document.main is not None else ():
        said = label_of(tag)
        if not (MORE.fullmatch(said) or (NEXT.fullmatch(said) and in_pager(tag))):
            continue
        if not (address_on(document, tag) or is_off(tag) or is_current(tag)):
            return said
    return ""


def pages_printed(document: Document) -> int:
    """How many pages the list has in the page's own words ("page 1 sur 9"), 1 when it says nothing."""
    said = (PAGE_OF.fullmatch(line) for line in document.folded)
    return max((int(found[1]) for found in said if found), default=1)


def in_pager(link: Element) -> bool:
    """Whether a link belongs to a pager, by its own mark or by what is around it."""
    if "next" in link.get("rel").split():
        return True
    for tag in islice(link.lineage, 6):
        marks = " ".join((tag.get("class"), tag.get("aria-label"), tag.get("id"))).lower()
        if re.search(r"pager|paginat|load-more", marks):
            return True
    return False


def number_on(label: str, address: str) -> int:
    """The number of a page of a pager: as printed, else from its address (Drupal counts from 0)."""
    if printed := re.search(r"\d+", label):
        return int(printed[0])
    value = dict(parse_qsl(urlsplit(address).query)).get("page", "")
    return int(value) + 1 if value.isdigit() else 2


def is_current(tag: Element) -> bool:
    """Whether a place of a bar or pager is the page one is on."""
    return any(
        (place.has("aria-current") and place.get("aria-current") != "false")
        or place.get("aria-selected") == "true"
        or any(CURRENT.search(c) for c in classes_of(place))
        for place in with_item(tag)
    )


def current_letter(bar: Sequence[tuple[str, Element]]) -> str:
    """The letter that a bar marks as the one being read, "" for none."""
    current = {letter for letter, tag in bar if is_current(tag)}
    return current.pop() if len(current) == 1 else ""


def letter_of(document: Document, current: str, ways: Sequence[Way], initials: Sequence[str]) -> str:
    """The letter whose page this is, "" for none: by its address, its bar, its heading, or its file name."""
    # The address first: what a bar marks as current may be drawn by a script, and is then that of another
    # page.
    here = same_page(document.address)
    for way in ways:
        if way.letter and same_page(way.address) == here:
            return way.letter
    if current:
        return current
    heads = document.main.every("h2", "h3", "h4", "caption")[:3] if document.main is not None else []
    shown = [letter for h in heads if (letter := letter_of_label(text_of(h)))]
    if len(shown) == 1:
        return shown[0]
    if named := IN_ADDRESS.search(unquote(document.address)):
        return letter_of_label(named[1].replace("%23", "#"))
    return initials[0] if len(set(initials)) == 1 and len(initials) > 1 and not document.fetched else ""


def number_of(document: Document) -> int:
    """The number of this page in its pager, 1 when it has none."""
    if document.fetched:
        value = dict(parse_qsl(urlsplit(document.address).query)).get("page", "")
        if value.isdigit():
            return int(value) + 1
    for tag in document.whole.every("a", "li", "span") if document.whole is not None else ():
        label = re.search(r"\d+", text_of(tag)) if is_current(tag) else None
        if label and len(text_of(tag)) < 20 and in_pager(tag):
            return int(label.group(0))
    return 1


def initial(name: str) -> str:
    """The letter under which a name is sorted: accents folded, digits under "0-9"."""
    if name[:1].isascii() and name[:1].isalpha():  # as nearly all names begin
        return name[0].lower()
    first = next((c for c in fold(name.translate(LIGATURES)) if c.isalnum()), "#")
    return "0-9" if first.isdigit() else first if "a" <= first <= "z" else "#"


def base_letter(letter: str) -> str:
    """A letter of a bar without its accent: hosts under É may stand under E as well."""
    return initial(letter) if len(letter) == 1 and letter.isalpha() else letter


def is_rare(letter: str) -> bool:
    """Whether a list of some hundred French names may have none under a letter."""
    return letter in RARE or not letter.isascii()


def spans_alphabet(initials: Sequence[str], letters: int) -> bool:
    """Whether rows on one page already cover the letters of its bar: then the bar only filters them."""
    return bool(initials) and len(set(initials)) >= max(5, letters * 0.6)


def strange_letter(letter: str, initials: Sequence[str]) -> str:
    """The initial that most rows of a letter's page have when it is not that letter, else ""."""
    if not letter or not initials:
        return ""
    # Most, and not all: a host may be sorted under another of its names.
    common, _ = Counter(initials).most_common(1)[0]
    alike = {"0-9", "#"} if letter in ("#", "0-9") else {"0-9"} if letter.isdigit() else {base_letter(letter)}
    return "" if common in alike or (any(i in alike for i in initials) and len(initials) < 4) else common


def endpoints(document: Document) -> list[str]:
    """Data addresses that the page points to, the likeliest first; only those that speak of hosts."""
    pointed_at = pointed(document.whole) if document.whole is not None else ()
    found = [urljoin(document.address, text) for text in pointed_at]
    host = urlsplit(document.address).netloc
    parts = {address: urlsplit(address) for address in found}
    good = [a for a, part in parts.items() if ENDPOINT.search(part.path) and part.netloc == host]
    return sorted(good, key=lambda a: not re.search(r"json|api|export|data|ajax", a))


def pointed(whole: Element) -> Iterator[str]:
    """Texts of a page that may be data addresses: in attributes, in links, in scripts."""
    for tag in whole.inside:
        yield from (value for name, value in tag.attrs.items() if DATA_NAME.fullmatch(name))
    for link in whole.every("a", "link"):
        address = link.get("href")
        if address and ("json" in link.get("type") or urlsplit(address).path.endswith(".json")):
            yield address
    for script in whole.every("script"):
        quoted = IN_QUOTES.findall(script_of(script).replace("\\/", "/"))
        yield from (text for text in quoted if DATA_WORD.search(text) and not ASSET.search(text))


def next_of(data: object) -> str:
    """The address of the next part of JSON data, "" at the end."""
    if not isinstance(data, dict):
        return ""
    for key in ("next", "next_page_url", "nextPage", "@odata.nextLink"):
        value = data.get(key)
        value = value.get("href") if isinstance(value, dict) else value
        if isinstance(value, str) and value:
            return value
    inner = (next_of(data.get(key)) for key in ("links", "_links", "meta", "pagination", "hydra:view"))
    return next(filter(None, inner), "")


TOTALS = (
    "total", "count", "recordsTotal", "totalCount", "total_count", "nhits", "totalItems", "total_rows",
)  # fmt: skip


def total_of(data: object) -> int | None:
    """The total that JSON data claim for themselves, None when they claim none."""
    if not isinstance(data, dict):
        return None
    for key in TOTALS:
        value = data.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return next(
        (t for k in ("meta", "pagination", "pager", "page") if (t := total_of(data.get(k))) is not None), None
    )
