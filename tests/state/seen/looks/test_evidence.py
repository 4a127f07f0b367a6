from __future__ import annotations

import hashlib
import pickle
import zlib
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy_memory import Toy

from state.file.errors import StoreError
from state.file.opening import open_store
from state.file.store import Store
from state.seen.looks import evidence, runs
from state.words.kept import SourceState

SOURCE = "anssi-catalogue"


def test_pages_come_back_byte_for_byte_with_all_that_was_noted(store: Store, toy: Toy) -> None:
    first = toy.page(
        bytes(range(256)) * 50,
        requested_url="https://register.example/",
        status=203,
        content_type="application/pdf",
        headers=(("etag", '"é"'), ("last-modified", "Wed, 04 Mar 2026 10:00:00 GMT")),
    )
    second = toy.page(b"", url="https://register.example/2")
    kept = evidence.keep(store, SOURCE, [first, second], toy.now)
    assert evidence.pages(store, kept.id) == (first, second)
    assert kept.sha256s == (first.sha256, second.sha256)
    assert kept.urls == (first.url, second.url)
    assert evidence.snapshot(store, kept.id) == kept


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(bodies=st.lists(st.binary(max_size=200), max_size=4))
def test_any_bytes_come_back(toy: Toy, bodies: list[bytes]) -> None:
    with open_store(":memory:") as store:
        pages = tuple(toy.page(body, url=f"https://r.example/{n}") for n, body in enumerate(bodies))
        kept = evidence.keep(store, SOURCE, pages, toy.now)
        assert evidence.pages(store, kept.id) == pages


def test_the_hash_of_a_page_is_that_of_its_own_bytes_whatever_it_was_made_of(store: Store, toy: Toy) -> None:
    kept = evidence.keep(store, SOURCE, [toy.page(b"kept")], toy.now)
    [read] = evidence.pages(store, kept.id)
    assert read.sha256 == hashlib.sha256(b"kept").hexdigest()
    assert replace(read, body=b"other").sha256 == hashlib.sha256(b"other").hexdigest()
    assert pickle.loads(pickle.dumps(read)).sha256 == read.sha256
    assert read == toy.page(b"kept")


def test_an_unchanged_look_keeps_nothing_new(store: Store, toy: Toy) -> None:
    first = evidence.keep(store, SOURCE, [toy.page(headers=(("date", "1"),))], toy.now)
    later = toy.page(headers=(("date", "2"),), fetched_at=toy.later(hours=6))
    assert evidence.keep(store, SOURCE, [later], toy.later(hours=6)) == first
    assert evidence.pages(store, first.id)[0].headers == (("date", "1"),)
    assert store.q("select count(*) as n from snapshot_page") == [{"n": 1}]


def test_a_register_that_returns_to_earlier_bytes_returns_to_that_snapshot(store: Store, toy: Toy) -> None:
    first = evidence.keep(store, SOURCE, [toy.page(b"a")], toy.now)
    evidence.keep(store, SOURCE, [toy.page(b"b")], toy.now)
    assert evidence.keep(store, SOURCE, [toy.page(b"a")], toy.now) == first


def test_one_body_is_stored_once_for_all_sources_and_addresses(store: Store, toy: Toy) -> None:
    pages = [toy.page(b"same"), toy.page(b"same", url="https://register.example/2")]
    one = evidence.keep(store, SOURCE, pages, toy.now)
    other = evidence.keep(store, "ans-hds", pages, toy.now)
    assert one.id != other.id
    assert store.q("select count(*) as n from page") == [{"n": 1}]


@pytest.mark.parametrize("change", ["bytes", "address", "asked", "order"])
def test_another_look_is_another_snapshot(store: Store, toy: Toy, change: str) -> None:
    one, two = toy.page(b"1"), toy.page(b"2", url="https://register.example/2")
    looks = {
        "bytes": [one, toy.page(b"3", url=two.url)],
        "address": [one, toy.page(b"2", url="https://register.example/3")],
        "asked": [one, toy.page(b"2", url=two.url, requested_url="https://register.example/old")],
        "order": [two, one],
    }
    first = evidence.keep(store, SOURCE, [one, two], toy.now)
    assert evidence.keep(store, SOURCE, looks[change], toy.now).id != first.id


def test_bodies_are_compressed(store: Store, toy: Toy) -> None:
    evidence.keep(store, SOURCE, [toy.page(b"<tr><td></td></tr>" * 10_000)], toy.now)
    assert store.q("select length(body) as n from page")[0]["n"] < 2_000


@pytest.mark.parametrize(
    "body",
    [zlib.compress(b"forged"), b"not compressed", zlib.compress(b"x" * 100_000), b""],
    ids=["other bytes", "no compression", "too many bytes", "nothing"],
)
def test_damaged_evidence_is_never_read_as_good(store: Store, toy: Toy, body: bytes) -> None:
    kept = evidence.keep(store, SOURCE, [toy.page(b"genuine")], toy.now)
    store.q("update page set body = :body", body=body)
    expected = hashlib.sha256(b"genuine").hexdigest()
    with pytest.raises(StoreError, match=f"evidence damaged: .*{expected}"):
        evidence.pages(store, kept.id)


def test_a_snapshot_that_never_was_is_a_lookup_error(store: Store) -> None:
    with pytest.raises(LookupError, match="no snapshot 7"):
        evidence.snapshot(store, 7)
    with pytest.raises(LookupError, match="no snapshot 7"):
        evidence.pages(store, 7)


def test_only_a_page_that_was_read_and_committed_may_answer_a_conditional_request(
    store: Store, toy: Toy
) -> None:
    asked = "https://register.example/"
    read = toy.page(b"read", requested_url=asked)
    kept = evidence.keep(store, SOURCE, [read], toy.now)
    assert evidence.kept_page(store, SOURCE, asked) is None
    runs.save_state(store, SourceState(source=SOURCE, snapshot=kept.id))
    evidence.keep(store, SOURCE, [toy.page(b"fetched, never read", requested_url=asked)], toy.now)
    assert evidence.kept_page(store, SOURCE, asked) == read
    assert evidence.kept_page(store, SOURCE, read.url) is None
    assert evidence.kept_page(store, "ans-hds", asked) is None
