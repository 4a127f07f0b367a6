"""The one polite client: the only module that speaks HTTP to registers.

Everybody in a process shares one `Fetcher`, and with it one budget of requests per host: the schedule, a
person who asks now, retries, redirects and robots.txt, in every thread.
"""

from __future__ import annotations

import logging
import math
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from importlib.metadata import version
from itertools import count
from threading import Lock

import httpx
import stamina

from scrapers.source import Blocked, Expect, Late, Misset, SourceError, Unfit, Unreachable
from scrapers.wire.address import HOP, clean, follow, host_of, origin_of, plain
from scrapers.wire.budget import Budget, Line
from scrapers.wire.challenge import looks_blocked, may_be_wall
from scrapers.wire.content import unexpected
from scrapers.wire.reply import Answer, has_body, judge, judge_robots, shut, whole
from scrapers.wire.robots import Robots, robots
from state.model import Page, Reason

PATIENCE = 120.0
"""Seconds: a longer Retry-After is not slept through but told."""
LONGEST_SHUT = timedelta(days=1)
"""However long a Retry-After is, a host is asked again the next day: a slip of theirs must not blind us."""
DEADLINE = 1800.0
"""Seconds that one look may take in all: 27 letters take two minutes, and hours where a register slows us."""
RECHECK = 3
"""On one day in so many a server's word that nothing changed is not asked for: some give it for ever."""
TRIES = 4
# 5, 10 and 20 seconds, all within `TOTAL`: a register that restarts is back by then, and one that is down for
# longer is a matter of the next look.
BACKOFF = 5.0
TOTAL = 300.0
# As many as RFC 9309 §2.3.1.2 asks for robots.txt; pages need fewer.
HOPS = 5
RENEWED = ("date", "age", "last-modified", "etag", "cache-control")
EVIDENCE = (*RENEWED, "server", "content-type", "content-length", "content-encoding")
"""Headers kept with a page; the first ones are news in a 304 too, which has no content to describe."""
WHOLE = "x-vigilabel-whole"
"""The header of a page with status 304 that says when its bytes came whole."""

log = logging.getLogger(__name__)


class _Ways(httpx.BaseTransport):
    """The way to each address, directly or by the proxy named for it, with TLS verified on each."""

    def __init__(self, proxy_of: Callable[[str], str | None]) -> None:
        self._proxy_of = proxy_of
        self._ways: dict[tuple[str | None, bool], httpx.HTTPTransport] = {}
        self._lock = Lock()

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """What verifies certificates; to read all authorities takes longer than a look at a small page."""
        return httpx.create_ssl_context()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        way_to = (self._proxy_of(str(request.url)), request.url.scheme == "https")
        with self._lock:
            way = self._ways.get(way_to)
            if way is None:
                # A plain address needs no authority; a context without any would trust nobody.
                trusted = self.tls if way_to[1] else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                way = self._ways[way_to] = httpx.HTTPTransport(verify=trusted, proxy=way_to[0])
        return way.handle_request(request)

    def close(self) -> None:
        for way in self._ways.values():
            way.close()


def make_client(
    contact: str,
    *,
    transport: httpx.BaseTransport | None = None,
    proxy_of: Callable[[str], str | None] = lambda _: None,
) -> httpx.Client:
    """A client that says who asks, verifies TLS, waits no longer than it says, and follows nothing by itself.

    `contact` is an address or a page where the operator is found; `Misset` when no header can hold it.
    `proxy_of` names the proxy for an address, None for none.
    """
    if not (contact.isascii() and contact.isprintable()):
        raise Misset.at("VIGILABEL_CONTACT", Reason.of("setting_contact", found=repr(contact)))
    # These log addresses and headers in full, with what may be secret in them; we log a line of our own.
    # stamina says of a retry only that there is one.
    for chatty in ("httpx", "httpcore", "stamina"):
        logging.getLogger(chatty).setLevel(logging.ERROR if chatty == "stamina" else logging.WARNING)
    who = f"vigilabel/{version('vigilabel')}" + (f" (+{contact})" if contact else "")
    return httpx.Client(
        # gzip alone, since bodies are inflated by us: with a bound, so that no bomb fills the memory.
        headers={"User-Agent": who, "Accept-Encoding": "gzip", "Accept-Language": "fr, en;q=0.5"},
        timeout=httpx.Timeout(30.0, connect=10.0),
        # By hand: each is evidence, and one to another host may lead to a login page.
        follow_redirects=False,
        transport=transport or _Ways(proxy_of),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When a look must end, by the fetcher's monotonic clock, and how many seconds it was given."""

    ends: float = math.inf
    seconds: float = math.inf


Retried = Callable[[str, SourceError, float], None]
"""Hears of an address that gave no document, why, and after how many seconds it is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms one document is asked for: the pause before each request, the end of its look, and who
    hears that it is asked again."""

    pace: float
    deadline: Deadline
    retried: Retried


class Fetcher:
    """Fetches documents politely; one per process, shared by all threads.

    `now` gives aware UTC, `monotonic` and `sleep` are seconds; `pace` is the pause between two requests to
    one host, `limit` the bytes of one decoded document, `seconds` the time one document may take. The time is
    looked at as bytes arrive; a silence ends by the timeouts of the client. `walled` says what stands in
    place of a document: the one part of fetching that parses foreign bytes.
    """

    def __init__(
        self,
        client: httpx.Client,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
        pace: float = 2.0,
        limit: int = 20 << 20,
        seconds: float = 120.0,
        walled: Callable[[bytes], Reason | None] = looks_blocked,
    ) -> None:
        self._walled = walled
        self._client, self._now, self._monotonic = client, now, monotonic
        self._pace, self._limit, self._seconds = pace, limit, seconds
        self._budget = Budget(sleep=sleep, monotonic=monotonic)
        self._robots: dict[str, Robots] = {}
        self._robots_locks: dict[str, Lock] = {}

    def get(
        self,
        url: str,
        *,
        expect: Expect | None = None,
        kept: Page | None = None,
        pace: float | None = None,
        allow_hosts: frozenset[str] = frozenset(),
        deadline: Deadline | None = None,
        believed: str = "",
        retried: Retried = lambda url, error, wait: None,
    ) -> Page:
        """The whole document at `url`, of the kind expected; `Unreachable` or `Blocked` otherwise.

        `kept` is a page whose bytes were read and committed: the server is asked whether it changed, and on
        304 the answer is a page of today with status 304 and the kept bytes; one day in three it is asked
        whole. Redirects stay on the host or lead to `allow_hosts`; each is a header `x-vigilabel-redirect`
        ("301 https://…") of the page. Nothing is waited for beyond the `deadline` of the look. Bytes whose
        hash is `believed` were read and believed: they are no wall. `retried` hears of every further try.
        """
        wait = self._pace if pace is None else pace
        terms = Terms(pace=wait, deadline=deadline or Deadline(), retried=retried)
        asked = here = clean(url)
        hops: list[str] = []
        while True:
            sent = _validators(kept, here, self._now())
            answer = self._patiently(here, sent, self._open(here, terms), partial(judge, walled=self._walled))
            if not answer.redirects:
                break
            here = _next(here, answer, hops, allow_hosts)
        page = self._page(answer, kept if sent else None, asked, hops)
        # The hash last: of the three megabytes of a catalogue, which no wall has, it is a tenth of the look.
        strange = may_be_wall(page.body) and page.sha256 != believed
        if strange and (wall := self._walled(page.body)):
            raise Blocked(Reason.of("walled", address=plain(page.url), wall=wall))
        if wrong := unexpected(page.body, expect):
            raise Unreachable(Reason.of("other_document", address=plain(page.url), why=wrong))
        return page

    def deadline(self, seconds: float = DEADLINE) -> Deadline:
        return Deadline(ends=self._monotonic() + seconds, seconds=seconds)

    def robots_pages(self) -> tuple[Page, ...]:
        """Every robots.txt in force, as evidence of what was allowed; status 4xx where a host has none."""
        # A copy first: another thread may learn of one more host meanwhile.
        return tuple(known.page for known in tuple(self._robots.values()))

    def _page(self, answer: Answer, kept: Page | None, asked: str, hops: list[str]) -> Page:
        """The answer as evidence; with status 304, the bytes that were kept."""
        if answer.status == 304 and kept is None:
            raise Unreachable(Reason.of("unasked_304", address=plain(answer.url)))
        same = kept if answer.status == 304 else None
        headers = {name: value for name, value in same.headers if name != HOP} if same else {}
        news = RENEWED if same else EVIDENCE
        headers |= {name: answer.headers[name] for name in news if name in answer.headers}
        if same:
            headers[WHOLE] = _whole_since(same).isoformat()
        page = Page(
            url=answer.url,
            requested_url=asked,
            body=same.body if same else answer.body,
            fetched_at=self._now(),
            status=answer.status,
            content_type=headers.get("content-type", ""),
            headers=(*headers.items(), *((HOP, hop) for hop in hops)),
        )
        return page.hashed(same.sha256) if same else page

    def _open(self, url: str, terms: Terms) -> Terms:
        """The terms with the pause that this host wishes; `Blocked` when robots.txt closes the address."""
        origin = origin_of(url)
        with self._robots_locks.setdefault(origin, Lock()):  # asked once, however many threads come at once
            known = self._robots.get(origin)
            if known is None or not known.fresh(self._now()):
                known = self._robots[origin] = robots(self._robots_page(origin, terms))
        if not known.allows(url):
            raise Blocked(Reason.of("robots_closed", address=plain(url), robots=f"{origin}/robots.txt"))
        return replace(terms, pace=max(terms.pace, min(known.delay, PATIENCE)))

    def _robots_page(self, origin: str, terms: Terms) -> Page:
        asked = here = f"{origin}/robots.txt"
        hops: list[str] = []
        try:
            # redirects are followed to other hosts too (RFC 9309 §2.3.1.2)
            while (answer := self._patiently(here, {}, terms, judge_robots)).redirects:
                here = _next(here, answer, hops, None)
        except SourceError as error:
            raise Unreachable(Reason.of("robots_first", address=origin, why=error.reason)) from error
        return self._page(answer, None, asked, hops)

    def _patiently(
        self, url: str, sent: Mapping[str, str], terms: Terms, judge: Callable[[Answer], None]
    ) -> Answer:
        """One answer, after some tries when the trouble may pass."""
        end, tries = min(self._monotonic() + TOTAL, terms.deadline.ends), count()

        def again(error: Exception) -> bool | float:
            # stamina says whether, the budget says when: a pause there holds for everybody who asks this
            # host, and is slept with the sleep we were given
            tried = next(tries)
            wait = BACKOFF * 2**tried
            if not (isinstance(error, SourceError) and error.passing) or self._monotonic() + wait > end:
                return False
            self._budget.rest(host_of(url), wait)
            if tried + 1 < TRIES:  # stamina asks after the last try as well, and then makes none
                terms.retried(plain(url), error, wait)
            return 0.0

        try:
            return stamina.RetryingCaller(attempts=TRIES, timeout=None)(
                again, self._ask, url, sent, terms, judge
            )
        except Late as late:
            raise _late(url, terms.deadline, late.reason) from late
        except SourceError as trouble:
            if trouble.passing and self._monotonic() + BACKOFF > terms.deadline.ends:
                raise _late(url, terms.deadline, trouble.reason) from trouble
            raise

    def _ask(
        self, url: str, sent: Mapping[str, str], terms: Terms, judge: Callable[[Answer], None]
    ) -> Answer:
        """One request in its turn, and the answer, judged."""
        with self._budget.turn(host_of(url), terms.pace, terms.deadline.ends) as line:
            # a clock that was ahead when the host asked for a pause must not shut it until that day comes
            if line.shut_until and self._now() < line.shut_until <= self._now() + LONGEST_SHUT:
                raise shut(url, line.shut_until)
            with _translated(url):
                answer = self._transfer(url, sent, terms.deadline.ends)
            log.info("GET %s: %s, %d bytes", plain(url), answer.status, len(answer.body))
            # inside the turn: the next in line must not ask before it knows of the pause
            self._obey(answer, line)
        judge(answer)
        return answer

    def _transfer(self, url: str, sent: Mapping[str, str], latest: float) -> Answer:
        end = min(self._monotonic() + self._seconds, latest)
        with self._client.stream("GET", url, headers=sent) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            body = b""
            if has_body(response.status_code):
                body = whole(
                    # Raw: httpx would inflate it first and count afterwards.
                    response.iter_raw(),
                    encoding=headers.get("content-encoding", "").strip().lower(),
                    announced=headers.get("content-length", ""),
                    limit=self._limit,
                    in_time=lambda: self._monotonic() <= end,
                )
            return Answer(url=url, status=response.status_code, headers=headers, body=body)

    def _obey(self, answer: Answer, line: Line) -> None:
        """Holds the host for its Retry-After; `Unreachable` when that is too long to wait for."""
        wait = answer.retry_after(self._now())
        if wait is None:
            return
        if wait > PATIENCE:
            line.shut_until = self._now() + min(timedelta(seconds=wait), LONGEST_SHUT)
            raise shut(answer.url, line.shut_until, answer.status)
        line.rests_until = max(line.rests_until, self._monotonic() + wait)


def _next(here: str, answer: Answer, hops: list[str], allowed: frozenset[str] | None) -> str:
    """Where a redirect leads; `hops` takes it down."""
    there = follow(here, answer.headers.get("location", ""), allowed)
    hops.append(f"{answer.status} {there}")
    if len(hops) > HOPS:
        raise Unreachable(Reason.of("many_redirects", address=plain(here), most=HOPS, there=plain(there)))
    return there


def _late(url: str, deadline: Deadline, found: Reason) -> Unreachable:
    minutes = round(deadline.seconds / 60)
    return Unreachable(Reason.of("look_too_long", address=plain(url), minutes=minutes, found=found))


def _whole_since(page: Page) -> datetime:
    """When the bytes of a page last came whole; long ago where that is not known."""
    said = dict(page.headers).get(WHOLE, "")
    if page.status == 304:
        return datetime.fromisoformat(said) if said else datetime.min.replace(tzinfo=UTC)
    return page.fetched_at


def _validators(kept: Page | None, here: str, now: datetime) -> dict[str, str]:
    """The headers of a conditional request, if the kept bytes came from this very address.

    None on one day in some when they came whole on another day: the calendar decides, for evidence of what
    was seen again is not kept again.
    """
    if kept is None or kept.url != here:
        return {}
    if now.toordinal() % RECHECK == 0 and now - _whole_since(kept) > timedelta(days=1):
        return {}
    known = dict(kept.headers)
    pairs = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
    return {ask: known[name] for ask, name in pairs if name in known}


@contextmanager
def _translated(url: str) -> Iterator[None]:
    """Every foreign exception becomes ours, with the address and without what is secret in it."""
    where = plain(url)
    try:
        yield
    except Unfit as error:
        unfit = Reason.of("unfit_body", address=where, why=error.reason)
        raise Unreachable(unfit, passing=error.passing) from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        lasting = isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError) or _distrusts(error)
        passing = isinstance(error, httpx.TransportError) and not lasting
        raise Unreachable(_unanswered(where, error), passing=passing) from error


def _unanswered(address: str, error: Exception) -> Reason:
    fault, said = type(error).__name__, str(error)
    if _distrusts(error):
        return Reason.of("distrusted", address=address, fault=fault, error=said)
    if not said:
        return Reason.of("no_answer", address=address, fault=fault)
    return Reason.of("no_answer_but", address=address, fault=fault, error=said)


def _distrusts(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
