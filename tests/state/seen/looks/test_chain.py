"""The chain of runs, and what the audit sees when somebody rewrites the past."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from raw import unguarded
from toy_memory import Toy

from state.file.errors import Broke, StoreError
from state.file.store import Store
from state.kept import audit
from state.model import Evidence
from state.seen.events import log
from state.seen.looks import chain, evidence, runs
from state.seen.rows import listings
from state.seen.taken_back import retractions
from state.words.kept import Transition
from state.words.post import Retraction


def write(toy: Toy, run: int, *holders: str) -> chain.Link:
    """One run that read these holders, one event and one row each."""
    store = toy.store
    snapshot = evidence.keep(store, "ans-hds", [toy.page(" ".join(holders).encode())], toy.later(days=run))
    with store.transaction():
        rows = range(listings.next_row(store), listings.next_row(store) + len(holders))
        known = [toy.known(row, holder=holder) for row, holder in zip(rows, holders, strict=True)]
        proof = Evidence(snapshot=snapshot.id, url="https://r.test", sha256=snapshot.sha256s[0], place="p. 1")
        first = log.next_event(store)
        events = [toy.event(first + n, rows=(row,), evidence=proof) for n, row in enumerate(rows)]
        at = toy.later(days=run)
        runs.record(store, toy.run(run, at=at, snapshot=snapshot.id))
        log.append(store, run, events)
        listings.accept(store, "ans-hds", run, at, None, Transition(added=tuple(known)))
        return chain.extend(store, run)


@pytest.fixture
def chained(toy: Toy) -> Toy:
    for run, holders in enumerate((["Bleu", "OVH"], ["Numspot"], []), 1):
        write(toy, run, *holders)
    return toy


def forge(store: Store, sql: str) -> None:
    """Changes the memory as somebody with the file in hands would: no trigger in the way."""
    unguarded(store)
    store.q(sql)


def test_a_link_is_hashed_as_sha256sum_hashes_a_file_of_that_line(chained: Toy) -> None:
    for link in chain.links(chained.store):
        assert link.hash == hashlib.sha256(link.body.encode() + b"\n").hexdigest()


def test_each_link_names_the_one_before(chained: Toy) -> None:
    links = list(chain.links(chained.store))
    assert [link.number for link in links] == [1, 2, 3]
    assert [link.previous for link in links] == [chain.START, links[0].hash, links[1].hash]
    assert chain.head(chained.store) == links[2].hash


def test_a_memory_without_runs_has_a_head_that_says_so(store: Store) -> None:
    assert chain.head(store) == "0" * 64
    assert list(chain.links(store)) == []
    assert audit.faults(store) == ()


def test_a_link_covers_events_pages_listing_and_run(chained: Toy) -> None:
    store = chained.store
    facts = chain.link_of(store, 1).facts
    assert [each["id"] for each in facts["events"]] == [1, 2]
    assert facts["events"][0]["sha256"] == chain.sealed(chain.event_line(store, 1))
    assert facts["snapshots"] == [{"id": 1, "sha256": chain.sealed(chain.snapshot_line(store, 1))}]
    assert evidence.snapshot(store, 1).sha256s[0] in chain.snapshot_line(store, 1)
    assert facts["run"]["outcome"] == "ok"
    assert facts["listing"] == chain.listing_digest(store, "ans-hds", 1)


def test_the_listing_after_an_old_run_can_be_shown_later(chained: Toy) -> None:
    rows = [json.loads(line) for line in chain.listing_lines(chained.store, "ans-hds", 1)]
    assert [row["stated"]["holder"] for row in rows] == ["Bleu", "OVH"]
    later = [json.loads(line) for line in chain.listing_lines(chained.store, "ans-hds", 3)]
    assert [row["stated"]["holder"] for row in later] == ["Bleu", "OVH", "Numspot"]


def test_links_come_in_batches_and_in_order(toy: Toy) -> None:
    with toy.store.transaction():
        for number in range(1, 1203):
            chain.add(toy.store, "retraction", number, {})
    assert [link.number for link in chain.links(toy.store)] == list(range(1, 1203))
    assert [link.number for link in chain.links(toy.store, 499, 502)] == [499, 500, 501, 502]


def test_a_retraction_has_its_link_too(chained: Toy) -> None:
    last = chain.head(chained.store)
    taken_back(chained)
    [link] = chain.links(chained.store, 4)
    assert (link.kind, link.record, link.previous) == ("retraction", 2, last)
    assert link.facts["reason"] == "our mistake"
    assert audit.faults(chained.store) == ()


def taken_back(toy: Toy) -> None:
    retractions.record(toy.store, Retraction(event=2, reason="our mistake", by="U1", at=toy.later(days=9)))


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("update retraction set reason = 'theirs'", "retraction of event 2: was altered"),
        ("delete from retraction", "retraction of event 2: was taken away"),
        ("insert into retraction values (1, 'x', 'y', 'z')", "retraction of event 1: is not in the chain"),
    ],
)
def test_whoever_rewrites_a_retraction_is_seen(chained: Toy, sql: str, said: str) -> None:
    taken_back(chained)
    forge(chained.store, sql)
    assert audit.faults(chained.store) == (said,)


def test_the_chain_refuses_changes(chained: Toy) -> None:
    for sql in ("update link set body = '{}' where number = 1", "delete from link where number = 3"):
        with pytest.raises(Broke, match="append-only"):
            chained.store.q(sql)


def test_one_record_has_one_link(chained: Toy) -> None:
    with pytest.raises(Broke, match=r"(?i)unique"):
        chain.extend(chained.store, 1)


def test_a_link_is_carried_only_after_the_one_it_names(chained: Toy, tmp_path: Path) -> None:
    from state.file.opening import open_store

    with open_store(str(tmp_path / "other.db")) as other:
        links = list(chain.links(chained.store))
        chain.carry(other, links[0])
        with pytest.raises(StoreError, match="link 3: expected to follow"):
            chain.carry(other, links[2])


def test_a_run_without_a_link_is_told_by_name(toy: Toy) -> None:
    toy.recorded()
    with pytest.raises(LookupError, match="run 1 is not in the chain"):
        chain.link_of(toy.store, 1)


def test_a_whole_memory_has_no_fault(chained: Toy) -> None:
    assert audit.faults(chained.store) == ()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("update event set body = replace(body, 'Bleu', 'Blau') where id = 1", "event 1: was altered"),
        ("delete from event where id = 3", "event 3: was taken away"),
        (
            "insert into event select 9, run, kind, weight, cause, provider, label, source, seen_at, body "
            "from event where id = 3",
            "event 9: was added",
        ),
        ("update run set message = 'all well' where id = 2", "run 2: its message"),
        ("update run set at = '2020-01-01T00:00:00Z' where id = 2", "run 2: its at"),
        ("delete from run where id = 3", "run 3: is in the chain, and not in the memory"),
        (
            "insert into run select 4, source, at, outcome, message, snapshot, revision, edition_at, counts, "
            "held, believed, unread, reasons, stated, served_at, clock, clock_confirmed from run "
            "where id = 3",
            "run 4 of ans-hds: is not in the chain",
        ),
        (
            "update snapshot_page set url = 'https://elsewhere' where snapshot = 2",
            "snapshot 2: its addresses",
        ),
        ("update snapshot set fetched_at = '2020-01-01T00:00:00Z' where id = 1", "snapshot 1: its addresses"),
        (
            "update page set body = (select body from page order by sha256 limit 1) where sha256 = "
            "(select sha256 from page order by sha256 desc limit 1)",
            "evidence damaged",
        ),
        (
            "update attestation set facts = replace(facts, 'OVH', 'OHV')",
            "listing of ans-hds after run 1",
        ),
        (
            "update attestation set since_run = 3 where line = 3",
            "listing of ans-hds after run 2",
        ),
        ("delete from attestation where line = 1", "listing of ans-hds after run 1"),
        (
            "insert into attestation select 99, 99, source, label, provider, provider_name, holder, facts, "
            "url, page, place, end_seen_at, missing_since, missing_looks, 3, since_at, since_edition, null, "
            "null, null, '' from attestation where line = 1",
            "listing of ans-hds after run 3",
        ),
        ("update link set body = replace(body, 'ok', 'no') where number = 2", "link 2: expected a line with"),
        ("update link set record = 77 where number = 2", "link 2: its columns"),
        ("delete from link where number = 1", "link 2: expected number 1"),
        ("delete from link where number = 2", "link 3: expected number 2"),
        ("delete from link where number = 3", "run 3 of ans-hds: is not in the chain"),
    ],
)
def test_whoever_rewrites_the_memory_is_seen(chained: Toy, sql: str, said: str) -> None:
    forge(chained.store, sql)
    assert any(fault.startswith(said) for fault in audit.faults(chained.store)), audit.faults(chained.store)


def test_a_chain_made_anew_has_another_head(chained: Toy, tmp_path: Path) -> None:
    from state.file.opening import open_store

    with open_store(str(tmp_path / "other.db")) as other:
        rewritten = Toy(other)
        for run, holders in enumerate((["Bleu", "OVHcloud"], ["Numspot"], []), 1):
            write(rewritten, run, *holders)
        assert audit.faults(other) == ()
        assert chain.head(other) != chain.head(chained.store)


def test_faults_are_told_up_to_a_point(chained: Toy) -> None:
    forge(chained.store, "update attestation set facts = replace(facts, 'hds', 'sdh')")
    assert 0 < len(audit.faults(chained.store)) <= audit.MOST
