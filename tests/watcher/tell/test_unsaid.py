"""What was told of labels together is taken back with whatever it rests on, in every place, once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import engines
import pytest
from fake_slack import FakeSlack
from office import Died, Line, Shown, mortal
from toy_register import ToyRegister, day, page

from notifiers.notifier import DeliveryError, Notifier
from notifiers.said import parts
from notifiers.said.reasons import as_said
from notifiers.slack.bot import Slack
from notifiers.wire.posted import Posted
from state.file.opening import open_store
from state.model import Event, Listing, Page
from state.owed import outbox, subscriptions, taken
from state.seen.who.providers import load_providers
from state.words.post import Message, Receipt, Subscription
from watcher.ask.archive import Archive
from watcher.ask.why import why
from watcher.look.check import look
from watcher.look.record import Watch
from watcher.said.reason import account_told, reason_sentence
from watcher.said.told import Told, hearer
from watcher.tell import recall
from watcher.tell.deliver import Post, deliver
from watcher.tell.letters import LEASE
from watcher.tell.plan import plan
from watcher.tell.send import Sent
from watcher.tell.turned import turned

BOTH = "secnumcloud+hds"
SNC = "secnumcloud | OVHcloud | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
HDS = "hds | OVHcloud | - | 36741 | - | 2027-05-01"
OTHERS = (
    "secnumcloud | Oodrive | Oodrive_Work | 2025_241 | 2025-01-20 | 2028-01-25",
    "hds | Whaller | - | 4242 | - | 2027-05-01",
)
BEGUN = "OVHcloud détient désormais les deux : SecNumCloud et HDS"
OVER = "OVHcloud ne détient plus les deux à la fois : SecNumCloud et HDS"


@dataclass
class Desk:
    """A memory, and channels: C1 watches both together, C2 also HDS by itself."""

    url: str
    now: datetime = field(default_factory=lambda: day("2026-03-01"))
    lines: dict[str, Notifier] = field(default_factory=lambda: {"C1": Line(), "C2": Line(), "COPS": Line()})

    def see(self, *rows: str) -> list[Event]:
        """The events of one more look."""
        self.now += timedelta(days=1)
        text = "\n".join((f"edition {self.now.date()}", *OTHERS, *rows))
        with open_store(self.url) as store:
            watch = Watch(store=store, providers=load_providers(store), operators="COPS")
            return list(look(ToyRegister(), [page(text, self.now)], watch, self.now).events)

    def one(self, *rows: str) -> Event:
        [event] = self.see(*rows)
        return event

    def retract(self, event: Event) -> None:
        with open_store(self.url) as store:
            recall.retract(store, event.id, "a misread page", "U1", self.now)

    def deliver(self, owner: str = "me", dies: int = 0) -> Sent:
        post = Post(
            open_store=lambda: mortal(open_store(self.url), dies) if dies else open_store(self.url),
            notifier_of=self.lines.__getitem__,
            owner=owner,
            operators="COPS",
        )
        return deliver(post, lambda: self.now)

    def dies_at(self, statement: int) -> bool:
        """Whether a round of delivering came to that statement, and died there."""
        try:
            self.deliver("mortal", statement)
        except Died:
            return True
        return False

    def line(self, channel: str) -> Line:
        line = self.lines[channel]
        assert isinstance(line, Line)
        return line

    def heard(self, channel: str) -> list[str]:
        """The first lines of what a channel got, in order."""
        return [plain(one) for one in self.line(channel).got]

    def why(self, event: Event, channel: str) -> tuple[str, str]:
        """Why a channel was told of an event: for people in French, for programs in English."""
        with open_store(self.url) as store:
            archive = Archive(store=store, providers=load_providers(store), sources={}, now=self.now)
            account = why(archive, event.id, channel)
        told = account_told(account, hearer("fr"))
        [fate] = account.fates
        return text_of(told), reason_sentence(account, fate)


def text_of(told: Told) -> str:
    lines = (*told.intro, *(line for item in told.items for line in item))
    text = "\n".join("".join(span if isinstance(span, str) else span.text for span in line) for line in lines)
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def plain(message: Message) -> str:
    return parts.whole(message).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(url=str(tmp_path / "state.db"))
    with open_store(made.url) as store, store.transaction():
        for channel, labels in (("C1", (BOTH,)), ("C2", (BOTH,)), ("C2", ("hds",))):
            subscriptions.subscribe(store, Subscription(id=0, channel=channel, words=labels, labels=labels))
    made.see()
    return made


def test_a_second_label_that_was_announced_by_mistake_is_taken_back_everywhere(desk: Desk) -> None:
    desk.see(SNC)
    second = desk.one(SNC, HDS)
    desk.deliver()
    desk.retract(second)
    assert desk.deliver() == Sent(sent=2)
    for channel in ("C1", "C2"):
        [(edited, _)] = desk.line(channel).revised
        assert [one.event for one in edited.retracted] == [second.id]
        assert "Alerte annulée" in desk.heard(channel)[-1]
    assert desk.deliver() == Sent(), "once"


def test_a_first_label_that_was_announced_by_mistake_takes_back_that_both_are_held(desk: Desk) -> None:
    """Nobody who watches both was told of the first: what they were told of is the second, and right."""
    first = desk.one(SNC)
    second = desk.one(SNC, HDS)
    desk.deliver()
    desk.retract(first)
    assert desk.deliver() == Sent(sent=2)
    for channel in ("C1", "C2"):
        [(edited, receipt)] = desk.line(channel).revised
        assert (edited.retracted, [one.gone.event for one in edited.undone[second.id]]) == ((), [first.id])
        last = desk.line(channel).got[-1]
        assert last.follows == receipt
        assert desk.heard(channel)[-1] == (
            f"Alerte annulée : {BEGUN}\n"
            "Elle reposait sur une autre alerte, annulée : « OVHcloud est désormais listé : "
            "SecNumCloud, qualifié depuis le 24/03/2025 ». "
            "Raison : a misread page"
        )
    assert desk.deliver() == Sent(), "once"


def test_a_loss_that_was_misread_is_corrected(desk: Desk) -> None:
    desk.see(SNC)
    desk.see(SNC, HDS)
    desk.deliver()
    gone = desk.one(HDS)
    desk.deliver()
    assert OVER in desk.heard("C1")[-1]
    desk.retract(gone)
    assert desk.deliver() == Sent(sent=2)
    assert "Alerte annulée : OVHcloud" in desk.heard("C1")[-1]
    assert len(desk.line("C1").revised) == 1


def test_a_label_that_never_was_takes_back_both_that_it_came_and_that_it_went(desk: Desk) -> None:
    first = desk.one(SNC)
    desk.see(SNC, HDS)
    desk.see(HDS)
    desk.deliver()
    desk.retract(first)
    desk.deliver()
    told = [one for one in desk.heard("C1") if one.startswith("Alerte annulée")]
    assert len(told) == 2
    assert BEGUN in told[0] + told[1]
    assert OVER in told[0] + told[1]


def test_what_nobody_was_sent_yet_is_not_sent_to_who_asked_for_nothing_else(desk: Desk) -> None:
    first = desk.one(SNC)
    second = desk.one(SNC, HDS)
    desk.retract(first)
    desk.deliver()
    assert desk.heard("C1") == []
    [told] = desk.line("C2").got
    assert ([event.id for event in told.events], told.because[second.id]) == ([second.id], ())
    with open_store(desk.url) as store:
        [owed] = outbox.owed(store, channel="C1")
    assert (owed.state, owed.error) == ("given_up", "retracted before it was sent: a misread page")


@pytest.mark.parametrize("arrived", [True, False])
def test_one_under_way_when_its_ground_was_taken_back_is_corrected_only_if_it_arrived(
    desk: Desk, arrived: bool
) -> None:
    first = desk.one(SNC)
    desk.see(SNC, HDS)
    line = desk.line("C1")
    line.refusals = [DeliveryError(as_said("the reply was lost"), ambiguous=True)]
    desk.deliver()
    with open_store(desk.url) as store:
        [owed] = outbox.owed(store, channel="C1")
    line.arrived_unnoticed = {owed.message or ""} if arrived else set()
    desk.retract(first)
    desk.now += timedelta(minutes=1)
    desk.deliver()
    desk.deliver()
    assert [one.startswith("Alerte annulée") for one in desk.heard("C1")] == ([True] if arrived else [])
    assert [receipt for _, receipt in line.revised] == ([Receipt(id="found")] if arrived else [])


def test_a_sender_that_dies_after_the_look_leaves_both_told_once(desk: Desk) -> None:
    """Committed with the look and leased by a process that is gone: told when its lease ran out, once."""
    desk.see(SNC)
    second = desk.one(SNC, HDS)
    with open_store(desk.url) as store:
        plan(store, desk.now)
        assert taken.claim(store, ["C1"], "dead", desk.now, LEASE)
    desk.deliver()
    assert desk.heard("C1") == []
    desk.now += LEASE
    desk.deliver()
    desk.deliver()
    assert [[event.id for event in one.events] for one in desk.line("C1").got] == [[second.id]]
    assert BEGUN in desk.heard("C1")[0]


@pytest.mark.parametrize("apart", [5, pytest.param(1, marks=pytest.mark.soak)])
def test_a_death_at_any_statement_tells_both_once_and_takes_them_back_once(
    tmp_path: Path, desk: Desk, apart: int
) -> None:
    """Between the look and the message, between the retraction and its word: nothing is lost or doubled."""
    desk.lines |= {name: Shown() for name in ("C1", "C2")}
    first = desk.one(SNC)
    desk.see(SNC, HDS)
    for statement in range(1, 400, apart):
        room = tmp_path / f"{statement}.db"
        engines.copy(desk.url, room)
        heir = replace(desk, url=str(room), lines={name: Shown() for name in ("C1", "C2", "COPS")})
        died = heir.dies_at(statement)
        heir.now += LEASE + timedelta(seconds=1)
        heir.deliver("heir")
        heir.retract(first)
        died_again = heir.dies_at(statement)
        for _ in range(2):
            heir.now += LEASE + timedelta(seconds=1)
            heir.deliver("heir")
        for channel in ("C1", "C2"):
            assert len(heir.heard(channel)) == 2, (statement, heir.heard(channel))
            assert f"Alerte annulée : {BEGUN}" in heir.heard(channel)[-1]
        engines.remove(room)
        if not (died or died_again):
            assert statement > 20, "the rounds are made of more statements than that"
            return
    pytest.fail("a round of more than 400 statements")


class Wiser(ToyRegister):
    """A reader that knows what an older one took for OVHcloud's qualification to be none."""

    def read(self, pages: Sequence[Page]) -> Listing:
        seen = super().read(pages)
        return replace(seen, attestations=tuple(one for one in seen.attestations if one.ref != "2025_559"))


def test_what_only_our_reader_saw_comes_and_goes_untold(desk: Desk) -> None:
    """A better reader moves no label: nobody hears that both parted, and the log does not say so."""
    desk.see(SNC)
    second = desk.one(SNC, HDS)
    desk.deliver()
    text = "\n".join((f"edition {desk.now.date()}", *OTHERS, SNC, HDS))
    with open_store(desk.url) as store:
        watch = Watch(store=store, providers=load_providers(store), operators="COPS")
        again = look(Wiser(revision=2), [page(text, desk.now)], watch, desk.now + timedelta(hours=1))
        assert [(one.kind, one.cause) for one in again.events] == [("lost", "rereading")]
        assert [one.event for one in turned(store, BOTH)] == [second.id]
    assert desk.deliver() == Sent()
    assert len(desk.heard("C1")) == 1


def test_why_says_what_came_second_by_which_document_and_since_when_the_first_is_there(desk: Desk) -> None:
    first = desk.one(SNC)
    second = desk.one(SNC, HDS)
    people, programs = desk.why(second, "C1")
    assert "Arrivé en second : HDS, avec cet événement (Catalogue de l’ANSSI du 04/03/2026 · p. 1" in people
    assert "Déjà là : SecNumCloud, vu le 03/03/2026" in people
    assert first.evidence.sha256[:12] in people
    assert second.evidence.sha256[:12] in programs
    assert "Came second: HDS, with this event" in programs


def test_why_says_what_went_first(desk: Desk) -> None:
    desk.see(SNC)
    desk.see(SNC, HDS)
    gone = desk.one(HDS)
    people, _ = desk.why(gone, "C1")
    assert "Parti en premier : SecNumCloud, avec cet événement" in people
    assert "Restait : HDS, vu le 04/03/2026" in people


def test_why_says_that_what_both_rest_on_was_taken_back(desk: Desk) -> None:
    first = desk.one(SNC)
    second = desk.one(SNC, HDS)
    desk.deliver()
    desk.retract(first)
    desk.deliver()
    people, programs = desk.why(second, "C1")
    assert f"L’événement n° {first.id}, sur lequel cela repose, a été annulé : a misread page" in people
    assert "Correction envoyée là" in people
    assert f"Event {first.id}, on which this rests, was taken back" in programs


@pytest.fixture
def slack(desk: Desk) -> Iterator[FakeSlack]:
    with FakeSlack() as made:
        bot = Slack(token="xoxb-fake", base_url=made.api_url, pace=0, posted=Posted(pause=lambda _: None))
        desk.lines |= {"C1": bot, "C2": bot}
        yield made


def test_on_slack_the_word_is_struck_out_where_it_was_said_and_taken_back_below(
    desk: Desk, slack: FakeSlack
) -> None:
    first = desk.one(SNC)
    desk.see(SNC, HDS)
    desk.deliver()
    desk.retract(first)
    desk.deliver()
    edited, word = slack.received("C1")
    shown = json.dumps(edited["blocks"], ensure_ascii=False).replace("\u00a0", " ")
    assert edited["blocks"][0]["text"]["text"].startswith("OVHcloud"), "that HDS came is right"
    assert '"style": {"bold": true, "strike": true}' in shown
    assert f"Alerte annulée : {BEGUN}" in shown
    assert word["thread_ts"] == edited["ts"]
    assert f"Alerte annulée : {BEGUN}" in word["text"].replace("\u00a0", " ")
