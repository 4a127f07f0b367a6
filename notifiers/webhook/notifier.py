"""Telling a program: one signed request an event, to an address that an operator named."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from notifiers.notifier import DeliveryError, Means, OnlyTakes, Probe, Programs
from notifiers.webhook.guard import public
from notifiers.webhook.post import headers, requests
from notifiers.wire.call import TIMEOUT, call, refusal
from state.model import Reason
from state.words.post import Receipt

if TYPE_CHECKING:
    from datetime import datetime

    from notifiers.webhook.post import Told
    from notifiers.wire.call import Answer
    from state.words.post import Message

# A receiver that does not know our signature says 400 as often as 401: to give up the event, as for other
# services, would lose all there are until somebody sets the right secret.
REFUSED = frozenset({400, 415})


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(OnlyTakes):
    """Posts each event to one address, signed with each of its secrets.

    At least once: after a lost reply the same id is posted again, by which a receiver takes it once.
    `private` lets it lead into a network that is not the internet.
    """

    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    programs: Programs = field(repr=False)
    clock: Callable[[], datetime]
    private: bool = False
    timeout: float = TIMEOUT
    pace: float = 0.0
    proxy: str | None = field(default=None, repr=False)

    def send(self, message: Message) -> Receipt:
        """Posts what the message says, in order; the receipt is empty, for a webhook gives none."""
        for told in requests(message, self.programs.source(), self.programs.view):
            self._post(told)
        return Receipt()

    def reach(self, channel: str) -> Reason | None:
        """What stands in the way, as far as the address tells; no program is bothered for it."""
        return None if self.private or not _barred(self.url) else Reason.of("call_barred")

    def _post(self, told: Told) -> None:
        # A proxy resolves names itself: a name is judged as it is known here, and connecting is the proxy's.
        if self.proxy and not self.private and _barred(self.url):
            raise DeliveryError(Reason.of("call_barred"), permanent=True)
        answer = call(
            self.url,
            told.body,
            headers=headers(told, self.secrets, self.clock()),
            proxy=self.proxy,
            timeout=self.timeout,
            allowed=None if self.private else self._allowed,
        )
        if not 200 <= answer.status < 300:
            raise _refusal(answer)

    def _allowed(self, place: str) -> bool:
        """Whether the connection may be made to an address.

        A proxy may be in a private network. Where `urllib` reads `NO_PROXY` otherwise than we do it goes
        around the proxy, and may not go in there either.
        """
        return public(place) or (self.proxy is not None and place in _places(self.proxy))


def _barred(url: str) -> bool:
    """Whether an address leads, by what its name means here, anywhere but to the internet."""
    return not all(map(public, _places(url)))


def _places(url: str) -> frozenset[str]:
    """The addresses of a name; none where it is unknown here: whoever connects knows it, or nobody does."""
    try:
        found = socket.getaddrinfo(urlsplit(url).hostname, None)
    except OSError:
        return frozenset()
    return frozenset(str(place[4][0]) for place in found)


def _refusal(answer: Answer) -> DeliveryError:
    if answer.status in REFUSED:
        return DeliveryError(Reason.of("hook_refused", status=answer.status), permanent=True)
    return refusal(answer)


def make(means: Means) -> Webhook:
    """The webhook that an operator named."""
    if means.programs is None:
        raise LookupError("these means say nothing to programs, and a webhook is one")
    named = means.channel
    return Webhook(
        url=named.url,
        secrets=tuple(one.reveal() for one in named.options["secret"]),
        programs=means.programs,
        clock=means.clock,
        private=named.options.get("allow_private", False),
        proxy=means.proxy_of(named.url),
    )


def probe(means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    """Where the address leads; nothing is posted."""
    hook = make(means)
    why = hook.reach("")
    found = why or Reason.of("hook_leads_anywhere" if hook.private else "hook_leads_out")
    yield Probe(what=Reason.of("probe_address"), good=why is None, found=found)
