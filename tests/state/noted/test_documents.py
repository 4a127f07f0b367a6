"""What documents say of the past: a person's word, kept with the document, never changed, only taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from toy_memory import NOW, Toy

from state.file.errors import Broke, Full, StoreError
from state.file.store import Store
from state.kept import audit
from state.model import Provider
from state.noted import documents
from state.noted.documents import take_back, write
from state.seen.rows import overview
from state.words.documented import Documented

PAPER = b"%PDF-1.4 a decision of 2009"
SHA = hashlib.sha256(PAPER).hexdigest()
OLD = Documented(
    label="hds",
    provider=Provider(slug="ancien", name="Ancien"),
    holder="ANCIEN SAS",
    ref="A-2009-1",
    issuer="Ministère de la Santé",
    valid_from=date(2009, 6, 1),
    valid_until=date(2012, 5, 31),
    file="arrete.pdf",
    sha256=SHA,
    page=2,
    by="Léa",
)


def kept(store: Store, *new: Documented) -> int:
    return write(store, new, lambda _: PAPER, NOW)


def test_a_document_is_kept_once_with_all_that_it_says(store: Store) -> None:
    assert kept(store, OLD, replace(OLD, page=3, service="Coffre", scope=("a", "b"))) == 2
    [first, second] = documents.documents(store, label="hds")
    assert documents.stated(first) == OLD
    assert (first.number, first.at, second.scope) == (1, NOW, ("a", "b"))
    assert documents.body(store, SHA) == PAPER
    assert store.q("select count(*) as n from page") == [{"n": 1}]


def test_the_same_again_changes_nothing_whoever_says_it(store: Store, toy: Toy) -> None:
    kept(store, OLD)
    again = [replace(OLD, by="Max", note="said again", holder="Ancien  SAS"), OLD]
    assert write(store, again, lambda _: PAPER, toy.later(days=1)) == 0
    assert [one.by for one in documents.documents(store)] == ["Léa"]


def test_what_was_taken_back_is_on_record_and_counts_no_more(store: Store, toy: Toy) -> None:
    kept(store, OLD)
    gone = take_back(store, 1, "another company", "Max", toy.later(days=1))
    assert (gone.removed_reason, gone.removed_by) == ("another company", "Max")
    assert documents.documents(store) == ()
    assert [one.number for one in documents.documents(store, removed=True)] == [1]
    assert documents.provider(store, "ancien") is None
    with pytest.raises(LookupError):
        documents.body(store, SHA)
    with pytest.raises(LookupError):
        take_back(store, 1, "again", "Max", toy.later(days=2))
    assert kept(store, OLD) == 1


@pytest.mark.parametrize(("reason", "by"), [("", "Max"), ("wrong", " ")])
def test_taking_back_needs_a_reason_and_who_says_so(store: Store, reason: str, by: str) -> None:
    kept(store, OLD)
    with pytest.raises(StoreError, match="expected a reason"):
        take_back(store, 1, reason, by, NOW)
    assert len(documents.documents(store)) == 1


@pytest.mark.parametrize(
    "change",
    [
        "update documented set valid_until = '2030-01-01'",
        "update documented set note = 'other'",
        "delete from documented",
    ],
)
def test_the_memory_itself_lets_nobody_change_what_a_document_says(store: Store, change: str) -> None:
    kept(store, OLD)
    with pytest.raises(Broke, match="taken back"):
        store.q(change)


def test_a_document_that_changes_meanwhile_keeps_all_from_being_written(store: Store) -> None:
    other = hashlib.sha256(b"another").hexdigest()
    bodies = {SHA: PAPER, other: b"changed meanwhile"}
    with pytest.raises(StoreError, match="found others"):
        write(store, [OLD, replace(OLD, sha256=other, page=9)], bodies.__getitem__, NOW)
    assert documents.documents(store) == ()
    assert store.q("select * from page") == []


@pytest.mark.sqlite("a limit of its own")
def test_a_full_disk_in_the_middle_leaves_nothing_behind(store: Store) -> None:
    kept(store, OLD)
    pages = store.q("pragma page_count")[0]["page_count"]
    store.q(f"pragma max_page_count = {pages + 3}")
    large = [hashlib.sha256(bytes([n])).digest() * 900 for n in range(9)]
    bodies = {hashlib.sha256(body).hexdigest(): body for body in map(_noise, large)}
    new = [replace(OLD, sha256=sha256, page=9) for sha256 in bodies]
    with pytest.raises(Full, match="full"):
        write(store, new, bodies.__getitem__, NOW)
    assert len(documents.documents(store)) == 1
    assert len(store.q("select sha256 from page")) == 1
    store.q("pragma max_page_count = 100000")
    assert write(store, new, bodies.__getitem__, NOW) == 9


def _noise(seed: bytes) -> bytes:
    """Bytes that cannot be packed."""
    return b"".join(hashlib.sha256(seed[n : n + 40] + bytes([n % 251])).digest() for n in range(600))


def test_whose_it_is_may_be_judged_anew(store: Store) -> None:
    kept(store, OLD)
    new = Provider(slug="nouveau", name="Nouveau")
    assert documents.restamp(store, lambda holder, label: new) == 1
    assert [one.provider for one in documents.documents(store)] == [new]
    assert store.q("select provider, name from name order by name") == [
        {"provider": "nouveau", "name": "ANCIEN SAS"},
        {"provider": "nouveau", "name": "Nouveau"},
    ]


def test_a_search_finds_whom_a_document_names_until_it_is_taken_back(store: Store) -> None:
    kept(store, OLD, replace(OLD, page=3))
    take_back(store, 1, "twice", "Max", NOW)
    assert {row["name"]: row["documented"] for row in store.q("select * from name")} == {
        "Ancien": 1,
        "ANCIEN SAS": 1,
    }
    take_back(store, 2, "wrong", "Max", NOW)
    assert store.q("select * from name") == []
    assert store.q("select rowid from name_words where name_words match 'ancien'") == []


def test_another_process_sees_a_document_at_once(store: Store, again: Callable[[], Store]) -> None:
    other = again()
    edges = [overview.edge(other)]
    kept(store, OLD)
    edges.append(overview.edge(other))
    take_back(store, 1, "wrong", "Max", NOW)
    edges.append(overview.edge(other))
    assert edges[0] < edges[1] < edges[2]


def test_an_audit_reads_the_documents_too(store: Store) -> None:
    kept(store, OLD)
    assert audit.faults(store) == ()
    store.q("update page set body = x'00'")
    assert [fault for fault in audit.faults(store) if SHA in fault]


def test_a_document_vouches_for_the_days_that_it_prints_and_no_others() -> None:
    assert OLD.span == (date(2009, 6, 1), date(2012, 5, 31))
    assert [OLD.covers(date(2009, 5, 31)), OLD.covers(date(2009, 6, 1))] == [False, True]
    assert [OLD.covers(date(2012, 5, 31)), OLD.covers(date(2012, 6, 1))] == [True, False]
    withdrawn = replace(OLD, withdrawn_on=date(2011, 1, 10))
    assert [withdrawn.covers(date(2011, 1, 9)), withdrawn.covers(date(2011, 1, 10))] == [True, False]


def test_what_prints_no_end_or_no_beginning_says_less_and_never_more() -> None:
    made = date(2010, 3, 1)
    no_end = replace(OLD, valid_until=None, dated=made)
    assert no_end.span == (date(2009, 6, 1), made)
    no_beginning = replace(OLD, valid_from=None, dated=made)
    assert no_beginning.span == (made, date(2012, 5, 31))
    assert replace(OLD, valid_until=None).span == (date(2009, 6, 1), date(2009, 6, 1))
    assert replace(OLD, valid_from=None, dated=date(2014, 1, 1)).span is None


def test_two_documents_are_about_one_thing_by_number_else_by_service() -> None:
    letter = replace(OLD, valid_from=None, valid_until=None, withdrawn_on=date(2011, 1, 10))
    assert letter.denies(OLD, date(2011, 1, 10))
    assert not letter.denies(OLD, date(2011, 1, 9))
    assert not replace(letter, ref="A-2010-7").denies(OLD, date(2011, 2, 1))
    assert replace(letter, ref="").denies(OLD, date(2011, 2, 1))
    assert not replace(letter, ref="", service="Coffre").denies(OLD, date(2011, 2, 1))
