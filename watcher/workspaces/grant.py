"""What Slack grants when somebody installed the app: its answer, read strictly, and kept with its token
sealed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from slack_sdk.oauth.installation_store import Installation as Installing

from notifiers.given import Secret
from notifiers.notifier import DeliveryError
from state.model import Reason
from state.words.post import SLACK_USER, WORKSPACE
from state.workspaces import installations
from state.workspaces.installations import Installation
from watcher.workspaces.shut import open_again, tell

if TYPE_CHECKING:
    from state.file.store import Store
    from watcher.workspaces.seal import Seal

APP = re.compile(r"A[A-Z0-9]{1,30}")


def installing(said: Mapping[str, Any]) -> Installing:
    """The installation in an answer of `oauth.v2.access`; raises `DeliveryError` for one that is none.

    Its shape: https://docs.slack.dev/reference/methods/oauth.v2.access
    """
    team, enterprise = _named(said.get("team")), _named(said.get("enterprise"))
    org = said.get("is_enterprise_install") is True
    user = said.get("authed_user") or {}
    token, bot = str(said.get("access_token") or ""), str(said.get("bot_user_id") or "")
    if said.get("refresh_token") or said.get("expires_in"):
        # Once a day it would be another token: kept as it is, the workspace would be lost tomorrow.
        raise DeliveryError(Reason.of("slack_rotation"), permanent=True)
    told: dict[str, object] = {
        "team": org or team[0],
        "enterprise": not org or enterprise[0],
        "access_token": token,
        "authed_user": SLACK_USER.fullmatch(str(user.get("id"))),
    }
    if missing := [name for name, found in told.items() if not found]:
        raise DeliveryError(Reason.of("slack_grant_lacks", fields=", ".join(missing)), permanent=True)
    app = APP.fullmatch(str(said.get("app_id") or ""))
    return Installing(
        app_id=app[0] if app else "",
        enterprise_id=enterprise[0] or None,
        enterprise_name=enterprise[1],
        team_id=None if org else team[0],
        team_name=team[1],
        bot_token=token,
        bot_user_id=bot,
        bot_scopes=str(said.get("scope") or ""),
        user_id=str(user["id"]),
        is_enterprise_install=org,
    )


def _named(given: object) -> tuple[str, str]:
    """The id and the name of a workspace or an organisation; ("", "") for what is none."""
    if not isinstance(given, Mapping) or not WORKSPACE.fullmatch(str(given.get("id"))):
        return "", ""
    return str(given["id"]), str(given.get("name") or given["id"])[:80]


def id_of(enterprise: str | None, team: str | None, *, org: bool | None) -> str:
    """The workspace that an installation is of: an organisation where it is for all of its own."""
    return str((enterprise if org else team) or "")


def keep(store: Store, seal: Seal, given: Installing, operators: str, now: datetime) -> None:
    """Keeps an installation; a workspace that comes back gets what waited for it, and the `operators` of the
    watch are told: all or nothing."""
    with store.transaction():
        made = _sealed(given, seal, now)
        before = installations.find(store, made.id)
        kept = installations.save(store, replace(made, operators=before.operators if before else ""))
        waiting = open_again(store, kept.id, now)
        if before is None or before.state != "active":
            kind = "workspace_back" if before else "workspace_new"
            why = Reason.of(kind, **({"waiting": waiting} if before else {}))
            tell(store, kept, kind, why, operators, now)


def _sealed(given: Installing, seal: Seal, now: datetime) -> Installation:
    org = bool(given.is_enterprise_install)
    id = id_of(given.enterprise_id, given.team_id, org=org)
    name = (given.enterprise_name if org else given.team_name) or id
    return Installation(
        id=id,
        name=str(name),
        enterprise=str(given.enterprise_id or ""),
        bot=str(given.bot_user_id or ""),
        scopes=tuple(given.bot_scopes or ()),
        sealed=seal.close(id, Secret(str(given.bot_token))),
        installer=str(given.user_id),
        installed_at=now,
    )
