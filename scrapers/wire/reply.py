"""One answer of a server, and what its status and headers mean for us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapers.source import Blocked, SourceError, Unreachable
from scrapers.wire.address import host_of, plain
from scrapers.wire.challenge import looks_blocked

PASSING = frozenset({429, 500, 502, 503, 504})
REFUSED = frozenset({401, 403, 451})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
WALLS = ("cf-mitigated", "x-amzn-waf-action")
"""Headers by which Cloudflare and AWS say themselves that a challenge stands in place of the document."""
WAY_OUT = "save the page in a browser and `vigilabel import SOURCE FILE`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One response: header names in lower case; the body decoded and whole, empty where it has no use."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def redirects(self) -> bool:
        """Whether it names another address."""
        return self.status in REDIRECTS

    def retry_after(self, now: datetime) -> float | None:
        """Seconds the host asks us to stay away, by a number or a date; None when it does not ask."""
        text = self.headers.get("retry-after", "").strip() if self.status in PASSING else ""
        if text.isascii() and text.isdigit():
            return float(text[:9])
        try:
            when = parsedate_to_datetime(text)
        except (TypeError, ValueError, OverflowError):
            return None
        aware = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, (aware - now).total_seconds())


class Passing(Exception):
    """Trouble that may pass; `final` is what it becomes when it does not."""

    def __init__(self, final: SourceError) -> None:
        self.final = final
        super().__init__(str(final))


def has_body(status: int) -> bool:
    """Whether the body of such an answer is of any use to us."""
    return status not in REDIRECTS | REFUSED | {304}


def judge(answer: Answer) -> None:
    """Raises unless the answer is a document, a redirect, or "not modified"."""
    where = plain(answer.url)
    if refusal := _refusal(answer):
        raise Blocked(
            f"{where}: expected a document; found {refusal}: automatic reading is refused; {WAY_OUT}"
        )
    if answer.status in (200, 304) or answer.redirects:
        return
    if mark := looks_blocked(answer.body):
        raise Blocked(f"{where}: expected a document; found {mark} with status {answer.status}; {WAY_OUT}")
    raise _trouble(answer)


def judge_robots(answer: Answer) -> None:
    """Raises unless robots.txt could be had: 4xx says that there is none, 429 and 5xx say nothing.

    RFC 9309 §2.3.1.3 and §2.3.1.4; 429 is about us and not about the file, so it counts with 5xx.
    """
    if answer.status in PASSING:
        raise _trouble(answer)
    if answer.status != 200 and not answer.redirects and not 400 <= answer.status < 500:
        raise Unreachable(f"{plain(answer.url)}: expected status 200 or 4xx; found {answer.status}")


def shut(url: str, found: str, until: datetime) -> Unreachable:
    """The error for a host that asked us to stay away until then."""
    return Unreachable(
        f"{plain(url)}: expected a document; found {found}, asking not to come back before "
        f"{until.astimezone(UTC):%Y-%m-%d %H:%M} UTC; nothing is asked of {host_of(url)} until then"
    )


def _refusal(answer: Answer) -> str | None:
    if answer.status in REFUSED:
        return f"status {answer.status}"
    wall = next((name for name in WALLS if name in answer.headers), None)
    return f"a challenge ({wall}: {answer.headers[wall][:40]})" if wall else None


def _trouble(answer: Answer) -> SourceError | Passing:
    status = answer.status
    found = f"{plain(answer.url)}: expected a document; found status {status}"
    if status == 429:
        return Passing(Blocked(f"{found} at each try; raise the PACE of this source, or {WAY_OUT}"))
    if status in PASSING:
        return Passing(Unreachable(f"{found} at each try; the next look asks again"))
    if status in (404, 410):
        return Unreachable(f"{found}, gone: the address may have moved; set VIGILABEL_SOURCES__…__URL")
    return Unreachable(found)
