"""The parts of the watch in processes of their own, two of each, on one memory; some are killed."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_slack import FakeSlack
from fake_socket import FakeSocket
from processes import soon

from state.file.opening import open_store
from state.owed import outbox, subscriptions
from state.seen.looks import runs
from state.words.post import Subscription
from watcher.demo.register import Replay, replaying

FIXTURES = Path(__file__).parent / "fixtures" / "anssi_catalogue"
DECEMBER, MARCH = ((FIXTURES / f"catalogue-{day}.pdf").read_bytes() for day in ("2025-12-05", "2026-03-04"))
VIGILABEL = Path(sys.executable).with_name("vigilabel")
TOKEN = "a-token-of-a-test"
OTHERS = ("TL_FR", "ANS_HDS", "ANSSI_PENDING")


class House:
    """The processes of one installation: `start` one of a part, `kill` one as the system does."""

    def __init__(self, room: Path, slack: FakeSlack, register: Replay) -> None:
        self.room = room
        self.state = str(room / "w.db")
        self.running: dict[str, list[subprocess.Popen[bytes]]] = {}
        self._begun = 0
        self._environment = {
            "PATH": os.environ["PATH"],
            "PORT": "0",
            "VIGILABEL_STATE": self.state,
            "VIGILABEL_SOURCES__ANSSI_CATALOGUE__URL": register.url,
            "VIGILABEL_SOURCES__ANSSI_CATALOGUE__PACE": "0",
            "VIGILABEL_API_TOKENS": hashlib.sha256(TOKEN.encode()).hexdigest(),
            "SLACK_BOT_TOKEN": "xoxb-fake",
            "SLACK_APP_TOKEN": "xapp-fake",
            "VIGILABEL_SLACK__BASE_URL": slack.api_url,
            **{f"VIGILABEL_SOURCES__{name}__ENABLED": "false" for name in OTHERS},
        }

    def start(self, part: str) -> Path:
        """Where the process of a part says what it does."""
        self._begun += 1
        log = self.room / f"{part}-{self._begun}.log"
        with log.open("wb") as told:
            process = subprocess.Popen(
                [str(VIGILABEL), "run", "--only", part], cwd=self.room, env=self._environment, stderr=told
            )
        self.running.setdefault(part, []).append(process)
        return log

    def serve(self) -> str:
        """Where one more process serves the pages."""
        log = self.start("web")
        soon(lambda: "pages at" in log.read_text())
        return log.read_text().partition("pages at ")[2].split()[0]

    def kill(self, part: str, which: int) -> None:
        process = self.running[part].pop(which)
        process.kill()
        process.wait(60)

    def end(self) -> list[int]:
        """How all that still run ended that were asked to."""
        left = [one for each in self.running.values() for one in each]
        for one in left:
            one.send_signal(signal.SIGTERM)
        return [one.wait(60) for one in left]

    def looks(self) -> int:
        with open_store(self.state) as store:
            return len(runs.runs(store))

    def ready(self, place: str) -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(f"{place}readyz", timeout=20).json()
        return found


@pytest.fixture
def register() -> Iterator[Replay]:
    with replaying("/catalogue.pdf") as shown:
        shown.show(DECEMBER, "application/pdf")
        yield shown


@pytest.fixture
def house(tmp_path: Path, fake_slack: FakeSlack, register: Replay) -> Iterator[House]:
    made = House(tmp_path, fake_slack, register)
    with open_store(made.state) as store, store.transaction():
        subscriptions.subscribe(store, Subscription(id=0, channel="C1", words=("all",)))
    yield made
    for each in made.running.values():
        for one in each:
            one.kill()
            one.wait(60)


def told(slack: FakeSlack) -> list[str]:
    posts = slack.received("C1")
    return [one for post in posts for one in post["metadata"]["event_payload"]["events"].split(",") if one]


def test_two_of_each_part_look_once_and_tell_once_whoever_is_killed(
    house: House, fake_slack: FakeSlack, register: Replay
) -> None:
    dice = random.Random(7)
    with FakeSocket() as socket:
        fake_slack.more["apps.connections.open"] = lambda _: {"ok": True, "url": socket.url}
        for part in ("watch", "deliver", "slack"):
            house.start(part)
            house.start(part)
        first, second = house.serve(), house.serve()
        soon(lambda: house.looks() == 1)
        soon(lambda: [len(each) for each in house.ready(first).get("parts", {}).values()] == [2, 2, 2, 2])
        soon(lambda: house.ready(second).get("status") == "ready")
        assert socket.connected.wait(60)
        assert house.ready(second)["here"] == ["web"]
        assert socket.connections == 1, "one of the two is connected"

        for part in ("watch", "deliver", "slack"):  # as likely as not whoever holds what one may hold
            house.kill(part, dice.randint(0, 1))
        register.show(MARCH, "application/pdf")
        asked = httpx.post(
            f"{second}api/v1/scrapes",
            json={"source": "anssi-catalogue"},
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=60,
        )
        # Whichever process looked last: all of them leave the register alone for a while.
        assert asked.status_code == 429, asked.text
        house.start("watch")
        soon(lambda: house.looks() == 2)
        soon(lambda: told(fake_slack))
        house.kill("deliver", 0)  # as likely as not in the middle of a message
        house.start("deliver")
        soon(lambda: all(one == "sent" for one in fates(house)))
        soon(lambda: house.ready(first)["held"]["socket"])
        soon(lambda: socket.connections - socket.closed == 1)
        asked_on_slack = {"text": "race", "channel_id": "C1", "user_id": "U1", "trigger_id": "T1"}
        assert "text" in socket.send("slash_commands", asked_on_slack)
        assert house.end() == [0] * 6
    heard = told(fake_slack)
    assert sorted(heard) == sorted(set(heard)), "nothing is told twice"
    with open_store(house.state) as store:
        owed = {str(one.event) for one in outbox.owed(store, channel="C1") if one.event is not None}
    assert set(heard) == owed


def fates(house: House) -> list[str]:
    with open_store(house.state) as store:
        return [one.state for one in outbox.owed(store)]
