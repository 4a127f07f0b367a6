"""The whole program as an operator runs it: processes, a register and a Slack on the loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from click.testing import CliRunner
from fake_slack import FakeSlack

from watcher.cli import vigilabel

FIXTURES = Path(__file__).parent / "fixtures" / "anssi_catalogue"
DECEMBER, MARCH = (FIXTURES / f"catalogue-{day}.pdf" for day in ("2025-12-05", "2026-03-04"))
VIGILABEL = Path(sys.executable).with_name("vigilabel")
IN_CHILDREN = pytest.mark.usefixtures("reading_room")
"""A child for each reading costs most of such a test: one test of many looks has them."""
OTHER_SOURCES = ("TL_FR", "ANS_HDS", "ANSSI_PENDING")


class Register:
    """Serves one document; `body` and `kind` can change between two looks."""

    def __init__(self) -> None:
        self.body, self.kind, self.status, self.served = b"", "application/pdf", 200, 0
        register = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = self.path == "/catalogue.pdf"
                body = register.body if known else b""
                register.served += known
                self.send_response(register.status if known else 404)
                self.send_header("Content-Type", register.kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def shows(self, body: bytes, kind: str = "application/pdf", status: int = 200) -> None:
        self.body, self.kind, self.status = body, kind, status

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def register() -> Iterator[Register]:
    serving = Register()
    yield serving
    serving.close()


class Operator:
    """Somebody with a shell: runs vigilabel on one state, against this register and this Slack."""

    def __init__(self, place: Path, register: Register, slack: FakeSlack) -> None:
        self.place = place
        self.environment = {
            "PATH": os.environ["PATH"],
            "VIGILABEL_STATE": str(place / "vigilabel.db"),
            "VIGILABEL_SOURCES__ANSSI_CATALOGUE__URL": (
                f"http://127.0.0.1:{register.server.server_port}/catalogue.pdf"
            ),
            "VIGILABEL_SOURCES__ANSSI_CATALOGUE__PACE": "0",
            "VIGILABEL_OPERATORS": "COPS",
            "SLACK_BOT_TOKEN": "xoxb-fake",
            "VIGILABEL_SLACK__BASE_URL": slack.api_url,
            **{f"VIGILABEL_SOURCES__{name}__ENABLED": "false" for name in OTHER_SOURCES},
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(VIGILABEL), *words],
            cwd=self.place,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *words: str, code: int = 0) -> str:
        """One command, in this process to spare its start; what it printed on standard output."""
        result = CliRunner(env=self.environment).invoke(vigilabel, list(words), catch_exceptions=False)
        assert result.exit_code == code, f"{words}: {result.exit_code}\n{result.output}"
        assert "Traceback" not in result.stderr
        return result.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--format", "json"))

    def state(self, *options: str) -> dict[str, Any]:
        [source] = [one for one in self.json(*options, "sources") if one["source"] == "anssi-catalogue"]
        return dict(source)


@pytest.fixture
def operator(tmp_path: Path, register: Register, fake_slack: FakeSlack) -> Operator:
    return Operator(tmp_path, register, fake_slack)


def told(slack: FakeSlack, channel: str) -> Counter[str]:
    posts = slack.received(channel)
    return Counter(
        event
        for post in posts
        for event in str(post["metadata"]["event_payload"]["events"]).split(",")
        if event
    )


WATCHED = ("secnumcloud", "passi")


def wanted(operator: Operator) -> set[str]:
    """The events that a subscription to two labels is told: of normal weight and above, and not silent."""
    history = operator.json("history")
    return {
        str(one["id"])
        for one in history
        if one["cause"] in ("register", "calendar") and one["weight"] != "low" and one["label"] in WATCHED
    }


@IN_CHILDREN
@pytest.mark.usefixtures("paced")
def test_each_change_is_told_exactly_once_in_slack_and_on_the_console(
    operator: Operator, register: Register, fake_slack: FakeSlack
) -> None:
    operator.run("subscribe", *WATCHED, "--channel", "C0WATCH")
    operator.run("subscribe", "secnumcloud", "--channel", "console")
    register.shows(DECEMBER.read_bytes())
    operator.run("--now", "2025-12-05T18:00", "run", "--once")
    assert fake_slack.received("C0WATCH") == []

    register.shows(MARCH.read_bytes())
    fake_slack.answer(500, method="chat.postMessage", times=2)
    out = operator.run("--now", "2026-03-04T18:00", "run", "--once", code=1)
    assert out.count("Thales Cloud Sécurisé") == 1
    assert told(fake_slack, "C0WATCH") != Counter(wanted(operator)), "something is still owed"
    operator.run("--now", "2026-03-04T18:01", "deliver")
    assert told(fake_slack, "C0WATCH") == Counter(wanted(operator))

    out = operator.run("--now", "2026-03-05T18:00", "run", "--once")
    assert "Thales Cloud Sécurisé" not in out
    assert told(fake_slack, "C0WATCH") == Counter(wanted(operator))
    assert register.served == 3


def test_run_looks_at_once_and_stops_cleanly_when_asked(
    operator: Operator, register: Register, fake_slack: FakeSlack
) -> None:
    operator.run("subscribe", "s3ns", "--channel", "C0WATCH")
    for edition in (DECEMBER, MARCH):
        register.shows(edition.read_bytes())
        served = register.served
        process = operator.start("run")
        try:
            _wait_for(lambda before=served: register.served > before)
            # Asked to end, a look has seconds left: on a slow machine it would be given up.
            _wait_for(lambda: operator.state()["rows"], pause=0.3)  # a question is work as well
            if edition == MARCH:
                _wait_for(lambda: bool(fake_slack.received("C0WATCH")))
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
        assert process.returncode == 0, err
        assert "Traceback" not in err
    assert operator.state()["rows"]["secnumcloud"] == 17
    [post] = fake_slack.received("C0WATCH")
    assert "S3NS" in post["text"]


def _wait_for(condition: Any, seconds: float = 60, pause: float = 0.05) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(pause)


def pages_of(pdf: Path, keep: range) -> bytes:
    """The document with some of its pages only; its outline is lost, as after a careless edit."""
    import io

    with pdfium.PdfDocument(pdf) as whole, pdfium.PdfDocument.new() as part:
        part.import_pages(whole, [page for page in range(len(whole)) if page in keep])
        part.save(out := io.BytesIO())
    return out.getvalue()


BAD = {
    "a maintenance page": (b"<html><h1>Site en maintenance</h1>" + b"<p>Merci</p>" * 50, "text/html", 200),
    "an HTML page named .pdf": (b"<!DOCTYPE html><title>Guides ANSSI</title>" * 170, "application/pdf", 200),
    "a truncated PDF": (MARCH.read_bytes()[:-100_000], "application/pdf", 200),
    "a challenge": (b"<title>Just a moment...</title><div class='cf-chl-widget'></div>", "text/html", 403),
    "an address that is gone": (b"", "text/html", 404),
    "pages without chapter 3": (pages_of(MARCH, range(35)), "application/pdf", 200),
    "an older edition": (DECEMBER.read_bytes(), "application/pdf", 200),
}


PASSING = {
    "a challenge",
    "an address that is gone",
    "a maintenance page",
    "an HTML page named .pdf",
    "a truncated PDF",
}
"""What is never fetched as a document: operators hear of the third failure."""


def test_no_bad_page_is_ever_a_change_and_operators_hear_once_each_way(
    operator: Operator, register: Register, fake_slack: FakeSlack
) -> None:
    register.shows(MARCH.read_bytes())
    operator.run("--now", "2026-03-05", "run", "--once")
    heard = len(fake_slack.received("COPS"))
    for n, (what, (body, kind, status)) in enumerate(BAD.items()):
        register.shows(body, kind, status)
        for hour in (8, 13, 18) if what in PASSING else (18,):
            operator.run("--now", f"2026-03-{6 + n:02}T{hour:02}:00", "run", "--once", code=1)
        state = operator.state()
        assert state["state"] in ("unreachable", "blocked", "layout_changed", "doubtful"), what
        assert state["message"], what
        register.shows(MARCH.read_bytes())
        evening = ("--now", f"2026-03-{6 + n:02}T23:00")
        operator.run(*evening, "run", "--once")
        assert operator.state(*evening)["state"] == "ok", what
        heard += 2
        assert len(fake_slack.received("COPS")) == heard, f"{what}: told once, recovery told once"
    assert {one["cause"] for one in operator.json("history")} == {"baseline", "calendar"}


def test_a_step_before_the_end_is_told_once_and_the_end_as_well(
    operator: Operator, register: Register, fake_slack: FakeSlack
) -> None:
    operator.run("subscribe", "outscale", "--channel", "C0WATCH")
    register.shows(MARCH.read_bytes())
    operator.run("--now", "2026-03-05", "run", "--once")
    for day in ("2026-11-24", "2026-11-25", "2026-12-01", "2026-12-02"):
        operator.run("--now", day, "run", "--once")
    kinds = [
        one["kind"] for one in operator.json("history", "--provider", "outscale", "--since", "2026-04-01")
    ]
    assert kinds == ["expired", "expiring"]
    assert len(fake_slack.received("C0WATCH")) == 2


def test_a_stop_does_not_wait_for_a_register_that_is_down(operator: Operator, register: Register) -> None:
    register.shows(b"", "text/html", 503)
    process = operator.start("run", "--no-web")
    try:
        _wait_for(lambda: register.served > 0)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, err
    assert operator.state()["state"] == "never", "a look that was given up is no look"
