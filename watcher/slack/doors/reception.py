"""Who is let in: the desk of the workspace that asks, and what is heard of workspaces that come and go."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from notifiers.notifier import DeliveryError
from notifiers.said.voice import voice
from watcher.slack.doors.whose import origin_of
from watcher.slack.workspace import Origin, workspace_of
from watcher.workspaces.shut import DEAD, shut

if TYPE_CHECKING:
    from watcher.slack.desk import Desk
    from watcher.slack.reply import Json

logger = logging.getLogger(__name__)

LEAVING = ("app_uninstalled", "tokens_revoked")
"""Events by which Slack says that an app may reach a workspace no more."""


class Reception:
    """Finds the desk of each request; where no workspace can install the app, that of the settings' own."""

    def __init__(self, home: Callable[[], Desk]) -> None:
        self._home = home
        self._own: Origin | None = None

    def desk(self, body: Mapping[str, Any]) -> Desk | None:
        """What answers a request; None where its workspace did not install the app, or took it away."""
        app = self._home().app
        if not app.settings.many_workspaces:
            return self._home()
        origin = origin_of(body)
        installed = app.workspaces.of(origin.id) if origin.id else None
        if installed is not None:
            return replace(self._home(), workspace=workspace_of(app, installed)) if installed.token else None
        return self._home() if self._at_home(origin) else None

    def _at_home(self, origin: Origin) -> bool:
        """Whether a request is from the workspace that the settings have a token of; Slack is asked once."""
        if self._own is None and self._home().workspace.token:
            try:
                self._own = self._home().workspace.whose()
            except DeliveryError as error:
                logger.warning("slack: cannot tell which workspace the settings' token is of: %s", error)
        return self._own is not None and bool(origin.id) and origin.id == self._own.id

    def turned_away(self) -> Json:
        """What is said to somebody of a workspace that is no guest here."""
        settings = self._home().app.settings
        text = voice(settings.lang)("slack.not_installed", address=f"{settings.address}/slack/install")
        return {"response_type": "ephemeral", "text": text}

    def left(self, body: Mapping[str, Any]) -> None:
        """Takes an event of a workspace that may have taken the app away.

        Slack is asked whether the token still works, and that is believed: the event may come late, when the
        app was installed again, and says of an organisation that one of its workspaces left.
        """
        desk = self.desk(body)
        if desk is None or not desk.workspace.id:
            return
        try:
            desk.workspace.whose()
        except DeliveryError as error:
            name = str(error.reason.values.get("name", ""))
            if error.permanent and name in DEAD:
                app = desk.app
                with app.open_store() as store:
                    operators, now = app.settings.operators, app.clock()
                    shut(store, desk.workspace.id, error.reason, operators, now, forget=True)
                app.stirred.set()
                return
            logger.warning("slack: cannot tell whether a workspace is gone: %s", error)
