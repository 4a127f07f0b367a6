"""A message as notifications of ntfy: a title, plain text, how loud it is, and what a tap opens. Pure.

The fields are those of https://docs.ntfy.sh/publish/#publish-as-json. Nothing is Markdown: a printed name is
text. Addresses are not in it, where a telephone shows them at full length, but behind a tap and buttons.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from notifiers.said.digest import matched
from notifiers.said.parts import Part, Passage, body, plain_passage
from notifiers.said.parts import parts as in_parts
from notifiers.said.voice import clip, unbroken, words_of
from state.model import Weight

if TYPE_CHECKING:
    from state.words.post import Message

MOST = 4_096
"""Bytes of a message: what is longer arrives as a file (https://docs.ntfy.sh/publish/#limitations)."""
TITLE = 240
"""Characters of a title, which may have 1,024 bytes."""
SILENT = 2
LOUDNESS = {Weight.HIGH: 4, Weight.NORMAL: 3, Weight.LOW: SILENT}
"""How loud it is on a telephone; 5 rings on and on, which nothing here is worth
(https://docs.ntfy.sh/publish/#message-priority)."""
TAGS, BUTTONS, LABEL = 5, 3, 40
GAP = "\n\n"
FOOT = 1_200
"""Bytes that the reader's subscriptions may take: where they are more, what happened is told without them."""
# Never changed: a notification sent again must take the place of the first in every version.
NAMESPACE = uuid.UUID("2f1f7d4e-7a0b-5c55-8d7c-0a4d3c3b9b11")
Json = dict[str, Any]


def parts(message: Message) -> tuple[Part, ...]:
    """A message in as many parts as notifications."""
    return in_parts(message, _cost, MOST - min(_size(matched(message)) + len(GAP), FOOT))


def notification(message: Message, part: Part, topic: str) -> Json:
    """What is published for a part.

    What has the same `sequence_id` takes the place of what had it before, on the telephone and in the
    browser: a lost reply doubles nothing, and what was wrong can be shown otherwise (since ntfy 2.16,
    https://docs.ntfy.sh/publish/#updating-deleting-notifications; older servers leave the field unread).
    """
    labels = dict.fromkeys(event.label for event in message.events if event.id in part.events)
    said = {
        "topic": topic,
        "title": clip(unbroken(part.head), TITLE),
        "message": text(part),
        # A telephone rings once for a message, however many parts it has.
        "priority": LOUDNESS[part.weight] if part.number == 1 else SILENT,
        "tags": list(labels)[:TAGS],
        "sequence_id": sequence(message, part),
    }
    return {**said, **_opens(part)}


def _opens(part: Part) -> Json:
    """What a tap opens, where all rests on one document, and for one event buttons for what else it names."""
    proofs = {span.url for one in part.passages for span in one.proof if span.url}
    links = [span for one in part.passages for line in one.lines for span in line if span.url]
    buttons = [{"action": "view", "label": clip(one.text, LABEL), "url": one.url} for one in links[:BUTTONS]]
    return {
        **({"click": proofs.pop()} if len(proofs) == 1 else {}),
        **({"actions": buttons} if buttons and len(part.passages) == 1 else {}),
    }


def text(part: Part) -> str:
    """What a part says below its title."""
    whole = unbroken(body(part, words_of))
    return whole if _size(whole) <= MOST else unbroken(body(replace(part, foot=""), words_of))


def sequence(message: Message, part: Part) -> str:
    """By what clients know a part: of letters, digits and dashes, at most 64."""
    return str(uuid.uuid5(NAMESPACE, f"{message.key}/{part.number}"))


def fits(said: Json) -> bool:
    """Whether it arrives as a notification, and not as a file."""
    return _size(said["message"]) <= MOST


def _cost(passage: Passage) -> int:
    return _size(unbroken(plain_passage(passage, words_of))) + len(GAP)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
