"""What a source is, what it may raise, and how much its register may shrink before a person is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol, runtime_checkable

from state.model import Attestation, Listing, Page, Reason

Expect = Literal["pdf", "html", "xml", "json"]
Get = Callable[[str], Page]
"""Fetches one address politely and returns the whole document; raises `Unreachable` or `Blocked`."""


# SourceError             why as data
#  ├── Unreachable        the site is down, slow, or answers 5xx
#  ├── Blocked            a challenge, a 403, a login page: a person must act
#  ├── LayoutChanged      fetched, but not the shape we know
#  ├── Doubtful           read, but not to be believed
#  ├── Misset             a setting, of a source or of the way out, that nobody can use
#  │   within a look, where they are caught:
#  ├── Unfit              the body of one answer
#  ├── Late               a turn that comes after the end of the look
#  ├── NotReadable        bytes that are not what they should be
#  │    └── TooMuch        bytes that take too much work to read
#  └── UnreadableRow      one row
class SourceError(Exception):
    """A look that yields no listing, and why: data, for `notifiers.said` to make sentences of.

    `source` names the register where its reader says so. `passing`: another try may help.
    """

    def __init__(self, *reasons: Reason, source: str = "", passing: bool = False) -> None:
        self.reasons, self.source, self.passing = reasons, source, passing
        super().__init__(*reasons)

    def __str__(self) -> str:
        told = "; ".join(f"{one.code} {dict(one.values)}" for one in self.reasons)
        return f"{self.source}: {told}" if self.source else told

    @property
    def reason(self) -> Reason:
        """The first reason, where there is but one to tell."""
        return self.reasons[0]


class Unreachable(SourceError):
    """The register could not be fetched this time."""


class Blocked(SourceError):
    """The site refuses automatic reading."""


class Doubtful(SourceError):
    """Well-formed, yet not believable.

    `listing` is what was read all the same, for an operator to approve. Without it nobody's word helps, and
    nobody is asked for it.
    """

    def __init__(self, *reasons: Reason, source: str = "", listing: Listing | None = None) -> None:
        self.listing = listing
        super().__init__(*reasons, source=source)


class LayoutChanged(SourceError):
    """The page no longer has the shape that the source reads, at a place of it or altogether."""

    def __init__(self, source: str, reason: Reason, place: str = "") -> None:
        why = Reason.of("at_place", place=place, why=reason) if place else reason
        super().__init__(why, source=source)


class Misset(SourceError):
    """A setting that nobody can use: what was expected, what was found, and at which place."""

    @classmethod
    def at(cls, place: str, why: Reason, source: str = "") -> Misset:
        """The error for the setting at a place."""
        return cls(Reason.of("setting_at", at=place, why=why), source=source)


class Unfit(SourceError):
    """A body that is not taken."""


class Late(SourceError):
    """A turn that comes after the time until which it is wanted."""


class NotReadable(SourceError):
    """Bytes that cannot be read as what they should be."""


class TooMuch(NotReadable):
    """A document that would take far more work than any known one: none of a register."""


class UnreadableRow(SourceError):
    """A row that prints something else than what its field needs."""


MOST_STEPS = 20_000_000
"""Things drawn, characters, and how often they are looked at. The fullest edition takes 573,000."""


@dataclass(slots=True, kw_only=True)
class Effort:
    """How much work the reading of one document has taken, and the most that it may: counted as a whole.

    A bound on each page, table and cell would let their product through: a thousand pages of a thousand
    tables, each just small enough. Steps are paid before the work is done.
    """

    most: int
    spent: int = 0

    def spend(self, steps: int) -> None:
        """Counts steps about to be made; raises `TooMuch` when there have been enough."""
        self.spent += steps
        if self.spent > self.most:
            raise TooMuch(Reason.of("too_much_work", steps=self.most))


def effort() -> Effort:
    """The effort that one document is worth."""
    return Effort(most=MOST_STEPS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How few rows a label may have, and how much of it may go at once, before that is held.

    Held is what goes when fewer than `floor` rows are left, or when more than max(`least`, `share` × holders)
    holders would lose their last row at once. Rows that stay in print, archived or withdrawn, are held when
    they are more than max(`least_rows`, `share_rows` × rows).
    """

    floor: int
    least: int = 5
    share: float = 0.20
    # between January and March 2026 the catalogue archived 33 of 394 CC certificates, six developers' in all
    least_rows: int = 10
    share_rows: float = 0.25


class Source(Protocol):
    """One module that reads one register. Implementations are frozen dataclasses: settings replace fields.

    `labels` are all labels it can state; `revision` rises with every change of what `read` returns;
    `every` is a cron expression in UTC with day names; `stale_after` is how long the register may stay
    unread, or its edition unmoved, before operators are told. `expect` is the kind of document the fetcher
    must insist on, None where it varies.
    """

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def revision(self) -> int: ...
    @property
    def expect(self) -> Expect | None: ...
    @property
    def every(self) -> str: ...
    @property
    def stale_after(self) -> timedelta: ...
    @property
    def bounds(self) -> Mapping[str, Bounds]: ...

    def fetch(self, get: Get) -> tuple[Page, ...]:
        """Fetches all documents of one look, in a stable order; the only part that touches the network."""
        ...

    def read(self, pages: Sequence[Page]) -> Listing:
        """Reads the documents of one look. Pure; raises `LayoutChanged`, `Blocked` or `Doubtful`."""
        ...


@runtime_checkable
class Follows(Protocol):
    """What a source may also be: one that reads pages while it fetches, to find where they lead.

    Its `fetch` runs in a child, as every reading does; one that reads there and does not say so reads foreign
    bytes in the watch itself.
    """

    @property
    def follows(self) -> bool: ...


@runtime_checkable
class Roots(Protocol):
    """What a source may also be: one by whose believed pages other sources trust theirs, by this root."""

    @property
    def roots(self) -> object: ...


@runtime_checkable
class Rooted(Protocol):
    """What a source may also be: one that trusts its pages by those that another one believed.

    `rests_on` is its name; `root` is its root while it is enabled, else None. The own `fetch` gets those
    pages at the root's address.
    """

    @property
    def rests_on(self) -> str: ...
    @property
    def root(self) -> object | None: ...

    def alone(self, pages: Sequence[Page]) -> bool:
        """Whether pages came without any of the root's: a person saved the own ones alone. Pure."""
        ...


@runtime_checkable
class Imprints(Protocol):
    """What a source may also be: one that tells, without reading it, that a page shows what another did."""

    def imprint(self, page: Page) -> str:
        """All that `read` can see of a page, and whatever else of it and of its settings it depends on, as
        one hash; "" where only a reading can tell. Pure; never raises.

        Of pages with the same imprints in the same order, `read` gives equal listings on that day; and on any
        later day, where the first of them is `lasting`.
        """
        ...


@runtime_checkable
class Pictures(Protocol):
    """What a source may also be: one that can show a row as its document does."""

    def picture(self, page: Page, row: Attestation) -> str | None:
        """The row cut from a document, as a PNG in Base64; None where it is not found there. Never raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A setting that may let a source read what it does not: a field of it, its value as JSON, and when."""

    setting: str
    value: str
    when: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeCheck:
    """What a configured recipe gives on the pages of one look.

    `at` is its row selector, `rows` how many it matched; `fields` are name, place and how many rows they
    fill; `first` the first rows as taken, each as name and value; `missing` what it does not name.
    """

    at: str
    rows: int
    fields: tuple[tuple[str, str, int], ...]
    first: tuple[tuple[tuple[str, str], ...], ...] = ()
    missing: tuple[str | Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How a source sees the documents of one look, for a person who wonders what it understood.

    `kind` is what kind of page it is, `found_by` how its rows were found (None when none were). `heads` are
    the printed heads, each with its field: "" where it is ignored by name, None where it is not known.
    `counts` are rows by section, letter or page, in printed order; `missing` names pages that these lead to
    and that are not among them; `notes` are what else is worth knowing. `recipe` is the check of a configured
    recipe, `proposal` one that may read the page, as TOML.
    """

    kind: Reason | None = None
    found_by: Reason | None = None
    heads: tuple[tuple[str, str | None], ...] = ()
    counts: tuple[tuple[str | Reason, int], ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[Reason, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    recipe: RecipeCheck | None = None
    proposal: str = ""


@runtime_checkable
class Explains(Protocol):
    """What a source may also be: one that explains how it sees a page, above all one that it cannot read."""

    def explain(self, pages: Sequence[Page]) -> Explanation:
        """How the documents of one look are seen. Pure; says what stops the reading instead of raising."""
        ...
