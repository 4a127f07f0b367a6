"""What the register itself prints of who has taken a service over: said so, and before all likeness."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from toy_story import Story, kinds, only

from notifiers.said.named import row_notes
from notifiers.said.variant import change_lines
from notifiers.said.wording import sentence, title
from state import codec
from state.file.opening import open_store
from state.model import Event, Kind, Neighbour, Weight
from state.seen.rows import listings
from watcher.ask.views.events import event_view
from watcher.ask.views.form import json_of

DATAKOM = "hds | Datakom | a-sign | CA/QC 1 | 2001-01-01 | -"
ATRUST = "hds | A-Trust | a-sign | CA/QC 1 (2) | 2002-10-01 | -"
ELSE = "hds | Orange | Cloud | 9 | 2020-01-01 | -"
PRINTED = "taken_over_by=A-Trust GmbH"


@pytest.fixture
def story() -> Iterator[Story]:
    with open_store(":memory:") as store:
        yield Story(store)


def of(events: tuple[Event, ...], kind: Kind) -> Event:
    [found] = [event for event in events if event.kind is kind]
    return found


def test_a_loss_names_whom_the_register_says_to_have_taken_it_over(story: Story) -> None:
    story.edition("2026-03-01", DATAKOM, ELSE)
    # The row stays, as withdrawn: no row is gone of which one could guess a successor.
    seen = story.edition("2026-03-02", f"{DATAKOM} | status=withdrawn | {PRINTED}", ATRUST, ELSE)
    lost, gained = of(seen.events, Kind.LOST), of(seen.events, Kind.GAINED)
    assert lost.probable_successor == Neighbour(event=gained.id, slug="a-trust", name="A-Trust", printed=True)
    assert gained.probable_predecessor == Neighbour(
        event=lost.id, slug="datakom", name="Datakom", printed=True
    )
    assert json_of(event_view(lost))["probable_successor"]["printed"] is True
    said = sentence(lost, "fr")
    assert f"D’après le registre, repris par A-Trust, désormais listé (événement {gained.id})." in said
    assert "probable" not in said
    assert said.count("A-Trust") == 1
    assert "Takes over from Datakom, says the register (event" in sentence(gained, "en")


def test_what_is_printed_comes_before_what_is_alike(story: Story) -> None:
    story.edition("2026-03-01", "hds | Bull | Cloud | 1 | 2024-01-01 | 2027-01-01", ELSE)
    alike = "hds | Bull France | Cloud | 2 | 2026-02-01 | 2027-01-01"
    named = "hds | Eviden | Other | 3 | 2026-02-01 | 2029-01-01"
    seen = story.edition(
        "2026-03-02",
        "hds | Bull | Cloud | 1 | 2024-01-01 | 2027-01-01 | status=withdrawn | taken_over_by=EVIDEN SAS",
        alike,
        named,
        ELSE,
    )
    lost = of(seen.events, Kind.LOST)
    assert lost.probable_successor is not None
    assert (lost.probable_successor.slug, lost.probable_successor.printed) == ("eviden", True)


def test_a_guess_is_no_print_and_has_the_text_in_the_log_that_it_had(story: Story) -> None:
    story.edition("2026-03-01", "hds | Bull | Cloud | 1 | 2024-01-01 | 2027-01-01", ELSE)
    seen = story.edition("2026-03-02", "hds | Bull France | Cloud | 2 | 2026-02-01 | 2027-01-01", ELSE)
    lost, gained = of(seen.events, Kind.LOST), of(seen.events, Kind.GAINED)
    guessed = {"event": gained.id, "slug": "bull-france", "name": "Bull France"}
    assert codec.pack_event(lost)["probable_successor"] == guessed
    assert json_of(event_view(lost))["probable_successor"] == guessed
    assert codec.event_of(codec.event_text(lost)) == lost
    assert "Successeur probable" in sentence(lost, "fr")


def test_the_first_service_that_is_printed_as_taken_over_is_told(story: Story) -> None:
    """It fills a field that no row of the list ever had: a fact about that row, not a new column."""
    story.edition("2026-03-01", DATAKOM, ELSE)
    told = only(story.edition("2026-03-02", f"{DATAKOM} | {PRINTED}", ELSE))
    assert (told.kind, told.weight) == (Kind.AMENDED, Weight.NORMAL)
    assert title(told, "fr").endswith("repris par A-Trust GmbH, d’après le registre")
    assert "que A-Trust GmbH a repris ce service (a-sign" in sentence(told, "fr")
    assert change_lines(told, "en") == (("taken_over_by", "Taken over by", "none → A-Trust GmbH"),)
    [row, _] = listings.versions(story.store, open=True)
    assert row_notes(row, "fr")["taken_over"] == "repris par A-Trust GmbH"
    back = only(story.edition("2026-03-03", DATAKOM, ELSE))
    assert (back.kind, back.weight) == (Kind.AMENDED, Weight.LOW)


def test_a_successor_that_gains_nothing_is_said_all_the_same(story: Story) -> None:
    story.edition("2026-03-01", DATAKOM, "hds | A-Trust | Own | 7 | 2020-01-01 | -", ELSE)
    seen = story.edition(
        "2026-03-02",
        f"{DATAKOM} | status=withdrawn | {PRINTED}",
        "hds | A-Trust | Own | 7 | 2020-01-01 | -",
        ELSE,
    )
    lost = only(seen)
    assert kinds(seen) == ["lost datakom"]
    assert lost.probable_successor is None
    assert "D’après le registre, repris par A-Trust GmbH." in sentence(lost, "fr")
    assert "Taken over by A-Trust GmbH, says the register." in sentence(lost, "en")
