"""A message as events of a Matrix room: the whole as plain text, and the same as HTML. Pure.

Written after https://spec.matrix.org/v1.13/client-server-api/#instant-messaging: only tags that it suggests,
every text escaped. `m.mentions` is always there and empty: a printed `@room` calls nobody
(https://spec.matrix.org/v1.13/client-server-api/#user-and-room-mentions).
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from html import escape
from typing import TYPE_CHECKING, Any

from notifiers.said.parts import Part, Passage, plain, plain_passage
from notifiers.said.parts import parts as in_parts
from notifiers.said.voice import JOINER, Line, Span, merged, unbroken

if TYPE_CHECKING:
    from state.words.post import Message

MOST = 20_000
"""Bytes of what a part tells. An event has 65,536, and one that edits another says all twice, for clients
that know no edits (https://spec.matrix.org/v1.13/client-server-api/#size-limits)."""
MARK = "org.vigilabel.part"
"""The field by which a part is found again in its room: no client shows fields that it does not know."""
# Never changed: a part sent again must have the transaction id of the first in every version.
NAMESPACE = uuid.UUID("f4a86a39-6a2f-5f0d-9d8a-5f6f0d6f7c52")
NAMES = re.compile(r"[@#!](?=\w)")
"""What clients make a link of: `@user:server`, `#room:server`, `@room`."""
Json = dict[str, Any]


def parts(message: Message) -> tuple[Part, ...]:
    """A message in as many parts as events."""
    return in_parts(message, _cost, MOST)


def content(message: Message, part: Part) -> Json:
    """What a part says, for people and to be found again.

    Of type `m.text`: nobody is notified of an `m.notice` unless they ask for it
    (https://spec.matrix.org/v1.13/client-server-api/#default-override-rules).
    """
    said = {
        "msgtype": "m.text",
        "body": inert(plain(part)),
        "format": "org.matrix.custom.html",
        "formatted_body": _html(part),
        "m.mentions": {},
        MARK: mark(message, part),
    }
    if message.follows and message.follows.id:
        # No thread, which is behind a fold: a wrong alert is taken back as loudly as it was given.
        said["m.relates_to"] = {"m.in_reply_to": {"event_id": message.follows.id.split()[0]}}
    return said


def mark(message: Message, part: Part) -> Json:
    """What tells a part from all others."""
    return {"key": message.key, "part": part.number, "parts": part.of}


def edit(said: Json, event_id: str) -> Json:
    """What replaces the event that said otherwise; for clients that know no edits, the same once more."""
    relation = {"rel_type": "m.replace", "event_id": event_id}
    marked = {name: f"* {said[name]}" for name in ("body", "formatted_body")}
    shown = {name: value for name, value in said.items() if name != MARK}
    return {**shown, **marked, "m.new_content": said, "m.relates_to": relation}


def transaction(message: Message, part: Part, edited: Json | None = None) -> str:
    """The id by which the server knows a part that it has taken; an edit that says otherwise has another.

    What is sent again under the same id is taken once
    (https://spec.matrix.org/v1.13/client-server-api/#transaction-identifiers).
    """
    says = hashlib.sha256(json.dumps(edited, sort_keys=True).encode()).hexdigest() if edited else ""
    return str(uuid.uuid5(NAMESPACE, f"{message.key}/{part.number}/{says}"))


def _cost(passage: Passage) -> int:
    """What a passage takes: its plain text and its HTML."""
    said = (inert(plain_passage(passage)), *_told(passage))
    return sum(len(text.encode("utf-8", "replace")) for text in said)


def _html(part: Part) -> str:
    told = [f"<p><strong>{_text(part.head)}</strong></p>"]
    told += [f"<p>{'<br>'.join(map(_line, part.notes))}</p>"] if part.notes else []
    told += [paragraph for one in part.passages for paragraph in _told(one)]
    told += [f"<p><em>{_text(part.foot)}</em></p>"] if part.foot else []
    return "".join(told)


def _told(passage: Passage) -> list[str]:
    said = [f"<strong>{_text(passage.title)}</strong>"] if passage.title else []
    said += [_line(line) for line in passage.lines]
    told = "<br>".join(said)
    struck = f"<del>{told}</del>" if passage.gone else told
    proof = f"<em>{_line(passage.proof)}</em>" if passage.proof else ""
    over = [f"<h4>{_text(passage.over)}</h4>"] if passage.over else []
    return [*over, f"<p>{'<br>'.join(filter(None, (struck, proof)))}</p>"]


def _line(line: Line) -> str:
    return "".join(map(_piece, merged(line)))


def _piece(span: Span) -> str:
    said = _text(span.text)
    if span.url:
        said = f'<a href="{escape(span.url)}">{said}</a>'
    for tag, on in (("strong", span.bold), ("del", span.struck)):
        said = f"<{tag}>{said}</{tag}>" if on else said
    return said


def _text(text: str) -> str:
    return escape(inert(text))


def inert(text: str) -> str:
    """The text with an invisible joiner within what a client would make the name of a member or a room."""
    return NAMES.sub(lambda sign: sign[0] + JOINER, unbroken(text))
