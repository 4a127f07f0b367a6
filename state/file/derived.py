"""Tables that follow from others, so that no question reads every version or event ever written.

Triggers keep them: whichever way a row is written, changed or taken back, they are right in the same
transaction, for every process. Steps of `state.file.migrations`, and like those never edited.
"""

from __future__ import annotations

SUBJECT = "coalesce({row}.facts ->> 'subject', '')"
REF = "coalesce({row}.facts -> 'extra' ->> 'certificate_number', {row}.facts ->> 'ref', '')"


def _spelling_of(row: str) -> str:
    """The columns of `attestation` that make one spelling, of a row named so."""
    plain = ("line", "source", "label", "provider", "provider_name", "holder")
    columns = ", ".join(f"{row}.{column}" for column in plain)
    return f"{columns}, {SUBJECT.format(row=row)}, {REF.format(row=row)}"


_KEY = "(line, source, label, provider, provider_name, holder, subject, ref)"
# Asked for before it is written: the keys of a spelling that is there already are not made again.
_BEGINS = f"""insert into spelling
    select n.*, 0, print_key(provider), print_key(provider_name), name_key(provider_name), print_key(holder),
        name_key(holder), spoken(holder) || '|' || spoken(subject),
        spoken(provider_name || ' ' || provider || ' ' || ref), key_rules()
    from (select new.line, new.source, new.label, new.provider, new.provider_name, new.holder,
        {SUBJECT.format(row="new")} as subject, {REF.format(row="new")} as ref) n
    where not exists (select 1 from spelling where {_KEY} = ({_spelling_of("new")}));
    update spelling set versions = versions + 1 where {_KEY} = ({_spelling_of("new")});"""  # noqa: S608
_ENDS = f"""update spelling set versions = versions - 1 where {_KEY} = ({_spelling_of("old")});
    delete from spelling where versions = 0 and {_KEY} = ({_spelling_of("old")});"""  # noqa: S608

# Every spelling of every line of life once, however many versions print it, with its keys; and every name
# that events were written with, which a later review of who is who does not change. The keys are made by
# functions of ours (`state.file.keys`); by which rules stands beside each.
SPELLINGS = (
    """create table spelling (
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
        rules text not null,
        primary key (line, provider, provider_name, holder, subject, ref, label, source)
    ) strict, without rowid""",
    f"""insert into spelling select {_spelling_of("a")}, count(*), '', '', '', '', '', '', '', ''
        from attestation a group by 1, 2, 3, 4, 5, 6, 7, 8""",  # noqa: S608
    "create index spelling_provider on spelling (provider, line)",
    "create index spelling_slug_print on spelling (slug_print, provider)",
    "create index spelling_name_print on spelling (name_print, provider)",
    "create index spelling_name_key on spelling (name_key, provider)",
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
