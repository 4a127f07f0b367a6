"""What a service's own codes mean for a delivery: wait, act, or change the message; a table for each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from notifiers.notifier import DeliveryError
from notifiers.wire.call import Answer, refusal, wait
from state.model import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The codes of one service; of those in no table, the status says what to do.

    `permanent`: until a person acts, with the code of the reason that says how. `unfit`: this message alone.
    `passing`: nothing was done, and later it may be. `waits`: too much at once, with the seconds after which
    more is taken where the answer names none.
    """

    permanent: Mapping[str, str]
    unfit: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    waits: Mapping[str, float] = field(default_factory=dict)

    def meaning(self, code: str, answer: Answer, after: float | None = None) -> DeliveryError:
        """The error for an answer that is no success; `after` is what it asks to wait, beside its headers."""
        if code in self.waits:
            again = after or wait(answer.headers) or self.waits[code]
            return DeliveryError(Reason.of("call_busy"), retry_after=again)
        if code in self.permanent:
            return DeliveryError(Reason.of(self.permanent[code], name=code), permanent=True)
        if code in self.unfit:
            return DeliveryError(Reason.of("call_unfit_named", name=code), unfit=True)
        if code in self.passing:
            return DeliveryError(Reason.of("call_not_now", name=code))
        return refusal(answer)


def told(answer: Answer) -> Mapping[str, Any]:
    """The JSON object that was answered; empty for anything else, such as the page of a proxy."""
    try:
        read = json.loads(answer.body)
    except ValueError:  # no JSON, or no text at all
        return {}
    return read if isinstance(read, dict) else {}


def encoded(body: Mapping[str, Any]) -> bytes:
    """The bytes of a JSON object, its letters as they are: one that is escaped takes six."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
