"""Records what goes over the wire while documents are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from scrapers.source import Expect, SourceError
from scrapers.wire.address import origin_of, plain
from scrapers.wire.fetch import Deadline, Fetcher
from scrapers.wire.robots import robots
from state.model import Page
from watcher.doctor.examination import Exchange, Request
from watcher.look.check import outcome_of

# What helps to find out why: no cookie is kept, since a report is shown to others.
TOLD = (
    "content-type", "location", "retry-after", "etag", "last-modified", "cache-control", "age", "server",
    "content-encoding",
)  # fmt: skip


class Answered(Protocol):
    """An answer as the client's hooks show it, before its body is read."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def num_bytes_downloaded(self) -> int: ...


@dataclass(slots=True)
class _Turn:
    url: str
    began: float
    answered: float = 0.0
    answer: Answered | None = None


class Tape:
    """Gets documents by a fetcher and keeps what each took, in order, told by the `hooks` of its client;
    `monotonic` are seconds."""

    def __init__(
        self,
        fetcher: Fetcher,
        hooks: Mapping[str, list[Callable[..., Any]]],
        *,
        monotonic: Callable[[], float],
    ) -> None:
        self._fetcher, self._monotonic = fetcher, monotonic
        self._turns: list[_Turn] = []
        self.requests: list[Request] = []
        hooks["request"].append(self._sent)
        hooks["response"].append(self._answered)

    def get(self, url: str, *, expect: Expect | None, pace: float, deadline: Deadline | None = None) -> Page:
        """The document, as `Fetcher.get`; what it took is kept, whatever comes of it."""
        # A document takes several exchanges: robots.txt, redirects, tries again. What came since is its own.
        began, first = self._monotonic(), len(self._turns)
        page: Page | None = None
        trouble: SourceError | None = None
        try:
            page = self._fetcher.get(url, expect=expect, pace=pace, deadline=deadline)
        except SourceError as error:
            trouble = error
            raise
        finally:
            request = Request(
                url=url,
                exchanges=tuple(map(_exchange, self._turns[first:])),
                seconds=self._monotonic() - began,
                robots=self._robots(url),
                page=page,
                trouble=trouble,
                outcome=outcome_of(trouble) if trouble else None,
            )
            self.requests.append(request)
        return page

    def _robots(self, url: str) -> str:
        """What the robots.txt in force says of an address."""
        asked = f"{origin_of(url)}/robots.txt"
        page = next((one for one in self._fetcher.robots_pages() if one.requested_url == asked), None)
        if page is None:
            return "not_read"
        if not robots(page).allows(url):
            return "closed"
        return "open" if page.status == 200 else "none"

    def _sent(self, request: Any) -> None:
        self._turns.append(_Turn(url=str(request.url), began=self._monotonic()))

    def _answered(self, response: Answered) -> None:
        turn = self._turns[-1]
        turn.answer, turn.answered = response, self._monotonic()


def _exchange(turn: _Turn) -> Exchange:
    answer = turn.answer
    if answer is None:
        return Exchange(url=plain(turn.url))
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Exchange(
        url=plain(turn.url),
        status=answer.status_code,
        seconds=turn.answered - turn.began,
        size=answer.num_bytes_downloaded,
        headers=tuple((name, headers[name]) for name in TOLD if name in headers),
    )
