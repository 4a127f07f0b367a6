"""A message as requests of a webhook: a CloudEvent each, and the signature over its bytes. Pure.

Written after CloudEvents 1.0 (JSON, structured mode) and Standard Webhooks 1.0: `webhook-id` is the event's
`id` at every attempt, so that a receiver that remembers ids takes each once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks import Webhook

from notifiers.said.reasons import all_said, notice_text
from state.model import Event, Reason, Value
from state.words.post import Message, Notice, Retraction

TYPE = "vigilabel"
"""What the types begin with. The project has no domain of its own that they could be named after."""
Data = Mapping[str, Any]
View = Callable[[Event, Retraction | None], Data]
"""The JSON of an event, as every door gives it; of one that was taken back, with what says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One request: the id that stays the same at every attempt, and the body."""

    id: str
    body: bytes


def requests(message: Message, source: str, view: View) -> Iterator[Told]:
    """What a message says, one request after the other.

    `source` names the memory whose numbers the ids are: the pair is unique wherever events are gathered.
    """
    gone = {one.event: one for one in message.retracted}
    for event in message.events:
        told = gone.get(event.id)
        if message.follows is None:
            also = _meant(message, event)
            yield _told(event, str(event.id), event.kind.value, source, view(event, told), also)
        elif told is not None:
            yield _told(event, f"{event.id}-retracted", "retracted", source, view(event, told))
        else:
            yield from _undone(message, event, source, view)
    for notice in message.notices:
        if message.follows is None:
            yield _notice(notice, message, source)


def _meant(message: Message, event: Event) -> Data:
    """What else an event means to who asked, as attributes of our own: the labels together that it is about,
    and the sentence."""
    because = message.because.get(event.id, ())
    marks = " ".join(dict.fromkeys(str(one.values["mark"]) for one in because if "mark" in one.values))
    return {"together": marks, "because": all_said(because, message.lang)} if because else {}


def _undone(message: Message, event: Event, source: str, view: View) -> Iterator[Told]:
    """That what an event meant besides is not so: the event itself stands."""
    for one in message.undone.get(event.id, ()):
        id, of = f"{event.id}-apart-{one.gone.event}", {"because": all_said((one.said,), message.lang)}
        more = {**of, "together": str(one.said.values.get("mark", "")), "reason": one.gone.reason}
        yield _told(event, id, "together_retracted", source, view(event, None), more)


def _told(event: Event, id: str, what: str, source: str, data: Data, more: Data | None = None) -> Told:
    given = {
        "id": id,
        "source": source,
        "type": f"{TYPE}.event.{what}",
        "subject": f"{event.provider.slug}/{event.label}",
        "time": event.seen_at,
        **(more or {}),
    }
    return _written(given, data)


def _notice(notice: Notice, message: Message, source: str) -> Told:
    """A word to operators; programs can rely on its kind, its subject and the codes of its reasons."""
    data = {
        "kind": notice.kind,
        "subject": notice.subject,
        "text": notice_text(notice, message.lang),
        "reasons": [_plain(one) for one in notice.said],
    }
    # A word that is in no memory, such as that of a test, has no number. No id has a dot: what is signed is
    # the id, the time and the body with dots between them.
    id = f"notice-{notice.id or re.sub('[^0-9A-Za-z]+', '-', message.key)}"
    given = {"id": id, "source": source, "type": f"{TYPE}.notice.{notice.kind}"}
    return _written({**given, "subject": notice.subject or notice.kind, "time": notice.at}, data)


def _plain(value: Value) -> Any:
    """A reason, or one of its values, as JSON has it."""
    if isinstance(value, Reason):
        return {"code": value.code, "values": {name: _plain(one) for name, one in value.values.items()}}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _written(given: Data, data: Data) -> Told:
    # Everything is given: the SDK makes up an id and a time of its own where one is missing.
    attributes = {**given, "specversion": "1.0", "datacontenttype": "application/json"}
    attributes["time"] = attributes["time"].astimezone(UTC)
    return Told(id=attributes["id"], body=JSONFormat().write(CloudEvent(attributes, dict(data))))


def headers(told: Told, secrets: Sequence[str], at: datetime) -> Mapping[str, str]:
    """The headers of one attempt, signed with every secret: while one takes the place of another, both are
    valid."""
    # The library replaces whatever zone it is given by UTC.
    moment = at.astimezone(UTC).replace(microsecond=0)
    signed = [Webhook(one).sign(told.id, moment, told.body.decode()) for one in secrets]
    return {
        "Content-Type": JSONFormat().get_content_type(),
        "User-Agent": "vigilabel",
        "webhook-id": told.id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signed),
    }
