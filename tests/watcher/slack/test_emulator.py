"""A smoke test against a Slack that somebody else wrote: the npm package `emulate`, on the loopback.

`scripts/emulator.sh` installs the emulator and runs this; it knows no limits of blocks, no 429, no commands.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from json import dumps
from pathlib import Path

import pytest

from notifiers.notifier import DeliveryError
from notifiers.slack.bot import Slack
from state.model import Attestation, Cause, Event, Evidence, Kind, Provider, Weight
from state.words.post import Message, Retraction, Share
from watcher.slack.workspace import Workspace

pytestmark = pytest.mark.emulator
LOOPBACK = Path(__file__).parents[3] / "scripts" / "loopback.cjs"
TOKEN = "test_token_admin"
GENERAL = "C000000001"
NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    """The address of the emulator's Web API, started for these tests and stopped after them."""
    program = os.environ.get("EMULATE")
    assert program, "EMULATE is not set: run scripts/emulator.sh, which installs the emulator"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["node", "-r", str(LOOPBACK), program, "start", "--service", "slack", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            _wait_for(port, running)
            yield f"http://127.0.0.1:{port}/api/"
        finally:
            running.terminate()
            running.wait(10)


def _wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert running.poll() is None, "the emulator stopped"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the emulator does not listen")


def an_alert(channel: str) -> Message:
    row = Attestation(label="secnumcloud", holder="Bleu SAS", subject="Bleu", valid_until=date(2029, 1, 1))
    event = Event(
        id=42,
        kind=Kind.GAINED,
        weight=Weight.HIGH,
        provider=Provider(slug="bleu", name="Bleu"),
        label="secnumcloud",
        source="anssi-catalogue",
        attestations=(row,),
        rows=(1,),
        seen_at=datetime(2026, 3, 4, 12, tzinfo=UTC),
        edition_at=datetime(2026, 3, 4, tzinfo=UTC),
        cause=Cause.REGISTER,
        evidence=Evidence(snapshot=1, url="https://register.test", sha256="0" * 64, place="p. 1"),
    )
    return Message(key="run-1", channel=channel, lang="fr", events=(event,), matched=("bleu",))


def test_an_alert_arrives_with_its_buttons_in_a_slack_that_is_not_ours(api: str) -> None:
    slack = Slack(token=TOKEN, base_url=api)
    receipt = slack.send(an_alert(GENERAL))
    assert receipt.id
    data, _ = Workspace(token=TOKEN, base_url=api).ask(
        lambda client: client.conversations_history(channel=GENERAL, limit=5)
    )
    [post] = [one for one in data["messages"] if one["ts"] == receipt.id]
    assert "Bleu" in post["text"]


def test_a_shared_answer_is_edited_and_answered_where_it_was_posted(api: str) -> None:
    """What the retraction of an event does to a copy: the same call as for an alert, and a word below it."""
    slack, event = Slack(token=TOKEN, base_url=api), an_alert(GENERAL).events[0]
    head = {"type": "header", "text": {"type": "plain_text", "text": "La course"}}
    share = Share(key="share-1", channel=GENERAL, member="U1", at=NOW, text="La course", blocks=dumps([head]))
    copy = Message(key=share.key, channel=GENERAL, lang="fr", shared=share)
    receipt = slack.send(copy)
    gone = (Retraction(event=event.id, reason="page mal lue", by="U1", at=NOW),)
    slack.revise(replace(copy, events=(event,), retracted=gone), receipt)
    told = Message(
        key="word-1",
        channel=GENERAL,
        lang="fr",
        events=(event,),
        retracted=gone,
        follows=receipt,
        shared=share,
    )
    slack.send(told)
    data, _ = Workspace(token=TOKEN, base_url=api).ask(
        lambda client: client.conversations_replies(channel=GENERAL, ts=receipt.id)
    )
    edited, word = data["messages"]
    for text in (edited["text"], word["text"]):
        assert text.startswith("⚠️ Rétracté\u00a0: Bleu obtient")
        assert "page mal lue" in text


def test_a_channel_that_is_not_there_is_said_so(api: str) -> None:
    with pytest.raises(DeliveryError) as refused:
        Slack(token=TOKEN, base_url=api).send(an_alert("C0NOWHERE"))
    assert refused.value.permanent


def test_members_and_channels_are_read_as_slack_gives_them(api: str) -> None:
    workspace = Workspace(token=TOKEN, base_url=api)
    assert workspace.has_member(GENERAL, "U000000001")
    assert not workspace.has_member(GENERAL, "U0NOBODY")
    assert workspace.obstacle(GENERAL) is None
    nowhere = workspace.obstacle("C0NOWHERE")
    assert nowhere is not None
    assert nowhere.code == "reach_unknown"
