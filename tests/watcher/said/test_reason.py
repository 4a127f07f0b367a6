"""What became of an event, in words: every state, every wait and every term in each language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from toy_register import day, row

from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import line_text
from state.model import Cause, Event, Evidence, Kind, Provider
from state.words.post import Channel, Owed, Retraction, Subscription
from watcher.ask.why import Account, Fate, Unmet
from watcher.said.drawn.table import told_text
from watcher.said.reason import account_told, reason_sentence
from watcher.said.told import Hearer, hearer, terminal
from watcher.tell.plan import Delay
from watcher.tell.want import Term

AT = datetime(2026, 3, 4, 7, 30, tzinfo=UTC)
EVENT = Event(
    id=7,
    kind=Kind.GAINED,
    weight=Kind.GAINED.weight,
    provider=Provider(slug="s3ns", name="S3NS"),
    label="secnumcloud",
    source="anssi-catalogue",
    attestations=(row("secnumcloud | S3NS | Cloud | 2025_2057 | 2025-12-17 | 2028-12-17"),),
    rows=(1,),
    seen_at=day("2026-03-04"),
    edition_at=None,
    cause=Cause.REGISTER,
    evidence=Evidence(snapshot=1, url="https://register.test/", sha256="ab", place="p. 1"),
)
WISH = Subscription(
    id=3,
    channel="C1",
    words=("hds", "lost", "bleu"),
    names=("bleu",),
    labels=("hds",),
    kinds=("lost",),
    created_at=AT,
)
OWED = Owed(
    id=1, channel="C1", event=7, notice=None, run=1, state="sent", due=AT, tries=2, message="m1", matched=(3,)
)
STATES = ("due", "sending", "sent", "given_up", "suspended")
HEARERS = [*(hearer(lang) for lang in LANGUAGES), terminal()]


def text(reason: Fate, to: Hearer, event: Event = EVENT) -> str:
    """What is said of a channel, below the event."""
    account = Account(event=event, run=1, retracted=None, fates=(reason,))
    told = account_told(account, to)
    lines = told.items[0] if to.terminal else told.intro[2:]
    return " ".join(map(line_text, lines)).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("to", HEARERS, ids=("fr", "en", "terminal"))
def test_every_state_wait_and_term_is_said_to_whoever_asks(to: Hearer) -> None:
    owed = [Fate(channel="C1", owed=replace(OWED, state=state)) for state in STATES]
    put_off = Fate(channel="C1", owed=replace(OWED, state="due", error="no answer"))
    kept = [
        Fate(channel="C1", owed=replace(OWED, state="due"), delay=Delay(why=why, until=AT))
        for why in ("paused", "digest", "quiet")
    ]
    refused = [
        Fate(channel="C1", refused=(Unmet(subscription=WISH, term=term, why="x"),))
        for term in Term
        if term is not Term.CAUSE
    ]
    said = [text(one, to) for one in (*owed, put_off, *kept, *refused, Fate(channel="C1"))]
    assert len(set(said)) == len(said)
    assert all(len(one) > 20 for one in said)


def test_a_refusal_is_said_in_french_with_the_names_that_readers_know() -> None:
    def said(term: Term) -> str:
        return text(Fate(channel="C1", refused=(Unmet(subscription=WISH, term=term, why="x"),)), hearer("fr"))

    begun = "L’abonnement n° 3 (hds lost bleu) : il suit "
    assert said(Term.LABELS) == begun + "HDS, pas SecNumCloud"
    assert said(Term.KINDS) == begun + "« n’est plus listé », pas « label obtenu »"
    assert said(Term.NAMES) == begun + "bleu, pas S3NS"
    assert said(Term.MADE_AFTER).endswith(
        "il a été créé le 04/03/2026 08:30 (heure de Paris), après l’événement"
    )


def test_a_channel_that_takes_nothing_is_said_with_the_way_out_where_it_is_read() -> None:
    suspended = Channel(id="C1", state="suspended", reason="Slack refused (is_archived)")
    reason = Fate(channel="C1", owed=replace(OWED, state="suspended"), suspended=suspended)
    assert text(reason, hearer("fr")).endswith("Une fois réparé : /vigilabel reprendre.")
    assert text(reason, terminal()).endswith("when it is mended, `vigilabel resume C1`.")


@pytest.mark.parametrize("to", HEARERS, ids=("fr", "en", "terminal"))
def test_what_reached_all_before_its_channel_was_suspended_is_not_said_to_have_missed_any(to: Hearer) -> None:
    suspended = Channel(id="C1", state="suspended", reason="Slack refused (is_archived)")
    for owed in (OWED, replace(OWED, state="given_up", error="too long")):
        before = Fate(channel="C1", owed=owed)
        assert text(replace(before, suspended=suspended), to) == text(before, to)


@pytest.mark.parametrize("cause", [Cause.BASELINE, Cause.REREADING])
def test_what_nobody_hears_is_said_so_to_people_by_its_reason_and_to_programs_by_its_cause(
    cause: Cause,
) -> None:
    event = replace(EVENT, cause=cause)
    reason = Fate(channel="C1", refused=(Unmet(subscription=WISH, term=Term.CAUSE, why="x"),))
    assert text(reason, hearer("fr"), event).startswith("Dit à personne : ")
    account = Account(event=event, run=1, retracted=None, fates=(reason,))
    assert reason_sentence(account, reason) == f"Told to nobody: its cause is {cause}."


def test_a_retraction_is_told_to_programs_with_who_made_it_and_what_became_of_it() -> None:
    gone = Retraction(event=7, at=AT, by="cli", reason="misread")
    reason = Fate(channel="C1", owed=OWED, taken_back=replace(OWED, state="sending", tries=1, message="m2"))
    account = Account(event=EVENT, run=1, retracted=gone, fates=(reason,))
    assert reason_sentence(account, reason) == (
        "Wanted by a subscription. Sent 2026-03-04 07:30:00 UTC after 2 attempts in message m1. "
        "Retracted 2026-03-04 07:30:00 UTC by cli: misread. "
        "Taken back there: Being sent now, in message m2."
    )


def test_each_channel_stands_under_its_name_at_a_terminal_alone() -> None:
    fates = (Fate(channel="C1"), Fate(channel="C2"))
    account = Account(event=EVENT, run=1, retracted=None, fates=fates)
    assert "C1\n  No subscription was ever made" in told_text(account_told(account, terminal()))
    assert "C1" not in told_text(account_told(account, hearer("en")))
