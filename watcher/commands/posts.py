"""Commands about telling people: who hears what, what is sent now, and what became of it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click

from watcher.call import Call, as_typed, pass_call, print_line, refusing, say, show, tell
from watcher.commands.typed.values import Number, Start, format_option, mistyped, voice_in
from watcher.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import BinaryIO

    from notifiers.said.voice import Voice
    from watcher.said.told import Hearer
    from watcher.tell.returned import Came
    from watcher.tell.send import Sent


class ChannelName(click.ParamType[str]):
    """A place to tell people: one that the settings name, or of a kind that needs no name."""

    name = "channel"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The channel, or a usage error that says where to find its id."""
        from notifiers import channels

        call = ctx.find_object(Call) if ctx else None
        if channels.known(value) or (call and value in call.app.settings.channels):
            return str(value)
        say = voice_in(ctx)
        *others, last = (
            say.each("form", kind.name)
            if say.knows("form", kind.name)
            else f"{kind.form} {kind.hint}".strip()
            for kind in channels.KINDS
        )
        named = sorted(call.app.settings.channels) if call else []
        listed = say("usage.named", names=", ".join(named)) if named else say("usage.none_named")
        more = {
            "others": ", ".join(others),
            "last": last,
            "named": listed,
            "meant": _meant(value, named, say),
        }
        self.fail(*mistyped("channel", value, param, ctx, **more))


def _meant(typed: str, named: Sequence[str], say: Voice) -> str:
    """Which of the channels that the settings name may have been meant, said before what is expected."""
    from difflib import get_close_matches

    close = get_close_matches(typed.casefold(), named, n=3)
    return say("usage.meant_channel", names=say.either(close)) if close else ""


class ChannelOption(click.Option):
    """The option that names a place to tell people; its help is made of the table of kinds, which only who
    asks for it loads."""

    @property
    def help(self) -> str:
        """The forms that channels have."""
        from notifiers import channels

        forms = ", ".join(kind.form for kind in channels.KINDS)
        return f"{forms}, or a name of the settings."

    @help.setter
    def help(self, given: str | None) -> None:
        """Nothing: the table says it."""


CHANNEL = ChannelName()


@click.command()
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@click.option("--channel", cls=ChannelOption, type=CHANNEL, required=True)
@format_option
@pass_call
def subscribe(call: Call, words: tuple[str, ...], channel: str, form: str) -> None:
    """Tell CHANNEL of events about WORDs.

    WORDs are providers, labels, kinds, a weight (low, high), or `all`. An event must match one word of each
    sort. A name that is on no list yet is watched all the same, and fires when it appears. Events of low
    weight are told when `low` or their kind is among the words.
    """
    from state.owed import subscriptions
    from state.seen.taken_back.retractions import retractions
    from watcher.ask.views import owed as views
    from watcher.ask.why import would_tell
    from watcher.errors import UnknownWord
    from watcher.said.news.looks import would_items
    from watcher.said.wish import made_told, unlisted_notes
    from watcher.tell.want import understand

    with refusing(call, "WORD", UnknownWord):
        wish = understand(words)
    to, beware = call.to, _beware(call, channel)
    with call.archive(create=True) as archive:
        before = {one.id for one in subscriptions.subscriptions(archive.store, channel=channel)}
        wanted = wish.subscription(channel, words, "cli", call.clock())
        made = subscriptions.subscribe(archive.store, wanted, archive.watched_as)
        known = subscriptions.channel(archive.store, channel)
        would = would_items(would_tell(archive, made), to, retractions(archive.store))
        already = made.id in before
        told = made_told(made, archive.reviewed, would, to, already=already, notes=beware)
        show(form, lambda: [views.subscription_view(made, known)], views.Subscription, lambda: told)
        say(*unlisted_notes(made, archive.names, to), *(beware if form != "table" else ()))


def _beware(call: Call, channel: str) -> tuple[str, ...]:
    """What stands in the way of messages to a channel, as far as can be told before one is owed."""
    from notifiers.notifier import Reaching
    from notifiers.said.reasons import said

    notifier = call.app.notifier_of(channel)
    why = notifier.reach(channel) if isinstance(notifier, Reaching) else None
    return (
        () if why is None else (call.to.say("told.out_of_reach", channel=channel, why=said(why, call.lang)),)
    )


@click.command()
@click.argument("number", metavar="ID", type=Number())
@pass_call
def unsubscribe(call: Call, number: int) -> None:
    """End subscription ID.

    What it already brought stays on record, and what is owed is still sent.
    """
    from state.owed import subscriptions
    from watcher.said.wish import ended_told

    with call.app.open_store(create=False) as store:
        try:
            ended = subscriptions.unsubscribe(store, number, call.clock())
        except LookupError as error:
            raise Failed(call.to.say("failed.no_subscription", number=number)) from error
    words = " ".join(shlex.quote(word) for word in ended.words)
    tell(ended_told(ended, call.to, f"`vigilabel subscribe {words} --channel {ended.channel}`"))


@click.command("subscriptions")
@click.option("--channel", type=CHANNEL, help="Of this channel only.")
@format_option
@pass_call
def subscriptions_(call: Call, channel: str | None, form: str) -> None:
    """List the subscriptions in force."""
    from state.owed import subscriptions
    from watcher.ask.views import owed as views
    from watcher.said.wish import list_told

    with call.archive() as archive:
        found = [
            (one, subscriptions.channel(archive.store, one.channel))
            for one in subscriptions.subscriptions(archive.store, channel=channel)
        ]
        told = list_told(found, archive.reviewed, archive.now, call.to)
    show(
        form,
        lambda: [views.subscription_view(one, place) for one, place in found],
        views.Subscription,
        lambda: told,
    )


@click.command()
@pass_call
def deliver(call: Call) -> None:
    """Send what is owed now.

    Exits with 1 when something could not be delivered.
    """
    from watcher.tell import deliver as delivering
    from watcher.tell.send import Sent

    with call.app.open_store(create=False):
        pass  # a mistyped --state is an error, not an empty outbox
    sent = delivering.deliver(call.app.post(), call.clock)
    say(sent_text(sent, call.to) if sent != Sent() else _nothing_text(call))
    if sent.put_off or sent.given_up or sent.suspended:
        raise Failed(call.to.say("failed.undelivered"))


def sent_text(sent: Sent, to: Hearer) -> str:
    """What a round of delivering did."""
    say = to.say
    counts = (
        (sent.sent, say.count("sent.sent", sent.sent)),
        (sent.put_off, say.count("sent.put_off", sent.put_off)),
        (sent.given_up, say.count("sent.given_up", sent.given_up)),
        (sent.suspended, say.count("sent.kept", sent.suspended)),
    )
    told = ", ".join(text for count, text in counts if count)
    return say("sent.messages", told=told) if told else say("sent.nothing")


def _nothing_text(call: Call) -> str:
    """Why nothing went: nothing is owed, or what is waits for its hour or its channel."""
    from state.owed.counted import deliveries_counted

    say = call.to.say
    with call.app.open_store() as store:
        owed = deliveries_counted(store)
    waiting, kept = owed.get("due", 0) + owed.get("sending", 0), owed.get("suspended", 0)
    counts = ((waiting, say.count("sent.waiting", waiting)), (kept, say.count("sent.kept", kept)))
    told = ", ".join(text for count, text in counts if count)
    return say("sent.nothing_now", told=told) if told else say("sent.nothing")


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@pass_call
def bounced(call: Call, file: BinaryIO) -> None:
    """Take a mail that came back.

    FILE is the mail as it came; `-`, or nothing, is standard input, so that a mail server pipes it in. Where
    it is a report that a message never reached a recipient whom it was sent to, that is noted, and operators
    are told; a channel with no other recipient is suspended. The same report twice changes nothing. Exits
    with 1 for a mail that is no such report, or is about no message of this watch.
    """
    from notifiers.mail.reports import LARGEST, read_mail, read_report, says_nothing
    from watcher.tell.returned import UNSETTLED, note_returned

    to, data = call.to, file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Failed(to.say("failed.bounced_large", most=LARGEST >> 20))
    mail = read_mail(data)
    if mail is not None and says_nothing(mail):
        return print_line(to.say("bounced.reply"))
    report = read_report(mail) if mail is not None else None
    if report is None:
        raise Failed(to.say("failed.bounced_none"))
    if not report.failed:
        return print_line(to.say("bounced.passing"))
    with call.app.open_store(create=False) as store:
        desk, channels = call.app.post().desk(store, call.clock), call.app.settings.channels
        found = note_returned(desk, report, channels, call.app.pause)
    if not found:
        raise Failed(to.say("failed.bounced_stranger"))
    for one in found:
        print_line(_bounced_text(one, to))
    if any(one.became == UNSETTLED for one in found):
        raise Failed(to.say("failed.bounced_unsettled"))


def _bounced_text(one: Came, to: Hearer) -> str:
    from notifiers.said.reasons import said

    resume = to.typed("resume", one.channel)
    reason = said(one.reason, to.lang)
    return to.say.each("bounced", one.became, channel=one.channel, reason=reason, resume=resume)


@click.command()
@click.argument("channel", type=CHANNEL)
@pass_call
def resume(call: Call, channel: str) -> None:
    """Let a suspended CHANNEL take messages again.

    What was kept for it becomes due.
    """
    from state.owed import subscriptions
    from watcher.said.wish import resumed_told

    with call.app.open_store(create=False) as store:
        due = subscriptions.resume(store, channel, call.clock())
    tell(resumed_told((), due, call.to, channel))
    if due:
        say(call.to.say("told.who_sends"))


@click.command()
@click.argument("channel", metavar="NAME", type=CHANNEL)
@click.option("--since", type=Start(), metavar="WHEN", required=True, help="Sent, or given up, from then on.")
@click.option("--until", type=Start(), metavar="WHEN", help="Sent, or given up, before then.")
@format_option
@pass_call
def redeliver(call: Call, channel: str, since: datetime, until: datetime | None, form: str) -> None:
    """Send a webhook's events again.

    NAME is a channel of kind `webhook` in the settings. Its events go out again as they read now, in order,
    each with its own id, by which a program knows what it has; so does the word that one was wrong. WHEN is a
    date (its beginning in Paris) or a time. What is on its way already is not owed twice.
    """
    from state.owed import again, subscriptions
    from watcher.ask.views import owed as views
    from watcher.said.wish import redelivered_told

    if not call.app.singly(channel):
        _refuse_other(call, channel)
    with call.app.open_store(create=False) as store:
        fresh, already = again.owe_again(store, channel, since, until, call.clock())
        made = views.Redelivery(
            channel=channel,
            since=since,
            until=until,
            owed=len(fresh),
            already=already,
            suspended=subscriptions.channel(store, channel).state == "suspended",
        )
    told = redelivered_told(made, call.to)
    show(form, lambda: [made], views.Redelivery, lambda: told)


def _refuse_other(call: Call, channel: str) -> None:
    """Says which channels could be meant: in others people read, and would read the same twice."""
    named, say = [name for name in call.app.settings.channels if call.app.singly(name)], call.to.say
    known = say("usage.programs", names=", ".join(sorted(named))) if named else say("usage.no_program")
    text = say("usage.no_webhook", found=as_typed(channel, say), known=known)
    raise click.BadParameter(text, param_hint="NAME")


@click.command()
@click.argument("number", metavar="EVENT", type=Number())
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
    from watcher.ask.watch.waiting import waiting
    from watcher.said.reason import account_told, reason_sentence, waiting_sentence

    to = call.to
    with call.archive() as archive:
        try:
            account = explaining.why(archive, number, channel)
        except LookupError as error:
            say(*(waiting_sentence(one, to) for one in waiting(archive)))
            raise Failed(to.say("failed.no_event", number=number)) from error
    told = account_told(account, to)
    show(
        form,
        lambda: [why_view(account, one, reason_sentence(account, one)) for one in account.fates],
        Why,
        lambda: told,
    )
    say(*told.foot)


COMMANDS = (subscribe, unsubscribe, subscriptions_, deliver, bounced, resume, redeliver, why)
