"""One call of the command line: what it was given, and what its commands work with.

Only click is loaded here; the rest of the program when a command asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

if TYPE_CHECKING:
    from click.types import OptionHelpExtra

    from notifiers.said.voice import Voice
    from scrapers.source import Source
    from state.file.store import Store
    from state.model import Provider
    from watcher.app import App
    from watcher.ask.archive import Archive
    from watcher.said.drawn.table import Table
    from watcher.said.told import Hearer, Told


@dataclass(frozen=True)
class Call:
    """The global options of one call; `clock` gives the time it is, or (`stated`) the one that `--now`
    pretends, `wall` the machine's all the same; `lang` is the language of what people read."""

    state: str | None
    config: str | None
    clock: Callable[[], datetime]
    stated: bool = False
    lang: str = "en"
    wall: Callable[[], datetime] | None = None

    @cached_property
    def app(self) -> App:
        """The program, put together from its settings; raises `BadSettings`."""
        from watcher.app import App
        from watcher.settings import load_settings

        settings = load_settings(self.config, state=self.state)
        return App(settings, self.clock, stated=self.stated, wall=self.wall)

    @property
    def to(self) -> Hearer:
        """Whoever typed it."""
        from watcher.said.told import terminal

        return terminal(lang=self.lang)

    @contextmanager
    def archive(self, *, create: bool = False, blank: bool = False) -> Iterator[Archive]:
        """What questions are put to.

        Where there is no memory it is begun with `create`, an empty one stands in with `blank`, and
        `StoreError` is raised otherwise: a mistyped address must not look like a watch that saw nothing.
        """
        from state.seen.who.providers import load_providers
        from watcher.ask.archive import Archive

        sources = self.app.sources
        with self._blank() if blank and self._absent() else self.app.open_store(create=create) as store:
            providers = load_providers(store)
            yield Archive(store=store, providers=providers, sources=sources, now=self.clock())

    def _absent(self) -> bool:
        from state.file.opening import is_begun

        return not is_begun(self.app.settings.state)

    def _blank(self) -> Store:
        from state.file.opening import open_store, shown

        say(self.to.say("told.no_memory", state=shown(self.app.settings.state)))
        return open_store(":memory:")

    def source(self, name: str) -> Source:
        """The enabled source of that name; a mistyped one is a usage error that names them all."""
        if name not in self.app.sources:
            known, say = ", ".join(self.app.sources), self.to.say
            text = say("usage.source", found=as_typed(name, say), known=known)
            raise click.BadParameter(text, param_hint="SOURCE")
        return self.app.sources[name]


pass_call = click.make_pass_decorator(Call)


def show(
    form: str,
    views: Callable[[], Sequence[object]],
    view: type,
    answer: Callable[[], Told | Table],
    *,
    addresses: bool = False,
) -> None:
    """Prints an answer in the form asked for; `view` is the class whose columns CSV has. People see where
    words lead with `addresses`."""
    from watcher.ask.views.form import columns, each_json
    from watcher.said.drawn.table import csv_text, draw, json_text

    if form == "json":
        data(json_text(each_json(views())) + "\n")
    elif form == "csv":
        data(csv_text(each_json(views()), columns(view)))
    else:
        draw(answer(), sys.stdout, addresses=addresses)


def tell(told: Told) -> None:
    """Prints what was done; small notes go to standard error."""
    from watcher.said.drawn.table import draw

    draw(told, sys.stdout)
    for note in told.foot:
        say(note)


def data(text: str) -> None:
    """Prints what programs read: UTF-8, whatever the locale says."""
    click.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def say(text: str) -> None:
    """A word beside the data, on standard error."""
    from watcher.said.drawn.table import without_pictures

    print_line(text if sys.stderr.isatty() else without_pictures(text), err=True)


def print_line(text: str, *, err: bool = False) -> None:
    """Prints a line that is no answer; on a terminal it is broken between words alone."""
    stream = sys.stderr if err else sys.stdout
    if stream.isatty():
        from watcher.said.drawn.flow import flowed

        text = flowed(text)
    click.echo(text, err=err)


@contextmanager
def working(call: Call, what: str, **gaps: object) -> Iterator[Callable[[str], object]]:
    """Says on a terminal what takes its time, until it is done; beside the data, on standard error. What it
    yields says another word."""
    from watcher.said.drawn.flow import busy

    if not sys.stderr.isatty():  # nobody waits before it: no text is looked for
        yield lambda text: None
        return
    with busy(call.to.say.each("busy", what, **gaps), sys.stderr) as told:
        yield told


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


def as_typed(text: object, say: Voice) -> str:
    """What somebody typed, as a language quotes it."""
    return repr(text) if say.lang == "en" else say("phrase.quoted", text=text)


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


def provider_named(archive: Archive, text: str, to: Hearer) -> Provider:
    """The one provider a name means. A name on no list is said so, and stands for itself; one that may mean
    several is a usage error that names them."""
    from state.model import Provider
    from state.names import slug

    found = archive.names.meant(text)
    if len(found) > 1:
        names = ", ".join(provider.slug for provider in found)
        several = to.say("usage.several", found=as_typed(text, to.say), names=names)
        raise click.BadParameter(several, param_hint="PROVIDER")
    if found:
        return found[0]
    say_unlisted(archive, [text], to)
    return Provider(slug=slug(text), name=text)


def say_unlisted(archive: Archive, names: Sequence[str], to: Hearer) -> None:
    """Says which names are on no list, and which labels no register that was read tells of: a name may be
    listed there all the same, and silence would look like "nothing happened"."""
    from watcher.ask.watch.label_state import unread_labels
    from watcher.said.condition import unread_text
    from watcher.said.told import unlisted

    for name in names:
        say(unlisted(name, archive.names.close(name), to))
    if names and (unread := unread_text(unread_labels(archive), to.lang)):
        say(unread)
