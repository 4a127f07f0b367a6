"""A workspace whose token works no more, and one that comes back: what it is owed waits for it, and no other
workspace notices."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from notifiers.said.reasons import said
from state.model import Reason
from state.owed import fates, outbox, subscriptions
from state.words.post import Notice, place
from state.workspaces import installations

if TYPE_CHECKING:
    from notifiers.notifier import DeliveryError
    from state.file.store import Store
    from state.workspaces.installations import Installation

logger = logging.getLogger(__name__)

DEAD = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})
"""What Slack answers to a token that works no more; the app must be installed again
(https://docs.slack.dev/reference/methods/auth.test)."""
SETTLING = timedelta(minutes=2)
"""Longer than any message is under way: what was sent with a token of before is answered by then."""
GONE = "workspace_gone"
"""Why the channels of such a workspace are suspended: those suspended for other reasons stay so."""


def tells_so(error: DeliveryError) -> bool:
    """Whether an answer of Slack's, or our own want of a token, means that a workspace cannot be reached."""
    code, name = error.reason.code, str(error.reason.values.get("name", ""))
    return code in ("workspace_shut", "workspace_unknown") or (code == "slack_token" and name in DEAD)


def shut(
    store: Store, workspace: str, why: Reason, operators: str, now: datetime, *, forget: bool = False
) -> bool:
    """Suspends a workspace with all its channels, and tells the operators of the watch; False where it was
    suspended already. `forget`: its token is worth nothing any more, and not kept either.

    Its own people are told nothing: no word would reach them.
    """
    with store.transaction():
        known = installations.find(store, workspace)
        if known is not None and (known.state == "active" or (forget and known.sealed)):
            sealed = "" if forget else known.sealed
            installations.save(store, replace(known, state="suspended", reasons=(why,), sealed=sealed))
        gone = Reason.of(GONE, why=why)
        for channel in subscriptions.channels_of(store, workspace):
            fates.suspend_channel(store, channel.id, said(gone, "en"), (gone,))
        if known is None or known.state != "active":
            return False
        logger.error("suspended the workspace %s: %s", workspace, said(why, "en"))
        tell(store, known, "workspace_gone", why, operators, now)
        return True


def just_installed(store: Store, workspace: str, now: datetime) -> bool:
    """Whether the app was installed so lately that an answer may be about the token before."""
    known = installations.find(store, workspace)
    return known is not None and known.state == "active" and now < known.installed_at + SETTLING


def open_again(store: Store, workspace: str, now: datetime) -> int:
    """Takes up the channels that were suspended with their workspace; how many deliveries waited."""
    with store.transaction():
        waiting = [
            one
            for one in subscriptions.channels_of(store, workspace)
            if one.state == "suspended" and any(why.code == GONE for why in one.reasons)
        ]
        return sum(subscriptions.resume(store, one.id, now) for one in waiting)


def tell(store: Store, one: Installation, kind: str, why: Reason, operators: str, now: datetime) -> None:
    """A word to the operators of the watch about a workspace; in the log alone where they have no channel."""
    if operators:
        subject = f"{one.name} ({one.id})"
        notice = Notice(id=0, kind=kind, subject=subject, text=said(why, "en"), at=now, said=(why,))
        outbox.owe_notice(store, notice, operators)


def listeners(store: Store, workspace: str, operators: str) -> str:
    """Where trouble with a place of a workspace is told: where somebody of it said, or to who installed the
    app there; trouble with a place of the settings' own workspace to `operators`."""
    known = installations.find(store, workspace) if workspace else None
    return place(workspace, known.hears) if known else operators
