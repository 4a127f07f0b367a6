"""That a recipe worked, seen from outside: by commands, by pages over HTTP, by what Slack is answered."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

PATIENCE = 120
"""Seconds for one command."""
SECRET = "signed"
CHANNEL = "C0123ABCD"
BEFORE, AFTER = "2026-01-05T08:00", "2026-01-06T08:00"
SETTINGS = """\
contact = "recipes@example.org"

[sources.anssi-pending]
url = "http://127.0.0.1:9/"
pages = [["secnumcloud", "candidates/"]]
"""
NEW = """
[sources.ans-demo]
url = "http://127.0.0.1:9/"
"""
LOFT = """
[channels.loft]
kind = "pigeon"
url = "pigeon://rue"
"""


class Failed(Exception):
    """What a recipe promised did not come; the text says what was seen instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A copy of the tree where recipes are done; `noted` is what was seen before they were."""

    root: Path
    noted: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> Mapping[str, str]:
        """Where commands find this copy, and the tools of the tree that it is a copy of."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("VIGILABEL", "SLACK"))
        }
        tools = Path(sys.executable).parent
        # `make` sets up nothing here: what it would install is what runs this.
        return {
            **kept,
            "PATH": f"{tools}{os.pathsep}{kept.get('PATH', '')}",
            "PYTHONPATH": str(self.root),
            "MAKEFLAGS": " -- UV=Makefile RUN=",
            "SLACK_SIGNING_SECRET": SECRET,
            "PIGEON_LOFT": str(self.root),
        }

    def run(self, *command: str) -> str:
        """What a command prints; raises `Failed` with what it complains of."""
        ran = subprocess.run(
            command,
            cwd=self.root,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        if ran.returncode:
            said = (ran.stdout + ran.stderr).strip().splitlines()[-20:]
            raise Failed("\n".join([f"{' '.join(command)}: exit code {ran.returncode}", *said]))
        return ran.stdout

    def vigilabel(self, *words: str, state: str = "new.db", now: str = AFTER) -> str:
        """What `vigilabel` answers, with a memory of this place."""
        return self.run("vigilabel", "--state", state, "--now", now, *words)

    def asked(self, *words: str, state: str = "new.db") -> Any:
        """The same as JSON."""
        return json.loads(self.vigilabel(*words, "--format", "json", state=state))


def expect(found: Container[Any], wanted: str, where: str) -> None:
    """Raises `Failed` where `wanted` is not in what was found."""
    if wanted not in found:
        raise Failed(f"{where}: expected {wanted!r}, found {str(found)[:2000]}")


def prepare(place: Place) -> None:
    """A memory made by the program as it is, before any recipe."""
    (place.root / "vigilabel.toml").write_text(SETTINGS, "utf-8")
    candidates = "tests/contracts/pages/pending-before.html"
    place.vigilabel("import", "anssi-pending", candidates, state="old.db", now=BEFORE)
    place.noted["head"] = place.asked("replay", state="old.db")[0]["head"]


def source_is_read(place: Place) -> None:
    """The saved page is read, recorded, and the source listed among all; what was written lints."""
    (place.root / "vigilabel.toml").write_text(SETTINGS + NEW, "utf-8")
    read = place.asked("read", "ans-demo", "saved.html")
    expect([row["ref"] for row in read], "CL-2", "vigilabel read")
    place.vigilabel("import", "ans-demo", "saved.html", now=BEFORE)
    watched = {one["source"]: one for one in place.asked("sources")}
    expect(watched, "ans-demo", "vigilabel sources")
    expect(watched["ans-demo"]["rows"], "clair", "vigilabel sources: rows")
    place.run("ruff", "check", "scrapers", "state", "tests/scrapers/ans_demo")
    place.run("ruff", "format", "--check", "scrapers", "state", "tests/scrapers/ans_demo")


def label_is_everywhere(place: Place) -> None:
    """Who holds it is answered by the command line, the pages and the API, in the words of each language."""
    expect([row["holder"] for row in place.asked("listing", "clair")], "Scaleway", "vigilabel listing")
    expect(place.vigilabel("history", "--label", "clair"), "Clair (cloud)", "vigilabel history")
    with served(place) as get:
        for lang, said in (("fr", "Offres de cloud qui"), ("en", "Cloud offers that")):
            expect(get(f"/labels?lang={lang}"), "/labels/clair", "/labels")
            expect(get(f"/labels/clair?lang={lang}"), said, "/labels/clair")
            expect(get(f"/history?lang={lang}"), 'value="clair"', "the filter of /history")
        expect(get("/api/v1/attestations?label=clair"), "CL-1", "the API")


def notifier_tells(place: Place) -> None:
    """Somebody subscribes on it, the register gains a row, and the message is there."""
    later = place.root / "later.html"
    rows = (place.root / "saved.html").read_text("utf-8")
    more = "<tr><td>Outscale</td><td>OOS</td><td>CL-3</td><td>01/01/2029</td><td>Bretagne</td></tr></table>"
    later.write_text(rows.replace("</table>", more), "utf-8")
    (place.root / "vigilabel.toml").write_text(SETTINGS + NEW + LOFT, "utf-8")
    place.vigilabel("subscribe", "clair", "--channel", "loft", now=BEFORE)
    place.vigilabel("import", "ans-demo", later.name)
    place.vigilabel("deliver")
    expect((place.root / "rue").read_text("utf-8"), "Outscale", "what the pigeon carried")
    place.run("ruff", "check", "notifiers")


def language_is_spoken(place: Place) -> None:
    """It answers on pages, in Slack, in messages and by its voice."""
    say = "from notifiers.said.voice import voice; print(voice('nl').each('kind', 'gained'))"
    expect(place.run("python", "-c", say), "label verkregen", "voice")
    place.vigilabel("lang", CHANNEL, "nl")
    with served(place) as get:
        expect(get("/?lang=nl"), ">Aanbieders<", "the first page")
        expect(
            get("/", {"Accept-Language": "nl-BE, fr;q=0.5"}), ">Aanbieders<", "the first page, by the browser"
        )
        expect(get("/?lang=fr"), "Nederlands", "the first page in French")
        expect(get("/slack/commands", typed("help")), "Wat u kunt vragen", "Slack")


def migration_upgrades(place: Place) -> None:
    """A memory of before is upgraded when it is opened, and its chain is the one that it was."""
    now = place.asked("replay", state="old.db")[0]
    if (now["head"], now["difference"]) != (place.noted["head"], None):
        raise Failed(f"replay: expected the head {place.noted['head']}, found {now}")
    with sqlite3.connect(place.root / "old.db") as opened:
        columns = [name for (name,) in opened.execute("select name from pragma_table_info('channel')")]
    expect(columns, "nickname", "the table of channels")


@contextmanager
def served(place: Place) -> Iterator[Callable[..., str]]:
    """The running program; yields what asks it, as a browser or Slack does."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    running = subprocess.Popen(
        ["vigilabel", "--state", "new.db", "run"],
        cwd=place.root,
        env={**place.environment, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield lambda path, more=None: asked_of(f"http://127.0.0.1:{port}{path}", more or {}, running)
    finally:
        running.terminate()
        running.communicate()


def asked_of(address: str, more: dict[str, str | bytes], running: subprocess.Popen[str]) -> str:
    """What an address answers, as soon as somebody listens there."""
    body = more.pop("body", None)
    request = Request(address, data=body, headers=more)
    for _ in range(PATIENCE * 5):
        try:
            with urlopen(request, timeout=PATIENCE) as answer:
                return str(answer.read().decode())
        except HTTPError as error:
            raise Failed(f"{address}: status {error.code}, {error.read().decode()[:500]}") from None
        except OSError:
            if running.poll() is not None:
                raise Failed(f"vigilabel run: {running.stdout.read() if running.stdout else ''}") from None
            time.sleep(0.2)
    raise Failed(f"{address}: nobody listens after {PATIENCE} seconds")


def typed(words: str) -> dict[str, str | bytes]:
    """A request as Slack sends and signs it when somebody types a command."""
    form = {"channel_id": CHANNEL, "user_id": "U1", "text": words, "trigger_id": words}
    body, at = urlencode(form), str(int(time.time()))
    signed = hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={signed}",
        "Content-Type": "application/x-www-form-urlencoded",
        "body": body.encode(),
    }


PROOFS: Mapping[str, Callable[[Place], None]] = {
    "a source": source_is_read,
    "a label": label_is_everywhere,
    "a notifier": notifier_tells,
    "a language": language_is_spoken,
    "a migration": migration_upgrades,
}
"""By what a recipe adds, what must then be so."""
