"""What is left aside on a page of the HDS list: lists that look alike, and dates that no row accounts for.

To leave rows aside is to say that their hosts are gone. So it takes a plain word (an approval of the old
regime, a candidate), or rows that are all past; and what a damaged page hides is looked for by its dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from scrapers.ans_hds.hosts.row import DATE, day_of
from scrapers.page.html import Document, furniture, heard, text_of
from scrapers.page.records import HEADINGS, Record
from scrapers.page.vocabulary import plain
from state.names import BODIES

if TYPE_CHECKING:
    pass

# Approvals of the law before 2018, candidates, cookies and bodies are printed on the same page, in the same
# tables.
OTHERS = re.compile(
    r"\bagre(e|es|ment|ments)\b|\bcandidat|\bcookie|en cours d[e'] ?(certification|instruction)|accredit"
    r"|organismes? (de certification|certificateurs?)|certificateurs\b"
)
PAST = re.compile(r"\banciens?\b|\banciennes?\b|archive|historique|\bexpire(e|s|es|nt)?\b")
# "Hébergeurs certifiés par un organisme accrédité" speaks of bodies as well, and is our list.
OURS = re.compile(r"heberg.*\bcertifies?\b")
ANOTHER_LIST = re.compile(r"\bagre(e|es|ment|ments)\b|\bcandidat|\bcookie|en cours d[e'] ?(certif|instruc)")
UNCERTIFIED = re.compile(r"\bcandidat|\bcookie|en cours d[e'] ?(certif|instruc)|suspen|retir|revoq")
OF_BODIES = re.compile(r"accredit|\bagrement|\bcofrac\b")
"""Lines of print that tell until when a certification body is accredited."""
LONGEST = 300  # characters of a line that people print
MOST_DATES = 12
"""How many dates one row may hold, of several certificates; more is a piece of the page."""
MOST_VALID = 0.8
"""The share of certificates in force that makes rows the list, against the word that stands over them."""
OF_EVENTS = re.compile(
    r"(l'|les |notre |nos )?(agenda|evenements?|webinaires?|rendez-vous|dates a retenir)\b.{0,40}"
)
"""Headings over days that are not of certificates."""
TRACES = re.compile(
    rf"{'|'.join(BODIES.values())}|activit|\bn ?[°º]|\d{{5,}}|\bcertificats?\b|\bvalid|\bexpir"
)
"""What a piece of a row would print: body, activities, number, or what its date is."""
FEW_DATES = 2
"""How many dates to come may stand on a page of the list outside its rows: of a webinar, of a law."""


def left_out(context: str, heads: Sequence[str]) -> bool:
    """Whether what stands over rows, or their heads, says that they are another list."""
    if named_otherwise(heads) or PAST.search(plain(context)):
        return True
    return bool(OTHERS.search(plain(context))) and not OURS.search(plain(context))


def named_otherwise(heads: Sequence[str]) -> bool:
    """Whether heads are those of approvals or accreditations."""
    return any(re.search(r"\bagrement|accredit", plain(head)) for head in heads)


def perhaps_ours(records: Iterable[Record], context: str, heads: Sequence[str], day: date) -> bool:
    """Whether rows that were left out may be hosts all the same: valid on that day, under a word that errs.

    "Certificats qui expirent en 2027" and "titulaires sous accréditation belge" stand over certified hosts.
    """
    over = plain(context)
    another = named_otherwise(heads) or (ANOTHER_LIST.search(over) and not OURS.search(over))
    return not another and any(d > day for record in records for d in days_of(record.said()))


def certified(records: Sequence[Record], heads: Sequence[str], day: date) -> bool:
    """Whether nearly all rows are of certificates in force on that day, whatever stands over them.

    No approval of the old regime is valid any more; candidates have no certificate, so their word stands.
    """
    waiting = any(UNCERTIFIED.search(plain(record.context)) for record in records)
    if waiting or named_otherwise(heads):
        return False
    valid = sum(any(d > day for d in days_of(record.said())) for record in records)
    return valid >= MOST_VALID * len(records)


def days_of(text: str) -> list[date]:
    return [day for found in DATE.finditer(text) if (day := day_of(found.group(0))) is not None]


def astray(document: Document, told: Iterable[str]) -> tuple[date, ...]:
    """The days to come that the source of a page holds and no row, as told here, does; () when they are few.

    Whatever swallowed a row (a comment or a quote without end, a stray tag, a menu), its end date is still
    somewhere in the source: in the end dates of some hundred rows, few others fall on the same days.
    """
    rows = (days for text in told if len(days := days_of(text)) <= MOST_DATES)
    known = {day for days in rows for day in days}
    spoken = (line for line in document.folded if len(line) < LONGEST and OF_BODIES.search(line))
    known |= {day for line in spoken for day in days_of(line)}
    printed = {found.group(0) for found in DATE.finditer(document.markup)}
    missing = {d for text in printed if (d := day_of(text)) is not None and d > document.day} - known
    if len(missing) > FEW_DATES:
        missing -= set(days_beside(document))
    return tuple(sorted(missing)) if len(missing) > FEW_DATES else ()


def days_beside(document: Document) -> Iterator[date]:
    """The days of an agenda or a banner beside the list, where nothing looks like a piece of a row."""
    if document.whole is None or document.main is None:
        return
    for tag in document.whole.every("nav", "aside", "footer", "section", "div", "dialog"):
        heading = text_of(tag.first(*HEADINGS))
        if tag.aside or furniture(tag, document.main) or OF_EVENTS.fullmatch(plain(heading)):
            said = heard(tag)
            days = days_of(said)
            if len(days) <= MOST_DATES and not TRACES.search(plain(DATE.sub(" ", said))):
                yield from days
