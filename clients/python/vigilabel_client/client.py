"""Asks a vigilabel watch: a method for each address of its API, and pages that follow each other."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import date
from time import sleep
from typing import Any, Self, TypedDict, TypeVar, Unpack
from urllib.parse import quote

import httpx

from vigilabel_client import shapes
from vigilabel_client.reading import WrongShape, read
from vigilabel_client.stream import Heard, Place

API = "/api/v1"
TIMEOUT = 30.0
SILENCE = 60.0
"""Seconds without a sign of life after which a stream counts as cut off; the watch gives one in fifteen."""
T = TypeVar("T")


class Refused(Exception):
    """The watch says why it does not answer (RFC 9457): `did_you_mean` are names that may have been meant."""

    def __init__(self, problem: shapes.Problem, retry_after: float | None = None) -> None:
        super().__init__(f"{problem.title}: {problem.detail}")
        self.problem, self.retry_after = problem, retry_after

    @property
    def status(self) -> int:
        """The status of HTTP."""
        return self.problem.status

    @property
    def did_you_mean(self) -> Sequence[str]:
        """Names that may have been meant."""
        return self.problem.did_you_mean


class NotFound(Refused):
    """There is no such thing, under that name."""


class Busy(Refused):
    """Not now: too many requests, or nothing was read yet; `retry_after` has the seconds if known."""


class Filter(TypedDict, total=False):
    """Which events: those that meet all that is given."""

    q: str
    provider: str
    label: shapes.LabelOrTogether | str
    kind: shapes.Kind
    source: str
    since: date
    until: date
    all_causes: bool
    """Also first looks and readings again, which nobody is told of."""


class Vigilabel:
    """A watch at its public address; a context manager that closes what it opened.

    `lang` is the language of the sentences in answers. `token` is for `look` alone. `http` is a client of
    httpx in place of our own: with a proxy, a certificate of one's own, or an application to test against.
    """

    def __init__(
        self, address: str, *, lang: str = "en", token: str = "", http: httpx.Client | None = None
    ) -> None:
        self._address, self._lang, self._token = address.rstrip("/"), lang, token
        self._own = httpx.Client(timeout=TIMEOUT) if http is None else None
        self._http = http or self._own or httpx.Client()

    def __repr__(self) -> str:
        return f"Vigilabel({self._address!r})"  # no token

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections; not those of a client that was given."""
        if self._own is not None:
            self._own.close()

    def search(self, q: str, *, group: shapes.Group | None = None) -> shapes.Search:
        """What has all words of a text; a few of each group, or the first page of one."""
        return self._ask(shapes.Search, "/search", {"q": q, "in": group})

    def search_all(self, q: str, group: shapes.Group) -> Iterator[shapes.Hit]:
        """All of one group that has all words of a text."""
        for page in self._pages(shapes.Search, "/search", {"q": q, "in": group}):
            yield from page.hits

    def events(self, **wanted: Unpack[Filter]) -> Iterator[shapes.Event]:
        """The events that meet a filter, newest first, page after page as they are taken."""
        for page in self._pages(shapes.Events, "/events", _asked(wanted)):
            yield from page.events

    def events_after(self, number: int, **wanted: Unpack[Filter]) -> list[shapes.Event]:
        """The events that came after that number, oldest first: what a poller has not seen yet."""
        fresh: list[shapes.Event] = []
        for event in self.events(**wanted):
            if event.id <= number:
                break
            fresh.append(event)
        return fresh[::-1]

    def follow(self, after: str = "", **wanted: Unpack[Filter]) -> Generator[Heard, None, None]:
        """Events as they are written, until it is closed; who is cut off goes on where he was.

        `after` is the id of the last one heard, or an event's number; without it, what comes from now on.
        """
        place = Place(after)
        while True:
            try:
                yield from self._stream(place, wanted)
            except Busy as error:
                place.retry = error.retry_after or place.retry
            except httpx.TransportError:
                pass  # cut off
            sleep(place.retry)

    def _stream(self, place: Place, wanted: Filter) -> Iterator[Heard]:
        url = self._url(f"{API}/events/stream", _asked(wanted))
        headers = {"Last-Event-ID": place.id} if place.id else {}
        timeout = httpx.Timeout(TIMEOUT, read=SILENCE)
        with self._http.stream("GET", url, headers=headers, timeout=timeout) as answer:
            if not answer.is_success:
                answer.read()
            yield from place.heard(_good(answer).iter_lines())

    def event(self, number: int) -> shapes.Event:
        """One event."""
        return self._ask(shapes.Event, f"/events/{number}")

    def evidence(self, number: int) -> bytes:
        """The proof of an event, as a file that `vigilabel verify` checks."""
        return self._get(f"{API}/events/{number}/evidence").content

    def attestations(self, *, provider: str = "", label: str = "") -> Iterator[shapes.Row]:
        """The rows that stand now, candidates and archived ones too, newest first."""
        for page in self._pages(shapes.Attestations, "/attestations", {"provider": provider, "label": label}):
            yield from page.attestations

    def labels(self) -> shapes.Labels:
        """Every label, and by how many it is held."""
        return self._ask(shapes.Labels, "/labels")

    def label(self, label: shapes.LabelOrTogether | str, on: date | None = None) -> shapes.Holders:
        """Who holds a label, or held it on a day."""
        return self._ask(shapes.Holders, f"/labels/{quote(label, safe='')}", {"on": on})

    def curve(self, label: str) -> shapes.LabelCurve:
        """How many held a label over time."""
        return self._ask(shapes.LabelCurve, f"/labels/{quote(label, safe='')}/curve")

    def providers(self) -> shapes.Providers:
        """Every provider that holds a label."""
        return self._ask(shapes.Providers, "/providers")

    def provider(self, name: str) -> shapes.Profile:
        """All that is known of a provider."""
        return self._ask(shapes.Profile, f"/providers/{quote(name, safe='')}")

    def race(self, *names: str) -> shapes.Race:
        """Where providers stand, label by label: those named, or those that everybody asks for."""
        return self._ask(shapes.Race, "/race", {"provider": names})

    def was(self, provider: str, label: shapes.LabelOrTogether | str, day: date) -> shapes.Was:
        """Whether a provider had a label on a day: yes, no or unknown, and on what that rests."""
        place = "/".join(quote(part, safe="") for part in (provider, label, day.isoformat()))
        return self._ask(shapes.Was, f"/was/{place}")

    def sources(self) -> shapes.Sources:
        """How well each source is watched."""
        return self._ask(shapes.Sources, "/sources")

    def look(self, source: str) -> shapes.Look:
        """A look at a source now, and what it brought; takes a token, and as long as the register does."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        url, params = f"{self._address}{API}/scrapes", {"lang": self._lang}
        answer = self._http.post(url, json={"source": source}, params=params, headers=headers, timeout=None)
        return read(shapes.Look, _json(_good(answer)))

    def _ask(self, shape: type[T], path: str, asked: Mapping[str, Any] = {}) -> T:
        return read(shape, _json(self._get(f"{API}{path}", asked)))

    def _pages(self, shape: type[T], path: str, asked: Mapping[str, Any]) -> Iterator[T]:
        """The pages of a list, each asked for when the one before it is used up."""
        page = self._ask(shape, path, asked)
        yield page
        while following := getattr(page, "next", None):
            page = read(shape, _json(self._get(following)))
            yield page

    def _get(self, path: str, asked: Mapping[str, Any] = {}) -> httpx.Response:
        return _good(self._http.get(self._url(path, asked), follow_redirects=True))

    def _url(self, path: str, asked: Mapping[str, Any]) -> httpx.URL:
        # As a part of the address: `params=` of httpx would wipe the cursor of a following page.
        given = {name: value for name, value in asked.items() if value not in ("", None, ())}
        return httpx.URL(self._address + path).copy_merge_params({"lang": self._lang, **given})


def _asked(wanted: Filter) -> Mapping[str, Any]:
    given: dict[str, Any] = {**wanted}
    return {**given, "all": "1" if given.pop("all_causes", False) else None, "all_causes": None}


def _good(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    try:
        problem = read(shapes.Problem, _json(answer))
    except WrongShape:  # a proxy before the watch, perhaps
        title = answer.reason_phrase or "refused"
        problem = shapes.Problem(type="about:blank", title=title, status=answer.status_code, detail="")
    kinds = {404: NotFound, 429: Busy, 503: Busy}
    said = answer.headers.get("Retry-After", "")
    raise kinds.get(answer.status_code, Refused)(problem, float(said) if said.isdecimal() else None)


def _json(answer: httpx.Response) -> object:
    try:
        value: object = answer.json()
    except ValueError:
        raise WrongShape(f"expected JSON, found {answer.headers.get('Content-Type', 'no type')}") from None
    return value
