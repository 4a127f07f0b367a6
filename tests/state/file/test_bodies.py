"""Pages packed against the pages before them: all come back, and what is lost is named."""

from __future__ import annotations

import hashlib
import random
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from raw import dangling
from toy_memory import Toy
from trusted_lists import body as trusted_list
from trusted_lists import editions

from state.file import bodies
from state.file.errors import Broke, Full, StoreError
from state.file.opening import open_store
from state.file.sqlite import migrations
from state.file.store import Store
from state.kept import audit, rebuild
from state.model import Page
from state.seen.looks import evidence

SOURCE = "ans-hds"
HOSTS = Path(__file__).parents[2] / "fixtures/ans_hds/guess-table/index.html"
LIST = HOSTS.read_bytes()


def with_token(number: int, page: bytes = LIST) -> bytes:
    """The list of hosts as it is sent again: one token of the page is another."""
    token = hashlib.sha256(str(number).encode()).hexdigest()
    return page.replace(b"<body", f'<body data-token="{token}"'.encode(), 1)


def keep(store: Store, toy: Toy, looks: Sequence[bytes], source: str = SOURCE) -> list[int]:
    return [evidence.keep(store, source, [toy.page(body)], toy.now).id for body in looks]


def body(store: Store, snapshot: int) -> bytes:
    return evidence.pages(store, snapshot)[0].body


def sha(page: bytes) -> str:
    return hashlib.sha256(page).hexdigest()


def counts(store: Store) -> list[int]:
    """How many pages after one packed alone each is, in the order in which they were kept."""
    rows = store.q("select b.nth from snapshot_page p join page b on b.sha256 = p.sha256 order by p.snapshot")
    return [row["nth"] for row in rows]


def kept_bytes(store: Store) -> int:
    return int(store.q("select sum(length(body)) as n from page")[0]["n"])


def test_every_look_of_a_page_whose_tokens_move_is_kept_in_a_few_bytes(store: Store, toy: Toy) -> None:
    looks = [with_token(n) for n in range(60)]
    kept = keep(store, toy, looks)
    assert [body(store, one) for one in kept] == looks
    assert kept_bytes(store) < len(zlib.compress(LIST)) + 60 * 120


def test_twenty_trusted_lists_are_kept_in_the_room_of_two(store: Store, toy: Toy) -> None:
    real = editions()[:20]
    kept = keep(store, toy, [trusted_list(one.number) for one in real], "tl-fr")
    assert [sha(body(store, one)) for one in kept] == [one.sha256 for one in real]
    assert kept_bytes(store) < 2 * len(zlib.compress(trusted_list(real[0].number)))


def test_no_page_leans_on_many_others_and_some_lean_on_none(store: Store, toy: Toy) -> None:
    keep(store, toy, [with_token(n) for n in range(2 * bodies.FULL_EVERY + 3)])
    assert counts(store) == [n % bodies.FULL_EVERY for n in range(2 * bodies.FULL_EVERY + 3)]
    leaning = [len(store.q(bodies.LEANING, sha256=row["sha256"])) for row in store.q("select * from page")]
    assert max(leaning) == 13  # 255 is 3333 to the base of four, and the page packed alone


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_course_of_a_page_comes_back(toy: Toy, data: st.DataObject) -> None:
    page, looks = random.Random(1).randbytes(3_000), []
    for _ in range(data.draw(st.integers(1, 12))):
        start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(page))] * 2)))
        page = page[:start] + data.draw(st.binary(max_size=40)) + page[end:]
        looks.append(page)
    with open_store(":memory:") as store:
        kept = keep(store, toy, looks)
        assert [body(store, one) for one in kept] == looks


def test_a_page_made_anew_is_not_packed_against_another(store: Store, toy: Toy) -> None:
    looks = [random.Random(n).randbytes(5_000) for n in range(3)]
    kept = keep(store, toy, looks)
    assert (counts(store), [body(store, one) for one in kept]) == ([0, 0, 0], looks)


def test_a_wall_between_two_looks_costs_no_second_whole_page(store: Store, toy: Toy) -> None:
    [first] = keep(store, toy, [with_token(1)])
    store.q(
        """insert into source (name, revision, snapshot, covers, message, failures, told)
            values (:source, 1, :snapshot, '[]', '', 0, '')""",
        source=SOURCE,
        snapshot=first,
    )
    keep(store, toy, [b"<p>Access denied</p>", with_token(2)])
    assert counts(store) == [0, 0, 1]


def test_an_address_that_moves_with_each_edition_does_not_cost_a_whole_page(store: Store, toy: Toy) -> None:
    for number in (1, 2):
        dated = toy.page(with_token(number), url=f"https://register.example/list-{number}.html")
        evidence.keep(store, SOURCE, [dated], toy.now)
    assert counts(store) == [0, 1]


def test_pages_of_several_parts_lean_each_on_its_own(store: Store, toy: Toy) -> None:
    def parts(number: int) -> list[Page]:
        first, second = with_token(number), with_token(number, LIST.replace(b"HDS", b"SecNumCloud"))
        return [toy.page(first), toy.page(second, url="https://register.example/2")]

    for number in (1, 2):
        evidence.keep(store, SOURCE, parts(number), toy.now)
    kept = {row["sha256"]: row["base"] for row in store.q("select * from page")}
    (one, two), (other_one, other_two) = parts(1), parts(2)
    assert (kept[other_one.sha256], kept[other_two.sha256]) == (one.sha256, two.sha256)


def test_pages_of_an_older_memory_stay_as_they_are_and_new_ones_lean_on_them(
    file: Path, toy: Toy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = list(migrations.STEPS)
    packed = next(n for n, name in enumerate(names) if name.endswith("packed_pages"))
    old = tmp_path / "old.db"
    with monkeypatch.context() as earlier:
        earlier.setattr(migrations, "STEPS", {name: migrations.STEPS[name] for name in names[:packed]})
        with open_store(str(old)) as store:
            _insert_as_before(store, with_token(1))
    with open_store(str(old)) as store:
        assert body(store, 1) == with_token(1)
        [second] = keep(store, toy, [with_token(2)])
        assert body(store, second) == with_token(2)
        assert counts(store) == [0, 1]
        assert [row["form"] for row in store.q("select form from page order by nth")] == ["zlib", "zstd"]
        assert audit.faults(store) == ()


def _insert_as_before(store: Store, page: bytes) -> None:
    digest = evidence.digest_of([Page(url="https://register.example/list", body=page, fetched_at=Toy.now)])
    store.q(
        "insert into page values (:sha256, :size, :body)",
        sha256=sha(page),
        size=len(page),
        body=zlib.compress(page),
    )
    store.q(
        "insert into snapshot values (1, :source, :digest, '2026-03-04T14:34:17Z')",
        source=SOURCE,
        digest=digest,
    )
    store.q(
        """insert into snapshot_page values
            (1, 0, :sha256, 'https://register.example/list', '', 200, '', '[]', '2026-03-04T14:34:17Z')""",
        sha256=sha(page),
    )


def damage(store: Store, page: bytes) -> None:
    """Turns one byte of a page as it is kept into another."""
    kept = bytearray(store.q("select body from page where sha256 = :sha256", sha256=sha(page))[0]["body"])
    kept[len(kept) // 2] ^= 0x55
    store.q("update page set body = :body where sha256 = :sha256", body=bytes(kept), sha256=sha(page))


def test_a_damaged_page_is_named_by_itself_and_by_all_that_lean_on_it(store: Store, toy: Toy) -> None:
    looks = [with_token(n) for n in range(4)]
    kept = keep(store, toy, looks)
    damage(store, looks[2])
    assert [body(store, kept[n]) for n in (0, 1)] == looks[:2]
    with pytest.raises(
        StoreError, match=f"in snapshot 3: expected bytes with SHA-256 {sha(looks[2])}, found"
    ):
        evidence.pages(store, kept[2])
    leaning = f"SHA-256 {sha(looks[3])}, found .* in page {sha(looks[2])}, which it is packed against"
    with pytest.raises(StoreError, match=leaning):
        evidence.pages(store, kept[3])
    found = audit.faults(store)
    assert [fault.startswith("evidence damaged") for fault in found] == [True, True]


def test_a_page_after_a_damaged_one_leans_on_nothing(store: Store, toy: Toy) -> None:
    keep(store, toy, [with_token(1)])
    damage(store, with_token(1))
    [after] = keep(store, toy, [with_token(2)])
    assert body(store, after) == with_token(2)
    assert counts(store) == [0, 0]


def test_a_page_that_others_lean_on_cannot_be_taken_away(store: Store, toy: Toy) -> None:
    kept = keep(store, toy, [with_token(1), with_token(2)])
    store.q("delete from snapshot_page where snapshot = :id", id=kept[0])
    with pytest.raises(Broke, match=r"(?i)foreign key"):
        store.q("delete from page where sha256 = :sha256", sha256=sha(with_token(1)))
    assert body(store, kept[1]) == with_token(2)


@pytest.mark.parametrize(
    "forged",
    [
        "update page set base = :second, nth = 1 where sha256 = :first",
        "update page set base = :second, nth = 9 where sha256 = :first",
        "update page set size = 1 << 60 where sha256 = :second",
        "update page set form = 'zlib' where sha256 = :second",
        "update page set base = null, nth = 0 where sha256 = :second",
    ],
    ids=["a circle", "a circle that climbs", "a claim of an exabyte", "another form", "no base"],
)
def test_forged_rows_are_damage_and_nothing_worse(store: Store, toy: Toy, forged: str) -> None:
    kept = keep(store, toy, [with_token(1), with_token(2)])
    names = {"first": sha(with_token(1)), "second": sha(with_token(2))}
    store.q(forged, **{name: each for name, each in names.items() if f":{name}" in forged})
    with pytest.raises(StoreError, match="evidence damaged"):
        evidence.pages(store, kept[1])


def test_a_snapshot_is_carried_with_the_pages_it_leans_on(store: Store, toy: Toy) -> None:
    kept = keep(store, toy, [with_token(n) for n in range(4)])
    with open_store(":memory:") as new:
        rebuild.carry_snapshot(store, new, kept[3])
        assert evidence.pages(new, kept[3]) == evidence.pages(store, kept[3])
        rebuild.carry_snapshot(store, new, kept[2])
        assert evidence.pages(new, kept[2]) == evidence.pages(store, kept[2])
        assert dangling(new) == []


@pytest.mark.sqlite("a limit of its own")
def test_a_full_disk_loses_no_page_that_others_lean_on(store: Store, toy: Toy) -> None:
    kept = keep(store, toy, [with_token(1), with_token(2)])
    pages = store.q("pragma page_count")[0]["page_count"]
    store.q(f"pragma max_page_count = {pages}")
    with pytest.raises(Full, match="full"):
        keep(store, toy, [random.Random(n).randbytes(50_000) for n in range(3)])
    assert [body(store, one) for one in kept] == [with_token(1), with_token(2)]
    assert audit.faults(store) == ()
    store.q("pragma max_page_count = 100000")
    [third] = keep(store, toy, [with_token(3)])
    assert (body(store, third), counts(store)) == (with_token(3), [0, 1, 2])
