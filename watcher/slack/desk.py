"""What the requests of one workspace are answered with: the program behind them, Slack before them.

Doors hand requests in; acts and replies take from here what they need, and know no door.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass

from notifiers.channels import kind_of, known
from notifiers.notifier import DeliveryError
from state.owed import subscriptions
from state.seen.providers import load_providers
from watcher.app import App
from watcher.ask.answers import Archive
from watcher.errors import Mistyped
from watcher.slack.once import Answer, Once
from watcher.slack.replies.asked import Asked
from watcher.slack.workspace import Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The app and its workspace, what was done already, and the threads for what takes long."""

    app: App
    workspace: Workspace
    once: Once
    slow: Executor

    @contextmanager
    def asked(self, channel: str, user: str, *, create: bool = False) -> Iterator[Asked]:
        """What a request of a member in a channel works with; raises `StoreError` where nothing was read."""
        app = self.app
        with app.open_store(create=create) as store:
            known = subscriptions.channel(store, channel)
            yield Asked(
                archive=Archive(
                    store=store, providers=load_providers(store), sources=app.sources, now=app.clock()
                ),
                channel=channel,
                user=user,
                lang=known.lang or app.settings.lang,
                operators=app.settings.operators,
            )

    def claim(self, asked: Asked, key: str) -> bool:
        """Whether what this request changes is yours to change."""
        return self.once.claim(asked.archive.store, key, asked.archive.now)

    def respond(self, url: str | None, body: Answer) -> None:
        """Sends an answer through a `response_url`; what cannot be sent is logged."""
        if not url or body is None:
            return
        try:
            self.workspace.respond(url, body)
        except DeliveryError as error:
            logger.warning("slack: an answer did not get through: %s", error)

    def permit(self, user: str) -> None:
        """Nothing, when a user is a member of the operators' channel now; raises `Mistyped` otherwise."""
        channel = self.app.settings.operators
        if not known(channel) or kind_of(channel).name != "slack":
            raise Mistyped("no_operators")
        try:
            member = self.workspace.has_member(channel, user)
        except DeliveryError as error:
            raise Mistyped("members_unread", why=error.reason) from None
        if not member:
            raise Mistyped("not_operator")


def log_fault(error: BaseException) -> None:
    """Keeps a fault, with where it happened."""
    logger.error("slack: no answer could be made", exc_info=error)
