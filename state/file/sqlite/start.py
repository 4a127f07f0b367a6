"""The shape of the memory as first released; `migrations` beside changed it since. Never edited."""

from __future__ import annotations

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

START = (*EVIDENCE, *RUNS, *LISTINGS, *LOG, *OUTBOX, *CLAIMS)
