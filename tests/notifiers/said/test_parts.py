"""A message in parts: whole events, in order, each said once, and the same parts after a recall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from any_event import events as any_events
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.said import account, digest, wording
from notifiers.said.parts import Passage, parts, plain, plain_passage
from notifiers.said.voice import line_text
from state.model import Attestation, Event, Kind
from state.words.post import Message, Notice, Receipt, Retraction

BuildEvent = Callable[..., Event]
BuildMessage = Callable[..., Message]
ROOM = 2_000


def cost(passage: Passage) -> int:
    return len(plain_passage(passage).encode())


def retraction(event: Event, reason: str = "Page d’essai du registre.") -> Retraction:
    return Retraction(event=event.id, reason=reason, by="U1", at=datetime(2026, 3, 5, tzinfo=UTC))


def test_a_short_message_is_one_part_that_says_all_and_says_it_once(
    an_event: BuildEvent, a_message: BuildMessage
) -> None:
    event = an_event(Kind.GAINED)
    [part] = parts(a_message(event, matched=("s3ns",)), cost, ROOM)
    assert part.head == wording.title(event, "fr")
    assert part.passages[0].title == ""
    assert plain(part).count(part.head) == 1
    assert part.foot == "Vos abonnements\u00a0: s3ns"
    assert all(line_text(line) in plain(part) for line in account.lines(event, "fr"))


def test_a_long_message_is_cut_between_events(many: tuple[Event, ...], a_message: BuildMessage) -> None:
    message = a_message(*many)
    whole = parts(message, cost, ROOM)
    assert len(whole) > 5
    assert [event for part in whole for event in part.events] == [e.id for e in digest.ordered(message)]
    assert all(sum(map(cost, part.passages)) <= ROOM for part in whole)
    assert whole[0].head.endswith(f" (1/{len(whole)})")
    assert whole[-1].head.endswith(f" (suite, {len(whole)}/{len(whole)})")


def test_a_part_says_which_group_goes_on_in_it(many: tuple[Event, ...], a_message: BuildMessage) -> None:
    whole = parts(a_message(*many), cost, ROOM)
    assert all(part.passages[0].over for part in whole)
    heads = [one.over for part in whole for one in part.passages if one.over]
    assert len(heads) < len(many)


def test_an_event_that_no_part_can_hold_goes_on_from_a_line_to_the_next(
    an_event: BuildEvent, a_message: BuildMessage, s3ns: Attestation
) -> None:
    rows = tuple(replace(s3ns, subject=f"Service {n:03d}", ref=f"2025_{n}") for n in range(60))
    event = an_event(Kind.GAINED, attestations=rows)
    whole = parts(a_message(event), cost, ROOM)
    told = [line_text(line) for part in whole for one in part.passages for line in one.lines]
    assert len(whole) > 2
    assert told == [line_text(line) for line in account.lines(event, "fr")]
    assert {part.events for part in whole} == {(event.id,)}
    assert [bool(part.passages[-1].proof) for part in whole] == [False] * (len(whole) - 1) + [True]


def test_a_line_that_no_part_can_hold_is_divided_at_a_blank_and_loses_nothing(
    an_event: BuildEvent, a_message: BuildMessage, s3ns: Attestation
) -> None:
    scope = tuple(f"activité d’hébergement numéro {n}" for n in range(200))
    event = an_event(Kind.GAINED, replace(s3ns, scope=scope))
    whole = parts(a_message(event), cost, ROOM)
    assert all(sum(map(cost, part.passages)) <= ROOM for part in whole)
    told = "".join(line_text(line) for part in whole for one in part.passages for line in one.lines)
    assert told == "".join(line_text(line) for line in account.lines(event, "fr"))
    ends = [line_text(one.lines[-1]) for part in whole[:-1] for one in part.passages]
    assert all(end.endswith((" ", ",")) for end in ends[1:])


def test_what_is_retracted_is_noted_where_it_stands_and_moves_nothing(
    many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    message = a_message(*many)
    before = parts(message, cost, ROOM)
    wrong = digest.ordered(message)[40]
    after = parts(replace(message, retracted=(retraction(wrong),)), cost, ROOM)
    assert [part.events for part in after] == [part.events for part in before]
    [noted] = [part for part in after if part.notes]
    assert wrong.id in noted.events
    assert "Page d’essai du registre." in plain(noted)
    assert [one.event for one in noted.passages if one.gone] == [wrong.id]
    # Plain text has no way to strike out: what is wrong stands there once, in what takes it back.
    assert plain(noted).count(wording.title(wrong, "fr")) == 1


def test_the_headline_of_a_message_that_was_wrong_says_so(
    an_event: BuildEvent, a_message: BuildMessage
) -> None:
    event = an_event(Kind.GAINED)
    [part] = parts(a_message(event, retracted=(retraction(event),)), cost, ROOM)
    assert part.head == "Alerte annulée\u00a0: S3NS obtient la qualification SecNumCloud"


@pytest.mark.parametrize(("lang", "begins"), [("fr", "Alerte annulée\u00a0: "), ("en", "Alert cancelled: ")])
def test_a_follow_up_says_in_its_first_line_what_it_takes_back(
    lang: str, begins: str, an_event: BuildEvent, a_message: BuildMessage
) -> None:
    event = an_event(Kind.GAINED)
    told = a_message(event, lang=lang, retracted=(retraction(event),), follows=Receipt(id="1"))
    [part] = parts(told, cost, ROOM)
    assert part.head == begins + wording.title(event, lang)
    assert "Page d’essai" in plain(part)
    assert part.events == (event.id,)


def test_notices_are_told_with_what_was_found_and_what_to_do(
    a_notice: Callable[..., Notice], a_message: BuildMessage
) -> None:
    notice = a_notice("trouble", "anssi-catalogue")
    [alone] = parts(a_message(notices=(notice,)), cost, ROOM)
    assert alone.head == wording.notice_title(notice, "fr")
    assert plain(alone).count(alone.head) == 1
    [both] = parts(a_message(notices=(notice, replace(notice, id=2, subject="ans-hds"))), cost, ROOM)
    assert [one.title for one in both.passages] == [
        wording.notice_title(one, "fr") for one in (notice, replace(notice, subject="ans-hds"))
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(any_events, min_size=1, max_size=4, unique_by=lambda event: event.id))
def test_whatever_a_register_prints_no_part_is_too_long_and_no_event_is_lost(events: list[Event]) -> None:
    message = Message(key="k", channel="equipe", lang="fr", events=tuple(events))
    whole = parts(message, cost, 700)
    assert all(cost(one) <= 700 for part in whole for one in part.passages)
    assert {event for part in whole for event in part.events} == {event.id for event in events}
