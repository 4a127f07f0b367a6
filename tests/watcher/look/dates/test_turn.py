"""Statuses printed with a day still to come: told when printed, told on their day, whoever looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from toy_register import ToyRegister, day, page

from notifiers.said.reasons import as_said
from notifiers.said.wording import sentence, title
from scrapers.source import Bounds, Unreachable
from state.file.opening import open_store
from state.file.store import Store
from state.model import Cause, Event, Kind, Known, Page
from state.seen.events import log
from state.seen.looks import runs
from state.seen.rows import listings
from state.seen.who.providers import load_providers
from watcher.look.check import check, look
from watcher.look.forget import forget
from watcher.look.record import Checked, Watch
from watcher.prove.replay import OTHER_REVISION, rebuilt

NAME = "anssi-catalogue"
GRANTED = "2025-03-24 granted"
ENDS = f"2026-03-10 withdrawn; {GRANTED}"


def service(name: str, statuses: str, ref: str = "") -> str:
    return f"secnumcloud | OVH | {name} | {ref or name} | - | - | statuses={statuses}"


class Story:
    """A memory and a toy register that prints statuses ahead."""

    def __init__(self, store: Store) -> None:
        self.store, self.source = store, ToyRegister()
        self.watch = Watch(store=store, providers=load_providers(store))

    def see(self, when: str, *rows: str, edition: str = "2026-01-05") -> list[Event]:
        text = "\n".join([f"edition {edition}", *rows])
        return told(look(self.source, [page(text, day(when))], self.watch, day(when)))

    def fail(self, when: str) -> list[Event]:
        def get(_: str) -> Page:
            raise Unreachable(as_said("no answer"))

        return told(check(self.source, get, self.watch, lambda: day(when)))

    def rows(self) -> dict[str | None, Known]:
        return {row.attestation.subject: row for row in listings.listing(self.store, NAME)}

    def replays(self) -> None:
        again = rebuilt(self.store, {NAME: self.source})
        assert again.difference == ""
        assert set(again.taken) <= {OTHER_REVISION}


def told(checked: Checked) -> list[Event]:
    return [event for event in checked.events if event.cause.told and event.kind is not Kind.EXPIRING]


def said(events: list[Event]) -> list[tuple[str, str, bool | None]]:
    return [(event.kind, event.cause, event.expected) for event in events]


@pytest.fixture
def story() -> Iterator[Story]:
    with open_store(":memory:") as store:
        told = Story(store)
        yield told
        told.replays()


def test_an_end_printed_ahead_is_told_at_once_though_no_row_had_an_end_before(story: Story) -> None:
    """The first row to announce anything is no new column of the register."""
    story.see("2026-01-05", service("Pod", GRANTED), service("Tank", GRANTED))
    [event] = story.see("2026-02-01", service("Pod", ENDS), service("Tank", GRANTED), edition="2026-02-01")
    assert said([event]) == [(Kind.SHORTENED, Cause.REGISTER, None)]
    assert event.changes["valid_until"].after == "2026-03-10"
    assert event.changes["status_to_come"].after == "withdrawn"
    assert story.rows()["Pod"].attestation.stands


@pytest.mark.parametrize("way", ["unmoved", "failed", "new edition", "new bytes"])
def test_on_its_day_an_end_is_told_once_whatever_the_look_finds(story: Story, way: str) -> None:
    page_of = (service("Pod", ENDS),)
    story.see("2026-01-05", *page_of)
    assert story.see("2026-03-09", *page_of) == []
    if way == "failed":
        events = story.fail("2026-03-10")
    elif way == "unmoved":
        events = story.see("2026-03-10", *page_of)
    elif way == "new edition":
        events = story.see("2026-03-10", *page_of, edition="2026-03-10")
    else:
        events = story.see("2026-03-10", *page_of, "! topic something new")

    assert said(events) == [(Kind.LOST, Cause.CALENDAR, True)]
    [event] = events
    assert (event.changes["status"].before, event.changes["status"].after) == ("granted", "withdrawn")
    row = story.rows()["Pod"].attestation
    assert (row.status, row.stands, row.valid_from, row.valid_until) == (
        "withdrawn",
        False,
        date(2026, 3, 10),
        None,
    )
    for when in ("2026-03-11", "2026-03-12"):
        assert story.see(when, *page_of, edition="2026-03-11" if way == "new edition" else "2026-01-05") == []
    assert story.fail("2026-03-13") == []


def test_one_of_several_services_ends_and_then_the_last_one(story: Story) -> None:
    page_of = (service("Pod", ENDS), service("Tank", f"2026-03-20 withdrawn; {GRANTED}"))
    story.see("2026-01-05", *page_of)
    events = story.fail("2026-04-01")
    assert said(events) == [
        (Kind.SERVICE_REMOVED, Cause.CALENDAR, True),
        (Kind.LOST, Cause.CALENDAR, True),
    ]
    assert [event.attestations[0].subject for event in events] == ["Pod", "Tank"]


def test_services_that_end_on_one_day_are_one_loss(story: Story) -> None:
    story.see("2026-01-05", service("Pod", ENDS), service("Tank", ENDS))
    [event] = story.fail("2026-03-10")
    assert (event.kind, len(event.attestations)) == (Kind.LOST, 2)


def test_an_end_taken_back_is_told_and_never_comes(story: Story) -> None:
    story.see("2026-01-05", service("Pod", ENDS))
    events = story.see("2026-02-01", service("Pod", GRANTED), edition="2026-02-01")
    assert said(events) == [(Kind.RENEWED, Cause.REGISTER, None)]
    assert events[0].changes["valid_until"].after is None
    assert story.fail("2026-03-10") == []


def test_an_end_taken_back_in_time_never_came_though_nobody_looked_until_later(story: Story) -> None:
    story.see("2026-01-05", service("Pod", ENDS))
    events = story.see("2026-03-12", service("Pod", GRANTED), edition="2026-03-09")
    assert said(events) == [(Kind.RENEWED, Cause.REGISTER, None)]


def test_an_end_put_off_is_a_renewal_and_one_brought_forward_is_shortened(story: Story) -> None:
    story.see("2026-01-05", service("Pod", ENDS))
    later, sooner = (f"{end} withdrawn; {GRANTED}" for end in ("2026-06-01", "2026-02-15"))
    assert [e.kind for e in story.see("2026-01-20", service("Pod", later), edition="2026-01-20")] == [
        Kind.RENEWED
    ]
    assert [e.kind for e in story.see("2026-01-25", service("Pod", sooner), edition="2026-01-25")] == [
        Kind.SHORTENED
    ]
    assert said(story.fail("2026-02-15")) == [(Kind.LOST, Cause.CALENDAR, True)]


def test_an_end_corrected_to_a_day_already_past_is_a_loss_that_nobody_expected(story: Story) -> None:
    """CDC - LEGALIA, in 2025: an end printed for 2027 turns out to have been in January."""
    story.see("2026-01-05", service("Pod", f"2027-01-08 withdrawn; {GRANTED}"))
    past = f"2025-12-31 withdrawn; {GRANTED}"
    events = story.see("2026-02-01", service("Pod", past), edition="2026-02-01")
    assert said(events) == [(Kind.LOST, Cause.REGISTER, False)]


def test_an_end_first_printed_when_it_has_come_is_a_loss_and_not_two_events(story: Story) -> None:
    story.see("2026-01-05", service("Pod", GRANTED))
    events = story.see("2026-03-12", service("Pod", ENDS), edition="2026-03-08")
    assert said(events) == [(Kind.LOST, Cause.REGISTER, False)]


def test_a_grant_to_come_begins_on_its_day(story: Story) -> None:
    story.see("2026-01-05", "passi | OVH | Audit | 1 | - | -")
    page_of = ("passi | OVH | Audit | 1 | - | -", service("Pod", "2026-03-10 granted"))
    first = story.see("2026-02-01", *page_of, edition="2026-02-01")
    assert [event.kind for event in first] == [Kind.AMENDED]
    assert (story.rows()["Pod"].attestation.status, story.rows()["Pod"].attestation.stands) == (
        "announced",
        False,
    )
    assert said(story.fail("2026-03-10")) == [(Kind.GAINED, Cause.CALENDAR, None)]
    assert story.rows()["Pod"].attestation.stands
    assert story.see("2026-03-11", *page_of, edition="2026-03-11") == []


def test_several_statuses_to_come_follow_each_other(story: Story) -> None:
    course = f"2026-05-01 granted; 2026-04-01 withdrawn; {GRANTED}"
    story.see("2026-01-05", service("Pod", course))
    assert [event.kind for event in story.fail("2026-04-01")] == [Kind.LOST]
    assert [event.kind for event in story.fail("2026-05-02")] == [Kind.GAINED]
    assert story.see("2026-06-01", service("Pod", course), edition="2026-06-01") == []


def test_a_grant_that_only_begins_anew_is_neither_a_renewal_nor_a_new_decision(story: Story) -> None:
    story.see("2026-01-05", service("Pod", GRANTED))
    anew = f"2026-02-01 granted; {GRANTED}"
    events = story.see("2026-02-02", service("Pod", anew), edition="2026-02-02")
    assert [(event.kind, set(event.changes)) for event in events] == [(Kind.AMENDED, {"valid_from"})]


def test_what_begins_on_the_day_of_a_new_reader_is_told_all_the_same(story: Story) -> None:
    page_of = (service("Pod", ENDS),)
    story.see("2026-01-05", *page_of)
    story.source = replace(story.source, revision=2)
    assert said(story.see("2026-03-10", *page_of)) == [(Kind.LOST, Cause.CALENDAR, True)]
    story.source = replace(story.source, revision=3)
    assert story.see("2026-03-11", *page_of) == []


def test_a_row_whose_removal_is_held_ends_on_its_day_and_stays_missing() -> None:
    with open_store(":memory:") as store:
        story = Story(store)
        story.source = replace(story.source, bounds={"secnumcloud": Bounds(floor=2, least=0)})
        others = [service(name, GRANTED) for name in ("Tank", "Bath")]
        story.see("2026-01-05", service("Pod", ENDS), *others)
        assert story.see("2026-03-09", others[0], edition="2026-03-08") == []
        assert said(story.fail("2026-03-10")) == [(Kind.SERVICE_REMOVED, Cause.CALENDAR, True)]
        assert story.rows()["Pod"].missing_since is not None
        story.replays()


def test_an_end_announced_for_soon_is_recalled_like_any_other_end(story: Story) -> None:
    story.see("2026-01-05", service("Pod", f"2026-06-30 withdrawn; {GRANTED}"))
    story.fail("2026-06-01")
    [recalled] = log.events(story.store, kinds=[Kind.EXPIRING], causes=[Cause.CALENDAR])
    assert recalled.step == 30


def test_a_clock_that_leaps_ends_nothing_until_a_second_day(story: Story) -> None:
    page_of = (service("Pod", ENDS), service("Tank", GRANTED))
    story.see("2026-01-05", *page_of)
    assert story.see("2029-01-01", *page_of) == []
    assert story.fail("2029-01-01") == []
    assert story.rows()["Pod"].attestation.stands
    assert said(story.see("2029-01-02", *page_of)) == [(Kind.SERVICE_REMOVED, Cause.CALENDAR, True)]


def test_a_clock_that_was_ahead_and_is_right_again_has_ended_nothing(story: Story) -> None:
    page_of = (service("Pod", ENDS), service("Tank", GRANTED))
    story.see("2026-01-05", *page_of)
    assert story.see("2029-01-01", *page_of) == []
    live = check(story.source, lambda _: _page(page_of), story.watch, lambda: day("2026-03-09"))
    assert told(live) == []
    assert story.rows()["Pod"].attestation.stands


def _page(rows: tuple[str, ...]) -> Page:
    return page("\n".join(["edition 2026-01-05", *rows]), day("2026-03-09"))


SAYINGS = {
    ENDS: (
        "fin annoncée pour le 10/03/2026",
        "end announced for 10 Mar 2026",
        "D’ici là, statut accordé.",
    ),
    f"2026-06-01 withdrawn; {GRANTED}": (
        "fin annoncée reportée au 01/06/2026",
        "announced end put off to 1 Jun 2026",
        "10/03/2026 → 01/06/2026",
    ),
    f"2026-04-01 withdrawn; {GRANTED}": (
        "fin annoncée avancée au 01/04/2026",
        "announced end brought forward to 1 Apr 2026",
        "01/06/2026 → 01/04/2026",
    ),
    GRANTED: (
        "plus de fin annoncée",
        "no end announced any more",
        "la fin annoncée pour le 01/04/2026 n’est plus imprimée",
    ),
}


def test_what_is_announced_moved_and_taken_back_is_said_so(story: Story) -> None:
    story.see("2026-01-05", service("Pod", GRANTED))
    for number, (statuses, (french, english, more)) in enumerate(SAYINGS.items(), 6):
        when = f"2026-01-{number:02}"
        [event] = story.see(when, service("Pod", statuses), edition=when)
        assert title(event, "fr").endswith(f": {french}")
        assert title(event, "en").endswith(f": {english}")
        assert more in sentence(event, "fr")
        assert "status_to_come" not in sentence(event, "en")


def test_an_end_that_came_is_said_to_have_been_announced(story: Story) -> None:
    story.see("2026-01-05", service("Pod", ENDS))
    [event] = story.fail("2026-03-10")
    assert "Le registre l’avait annoncé pour ce jour." in sentence(event, "fr")
    assert "The register had announced it for this day." in sentence(event, "en")


def test_a_look_that_is_forgotten_takes_back_what_began_with_it(story: Story) -> None:
    page_of = (service("Pod", ENDS),)
    story.see("2026-01-05", *page_of)
    assert said(story.see("2026-03-10", *page_of)) == [(Kind.LOST, Cause.CALENDAR, True)]
    [last] = runs.runs(story.store, source=NAME, limit=1, newest_first=True)
    forget(story.store, story.source, last, "the clock was wrong", day("2026-03-10"))
    assert story.rows()["Pod"].attestation.stands
    assert said(story.see("2026-03-11", *page_of)) == [(Kind.LOST, Cause.CALENDAR, True)]
