"""An Adaptive Card: what its reader reads, of elements that Teams shows, within what it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from card_limits import card_problems, card_text
from hostile_names import HOSTILE

from notifiers.notifier import Means, NamedChannel
from notifiers.said.voice import clean, unbroken
from notifiers.teams.notifier import Teams, make
from notifiers.teams.post import MOST, parts, post
from notifiers.wire.call import encoded
from state.model import Attestation, Event, Kind
from state.words.post import Message, Notice

BuildEvent = Callable[..., Event]
BuildMessage = Callable[..., Message]


def cards(message: Message) -> list[dict[str, object]]:
    return [post(part) for part in parts(message)]


def test_every_kind_of_event_makes_a_card_that_the_schema_allows(
    cases: dict[str, Event], a_message: BuildMessage
) -> None:
    for lang in ("fr", "en"):
        for event in cases.values():
            assert [*card_problems(cards(a_message(event, lang=lang))[0])] == []


def test_no_card_is_longer_than_teams_takes(many: tuple[Event, ...], a_message: BuildMessage) -> None:
    sizes = [len(encoded(card)) for card in cards(a_message(*many, matched=("tout",) * 20))]
    assert len(sizes) > 3
    assert max(sizes) <= MOST


def test_a_notice_to_operators_is_a_card_with_what_to_do(
    a_notice: Callable[..., Notice], a_message: BuildMessage
) -> None:
    [card] = cards(a_message(notices=(a_notice("trouble", "anssi-catalogue"),)))
    assert [*card_problems(card)] == []
    assert len(card_text(card).splitlines()) >= 2


@pytest.mark.parametrize("name", HOSTILE)
def test_a_printed_name_is_shown_as_it_is_printed(
    name: str, an_event: BuildEvent, a_message: BuildMessage, s3ns: Attestation
) -> None:
    event = an_event(Kind.GAINED, replace(s3ns, holder=name, subject=name), name=name)
    [card] = cards(a_message(event))
    # A `TextRun` is read literally: that there is nothing else is what the schema's check says.
    assert [*card_problems(card)] == []
    assert card_text(card).count(unbroken(clean(name))) >= 2
    assert card_text(card).isprintable() or "\n" in card_text(card)
    assert not any(ord(c) < 32 and c != "\n" for c in card_text(card))


def test_links_lead_where_the_register_leads_and_nowhere_else(
    an_event: BuildEvent, a_message: BuildMessage, s3ns: Attestation
) -> None:
    event = an_event(Kind.GAINED, replace(s3ns, url="javascript:alert(1)"))
    assert "javascript" not in encoded(cards(a_message(event))[0]).decode()


def test_the_address_of_a_workflow_is_shown_nowhere() -> None:
    named = NamedChannel(name="equipe", kind="teams", url="https://x.example/?sig=hunter2")
    made = make(Means(setting=lambda name: "", proxy_of=lambda url: None, named=named))
    assert isinstance(made, Teams)
    assert "hunter2" not in repr(made) + repr(named)
    with pytest.raises(LookupError, match="name no channel"):
        make(Means(setting=lambda name: "", proxy_of=lambda url: None))
