"""What can be typed, asked and set: commands, addresses, settings, the document of the API, the memory."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import timedelta
from typing import Any

import pytest
from contracts.asked import ACTS, API, CALENDARS, FEEDS, QUESTIONS
from contracts.pinned import Json, Text
from contracts.program import Program, typed
from syrupy.assertion import SnapshotAssertion

from scrapers import SOURCES
from watcher.app import App
from watcher.settings import Settings, SlackSettings, SourceSettings, load_settings
from watcher.slack.doors.http import http_doors
from watcher.web.app import make_app


def _helped(*path: str) -> Iterator[str]:
    """The help of a command, then of those below it."""
    said = typed(*path, "--help")
    assert said.code == 0, said.err
    yield f"$ {' '.join(('vigilabel', *path))} --help\n{said.out}"
    _, _, below = said.out.partition("--help  ")
    for name in sorted(re.findall(r"^  ([a-z-]+) ", below, re.MULTILINE)):
        yield from _helped(*path, name)


def test_commands_and_their_help(snapshot: SnapshotAssertion) -> None:
    assert "\n".join(_helped()) == snapshot(extension_class=Text)


def test_every_command_that_answers_programs_is_pinned() -> None:
    helped = re.findall(r"^\$ vigilabel ([a-z ]+) --help\n(.*?)(?=^\$|\Z)", "\n".join(_helped()), re.M | re.S)
    told = {name for name, text in helped if "--format" in text}
    asked = (*QUESTIONS.values(), *ACTS.values(), "copy", "verify")
    assert told == {name for name in told if any(f"{one} ".startswith(f"{name} ") for one in asked)}


def _plain(value: Any) -> str:
    """A default as it would be written, whatever holds it."""
    if isinstance(value, SlackSettings):
        return "{}"
    if is_dataclass(value):
        return _plain({field.name: getattr(value, field.name) for field in fields(value)})
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_plain(one)}" for name, one in value.items()) + "}"
    return str(value) if isinstance(value, timedelta) else repr(value)


def _settings(model: type[Any], place: str = "") -> Iterator[str]:
    for field in fields(model):
        name, default = field.name, getattr(model(), field.name)
        if model is SourceSettings and name == "options":
            continue  # these are fields of the sources
        variable = field.metadata["variable"] or f"VIGILABEL_{place}{name}".replace(".", "__").upper()
        yield f"{place}{name} ({variable}) = {_plain(default)}"
        if is_dataclass(default):
            yield from _settings(type(default), f"{place}{name}.")


def _of_sources() -> Iterator[str]:
    """What only this source knows; the revision is no setting in earnest, it follows the reader."""
    yield from _settings(SourceSettings, "sources.NAME.")
    for source in SOURCES:
        for field in fields(source):  # type: ignore[arg-type]  # sources are dataclasses
            if field.name != "revision":
                given = field.default is not MISSING or field.default_factory is not MISSING
                default = _plain(getattr(source, field.name)) if given else "required"
                yield f"sources.{source.name}.{field.name} = {default}"


def test_settings_and_their_defaults(snapshot: SnapshotAssertion) -> None:
    known = sorted([*_settings(Settings), *_of_sources()])
    assert "\n".join((*known, "")) == snapshot(extension_class=Text)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, small: Program) -> App:
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "secret")
    return App(load_settings("watch.toml", state=str(small.state)), lambda: pytest.fail("asked for the time"))


def test_addresses(app: App, snapshot: SnapshotAssertion) -> None:
    known: Any = make_app(app, [route for one in http_doors(app) for route in one.routes]).routes
    table = [f"{' '.join(sorted(route.methods - {'HEAD'}))} {route.path}" for route in known]
    assert "\n".join((*sorted(table), "")) == snapshot(extension_class=Text)


def test_every_address_for_programs_is_pinned(app: App) -> None:
    known: Any = make_app(app).routes
    paths = {route.path for route in known if route.path.startswith("/api/") and "GET" in route.methods}
    paths |= {route.path for route in known if route.path.endswith((".atom", ".ics"))}
    asked = [path.partition("?")[0] for path in (*API.values(), *FEEDS.values(), *CALENDARS.values())]
    patterns = {path: re.sub(r"\{\w+\}", "[^/]+", path) for path in paths}
    unasked = {path for path, of in patterns.items() if not any(re.fullmatch(of, one) for one in asked)}
    assert unasked == {
        "/api/v1/openapi.json",
        "/api/v1/events/{number}",
        "/api/v1/events/{number}/evidence",
        "/api/v1/events/stream",  # it has no end
    }


def _unordered(value: Any, name: str = "") -> Any:
    """The document with the lists in order whose order means nothing."""
    if isinstance(value, dict):
        return {key: _unordered(one, key) for key, one in value.items()}
    if isinstance(value, list):
        listed = [_unordered(one) for one in value]
        return sorted(listed, key=str) if name in ("required", "enum", "type", "parameters") else listed
    return value


def test_the_document_of_the_api(small: Program, snapshot: SnapshotAssertion) -> None:
    answer = small.pages()("/api/v1/openapi.json")
    document = answer.json()
    document["info"]["version"] = "…"
    assert _unordered(document) == snapshot(extension_class=Json)


def test_the_shape_of_the_memory(small: Program, snapshot: SnapshotAssertion) -> None:
    with sqlite3.connect(small.state) as memory:
        steps = memory.execute("select migration_set, name from _sqlite_migrations order by name").fetchall()
        shape = memory.execute("select sql from sqlite_master where sql is not null order by type, name")
        parts = [*(f"-- {set} {name}" for set, name in steps), *(f"{sql};" for (sql,) in shape)]
    memory.close()
    assert "\n".join((*(re.sub(r"\n +", "\n    ", part) for part in parts), "")) == snapshot(
        extension_class=Text
    )
