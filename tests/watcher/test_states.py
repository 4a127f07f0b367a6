"""Which states are watched: as settings name them, each list a source of its own in every door."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from notifiers.said.named import source_of, source_title
from notifiers.said.reasons import said
from scrapers import SOURCES, names
from scrapers.eu_trusted_lists.states import STATES
from watcher.app import App
from watcher.errors import BadSettings
from watcher.look.apart.source import own
from watcher.settings import load_settings

CHOSEN = "VIGILABEL_SOURCES__EU_TRUSTED_LISTS__STATES"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def app() -> App:
    return App(load_settings(), lambda: datetime(2026, 8, 20, tzinfo=UTC))


def test_no_state_but_france_is_watched_unless_it_is_said() -> None:
    assert [*app().sources] == [source.name for source in SOURCES if source.name != "eu-lotl"]


@pytest.mark.parametrize("given", ["fr,be,LU", '["be", "lu"]', "lu, be"])
def test_each_state_that_is_named_is_a_source_believed_by_the_list_of_lists(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv(CHOSEN, given)
    found = app().sources
    assert [*found][-4:] == ["tl-fr", "eu-lotl", "tl-be", "tl-lu"]
    root = own(found["eu-lotl"]).roots  # type: ignore[attr-defined]
    assert [own(found[name]).root for name in ("tl-fr", "tl-be", "tl-lu")] == [root] * 3  # type: ignore[attr-defined]


def test_states_are_named_in_the_file_of_settings_too() -> None:
    Path("vigilabel.toml").write_text(
        '[sources.eu-trusted-lists]\nstates = ["no", "is"]\npace = 4\nevery = "1 5 * * *"\n'
        '[sources.tl-no]\npace = 9\nhosts = ["nkom.no", "elsewhere.no"]\n'
    )
    found = app()
    assert [*found.sources][-2:] == ["tl-is", "tl-no"]
    assert [found.settings_of(name).pace for name in ("tl-is", "tl-no", "tl-fr")] == [4, 9, 2]
    assert {found.sources[name].every for name in ("tl-is", "tl-no")} == {"1 5 * * *"}
    assert own(found.sources["tl-no"]).hosts == ("nkom.no", "elsewhere.no")  # type: ignore[attr-defined]


def test_one_state_can_be_left_out_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOSEN, "all")
    monkeypatch.setenv("VIGILABEL_SOURCES__TL_SK__ENABLED", "false")
    found = app().sources
    assert len([name for name in found if name.startswith("tl-")]) == len(STATES) - 1
    assert "tl-sk" not in found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '[sources.eu-trusted-lists]\nstates = ["xx"]',
            r"eu-trusted-lists\.states: no state xx; known are all, at",
        ),
        ("[sources.eu-trusted-lists]\nstates = 7", r"eu-trusted-lists\.states: expected states such as"),
        ('[sources.eu-trusted-lists]\nurl = "https://x"', r"eu-trusted-lists\.url: no such setting"),
        (
            '[sources.eu-trusted-lists]\nstate = "be"',
            r"eu-trusted-lists\.state: no such setting; known are states",
        ),
        ("[sources.tl-be]\npace = 4", r"sources\.tl-be: .*add `be` to sources\.eu-trusted-lists\.states"),
        ("[sources.tl-xx]\npace = 4", r"no source tl-xx; known are .*eu-trusted-lists"),
        (
            '[sources.eu-trusted-lists]\nstates = "be"\n[sources.eu-lotl]\nenabled = false',
            r"eu-trusted-lists\.states: these lists are believed by the EU's list",
        ),
        (
            '[sources.eu-trusted-lists]\nstates = "be"\n[sources.tl-be]\nsigners = ["ab"]',
            r"tl-be: signers are SHA-256 fingerprints of 64 hex digits",
        ),
    ],
)
def test_what_names_no_state_or_cannot_be_believed_is_refused(text: str, words: str) -> None:
    Path("vigilabel.toml").write_text(text)
    with pytest.raises(BadSettings, match=words):
        _ = app().sources


def test_what_names_no_state_is_said_in_the_language_of_the_reader() -> None:
    Path("vigilabel.toml").write_text('lang = "fr"\n[sources.eu-trusted-lists]\nstates = "fr,xx"')
    with pytest.raises(BadSettings) as caught:
        _ = app().sources
    assert "pas d’État xx\u00a0; sont connus\u00a0: all, at" in said(caught.value.reason, "fr")


def test_states_that_are_turned_off_are_not_watched() -> None:
    Path("vigilabel.toml").write_text('[sources.eu-trusted-lists]\nstates = "be"\nenabled = false')
    assert "tl-be" not in app().sources


def test_every_source_that_may_be_has_a_name_in_every_door_and_words_in_each_language() -> None:
    assert len(names()) == len(SOURCES) + len(STATES) - 1
    for name in names():
        for lang in ("fr", "en"):
            assert source_title(name, lang) != name
            assert "«" not in source_of(name, lang)
    assert source_title("tl-be", "fr") == "Liste de confiance (Belgique)"
    assert source_of("tl-el", "en") == "of the trusted list (Greece)"
