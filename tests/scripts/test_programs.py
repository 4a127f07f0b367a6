"""What `docs/programs.md` shows runs as it stands: programs that receive, poll and ask."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from command_line import CommandLine
from hook_receiver import Receiver
from processes import soon
from standardwebhooks import Webhook
from toy_register import ToyRegister

from notifiers.channels import NAMED
from watcher.app import App
from watcher.settings import Settings
from watcher.web.serve import Pages

ROOT = Path(__file__).parents[2]
PROGRAMS, GUIDE = ROOT / "docs" / "programs", (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
SECRET, OTHER = "whsec_" + "A" * 32, "whsec_" + "B" * 32
HOME = "https://labels.example.org"
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17"
OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
NODE = shutil.which("node")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.M | re.S)


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    watch = CommandLine(room=tmp_path)
    watch.see("2026-03-01", OVH)
    return watch


@pytest.fixture
def address(cli: CommandLine) -> Iterator[str]:
    """Where the pages of the watch are, with one event in it."""
    cli.see("2026-03-04", OVH, S3NS)
    pages = Pages(App(Settings(state=str(cli.state), port=0), lambda: datetime(2026, 3, 5, 9, tzinfo=UTC)))
    pages.start()
    yield f"http://127.0.0.1:{pages.port}"
    pages.stop()


def python(code: list[str], **variables: str) -> str:
    given = {**os.environ, "PYTHONPATH": str(ROOT / "clients" / "python"), **variables}
    done = subprocess.run([sys.executable, *code], env=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def channel(url: str, secret: str) -> None:
    Path("vigilabel.toml").write_text(
        f'[channels.siem]\nkind = "webhook"\nurl = "{url}"\nsecret = "{secret}"\nallow_private = true\n'
    )


def test_the_program_that_receives_takes_each_event_once_and_none_that_was_forged(
    cli: CommandLine, tmp_path: Path
) -> None:
    told, given = tmp_path / "told", {"WEBHOOK_SECRET": f"{OTHER},{SECRET}", "PORT": "0", "TAKEN": "taken.db"}
    with told.open("w") as out, subprocess.Popen(
        [sys.executable, str(PROGRAMS / "receive.py")], env={**os.environ, **given}, stdout=out, cwd=tmp_path
    ) as program:  # fmt: skip
        soon(lambda: "listening" in told.read_text())
        port = re.findall(r"\d+", told.read_text())[0]
        channel(f"http://127.0.0.1:{port}/vigilabel", SECRET)
        cli("subscribe", "all", "--channel", "siem")
        cli.see("2026-03-04", OVH, S3NS)
        cli("deliver", now="2026-03-05")
        assert cli.json("redeliver", "siem", "--since", "2026-03-01", now="2026-03-06")[0]["owed"] == 1
        cli("deliver", now="2026-03-06")
        channel(f"http://127.0.0.1:{port}/vigilabel", "whsec_" + "C" * 32)
        cli("redeliver", "siem", "--since", "2026-03-01", now="2026-03-07")
        forged = cli("deliver", now="2026-03-07")
        program.terminate()
    lines = told.read_text().splitlines()[1:]
    assert lines == ["2026-03-04T19:00:00Z vigilabel.event.gained s3ns/secnumcloud Thales Cloud Sécurisé"]
    assert (forged.exit_code, "401" in cli.json("why", "2", now="2026-03-07")[0]["why"]) == (1, True)


def test_the_poller_prints_what_is_new_once(cli: CommandLine, address: str, tmp_path: Path) -> None:
    given = {"VIGILABEL": address, "LAST": str(tmp_path / "last")}
    assert python([str(PROGRAMS / "poll.py")], **given) == "", "from here on"
    cli.see("2026-03-05", S3NS)
    assert "lost secnumcloud OVHcloud" in python([str(PROGRAMS / "poll.py")], **given)
    assert python([str(PROGRAMS / "poll.py")], **given) == ""


def test_the_listener_prints_events_as_they_are_written_and_goes_on_where_it_was(
    cli: CommandLine, address: str, tmp_path: Path
) -> None:
    told, last = tmp_path / "told", tmp_path / "last"
    last.write_text("1")
    given = {"VIGILABEL": address, "LAST": str(last), "PYTHONPATH": str(ROOT / "clients" / "python")}

    def heard(*lines: str) -> None:
        with told.open("w") as out, subprocess.Popen(
            [sys.executable, str(PROGRAMS / "follow.py")], env={**os.environ, **given}, stdout=out
        ) as program:  # fmt: skip
            soon(lambda: len(told.read_text().splitlines()) >= len(lines))
            soon(lambda: last.read_text().strip() not in ("", "1"))
            program.terminate()
        assert told.read_text().splitlines() == [*lines]

    heard("2 gained secnumcloud S3NS")
    cli.see("2026-03-05", S3NS)
    heard("3 lost secnumcloud OVHcloud")


def test_the_examples_in_python_answer(address: str) -> None:
    [example] = blocks("python")
    told = python(["-c", example.replace(HOME, address)])
    assert told.splitlines()[0].startswith("yes - ")
    assert "2026-03-04 S3NS 2028-12-17" in told


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
def test_the_examples_with_curl_answer(address: str) -> None:
    lines = blocks("sh")
    assert len(lines) == 3
    for line in lines:
        done = subprocess.run(
            ["sh", "-c", line.replace(HOME, address)], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)


def test_the_settings_shown_are_settings(tmp_path: Path, cli: CommandLine) -> None:
    [settings] = blocks("toml")
    Path("vigilabel.toml").write_text(settings.replace("whsec_…", SECRET), encoding="utf-8")
    assert cli("sources").exit_code == 0
    [hook] = [kind for kind in NAMED if kind.name == "webhook"]
    assert all(f"`{key}" in GUIDE or f"{key} =" in GUIDE for key in hook.keys)


def function(name: str) -> str:
    flow = json.loads((PROGRAMS / "node-red.json").read_text(encoding="utf-8"))
    [found] = [node["func"] for node in flow if node["type"] == "function" and node["name"] == name]
    return str(found)


def noded(name: str, messages: list[dict[str, Any]]) -> list[Any]:
    """What a function of the flow sends for each message, as Node-RED calls it."""
    room = """const crypto = require('crypto'), kept = {}, given = JSON.parse(require('fs').readFileSync(0));
        const flow = {get: (key) => kept[key], set: (key, value) => { kept[key] = value; }};
        const env = {get: (key) => given.env[key]};
        const call = new Function('msg', 'flow', 'env', 'crypto', 'Buffer', given.code);
        const sent = given.messages.map((msg) => call(msg, flow, env, crypto, Buffer) ?? null);
        console.log(JSON.stringify(sent));"""
    given = {"code": function(name), "messages": messages, "env": {"WEBHOOK_SECRET": f"{OTHER},{SECRET}"}}
    assert NODE is not None
    done = subprocess.run(
        [NODE, "-e", room], input=json.dumps(given), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    sent: list[Any] = json.loads(done.stdout)
    return sent


@pytest.mark.skipif(NODE is None, reason="no node here")
def test_the_flow_lets_an_event_through_once_and_none_that_was_forged(cli: CommandLine) -> None:
    with Receiver() as program:
        channel(program.url, SECRET)
        cli("subscribe", "all", "--channel", "siem")
        cli.see("2026-03-04", OVH, S3NS)
        cli("deliver", now="2026-03-05")
    [taken] = program.got
    body, headers = taken.body.decode(), dict(taken.headers)
    late = {**headers, "webhook-timestamp": "1772640000"}
    late["webhook-signature"] = Webhook(SECRET).sign(taken.id, datetime.fromtimestamp(1772640000, UTC), body)
    forged = body.replace("s3ns", "s4ns")
    each = ((headers, body), (headers, body), (headers, forged), (late, body))
    messages = [{"req": {"headers": given}, "payload": text} for given, text in each]
    first, again, touched, old = noded("signed, and once", messages)
    assert (first[0]["topic"], first[0]["payload"]["provider"]["slug"]) == ("vigilabel.event.gained", "s3ns")
    assert [one[1]["statusCode"] for one in (first, again, touched, old)] == [204, 204, 401, 401]
    assert [one[0] for one in (again, touched, old)] == [None, None, None]


@pytest.mark.skipif(NODE is None, reason="no node here")
def test_the_flow_tells_what_is_new_oldest_first() -> None:
    pages = [[], [2, 1], [2, 1], [4, 3, 2, 1]]
    asked = [{"payload": {"events": [{"id": id, "kind": "lost"} for id in page]}} for page in pages]
    sent = noded("not told before", [*asked[:1], {"payload": "no answer"}, *asked[1:]])
    assert sent[:2] == [None, None]
    assert [[one["payload"]["id"] for one in told[0]] for told in sent[2:]] == [[1, 2], [], [3, 4]]


def test_the_flow_is_whole() -> None:
    flow = json.loads((PROGRAMS / "node-red.json").read_text(encoding="utf-8"))
    names = {node["id"] for node in flow}
    assert {end for node in flow for wires in node.get("wires", ()) for end in wires} <= names
    assert {node["z"] for node in flow if "z" in node} == {
        node["id"] for node in flow if node["type"] == "tab"
    }
