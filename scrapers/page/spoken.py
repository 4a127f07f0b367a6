"""Hearing a page as a person does, in order: its titles, its labelled values, and its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from scrapers.page.heads import label_on, without_label
from scrapers.page.html import (
    BLOCKS,
    INVISIBLE,
    SPACES,
    UNSEEN,
    Cell,
    cell_of,
    classes_of,
    lines_of,
    link_in,
    text_of,
)
from scrapers.page.records import HEADINGS, is_table, own_rows, sideways
from scrapers.page.tree import Element
from scrapers.page.vocabulary import Vocabulary, plain

LABEL_CLASS = re.compile(r"(^|[-_])(label|libelle|intitule|term|cle)$")
TITLE_CLASS = re.compile(r"(^|[-_])(title|titre|nom|name|heading|denomination)$")
# Up to sixty letters: what is longer before a colon is a sentence, and no label.
LINE = re.compile(r"^([^:]{2,60}?)\s*:(?:\s+|$)(.*)$")
# Only between blanks: a bare bar may be part of an address or a name.
SEPARATOR = re.compile(r"\s+[|•·]\s+")
SUBTITLE = re.compile(
    r"(le |les )?(certificats?|certifications?|informations?|details?|coordonnees|dates?|"
    r"perimetre)( hds)?( n? ?\d{1,2})?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One thing heard on a page: a title, a labelled value, or text without a label."""

    kind: str
    cell: Cell
    node: Element
    label: str = ""
    field: str | None = None
    order: int = 0


def tokens(node: Element, vocabulary: Vocabulary, base: str) -> Iterator[Token]:
    if node.name in UNSEEN or node.aside:
        return
    if is_table(node) and not sideways(own_rows(node)):
        return
    if node.name == "dl" and node.holds("dt"):
        yield from definitions(node, vocabulary, base)
        return
    pair = labelled_children(node, vocabulary, base)
    if pair is not None:
        yield pair
    elif titled(node):
        yield from title_tokens(node, vocabulary, base)
    else:
        yield from mixed_tokens(node, vocabulary, base)


def mixed_tokens(node: Element, vocabulary: Vocabulary, base: str) -> Iterator[Token]:
    """The tokens of an element that is neither a title nor one labelled value: its blocks and its lines."""
    inline: list[Element | str] = []
    for child in node.children:
        if (
            isinstance(child, Element)
            and child.name not in UNSEEN
            and (child.name in BLOCKS or speaks(child))
        ):
            yield from line_tokens(node, inline, vocabulary, base)
            inline = []
            yield from tokens(child, vocabulary, base)
        else:
            inline.append(child)
    yield from line_tokens(node, inline, vocabulary, base)


def speaks(tag: Element) -> bool:
    """Whether an inline element is to be read on its own: it holds blocks, or its class says so."""
    if any(LABEL_CLASS.search(c) for c in classes_of(tag)):
        return False
    if any(TITLE_CLASS.search(c) for c in classes_of(tag)):
        return tag.name != "label"
    return tag.holds(*BLOCKS)


def titled(node: Element) -> bool:
    """Whether an element is a title by its tag, its role or its class."""
    if node.name in HEADINGS or node.name == "summary" or node.get("role") == "heading":
        return True
    if node.name == "button":
        return node.has("aria-controls") or node.has("aria-expanded")
    named = any(TITLE_CLASS.search(c) for c in classes_of(node))
    return named and len(lines_of(node)) == 1 and not node.holds(*HEADINGS)


def title_tokens(node: Element, vocabulary: Vocabulary, base: str) -> Iterator[Token]:
    """A title; or the label of what follows, when its words are a field; or a labelled value on one line."""
    cell = cell_of(node, base)
    if not cell.text:
        if node.name in HEADINGS:  # a row whose name is missing must not pass for a part of the row before
            yield Token(kind="title", cell=cell, node=node)
        return
    pair = line_pair(cell.text, vocabulary)
    if pair is not None and pair[2]:
        value = Cell.of(pair[1], link=cell.link)
        yield Token(kind="pair", label=pair[0], cell=value, node=node, field=pair[2])
    elif node.name != "h1" and (field := vocabulary.field_of(cell.text)):  # a page's title labels nothing
        yield Token(kind="pair", label=cell.text, cell=Cell(text=""), node=node, field=field)
    elif SUBTITLE.fullmatch(plain(cell.text)):
        yield Token(kind="text", cell=cell, node=node)
    else:
        yield Token(kind="title", cell=cell, node=node)


def definitions(node: Element, vocabulary: Vocabulary, base: str) -> Iterator[Token]:
    """The tokens of a definition list; a term that is no field and has labelled lines under it is a title."""
    for term, values in terms_of(node):
        label = text_of(term)
        field = vocabulary.field_of(label)
        parts = [v for v in values if isinstance(v, Element)] if not field else []
        inside = [t for v in parts for t in tokens(v, vocabulary, base)]
        if any(t.kind == "pair" and t.field for t in inside):
            yield Token(kind="title", cell=cell_of(term, base), node=term)
            yield from inside
        else:
            lines = (line for v in values for line in lines_of(v))
            cell = Cell.of(*lines, link=first_link(values, base))
            yield Token(kind="pair", label=label, cell=cell, node=term, field=field)


def terms_of(node: Element) -> list[tuple[Element, list[Element | str]]]:
    """The terms of a definition list with what defines them; what stands loose belongs to the term before."""
    found: list[tuple[Element, list[Element | str]]] = []
    for child in node.children:
        if isinstance(child, Element) and child.name == "dt":
            found.append((child, []))
        elif isinstance(child, Element) and child.name != "dd" and child.holds("dt"):
            found += terms_of(child)
        elif found and not blank(child):
            found[-1][1].append(child)
    return found


def labelled_children(node: Element, vocabulary: Vocabulary, base: str) -> Token | None:
    """A value whose label is an attribute, or the first child: `field__label`, `strong`, `th`."""
    if label := label_on(node) if node.attrs else "":
        known = vocabulary.field_of(label)
        cell = without_label(node, label, cell_of(node, base))
        return Token(kind="pair", label=label, cell=cell, node=node, field=known)
    children = [c for c in node.children if not blank(c)]
    if len(children) < 2 or not isinstance(children[0], Element) or node.name == "table":
        return None
    first = children[0]
    label = text_of(first)
    if not label or len(label) > 60 or first.name in ("a", "br", "table"):
        return None
    known = vocabulary.field_of(label)
    marked = any(LABEL_CLASS.search(c) for c in classes_of(first)) or first.name == "th"
    second, *others = rest = children[1:]
    colon = label.endswith(":") or (isinstance(second, str) and second.lstrip().startswith(":"))
    bold = first.name in ("strong", "b", "span", "em", "div", "p") and bool(known) and not others
    if not (marked or colon or (bold and not vocabulary.field_of(text_of(second)))):
        return None
    if holds_labels(rest, vocabulary):
        return None
    cell = Cell.of(*value_lines(rest), link=first_link(rest, base))
    return Token(kind="pair", label=label, cell=cell, node=node, field=known)


def first_link(nodes: Sequence[Element | str], base: str) -> str:
    """Where the first of these nodes that leads anywhere leads, "" for none."""
    links = (link_in(node, base) for node in nodes if isinstance(node, Element))
    return next((link for link in links if link), "")


def value_lines(children: Sequence[Element | str]) -> Iterator[str]:
    """The lines of what stands after a label, the colon between them left out."""
    lines: list[str] = []
    joined = False
    for child in children:
        spoken = lines_of(child)
        inline = not isinstance(child, Element) or child.name not in BLOCKS
        if isinstance(child, Element) and child.name == "br":
            joined = False
        elif spoken and inline and joined:
            lines[-1] = f"{lines[-1]} {spoken[0]}"
            lines.extend(spoken[1:])
        elif spoken:
            lines.extend(spoken)
            joined = inline
    yield from [lines[0].removeprefix(":").strip(), *lines[1:]] if lines else ()


def holds_labels(children: Sequence[Element | str], vocabulary: Vocabulary) -> bool:
    """Whether what follows a first child has titles or labels of its own: then it is no single value."""
    for child in children:
        if not isinstance(child, Element):
            continue
        if child.name in (*HEADINGS, "table", "dl") or child.holds(*HEADINGS, "table", "dl", "th"):
            return True
        if any(LABEL_CLASS.search(c) for tag in (child, *child.inside) for c in classes_of(tag)):
            return True
        if any((pair := line_pair(line, vocabulary)) and pair[2] for line in lines_of(child)):
            return True
        if child.name in ("strong", "b") and vocabulary.field_of(text_of(child)):
            return True
    return False


def blank(node: Element | str) -> bool:
    """Whether a child says nothing: white space, a comment, a script."""
    if isinstance(node, str):
        return not node or node.isspace()
    return node.name in UNSEEN


def line_tokens(
    node: Element, inline: Sequence[Element | str], vocabulary: Vocabulary, base: str
) -> Iterator[Token]:
    """The tokens of a run of inline content: its lines, each a labelled value or text."""
    shown = [child for child in inline if not blank(child)]
    link = first_link(shown, base)
    for line in "".join(printed(child) for child in shown).split("\n"):
        text = " ".join(INVISIBLE.sub("", line).split())
        pieces = SEPARATOR.split(text)
        if len(pieces) > 1 and not all(line_pair(p, vocabulary) for p in pieces):
            pieces = [text]
        for piece in pieces:
            if piece:
                yield line_token(node, piece, link, vocabulary)


def printed(child: Element | str) -> str:
    """What an inline child prints, with its line ends."""
    if isinstance(child, str):
        return f"{SPACES.sub(' ', child)} "
    return "\n" if child.name == "br" else ("\n".join(lines_of(child)) or " ") + " "


def line_token(node: Element, text: str, link: str, vocabulary: Vocabulary) -> Token:
    """One line as a token: "Libellé : valeur", an opening that names its field, a ticked name, or text."""
    pair = line_pair(text, vocabulary)
    if pair is not None:
        return Token(kind="pair", label=pair[0], cell=Cell.of(pair[1], link=link), node=node, field=pair[2])
    lead = vocabulary.lead_of(text)
    if lead is not None and lead[1]:
        return Token(kind="pair", label=lead[2], cell=Cell.of(lead[1], link=link), node=node, field=lead[0])
    if vocabulary.field_of(text) == "activity":
        return Token(kind="pair", label=text, cell=Cell.of("✓"), node=node, field="activity")
    return Token(kind="text", cell=Cell.of(text, link=link), node=node)


def line_pair(text: str, vocabulary: Vocabulary) -> tuple[str, str, str | None] | None:
    """Label, value and field of a line "Libellé : valeur"; None when it is none."""
    found = LINE.match(text)
    if found is None:
        return None
    label, value = found.group(1).strip(), found.group(2).strip()
    if len(label.split()) > 8 or label.lower().startswith("http"):
        return None
    return label, value, vocabulary.field_of(label)


def absorbed(spoken: Iterable[Token]) -> list[Token]:
    """The tokens, with the lines under an empty label taken as its value ("Activités :" and a list)."""
    done: list[Token] = []
    for token in spoken:
        last = done[-1] if done else None
        item = item_of(token) if last is not None and last.kind == "pair" and last.label else ""
        if last is not None and item and (not last.cell.text or last.order < 0):
            done[-1] = replace(last, cell=Cell.of(*last.cell.lines, item, link=last.cell.link), order=-1)
        else:
            done.append(token)
    return [replace(t, order=n) for n, t in enumerate(done)]


def item_of(token: Token) -> str:
    """What a token says as an item of a list under a label, "" where it is none: a ticked name, or text."""
    if token.kind == "text" and not SUBTITLE.fullmatch(plain(token.cell.text)):
        return token.cell.text
    return token.label if token.field == "activity" and token.cell.text == "✓" else ""
