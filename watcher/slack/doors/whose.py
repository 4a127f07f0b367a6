"""Which workspace a request is from, in each of the shapes that Slack gives it.

Signed as it is, a request says so in several places. Where those do not agree it is nobody's: what is one
team's must never be answered with what is another's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from watcher.slack.workspace import Origin

NOBODY = Origin()
"""Where a request is from that names no workspace, or two."""


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
