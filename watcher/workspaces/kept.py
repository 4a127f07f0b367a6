"""Installations as the SDK of Slack knows them, kept in the memory: each by itself, its token sealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from slack_sdk.oauth.installation_store import Bot, InstallationStore
from slack_sdk.oauth.installation_store import Installation as Installing

from notifiers.given import Secret
from state.model import Reason
from state.workspaces import installations
from state.workspaces.installations import Installation
from watcher.workspaces.shut import open_again, shut, tell

if TYPE_CHECKING:
    from state.file.store import Store
    from watcher.workspaces.seal import Seal


def id_of(enterprise: str | None, team: str | None, *, org: bool | None) -> str:
    """The workspace that an installation is of: an organisation where it is for all of its own."""
    return str((enterprise if org else team) or "")


class Installations(InstallationStore):
    """What workspaces installed; a workspace that comes back gets what waited for it."""

    def __init__(
        self, open_store: Callable[[], Store], seal: Seal, operators: str, clock: Callable[[], datetime]
    ) -> None:
        self._open_store, self._seal, self._operators, self._clock = open_store, seal, operators, clock

    def save(self, installation: Installing) -> None:
        """Keeps an installation, takes up what waited, and tells the watch's operators: all or nothing."""
        now = self._clock()
        with self._open_store() as store, store.transaction():
            made = self._made(installation, now)
            before = installations.find(store, made.id)
            kept = installations.save(store, replace(made, operators=before.operators if before else ""))
            waiting = open_again(store, kept.id, now)
            if before is None or before.state != "active":
                kind = "workspace_back" if before else "workspace_new"
                why = Reason.of(kind, **({"waiting": waiting} if before else {}))
                tell(store, kept, kind, why, self._operators, now)

    def _made(self, given: Installing, now: datetime) -> Installation:
        org = bool(given.is_enterprise_install)
        id = id_of(given.enterprise_id, given.team_id, org=org)
        name = (given.enterprise_name if org else given.team_name) or id
        return Installation(
            id=id,
            name=str(name),
            enterprise=str(given.enterprise_id or ""),
            bot=str(given.bot_user_id or ""),
            scopes=tuple(given.bot_scopes or ()),
            sealed=self._seal.close(id, Secret(str(given.bot_token))),
            installer=str(given.user_id),
            installed_at=now,
        )

    def find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of a workspace, with its token; None where it is suspended or never installed the app."""
        with self._open_store() as store:
            one = installations.find(store, id_of(enterprise_id, team_id, org=is_enterprise_install))
        token = self._seal.open(one.id, one.sealed) if one and one.sealed and one.state == "active" else None
        if one is None or token is None:
            return None
        org = one.id == one.enterprise
        return Bot(
            enterprise_id=one.enterprise or None,
            team_id=None if org else one.id,
            team_name=None if org else one.name,
            bot_token=token.reveal(),
            bot_id="",
            bot_user_id=one.bot,
            bot_scopes=one.scopes,
            is_enterprise_install=org,
            installed_at=one.installed_at.astimezone(UTC).timestamp(),
        )

    def delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Suspends a workspace that took the app away: its token is forgotten, what it is owed is kept."""
        workspace = team_id or enterprise_id or ""
        with self._open_store() as store:
            why = Reason.of("slack_token", name="app_uninstalled")
            shut(store, workspace, why, self._operators, self._clock(), forget=True)
