"""What an examination of a source found: the words that the doctor's other modules share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import PlainSerializer

from scrapers.source import Bounds, Explanation
from state.model import Event, Listing, Outcome, Page, Reason, Run
from state.words.kept import SourceState

Seconds = Annotated[float, PlainSerializer(lambda seconds: round(seconds, 3))]
"""Programs are given thousandths."""
Pairs = Annotated[tuple[tuple[str, str], ...], PlainSerializer(dict)]
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
    """One document asked for, with everything it took; `page` is None when it was not had, `error` says why,
    `why` the same as data.

    `robots` is what robots.txt says of its address: "open", "closed", "none" where there is no such file, or
    "not read".
    """

    url: str
    exchanges: tuple[Exchange, ...]
    seconds: float
    robots: str
    page: Page | None = None
    error: str = ""
    why: tuple[Reason, ...] = ()
    outcome: Outcome | None = None

    def tells(self, code: str) -> bool:
        """Whether the reason of that code is among those why the page was not had."""
        return any(one.tells(code) for one in self.why)

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
    error: str = ""
    outcome: Outcome | None = None
    saved: bool = False
    deadline: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the watch would make of these pages now, on a copy of its memory.

    `known` is the state before; `run` is None when it could not be tried, and `error` says why.
    """

    known: SourceState
    run: Run | None = None
    events: tuple[Event, ...] = ()
    error: str = ""


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
    """What to do, in one line, and the commands or settings to copy, most likely first."""

    text: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that was found, before anybody says what to do about it. `looks` is parallel to the pages."""

    patient: Patient
    at: datetime
    visit: Visit
    looks: tuple[str, ...] = ()
    explanation: Explanation | None = None
    listing: Listing | None = None
    judgement: Judgement | None = None

    @property
    def outcome(self) -> Outcome | None:
        """How the look ended: by what could not be fetched, else by what became of the reading."""
        if self.visit.outcome is not None:
            return self.visit.outcome
        run = self.judgement.run if self.judgement else None
        return run.outcome if run else None

    @property
    def error(self) -> str:
        """What went wrong, "" when nothing did."""
        if self.visit.error or self.judgement is None:
            return self.visit.error
        return self.judgement.error or (self.judgement.run.message if self.judgement.run else "")

    @property
    def held(self) -> tuple[str, ...]:
        """Removals that would wait for a person's word."""
        run = self.judgement.run if self.judgement else None
        return run.held if run else ()

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
