"""The shape of the memory, step by step. A step that was released is never edited: the next one changes it.

Instants are ISO 8601 UTC text to the second, dates ISO text, truth 0 or 1, lists and facts JSON text. Checks
and triggers hold whatever the code above does wrong.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from state.file.errors import StoreError

EVIDENCE = (
    """create table page (
        sha256 text not null primary key check (length(sha256) = 64),
        size integer not null check (size >= 0),
        body blob not null
    ) strict""",
    """create table snapshot (
        id integer not null primary key,
        source text not null,
        digest text not null check (length(digest) = 64),
        fetched_at text not null,
        unique (source, digest)
    ) strict""",
    """create table snapshot_page (
        snapshot integer not null references snapshot (id),
        position integer not null,
        sha256 text not null references page (sha256),
        url text not null,
        requested_url text not null,
        status integer not null,
        content_type text not null,
        headers text not null,
        fetched_at text not null,
        primary key (snapshot, position)
    ) strict""",
)

RUNS = (
    """create table run (
        id integer not null primary key,
        source text not null,
        at text not null,
        outcome text not null check (
            outcome in ('ok', 'unreachable', 'blocked', 'layout_changed', 'doubtful', 'crashed')),
        message text not null,
        snapshot integer references snapshot (id),
        revision integer not null,
        edition_at text,
        counts text not null,
        held text not null,
        believed integer not null check (believed in (0, 1))
    ) strict""",
    "create index run_source on run (source, at)",
    """create table source (
        name text not null primary key,
        revision integer not null,
        snapshot integer references snapshot (id),
        edition_at text,
        covers text not null,
        last_look text,
        last_good text,
        outcome text check (
            outcome in ('ok', 'unreachable', 'blocked', 'layout_changed', 'doubtful', 'crashed')),
        message text not null,
        failures integer not null check (failures >= 0),
        failing_since text,
        told text not null
    ) strict""",
    """create table approval (
        run integer not null primary key references run (id),
        reason text not null,
        at text not null
    ) strict""",
    """create table remark (
        source text not null,
        topic text not null,
        at text not null,
        primary key (source, topic)
    ) strict""",
)

# References to a run are checked at the commit: within one transaction the listing, the log and the run may
# be written in any order.
LISTINGS = (
    """create table attestation (
        id integer not null primary key,
        line integer not null,
        source text not null,
        label text not null,
        provider text not null,
        provider_name text not null,
        holder text not null,
        facts text not null,
        url text,
        page integer not null,
        place text not null,
        end_seen_at text not null,
        missing_since text,
        missing_looks integer not null check (missing_looks >= 0),
        since_run integer not null references run (id) deferrable initially deferred,
        since_at text not null,
        since_edition text,
        until_run integer references run (id) deferrable initially deferred,
        until_at text check (until_at >= since_at),
        until_edition text,
        check ((until_at is null) = (until_run is null))
    ) strict""",
    "create unique index attestation_open on attestation (line) where until_at is null",
    "create index attestation_listed on attestation (source, line) where until_at is null",
    "create index attestation_line on attestation (line)",
    "create index attestation_provider on attestation (provider, label)",
    "create index attestation_label on attestation (label)",
)

LOG = (
    """create table event (
        id integer not null primary key,
        run integer not null references run (id) deferrable initially deferred,
        kind text not null check (kind in (
            'gained', 'lost', 'service_removed', 'scope_reduced', 'shortened', 'expired', 'service_added',
            'scope_extended', 'level_changed', 'renewed', 'reissued', 'renamed', 'expiring',
            'candidate_listed', 'candidate_delisted', 'recommendation_changed', 'amended')),
        weight text not null check (weight in ('low', 'normal', 'high')),
        cause text not null check (cause in ('baseline', 'register', 'rereading', 'calendar')),
        provider text not null,
        label text not null,
        source text not null,
        seen_at text not null,
        body text not null
    ) strict""",
    "create index event_seen on event (seen_at)",
    "create index event_provider on event (provider, label)",
    "create index event_source on event (source, kind)",
    "create index event_run on event (run)",
    """create table event_row (
        event integer not null references event (id),
        line integer not null,
        primary key (event, line)
    ) strict""",
    "create index event_row_line on event_row (line)",
    """create trigger event_never_changes before update on event begin
        select raise(abort, 'the event log is append-only: an event is never changed'); end""",
    """create trigger event_never_goes before delete on event begin
        select raise(abort, 'the event log is append-only: an event is never deleted'); end""",
    """create trigger event_row_never_changes before update on event_row begin
        select raise(abort, 'the event log is append-only: an event is never changed'); end""",
    """create trigger event_row_never_goes before delete on event_row begin
        select raise(abort, 'the event log is append-only: an event is never deleted'); end""",
)

OUTBOX = (
    """create table subscription (
        id integer not null primary key,
        channel text not null,
        wanted text not null,
        words text not null,
        names text not null,
        labels text not null,
        kinds text not null,
        floor text not null check (floor in ('low', 'normal', 'high')),
        created_by text not null,
        created_at text,
        ended_at text
    ) strict""",
    "create unique index subscription_once on subscription (channel, wanted) where ended_at is null",
    """create table channel (
        id text not null primary key,
        state text not null check (state in ('active', 'suspended')),
        reason text not null,
        not_before text,
        lang text not null
    ) strict""",
    """create table notice (
        id integer not null primary key,
        kind text not null,
        subject text not null,
        text text not null,
        at text not null,
        unique (kind, subject, at, text)
    ) strict""",
    """create table message (
        key text not null primary key,
        channel text not null,
        state text not null check (state in ('due', 'sending', 'sent', 'given_up')),
        due text not null,
        tries integer not null check (tries >= 0),
        owner text,
        lease_until text,
        interrupted integer not null check (interrupted in (0, 1)),
        error text not null,
        receipt text not null,
        closed_at text,
        check ((state = 'sending') = (lease_until is not null)),
        check ((state in ('sent', 'given_up')) = (closed_at is not null))
    ) strict""",
    "create index message_waiting on message (channel, due) where state in ('due', 'sending')",
    """create table delivery (
        id integer not null primary key,
        channel text not null,
        event integer references event (id),
        notice integer references notice (id),
        run integer references run (id) deferrable initially deferred,
        due text not null,
        matched text not null,
        message text references message (key),
        check ((event is null) <> (notice is null)),
        unique (event, channel),
        unique (notice, channel)
    ) strict""",
    "create index delivery_message on delivery (message)",
    "create index delivery_unplanned on delivery (channel, due) where message is null",
)

CLAIMS = (
    """create table slot (
        source text not null,
        planned text not null,
        owner text not null,
        at text not null,
        primary key (source, planned)
    ) strict""",
    """create table lease (
        name text not null primary key,
        owner text not null,
        until text not null
    ) strict""",
    """create table alias (
        id integer not null primary key,
        provider text not null,
        provider_name text not null,
        name text not null,
        key text not null,
        source text not null,
        label text not null,
        reason text not null,
        added_at text not null,
        removed_at text,
        removed_reason text,
        check ((removed_at is null) = (removed_reason is null))
    ) strict""",
    "create unique index alias_once on alias (key, source, label) where removed_at is null",
)

CHAIN = (
    """create table link (
        number integer not null primary key check (number > 0),
        kind text not null,
        record integer not null,
        previous text not null unique check (length(previous) = 64),
        hash text not null unique check (length(hash) = 64),
        body text not null,
        unique (kind, record)
    ) strict""",
    """create trigger link_never_changes before update on link begin
        select raise(abort, 'the chain is append-only: a link is never changed'); end""",
    """create trigger link_never_goes before delete on link begin
        select raise(abort, 'the chain is append-only: a link is never deleted'); end""",
)

# `delivery.withdrawn` says why a delivery was taken out of its message before anybody saw it.
RHYTHM = (
    "alter table subscription add column paused_until text",
    "alter table channel add column digest text not null default ''",
    "alter table channel add column quiet text not null default ''",
    """alter table channel add column quiet_lets_high integer not null default 1
        check (quiet_lets_high in (0, 1))""",
    "alter table delivery add column withdrawn text",
    """create table retraction (
        event integer not null primary key references event (id),
        reason text not null,
        "by" text not null,
        at text not null
    ) strict""",
    """create trigger retraction_never_changes before update on retraction begin
        select raise(abort, 'a retraction is never changed'); end""",
    """create trigger retraction_never_goes before delete on retraction begin
        select raise(abort, 'a retraction is never deleted'); end""",
    """create table canary (
        day text not null primary key,
        notice integer not null references notice (id),
        channel text not null,
        arrived_at text
    ) strict""",
)


OVERVIEW = (
    "create index attestation_standing on attestation (label, provider) where until_at is null",
    "create index attestation_holder on attestation (provider, label) where until_at is null",
    "create index attestation_first on attestation (label, source, since_at)",
    "create index attestation_edition on attestation (label, source, since_edition)",
    "create index event_label on event (label, id)",
    "create index event_reread on event (source, label) where cause = 'rereading'",
)


STATUS_AT_HAND = (
    "drop index attestation_standing",
    "drop index attestation_holder",
    "drop index attestation_edition",
    """create index attestation_standing on attestation (label, (facts ->> 'status'), provider)
        where until_at is null""",
    """create index attestation_holder on attestation (provider, label, (facts ->> 'status'), provider_name)
        where until_at is null""",
    """create index attestation_edition on attestation
        (label, source, since_edition, until_edition, since_run, until_run)""",
)

READ_IN_PART = (
    "alter table run add column unread text not null default '{}'",
    """create index attestation_missing on attestation (label, source, missing_since)
        where until_at is null and missing_since is not null""",
)


# What a forgotten look did stays on record beside what stands: its rows, and the rows that it had ended.
FORGOTTEN = (
    """create table forgotten (
        run integer not null primary key references run (id),
        reason text not null,
        at text not null,
        last_run integer not null check (last_run >= run)
    ) strict""",
    """create table forgotten_version (
        id integer not null primary key,
        line integer not null,
        source text not null,
        label text not null,
        provider text not null,
        provider_name text not null,
        holder text not null,
        facts text not null,
        url text,
        page integer not null,
        place text not null,
        end_seen_at text not null,
        missing_since text,
        missing_looks integer not null,
        since_run integer not null references run (id),
        since_at text not null,
        since_edition text,
        until_run integer references run (id),
        until_at text,
        until_edition text
    ) strict""",
    """create table forgotten_ending (
        version integer not null,
        run integer not null references run (id),
        at text not null,
        edition text,
        primary key (version, run)
    ) strict""",
    """create trigger forgotten_never_changes before update on forgotten begin
        select raise(abort, 'that a look was forgotten is never changed'); end""",
    """create trigger forgotten_never_goes before delete on forgotten begin
        select raise(abort, 'that a look was forgotten is never deleted'); end""",
)


# How the clock of a look was judged: 1 and text as in `state.model.Clock`; "" where nothing was doubted.
CLOCK = (
    "alter table run add column stated integer not null default 0 check (stated in (0, 1))",
    "alter table run add column served_at text",
    """alter table run add column clock text not null default ''
        check (clock in ('', 'date', 'leap', 'behind', 'early'))""",
    """alter table run add column clock_confirmed integer not null default 0
        check (clock_confirmed in (0, 1))""",
    "create index run_number on run (source, id)",
    "create index run_clock on run (id) where clock <> '' and clock_confirmed = 0",
)


def m0001_start(db: Database) -> None:
    """Everything of the first release."""
    for statement in (*EVIDENCE, *RUNS, *LISTINGS, *LOG, *OUTBOX, *CLAIMS):
        db.execute(statement)


def m0002_chain(db: Database) -> None:
    """The chain of runs; it begins with the first run recorded after this step."""
    for statement in CHAIN:
        db.execute(statement)


REASONS = (
    "alter table run add column reasons text not null default '[]'",
    "alter table notice add column said text not null default '[]'",
)


def m0003_rhythm(db: Database) -> None:
    """When channels want to hear, what was taken back, and the canaries that were sent."""
    for statement in RHYTHM:
        db.execute(statement)


def m0004_overview(db: Database) -> None:
    """What a page asks for: the rows of a label that stand now, and its newest events."""
    for statement in OVERVIEW:
        db.execute(statement)


def m0005_status_at_hand(db: Database) -> None:
    """Who holds a label, now or on a day, is told by indexes: only the rows that are shown are opened."""
    for statement in STATUS_AT_HAND:
        db.execute(statement)


def m0006_next_update(db: Database) -> None:
    """When a register promised to follow its accepted edition."""
    db.execute("alter table source add column next_update text")


def m0007_forgotten(db: Database) -> None:
    """Looks that an operator took back, with what they had done to the listing."""
    for statement in FORGOTTEN:
        db.execute(statement)


def m0008_read_in_part(db: Database) -> None:
    """How many rows of a label a look could not read, and which rows a reading does not show, at hand."""
    for statement in READ_IN_PART:
        db.execute(statement)


def m0009_reasons(db: Database) -> None:
    """Why a reading is doubted or held, and what operators are told, as data: words are made of it."""
    for statement in REASONS:
        db.execute(statement)


def m0010_clock(db: Database) -> None:
    """How the clock of each look was judged."""
    for statement in CLOCK:
        db.execute(statement)


def m0011_first_looks(db: Database) -> None:
    """What first looks recorded, told in a line each without a search of the whole log."""
    db.execute("create index event_first on event (source, seen_at, id) where cause = 'baseline'")


def m0012_shown_as(db: Database) -> None:
    """Under which status a row was last printed while its removal waits."""
    for table in ("attestation", "forgotten_version"):
        db.execute(f"alter table {table} add column shown_as text not null default ''")


def m0013_absences(db: Database) -> None:
    """When a row was not shown for a while, and then was again."""
    db.execute(
        """create table absence (
            line integer not null,
            source text not null,
            since text not null,
            until text not null,
            run integer not null references run (id) deferrable initially deferred,
            primary key (line, since)
        ) strict"""
    )
    db.execute("create index absence_source on absence (source)")


def m0014_refusals(db: Database) -> None:
    """Why a message did not go, or a channel takes none, as data beside the English text."""
    for table in ("message", "delivery", "channel"):
        db.execute(f"alter table {table} add column reasons text not null default '[]'")


STEPS = (
    m0001_start,
    m0002_chain,
    m0003_rhythm,
    m0004_overview,
    m0005_status_at_hand,
    m0006_next_update,
    m0007_forgotten,
    m0008_read_in_part,
    m0009_reasons,
    m0010_clock,
    m0011_first_looks,
    m0012_shown_as,
    m0013_absences,
    m0014_refusals,
)


def needed(database: Database, path: str) -> bool:
    """Whether the database lacks a step; raises `StoreError` when it is not one that we can read."""
    applied = {step.name for step in _migrations().applied(database)}
    known = {step.__name__ for step in STEPS}
    newer = sorted(applied - known)
    if newer:
        raise StoreError(
            f"state {path}: comes from a newer vigilabel, which made {', '.join(newer)}; expected nothing "
            f"after {STEPS[-1].__name__}; upgrade vigilabel, or restore the copy made before its upgrade"
        )
    if not applied and database.table_names():
        tables = ", ".join(sorted(database.table_names())[:3])
        raise StoreError(
            f"state {path}: expected a vigilabel database, found one of another program (tables {tables})"
        )
    return bool(known - applied)


def migrate(database: Database) -> None:
    """Applies the steps that are missing; inside the caller's transaction, so all or none."""
    _migrations().apply(database)


def _migrations() -> Migrations:
    migrations = Migrations("vigilabel")
    for step in STEPS:
        migrations()(step)
    return migrations
