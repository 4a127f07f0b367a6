"""The words that searches ask are those of the rows as they stand, whoever wrote them and whichever way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from raw import words_of
from toy_register import ToyRegister
from toy_story import Story

from state import search
from state.file.opening import open_store
from state.file.sqlite.store import SQLiteStore
from state.file.store import Store
from state.kept import rebuild
from state.kept.backup import back_up, restore
from state.names import name_key, print_key, words
from state.seen.looks import chain, runs
from state.seen.rows import listings
from state.seen.who import providers, spellings
from state.seen.who.providers import load_providers
from watcher.look.forget import forget

LABEL, SOURCE = "secnumcloud", ToyRegister().name
CHIP, S3NS = 1, 3
"""The lines of life of two rows, which the first look numbers by what they are."""
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
FIRST = """edition 2026-03-01
secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17
secnumcloud | Cœur & Cie SAS | Nuage | 2025_12 | 2025-12-17 | 2028-12-17
cc | Samsung | S3NSEN6 chip | ANSSI-CC-2023/60 | 2023-12-17 | 2028-12-17"""
SECOND = FIRST.replace("edition 2026-03-01", "edition 2026-03-04").replace("Cœur & Cie SAS", "Cœur Atout SAS")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "search.db"


@pytest.fixture
def story(path: Path) -> Story:
    story = Story(open_store(str(path)))
    story.see("2026-03-01", FIRST)
    return story


def found(store: Store, text: str) -> set[str]:
    """The slugs of the providers that have a name with these words."""
    return {slug for slug, _ in search.names(store, search.all_of(words(text)))}


def rows(store: Store, text: str, *where: str) -> set[int]:
    return {one.line for one in search.lines(store, search.all_of(words(text), where))}


def assert_whole(store: Store) -> None:
    """The index holds what the spellings say, each word of it and no other."""
    spelt = store.q("select id, provider, provider_name, holder, subject, ref from spelling order by id")
    named: dict[tuple[str, str], int] = {}
    for row in spelt:
        for name in (row["provider_name"], row["holder"]):
            named[row["provider"], name] = named.get((row["provider"], name), 0) + 1
    kept = {row["id"]: row for row in store.q("select * from name")}
    assert {
        (one["provider"], one["name"]): one["spellings"] for one in kept.values() if one["spellings"]
    } == named
    assert all(one["spellings"] or one["called"] for one in kept.values())
    assert said(store, "name_words") == {(id, "name"): words(one["name"]) for id, one in kept.items()}
    expected = {
        (row["id"], column): words(text)
        for row in spelt
        for column, text in (
            ("holder", row["holder"]),
            ("subject", row["subject"]),
            ("provider_name", f"{row['provider_name']} {row['provider']}"),
            ("ref", row["ref"]),
        )
    }
    assert said(store, "row_words") == {place: said for place, said in expected.items() if said}


def said(store: Store, table: str) -> dict[tuple[int, str], tuple[str, ...]]:
    """The words that an index holds, by the number and the column of the text they are in, in order."""
    found: dict[tuple[int, str], tuple[str, ...]] = {}
    for number, column, offset, word in words_of(store, table):
        place = (number, column)
        assert len(found.get(place, ())) == offset, "a place has one word"
        found[place] = (*found.get(place, ()), word)
    return found


def changed(story: Story) -> None:
    story.see("2026-03-04", SECOND)
    assert found(story.store, "coeur atout") == {"coeur-atout"}
    assert found(story.store, "cœur & cie") == {"coeur-cie"}  # it was, and a search tells of the past as well


def forgotten(story: Story) -> None:
    changed(story)
    forget(story.store, None, runs.run(story.store, 2), "the wrong file", NOW)
    assert found(story.store, "coeur atout") == set()


def called_otherwise(story: Story) -> None:
    """An operator says whose a printed name is, and takes it back."""
    alias = {"provider": "bleu", "name": "Cœur & Cie SAS", "source": SOURCE, "label": LABEL}
    for order, slug in ((providers.add_alias, "bleu"), (providers.remove_alias, "coeur-cie")):
        order(story.store, **alias, reason="said so", now=NOW)
        listings.restamp(story.store, load_providers(story.store).resolve)
        assert found(story.store, "coeur") == {slug}
        assert_whole(story.store)


def of_other_rules(story: Story) -> None:
    """As after an upgrade: words are made anew before anything is asked."""
    story.store.q("update keyed set rules = 'older'")
    if isinstance(story.store, SQLiteStore):
        story.store.q("insert into name_words (name_words) values ('delete-all')")
        story.store.q("insert into name_words (rowid, name) values (1, ' otherwise ')")
    else:
        story.store.q("update name_words set words = 'otherwise:1' where rowid = 1")


@pytest.mark.parametrize(
    "done", [changed, forgotten, called_otherwise, of_other_rules], ids=lambda done: done.__name__
)
def test_the_index_is_right_after_every_write_for_every_process(
    story: Story, path: Path, done: Callable[[Story], None]
) -> None:
    done(story)

    with open_store(str(path)) as other:
        assert_whole(other)


@pytest.mark.sqlite("copies a file")
def test_a_copy_that_was_put_back_finds_the_same(story: Story, path: Path, tmp_path: Path) -> None:
    back_up(str(path), tmp_path / "copy")
    restore(tmp_path / "copy", str(tmp_path / "back.db"))

    with open_store(str(tmp_path / "back.db")) as back:
        assert_whole(back)
        assert rows(back, "S3NS") == rows(story.store, "S3NS") == {S3NS}


def test_a_memory_that_is_rebuilt_run_by_run_finds_the_same(story: Story, tmp_path: Path) -> None:
    changed(story)
    with open_store(str(tmp_path / "rebuilt.db")) as new:
        for link in chain.links(story.store):
            for snapshot in link.facts["snapshots"]:
                rebuild.carry_snapshot(story.store, new, snapshot["id"])
            rebuild.carry_run(story.store, new, link)
        assert_whole(new)
        for text in ("S3NS", "coeur", "atout", "2057"):
            assert rows(new, text) == rows(story.store, text) != set()


def test_whole_words_are_found_in_the_part_that_was_asked(story: Story) -> None:
    assert rows(story.store, "S3NS") == {S3NS}
    assert rows(story.store, "s3nsen6") == {CHIP}
    assert rows(story.store, "2057", "ref") == {S3NS}
    assert rows(story.store, "2057", "subject") == set()
    assert rows(story.store, "anssi cc 2023 60", "ref") == {CHIP}
    assert found(story.store, "CŒUR") == {"coeur-cie"}


HOSTILE = (
    '"', '""', "*", "s3ns*", "NEAR(cloud s3ns)", "cloud NOT s3ns", "-s3ns", "^cloud", "subject:cloud",
    "{ref}:2057", "cloud OR nuage", "AND", "(", "'; drop table name; --", "\0", "a" * 5_000, "☃ 🙂", "%", "_",
    "\\", "cloud + s3ns", "é" * 300, "rowid", "' OR 1=1", "NULL",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=repr)
def test_signs_and_operators_are_words_or_nothing(story: Story, text: str) -> None:
    """No query language shows through: what is found is what has these words, whatever they look like."""
    store, wanted = story.store, words(text)
    every = [(row.known.row, row.known.attestation, row.known.provider) for row in listings.versions(store)]
    having = {
        line
        for line, row, who in every
        if wanted and set(wanted) <= set(words(f"{row.holder} {row.subject} {row.ref} {who.name} {who.slug}"))
    }
    assert rows(store, text) == having
    assert spellings.mentioned(store, text) >= set()
    assert isinstance(spellings.lines(store, text), tuple)


@pytest.fixture(scope="module")
def blank() -> Store:
    return open_store(":memory:")


@given(st.lists(st.text(max_size=30), min_size=1, max_size=8))
@example(["\0²"])
@settings(max_examples=300, deadline=None)
def test_any_text_is_found_by_itself(blank: Store, texts: list[str]) -> None:
    """Whatever letters there are: what a register prints is found when it is typed as it is printed."""
    try:
        with blank.transaction():
            for n, text in enumerate(texts, 1):
                blank.q(
                    "insert into name (provider, name, spellings) values (:n, :text, 1)", n=str(n), text=text
                )
        for n, text in enumerate(texts, 1):
            if words(text):
                assert str(n) in found(blank, text), (text, print_key(text), name_key(text))
    finally:
        with blank.transaction():
            blank.q("update name set spellings = 0")
            blank.q("update keyed set spelling = -1")  # something was written
        assert said(blank, "name_words") == {}
