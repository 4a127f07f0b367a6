"""What a vigilabel watch answers. Made of the API's document; see `scripts/client_shapes.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime as Time
from typing import Literal

from vigilabel_client.reading import ThreeAnswers

Answer = Literal['yes', 'no', 'unknown']
Basis = Literal['observed', 'history', 'decision', 'absent', 'noted', 'document', 'printed', 'printed_end', 'unconfirmed', 'not_watched', 'unknown_name']
Cause = Literal['baseline', 'register', 'rereading', 'calendar']
Group = Literal['providers', 'services', 'decisions', 'labels', 'events']
Kind = Literal['gained', 'lost', 'service_removed', 'scope_reduced', 'shortened', 'expired', 'service_added', 'scope_extended', 'level_changed', 'renewed', 'reissued', 'renamed', 'expiring', 'candidate_listed', 'candidate_delisted', 'recommendation_changed', 'amended']
Label = Literal['secnumcloud', 'hds', 'pams', 'passi', 'pacs', 'pris', 'pdis', 'pvid', 'mie', 'eidas-esign-cert', 'eidas-eseal-cert', 'eidas-web-cert', 'eidas-timestamp', 'eidas-esign-validation', 'eidas-eseal-validation', 'eidas-esign-preservation', 'eidas-eseal-preservation', 'eidas-registered-delivery', 'eidas-esign-remote', 'eidas-eseal-remote', 'eidas-attributes', 'qualified-product', 'cc', 'cspn', 'protection-profile', 'site']
LabelOrTogether = Literal['secnumcloud', 'hds', 'pams', 'passi', 'pacs', 'pris', 'pdis', 'pvid', 'mie', 'eidas-esign-cert', 'eidas-eseal-cert', 'eidas-web-cert', 'eidas-timestamp', 'eidas-esign-validation', 'eidas-eseal-validation', 'eidas-esign-preservation', 'eidas-eseal-preservation', 'eidas-registered-delivery', 'eidas-esign-remote', 'eidas-eseal-remote', 'eidas-attributes', 'qualified-product', 'cc', 'cspn', 'protection-profile', 'site', 'secnumcloud+hds']
Outcome = Literal['ok', 'unreachable', 'blocked', 'layout_changed', 'doubtful', 'crashed']
Place = Literal['holds', 'candidate', 'not_listed', 'unknown', 'document']
Says = Literal['held', 'withdrawn']
State = Literal['ok', 'stale', 'doubtful', 'unreachable', 'blocked', 'layout_changed', 'never']
Weight = Literal['low', 'normal', 'high']


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """One row of a register, by the last look that showed it.

    `country` is the territory that a trusted list prints of itself; it is not there where a register
    prints none.
    """

    source: str
    label: str
    provider: Provider
    holder: str
    subject: str | None
    version: str | None
    scope: tuple[str, ...]
    level: str | None
    status: str
    national_security: bool | None
    recommendation: str | None
    issuer: str | None
    ref: str | None
    url: str | None
    valid_from: Day | None
    valid_until: Day | None
    extra: Mapping[str, str]
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestations:
    """One page of rows; `next` is the address of the next page."""

    attestations: tuple[Row, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The sightings around the day: the last one without the provider, the first and last with, and the
    first without again.
    """

    last_without: Sighting | None
    first_with: Sighting | None
    last_with: Sighting | None
    first_without: Sighting | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much of a group was found; `more`: at least so much."""

    total: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedOn:
    """From a day on, so many providers."""

    date: Day
    providers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An attestation of the past by a document that a person holds: their word, never observed.

    `first_day` and `last_day` are the days that the document vouches for, null where it vouches for none;
    `url` is where it is given on the pages.
    """

    number: int
    label: Label
    provider: str
    provider_name: str
    holder: str
    service: str
    ref: str
    scope: tuple[str, ...]
    issuer: str
    valid_from: Day | None
    valid_until: Day | None
    withdrawn_on: Day | None
    document_date: Day | None
    first_day: Day | None
    last_day: Day | None
    document: str
    page: int | None
    sha256: str
    url: str
    note: str
    by: str
    at: Time
    removed: TakenBack | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The look that an answer rests on, and whether it still speaks for the day asked about."""

    source: str
    seen_at: Time
    edition_at: Time | None
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A provider, the labels it holds, and by how many rows."""

    slug: str
    name: str
    labels: tuple[Label, ...]
    attestations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change in the log; final.

    Subject, ref and dates are those of the attestation concerned, null when there are several; the holder is
    that of the first. `printed_ref` is there where `ref` is only the key of what is printed, `attestations`
    for `gained` and `lost`, `retracted` for an event that was taken back, `country` where the list that it is
    about prints its territory.
    """

    id: int
    kind: Kind
    weight: Weight
    provider: Provider
    label: str
    source: str
    holder: str
    subject: str | None
    ref: str | None
    printed_ref: str | None = None
    valid_from: Day | None
    valid_until: Day | None
    changes: Mapping[str, FieldChange]
    expected: bool | None
    by_rule: bool | None
    probable_successor: Neighbour | None
    probable_predecessor: Neighbour | None
    seen_at: Time
    edition_at: Time | None
    cause: Cause
    evidence: Evidence
    attestations: tuple[Attestation, ...] = ()
    retracted: Retracted | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """One page of events, newest first; `next` is the address of the next page."""

    events: tuple[Event, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where an event can be checked: the snapshot, the document, its hash, and the place in it."""

    snapshot: int
    url: str
    sha256: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field before and after; lists for scopes, ISO text for dates, None for absent."""

    before: str | bool | tuple[str, ...] | None
    after: str | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """A note of an operator that a provider, or one service of it, runs on another; both by slug."""

    provider: str
    provider_name: str
    service: str
    host: str
    host_name: str
    reason: str
    by: str
    at: Time


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Where a provider stands with a label, and the last of the printed ends."""

    state: Place
    valid_until: Day | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that was found, and the address of its page on this site.

    `secnumcloud`, `hds` and `printed` are there for providers, `holders` for labels, `event`, `kind` and
    `seen_at` for events; `ref` is as printed; `gone_at` says since when a row is no longer listed.
    """

    group: Group
    name: str
    page: str
    provider: Provider | None = None
    printed: tuple[str, ...] = ()
    secnumcloud: Held | None = None
    hds: Held | None = None
    label: LabelOrTogether | None = None
    holders: int | None = None
    holder: str | None = None
    ref: str | None = None
    url: str | None = None
    status: str | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    gone_at: Time | None = None
    event: int | None = None
    kind: Kind | None = None
    seen_at: Time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Who holds a label, or held it on a day: then with what is known of each.

    Of labels together, `together` are the providers that have all of them, and `alone` counts those that have
    but one, by label; `attestations` are the rows of the first. `documented` is what documents say of a day
    that nobody saw: somebody's word, in no row of a register.
    """

    label: LabelOrTogether
    on: Day
    editions: tuple[Edition, ...]
    sources: tuple[Sighted, ...]
    attestations: tuple[Row, ...] | tuple[Holding, ...]
    together: tuple[Together, ...] = ()
    alone: Mapping[str, int] | None = None
    documented: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding(ThreeAnswers):
    """One row, and what is known of it on a day."""

    source: str
    label: str
    provider: Provider
    holder: str
    subject: str | None
    version: str | None
    scope: tuple[str, ...]
    level: str | None
    status: str
    national_security: bool | None
    recommendation: str | None
    issuer: str | None
    ref: str | None
    url: str | None
    valid_from: Day | None
    valid_until: Day | None
    extra: Mapping[str, str]
    country: str | None = None
    missing_since: Time | None
    answer: Answer
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCurve:
    """How many held a label over time. `counted` is what readings show, from the first on; `documented` what
    documents say of the time before it; `reported` what others said. `unseen`: nobody looked.
    """

    label: Label
    counted: tuple[CountedOn, ...]
    documented: tuple[CountedOn, ...]
    reported: tuple[ReportedSize, ...]
    unseen: tuple[UnseenSpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Every label, and those that people ask for together."""

    labels: tuple[Tally, ...]
    together: tuple[TallyTogether, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one source, and the events it brought.

    `missing` are the rows that it does not show, and that still count as listed.
    """

    source: str
    outcome: Outcome
    message: str
    run: int
    edition_at: Time | None
    rows: Mapping[str, int]
    held: tuple[str, ...]
    events: tuple[Event, ...]
    missing: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """The other organisation that a loss or gain probably continues, and the event that says so; `printed` is
    there where the register says so itself.
    """

    event: int
    slug: str
    name: str
    printed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document that speaks of the day, and what it says: somebody's word, whatever the answer rests on."""

    number: int
    label: Label
    provider: str
    provider_name: str
    holder: str
    service: str
    ref: str
    scope: tuple[str, ...]
    issuer: str
    valid_from: Day | None
    valid_until: Day | None
    withdrawn_on: Day | None
    document_date: Day | None
    first_day: Day | None
    last_day: Day | None
    document: str
    page: int | None
    sha256: str
    url: str
    note: str
    by: str
    at: Time
    removed: TakenBack | None = None
    says: Says


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(ThreeAnswers):
    """The answer for one of labels together; with `noted`, that of what the provider runs on. `documents` are
    those that speak of the day.
    """

    answer: Answer
    basis: Basis
    label: Label
    source: str | None
    noted: tuple[Footing, ...]
    documents: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong (RFC 9457); `did_you_mean` are names that may be meant."""

    type: str
    title: str
    status: int
    detail: str
    did_you_mean: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All that is known of a provider; `unknown` are the labels that no register that was read tells of.

    Where a list is cut, `all_attestations` and `more_events` are the addresses of what is missing in it.
    `documents` is what documents say that somebody provided: no row of a register. `identifiers` are the
    numbers under which states registered it, `countries` the states on whose lists it stands, where lists
    print them.
    """

    provider: Provider
    aliases: tuple[str, ...]
    attestations: tuple[Row, ...]
    unknown: tuple[Label, ...]
    events: tuple[Event, ...]
    all_attestations: str | None = None
    more_events: str | None = None
    documents: tuple[Document, ...] = ()
    identifiers: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The canonical organisation behind the holders that registers print."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """Every provider that holds a label."""

    providers: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """Where providers stand, label by label."""

    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedSize:
    """How many others reported on a list, never counted by this watch: by whom it was said, when and where;
    without a title the source was not found again. `within`: the day itself, its month or its year.
    """

    date: Day
    within: str
    count: int
    title: str | None
    publisher: str | None
    published: Day | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retracted:
    """That an event was taken back; who did so is the operators' own business."""

    at: Time
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a listing.

    `missing_since` is the first good look that did not show it, null for a row that the last one shows.
    """

    source: str
    label: str
    provider: Provider
    holder: str
    subject: str | None
    version: str | None
    scope: tuple[str, ...]
    level: str | None
    status: str
    national_security: bool | None
    recommendation: str | None
    issuer: str | None
    ref: str | None
    url: str | None
    valid_from: Day | None
    valid_until: Day | None
    extra: Mapping[str, str]
    country: str | None = None
    missing_since: Time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a text finds, and how much of each group, or of the one asked for; `next` is the address of its
    next page. `did_you_mean` are names that may be meant where no provider, service or decision was found.
    """

    q: str
    found: Mapping[str, Count]
    hits: tuple[Hit, ...]
    did_you_mean: tuple[str, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """How a source is, and how many rows of a label its last reading lacks."""

    source: str
    state: State
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """When something was seen: the edition's own date, the first and last look at it, and the first run."""

    edition_at: Time | None
    seen_at: Time
    last_seen_at: Time
    run: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How well a source is watched.

    `coverage` is the share of time since the first look that good looks cover, in per cent; `unread` counts
    the rows of each label that could not be read.
    """

    source: str
    title: str
    url: str
    state: State
    message: str
    last_look: Time | None
    last_good: Time | None
    edition_at: Time | None
    rows: Mapping[str, int]
    held: tuple[str, ...]
    coverage: float | None
    runs_failed: int
    unread: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """How well each source is watched."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a provider stands with a label, with the first and last of the printed ends; of labels together,
    `since` when all are held, and the notes by which it has one from what it runs on. `documents` are those
    that the state `document` rests on: somebody's word.
    """

    provider: Provider
    label: LabelOrTogether
    state: Place
    valid_until: Day | None
    first_end: Day | None
    attestations: tuple[Row, ...]
    since: Day | None = None
    noted: tuple[Footing, ...] = ()
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """That what a document says was taken back."""

    at: Time
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many hold a label, by how many rows; `read`: whether a register that says so was ever read."""

    label: Label
    providers: int
    attestations: int
    read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyTogether:
    """How many hold labels together now: those that are printed to hold them all on a day to come apart, and
    those that do so by an operator's note among both. `read`: whether registers say so of each label.
    """

    label: LabelOrTogether
    labels: tuple[Label, ...]
    providers: int
    to_come: int
    noted: int
    read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Together(ThreeAnswers):
    """Labels that a provider has at once, now or on a day: since when all of them, until the first end, by
    which notes where by any.

    `since_printed` where the registers print it, else from when it was seen; `to_come`: that day is yet to.
    """

    provider: Provider
    label: LabelOrTogether
    since: Day
    since_printed: bool
    valid_until: Day | None
    answer: Answer
    basis: Basis
    noted: tuple[Footing, ...]
    attestations: tuple[Row, ...]
    to_come: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenSpan:
    """From a day until another, on which it is over."""

    start: Day
    end: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(ThreeAnswers):
    """What one source says."""

    answer: Answer
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Was(ThreeAnswers):
    """Whether a provider had a label on a day: what the answer rests on, and what bounds it. Of labels
    together, `parts` are the answers for each. `documents` are those that speak of the day: the answer rests
    on them where `basis` is `document`; elsewhere they stand apart, and may say otherwise.
    """

    provider: Provider
    label: LabelOrTogether
    date: Day
    answer: Answer
    basis: Basis
    sentence: str
    bounds: Bounds
    to_come: bool
    ended: Day | None
    source: str | None
    evidence: tuple[Evidence, ...]
    attestations: tuple[Row, ...]
    sources: Mapping[str, Verdict]
    parts: tuple[Part, ...] = ()
    documents: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A source to look at."""

    source: Literal['anssi-catalogue', 'anssi-pending', 'ans-hds', 'tl-fr', 'eu-lotl', 'tl-at', 'tl-be', 'tl-bg', 'tl-cy', 'tl-cz', 'tl-de', 'tl-dk', 'tl-ee', 'tl-el', 'tl-es', 'tl-fi', 'tl-hr', 'tl-hu', 'tl-ie', 'tl-is', 'tl-it', 'tl-li', 'tl-lt', 'tl-lu', 'tl-lv', 'tl-mt', 'tl-nl', 'tl-no', 'tl-pl', 'tl-pt', 'tl-ro', 'tl-se', 'tl-si', 'tl-sk', 'tl-uk']
