"""The four registers on the loopback, with outages of every sort, at the time of a simulated clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pending_layouts import CANDIDATES, as_cards, as_items, dressed
from toy_register import day

from scrapers.wire.fetch import Fetcher, make_client
from watcher.app import App
from watcher.settings import Settings

HTML, PDF, XML = "text/html; charset=utf-8", "application/pdf", "application/xml"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a register answers: `cut` bytes of the announced length never come, -1 says not a word."""

    body: bytes
    kind: str = HTML
    status: int = 200
    cut: int = 0


Trouble = Callable[[Reply], Reply]


def down(reply: Reply) -> Reply:
    return replace(reply, body=b"<h1>503 Service Unavailable</h1>", kind=HTML, status=503)


def forbidden(reply: Reply) -> Reply:
    return replace(reply, body=b"<h1>403 Forbidden</h1>", kind=HTML, status=403)


def challenged(reply: Reply) -> Reply:
    body = b"<title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x.js></script>"
    return replace(reply, body=body, kind=HTML)


def in_maintenance(reply: Reply) -> Reply:
    body = "<title>Maintenance</title><h1>Site en maintenance</h1><p>Merci de revenir plus tard.</p>"
    return replace(reply, body=body.encode(), kind=HTML)


def hung_up(reply: Reply) -> Reply:
    return replace(reply, cut=-1)


def broken_off(reply: Reply) -> Reply:
    return replace(reply, cut=len(reply.body) // 2)


def half_a_file(reply: Reply) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def empty(reply: Reply) -> Reply:
    return replace(reply, body=b"")


def moved_away(reply: Reply) -> Reply:
    return replace(reply, body=b"http://192.0.2.1/elsewhere", status=302)


def another_site(reply: Reply) -> Reply:
    body = dressed("<p>Bienvenue sur notre nouveau site.</p>").replace("en cours de qualification", "")
    return replace(reply, body=body.encode())


def tampered(reply: Reply) -> Reply:
    return replace(reply, body=reply.body.replace(b"/granted<", b"/withdrawn<", 1))


def too_many(reply: Reply) -> Reply:
    return replace(reply, body=b"<h1>429 Too Many Requests</h1>", kind=HTML, status=429)


def gone(reply: Reply) -> Reply:
    return replace(reply, body=b"<h1>410 Gone</h1>", kind=HTML, status=410)


def not_found(reply: Reply) -> Reply:
    return replace(reply, body=b"<h1>404 Page introuvable</h1>", kind=HTML, status=404)


def login(reply: Reply) -> Reply:
    form = "<form><label>Identifiant</label><input name=u><label>Secret</label><input type=password></form>"
    body = "<title>Connexion</title>" + form
    return replace(reply, body=body.encode(), kind=HTML)


def garbled(reply: Reply) -> Reply:
    return replace(reply, body=bytes(range(128, 256)) * 64)


def in_a_circle(reply: Reply) -> Reply:
    return replace(reply, body=b"", status=302)


def nothing_but_json(reply: Reply) -> Reply:
    return replace(reply, body=b'{"error": "internal", "trace": null}', kind="application/json")


def parked(reply: Reply) -> Reply:
    body = "<title>esante.example</title><h1>Ce nom de domaine est à vendre</h1><p>Faites une offre.</p>"
    return replace(reply, body=body.encode(), kind=HTML)


def half_the_rows(reply: Reply) -> Reply:
    """Every second row of the list is missing, and nothing says so."""
    rows = reply.body.split(b"<tr>")
    return replace(reply, body=b"<tr>".join([*rows[:2], *rows[2::2]]))


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A time in which one register fails in one way; the state is what `vigilabel sources` then says."""

    source: str
    since: datetime
    hours: int
    trouble: Trouble
    state: str

    @property
    def until(self) -> datetime:
        return self.since + timedelta(hours=self.hours)


def outages(source: str, *each: tuple[str, int, Trouble, str]) -> tuple[Outage, ...]:
    return tuple(
        Outage(source=source, since=day(since), hours=hours, trouble=trouble, state=state)
        for since, hours, trouble, state in each
    )


def candidates(path: str) -> Reply:
    """The page of candidates of the scheme that an address names."""
    scheme = path.split("/")[2]
    if scheme == "prestataires-secnumcloud":
        return Reply(body=as_items(CANDIDATES).encode())
    return Reply(body=as_cards(CANDIDATES[:3]).replace("SecNumCloud", scheme.upper()).encode())


class Hand:
    """The hand of a clock that a test moves; `wrong` is by how much it is ahead of the true time."""

    def __init__(self, now: datetime) -> None:
        self.began = self.now = now
        self.wrong = timedelta(0)

    @property
    def passed(self) -> float:
        """Seconds since it began to move, by a clock that never jumps."""
        return (self.now - self.wrong - self.began).total_seconds()


class Registers:
    """Serves what each register shows now; `shown` is asked with the moment and the path."""

    def __init__(
        self, hand: Hand, shown: Callable[[datetime, str], Reply], outages: Sequence[Outage] = ()
    ) -> None:
        self.hand, self.shown, self.outages = hand, shown, outages
        registers = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                registers.answer(self)

            def date_time_string(self, timestamp: float | None = None) -> str:
                # The servers live at the simulated time as well: their `Date` judges our clock.
                return format_datetime(registers.hand.now, usegmt=True)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def address(self, source: str) -> str:
        return f"{self.base}/{source}/"

    def trouble(self, source: str) -> Trouble | None:
        return next(
            (
                each.trouble
                for each in self.outages
                if each.source == source and each.since <= self.hand.now < each.until
            ),
            None,
        )

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/robots.txt":
            handler.send_error(404)
            return
        reply, trouble = self.shown(self.hand.now, handler.path), self.trouble(handler.path.split("/")[1])
        if trouble is not None:
            reply = trouble(reply)
        handler.close_connection = True
        if reply.cut < 0:
            return
        handler.send_response(reply.status)
        handler.send_header("Content-Type", reply.kind)
        handler.send_header("Content-Length", str(len(reply.body)))
        if reply.status == 302:
            handler.send_header("Location", reply.body.decode() or handler.path)
        handler.end_headers()
        handler.wfile.write(reply.body[: len(reply.body) - reply.cut])


class Simulated(App):
    """The program with a clock that the test moves; to wait takes no time."""

    def __init__(self, settings: Settings, hand: Hand) -> None:
        super().__init__(settings, lambda: hand.now)
        self.hand = hand

    def pause(self, seconds: float) -> None:
        self.hand.now += timedelta(seconds=seconds)

    @cached_property
    def fetcher(self) -> Fetcher:
        return Fetcher(
            make_client(""),
            now=self.clock,
            sleep=self.pause,
            monotonic=lambda: self.hand.passed,
        )
