"""Who is let in: the desk of the workspace that asks, and what is heard of workspaces that come and go.

Signed as it is, a request says in several places which workspace it is from. Where those do not agree it is
nobody's: what is one team's must never be answered with what is another's.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from notifiers.notifier import DeliveryError
from notifiers.said.voice import voice
from watcher.slack.workspace import Origin, workspace_of
from watcher.workspaces.shut import DEAD, shut

if TYPE_CHECKING:
    from watcher.slack.desk import Desk
    from watcher.slack.reply import Json

logger = logging.getLogger(__name__)

LEAVING = ("app_uninstalled", "tokens_revoked")
"""Events by which Slack says that an app may reach a workspace no more."""


NOBODY = Origin()
"""Where a request is from that names no workspace, or two."""


class Reception:
    """Finds the desk of each request; where no workspace can install the app, that of the settings' own."""

    def __init__(self, home: Desk) -> None:
        self._home, self._many = home, home.app.settings.many_workspaces
        self._own: Origin | None = None

    def desk(self, body: Mapping[str, Any]) -> Desk | None:
        """What answers a request; None where its workspace did not install the app, or took it away."""
        if not self._many:
            return self._home
        origin, app = origin_of(body), self._home.app
        installed = app.workspaces.of(origin.id) if origin.id else None
        if installed is not None:
            return replace(self._home, workspace=workspace_of(app, installed)) if installed.token else None
        return self._home if self._at_home(origin) else None

    def _at_home(self, origin: Origin) -> bool:
        """Whether a request is from the workspace that the settings have a token of; Slack is asked once."""
        if self._own is None and self._home.workspace.token:
            try:
                self._own = self._home.workspace.whose()
            except DeliveryError as error:
                logger.warning("slack: cannot tell which workspace the settings' token is of: %s", error)
        return self._own is not None and bool(origin.id) and origin.id == self._own.id

    def turned_away(self) -> Json:
        """What is said to somebody of a workspace that is no guest here."""
        settings = self._home.app.settings
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


def origin_of(body: Mapping[str, Any]) -> Origin:
    """Where a command, a click, a dialogue or an event comes from; `NOBODY` where that is not clear.

    In a channel that several teams share (Slack Connect) it is the team of who asks.
    """
    told = _granted(body) or body
    view = told.get("view") or {}
    enterprises = _all(told.get("enterprise_id"), _id(told.get("enterprise")))
    teams = _all(told.get("team_id"), view.get("app_installed_team_id"), _id(told.get("team")))
    enterprise = next(iter(enterprises), "")
    if len(enterprises) > 1:
        return NOBODY
    if _flag(told.get("is_enterprise_install")):
        return Origin(enterprise=enterprise, org=True)
    if len(teams) > 1:
        return NOBODY
    return Origin(team=_asking(told, next(iter(teams), ""), enterprise), enterprise=enterprise)


def _granted(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an event says of the installation that it is told to: `team_id` beside it may be that of whoever
    shares the channel (https://docs.slack.dev/apis/events-api#authorizations)."""
    granted = body.get("authorizations")
    return granted[0] if isinstance(granted, list) and granted and isinstance(granted[0], Mapping) else {}


def _asking(body: Mapping[str, Any], team: str, enterprise: str) -> str:
    """The team of who clicked: in a shared channel another one than that of the app which posted there."""
    user = body.get("user")
    own = str(user.get("team_id") or "") if isinstance(user, Mapping) else ""
    # A member of an organisation may be named with that in place of a team.
    if not own or own in (team, enterprise):
        return team
    return own


def _all(*told: object) -> set[str]:
    """All that Slack says where it should say the same each time."""
    return {str(one) for one in told if one}


def _id(given: object) -> str:
    return str(given.get("id") or "") if isinstance(given, Mapping) else ""


def _flag(given: object) -> bool:
    """Slack says it as a word in forms, and as a truth in JSON."""
    return given is True or str(given).lower() == "true"
