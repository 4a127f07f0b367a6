"""Slack as it is set up: the bot that the settings give, and whether its doors can open.

That is tokens, scopes, channels and a test message; and what to fix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from notifiers.given import Secret
from notifiers.notifier import DeliveryError, Installed, Means, NamedChannel, Notifier, Probe, Unset, tested
from notifiers.slack.bot import TIMEOUT, Slack
from notifiers.slack.call import ask, make_client
from notifiers.slack.post import Clicks
from notifiers.wire.call import header
from state.model import Reason

BASE_URL, OPERATORS = "VIGILABEL_SLACK__BASE_URL", "VIGILABEL_OPERATORS"
BOT_TOKEN, APP_TOKEN, SECRET = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"
CLIENT_ID = "SLACK_CLIENT_ID"
Ask = Callable[[Callable[[WebClient], SlackResponse]], tuple[dict[str, Any], Mapping[str, str]]]
"""Puts one question to Slack with the bot's token."""

NEEDED = {
    "chat:write": Reason.of("scope_to_post"),
    "chat:write.public": Reason.of("scope_to_post_anywhere"),
    "commands": Reason.of("scope_to_answer"),
    "channels:read": Reason.of("scope_to_see"),
    "groups:read": Reason.of("scope_to_see_private"),
}
USEFUL = {
    "channels:history": Reason.of("scope_to_find"),
    "groups:history": Reason.of("scope_to_find_private"),
    "im:history": Reason.of("scope_to_find_direct"),
    "im:write": Reason.of("scope_to_find_direct"),
    "mpim:history": Reason.of("scope_to_find_direct"),
    "channels:join": Reason.of("scope_to_join"),
}


def make(means: Means) -> Notifier:
    """The bot; its buttons are heard where a door is open."""
    token, base_url, to = _token(means), means.setting(BASE_URL), _place(means.named)
    if means.installed is not None:
        return _elsewhere(means.installed, base_url, means)
    if not token:
        return Unset(Reason.of("no_bot_token"))
    heard = any(means.setting(door) for door in (APP_TOKEN, SECRET))
    operators = to if means.named and means.named.name == means.operators else means.operators
    clicks = Clicks(heard=heard, operators=operators)
    return Slack(token=token, to=to, base_url=base_url, clicks=clicks, proxy=means.proxy_of(base_url))


def _elsewhere(installed: Installed, base_url: str, means: Means) -> Notifier:
    """The bot in a workspace that installed the app. What operators of the watch decide is decided in theirs:
    no button for it here."""
    if installed.token is None:
        return Unset(Reason.of("workspace_shut", workspace=installed.name or installed.id))
    proxy, token = means.proxy_of(base_url), installed.token.reveal()
    clicks = Clicks(heard=True)
    return Slack(token=token, workspace=installed.id, base_url=base_url, clicks=clicks, proxy=proxy)


def _place(named: NamedChannel | None) -> str:
    """The channel on Slack that a named one is, "" where messages name theirs."""
    return str(named.options.get("to") or named.url) if named else ""


def _token(means: Means) -> str:
    """The bot's token: a named channel may have one of another workspace."""
    own = means.named.options.get("secret") if means.named else None
    return own.reveal() if isinstance(own, Secret) else means.setting(BOT_TOKEN)


def probe(means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    """What was found, step by step; a step that cannot work ends those that need it."""
    asked, granted, first = _accepted(means)
    yield first
    if means.named is not None:
        if asked is not None:
            place = _place(means.named)
            yield _channel(asked, place)
            yield _test_message(asked, means, place, "vigilabel doctor channels")
        return
    if asked is not None:
        yield from _scopes(granted)
        yield from _channels(asked, means, channels)
    yield from _doors(means)


def _asking(means: Means, token: str) -> Ask:
    base_url = means.setting(BASE_URL)
    client = make_client(token, base_url=base_url, timeout=TIMEOUT, proxy=means.proxy_of(base_url))
    return lambda question: ask(client, question)


def _accepted(means: Means) -> tuple[Ask | None, frozenset[str], Probe]:
    """How Slack is asked with the bot's token, the scopes that it has, and that it takes it."""
    token, what, none = _token(means), Reason.of("probe_bot"), frozenset[str]()
    if not token:
        found, fix = Reason.of("not_set", name=BOT_TOKEN), Reason.of("fix_bot")
        if means.setting(CLIENT_ID):  # none is needed where workspaces bring their own
            return None, none, Probe(what=what, good=None, found=found)
        return None, none, Probe(what=what, good=False, found=found, fix=fix)
    asked = _asking(means, token)
    try:
        data, headers = asked(lambda client: client.auth_test())
    except DeliveryError as error:
        return None, none, Probe(what=what, good=False, found=error.reason, fix=Reason.of("fix_token"))
    scopes = header(headers, "x-oauth-scopes").split(",")
    granted = frozenset(filter(None, (scope.strip() for scope in scopes)))
    team, name = str(data.get("team")), str(data.get("user"))
    return asked, granted, Probe(what=what, good=True, found=Reason.of("bot_accepted", name=name, team=team))


def _scopes(granted: frozenset[str]) -> Iterator[Probe]:
    if not granted:
        yield Probe(what=Reason.of("probe_scopes"), good=None, found=Reason.of("scopes_unsaid"))
        return
    for scope, reason in {**NEEDED, **USEFUL}.items():
        what = Reason.of("probe_scope", scope=scope)
        if scope in granted:
            yield Probe(what=what, good=True, found=Reason.of("scope_granted"))
            continue
        good, fix = False if scope in NEEDED else None, Reason.of("fix_scope", scope=scope, why=reason)
        yield Probe(what=what, good=good, found=Reason.of("scope_missing"), fix=fix)


def _channels(asked: Ask, means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    operators = means.operators
    if not operators:
        found, fix = Reason.of("not_set", name=OPERATORS), Reason.of("fix_operators", name=OPERATORS)
        yield Probe(what=Reason.of("probe_operators"), good=None, found=found, fix=fix)
    for channel in channels:
        yield _channel(asked, channel)
    if operators in channels and operators[0] in "CGD":
        yield _test_message(asked, means, operators, "vigilabel doctor slack")


def _channel(asked: Ask, channel: str) -> Probe:
    what = Reason.of("probe_channel", channel=channel)
    try:
        data, _ = asked(lambda client: client.conversations_info(channel=channel))
    except DeliveryError as refused:
        return _out_of_reach(what, refused)
    known = data.get("channel") or {}
    if known.get("is_archived"):
        fix = Reason.of("fix_archived")
        return Probe(what=what, good=False, found=Reason.of("channel_archived"), fix=fix)
    if known.get("is_private") and not known.get("is_member"):
        fix = Reason.of("fix_private")
        return Probe(what=what, good=False, found=Reason.of("channel_private"), fix=fix)
    return Probe(what=what, good=True, found=Reason.of("channel_takes", name=known.get("name") or channel))


def _out_of_reach(what: Reason, refused: DeliveryError) -> Probe:
    """Why a channel could not be looked at, by Slack's own word where it gave one."""
    name, needed = (str(refused.reason.values.get(key, "")) for key in ("name", "needed"))
    if name == "missing_scope":
        fix = Reason.of("fix_one_scope", scope=needed or "channels:read")
        return Probe(what=what, good=None, found=Reason.of("channel_unseen"), fix=fix)
    if not name:
        return Probe(what=what, good=False, found=refused.reason, fix=Reason.of("fix_again"))
    return Probe(what=what, good=False, found=name, fix=Reason.of("fix_channel"))


def _test_message(asked: Ask, means: Means, channel: str, command: str) -> Probe:
    def post(text: str) -> Reason:
        data, _ = asked(lambda client: client.chat_postMessage(channel=channel, text=text))
        return Reason.of("test_arrived", channel=channel, ts=str(data.get("ts")))

    return tested(post, means, command, fix="fix_above")


def _doors(means: Means) -> Iterator[Probe]:
    what, token = Reason.of("probe_door"), means.setting(APP_TOKEN)
    if not token and means.setting(SECRET):
        yield Probe(what=what, good=True, found=Reason.of("door_http", name=SECRET))
        return
    if not token:
        fix = Reason.of("fix_door", socket=APP_TOKEN, http=SECRET)
        yield Probe(what=what, good=None, found=Reason.of("door_none"), fix=fix)
        return
    try:
        _asking(means, token)(lambda client: client.apps_connections_open(app_token=token))
    except DeliveryError as error:
        found, fix = Reason.of("door_refused", why=error.reason), Reason.of("fix_socket")
        yield Probe(what=what, good=False, found=found, fix=fix)
        return
    yield Probe(what=what, good=True, found=Reason.of("door_socket"))
