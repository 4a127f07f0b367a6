"""Finding rows that label each of their values: cards, definition lists, accordions, Drupal fields.

The page is heard as a person hears it, in order: titles, labelled values, and text. What names a row (a
labelled holder, else a heading) is found first; a row is then the largest element around that name which
holds no other name. Where rows have no element of their own, a row runs from its name to the next.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from scrapers.page.html import Cell, Document, classes_of
from scrapers.page.records import LETTERED, Group, Record
from scrapers.page.spoken import SUBTITLE, Token, absorbed, titled, tokens
from scrapers.page.vocabulary import Vocabulary, plain
from state.model import Reason

if TYPE_CHECKING:
    from scrapers.page.tree import Element

SINGLE = ("number", "end", "period")
"""Fields that a certificate prints once."""
FEW = 9
"""How many titles stand beside one that sounds like a label, where it is a name like them."""


def labelled_group(
    document: Document, vocabulary: Vocabulary, keys: Sequence[str], value: str = r"\d"
) -> Group | None:
    """The labelled rows of a page, None when nothing on it is labelled by a key field.

    `keys` are the fields that mark a row, the surest first ("number", "end"), and `value` is a pattern that
    their values contain: a glossary labels words, not numbers.
    """
    if document.main is None:
        return None
    spoken = absorbed(named_alike([*tokens(document.main, vocabulary, document.address)]))
    anchors = [t for t in spoken if t.field in keys and t.kind == "pair" and re.search(value, t.cell.text)]
    if not anchors:
        return None
    names = names_among(spoken, anchors)
    records = tuple(rows_by_name(document, spoken, anchors, names, keys))
    heads = tuple(dict.fromkeys(h for r in records for h in r.heads))
    return Group(heads=heads, records=records, context=records[0].context, dress="labelled")


def named_alike(spoken: Sequence[Token]) -> Iterator[Token]:
    """The tokens, a host whose name sounds like a label ("Fin Conseil") a title as other hosts are."""
    titles = Counter(dress_of(t) for t in spoken if t.kind == "title")
    labels = Counter(dress_of(t) for t in spoken if t.kind == "pair" and not t.cell.text)
    for token in spoken:
        bare = token.kind == "pair" and not token.cell.text and titled(token.node)
        if bare and labels[dress_of(token)] * FEW < titles[dress_of(token)]:
            yield replace(token, kind="title", cell=Cell.of(token.label), field=None)
        else:
            yield token


def names_among(spoken: Sequence[Token], anchors: Sequence[Token]) -> list[Token]:
    """The tokens that name rows: labelled holders, else titles before a key, else first lines of blocks."""
    holders = [t for t in spoken if t.field == "holder" and t.cell.text]
    titles = [t for t in spoken if t.kind == "title" and not LETTERED.fullmatch(t.cell.text)]
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
        like = {t.order for t in titles if span[0] <= t.order <= span[1] and dress_of(t) == dress}
        return [t for t in titles if t.order in led | like]
    return lines


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
    keys, ends = [a.order for a in anchors], [*(t.order for t in names[1:]), 1 << 30]
    led = [t for t, end in zip(names, ends, strict=True) if between_orders(keys, t.order, end)]
    dress = Counter(dress_of(t) for t in led or names).most_common(1)[0][0]
    first, last = anchors[0].order, anchors[-1].order
    start = max((t.order for t in names if t.order <= first), default=0)
    return [t for t in names if dress_of(t) == dress or start <= t.order <= last]


def dress_of(token: Token) -> tuple[str, ...]:
    """Element and class of a token's element and of the one around it."""
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
        block = within(token.node, blocks)
        named = token.kind == "text" and not SUBTITLE.fullmatch(plain(token.cell.text))
        if block is not None and named and token.order < blocks[block].order:
            found.setdefault(block, token)
    return sorted(found.values(), key=lambda t: t.order)


def owners_of(names: Sequence[Token]) -> Counter[int]:
    """How many names each element holds, by the identity of the element."""
    count: Counter[int] = Counter()
    for name in names:
        count.update(id(tag) for tag in name.node.lineage)
    return count


def within(node: Element, blocks: Container[int]) -> int | None:
    """The nearest of these elements around a node, or it itself, by its identity."""
    return next((id(tag) for tag in node.lineage if id(tag) in blocks), None)


def climb(node: Element, owners: Counter[int]) -> Element:
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
        owner = within(token.node, holding)
        if owner is not None and token.kind == "pair":
            holding[owner].append(token)
    over = contexts(spoken, names)
    key_orders = {a.order for a in anchors}
    # More than half, and not all: a host without a certificate number has a box as well.
    boxed = sum(any(t.order in key_orders for t in holding[id(b)]) for b in blocks)
    in_boxes = boxed * 2 > len(names) or (len(names) == 1 and boxed == 1)
    orders = {name.order for name in names}
    used: set[int] = set()
    for number, (name, block) in enumerate(zip(names, blocks, strict=True), start=1):
        own = holding[id(block)] if in_boxes else between(spoken, name, orders)
        for pairs in certificates(name, own, keys, key_orders):
            used.update(t.order for t in pairs)
            odd = None if any(t.order in key_orders for t in pairs) else Reason.of("no_number_no_end")
            yield record_of(document, number, name, pairs, over[name.order], odd)
    for stray in anchors:
        if stray.order not in used:
            yield record_of(document, 0, None, [stray], over[stray.order], Reason.of("stray_value"))


def contexts(spoken: Sequence[Token], names: Sequence[Token]) -> list[str]:
    """For each token the title that stands over it, names of rows and letters left out."""
    rows = {t.order for t in names}
    over, found = "", []
    for token in spoken:
        if token.kind == "title" and token.order not in rows and len(token.cell.text) > 3:
            over = token.cell.text
        found.append(over)
    return found


def between(spoken: Sequence[Token], name: Token, names: Container[int]) -> list[Token]:
    """The labelled values from a name to the next name, by their order, or to the next title.

    A title that only says that a part of the row follows ("Certificat 2", "Informations") is none.
    """
    own = [name] if name.kind == "pair" else []
    for token in islice(spoken, name.order + 1, None):
        title = token.kind == "title" and not SUBTITLE.fullmatch(plain(token.cell.text))
        if title or token.order in names:
            break
        if token.kind == "pair":
            own.append(token)
    return own


def certificates(
    name: Token, own: list[Token], keys: Sequence[str], key_orders: set[int]
) -> Iterator[list[Token]]:
    """The values of a row, by certificate: several keys of one kind are several certificates."""
    key = next((k for k in keys if any(t.field == k and t.order in key_orders for t in own)), None)
    heads = [t for t in own if t.field == key and t.order in key_orders]
    if len(heads) < 2:
        yield own
        return
    loose = [t for t in own if t is not name]
    named = [name] if name.kind == "pair" else []
    owners = owners_of(heads)
    boxes = {id(climb(t.node, owners)): t for t in heads}
    if len(boxes) < len(heads):  # lines of one element: no box tells one certificate from the next
        yield from runs(loose, named)
        return
    placed: dict[int, list[Token]] = {t.order: [] for t in heads}
    shared = []
    for token in own:
        box = within(token.node, boxes)
        if box is None:
            shared.append(token)
        else:
            placed[boxes[box].order].append(token)
    if within(name.node, boxes) is not None:
        yield next((p for p in placed.values() if name in p), [])  # the others lie in boxes without a name
    elif not any(t.field in ("end", "period", "start", "activities") for t in shared):
        for values in placed.values():
            yield [*shared, *values]
    else:
        yield from runs(loose, named)


def runs(own: Sequence[Token], shared: list[Token]) -> Iterator[list[Token]]:
    """Certificates told one after the other without boxes: a new one begins when the first label returns, or
    a field that a certificate has once."""
    run: list[Token] = []
    for token in own:
        again = token.field in SINGLE and any(t.field == token.field for t in run)
        if run and len(run) > 1 and (again or plain(token.label) == plain(run[0].label)):
            yield [*shared, *run]
            run = []
        run.append(token)
    yield [*shared, *run]


def record_of(
    document: Document,
    number: int,
    name: Token | None,
    pairs: Sequence[Token],
    context: str,
    odd: Reason | None,
) -> Record:
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
