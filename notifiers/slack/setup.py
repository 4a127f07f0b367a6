"""Slack as it is set up: the bot that the settings give, and whether its doors can open.

That is tokens, scopes, channels and a test message; and what to fix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from notifiers.notifier import DeliveryError, Means, Notifier, Probe, Unset
from notifiers.said.voice import voice
from notifiers.slack.blocks import Clicks
from notifiers.slack.bot import TIMEOUT, Slack
from notifiers.slack.call import ask, make_client
from state.model import Reason

BASE_URL, LANG = "VIGILABEL_SLACK__BASE_URL", "VIGILABEL_LANG"
BOT_TOKEN, APP_TOKEN, SECRET = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"
Ask = Callable[[Callable[[WebClient], SlackResponse]], tuple[dict[str, Any], Mapping[str, str]]]
"""Puts one question to Slack with the bot's token."""

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


def make(means: Means) -> Notifier:
    """The bot; its buttons are heard where a door is open."""
    token, base_url = means.setting(BOT_TOKEN), means.setting(BASE_URL)
    if not token:
        return Unset(Reason.of("no_bot_token"))
    heard = any(means.setting(door) for door in (APP_TOKEN, SECRET))
    clicks = Clicks(heard=heard, operators=means.operators)
    return Slack(token=token, base_url=base_url, clicks=clicks, proxy=means.proxy_of(base_url))


def probe(means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    """What was found, step by step; a step that cannot work ends those that need it."""
    yield from _bot(means, channels)
    yield from _doors(means)


def _asking(means: Means, token: str) -> Ask:
    base_url = means.setting(BASE_URL)
    client = make_client(token, base_url=base_url, timeout=TIMEOUT, proxy=means.proxy_of(base_url))
    return lambda question: ask(client, question)


def _bot(means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    token = means.setting(BOT_TOKEN)
    if not token:
        fix = "create the app from slack-manifest.yaml, install it, and copy its Bot User OAuth Token"
        yield Probe(what="bot token", good=False, found=f"{BOT_TOKEN} is not set", fix=fix)
        return
    asked = _asking(means, token)
    try:
        data, headers = asked(lambda client: client.auth_test())
    except DeliveryError as error:
        yield Probe(what="bot token", good=False, found=str(error), fix="copy the token again, or reinstall")
        return
    team, name = data.get("team"), data.get("user")
    yield Probe(what="bot token", good=True, found=f"accepted as {name} in {team}")
    said = next((value for key, value in headers.items() if key.lower() == "x-oauth-scopes"), "")
    granted = {scope.strip() for scope in (said[0] if isinstance(said, list) else said).split(",")}
    yield from _scopes(granted - {""})
    yield from _channels(asked, means.operators, channels, means.setting(LANG))


def _scopes(granted: set[str]) -> Iterator[Probe]:
    if not granted:
        yield Probe(what="scopes", good=None, found="Slack does not say which were granted")
        return
    for scope, reason in {**NEEDED, **USEFUL}.items():
        if scope in granted:
            yield Probe(what=f"scope {scope}", good=True, found="granted")
            continue
        fix = f"add {scope} under OAuth & Permissions and reinstall the app: {reason}"
        yield Probe(what=f"scope {scope}", good=False if scope in NEEDED else None, found="missing", fix=fix)


def _channels(asked: Ask, operators: str, channels: Sequence[str], lang: str) -> Iterator[Probe]:
    if not operators:
        fix = "set VIGILABEL_OPERATORS to a channel id, so that trouble is told to somebody"
        yield Probe(what="operators", good=None, found="VIGILABEL_OPERATORS is not set", fix=fix)
    for channel in channels:
        yield _channel(asked, channel)
    if operators in channels and operators[0] in "CGD":
        yield _test_message(asked, operators, lang)


def _channel(asked: Ask, channel: str) -> Probe:
    what = f"channel {channel}"
    try:
        data, _ = asked(lambda client: client.conversations_info(channel=channel))
    except DeliveryError as refused:
        return _out_of_reach(what, refused)
    known = data.get("channel") or {}
    if known.get("is_archived"):
        return Probe(what=what, good=False, found="archived", fix="unarchive it, then `vigilabel resume`")
    if known.get("is_private") and not known.get("is_member"):
        return Probe(what=what, good=False, found="private, not a member", fix="/invite @vigilabel there")
    return Probe(what=what, good=True, found=f"#{known.get('name') or channel} takes messages")


def _out_of_reach(what: str, refused: DeliveryError) -> Probe:
    """Why a channel could not be looked at, by Slack's own word where it gave one."""
    name, needed = (str(refused.reason.values.get(key, "")) for key in ("name", "needed"))
    if name == "missing_scope":
        fix = f"add the scope {needed or 'channels:read'} and reinstall the app"
        return Probe(what=what, good=None, found="cannot be looked at", fix=fix)
    if not name:
        return Probe(what=what, good=False, found=str(refused), fix="try again")
    fix = "type /invite @vigilabel there, or correct the id (it is at the bottom of the channel's details)"
    return Probe(what=what, good=False, found=name, fix=fix)


def _test_message(asked: Ask, channel: str, lang: str) -> Probe:
    text = voice(lang)("channel.test_message", command="vigilabel doctor slack")
    try:
        data, _ = asked(lambda client: client.chat_postMessage(channel=channel, text=text))
    except DeliveryError as error:
        return Probe(what="test message", good=False, found=str(error), fix="see the lines above")
    return Probe(what="test message", good=True, found=f"arrived in {channel}, ts {data.get('ts')}")


def _doors(means: Means) -> Iterator[Probe]:
    token = means.setting(APP_TOKEN)
    if not token:
        good = True if means.setting(SECRET) else None
        found = f"HTTP: requests are checked with {SECRET}" if good else "no door is open"
        fix = "" if good else f"set {APP_TOKEN} (Socket Mode, no public address) or {SECRET}"
        yield Probe(what="door", good=good, found=found, fix=fix)
        return
    try:
        _asking(means, token)(lambda client: client.apps_connections_open(app_token=token))
    except DeliveryError as error:
        fix = "create an app-level token with the scope connections:write and turn Socket Mode on"
        yield Probe(what="door", good=False, found=f"Socket Mode: {error}", fix=fix)
        return
    yield Probe(what="door", good=True, found="Socket Mode: Slack gives an address to connect to")
