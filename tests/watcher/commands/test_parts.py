"""`vigilabel run`, a part at a time: what is done once, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from command_line import CommandLine

from state.file import claims
from state.file.opening import open_store
from state.owed import outbox
from watcher.demo.register import Replay, replaying
from watcher.parts.holding import PART, SOCKET

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
BLEU = "secnumcloud | Bleu | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    """The toy register, live on the loopback."""
    with replaying("/list") as shown:
        monkeypatch.setenv("VIGILABEL_SOURCES__ANSSI_CATALOGUE__URL", shown.url)
        monkeypatch.setenv("VIGILABEL_SOURCES__ANSSI_CATALOGUE__PACE", "0")
        yield shown


def shows(register: Replay, day: str, *rows: str) -> None:
    register.show("\n".join((f"edition {day}", *rows)).encode(), "text/plain")


def fates(cli: CommandLine) -> set[str]:
    """How it stands with what is owed."""
    with open_store(str(cli.state)) as store:
        return {one.state for one in outbox.owed(store)}


def test_who_watches_sends_nothing_and_who_delivers_asks_no_register(
    cli: CommandLine, register: Replay
) -> None:
    cli("subscribe", "secnumcloud", "--channel", "console")
    shows(register, "2026-03-04", OVH)
    assert cli("run", "--once").exit_code == 0
    shows(register, "2026-03-05", OVH, BLEU)

    delivered = cli("run", "--once", "--only", "deliver", now="2026-03-06")
    assert (delivered.exit_code, "Bleu" in delivered.output) == (0, False)
    assert len(cli.json("history")) == 1, "nobody looked"

    watched = cli("run", "--once", "--only", "watch", now="2026-03-06")
    assert watched.exit_code == 0
    assert fates(cli) == {"due"}

    delivered = cli("run", "--once", "--only", "deliver", now="2026-03-07")
    assert "Bleu" in delivered.output
    assert fates(cli) == {"sent"}


@pytest.mark.parametrize(
    "words",
    [("--only", "web", "--no-web"), ("--once", "--only", "web"), ("--once", "--only", "slack")],
    ids=" ".join,
)
def test_a_process_that_would_do_nothing_is_refused(cli: CommandLine, words: tuple[str, ...]) -> None:
    refused = cli("run", *words)
    assert (refused.exit_code, "nothing is left to run" in refused.output) == (2, True)


def test_the_socket_of_slack_alone_needs_its_token(cli: CommandLine) -> None:
    refused = cli("run", "--only", "slack")
    assert refused.exit_code != 0
    assert "SLACK_APP_TOKEN is not set" in refused.output


def test_doctor_says_who_runs_which_part_and_what_nobody_does(cli: CommandLine, register: Replay) -> None:
    shows(register, "2026-03-04", OVH)
    assert cli("run", "--once").exit_code == 0
    at = datetime(2026, 3, 6, 12, tzinfo=UTC)
    with open_store(str(cli.state)) as store:
        assert claims.lease(store, f"{PART}web/web-1:7:a-b", "web-1:7:a-b", at)
        assert claims.lease(store, SOCKET, "web-2:8:a-b", at)
    told = cli("--lang", "fr", "doctor", "parts", now="2026-03-06T12:00:00+00:00")
    assert [line.replace("\xa0", " ") for line in told.output.splitlines()] == [
        "web (pages et API) : processus 7 sur web-1",
        "watch (lectures et entretien) : personne",
        "deliver (envois) : personne",
        "slack (Socket Mode de Slack) : personne",
        "connecté à Slack : processus 8 sur web-2",
        "personne n’a fait la dernière lecture prévue de anssi-catalogue : "
        "lancez `vigilabel run --only watch`",
        "vigilabel: parts : à régler : watch",
    ]
    assert told.exit_code == 1
    [found] = json.loads(cli("doctor", "parts", "--format", "json", now="2026-03-06T12:01:00+00:00").stdout)
    assert found["parts"]["web"] == [{"machine": "web-1", "process": 7, "until": "2026-03-06T12:02:00Z"}]
    assert found["overdue"] == ["anssi-catalogue"]
