"""What the answers of a mail server mean for a delivery: wait, act, or change the message.

The first digit decides (RFC 5321, 4.2.1): 4 may pass, 5 lasts. What lasts is told by the step that was
refused and by the second number of the enhanced code (RFC 3463), where the server gives one.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from dataclasses import dataclass

from notifiers.notifier import DeliveryError
from notifiers.said.voice import clean, clip
from state.model import Reason

ENHANCED = re.compile(r"[245]\.(\d{1,3}\.\d{1,3})\b")
TOO_LARGE = ("2.3", "3.4")
MESSAGE = ("6.", "2.3", "3.4")
"""Enhanced codes that speak of this message's form or length."""
UNREACHED = (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH)
CLOSING = 421
"""The server ends the conversation, at whichever step."""
LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a server answered; the code -1 stands for no code at all."""

    code: int
    text: str = ""

    @property
    def good(self) -> bool:
        return 200 <= self.code < 400

    @property
    def lasting(self) -> bool:
        return self.code >= 500

    @property
    def subject(self) -> str:
        """Subject and detail of the enhanced code, "" where there is none: `7.1` of `5.7.1`."""
        found = ENHANCED.match(self.text)
        return found[1] if found else ""

    @property
    def too_large(self) -> bool:
        return self.lasting and (self.subject in TOO_LARGE if self.subject else self.code == 552)


def refusal(step: str, reply: Reply, **about: str) -> DeliveryError:
    """The error for a step that the server did not take; `about` says what was refused."""
    said = Reason.of(f"mail_{step}", status=reply.code, text=quoted(reply.text), **about)
    if not reply.lasting:
        return DeliveryError(said)
    if step in ("author", "content") and reply.too_large:
        return DeliveryError(said, unfit=True)
    # After the content: the code says whether it is this message that is not wanted or whoever sends it (a
    # rule of the domain, a blocked address). Without one it is the message: the channel goes on.
    if step == "content" and (not reply.subject or reply.subject.startswith(MESSAGE)):
        return DeliveryError(said, unfit=True)
    return DeliveryError(said, permanent=True)


def breakage(error: BaseException, host: str, *, handed_over: bool = False) -> DeliveryError:
    """The error for a conversation that broke: it may have arrived once the content was `handed_over`."""
    if handed_over:
        return DeliveryError(Reason.of("mail_doubt", host=host), ambiguous=True)
    if isinstance(error, ssl.SSLCertVerificationError):
        return DeliveryError(Reason.of("mail_untrusted", host=host, text=quoted(error.verify_message)))
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return DeliveryError(Reason.of("mail_silent", host=host))
    cause = error.__context__ if isinstance(error.__context__, OSError) else error
    if isinstance(cause, socket.gaierror) or (isinstance(cause, OSError) and cause.errno in UNREACHED):
        return DeliveryError(Reason.of("mail_unreached", host=host, fault=type(cause).__name__))
    return DeliveryError(Reason.of("mail_broken", host=host, fault=type(cause).__name__))


def quoted(text: str) -> str:
    """What a server said, on one line and not endless."""
    return clip(clean(text), LONGEST)
