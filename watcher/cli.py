"""The command line: the group of all commands, the time it is, and one line for every error."""

from __future__ import annotations

import gc
import io
import logging
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

import click

from watcher.call import Call, print_line
from watcher.commands.typed.values import ENGLISH, Language, Spoken, When, lang_of

ROOMS = {
    "aliases": ("alias",),
    "asks": ("listing", "provider", "race", "sources", "was"),
    "begins": ("init",),
    "doctor": ("doctor",),
    "documents": ("documents",),
    "finds": ("compare", "find", "history"),
    "footings": ("runs-on",),
    "looks": ("approve", "demo", "forget", "import", "read", "scrape"),
    "posts": (
        "bounced",
        "deliver",
        "redeliver",
        "resume",
        "subscribe",
        "subscriptions",
        "unsubscribe",
        "why",
    ),
    "proofs": ("backup", "bundle", "copy", "evidence", "replay", "restore", "verify"),
    "rhythms": ("digest", "lang", "pause", "quiet", "retract"),
    "running": ("mcp", "run"),
}
"""The module of `watcher.commands` where each command is, so that a call loads its own alone."""
FAILED = 1
"""The exit code of work that failed; what was mistyped ends with click's own, 2."""


def _troubles() -> tuple[type[Exception], ...]:
    """What may go wrong in any command without being a fault of ours; loaded only when something did."""
    from scrapers.source import SourceError
    from state.file.errors import StoreError
    from watcher.errors import WatchError

    return (click.ClickException, SourceError, StoreError, WatchError, OSError)


class Helped(click.Context):
    """A call whose help is in the language asked for; what draws it is loaded for that alone."""

    def get_help(self) -> str:
        from watcher.commands.typed.helped import help_text

        return help_text(self)


class OneLine(click.Group):
    """A group whose errors are one line each, in the language asked for, and whose commands are loaded when
    they are called."""

    lang = ENGLISH
    context_class = Helped

    def _show(self, error: Exception) -> None:
        from watcher.commands.typed.mistakes import error_text

        if isinstance(error, click.exceptions.NoArgsIsHelpError):
            error.show()
        else:
            print_line(f"vigilabel: {_one_line(error_text(error, self.lang, self))}", err=True)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in order."""
        return sorted(name for names in ROOMS.values() for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, None for none."""
        room = next((room for room, names in ROOMS.items() if cmd_name in names), None)
        if room is None:
            return None
        known: tuple[click.Command, ...] = import_module(f"watcher.commands.{room}").COMMANDS
        found = next(command for command in known if command.name == cmd_name)
        for one in (found, *(found.commands.values() if isinstance(found, click.Group) else ())):
            one.context_class = Helped
        if not ctx.resilient_parsing:
            return found
        from watcher.commands.typed.completion import completing

        return completing(found)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The same as click's; what is wrong with the first word is said in the language of the watch."""
        self.lang = lang_of(ctx)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The same as click's; all commands are known to what a mistyped one may have meant."""
        if args and self.get_command(ctx, args[0]) is None:
            self.commands = {name: click.Command(name) for name in self.list_commands(ctx)}
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """The same as click's, but for the errors."""
        self.lang = OneLine.lang
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.Abort:
            from notifiers.said.voice import voice

            click.echo(f"vigilabel: {voice(self.lang)('usage.stopped')}", err=True)
            sys.exit(FAILED)
        except _troubles() as error:
            self._show(error)
            sys.exit(error.exit_code if isinstance(error, click.ClickException) else FAILED)
        sys.exit(code if isinstance(code, int) else 0)


def _one_line(text: str) -> str:
    from notifiers.said.voice import clean

    return clean(text)


class Line(logging.Formatter):
    """One record, one line: nothing from a register can forge another, and no traceback unless asked for."""

    def __init__(self, pattern: str, *, traces: bool, screen: bool = False) -> None:
        super().__init__(pattern)
        self._traces = traces
        # On a screen a word may turn while something takes its time: the record takes its line, not its end.
        self._begin = "\r\x1b[K" if screen else ""

    def format(self, record: logging.LogRecord) -> str:
        """The record on one line; its traceback below, where wanted."""
        line = self._begin + _one_line(self.formatMessage(self._prepared(record)))
        if self._traces and record.exc_info:
            return line + "\n" + self.formatException(record.exc_info)
        return line

    def _prepared(self, record: logging.LogRecord) -> logging.LogRecord:
        record.message = record.getMessage()
        record.asctime = self.formatTime(record, "%Y-%m-%d %H:%M:%S")
        return record


def _log(ctx: click.Context, verbose: bool) -> None:
    """Sends the log to standard error, until the call ends."""
    lasting = ctx.invoked_subcommand == "run"
    handler = logging.StreamHandler()
    handler.setFormatter(
        Line(
            "%(asctime)s %(levelname)s %(message)s" if lasting else "%(levelname)s: %(message)s",
            traces=verbose or lasting,
            screen=not lasting and sys.stderr.isatty(),
        )
    )
    root, scheduler = logging.getLogger(), logging.getLogger("apscheduler")
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO if verbose or lasting else logging.WARNING)
    scheduler.setLevel(logging.NOTSET if verbose else logging.WARNING)  # it tells of every job, twice

    def undo() -> None:
        root.removeHandler(handler)
        root.setLevel(level)
        scheduler.setLevel(logging.NOTSET)

    ctx.call_on_close(undo)


def _hurry(ctx: click.Context) -> None:
    """Has cycles sought less often, until the call ends: answers are made of hundreds of thousands of small
    things without one, and looking at them again and again took a twenty-fifth of `read`. What runs for
    months goes on as ever."""
    if ctx.invoked_subcommand == "run":
        return
    usual = gc.get_threshold()
    gc.set_threshold(100_000, *usual[1:])
    ctx.call_on_close(lambda: gc.set_threshold(*usual))


def _speak(ctx: click.Context, param: click.Parameter, lang: str) -> str:
    """Notes the language for what goes wrong from here on."""
    if isinstance(ctx.command, OneLine):
        ctx.command.lang = lang
    return lang


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--state", metavar="URL", help="The memory: a path or sqlite:///path [./vigilabel.db].")
@click.option(
    "--config", metavar="FILE", is_eager=True, help="A file of settings [./vigilabel.toml]."
)  # before the language, which it may set
@click.option("--now", type=When(), metavar="WHEN", help="Pretend it is this time, for replays and tests.")
@click.option(
    "--lang",
    cls=Language,
    envvar="VIGILABEL_LANG",
    type=Spoken(),
    metavar="LANG",
    default=ENGLISH,
    show_default=True,
    is_eager=True,  # before any other: what is wrong with that is said in it
    callback=_speak,
    help="The language of what people read; JSON and CSV stay as they are.",
)
@click.option("-v", "--verbose", is_flag=True, help="Say on standard error what is being done.")
@click.version_option(package_name="vigilabel", message="vigilabel %(version)s")
@click.pass_context
def vigilabel(
    ctx: click.Context, state: str | None, config: str | None, now: datetime | None, lang: str, verbose: bool
) -> None:
    """Watches the public registers of French cloud trust labels.

    It tells people when a provider gains or loses one, and answers who holds what, since when, until when,
    and how one knows.
    """
    _hurry(ctx)
    _log(ctx, verbose)

    def wall() -> datetime:
        return datetime.now(UTC)

    clock = (lambda: now) if now else wall
    ctx.obj = Call(state=state, config=config, clock=clock, wall=wall, stated=now is not None, lang=lang)


def _fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        click.echo("vigilabel: stopped", err=True)
        return
    text = _one_line(f"{kind.__name__}: {error}")
    click.echo(f"vigilabel: a fault of the program, not of yours: {text} (`-v` shows where)", err=True)
    if "-v" in sys.argv or "--verbose" in sys.argv:
        sys.__excepthook__(kind, error, trace)


def _letters() -> None:
    """Lets no letter stop an answer: what a terminal cannot print is shown by its number, and what was typed
    in a locale without letters is read as UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.argv = [_typed(argument) for argument in sys.argv]


def _typed(argument: str) -> str:
    """An argument as it was typed; the name of a file stays as the system gives it."""
    if argument.isascii() or Path(argument).exists():
        return argument
    return os.fsencode(argument).decode("utf-8", "replace")


def main() -> None:
    """The program `vigilabel`."""
    sys.excepthook = _fault
    _letters()
    try:
        vigilabel(prog_name="vigilabel")
    finally:
        # All goes with the process: Python would look for cycles in it, several times, before it ends.
        gc.freeze()
