"""A document that does its reader harm, through `scrape` and `run`: it is told, and the watch lives on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from command_line import SOURCE, CommandLine
from fake_slack import FakeSlack
from ill_register import IllRegister, LeadingRegister, abort
from processes import children_of, soon

from state.file.opening import open_store
from state.model import Outcome
from state.seen.looks import evidence, runs
from watcher.demo.register import Replay, replaying

pytestmark = [
    pytest.mark.usefixtures("reading_room"),
    pytest.mark.skipif(sys.platform != "linux", reason="others lack a bound of memory"),
]
WELL = "edition 2026-03-04\nsecnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
LATER = WELL.replace("03-04", "03-05") + "\npassi | Firm 1 | - | n1 | - | -"
SETTINGS = """
lang = "{lang}"
operators = "COPS"
[reading]
seconds = {seconds}
processor = 1
memory = 64
[sources.anssi-catalogue]
url = "{url}"
pace = 0
"""


@pytest.fixture
def register() -> Iterator[Replay]:
    with replaying("/list") as shown:
        yield shown


@pytest.fixture
def watch(
    cli: CommandLine, register: Replay, monkeypatch: pytest.MonkeyPatch, fake_slack: FakeSlack
) -> CommandLine:
    """A watch of an ill register, with operators on Slack."""
    monkeypatch.setattr("scrapers.SOURCES", (IllRegister(),))
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    monkeypatch.setenv("VIGILABEL_SLACK__BASE_URL", fake_slack.api_url)
    set_up(cli, register)
    return cli


def set_up(cli: CommandLine, register: Replay, lang: str = "en", seconds: int = 30) -> None:
    text = SETTINGS.format(lang=lang, url=register.url, seconds=seconds)
    (cli.room / "vigilabel.toml").write_text(text)


def shows(register: Replay, said: str) -> None:
    register.show(said.encode(), "text/plain")


def words(post: Mapping[str, Any]) -> str:
    """All that a message on Slack says, without what keeps its lines and marks in shape."""
    said = json.dumps(post["blocks"], ensure_ascii=False)
    return said.replace("\u00a0", " ").replace("\u2060", "")


def state_of(cli: CommandLine) -> dict[str, Any]:
    [source] = cli.json("sources")
    return source


WORDS = {
    "sleep": ("longer than 1 s", "a dépassé 1 s", "VIGILABEL_READING__SECONDS"),
    "spin": ("more than 1 s of the processor", "plus de 1 s de calcul", "VIGILABEL_READING__PROCESSOR"),
    "allocate": ("more than 64 MiB of memory", "plus de 64 Mio", "VIGILABEL_READING__MEMORY"),
    "abort": ("killed (SIGABRT)", "tué (SIGABRT)", ""),
    "leave": ("without an answer (status 3)", "sans réponse (code 3)", ""),
}


@pytest.mark.parametrize(
    "ill",
    ["sleep", "allocate", *(pytest.param(ill, marks=pytest.mark.soak) for ill in ("spin", "abort", "leave"))],
)
def test_what_ended_a_reading_is_told_in_both_languages_and_the_listing_stands(
    watch: CommandLine, register: Replay, fake_slack: FakeSlack, ill: str, caplog: pytest.LogCaptureFixture
) -> None:
    shows(register, WELL)
    assert watch("scrape", now="2026-03-05T08:00").exit_code == 0
    shows(register, f"ill: {ill}")
    english, french, setting = WORDS[ill]
    for lang, said, at in (("en", english, "09:00"), ("fr", french, "10:00")):
        set_up(watch, register, lang, seconds=1 if ill == "sleep" else 30)
        looked = watch("scrape", "--format", "json", now=f"2026-03-05T{at}")
        assert looked.exit_code == 1
        assert '"outcome": "layout_changed"' in looked.stdout
        assert watch("deliver", now=f"2026-03-05T{at}").exit_code == 0
        told = state_of(watch)["message"]
        assert english in told
        assert setting in told
        assert said in watch("--lang", lang, "sources").output.replace("\u00a0", " ")
    [post] = fake_slack.received("COPS")  # once, though it was met twice
    assert english in words(post)
    assert setting in words(post)
    assert "The known listing stands" in words(post)
    assert "When a reading is ended" in words(post)
    assert [one.message for one in caplog.records if "The known listing stands" in one.message]
    assert state_of(watch)["rows"] == {"secnumcloud": 1}
    with open_store(str(watch.state)) as store:
        [ended, *_] = runs.runs(store, newest_first=True, limit=1)
        assert ended.snapshot is not None
        [page] = evidence.pages(store, ended.snapshot)
        assert page.body == f"ill: {ill}".encode()
        assert runs.state_of(store, SOURCE).failures == 2
    shows(register, LATER)
    assert watch("scrape", now="2026-03-05T12:00").exit_code == 0
    assert state_of(watch)["rows"] == {"passi": 1, "secnumcloud": 1}


def test_operators_hear_of_an_ended_reading_in_french(
    watch: CommandLine, register: Replay, fake_slack: FakeSlack
) -> None:
    set_up(watch, register, "fr")
    shows(register, "ill: allocate")
    assert watch("scrape", now="2026-03-05T08:00").exit_code == 1
    assert watch("deliver", now="2026-03-05T08:00").exit_code == 0
    [post] = fake_slack.received("COPS")
    told = words(post)
    assert "a demandé plus de 64 Mio de mémoire" in told
    assert "VIGILABEL_READING__MEMORY lui donne davantage" in told
    assert "La liste connue reste en place" in told
    assert "section des lectures interrompues" in told
    assert "reading the document" not in told


def test_a_bug_of_a_reader_is_still_a_fault_of_ours(
    watch: CommandLine, register: Replay, caplog: pytest.LogCaptureFixture
) -> None:
    shows(register, "ill: fail")
    [looked] = [one for one in [watch("scrape", "--format", "json")] if one.exit_code == 1]
    assert '"outcome": "crashed"' in looked.stdout
    assert "our reader failed with ZeroDivisionError: a bug in the reader" in looked.stdout
    assert "in fail" in caplog.text, "the log has the traceback of the child"


@pytest.mark.parametrize("command", ["read", "import"])
def test_a_saved_page_that_ends_its_reader_ends_the_command_in_one_line(
    watch: CommandLine, command: str
) -> None:
    page = watch.room / "page.txt"
    page.write_text("ill: abort")
    result = watch(command, SOURCE, str(page))
    assert result.exit_code == 1
    assert "the process that read the document was killed (SIGABRT)" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_page_that_ends_who_follows_it_is_kept_and_told(
    watch: CommandLine, register: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrapers.SOURCES", (LeadingRegister(),))
    shows(register, "ill: spin\nnext https://register.test/2")
    looked = watch("scrape", now="2026-03-05T08:00")
    assert looked.exit_code == 1
    assert "more than 1 s of the processor" in looked.output
    with open_store(str(watch.state)) as store:
        [run] = runs.runs(store)
        assert run.outcome is Outcome.LAYOUT_CHANGED
        assert run.snapshot is not None


def test_an_unchanged_page_begins_no_process(
    watch: CommandLine, register: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows(register, WELL)
    assert watch("scrape", now="2026-03-05T08:00").exit_code == 0
    monkeypatch.setattr("watcher.look.apart.room._begun", lambda _: pytest.fail("a process was begun"))
    assert watch("scrape", now="2026-03-05T14:00").exit_code == 0


WALL = (Path(__file__).parents[1] / "fixtures/challenge/walls/french.html").read_bytes()


def test_a_wall_is_known_in_a_child(
    watch: CommandLine, register: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrapers.wire.challenge._tree", lambda *_: pytest.fail("parsed in the watch"))
    register.show(WALL, "text/html")
    looked = watch("scrape", "--format", "json")
    assert looked.exit_code == 1
    assert '"outcome": "blocked"' in looked.stdout


def test_a_page_that_ends_who_looks_for_a_wall_is_read_all_the_same(
    watch: CommandLine, register: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrapers.wire.challenge.looks_blocked", abort)
    shows(register, WELL)
    assert watch("scrape").exit_code == 0
    assert state_of(watch)["rows"] == {"secnumcloud": 1}


def test_a_page_that_ends_who_glances_at_it_is_examined_all_the_same(
    watch: CommandLine, register: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.doctor.visit.glance", abort)
    shows(register, WELL)
    examined = watch("doctor", SOURCE)
    assert examined.exit_code == 0
    assert "the process that read the document was killed (SIGABRT)" in examined.stdout


def test_the_doctor_says_what_ended_a_reading_and_lives_on(watch: CommandLine, register: Replay) -> None:
    shows(register, "ill: allocate")
    examined = watch("doctor", SOURCE, "--save", str(watch.room / "saved"))
    assert examined.exit_code == 1
    assert "took more than 64 MiB of memory" in " ".join(examined.stdout.split())
    assert "When a reading is ended" in " ".join(examined.stdout.split())
    assert [one.name for one in (watch.room / "saved").iterdir() if one.read_bytes() == b"ill: allocate"]


BEGIN = """
import sys, scrapers
from ill_register import IllRegister
scrapers.SOURCES = (IllRegister(),)
from watcher.cli import main
main()
"""


class Running:
    """`vigilabel run`, in a process of its own."""

    def __init__(self, room: Path, slack: FakeSlack) -> None:
        self.log = room / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", BEGIN, "run", "--no-web"],
                cwd=room,
                env={
                    "PYTHONPATH": os.pathsep.join(sys.path),
                    "VIGILABEL_STATE": str(room / "watch.db"),
                    "SLACK_BOT_TOKEN": "xoxb-secret",
                    "VIGILABEL_SLACK__BASE_URL": slack.api_url,
                },
                stderr=log,
            )

    def below(self) -> list[int]:
        """All processes that it began, and theirs."""
        found = [self.process.pid]
        for one in found:
            found += children_of(one)
        return found[1:]


def gone(processes: list[int]) -> bool:
    return not [one for one in processes if Path(f"/proc/{one}").exists()]


@pytest.fixture
def running(watch: CommandLine, fake_slack: FakeSlack) -> Iterator[Callable[[], Running]]:
    begun: list[Running] = []

    def run() -> Running:
        begun.append(Running(watch.room, fake_slack))
        return begun[-1]

    yield run
    for one in begun:
        one.process.kill()
        one.process.wait()


def test_a_running_watch_tells_of_an_ended_reading_and_goes_on(
    watch: CommandLine, register: Replay, fake_slack: FakeSlack, running: Callable[[], Running]
) -> None:
    shows(register, "ill: allocate_and_abort")
    run = running()
    soon(lambda: fake_slack.received("COPS"))
    assert run.process.poll() is None
    [post] = fake_slack.received("COPS")
    assert "took more than 64 MiB of memory" in post["text"]
    run.process.send_signal(signal.SIGTERM)
    assert run.process.wait(timeout=60) == 0
    log = run.log.read_text()
    assert "trouble: anssi-catalogue: reading the document took more than 64 MiB of memory" in log
    assert "Traceback" not in log
    assert "xoxb-secret" not in log


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_watch_that_ends_while_it_reads_leaves_nobody_reading(
    watch: CommandLine, register: Replay, running: Callable[[], Running], end: signal.Signals
) -> None:
    shows(register, "ill: sleep")
    run = running()
    soon(lambda: len(run.below()) == 2)
    below = run.below()
    asked = time.monotonic()
    run.process.send_signal(end)
    code = run.process.wait(timeout=120)
    if end == signal.SIGTERM:
        assert code == 0
        assert time.monotonic() - asked < 120, "far below the 600 s that the reader sleeps"
        assert "given up half-way" in run.log.read_text()
    soon(lambda: gone(below))
