"""The log rebuilt from the kept pages: the same to the byte, or the first difference by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from raw import sqlite_of
from toy_register import ToyRegister, day, page

from notifiers.said.reasons import as_said, said
from notifiers.said.voice import voice
from scrapers.anssi_catalogue.source import AnssiCatalogue
from scrapers.source import Blocked, Bounds, LayoutChanged, Unreachable
from state.file.opening import open_store
from state.file.store import Store
from state.model import Cause, Kind, Listing, Outcome, Page, Reason
from state.seen.events import log
from state.seen.looks import chain, runs
from state.seen.rows import listings
from state.seen.who import providers
from state.seen.who.providers import load_providers
from watcher.ask.views.form import json_of
from watcher.look.check import approve, check, look
from watcher.look.record import Checked, Watch
from watcher.prove.event.proof import prove
from watcher.prove.event.testimony import found_again
from watcher.prove.event.verify import verify
from watcher.prove.evidence_file import unpack
from watcher.prove.replay import NO_SOURCE, OTHER_NAMES, OTHER_REVISION, Rebuilt, rebuilt
from watcher.prove.told import rebuilt_lines, replayed_view
from watcher.tell.recall import retract

FIXTURES = Path(__file__).parents[2] / "fixtures" / "anssi_catalogue"
NAME = "anssi-catalogue"
HOLDERS = ("OVH", "Oodrive", "Outscale", "Cloud Temple", "Worldline", "Index Education", "Whaller")
ROWS = [
    f"secnumcloud | {holder} | Service {n} | 2025_{n} | 2025-03-24 | 2027-03-{n + 1:02} | scope=IaaS"
    for n, holder in enumerate(HOLDERS, 1)
]


class Told:
    """A memory in which everything happens that may happen to a source."""

    def __init__(self, store: Store, **settings: Any) -> None:
        self.store = store
        self.source = ToyRegister(**settings)

    def watch(self) -> Watch:
        return Watch(store=self.store, providers=load_providers(self.store), operators="COPS")

    def see(self, when: str, *rows: str, edition: str | None = None) -> Checked:
        text = "\n".join([f"edition {edition or when}", *rows])
        return look(self.source, [page(text, day(when))], self.watch(), day(when))

    def fail(self, when: str, error: Exception) -> Checked:
        def get(_: str) -> Page:
            raise error

        return check(self.source, get, self.watch(), lambda: day(when))

    def replay(self, **changed: Any) -> Rebuilt:
        return rebuilt(self.store, {NAME: replace(self.source, **changed)})


@pytest.fixture
def told() -> Iterator[Told]:
    with open_store(":memory:") as store:
        yield Told(store, bounds={"secnumcloud": Bounds(floor=2, least=1)})


def live(told: Told) -> None:
    """A long watch: gains, losses, failures, held and approved removals, ends, odd rows, new names."""
    told.see("2025-12-06", *ROWS)
    told.see("2025-12-07", *ROWS, edition="2025-12-06")
    told.fail("2025-12-08", Unreachable(as_said("no answer")))
    told.fail("2025-12-09", Blocked(as_said("a challenge")))
    look(told.source, [page("<html>maintenance", day("2025-12-10"))], told.watch(), day("2025-12-10"))
    told.see(
        "2025-12-11",
        *ROWS,
        "? passi | 2025_99 | Somebody",
        "! column a new column",
        "passi | Bleu | - | 9 | - | -",
    )
    told.see("2025-12-12", *ROWS[:1], edition="2025-01-01")
    held = told.see("2026-01-10", *ROWS[:3])
    assert held.run.held
    told.see("2026-01-11", *ROWS[:3], edition="2026-01-10")
    approve(told.source, runs.run(told.store, held.run.id + 1), told.watch(), "read it", day("2026-01-12"))
    alias(told, "Thales Cloud", "bleu", "2026-02-01")
    gained = told.see("2026-02-02", *ROWS[:3], "secnumcloud | Thales Cloud | - | 7 | 2026-01-01 | 2026-08-01")
    assert [event.provider.slug for event in gained.events] == ["bleu"]
    with told.store.transaction():
        providers.remove_alias(
            told.store,
            provider="bleu",
            name="Thales Cloud",
            source=NAME,
            label="secnumcloud",
            reason="not so",
            now=day("2026-02-03"),
        )
    told.see("2026-02-04", *ROWS[:2], "secnumcloud | Thales Cloud | - | 7 | 2026-01-01 | 2026-08-01")
    told.fail("2026-07-25", Unreachable(as_said("no answer")))
    told.see("2026-08-02", *ROWS[:2], "secnumcloud | Thales Cloud | - | 7 | 2026-01-01 | 2029-08-01")
    told.see("2027-03-10", *ROWS[:2], edition="-")
    told.see("2027-03-11", *ROWS[:2], edition="-")


def alias(told: Told, name: str, provider: str, when: str) -> None:
    with told.store.transaction():
        providers.add_alias(
            told.store,
            provider=provider,
            name=name,
            source=NAME,
            label="secnumcloud",
            reason="said so",
            now=day(when),
        )
        listings.restamp(told.store, load_providers(told.store).resolve)


def test_everything_that_may_happen_is_rebuilt_to_the_byte(told: Told) -> None:
    live(told)
    found = told.replay()
    assert (found.difference, found.taken) == ("", {})
    assert found.runs == len(runs.runs(told.store))
    assert found.events == len(log.events(told.store))
    assert found.head == chain.head(told.store)
    outcomes = {run.outcome for run in runs.runs(told.store)}
    assert {Outcome.UNREACHABLE, Outcome.BLOCKED, Outcome.LAYOUT_CHANGED, Outcome.DOUBTFUL} <= outcomes
    kinds = {event.kind for event in log.events(told.store)}
    assert {Kind.GAINED, Kind.LOST, Kind.EXPIRING, Kind.EXPIRED, Kind.RENEWED} <= kinds


def test_every_event_of_a_long_watch_can_be_proven(told: Told) -> None:
    """Those of the calendar on a day without pages, and those of our own rereading, among them."""

    class Spelling(ToyRegister):
        def read(self, pages: Any) -> Any:
            seen = super().read(pages)
            rows = tuple(replace(row, subject=f"{row.subject} 2") for row in seen.attestations)
            return replace(seen, attestations=rows)

    live(told)
    told.source = Spelling(revision=2, bounds=told.source.bounds)
    told.see("2027-03-12", *ROWS[:2], edition="-")
    events = log.events(told.store)
    assert {event.cause for event in events} == set(Cause)
    for event in events:
        claim = verify(prove(told.store, event.id))
        assert claim.event == event
        assert event.evidence.sha256 == claim.shown.sha256
    found = told.replay()
    assert (found.difference, found.runs) == ("", 1)
    assert found.taken == {OTHER_REVISION: len(runs.runs(told.store)) - 1}


def test_a_replay_writes_nothing(told: Told) -> None:
    live(told)
    before = list(sqlite_of(told.store).iterdump())
    told.replay()
    assert list(sqlite_of(told.store).iterdump()) == before


def test_an_empty_memory_is_rebuilt(told: Told) -> None:
    assert told.replay() == Rebuilt(runs=0, events=0, taken={}, difference="", head=chain.START)


def test_a_run_that_crashed_is_its_own_record(told: Told) -> None:
    told.see("2025-12-06", *ROWS)
    told.source = replace(told.source, broken=True)
    assert told.see("2025-12-07", *ROWS[:6]).run.outcome is Outcome.CRASHED
    found = told.replay(broken=False)
    assert (found.runs, found.taken, found.difference) == (2, {}, "")


def test_a_reader_that_reads_otherwise_under_the_same_revision_is_caught(told: Told) -> None:
    class Sloppy(ToyRegister):
        def read(self, pages: Any) -> Any:
            seen = super().read(pages)
            rows = tuple(
                replace(row, holder=row.holder.replace("Oodrive", "OODRIVE SA")) for row in seen.attestations
            )
            return replace(seen, attestations=rows)

    told.see("2025-12-06", *ROWS)
    found = rebuilt(told.store, {NAME: Sloppy(bounds=told.source.bounds)})
    assert "run 1 of anssi-catalogue at 2025-12-06 12:00 UTC: events:" in found.difference
    assert '"holder":"Oodrive"' in found.difference
    assert '"holder":"OODRIVE SA"' in found.difference
    assert found.runs == 0


def test_the_first_differing_fact_is_named(told: Told) -> None:
    told.see("2025-12-06", *ROWS)
    told.see("2025-12-08", *ROWS[:6])
    found = told.replay(bounds={"secnumcloud": Bounds(floor=7)})
    assert found.runs == 1
    assert "run 2 of anssi-catalogue" in found.difference
    assert "recorded" in found.difference
    assert "rebuilt nothing" in found.difference


def test_what_an_older_revision_read_is_declared_and_the_rest_is_rebuilt(told: Told) -> None:
    told.see("2025-12-06", *ROWS)
    told.fail("2025-12-07", Unreachable(as_said("no answer")))
    told.see("2025-12-08", *ROWS[:6])
    held = told.see("2025-12-09", *ROWS[:3])
    assert held.run.held
    told.source = replace(told.source, revision=2)
    told.see("2025-12-10", *ROWS[:3])
    told.see("2025-12-20", *ROWS[:4])
    told.see("2026-12-21", *ROWS[:4])
    found = told.replay()
    assert (found.difference, found.taken, found.runs) == ("", {OTHER_REVISION: 4}, 3)
    assert found.head == chain.head(told.store)
    why = "read by another revision of the reader: taken over as recorded"
    assert ("4 not rebuilt", why) in rebuilt_lines(found, voice("en"))


def test_a_rereading_is_rebuilt_with_the_revision_that_made_it(told: Told) -> None:
    told.see("2025-12-06", *ROWS, "passi | Bleu | Audit | 9 | - | -")
    told.source = replace(told.source, revision=2)
    told.see("2025-12-07", *ROWS, edition="2025-12-06")
    told.source = replace(told.source, revision=3)
    told.see("2025-12-08", *ROWS)
    found = told.replay()
    assert (found.difference, found.taken, found.runs) == ("", {OTHER_REVISION: 2}, 1)


WHY = Reason.of("not_written")


@dataclass(frozen=True)
class Unfinished(ToyRegister):
    """A reader that refuses some pages, and says why as data or, as readers once did, in a sentence alone."""

    why: Reason = WHY

    def read(self, pages: Sequence[Page]) -> Listing:
        if pages[0].body.startswith(b"<"):
            raise LayoutChanged(self.name, self.why)
        return super().read(pages)


@pytest.mark.parametrize(
    ("words", "difference"),
    [(said(WHY, "en"), False), ("expected the rows; found none", True)],
)
def test_what_was_kept_as_a_sentence_alone_is_rebuilt_where_the_sentence_is_the_same(
    told: Told, words: str, difference: bool
) -> None:
    told.source = Unfinished(bounds=told.source.bounds, why=as_said(words))
    told.see("2025-12-06", *ROWS)
    look(told.source, [page("<html>", day("2025-12-10"))], told.watch(), day("2025-12-10"))
    told.see("2025-12-11", *ROWS[:6])
    found = told.replay(why=WHY)
    assert bool(found.difference) is difference
    if not difference:
        assert found.taken == {}
        assert found.head == chain.head(told.store)


def test_a_source_that_is_switched_off_is_declared(told: Told) -> None:
    told.see("2025-12-06", *ROWS)
    found = rebuilt(told.store, {})
    assert (found.difference, found.taken, found.runs) == ("", {NO_SOURCE: 1}, 0)


ONE = """
[[provider]]
slug = "un"
name = "Un"
aliases = [{ name = "Nuage Un", source = "anssi-catalogue", label = "secnumcloud" }]
"""


@pytest.mark.parametrize(("shipped", "taken", "same"), [("# new\n", {}, 2), (ONE, {OTHER_NAMES: 1}, 1)])
def test_another_list_of_providers_is_declared_where_it_matters(
    told: Told,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shipped: str,
    taken: dict[str, int],
    same: int,
) -> None:
    told.see("2025-12-06", *ROWS)
    told.see("2025-12-07", *ROWS, "secnumcloud | Nuage Un | - | 7 | - | -")
    other = tmp_path / "providers.toml"
    other.write_text(providers.SHIPPED.read_text(encoding="utf-8") + shipped)
    monkeypatch.setattr(providers, "SHIPPED", other)
    monkeypatch.setattr(chain, "SHIPPED", other)
    found = told.replay()
    assert (found.difference, found.taken, found.runs) == ("", taken, same)
    assert found.head == chain.head(told.store)


def test_links_of_other_kinds_are_carried_along(told: Told) -> None:
    told.see("2025-12-06", *ROWS)
    retract(told.store, 1, "ours", "U1", day("2025-12-06"))
    told.see("2025-12-07", *ROWS[:6])
    found = told.replay()
    assert (found.runs, found.difference, found.head) == (2, "", chain.head(told.store))


def test_a_log_that_was_altered_is_not_even_replayed(told: Told) -> None:
    told.see("2025-12-06", *ROWS)
    told.store.q("drop trigger event_never_changes")
    told.store.q("update event set body = replace(body, 'Oodrive', 'Bleu')")
    found = told.replay()
    assert "does not agree with its own chain: event" in found.difference
    assert json_of(replayed_view(found))["difference"] == found.difference
    assert rebuilt_lines(found, voice("en"))[0] == ("result", "DIFFERENT")


@pytest.fixture(scope="module")
def editions() -> Iterator[Store]:
    """Both real editions of the catalogue, looked at in order, and once more."""
    with open_store(":memory:") as store:
        watch = Watch(store=store, providers=load_providers(store))
        for when, edition in (("2025-12-05", 0), ("2026-03-04", 1), ("2026-03-05", 1)):
            at = datetime.fromisoformat(f"{when}T18:30:00+00:00")
            file = ("catalogue-2025-12-05.pdf", "catalogue-2026-03-04.pdf")[edition]
            shown = Page(url=AnssiCatalogue().url, body=(FIXTURES / file).read_bytes(), fetched_at=at)
            look(AnssiCatalogue(), [shown], watch, at)
        yield store


@pytest.mark.usefixtures("really_read")
def test_the_log_of_the_two_real_editions_is_rebuilt_to_the_byte(editions: Store) -> None:
    found = rebuilt(editions, {AnssiCatalogue().name: AnssiCatalogue()})
    assert (found.difference, found.taken, found.runs) == ("", {}, 3)
    assert found.events == len(log.events(editions)) > 1000
    assert found.head == chain.head(editions)


def test_every_kind_of_real_event_can_be_proven(editions: Store) -> None:
    events = {event.kind: event for event in log.events(editions) if log.run_of(editions, event.id) == 2}
    assert {Kind.GAINED, Kind.LOST, Kind.RENEWED, Kind.RENAMED} <= events.keys()
    for event in events.values():
        claim = verify(prove(editions, event.id))
        assert claim.event == event
        assert claim.links == (2, 3)


def test_the_gain_of_s3ns_is_read_again_in_the_pages_of_its_proof(editions: Store) -> None:
    [gained] = [
        event
        for event in log.events(editions, providers=["s3ns"], labels=["secnumcloud"])
        if event.kind is Kind.GAINED
    ]
    data = prove(editions, gained.id)
    assert (FIXTURES / "catalogue-2026-03-04.pdf").read_bytes() in unpack(data).values()
    claim = verify(data, head=chain.head(editions))
    found = found_again(claim, AnssiCatalogue().read(claim.pages), voice("en"))
    assert found.agrees
    assert gained.evidence.place in found.text
