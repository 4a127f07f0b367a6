"""The index of words as SQLite keeps it, and how it is asked: two tables of FTS5, which follow from `name`
and `spelling` (`state.file.sqlite.keys`). The words are those of `state.names.spoken`, folded before they
are written."""

from __future__ import annotations

from collections.abc import Collection

from state.search import ROW, All, Both, Either, OneOf, Phrase, Wish

# Nothing is left for the tokenizer to fold: `spoken` folds more (œ, entities), and in the same way whichever
# SQLite reads the file. No search ranks by how long a text is, so that is not kept. Rows keep their words in
# columns: what somebody calls a service is not what a decision is numbered.
_WORDS = "columnsize = 0, tokenize = 'unicode61 remove_diacritics 0'"
# As it was until names had a table of their own.
_ROW = """insert into row_words (rowid, holder, subject, name, ref) select {s}.id, spoken({s}.holder),
    spoken({s}.subject), spoken({s}.provider_name) || spoken({s}.provider), spoken({s}.ref)"""


# Each text by a call, be it plain ASCII: patterns of SQLite read a text to its first NUL, and no further.
_SAID = (
    """spoken(s.holder), spoken(s.subject), spoken(s.provider_name) || spoken(s.provider), spoken(s.ref)"""
)


def _named(origin: str) -> str:
    """Counts every name that spellings have: that of the provider, and the holder."""
    return f"""insert into name (provider, name, spellings) select provider, name, count(*) from (
            select provider, provider_name as name {origin} union all select provider, holder {origin})
        where true group by provider, name
        on conflict (provider, name) do update set spellings = spellings + excluded.spellings"""  # noqa: S608


def _counted(name: str) -> str:
    return f"""insert into name (provider, name, spellings) values (new.provider, new.{name}, 1)
        on conflict (provider, name) do update set spellings = spellings + 1;"""  # noqa: S608


def _uncounted(name: str) -> str:
    return f"""update name set spellings = spellings - 1 where (provider, name) = (old.provider, old.{name});
        delete from name where spellings = 0 and (provider, name) = (old.provider, old.{name});"""  # noqa: S608


# Triggers see to it that no search is older than the rows. What a spelling consists of never changes: a row
# that is spelt otherwise has another.
SEARCH = (
    """create table name (
        id integer not null primary key,
        provider text not null,
        name text not null,
        spellings integer not null check (spellings >= 0),
        unique (provider, name)
    ) strict""",
    f"create virtual table name_words using fts5 (said, {_WORDS})",
    f"create virtual table row_words using fts5 (holder, subject, name, ref, {_WORDS})",
    """create trigger name_begins after insert on name begin
        insert into name_words (rowid, said) values (new.id, spoken(new.name)); end""",
    """create trigger name_ends after delete on name begin
        delete from name_words where rowid = old.id; end""",
    f"""create trigger spelling_searched after insert on spelling begin
        {_counted("provider_name")} {_counted("holder")}
        {_ROW.format(s="new")}; end""",
    f"""create trigger spelling_unsearched after delete on spelling begin
        {_uncounted("provider_name")} {_uncounted("holder")}
        delete from row_words where rowid = old.id; end""",  # noqa: S608
    _named("from spelling"),
    f"{_ROW.format(s='s')} from spelling s",
)


def _documented(row: str, sign: str) -> str:
    """Counts the names that a document gives, once more (`+`) or once less; a name that nothing has any more
    goes when the transaction ends."""
    each = f"""select {row}.provider as who, {row}.provider_name as named
        union all select {row}.provider, {row}.holder"""
    return f"""insert into name (provider, name) select who, named from ({each}) where true
            on conflict (provider, name) do nothing;
        update name set documented = documented
            {sign} (select count(*) from ({each}) where (who, named) = (provider, name))
            where (provider, name) in ({each});"""  # noqa: S608


NAMELESS = "spellings = 0 and called = 0 and documented = 0"
DOCUMENTED = (
    ("named", "insert on documented", _documented("new", "+")),
    ("unnamed", "update of removed_at on documented when old.removed_at is null", _documented("old", "-")),
    (
        "renamed",
        "update of provider, provider_name on documented when old.removed_at is null",
        _documented("old", "-") + _documented("new", "+"),
    ),
)
"""What counts the names of documents: by which trigger, when, and how."""
# Names with their keys, those that only events were written with too (`called`), or that only documents give:
# counted apart, since whom a name means is told by what registers print. Keys are null until they are made;
# that of a slug is "" where it is the slug, as of nearly all. And words without a copy of their own, which
# took as much room as the index: words that go are told to it, by the rules they were made by. Whoever reads
# those tables is shown the texts.
NAMES = (
    "drop table name_words",
    "drop table row_words",
    "alter table name rename to name_before",
    """create table name (
        id integer not null primary key,
        provider text not null,
        name text not null,
        spellings integer not null default 0 check (spellings >= 0),
        documented integer not null default 0 check (documented >= 0),
        called integer not null default 0 check (called in (0, 1)),
        print text,
        key text,
        slug text,
        unique (provider, name)
    ) strict""",
    "insert into name (id, provider, name, spellings) select id, provider, name, spellings from name_before",
    "drop table name_before",
    """insert into name (provider, name, called) select provider, name, 1 from called where true
        on conflict (provider, name) do update set called = 1""",
    "create index name_print on name (print, provider) where print is not null",
    "create index name_key on name (key, provider) where key is not null",
    f"create index name_gone on name (id) where {NAMELESS}",
    "create index name_slug on name (slug, provider) where slug <> ''",
    f"create virtual table name_words using fts5 (name, content = 'name', content_rowid = 'id', {_WORDS})",
    f"""create virtual table row_words using fts5 ({", ".join(ROW)},
        content = 'spelling', content_rowid = 'id', {_WORDS})""",
    # By which rules keys and words were made, and the last spelling and name that have theirs.
    "create table keyed (rules text not null, spelling integer not null, name integer not null) strict",
    "insert into keyed select '', coalesce(max(id), 0), 0 from spelling",
)
_COUNTED = """with each as (select provider, provider_name, holder, count(*) as counted
        from spelling where {which} group by 1, 2, 3)
    select provider, name, sum(counted) as counted from (
        select provider, provider_name as name, counted from each
        union all select provider, holder, counted from each)
    group by 1, 2"""
# In this order; `:spelling` and `:name` are those of `keyed`.
UNSAID_ROWS = f"""insert into row_words (row_words, rowid, {", ".join(ROW)})
    select 'delete', s.id, {_SAID} from spelling s where s.versions = 0 and s.id <= :spelling"""  # noqa: S608
COUNTED = (
    f"""update name set spellings = spellings - gone.counted
        from ({_COUNTED.format(which="versions = 0 and id <= :spelling")}) gone
        where name.provider = gone.provider and name.name = gone.name""",  # noqa: S608
    "delete from spelling where versions = 0",
    f"""insert into name (provider, name, spellings)
        select * from ({_COUNTED.format(which="id > :spelling")}) where true
        on conflict (provider, name) do update set spellings = spellings + excluded.spellings""",  # noqa: S608
)
UNSAID_NAMES = f"""insert into name_words (name_words, rowid, name)
    select 'delete', id, spoken(name) from name where {NAMELESS} and id <= :name"""  # noqa: S608
FORGOTTEN = f"delete from name where {NAMELESS}"  # noqa: S608
ALL_UNSAID = tuple(
    f"insert into {words} ({words}) values ('delete-all')"  # noqa: S608
    for words in ("name_words", "row_words")
)
_KEYS = """print_key({name}), name_key({name}),
    case print_key({provider}) when {provider} then '' else print_key({provider}) end"""
SAID = (
    f"""update name set (print, key, slug) = ({_KEYS.format(name="name", provider="provider")})
        where id > :name and (print is null or :anew)""",  # noqa: S608
    "insert into name_words (rowid, name) select id, spoken(name) from name where id > :name",
    f"""insert into row_words (rowid, {", ".join(ROW)}) select s.id, {_SAID}
        from spelling s where s.id > :spelling""",  # noqa: S608
)


def said(wish: Wish) -> str:
    """A wish as FTS5 reads it."""
    match wish:
        case All():
            every = " AND ".join(_quoted(word) + " *" * wish.begin for word in wish.words)
            return f"{_in(wish.where)}({every})"
        case OneOf():
            return f"{_in(wish.where)}({' OR '.join(map(_quoted, wish.words))})"
        case Phrase():
            return _in(wish.where) + _quoted(" ".join(wish.words))
        case Both():
            return " AND ".join(f"({said(one)})" for one in wish.wishes)
        case Either():
            return " OR ".join(f"({said(one)})" for one in wish.wishes)


def _quoted(word: str) -> str:
    # `state.names.words` lets neither quotes nor signs through; a word in quotes is data, be it NOT or NEAR.
    return f'"{word}"'


def _in(where: Collection[str]) -> str:
    return f"{{{' '.join(where)}}} : " if where else ""
