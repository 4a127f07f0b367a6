"""What a click does: pages, sharing, undo, pausing a provider, and what operators decide; and the
dialogue in which they say why an event is taken back.

A button carries a command or the thing it is about, never an answer: everything is read again at the click,
and so is the right to do it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from notifiers.notifier import DeliveryError
from notifiers.said.voice import clean
from notifiers.said.wording import title
from notifiers.slack.kit import context, mrkdwn, plain_text, rich
from state.owed import subscriptions
from state.seen.events import log
from watcher.errors import Mistyped
from watcher.said.told import bold, plain
from watcher.slack.acts.operating import approved, permit, retract_reply, waiting
from watcher.slack.acts.sharing import share
from watcher.slack.command import ASKING, OPERATING, Command, parse
from watcher.slack.desk import Asked, Desk, log_fault
from watcher.slack.dispatch import answered
from watcher.slack.replies.mistakes import mistake_text, mistaken
from watcher.slack.reply import Answer, Json, Reply, message, private

if TYPE_CHECKING:
    from state.model import Event

EFFECTS = frozenset({"undo", "choose", "share", "pause", "approve", "hold"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """One click on one of our buttons, as Slack tells it; `at` is the message that it stands in, `made` when
    it was made, None where Slack does not say."""

    key: str
    action: str
    value: Mapping[str, Any]
    channel: str
    user: str
    url: str
    trigger: str
    message: Mapping[str, Any]
    at: str = ""
    made: datetime | None = None


def click_of(payload: Mapping[str, Any]) -> Click | None:
    """The click in a payload; None when it is not on one of our buttons."""
    first = (payload.get("actions") or [{}])[0]
    name = str(first.get("action_id") or "").split(".")
    if len(name) < 2 or name[0] != "vigilabel":
        return None
    user, at = str(payload["user"]["id"]), str(first.get("action_ts") or "")
    channel = payload.get("channel") or {}
    return Click(
        key=f"click/{user}/{at}/{first['action_id']}" if at else "",
        action=name[1],
        value=_value(first.get("value")),
        channel=str(channel.get("id") or ""),
        user=user,
        url=str(payload.get("response_url") or ""),
        trigger=str(payload.get("trigger_id") or ""),
        message=payload.get("message") or {},
        at=str((payload.get("container") or {}).get("message_ts") or ""),
        made=_moment(at),
    )


def _moment(text: str) -> datetime | None:
    """A moment as Slack writes them, in seconds since 1970."""
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _value(text: object) -> Mapping[str, Any]:
    try:
        read = json.loads(str(text))
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def clicked(desk: Desk, click: Click) -> Answer:
    """What is sent in answer to a click, after what it does is done."""
    with desk.asked(click.channel, click.user) as asked:
        if click.action in EFFECTS and click.key and not _first(desk, asked, click):
            return None
        try:
            _require_same(asked, click.value)
            return CLICKS[click.action](desk, asked, click)
        except Mistyped as mistake:
            return aside(mistaken(asked, mistake))
        except (KeyError, TypeError, ValueError) as error:  # a button of an older version, or none of ours
            log_fault(error)
            return aside(mistaken(asked, Mistyped("stale_button")))


def _require_same(asked: Asked, value: Mapping[str, Any]) -> None:
    """Nothing where the event or subscription of a button's number is still the one that it was made for;
    raises `Mistyped` where a restored memory gave the number to another."""
    store = asked.archive.store
    if "seen" in value:
        event = log.some(store, [int(value["event"])]).get(int(value["event"]))
        if event is not None and event.seen_at.isoformat() != value["seen"]:
            raise Mistyped("stale_button")
    if "made" in value:
        known = subscriptions.subscriptions(store, channel=asked.channel, ended=True)
        made = {one.id: one.created_at.isoformat() if one.created_at else "" for one in known}
        if made.get(int(value["subscription"]), value["made"]) != value["made"]:
            raise Mistyped("stale_button")


def _first(desk: Desk, asked: Asked, click: Click) -> bool:
    """Whether a click is neither told again by Slack nor the second half of a double click."""
    button = sha256(f"{click.at} {click.action} {sorted(click.value.items())}".encode()).hexdigest()
    return desk.claim(asked, click.key) and desk.tapped(
        asked, button, click.key, click.made or asked.archive.now
    )


def aside(reply: Reply) -> Json:
    """A reply for the one who clicked, beside the message with the button."""
    return private(reply, replace_original=False)


def _in_place(reply: Reply, page: int = 1) -> Json:
    return private(reply, page, replace_original=True)


def _for_all(reply: Reply, user: str, credit: str) -> Json:
    said = message(reply, shared_by=user, credit=credit)
    return {"response_type": "in_channel", "replace_original": False, **said}


def _turn(desk: Desk, asked: Asked, click: Click) -> Answer:
    return _in_place(_asked_again(desk, asked, click), int(click.value["page"]))


def _share(desk: Desk, asked: Asked, click: Click) -> Answer:
    return share(desk, asked, _asked_again(desk, asked, click), int(click.value["page"]), click.url)


def _open(desk: Desk, asked: Asked, click: Click) -> Answer:
    return aside(_asked_again(desk, asked, click))


def _asked_again(desk: Desk, asked: Asked, click: Click) -> Reply:
    command = parse(str(click.value["command"]))
    # What a button carries comes back through Slack: it may ask, and never order.
    if command.verb not in ASKING:
        raise Mistyped("stale_button")
    return answered(desk, asked, command)


def _undo(desk: Desk, asked: Asked, click: Click) -> Answer:
    command = parse(str(click.value["command"]))
    if command.verb in OPERATING:
        raise Mistyped("stale_button")
    # What was subscribed to before was settled then, a name on no list among it.
    reply = answered(desk, asked, replace(command, sure=True))
    return aside(reply) if click.message else _in_place(reply)


def _choose(desk: Desk, asked: Asked, click: Click) -> Answer:
    """What was meant, in the place of the question; a question, or what the member alone asked to follow."""
    command = parse(str(click.value["command"]))
    if command.verb not in (*ASKING, "subscribe"):
        raise Mistyped("stale_button")
    return _in_place(answered(desk, asked, replace(command, sure=bool(click.value.get("sure")))))


def _pause(desk: Desk, asked: Asked, click: Click) -> Answer:
    words = (str(click.value["slug"]), str(click.value["length"]))
    reply = answered(desk, asked, Command(verb="pause", words=words))
    if not reply.command:  # nothing was paused: only the one who clicked needs to know why
        return aside(reply)
    return _for_all(reply, click.user, "slack.paused_by")


def _approve(desk: Desk, asked: Asked, click: Click) -> Answer:
    permit(desk, click.user)
    # Asked again at the click: the reading that the button spoke of may be believed by now, or be another
    # one.
    run = waiting(asked, str(click.value["source"]), datetime.fromisoformat(str(click.value["at"])))
    reason = asked.say("slack.default_reason", member=click.user)
    reply = approved(asked, run, reason)
    said = asked.say(
        "slack.approved_by", member=click.user, when=asked.archive.now, reason=mrkdwn(clean(reason))
    )
    desk.respond(click.url, _decided(click, said))
    return aside(reply)


def _hold(desk: Desk, asked: Asked, click: Click) -> Answer:
    permit(desk, click.user)
    waiting(asked, str(click.value["source"]), datetime.fromisoformat(str(click.value["at"])))
    return _decided(click, asked.say("slack.kept_by", member=click.user, when=asked.archive.now))


def _decided(click: Click, said: str) -> Json:
    """The message without its buttons, and who decided what."""
    kept = [block for block in click.message.get("blocks") or () if block.get("type") != "actions"]
    text = str(click.message.get("text") or said)
    return {"replace_original": True, "text": text, "blocks": [*kept, context(said)]}


def _retract(desk: Desk, asked: Asked, click: Click) -> Answer:
    permit(desk, click.user)
    try:
        event = log.event(asked.archive.store, int(click.value["event"]))
    except LookupError:
        raise Mistyped("stale_button") from None
    try:
        desk.workspace.open_view(click.trigger, retract_view(asked, event, click.channel))
    except DeliveryError as refused:
        raise Mistyped("unopened", why=refused.reason) from None
    return None


Handle = Callable[[Desk, Asked, Click], Answer]

CLICKS: Mapping[str, Handle] = {
    "earlier": _turn,
    "later": _turn,
    "share": _share,
    "open": _open,
    "undo": _undo,
    "choose": _choose,
    "pause": _pause,
    "approve": _approve,
    "hold": _hold,
    "retract": _retract,
}


RETRACT = "vigilabel.retract"
BLOCK, FIELD = "reason", "text"
MOST_REASON = 500


def retract_view(asked: Asked, event: Event, channel: str) -> dict[str, Any]:
    """The dialogue that names the event and asks for the reason."""
    return {
        "type": "modal",
        "callback_id": RETRACT,
        "private_metadata": json.dumps({"event": event.id, "channel": channel}),
        "title": plain_text(asked.say("slack.retract_title")),
        "submit": plain_text(asked.say("slack.retract_do")),
        "close": plain_text(asked.say("slack.retract_cancel")),
        "blocks": [
            *rich([bold(title(event, asked.lang)), plain(asked.say("slack.retract_means"))]),
            {
                "type": "input",
                "block_id": BLOCK,
                "label": plain_text(asked.say("slack.retract_label")),
                "element": {
                    "type": "plain_text_input",
                    "action_id": FIELD,
                    "multiline": True,
                    "min_length": 3,
                    "max_length": MOST_REASON,
                },
            },
        ],
    }


def submitted(desk: Desk, payload: Mapping[str, Any], key: str) -> Answer:
    """What the dialogue shows after its reason was sent: what was done, or why not."""
    view = payload["view"]
    if view["callback_id"] != RETRACT:
        return None
    about = json.loads(view["private_metadata"])
    reason = str(view["state"]["values"][BLOCK][FIELD]["value"] or "").strip()
    with desk.asked(str(about["channel"]), str(payload["user"]["id"])) as asked:
        try:
            permit(desk, asked.user)
            if not desk.claim(asked, key):
                return None
            reply = retract_reply(asked, Command(verb="retract", words=(str(about["event"]), reason)))
        except Mistyped as mistake:
            return {"response_action": "errors", "errors": {BLOCK: mistake_text(asked, mistake)}}
        said = message(reply)["blocks"]
        shown = [block for block in said if block["type"] != "actions"]
        title = plain_text(asked.say("slack.retract_title"))
        return {"response_action": "update", "view": {"type": "modal", "title": title, "blocks": shown}}
