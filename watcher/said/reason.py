"""What became of an event, channel by channel, and what was read and is not believed yet. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from notifiers.said.account import proof
from notifiers.said.named import kind_name, label_name, printed
from notifiers.said.reasons import said, told_or_kept
from notifiers.said.voice import Line, Voice, capital, clean, clip, line_text, words_of
from state.model import Event, Kind, Known, day_of
from watcher.said.news.event import event_item
from watcher.said.told import LONG, SHORT, Hearer, Item, Told, bold, plain, programs, some
from watcher.tell.want import Term

if TYPE_CHECKING:
    from state.model import Reason
    from state.words.post import Owed, Subscription
    from watcher.ask.watch.waiting import Waiting
    from watcher.ask.why import Account, Fate, Grounds, Unmet

WORDS = 120
REFUSED = 5
"""How many subscriptions that did not want an event are named to people."""


def account_told(account: Account, to: Hearer) -> Told:
    """What became of an event, in each channel; at a terminal each under its name."""
    items = [_channel(account, one, to) for one in account.fates]
    beside = () if to.terminal else tuple(line for item in items for line in item)
    waits = () if to.terminal else tuple(line for one in account.waiting for line in waiting_item(one, to))
    nobody = () if account.fates else (plain(to.say("why.no_subscriptions")),)
    return Told(
        head=to.say("why.head", number=account.event.id),
        intro=(*event_item(account.event, to, account.retracted), *beside, *nobody, *waits),
        items=tuple(items) if to.terminal else (),
        foot=tuple(waiting_sentence(one, to) for one in account.waiting) if to.terminal else (),
    )


def _channel(account: Account, fate: Fate, to: Hearer) -> Item:
    lines = tuple(plain(capital(text)) for text in _lines(account, fate, to))
    return (bold(fate.channel), *lines) if to.terminal else lines


def reason_sentence(account: Account, fate: Fate) -> str:
    """Why a channel was told of an event, or was not, in English on one line for programs."""
    to = programs()
    if not account.event.cause.told and fate.owed is None:
        return to.say("why.nobody", cause=to.say("why.cause", cause=account.event.cause))
    if fate.refused:
        told = (
            to.say("why.refused", subscription=_named(one.subscription, to), why=one.why)
            for one in fate.refused
        )
        return to.say("why.not_owed", reasons="; ".join(told))
    lines, gone = _lines(account, fate, to), account.retracted
    if gone is not None and fate.owed is not None:
        lines.insert(
            2 + len(fate.owed.because) + len(fate.grounds),
            to.say("why.retracted", when=gone.at, who=gone.by, reason=gone.reason),
        )
    return " ".join(lines)


def _lines(account: Account, fate: Fate, to: Hearer) -> list[str]:
    """What became of an event in a channel: of its alert, then of answers that were shared there."""
    back = fate.taken_back if fate.owed is None else None
    shared = [to.say("why.shared")] if fate.shared else []
    taken_back = [to.say("why.taken_back", fate=_fate(back, fate, to))] if fate.shared and back else []
    return [*_message_lines(account, fate, to), *shared, *taken_back]


def _message_lines(account: Account, fate: Fate, to: Hearer) -> list[str]:
    if fate.owed is not None:
        wishes = "; ".join(_named(one, to) for one in fate.matched) or to.say("why.some_subscription")
        back = fate.taken_back
        return [
            to.say("why.wanted", wishes=wishes),
            *(to.say("why.because", reason=said(one, to.lang)) for one in fate.owed.because),
            *(_grounds(account.event, one, to) for one in fate.grounds),
            _fate(fate.owed, fate, to),
            *([to.say("why.taken_back", fate=_fate(back, fate, to))] if back else []),
            *(to.say("why.again", fate=_fate(one, fate, to)) for one in fate.again),
        ]
    if not account.event.cause.told:
        return [to.say("why.nobody", cause=to.say.each("why", account.event.cause))]
    if not fate.refused:
        return [to.say("why.no_subscription")]
    refused = [
        to.say("why.refused", subscription=_named(one.subscription, to), why=_refusal(account.event, one, to))
        for one in fate.refused[:REFUSED]
    ]
    return [to.say("why.not_owed", reasons=one) for one in refused] if to.terminal else refused


def _grounds(event: Event, one: Grounds, to: Hearer) -> str:
    """What came second, or went first, and by which documents; since when each other label was held, and by
    which."""
    others = [
        to.say(
            "why.ground",
            label=label_name(label, to.lang),
            day=day_of(other.seen_at),
            proof=_document(other, to),
        )
        for label, other in one.rests
        if label != one.label
    ]
    said = to.say(
        "why.came_second" if one.begun else "why.went_first",
        label=label_name(one.label, to.lang),
        proof=_document(event, to),
        others=to.say("phrase.semicolon").join(others),
    )
    gone = to.say("why.ground_gone", number=one.gone.event, reason=one.gone.reason) if one.gone else ""
    return " ".join(filter(None, (said, gone)))


def _document(event: Event, to: Hearer) -> str:
    """Which document shows an event, and where, without its address."""
    return words_of(proof(event, to.lang))


def _refusal(event: Event, unmet: Unmet, to: Hearer) -> str:
    one, say = unmet.subscription, to.say
    match unmet.term:
        case Term.LABELS:
            wanted = [label_name(label, to.lang) for label in one.labels]
            return say("why.other", wanted=say.either(wanted), found=label_name(event.label, to.lang))
        case Term.TOGETHER:
            wanted = [label_name(label, to.lang) for label in one.labels]
            return say.each("why_term", Term.TOGETHER, wanted=say.either(wanted))
        case Term.KINDS:
            wanted = [say("phrase.quoted", text=kind_name(Kind(kind), to.lang)) for kind in one.kinds]
            found = say("phrase.quoted", text=kind_name(event.kind, to.lang))
            return say("why.other", wanted=say.either(wanted), found=found)
        case Term.NAMES:
            wanted = [clip(clean(name), SHORT) for name in one.names]
            return say("why.other", wanted=say.either(wanted), found=printed(event.provider.name))
    return say.each("why_term", unmet.term, when=one.created_at)


def _named(one: Subscription, to: Hearer) -> str:
    return to.say("why.subscription", number=one.id, words=clip(clean(" ".join(one.words)), WORDS))


def _fate(owed: Owed, fate: Fate, to: Hearer) -> str:
    say = to.say
    if fate.delay is not None and owed is fate.owed:
        return say.each("why_kept", fate.delay.why, when=fate.delay.until)
    tried = say("why.tried", tries=owed.tries) if owed.tries > 1 else ""
    state = owed.state
    # What ails the channel by now says nothing of what went before: that has reasons of its own.
    off = fate.suspended if state == "suspended" else None
    reasons, kept = (off.reasons, off.reason) if off else (owed.reasons, owed.error)
    error = clip(clean(told_or_kept(reasons, kept, to.lang)), LONG)
    if state == "due":
        state = "put_off" if owed.error else "due_here" if to.terminal else "due"
    receipt = say("why.receipt", receipt=owed.receipt) if owed.receipt else ""
    receipt += _missed(reasons, error, say) if state == "sent" and error else ""
    there = to.terminal and state in ("sent", "sending")
    message = say.each("why_message", state, message=owed.message or "") if there else ""
    resume = to.typed("resume", *([owed.channel] if to.terminal else []))
    return say.each(
        "why_state",
        state,
        when=owed.sent_at or owed.due,
        tried=tried,
        error=error,
        message=message,
        receipt=receipt,
        resume=resume,
    )


def _missed(reasons: Sequence[Reason], error: str, say: Voice) -> str:
    """Whom a message that was sent did not reach, at once or as its mail came back."""
    later = reasons and all(one.code in ("mail_returned", "mail_behind") for one in reasons)
    return say("why.came_back", reasons=error) if later else say("why.missed", reasons=error)


def silence(said: str, found: Iterable[Waiting], to: Hearer) -> Told:
    """What is read and not believed yet: the usual reason for hearing nothing."""
    lines = (line for one in found for line in waiting_item(one, to))
    return Told(head=to.say("why.silent"), intro=(plain(said), *lines))


def waiting_item(one: Waiting, to: Hearer) -> Item:
    """What was read and is not believed yet, since when, and what would believe it."""
    lines: list[Line] = [bold(to.say("waiting.head", source=to.source(one.source), since=one.since))]
    lines += [plain(clip(clean(said(why, to.lang)), LONG)) for why in one.reasons]
    if one.rows:
        lines.append(plain(to.say("waiting.rows", names=some([_row(row) for row in one.rows], to))))
    return (*lines, plain(_way_out(one, to)))


def waiting_sentence(one: Waiting, to: Hearer) -> str:
    """The same on one line."""
    return ". ".join(line_text(line).rstrip(".") for line in waiting_item(one, to)) + "."


def _way_out(one: Waiting, to: Hearer) -> str:
    if one.approvable:
        return to.say("waiting.approve", command=to.typed("approve", one.run, reason=True))
    return to.say("waiting.page", source=one.source) if one.reasons else to.say("waiting.look")


def _row(row: Known) -> str:
    subject, name = row.attestation.subject, printed(row.provider.name)
    return f"{name} ({clip(printed(subject), SHORT)})" if subject else name
