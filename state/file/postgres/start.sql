-- The memory as PostgreSQL keeps it: all that the steps of SQLite made up to m0033, with the same names, checks
-- and meaning. Never edited once it was released: steps after that are of both engines (`state.file.steps`).
--
-- Text is compared by its bytes (collate "C"), as SQLite does, whatever the server's language; whole numbers
-- and truth (0, 1) are bigint. JSON stays text, for it is evidence: what was written is read back byte by byte.
-- Whoever owns a plain database can run this: nothing needs a superuser, or an extension.

-- Asked first: who may not create a schema is refused, be it there and theirs.
do $$ begin
    if to_regnamespace('vigilabel') is null then create schema vigilabel; end if;
end $$;
set local search_path = vigilabel;

create table step_taken (name text collate "C" not null primary key);

-- JSON in texts, asked as SQLite is: one statement serves both engines. Null is what is missing, and a key that
-- begins with "$." is a path of names. All else is given as text: numbers as they are written, truth as `true`
-- and `false`, where SQLite gives numbers; no statement for both engines can compare either with anything.
-- The bodies are bound to what they call when they are made, so that no search_path leads them elsewhere, and
-- the planner writes them out in place: 3 µs on facts of 1 kB, against 5 as functions of plpgsql.

create function json_path(path text) returns text[] language sql immutable parallel safe
    return string_to_array(substr(path, 3), '.');

create function json_part(json text, key text) returns text language sql immutable parallel safe
    return (case when key like '$.%' then json::json #> json_path(key) else json::json -> key end)::text;

create function json_value(json text, key text) returns text language sql immutable parallel safe
    return case when key like '$.%' then json::json #>> json_path(key) else json::json ->> key end;

create operator -> (function = json_part, leftarg = text, rightarg = text);
create operator ->> (function = json_value, leftarg = text, rightarg = text);

-- The elements of an array. A number is given as text too: whoever compares it with one casts it.
create function json_each(json text) returns table (key bigint, value text)
    language sql immutable parallel safe rows 20
begin atomic
    select e.place - 1, e.value from json_array_elements_text(json::json) with ordinality e (value, place);
end;

-- What stands at several paths, as one array: one walk through a text for all of them.
create function json_extract(json text, variadic paths text[]) returns text
    language plpgsql immutable parallel safe cost 10
as $$
declare
    whole pg_catalog.jsonb := json;
    found pg_catalog.jsonb[];
    path pg_catalog.text;
begin
    foreach path in array paths loop
        found := found operator(pg_catalog.||) (whole operator(pg_catalog.#>)
            pg_catalog.string_to_array(pg_catalog.substr(path, 3), '.'));
    end loop;
    return pg_catalog.to_jsonb(found)::pg_catalog.text;
end $$;

create function json_of(texts text[]) returns text language sql immutable parallel safe
    return to_json(texts)::text;
create aggregate json_group_array(text) (
    sfunc = array_append, stype = text[], initcond = '{}', finalfunc = json_of, parallel = safe);

-- Whole numbers are bigint wherever they come from; the greater of two is null where one is, as in SQLite.
create function substr(whole text, first bigint) returns text language sql immutable parallel safe
    return substr(whole, first::integer);
create function substr(whole text, first bigint, count bigint) returns text
    language sql immutable parallel safe return substr(whole, first::integer, count::integer);
create function max(one bigint, other bigint) returns bigint language sql immutable parallel safe
    return case when one is not null and other is not null then greatest(one, other) end;
create function max(one text, other text) returns text language sql immutable parallel safe
    return case when one is not null and other is not null then greatest(one, other) end;
create function min(one bigint, other bigint) returns bigint language sql immutable parallel safe
    return case when one is not null and other is not null then least(one, other) end;
create function min(one text, other text) returns text language sql immutable parallel safe
    return case when one is not null and other is not null then least(one, other) end;

create function instr(whole text, part text) returns bigint language sql immutable parallel safe
    return strpos(whole, part);

create table page (
    sha256 text collate "C" not null primary key check (length(sha256) = 64),
    size bigint not null check (size >= 0),
    body bytea not null,
    form text collate "C" not null default 'zlib' check (form in ('zlib', 'zstd')),
    base text collate "C" references page (sha256),
    nth bigint not null default 0 check (nth >= 0 and (nth = 0) = (base is null))
);
-- Packed by us: to pack it again takes time and saves nothing.
alter table page alter column body set storage external;

create table snapshot (
    id bigint not null primary key,
    source text collate "C" not null,
    digest text collate "C" not null check (length(digest) = 64),
    fetched_at text collate "C" not null,
    unique (source, digest)
);

create table snapshot_page (
    snapshot bigint not null references snapshot (id),
    position bigint not null,
    sha256 text collate "C" not null references page (sha256),
    url text collate "C" not null,
    requested_url text collate "C" not null,
    status bigint not null,
    content_type text collate "C" not null,
    headers text collate "C" not null,
    fetched_at text collate "C" not null,
    primary key (snapshot, position)
);

create table run (
    id bigint not null primary key,
    source text collate "C" not null,
    at text collate "C" not null,
    outcome text collate "C" not null check (
        outcome in ('ok', 'unreachable', 'blocked', 'layout_changed', 'doubtful', 'crashed')),
    message text collate "C" not null,
    snapshot bigint references snapshot (id),
    revision bigint not null,
    edition_at text collate "C",
    counts text collate "C" not null,
    held text collate "C" not null,
    believed bigint not null check (believed in (0, 1)),
    unread text collate "C" not null default '{}',
    reasons text collate "C" not null default '[]',
    stated bigint not null default 0 check (stated in (0, 1)),
    served_at text collate "C",
    clock text collate "C" not null default '' check (clock in ('', 'date', 'leap', 'behind', 'early')),
    clock_confirmed bigint not null default 0 check (clock_confirmed in (0, 1))
);

create table source (
    name text collate "C" not null primary key,
    revision bigint not null,
    snapshot bigint references snapshot (id),
    edition_at text collate "C",
    covers text collate "C" not null,
    last_look text collate "C",
    last_good text collate "C",
    outcome text collate "C" check (
        outcome in ('ok', 'unreachable', 'blocked', 'layout_changed', 'doubtful', 'crashed')),
    message text collate "C" not null,
    failures bigint not null check (failures >= 0),
    failing_since text collate "C",
    told text collate "C" not null,
    next_update text collate "C",
    imprint text collate "C" not null default ''
);

create table approval (
    run bigint not null primary key references run (id),
    reason text collate "C" not null,
    at text collate "C" not null
);

create table remark (
    source text collate "C" not null,
    topic text collate "C" not null,
    at text collate "C" not null,
    primary key (source, topic)
);

create table attestation (
    id bigint not null primary key,
    line bigint not null,
    source text collate "C" not null,
    label text collate "C" not null,
    provider text collate "C" not null,
    provider_name text collate "C" not null,
    holder text collate "C" not null,
    facts text collate "C" not null,
    url text collate "C",
    page bigint not null,
    place text collate "C" not null,
    end_seen_at text collate "C" not null,
    missing_since text collate "C",
    missing_looks bigint not null check (missing_looks >= 0),
    since_run bigint not null references run (id) deferrable initially deferred,
    since_at text collate "C" not null,
    since_edition text collate "C",
    until_run bigint references run (id) deferrable initially deferred,
    until_at text collate "C" check (until_at >= since_at),
    until_edition text collate "C",
    shown_as text collate "C" not null default '',
    check ((until_at is null) = (until_run is null))
) with (fillfactor = 80);
-- Room on each page for the rows of it that a look touches: one that stays on its page is in its indexes
-- already, which takes 40 µs instead of 90.

create table event (
    id bigint not null primary key,
    run bigint not null references run (id) deferrable initially deferred,
    kind text collate "C" not null check (kind in (
        'gained', 'lost', 'service_removed', 'scope_reduced', 'shortened', 'expired', 'service_added',
        'scope_extended', 'level_changed', 'renewed', 'reissued', 'renamed', 'expiring',
        'candidate_listed', 'candidate_delisted', 'recommendation_changed', 'amended')),
    weight text collate "C" not null check (weight in ('low', 'normal', 'high')),
    cause text collate "C" not null check (cause in ('baseline', 'register', 'rereading', 'calendar')),
    provider text collate "C" not null,
    label text collate "C" not null,
    source text collate "C" not null,
    seen_at text collate "C" not null,
    body text collate "C" not null
);

create table subscription (
    id bigint not null primary key,
    channel text collate "C" not null,
    wanted text collate "C" not null,
    words text collate "C" not null,
    names text collate "C" not null,
    labels text collate "C" not null,
    kinds text collate "C" not null,
    floor text collate "C" not null check (floor in ('low', 'normal', 'high')),
    created_by text collate "C" not null,
    created_at text collate "C",
    ended_at text collate "C",
    paused_until text collate "C"
);

create table channel (
    id text collate "C" not null primary key,
    state text collate "C" not null check (state in ('active', 'suspended')),
    reason text collate "C" not null,
    not_before text collate "C",
    lang text collate "C" not null,
    digest text collate "C" not null default '',
    quiet text collate "C" not null default '',
    quiet_lets_high bigint not null default 1 check (quiet_lets_high in (0, 1)),
    reasons text collate "C" not null default '[]'
);

create table notice (
    id bigint not null primary key,
    kind text collate "C" not null,
    subject text collate "C" not null,
    text text collate "C" not null,
    at text collate "C" not null,
    said text collate "C" not null default '[]'
);

create table message (
    key text collate "C" not null primary key,
    channel text collate "C" not null,
    state text collate "C" not null check (state in ('due', 'sending', 'sent', 'given_up')),
    due text collate "C" not null,
    tries bigint not null check (tries >= 0),
    owner text collate "C",
    lease_until text collate "C",
    interrupted bigint not null check (interrupted in (0, 1)),
    error text collate "C" not null,
    receipt text collate "C" not null,
    closed_at text collate "C",
    reasons text collate "C" not null default '[]',
    -- In which turn it was planned: SQLite numbers the rows of any table so by itself.
    rowid bigint not null generated by default as identity,
    check ((state = 'sending') = (lease_until is not null)),
    check ((state in ('sent', 'given_up')) = (closed_at is not null))
);

create table delivery (
    id bigint not null primary key,
    channel text collate "C" not null,
    event bigint references event (id),
    notice bigint references notice (id),
    run bigint references run (id) deferrable initially deferred,
    due text collate "C" not null,
    matched text collate "C" not null,
    message text collate "C" references message (key),
    withdrawn text collate "C",
    reasons text collate "C" not null default '[]',
    because text collate "C" not null default '[]',
    check ((event is null) <> (notice is null)),
    unique (event, channel),
    unique (notice, channel)
);

create table slot (
    source text collate "C" not null,
    planned text collate "C" not null,
    owner text collate "C" not null,
    at text collate "C" not null,
    primary key (source, planned)
);

create table lease (
    name text collate "C" not null primary key,
    owner text collate "C" not null,
    until text collate "C" not null
);

create table alias (
    id bigint not null primary key,
    provider text collate "C" not null,
    provider_name text collate "C" not null,
    name text collate "C" not null,
    key text collate "C" not null,
    source text collate "C" not null,
    label text collate "C" not null,
    reason text collate "C" not null,
    added_at text collate "C" not null,
    removed_at text collate "C",
    removed_reason text collate "C",
    check ((removed_at is null) = (removed_reason is null))
);

create table retraction (
    event bigint not null primary key references event (id),
    reason text collate "C" not null,
    "by" text collate "C" not null,
    at text collate "C" not null
);

create table canary (
    day text collate "C" not null primary key,
    notice bigint not null references notice (id),
    channel text collate "C" not null,
    arrived_at text collate "C"
);

create table forgotten (
    run bigint not null primary key references run (id),
    reason text collate "C" not null,
    at text collate "C" not null,
    last_run bigint not null check (last_run >= run)
);

create table forgotten_version (
    id bigint not null primary key,
    line bigint not null,
    source text collate "C" not null,
    label text collate "C" not null,
    provider text collate "C" not null,
    provider_name text collate "C" not null,
    holder text collate "C" not null,
    facts text collate "C" not null,
    url text collate "C",
    page bigint not null,
    place text collate "C" not null,
    end_seen_at text collate "C" not null,
    missing_since text collate "C",
    missing_looks bigint not null,
    since_run bigint not null references run (id),
    since_at text collate "C" not null,
    since_edition text collate "C",
    until_run bigint references run (id),
    until_at text collate "C",
    until_edition text collate "C",
    shown_as text collate "C" not null default ''
);

create table forgotten_ending (
    version bigint not null,
    run bigint not null references run (id),
    at text collate "C" not null,
    edition text collate "C",
    primary key (version, run)
);

create table absence (
    line bigint not null,
    source text collate "C" not null,
    since text collate "C" not null,
    until text collate "C" not null,
    run bigint not null references run (id) deferrable initially deferred,
    primary key (line, since)
);

create table move (
    label text collate "C" not null,
    day text collate "C" not null,
    provider text collate "C" not null,
    change bigint not null,
    primary key (label, day, provider)
);

create table event_count (
    kind text collate "C" not null,
    cause text collate "C" not null,
    counted bigint not null check (counted >= 0),
    primary key (kind, cause)
);

create table footing (
    id bigint generated by default as identity primary key,
    provider text collate "C" not null,
    provider_name text collate "C" not null,
    service text collate "C" not null,
    host text collate "C" not null,
    host_name text collate "C" not null,
    reason text collate "C" not null check (reason <> ''),
    "by" text collate "C" not null check ("by" <> ''),
    at text collate "C" not null,
    removed_at text collate "C",
    removed_by text collate "C",
    removed_reason text collate "C",
    check (provider <> host),
    check ((removed_at is null) = (removed_by is null)),
    check ((removed_at is null) = (removed_reason is null))
);

create table share (
    key text collate "C" not null primary key,
    channel text collate "C" not null,
    member text collate "C" not null,
    at text collate "C" not null,
    text text collate "C" not null,
    blocks text collate "C" not null,
    receipt text collate "C" not null default '',
    beyond bigint not null default 0 check (beyond in (0, 1))
);

create table share_event (
    event bigint not null references event (id),
    share text collate "C" not null references share (key),
    primary key (event, share)
);

create table spelling (
    id bigint generated by default as identity primary key,
    line bigint not null,
    source text collate "C" not null,
    label text collate "C" not null,
    provider text collate "C" not null,
    provider_name text collate "C" not null,
    holder text collate "C" not null,
    subject text collate "C" not null,
    ref text collate "C" not null,
    versions bigint not null check (versions >= 0)
);

create table name (
    id bigint generated by default as identity primary key,
    provider text collate "C" not null,
    name text collate "C" not null,
    spellings bigint not null default 0 check (spellings >= 0),
    documented bigint not null default 0 check (documented >= 0),
    called bigint not null default 0 check (called in (0, 1)),
    print text collate "C",
    key text collate "C",
    slug text collate "C",
    unique (provider, name)
);

create table keyed (rules text collate "C" not null, spelling bigint not null, name bigint not null);

create table documented (
    id bigint not null primary key,
    label text collate "C" not null,
    provider text collate "C" not null,
    provider_name text collate "C" not null,
    holder text collate "C" not null check (holder <> ''),
    service text collate "C" not null,
    ref text collate "C" not null,
    scope text collate "C" not null,
    issuer text collate "C" not null check (issuer <> ''),
    valid_from text collate "C",
    valid_until text collate "C",
    withdrawn_on text collate "C",
    dated text collate "C",
    file text collate "C" not null check (file <> ''),
    sha256 text collate "C" not null references page (sha256),
    page bigint check (page > 0),
    note text collate "C" not null,
    "by" text collate "C" not null check ("by" <> ''),
    at text collate "C" not null,
    removed_at text collate "C",
    removed_by text collate "C" check (removed_by <> ''),
    removed_reason text collate "C" check (removed_reason <> ''),
    check (coalesce(valid_from, withdrawn_on, dated) is not null),
    check (valid_from <= valid_until and valid_from <= withdrawn_on),
    check ((removed_at is null) = (removed_by is null)),
    check ((removed_at is null) = (removed_reason is null))
);

create table link (
    number bigint not null primary key check (number > 0),
    kind text collate "C" not null,
    record bigint not null,
    previous text collate "C" generated always as (body ->> '$.previous') stored,
    hash text collate "C" not null check (length(hash) = 64),
    body text collate "C" not null,
    unique (kind, record)
);

create table event_row (
    event bigint not null references event (id),
    line bigint not null,
    primary key (event, line)
);

-- What the search asks: the words of every name (all of weight A), and of every row: of its holder (A), its
-- subject (B), its provider's name and slug (C), and its ref (D). Written by us when a transaction ends; gone
-- with what they are the words of. Apart from it, for a row that is written a second time is written whole.
create table name_words (rowid bigint primary key, words tsvector not null);
create table row_words (rowid bigint primary key, words tsvector not null);

insert into keyed values ('', 0, 0);

-- How many deliveries fared how is asked as `owed_count`. Each change is a row of its own until some hundreds
-- are added up: a row that a transaction changes 10,000 times is found through as many dead ones of itself, and
-- those who deliver at the same time would wait for each other at it.
create table owed_kept (
    channel text collate "C" not null,
    state text collate "C" not null check (state in ('due', 'sending', 'sent', 'given_up')),
    counted bigint not null,
    primary key (channel, state)
);
create table owed_change (
    number bigint generated by default as identity primary key,
    channel text collate "C" not null,
    state text collate "C" not null check (state in ('due', 'sending', 'sent', 'given_up')),
    change bigint not null
);
create view owed_count as
    select channel, state, sum(counted)::bigint as counted from (
        select channel, state, counted from owed_kept union all select channel, state, change from owed_change) c
    group by channel, state;

-- Each ends with the number of the row where an answer is ordered by it: SQLite's end with it by themselves.
-- What SQLite has at the end of an index so that it need not open the row is left out where an expression is
-- asked for, for which PostgreSQL opens the row anyway. A text without bound is told apart by its digest: an
-- entry of an index holds 2,700 bytes. New words wait in a list that every search reads whole: 4 MB of it took
-- 4 ms, and none at all twice the time to write them.
create index absence_source on absence (source);
create unique index alias_once on alias (key, source, label) where removed_at is null;
create unique index attestation_open on attestation (line) where until_at is null;
create index attestation_listed on attestation (source, line) where until_at is null;
-- With the number, as SQLite's indexes have it: the newest row of a provider is found without opening any.
create index attestation_provider on attestation (provider, label) include (id);
create index attestation_first on attestation (label, source, since_at);
create index attestation_standing on attestation (label, (facts ->> 'status'), provider) where until_at is null;
create index attestation_holder on attestation (provider, label) where until_at is null;
create index attestation_edition on attestation
    (label, source, since_edition, until_edition, since_run, until_run);
create index attestation_life on attestation (line, since_edition, since_run);
create index attestation_printed on attestation (label, source, line)
    where facts -> 'extra' ->> 'statuses' is not null;
create index attestation_end on attestation ((facts ->> 'valid_until')) where until_at is null;
create index attestation_missing on attestation (source, missing_since, label)
    where until_at is null and missing_since is not null;
create index attestation_state on attestation ((facts ->> 'country'), source)
    where facts ->> 'country' is not null;
create index attestation_registered on attestation ((facts -> 'extra' ->> 'registration'), provider)
    where facts -> 'extra' ->> 'registration' is not null;
create index delivery_message on delivery (message, id);
create index delivery_unplanned on delivery (channel, due, id) where message is null and withdrawn is null;
create index documented_provider on documented (provider, label) where removed_at is null;
create index documented_label on documented (label) where removed_at is null;
create index documented_sha256 on documented (sha256);
create index documented_removed on documented (id) where removed_at is not null;
create index event_seen on event (seen_at, id);
create index event_provider on event (provider, label, id);
create index event_source on event (source, kind, id);
create index event_run on event (run, id);
create index event_label on event (label, id);
create index event_reread on event (source, label, id) where cause = 'rereading';
create index event_first on event (source, seen_at, id) where cause = 'baseline';
create index event_kind on event (kind, id);
create index event_turn on event (label, id) where kind in ('gained', 'lost');
create index event_row_newest on event_row (line, event);
create index footing_provider on footing (provider) where removed_at is null;
create index footing_host on footing (host) where removed_at is null;
create index link_hash on link (substr(hash, 1, 8));
create index message_waiting on message (channel, due, rowid) where state in ('due', 'sending');
create index message_in_turn on message (channel, rowid) where state in ('due', 'sending');
create index name_print on name (print, provider) where print is not null;
create index name_key on name (key, provider) where key is not null;
create index name_gone on name (id) where spellings = 0 and called = 0 and documented = 0;
create index name_slug on name (slug, provider) where slug <> '';
create index name_words_said on name_words using gin (words) with (gin_pending_list_limit = 256);
create unique index notice_once on notice (kind, subject, at, md5(text));
create index notice_redelivered on notice (subject) where kind = 'redelivered';
create index row_words_said on row_words using gin (words) with (gin_pending_list_limit = 256);
create index run_source on run (source, at, id);
create index run_number on run (source, id);
create index run_clock on run (id) where clock <> '' and clock_confirmed = 0;
create index share_at on share (at);
create index share_event_share on share_event (share);
create index spelling_line on spelling (line);
create index spelling_provider on spelling (provider, line);
create index spelling_label on spelling (label, source, provider, line);
create index spelling_gone on spelling (id) where versions = 0;
create unique index subscription_once on subscription (channel, md5(wanted)) where ended_at is null;
