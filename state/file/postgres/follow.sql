-- What is never changed, and what follows from what is written: as the triggers of SQLite, in the same words.
--
-- Tables that follow are written once for a whole statement where rows are added or deleted: 100,000 rows cost
-- a few statements, whether they come by COPY or not. Changed rows are followed one by one: most statements that
-- change rows name one, a condition tells in passing whether anything followed (a row that is touched by each
-- look changes nothing here), and that costs a hundredth of handing over the whole row, before and after.
-- None calls a function that Python lends: whichever tool writes a row, it can.

set local search_path = vigilabel;

-- Logs.

create function refuse() returns trigger language plpgsql as $$
begin
    raise exception '%', tg_argv[0];
end $$;

create trigger event_never_changes before update on event
    for each row execute function refuse('the event log is append-only: an event is never changed');
create trigger event_never_goes before delete on event
    for each row execute function refuse('the event log is append-only: an event is never deleted');
create trigger event_never_empties before truncate on event
    execute function refuse('the event log is append-only: an event is never deleted');
create trigger event_row_never_changes before update on event_row
    for each row execute function refuse('the event log is append-only: an event is never changed');
create trigger event_row_never_goes before delete on event_row
    for each row execute function refuse('the event log is append-only: an event is never deleted');
create trigger event_row_never_empties before truncate on event_row
    execute function refuse('the event log is append-only: an event is never deleted');
create trigger retraction_never_changes before update on retraction
    for each row execute function refuse('a retraction is never changed');
create trigger retraction_never_goes before delete on retraction
    for each row execute function refuse('a retraction is never deleted');
create trigger retraction_never_empties before truncate on retraction
    execute function refuse('a retraction is never deleted');
create trigger forgotten_never_changes before update on forgotten
    for each row execute function refuse('that a look was forgotten is never changed');
create trigger forgotten_never_goes before delete on forgotten
    for each row execute function refuse('that a look was forgotten is never deleted');
create trigger forgotten_never_empties before truncate on forgotten
    execute function refuse('that a look was forgotten is never deleted');
create trigger link_never_changes before update on link
    for each row execute function refuse('the chain is append-only: a link is never changed');
create trigger link_never_goes before delete on link
    for each row execute function refuse('the chain is append-only: a link is never deleted');
create trigger link_never_empties before truncate on link
    execute function refuse('the chain is append-only: a link is never deleted');

create trigger footing_never_goes before delete on footing
    for each row execute function refuse('a note is taken back, never deleted');
create trigger footing_never_empties before truncate on footing
    execute function refuse('a note is taken back, never deleted');
create trigger footing_never_changes before update on footing for each row
    when (old.removed_at is not null or (old.provider, old.service, old.host, old.reason, old."by", old.at)
        <> (new.provider, new.service, new.host, new.reason, new."by", new.at))
    execute function refuse('a note is taken back, never changed');
create trigger documented_never_goes before delete on documented
    for each row execute function refuse('what a document says is taken back, never deleted');
create trigger documented_never_empties before truncate on documented
    execute function refuse('what a document says is taken back, never deleted');
create trigger documented_never_changes before update on documented for each row
    when ((old.id, old.label, old.holder, old.service, old.ref, old.scope, old.issuer, old.valid_from,
            old.valid_until, old.withdrawn_on, old.dated, old.file, old.sha256, old.page, old.note, old."by",
            old.at)
        is distinct from
        (new.id, new.label, new.holder, new.service, new.ref, new.scope, new.issuer, new.valid_from,
            new.valid_until, new.withdrawn_on, new.dated, new.file, new.sha256, new.page, new.note, new."by",
            new.at)
        or (old.removed_at is not null and (old.removed_at, old.removed_by, old.removed_reason)
            is distinct from (new.removed_at, new.removed_by, new.removed_reason)))
    execute function refuse('what a document says is taken back, never changed');

create function link_follows() returns trigger language plpgsql set search_path = vigilabel, pg_temp as $$
begin
    -- Of the text itself: what is made of it (`previous`) is not there yet.
    if coalesce(new.body ->> '$.previous', '')
            <> coalesce((select hash from link order by number desc limit 1), repeat('0', 64)) then
        raise exception 'the chain is append-only: a link names the hash of the last';
    end if;
    return new;
end $$;
create trigger link_follows before insert on link for each row execute function link_follows();

-- Spellings: what registers print, once for all versions of a line of life that are spelt alike.

-- Plans are kept for the session. Made for one row, or while the table was empty, they serve 100,000 as well
-- only if they ask the index; and the other way round, those for 100,000 would read the whole table for one.
create function spelling_begins() returns trigger language plpgsql
    set search_path = vigilabel, pg_temp
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
    -- One walk through the facts gives all that is asked of them.
    with spelt as materialized (
        select a.line, a.source, a.label, a.provider, a.provider_name, a.holder,
            coalesce(f.subject, '') as subject,
            coalesce(f.extra ->> 'certificate_number', f.ref, '') as ref, min(a.id) as first, count(*) as versions
        from written a, json_to_record(a.facts::json) f (subject text, ref text, extra json)
        group by 1, 2, 3, 4, 5, 6, 7, 8),
    known as (
        update spelling s set versions = s.versions + n.versions from spelt n
        where s.line = n.line and (s.source, s.label, s.provider, s.provider_name, s.holder, s.subject, s.ref)
            = (n.source, n.label, n.provider, n.provider_name, n.holder, n.subject, n.ref)
        returning n.first)
    insert into spelling (line, source, label, provider, provider_name, holder, subject, ref, versions)
        select line, source, label, provider, provider_name, holder, subject, ref, versions from spelt
        where first not in (select first from known) order by first;
    return null;
end $$;

-- Left at no version: Python deletes it when the transaction ends, and counts its names.
create function spelling_ends() returns trigger language plpgsql
    set search_path = vigilabel, pg_temp
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
    with spelt as materialized (
        select a.line, a.source, a.label, a.provider, a.provider_name, a.holder,
            coalesce(f.subject, '') as subject,
            coalesce(f.extra ->> 'certificate_number', f.ref, '') as ref, count(*) as versions
        from deleted a, json_to_record(a.facts::json) f (subject text, ref text, extra json)
        group by 1, 2, 3, 4, 5, 6, 7, 8)
    update spelling s set versions = s.versions - n.versions from spelt n
        where s.line = n.line and (s.source, s.label, s.provider, s.provider_name, s.holder, s.subject, s.ref)
            = (n.source, n.label, n.provider, n.provider_name, n.holder, n.subject, n.ref);
    return null;
end $$;

create function spelling_changes() returns trigger language plpgsql
    set search_path = vigilabel, pg_temp set enable_seqscan = off
as $$
declare
    old_subject text := coalesce(old.facts ->> 'subject', '');
    old_ref text := coalesce(old.facts -> 'extra' ->> 'certificate_number', old.facts ->> 'ref', '');
    new_subject text := coalesce(new.facts ->> 'subject', '');
    new_ref text := coalesce(new.facts -> 'extra' ->> 'certificate_number', new.facts ->> 'ref', '');
begin
    update spelling set versions = versions - 1
        where line = old.line and (source, label, provider, provider_name, holder, subject, ref)
            = (old.source, old.label, old.provider, old.provider_name, old.holder, old_subject, old_ref);
    update spelling set versions = versions + 1
        where line = new.line and (source, label, provider, provider_name, holder, subject, ref)
            = (new.source, new.label, new.provider, new.provider_name, new.holder, new_subject, new_ref);
    if not found then
        insert into spelling (line, source, label, provider, provider_name, holder, subject, ref, versions)
            values (new.line, new.source, new.label, new.provider, new.provider_name, new.holder, new_subject,
                new_ref, 1);
    end if;
    return null;
end $$;

create trigger spelling_begins after insert on attestation referencing new table as written
    execute function spelling_begins();
create trigger spelling_ends after delete on attestation referencing old table as deleted
    execute function spelling_ends();
create trigger spelling_changes
    after update of line, source, label, provider, provider_name, holder, facts on attestation for each row
    when ((old.line, old.source, old.label, old.provider, old.provider_name, old.holder, old.facts)
        <> (new.line, new.source, new.label, new.provider, new.provider_name, new.holder, new.facts))
    execute function spelling_changes();

-- Moves: when providers got rows of a label and lost them, net of what cancels out on a day.

create type step as (label text, day text, provider text, change bigint);

create function moved(steps step[]) returns void language plpgsql as $$
declare
    gone record;
begin
    for gone in
        with counted as (
            insert into move select label, day, provider, sum(change) from unnest(steps)
                where day is not null group by label, day, provider having sum(change) <> 0
            on conflict (label, day, provider) do update set change = move.change + excluded.change
            returning label, day, provider, change)
        select label, day, provider from counted where change = 0
    loop
        delete from move where (label, day, provider) = (gone.label, gone.day, gone.provider);
    end loop;
end $$;

-- Of the statuses in `state.model.NOT_STANDING`.
create function stands(facts text) returns boolean language sql immutable parallel safe
    return facts ->> 'status' not in
        ('announced', 'archived', 'candidate', 'suspended', 'unmaintained', 'unstated', 'withdrawn');

create function move_follows() returns trigger language plpgsql set search_path = vigilabel, pg_temp as $$
begin
    -- Its argument: 1 where rows begin, -1 where they are deleted.
    perform moved(array(
        select (r.label, substr(t.day, 1, 10), r.provider, sum(t.step) * tg_argv[0]::bigint)::step
        from written r cross join lateral (values
            (coalesce(r.since_edition, r.since_at), 1), (coalesce(r.until_edition, r.until_at), -1)) t (day, step)
        where stands(r.facts) and t.day is not null
        group by r.label, substr(t.day, 1, 10), r.provider));
    return null;
end $$;

create function move_changes() returns trigger language plpgsql set search_path = vigilabel, pg_temp as $$
declare
    before bigint := coalesce(stands(old.facts), false)::int;
    now bigint := coalesce(stands(new.facts), false)::int;
begin
    perform moved(array[
        (old.label, substr(coalesce(old.since_edition, old.since_at), 1, 10), old.provider, -before),
        (old.label, substr(coalesce(old.until_edition, old.until_at), 1, 10), old.provider, before),
        (new.label, substr(coalesce(new.since_edition, new.since_at), 1, 10), new.provider, now),
        (new.label, substr(coalesce(new.until_edition, new.until_at), 1, 10), new.provider, -now)]::step[]);
    return null;
end $$;

create trigger move_begins after insert on attestation referencing new table as written
    execute function move_follows('1');
create trigger move_ends after delete on attestation referencing old table as written
    execute function move_follows('-1');
create trigger move_changes
    after update of label, provider, facts, since_at, since_edition, until_at, until_edition on attestation
    for each row
    when ((old.label, old.provider, old.facts, old.since_at, old.since_edition, old.until_at, old.until_edition)
        is distinct from
        (new.label, new.provider, new.facts, new.since_at, new.since_edition, new.until_at, new.until_edition))
    execute function move_changes();

-- Events: how many there are of each kind, and by which names they call providers.

create function event_counted() returns trigger language plpgsql set search_path = vigilabel, pg_temp as $$
begin
    insert into event_count (kind, cause, counted)
        select kind, cause, count(*) from written w
        where not exists (select 1 from forgotten f where f.run = w.run) group by kind, cause
        on conflict (kind, cause) do update set counted = event_count.counted + excluded.counted;
    return null;
end $$;

create function event_uncounted() returns trigger language plpgsql set search_path = vigilabel, pg_temp as $$
begin
    update event_count c set counted = c.counted - e.counted
        from (select kind, cause, count(*) as counted from event where run = new.run group by kind, cause) e
        where (c.kind, c.cause) = (e.kind, e.cause);
    return null;
end $$;

create function called_in_event() returns trigger language plpgsql set search_path = vigilabel, pg_temp as $$
begin
    insert into name (provider, name, called)
        select provider, called, 1 from (
            select provider, body::json #>> '{provider,name}' as called, min(id) as first from written
            group by 1, 2) w
        order by first
        on conflict (provider, name) do update set called = 1 where name.called = 0;
    return null;
end $$;

create trigger event_counted after insert on event referencing new table as written
    execute function event_counted();
create trigger event_uncounted after insert on forgotten for each row execute function event_uncounted();
create trigger called_in_event after insert on event referencing new table as written
    execute function called_in_event();

-- Names of documents. One that nothing has any more goes when the transaction ends.

create function name_documented(who text, names text[], change bigint) returns void language plpgsql as $$
begin
    insert into name (provider, name) select distinct who, n from unnest(names) n
        on conflict (provider, name) do nothing;
    update name set documented = documented + change * (select count(*) from unnest(names) n where n = name.name)
        where provider = who and name.name = any (names);
end $$;

-- Its arguments: which of before and after is counted.
create function documented_counts() returns trigger language plpgsql set search_path = vigilabel, pg_temp as $$
begin
    if tg_argv[0] in ('old', 'both') then
        perform name_documented(old.provider, array[old.provider_name, old.holder], -1);
    end if;
    if tg_argv[0] in ('new', 'both') then
        perform name_documented(new.provider, array[new.provider_name, new.holder], 1);
    end if;
    return null;
end $$;

create trigger documented_named after insert on documented
    for each row execute function documented_counts('new');
create trigger documented_unnamed after update of removed_at on documented
    for each row when (old.removed_at is null) execute function documented_counts('old');
create trigger documented_renamed after update of provider, provider_name on documented
    for each row when (old.removed_at is null) execute function documented_counts('both');

-- Words go with what they are the words of.

create function unsaid() returns trigger language plpgsql set search_path = vigilabel, pg_temp as $$
begin
    execute format('delete from %I where rowid in (select id from deleted)', tg_argv[0]);
    return null;
end $$;

create trigger name_unsaid after delete on name referencing old table as deleted
    execute function unsaid('name_words');
create trigger spelling_unsaid after delete on spelling referencing old table as deleted
    execute function unsaid('row_words');

-- What is owed, counted by channel and by how it fared; and who waits for it is woken.

create function owed_counted() returns trigger language plpgsql set search_path = vigilabel, pg_temp as $$
begin
    insert into owed_change (channel, state, change)
        select w.channel, case when w.withdrawn is not null then 'given_up' when w.message is null then 'due'
            else coalesce((select m.state from message m where m.key = w.message), 'due') end, count(*)
        from written w group by 1, 2;
    return null;
end $$;

create function owed_moved() returns trigger language plpgsql set search_path = vigilabel, pg_temp as $$
declare
    before text := case when old.withdrawn is not null then 'given_up'
        else coalesce((select state from message where key = old.message), 'due') end;
    now text := case when new.withdrawn is not null then 'given_up'
        else coalesce((select state from message where key = new.message), 'due') end;
begin
    if (old.channel, before) <> (new.channel, now) then
        insert into owed_change (channel, state, change) values (old.channel, before, -1), (new.channel, now, 1);
    end if;
    return null;
end $$;

-- A message takes all that it carries along.
create function owed_sent() returns trigger language plpgsql set search_path = vigilabel, pg_temp as $$
declare
    live bigint := (select count(*) from delivery d where d.message = new.key and d.withdrawn is null);
begin
    if live > 0 then
        insert into owed_change (channel, state, change)
            values (new.channel, old.state, -live), (new.channel, new.state, live);
    end if;
    return null;
end $$;

-- Thousands of changes are added up by whom the last of them is of, unless somebody else is at it. So seldom,
-- for they are all read again: in a transaction that owes 2,000,000 deliveries one by one, too.
create function owed_added_up() returns trigger language plpgsql set search_path = vigilabel, pg_temp as $$
begin
    if pg_try_advisory_xact_lock('owed_change'::regclass::bigint) then
        with gone as (delete from owed_change returning channel, state, change)
        insert into owed_kept (channel, state, counted)
            select channel, state, sum(change) from gone group by 1, 2 order by 1, 2
            on conflict (channel, state) do update set counted = owed_kept.counted + excluded.counted;
        delete from owed_kept where counted = 0; -- as nearly all is sent at last: few are left to add up
    end if;
    return null;
end $$;

create function woken() returns trigger language plpgsql as $$
begin
    perform pg_catalog.pg_notify('vigilabel', '');
    return null;
end $$;

create trigger owed_counted after insert on delivery referencing new table as written
    execute function owed_counted();
create trigger owed_moved after update of channel, message, withdrawn on delivery for each row
    when ((old.channel, old.message, old.withdrawn) is distinct from (new.channel, new.message, new.withdrawn))
    execute function owed_moved();
create trigger owed_sent after update of state on message for each row
    when (old.state <> new.state) execute function owed_sent();
create trigger owed_added_up after insert on owed_change for each row
    when (new.number % 4096 = 0) execute function owed_added_up();
-- A link closes all that is written to the log: who shows it as it comes is woken by that.
create trigger link_wakes after insert on link execute function woken();
create trigger delivery_wakes after insert on delivery execute function woken();
create trigger message_wakes after update of state, due on message for each row
    when (new.state = 'due' and (old.state <> 'due' or new.due < old.due)) execute function woken();
create trigger channel_wakes after update of state on channel for each row
    when (new.state = 'active' and old.state <> 'active') execute function woken();
