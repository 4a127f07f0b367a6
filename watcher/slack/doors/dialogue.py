"""The dialogue in which an operator says why an event is taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from notifiers.said.wording import title
from notifiers.slack.kit import plain_text, rich
from watcher.errors import Mistyped
from watcher.said.told import bold, plain
from watcher.slack.acts.operating import retract_reply
from watcher.slack.command import Command
from watcher.slack.replies.mistakes import mistake_text
from watcher.slack.reply import Answer, message

if TYPE_CHECKING:
    from state.model import Event
    from watcher.slack.desk import Asked, Desk

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
            desk.permit(asked.user)
            if not desk.claim(asked, key):
                return None
            reply = retract_reply(asked, Command(verb="retract", words=(str(about["event"]), reason)))
        except Mistyped as mistake:
            return {"response_action": "errors", "errors": {BLOCK: mistake_text(asked, mistake)}}
        said = message(reply)["blocks"]
        shown = [block for block in said if block["type"] != "actions"]
        title = plain_text(asked.say("slack.retract_title"))
        return {"response_action": "update", "view": {"type": "modal", "title": title, "blocks": shown}}
