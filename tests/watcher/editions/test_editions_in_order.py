"""The three real editions of the catalogue, judged: in order, with failures between, and out of order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from notifiers.said.reasons import as_said
from scrapers.anssi_catalogue.source import AnssiCatalogue
from scrapers.source import Blocked, Unreachable
from state.file.opening import open_store
from state.file.store import Store
from state.model import Cause, Kind, Outcome, Page, Weight
from state.owed import outbox, subscriptions
from state.seen.events import log
from state.seen.looks import chain, runs
from state.seen.rows import listings
from state.seen.who.providers import load_providers
from state.words.post import Subscription
from watcher.look.check import approve, check, look
from watcher.look.record import Checked, Watch
from watcher.prove.replay import rebuilt

pytestmark = pytest.mark.history

FIXTURES = Path(__file__).parents[2] / "fixtures" / "anssi_catalogue"
CATALOGUE = AnssiCatalogue()
DECEMBER, JANUARY, MARCH = "2025-12-05", "2026-01-27", "2026-03-04"
HELD = {  # rows that hold a label, by hand from the editions: December, January, March
    "secnumcloud": (16, 17, 17),
    "pams": (1, 1, 1),
    "passi": (75, 67, 63),
    "pacs": (7, 7, 7),
    "pris": (8, 8, 8),
    "pdis": (9, 10, 10),
    "pvid": (4, 4, 3),
    "mie": (4, 4, 4),
    "eidas-esign-cert": (71, 74, 70),
    "eidas-eseal-cert": (46, 65, 61),
    "eidas-web-cert": (13, 17, 9),
    "eidas-timestamp": (14, 13, 13),
    "eidas-esign-validation": (1, 1, 1),
    "eidas-eseal-validation": (1, 1, 1),
    "eidas-esign-preservation": (1, 1, 1),
    "eidas-eseal-preservation": (1, 1, 1),
    "eidas-registered-delivery": (9, 8, 9),
    "qualified-product": (108, 96, 93),
    "cc": (381, 401, 400),
    "cspn": (39, 42, 43),
    "protection-profile": (14, 14, 15),
    "site": (17, 18, 19),
}


class Watched:
    """A memory of the catalogue, with somebody who wants to hear of everything that is told by default."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.watch = Watch(store=store, providers=load_providers(store), operators="COPS")
        with store.transaction():
            for channel, floor in (("C1", Weight.NORMAL), ("C2", Weight.LOW)):
                wish = Subscription(id=0, channel=channel, words=("all",), floor=floor)
                subscriptions.subscribe(store, wish)

    def see(self, edition: str, at: datetime | None = None) -> Checked:
        at = at or datetime.fromisoformat(f"{edition}T18:00:00+00:00")
        body = (FIXTURES / f"catalogue-{edition}.pdf").read_bytes()
        return look(CATALOGUE, [Page(url=CATALOGUE.url, body=body, fetched_at=at)], self.watch, at)

    def fail(self, at: datetime) -> list[Outcome]:
        def down(_: str) -> Page:
            raise Unreachable(as_said("no answer"))

        def walled(_: str) -> Page:
            raise Blocked(as_said("a challenge"))

        found = [check(CATALOGUE, get, self.watch, lambda: at).run.outcome for get in (down, walled)]
        half = (FIXTURES / f"catalogue-{MARCH}.pdf").read_bytes()[:500_000]
        broken = Page(url=CATALOGUE.url, body=half, fetched_at=at)
        return [*found, look(CATALOGUE, [broken], self.watch, at).run.outcome]

    def held(self) -> dict[str, int]:
        rows = listings.listing(self.store, CATALOGUE.name)
        return dict(Counter(row.attestation.label for row in rows if row.attestation.stands))


def held_in(edition: int) -> dict[str, int]:
    return {label: counts[edition] for label, counts in HELD.items()}


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    """Each edition looked at several times, with failures of every kind before and after."""
    with open_store(":memory:") as store:
        watched = Watched(store)
        for number, edition in enumerate((DECEMBER, JANUARY, MARCH)):
            at = datetime.fromisoformat(f"{edition}T18:00:00+00:00")
            for look_number in range(3):
                checked = watched.see(edition, at + timedelta(hours=6 * look_number))
                assert (checked.run.outcome, checked.run.held, checked.run.message) == (Outcome.OK, (), "")
                assert not look_number or not [e for e in checked.events if e.cause is not Cause.CALENDAR]
            assert watched.held() == held_in(number)
            found = watched.fail(at + timedelta(days=2))
            assert found == [Outcome.UNREACHABLE, Outcome.BLOCKED, Outcome.LAYOUT_CHANGED]
            assert watched.held() == held_in(number)
        yield watched


def test_every_edition_is_believed_and_every_label_counted(watched: Watched) -> None:
    good = runs.runs(watched.store, source=CATALOGUE.name, good=True)
    assert len(good) == 9
    kinds = {
        outbox.notice(watched.store, one.notice).kind for one in outbox.owed(watched.store) if one.notice
    }
    assert "held" not in kinds
    assert not [row for row in listings.listing(watched.store, CATALOGUE.name) if row.missing_since]


def test_the_log_of_it_all_is_rebuilt_to_the_byte(watched: Watched) -> None:
    found = rebuilt(watched.store, {CATALOGUE.name: CATALOGUE})
    assert (found.difference, found.taken, found.head) == ("", {}, chain.head(watched.store))


def test_certificates_are_archived_by_the_dozen_and_nobody_loses_its_last(watched: Watched) -> None:
    events = log.events(watched.store, labels=["cc"], causes=["register"])
    gone = [event for event in events if event.kind is Kind.SERVICE_REMOVED]
    march = [event for event in gone if f"{event.edition_at:%m}" == "03"]
    assert len(march) == 39
    assert {event.attestations[0].status for event in march} == {"archived"}
    assert not [event for event in events if event.kind is Kind.LOST]


def test_the_seven_rows_without_a_developer_are_rows_of_whom_their_reference_names(watched: Watched) -> None:
    refs = {f"ANSSI-CC-2020-{number}-M01" for number in (22, 23, 24, 25, 79, 80, 81)}
    told = [
        (event.kind, event.provider.slug)
        for event in log.events(watched.store, labels=["cc"], causes=["register"])
        for row in event.attestations
        if row.ref in refs
    ]
    assert Counter(told) == {
        (Kind.SERVICE_ADDED, "stmicroelectronics"): 7,
        (Kind.SERVICE_REMOVED, "stmicroelectronics"): 7,
    }
    names = {row.provider.name for row in listings.listing(watched.store, CATALOGUE.name)}
    assert not [name for name in names if name == "—" or name.startswith("ANSSI-")]


def test_another_heading_over_47_certificates_is_a_word_to_operators_and_news_to_nobody(
    watched: Watched,
) -> None:
    moved = [
        event
        for event in log.events(watched.store, labels=["cspn"], causes=["register"])
        if "status" in event.changes and event.changes["status"].before == "archived"
    ]
    assert len(moved) == 47
    assert {event.weight for event in moved} == {Weight.LOW}
    told = {owed.event for owed in outbox.owed(watched.store, channel="C1")}
    assert told.isdisjoint(event.id for event in moved)
    words = [
        outbox.notice(watched.store, one.notice).text
        for one in outbox.owed(watched.store, channel="COPS")
        if one.notice
    ]
    word = "cspn: 47 rows that were over go from archived to unmaintained"
    assert sum(word in text for text in words) == 1


def test_january_after_march_is_an_older_edition_which_can_be_put_back() -> None:
    with open_store(":memory:") as store:
        watched = Watched(store)
        watched.see(DECEMBER)
        assert watched.see(MARCH).run.outcome is Outcome.OK
        assert watched.held() == held_in(2)
        late = datetime.fromisoformat("2026-03-06T18:00:00+00:00")
        doubted = watched.see(JANUARY, late)
        assert [reason.code for reason in doubted.run.reasons] == ["older_edition"]
        assert watched.held() == held_in(2)
        approved = approve(CATALOGUE, doubted.run, watched.watch, "put back", late + timedelta(hours=1))
        assert approved.run.outcome is Outcome.OK
        assert watched.held() == held_in(1)
        again = watched.see(MARCH, late + timedelta(days=1))
        assert (again.run.outcome, again.run.held) == (Outcome.OK, ())
        assert watched.held() == held_in(2)
