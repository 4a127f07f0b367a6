"""Telling people in Microsoft Teams, through a workflow that posts what its webhook receives.

The workflow answers before it posts, with 202 and nothing else: no identifier, so that nothing can be edited
or looked for. What goes wrong after that, only the history of its runs tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.notifier import DeliveryError, Probe
from notifiers.teams.post import parts, post
from notifiers.wire.call import Codes, call, encoded, header, told
from notifiers.wire.posted import Posting
from state.model import Reason

if TYPE_CHECKING:
    from notifiers.notifier import Means
    from notifiers.said.parts import Part
    from state.words.post import Message, Receipt

PACE = 2.0
"""Teams takes 60 messages in 30 seconds from what posts in a conversation, and 1,800 in an hour
(https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit)."""
CODES = Codes(
    permanent={
        "WorkflowTriggerIsNotEnabled": "teams_off",
        "WorkflowNotFound": "teams_gone",
        "WorkflowTriggerNotFound": "teams_gone",
        "AuthorizationFailed": "teams_who",
        "DirectApiAuthorizationRequired": "teams_who",
        "DirectApiInvalidAuthorizationScheme": "teams_who",
        "MisMatchingOAuthClaims": "teams_who",
    },
    unfit=frozenset({"InvalidRequestContent", "RequestEntityTooLarge", "TriggerInputSchemaMismatch"}),
    waits={"TooManyRequests": 60.0},
)
"""What the codes of Power Automate mean for a webhook (https://learn.microsoft.com/power-automate/error-reference
and https://learn.microsoft.com/troubleshoot/power-platform/power-automate/). A workflow that was deleted says
the same as one that is off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teams(Posting):
    """Posts to the webhook of a workflow, whose address is a secret and decides the channel."""

    pace: float = PACE

    def send(self, message: Message) -> Receipt:
        """Hands in the parts of a message that this process has not handed in yet."""
        return self.posted.in_turn(message.key, parts(message), self._post)

    def _post(self, part: Part) -> str:
        # Without a charset the size of a post is counted as if every letter took two bytes.
        headers = {"Content-Type": "application/json; charset=utf-8"}
        answer = call(self.url, encoded(post(part)), headers=headers, proxy=self.proxy, timeout=self.timeout)
        error = told(answer).get("error")
        code = str(error.get("code", "")) if isinstance(error, dict) else ""
        good = 200 <= answer.status < 300
        # A proxy or a login answers with a page: a workflow does in JSON, or not at all.
        page = header(answer.headers, "content-type").startswith("text/html")
        if good and not code and not page:
            return ""  # no identifier, for there is none
        # What stands between may call an error good; of what nobody knows, what became of the post is open.
        if good and code not in {*CODES.permanent, *CODES.unfit, *CODES.waits}:
            raise DeliveryError(Reason.of("call_strange"), ambiguous=True)
        raise CODES.meaning(code, answer)


def make(means: Means) -> Teams:
    """The workflow of a channel that the settings name."""
    return Teams(url=means.channel.url, proxy=means.proxy_of(means.channel.url))


def probe(means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    """That a workflow takes a message is not yet that it posts it."""
    yield Probe(what=Reason.of("probe_workflow"), good=None, found=Reason.of("teams_look"))
