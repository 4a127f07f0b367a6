"""Whether the doors of Slack can open: tokens, scopes, channels, a test message; and what to fix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from notifiers.notifier import DeliveryError
from state.file.store import Store
from state.owed import subscriptions
from watcher.settings import Settings
from watcher.slack.workspace import Workspace

NEEDED = {
    "chat:write": "to post alerts",
    "chat:write.public": "to post in public channels without an invitation",
    "commands": "to answer /vigilabel",
    "channels:read": "to see whether a channel takes messages, and who is an operator",
    "groups:read": "the same, where the channel is private",
}
USEFUL = {
    "channels:history": "to find a message again after a lost reply, instead of posting it twice",
    "groups:history": "the same, in private channels",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was looked at: `good` is None where it is not needed, `fix` says what to do."""

    what: str
    good: bool | None
    found: str
    fix: str = ""


def checkup(settings: Settings, store: Store | None, workspace: Workspace) -> tuple[Step, ...]:
    """What was found, step by step; a step that cannot work ends those that need it."""
    bot = tuple(_bot(settings, store, workspace))
    return (*bot, *_doors(settings, workspace))


def _bot(settings: Settings, store: Store | None, workspace: Workspace) -> Iterator[Step]:
    if workspace.token is None:
        yield Step(
            what="bot token",
            good=False,
            found="SLACK_BOT_TOKEN is not set",
            fix="create the app from slack-manifest.yaml, install it, and copy its Bot User OAuth Token",
        )
        return
    try:
        data, headers = workspace.ask(lambda client: client.auth_test())
    except DeliveryError as error:
        yield Step(what="bot token", good=False, found=str(error), fix="copy the token again, or reinstall")
        return
    team, name = data.get("team"), data.get("user")
    yield Step(what="bot token", good=True, found=f"accepted as {name} in {team}")
    said = next((value for key, value in headers.items() if key.lower() == "x-oauth-scopes"), "")
    granted = {scope.strip() for scope in (said[0] if isinstance(said, list) else said).split(",")}
    yield from _scopes(granted - {""})
    yield from _channels(settings, store, workspace)


def _scopes(granted: set[str]) -> Iterator[Step]:
    if not granted:
        yield Step(what="scopes", good=None, found="Slack does not say which were granted")
        return
    for scope, reason in {**NEEDED, **USEFUL}.items():
        if scope in granted:
            yield Step(what=f"scope {scope}", good=True, found="granted")
            continue
        fix = f"add {scope} under OAuth & Permissions and reinstall the app: {reason}"
        yield Step(what=f"scope {scope}", good=False if scope in NEEDED else None, found="missing", fix=fix)


def _channels(settings: Settings, store: Store | None, workspace: Workspace) -> Iterator[Step]:
    operators = settings.operators
    if not operators:
        fix = "set VIGILABEL_OPERATORS to a channel id, so that trouble is told to somebody"
        yield Step(what="operators", good=None, found="VIGILABEL_OPERATORS is not set", fix=fix)
    for channel in _names(operators, store):
        yield _channel(workspace, channel)
    if operators and operators[0] in "CGD":
        yield _test_message(workspace, operators)


def _names(operators: str, store: Store | None) -> Sequence[str]:
    known = {one.channel for one in subscriptions.subscriptions(store)} if store is not None else set()
    return [name for name in sorted({operators, *known} - {""}) if name not in ("console", "webhook")]


def _channel(workspace: Workspace, channel: str) -> Step:
    what = f"channel {channel}"
    try:
        data, _ = workspace.ask(lambda client: client.conversations_info(channel=channel))
    except DeliveryError as refused:
        return _out_of_reach(what, refused)
    known = data.get("channel") or {}
    if known.get("is_archived"):
        return Step(what=what, good=False, found="archived", fix="unarchive it, then `vigilabel resume`")
    if known.get("is_private") and not known.get("is_member"):
        return Step(what=what, good=False, found="private, not a member", fix="/invite @vigilabel there")
    return Step(what=what, good=True, found=f"#{known.get('name') or channel} takes messages")


def _out_of_reach(what: str, refused: DeliveryError) -> Step:
    """Why a channel could not be looked at, by Slack's own word where it gave one."""
    name, needed = (str(refused.reason.values.get(key, "")) for key in ("name", "needed"))
    if name == "missing_scope":
        fix = f"add the scope {needed or 'channels:read'} and reinstall the app"
        return Step(what=what, good=None, found="cannot be looked at", fix=fix)
    if not name:
        return Step(what=what, good=False, found=str(refused), fix="try again")
    fix = "type /invite @vigilabel there, or correct the id (it is at the bottom of the channel's details)"
    return Step(what=what, good=False, found=name, fix=fix)


def _test_message(workspace: Workspace, channel: str) -> Step:
    text = "vigilabel: test message of `vigilabel doctor slack`."
    try:
        data, _ = workspace.ask(lambda client: client.chat_postMessage(channel=channel, text=text))
    except DeliveryError as error:
        return Step(what="test message", good=False, found=str(error), fix="see the lines above")
    return Step(what="test message", good=True, found=f"arrived in {channel}, ts {data.get('ts')}")


def _doors(settings: Settings, workspace: Workspace) -> Iterator[Step]:
    token = settings.slack_app_token
    if token is None:
        good = True if settings.slack_signing_secret is not None else None
        found = "HTTP: requests are checked with SLACK_SIGNING_SECRET" if good else "no door is open"
        fix = "" if good else "set SLACK_APP_TOKEN (Socket Mode, no public address) or SLACK_SIGNING_SECRET"
        yield Step(what="door", good=good, found=found, fix=fix)
        return
    app = replace(workspace, token=token.get_secret_value())
    try:
        app.ask(lambda client: client.apps_connections_open(app_token=token.get_secret_value()))
    except DeliveryError as error:
        fix = "create an app-level token with the scope connections:write and turn Socket Mode on"
        yield Step(what="door", good=False, found=f"Socket Mode: {error}", fix=fix)
        return
    yield Step(what="door", good=True, found="Socket Mode: Slack gives an address to connect to")
