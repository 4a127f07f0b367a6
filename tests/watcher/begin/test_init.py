"""The operator's first day: what `vigilabel init` asks, writes, takes in and examines."""

from __future__ import annotations

import io
import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fake_slack import FakeSlack
from hypothesis import given
from hypothesis import strategies as st

from notifiers.said.voice import voice
from scrapers import SOURCES
from state.file.opening import open_store
from state.owed import outbox, subscriptions
from state.seen.looks import runs
from watcher.app import App
from watcher.begin.examined import channels_found
from watcher.begin.history import owed_history, take_history
from watcher.begin.wanted import Wanted, settings_text
from watcher.call import Call
from watcher.cli import vigilabel
from watcher.demo.editions import CHECKOUT, MARCH, SHIPPED, body_of
from watcher.demo.register import replaying
from watcher.planned.looks import claimed
from watcher.said.told import terminal
from watcher.settings import Settings, load_settings

ROOT = Path(__file__).parents[3]


def call(*args: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(vigilabel, [*args], input=typed, prog_name="vigilabel")


@pytest.fixture(autouse=True)
def _a_new_machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty directory, but for tests that go on in one that was begun."""
    if "begun" not in request.fixturenames:
        monkeypatch.chdir(request.getfixturevalue("tmp_path"))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    room = tmp_path_factory.mktemp("first-day")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(room)
        return room, call("init", "--yes", "--no-doctor", "--channel", "console")


@pytest.fixture
def begun(first: tuple[Path, Result], monkeypatch: pytest.MonkeyPatch) -> Result:
    room, done = first
    monkeypatch.chdir(room)
    return done


def test_one_command_begins_a_watch_that_has_a_history(begun: Result) -> None:
    assert begun.exit_code == 0, begun.output
    assert "catalogue du 05/12/2025" in begun.stdout
    assert "catalogue du 04/03/2026" in begun.stdout
    assert "console est prévenu" in begun.stdout

    asked = call("--now", "2026-03-05", "was", "s3ns", "secnumcloud", "2026-03-05", "--format", "json")
    assert json.loads(asked.stdout)[0]["answer"] == "yes"
    gained = call("history", "--provider", "s3ns", "--kind", "gained", "--format", "json")
    assert [event["label"] for event in json.loads(gained.stdout)] == ["secnumcloud"]


def test_nobody_is_told_of_the_history_that_comes_along(begun: Result) -> None:
    with open_store("vigilabel.db") as store:
        assert [one.words for one in subscriptions.subscriptions(store)] == [("secnumcloud", "hds")]
        assert not outbox.owed(store, state="due")


def test_the_commands_that_come_next_work(begun: Result) -> None:
    lines = [line.split("#")[0].split() for line in begun.stdout.splitlines() if "  # " in line]
    commands = [words for words in lines if words[:2] != ["vigilabel", "run"]]
    assert [words[1] for words in commands] == ["race", "subscribe"]
    for words in commands:
        assert call(*words[1:]).exit_code == 0


def test_begun_again_it_keeps_the_settings_and_takes_nothing_twice(begun: Result) -> None:
    before = Path("vigilabel.toml").read_text(encoding="utf-8")
    again = call("init", "--yes", "--no-doctor")

    assert again.exit_code == 0, again.output
    assert "déjà là" in again.stdout
    assert "rien n’est repris" in again.stdout
    assert Path("vigilabel.toml").read_text(encoding="utf-8") == before


def test_options_that_a_file_of_settings_would_not_follow_are_refused(begun: Result) -> None:
    done = call("init", "--yes", "--no-doctor", "--language", "en", "--operators", "console")

    assert done.exit_code == 1
    assert "--language, --operators" in done.stderr


def test_answers_are_asked_for_until_they_can_be_used() -> None:
    typed = (
        'de\nen\nno/such/place.db\nmine.db\n\né\nme@example.org\n#general\nC0123456789\n"s3ns\ns3ns lost\n-\n'
    )
    typed = typed.replace("\n\né", "\né")
    done = call("init", "--no-history", "--no-doctor", typed=typed)

    assert done.exit_code == 0, done.output
    settings = tomllib.loads(Path("vigilabel.toml").read_text(encoding="utf-8"))
    assert settings == {"state": "mine.db", "lang": "en", "contact": "me@example.org"}
    with open_store("mine.db") as store:
        [made] = subscriptions.subscriptions(store)
    assert (made.channel, made.words) == ("C0123456789", ("s3ns", "lost"))


def test_answers_that_end_half_way_leave_nothing_behind() -> None:
    done = call("init", typed="fr\n")

    assert done.exit_code == 1
    assert list(Path().iterdir()) == []


def test_an_option_that_cannot_be_used_leaves_nothing_behind() -> None:
    for wrong in (("--channel", "#general"), ("--language", "de"), ("--contact", "é")):
        assert call("init", "--yes", *wrong).exit_code == 2
    assert list(Path().iterdir()) == []


def test_what_the_environment_sets_is_the_answer_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGILABEL_STATE", "elsewhere.db")
    monkeypatch.setenv("VIGILABEL_LANG", "en")
    done = call("init", "--yes", "--no-history", "--no-doctor", "--channel", "console")

    assert done.exit_code == 0, done.output
    assert 'state = "elsewhere.db"' in Path("vigilabel.toml").read_text(encoding="utf-8")
    assert "What comes next" in done.stdout


class Meanwhile(io.BytesIO):
    """What is typed; before it is, somebody else's settings come to be there."""

    def read1(self, size: int | None = -1, /) -> bytes:
        Path("vigilabel.toml").touch()
        return super().read1(size)


def test_of_two_beginnings_at_once_one_is_told_to_wait() -> None:
    done = CliRunner().invoke(vigilabel, ["init", "--no-doctor"], input=Meanwhile(b"fr\n\n\n\n\n\n"))
    assert done.exit_code == 1
    assert "une autre mise en place" in done.stderr
    assert Path("vigilabel.toml").read_text() == ""

    app = App(Settings(state="vigilabel.db"), lambda: MARCH.seen_at)
    app.owner = "another:1"
    source = next(one for one in SOURCES if one.name == "anssi-catalogue")
    with app.open_store() as store, claimed(app, source, store, alone=True):
        again = call("--now", f"{MARCH.seen_at:%Y-%m-%dT%H:%M}", "init", "--yes", "--no-doctor")
        assert again.exit_code == 1
        assert "laissez-la finir, puis relancez" in again.stderr
        assert not runs.runs(store)


def test_a_beginning_that_was_cut_short_goes_on_where_it_stopped(tmp_path: Path) -> None:
    app = App(Settings(state=str(tmp_path / "watch.db")), lambda: MARCH.seen_at)
    with app.open_store() as store:
        taken = [next(take_history(app, store, terminal(lang="fr")))]
    with app.open_store() as store:
        assert owed_history(app, store) == SHIPPED[1:]
        taken += take_history(app, store, terminal(lang="fr"))

    assert [one.edition for one in taken] == list(SHIPPED)
    assert [one.changes > 100 for one in taken] == [False, True, True]


def test_registers_and_channels_are_examined_and_what_is_wrong_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for source in SOURCES:
        name = source.name.upper().replace("-", "_")
        monkeypatch.setenv(f"VIGILABEL_SOURCES__{name}__ENABLED", str(source.name == "anssi-catalogue"))
    with replaying("/catalogue.pdf") as register:
        register.show(body_of(MARCH, voice("fr")), "application/pdf")
        monkeypatch.setenv("VIGILABEL_SOURCES__ANSSI_CATALOGUE__URL", register.url)
        done = call("init", "--yes", "--no-history", "--channel", "C0123456789", "--operators", "console")

    assert done.exit_code == 1
    said = done.stdout.splitlines()
    assert any("anssi-catalogue" in line and "cela marche" in line for line in said), done.stdout
    assert any(line.split()[:2] == ["NON", "slack"] for line in said)
    assert "vigilabel doctor slack" in done.stdout
    assert done.stderr.strip().endswith(": slack")
    assert Path("vigilabel.toml").exists()


@given(contact=st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_a_file_of_settings_says_what_was_answered(contact: str) -> None:
    wanted = Wanted(state='C:\\new "one".db', lang="en", contact=contact)
    read = tomllib.loads(settings_text(wanted, voice("fr")))

    assert read == {"state": wanted.state, "lang": "en"} | ({"contact": contact} if contact else {})


def test_an_installed_program_has_the_editions_that_a_checkout_has() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = table["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    assert included == {
        str((CHECKOUT / one.file).relative_to(ROOT)): f"watcher/demo/saved/{one.file}" for one in SHIPPED
    }


def test_a_channel_that_the_environment_names_is_told_and_examined_on_the_first_day(
    fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGILABEL_CHANNELS__EQUIPE__KIND", "slack-webhook")
    monkeypatch.setenv("VIGILABEL_CHANNELS__EQUIPE__URL", fake_slack.webhook_url)
    refused = call("init", "--yes", "--no-doctor", "--channel", "equipes")
    assert refused.exit_code == 2
    assert "equipe" in refused.stderr.replace("equipes", "")
    begun = call("init", "--yes", "--no-doctor", "--channel", "equipe", "--operators", "equipe")
    assert begun.exit_code == 0, begun.output
    app = App(load_settings(), lambda: datetime.now(UTC))
    seen = Call(state=None, config=None, clock=app.clock, lang="fr")
    [found] = channels_found(seen, ("equipe", "equipe"), terminal(lang="fr"))
    assert (found.name, found.good) == ("equipe", True)
    assert len(fake_slack.received("webhook")) == 1
