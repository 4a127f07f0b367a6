"""Finding rows that label each of their values: cards, definition lists, accordions, Drupal fields.

The page is heard as a person hears it, in order: titles, labelled values, and text. What names a row (a
labelled holder, else a heading) is found first; a row is then the largest element around that name which
holds no other name. Where rows have no element of their own, a row runs from its name to the next.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bs4 import PageElement
from bs4.element import NavigableString, PreformattedString, Tag

from scrapers.html import BLOCKS, INVISIBLE, UNSEEN, Cell, Document, cell_of, classes_of, lines_of, text_of
from scrapers.records import HEADINGS, Group, Record, is_table, sideways
from scrapers.vocabulary import Vocabulary, plain

LABEL_CLASS = re.compile(r"(^|[-_])(label|libelle|intitule|term|cle)$")
TITLE_CLASS = re.compile(r"(^|[-_])(title|titre|nom|name|heading|denomination)$")
LINE = re.compile(r"^([^:]{2,60}?)\s*:(?:\s+|$)(.*)$")
SEPARATOR = re.compile(r"\s+[|•·]\s+")
SUBTITLE = re.compile(
    r"(le |les )?(certificats?|certifications?|informations?|details?|coordonnees|dates?|perimetre)( hds)?( n? ?\d{1,2})?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One thing heard on a page: a title, a labelled value, or text without a label."""

    kind: str
    cell: Cell
    node: Tag
    label: str = ""
    field: str | None = None
    order: int = 0


def labelled_group(
    document: Document, vocabulary: Vocabulary, keys: Sequence[str], value: str = r"\d"
) -> Group | None:
    """The labelled rows of a page, None when nothing on it is labelled by a key field.

    `keys` are the fields that mark a row, the surest first ("number", "end"), and `value` is a pattern that
    their values contain: a glossary labels words, not numbers.
    """
    if document.main is None:
        return None
    spoken = absorbed(
        [replace(t, order=n) for n, t in enumerate(tokens(document.main, vocabulary, document.address))]
    )
    anchors = [t for t in spoken if t.field in keys and t.kind == "pair" and re.search(value, t.cell.text)]
    if not anchors:
        return None
    names = names_among(spoken, anchors)
    records = tuple(rows_by_name(document, spoken, anchors, names, keys))
    heads = tuple(dict.fromkeys(h for r in records for h in r.heads))
    return Group(heads=heads, records=records, context=records[0].context, dress="labelled")


# What is heard


def tokens(node: Tag, vocabulary: Vocabulary, base: str) -> Iterator[Token]:
    """The tokens of an element, in the order of reading."""
    if node.name in UNSEEN or "data-furniture" in node.attrs:
        return
    if is_table(node) and not sideways(node):
        return
    if node.name == "dl":
        yield from definitions(node, vocabulary, base)
        return
    pair = labelled_children(node, vocabulary, base)
    if pair is not None:
        yield pair
    elif titled(node):
        yield from title_tokens(node, vocabulary, base)
    else:
        yield from mixed_tokens(node, vocabulary, base)


def mixed_tokens(node: Tag, vocabulary: Vocabulary, base: str) -> Iterator[Token]:
    """The tokens of an element that is neither a title nor one labelled value: its blocks and its lines."""
    inline: list[PageElement] = []
    for child in node.children:
        if isinstance(child, Tag) and child.name not in UNSEEN and (child.name in BLOCKS or speaks(child)):
            yield from line_tokens(node, inline, vocabulary, base)
            inline = []
            yield from tokens(child, vocabulary, base)
        else:
            inline.append(child)
    yield from line_tokens(node, inline, vocabulary, base)


def speaks(tag: Tag) -> bool:
    """Whether an inline element is to be read on its own: it holds blocks, or its class says that it is one."""
    if any(TITLE_CLASS.search(c) or LABEL_CLASS.search(c) for c in classes_of(tag)):
        return tag.name != "label" and not any(LABEL_CLASS.search(c) for c in classes_of(tag))
    return tag.find(list(BLOCKS)) is not None


def titled(node: Tag) -> bool:
    """Whether an element is a title by its tag, its role or its class."""
    if node.name in HEADINGS or node.name == "summary" or node.get("role") == "heading":
        return True
    if node.name == "button":
        return node.has_attr("aria-controls") or node.has_attr("aria-expanded")
    named = any(TITLE_CLASS.search(c) for c in classes_of(node))
    return named and len(lines_of(node)) == 1 and node.find(list(HEADINGS)) is None


def title_tokens(node: Tag, vocabulary: Vocabulary, base: str) -> Iterator[Token]:
    """A title; or the label of what follows, when its words are a field; or a labelled value on one line."""
    cell = cell_of(node, base)
    if not cell.text:
        if node.name in HEADINGS:  # a row whose name is missing must not pass for a part of the row before
            yield Token(kind="title", cell=cell, node=node)
        return
    pair = line_pair(cell.text, vocabulary)
    if pair is not None and pair[2]:
        yield Token(kind="pair", label=pair[0], cell=with_link(pair[1], cell.link), node=node, field=pair[2])
    elif vocabulary.field_of(cell.text):
        yield Token(
            kind="pair", label=cell.text, cell=Cell(text=""), node=node, field=vocabulary.field_of(cell.text)
        )
    elif SUBTITLE.fullmatch(plain(cell.text)):
        yield Token(kind="text", cell=cell, node=node)
    else:
        yield Token(kind="title", cell=cell, node=node)


def definitions(node: Tag, vocabulary: Vocabulary, base: str) -> Iterator[Token]:
    """The tokens of a definition list; a term that is no field and has labelled lines under it is a title."""
    for term, values in terms_of(node):
        inside = [t for v in values if isinstance(v, Tag) for t in tokens(v, vocabulary, base)]
        label = text_of(term)
        if not vocabulary.field_of(label) and any(t.kind == "pair" and t.field for t in inside):
            yield Token(kind="title", cell=cell_of(term, base), node=term)
            yield from inside
        else:
            lines = tuple(line for v in values for line in lines_of(v))
            links = (cell_of(v, base).link for v in values if isinstance(v, Tag))
            cell = Cell(text=" ".join(lines), lines=lines, link=next((link for link in links if link), ""))
            yield Token(kind="pair", label=label, cell=cell, node=term, field=vocabulary.field_of(label))


def terms_of(node: Tag) -> list[tuple[Tag, list[PageElement]]]:
    """The terms of a definition list with what defines them; what stands loose belongs to the term before."""
    found: list[tuple[Tag, list[PageElement]]] = []
    for child in node.children:
        if isinstance(child, Tag) and child.name == "dt":
            found.append((child, []))
        elif isinstance(child, Tag) and child.name != "dd" and child.find("dt") is not None:
            found += terms_of(child)
        elif found and not blank(child):
            found[-1][1].append(child)
    return found


def labelled_children(node: Tag, vocabulary: Vocabulary, base: str) -> Token | None:
    """A value whose label is an attribute, or the first child of its element: `field__label`, `strong`, `th`."""
    for name in ("data-label", "data-title", "data-th"):
        label = str(node.get(name) or "")
        if label:
            return Token(
                kind="pair",
                label=label,
                cell=cell_of(node, base),
                node=node,
                field=vocabulary.field_of(label),
            )
    children = [c for c in node.children if not blank(c)]
    if len(children) < 2 or not isinstance(children[0], Tag) or node.name == "table":
        return None
    first = children[0]
    label = text_of(first)
    if not label or len(label) > 60 or first.name in ("a", "br", "table"):
        return None
    known = vocabulary.field_of(label)
    marked = any(LABEL_CLASS.search(c) for c in classes_of(first)) or first.name == "th"
    colon = label.endswith(":") or (
        not isinstance(children[1], Tag) and str(children[1]).lstrip().startswith(":")
    )
    bold = first.name in ("strong", "b", "span", "em", "div", "p") and bool(known) and not colon
    if not (marked or colon or (bold and len(children) == 2 and not vocabulary.field_of(text_of(children[1])))):
        return None
    if holds_labels(children[1:], vocabulary):
        return None
    lines = tuple(line for line in value_lines(children[1:]) if line)
    link = next(
        (c.link for c in (cell_of(c, base) for c in children[1:] if isinstance(c, Tag)) if c.link), ""
    )
    cell = Cell(text=" ".join(lines), lines=lines, link=link)
    return Token(kind="pair", label=label, cell=cell, node=node, field=known)


def value_lines(children: Sequence[PageElement]) -> Iterator[str]:
    """The lines of what stands after a label, the colon between them left out."""
    lines: list[str] = []
    joined = False
    for child in children:
        spoken = lines_of(child)
        inline = not isinstance(child, Tag) or child.name not in BLOCKS
        if isinstance(child, Tag) and child.name == "br":
            joined = False
        elif spoken and inline and joined:
            lines[-1] = f"{lines[-1]} {spoken[0]}"
            lines.extend(spoken[1:])
        elif spoken:
            lines.extend(spoken)
            joined = inline
    for at, line in enumerate(lines):
        yield line.removeprefix(":").strip() if at == 0 else line


def holds_labels(children: Sequence[PageElement], vocabulary: Vocabulary) -> bool:
    """Whether what follows a first child has titles or labels of its own: then the element is no single value."""
    for child in children:
        if not isinstance(child, Tag):
            continue
        if (
            child.name in HEADINGS
            or child.name in ("table", "dl")
            or child.find([*HEADINGS, "table", "dl", "th"])
        ):
            return True
        inner = [child, *child.find_all(True)]
        if any(LABEL_CLASS.search(c) for tag in inner for c in classes_of(tag)):
            return True
        if any((pair := line_pair(line, vocabulary)) and pair[2] for line in lines_of(child)):
            return True
        if child.name in ("strong", "b") and vocabulary.field_of(text_of(child)):
            return True
    return False


def blank(node: PageElement) -> bool:
    """Whether a child says nothing: white space, a comment, a script."""
    if isinstance(node, NavigableString):
        return isinstance(node, PreformattedString) or not node.strip()
    return isinstance(node, Tag) and node.name in UNSEEN


def line_tokens(
    node: Tag, inline: Sequence[PageElement], vocabulary: Vocabulary, base: str
) -> Iterator[Token]:
    """The tokens of a run of inline content: its lines, each a labelled value or text."""
    parts: list[str] = []
    link = ""
    for child in inline:
        if isinstance(child, Tag) and not blank(child):
            parts.append("\n" if child.name == "br" else "\n".join(lines_of(child)) or " ")
            link = link or cell_of(child, base).link
        elif not blank(child):
            parts.append(re.sub(r"\s+", " ", str(child)))
        parts.append(" ")
    for line in "".join(parts).split("\n"):
        text = " ".join(INVISIBLE.sub("", line).split())
        pieces = SEPARATOR.split(text)
        if len(pieces) > 1 and not all(line_pair(p, vocabulary) for p in pieces):
            pieces = [text]
        for piece in pieces:
            if piece:
                yield line_token(node, piece, link, vocabulary)


def line_token(node: Tag, text: str, link: str, vocabulary: Vocabulary) -> Token:
    """One line as a token: "Libellé : valeur", an opening that names its field, a ticked name, or text."""
    pair = line_pair(text, vocabulary)
    if pair is not None:
        return Token(kind="pair", label=pair[0], cell=with_link(pair[1], link), node=node, field=pair[2])
    lead = vocabulary.lead_of(text)
    if lead is not None and lead[1]:
        return Token(kind="pair", label=lead[2], cell=with_link(lead[1], link), node=node, field=lead[0])
    if vocabulary.field_of(text) == "activity":
        return Token(kind="pair", label=text, cell=with_link("✓", ""), node=node, field="activity")
    return Token(kind="text", cell=with_link(text, link), node=node)


def line_pair(text: str, vocabulary: Vocabulary) -> tuple[str, str, str | None] | None:
    """Label, value and field of a line "Libellé : valeur"; None when it is none."""
    found = LINE.match(text)
    if found is None:
        return None
    label, value = found.group(1).strip(), found.group(2).strip()
    if len(label.split()) > 8 or label.lower().startswith("http"):
        return None
    return label, value, vocabulary.field_of(label)


def with_link(text: str, link: str) -> Cell:
    """One line of text as a cell."""
    return Cell(text=text, lines=(text,) if text else (), link=link)


def absorbed(spoken: Sequence[Token]) -> list[Token]:
    """The tokens, with the lines under an empty label taken as its value ("Activités :" and a list)."""
    done: list[Token] = []
    for token in spoken:
        last = done[-1] if done else None
        open_label = (
            last is not None and last.kind == "pair" and last.label and (not last.cell.text or last.order < 0)
        )
        item = token.kind == "text" or (
            token.kind == "pair" and token.field == "activity" and token.cell.text == "✓"
        )
        if last is not None and open_label and item:
            text = token.cell.text if token.kind == "text" else token.label
            lines = (*last.cell.lines, text)
            done[-1] = replace(
                last, cell=Cell(text=" ".join(lines), lines=lines, link=last.cell.link), order=-1
            )
        else:
            done.append(token)
    return [replace(t, order=n) for n, t in enumerate(done)]


# What is a row


def names_among(spoken: Sequence[Token], anchors: Sequence[Token]) -> list[Token]:
    """The tokens that name rows: labelled holders, else titles followed by a key, else first lines of blocks."""
    holders = [t for t in spoken if t.field == "holder" and t.cell.text]
    titles = [t for t in spoken if t.kind == "title"]
    starts, keys = [t.order for t in titles], [a.order for a in anchors]
    told = [h for h in holders if with_key(h, starts, keys)]
    if told and len(told) * 2 >= len(anchors_apart(anchors)):
        return alike(holders, spoken, anchors)
    ends = [*starts[1:], 1 << 30]
    leading = [t for t, end in zip(titles, ends, strict=False) if between_orders(keys, t.order, end)]
    lines = first_lines(spoken, anchors)
    # one heading over many keys is the heading of the page when each key has a line of its own before it
    over_all = len(leading) * 2 <= len(anchors_apart(anchors)) and len(lines) > len(leading)
    if leading and not over_all:
        dress = Counter(dress_of(t) for t in leading).most_common(1)[0][0]
        span = (leading[0].order, leading[-1].order)
        led = {t.order for t in leading}
        return [
            t for t in titles if t.order in led or (dress_of(t) == dress and span[0] <= t.order <= span[1])
        ]
    return first_lines(spoken, anchors)


def anchors_apart(anchors: Sequence[Token]) -> list[Token]:
    """One anchor per row at most: those of the commonest field."""
    field = Counter(t.field for t in anchors).most_common(1)[0][0]
    return [t for t in anchors if t.field == field]


def with_key(holder: Token, titles: Sequence[int], anchors: Sequence[int]) -> bool:
    """Whether a key is said next to a labelled holder, with no title between them; both by their order."""
    at = bisect(titles, holder.order)
    before = titles[at - 1] if at else -1
    after = titles[at] if at < len(titles) else 1 << 30
    return between_orders(anchors, before, after)


def between_orders(orders: Sequence[int], start: int, end: int) -> bool:
    """Whether one of these ascending numbers lies between two others."""
    at = bisect(orders, start)
    return at < len(orders) and orders[at] < end


def alike(names: list[Token], spoken: Sequence[Token], anchors: Sequence[Token]) -> list[Token]:
    """The names without strays: those dressed as most, or standing in the stretch where keys are said."""
    dress = Counter(dress_of(t) for t in names).most_common(1)[0][0]
    first, last = anchors[0].order, anchors[-1].order
    start = max((t.order for t in names if t.order <= first), default=0)
    return [t for t in names if dress_of(t) == dress or start <= t.order <= last]


def dress_of(token: Token) -> tuple[str, ...]:
    """Tag and class of a token's element and of the one around it."""
    around = token.node.parent
    outer = (around.name, *sorted(classes_of(around))) if around is not None else ()
    return (token.node.name, *sorted(classes_of(token.node)), "<", *outer)


def first_lines(spoken: Sequence[Token], anchors: Sequence[Token]) -> list[Token]:
    """For rows without any title: the first unlabelled line of the element around each key."""
    apart = anchors_apart(anchors)
    owners = owners_of(apart)
    blocks = {id(climb(anchor.node, owners)): anchor for anchor in apart}
    found: dict[int, Token] = {}
    for token in spoken:
        block = next((id(p) for p in (token.node, *token.node.parents) if id(p) in blocks), None)
        named = token.kind == "text" and not SUBTITLE.fullmatch(plain(token.cell.text))
        if block is not None and named and token.order < blocks[block].order:
            found.setdefault(block, token)
    return sorted(found.values(), key=lambda t: t.order)


def owners_of(names: Sequence[Token]) -> Counter[int]:
    """How many names each element holds, by the identity of the element."""
    count: Counter[int] = Counter()
    for name in names:
        count[id(name.node)] += 1
        for parent in name.node.parents:
            count[id(parent)] += 1
    return count


def climb(node: Tag, owners: Counter[int]) -> Tag:
    """The largest element around a node that holds no second name."""
    block = node
    while block.parent is not None and block.parent.name not in ("main", "body", "[document]"):
        if owners[id(block.parent)] != 1:
            break
        block = block.parent
    return block


def rows_by_name(
    document: Document,
    spoken: Sequence[Token],
    anchors: Sequence[Token],
    names: Sequence[Token],
    keys: Sequence[str],
) -> Iterator[Record]:
    """One record per certificate of each named row; keys that belong to no row come as odd records."""
    owners = owners_of(names)
    blocks = [climb(name.node, owners) for name in names]
    holding = {id(b): [] for b in blocks}  # type: dict[int, list[Token]]
    for token in spoken:
        owner = next((id(p) for p in (token.node, *token.node.parents) if id(p) in holding), None)
        if owner is not None and token.kind == "pair":
            holding[owner].append(token)
    over = contexts(spoken, names)
    key_orders = {a.order for a in anchors}
    boxed = sum(any(t.order in key_orders for t in holding[id(b)]) for b in blocks)
    in_boxes = boxed * 2 > len(names) or (len(names) == 1 and boxed == 1)
    used: set[int] = set()
    for number, (name, block) in enumerate(zip(names, blocks, strict=True), start=1):
        own = holding[id(block)] if in_boxes else between(spoken, name, names)
        for pairs in certificates(name, own, keys, key_orders):
            used.update(t.order for t in pairs)
            odd = "" if any(t.order in key_orders for t in pairs) else "neither a number nor an end date"
            yield record_of(document, number, name, pairs, over[name.order], odd)
    for stray in anchors:
        if stray.order not in used:
            yield record_of(document, 0, None, [stray], over[stray.order], "a value outside any row")


def contexts(spoken: Sequence[Token], names: Sequence[Token]) -> list[str]:
    """For each token the title that stands over it, names of rows and letters left out."""
    rows = {t.order for t in names}
    over, found = "", []
    for token in spoken:
        if token.kind == "title" and token.order not in rows and len(token.cell.text) > 3:
            over = token.cell.text
        found.append(over)
    return found


def between(spoken: Sequence[Token], name: Token, names: Sequence[Token]) -> list[Token]:
    """The labelled values from a name to the next name or title."""
    orders = {t.order for t in names}
    own = [name] if name.kind == "pair" else []
    for token in spoken[name.order + 1 :]:
        if token.kind == "title" or token.order in orders:
            break
        if token.kind == "pair":
            own.append(token)
    return own


def certificates(
    name: Token, own: list[Token], keys: Sequence[str], key_orders: set[int]
) -> Iterator[list[Token]]:
    """The values of a row, by certificate: several keys of one kind are several certificates of one holder."""
    key = next((k for k in keys if any(t.field == k and t.order in key_orders for t in own)), None)
    heads = [t for t in own if t.field == key and t.order in key_orders]
    if len(heads) < 2:
        yield own
        return
    owners = owners_of(heads)
    boxes = {id(climb(t.node, owners)): t for t in heads}
    placed: dict[int, list[Token]] = {t.order: [] for t in heads}
    shared = []
    for token in own:
        box = next((id(p) for p in (token.node, *token.node.parents) if id(p) in boxes), None)
        if box is None:
            shared.append(token)
        else:
            placed[boxes[box].order].append(token)
    if any(id(b) in boxes for b in (name.node, *name.node.parents)):
        yield next((p for p in placed.values() if name in p), [])  # the others lie in boxes without a name
    elif len({t.field for t in shared if t.field in ("end", "period", "start", "activities")}) == 0:
        for values in placed.values():
            yield [*shared, *values]
    else:
        yield from runs([t for t in own if t is not name], [name] if name.kind == "pair" else [])


def runs(own: Sequence[Token], shared: list[Token]) -> Iterator[list[Token]]:
    """Certificates told one after the other without boxes: a new one begins when the first label returns."""
    run: list[Token] = []
    for token in own:
        if run and plain(token.label) == plain(run[0].label) and len(run) > 1:
            yield [*shared, *run]
            run = []
        run.append(token)
    yield [*shared, *run]


def record_of(
    document: Document, number: int, name: Token | None, pairs: Sequence[Token], context: str, odd: str
) -> Record:
    """A named row as a record."""
    return Record(
        heads=tuple(t.label for t in pairs),
        cells=tuple(t.cell for t in pairs),
        page=document.index,
        spot=f"fiche {number}" if number else "hors fiche",
        dress="labelled" if name is None else " ".join(dress_of(name)),
        context=context,
        title=name.cell if name is not None and name.kind != "pair" else None,
        odd=odd,
    )
