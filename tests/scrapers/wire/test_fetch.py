"""The one polite client, on a loopback register and a clock that only moves when somebody sleeps."""

from __future__ import annotations

import gzip
import logging
import threading
import tracemalloc
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx
import pytest
from loopback import Clock, Register, Reply
from refusals import refuses

from notifiers.said.reasons import spoken
from scrapers.source import Blocked, Misset, SourceError, Unreachable
from scrapers.wire.address import moved_to
from scrapers.wire.fetch import Fetcher, make_client
from state.model import Page

LIST = b"<!doctype html><html><head><title>Liste</title></head><body><table><tr><td>OVH</table></html>"
PDF = b"%PDF-1.4\n" + b"x" * 5000 + b"\nstartxref\n5009\n%%EOF\n"
WALL = b"<html><head><title>Just a moment...</title><script>window._cf_chl_opt={}</script></head></html>"
CLOSED = (
    b"User-agent: *\nDisallow: /connexion\n\n"
    b"User-agent: vigilabel\nDisallow: /private*.html$\nCrawl-delay: 9\n"
)

Fetchers = Callable[..., Fetcher]


# --- the document and what is kept of it


def test_a_page_is_kept_with_where_when_and_its_headers(register: Register, fetcher: Fetcher) -> None:
    headers = {"Content-Type": "text/html; charset=utf-8", "ETag": '"a1"', "Set-Cookie": "s=1"}
    url = register.says("/list", Reply(headers=headers, chunks=(LIST,)))

    page = fetcher.get(url, expect="html")

    assert (page.url, page.requested_url, page.body, page.status) == (url, url, LIST, 200)
    assert page.fetched_at == datetime(2026, 11, 24, 9, 0, 2, tzinfo=UTC)
    assert page.content_type == "text/html; charset=utf-8"
    kept = dict(page.headers)
    assert kept["etag"] == '"a1"'
    assert "set-cookie" not in kept
    assert moved_to(page) is None


def test_requests_say_who_asks(register: Register, fetcher: Fetcher) -> None:
    fetcher.get(register.says("/list", Reply(chunks=(LIST,))))

    assert all(
        headers["user-agent"].startswith("vigilabel/")
        and headers["user-agent"].endswith(" (+https://watch.example/contact)")
        for _, _, _, headers in register.asked
    )


@pytest.mark.parametrize("contact", ["équipe@example.org", "a\nX-Evil: 1"])
def test_a_contact_that_no_header_can_hold_is_refused(contact: str) -> None:
    with refuses(Misset, match="VIGILABEL_CONTACT"):
        make_client(contact)


def test_a_client_verifies_tls_by_default() -> None:
    with make_client("") as client:
        assert client._transport.tls.verify_mode.name == "CERT_REQUIRED"  # type: ignore[attr-defined]
        assert not client.follow_redirects


# --- one budget per host


def test_two_requests_to_one_host_are_apart(register: Register, fetcher: Fetcher) -> None:
    url = register.says("/list", Reply(chunks=(LIST,)))

    fetcher.get(url)
    fetcher.get(url)
    fetcher.get(url, pace=30.0)

    assert [at for at, *_ in register.asked] == [0.0, 2.0, 4.0, 34.0]


def test_threads_share_the_budget_and_the_robots_file(register: Register, fetcher: Fetcher) -> None:
    url = register.says("/list", Reply(chunks=(LIST,)))
    together = threading.Barrier(5)

    def look(_: int) -> Page:
        together.wait()
        return fetcher.get(url)

    with ThreadPoolExecutor(5) as threads:
        pages = list(threads.map(look, range(5)))

    assert {page.body for page in pages} == {LIST}
    assert register.paths() == ["/robots.txt"] + ["/list"] * 5
    times = [at for at, *_ in register.asked]
    assert all(later - earlier >= 2.0 for earlier, later in pairwise(times))


def test_another_host_is_not_kept_waiting(register: Register, fetcher: Fetcher) -> None:
    url = register.says("/list", Reply(chunks=(LIST,)))
    fetcher.get(url)
    fetcher.get(url.replace("127.0.0.1", "localhost"))

    assert [at for at, *_ in register.asked] == [0.0, 2.0, 2.0, 4.0]


# --- trouble that may pass


def test_a_busy_register_is_asked_again_when_it_says(
    register: Register, fetcher: Fetcher, clock: Clock
) -> None:
    busy = Reply(status=503, headers={"Retry-After": "60"})
    at_noon = Reply(status=503, headers={"Retry-After": "Tue, 24 Nov 2026 09:02:30 GMT"})
    url = register.says("/list", busy, at_noon, Reply(chunks=(LIST,)))

    assert fetcher.get(url).body == LIST
    assert [at for at, _, path, _ in register.asked if path == "/list"] == [2.0, 62.0, 150.0]


def test_a_pause_asked_of_one_thread_holds_for_all(register: Register, fetcher: Fetcher) -> None:
    busy = register.says("/busy", Reply(status=429, headers={"Retry-After": "50"}), Reply(chunks=(LIST,)))
    other = register.says("/other", Reply(chunks=(LIST,)))
    fetcher.get(other)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(fetcher.get, [busy, other, other]))

    refused = next(at for at, _, path, _ in register.asked if path == "/busy")
    assert all(at <= refused or at >= refused + 50 for at, *_ in register.asked)


@pytest.mark.parametrize(
    ("status", "error"),
    [(429, Blocked), (500, Unreachable), (502, Unreachable), (503, Unreachable), (504, Unreachable)],
)
def test_trouble_that_does_not_pass_ends_after_four_tries(
    register: Register, fetcher: Fetcher, status: int, error: type[SourceError]
) -> None:
    url = register.says("/list", Reply(status=status, chunks=(b"<h1>Site en maintenance</h1>",)))

    with refuses(error, match=f"{url}: expected a document; found status {status} at each try"):
        fetcher.get(url)
    assert [at for at, _, path, _ in register.asked if path == "/list"] == [2.0, 7.0, 17.0, 37.0]


@pytest.mark.parametrize("after", ["7200", "Tue, 24 Nov 2026 11:00:02 GMT"])
def test_a_long_pause_is_told_and_remembered_not_slept(
    register: Register, fetcher: Fetcher, clock: Clock, after: str
) -> None:
    url = register.says("/list", Reply(status=503, headers={"Retry-After": after}), Reply(chunks=(LIST,)))

    with refuses(Unreachable, match="not to come back before 2026-11-24 11:00 UTC"):
        fetcher.get(url)
    with refuses(Unreachable, match="not to come back before 2026-11-24 11:00 UTC"):
        fetcher.get(url)
    assert register.paths() == ["/robots.txt", "/list"]

    clock.sleep(7200.0)
    assert fetcher.get(url).body == LIST


def test_a_slip_in_retry_after_closes_a_host_for_a_day_at_most(
    register: Register, fetcher: Fetcher, clock: Clock
) -> None:
    url = register.says(
        "/list", Reply(status=429, headers={"Retry-After": "9" * 5000}), Reply(chunks=(LIST,))
    )
    with refuses(Unreachable, match="before 2026-11-25 09:00 UTC"):
        fetcher.get(url)
    clock.sleep(86_400.0)

    assert fetcher.get(url).body == LIST


@pytest.mark.parametrize("after", ["soon", "-5", "²", "Tue, 99 Nov 2026 99:00:00 GMT", ""])
def test_a_retry_after_without_sense_is_not_obeyed(register: Register, fetcher: Fetcher, after: str) -> None:
    headers = {"Retry-After": after.encode().decode("latin-1")}
    url = register.says("/list", Reply(status=503, headers=headers), Reply(chunks=(LIST,)))

    assert fetcher.get(url).body == LIST


def test_a_broken_connection_is_tried_again(fetcher_on: Fetchers) -> None:
    left = [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("closed")]

    def network(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        if left:
            raise left.pop()
        return httpx.Response(200, content=LIST)

    assert fetcher_on(network).get("https://register.example/list").body == LIST


def test_tries_end_when_they_took_too_long(fetcher_on: Fetchers, clock: Clock) -> None:
    asked = []

    def network(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        asked.append(request)
        clock.sleep(200.0)
        raise httpx.ReadTimeout("timed out")

    with refuses(Unreachable, match="ReadTimeout"):
        fetcher_on(network).get("https://register.example/list")
    assert len(asked) == 2


@pytest.mark.parametrize("status", [404, 410])
def test_a_gone_page_is_not_tried_again(register: Register, fetcher: Fetcher, status: int) -> None:
    url = register.says("/list", Reply(status=status, chunks=(b"<h1>Page introuvable</h1>",)))

    with refuses(Unreachable, match="gone: the address may have moved; set VIGILABEL_SOURCES__"):
        fetcher.get(url)
    assert register.paths().count("/list") == 1


@pytest.mark.parametrize("status", [202, 204, 206, 300, 305, 400, 405, 418, 501])
def test_any_other_status_is_no_document(fetcher_on: Fetchers, status: int) -> None:
    with refuses(Unreachable, match=f"expected a document; found status {status}"):
        fetcher_on(lambda r: httpx.Response(404 if r.url.path == "/robots.txt" else status)).get(
            "https://r.example/l"
        )


# --- bounds


def test_a_gzip_body_is_inflated(register: Register, fetcher: Fetcher) -> None:
    url = register.says("/list", Reply(headers={"Content-Encoding": "gzip"}, chunks=(gzip.compress(LIST),)))

    assert fetcher.get(url, expect="html").body == LIST


def test_a_bomb_stops_at_the_limit(register: Register, fetcher_on: Fetchers) -> None:
    bomb = zlib.compressobj(9, wbits=31)
    packed = b"".join(bomb.compress(bytes(1 << 20)) for _ in range(64)) + bomb.flush()
    url = register.says("/bomb", Reply(headers={"Content-Encoding": "gzip"}, chunks=(packed,)))
    fetcher = fetcher_on(limit=4 << 20)

    tracemalloc.start()
    with refuses(Unreachable, match="expected at most 4194304 bytes; found more"):
        fetcher.get(url)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 24 << 20


def test_a_document_announced_too_large_is_not_read(register: Register, fetcher_on: Fetchers) -> None:
    url = register.says("/list", Reply(headers={"Content-Length": "999999999"}, chunks=(LIST,)))

    with refuses(Unreachable, match="found 999999999 announced"):
        fetcher_on().get(url)


def test_a_drip_ends_at_the_deadline(fetcher_on: Fetchers, clock: Clock) -> None:
    class Drip(httpx.SyncByteStream):
        def __iter__(self):  # type: ignore[no-untyped-def]
            while True:
                clock.sleep(10.0)
                yield b"x"

    def network(request: httpx.Request) -> httpx.Response:
        return (
            httpx.Response(404) if request.url.path == "/robots.txt" else httpx.Response(200, stream=Drip())
        )

    with refuses(Unreachable, match="expected the whole document in time; found 13 bytes so far"):
        fetcher_on(network).get("https://register.example/list")
    assert clock.seconds < 140


def test_a_short_body_is_no_document(register: Register, fetcher: Fetcher) -> None:
    url = register.says("/list", Reply(chunks=(LIST,), cut=100), Reply(chunks=(LIST,)))
    assert fetcher.get(url).body == LIST

    register.says("/list", Reply(chunks=(LIST,), cut=100))
    with refuses(Unreachable, match="peer closed connection without sending complete message body"):
        fetcher.get(url)


def test_a_cut_gzip_body_is_no_document(register: Register, fetcher: Fetcher) -> None:
    url = register.says(
        "/list", Reply(headers={"Content-Encoding": "gzip"}, chunks=(gzip.compress(LIST)[:-9],))
    )

    with refuses(Unreachable, match="found one that ends early"):
        fetcher.get(url)


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip"])
def test_an_encoding_we_did_not_ask_for_is_refused(
    register: Register, fetcher: Fetcher, encoding: str
) -> None:
    url = register.says("/list", Reply(headers={"Content-Encoding": encoding}, chunks=(LIST,)))

    with refuses(Unreachable, match="expected gzip or no encoding; found content-encoding"):
        fetcher.get(url)
    assert register.paths().count("/list") == 1


# --- conditional requests


def test_an_unchanged_document_is_a_page_of_today_with_the_kept_bytes(
    register: Register, fetcher: Fetcher, clock: Clock
) -> None:
    since = "Mon, 23 Nov 2026 08:00:00 GMT"
    first = Reply(
        headers={"ETag": 'W/"a1"', "Last-Modified": since, "Content-Type": "text/html"}, chunks=(LIST,)
    )
    unchanged = Reply(status=304, headers={"ETag": 'W/"a2"', "Content-Length": "0"}, chunks=())
    url = register.says("/list", first, unchanged)
    kept = fetcher.get(url, expect="html")
    clock.sleep(3600.0)

    page = fetcher.get(url, expect="html", kept=kept)
    again = fetcher.get(url, expect="html", kept=page)

    asked = [headers for _, _, path, headers in register.asked if path == "/list"]
    assert "if-none-match" not in asked[0]
    assert (asked[1]["if-none-match"], asked[1]["if-modified-since"]) == ('W/"a1"', since)
    assert asked[2]["if-none-match"] == 'W/"a2"'
    assert (page.status, page.body, page.content_type, page.url) == (304, LIST, "text/html", url)
    assert page.fetched_at > kept.fetched_at
    assert dict(page.headers)["content-length"] == str(len(LIST))
    assert again.body == LIST


def test_a_server_that_says_for_ever_that_nothing_changed_is_asked_for_the_whole_now_and_then(
    register: Register, fetcher: Fetcher, clock: Clock
) -> None:
    tagged = {"ETag": '"a1"', "Content-Type": "text/html"}
    url = register.says("/list", Reply(headers=tagged, chunks=(LIST,)))
    kept = fetcher.get(url)
    conditional = []
    for _ in range(28):
        clock.sleep(12 * 3600.0)
        before = len(register.asked)
        register.says("/list", Reply(status=304, chunks=()))
        try:
            page = fetcher.get(url, kept=kept)
        except Unreachable:  # the fake says 304 to whom did not ask for it
            page = None
        asked = [headers for _, _, path, headers in register.asked[before:] if path == "/list"]
        conditional.append("if-none-match" in asked[0])
        assert (page is not None) == conditional[-1]
    whole = [at for at, asked_if in enumerate(conditional) if not asked_if]
    assert whole
    assert max(b - a for a, b in pairwise([-1, *whole, 28])) <= 6, "never blind for longer than three days"
    assert sum(conditional) > len(conditional) / 2


def test_a_page_that_was_unchanged_says_since_when_its_bytes_are_whole(
    register: Register, fetcher: Fetcher, clock: Clock
) -> None:
    unchanged = Reply(status=304, headers={"Content-Length": "0"}, chunks=())
    url = register.says("/list", Reply(headers={"ETag": '"a1"'}, chunks=(LIST,)), unchanged)
    kept = fetcher.get(url)
    clock.sleep(3600.0)
    page = fetcher.get(url, kept=fetcher.get(url, kept=kept))
    assert dict(page.headers)["x-vigilabel-whole"] == kept.fetched_at.isoformat()


# --- a look ends in time


SLOW = Reply(status=429, headers={"Retry-After": "100"})


def test_a_register_that_slows_us_at_every_page_ends_the_look_within_its_bound(
    register: Register, fetcher: Fetcher, clock: Clock
) -> None:
    urls = [register.says(f"/list/{n}", SLOW, Reply(chunks=(LIST,))) for n in range(27)]
    deadline = fetcher.deadline(600.0)

    with refuses(Unreachable, match=r"a look of at most 10 minutes; found .*DEADLINE") as error:
        [fetcher.get(url, deadline=deadline) for url in urls]

    assert "the next one asks again" in spoken(error.value)
    assert clock.seconds <= 600.0


def test_a_register_that_is_busy_to_the_end_says_so_with_the_bound(
    register: Register, fetcher: Fetcher, clock: Clock
) -> None:
    url = register.says("/list", SLOW)

    with refuses(Unreachable, match="at most 3 minutes; found"):
        fetcher.get(url, deadline=fetcher.deadline(180.0))

    assert clock.seconds <= 180.0


def test_a_register_that_asks_us_to_stay_away_for_days_ends_the_look_at_once(
    register: Register, fetcher: Fetcher, clock: Clock
) -> None:
    url = register.says("/list", Reply(status=429, headers={"Retry-After": "864000"}))

    with refuses(Unreachable, match="not to come back before 2026-11-25 09:00 UTC"):
        fetcher.get(url, deadline=fetcher.deadline())

    assert clock.seconds < 10


def test_a_pause_that_robots_txt_asks_for_ends_a_long_look_as_well(
    register: Register, fetcher: Fetcher, clock: Clock
) -> None:
    register.says("/robots.txt", Reply(chunks=(b"User-agent: *\nCrawl-delay: 60\n",)))
    urls = [register.says(f"/list/{n}", Reply(chunks=(LIST,))) for n in range(27)]
    deadline = fetcher.deadline(600.0)

    with refuses(Unreachable, match="asking us to wait 60 s more"):
        [fetcher.get(url, deadline=deadline) for url in urls]

    assert clock.seconds <= 600.0


def test_a_kept_page_of_another_address_is_not_asked_about(
    register: Register, fetcher: Fetcher, clock: Clock
) -> None:
    kept = Page(
        url="https://elsewhere.example/", body=b"old", fetched_at=clock.now(), headers=(("etag", '"x"'),)
    )
    url = register.says("/list", Reply(status=304, chunks=()))

    with refuses(Unreachable, match="found status 304, which was not asked for"):
        fetcher.get(url, kept=kept)
    assert "if-none-match" not in register.asked[-1][3]


# --- redirects


def test_a_redirect_on_the_host_is_followed_paced_and_written_down(
    register: Register, fetcher: Fetcher
) -> None:
    new = register.says("/new", Reply(chunks=(LIST,)))
    register.says("/mid", Reply(status=302, headers={"Location": "/new"}))
    old = register.says("/old", Reply(status=301, headers={"Location": "mid#part"}))

    page = fetcher.get(old)

    assert (page.requested_url, page.url, page.body) == (old, new, LIST)
    mid = new.replace("/new", "/mid")
    assert [v for n, v in page.headers if n == "x-vigilabel-redirect"] == [f"301 {mid}", f"302 {new}"]
    assert moved_to(page) == mid
    assert [at for at, *_ in register.asked] == [0.0, 2.0, 4.0, 6.0]


def test_a_redirect_to_another_host_is_left_to_a_person(register: Register, fetcher: Fetcher) -> None:
    there = register.says("/there", Reply(chunks=(LIST,))).replace("127.0.0.1", "localhost")
    here = register.says("/here", Reply(status=301, headers={"Location": there}))

    with pytest.raises(Blocked) as refused:
        fetcher.get(here)
    assert here in spoken(refused.value)
    assert there in spoken(refused.value)
    assert "/there" not in register.paths()

    page = fetcher.get(here, allow_hosts=frozenset({"localhost"}))
    assert (page.url, moved_to(page)) == (there, there)
    asked = [(host.partition(":")[0], path) for _, host, path, _ in register.asked[-2:]]
    assert asked == [("localhost", "/robots.txt"), ("localhost", "/there")]


def test_a_circle_of_redirects_ends(register: Register, fetcher: Fetcher) -> None:
    url = register.says("/round", Reply(status=302, headers={"Location": "/round"}))

    with refuses(Unreachable, match="expected at most 5 redirects"):
        fetcher.get(url)
    assert register.paths().count("/round") == 6


@pytest.mark.parametrize("location", ["http://r.example/l", "javascript:alert(1)", "http://[::1", ""])
def test_a_redirect_that_gives_up_tls_or_leads_nowhere_is_not_followed(
    fetcher_on: Fetchers, location: str
) -> None:
    def network(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        return httpx.Response(302, headers={"Location": location})

    with refuses(Unreachable, match=r"^https://r\.example/l: expected"):
        fetcher_on(network).get("https://r.example/l")


def test_an_upgrade_to_https_is_followed(fetcher_on: Fetchers) -> None:
    def network(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        if request.url.scheme == "http":
            return httpx.Response(301, headers={"Location": "https://r.example/l"})
        return httpx.Response(200, content=LIST)

    assert fetcher_on(network).get("http://r.example/l").url == "https://r.example/l"


# --- robots.txt


def test_robots_closes_what_it_names_and_sets_the_pace(register: Register, fetcher: Fetcher) -> None:
    robots = register.says("/robots.txt", Reply(chunks=(CLOSED,)))
    url = register.says("/list", Reply(chunks=(LIST,)))
    closed = register.says("/private-list.html", Reply(chunks=(LIST,)))

    fetcher.get(url)
    with refuses(Blocked, match=r"closed by http://127\.0\.0\.1:\d+/robots\.txt; save the page in a browser"):
        fetcher.get(closed)

    assert register.paths() == ["/robots.txt", "/list"]
    assert register.asked[1][0] == 9.0
    [page] = fetcher.robots_pages()
    assert (page.url, page.body, page.status) == (robots, CLOSED, 200)


def test_robots_holds_behind_a_redirect_too(register: Register, fetcher: Fetcher) -> None:
    register.says("/robots.txt", Reply(chunks=(CLOSED.replace(b"vigilabel", b"other"),)))
    register.says("/connexion", Reply(chunks=(LIST,)))
    url = register.says("/list", Reply(status=302, headers={"Location": "/connexion"}))

    with refuses(Blocked, match="/connexion: expected an open address"):
        fetcher.get(url)
    assert "/connexion" not in register.paths()


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_host_without_robots_is_open(register: Register, fetcher: Fetcher, status: int) -> None:
    register.says("/robots.txt", Reply(status=status, chunks=(b"no",)))

    assert fetcher.get(register.says("/list", Reply(chunks=(LIST,)))).body == LIST
    assert [page.status for page in fetcher.robots_pages()] == [status]


@pytest.mark.parametrize("status", [204, 429, 500, 503])
def test_a_host_whose_robots_cannot_be_had_is_closed_this_time(
    register: Register, fetcher: Fetcher, status: int
) -> None:
    register.says("/robots.txt", Reply(status=status, chunks=()))
    url = register.says("/list", Reply(chunks=(LIST,)))

    with refuses(Unreachable, match=r"nothing is asked before its robots\.txt was read"):
        fetcher.get(url)
    assert "/list" not in register.paths()

    register.says("/robots.txt", Reply(status=404))
    assert fetcher.get(url).body == LIST


def test_robots_is_read_again_after_a_day(register: Register, fetcher: Fetcher, clock: Clock) -> None:
    url = register.says("/list", Reply(chunks=(LIST,)))
    fetcher.get(url)
    clock.sleep(86_000.0)
    fetcher.get(url)
    assert register.paths().count("/robots.txt") == 1
    clock.sleep(1_000.0)
    fetcher.get(url)

    assert register.paths().count("/robots.txt") == 2


def test_a_clock_set_back_opens_what_a_clock_ahead_had_shut(
    register: Register, fetcher_on: Fetchers, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead, right = [timedelta(days=900)], clock.now
    monkeypatch.setattr(clock, "now", lambda: right() + ahead[0])
    fetcher = fetcher_on()
    url = register.says("/list", Reply(status=429, headers={"Retry-After": "864000"}), Reply(chunks=(LIST,)))
    with refuses(Unreachable, match="not to come back before 2029"):
        fetcher.get(url)
    ahead[0] = timedelta(0)
    assert fetcher.get(url).body == LIST
    assert register.paths().count("/robots.txt") == 2


# --- what stands in place of a document


@pytest.mark.parametrize("status", [200, 404, 429, 503])
def test_a_challenge_is_blocked_at_once_and_names_the_way_out(
    register: Register, fetcher: Fetcher, status: int
) -> None:
    url = register.says("/list", Reply(status=status, chunks=(WALL,)))

    with refuses(
        Blocked, match=r"just a moment.*save the page in a browser and `vigilabel import SOURCE FILE`"
    ):
        fetcher.get(url, expect="html")
    assert register.paths().count("/list") == 1


@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_refusal_is_blocked_whatever_its_body(register: Register, fetcher: Fetcher, status: int) -> None:
    url = register.says("/list", Reply(status=status, headers={"Content-Encoding": "br"}, chunks=(b"\x00",)))

    with refuses(Blocked, match=f"found status {status}: automatic reading is refused"):
        fetcher.get(url)


@pytest.mark.parametrize(("name", "value"), [("cf-mitigated", "challenge"), ("x-amzn-waf-action", "captcha")])
def test_a_challenge_that_says_so_in_its_headers_is_blocked(
    register: Register, fetcher: Fetcher, name: str, value: str
) -> None:
    url = register.says("/list", Reply(status=202, headers={name: value}, chunks=(b"",)))

    with refuses(Blocked, match=f"{name}: {value}"):
        fetcher.get(url)


def test_a_page_of_html_under_the_name_of_a_pdf_is_no_document(register: Register, fetcher: Fetcher) -> None:
    guides = LIST.replace(b"Liste", b"Guides ANSSI").replace(b"OVH", MENU)
    url = register.says("/c.pdf", Reply(headers={"Content-Type": "application/pdf"}, chunks=(guides,)))

    with refuses(Unreachable, match="expected a document in PDF; found an HTML page titled 'Guides ANSSI'"):
        fetcher.get(url, expect="pdf")


@pytest.mark.parametrize("body", [PDF[:-60], PDF[:10]])
def test_a_truncated_pdf_is_no_document(register: Register, fetcher: Fetcher, body: bytes) -> None:
    url = register.says("/c.pdf", Reply(chunks=(body,)))

    with refuses(Unreachable, match="without %%EOF at their end"):
        fetcher.get(url, expect="pdf")


def test_a_whole_pdf_is_a_document(register: Register, fetcher: Fetcher) -> None:
    assert fetcher.get(register.says("/c.pdf", Reply(chunks=(PDF,))), expect="pdf").body == PDF


@pytest.mark.parametrize("expect", ["pdf", "html", "xml", "json", None])
@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_an_empty_body_is_no_document(
    register: Register, fetcher: Fetcher, expect: None, body: bytes
) -> None:
    with refuses(Unreachable, match="found an empty body"):
        fetcher.get(register.says("/list", Reply(chunks=(body,))), expect=expect)


# --- the border


@pytest.mark.parametrize(
    "url",
    ["", "ftp://r.example/", "https:///list", "https://r.example:port/", "file:///etc/passwd", "http://[::1"],
)
def test_an_address_that_is_none_is_said_so(fetcher_on: Fetchers, url: str) -> None:
    with refuses(Unreachable, match="expected an http or https address"):
        fetcher_on(lambda _: httpx.Response(200)).get(url)


def test_an_untrusted_certificate_is_not_tried_again(fetcher_on: Fetchers) -> None:
    import ssl

    asked = []

    def network(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ConnectError("certificate verify failed") from ssl.SSLCertVerificationError("self-signed")

    with refuses(Unreachable, match="TLS is always verified"):
        fetcher_on(network).get("https://register.example/list")
    assert len(asked) == 1


def test_a_dead_register_is_unreachable(fetcher: Fetcher) -> None:
    with refuses(Unreachable, match="ConnectError"):
        fetcher.get("http://127.0.0.1:9/list")


def test_what_is_secret_in_an_address_is_in_no_error_and_no_log(
    register: Register, fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = register.says("/list?letter=B&token=hunter2", Reply(status=503))
    to = register.says("/go", Reply(status=302, headers={"Location": "/list?letter=B&token=hunter2"}))

    for asked in (url, to):
        with refuses(Unreachable, match="") as refused:
            fetcher.get(asked)
        assert "/list?letter=B&token=***" in spoken(refused.value)
        assert "hunter2" not in f"{spoken(refused.value)} {refused.value!r} {refused.value}"
    with refuses(Unreachable, match="without user name or password") as refused:
        fetcher.get(url.replace("127", "me:hunter2@127"))
    assert "hunter2" not in spoken(refused.value)
    assert "me" not in spoken(refused.value).partition(":")[0]
    assert "hunter2" not in caplog.text
    assert "GET http://127.0.0.1" in caplog.text


MENU = b"".join(b'<a href="/%d">Guide %d</a> ' % (n, n) for n in range(20))


def test_every_further_try_is_told_with_its_address_reason_and_wait(
    register: Register, fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    busy = Reply(status=503)
    url = register.says("/list?token=hunter2", busy, busy, Reply(chunks=(LIST,)))
    heard: list[tuple[str, object, float]] = []

    def retried(address: str, error: SourceError, wait: float) -> None:
        heard.append((address, error.reason.values["status"], wait))

    fetcher.get(url, retried=retried)
    assert [(status, wait) for _, status, wait in heard] == [(503, 5.0), (503, 10.0)]
    assert all("/list" in address and "hunter2" not in address for address, _, _ in heard)
    assert "retry" not in caplog.text


def test_the_last_try_promises_no_other(register: Register, fetcher: Fetcher) -> None:
    url = register.says("/list", *[Reply(status=503)] * 8)
    heard: list[float] = []
    with refuses(Unreachable, match="status 503"):
        fetcher.get(url, retried=lambda address, error, wait: heard.append(wait))
    assert heard == [5.0, 10.0, 20.0]
