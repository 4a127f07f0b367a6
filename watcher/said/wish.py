"""What a channel is told, and when: subscriptions, pauses, digests, quiet hours, the language. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from notifiers.said.named import kind_name, label_name, printed
from notifiers.said.reasons import told_or_kept
from notifiers.said.voice import Line, Span, clean, clip
from state.model import Kind, Provider, Weight, day_of
from state.words.labels import TOGETHER
from state.words.post import bare, is_member
from watcher.said.told import LONG, SHORT, Hearer, Item, Told, bold, lines, plain, unlisted

if TYPE_CHECKING:
    from state.words.post import Channel, Subscription
    from watcher.ask.archive import Names
    from watcher.ask.views.owed import Redelivery

WORDS = 120
Named = Callable[[str], Provider | None]
"""The reviewed provider that a watched name is; None for words that are watched as they are written."""


def wish_text(one: Subscription, named: Named, to: Hearer) -> str:
    """What a subscription tells, in one sentence."""
    say = to.say
    names = say.either([_name(name, named, to) for name in one.names]) if one.names else ""
    labels = say.either([label_name(label, to.lang) for label in one.labels]) if one.labels else ""
    about = say("wish.names", names=names) if names else ""
    about += say("wish.labels", labels=labels) if labels else ""
    kinds = [say("phrase.quoted", text=kind_name(Kind(kind), to.lang)) for kind in one.kinds]
    told = say("wish.kinds", kinds=say.either(kinds)) if kinds else say.each("wish", one.floor)
    who = one.channel if to.terminal else say("wish.here")
    return say("wish.told", channel=who, told=told, about=about or say("wish.any"))


def _name(name: str, named: Named, to: Hearer) -> str:
    if known := named(name):
        return printed(known.name)
    return to.say("phrase.quoted", text=clip(clean(name), SHORT))


def made_told(
    one: Subscription,
    named: Named,
    would: Sequence[Item],
    to: Hearer,
    *,
    already: bool,
    notes: Sequence[str] = (),
) -> Told:
    """A subscription that somebody made: what it means, and what it would have told."""
    say, number = to.say, to.say("wish.numbered", number=one.id)
    undo = say("wish.undo", what=number, command=to.typed("unsubscribe", one.id))
    below = (undo, *notes) if to.terminal else ()
    first: Item = (bold(say("wish.would" if would else "wish.would_none")),)
    return Told(
        head=say("wish.already" if already else "wish.made"),
        intro=lines(wish_text(one, named, to), _ahead(one, to), *below),
        items=(first, *would),
        foot=() if to.terminal else (*notes, number),
    )


def _ahead(one: Subscription, to: Hearer) -> str:
    """How long ahead a printed end is told, to whom it is: "notable change" does not say that it is."""
    from watcher.look.dates.expiry import STEPS

    told = Kind.EXPIRING in one.kinds if one.kinds else one.floor is not Weight.HIGH
    return to.say("wish.ahead", days=to.say.both([str(step) for step in STEPS])) if told else ""


def unlisted_notes(made: Subscription, names: Names, to: Hearer) -> list[str]:
    """Which of the names that a subscription watches are on no list; they may be a label or a kind."""
    return [
        f"{unlisted(name, names.close(name, also_words=True), to)} {to.say('name.watched')}"
        for name in made.names
        if not names.meant(name)
    ]


def list_told(
    found: Sequence[tuple[Subscription, Channel]],
    named: Named,
    now: datetime,
    to: Hearer,
    here: Channel | None = None,
) -> Told:
    """The subscriptions of the channel that asks, `here`, and how it is served; those of all without it."""
    empty = to.say("wish.none", command=to.typed("subscribe", "s3ns", "numspot", "bleu"))
    return Told(
        head=to.say("wish.list" if here else "wish.list_all"),
        intro=() if found else lines(empty),
        items=tuple(listed(one, named, channel, now, to) for one, channel in found),
        foot=channel_notes(here, to) if here else (),
    )


def listed(one: Subscription, named: Named, channel: Channel, now: datetime, to: Hearer) -> Item:
    """A subscription: its number and words, what it tells, who made it; at a terminal also where and how."""
    say = to.say
    words = clip(clean(" ".join(one.words)), WORDS)
    head = say("wish.line", number=one.id, words=words)
    line: Line = ()
    if one.created_at:
        day = Span(text=" " + say("wish.made_on", day=day_of(one.created_at)))
        line = (Span(text=say("wish.made_by") + " "), _maker(one.created_by, to), day)
    if one.paused_until and one.paused_until > now:
        line = (*line, Span(text=f" · {say('wish.paused_until', when=one.paused_until)}"))
    how = lines(*channel_notes(channel, to)) if to.terminal else ()
    return (
        bold(head, f" · {one.channel}" if to.terminal else ""),
        plain(wish_text(one, named, to)),
        line,
        *how,
    )


def _maker(who: str, to: Hearer) -> Span:
    """Who made a subscription: a member of the workspace, or somebody on the command line."""
    if is_member(who):
        return Span(text=bare(who), mention="user")
    return Span(text=to.say("wish.by_hand") if who in ("", "cli") else clean(who))


def together_notes(one: Subscription, to: Hearer) -> tuple[str, ...]:
    """That labels which are followed one by one can be followed together, where that may have been meant."""
    for slug, many in TOGETHER.items():
        if set(one.labels) == set(many.labels):
            command = to.typed("subscribe", *(clean(name) for name in one.names), slug)
            return (to.say("wish.also_together", command=command),)
    return ()


def channel_notes(known: Channel, to: Hearer) -> tuple[str, ...]:
    """How a channel is served, where that is not at once; and why it is not, where it cannot be."""
    notes = []
    if known.state == "suspended":
        notes.append(suspended_note(known, to))
    if known.digest:
        notes.append(to.say("rhythm.note", rhythm=digest_text(known.digest, to)))
    if known.quiet:
        notes.append(quiet_text(known.quiet, to))
    return tuple(notes)


def suspended_note(known: Channel, to: Hearer) -> str:
    """That a channel takes no messages, why, and what to do once that is mended."""
    resume = to.typed("resume", *([known.id] if to.terminal else []))
    reason = clip(clean(told_or_kept(known.reasons, known.reason, to.lang)), LONG)
    return to.say("rhythm.suspended", reason=reason, resume=resume)


def ended_told(one: Subscription, to: Hearer, again: str = "") -> Told:
    """That a subscription has ended; `again` is the command that makes it again."""
    return Told(
        head=to.say("wish.ended", number=one.id),
        intro=lines(clip(clean(" ".join(one.words)), LONG), _undo(again, to)),
        foot=(to.say("wish.ended_note"),),
    )


def _undo(command: str, to: Hearer) -> str:
    return to.say("rhythm.undo", command=command) if command else ""


def paused_told(
    numbers: Sequence[int], until: datetime, to: Hearer, more: Sequence[str] = (), undo: str = ""
) -> Told:
    """What a pause did."""
    return Told(
        head=to.say("pause.until", when=until),
        intro=lines(_which(numbers, to), _undo(undo, to)),
        foot=(*more, to.say("pause.note")),
    )


def pauses_told(own: Sequence[Subscription], now: datetime, to: Hearer) -> Told:
    """Which subscriptions are paused, and until when."""
    paused = [(one.id, one.paused_until) for one in own if one.paused_until and one.paused_until > now]
    texts = [
        f"{to.say('told.number', number=id)} · {to.say('wish.paused_until', when=end)}" for id, end in paused
    ]
    return Told(head=to.say("pause.head"), intro=lines(*(texts or [to.say("pause.none")])))


def _which(numbers: Sequence[int], to: Hearer) -> str:
    """The subscriptions that something concerns, by number."""
    named = ", ".join(to.say("told.number", number=number) for number in numbers)
    return to.say("pause.which", numbers=named) if named else ""


def resumed_told(numbers: Sequence[int], due: int, to: Hearer, channel: str) -> Told:
    """What the end of pauses and of a suspension did."""
    said = "" if numbers else to.say("pause.nothing")
    if due:
        said = to.say.count("pause.due_here", due) if to.terminal else to.say.count("pause.due", due)
    return Told(head=_of(to.say("pause.over"), channel, to), intro=lines(said, _which(numbers, to)))


def redelivered_told(made: Redelivery, to: Hearer) -> Told:
    """How many events a program is sent again, and what they wait for."""
    say = to.say
    said = [say.count("again.owed", made.owed)] if made.owed else []
    if made.already:
        said.append(say.count("again.already" if made.owed else "again.all_already", made.already))
    waits = made.suspended and bool(said)
    said += [say("again.suspended", resume=to.typed("resume", made.channel))] if waits else []
    return Told(
        head=_of(say("again.head"), made.channel, to),
        intro=lines(*(said or [say("again.nothing")])),
        foot=(say("told.who_sends"),) if made.owed and not waits else (),
    )


def _of(head: str, channel: str, to: Hearer) -> str:
    return f"{head} · {channel}" if to.terminal else head


def digested_told(known: Channel, following: datetime, to: Hearer) -> Told:
    """How events arrive in a channel from now on; `following` is when the next digest goes, if any do."""
    said = [to.say("rhythm.set", rhythm=digest_text(known.digest, to))]
    said += [to.say("rhythm.next", when=following)] if known.digest else []
    return Told(head=_of(to.say("rhythm.head"), known.id, to), intro=lines(*said))


def digest_text(digest: str, to: Hearer) -> str:
    """A rhythm in words: "un résumé chaque lundi à 08:30"."""
    match digest.split():
        case ["daily", time]:
            return to.say("rhythm.daily", time=time)
        case ["weekly", day, time]:
            return to.say("rhythm.weekly", day=to.say.each("weekday", day), time=time)
        case _:
            return to.say("rhythm.instant")


def quieted_told(known: Channel, to: Hearer) -> Told:
    """In which hours a channel is left alone from now on."""
    strict = "`--strict`" if to.terminal else "strict"
    high = to.say("quiet.high", strict=strict) if known.quiet_lets_high else to.say("quiet.strict")
    texts = (quiet_text(known.quiet, to), high) if known.quiet else (to.say("quiet.off"),)
    return Told(head=_of(to.say("quiet.head"), known.id, to), intro=lines(*texts))


def quiet_text(quiet: str, to: Hearer) -> str:
    """Quiet hours in words: "Silence de 20:00 à 08:00 (Europe/Paris)"."""
    hours, zone = quiet.split()
    start, end = hours.split("-")
    return to.say("quiet.set", start=start, end=end, zone=zone)


def spoken_told(known: Channel, to: Hearer) -> Told:
    """In which language a channel is told from now on, said in that language away from a terminal."""
    said = to.say("lang.set", language=to.say.language(known.lang))
    return Told(head=_of(to.say("lang.head"), known.id, to), intro=lines(said))
