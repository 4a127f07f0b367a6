"""The words of vigilabel: what a register states, and what changed in it.

Pure and final: frozen dataclasses that travel between modules. Imports nothing of ours. The words are
those of the vocabulary in `docs/vocabulary.md`; every value printed by a register is kept verbatim here,
and cleaned only in keys beside it (`state.names`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
"""The zone in which registers print their days and readers live; the memory keeps UTC."""


def day_of(moment: datetime) -> date:
    """The day in Paris of an aware moment."""
    return moment.astimezone(PARIS).date()


PRINTED_REF = "certificate_number"
"""The entry of `Attestation.extra` that holds the identifier as printed, where `ref` is only its key."""

TAKEN_OVER_BY = "taken_over_by"
"""The entry of `Attestation.extra` that names, as printed, who has taken a service over."""

NOT_STANDING = frozenset(
    {"archived", "unmaintained", "candidate", "withdrawn", "suspended", "announced", "unstated"}
)
"""Statuses under which a row is printed on a register and yet does not stand.

`announced`: what is printed begins on a day still to come. `unstated`: the service stands on the register,
but no longer for the use that the label is.
"""


class Weight(StrEnum):
    """How much an event matters to a subscriber."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low, 1 for normal, 2 for high."""
        return ("low", "normal", "high").index(self.value)


class Kind(StrEnum):
    """What happened. The order of the members is the order of the table of kinds: among equals in weight,
    the first wins."""

    GAINED = "gained"
    LOST = "lost"
    SERVICE_REMOVED = "service_removed"
    SCOPE_REDUCED = "scope_reduced"
    SHORTENED = "shortened"
    EXPIRED = "expired"
    SERVICE_ADDED = "service_added"
    SCOPE_EXTENDED = "scope_extended"
    LEVEL_CHANGED = "level_changed"
    RENEWED = "renewed"
    REISSUED = "reissued"
    RENAMED = "renamed"
    EXPIRING = "expiring"
    CANDIDATE_LISTED = "candidate_listed"
    CANDIDATE_DELISTED = "candidate_delisted"
    RECOMMENDATION_CHANGED = "recommendation_changed"
    AMENDED = "amended"

    @property
    def weight(self) -> Weight:
        """The weight of this kind; `recommendation_changed` is raised to normal when no rule explains it."""
        match self:
            case Kind.GAINED | Kind.LOST | Kind.SERVICE_REMOVED | Kind.SCOPE_REDUCED | Kind.SHORTENED:
                return Weight.HIGH
            case Kind.EXPIRED:
                return Weight.HIGH
            case Kind.SERVICE_ADDED | Kind.SCOPE_EXTENDED | Kind.LEVEL_CHANGED | Kind.RENEWED | Kind.REISSUED:
                return Weight.NORMAL
            case Kind.RENAMED | Kind.EXPIRING | Kind.CANDIDATE_LISTED | Kind.CANDIDATE_DELISTED:
                return Weight.NORMAL
            case Kind.RECOMMENDATION_CHANGED | Kind.AMENDED:
                return Weight.LOW
        assert_never(self)


class Cause(StrEnum):
    """Who moved: nobody (first look), the authority, our own parser, or the calendar."""

    BASELINE = "baseline"
    REGISTER = "register"
    REREADING = "rereading"
    CALENDAR = "calendar"

    @property
    def told(self) -> bool:
        """Whether subscribers hear of events with this cause."""
        match self:
            case Cause.REGISTER | Cause.CALENDAR:
                return True
            case Cause.BASELINE | Cause.REREADING:
                return False
        assert_never(self)


class Outcome(StrEnum):
    """How a run ended. Only `ok` runs can change a listing."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    LAYOUT_CHANGED = "layout_changed"
    DOUBTFUL = "doubtful"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The canonical organisation behind the holders that registers print."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One document as the server sent it, with where and when.

    `url` is where the bytes came from after redirects, `requested_url` what was asked. `headers` are the
    response headers kept as evidence (names in lower case). `fetched_at` is aware UTC.
    """

    url: str
    body: bytes
    fetched_at: datetime
    requested_url: str = ""
    status: int = 200
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    # Not given with the others: whoever makes a page of another one with other bytes must not take it along.
    _sha256: str = field(default="", init=False, repr=False, compare=False)

    @property
    def sha256(self) -> str:
        """The hex SHA-256 of the bytes as received; taken once, since a look asks for it again and again."""
        if not self._sha256:
            from hashlib import sha256  # OpenSSL with it: no child that reads needs either

            object.__setattr__(self, "_sha256", sha256(self.body).hexdigest())
        return self._sha256

    def hashed(self, sha256: str) -> Page:
        """This page, whose bytes were found to have that SHA-256 just now."""
        object.__setattr__(self, "_sha256", sha256)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """One row of a register: a holder has a label for a subject, in a scope, from a date to a date.

    `holder`, `subject`, `version` and `ref` are verbatim. `ref` is the authority's identifier: for ANSSI
    the decision's file name without `_np.pdf` ("2025_2057"), for HDS number and body. `extra` holds what
    the register prints beyond these fields: keys the source understands are English (`family`, `oid`,
    `agreement_level`, `incident_contact`…), columns it has never seen keep their printed head. `page` is
    the index of the page in the snapshot and `place` the spot on it in words ("p. 88"); neither is ever
    compared, nor is `url`. `country` is the territory that the list prints of itself ("FR", "BE"; None where
    a register prints none): whose list it is, never where the holder sits. All rows of a list have the same,
    and none ever another: it is not compared either.
    """

    label: str
    holder: str
    subject: str | None = None
    version: str | None = None
    scope: tuple[str, ...] = ()
    level: str | None = None
    status: str = "listed"
    national_security: bool | None = None
    recommendation: str | None = None
    issuer: str | None = None
    ref: str | None = None
    url: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)
    page: int = 0
    place: str = ""
    country: str | None = None

    @property
    def stands(self) -> bool:
        """Whether the row says that the holder has the label now (archived rows and candidates do not)."""
        return self.status not in NOT_STANDING

    @property
    def last_day(self) -> date | None:
        """The last day on which the row holds by what is printed, None without a printed end.

        An end date is a day still held; a status to come holds from its day on: the day before is the last.
        """
        if self.valid_until is not None and self.extra.get("status_to_come_on") == str(self.valid_until):
            return self.valid_until - timedelta(days=1)
        return self.valid_until

    @property
    def printed_ref(self) -> str | None:
        """The authority's identifier as it is printed and shown to people, where `ref` is only its key."""
        return self.extra.get(PRINTED_REF) or self.ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is so, or what to do about it, as data: a code, and the values it is said with.

    Words are made of it for each reader (`notifiers.said.reasons`). Instants are ISO texts; a reason among
    the values is a part of the sentence, several are its list.
    """

    code: str
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, code: str, **values: Value) -> Reason:
        """The reason with these values."""
        return cls(code=code, values=values)

    def tells(self, code: str) -> bool:
        """Whether this is the reason of that code, or holds it."""
        values = (value if isinstance(value, tuple) else (value,) for value in self.values.values())
        parts = (one for several in values for one in several if isinstance(one, Reason))
        return self.code == code or any(part.tells(code) for part in parts)


Value = str | int | float | Reason | tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something new or odd in a page that was believed all the same, for operators: said once per `topic`.

    `kind` is that of the notice that says it: "news" of how a register prints, "trust" of whom a page is
    believed by.
    """

    topic: str
    reason: Reason
    kind: str = "news"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """One row among many that could not be read; what is known of it keeps its last state.

    `ref` and `holder` are what could be made out, if anything: they tell which known row is meant.
    """

    label: str
    place: str
    why: Reason
    ref: str | None = None
    holder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that a register states beside its rows, of another register: no label of anybody.

    `topic` says what kind of fact it is ("list_address"), `of` of whom ("FR"). Operators are told when
    `values` change from one edition to the next; `page` and `place` are as in a row.
    """

    topic: str
    of: str
    values: tuple[str, ...]
    page: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """From when on an edition is not believed any more by what it prints itself, and why."""

    at: datetime
    why: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """All attestations that a snapshot states.

    `covers` names what the reading looked at, even where it found no row: a label ("passi"), or a label and a
    status for a table of its own ("cc:archived"). `edition_at` is the publisher's own date (aware UTC), None
    on undated pages; `next_update` is the instant by which the next edition is promised, None where none is.
    `lasting`: pages that show the same state it on any later day, so that their imprint stands for it.
    `number` is the one that its publisher counts editions by, None where that binds nobody; `lapses` end its
    belief by its own print; `facts` are what it states beside its rows.
    """

    source: str
    attestations: tuple[Attestation, ...]
    covers: frozenset[str]
    edition_at: datetime | None = None
    next_update: datetime | None = None
    remarks: tuple[Remark, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    lasting: bool = False
    number: int | None = None
    lapses: tuple[Lapse, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An attestation as the memory holds it.

    `row` is the number of its line of life: it stays the same through renewals and renames. `end_seen_at`
    is when its present end date was first seen. `missing_since` and `missing_looks` count the good looks in
    a row that did not show it so while its removal was held; `shown_as` is the status under which the last of
    them printed it all the same ("archived"), "" when it did not print it.
    """

    row: int
    attestation: Attestation
    provider: Provider
    end_seen_at: datetime
    missing_since: datetime | None = None
    missing_looks: int = 0
    shown_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where an event can be checked: the snapshot, the document, its hash, and the place in it."""

    snapshot: int
    url: str
    sha256: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """The other organisation that a loss or gain probably continues, and the event that says so; `printed`
    where it is no guess of ours, for the register says who has taken whom over."""

    event: int
    slug: str
    name: str
    printed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field before and after; lists for scopes, ISO text for dates, None for absent."""

    before: str | bool | tuple[str, ...] | None
    after: str | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change in the log; final.

    `attestations` are the rows concerned: as they now stand, or as they last stood when they are gone. For
    every kind but `gained` and `lost` there is exactly one. `rows` are their lines of life, in parallel.
    `step` is the number of days before the end that an `expiring` event announces.
    """

    id: int
    kind: Kind
    weight: Weight
    provider: Provider
    label: str
    source: str
    attestations: tuple[Attestation, ...]
    rows: tuple[int, ...]
    seen_at: datetime
    edition_at: datetime | None
    cause: Cause
    evidence: Evidence
    changes: Mapping[str, FieldChange] = field(default_factory=dict, hash=False)
    expected: bool | None = None
    by_rule: bool | None = None
    step: int | None = None
    probable_successor: Neighbour | None = None
    probable_predecessor: Neighbour | None = None

    @property
    def one(self) -> Attestation | None:
        """The attestation concerned when there is exactly one, else None."""
        return self.attestations[0] if len(self.attestations) == 1 else None


class ClockDoubt(StrEnum):
    """Why the clock of a look is not taken at its word.

    `date`: the register's server says another day; `leap`: more than a year after every look and the edition;
    `behind`: before a look that was made earlier; `early`: before the edition that it reads.
    """

    DATE = "date"
    LEAP = "leap"
    BEHIND = "behind"
    EARLY = "early"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What is known of the clock of a look, and how it was judged.

    `stated`: the time was given by a person, for a replay or a saved page; else it is the machine's.
    `served_at` is the time that the register's server gave with its answer. A doubt that a second day or a
    person settled is `confirmed`.
    """

    stated: bool = False
    served_at: datetime | None = None
    doubt: ClockDoubt | None = None
    confirmed: bool = False

    @property
    def trusted(self) -> bool:
        """Whether the calendar may speak by it."""
        return self.doubt is None or self.confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One look at one source, and its outcome.

    `rows` counts the attestations read by label, `unread` the rows of each label that are there and could
    not be read; `held` names the removals that were not believed yet, one text each; `believed` says
    whether the listing was changed or confirmed by this run. `reasons` are the
    same as data: what is doubted or held, then since when where that repeats. `clock` says how the time it
    was made at was judged.
    """

    id: int
    source: str
    at: datetime
    outcome: Outcome
    message: str = ""
    snapshot: int | None = None
    revision: int = 0
    edition_at: datetime | None = None
    rows: Mapping[str, int] = field(default_factory=dict, hash=False)
    unread: Mapping[str, int] = field(default_factory=dict, hash=False)
    held: tuple[str, ...] = ()
    believed: bool = False
    reasons: tuple[Reason, ...] = ()
    clock: Clock = Clock()

    @property
    def good(self) -> bool:
        """Whether the register was read and believed."""
        return self.outcome is Outcome.OK and self.believed

    @property
    def waits(self) -> bool:
        """Whether a person could have this reading believed: rows were read, and not all of them are."""
        # A list of lists has no rows: that it has a date tells that it was read.
        read = bool(self.rows) or self.edition_at is not None
        return bool(self.held) if self.believed else self.outcome is Outcome.DOUBTFUL and read


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One line of life as it was known from one look to another.

    `since` is the time of the first look that showed it so, `until` that of the first look that did not
    (None: it still stands). `since_edition` and `until_edition` are the publisher's dates of those looks.
    `absent` are the times in which looks did not show the line, and after which one did again.
    """

    source: str
    known: Known
    since: datetime
    since_edition: datetime | None
    until: datetime | None
    until_edition: datetime | None
    since_run: int
    until_run: int | None
    absent: tuple[tuple[datetime, datetime], ...] = ()
