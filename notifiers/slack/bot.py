"""Telling people on Slack through a bot (an incoming webhook is `notifiers.slack.webhook`).

Nothing is retried here: the table of deliveries decides when to try again, and before that `Slack.find` asks
the channel whether the message is there.

A message too long for one post goes out in parts, each marked with the message's key and its number. A
part known to have arrived is not posted again: `Slack` reads that in the channel's history, and both remember
what this process posted, for channels that cannot be asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from notifiers.notifier import DeliveryError
from notifiers.said.voice import unbroken
from notifiers.slack.call import BASE_URL, ask, make_client, obstacle
from notifiers.slack.post import UNHEARD, Clicks, Part, parts
from notifiers.wire.posted import Posted, first_fit, receipt_of
from state.model import Reason
from state.words.post import Message, Receipt, bare, workspace_of

# A contract with ourselves: by it a message is found again after an ambiguous answer.
EVENT_TYPE = "vigilabel_change"
# Never changed: the same part must have the same `client_msg_id` in every version.
NAMESPACE = uuid.UUID("6a1b0c52-6f0e-5d0b-9a2c-4b8f5f0a3d11")
TIMEOUT = 15
PACE = 1.02  # Slack takes about one message a second and channel, counted as they arrive
# More than PACE: a part that Slack refuses leaves a message torn apart.
BETWEEN_PARTS = 1.1
# Pages of 200 are what Slack recommends; a thousand posts reach further back than any lease.
HISTORY_LIMIT, HISTORY_PAGES = 200, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """Posts to channels by their id, with a bot token (scope `chat:write`).

    With `channels:history` it can look for a message that an ambiguous attempt left behind. `base_url` is for
    test servers, `clicks` says which buttons are heard, `proxy` leads to Slack where it must. All goes to the
    channel `to` where it is set, whatever name a message has for it. Places are those of `workspace`, "" for
    that of the settings; a message to another one is refused, whatever led it here.
    """

    token: str = field(repr=False)
    to: str = ""
    workspace: str = ""
    base_url: str = BASE_URL
    clicks: Clicks = UNHEARD
    timeout: int = TIMEOUT
    pace: float = PACE
    posted: Posted = field(default_factory=Posted, repr=False, compare=False)
    proxy: str | None = field(default=None, repr=False)

    def send(self, message: Message) -> Receipt:
        """Posts what is not there yet of a message; the receipt has the `ts` of each of its parts."""
        message = self._addressed(message)
        whole, there = parts(message, self.clicks), self.posted.of(message.key)
        # A message of one part is there whole or not at all; of several, some may have arrived before.
        if len(whole) > 1:
            there.update(self._found(message, whole))
        return self.posted.in_turn(message.key, whole, partial(self._post, message), BETWEEN_PARTS)

    def find(self, message: Message) -> Receipt | None:
        """The receipt of a message that is in the channel's latest 1,000 posts with all its parts.

        None as well when the history may not be read: no scope `channels:history`, app not in the channel.
        """
        message = self._addressed(message)
        whole = parts(message, self.clicks)
        found = self._found(message, whole)
        return receipt_of(found) if len(found) == len(whole) else None

    def reach(self, channel: str) -> Reason | None:
        """What stands in the way of messages to a channel; a public one is joined where that is allowed."""
        return obstacle(self._ask, self.to or self._own(channel))

    def revise(self, message: Message, receipt: Receipt) -> None:
        """Edits the parts of a message that carried what is retracted; what cannot be edited any more stays.

        So are the copies that a lost reply left behind, as far as the channel's history shows them. A message
        in other parts than today's code makes has its first part edited alone.
        """
        message = self._addressed(message)
        stamps, whole = receipt.id.split(), parts(message, self.clicks)
        same = len(stamps) == len(whole)
        copies = self._copies(message, whole)
        for ts, part in zip(stamps, whole, strict=False):
            if not same or message.touched & set(part.events):
                for each in dict.fromkeys((ts, *copies.get(part.number, ()))):
                    self._edit(message, part, each)
                    # A shared answer is one of many in its channel, perhaps.
                    self.posted.pause(BETWEEN_PARTS if message.shared else 0)
            if not same:
                return

    def _addressed(self, message: Message) -> Message:
        if self.to:
            return replace(message, channel=self.to)
        # What is about a place of the same workspace names it as it is known there.
        notices = tuple(
            replace(one, subject=bare(one.subject)) if workspace_of(one.subject) == self.workspace else one
            for one in message.notices
        )
        return replace(message, channel=self._own(message.channel), notices=notices)

    def _own(self, channel: str) -> str:
        """The id of a channel of this workspace; raises `DeliveryError` for one of another."""
        if workspace_of(channel) != self.workspace:
            raise DeliveryError(Reason.of("workspace_other", channel=channel), permanent=True)
        return bare(channel)

    def _copies(self, message: Message, whole: tuple[Part, ...]) -> dict[int, list[str]]:
        """Every post of each part that the channel shows; none where it may not be read."""
        found: dict[int, list[str]] = {}
        for number, ts in self._posts(message, whole):
            found.setdefault(number, []).append(ts)
        return found

    def _edit(self, message: Message, part: Part, ts: str) -> None:
        # A layout that Slack refuses must not keep a retraction from being seen: then the plain text alone.
        for blocks in (True, False):
            body = _body(message, part, blocks=blocks)
            body = {name: body[name] for name in ("channel", "text", "blocks", "metadata") if name in body}
            try:
                self._ask(lambda client, body=body: client.chat_update(ts=ts, **body))  # type: ignore[misc]
            except DeliveryError as refused:
                if not refused.unfit:
                    raise
            else:
                return

    def _post(self, message: Message, part: Part) -> str:
        return first_fit(self._call, _bodies(message, part))

    def _call(self, body: Mapping[str, Any]) -> str:
        reply = self._ask(lambda client: client.chat_postMessage(**body))
        ts = reply.get("ts")
        if not isinstance(ts, str) or not ts:
            raise DeliveryError(Reason.of("slack_no_ts"), ambiguous=True)
        return ts

    def _ask(self, question: Callable[[WebClient], SlackResponse]) -> dict[str, Any]:
        client = make_client(self.token, base_url=self.base_url, timeout=self.timeout, proxy=self.proxy)
        data, _ = ask(client, question)
        return data

    def _found(self, message: Message, whole: tuple[Part, ...]) -> dict[int, str]:
        """The parts of a message that the channel shows, by number; none when it may not be read."""
        found: dict[int, str] = {}
        for number, ts in self._posts(message, whole):
            found[number] = ts
            if len(found) == len(whole):
                break
        return found

    def _posts(self, message: Message, whole: tuple[Part, ...]) -> Iterator[tuple[int, str]]:
        """The posts of a message in its channel, each with the number of its part; newest first."""
        try:
            for post in self._history(self._place(message.channel)):
                number = _ours(post, message.key, len(whole))
                if number:
                    yield number, str(post["ts"])
        except DeliveryError as refused:
            if not refused.permanent and not refused.unfit:
                raise

    def _place(self, channel: str) -> str:
        """The channel whose history is read: for a member, the talk with them, which has an id of its own."""
        if not channel.startswith(("U", "W")):
            return channel
        opened = self._ask(lambda client: client.conversations_open(users=channel))
        return str((opened.get("channel") or {}).get("id") or channel)

    def _history(self, channel: str) -> Iterator[dict[str, Any]]:
        cursor = None
        for _ in range(HISTORY_PAGES):
            page = self._ask(lambda client, at=cursor: _page(client, channel, at))  # type: ignore[misc]
            yield from page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return


def _page(client: WebClient, channel: str, cursor: str | None) -> SlackResponse:
    return client.conversations_history(
        channel=channel, cursor=cursor, limit=HISTORY_LIMIT, include_all_metadata=True
    )


def _ours(post: dict[str, Any], key: str, of: int) -> int:
    """The number of the part that a post of the history is, 0 when it is none of this message."""
    metadata = post.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    if metadata.get("event_type") != EVENT_TYPE or payload.get("key") != key:
        return 0
    number = str(payload.get("part"))
    return int(number) if str(payload.get("parts")) == str(of) and number.isdecimal() else 0


def _bodies(message: Message, part: Part) -> list[dict[str, Any]]:
    """What to post, and what instead each time Slack refuses it: no blocks, then no thread.

    A retraction is shown in the channel as well as in the thread: a wrong alert is taken back as loudly as it
    was given.
    """
    plain = _body(message, part, blocks=False)
    thread = message.follows.id.split()[:1] if message.follows else []
    if not thread:
        return [_body(message, part, blocks=True), plain]
    below = {"thread_ts": thread[0], "reply_broadcast": True}
    return [{**_body(message, part, blocks=True), **below}, {**plain, **below}, plain]


def _body(message: Message, part: Part, *, blocks: bool) -> dict[str, Any]:
    """What is posted: the blocks with a preview, or all in one text where Slack refused the blocks."""
    body: dict[str, Any] = {
        "channel": message.channel,
        "text": unbroken(part.text if blocks else part.plain),
        "unfurl_links": False,
        "unfurl_media": False,
        "client_msg_id": str(uuid.uuid5(NAMESPACE, f"{message.key}/{part.number}")),
        "metadata": metadata(message, part),
    }
    return {**body, "blocks": list(part.blocks)} if blocks else body


def metadata(message: Message, part: Part) -> dict[str, Any]:
    """The mark by which a post is found again: the message's key, the part's number, its events."""
    payload = {
        "key": message.key,
        "part": part.number,
        "parts": part.of,
        "events": ",".join(str(event) for event in part.events),
    }
    return {"event_type": EVENT_TYPE, "event_payload": payload}
