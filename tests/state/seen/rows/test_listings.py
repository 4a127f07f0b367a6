from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raw import triggers
from toy_memory import NOW, Toy, together

from state.file.errors import StoreError
from state.file.opening import open_store
from state.file.store import Store
from state.model import Attestation, Known, Provider
from state.seen.looks import runs
from state.seen.rows import listings
from state.words.kept import Transition

SOURCE = "ans-hds"


def accept(toy: Toy, run: int = 1, source: str = SOURCE, **transition: Any) -> None:
    """Records run `run`, which looked `run` hours after the first, and accepts its transition."""
    at = toy.later(hours=run)
    with toy.store.transaction():
        runs.record(toy.store, toy.run(run, at=at, source=source))
        listings.accept(toy.store, source, run, at, None, Transition(**transition))


def test_a_source_that_was_never_read_lists_nothing(store: Store) -> None:
    assert listings.listing(store, SOURCE) == ()
    assert listings.next_row(store) == 1


def test_an_accepted_listing_comes_back_ordered_by_row(store: Store, toy: Toy) -> None:
    one, two = (
        toy.known(1, holder="A"),
        toy.known(2, holder="B", extra={"Nouvelle colonne": "x"}, scope=("1",)),
    )
    accept(toy, added=(two, one))
    assert listings.listing(store, SOURCE) == (one, two)
    assert listings.next_row(store) == 3


def test_sources_keep_their_listings_apart(store: Store, toy: Toy) -> None:
    accept(toy, 1, added=(toy.known(1),))
    accept(toy, 2, source="anssi-catalogue", added=(toy.known(2),))
    assert [known.row for known in listings.listing(store, SOURCE)] == [1]
    assert [known.row for known in listings.listing(store, "anssi-catalogue")] == [2]


def test_a_revised_row_keeps_its_line_of_life_and_what_it_was(store: Store, toy: Toy) -> None:
    before, after = toy.known(1, scope=("1", "2")), toy.known(1, scope=("1",))
    accept(toy, 1, added=(before,))
    accept(toy, 2, revised=(after,))
    assert listings.listing(store, SOURCE) == (after,)
    first, second = listings.versions(store)
    assert (first.known, first.since, first.until) == (before, toy.later(hours=1), toy.later(hours=2))
    assert (second.known, second.since, second.until) == (after, toy.later(hours=2), None)
    assert (first.since_run, first.until_run, second.since_run, second.until_run) == (1, 2, 2, None)


def test_a_touched_row_makes_no_version(store: Store, toy: Toy) -> None:
    first = toy.known(1, place="p. 8", page=0, url="https://old.example")
    accept(toy, 1, added=(first,))
    newer = replace(first.attestation, place="p. 9", page=1, url="https://new.example")
    missing = replace(first, attestation=newer, missing_since=toy.later(hours=2), missing_looks=1)
    accept(toy, 2, touched=(missing,))
    assert listings.listing(store, SOURCE) == (missing,)
    assert len(listings.versions(store)) == 1


def test_the_place_in_a_version_fits_the_snapshot_that_first_showed_it(store: Store, toy: Toy) -> None:
    first = toy.known(1, place="p. 8", page=0)
    accept(toy, 1, added=(first,))
    moved = replace(
        first, attestation=replace(first.attestation, place="p. 9", page=1, url="https://new.example")
    )
    accept(toy, 2, touched=(moved,))
    [version] = listings.versions(store)
    shown = version.known.attestation
    assert (version.since_run, shown.page, shown.place) == (1, 0, "p. 8")
    assert shown.url == "https://new.example"


def test_a_removed_row_is_gone_and_remembered(store: Store, toy: Toy) -> None:
    accept(toy, 1, added=(toy.known(1),))
    accept(toy, 2, removed=(1,))
    assert listings.listing(store, SOURCE) == ()
    [version] = listings.versions(store)
    assert version.until == toy.later(hours=2)
    assert listings.next_row(store) == 2


def test_editions_are_remembered_at_both_ends(store: Store, toy: Toy) -> None:
    with store.transaction():
        runs.record(store, toy.run(1))
        listings.accept(store, SOURCE, 1, toy.now, toy.later(days=-2), Transition(added=(toy.known(1),)))
    with store.transaction():
        runs.record(store, toy.run(2))
        gone = Transition(removed=(1,))
        listings.accept(store, SOURCE, 2, toy.later(days=30), toy.later(days=29), gone)
    [version] = listings.versions(store)
    assert (version.since_edition, version.until_edition) == (toy.later(days=-2), toy.later(days=29))


def test_versions_are_found_by_label_provider_source_and_time(store: Store, toy: Toy) -> None:
    other = Provider(slug="ovhcloud", name="OVHcloud")
    accept(toy, 1, added=(toy.known(1), toy.known(2, provider=other, label="secnumcloud")))
    accept(toy, 2, source="anssi-catalogue", added=(toy.known(3),))
    accept(toy, 3, removed=(1,))

    def found(**wanted: Any) -> list[int]:
        return [version.known.row for version in listings.versions(store, **wanted)]

    assert found() == [1, 2, 3]
    assert found(label="secnumcloud") == found(provider="ovhcloud") == [2]
    assert found(source="anssi-catalogue") == [3]
    assert found(label="hds", provider="bleu", source=SOURCE) == [1]
    assert found(at=toy.later(minutes=59)) == []
    assert found(at=toy.later(hours=1)) == [1, 2]
    assert found(at=toy.later(hours=3, seconds=-1)) == [1, 2, 3]
    assert found(at=toy.later(hours=3)) == [2, 3]


def test_two_steps_of_one_run_leave_nothing_in_between(store: Store, toy: Toy) -> None:
    accept(toy, 1, added=(toy.known(1, scope=("1",)),))
    with store.transaction():
        runs.record(store, toy.run(2))
        for scope in (("1", "2"), ("1", "2", "3")):
            step = Transition(revised=(toy.known(1, scope=scope),))
            listings.accept(store, SOURCE, 2, toy.later(hours=2), None, step)
    [standing] = listings.versions(store, at=toy.later(hours=2))
    assert standing.known.attestation.scope == ("1", "2", "3")
    assert len(listings.versions(store)) == 3


@pytest.mark.parametrize("part", ["revised", "touched", "removed"])
def test_a_transition_from_another_listing_is_refused_whole(store: Store, toy: Toy, part: str) -> None:
    accept(toy, 1, added=(toy.known(1),))
    strange: Any = {part: (9,) if part == "removed" else (toy.known(9),)}
    with pytest.raises(StoreError, match=r"expected rows of the accepted listing, found \[9\]"):
        accept(toy, 2, added=(toy.known(2),), **strange)
    assert listings.listing(store, SOURCE) == (toy.known(1),)
    assert len(runs.runs(store)) == 1


def test_a_line_of_life_is_never_used_twice(toy: Toy) -> None:
    accept(toy, 1, added=(toy.known(1),))
    accept(toy, 2, removed=(1,))
    with pytest.raises(StoreError, match=r"expected new rows from 2 on, found \[1\]"):
        accept(toy, 3, added=(toy.known(1),))


def test_a_row_is_named_once_in_a_transition(toy: Toy) -> None:
    accept(toy, 1, added=(toy.known(1),))
    with pytest.raises(StoreError, match="found one named twice"):
        accept(toy, 2, revised=(toy.known(1, scope=("1",)),), removed=(1,))


def test_a_reviewed_alias_moves_every_version_old_and_new(store: Store, toy: Toy) -> None:
    bull = Provider(slug="bull", name="Bull")
    accept(toy, 1, added=(toy.known(1, bull, holder="Bull"), toy.known(2)))
    accept(toy, 2, revised=(toy.known(1, bull, holder="Bull", scope=("1",)),))
    eviden = Provider(slug="eviden", name="Eviden")

    def resolve(holder: str, source: str, label: str, country: str | None) -> Provider:
        assert (source, label, country) == (SOURCE, "hds", None)
        return eviden if holder == "Bull" else toy.provider

    assert listings.restamp(store, resolve) == 2
    assert [version.known.provider for version in listings.versions(store)] == [eviden, eviden, toy.provider]
    assert len(listings.versions(store, provider="eviden")) == 2
    assert listings.restamp(store, resolve) == 0


def test_rows_at_hand_stand_for_the_kept_ones_that_state_the_same(store: Store, toy: Toy) -> None:
    one, two, three = (toy.known(row, ref=f"{row}", extra={"b": "é", "a": '"'}) for row in (1, 2, 3))
    accept(toy, 1, added=(one, two, three))
    moved = replace(two, attestation=replace(two.attestation, place="p. 9", url="https://new.example"))
    accept(toy, 2, touched=(moved,))
    at_hand = (one.attestation, two.attestation, replace(three.attestation, scope=("3",)))
    kept = listings.listing(store, SOURCE, at_hand)
    assert kept == listings.listing(store, SOURCE) == (one, moved, three)
    assert kept[0].attestation is one.attestation


@dataclass
class Replay:
    """What the listings must say, kept as one full copy per look."""

    looks: list[dict[int, Known]] = field(default_factory=list)

    def apply(self, transition: Transition) -> None:
        known = dict(self.looks[-1]) if self.looks else {}
        for row in transition.removed:
            del known[row]
        for each in (*transition.added, *transition.revised):
            known[each.row] = each
        self.looks.append(known)


@st.composite
def histories(draw: st.DrawFn) -> list[Transition]:
    """A few looks, each with rows that come, change, stay and go."""
    alive, first = set[int](), 1
    steps = []
    scopes = st.sampled_from([("1",), ("1", "2"), ("3",)])
    for _ in range(draw(st.integers(1, 6))):
        fates = {row: draw(st.sampled_from(["stay", "revise", "remove"])) for row in sorted(alive)}
        coming = range(first, first + draw(st.integers(0, 3)))
        first = coming.stop
        steps.append(
            Transition(
                added=tuple(_known(row, draw(scopes)) for row in coming),
                revised=tuple(_known(row, draw(scopes)) for row, fate in fates.items() if fate == "revise"),
                removed=tuple(row for row, fate in fates.items() if fate == "remove"),
            )
        )
        alive = {row for row in alive if fates[row] != "remove"} | set(coming)
    return steps


def _known(row: int, scope: tuple[str, ...]) -> Known:
    attestation = Attestation(label="hds", holder=f"Holder {row}", scope=scope)
    return Known(row=row, attestation=attestation, provider=Toy.provider, end_seen_at=NOW)


@settings(max_examples=60, deadline=None)
@given(steps=histories())
def test_any_past_listing_is_what_a_replay_from_the_start_gives(steps: list[Transition]) -> None:
    replay = Replay()
    with open_store(":memory:") as store:
        toy = Toy(store)
        for run, step in enumerate(steps, 1):
            replay.apply(step)
            accept(toy, run, **{name: getattr(step, name) for name in ("added", "revised", "removed")})
        for run, expected in enumerate(replay.looks, 1):
            for minutes in (0, 59):
                at = NOW + timedelta(hours=run, minutes=minutes)
                stood = {version.known.row: version.known for version in listings.versions(store, at=at)}
                assert stood == expected
        assert {known.row: known for known in listings.listing(store, SOURCE)} == replay.looks[-1]


LOOKS, MANY = 6, 300
FOLLOWS = """select (select count(*) from attestation) as rows, (select sum(versions) from spelling) as spelt,
    (select sum(change) from move) as moved"""


def look_at_many(path: str) -> int:
    """Writes looks of many new rows each, so that triggers are taken away and put back."""
    with open_store(path) as store:
        for _ in range(LOOKS):
            look_at_new(store, SOURCE, MANY)
    return 0


def read_and_write_beside(path: str) -> int:
    """Reads what follows from rows, and writes rows of another source one by one; how many."""
    with open_store(path) as store:
        for written in range(1, 10_000):
            look_at_new(store, "anssi-catalogue", 1)
            [told] = store.q(FOLLOWS)
            assert told["rows"] == told["spelt"] == told["moved"]
            if len(runs.runs(store, source=SOURCE)) == LOOKS:
                return written
    raise AssertionError("the other process never came to its end")


def look_at_new(store: Store, source: str, count: int) -> None:
    with store.transaction():
        first, run, toy = listings.next_row(store), runs.next_run(store), Toy(store)
        rows = range(first, first + count)
        accept(toy, run, source=source, added=tuple(toy.known(n, holder=f"Holder {n}") for n in rows))


@pytest.mark.sqlite("processes that open a file")
def test_many_rows_are_written_at_once_beside_a_process_that_reads_and_writes(tmp_path: Path) -> None:
    path = str(tmp_path / "state.db")
    with open_store(path) as store:
        before = triggers(store)
    beside = sum(together(run_beside, [(path, True), (path, False)]))
    with open_store(path) as store:
        assert store.q("select sum(versions) as n from spelling") == [{"n": LOOKS * MANY + beside}]
        assert triggers(store) == before


def run_beside(path: str, many: bool) -> int:
    return look_at_many(path) if many else read_and_write_beside(path)
