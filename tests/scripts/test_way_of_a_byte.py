"""`docs/way-of-a-byte.md` names files in the order in which a byte and a question pass them: walked here."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import anyio
import httpx
import pytest
from click.testing import CliRunner
from drawn_catalogue import STAMP, Pencil, a_catalogue
from fake_people import SECRET, ByHttp, People, said
from fake_slack import FakeSlack
from starlette.applications import Starlette
from walk import walked

from notifiers.given import Secret
from watcher.app import App
from watcher.cli import vigilabel
from watcher.demo.register import Replay, replaying
from watcher.look.apart import child
from watcher.look.apart.room import Room
from watcher.settings import Settings, SlackSettings
from watcher.slack.doors.door import Door
from watcher.slack.doors.http import routes_of
from watcher.web.app import make_app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "way-of-a-byte.md").read_text("utf-8")
STEP = re.compile(r"^\d+\. `(?P<file>[\w./]+)`", re.MULTILINE)
CHANNEL = "C0123ABCD"
FIRST, LATER, ASKED = "2026-03-05T09:00", "2026-03-06T09:00", "2026-03-06T10:00"


def named(section: str) -> list[str]:
    """The files of the numbered list of a section."""
    found = re.search(rf"^##+ {section}\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return STEP.findall(found[1])


def in_order(section: str, files: list[str]) -> None:
    """Fails unless the walk passes the files of a section, and in their order."""
    wanted = named(section)
    assert wanted
    assert [file for file in files if file in wanted] == wanted


def catalogue(end: str, day: str) -> bytes:
    """A catalogue of a day, in which one means of identification ends on `end`."""
    sections = a_catalogue()
    means = next(section for section in sections if "(MIE)" in section.title)
    means.rows[0][[head.startswith("Date de fin") for head in means.heads].index(True)] = end
    return Pencil(stamp=STAMP.replace("04/03", day)).catalogue(sections)


@dataclass
class Watch:
    """A watch of a small catalogue, which somebody on Slack follows."""

    room: Path
    register: Replay
    slack: FakeSlack

    def run(self, *words: str, now: str) -> int:
        state = str(self.room / "watch.db")
        return CliRunner().invoke(vigilabel, ["--state", state, "--now", now, *words]).exit_code

    def app(self) -> App:
        settings = Settings(
            state=str(self.room / "watch.db"),
            slack=SlackSettings(base_url=self.slack.api_url),
            slack_bot_token=Secret("xoxb-test"),
            slack_signing_secret=Secret(SECRET),
        )
        return App(settings, lambda: datetime(2026, 3, 6, 10, tzinfo=UTC))


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_slack: FakeSlack) -> Iterator[Watch]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-test")
    monkeypatch.setenv("VIGILABEL_SLACK__BASE_URL", fake_slack.api_url)
    with replaying("/catalogue.pdf") as register:
        made = f'contact = "a@example.org"\n[sources.anssi-catalogue]\nurl = "{register.url}"\npace = 0\n'
        (tmp_path / "vigilabel.toml").write_text(made)
        watch = Watch(tmp_path, register, fake_slack)
        register.show(catalogue("01/02/2028", "04/03"), "application/pdf")
        watch.run("scrape", "anssi-catalogue", now=FIRST)
        assert watch.run("subscribe", "mie", "--channel", CHANNEL, now=FIRST) == 0
        register.show(catalogue("01/02/2029", "05/03"), "application/pdf")
        yield watch


@pytest.fixture
def room_of_threads(reading_room: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reading room with a thread for every child, whose way can be seen; it bounds nobody."""

    def hand(_: Room, needs: str, *ends: socket.socket) -> None:
        line = ends[0].dup()
        threading.Thread(target=read_in, args=(line,)).start()

    def read_in(line: socket.socket) -> None:
        with line:
            child._answer(line)

    monkeypatch.setattr(Room, "_hand", hand)
    monkeypatch.setattr(child, "bound", lambda _: None)


@pytest.mark.usefixtures("room_of_threads")
def test_a_byte_passes_the_files_that_are_named_in_their_order(watch: Watch) -> None:
    with walked() as files:
        watch.run("scrape", "anssi-catalogue", now=LATER)
        watch.run("deliver", now=LATER)
    assert len(watch.slack.posts[CHANNEL]) == 1
    in_order("The way of a byte", files)


def test_a_question_passes_the_files_that_are_named_in_their_order_by_every_door(watch: Watch) -> None:
    watch.run("scrape", "anssi-catalogue", now=LATER)
    app = watch.app()
    assert app.sources  # made once in a program: no part of a question
    # Each door of its own: what one was asked, it has at hand when it is asked again.
    door, web, api = Door(app), make_app(app), make_app(app)
    team = People(watch.slack, ByHttp(Starlette(routes=list(routes_of(door, SECRET))), app.clock))
    doors: dict[str, Callable[[], object]] = {
        "The command line": lambda: watch.run("was", "nom-du-fo-80", "mie", "2026-03-06", now=ASKED),
        "Slack": lambda: said(team.say("was nom-du-fo-80 mie 2026-03-06")),
        "A page": lambda: got(web, "/was/nom-du-fo-80/mie/2026-03-06"),
        "The API": lambda: got(api, "/api/v1/was/nom-du-fo-80/mie/2026-03-06"),
    }
    for section, ask in doors.items():
        with walked() as files:
            ask()
        in_order(section, files)
        in_order("The way of a question", files)
        if section == "Slack":
            assert [file for file in files if file.startswith("watcher/web/")] == []
    door.close()


def got(web: Starlette, path: str) -> str:
    """What a page or the API answers."""

    async def once() -> str:
        transport = httpx.ASGITransport(web)
        async with httpx.AsyncClient(transport=transport, base_url="http://pages.test") as client:
            answer = await client.get(path)
            assert answer.status_code == 200
            return answer.text

    return anyio.run(once)
