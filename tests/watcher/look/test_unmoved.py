"""A look that sees what the look before saw costs next to nothing, and keeps every promise all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hds_layouts import HOME, SEEN_AT, Site
from printed_hosts import few_hosts
from toy_register import day
from toy_story import Story, kinds

from scrapers.ans_hds.source import AnsHds
from scrapers.source import Bounds
from state.file.errors import Failed
from state.file.opening import open_store
from state.file.sqlite.store import SQLiteStore
from state.file.store import Store
from state.kept.audit import faults
from state.model import Cause, Listing, Outcome, Page, day_of
from state.seen.looks import chain, evidence, runs
from state.seen.rows import listings
from state.seen.who.providers import load_providers
from watcher.look.check import check, look
from watcher.look.forget import forget
from watcher.look.record import Checked, Watch
from watcher.prove.replay import rebuilt

MANY = [f"cc | Holder {n} | Card {n} | 2026_{n} | 2025-01-01 | 2031-01-01" for n in range(300)]
OLD = "cc | Old House | Card | 2021_1 | 2021-05-01 | 2026-07-01"
FEW = "\n".join(("edition 2026-03-04", OLD, *MANY[:2]))
PAGE = "\n".join(("edition 2026-03-04", OLD, *MANY))


@pytest.fixture
def story() -> Iterator[Story]:
    with open_store(":memory:") as store:
        yield Story(store)


@pytest.fixture
def rows_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows of a listing each statement brought."""
    asked, taken, brought = SQLiteStore.q, SQLiteStore.batches, []

    def counted(self: SQLiteStore, sql: str, **params: Any) -> list[dict[str, Any]]:
        rows = asked(self, sql, **params)
        brought.extend([len(rows)] if "facts" in sql else [])
        return rows

    def counted_too(self: SQLiteStore, sql: str, **params: Any) -> Iterator[list[tuple[Any, ...]]]:
        for rows in taken(self, sql, **params):
            brought.append(len(rows))
            yield rows

    monkeypatch.setattr(SQLiteStore, "q", counted)
    monkeypatch.setattr(SQLiteStore, "batches", counted_too)
    return brought


def test_a_second_look_on_a_day_opens_no_row_of_the_listing(story: Story, rows_read: list[int]) -> None:
    story.see("2026-03-05", PAGE)
    rows_read.clear()
    again = story.see("2026-03-05", PAGE)
    assert (again.run.rows, again.events) == ({"cc": 301}, ())
    assert sum(rows_read) == 0


@pytest.mark.sqlite("counts what its connection gives")
def test_the_first_look_of_a_day_opens_only_the_rows_whose_end_is_near(
    story: Story, rows_read: list[int]
) -> None:
    story.see("2026-03-05", PAGE)
    rows_read.clear()
    assert kinds(story.see("2026-04-03", PAGE)) == ["expiring old-house"]
    assert sum(rows_read) == 1


def test_what_the_calendar_says_does_not_hang_on_how_many_looks_a_day_has() -> None:
    days = [day("2026-03-05") + timedelta(hours=7 * n) for n in range(450)]
    heard = []
    for looks in (days, [at for n, at in enumerate(days) if n == 0 or day_of(at) != day_of(days[n - 1])]):
        with open_store(":memory:") as store:
            story = Story(store)
            told = [story.see(at, FEW).events for at in looks]
            heard.append([(e.kind, e.step, day_of(e.seen_at)) for events in told for e in events])
    assert heard[0] == heard[1]
    assert [step for _, step, _ in heard[0] if step is not None] == [180, 90, 30, 7, 0]  # the first is silent


def test_the_chain_says_of_an_unchanged_listing_what_going_through_it_would(story: Story) -> None:
    first = story.see("2026-03-05", PAGE).run.id
    for run in (story.see("2026-03-05", PAGE).run.id, story.fail("2026-03-06").run.id):
        sealed = chain.link_of(story.store, run).facts["listing"]
        assert sealed == chain.listing_digest(story.store, story.source.name, run)
        assert sealed == chain.link_of(story.store, first).facts["listing"]
    assert faults(story.store) == ()


# Pages whose bytes move and that show the same

HDS_PAGE = few_hosts(60)
"""Every look here takes the imprint of the whole page, or reads it: no promise hangs on its length."""


class Hosts:
    """The page of hosts, looked at again and again by a reader that counts how often it reads."""

    def __init__(self, store: Store) -> None:
        self.store, self.source = store, replace(AnsHds(), bounds={"hds": Bounds(floor=30)})

    def see(self, hours: int, body: str) -> Checked:
        at = SEEN_AT + timedelta(hours=hours)
        watch = Watch(store=self.store, providers=load_providers(self.store), operators="operators")
        return check(self.source, lambda _: shown(body, at), watch, lambda: at)


def shown(body: str, at: datetime) -> Page:
    return replace(Site(bodies={HOME: body}).page(HOME), fetched_at=at)


def moved(n: int) -> str:
    """The page as another visit gets it."""
    return HDS_PAGE.replace("pgwlej", f"n{n:05d}").replace('value="form-', f'value="form-{n}')


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with open_store(":memory:") as store:
        yield Hosts(store)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[Page]]:
    """The pages that were read."""
    read, those = AnsHds.read, []

    def counted(self: AnsHds, pages: Sequence[Page]) -> Listing:
        those.append(pages)
        return read(self, pages)

    monkeypatch.setattr(AnsHds, "read", counted)
    return those


def test_a_page_whose_tokens_moved_is_kept_and_not_read(hosts: Hosts, readings: list[Sequence[Page]]) -> None:
    first = hosts.see(0, HDS_PAGE)
    for n in range(1, 4):
        again = hosts.see(6 * n, moved(n))
        assert replace(again.run, id=0, at=SEEN_AT, snapshot=0, clock=first.run.clock) == replace(
            first.run, id=0, at=SEEN_AT, snapshot=0
        )
        assert again.run.snapshot is not None
        [kept] = evidence.pages(hosts.store, again.run.snapshot)
        assert kept.body == moved(n).encode()
        state = runs.state_of(hosts.store, hosts.source.name)
        assert (state.snapshot, state.last_good) == (again.run.snapshot, again.run.at)
    assert len(readings) == 1
    assert faults(hosts.store) == ()


def test_what_was_not_read_comes_out_the_same_when_history_is_made_again(hosts: Hosts) -> None:
    hosts.see(0, HDS_PAGE)
    for n in range(1, 12):
        hosts.see(24 * n, moved(n))
    hosts.see(24 * 12, moved(12).replace("<td>LSTI</td>", "<td>LNE</td>", 1))
    again = rebuilt(hosts.store, {hosts.source.name: hosts.source})
    assert (again.difference, again.head) == ("", chain.head(hosts.store))


def test_what_is_read_of_a_page_changes_is_read_whatever_else_stays(
    hosts: Hosts, readings: list[Sequence[Page]]
) -> None:
    hosts.see(0, HDS_PAGE)
    changed = hosts.see(6, moved(1).replace("16/03/2029", "16/03/2030", 1))
    assert [event.cause for event in changed.events] == [Cause.REGISTER]
    assert hosts.see(12, moved(2)).events  # and back
    assert len(readings) == 3


def test_a_row_that_is_missing_is_looked_for_until_it_is_settled(
    hosts: Hosts, readings: list[Sequence[Page]]
) -> None:
    hosts.see(0, HDS_PAGE)
    without = "<tr ".join(row for row in HDS_PAGE.split("<tr ") if "FR088993" not in row)
    assert len(hosts.see(6, without).missing) == 1
    gone = hosts.see(30, without.replace("pgwlej", "n00001"))
    assert [e.kind for e in gone.events if e.cause is Cause.REGISTER] == ["service_removed"]
    assert len(readings) == 3
    assert hosts.see(36, without.replace("pgwlej", "n00002")).events == ()
    assert len(readings) == 3


def test_a_new_reader_and_new_settings_read_what_shows_the_same(
    hosts: Hosts, readings: list[Sequence[Page]]
) -> None:
    hosts.see(0, HDS_PAGE)
    hosts.source = replace(hosts.source, revision=hosts.source.revision + 1)
    hosts.see(6, moved(1))
    assert len(readings) == 3  # the accepted page as well, by the new reader
    hosts.source = replace(hosts.source, repeated=("38436",))
    hosts.see(12, moved(2))
    hosts.see(18, moved(3))
    assert len(readings) == 4


def test_after_trouble_and_after_a_look_that_was_forgotten_the_page_is_read_or_confirmed_as_it_was(
    hosts: Hosts, readings: list[Sequence[Page]]
) -> None:
    hosts.see(0, HDS_PAGE)
    assert hosts.see(6, "<html><body>En maintenance</body></html>").run.outcome is Outcome.LAYOUT_CHANGED
    recovered = hosts.see(12, moved(1)).run
    assert (recovered.outcome, len(readings)) == (Outcome.OK, 2)
    forget(hosts.store, hosts.source, recovered, "by mistake", SEEN_AT + timedelta(hours=13))
    readings.clear()
    assert hosts.see(15, moved(2)).events == ()
    assert len(readings) == 1
    assert len(listings.listing(hosts.store, hosts.source.name)) == 60
    assert faults(hosts.store) == ()


def test_a_clock_that_was_set_back_lets_no_imprint_speak(
    hosts: Hosts, readings: list[Sequence[Page]]
) -> None:
    hosts.see(24 * 50, HDS_PAGE)
    watch = Watch(store=hosts.store, providers=load_providers(hosts.store))
    look(hosts.source, [shown(moved(1), SEEN_AT)], watch, SEEN_AT, latest=True)
    assert len(readings) == 2


def killed_after(statements: int, asked: Callable[..., Any]) -> Callable[..., Any]:
    """What asks so many statements, and dies of the next."""
    left = iter(range(statements))

    def dies(self: Store, sql: str, **params: Any) -> Any:
        if next(left, None) is None:
            raise Failed("killed")
        return asked(self, sql, **params)

    return dies


def test_a_look_that_is_cut_short_at_any_statement_leaves_all_or_nothing(
    hosts: Hosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that shows the same is recorded in one transaction, whatever ends it."""
    hosts.see(0, HDS_PAGE)
    asked, before = SQLiteStore.q, runs.state_of(hosts.store, hosts.source.name)
    for survives in range(200):
        monkeypatch.setattr(SQLiteStore, "q", killed_after(survives, asked))
        try:
            done = hosts.see(6, moved(1))
        except Failed:
            done = None
        monkeypatch.setattr(SQLiteStore, "q", asked)
        state = runs.state_of(hosts.store, hosts.source.name)
        if done is not None and done.run.outcome is Outcome.OK:
            break
        assert state.snapshot == before.snapshot
    else:
        pytest.fail("no look came through")
    assert state.snapshot == done.run.snapshot
    assert faults(hosts.store) == ()
