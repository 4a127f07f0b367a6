"""Telling people on their telephones, through a topic of an ntfy server.

Whoever knows the name of an open topic can read it: it is shown no more than the token.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from notifiers.notifier import DeliveryError, Means, Probe
from notifiers.ntfy.post import SILENT, Json, fits, notification, parts, sequence
from notifiers.wire.call import Codes, call, encoded, told
from notifiers.wire.posted import Posting
from state.model import Reason

if TYPE_CHECKING:
    from notifiers.said.parts import Part
    from state.words.post import Message, Receipt

REFILL = 5.0
PACE = REFILL
"""A server takes sixty requests at once, and one in five seconds for long
(https://docs.ntfy.sh/publish/#limitations)."""
HOUR = 3_600.0
"""For what a day's quota ran out of: nobody says when it is full again."""
CODES = Codes(
    permanent={
        "40101": "ntfy_token",
        "40301": "ntfy_token",
        "40009": "ntfy_topic",
        "40010": "ntfy_topic",
        "40401": "ntfy_address",
        "42904": "ntfy_full",
    },
    unfit=frozenset({"40007", "40011", "40014", "40017", "40018", "40024", "41301", "41303"}),
    # That nobody listens yet is documented for UnifiedPush alone, and passes when somebody does.
    passing=frozenset({"50701"}),
    waits={"42901": REFILL, "42905": HOUR, "42908": HOUR, "42909": HOUR},
)
"""What the `code` of a refusal means: those of
https://github.com/binwiederhier/ntfy/blob/main/server/errors.go, whose first three digits are the status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ntfy(Posting):
    """Publishes to a topic, with an access token where the topic is protected."""

    topic: str = field(repr=False)
    token: str = field(default="", repr=False)
    pace: float = PACE

    def send(self, message: Message) -> Receipt:
        """Publishes the parts of a message that this process has not published yet.

        One that is published again takes its own place, where the server knows sequences.
        """
        return self.posted.in_turn(message.key, parts(message), partial(self._send, message))

    def revise(self, message: Message, receipt: Receipt) -> None:
        """Shows the parts that carried what is retracted as they read now, without a sound; those of servers
        that know no sequences, and what is too long then, stay as they were."""
        for id, part in zip(receipt.id.split(), parts(message), strict=False):
            said = {**notification(message, part, self.topic), "priority": SILENT}
            if message.touched & set(part.events) and id == sequence(message, part) and fits(said):
                self._publish(said)

    def _send(self, message: Message, part: Part) -> str:
        return self._publish(notification(message, part, self.topic))

    def _publish(self, said: Json) -> str:
        """The sequence of what was published, where the server knows it by that, else its own identifier."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        answer = call(f"{self.url}/", encoded(said), headers=headers, proxy=self.proxy, timeout=self.timeout)
        taken = told(answer)
        if answer.status != 200:
            raise CODES.meaning(str(taken.get("code", "")), answer)
        id = taken.get("sequence_id") or taken.get("id")
        if not isinstance(id, str) or not id:
            raise DeliveryError(Reason.of("call_strange"), ambiguous=True)
        return id


def make(means: Means) -> Ntfy:
    """The topic of a channel that the settings name."""
    url, options = means.channel.url.rstrip("/"), means.channel.options
    token = options["secret"].reveal() if options.get("secret") else ""
    return Ntfy(url=url, topic=options["to"], token=token, proxy=means.proxy_of(url))


def probe(means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    """Nothing: who may publish need not be allowed to ask, and `doctor` sends a message."""
    yield from ()
