"""The command `init`: the operator's first day."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from watcher.call import Call, as_typed, pass_call, print_line
from watcher.errors import Failed

if TYPE_CHECKING:
    from state.file.store import Store
    from watcher.begin.examined import Found
    from watcher.begin.wanted import Wanted
    from watcher.said.told import Hearer

FOLLOWED = "secnumcloud hds"
"""What a channel is told where nobody says otherwise: the two labels that hospitals are bound by."""


@click.command("init")
@click.option("--language", metavar="LANG", help="Of messages and of this talk: fr or en.")
@click.option("--contact", metavar="TEXT", help="An address or page of yours, told to the registers.")
@click.option("--channel", metavar="CHANNEL", help="Who is told: `console`, a Slack channel id, `webhook`.")
@click.option("--follow", metavar="WORDS", help=f"What CHANNEL is told of [{FOLLOWED}].")
@click.option("--operators", metavar="CHANNEL", help="Who is told of trouble with the watch itself.")
@click.option("--history/--no-history", default=True, help="Take in the editions that come along.")
@click.option("--doctor/--no-doctor", default=True, help="Ask every register and channel whether it works.")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing: options, and defaults for the rest.")
@pass_call
def init(call: Call, /, yes: bool, history: bool, doctor: bool, **options: str | None) -> None:
    """Set the watch up: the operator's first day.

    Asks what no option says, writes vigilabel.toml (or the file of --config), begins the memory with the
    editions of ANSSI's catalogue that come along, examines every register and channel, and says what comes
    next. A file of settings that is there is kept, and the rest is done by it: `init` can be run again.
    """
    from watcher.said.told import terminal
    from watcher.settings import CONFIG_FILE

    file = Path(call.config or CONFIG_FILE)
    there = file.exists()
    wanted = _kept(call, file, options) if there else _wanted(call, options, ask=not yes)
    to = terminal(lang=wanted.lang)
    if not there:
        _write(file, wanted, to)
    begun = replace(call, config=str(file), lang=wanted.lang)
    if history:
        _take_history(begun, to)
    _follow(begun, wanted, to)
    wrong = _examine(begun, wanted, to) if doctor else []
    _say_next(wanted, wrong, file, to)
    if wrong:
        raise Failed(to.say("failed.begun", what=", ".join(one.name for one in wrong)))


def _kept(call: Call, file: Path, options: Mapping[str, str | None]) -> Wanted:
    """What a file of settings that is there says; options that would change it are refused, not ignored."""
    from watcher.begin.wanted import Wanted
    from watcher.said.told import terminal
    from watcher.settings import load_settings

    if given := [f"--{name}" for name in ("language", "contact", "operators") if options[name] is not None]:
        raise Failed(call.to.say("failed.settings_there", file=file, options=", ".join(given)))
    set_ = load_settings(str(file), state=call.state)
    channel = options["channel"] or ""
    if wrong := _channel_wrong(channel, call.to, set_.channels):
        raise click.BadParameter(wrong, param_hint="--channel")
    follow = tuple(shlex.split(options["follow"] or FOLLOWED)) if channel else ()
    kept = Wanted(state=set_.state, lang=set_.lang, operators=set_.operators, channel=channel, follow=follow)
    print_line(terminal(lang=set_.lang).say("begin.kept", file=file))
    return kept


@dataclass(frozen=True, slots=True)
class Asking:
    """Where answers come from: an option, else (`ask`) what is typed, else the default."""

    options: Mapping[str, str | None]
    ask: bool
    to: Hearer

    def answer(self, name: str, default: str, wrong: Callable[[str, Hearer], str]) -> str:
        """The answer; a usage error for an option that cannot be used."""
        given = self.options[name]
        if given is None and self.ask:
            return _typed(self.to.say.each("begin_ask", name), default, lambda value: wrong(value, self.to))
        value = default if given is None else given
        if why := wrong(value, self.to):
            raise click.BadParameter(why, param_hint=f"--{name}")
        return value


def _wanted(call: Call, options: Mapping[str, str | None], *, ask: bool) -> Wanted:
    """The answers; what the environment sets already is the default, for it goes on to win."""
    from watcher.begin.wanted import Wanted
    from watcher.said.told import terminal
    from watcher.settings import load_settings

    usual = load_settings(state=call.state)
    asking = Asking({"state": call.state, **options}, ask, call.to)
    lang = asking.answer("language", usual.lang, _language_wrong)
    asking = replace(asking, to=terminal(lang=lang))
    state = asking.answer("state", usual.state, _place_wrong)
    contact = asking.answer("contact", usual.contact, _contact_wrong)
    channel_wrong = partial(_channel_wrong, named=usual.channels)
    channel = asking.answer("channel", "console" if ask else "", channel_wrong)
    follow = asking.answer("follow", FOLLOWED, _words_wrong) if channel else ""
    operators = asking.answer("operators", usual.operators or (channel if ask else ""), channel_wrong)
    return Wanted(
        state=state,
        lang=lang,
        contact=contact,
        operators=operators,
        channel=channel,
        follow=tuple(shlex.split(follow)),
    )


def _typed(question: str, default: str, wrong: Callable[[str], str]) -> str:
    """What a person types; asked again until it can be used. "-" means none."""
    while True:
        shown = f"{question} [{default or '-'}]"
        typed: str = click.prompt(shown, default=default or "-", show_default=False, prompt_suffix=" : ")
        value = "" if typed.strip() == "-" else typed.strip()
        if not (why := wrong(value)):
            return value
        print_line(f"   {why}")


def _language_wrong(value: str, to: Hearer) -> str:
    from notifiers.said.texts import LANGUAGES

    known = ", ".join(LANGUAGES)
    return "" if value in LANGUAGES else to.say("begin.no_language", found=value, known=known)


def _channel_wrong(value: str, to: Hearer, named: Collection[str] = ()) -> str:
    from notifiers import channels

    if not value or channels.known(value) or value in named:
        return ""
    forms = [*(kind.form for kind in channels.KINDS), *named]
    return to.say("begin.no_channel", found=as_typed(value, to.say), forms=", ".join(forms))


def _words_wrong(value: str, to: Hearer) -> str:
    from watcher.commands.typed.mistakes import error_text
    from watcher.errors import UnknownWord
    from watcher.tell.want import understand

    try:
        understand(tuple(shlex.split(value)))
    except UnknownWord as error:
        return error_text(error, to.lang)
    except ValueError as error:  # quotes that do not end
        return to.say("phrase.quoted", text=str(error))
    return ""


def _contact_wrong(value: str, to: Hearer) -> str:
    printable = value.isascii() and value.isprintable()
    return "" if printable else to.say("begin.no_contact", found=as_typed(value, to.say))


def _place_wrong(value: str, to: Hearer) -> str:
    from state.file.errors import StoreError
    from state.file.opening import is_begun
    from watcher.commands.typed.mistakes import error_text

    try:
        is_begun(value)
    except StoreError as error:
        return error_text(error, to.lang)
    return ""


def _write(file: Path, wanted: Wanted, to: Hearer) -> None:
    """Writes the settings; never over others that came there meanwhile."""
    from watcher.begin.wanted import settings_text

    text = settings_text(wanted, to.say)
    try:
        # On the disk before the memory is begun by it: a crash must not leave a memory without its settings.
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
    except FileExistsError as error:
        raise Failed(to.say("failed.begun_elsewhere", file=file)) from error
    print_line(to.say("begin.written", file=file))


def _take_history(call: Call, to: Hearer) -> None:
    from watcher.begin.history import owed_history

    with call.app.open_store() as store:
        if not owed_history(call.app, store):
            print_line(to.say("begin.no_history"))
            return
        with _alone(call, store, to):
            _take(call, store, to)


def _take(call: Call, store: Store, to: Hearer) -> None:
    from watcher.begin.history import owed_history, take_history

    print_line(to.say.count("begin.history", len(owed_history(call.app, store))))
    for taken in take_history(call.app, store, to):
        day = taken.edition.seen_at.date()
        changes = to.say.count("begin.changes", taken.changes) if taken.changes else to.say("begin.first")
        print_line(f"   {to.say('begin.taken', day=day, rows=taken.rows)}{changes}")


@contextmanager
def _alone(call: Call, store: Store, to: Hearer) -> Iterator[None]:
    """Lets one beginning at a time take in the history: two would overtake each other, edition by edition."""
    from watcher.demo.editions import SOURCE
    from watcher.errors import UnderWay
    from watcher.planned.looks import claimed

    try:
        with claimed(call.app, call.app.sources[SOURCE], store, alone=True):
            yield
    except UnderWay as error:
        raise Failed(to.say("failed.begun_elsewhere", file=call.config)) from error


def _follow(call: Call, wanted: Wanted, to: Hearer) -> None:
    """Makes the subscription; the history that was just taken in is told to nobody."""
    if not wanted.channel:
        return
    from state.owed import subscriptions
    from watcher.said.wish import wish_text
    from watcher.tell.want import understand

    with call.archive(create=True) as archive:
        wish = understand(wanted.follow)
        asked = wish.subscription(wanted.channel, wanted.follow, "cli", call.clock())
        made = subscriptions.subscribe(archive.store, asked)
        print_line(wish_text(made, archive.reviewed, to))


def _examine(call: Call, wanted: Wanted, to: Hearer) -> list[Found]:
    """Asks every register and channel; those that must be mended."""
    from watcher.begin.examined import channels_found, sources_found

    print_line(to.say("begin.examining"))
    wrong = [
        *_shown(sources_found(call, to), to),
        *_shown(channels_found(call, (wanted.channel, wanted.operators), to), to),
    ]
    _advise(wrong, to)
    return wrong


def _shown(found: Iterable[Found], to: Hearer) -> list[Found]:
    """Prints each as soon as it is known; those that must be mended."""
    from notifiers.said.voice import clean

    wrong = []
    for one in found:
        mark = to.say("probe.good") if one.good else to.say("probe.wrong")
        print_line(f"   {mark:5}  {clean(one.name + to.say('phrase.colon') + one.short)}")
        wrong += [] if one.good else [one]
    return wrong


def _advise(wrong: Iterable[Found], to: Hearer) -> None:
    """What to do, once for all that it is said of: four registers are silent for one reason."""
    from notifiers.said.voice import clean

    said: dict[str, list[Found]] = {}
    for one in wrong:
        said.setdefault(one.advice, []).append(one)
    for advice, those in said.items():
        names = ", ".join(one.name for one in those)
        print_line(f"{names}{to.say('phrase.colon')}{clean(advice)}")
        for command in (command for one in those for command in one.commands):
            click.echo(f"   {clean(command)}")


def _say_next(wanted: Wanted, wrong: Iterable[Found], file: Path, to: Hearer) -> None:
    from watcher.settings import CONFIG_FILE

    program = "vigilabel" if str(file) == CONFIG_FILE else f"vigilabel --config {shlex.quote(str(file))}"
    steps = [(f"{program} doctor {one.name}", to.say("begin.next_mend")) for one in wrong if not one.commands]
    follow = f"{program} subscribe numspot bleu s3ns --channel {wanted.channel or 'console'}"
    steps += [
        (f"{program} race", to.say("begin.next_race")),
        (follow, to.say("begin.next_follow")),
        (f"{program} run", to.say("begin.next_run")),
    ]
    print_line(to.say("begin.next"))
    wide = max(len(command) for command, _ in steps)
    lines = [f"   {command:{wide}}  # {why}" for command, why in steps]
    if sys.stdout.isatty() and max(map(len, lines)) > get_terminal_size().columns:
        lines = [f"   # {why}\n   {command}" for command, why in steps]
    click.echo("\n".join(lines))
    print_line(to.say("begin.docs"))


COMMANDS = (init,)
