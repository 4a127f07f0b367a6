"""What is said of an error on the command line, in the language asked for.

English is what click and our errors say of themselves: scripts may look for it. In another language each is
told anew from what it carries; what nobody can tell but a library, or a file that was read, is quoted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from notifiers.said.reasons import said, spoken
from notifiers.said.voice import Voice, voice
from scrapers.source import SourceError
from state.file.errors import StoreError
from watcher.commands.typed.values import ENGLISH
from watcher.errors import Failed, Refused, UnderWay

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def error_text(error: Exception, lang: str, group: click.Group | None = None) -> str:
    """An error in words; one of the memory has no subject of its own. `group` holds the commands that there
    are."""
    say = voice(lang)
    if not isinstance(error, click.ClickException):
        return _english(error) if lang == ENGLISH else _told(error, say)
    asked = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
    text = error.format_message() if lang == ENGLISH else _mistyped(error, say, group)
    return f"{text} ({say('usage.more', command=f'{asked} --help')})" if asked else text


def _english(error: Exception) -> str:
    if isinstance(error, SourceError):
        return spoken(error)
    return str(error)


def _told(error: Exception, say: Voice) -> str:
    match error:
        case Failed():  # made of texts of the language where it was raised
            return str(error)
        case Refused():
            return said(error.reason, say.lang)
        case UnderWay():
            return say("look.under_way", source=error.source)
        case StoreError() if error.code:
            return say.each("store", error.code, **error.values)
        case SourceError():
            return spoken(error, say.lang)
        case StoreError():
            return say("store.failed", why=str(error))
    return say("phrase.quoted", text=str(error))


def _mistyped(error: click.ClickException, say: Voice, group: click.Group | None) -> str:
    """What click refuses, by what it tells beside its own sentence."""
    match error:
        case click.NoSuchOption():
            return say("usage.no_option", name=error.option_name) + _close(error.possibilities, say)
        case click.exceptions.NoSuchCommand():
            return say("usage.unknown_command", name=error.command_name) + _close(error.possibilities, say)
        case click.BadOptionUsage():
            flag = group is not None and _is_flag(error.option_name, group)
            return say("usage.takes_none" if flag else "usage.needs_one", name=error.option_name)
        case click.MissingParameter():
            kind = "argument" if isinstance(error.param, click.Argument) else "option"
            return say.each("usage", f"missing_{kind}", name=_hint(error))
        case click.BadParameter():
            return say("usage.bad_value", name=_hint(error), why=error.message)
        case click.UsageError():
            group_alone = error.ctx is not None and isinstance(error.ctx.command, click.Group)
            return say("usage.no_command" if group_alone else "usage.too_much")
    return say("phrase.quoted", text=error.format_message())


def _close(names: Sequence[str] | None, say: Voice) -> str:
    return f" {say('slack.did_you_mean', names=', '.join(names))}" if names else ""


def _hint(error: click.BadParameter) -> str:
    hint = error.param_hint
    if hint is None and error.param is not None and error.ctx is not None:
        hint = error.param.get_error_hint(error.ctx)
    return ", ".join([hint] if isinstance(hint, str) else hint or ()).replace("'", "")


def _is_flag(option: str, command: click.Command) -> bool:
    """Whether an option is one that takes no value: click's parser knows no command that it could name."""
    own = (one for one in command.params if isinstance(one, click.Option) and option in one.opts)
    return any(one.is_flag for one in own) or any(_is_flag(option, each) for each in _below(command))


def _below(command: click.Command) -> Iterator[click.Command]:
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        yield from filter(None, (command.get_command(ctx, name) for name in command.list_commands(ctx)))
