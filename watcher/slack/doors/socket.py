"""The Socket Mode door: the app calls Slack and needs no public address; used with SLACK_APP_TOKEN.

The SDK's own client keeps the connection and makes a new one when Slack asks for it. Its listeners run in its
threads; an envelope is acknowledged with its answer, or at once where the answer comes later.

Of all processes that have this door one is connected: who holds the lease. It gives it back when it ends, and
another is connected a second later; when it is killed, as soon as the lease runs out.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from socket import SHUT_RDWR
from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from notifiers.notifier import DeliveryError
from notifiers.slack.call import silent
from notifiers.slack.codes import breakage
from notifiers.wire.call import BROKEN
from state.file.errors import StoreError
from watcher.parts.holding import SOCKET
from watcher.slack.doors.door import Door

if TYPE_CHECKING:
    from watcher.app import App
    from watcher.slack.reply import Answer

logger = logging.getLogger(__name__)

LISTENERS = 64
"""Envelopes that wait for their answer at once: Slack gives each three seconds, the answer may take two."""
FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0
ANSWERS = 2.5
"""Seconds that what is under way has to be acknowledged: an answer takes two at most."""
LENGTH = timedelta(seconds=30)
"""How long Slack is without us when the process that is connected is killed, on another machine."""
PROLONG, GLANCE = 8.0, 1.0
"""Seconds between two times that the lease is prolonged, and between two glances at whether it is free."""


class SocketDoor:
    """The door while it is open; `stop` closes it and finishes what is under way."""

    def __init__(self, door: Door, app_token: str) -> None:
        self.door, self._token = door, app_token
        self._holding = door.desk.app.holding
        self._stopping = threading.Event()
        self._answering, self._answered = 0, threading.Condition()
        self.client = self._made()
        self._connected = False
        self._thread = threading.Thread(target=self._keep, name="slack-socket", daemon=True)

    def _made(self) -> SocketModeClient:
        web = replace(self.door.desk.workspace, token=self._token).client()
        client = SocketModeClient(
            app_token=self._token, web_client=web, logger=silent(), concurrency=LISTENERS
        )
        client.proxy = web.proxy
        client.socket_mode_request_listeners.append(self._take)
        return client

    def start(self) -> None:
        """Connects in the background when it is our turn, and tries again until it works or is stopped."""
        self._thread.start()

    def stop(self) -> None:
        """Answers what is under way, leaves the connection to another process, and finishes the rest."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(10)
        with self._answered:  # an acknowledgement goes by the connection that brought its envelope
            self._answered.wait_for(lambda: not self._answering, ANSWERS)
        self._leave()
        self._holding.give_back(SOCKET)
        self.door.close()

    def _leave(self) -> None:
        """Leaves the connection at once: the SDK waits three seconds for one more frame, and longer for its
        own threads, of which one that is just about to listen misses the word to end."""
        client = self.client
        client.auto_reconnect_enabled = False
        if client.current_session is not None and client.current_session.sock is not None:
            with suppress(OSError):
                client.current_session.sock.shutdown(SHUT_RDWR)
        client.disconnect()
        threading.Thread(target=client.close, name="slack-close", daemon=True).start()

    def _keep(self) -> None:
        """Is connected for as long as the lease is ours."""
        while not self._stopping.is_set():
            mine = self._ours()
            if mine and not self._connected:
                self._connect()
            elif self._connected and not mine:
                logger.warning("slack: another process is connected by Socket Mode: leaving it to that one")
                self._leave()
                self.client, self._connected = self._made(), False
            self._stopping.wait(PROLONG if mine else GLANCE)

    def _ours(self) -> bool:
        try:
            return self._holding.take(SOCKET, LENGTH)
        except StoreError as error:
            # Who is connected stays so while the memory is away: else nobody could tell people that it is.
            logger.warning("slack: the lease of Socket Mode is not prolonged: %s", error)
            return self._connected

    def _connect(self) -> None:
        wait = FIRST_WAIT
        while not self._stopping.is_set() and self._ours():
            try:
                self.client.connect()
            except (SlackClientError, DeliveryError, *BROKEN) as error:
                logger.warning("slack: Socket Mode is not connected: %s", _said(error))
                self._stopping.wait(wait)
                # Longer than the lease at last: another machine may reach Slack where this one does not.
                wait = min(2 * wait, LONGEST_WAIT)
                continue
            self._connected = True
            logger.info("slack: Socket Mode is connected")
            return

    def _take(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """Hands one envelope to the door, and acknowledges it."""
        # Acknowledged whatever happens: Slack sends again what is not, and would fail in the same way.
        answer: Answer = None
        with self._counted():
            try:
                answer = self._answer(request)
            except (ValueError, KeyError, TypeError, AttributeError):
                logger.exception("slack: an envelope of type %s that cannot be read", request.type)
            client.send_socket_mode_response(
                SocketModeResponse(envelope_id=request.envelope_id, payload=answer or None)
            )

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._answered:
            self._answering += 1
        try:
            yield
        finally:
            with self._answered:
                self._answering -= 1
                self._answered.notify_all()

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
