"""A watch that four workspaces listen to: its own, two that installed the app, and an organisation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from fake_people import SECRET, ByHttp, Json, People
from fake_slack import FakeSlack
from slack_sdk.oauth.installation_store import Installation as Installing
from starlette.applications import Starlette
from toy_register import ToyRegister, day, page

from notifiers.given import Secret
from state.file.opening import open_store
from watcher.app import App
from watcher.look.check import look
from watcher.settings import Settings, SlackSettings
from watcher.slack.doors.door import Door
from watcher.slack.doors.http import routes_of
from watcher.tell.deliver import deliver
from watcher.tell.send import Sent
from watcher.workspaces.grant import keep

KEYS = (Secret(Fernet.generate_key().decode()),)
HOME, ACME, BETA, ORG = "", "T1", "T2", "E9"
TEAMS: dict[str, dict[str, Any]] = {
    HOME: {"team": "T0"},
    ACME: {"team": "T1"},
    BETA: {"team": "T2"},
    # A workspace of the organisation, which installed the app for all of its own.
    ORG: {"team": "T5", "enterprise": "E9", "org": True},
}


def token_of(workspace: str) -> str:
    return f"xoxb-{workspace or 'home'}"


@dataclass
class World:
    """The watch, the fake Slack with its workspaces, and the people in each: the same ids everywhere."""

    app: App
    slack: FakeSlack
    door: Door
    now: datetime = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
    rows: list[str] = field(default_factory=list)
    made: dict[str, People] = field(default_factory=dict)
    days: int = 0

    def people(self, workspace: str, **who: str) -> People:
        """Somebody of a workspace, in a channel of it: `C1` and `U1` unless said otherwise."""
        if workspace not in self.made:
            way = ByHttp(Starlette(routes=list(routes_of(self.door, SECRET))), lambda: self.now)
            self.made[workspace] = People(self.slack, way, clock=lambda: self.now, **TEAMS[workspace])
        return self.made[workspace]

    def install(self, workspace: str, token: str = "") -> None:
        """Installs the app there; Slack knows its token from now on."""
        token, org = token or token_of(workspace), bool(TEAMS[workspace].get("org"))
        known = self.team(workspace)
        if known is None:
            known = self.slack.team(
                token,
                team_id=TEAMS[workspace]["team"],
                enterprise_id=TEAMS[workspace].get("enterprise", ""),
                org=org,
            )
        elif token not in self.slack.teams:  # a new token for the channels that there are
            known.token, known.dead = token, ""
            self.slack.teams = {one.token or "": one for one in self.slack.teams.values()}
        given = Installing(
            team_id=None if org else workspace,
            team_name=workspace,
            enterprise_id=workspace if org else None,
            enterprise_name=workspace,
            is_enterprise_install=org,
            bot_token=token,
            user_id="UADMIN",
        )
        with self.app.open_store() as store:
            keep(store, self.app.workspaces.seal, given, "COPS", self.app.clock())

    def team(self, workspace: str) -> FakeSlack | None:
        """What Slack shows of a workspace."""
        wanted = TEAMS[workspace]
        found = (
            one
            for one in self.slack.teams.values()
            if (one.enterprise_id if one.org else one.team_id)
            == (wanted["enterprise"] if wanted.get("org") else wanted["team"])
        )
        return next(found, None)

    def shown(self, workspace: str, channel: str = "C1") -> list[Json]:
        """The posts in a channel of a workspace."""
        team = self.team(workspace)
        return team.received(channel) if team else []

    def see(self, *rows: str) -> None:
        """Looks at a new edition of the register, a day later."""
        self.days += 1
        self.now += timedelta(days=1)
        edition = f"{self.now:%Y-%m-%d}"
        self.rows = list(rows)
        with self.app.open_store() as store:
            text = "\n".join((f"edition {edition}", *rows))
            look(ToyRegister(), (page(text, day(edition)),), self.app.watch(store), day(edition))

    def deliver(self) -> Sent:
        """Sends all that may go now; paces cost no time here."""
        post = self.app.post()
        seconds = [0.0]

        def pause(length: float) -> None:
            seconds[0] += length

        return deliver(replace(post, elapsed=lambda: seconds[0], pause=pause, workers=4), lambda: self.now)

    def event(self, workspace: str, kind: str, **more: Any) -> None:
        """An event of a workspace, as Slack tells it."""
        wanted, number = TEAMS[workspace], len(self.slack.calls)
        org = bool(wanted.get("org"))
        body = {
            "type": "event_callback",
            "event_id": f"Ev{workspace}{kind}{number}{self.days}",
            "team_id": wanted["team"],
            "authorizations": [
                {
                    "team_id": None if org else wanted["team"],
                    "enterprise_id": wanted.get("enterprise"),
                    "is_enterprise_install": org,
                }
            ],
            "event": {"type": kind, **more},
        }
        self.people(workspace).way.give("events_api", body)
        self.settle()

    def close(self) -> None:
        """Ends all threads, and gives their connections back."""
        self.door.close()
        self.app.workspaces.close()

    def settle(self) -> None:
        """Waits for all that the door has begun."""
        for known in list(self.door.once._known.values()):
            known.exception(60)


def world_in(folder: Path, slack: FakeSlack) -> World:
    settings = Settings(
        state=str(folder / "watch.db"),
        slack=SlackSettings(base_url=slack.api_url),
        operators="COPS",
        address="https://labels.example",
        slack_bot_token=Secret(token_of(HOME)),
        slack_client_id=slack.client[0],
        slack_client_secret=Secret(slack.client[1]),
        slack_token_keys=KEYS,
        slack_signing_secret=Secret(SECRET),
    )
    with open_store(settings.state):
        pass
    made: list[World] = []
    app = App(settings, lambda: made[0].now)
    made.append(World(app, slack, Door(app, soon=60)))
    slack.team(token_of(HOME), team_id="T0", channels={"COPS": {"members": ["UOPS"]}})
    return made[0]
