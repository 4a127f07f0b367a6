"""An answer that a member shares in a channel: posted by the app, so that it can be corrected there later.

What it rests on is kept beside it: when one of those events is retracted, the copy is taken back like an
alert.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from notifiers.notifier import DeliveryError
from state.owed import shares
from state.seen.events import log
from state.seen.taken_back import retractions
from state.words.post import Message, Share, bare
from watcher.slack.reply import Answer, Ground, Json, Reply, message, private
from watcher.slack.workspace import LONGEST_WAIT
from watcher.tell import recall

if TYPE_CHECKING:
    from notifiers.notifier import Notifier
    from state.words.post import Receipt
    from watcher.slack.desk import Asked, Desk

logger = logging.getLogger(__name__)

MOST = 200
"""Events kept of each thing that an answer rests on, the newest: older ones were retracted by now, or never
will be."""


def share(desk: Desk, asked: Asked, reply: Reply, page: int, url: str) -> Answer:
    """Posts a page of an answer to the channel; what its member alone is told of that, if anything."""
    said = message(reply, page=page, shared_by=bare(asked.user))
    kept = _kept(asked, said, reply, page)
    try:
        receipt = _posted(desk, asked, kept)
    except DeliveryError:
        return _beyond(desk, asked, kept, said, url)
    if receipt is None:
        return _aside(asked, "slack.share_unsure")
    recall.arrived(asked.archive.store, kept.key, receipt.id, desk.app.clock())
    return None


def _kept(asked: Asked, said: Json, reply: Reply, page: int) -> Share:
    """The share, written down before anything is posted: whatever happens then, it can be taken back."""
    store, now = asked.archive.store, asked.archive.now
    blocks = json.dumps(said["blocks"], ensure_ascii=False)
    name = f"vigilabel:share:{asked.channel}:{asked.user}:{now.isoformat()}:{blocks}"
    made = Share(
        key=str(uuid5(NAMESPACE_URL, name)),
        channel=asked.channel,
        member=asked.user,
        at=now,
        text=str(said["text"]),
        blocks=blocks,
    )
    with store.transaction():
        found = {
            event
            for ground in (reply.ground, *reply.grounds[reply.on(page)])
            for event in _events(asked, ground)
        }
        # What was retracted by now is shown as such.
        shares.keep(store, made, found - retractions.retractions(store, found).keys())
    return made


def _events(asked: Asked, ground: Ground) -> Iterator[int]:
    """The numbers of the events that an answer rests on."""
    store = asked.archive.store
    yield from ground.events
    for run in ground.runs:
        yield from (one.id for one in log.events(store, run=run, newest_first=True, limit=MOST))
    for who, labels in ground.stands:
        wanted = log.events(store, who=who, labels=labels or None, newest_first=True, limit=MOST)
        yield from (one.id for one in wanted)


def _posted(desk: Desk, asked: Asked, kept: Share) -> Receipt | None:
    """The receipt of what was posted; None where nobody knows whether it was. Raises `DeliveryError` when it
    was not."""
    told = Message(key=kept.key, channel=kept.channel, lang=asked.lang, shared=kept)
    notifier = desk.app.notifier_of(kept.channel)
    try:
        return _sent(desk, notifier, told)
    except DeliveryError as refused:
        if not refused.ambiguous:
            raise
    try:
        return notifier.find(told)
    except DeliveryError:
        return None


def _sent(desk: Desk, notifier: Notifier, told: Message) -> Receipt:
    """The receipt, after the wait that Slack asks for where it is short."""
    try:
        return notifier.send(told)
    except DeliveryError as busy:
        if not busy.retry_after or busy.retry_after > LONGEST_WAIT:
            raise
        desk.workspace.pause(busy.retry_after)
    return notifier.send(told)


def _beyond(desk: Desk, asked: Asked, kept: Share, said: Json, url: str) -> Answer:
    """Shares where the app itself may not post (a talk between people, a closed channel): as Slack lets it
    answer there, which gives no way back to the copy."""
    recall.beyond(asked.archive.store, kept.key)
    try:
        desk.workspace.respond(url, {"response_type": "in_channel", "replace_original": False, **said})
    except DeliveryError as refused:
        logger.warning("slack: an answer was not shared, or may not have been: %s", refused)
        return _aside(asked, "slack.share_unsure")
    return _aside(asked, "slack.share_beyond")


def _aside(asked: Asked, key: str) -> Json:
    return private(Reply(head=asked.say(key), lang=asked.lang), replace_original=False)
