"""An answer that somebody shared is taken back like an alert, wherever its copies are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fake_people import People, said

from notifiers.slack.bot import Slack
from notifiers.wire.posted import Posted
from state.owed import outbox, shares, taken
from watcher.slack.doors.door import Door
from watcher.slack.doors.reception import Reception
from watcher.tell import recall
from watcher.tell.deliver import deliver
from watcher.tell.letters import LEASE
from watcher.tell.send import Sent
from watcher.upkeep import upkeep

STANDING = (
    "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS",
    "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17",
    "hds | SCALINGO SAS | - | 38436-2 | 2025-09-12 | 2028-09-11 | scope=1+2+5",
)
WRONG = "⚠️ Rétracté\u00a0: S3NS obtient la qualification SecNumCloud"


@pytest.fixture
def send(door: Door, time: Any) -> Callable[[], Sent]:
    """Sends what is owed, an hour later each time, and without pauses."""
    notifier = door.desk.app.notifier_of("C1")
    assert isinstance(notifier, Slack)
    quick = replace(notifier, pace=0.0, posted=Posted(pause=lambda _: None))
    post = replace(door.desk.app.post(), notifier_of=lambda _: quick)

    def sent() -> Sent:
        time.pass_by(hours=1)
        return deliver(post, time)

    return sent


def retract(door: Door, event: int = 3) -> None:
    app = door.desk.app
    with app.open_store() as store:
        recall.retract(store, event, "page mal lue", "UOPS", app.clock())


def settled(door: Door, people: People, channel: str = "C1") -> None:
    """Once the share is written down as posted."""
    people.say("help")
    door.pool.shutdown(wait=True)


def struck(post: dict[str, Any]) -> str:
    return "".join(
        leaf["text"]
        for block in post["blocks"]
        if block["type"] == "rich_text"
        for part in block["elements"]
        for leaf in part["elements"]
        if leaf.get("style", {}).get("strike")
    )


SHARED = """historique secnumcloud | historique | fiche s3ns | course s3ns | course bleu; s3ns | chercher s3ns
| titulaires secnumcloud | était s3ns secnumcloud 2026-03-01 | pourquoi 3 | preuve 3"""


@pytest.mark.parametrize("asked", SHARED.replace("\n", " ").split(" | "))
def test_every_shared_answer_that_rests_on_a_retracted_event_says_so(
    asked: str, team: People, door: Door, send: Callable[[], Sent]
) -> None:
    shown = team.share(team.say(asked))
    before = said(shown)
    settled(door, team)
    retract(door)
    assert send() == Sent(sent=1)
    copy, word = team.slack.received("C1")
    assert copy["ts"] == shown["ts"]
    head, *rest = before.split("\n")
    assert said(copy).startswith("\n".join((head, WRONG, "Rétracté le 10/03/2026")))
    assert said(copy).endswith("\n".join(rest)), "what was shared is still there"
    assert copy["text"].startswith(WRONG)
    assert (word["thread_ts"], word["reply_broadcast"]) == (shown["ts"], True)
    assert said(word).startswith(WRONG)
    assert "partagée ici le 10/03/2026" in said(word)
    assert send() == Sent(), "once"


@pytest.mark.parametrize(
    "asked", ["historique outscale", "fiche scalingo", "course outscale", "aide", "sources"]
)
def test_an_answer_that_rests_on_something_else_stays_as_it_is(
    asked: str, team: People, door: Door, send: Callable[[], Sent]
) -> None:
    shown = team.share(team.say(asked))
    settled(door, team)
    retract(door)
    assert send() == Sent()
    assert team.slack.received("C1") == [shown]


def test_of_a_shared_history_the_wrong_event_alone_is_struck_out(
    team: People, door: Door, send: Callable[[], Sent]
) -> None:
    team.share(team.say("historique gagné"))
    settled(door, team)
    retract(door)
    send()
    [copy, _] = team.slack.received("C1")
    assert "S3NS obtient" in struck(copy)
    assert "Scalingo" in said(copy)
    assert "Scalingo" not in struck(copy)
    retract(door, 4)
    send()
    assert "Scalingo" in struck(copy)
    assert "S3NS obtient" in struck(copy), "the first one stays taken back"


def test_the_alert_and_every_copy_in_a_channel_are_edited_and_one_word_follows(
    team: People, door: Door, send: Callable[[], Sent], watching: Any, time: Any
) -> None:
    team.say("suivre secnumcloud")
    time.pass_by(days=2)
    row = "secnumcloud | NumSpot | Numspot IaaS | 2026_9 | 2026-03-11 | 2029-03-11"
    watching.see("2026-03-11", *STANDING, row)
    assert send() == Sent(sent=1)
    shown = [
        team.share(team.say(asked)) for asked in ("course numspot", "fiche numspot", "course s3ns numspot")
    ]
    settled(door, team)
    with door.desk.app.open_store() as store:
        [owed] = outbox.owed(store, channel="C1")
    assert owed.event is not None
    retract(door, owed.event)
    assert send() == Sent(sent=1)
    alert, *copies, word = team.slack.received("C1")
    assert len(copies) == len(shown)
    for post in (alert, *copies):
        assert "page mal lue" in said(post)
    assert word["thread_ts"] == alert["ts"]


@pytest.mark.parametrize("error", ["message_not_found", "edit_window_closed", "cant_update_message"])
def test_a_copy_that_can_be_edited_no_more_is_answered(
    error: str, team: People, door: Door, send: Callable[[], Sent]
) -> None:
    shown = team.share(team.say("course s3ns"))
    settled(door, team)
    retract(door)
    team.slack.fail(error, method="chat.update", times=2)
    assert send() == Sent(sent=1)
    copy, word = team.slack.received("C1")
    assert said(copy) == said(shown)
    assert said(word).startswith(WRONG)


@pytest.mark.parametrize("error", ["is_archived", "not_in_channel", "channel_not_found"])
def test_where_the_channel_is_closed_to_us_whoever_shared_the_answer_hears_of_it(
    error: str, team: People, door: Door, send: Callable[[], Sent]
) -> None:
    team.share(team.say("course s3ns"), user="U7")
    settled(door, team)
    retract(door)
    team.slack.fail(error, method="chat.update", times=2)
    assert send() == Sent(given_up=1)
    assert send() == Sent(sent=2), "to the member, and to operators that a message was given up"
    [word] = team.slack.received("U7")
    assert said(word).startswith(WRONG)
    assert "La réponse que vous avez partagée le 10/03/2026" in said(word)
    assert "<#C1>" in said(word)
    assert "prévenez ceux qui l’ont lue" in said(word)
    assert send() == Sent()


def test_an_answer_shared_where_the_app_may_not_post_comes_back_to_whoever_shared_it(
    team: People, door: Door, send: Callable[[], Sent]
) -> None:
    team.slack.channels["D9"] = {"unknown": True}
    public, private = team.click(
        team.say("course s3ns", channel="D9"), "Partager dans le canal", answers=2, channel="D9", user="U7"
    )
    assert public["response_type"] == "in_channel"
    assert private["response_type"] == "ephemeral"
    assert "vous en serez averti" in said(private)
    settled(door, team)
    retract(door)
    assert send() == Sent(sent=1)
    [word] = team.slack.received("U7")
    assert said(word).startswith(WRONG)


def test_a_death_between_posting_and_writing_it_down_leaves_a_copy_that_is_found(
    team: People, door: Door, send: Callable[[], Sent], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.tell.recall.arrived", lambda *_: None)
    team.share(team.say("course s3ns"))
    settled(door, team)
    retract(door)
    assert send() == Sent(sent=1)
    copy, _ = team.slack.received("C1")
    assert said(copy).splitlines()[1] == WRONG


def test_a_share_of_which_nobody_knows_whether_it_arrived_is_taken_back_only_where_it_did(
    team: People, door: Door, send: Callable[[], Sent]
) -> None:
    team.slack.drop(accepted=False, method="chat.postMessage")
    [told] = team.click(team.say("course s3ns"), "Partager dans le canal")
    assert "si la réponse n’apparaît pas" in said(told)
    settled(door, team)
    retract(door)
    assert send() == Sent()
    assert team.slack.received("C1") == []


def test_an_event_retracted_while_the_answer_was_being_posted_is_taken_back_there(
    team: People, door: Door, send: Callable[[], Sent], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between keeping and posting: the word about it went before the copy could be seen."""
    inner = Slack.send

    def slow(self: Slack, message: Any) -> Any:
        if message.shared and not message.follows:
            retract(door)
            send()
        return inner(self, message)

    monkeypatch.setattr(Slack, "send", slow)
    team.share(team.say("course s3ns"))
    settled(door, team)
    send()
    copy, *_ = team.slack.received("C1")
    assert said(copy).splitlines()[1] == WRONG


def test_what_was_retracted_before_an_answer_was_shared_needs_no_taking_back(
    team: People, door: Door, send: Callable[[], Sent]
) -> None:
    retract(door)
    team.share(team.say("historique secnumcloud"))
    settled(door, team)
    assert send() == Sent()
    assert len(team.slack.received("C1")) == 1


@pytest.mark.parametrize("accepted", [True, False])
def test_a_lost_reply_to_the_edit_repeats_the_edit_and_no_word(
    accepted: bool, team: People, door: Door, send: Callable[[], Sent]
) -> None:
    team.share(team.say("course s3ns"))
    settled(door, team)
    retract(door)
    team.slack.drop(accepted=accepted, method="chat.update")
    assert send() == Sent(put_off=1)
    team.slack.drop(accepted=accepted, method="chat.postMessage")
    assert send() == Sent(put_off=1)
    assert send() == Sent(sent=1)
    copy, word = team.slack.received("C1")
    assert said(copy).splitlines()[1] == WRONG
    assert said(word).startswith(WRONG)


def test_a_sender_that_died_half_way_leaves_the_taking_back_to_the_next(
    team: People, door: Door, send: Callable[[], Sent], time: Any
) -> None:
    from watcher.tell.plan import plan

    team.share(team.say("course s3ns"))
    settled(door, team)
    retract(door)
    with door.desk.app.open_store() as store:
        plan(store, time())
        assert taken.claim(store, ["C1"], "dead", time(), LEASE)
    assert send() == Sent(sent=1)
    assert len(team.slack.received("C1")) == 2


def test_shares_are_forgotten_after_half_a_year_with_who_made_them(
    team: People, door: Door, send: Callable[[], Sent], time: Any
) -> None:
    team.share(team.say("course s3ns"))
    settled(door, team)
    time.now += shares.KEPT - timedelta(days=1)
    upkeep(door.desk.app)
    with door.desk.app.open_store() as store:
        assert len(store.q("select * from share")) == 1
    time.now += timedelta(days=2)
    upkeep(door.desk.app)
    with door.desk.app.open_store() as store:
        assert store.q("select * from share") == store.q("select * from share_event") == []
    retract(door)
    assert "course" not in [said(post) for post in team.slack.received("C1")[1:]]


def test_a_taking_back_that_outlived_what_it_is_about_is_not_sent_as_an_alert(
    team: People, door: Door, send: Callable[[], Sent], time: Any
) -> None:
    team.share(team.say("course s3ns"))
    settled(door, team)
    retract(door)
    with door.desk.app.open_store() as store:
        shares.let_go(store, time() + shares.KEPT + timedelta(days=1))
    assert send() == Sent()
    assert len(team.slack.received("C1")) == 1


def test_who_retracts_hears_how_many_channels_are_told_those_of_copies_among_them(
    team: People, door: Door
) -> None:
    team.share(team.say("course s3ns"))
    team.share(team.say("fiche s3ns", channel="C2"), channel="C2")
    settled_later = team.say("rétracter 3 page mal lue", channel="COPS", user="UOPS")
    assert "Canaux prévenus\u00a0: 2." in said(settled_later)


def test_where_slack_asks_to_wait_a_moment_the_share_waits_and_is_a_copy_like_others(
    team: People, door: Door, send: Callable[[], Sent]
) -> None:
    waits: list[float] = []
    door.desk = replace(door.desk, workspace=replace(door.desk.workspace, pause=waits.append))
    door.reception = Reception(door.desk)
    team.slack.limit_rate(2, method="chat.postMessage")
    team.share(team.say("course s3ns"))
    assert waits == [2]
    settled(door, team)
    retract(door)
    assert send() == Sent(sent=1)


def test_why_tells_of_a_copy_and_of_its_correction(
    team: People, door: Door, send: Callable[[], Sent]
) -> None:
    rests = "Une réponse partagée dans ce canal s’appuie dessus."
    team.share(team.say("course s3ns"))
    team.say("aide")
    assert rests in said(team.say("pourquoi 3"))
    assert rests not in said(team.say("pourquoi 4"))
    retract(door)
    assert send() == Sent(sent=1)
    told = said(team.say("pourquoi 3"))
    assert rests in told
    assert "Correction envoyée là" in told
