"""A watch of the toy register with something to tell, and a team that asks it through either door."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fake_people import SECRET, ByHttp, BySocket, People
from fake_slack import FakeSlack
from fake_socket import FakeSocket
from starlette.applications import Starlette
from toy_register import ToyRegister, day, page

from notifiers.given import Secret
from state.seen.who.providers import load_providers
from watcher.app import App
from watcher.look.check import look
from watcher.look.record import Watch
from watcher.settings import Settings, SlackSettings
from watcher.slack.doors.door import Door
from watcher.slack.doors.http import routes_of
from watcher.slack.doors.socket import SocketDoor

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
OUTSCALE = "secnumcloud | Outscale | IaaS Cloud on Demand | 2023_2118 | 2023-11-30 | 2026-11-30 | scope=IaaS"
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17"
HDS = "hds | SCALINGO SAS | - | 38436-2 | 2025-09-12 | 2028-09-11 | scope=1+2+5"
HOSTILE = "hds | <!channel> *Evil* & <http://x.y\\|z> | `a` _b_ | 66-6 | 2025-09-12 | 2028-09-11"


@dataclass
class Time:
    """The time it is, as the test sets it."""

    now: datetime = field(default=datetime(2026, 3, 10, 9, 30, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **length: float) -> None:
        self.now += timedelta(**length)


@dataclass
class Watching:
    """The app, and the editions it has seen."""

    app: App
    time: Time

    def see(self, edition: str, *rows: str) -> int:
        """Looks at an edition of that day, on that day; the number of the run."""
        text = "\n".join((f"edition {edition}", *rows))
        at = day(edition)
        with self.app.open_store() as store:
            watch = Watch(store=store, providers=load_providers(store), operators=self.app.settings.operators)
            return look(ToyRegister(), (page(text, at),), watch, at).run.id


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The memory of a watch that saw Outscale and OVH, then S3NS and an HDS host come, then Outscale go:
    made once, each test has a copy."""
    time = Time()
    file = tmp_path_factory.mktemp("slack") / "watch.db"
    watching = Watching(App(Settings(state=str(file), operators="COPS"), time), time)
    watching.see("2026-02-02", OVH, OUTSCALE)
    watching.see("2026-02-20", OVH, OUTSCALE, S3NS, HDS)
    watching.see("2026-03-04", OVH, S3NS, HDS)
    return file


@pytest.fixture
def watching(
    seen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_slack: FakeSlack, time: Time
) -> Watching:
    """A watch that saw Outscale and OVH first, then S3NS and an HDS host come, then Outscale go."""
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    fake_slack.channels["COPS"] = {"members": ["UBOT", "UOPS"]}
    settings = Settings(
        state=str(shutil.copy(seen, tmp_path)),
        slack=SlackSettings(base_url=fake_slack.api_url),
        operators="COPS",
        slack_bot_token=Secret("xoxb-test"),
        slack_app_token=Secret("xapp-test"),
        slack_signing_secret=Secret(SECRET),
    )
    return Watching(App(settings, time), time)


@pytest.fixture
def door(watching: Watching) -> Iterator[Door]:
    made = Door(watching.app, soon=60)  # as long as this machine needs; what is late is tested by itself
    yield made
    made.close()


@pytest.fixture
def by_http(door: Door, time: Time) -> ByHttp:
    return ByHttp(Starlette(routes=list(routes_of(door, SECRET))), time)


@pytest.fixture
def by_socket(door: Door, fake_slack: FakeSlack) -> Iterator[BySocket]:
    with FakeSocket() as socket:
        fake_slack.more["apps.connections.open"] = lambda _: {"ok": True, "url": socket.url}
        opened = SocketDoor(door, "xapp-test")
        opened.start()
        assert socket.connected.wait(60)
        yield BySocket(socket)
        opened.stop()


@pytest.fixture(params=["http", "socket"])
def people(request: pytest.FixtureRequest, fake_slack: FakeSlack, time: Time) -> People:
    """A team, once through each door."""
    return People(fake_slack, request.getfixturevalue(f"by_{request.param}"), clock=time)


@pytest.fixture
def team(by_http: ByHttp, fake_slack: FakeSlack, time: Time) -> People:
    """A team, through the HTTP door, where the door does not matter."""
    return People(fake_slack, by_http, clock=time)
