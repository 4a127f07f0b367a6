"""What an operator can set: `vigilabel.toml`, overridden by the environment; nothing else reads either.

The names are a contract. Unknown keys are errors, since a typo that passes in silence is a watch that does
not watch. Secrets are masked wherever a setting is shown.

Read without pydantic: every command begins here, and its loading (160 ms) was half of a short answer.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from notifiers.given import (
    Secret,
    Unfit,
    at_least,
    maybe_text,
    one_of,
    require_known,
    secret,
    switch,
    table,
    text,
    whole,
)
from notifiers.said.texts import LANGUAGES
from state.model import Reason
from watcher.errors import BadSettings

if TYPE_CHECKING:
    from notifiers.notifier import NamedChannel
    from scrapers.wire.proxies import Proxies

CONFIG_FILE = "vigilabel.toml"
PREFIX = "VIGILABEL_"
SEAL = re.compile(r"[A-Za-z0-9_-]{43}=")
"""A key that seals: 32 bytes in base64 as addresses have it. Its look is enough here: what seals takes 20 ms
to load, and every command reads the settings."""
HASH = re.compile(r"[0-9a-fA-F]{64}")
SAFE = ("https://", "http://127.0.0.1:", "http://localhost:")
"""How an address begins that nobody else reads: https, or this machine."""
PLAIN = ("url", "every", "base_url")
"""Parts of tables that are texts, whatever number or word of JSON they look like."""


def _signs(given: object) -> Secret | None:
    """A key that cannot sign is said so at once, and not when somebody needs a proof."""
    key = secret(given)
    if key is not None:
        from watcher.prove.seed import seed_of  # most watches sign nothing

        try:
            seed_of(key.reveal())
        except ValueError:
            raise Unfit.of("setting_key") from None
    return key


def _listed(given: object, fits: Callable[[str], object], fault: str) -> list[str]:
    """What stands in a list, or in one text with commas; raises `Unfit` where some of it does not fit."""
    parts = given.split(",") if isinstance(given, str) else given
    if isinstance(parts, list | tuple):
        found = [part.reveal() if isinstance(part, Secret) else str(part).strip() for part in parts]
        if all(fits(one) for one in filter(None, found)):
            return [one for one in found if one]
    raise Unfit.of(fault)  # what was found is not repeated: it may be a secret


def _seals(given: object) -> tuple[Secret, ...]:
    """The keys that seal the tokens of workspaces, newest first."""
    return tuple(map(Secret, _listed(given, SEAL.fullmatch, "setting_seal")))


def _calls_safely(given: object) -> Secret | None:
    """The address that is called while all is well: https, or this machine."""
    called = secret(given)
    if called is not None and not called.reveal().startswith(SAFE):
        raise Unfit.of("setting_scheme_safe")
    return called


def _hashes(given: object) -> tuple[str, ...]:
    """SHA-256 of each token that may ask for a scrape, never a token."""
    return tuple(one.lower() for one in _listed(given, HASH.fullmatch, "setting_hashes"))


def _public_address(given: object) -> str:
    """Where readers find the pages, without a slash at its end; for feeds and what is cited."""
    address = text(given).strip().rstrip("/")
    parts = urlsplit(address)
    whole = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    if address and not whole:
        raise Unfit.of("setting_public_address")
    return address


def _setting(
    read: Callable[[object], object],
    default: object = MISSING,
    *,
    made: Any = MISSING,
    variable: str = "",
    shown: bool = True,
) -> Any:
    """A field that is read by `read`, and set by the `variable` where that is not named after the field."""
    metadata = {"read": read, "variable": variable}
    return field(default=default, default_factory=made, metadata=metadata, repr=shown)


def _take(settings: Any) -> None:
    """Reads every field in its way; raises `Unfit`, which names all that cannot be used."""
    problems: dict[str, Reason] = {}
    for one in fields(settings):
        try:
            object.__setattr__(settings, one.name, one.metadata["read"](getattr(settings, one.name)))
        except Unfit as error:
            problems |= error.under(one.name)
    if problems:
        raise Unfit(problems)


class Table:
    """A table of settings, read as it is made."""

    def __post_init__(self) -> None:
        _take(self)


@dataclass(frozen=True, kw_only=True)
class SourceSettings(Table):
    """What can be set for any source; `options` are fields of that source (`signers`, `letters`…)."""

    url: str | None = _setting(maybe_text, None)
    every: str | None = _setting(maybe_text, None)
    pace: float = _setting(at_least(0), 2.0)
    deadline: float = _setting(at_least(30), 1800.0)
    enabled: bool = _setting(switch, True)
    options: Mapping[str, Any] = _setting(table, made=dict)


@dataclass(frozen=True, kw_only=True)
class ReadingSettings(Table):
    """Within which limits a document is read: seconds in all, seconds of the processor, MiB of memory."""

    seconds: float = _setting(at_least(1), 180.0)
    processor: int = _setting(whole(1), 60)
    memory: int = _setting(whole(64), 512)


@dataclass(frozen=True, kw_only=True)
class SlackSettings(Table):
    """Settings of the Slack notifier that are not secrets."""

    base_url: str = _setting(text, "https://slack.com/api/")


def _each(read: Callable[[str, object], Any]) -> Callable[[object], Mapping[str, Any]]:
    """How a table of named tables is read: each by its name; all that cannot be used is said at once."""

    def read_all(given: object) -> Mapping[str, Any]:
        made: dict[str, Any] = {}
        problems: dict[str, Reason] = {}
        for name, one in table(given).items():
            try:
                made[name] = read(name, one)
            except Unfit as error:
                problems |= error.under(name)
        if problems:
            raise Unfit(problems)
        return made

    return read_all


def _channel(name: str, given: object) -> NamedChannel:
    """The table of kinds is loaded only where a channel is named."""
    from notifiers.channels import read_channel

    return read_channel(name, given)


def _source(_: str, given: object) -> SourceSettings:
    if isinstance(given, SourceSettings):
        return given
    found, own = table(given), {one.name for one in fields(SourceSettings)} - {"options"}
    options = {key: value for key, value in found.items() if key not in own}
    return SourceSettings(options=options, **{key: found[key] for key in own & found.keys()})


def _part(kind: type[Any]) -> Callable[[object], Any]:
    """How a table of settings is read that has no other than its own."""

    def read(given: object) -> Any:
        if isinstance(given, kind):
            return given
        found = table(given)
        require_known(found, {one.name for one in fields(kind)})
        return kind(**found)

    return read


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings; see the contract in the README. `sources` is keyed by source name with dashes.

    Pages are served at `host` and `port`: to this machine only, unless `host` is set (0.0.0.0 in a
    container). `address` is where readers find them, `proxies` whose X-Forwarded-For is believed. `canary` is
    the channel of the daily word that proves the way is open (the operators' where unset), `heartbeat_url` is
    called while all is well.
    """

    state: str = _setting(text, "./vigilabel.db", shown=False)
    database_url: Secret | None = _setting(secret, None, variable="DATABASE_URL")
    database_read_url: Secret | None = _setting(secret, None, variable="DATABASE_READ_URL")
    sources: Mapping[str, SourceSettings] = _setting(_each(_source), made=dict)
    channels: Mapping[str, NamedChannel] = _setting(_each(_channel), made=dict)
    slack: SlackSettings = _setting(_part(SlackSettings), made=SlackSettings)
    reading: ReadingSettings = _setting(_part(ReadingSettings), made=ReadingSettings)
    operators: str = _setting(text, "")
    contact: str = _setting(text, "")
    lang: str = _setting(one_of(LANGUAGES), LANGUAGES[0])
    port: int = _setting(whole(), 8000, variable="PORT")
    host: str = _setting(text, "127.0.0.1")
    address: str = _setting(_public_address, "")
    proxies: str = _setting(text, "")
    api_tokens: tuple[str, ...] = _setting(_hashes, ())
    slack_bot_token: Secret | None = _setting(secret, None, variable="SLACK_BOT_TOKEN")
    slack_app_token: Secret | None = _setting(secret, None, variable="SLACK_APP_TOKEN")
    slack_signing_secret: Secret | None = _setting(secret, None, variable="SLACK_SIGNING_SECRET")
    slack_webhook_url: Secret | None = _setting(secret, None, variable="SLACK_WEBHOOK_URL")
    slack_client_id: str = _setting(text, "", variable="SLACK_CLIENT_ID")
    slack_client_secret: Secret | None = _setting(secret, None, variable="SLACK_CLIENT_SECRET")
    slack_token_keys: tuple[Secret, ...] = _setting(_seals, (), variable="SLACK_TOKEN_KEYS")
    signing_key: Secret | None = _setting(_signs, None)
    canary: str = _setting(text, "")
    heartbeat_url: Secret | None = _setting(_calls_safely, None)

    def __post_init__(self) -> None:
        """Raises `Unfit`, a `ValueError`, which names all that cannot be used."""
        _take(self)
        if self.channels:
            self._refuse_unnamed()
        if self.database_read_url and not (_served(self.state) and _served(self.database_read_url.reveal())):
            raise Unfit({"database_read_url": Reason.of("setting_read_url")})
        if self.slack_client_id or self.slack_client_secret or self.slack_token_keys:
            self._refuse_half_open()

    def _refuse_half_open(self) -> None:
        """Refuses what workspaces install the app by where some of it is missing: it would fail at the first
        one that tries, in front of somebody who can do nothing about it."""
        doors = self.slack_signing_secret or self.slack_app_token
        needed = {
            ("slack_client_id", "SLACK_CLIENT_ID"): self.slack_client_id,
            ("slack_client_secret", "SLACK_CLIENT_SECRET"): self.slack_client_secret,
            ("slack_token_keys", "SLACK_TOKEN_KEYS"): self.slack_token_keys,
            ("slack_signing_secret", "SLACK_SIGNING_SECRET / SLACK_APP_TOKEN"): doors,
            # Slack sends a browser back to where it is told to, and never over a line that anybody reads.
            ("address", "VIGILABEL_ADDRESS (https://)"): self.address.startswith(SAFE),
        }
        missing = [names for names, found in needed.items() if not found]
        if missing:
            variables = ", ".join(variable for _, variable in missing)
            raise Unfit({missing[0][0]: Reason.of("setting_for_workspaces", missing=variables)})

    @property
    def many_workspaces(self) -> bool:
        """Whether workspaces may install the app by themselves."""
        return bool(self.slack_client_id)

    def _refuse_unnamed(self) -> None:
        """Refuses a channel for operators that is written as a named one and is none: where it is mistyped,
        nobody would hear of trouble, and of that neither."""
        from notifiers.channels import looks_named

        known = ", ".join(sorted(self.channels))
        told = {"operators": self.operators, "canary": self.canary}
        wrong = {key: name for key, name in told.items() if looks_named(name) and name not in self.channels}
        if wrong:
            why = {key: Reason.of("setting_channel", found=name, known=known) for key, name in wrong.items()}
            raise Unfit(why)

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
        raise BadSettings(Reason.of("settings_folder", file=file))
    if config and not Path(file).exists():
        raise BadSettings(Reason.of("settings_absent", file=file))
    _refuse_unknown(os.environ)
    try:
        given = _with_memory(_read(file))
        _merge(given, _with_memory(_set_in(os.environ)))  # what is in the environment wins over the file
        return Settings(**given | ({} if state is None else {"state": state}))
    except Unfit as error:
        raise BadSettings(unfit_reason(error)) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(Reason.of("settings_garbled", text=str(error), file=file)) from None


def unfit_reason(error: Unfit) -> Reason:
    """All that cannot be used of settings, each by its place."""
    problems = (Reason.of("setting_at", at=at, why=why) for at, why in error.problems.items())
    return Reason.of("bad_settings", problems=tuple(problems))


def load_proxies() -> Proxies:
    """The proxies that the environment sets; raises `BadSettings` when one cannot be used."""
    from scrapers.source import Misset
    from scrapers.wire.proxies import proxies

    try:
        return proxies(os.environ)
    except Misset as error:
        raise BadSettings(error.reason) from None


def _read(file: str) -> dict[str, Any]:
    """What the file sets, by field; a setting may be named as its field or as its variable."""
    if not Path(file).exists():
        return {}
    with Path(file).open("rb") as opened:
        given = tomllib.load(opened)
    names = {one.metadata["variable"]: one.name for one in fields(Settings)}
    names |= {one.name: one.name for one in fields(Settings)}
    try:
        require_known(given, names.keys())
    except Unfit as error:  # it may be set by its variable too, but is known by its name
        known = ", ".join(sorted(one.name for one in fields(Settings)))
        raise Unfit(dict.fromkeys(error.problems, Reason.of("setting_unknown", known=known))) from None
    return _with_dashes({names[key]: value for key, value in given.items()})


def _set_in(environ: Mapping[str, str]) -> dict[str, Any]:
    """What the environment sets, by field: names in any case, a part of a table after two underscores."""
    folded = {name.lower(): value for name, value in environ.items()}
    plain = {one.name: folded.get(_variable(one).lower()) for one in fields(Settings)}
    given: dict[str, Any] = {name: value for name, value in plain.items() if value is not None}
    for name in ("sources", "channels", "slack", "reading"):
        found = _decoded(given.pop(name, "{}"))
        if not isinstance(found, dict):
            # An address of a channel put in the wrong place is a secret all the same.
            shown = "…" if name == "channels" else repr(found)
            raise Unfit({name: Reason.of("setting_json", found=shown)})
        beginning = f"{PREFIX}{name}__".lower()
        for variable in filter(lambda variable: variable.startswith(beginning), folded):
            way, value = variable.removeprefix(beginning).split("__"), folded[variable]
            # A secret of a channel may look like a number; of its settings, lists alone are JSON.
            as_text = way[-1] in PLAIN or (name == "channels" and not value.startswith("["))
            _put(found, way, value if as_text else _decoded(value))
        if found:
            given[name] = found
    if "channels" in given:
        given["channels"] = _dashed(given["channels"])
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


def _with_memory(given: dict[str, Any]) -> dict[str, Any]:
    """The memory is where `DATABASE_URL` says, as platforms set it, unless our own setting says another."""
    return {"state": given["database_url"], **given} if given.get("database_url") else given


def _served(address: str) -> bool:
    return address.startswith(("postgresql://", "postgres://"))


def _with_dashes(given: dict[str, Any]) -> dict[str, Any]:
    """Sources named as commands write them: `ANS_HDS` of the environment is `ans-hds` of the file."""
    sources = given.get("sources")
    if isinstance(sources, dict):
        given["sources"] = _dashed(sources)
    return given


def _dashed(named: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, one in named.items():
        _merge(made, {name.lower().replace("_", "-"): one})
    return made


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
            why = Reason.of("setting_unknown", known=", ".join(sorted(known)))
            raise BadSettings(Reason.of("setting_at", at=name, why=why))
