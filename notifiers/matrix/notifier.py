"""Telling people in a room of Matrix, which is how Tchap works as well.

A homeserver takes the same message once, however often it is sent, for as long as it remembers that it did
(half an hour and more); after that the room itself is asked. What was wrong is edited, and answered to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from notifiers.matrix.codes import refused
from notifiers.matrix.post import MARK, content, edit, mark, parts, transaction
from notifiers.notifier import DeliveryError, Means, Probe
from notifiers.said.voice import link
from notifiers.wire.call import Answer, call, encoded, told
from notifiers.wire.posted import Posting, first_fit, receipt_of
from state.model import Reason

if TYPE_CHECKING:
    from notifiers.said.parts import Part
    from state.words.post import Message, Receipt

PACE = 5.0
"""As many as Synapse takes for long; Tchap asks for no more than one call a second."""
PAGES, PAGE = 6, 50
"""How much of a room is searched for a message: what was said in it since a lease ran out."""
MOST = PAGE * 70_000
"""Bytes of an answer: what was said in a room, an event of 65,536 each at most."""
FILTER = json.dumps({"types": ["m.room.message"]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix(Posting):
    """Speaks in a room of a homeserver, as the account whose access token it has."""

    room: str
    token: str = field(repr=False)
    pace: float = PACE

    def send(self, message: Message) -> Receipt:
        """Sends what is not there yet of a message; the receipt has the event of each of its parts."""
        whole = parts(message)
        if len(whole) > 1:  # some of it may have arrived before the server forgot that it had
            self.posted.of(message.key).update(self._found(message, whole))
        return self.posted.in_turn(message.key, whole, partial(self._send, message))

    def find(self, message: Message) -> Receipt | None:
        """The receipt of a message of which the room shows all parts."""
        whole = parts(message)
        found = self._found(message, whole)
        return receipt_of(found) if len(found) == len(whole) else None

    def revise(self, message: Message, receipt: Receipt) -> None:
        """Edits the parts that carried what is retracted; what is too long then stays as it was."""
        events, whole = receipt.id.split(), parts(message)
        # In other parts than today's code makes, the first one is edited, which says what was wrong.
        same = len(events) == len(whole)
        for event, part in list(zip(events, whole, strict=False))[: None if same else 1]:
            if same and not message.touched & set(part.events):
                continue
            edited = edit(content(message, part), event)
            try:
                self._put(edited, transaction(message, part, edited))
            except DeliveryError as error:
                if not error.unfit:
                    raise

    def reach(self, channel: str) -> Reason | None:
        """What stands in the way of messages in the room; an invitation to it is accepted."""
        try:
            joined = self._ask("POST", f"join/{quote(self.room, safe='')}", {})
            if "room_id" not in joined:  # a proxy or a login that says yes to all
                return self._elsewhere() or Reason.of("call_strange")
            return Reason.of("matrix_encrypted") if self._encrypted() else None
        except DeliveryError as error:
            return self._elsewhere() or error.reason

    def _elsewhere(self) -> Reason | None:
        """That the address is that of a domain, whose homeserver is elsewhere, as the domain itself says
        (https://spec.matrix.org/v1.13/client-server-api/#well-known-uris)."""
        try:
            found = told(self._call("GET", f"{self.url}/.well-known/matrix/client", None, {}))
        except DeliveryError:
            return None
        server = found.get("m.homeserver")
        base = server.get("base_url") if isinstance(server, dict) else None
        shown = link(base) if isinstance(base, str) else None
        if not shown or shown.rstrip("/") == self.url:
            return None
        return Reason.of("matrix_elsewhere", url=shown)

    def _encrypted(self) -> bool:
        """Whether what is said in the room is to be encrypted, which this notifier cannot."""
        try:
            self._ask("GET", f"{self._place}/state/m.room.encryption")
        except DeliveryError as error:
            if error.reason.code == "matrix_room":  # no such state
                return False
            raise
        return True

    def _send(self, message: Message, part: Part) -> str:
        said, name = content(message, part), transaction(message, part)
        # What it answers may be gone: then it stands alone.
        alone = {field: value for field, value in said.items() if field != "m.relates_to"}
        bodies = (said, alone) if "m.relates_to" in said else (said,)
        return first_fit(lambda body: self._put(body, name), bodies)

    def _put(self, said: Mapping[str, Any], name: str) -> str:
        event = self._ask("PUT", f"{self._place}/send/m.room.message/{name}", said).get("event_id")
        if not isinstance(event, str) or not event:
            raise DeliveryError(Reason.of("call_strange"), ambiguous=True)
        return event

    def _found(self, message: Message, whole: Sequence[Part]) -> dict[int, str]:
        """The parts of a message that the room shows, by number."""
        found: dict[int, str] = {}
        for event in self._history():
            said = event.get("content")
            shown = said.get(MARK) if isinstance(said, dict) else None
            for part in whole:
                if shown == mark(message, part):
                    found[part.number] = str(event.get("event_id"))
            if len(found) == len(whole):
                break
        return found

    def _history(self) -> Iterator[Mapping[str, Any]]:
        """What was said in the room, the newest first; nothing where the account may not read it."""
        after: dict[str, str] = {}
        for _ in range(PAGES):
            asked = urlencode({"dir": "b", "limit": PAGE, "filter": FILTER, **after})
            try:
                page = self._ask("GET", f"{self._place}/messages?{asked}")
            except DeliveryError as error:
                if error.permanent or error.unfit:
                    return
                raise
            chunk = page.get("chunk")
            yield from (
                (event for event in chunk if isinstance(event, dict)) if isinstance(chunk, list) else ()
            )
            if not page.get("end"):
                return
            after = {"from": str(page["end"])}

    @property
    def _place(self) -> str:
        return f"rooms/{quote(self.room, safe='')}"

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        given = None if body is None else encoded(body)
        answer = self._call(method, f"{self.url}/_matrix/client/v3/{path}", given, headers)
        if answer.status != 200:
            raise refused(answer)
        return told(answer)

    def _call(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        proxy, timeout = self.proxy, self.timeout
        return call(url, body, headers=headers, proxy=proxy, method=method, timeout=timeout, most=MOST)


def make(means: Means) -> Matrix:
    """The room of a channel that the settings name."""
    url, options = means.channel.url.rstrip("/"), means.channel.options
    token = options["secret"].reveal()
    return Matrix(url=url, room=options["to"], token=token, proxy=means.proxy_of(url))


def probe(means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    """Whether the account is in the room, or can come, and can be read there."""
    made = make(means)
    obstacle = made.reach("")
    found = obstacle or Reason.of("matrix_joined")
    fix = Reason.of("fix_channel_setting") if obstacle else ""
    yield Probe(what=Reason.of("probe_room"), good=obstacle is None, found=found, fix=fix)
