"""What a channel is told, in words: its subscriptions, its rhythm, its quiet hours."""

from __future__ import annotations

from collections.abc import Sequence

from notifiers.said.account import Line, Span
from notifiers.said.doubts import told_or_kept
from notifiers.said.printed import clean, clip
from notifiers.said.wording import date_text, kind_name, label_name, printed
from notifiers.slack.kit import Button
from state.model import Kind, day_of
from state.owed import subscriptions
from state.words.post import Subscription
from watcher.slack.command import Command, number_of_word
from watcher.slack.replies.asked import Asked, time_text
from watcher.slack.replies.reply import Reply, bold, plain
from watcher.tell.send import SLACK_USER


def wish_text(asked: Asked, one: Subscription) -> str:
    """What a subscription tells, in one sentence."""
    names = either(asked, [_name(asked, name) for name in one.names])
    labels = either(asked, [label_name(label, asked.lang) for label in one.labels])
    about = asked.say("wish_names", names=names) if names else ""
    about += asked.say("wish_labels", labels=labels) if labels else ""
    kinds = either(asked, [asked.say("quoted", text=kind_name(Kind(kind), asked.lang)) for kind in one.kinds])
    told = asked.say("wish_kinds", kinds=kinds) if kinds else asked.say(f"wish_{one.floor}")
    return asked.say("wish", told=told, about=about or asked.say("wish_any"))


def _name(asked: Asked, name: str) -> str:
    """A watched name: a reviewed provider's own, or the words as they were written."""
    known = asked.archive.names.known.get(name) or asked.archive.providers.named(name)
    return printed(known.name) if known is not None else asked.say("quoted", text=clip(clean(name), 80))


def either(asked: Asked, words: Sequence[str]) -> str:
    """ "S3NS, Bleu ou NumSpot"."""
    return asked.say("or").join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def channel_notes(asked: Asked) -> tuple[str, ...]:
    """How this channel is served, where that is not at once; and why it is not, where it cannot be."""
    known = subscriptions.channel(asked.archive.store, asked.channel)
    notes = []
    if known.state == "suspended":
        reason = clip(clean(told_or_kept(known.reasons, known.reason, asked.lang)), 200)
        notes.append(asked.say("suspended_note", reason=reason))
    if known.digest:
        notes.append(asked.say("rhythm_note", rhythm=digest_text(asked, known.digest)))
    if known.quiet:
        notes.append(quiet_text(asked, known.quiet))
    return tuple(notes)


def list_reply(asked: Asked, command: Command) -> Reply:
    """The subscriptions of this channel, or those of some numbers, each with a button that ends it."""
    numbers = {number_of_word([word], "no_number") for word in command.words}
    own = subscriptions.subscriptions(asked.archive.store, channel=asked.channel)
    found = [one for one in own if not numbers or one.id in numbers]
    buttons = [
        Button(
            action="undo",
            text=asked.say("end", number=one.id),
            value={"command": f"unsubscribe {one.id}"},
        )
        for one in found[:5]
    ]
    return Reply(
        head=asked.say("list_head"),
        lang=asked.lang,
        intro=() if found else (plain(asked.say("list_none")),),
        items=tuple(_listed(asked, one) for one in found),
        foot=channel_notes(asked),
        buttons=tuple(buttons),
        command=command.text,
    )


def _listed(asked: Asked, one: Subscription) -> tuple[Line, ...]:
    words = clip(clean(" ".join(one.words)), 120)
    made: Line = ()
    if one.created_at:
        day = Span(text=" " + asked.say("made_on", day=date_text(day_of(one.created_at), asked.lang)))
        made = (Span(text=asked.say("made_by") + " "), _maker(asked, one.created_by), day)
    if one.paused_until and one.paused_until > asked.archive.now:
        until = asked.say("paused_until", when=time_text(one.paused_until, asked.lang))
        made = (*made, Span(text=f" · {until}"))
    return (bold(asked.say("list_line", number=one.id, words=words)), plain(wish_text(asked, one)), made)


def _maker(asked: Asked, who: str) -> Span:
    """Who made a subscription: a member of the workspace, or somebody on the command line."""
    if SLACK_USER.fullmatch(who):
        return Span(text=who, mention="user")
    return Span(text=asked.say("by_hand") if who in ("", "cli") else clean(who))


def digest_text(asked: Asked, digest: str) -> str:
    """A rhythm in words: "un résumé chaque lundi à 08:30"."""
    match digest.split():
        case ["daily", time]:
            return asked.say("daily", time=time)
        case ["weekly", day, time]:
            return asked.say("weekly", day=asked.say(day), time=time)
        case _:
            return asked.say("instant")


def quiet_text(asked: Asked, quiet: str) -> str:
    """Quiet hours in words: "Silence de 20:00 à 08:00 (Europe/Paris)"; "" where there are none."""
    if not quiet:
        return ""
    hours, zone = quiet.split()
    start, end = hours.split("-")
    return asked.say("quiet_set", start=start, end=end, zone=zone)
