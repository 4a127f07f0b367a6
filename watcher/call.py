"""One call of the command line: what it was given, and what its commands work with.

Only click is loaded here; the rest of the program when a command asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from notifiers.said.voice import Voice
    from scrapers.source import Source
    from state.file.store import Store
    from state.model import Provider
    from watcher.app import App
    from watcher.ask.archive import Archive
    from watcher.errors import Refused
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
    say(*told.foot)


def data(text: str) -> None:
    """Prints what programs read: UTF-8, whatever the locale says."""
    click.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def say(*texts: str) -> None:
    """Words beside the data, on standard error, a line each."""
    from watcher.said.drawn.table import without_pictures

    for text in texts:
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


def as_typed(text: object, say: Voice) -> str:
    """What somebody typed, as a language quotes it."""
    return repr(text) if say.lang == "en" else say("phrase.quoted", text=text)


@contextmanager
def refusing(call: Call, hint: str, kind: type[Refused]) -> Iterator[None]:
    """Makes a usage error of what is refused inside; `hint` names what was typed."""
    try:
        yield
    except kind as error:
        from notifiers.said.reasons import said

        raise click.BadParameter(said(error.reason, call.lang), param_hint=hint) from error


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


def sources_of(
    archive: Archive, countries: Sequence[str], among: Sequence[str], to: Hearer
) -> Sequence[str] | None:
    """The sources that read the lists of some states; says of which states no list was read."""
    if not countries:
        return among or None
    from notifiers.said.named import country_name
    from state.names import HOME
    from state.seen.who import providers, registered

    read = {HOME, *providers.listed_states(archive.store).values()}
    for country in dict.fromkeys(countries):
        if country not in read:
            say(to.say("told.no_list_of", country=country_name(country, to.lang)))
    return registered.sources_of(archive.store, countries, among)
