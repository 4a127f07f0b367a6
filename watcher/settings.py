"""What an operator can set: `vigilabel.toml`, overridden by the environment; nothing else reads either.

The names are a contract. Unknown keys are errors, since a typo that passes in silence is a watch that does
not watch. Secrets are masked wherever a setting is shown.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import reduce
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetPydanticSchema,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_core import core_schema
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from notifiers.said.texts import LANGUAGES
from scrapers.wire.proxies import Proxies, proxies
from watcher.errors import BadSettings

CONFIG_FILE = "vigilabel.toml"
PREFIX = "VIGILABEL_"
Language = Annotated[str, GetPydanticSchema(lambda *_: core_schema.literal_schema(list(LANGUAGES)))]
"""One of the languages that there are texts in."""


class SourceSettings(BaseModel):
    """What can be set for any source; further keys are fields of that source (`signers`, `letters`…)."""

    model_config = ConfigDict(extra="allow", frozen=True)

    url: str | None = None
    every: str | None = None
    pace: float = Field(default=2.0, ge=0)
    deadline: float = Field(default=1800.0, ge=30)
    enabled: bool = True

    @property
    def options(self) -> Mapping[str, Any]:
        """The keys that only this source knows."""
        return dict(self.model_extra or {})


class SlackSettings(BaseModel):
    """Settings of the Slack notifier that are not secrets."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = "https://slack.com/api/"


class Settings(BaseSettings):
    """All settings; see the contract in the README. `sources` is keyed by source name with dashes.

    Pages are served at `host` and `port`: to this machine only, unless `host` is set (0.0.0.0 in a
    container). `address` is where readers find them, `proxies` whose X-Forwarded-For is believed. `canary` is
    the channel of the daily word that proves the way is open (the operators' where unset), `heartbeat_url` is
    called while all is well.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, populate_by_name=True
    )

    state: str = "./vigilabel.db"
    sources: dict[str, SourceSettings] = Field(default_factory=dict)
    slack: SlackSettings = SlackSettings()
    operators: str = ""
    contact: str = ""
    lang: Language = LANGUAGES[0]
    port: int = Field(default=8000, validation_alias="PORT")
    host: str = "127.0.0.1"
    address: str = ""
    proxies: str = "127.0.0.1"
    api_tokens: Annotated[tuple[str, ...], NoDecode] = ()
    slack_bot_token: SecretStr | None = Field(default=None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(default=None, validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(default=None, validation_alias="SLACK_SIGNING_SECRET")
    slack_webhook_url: SecretStr | None = Field(default=None, validation_alias="SLACK_WEBHOOK_URL")
    signing_key: SecretStr | None = None
    canary: str = ""
    heartbeat_url: SecretStr | None = None

    def named(self, name: str) -> str:
        """What is set under the name of an environment variable, "" for nothing; notifiers ask by it."""
        if name.startswith(PREFIX):
            return str(reduce(getattr, name.removeprefix(PREFIX).lower().split("__"), self))
        fields = type(self).model_fields.items()
        field = next((key for key, info in fields if info.validation_alias == name), None)
        value = getattr(self, field) if field else os.environ.get(name)
        return str(value.get_secret_value() if isinstance(value, SecretStr) else value or "")

    @field_validator("signing_key")
    @classmethod
    def _signs(cls, secret: SecretStr | None) -> SecretStr | None:
        """A key that cannot sign is said so at once, and not when somebody needs a proof."""
        if secret is not None:
            from watcher.prove.signature import Signer

            Signer(secret.get_secret_value())
        return secret

    @field_validator("heartbeat_url")
    @classmethod
    def _calls_safely(cls, secret: SecretStr | None) -> SecretStr | None:
        """The address that is called while all is well: https, or this machine."""
        given = secret.get_secret_value() if secret is not None else "https://"
        if not given.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise ValueError("expected an address that begins with https://")
        return secret

    @field_validator("api_tokens", mode="before")
    @classmethod
    def _hashes(cls, given: str | list[str]) -> list[str]:
        """SHA-256 of each token that may ask for a scrape, never a token: a list, or one text with commas."""
        parts = given.split(",") if isinstance(given, str) else given
        hashes = [part.strip().lower() for part in parts if part.strip()]
        if any(len(one) != 64 or set(one) - set("0123456789abcdef") for one in hashes):
            raise ValueError("expected SHA-256 hashes of tokens (64 hexadecimal digits each)")
        return hashes

    @field_validator("address")
    @classmethod
    def _public_address(cls, given: str) -> str:
        """Where readers find the pages, without a slash at its end; for feeds and what is cited."""
        if given and not given.startswith(("http://", "https://")):
            raise ValueError("expected an address such as https://labels.example.org")
        return given.rstrip("/")

    @field_validator("sources", mode="before")
    @classmethod
    def _source_names(
        cls, sources: Mapping[str, dict[str, Any] | SourceSettings]
    ) -> dict[str, dict[str, Any]]:
        """Names as commands write them: `ANS_HDS` in the environment and `ans-hds` in the file are one."""
        merged: dict[str, dict[str, Any]] = {}
        for name, value in sources.items():  # the file's come first, so the environment's win
            table = value.model_dump(exclude_unset=True) if isinstance(value, SourceSettings) else value
            _merge(merged.setdefault(name.lower().replace("_", "-"), {}), table)
        return merged

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given on the command line wins over the environment, which wins over the file."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))


def load_settings(config: str | None = None, *, state: str | None = None) -> Settings:
    """The settings in force: the file (`config`, or ./vigilabel.toml), the environment, then `state`.

    Raises `BadSettings` naming each key, what was found and what was expected.
    """
    if config and not Path(config).is_file():
        raise BadSettings(f"{config}: no such file; --config names a TOML file of settings")
    file = config or CONFIG_FILE

    class Configured(Settings):
        model_config = SettingsConfigDict(toml_file=file)

    _refuse_unknown(os.environ)
    given: dict[str, Any] = {} if state is None else {"state": state}
    try:
        return Configured(**given)
    except ValidationError as error:
        problems = "; ".join(_problem(one["loc"], one["msg"]) for one in error.errors(include_input=False))
        raise BadSettings(f"settings: {problems}") from None
    except (SettingsError, TOMLDecodeError) as error:
        raise BadSettings(f"settings: {error} (in the environment or {file})") from None


def load_proxies() -> Proxies:
    """The proxies that the environment sets; raises `BadSettings` when one cannot be used."""
    try:
        return proxies(os.environ)
    except ValueError as error:
        raise BadSettings(str(error)) from None


def _merge(known: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Adds what is given to what is known, tables within tables too; what is given wins."""
    for key, value in given.items():
        inner = known.get(key)
        if isinstance(inner, dict) and isinstance(value, Mapping):
            _merge(inner, value)
        else:
            known[key] = value


def _problem(place: Iterable[int | str], message: str) -> str:
    return f"{'.'.join(str(part) for part in place)}: {message[:1].lower()}{message[1:]}"


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    """Refuses `VIGILABEL_STAET`: what begins with our name and is not ours would be ignored otherwise."""
    fields = Settings.model_fields.items()
    known = {PREFIX + name.upper() for name, field in fields if field.validation_alias is None}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name.split("__")[0] not in known:
            raise BadSettings(f"{name}: no such setting; known are {', '.join(sorted(known))}")
