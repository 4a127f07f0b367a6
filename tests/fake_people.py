"""People on the fake Slack: they type commands and click, through either door, and see what is answered."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlencode

import anyio
import httpx
from fake_slack import RESPONSE_PATH, FakeSlack
from fake_socket import FakeSocket
from processes import soon
from starlette.applications import Starlette

Json = dict[str, Any]
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


class Way(Protocol):
    """How a request reaches the app: its acknowledgement comes back."""

    def give(self, kind: str, payload: Json) -> Json: ...


def signed(body: str, at: int, secret: str = SECRET) -> dict[str, str]:
    """The headers with which Slack sends a body."""
    made = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": str(at),
        "X-Slack-Signature": f"v0={made}",
        "Content-Type": "application/x-www-form-urlencoded",
    }


BEGUN = datetime.fromtimestamp(1_772_600_000, UTC)
"""When people click whose clock does not matter."""


@dataclass
class ByHttp:
    """Signed requests to the HTTP door."""

    web: Starlette
    clock: Callable[[], datetime]
    salt: int = 0

    def give(self, kind: str, payload: Json) -> Json:
        path, body = {
            "slash_commands": ("/slack/commands", urlencode(payload)),
            "interactive": ("/slack/interactions", urlencode({"payload": json.dumps(payload)})),
            "events_api": ("/slack/events", json.dumps(payload)),
        }[kind]
        answer = self.post(path, body, signed(body, int(self.clock().timestamp())))
        assert answer.status_code == 200, answer.text
        return dict(answer.json()) if answer.content else {}

    def post(self, path: str, body: str, headers: dict[str, str]) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.web)
            async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
                return await client.post(path, content=body, headers=headers)

        return anyio.run(call)


@dataclass
class BySocket:
    """Envelopes on the connection that the app opened."""

    socket: FakeSocket

    def give(self, kind: str, payload: Json) -> Json:
        return self.socket.send(kind, payload)


@dataclass
class People:
    """A team: `say` and `click` return what the person sees next."""

    slack: FakeSlack
    way: Way
    channel: str = "C1"
    user: str = "U1"
    numbers: int = field(default=0)
    clicked: list[Json] = field(default_factory=list)
    clock: Callable[[], datetime] = lambda: BEGUN
    team: str = "T1"
    enterprise: str = ""
    org: bool = False

    @property
    def workspace(self) -> str:
        """Who we know them as."""
        return self.enterprise if self.org else self.team

    def say(self, text: str, **who: str) -> Json:
        """The answer to `/vigilabel text`: in the acknowledgement, or else through the `response_url`."""
        form = self.form(text, **who)
        return self.way.give("slash_commands", form) or self.answers(form["response_url"])[-1]

    def form(self, text: str, **who: str) -> Json:
        """A slash command as Slack sends it."""
        number = self._number()
        return {
            "token": "deprecated",
            "team_id": self.team,
            **({"enterprise_id": self.enterprise} if self.enterprise else {}),
            "is_enterprise_install": str(self.org).lower(),
            "channel_id": who.get("channel", self.channel),
            "channel_name": "general",
            "user_id": who.get("user", self.user),
            "user_name": "camille",
            "command": "/vigilabel",
            "text": text,
            "api_app_id": "A1",
            "response_url": self.response_url(number),
            "trigger_id": f"T.{number}",
        }

    def click(
        self, shown: Json, text: str, *, public: bool = False, answers: int = 1, **who: str
    ) -> list[Json]:
        """What a click on the button with that text brings through the `response_url`."""
        payload = self.payload(shown, text, public=public, **who)
        self.way.give("interactive", payload)
        return self.answers(payload["response_url"], answers)

    def share(self, shown: Json, **who: str) -> Json:
        """What the channel shows once somebody shared an answer there."""
        channel = who.get("channel", self.channel)
        before = len(self.slack.received(channel))
        self.way.give("interactive", self.payload(shown, "Partager dans le canal", public=False, **who))
        soon(lambda: len(self.slack.received(channel)) > before)
        [post] = self.slack.received(channel)[before:]
        return post

    def payload(self, shown: Json, text: str, *, public: bool = False, **who: str) -> Json:
        """A click as Slack sends it."""
        number, button = self._number(), self.button(shown, text)
        message = {"message": {**shown, "ts": "1772600001.000100"}} if public else {}
        return {
            "type": "block_actions",
            "team": None if self.org else {"id": self.team, "domain": "fake"},
            "enterprise": {"id": self.enterprise, "name": "Org"} if self.enterprise else None,
            "is_enterprise_install": self.org,
            "user": {"id": who.get("user", self.user), "name": "camille", "team_id": self.team},
            "channel": {"id": who.get("channel", self.channel), "name": "general"},
            "container": {
                "type": "message",
                "message_ts": f"1772600000.{self._which(shown):06}",
                "is_ephemeral": not public,
            },
            "trigger_id": f"T.{number}",
            "response_url": self.response_url(number),
            "actions": [
                {**button, "block_id": "b", "action_ts": f"{self.clock().timestamp():.0f}.{number:06}"}
            ],
            **message,
        }

    def _which(self, shown: Json) -> int:
        """Which message it is, of those that were clicked on: an ephemeral one has a time of its own too."""
        for number, other in enumerate(self.clicked):
            if other is shown:
                return number
        self.clicked.append(shown)
        return len(self.clicked) - 1

    def button(self, shown: Json, text: str) -> Json:
        """The button with that text."""
        found = [
            element
            for block in shown["blocks"]
            if block["type"] == "actions"
            for element in block["elements"]
            if element["text"]["text"] == text
        ]
        assert found, f"no button {text!r} in {said(shown)}"
        return dict(found[0])

    def answers(self, url: str, count: int = 1) -> list[Json]:
        """What came through a `response_url`, once there are as many as that."""
        path = url.removeprefix(self.slack.url)
        soon(lambda: len(self.slack.responses.get(path, ())) >= count)
        return list(self.slack.responses[path])

    def response_url(self, number: int) -> str:
        return f"{self.slack.url}{RESPONSE_PATH}{self.workspace}/{number}/secret"

    def _number(self) -> int:
        self.numbers += 1
        return self.numbers


def _mention(leaf: Json) -> str:
    return f"<#{leaf['channel_id']}>" if leaf["type"] == "channel" else f"<@{leaf['user_id']}>"


def said(shown: Json) -> str:
    """All that a message says, as a reader sees it: one line for each line."""
    lines = []
    for block in shown.get("blocks", ()):
        if block["type"] == "rich_text":
            leaves = (leaf for part in block["elements"] for leaf in part["elements"])
            lines.append("".join(leaf.get("text") or _mention(leaf) for leaf in leaves))
        elif block["type"] == "actions":
            lines.append(" ".join(f"[{element['text']['text']}]" for element in block["elements"]))
        elif block["type"] == "context":
            lines += [f"> {element['text']}" for element in block["elements"]]
        elif "text" in block:
            lines.append(f"# {block['text']['text']}" if block["type"] == "header" else block["text"]["text"])
    return "\n".join(lines) or str(shown.get("text", ""))
