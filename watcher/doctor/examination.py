"""What an examination of a source found: the words that the doctor's other modules share."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from notifiers.said.reasons import KEPT, held_reasons, message_reasons, message_said, said, spoken
from scrapers.source import Explanation, Source, SourceError
from state.model import Event, Listing, Outcome, Page, Reason, Run
from state.words.kept import SourceState
from watcher.ask.views.form import Written

Seconds = Annotated[float, Written(lambda seconds: round(seconds, 3))]
"""Programs are given thousandths."""
Pairs = Annotated[tuple[tuple[str, str], ...], Written(dict)]
"""Names and values, which programs are given as an object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request over the wire, robots.txt and redirects included; without a status nobody answered.

    `seconds` is the time until the answer began, `size` what came over the wire, in bytes.
    """

    url: str
    status: int | None = None
    seconds: Seconds | None = None
    size: int = 0
    headers: Pairs = ()

    def header(self, name: str) -> str:
        """A header of the answer, "" when it is not there."""
        return dict(self.headers).get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One document asked for, with all it took; `page` is None when it was not had, `trouble` says why.

    `robots` is what robots.txt says of its address: "open", "closed", "none" where there is no such file, or
    "not_read".
    """

    url: str
    exchanges: tuple[Exchange, ...]
    seconds: float
    robots: str
    page: Page | None = None
    trouble: SourceError | None = None
    outcome: Outcome | None = None

    @property
    def error(self) -> str:
        """Why the page was not had, in English for programs; "" when it was."""
        return spoken(self.trouble) if self.trouble else ""

    def tells(self, code: str) -> bool:
        """Whether the reason of that code is among those why the page was not had."""
        return any(one.tells(code) for one in self.trouble.reasons) if self.trouble else False

    @property
    def last(self) -> Exchange | None:
        """The last exchange that was not about robots.txt."""
        own = [one for one in self.exchanges if not one.url.endswith("/robots.txt")]
        return own[-1] if own else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What was asked and what came: pages of one look, or as many as there were before an error.

    `deadline` is how many seconds the look was given in all, None for saved pages.
    """

    requests: tuple[Request, ...] = ()
    pages: tuple[Page, ...] = ()
    robots: tuple[Page, ...] = ()
    trouble: SourceError | None = None
    outcome: Outcome | None = None
    saved: bool = False
    deadline: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the watch would make of these pages now, on a copy of its memory.

    `known` is the state before; `run` is None when it could not be tried, and `why` says why.
    """

    known: SourceState
    run: Run | None = None
    events: tuple[Event, ...] = ()
    why: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """How many rows in force a reading has of a label, and the fewest that would be believed."""

    label: str
    rows: int
    floor: int
    covered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to do, and the commands or settings to copy, most likely first; one with a note is a reason."""

    said: tuple[Reason, ...]
    commands: tuple[str | Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a page looks like, whether it is a notice `instead` of the register, and whether it is `cut`."""

    looks: tuple[Reason, ...]
    instead: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that was found, before anybody says what to do about it. `glances` are parallel to the pages."""

    source: Source
    at: datetime
    visit: Visit
    glances: tuple[Glance, ...] = ()
    explanation: Explanation | None = None
    listing: Listing | None = None
    judgement: Judgement | None = None

    @property
    def looks(self) -> tuple[tuple[Reason, ...], ...]:
        """What each page looks like."""
        return tuple(one.looks for one in self.glances)

    @property
    def run(self) -> Run | None:
        """The run that the watch would record; None where the reading could not be tried."""
        return self.judgement.run if self.judgement else None

    @property
    def outcome(self) -> Outcome | None:
        """How the look ended: by what could not be fetched, else by what became of the reading."""
        return self.visit.outcome or (self.run.outcome if self.run else None)

    def error(self, lang: str = KEPT) -> str:
        """What went wrong, "" when nothing did."""
        if self.visit.trouble is not None:
            return spoken(self.visit.trouble, lang)
        if self.run is not None:
            return self.run.message if lang == KEPT else message_said(self.run, lang)
        why = self.judgement.why if self.judgement else None
        return said(why, lang) if why else ""

    @property
    def whys(self) -> tuple[Reason, ...]:
        """The same as data, of a reading that was tried."""
        return message_reasons(self.run) if self.run else ()

    @property
    def held(self) -> tuple[Reason, ...]:
        """Removals that would wait for a person's word."""
        return held_reasons(self.run) if self.run and self.run.held else ()

    @property
    def good(self) -> bool:
        """Whether the reading would be believed as it is."""
        return bool(self.run and self.run.believed and not self.run.held)

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """The bounds of each label; archived and withdrawn rows do not count for them."""
        seen = self.listing.attestations if self.listing else ()
        rows = Counter(row.label for row in seen if row.stands)
        covers = self.listing.covers if self.listing else frozenset()
        return tuple(
            Bound(label=label, rows=rows[label], floor=bound.floor, covered=label in covers)
            for label, bound in sorted(self.source.bounds.items())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """The findings, what to do about them, and where the pages were kept ("" for nowhere)."""

    findings: Findings
    advice: Advice
    kept: str = ""
