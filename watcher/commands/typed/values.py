"""What is typed after a command: in which language the call speaks, and values that say in it what is wrong
with them. Only click is loaded here; the rest when it is needed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from watcher.call import as_typed

if TYPE_CHECKING:
    from click.types import OptionHelpExtra

    from notifiers.said.voice import Voice


ENGLISH = "en"
"""What commands say of themselves in code, and speak where nobody asks for another language."""


class Language(click.Option):
    """`--lang`, in whose place the language of the watch stands: of the environment, else of the file of
    settings.

    What is none of our languages is passed over here: the settings refuse it, in their own words.
    """

    def get_help_extra(self, ctx: click.Context) -> OptionHelpExtra:
        """With the language of the watch as the one that is spoken unless another is given: it may be set."""
        return {**super().get_help_extra(ctx), "default": self.resolve_envvar_value(ctx) or ENGLISH}

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        found = super().resolve_envvar_value(ctx) or _set_in(ctx.params.get("config"))
        if found is None or found == ENGLISH:  # English is spoken without loading anything
            return found
        from notifiers.said.texts import LANGUAGES

        return found if found in LANGUAGES else None


def _set_in(config: object) -> str | None:
    """The language that a file of settings sets. One that cannot be read is no matter here: help is shown
    beside it, and every command that needs it says what is wrong."""
    file = Path(config if config and isinstance(config, str) else "vigilabel.toml")
    try:
        if not file.is_file():  # nothing is loaded for a file that is not there
            return None
        import tomllib

        with file.open("rb") as opened:
            found = tomllib.load(opened).get("lang")
    except (OSError, ValueError):
        return None
    return found if isinstance(found, str) else None


def lang_of(ctx: click.Context | None) -> str:
    """The language of a call that is still being read: `--help` may come before it is known."""
    root = ctx.find_root() if ctx else None
    if root is None:
        return ENGLISH
    options = (param for param in root.command.params if isinstance(param, Language))
    given = root.params.get("lang") or next((one.resolve_envvar_value(root) for one in options), None)
    return str(given or ENGLISH)


def voice_in(ctx: click.Context | None) -> Voice:
    """The texts of the language of a call that is still being read."""
    from notifiers.said.voice import voice

    return voice(lang_of(ctx))


def mistyped(
    code: str, value: object, param: click.Parameter | None, ctx: click.Context | None, **more: object
) -> tuple[str, click.Parameter | None, click.Context | None]:
    """What is wrong with a value, in the language of the call; as `click.ParamType.fail` takes it."""
    say = voice_in(ctx)
    return say.each("usage", code, found=as_typed(value, say), **more), param, ctx


class OneOf(click.Choice[str]):
    """One of some words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word, or a usage error that names all."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            known = ", ".join(map(repr, self.choices))
            self.fail(*mistyped("choice", value, param, ctx, known=known))


format_option = click.option(
    "--format",
    "form",
    type=OneOf(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="A table for people; one JSON array or CSV for programs.",
)


class Number(click.types.IntParamType):
    """A whole number."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or a usage error."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(*mistyped("number", value, param, ctx))


class FilePath(click.Path):
    """The path of a file, or of a folder where it says so."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, or a usage error that says what is there instead."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            place = Path(value)
            if not place.exists():
                code = "no_file"
            elif place.is_dir() == self.dir_okay:
                raise error from None  # no right to it: the system's own words
            else:
                code = "is_folder" if place.is_dir() else "is_file"
            self.fail(*mistyped(code, str(value), param, ctx))


def moment(text: str) -> datetime:
    """The aware time that a person wrote: a date alone is noon in Paris, a time without a zone Paris time.

    Raises `ValueError` when it is neither.
    """
    from datetime import UTC

    paris = ZoneInfo("Europe/Paris")
    try:
        return datetime.combine(date.fromisoformat(text), time(12), paris).astimezone(UTC)
    except ValueError:
        at = datetime.fromisoformat(text)
    return (at if at.utcoffset() is not None else at.replace(tzinfo=paris)).astimezone(UTC)


class When(click.ParamType[datetime]):
    """A point in time: an ISO date (noon in Paris) or date and time (Paris unless it says its zone)."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The aware time, or a usage error."""
        if isinstance(value, datetime):
            return value
        try:
            return moment(value)
        except (ValueError, OverflowError, ZoneInfoNotFoundError):
            self.fail(*mistyped("when", value, param, ctx))


class Start(When):
    """The same, where a range begins or ends: a date alone is the beginning of that day in Paris."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The aware time, or a usage error."""
        # What is no plain date is left to what reads dates with their time.
        with suppress(TypeError, ValueError):
            value = f"{date.fromisoformat(value)}T00:00"
        return super().convert(value, param, ctx)


class Day(click.ParamType[date]):
    """A day: an ISO date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a usage error."""
        if isinstance(value, date):
            return value
        from state.words.meant import YEARS

        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(*mistyped("day", value, param, ctx))
        if day.year not in YEARS:
            self.fail(*mistyped("years", value, param, ctx, first=YEARS[0], last=YEARS[-1]))
        return day


class Labels(click.ParamType[tuple[str, ...]]):
    """A label, or `eidas` for all labels of its family; with `together`, also labels that one has at once."""

    name = "label"

    def __init__(self, *, together: bool = False) -> None:
        self.together = together

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The labels meant, or a usage error that names them all."""
        from state.words.labels import GROUPS, LABELS, TOGETHER, meant, single, unknown_together

        if isinstance(value, tuple):
            return value
        found = meant(value)
        if unknown_together(value):
            self.fail(*mistyped("together", value, param, ctx, known=", ".join(TOGETHER)))
        if not found:
            self.fail(*mistyped("label", value, param, ctx, known=", ".join((*LABELS, *TOGETHER, *GROUPS))))
        return found if self.together else single(found)


class Country(click.ParamType[str]):
    """A state whose trusted list there is, by its code."""

    name = "country"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code as lists print it, or a usage error that names all."""
        from state.words.countries import COUNTRIES, country_meant

        return country_meant(value) or self.fail(
            *mistyped("country", value, param, ctx, known=", ".join(COUNTRIES).lower())
        )


country_option = click.option(
    "--country",
    "countries",
    type=Country(),
    multiple=True,
    metavar="C",
    help="A state whose registers it is about, such as be; repeatable.",
)


class Spoken(click.ParamType[str]):
    """One of the languages that there are texts in; they load when asked for, since help loads nothing."""

    name = "language"

    @property
    def _choice(self) -> OneOf:
        from notifiers.said.texts import LANGUAGES

        return OneOf(LANGUAGES)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The language, or a usage error that names all."""
        return self._choice.convert(value, param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """All languages, as help shows them."""
        return self._choice.get_metavar(param, ctx)

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:
        """All languages, for somebody who gave none."""
        return self._choice.get_missing_message(param, ctx)
