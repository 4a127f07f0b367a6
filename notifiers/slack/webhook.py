"""Telling people on Slack through an incoming webhook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifiers.notifier import Means, Notifier, Probe, Unset, tested
from notifiers.said.voice import unbroken
from notifiers.slack.bot import BETWEEN_PARTS, PACE, TIMEOUT
from notifiers.slack.call import hand_in
from notifiers.slack.post import Part, parts
from notifiers.wire.posted import Posting, first_fit
from state.model import Reason

if TYPE_CHECKING:
    from state.words.post import Message, Receipt

URL = "SLACK_WEBHOOK_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackWebhook(Posting):
    """Posts through an incoming webhook, whose address is a secret and decides the channel.

    A webhook gives no `ts` and cannot be asked: after an ambiguous failure the message is posted again.
    """

    timeout: int = TIMEOUT
    pace: float = PACE

    def send(self, message: Message) -> Receipt:
        """Posts the parts of a message that this process has not posted yet."""
        return self.posted.in_turn(message.key, parts(message), self._post, BETWEEN_PARTS)

    def _post(self, part: Part) -> str:
        shown = {"unfurl_links": False, "unfurl_media": False}
        drawn = {**shown, "text": unbroken(part.text), "blocks": list(part.blocks)}
        return first_fit(self._call, (drawn, {**shown, "text": unbroken(part.plain)}))

    def _call(self, body: Mapping[str, Any]) -> str:
        hand_in(self.url, body, timeout=self.timeout, proxy=self.proxy, word="ok")
        return ""  # a webhook gives no identifier


def make(means: Means) -> Notifier:
    """The webhook that an operator set, alone or as a named channel."""
    url = means.named.url if means.named else means.setting(URL)
    return SlackWebhook(url=url, proxy=means.proxy_of(url)) if url else Unset(Reason.of("no_webhook"))


def probe(means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    """Whether an address is set; a message goes there where operators listen, and to a named channel."""
    if means.named is not None:
        yield _tried(means, means.named.url, "vigilabel doctor channels")
        return
    url = means.setting(URL)
    if not url:
        found, fix = Reason.of("not_set", name=URL), Reason.of("fix_webhook")
        yield Probe(what=Reason.of("probe_address"), good=False, found=found, fix=fix)
        return
    yield Probe(what=Reason.of("probe_address"), good=True, found=Reason.of("is_set", name=URL))
    if not means.operators or means.operators not in channels:
        yield Probe(what=Reason.of("probe_test"), good=None, found=Reason.of("test_elsewhere"))
        return
    yield _tried(means, url, "vigilabel doctor webhook")


def _tried(means: Means, url: str, command: str) -> Probe:
    """What became of a test message."""

    def post(text: str) -> Reason:
        hand_in(url, {"text": text}, timeout=TIMEOUT, proxy=means.proxy_of(url), word="ok")
        return Reason.of("test_taken")

    return tested(post, means, command, fix="fix_address")
