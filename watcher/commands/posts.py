"""Commands about telling people: who hears what, what is sent now, and what became of it."""

from __future__ import annotations

import re
import shlex
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from watcher.call import Call, format_option, pass_call, say, show
from watcher.errors import Failed

if TYPE_CHECKING:
    from state.model import Event
    from state.words.post import Channel, Subscription
    from watcher.ask.answers import Archive
    from watcher.said.table import Table
    from watcher.tell.deliver import Sent

SLACK_ID = re.compile(r"[CGD][A-Z0-9]+")


class ChannelName(click.ParamType[str]):
    """A place to tell people: `console`, `webhook`, or a Slack channel by its id."""

    name = "channel"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The channel, or a usage error that says where to find its id."""
        if value in ("console", "webhook") or SLACK_ID.fullmatch(value):
            return str(value)
        self.fail(
            f"{value!r}: expected `console`, `webhook` or a Slack channel id such as C0123ABCD, which stays "
            "when a channel is renamed (in Slack: at the bottom of the channel's details)",
            param,
        )


CHANNEL = ChannelName()


@click.command()
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@click.option("--channel", type=CHANNEL, required=True, help="`console`, `webhook`, or a Slack channel id.")
@format_option
@pass_call
def subscribe(call: Call, words: tuple[str, ...], channel: str, form: str) -> None:
    """Tell CHANNEL of events about WORDs.

    WORDs are providers, labels, kinds, a weight (low, high), or `all`. An event must match one word of each
    sort. A name that is on no list yet is watched all the same, and fires when it appears. Events of low
    weight are told when `low` or their kind is among the words.
    """
    from state.owed import subscriptions
    from state.words.post import Subscription
    from watcher.ask.views import owed as views
    from watcher.errors import UnknownWord
    from watcher.tell.want import understand

    try:
        wish = understand(words)
    except UnknownWord as error:
        raise click.BadParameter(str(error), param_hint="WORD") from error
    wanted = Subscription(
        id=0,
        channel=channel,
        words=words,
        names=wish.names,
        labels=wish.labels,
        kinds=wish.kinds,
        floor=wish.floor,
        created_by="cli",
        created_at=call.clock(),
    )
    with call.archive(create=True) as archive:
        made = subscriptions.subscribe(archive.store, wanted)
        known = subscriptions.channel(archive.store, channel)
        told = [views.subscription_view(made, known)]
        show(form, lambda: told, views.Subscription, lambda: _made_table(archive, made))
        _say_unlisted(archive, made)


def _made_table(archive: Archive, made: Subscription) -> Table:
    from watcher.said.phrases import event_line, wish_sentence
    from watcher.said.table import Table

    would = _would_tell(archive, made)
    rows = [(f"subscription {made.id}", wish_sentence(made))]
    rows += [("it would have told", f"{event.seen_at:%Y-%m-%d} {event_line(event)}") for event in would]
    rows += [] if would else [("it would have told", "nothing so far")]
    rows.append(("to undo", f"vigilabel unsubscribe {made.id}"))
    return Table(rows=rows)


def _would_tell(archive: Archive, wish: Subscription, most: int = 3) -> tuple[Event, ...]:
    """The last events that a subscription would have brought, newest first."""
    from state.model import Cause
    from state.seen import log
    from watcher.tell.want import wants

    told = [cause for cause in Cause if cause.told]
    events = log.events(archive.store, causes=told, newest_first=True)
    return tuple(islice((event for event in events if wants(wish, event, archive.providers)), most))


def _say_unlisted(archive: Archive, made: Subscription) -> None:
    from watcher.said.phrases import did_you_mean

    for name in made.names:
        if not archive.names.meant(name):
            close = archive.names.close(name, also_words=True)
            say(did_you_mean(name, close) + " It is watched as written, and fires when it appears.")


@click.command()
@click.argument("number", metavar="ID", type=int)
@pass_call
def unsubscribe(call: Call, number: int) -> None:
    """End subscription ID.

    What it already brought stays on record, and what is owed is still sent.
    """
    from state.owed import subscriptions

    with call.app.open_store(create=False) as store:
        try:
            ended = subscriptions.unsubscribe(store, number, call.clock())
        except LookupError as error:
            raise Failed(f"{error}: `vigilabel subscriptions` lists them") from error
    words = " ".join(shlex.quote(word) for word in ended.words)
    click.echo(
        f"Subscription {number} has ended. To undo: vigilabel subscribe {words} --channel {ended.channel}"
    )


SUBSCRIPTIONS = ("id", "channel", "words", "what it hears of", "since", "channel state")


@click.command("subscriptions")
@click.option("--channel", type=CHANNEL, help="Of this channel only.")
@format_option
@pass_call
def subscriptions_(call: Call, channel: str | None, form: str) -> None:
    """List the subscriptions in force."""
    from state.owed import subscriptions
    from watcher.ask.views import owed as views
    from watcher.said.phrases import wish_sentence
    from watcher.said.table import Table

    with call.app.open_store(create=False) as store:
        found = [
            (one, subscriptions.channel(store, one.channel))
            for one in subscriptions.subscriptions(store, channel=channel)
        ]
    rows = [
        (
            str(one.id),
            one.channel,
            " ".join(one.words),
            wish_sentence(one),
            f"{one.created_at:%Y-%m-%d}" if one.created_at else "",
            _place_text(one, place),
        )
        for one, place in found
    ]
    show(
        form,
        lambda: [views.subscription_view(one, place) for one, place in found],
        views.Subscription,
        lambda: Table(columns=SUBSCRIPTIONS, rows=rows, empty="No subscription."),
    )


def _place_text(subscription: Subscription, place: Channel) -> str:
    """Whether a channel takes messages, and when this subscription's go there."""
    said = [place.state + (f": {place.reason}" if place.reason else "")]
    if subscription.paused_until is not None:
        said.append(f"paused until {subscription.paused_until:%Y-%m-%d %H:%M} UTC")
    said += [f"digest {place.digest}"] if place.digest else []
    said += [f"quiet {place.quiet}"] if place.quiet else []
    return ", ".join(said)


@click.command()
@pass_call
def deliver(call: Call) -> None:
    """Send what is owed now.

    Exits with 1 when something could not be delivered.
    """
    from watcher.tell import deliver as delivering

    with call.app.open_store(create=False):
        pass  # a mistyped --state is an error, not an empty outbox
    sent = delivering.deliver(call.app.post(), call.clock)
    say(sent_text(sent))
    if sent.put_off or sent.given_up or sent.suspended:
        raise Failed("not everything was delivered: `vigilabel why EVENT` says what became of an event")


def sent_text(sent: Sent) -> str:
    """What a round of delivering did."""
    counts = (
        (sent.sent, "sent"),
        (sent.put_off, "put off"),
        (sent.given_up, "given up"),
        (sent.suspended, "kept for a suspended channel"),
    )
    told = ", ".join(f"{count} {what}" for count, what in counts if count)
    return f"messages: {told}" if told else "messages: nothing is due"


@click.command()
@click.argument("channel", type=CHANNEL)
@pass_call
def resume(call: Call, channel: str) -> None:
    """Let a suspended CHANNEL take messages again.

    What was kept for it becomes due.
    """
    from state.owed import subscriptions

    with call.app.open_store(create=False) as store:
        due = subscriptions.resume(store, channel, call.clock())
    click.echo(f"{channel} takes messages again; deliveries due there: {due}.")
    if due:
        say("`vigilabel deliver` or a running `vigilabel run` sends them.")


@click.command()
@click.argument("number", metavar="EVENT", type=int)
@click.option("--channel", type=CHANNEL, help="For this channel only.")
@format_option
@pass_call
def why(call: Call, number: int, channel: str | None, form: str) -> None:
    """Explain what became of EVENT in each channel.

    Who wanted it, when it went, or why it was not told. Standard error says what was read since about its
    rows and is not believed yet; for a number that is no event, all that waits to be believed.
    """
    from watcher.ask import why as explaining
    from watcher.ask.views.owed import Why, why_view
    from watcher.ask.waiting import waiting
    from watcher.said.phrases import event_line, reason_sentence, waiting_sentence
    from watcher.said.table import Table

    with call.archive() as archive:
        try:
            account = explaining.why(archive, number, channel)
        except LookupError as error:
            for one in waiting(archive):
                say(waiting_sentence(one))
            raise Failed(f"{error}: `vigilabel history` lists them") from error
    texts = [reason_sentence(account, reason) for reason in account.reasons]
    for one in account.waiting:
        say(waiting_sentence(one))
    if form == "table":
        click.echo(f"Event {number}: {event_line(account.event)}")
    show(
        form,
        lambda: [why_view(account, one, text) for one, text in zip(account.reasons, texts, strict=True)],
        Why,
        lambda: Table(
            columns=("channel", "why"),
            rows=[(one.channel, text) for one, text in zip(account.reasons, texts, strict=True)],
            empty="Owed to nobody: there is no subscription.",
        ),
    )


COMMANDS = (subscribe, unsubscribe, subscriptions_, deliver, resume, why)
