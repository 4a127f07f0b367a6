"""Tables and views that follow from others: no question of ours reads every version or event ever written,
and no analyst has to know how they are kept.

Triggers keep them: whichever way a row is written, changed or taken back, they are right in the same
transaction, for every process. Steps of `state.file.sqlite.migrations`, and like those never edited.

No trigger calls a function of ours: whichever tool writes a row, it can. What such functions make of a text,
keys and the words of a search, is made when our next transaction ends (`state.file.sqlite.keys`).

Where many rows are written in one go, the triggers of new rows are taken away within the transaction, and one
statement writes for all what they would have written row by row (`Store.many_at_once`): with them the first
look at 100,000 rows took four times as long. That there are triggers at all, even such as do nothing, costs
20 µs a row.
"""

from __future__ import annotations

from dataclasses import dataclass

from state.file.sqlite.words import NAMES
from state.file.store import Bulk


@dataclass(frozen=True, slots=True, kw_only=True)
class AtOnce:
    """How many new rows are written at once: the triggers that are away meanwhile, and what is done instead
    of them for all rows from `:first` on."""

    away: tuple[str, ...]
    instead: tuple[str, ...]


SUBJECT = "coalesce({row}.facts ->> 'subject', '')"
REF = "coalesce({row}.facts -> 'extra' ->> 'certificate_number', {row}.facts ->> 'ref', '')"


def _spelling_of(row: str) -> str:
    """The columns of `attestation` that make one spelling, of a row named so."""
    plain = ("line", "source", "label", "provider", "provider_name", "holder")
    columns = ", ".join(f"{row}.{column}" for column in plain)
    return f"{columns}, {SUBJECT.format(row=row)}, {REF.format(row=row)}"


_KEY = "(line, source, label, provider, provider_name, holder, subject, ref)"
_ALL = f"""{_KEY[:-1]}, versions, slug_print, name_print, name_key, holder_print, holder_key, said, more,
    rules)"""


# Asked for before it is written: the keys of a spelling that is there already are not made again.
_KEPT = f"""insert into spelling {_ALL}
        select n.*, 1, print_key(provider), print_key(provider_name), name_key(provider_name),
            print_key(holder), name_key(holder), spoken(holder) || '|' || spoken(subject),
            spoken(provider_name) || spoken(provider) || spoken(ref), key_rules()
        from (select new.line, new.source, new.label, new.provider, new.provider_name, new.holder,
            {SUBJECT.format(row="new")} as subject, {REF.format(row="new")} as ref) n"""  # noqa: S608
_BEGINS = f"""update spelling set versions = versions + 1 where {_KEY} = ({_spelling_of("new")});
    {_KEPT} where not exists (select 1 from spelling where {_KEY} = ({_spelling_of("new")}));"""  # noqa: S608
_ENDS = f"""update spelling set versions = versions - 1 where {_KEY} = ({_spelling_of("old")});
    delete from spelling where versions = 0 and {_KEY} = ({_spelling_of("old")});"""  # noqa: S608

# Every spelling of every line of life once, however many versions print it, with its keys; and every name
# that events were written with, which a later review of who is who does not change. The keys are made by
# functions of ours (`state.file.sqlite.keys`); by which rules stands beside each.
SPELLINGS = (
    # A number of its own: every index repeats the key of a row, and that of all its texts is 250 bytes long.
    """create table spelling (
        id integer not null primary key,
        line integer not null,
        source text not null,
        label text not null,
        provider text not null,
        provider_name text not null,
        holder text not null,
        subject text not null,
        ref text not null,
        versions integer not null check (versions >= 0),
        slug_print text not null,
        name_print text not null,
        name_key text not null,
        holder_print text not null,
        holder_key text not null,
        said text not null,
        more text not null,
        rules text not null
    ) strict""",
    "create index spelling_line on spelling (line)",
    f"""insert into spelling {_ALL} select {_spelling_of("a")}, count(*), '', '', '', '', '', '', '', ''
        from attestation a group by 1, 2, 3, 4, 5, 6, 7, 8""",  # noqa: S608
    "create index spelling_provider on spelling (provider, line)",
    # Most providers are called as they are printed, and their slugs are their own keys: those are found by
    # the other indexes, and three in eight need not be written.
    "create index spelling_slug_print on spelling (slug_print, provider) where slug_print <> provider",
    "create index spelling_name_print on spelling (name_print, provider) where provider_name <> holder",
    "create index spelling_name_key on spelling (name_key, provider) where provider_name <> holder",
    "create index spelling_holder_print on spelling (holder_print, provider)",
    "create index spelling_holder_key on spelling (holder_key, provider)",
    "create index spelling_rules on spelling (rules)",
    f"create trigger spelling_begins after insert on attestation begin {_BEGINS} end",
    f"create trigger spelling_ends after delete on attestation begin {_ENDS} end",
    f"""create trigger spelling_changes
        after update of line, source, label, provider, provider_name, holder, facts on attestation
        when old.facts <> new.facts or (old.line, old.source, old.label, old.provider, old.provider_name,
            old.holder) <> (new.line, new.source, new.label, new.provider, new.provider_name, new.holder)
        begin {_ENDS} {_BEGINS} end""",
    """create table called (
        provider text not null,
        name text not null,
        said text not null,
        rules text not null,
        primary key (provider, name)
    ) strict, without rowid""",
    "insert into called select distinct provider, body -> 'provider' ->> 'name', '', '' from event",
    "create index called_rules on called (rules)",
    """create trigger called_in_event after insert on event begin
        insert into called select new.provider, name, spoken(name), key_rules()
        from (select new.body -> 'provider' ->> 'name' as name)
        where not exists (select 1 from called where (provider, name) = (new.provider,
            new.body -> 'provider' ->> 'name')); end""",
)


# The statuses of `state.model.NOT_STANDING`; facts of a version are never changed.
_NOT_STANDING = "'announced', 'archived', 'candidate', 'suspended', 'unmaintained', 'unstated', 'withdrawn'"


def _move(row: str, side: str, change: int) -> str:
    """Counts one row more or less of a provider, on the day when a version begins ("since") or ends."""
    day = f"substr(coalesce({row}.{side}_edition, {row}.{side}_at), 1, 10)"
    place = f"({row}.label, {day}, {row}.provider)"
    return f"""insert into move select {row}.label, {day}, {row}.provider, {change}
        where {day} is not null and {row}.facts ->> 'status' not in ({_NOT_STANDING})
        on conflict (label, day, provider) do update set change = change + excluded.change;
        delete from move where change = 0 and (label, day, provider) = {place};"""  # noqa: S608


def _moved(side: str) -> str:
    columns = ("label", "provider", "facts", f"{side}_at", f"{side}_edition")
    changed = " or ".join(f"old.{column} is not new.{column}" for column in columns)
    less, more = (1, -1) if side == "until" else (-1, 1)
    return f"""create trigger move_changes_{side} after update of {", ".join(columns)} on attestation
        when {changed} begin {_move("old", side, less)} {_move("new", side, more)} end"""


# When providers got rows of a label and lost them, net of what cancels out on a day (UTC); and how many
# events there are, those of forgotten looks left out. And two indexes: of a row's events, the newest; of a
# kind's.
COUNTS = (
    """create table move (
        label text not null,
        day text not null,
        provider text not null,
        change integer not null,
        primary key (label, day, provider)
    ) strict, without rowid""",
    f"""insert into move select label, day, provider, sum(step) from (
            select label, substr(coalesce(since_edition, since_at), 1, 10) as day, provider, 1 as step
                from attestation where facts ->> 'status' not in ({_NOT_STANDING})
            union all select label, substr(coalesce(until_edition, until_at), 1, 10), provider, -1
                from attestation where until_at is not null and facts ->> 'status' not in ({_NOT_STANDING}))
        group by label, day, provider having sum(step) <> 0""",  # noqa: S608
    f"""create trigger move_begins after insert on attestation
        begin {_move("new", "since", 1)} {_move("new", "until", -1)} end""",
    f"""create trigger move_ends after delete on attestation
        begin {_move("old", "since", -1)} {_move("old", "until", 1)} end""",
    _moved("since"),
    _moved("until"),
    """create table event_count (
        kind text not null,
        cause text not null,
        counted integer not null check (counted >= 0),
        primary key (kind, cause)
    ) strict, without rowid""",
    """insert into event_count select kind, cause, count(*) from event
        where not exists (select 1 from forgotten f where f.run = event.run) group by kind, cause""",
    """create trigger event_counted after insert on event
        when not exists (select 1 from forgotten f where f.run = new.run)
        begin insert into event_count values (new.kind, new.cause, 1)
            on conflict (kind, cause) do update set counted = counted + 1; end""",
    """create trigger event_uncounted after insert on forgotten begin
        update event_count set counted = counted - (select count(*) from event e
            where e.run = new.run and e.kind = event_count.kind and e.cause = event_count.cause)
        where exists (select 1 from event e where e.run = new.run); end""",
    "create index event_row_newest on event_row (line, event)",
    "drop index event_row_line",
    "create index event_kind on event (kind, id)",
)

_SPELT = f"insert into spelling {_KEY[:-1]}, versions)"
# The same as `REF` in one step: `->` writes what it finds, to be read again.
_REF_AT_ONCE = "coalesce(a.facts ->> '$.extra.certificate_number', a.facts ->> 'ref', '')"
_IS_SPELT = f"""update spelling set versions = versions + 1 where {_KEY} = ({_spelling_of("new")});
    {_SPELT} select {_spelling_of("new")}, 1
        where not exists (select 1 from spelling where {_KEY} = ({_spelling_of("new")}));"""  # noqa: S608
# Left at no version, for the words of it must be taken out of the search by our functions.
_IS_NOT_SPELT = f"update spelling set versions = versions - 1 where {_KEY} = ({_spelling_of('old')});"  # noqa: S608
_TRIGGERS = ("spelling_begins", "spelling_ends", "spelling_changes", "called_in_event", "name_begins",
    "name_ends", "spelling_searched", "spelling_unsearched")  # fmt: skip

# What registers print, apart from the keys of it, which belong to names: a holder has several rows, and most
# are called as they are printed. So this takes half the room, and half the time to write.
SPELLINGS_APART = (
    *(f"drop trigger {name}" for name in _TRIGGERS),
    "alter table spelling rename to spelling_before",
    """create table spelling (
        id integer not null primary key,
        line integer not null,
        source text not null,
        label text not null,
        provider text not null,
        provider_name text not null,
        holder text not null,
        subject text not null,
        ref text not null,
        versions integer not null check (versions >= 0)
    ) strict""",
    f"""insert into spelling (id, {_KEY[1:-1]}, versions)
        select id, {_KEY[1:-1]}, versions from spelling_before""",  # noqa: S608
    "drop table spelling_before",
    "create index spelling_line on spelling (line)",
    "create index spelling_provider on spelling (provider, line)",
    "create index spelling_label on spelling (label, source, provider, line)",
    "create index spelling_gone on spelling (id) where versions = 0",
    f"create trigger spelling_begins after insert on attestation begin {_IS_SPELT} end",
    f"create trigger spelling_ends after delete on attestation begin {_IS_NOT_SPELT} end",
    f"""create trigger spelling_changes
        after update of line, source, label, provider, provider_name, holder, facts on attestation
        when old.facts <> new.facts or (old.line, old.source, old.label, old.provider, old.provider_name,
            old.holder) <> (new.line, new.source, new.label, new.provider, new.provider_name, new.holder)
        begin {_IS_NOT_SPELT} {_IS_SPELT} end""",
    *NAMES,
    "drop table called",
    """create trigger called_in_event after insert on event begin
        insert into name (provider, name, called) values (new.provider, new.body ->> '$.provider.name', 1)
            on conflict (provider, name) do update set called = 1 where called = 0; end""",
)

# The hash of the link before follows from the line of a link, and whoever adds one must name the last.
LINKS = (
    "drop trigger link_never_changes",
    "drop trigger link_never_goes",
    "alter table link rename to link_before",
    """create table link (
        number integer not null primary key check (number > 0),
        kind text not null,
        record integer not null,
        previous text generated always as (body ->> '$.previous') virtual,
        hash text not null check (length(hash) = 64),
        body text not null,
        unique (kind, record)
    ) strict""",
    """insert into link (number, kind, record, hash, body)
        select number, kind, record, hash, body from link_before order by number""",
    "drop table link_before",
    # Found by its first letters, of which an index takes a fifth of the room.
    "create index link_hash on link (substr(hash, 1, 8))",
    """create trigger link_never_changes before update on link begin
        select raise(abort, 'the chain is append-only: a link is never changed'); end""",
    """create trigger link_never_goes before delete on link begin
        select raise(abort, 'the chain is append-only: a link is never deleted'); end""",
    """create trigger link_follows before insert on link
        when coalesce(new.body ->> '$.previous', '') <> coalesce(
            (select hash from link order by number desc limit 1),
            '0000000000000000000000000000000000000000000000000000000000000000')
        begin select raise(abort, 'the chain is append-only: a link names the hash of the last'); end""",
)

EVENT_ROWS = (
    "drop trigger event_row_never_changes",
    "drop trigger event_row_never_goes",
    "alter table event_row rename to event_row_before",
    """create table event_row (
        event integer not null references event (id),
        line integer not null,
        primary key (event, line)
    ) strict, without rowid""",
    "insert into event_row select event, line from event_row_before order by event, line",
    "drop table event_row_before",
    "create index event_row_newest on event_row (line, event)",
    """create trigger event_row_never_changes before update on event_row begin
        select raise(abort, 'the event log is append-only: an event is never changed'); end""",
    """create trigger event_row_never_goes before delete on event_row begin
        select raise(abort, 'the event log is append-only: an event is never deleted'); end""",
)

_DAY = "substr(coalesce(since_edition, since_at), 1, 10)"
_OF_SPELLING = ", ".join(f"s.{column}" for column in _KEY[1:-1].split(", "))
VERSIONS = AtOnce(
    away=("spelling_begins", "move_begins"),
    instead=(
        f"""update spelling set versions = versions + 1 where id in (
            select s.id from attestation a cross join spelling s
            where a.id >= :revised and ({_OF_SPELLING}) = ({_spelling_of("a")}))""",  # noqa: S608
        f"""{_SPELT} select {_spelling_of("a")}, 1 from attestation a where a.id >= :revised
            and not exists (select 1 from spelling where {_KEY} = ({_spelling_of("a")}))""",  # noqa: S608
        # No spelling of a line that is new is there to be asked for.
        f"""{_SPELT} select {_spelling_of("a").replace(REF.format(row="a"), _REF_AT_ONCE)}, 1
            from attestation a where a.id >= :first and a.id < :revised""",  # noqa: S608
        f"""insert into move select label, {_DAY} as day, provider, count(*) from attestation
            where id >= :first and facts ->> 'status' not in ({_NOT_STANDING}) group by label, day, provider
            on conflict (label, day, provider) do update set change = change + excluded.change""",  # noqa: S608
        f"""delete from move where change = 0
            and (label, day) in (select distinct label, {_DAY} from attestation where id >= :first)""",  # noqa: S608
    ),
)
EVENTS = AtOnce(
    away=("called_in_event", "event_counted"),
    instead=(
        """insert into event_count select kind, cause, count(*) from event
            where id >= :first and not exists (select 1 from forgotten f where f.run = event.run)
            group by kind, cause
            on conflict (kind, cause) do update set counted = counted + excluded.counted""",
    ),
)
# Their names the log writes itself (`state.seen.events.log`): to find them in its lines took half as long as
# to write those.
AT_ONCE = {Bulk.VERSIONS: VERSIONS, Bulk.EVENTS: EVENTS}
"""What is done for new rows that are many, by what they are of."""

_FATE = """case when {row}.withdrawn is not null then 'given_up'
    else coalesce((select m.state from message m where m.key = {row}.message), 'due') end"""


def _counts(channel: str, state: str, change: str) -> str:
    """Counts so many deliveries more or less."""
    return f"""insert into owed_count select {channel}, {state}, {change} where true
        on conflict (channel, state) do update set counted = counted + excluded.counted;"""


_OLD, _NEW = _FATE.format(row="old"), _FATE.format(row="new")
_LIVE = "(select count(*) from delivery d where d.message = new.key and d.withdrawn is null)"
# How many deliveries there are, by channel and by what became of each; a suspended channel's are `due` here.
# And what is neither planned nor withdrawn: a forgotten look leaves thousands that nobody waits for.
OWED_COUNTS = (
    """create table owed_count (
        channel text not null,
        state text not null check (state in ('due', 'sending', 'sent', 'given_up')),
        counted integer not null,
        primary key (channel, state)
    ) strict, without rowid""",
    f"insert into owed_count select channel, {_FATE.format(row='d')}, count(*) from delivery d group by 1, 2",  # noqa: S608
    f"create trigger owed_counted after insert on delivery begin {_counts('new.channel', _NEW, '1')} end",
    f"""create trigger owed_moved after update of channel, message, withdrawn on delivery
        when old.channel <> new.channel or {_OLD} <> {_NEW}
        begin {_counts("old.channel", _OLD, "-1")} {_counts("new.channel", _NEW, "1")} end""",
    # A message takes all that it carries along.
    f"""create trigger owed_sent after update of state on message when old.state <> new.state
        begin {_counts("new.channel", "old.state", f"-{_LIVE}")}
            {_counts("new.channel", "new.state", _LIVE)} end""",
    "drop index delivery_unplanned",
    """create index delivery_unplanned on delivery (channel, due)
        where message is null and withdrawn is null""",
)


def _fact(name: str, row: str = "v") -> str:
    return f"{row}.facts ->> '{name}' as {name}"


_PLAIN = ", ".join(_fact(name) for name in ("version", "level", "status", "recommendation", "issuer"))
_DATES = ", ".join(_fact(name) for name in ("valid_from", "valid_until"))
_SERVICE = "v.facts ->> 'subject' as service"
# As people are shown it: the HDS list prints a number and a suffix, of which `ref` is a key alone.
_DECISION = "coalesce(v.facts -> 'extra' ->> 'certificate_number', v.facts ->> 'ref') as decision"
# Lists as one text: a cell of a spreadsheet holds no array.
_SCOPE = """(select group_concat(value, '; ') from json_each(v.facts, '$.scope')) as scope"""
_OF_ONE = (
    "case when json_array_length(e.body, '$.attestations') = 1 then e.body ->> '$.attestations[0].{}' end"
)
_TRUTH = "case e.body ->> '{}' when 1 then 'yes' when 0 then 'no' end"

# For people with SQL, Datasette or a spreadsheet: plain columns, no JSON, a name for each thing
# (docs/analysts.md). None is asked by the program, so that they may read all of a table.
PLAIN_VIEWS = (
    f"""create view listed_now as select v.label, v.provider, v.provider_name, v.source, v.holder, {_SERVICE},
            {_SCOPE}, {_PLAIN}, {_DECISION}, {_DATES}, first.seen_at as first_seen_at,
            v.since_at as printed_so_since,
            case when v.missing_since is null then 'no' else 'yes' end as to_be_confirmed, v.url as link,
            v.place, v.line as "row"
        from attestation v
        join (select line, min(since_at) as seen_at from attestation group by line) first
            on first.line = v.line
        where v.until_at is null and v.facts ->> 'status' not in ({_NOT_STANDING})""",  # noqa: S608
    # Neighbouring versions of a line of life are one holding, whatever else changed in print meanwhile.
    f"""create view holdings as select v.label, v.provider, v.provider_name, v.source, v.holder, {_SERVICE},
            {_DECISION}, {_DATES}, span.seen_from, span.seen_until, v.line as "row"
        from (select line, min(since_at) as seen_from, max(id) as last,
                case when count(*) = count(until_at) then max(until_at) end as seen_until
            from attestation where facts ->> 'status' not in ({_NOT_STANDING}) group by line) span
        join attestation v on v.id = span.last""",  # noqa: S608
    f"""create view events_plain as select e.id, e.seen_at, e.body ->> 'edition_at' as edition_at, e.kind,
            e.weight, e.cause, e.label, e.provider, e.body ->> '$.provider.name' as provider_name, e.source,
            e.body ->> '$.attestations[0].holder' as holder, {_OF_ONE.format("subject")} as service,
            coalesce({_OF_ONE.format("extra.certificate_number")}, {_OF_ONE.format("ref")}) as decision,
            {_OF_ONE.format("valid_from")} as valid_from, {_OF_ONE.format("valid_until")} as valid_until,
            json_array_length(e.body, '$.attestations') as "rows",
            {_TRUTH.format("expected")} as expected,
            coalesce(r.at, f.at) as taken_back_at,
            coalesce(r.reason, f.reason) as taken_back_why, e.run as look,
            e.body ->> '$.evidence.url' as document, e.body ->> '$.evidence.sha256' as document_sha256,
            e.body ->> '$.evidence.place' as place
        from event e left join retraction r on r.event = e.id left join forgotten f on f.run = e.run""",  # noqa: S608
    """create view expiries as select valid_until as last_printed_day, label, provider, provider_name, source,
            holder, service, decision, valid_from, to_be_confirmed, link, place, "row"
        from listed_now where valid_until is not null""",
    """create view looks as select r.id as look, r.source, r.at as looked_at, r.outcome,
            case r.believed when 1 then 'yes' else 'no' end as believed, r.edition_at,
            (select sum(value) from json_each(r.counts)) as "rows",
            (select count(*) from snapshot_page p where p.snapshot = r.snapshot) as documents,
            (select count(*) from event e where e.run = r.id) as events, r.message,
            f.at as forgotten_at, f.reason as forgotten_why
        from run r left join forgotten f on f.run = r.id""",
)
