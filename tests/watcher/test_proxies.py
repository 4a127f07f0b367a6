"""Proxies as container runtimes and administrators set them: every client is told the same, nobody dies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from command_line import SOURCE, CommandLine
from refusals import refuses

from notifiers.heartbeat import Heartbeat
from notifiers.notifier import DeliveryError
from scrapers.source import Misset
from scrapers.wire.fetch import make_client
from scrapers.wire.proxies import proxies
from watcher.demo.register import replaying
from watcher.slack.workspace import Workspace

PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("excepted", "direct", "proxied"),
    [
        ("::1/128,fd00::/8", "http://[fd12::1]/x", "http://[2001:db8::1]/x"),
        ("[::1]", "http://[::1]:8000/x", "http://[::2]/x"),
        ("[fd00::]/8", "https://[fdff::2]/", "https://register.test/"),
        ("10.0.0.0/8, 192.168.1.1", "http://10.20.30.40/", "http://192.168.1.2/"),
        ("localhost .svc .cluster.local", "https://api.cluster.local/", "https://cluster.local.test/"),
        ("example.com", "https://www.example.com/", "https://wwwexample.com/"),
        ("*.example.com", "https://example.com/", "https://example.org/"),
        ("register.test:8080", "http://register.test:8080/", "http://register.test/"),
        ("[::1]:8080", "http://[::1]:8080/", "http://[::1]/"),
        ("Register.Test", "https://REGISTER.test/", "https://other.test/"),
    ],
)
def test_what_needs_no_proxy_is_read_in_every_spelling(excepted: str, direct: str, proxied: str) -> None:
    found = proxies({"ALL_PROXY": PROXY, "no_proxy": excepted})
    assert (found.of(direct), found.of(proxied)) == (None, PROXY)


def test_a_star_means_no_proxy_at_all() -> None:
    assert proxies({"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}).of("https://register.test") is None


def test_lower_case_wins_and_each_kind_of_address_has_its_own() -> None:
    found = proxies({"https_proxy": "low:1", "HTTPS_PROXY": "high:1", "HTTP_PROXY": "[::1]:3128"})
    assert found.of("https://register.test") == "http://low:1"
    assert found.of("http://register.test") == "http://[::1]:3128"
    assert proxies({"HTTPS_PROXY": " "}).of("https://register.test") is None


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        (
            {"ALL_PROXY": "socks5h://user:hunter2@127.0.0.1:1080"},
            "ALL_PROXY: expected an HTTP proxy (http://host:port); found a SOCKS proxy; set HTTP_PROXY and "
            "HTTPS_PROXY to an HTTP proxy, or unset ALL_PROXY",
        ),
        (
            {"HTTPS_PROXY": "ftp://hunter2@proxy"},
            "HTTPS_PROXY: expected an HTTP proxy (http://host:port); found ftp://; set HTTPS_PROXY to an "
            "HTTP proxy, or unset HTTPS_PROXY",
        ),
        *(
            (
                {"HTTPS_PROXY": value},
                "HTTPS_PROXY: expected http://host:port ([…] around an IPv6 address); found another form",
            )
            for value in (
                "::1",
                "http://",
                "http://hunter2@proxy:port",
                "http://proxy:99999",
                "http://[::1",
                "http:/proxy:3128",
            )
        ),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_without_its_secret(
    environ: Mapping[str, str], said: str
) -> None:
    with refuses(Misset, match=f"^{re.escape(said)}$"):
        proxies(environ)


def test_the_way_out_named_for_a_socks_proxy_is_one() -> None:
    found = proxies({"ALL_PROXY": "socks5://x:1", "HTTP_PROXY": PROXY, "HTTPS_PROXY": PROXY})
    assert found.of("https://register.test") == PROXY


class Asked(list[str]):
    """What a proxy was asked for; it refuses all but plain addresses."""

    address = ""


@pytest.fixture
def proxy() -> Iterator[Asked]:
    asked = Asked()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def do_CONNECT(self) -> None:
            asked.append(f"CONNECT {self.path}")
            self.send_error(503)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        asked.address = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield asked
        server.shutdown()


def test_registers_slack_and_the_heartbeat_go_by_the_same_proxy(proxy: Asked) -> None:
    found = proxies({"HTTP_PROXY": proxy.address, "HTTPS_PROXY": proxy.address, "NO_PROXY": "::1/128"})
    with make_client("", proxy_of=found.of) as client:
        assert client.get("http://register.test/list").text == "ok"
    assert Heartbeat(url="http://beat.test/x", proxy=found.of("http://beat.test/x")).ping()
    slack = Workspace(token="xoxb-1", base_url="https://slack.test/api/", proxy_of=found.of)
    with pytest.raises(DeliveryError):
        slack.ask(lambda client: client.auth_test())
    assert proxy[:2] == ["http://register.test/list", "http://beat.test/x"]
    assert set(proxy[2:]) == {"CONNECT slack.test:443"}


def test_a_question_is_answered_whatever_the_proxy_and_a_look_says_what_is_wrong(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.see("2026-03-04")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    assert cli("sources").exit_code == 0
    for words in (("scrape",), ("scrape", "--dry-run"), ("run",), ("run", "--once"), ("doctor", SOURCE)):
        ended = cli(*words)
        assert (ended.exit_code, ended.stdout) == (1, "")
        assert ended.stderr.startswith("vigilabel: ALL_PROXY: expected an HTTP proxy")
        assert ended.stderr.count("\n") == 1


def test_a_range_in_no_proxy_stops_no_look(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.0/8,::1/128,fd00::/8")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("VIGILABEL_SOURCES__ANSSI_CATALOGUE__PACE", "0")
    with replaying("/list") as register:
        register.show(b"edition 2026-03-04\n", "text/plain")
        monkeypatch.setenv("VIGILABEL_SOURCES__ANSSI_CATALOGUE__URL", register.url)
        ended = cli("scrape")
    assert (ended.exit_code, ended.stderr) == (0, "")


def test_a_contact_that_no_header_can_hold_is_one_line(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGILABEL_CONTACT", "équipe@exemple.fr")
    ended = cli("scrape")
    assert (ended.exit_code, ended.stderr.count("\n")) == (1, 1)
    assert ended.stderr.startswith("vigilabel: VIGILABEL_CONTACT: expected printable ASCII")
