"""The Socket Mode door: the app calls Slack and needs no public address; used with SLACK_APP_TOKEN.

The SDK's own client keeps the connection and makes a new one when Slack asks for it. Its listeners run in its
threads; an envelope is acknowledged with its answer, or at once where the answer comes later.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from notifiers.notifier import DeliveryError
from notifiers.slack.call import silent
from notifiers.slack.refusals import breakage
from notifiers.wire.call import BROKEN
from watcher.slack.doors.door import Door

if TYPE_CHECKING:
    from watcher.app import App
    from watcher.slack.reply import Answer

logger = logging.getLogger(__name__)

LISTENERS = 64
"""Envelopes that wait for their answer at once: Slack gives each three seconds, the answer may take two."""
FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0


class SocketDoor:
    """The door while it is open; `stop` closes it and finishes what is under way."""

    def __init__(self, door: Door, app_token: str) -> None:
        self.door = door
        self._stopping = threading.Event()
        web = replace(door.desk.workspace, token=app_token).client()
        self.client = SocketModeClient(
            app_token=app_token, web_client=web, logger=silent(), concurrency=LISTENERS
        )
        self.client.proxy = web.proxy
        self.client.socket_mode_request_listeners.append(self._take)
        self._thread = threading.Thread(target=self._connect, name="slack-socket", daemon=True)

    def start(self) -> None:
        """Connects in the background, and tries again until it works or is stopped."""
        self._thread.start()

    def stop(self) -> None:
        """Takes nothing more, and finishes what is under way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(10)
        self.client.close()
        self.door.close()

    def _connect(self) -> None:
        wait = FIRST_WAIT
        while not self._stopping.is_set():
            try:
                self.client.connect()
            except (SlackClientError, DeliveryError, *BROKEN) as error:
                logger.warning("slack: Socket Mode is not connected: %s", _said(error))
                self._stopping.wait(wait)
                wait = min(2 * wait, LONGEST_WAIT)
                continue
            logger.info("slack: Socket Mode is connected")
            return

    def _take(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """Hands one envelope to the door, and acknowledges it."""
        # Acknowledged whatever happens: Slack sends again what is not, and would fail in the same way.
        answer: Answer = None
        try:
            answer = self._answer(request)
        except (ValueError, KeyError, TypeError, AttributeError):
            logger.exception("slack: an envelope of type %s that cannot be read", request.type)
        client.send_socket_mode_response(
            SocketModeResponse(envelope_id=request.envelope_id, payload=answer or None)
        )

    def _answer(self, request: SocketModeRequest) -> Answer:
        if request.type == "slash_commands":
            return self.door.command(request.payload)
        if request.type == "interactive":
            return self.door.interact(request.payload)
        if request.type == "events_api":
            self.door.event(request.payload)
        return None


def socket_doors(app: App) -> tuple[SocketDoor, ...]:
    """The Socket Mode door, closed; none when SLACK_APP_TOKEN is not set."""
    token = app.settings.slack_app_token
    return () if token is None else (SocketDoor(Door(app), token.reveal()),)


def _said(error: Exception) -> str:
    """What went wrong, without the token that the SDK's text may hold."""
    if isinstance(error, SlackApiError):
        name = error.response.data.get("error") if isinstance(error.response.data, dict) else ""
        return f"Slack refused ({name}): SLACK_APP_TOKEN needs the scope connections:write"
    return str(breakage(error))
