"""The shape of the memory, step by step. A step that was released is never edited: the next one changes it.

Instants are ISO 8601 UTC text to the second, dates ISO text, truth 0 or 1, lists and facts JSON text. Checks
and triggers hold whatever the code above does wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from sqlite3 import Connection
from typing import TYPE_CHECKING

from state.file import steps
from state.file.errors import StoreError
from state.file.sqlite import keys
from state.file.sqlite.derived import (
    COUNTS,
    EVENT_ROWS,
    LINKS,
    OWED_COUNTS,
    PLAIN_VIEWS,
    SPELLINGS,
    SPELLINGS_APART,
)
from state.file.sqlite.start import START
from state.file.sqlite.words import DOCUMENTED, SEARCH

if TYPE_CHECKING:
    from sqlite_utils import Database

STEPS: dict[str, Sequence[str]] = {}
"""The statements of each step, in the order in which they are taken: those of SQLite alone, then those that
both engines take (`state.file.steps`)."""

# Everything of the first release.
STEPS["m0001_start"] = START

# The chain of runs; it begins with the first run recorded after this step.
STEPS["m0002_chain"] = (
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

# When channels want to hear, what was taken back, and the canaries that were sent.
# `delivery.withdrawn` says why a delivery was taken out of its message before anybody saw it.
STEPS["m0003_rhythm"] = (
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

# What a page asks for: the rows of a label that stand now, and its newest events.
STEPS["m0004_overview"] = (
    "create index attestation_standing on attestation (label, provider) where until_at is null",
    "create index attestation_holder on attestation (provider, label) where until_at is null",
    "create index attestation_first on attestation (label, source, since_at)",
    "create index attestation_edition on attestation (label, source, since_edition)",
    "create index event_label on event (label, id)",
    "create index event_reread on event (source, label) where cause = 'rereading'",
)

# Who holds a label, now or on a day, is told by indexes: only the rows that are shown are opened.
STEPS["m0005_status_at_hand"] = (
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

# When a register promised to follow its accepted edition.
STEPS["m0006_next_update"] = ("alter table source add column next_update text",)

# Looks that an operator took back. What they had done stays on record beside what stands.
STEPS["m0007_forgotten"] = (
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

# How many rows of a label a look could not read, and which rows a reading does not show, at hand.
STEPS["m0008_read_in_part"] = (
    "alter table run add column unread text not null default '{}'",
    """create index attestation_missing on attestation (label, source, missing_since)
        where until_at is null and missing_since is not null""",
)

# Why a reading is doubted or held, and what operators are told, as data: words are made of it.
STEPS["m0009_reasons"] = (
    "alter table run add column reasons text not null default '[]'",
    "alter table notice add column said text not null default '[]'",
)

# How the clock of each look was judged.
# 1 and text as in `state.model.Clock`; "" where nothing was doubted.
STEPS["m0010_clock"] = (
    "alter table run add column stated integer not null default 0 check (stated in (0, 1))",
    "alter table run add column served_at text",
    """alter table run add column clock text not null default ''
        check (clock in ('', 'date', 'leap', 'behind', 'early'))""",
    """alter table run add column clock_confirmed integer not null default 0
        check (clock_confirmed in (0, 1))""",
    "create index run_number on run (source, id)",
    "create index run_clock on run (id) where clock <> '' and clock_confirmed = 0",
)

# What first looks recorded, told in a line each without a search of the whole log.
STEPS["m0011_first_looks"] = (
    "create index event_first on event (source, seen_at, id) where cause = 'baseline'",
)

# Under which status a row was last printed while its removal waits.
STEPS["m0012_shown_as"] = (
    "alter table attestation add column shown_as text not null default ''",
    "alter table forgotten_version add column shown_as text not null default ''",
)

# When a row was not shown for a while, and then was again.
STEPS["m0013_absences"] = (
    """create table absence (
        line integer not null,
        source text not null,
        since text not null,
        until text not null,
        run integer not null references run (id) deferrable initially deferred,
        primary key (line, since)
    ) strict""",
    "create index absence_source on absence (source)",
)

# Why a message did not go, or a channel takes none, as data beside the English text.
STEPS["m0014_refusals"] = (
    "alter table message add column reasons text not null default '[]'",
    "alter table delivery add column reasons text not null default '[]'",
    "alter table channel add column reasons text not null default '[]'",
)

# How the bytes of a page are packed, and against which page before it; those kept so far stay as they are.
STEPS["m0015_packed_pages"] = (
    "alter table page add column form text not null default 'zlib' check (form in ('zlib', 'zstd'))",
    "alter table page add column base text references page (sha256)",
    """alter table page add column nth integer not null default 0
        check (nth >= 0 and (nth = 0) = (base is null))""",
)

# Whom a name means, at hand; kept by triggers.
STEPS["m0016_spellings"] = SPELLINGS

# What charts and counts would add up, and the newest events of a row or a kind, at hand.
STEPS["m0017_counts"] = COUNTS

# What the pages of the accepted listing show, whatever tokens they carry.
STEPS["m0018_imprint"] = ("alter table source add column imprint text not null default ''",)

# The memory in plain columns, for people who ask it themselves.
STEPS["m0019_plain_views"] = PLAIN_VIEWS

# What operators noted to run on what: never observed, and apart from all that registers show.
STEPS["m0020_footings"] = (
    """create table footing (
        id integer not null primary key,
        provider text not null,
        provider_name text not null,
        service text not null,
        host text not null,
        host_name text not null,
        reason text not null check (reason <> ''),
        "by" text not null check ("by" <> ''),
        at text not null,
        removed_at text,
        removed_by text,
        removed_reason text,
        check (provider <> host),
        check ((removed_at is null) = (removed_by is null)),
        check ((removed_at is null) = (removed_reason is null))
    ) strict""",
    "create index footing_provider on footing (provider) where removed_at is null",
    "create index footing_host on footing (host) where removed_at is null",
    """create trigger footing_never_goes before delete on footing begin
        select raise(abort, 'a note is taken back, never deleted'); end""",
    """create trigger footing_never_changes before update on footing
        when old.removed_at is not null or (old.provider, old.service, old.host, old.reason, old."by", old.at)
            <> (new.provider, new.service, new.host, new.reason, new."by", new.at)
        begin select raise(abort, 'a note is taken back, never changed'); end""",
)

# The words of every name and every row, at hand; kept by triggers.
STEPS["m0021_search"] = SEARCH

# What else an event means to who asked: that labels came together by it, or parted.
STEPS["m0022_together"] = ("alter table delivery add column because text not null default '[]'",)

# When labels were got and lost: few events of many, asked for by the histories of labels together.
STEPS["m0023_turns"] = ("create index event_turn on event (label, id) where kind in ('gained', 'lost')",)

# How many deliveries fared how, at hand; kept by triggers.
STEPS["m0024_owed_counts"] = OWED_COUNTS

# Answers that people shared in a channel, to be corrected there like alerts, and what each rests on.
STEPS["m0025_shares"] = (
    """create table share (
        key text not null primary key,
        channel text not null,
        member text not null,
        at text not null,
        text text not null,
        blocks text not null,
        receipt text not null default '',
        beyond integer not null default 0 check (beyond in (0, 1))
    ) strict""",
    """create table share_event (
        event integer not null references event (id),
        share text not null references share (key),
        primary key (event, share)
    ) strict""",
    "create index share_at on share (at)",
    "create index share_event_share on share_event (share)",
)

# Who held a label on a day: the lines of life of the label, and in each the version that had begun by then.
# What ends next. An index by label alone is the beginning of two others.
STEPS["m0026_days"] = (
    "create index spelling_label on spelling (label, source, provider, line)",
    "create index attestation_life on attestation (line, since_edition, since_run)",
    """create index attestation_printed on attestation (label, source, line)
        where facts -> 'extra' ->> 'statuses' is not null""",
    "create index attestation_end on attestation (facts ->> 'valid_until') where until_at is null",
    "drop index attestation_label",
)

# Keys of names beside names, words without a copy, triggers that any tool can run. Of two indexes, one is the
# beginning of another; the other now finds what a source no longer shows, whatever the label.
STEPS["m0027_spellings_apart"] = (
    *SPELLINGS_APART,
    "drop index attestation_line",
    "drop index attestation_missing",
    """create index attestation_missing on attestation (source, missing_since, label)
        where until_at is null and missing_since is not null""",
)

# Attestations of the past that people hold documents for: never observed, and apart from all that registers
# show. Whose they are may be judged anew; what a document says is never changed, only taken back.
STEPS["m0028_documented"] = (
    """create table documented (
        id integer not null primary key,
        label text not null,
        provider text not null,
        provider_name text not null,
        holder text not null check (holder <> ''),
        service text not null,
        ref text not null,
        scope text not null,
        issuer text not null check (issuer <> ''),
        valid_from text,
        valid_until text,
        withdrawn_on text,
        dated text,
        file text not null check (file <> ''),
        sha256 text not null references page (sha256),
        page integer check (page > 0),
        note text not null,
        "by" text not null check ("by" <> ''),
        at text not null,
        removed_at text,
        removed_by text check (removed_by <> ''),
        removed_reason text check (removed_reason <> ''),
        check (coalesce(valid_from, withdrawn_on, dated) is not null),
        check (valid_from <= valid_until and valid_from <= withdrawn_on),
        check ((removed_at is null) = (removed_by is null)),
        check ((removed_at is null) = (removed_reason is null))
    ) strict""",
    "create index documented_provider on documented (provider, label) where removed_at is null",
    "create index documented_label on documented (label) where removed_at is null",
    "create index documented_sha256 on documented (sha256)",
    "create index documented_removed on documented (id) where removed_at is not null",
    """create trigger documented_never_goes before delete on documented begin
        select raise(abort, 'what a document says is taken back, never deleted'); end""",
    """create trigger documented_never_changes before update on documented
        when (old.id, old.label, old.holder, old.service, old.ref, old.scope, old.issuer,
                old.valid_from, old.valid_until, old.withdrawn_on, old.dated, old.file, old.sha256,
                old.page, old.note, old."by", old.at)
            is not (new.id, new.label, new.holder, new.service, new.ref, new.scope, new.issuer,
                new.valid_from, new.valid_until, new.withdrawn_on, new.dated, new.file, new.sha256,
                new.page, new.note, new."by", new.at)
            or (old.removed_at is not null and (old.removed_at, old.removed_by, old.removed_reason)
                is not (new.removed_at, new.removed_by, new.removed_reason))
        begin select raise(abort, 'what a document says is taken back, never changed'); end""",
    # A search finds whom a document names as it finds whom a register prints.
    *(
        f"create trigger documented_{what} after {when} begin {counted} end"
        for what, when, counted in DOCUMENTED
    ),
    # Beside what was seen, each with its basis, for people who ask with SQL.
    """create view holdings_by_basis as
        select 'observed' as basis, label, provider, provider_name, source, holder, service, decision,
            valid_from, valid_until, null as withdrawn_on, null as document_dated, seen_from, seen_until,
            null as issuer, null as document, null as document_page, null as document_sha256, "row"
        from holdings
        union all select 'document', label, provider, provider_name, null, holder, nullif(service, ''),
            nullif(ref, ''), valid_from, valid_until, withdrawn_on, dated, null, null, issuer, file, page,
            sha256, id
        from documented where removed_at is null""",
)

# A link says what it follows, in its line alone, and must.
STEPS["m0029_links"] = LINKS

# The rows of an event by number, once: the table was kept beside the index that holds all of it.
STEPS["m0030_event_rows"] = EVENT_ROWS

# The rows that say of which state's list they are, and those that print under which numbers their holder is
# registered.
STEPS["m0031_states"] = (
    """create index attestation_state on attestation
        (facts ->> 'country', source, holder, label, provider, provider_name)
        where facts ->> 'country' is not null""",
    """create index attestation_registered on attestation (facts -> 'extra' ->> 'registration', provider)
        where facts -> 'extra' ->> 'registration' is not null""",
)

# What a program was sent again, by the delivery that it was sent first by.
STEPS["m0032_redelivered"] = (
    "create index notice_redelivered on notice (subject) where kind = 'redelivered'",
)

# The message that a program is owed first, by row number: the queue behind it may be long.
STEPS["m0033_in_turn"] = (
    "create index message_in_turn on message (channel) where state in ('due', 'sending')",
)

STEPS.update({name: step.sqlite for name, step in steps.STEPS.items()})


def needed(connection: Connection, path: str) -> bool:
    """Whether the database lacks a step, or has keys of other rules; raises `StoreError` when it is not one
    that we can read."""
    tables = tables_of(connection)
    applied = _applied(connection, tables)
    newer = sorted(applied - STEPS.keys())
    if newer:
        raise StoreError.of("newer", path=path, steps=", ".join(newer), last=list(STEPS)[-1])
    if not applied and tables:
        from state.file import making  # nothing else needs it

        making.require_whole(tables, lambda sql: connection.execute(sql).fetchall(), path)
        found = ", ".join(sorted(tables)[:3])
        raise StoreError(
            f"state {path}: expected a vigilabel database, found one of another program (tables {found})",
            "other_program",
            path=path,
            tables=found,
        )
    return bool(STEPS.keys() - applied) or keys.behind(connection)


def migrate(connection: Connection) -> None:
    """Takes the steps that are missing, and makes keys anew that are of other rules; inside the caller's
    transaction, so all or none."""
    # Loaded here alone: it takes 45 ms, and a question to a memory of today's shape needs none of it.
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    migrations = Migrations("vigilabel")
    for name, statements in STEPS.items():
        migrations(name=name)(_step(statements))
    migrations.apply(Database(connection, execute_plugins=False))
    if keys.kept(connection):
        keys.follow(connection)


def _step(statements: Sequence[str]) -> Callable[[Database], None]:
    def step(database: Database) -> None:
        for statement in statements:
            database.execute(statement)

    return step


def tables_of(connection: Connection) -> set[str]:
    """The names of all tables there."""
    return {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}


def _applied(connection: Connection, tables: Collection[str]) -> set[str]:
    # The table in which sqlite-utils notes what it applied.
    if "_sqlite_migrations" not in tables:
        return set()
    mine = "select name from _sqlite_migrations where migration_set = 'vigilabel'"
    return {name for (name,) in connection.execute(mine)}
