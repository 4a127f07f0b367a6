"""Telling people in Mattermost, through an incoming webhook.

A webhook answers `ok`, with no identifier and in no thread (`HandleIncomingWebhook` of
https://github.com/mattermost/mattermost/blob/master/server/channels/app/webhook.go): nothing can be edited or
looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.mattermost.post import parts, post
from notifiers.notifier import DeliveryError, Means, Probe
from notifiers.wire.call import Codes, call, encoded, told
from notifiers.wire.posted import Posting
from state.model import Reason

if TYPE_CHECKING:
    from notifiers.said.parts import Part
    from state.words.post import Message, Receipt

PACE = 1.0
"""A server that limits takes ten requests a second unless it was set otherwise
(https://docs.mattermost.com/administration-guide/configure/rate-limiting-configuration-settings.html)."""
CODES = Codes(
    permanent={
        "web.incoming_webhook.invalid.app_error": "mattermost_hook",
        "web.incoming_webhook.disabled.app_error": "mattermost_off",
        "web.incoming_webhook.channel.app_error": "mattermost_channel",
        "web.incoming_webhook.channel_locked.app_error": "mattermost_channel",
        "app.channel.get.existing.app_error": "mattermost_channel",
        "web.incoming_webhook.permissions.app_error": "mattermost_rights",
        "web.incoming_webhook.user.app_error": "mattermost_rights",
        "api.context.404.app_error": "mattermost_hook",
    },
    unfit=frozenset(
        {
            "api.webhook.incoming.error",
            "web.incoming_webhook.attachment.app_error",
            "web.incoming_webhook.parse.app_error",
            "web.incoming_webhook.split_props_length.app_error",
            "web.incoming_webhook.text.app_error",
            "web.incoming_webhook.text.length.app_error",
        }
    ),
)
"""What the `id` of a refusal means: those that the server gives for webhooks, named in the file above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mattermost(Posting):
    """Posts to an incoming webhook, whose address is a secret and decides the channel."""

    pace: float = PACE

    def send(self, message: Message) -> Receipt:
        """Posts the parts of a message that this process has not posted yet."""
        return self.posted.in_turn(message.key, parts(message), self._post)

    def _post(self, part: Part) -> str:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        answer = call(self.url, encoded(post(part)), headers=headers, proxy=self.proxy, timeout=self.timeout)
        if answer.status != 200:
            raise CODES.meaning(str(told(answer).get("id", "")), answer)
        if answer.body.strip() != b"ok":  # the page of a proxy, or of a login
            raise DeliveryError(Reason.of("call_strange"), ambiguous=True)
        return ""


def make(means: Means) -> Mattermost:
    """The webhook of a channel that the settings name."""
    return Mattermost(url=means.channel.url, proxy=means.proxy_of(means.channel.url))


def probe(means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    """Nothing: a webhook can be asked for nothing but to take a message, which `doctor` does."""
    yield from ()
