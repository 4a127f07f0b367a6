"""What an examination of a source found: the words that the doctor's other modules share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from notifiers.said.reasons import KEPT, held_reasons, message_reasons, message_said, said, spoken
from scrapers.source import Bounds, Explanation, SourceError
from state.model import Event, Listing, Outcome, Page, Reason, Run
from state.words.kept import SourceState
from watcher.ask.views.form import Written

Seconds = Annotated[float, Written(lambda seconds: round(seconds, 3))]
"""Programs are given thousandths."""
Pairs = Annotated[tuple[tuple[str, str], ...], Written(dict)]
"""Names and values, which programs are given as an object."""


def worded(one: str | Reason, lang: str) -> str:
    """What is said of itself, or a reason in words."""
    return one if isinstance(one, str) else said(one, lang)


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
class Patient:
    """The source that is examined: its name and where it looks, and which settings an operator has."""

    name: str
    title: str
    url: str
    labels: tuple[str, ...]
    bounds: Mapping[str, Bounds]
    expect: str | None
    settings: frozenset[str]

    def setting(self, name: str) -> str:
        """The environment variable of one of its settings."""
        return f"VIGILABEL_SOURCES__{self.name.upper().replace('-', '_')}__{name.upper()}"


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

    patient: Patient
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
    def outcome(self) -> Outcome | None:
        """How the look ended: by what could not be fetched, else by what became of the reading."""
        if self.visit.outcome is not None:
            return self.visit.outcome
        run = self.judgement.run if self.judgement else None
        return run.outcome if run else None

    def error(self, lang: str = KEPT) -> str:
        """What went wrong, "" when nothing did."""
        if self.visit.trouble is not None:
            return spoken(self.visit.trouble, lang)
        if self.judgement is None:
            return ""
        run, why = self.judgement.run, self.judgement.why
        if run is not None:
            return run.message if lang == KEPT else message_said(run, lang)
        return said(why, lang) if why else ""

    @property
    def whys(self) -> tuple[Reason, ...]:
        """The same as data, of a reading that was tried."""
        run = self.judgement.run if self.judgement else None
        return message_reasons(run) if run else ()

    @property
    def held(self) -> tuple[Reason, ...]:
        """Removals that would wait for a person's word."""
        run = self.judgement.run if self.judgement else None
        return held_reasons(run) if run and run.held else ()

    @property
    def good(self) -> bool:
        """Whether the reading would be believed as it is."""
        run = self.judgement.run if self.judgement else None
        return bool(run and run.believed and not run.held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """The findings, what to do about them, and where the pages were kept ("" for nowhere)."""

    findings: Findings
    advice: Advice
    kept: str = ""
