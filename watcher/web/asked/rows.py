"""What an address asks of a list: which rows, in which order, and which page of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from state.seen.rows import overview, slim
from state.words.labels import TOGETHER, label_word, numbered, single
from watcher.ask.holders import SOON, Edition, held
from watcher.ask.holders import editions_of as seen_by
from watcher.ask.past.daybook import Holding
from watcher.ask.past.settled import opened
from watcher.ask.past.was import Answer
from watcher.ask.standing.lists import LETTERS, Sort, Wanted, in_order, listed
from watcher.ask.standing.mine import MOST_NAMES, names_in
from watcher.ask.standing.papers import documented_on
from watcher.ask.standing.together import lines_of_holders
from watcher.ask.watch.label_state import last_editions
from watcher.errors import BadQuestion, Trouble
from watcher.web.asked.parts import LONGEST, Parts

if TYPE_CHECKING:
    from state.model import Version
    from state.noted.documents import Kept
    from state.seen.rows.slim import Slim
    from watcher.ask.past.settled import Told
    from watcher.web.asked.site import Visit

FILTER = ("scope", "version", "issuer", "level", "family", "country", "provider", "ends_by", "letter", "sort")
"""The parts of an address that filter and sort a list."""
PARTS = (*FILTER, "page", "from")
"""Those, and the page; `from` is how pages were named before they had numbers."""
ENDS = ("label", "month", "page")
"""Those of the list of ends."""
PASTED = ("p", "names")
"""Those of a list of names."""
LONGEST_NAMES = 6_000
"""Characters of names in an address: with more of them some browsers and proxies cut it, or refuse it."""
MOST_MONTHS = 72
"""How many months ahead a reader can choose from; qualifications and certificates last at most five years."""
# Of an address that somebody wrote by hand: no label has as many entries, and no list as many pages.
MOST_SCOPES, MOST_PAGE = 12, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """The rows of a label that an address asks for, now or on a day: all of the label, those that are wanted
    in their order, and the editions they are from. `then` is what is known of each row of a day, by its line,
    `documented` what documents say of one that nobody saw: shown where the list is not narrowed.
    """

    on: date | None
    wanted: Wanted
    all: Sequence[Slim]
    rows: Sequence[Slim]
    editions: Sequence[Edition]
    then: Mapping[int, Told] = field(default_factory=dict)
    documented: Sequence[Kept] = ()

    def opened(self, visit: Visit, rows: Sequence[Slim]) -> list[tuple[Version, Holding | None]]:
        """Some of the rows whole, with what is known of each on the day."""
        if self.on:
            told = [self.then[row.line] for row in rows]
            whole = zip(told, opened(visit.store, told), strict=True)
            return [(row, Holding(row=row, answer=one.answer, basis=one.basis)) for one, row in whole]
        found = slim.numbered(visit.store, None, [row.number for row in rows])
        return [(found[row.number], None) for row in rows]


def selected(visit: Visit, label: str) -> Selected:
    on, wanted = visit.parts.day("on"), wanted_of(visit, label)
    # Read, and found, once between two looks for whoever turns pages; of the time it is it goes by the day.
    if on is None:
        now = visit.archive.once(("roll", label), lambda: slim.slim(visit.store, label=label))
        editions = last_editions(visit.archive, label)
        return Selected(on=on, wanted=wanted, all=now, rows=listed(now, wanted), editions=editions)
    then = visit.archive.once(
        ("stood", label, on, visit.today),
        lambda: {one.row.line: one for one in held(visit.archive, label, on)},
    )
    rows = tuple(one.row for one in then.values())
    sure = {one.row.provider.slug for one in then.values() if one.answer is Answer.YES}
    return Selected(
        on=on,
        wanted=wanted,
        all=rows,
        rows=listed(rows, wanted),
        editions=seen_by(visit.archive, [label], on),
        then=then,
        documented=() if wanted.narrow else documented_on(visit.archive, label, on, sure),
    )


def wanted_of(visit: Visit, label: str) -> Wanted:
    """What is asked for; raises `BadQuestion`, and `NotFound` for a provider on no list."""
    parts = visit.parts
    named = parts.text("provider")
    return Wanted(
        scope=_scope(parts, label),
        version=parts.text("version"),
        issuer=parts.text("issuer"),
        level=parts.text("level"),
        family=parts.text("family"),
        country=parts.country(),
        provider=visit.provider(named).slug if named else "",
        ends_by=parts.day("ends_by"),
        letter=parts.one_of("letter", LETTERS),
        sort=Sort(parts.one_of("sort", list(Sort)) or Sort.NAME),
    )


def _scope(parts: Parts, label: str) -> tuple[str, ...]:
    """The entries of the scope: words, or the numbers that the rules of the label give them."""
    order, found = numbered(label), []
    for text in parts.getlist("scope")[:MOST_SCOPES]:
        text = text.strip()[:LONGEST]
        if order and text.isdecimal() and text.isascii():
            if not 1 <= int(text) <= len(order):
                raise BadQuestion("scope", text, "number", most=len(order))
            text = order[int(text) - 1]
        found.append(text)
    return tuple(dict.fromkeys(filter(None, found)))


def page_of(visit: Visit, size: int) -> int:
    """The number of the page, from 1 on."""
    skipped = visit.parts.number("from")
    return visit.parts.number("page", MOST_PAGE) or (skipped or 0) // size + 1


def query_of(wanted: Wanted, label: str, on: date | None = None) -> Mapping[str, object]:
    """The same as the parts of an address, without the page."""
    return {
        "on": on,
        **{name: getattr(wanted, name) for name in FILTER},
        "scope": scope_words(wanted.scope, label),
        "country": wanted.country.lower(),
        "sort": "" if wanted.sort is Sort.NAME else wanted.sort.value,
    }


def scope_words(scope: Sequence[str], label: str) -> list[str]:
    """The entries of a scope as an address names them: numbers where the rules number them."""
    order = numbered(label)
    return [str(order.index(one) + 1) if one in order else one for one in scope]


def names_asked(visit: Visit) -> tuple[str, ...]:
    """The names of an address, each by itself or a pasted list; raises `Trouble` where they are more than an
    address bears."""
    text = "\n".join((*visit.parts.getlist("p"), *visit.parts.getlist("names")))
    names = names_in(text.replace("\0", " "))
    if len(text) > LONGEST_NAMES or len(names) > MOST_NAMES:
        raise Trouble("names_too_long", names=len(names), most=MOST_NAMES, longest=LONGEST_NAMES)
    return names


MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The rows that end and that an address asks for, soonest first; how many end in which month, and of
    which label in that time. `word` is how the address names labels; of labels `together` (their slug) the
    rows of those who hold them."""

    word: str
    labels: tuple[str, ...]
    together: str
    month: str
    rows: Sequence[Slim]
    months: Mapping[str, int]
    by_label: Mapping[str, int]

    def opened(self, visit: Visit, rows: Sequence[Slim]) -> tuple[Version, ...]:
        """Some of the rows whole."""
        return overview.of_lines(visit.store, [row.line for row in rows])


def ending(visit: Visit) -> Ending:
    """The rows that end within half a year, or in the month of the address; of all labels, or of its own."""
    asked, month = visit.parts.labels_or_together(), _month(visit.parts.text("month"))
    labels, together = single(asked), asked[0] if asked and asked[0] in TOGETHER else ""
    held = frozenset(lines_of_holders(visit.archive, together)) if together else None
    first, last = _days_of(month) if month else (visit.today, visit.today + SOON)
    span = (max(first, visit.today), last)
    there = visit.archive.once(("ends", span), lambda: slim.slim(visit.store, ends=span))
    own = (row for row in there if not labels or row.label in labels)
    months = _months(visit, labels, held)
    return Ending(
        word=together or label_word(visit.parts.text("label")),
        labels=labels,
        together=together,
        month=month,
        rows=in_order((row for row in own if held is None or row.line in held), Sort.END),
        months={one: n for one, n in sorted(months.items())[:MOST_MONTHS] if n},
        by_label=Counter(row.label for row in there),
    )


def _months(visit: Visit, labels: Sequence[str], held: Collection[int] | None) -> Counter[str]:
    """How many rows of some labels end in which month; of labels together, rows of those who hold them."""
    today = visit.today
    if held is not None:
        rows = overview.of_lines(visit.store, sorted(held))
        ends = (end for row in rows if (end := row.known.attestation.valid_until) and end >= today)
        return Counter(f"{end:%Y-%m}" for end in ends)
    counted = visit.archive.once(("months", today), lambda: overview.months(visit.store, today))
    own = Counter[str]()
    for (one, label), n in counted.items():
        own[one] += n if not labels or label in labels else 0
    return own


def _days_of(month: str) -> tuple[date, date]:
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _month(text: str) -> str:
    """A month as addresses have it: 2026-03."""
    if text and not MONTH.fullmatch(text):
        raise BadQuestion("month", text, "month")
    return text
