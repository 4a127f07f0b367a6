"""What an operator can set: `vigilabel.toml`, overridden by the environment; nothing else reads either.

The names are a contract. Unknown keys are errors, since a typo that passes in silence is a watch that does
not watch. Secrets are masked wherever a setting is shown.

Read without pydantic: every command begins here, and its loading (160 ms) was half of a short answer.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import reduce
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from notifiers.said.texts import LANGUAGES
from watcher.errors import BadSettings
from watcher.prove.seed import seed_of

if TYPE_CHECKING:
    from scrapers.wire.proxies import Proxies

CONFIG_FILE = "vigilabel.toml"
PREFIX = "VIGILABEL_"
PLAIN = ("url", "every", "base_url")
"""Parts of tables that are texts, whatever number or word of JSON they look like."""
YES, NO = ("1", "on", "t", "true", "y", "yes"), ("0", "f", "false", "n", "no", "off")


class Secret:
    """A text that is shown nowhere, unless `reveal` is asked for."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret('**********')"


class Unfit(ValueError):
    """Settings that nobody can use: each by its place, and why."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{place}: {why}" for place, why in problems.items()))
        self.problems = problems


# How a setting is read: what was given to what is used; `ValueError` says what was expected.


def _text(given: object) -> str:
    if isinstance(given, str):
        return given
    raise ValueError(f"expected a text; found {given!r}")


def _maybe_text(given: object) -> str | None:
    return None if given is None else _text(given)


def _secret(given: object) -> Secret | None:
    if given is None or isinstance(given, Secret):
        return given
    if isinstance(given, str):
        return Secret(given)
    raise ValueError("expected a text")  # what was found is not repeated: it may be the secret


def _signs(given: object) -> Secret | None:
    """A key that cannot sign is said so at once, and not when somebody needs a proof."""
    secret = _secret(given)
    if secret is not None:
        seed_of(secret.reveal())
    return secret


def _calls_safely(given: object) -> Secret | None:
    """The address that is called while all is well: https, or this machine."""
    secret = _secret(given)
    safe = ("https://", "http://127.0.0.1:", "http://localhost:")
    if secret is not None and not secret.reveal().startswith(safe):
        raise ValueError("expected an address that begins with https://")
    return secret


def _hashes(given: object) -> tuple[str, ...]:
    """SHA-256 of each token that may ask for a scrape, never a token: a list, or one text with commas."""
    parts = given.split(",") if isinstance(given, str) else given
    if isinstance(parts, list | tuple) and all(isinstance(part, str) for part in parts):
        hashes = tuple(part.strip().lower() for part in parts if part.strip())
        if all(len(one) == 64 and not set(one) - set("0123456789abcdef") for one in hashes):
            return hashes
    raise ValueError("expected SHA-256 hashes of tokens (64 hexadecimal digits each)")


def _public_address(given: object) -> str:
    """Where readers find the pages, without a slash at its end; for feeds and what is cited."""
    address = _text(given).strip().rstrip("/")
    parts = urlsplit(address)
    whole = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    if address and not whole:
        raise ValueError("expected an address such as https://labels.example.org")
    return address


def _language(given: object) -> str:
    if given in LANGUAGES:
        return str(given)
    raise ValueError(f"expected one of {', '.join(LANGUAGES)}; found {given!r}")


def _at_least(least: float) -> Callable[[object], float]:
    def read(given: object) -> float:
        try:
            number = float(given)  # type: ignore[arg-type]  # what is no number raises
        except (TypeError, ValueError):
            number = float("nan")
        if isfinite(number) and number >= least:
            return number
        raise ValueError(f"expected a number of at least {least:g}; found {given!r}")

    return read


def _whole(least: float = 0) -> Callable[[object], int]:
    def read(given: object) -> int:
        number = _at_least(least)(given)
        if number.is_integer():
            return int(number)
        raise ValueError(f"expected a whole number; found {given!r}")

    return read


def _switch(given: object) -> bool:
    """On or off, as people write it in the environment too."""
    said = str(given).lower()
    if said in YES or said in NO:
        return said in YES
    raise ValueError(f"expected true or false; found {given!r}")


def _table(given: object) -> Mapping[str, Any]:
    if isinstance(given, Mapping):
        return given
    raise ValueError(f"expected a table; found {given!r}")


def _setting(
    read: Callable[[object], object], default: object = MISSING, *, made: Any = MISSING, variable: str = ""
) -> Any:
    """A field that is read by `read`, and set by the `variable` where that is not named after the field."""
    return field(default=default, default_factory=made, metadata={"read": read, "variable": variable})


def _take(settings: Any) -> None:
    """Reads every field in its way; raises `Unfit`, which names all that cannot be used."""
    problems: dict[str, str] = {}
    for one in fields(settings):
        try:
            object.__setattr__(settings, one.name, one.metadata["read"](getattr(settings, one.name)))
        except Unfit as error:
            problems |= {f"{one.name}.{place}": why for place, why in error.problems.items()}
        except ValueError as error:
            problems[one.name] = str(error)
    if problems:
        raise Unfit(problems)


@dataclass(frozen=True, kw_only=True)
class SourceSettings:
    """What can be set for any source; `options` are fields of that source (`signers`, `letters`…)."""

    url: str | None = _setting(_maybe_text, None)
    every: str | None = _setting(_maybe_text, None)
    pace: float = _setting(_at_least(0), 2.0)
    deadline: float = _setting(_at_least(30), 1800.0)
    enabled: bool = _setting(_switch, True)
    options: Mapping[str, Any] = _setting(_table, made=dict)

    def __post_init__(self) -> None:
        _take(self)


@dataclass(frozen=True, kw_only=True)
class ReadingSettings:
    """Within which limits a document is read: seconds in all, seconds of the processor, MiB of memory."""

    seconds: float = _setting(_at_least(1), 180.0)
    processor: int = _setting(_whole(1), 60)
    memory: int = _setting(_whole(64), 512)

    def __post_init__(self) -> None:
        _take(self)


@dataclass(frozen=True, kw_only=True)
class SlackSettings:
    """Settings of the Slack notifier that are not secrets."""

    base_url: str = _setting(_text, "https://slack.com/api/")

    def __post_init__(self) -> None:
        _take(self)


def _sources(given: object) -> Mapping[str, SourceSettings]:
    made: dict[str, SourceSettings] = {}
    problems: dict[str, str] = {}
    for name, one in _table(given).items():
        try:
            made[name] = one if isinstance(one, SourceSettings) else _source(_table(one))
        except Unfit as error:
            problems |= {f"{name}.{place}": why for place, why in error.problems.items()}
        except ValueError as error:
            problems[name] = str(error)
    if problems:
        raise Unfit(problems)
    return made


def _source(table: Mapping[str, Any]) -> SourceSettings:
    own = {one.name for one in fields(SourceSettings)} - {"options"}
    options = {key: value for key, value in table.items() if key not in own}
    return SourceSettings(options=options, **{key: table[key] for key in own & table.keys()})


def _part(kind: type[Any]) -> Callable[[object], Any]:
    """How a table of settings is read that has no other than its own."""

    def read(given: object) -> Any:
        if isinstance(given, kind):
            return given
        table, known = _table(given), {one.name for one in fields(kind)}
        if unknown := sorted(table.keys() - known):
            raise Unfit({key: f"no such setting; known are {', '.join(sorted(known))}" for key in unknown})
        return kind(**table)

    return read


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings; see the contract in the README. `sources` is keyed by source name with dashes.

    Pages are served at `host` and `port`: to this machine only, unless `host` is set (0.0.0.0 in a
    container). `address` is where readers find them, `proxies` whose X-Forwarded-For is believed. `canary` is
    the channel of the daily word that proves the way is open (the operators' where unset), `heartbeat_url` is
    called while all is well.
    """

    state: str = _setting(_text, "./vigilabel.db")
    sources: Mapping[str, SourceSettings] = _setting(_sources, made=dict)
    slack: SlackSettings = _setting(_part(SlackSettings), made=SlackSettings)
    reading: ReadingSettings = _setting(_part(ReadingSettings), made=ReadingSettings)
    operators: str = _setting(_text, "")
    contact: str = _setting(_text, "")
    lang: str = _setting(_language, LANGUAGES[0])
    port: int = _setting(_whole(), 8000, variable="PORT")
    host: str = _setting(_text, "127.0.0.1")
    address: str = _setting(_public_address, "")
    proxies: str = _setting(_text, "")
    api_tokens: tuple[str, ...] = _setting(_hashes, ())
    slack_bot_token: Secret | None = _setting(_secret, None, variable="SLACK_BOT_TOKEN")
    slack_app_token: Secret | None = _setting(_secret, None, variable="SLACK_APP_TOKEN")
    slack_signing_secret: Secret | None = _setting(_secret, None, variable="SLACK_SIGNING_SECRET")
    slack_webhook_url: Secret | None = _setting(_secret, None, variable="SLACK_WEBHOOK_URL")
    signing_key: Secret | None = _setting(_signs, None)
    canary: str = _setting(_text, "")
    heartbeat_url: Secret | None = _setting(_calls_safely, None)

    def __post_init__(self) -> None:
        """Raises `Unfit`, a `ValueError`, which names all that cannot be used."""
        _take(self)

    @property
    def signing_secret(self) -> str | None:
        """What proofs are signed with, None for nothing."""
        return None if self.signing_key is None else self.signing_key.reveal()

    def named(self, name: str) -> str:
        """What is set under the name of an environment variable, "" for nothing; notifiers ask by it."""
        if name.startswith(PREFIX):
            return str(reduce(getattr, name.removeprefix(PREFIX).lower().split("__"), self))
        own = next((one.name for one in fields(self) if one.metadata["variable"] == name), None)
        value = getattr(self, own) if own else os.environ.get(name)
        return value.reveal() if isinstance(value, Secret) else str(value or "")


def load_settings(config: str | None = None, *, state: str | None = None) -> Settings:
    """The settings in force: the file (`config`, or ./vigilabel.toml), the environment, then `state`.

    Raises `BadSettings` naming each key, what was found and what was expected.
    """
    file = config or CONFIG_FILE
    if Path(file).is_dir():
        raise BadSettings(f"{file}: expected a TOML file of settings, found a directory")
    if config and not Path(file).exists():
        raise BadSettings(f"{file}: no such file; --config names a TOML file of settings")
    _refuse_unknown(os.environ)
    try:
        given = _read(file)
        _merge(given, _set_in(os.environ))  # what is in the environment wins over the file
        return Settings(**given | ({} if state is None else {"state": state}))
    except Unfit as error:
        raise BadSettings(f"settings: {error}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"settings: {error} (in {file})") from None


def load_proxies() -> Proxies:
    """The proxies that the environment sets; raises `BadSettings` when one cannot be used."""
    from scrapers.wire.proxies import proxies

    try:
        return proxies(os.environ)
    except ValueError as error:
        raise BadSettings(str(error)) from None


def _read(file: str) -> dict[str, Any]:
    """What the file sets, by field; a setting may be named as its field or as its variable."""
    if not Path(file).exists():
        return {}
    with Path(file).open("rb") as opened:
        given = tomllib.load(opened)
    names = {one.metadata["variable"]: one.name for one in fields(Settings)}
    names |= {one.name: one.name for one in fields(Settings)}
    known = ", ".join(sorted(one.name for one in fields(Settings)))
    if unknown := sorted(given.keys() - names.keys()):
        raise Unfit({key: f"no such setting; known are {known}" for key in unknown})
    return _with_dashes({names[key]: value for key, value in given.items()})


def _set_in(environ: Mapping[str, str]) -> dict[str, Any]:
    """What the environment sets, by field: names in any case, a part of a table after two underscores."""
    folded = {name.lower(): value for name, value in environ.items()}
    plain = {one.name: folded.get(_variable(one).lower()) for one in fields(Settings)}
    given: dict[str, Any] = {name: value for name, value in plain.items() if value is not None}
    for table in ("sources", "slack", "reading"):
        whole = _decoded(given.pop(table, "{}"))
        if not isinstance(whole, dict):
            raise Unfit({table: f"expected a table as JSON; found {whole!r}"})
        beginning = f"{PREFIX}{table}__".lower()
        for name in filter(lambda name: name.startswith(beginning), folded):
            way, value = name.removeprefix(beginning).split("__"), folded[name]
            _put(whole, way, value if way[-1] in PLAIN else _decoded(value))
        if whole:
            given[table] = whole
    return _with_dashes(given)


def _variable(one: Field[Any]) -> str:
    return one.metadata["variable"] or PREFIX + one.name.upper()


def _decoded(value: str) -> Any:
    """A value of a table: JSON where it is JSON (a number, a list), else the text as it stands."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def _put(table: dict[str, Any], way: Iterable[str], value: Any) -> None:
    *outer, last = way
    for name in outer:
        if not isinstance(table.get(name), dict):
            table[name] = {}
        table = table[name]
    table[last] = value


def _with_dashes(given: dict[str, Any]) -> dict[str, Any]:
    """Sources named as commands write them: `ANS_HDS` of the environment is `ans-hds` of the file."""
    sources = given.get("sources")
    if isinstance(sources, dict):
        named: dict[str, Any] = {}
        for name, table in sources.items():
            _merge(named, {name.lower().replace("_", "-"): table})
        given["sources"] = named
    return given


def forget_environment() -> None:
    """Leaves this process without a variable: a child that reads for it needs none."""
    os.environ.clear()


def bare_environment() -> dict[str, str]:
    """What a program of ours needs to begin, and nothing that is secret: where the system's libraries lie."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}


def _merge(known: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Adds what is given to what is known, tables within tables too; what is given wins."""
    for key, value in given.items():
        inner = known.get(key)
        if isinstance(inner, dict) and isinstance(value, Mapping):
            _merge(inner, value)
        else:
            known[key] = value


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    """Refuses `VIGILABEL_STAET`: what begins with our name and is not ours would be ignored otherwise."""
    known = {_variable(one) for one in fields(Settings) if not one.metadata["variable"]}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name.split("__")[0] not in known:
            raise BadSettings(f"{name}: no such setting; known are {', '.join(sorted(known))}")
