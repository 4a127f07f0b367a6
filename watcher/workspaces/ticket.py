"""With what somebody is sent to Slack, and known again when Slack sends them back: pure.

A ticket is signed, expires, and belongs to the browser that it was given to: who lures somebody else into
finishing an installation that he began would have them install the app into a workspace of his. That it
counts once is for the memory to say (`state.workspaces.marks`); nothing is kept of those who never return.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifiers.given import Secret

LIFE = timedelta(minutes=10)
"""How long somebody may think about it on Slack's page, which asks which workspace it is."""
SHAPE = re.compile(r"([0-9]{10})\.([A-Za-z0-9_-]{22,64})\.([a-z]{0,5})\.([0-9a-f]{64})\.([0-9a-f]{64})")
BROWSER = re.compile(r"[A-Za-z0-9_-]{22,64}")
"""What a browser keeps."""


NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A ticket that came back: `wrong` says why it does not count, "" where it does; its `mark` may be spent
    once, and is forgotten after `until`. `lang` is the language chosen on the way out, "" for none."""

    wrong: str
    mark: str = ""
    lang: str = ""
    until: datetime = NEVER


def issue(secret: Secret, nonce: str, browser: str, lang: str, now: datetime) -> str:
    """A ticket for one way to Slack and back; `nonce` is random, and so is what the `browser` keeps."""
    said = f"{int((now + LIFE).timestamp())}.{nonce}.{lang}.{_of(browser)}"
    return f"{said}.{_signed(secret, said)}"


def check(secret: Secret, ticket: str, browser: str, now: datetime) -> Returned:
    """What came back with a browser, which may have kept nothing ("")."""
    found = SHAPE.fullmatch(ticket)
    # In constant time: how long a refusal takes must not tell how much of a signature was right.
    if found is None or not hmac.compare_digest(_signed(secret, ticket.rpartition(".")[0]), found[5]):
        return Returned(wrong="forged")
    until, lang = datetime.fromtimestamp(int(found[1]), UTC), found[3]
    if now >= until:
        return Returned(wrong="expired", lang=lang)
    if not browser or not hmac.compare_digest(_of(browser), found[4]):
        return Returned(wrong="other_browser", lang=lang)
    return Returned(wrong="", mark=found[2], lang=lang, until=until)


def _of(browser: str) -> str:
    return sha256(browser.encode()).hexdigest()


def _signed(secret: Secret, said: str) -> str:
    # A key of its own: what Slack is shown as the app's secret signs nothing by itself.
    key = hmac.new(secret.reveal().encode(), b"vigilabel install", sha256).digest()
    return hmac.new(key, said.encode(), sha256).hexdigest()
