"""Commands about when a channel is told, in which language, and about taking back what it was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from watcher.call import Call, pass_call, refusing, say, tell
from watcher.commands.posts import CHANNEL
from watcher.commands.typed.values import Number, Spoken
from watcher.errors import BadRhythm, Failed, NoReason

if TYPE_CHECKING:
    from state.words.post import Channel

OFF = ("off", "none", "resume")


def _change(call: Call, id: str, **settings: object) -> Channel:
    from state.owed import subscriptions

    with call.app.open_store(create=False) as store:
        return subscriptions.change(store, id, **settings)[1]


@click.command()
@click.argument("number", metavar="ID", type=Number())
@click.argument("length", nargs=-1, required=True)
@pass_call
def pause(call: Call, number: int, length: tuple[str, ...]) -> None:
    """Pause subscription ID for LENGTH, or end its pause.

    LENGTH is `2w`, `10d`, a day until which, or `off`. Nothing is lost: what it matches meanwhile is kept,
    and sent afterwards.
    """
    from state.owed import subscriptions
    from watcher.said.wish import paused_told, resumed_told
    from watcher.tell.rhythm import parse_pause

    text, now = " ".join(length), call.clock()
    with refusing(call, "LENGTH", BadRhythm):
        until = None if text.casefold() in OFF else parse_pause(text, now)
    with call.app.open_store(create=False) as store:
        try:
            paused = subscriptions.pause(store, number, until, now)
        except LookupError as error:
            raise Failed(call.to.say("failed.no_subscription", number=number)) from error
    to = call.to
    if until is None:
        tell(resumed_told([number], 0, to, paused.channel))
    else:
        tell(paused_told([number], until, to, undo=to.typed("pause", number, "off")))


@click.command()
@click.argument("channel", type=CHANNEL)
@click.argument("rhythm", nargs=-1, required=True)
@pass_call
def digest(call: Call, channel: str, rhythm: tuple[str, ...]) -> None:
    """Tell CHANNEL in one message a day or a week, or at once.

    `daily 08:30`, `weekly mon 08:30` or `instant`. Times are those of its quiet hours' zone, or of Paris.
    """
    from state.model import Weight
    from watcher.said.wish import digested_told
    from watcher.tell.rhythm import next_time, parse_digest

    with refusing(call, "RHYTHM", BadRhythm):
        kept = parse_digest(" ".join(rhythm))
    changed = _change(call, channel, digest=kept)
    following = next_time(changed, Weight.NORMAL, call.clock())
    tell(digested_told(changed, following, call.to))


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
    from watcher.said.wish import quieted_told
    from watcher.tell.rhythm import parse_quiet

    with refusing(call, "HOURS", BadRhythm):
        kept = parse_quiet(" ".join(hours))
    changed = _change(call, channel, quiet=kept, quiet_lets_high=not strict)
    tell(quieted_told(changed, call.to))


@click.command()
@click.argument("channel", type=CHANNEL)
@click.argument("language", type=Spoken())
@pass_call
def lang(call: Call, channel: str, language: str) -> None:
    """Tell CHANNEL in LANGUAGE."""
    from watcher.said.wish import spoken_told

    tell(spoken_told(_change(call, channel, lang=language), call.to))


@click.command()
@click.argument("number", metavar="EVENT", type=Number())
@click.option("--reason", required=True, metavar="TEXT", help="Why; everybody who was told reads it.")
@pass_call
def retract(call: Call, number: int, reason: str) -> None:
    """Mark EVENT as wrong, in history and wherever it was told."""
    from state.seen.events import log
    from watcher.said.news.look import retracted_told
    from watcher.tell import recall

    with call.app.open_store(create=False) as store, refusing(call, "--reason", NoReason):
        try:
            stands = recall.retract(store, number, reason, "cli", call.clock())
        except LookupError as error:
            raise Failed(call.to.say("failed.no_event", number=number)) from error
        told, event = recall.told(store, number), log.event(store, number)
    if stands.reason != reason.strip():
        day = stands.at.date()
        say(call.to.say("told.already_retracted", who=stands.by, day=day, reason=stands.reason))
    tell(retracted_told(event, stands, len(told), call.to))
    if told:
        say(call.to.say("told.who_tells"))


COMMANDS = (pause, digest, quiet, lang, retract)
