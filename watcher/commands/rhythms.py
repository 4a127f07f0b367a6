"""Commands about when a channel is told, in which language, and about taking back what it was told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from watcher.call import Call, pass_call, say
from watcher.commands.posts import CHANNEL
from watcher.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Callable

    from state.words.post import Channel

OFF = ("off", "none", "resume")


def _change(call: Call, id: str, change: Callable[[Channel], Channel]) -> Channel:
    from state.owed import subscriptions

    with call.app.open_store(create=False) as store, store.transaction():
        changed = change(subscriptions.channel(store, id))
        subscriptions.save_channel(store, changed)
    return changed


@click.command()
@click.argument("number", metavar="ID", type=int)
@click.argument("length", nargs=-1, required=True)
@pass_call
def pause(call: Call, number: int, length: tuple[str, ...]) -> None:
    """Pause subscription ID for LENGTH, or end its pause.

    LENGTH is `2w`, `10d`, a day until which, or `off`. Nothing is lost: what it matches meanwhile is kept,
    and sent afterwards.
    """
    from state.owed import subscriptions
    from watcher.tell.rhythm import parse_pause

    text, now = " ".join(length), call.clock()
    try:
        until = None if text.casefold() in OFF else parse_pause(text, now)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="LENGTH") from error
    with call.app.open_store(create=False) as store:
        try:
            subscriptions.pause(store, number, until, now)
        except LookupError as error:
            raise Failed(f"{error}: `vigilabel subscriptions` lists them") from error
    if until is None:
        click.echo(f"Subscription {number} is not paused any more; what was kept for it is due.")
        return
    click.echo(f"Subscription {number} is paused until {until:%Y-%m-%d %H:%M} UTC; what it matches is kept.")
    click.echo(f"To undo: vigilabel pause {number} off")


@click.command()
@click.argument("channel", type=CHANNEL)
@click.argument("rhythm", nargs=-1, required=True)
@pass_call
def digest(call: Call, channel: str, rhythm: tuple[str, ...]) -> None:
    """Tell CHANNEL in one message a day or a week, or at once.

    `daily 08:30`, `weekly mon 08:30` or `instant`. Times are those of its quiet hours' zone, or of Paris.
    """
    from watcher.tell.rhythm import next_time, parse_digest

    try:
        kept = parse_digest(" ".join(rhythm))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="RHYTHM") from error
    changed = _change(call, channel, lambda known: replace(known, digest=kept))
    if not kept:
        click.echo(f"{channel} is told at once.")
        return
    from state.model import Weight

    first = next_time(changed, Weight.NORMAL, call.clock())
    click.echo(f"{channel} is told in one message, {kept}; the next goes on {first:%Y-%m-%d at %H:%M} UTC.")


@click.command()
@click.argument("channel", type=CHANNEL)
@click.argument("hours", nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Hold back events of high weight as well.")
@pass_call
def quiet(call: Call, channel: str, hours: tuple[str, ...], strict: bool) -> None:
    """Send CHANNEL nothing in HOURS.

    HOURS are `20:00-08:00 Europe/Paris`, or `off`. What comes then goes afterwards. Events of high weight are
    let through, unless `--strict`.
    """
    from watcher.tell.rhythm import parse_quiet

    try:
        kept = parse_quiet(" ".join(hours))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="HOURS") from error
    _change(call, channel, lambda known: replace(known, quiet=kept, quiet_lets_high=not strict))
    if not kept:
        click.echo(f"{channel} has no quiet hours.")
        return
    high = "wait as well" if strict else "are let through"
    click.echo(f"{channel} is quiet {kept}: what comes then goes at their end; events of high weight {high}.")


class Spoken(click.ParamType[str]):
    """One of the languages that there are texts in; they load when asked for, since help loads nothing."""

    name = "language"

    @property
    def _choice(self) -> click.Choice[str]:
        from notifiers.said.texts import LANGUAGES

        return click.Choice(LANGUAGES)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The language, or a usage error that names all."""
        return self._choice.convert(value, param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """All languages, as help shows them."""
        return self._choice.get_metavar(param, ctx)

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:
        """All languages, for somebody who gave none."""
        return self._choice.get_missing_message(param, ctx)


@click.command()
@click.argument("channel", type=CHANNEL)
@click.argument("language", type=Spoken())
@pass_call
def lang(call: Call, channel: str, language: str) -> None:
    """Tell CHANNEL in LANGUAGE."""
    from notifiers.said.voice import voice

    _change(call, channel, lambda known: replace(known, lang=language))
    click.echo(f"{channel} is told in {voice('en').language(language)}.")


@click.command()
@click.argument("number", metavar="EVENT", type=int)
@click.option("--reason", required=True, metavar="TEXT", help="Why; everybody who was told reads it.")
@pass_call
def retract(call: Call, number: int, reason: str) -> None:
    """Mark EVENT as wrong, in history and wherever it was told."""
    from watcher.tell import recall

    with call.app.open_store(create=False) as store:
        try:
            stands = recall.retract(store, number, reason, "cli", call.clock())
        except LookupError as error:
            raise Failed(f"{error}: `vigilabel history` lists them") from error
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--reason") from error
        told = recall.told(store, number)
    if stands.reason != reason.strip():
        say(f"It was already retracted by {stands.by} on {stands.at:%Y-%m-%d}: {stands.reason}")
    click.echo(f"Event {number} is retracted. Channels that were told of it, and hear this: {len(told)}.")
    if told:
        say("`vigilabel deliver` or a running `vigilabel run` tells them.")


COMMANDS = (pause, digest, quiet, lang, retract)
