"""What the error codes of a Matrix homeserver mean for a delivery.

https://spec.matrix.org/v1.13/client-server-api/#standard-error-response says what they mean, and that a code
counts for more than the status it comes with, but for `M_UNKNOWN`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.wire.call import Codes, told

if TYPE_CHECKING:
    from notifiers.notifier import DeliveryError
    from notifiers.wire.call import Answer

CODES = Codes(
    permanent={
        "M_UNKNOWN_TOKEN": "matrix_token",
        "M_MISSING_TOKEN": "matrix_token",
        "M_UNAUTHORIZED": "matrix_token",
        "M_USER_DEACTIVATED": "matrix_account",
        "M_USER_LOCKED": "matrix_account",
        "M_USER_SUSPENDED": "matrix_account",
        "M_CONSENT_NOT_GIVEN": "matrix_account",
        "M_GUEST_ACCESS_FORBIDDEN": "matrix_account",
        "M_FORBIDDEN": "matrix_forbidden",
        "M_NOT_FOUND": "matrix_room",
        "M_UNRECOGNIZED": "matrix_address",
        # A limit that was set for the whole server: its administrator must act.
        "M_RESOURCE_LIMIT_EXCEEDED": "matrix_full",
    },
    unfit=frozenset(
        {
            "M_BAD_JSON",
            "M_CANNOT_RELATE",
            "M_DUPLICATE_ANNOTATION",
            "M_INVALID_PARAM",
            "M_MISSING_PARAM",
            "M_NOT_JSON",
            "M_TOO_LARGE",
        }
    ),
    # Synapse takes a message in five seconds, after ten at once, where nobody set it otherwise
    # (https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html#rc_message).
    waits={"M_LIMIT_EXCEEDED": 5.0},
)


def refused(answer: Answer) -> DeliveryError:
    """The error for an answer that is no success.

    How long to wait stands in `Retry-After`, and in `retry_after_ms` of servers of before
    (https://spec.matrix.org/v1.13/client-server-api/#rate-limiting).
    """
    said = told(answer)
    code, wait = str(said.get("errcode", "")), said.get("retry_after_ms")
    if code == "M_UNKNOWN" and answer.status == 404:  # Synapse, of a room that no server is known for
        code = "M_NOT_FOUND"
    after = wait / 1000 if isinstance(wait, int | float) and wait > 0 else None
    return CODES.meaning(code, answer, after)
