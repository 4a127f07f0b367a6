"""Settings: a file, overridden by the environment, and no typo passes in silence."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from toy_register import ToyRegister

from scrapers.ans_hds.source import AnsHds
from watcher.app import App
from watcher.cli import vigilabel
from watcher.errors import BadSettings
from watcher.look.apart.source import own
from watcher.look.slots import slot_before, trigger_of
from watcher.made.sources import configured
from watcher.settings import SourceSettings, load_settings


@pytest.fixture(autouse=True)
def _empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_anything_set_the_memory_is_here_and_the_language_french() -> None:
    settings = load_settings()
    assert (settings.state, settings.lang, settings.port, settings.operators) == (
        "./vigilabel.db",
        "fr",
        8000,
        "",
    )


def test_the_environment_overrides_the_file_and_the_command_line_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("vigilabel.toml").write_text('state = "file.db"\nlang = "en"\n[sources.anssi-catalogue]\npace = 7\n')
    monkeypatch.setenv("VIGILABEL_STATE", "env.db")
    monkeypatch.setenv("VIGILABEL_SOURCES__ANSSI_CATALOGUE__URL", "http://localhost:1/x.pdf")
    settings = load_settings()
    assert (settings.state, settings.lang) == ("env.db", "en")
    assert settings.sources["anssi-catalogue"] == SourceSettings(url="http://localhost:1/x.pdf", pace=7)
    assert load_settings(state="given.db").state == "given.db"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('staet = "x.db"', "staet"),
        ('lang = "de"', "lang"),
        ("[sources.anssi-catalogue]\npace = -1", "sources.anssi-catalogue.pace"),
        ("[slack]\nbaseurl = 'x'", "slack.baseurl"),
        ("lang = ", "vigilabel.toml"),
    ],
)
def test_what_cannot_be_used_is_named(text: str, names: str) -> None:
    Path("vigilabel.toml").write_text(text)
    with pytest.raises(BadSettings, match=names):
        load_settings()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("VIGILABEL_LANG", "de", "lang: expected one of fr, en; found 'de'"),
        ("PORT", "80.5", "port: expected a whole number; found '80.5'"),
        ("VIGILABEL_SOURCES", "[]", r"sources: expected a table as JSON; found \[\]"),
        ("VIGILABEL_SOURCES__ANS_HDS", "1", "sources.ans-hds: expected a table; found 1"),
        ("VIGILABEL_SOURCES__ANS_HDS__ENABLED", "maybe", "enabled: expected true or false; found 'maybe'"),
        ("VIGILABEL_SOURCES__ANS_HDS__PACE", "NaN", "pace: expected a number of at least 0; found nan"),
        ("VIGILABEL_SLACK__NOPE", "x", "slack.nope: no such setting; known are base_url"),
        ("VIGILABEL_API_TOKENS", "hunter2", "api_tokens: expected SHA-256 hashes of tokens"),
        ("VIGILABEL_SIGNING_KEY", "hunter2", "signing_key: expected 64 hex digits"),
        ("VIGILABEL_HEARTBEAT_URL", "ftp://hunter2", "heartbeat_url: expected an address that begins with"),
        ("SLACK_TOKEN_KEYS", "hunter2", "slack_token_keys: expected a key, or several with commas"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named_and_no_secret_is_repeated(
    variable: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSettings, match=said) as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)


def test_all_that_cannot_be_used_is_said_at_once() -> None:
    Path("vigilabel.toml").write_text(
        'lang = "de"\n[sources.ans-hds]\npace = -1\n[sources.tl-fr]\nenabled = 3\n'
    )
    with pytest.raises(BadSettings, match=r"ans-hds\.pace: .*; sources\.tl-fr\.enabled: .*; lang: "):
        load_settings()


def test_the_environment_gives_numbers_lists_switches_and_whole_tables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable, value in {
        "PORT": "9000",
        "vigilabel_operators": "C1",
        "VIGILABEL_SOURCES": '{"tl-fr": {"enabled": true, "every": "1 2 * * *"}}',
        "VIGILABEL_SOURCES__TL_FR__ENABLED": "Off",
        "VIGILABEL_SOURCES__ANS_HDS__LETTERS": '["a", "b"]',
        "VIGILABEL_SOURCES__ANS_HDS__URL": "5",
        "VIGILABEL_SLACK__BASE_URL": "http://localhost:1/",
    }.items():
        monkeypatch.setenv(variable, value)
    settings = load_settings()
    assert (settings.port, settings.operators, settings.slack.base_url) == (9000, "C1", "http://localhost:1/")
    assert settings.sources == {
        "tl-fr": SourceSettings(enabled=False, every="1 2 * * *"),
        "ans-hds": SourceSettings(url="5", options={"letters": ["a", "b"]}),
    }
    assert "tl-fr" not in App(settings, lambda: datetime.now(UTC)).sources


def test_an_unknown_variable_with_our_name_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGILABEL_STAET", "x.db")
    with pytest.raises(BadSettings, match="VIGILABEL_STAET: no such setting"):
        load_settings()


def test_a_missing_file_that_was_named_is_an_error() -> None:
    with pytest.raises(BadSettings, match=r"nowhere\.toml: no such file"):
        load_settings("nowhere.toml")


@pytest.mark.parametrize("named", ["vigilabel.toml", None])
def test_a_folder_in_place_of_the_file_is_said_to_be_one(named: str | None) -> None:
    Path("vigilabel.toml").mkdir()
    with pytest.raises(BadSettings, match=r"vigilabel\.toml: expected a TOML file .*, found a directory"):
        load_settings(named)


def test_secrets_are_masked_wherever_settings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-hunter2")
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/hunter2")
    settings = load_settings()
    assert settings.slack_bot_token is not None
    assert "hunter2" not in repr(settings) + str(settings)
    assert "hunter2" not in repr(vars(App(settings, lambda: datetime.now(UTC))))


def test_a_source_takes_its_own_settings_and_refuses_others() -> None:
    changed = configured(ToyRegister(), SourceSettings(url="http://x", every="5 4 * * *"))
    assert (changed.url, changed.every) == ("http://x", "5 4 * * *")
    assert configured(ToyRegister(), SourceSettings(options={"broken": True})).broken  # type: ignore[attr-defined]
    with pytest.raises(BadSettings, match=r"sources.anssi-catalogue.letters: no such setting"):
        configured(ToyRegister(), SourceSettings(options={"letters": "A"}))
    with pytest.raises(BadSettings, match=r"sources.anssi-catalogue.revision"):
        configured(ToyRegister(), SourceSettings(options={"revision": "new"}))


@pytest.mark.parametrize("every", ["0 7 * * 1", "0 7 * *", "61 * * * *", "hourly", "0 7 31 2 *"])
def test_a_rhythm_that_would_surprise_is_refused(every: str) -> None:
    with pytest.raises(BadSettings, match="every"):
        trigger_of(ToyRegister(every=every))


@pytest.mark.parametrize("every", ["0 7 1 * mon", "0 7 */2 * mon-fri", "0 7 1-7 jan mon"])
def test_a_day_of_the_month_and_one_of_the_week_are_refused_together(every: str) -> None:
    with pytest.raises(BadSettings) as refused:
        trigger_of(ToyRegister(every=every))
    assert str(refused.value) == (
        "sources.anssi-catalogue.every: expected a day of the month or a day of the week, and `*` for the "
        f"other: cron would take either day; found {every!r}"
    )


@pytest.mark.parametrize(
    ("every", "planned"),
    [
        ("17 6 1 * *", datetime(2026, 11, 1, 6, 17, tzinfo=UTC)),
        ("17 6 1 1 *", datetime(2026, 1, 1, 6, 17, tzinfo=UTC)),
        ("17 6 29 2 *", datetime(2024, 2, 29, 6, 17, tzinfo=UTC)),
        ("0 0 last 6,12 *", datetime(2026, 6, 30, tzinfo=UTC)),
    ],
)
def test_a_rhythm_rarer_than_a_week_has_its_slot(every: str, planned: datetime) -> None:
    assert slot_before(trigger_of(ToyRegister(every=every)), datetime(2026, 11, 28, tzinfo=UTC)) == planned


def test_the_slot_of_a_check_is_its_planned_time_whatever_the_jitter() -> None:
    trigger = trigger_of(ToyRegister(every="17 */6 * * *"))
    for minute in (17, 20, 59):
        now = datetime(2026, 11, 24, 6, minute, tzinfo=UTC)
        assert slot_before(trigger, now) == datetime(2026, 11, 24, 6, 17, tzinfo=UTC)
    monday = trigger_of(ToyRegister(every="0 7 * * mon"))
    tuesday = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert slot_before(monday, tuesday) == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


RECIPE = """
[sources.ans-hds.recipe]
rows = "article"
holder = "h3"
number = { select = "p", match = "n° (.+)" }
end = 4
activities = "ul"
"""


def test_a_recipe_is_a_table_that_the_environment_adds_to_and_overrides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("vigilabel.toml").write_text(RECIPE, encoding="utf-8")
    monkeypatch.setenv("VIGILABEL_SOURCES__ANS_HDS__RECIPE__ROWS", "li.host")
    monkeypatch.setenv("VIGILABEL_SOURCES__ANS_HDS__RECIPE__BODY", "3")
    source = own(App(load_settings(), lambda: datetime.now(UTC)).sources["ans-hds"])
    assert isinstance(source, AnsHds)
    steps = source.steps
    assert steps is not None
    assert (steps.rows, steps.fields["holder"].select, steps.fields["body"].column) == ("li.host", "h3", 3)
    assert (steps.fields["number"].select, steps.fields["number"].match) == ("p", "n° (.+)")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (RECIPE.replace("holder", "holdr"), "recipe: expected rows and fields .* found holdr"),
        (RECIPE.replace('"article"', '"li["'), "recipe.rows: expected a CSS selector; found"),
        ("[sources.ans-hds]\nrecipe = 3\n", "sources.ans-hds.recipe: .*found 3"),
    ],
)
def test_a_recipe_that_nobody_can_use_is_named_at_once(text: str, names: str) -> None:
    Path("vigilabel.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings, match=names):
        App(load_settings(), lambda: datetime.now(UTC)).sources  # noqa: B018 - asked for what it raises


@pytest.mark.parametrize(
    ("text", "variables", "said"),
    [
        ('lang = "de"', {}, "lang : attendu : fr, en ; trouvé : 'de'"),
        ("port = 80.5", {}, "port : un nombre entier est attendu ; trouvé : 80.5"),
        ("[sources.tl-fr]\nsigners = ['x']", {}, "sources.tl-fr : les signataires (signers) sont"),
        (RECIPE.replace("holder", "holdr"), {}, "recipe : des lignes (rows) et des champs sont attendus"),
        ("[sources.nowhere]\npace = 3", {}, "aucune source nowhere ; celles qui existent"),
        ("lang = ", {}, "réglages : « "),
        ("", {"VIGILABEL_CONTACT": "équipe"}, "VIGILABEL_CONTACT : des caractères ASCII imprimables"),
        ("", {"HTTPS_PROXY": "socks5://x:1"}, "HTTPS_PROXY : un mandataire HTTP est attendu"),
        ("", {"VIGILABEL_STAET": "x"}, "VIGILABEL_STAET : ce réglage n’existe pas"),
        ("", {"VIGILABEL_SIGNING_KEY": "x"}, "signing_key : 64 chiffres hexadécimaux sont attendus"),
    ],
)
def test_whoever_reads_french_is_told_in_french_what_is_wrong_with_the_settings(
    text: str, variables: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("vigilabel.toml").write_text(text, encoding="utf-8")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    refused = CliRunner().invoke(vigilabel, ["--lang", "fr", "doctor", "anssi-catalogue"])
    assert refused.exit_code == 1
    assert said in refused.stderr.replace("\u00a0", " ")


KEY = "A" * 43 + "="
WORKSPACES = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "hunter2",
    "SLACK_TOKEN_KEYS": KEY,
    "SLACK_SIGNING_SECRET": "hunter3",
    "VIGILABEL_ADDRESS": "https://labels.example",
}


@pytest.mark.parametrize("missing", [*WORKSPACES])
def test_what_workspaces_need_to_install_the_app_is_asked_for_together(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in WORKSPACES.items():
        monkeypatch.setenv(name, value)
    assert load_settings().many_workspaces
    assert "hunter" not in repr(load_settings())
    assert KEY not in repr(load_settings())
    monkeypatch.delenv(missing)
    place = missing.removeprefix("VIGILABEL_").lower()
    with pytest.raises(BadSettings, match=f"{place}: for workspaces to install the app") as refused:
        load_settings()
    assert "hunter" not in str(refused.value)


def test_tokens_are_sealed_by_the_first_key_and_any_number_may_open_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in WORKSPACES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SLACK_TOKEN_KEYS", f" {'B' * 43}= , {KEY}")
    assert [key.reveal()[0] for key in load_settings().slack_token_keys] == ["B", "A"]
    monkeypatch.delenv("SLACK_TOKEN_KEYS")
    Path("vigilabel.toml").write_text(f'slack_token_keys = ["{KEY}"]')
    assert [key.reveal() for key in load_settings().slack_token_keys] == [KEY]


def test_nobody_is_sent_back_over_a_line_that_anybody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WORKSPACES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("VIGILABEL_ADDRESS", "http://labels.example")
    with pytest.raises(BadSettings, match="address: for workspaces to install the app"):
        load_settings()


def test_a_platform_says_where_the_memory_is_and_our_own_setting_wins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("vigilabel.toml").write_text('state = "file.db"\n')
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hidden@db.test/watch")
    settings = load_settings()
    assert settings.state == "postgresql://me:hidden@db.test/watch"
    assert "hidden" not in repr(settings)
    monkeypatch.setenv("VIGILABEL_STATE", "env.db")
    assert load_settings().state == "env.db"
    monkeypatch.delenv("VIGILABEL_STATE")
    monkeypatch.setenv("DATABASE_URL", "")
    assert load_settings().state == "file.db"


@pytest.mark.parametrize(
    ("memory", "replica"),
    [("watch.db", "postgresql://me:hidden@r.test/watch"), ("postgresql://db.test/watch", "copy-hidden.db")],
)
def test_a_replica_is_one_of_a_server_and_no_address_of_it_is_shown(
    monkeypatch: pytest.MonkeyPatch, memory: str, replica: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", memory)
    monkeypatch.setenv("DATABASE_READ_URL", replica)
    with pytest.raises(BadSettings) as refused:
        load_settings()
    assert "database_read_url: expected the postgresql:// address of a replica" in str(refused.value)
    assert "hidden" not in str(refused.value)
