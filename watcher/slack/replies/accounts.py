"""What became of an event, as an answer on Slack: why this channel was told or not, and the proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from notifiers.said.account import Line, Span
from notifiers.said.doubts import said, told_or_kept
from notifiers.said.printed import clean, clip, link
from notifiers.said.wording import kind_name, label_name, printed, source_title, title
from notifiers.slack.blocks import retract_button
from state.model import Cause, Event, Kind, Known
from state.seen import log
from state.words.post import Channel, Owed, Subscription
from watcher.ask import why as explaining
from watcher.ask.waiting import Waiting, waiting
from watcher.ask.why import Account, Reason, Refused
from watcher.errors import Mistyped
from watcher.slack.command import Command, number_of_word
from watcher.slack.replies.asked import NAMES, Asked, event_item, provider_named, time_text
from watcher.slack.replies.questions import Question
from watcher.slack.replies.reply import Reply, bold, plain
from watcher.slack.replies.wishes import either


def why_reply(asked: Asked, command: Command) -> Reply:
    """Why this channel was told of an event, or why not: each subscription and the term that failed.

    Of anything else than an event, what was read of it and is not believed yet.
    """
    if not command.words:
        return _silence(asked, asked.say("no_event"), waiting(asked.archive))
    if not command.words[0].lstrip("#").isdecimal():
        return _why_name(asked, " ".join(command.words))
    number = number_of_word(command.words, "no_event")
    try:
        account = explaining.why(asked.archive, number, asked.channel)
    except LookupError:
        return _silence(asked, asked.say("unknown_event", number=number), waiting(asked.archive))
    lines = [plain(text) for reason in account.reasons for text in _reason(asked, account, reason)]
    retract = account.retracted is None and bool(asked.operators) and asked.channel == asked.operators
    return Reply(
        head=asked.say("why_head", number=number),
        lang=asked.lang,
        intro=(
            *event_item(account.event, asked, account.retracted),
            *lines,
            *(line for one in account.waiting for line in _waiting(asked, one)),
        ),
        buttons=(retract_button(number, asked.lang),) if retract else (),
        command=command.text,
    )


def _why_name(asked: Asked, name: str) -> Reply:
    """Why nothing is heard of a provider: what waits about it, and its events."""
    who, note = provider_named(asked, name)
    about = (one.only(lambda row: row.provider.slug == who.slug) for one in waiting(asked.archive))
    found = [one for one in about if one is not None]
    hint = asked.say("why_ask", slug=clean(who.slug))
    said = note or (hint if found else f"{asked.say('why_nothing_waits', name=clean(who.name))} {hint}")
    return _silence(asked, said, found)


def _silence(asked: Asked, said: str, found: Sequence[Waiting]) -> Reply:
    """What is read and not believed yet: the usual reason for hearing nothing."""
    return Reply(
        head=asked.say("why_silent"),
        lang=asked.lang,
        intro=(plain(said), *(line for one in found for line in _waiting(asked, one))),
    )


def _waiting(asked: Asked, one: Waiting) -> list[Line]:
    source, since = source_title(one.source, asked.lang), time_text(one.since, asked.lang)
    lines: list[Line] = [bold(asked.say("waiting", source=source, since=since))]
    lines += [plain(clip(clean(said(why, asked.lang)), 300)) for why in one.reasons]
    names = [clip(_named(row), 120) for row in one.rows[:NAMES]]
    if len(one.rows) > NAMES:
        names.append(asked.say("and_more", count=len(one.rows) - NAMES).strip())
    if names:
        lines.append(plain(asked.say("waiting_rows", names=", ".join(names))))
    settled = "waiting_approve" if one.approvable else "waiting_page" if one.why else "waiting_look"
    return [*lines, plain(asked.say(settled, run=one.run, source=one.source))]


def _named(row: Known) -> str:
    subject = row.attestation.subject
    name = printed(row.provider.name)
    return f"{name} ({printed(subject)})" if subject else name


def _reason(asked: Asked, account: Account, reason: Reason) -> list[str]:
    if reason.owed is not None:
        wishes = [asked.say("why_wish", number=one.id, words=_words(one)) for one in reason.matched]
        said = [asked.say("why_matched", wishes=either(asked, wishes))] if wishes else []
        if reason.hold is not None:
            until = time_text(reason.hold.until, asked.lang)
            return [*said, asked.say(f"why_{reason.hold.why}", when=until)]
        return [*said, _fate(asked, reason.owed, reason.suspended)]
    if not account.event.cause.told:
        return [asked.say("why_nobody", cause=asked.say(f"why_{account.event.cause}"))]
    if not reason.refused:
        return [asked.say("why_no_subscription")]
    return [
        asked.say(
            "why_refused",
            number=one.subscription.id,
            words=_words(one.subscription),
            why=_refusal(asked, account.event, one),
        )
        for one in reason.refused[:5]
    ]


def _words(one: Subscription) -> str:
    return clip(clean(" ".join(one.words)), 120)


def _fate(asked: Asked, owed: Owed, suspended: Channel | None) -> str:
    tried = asked.say("why_tried", tries=owed.tries) if owed.tries > 1 else ""
    reasons, kept = (suspended.reasons, suspended.reason) if suspended else (owed.reasons, owed.error)
    error = clip(clean(told_or_kept(reasons, kept, asked.lang)), 300)
    when = owed.sent_at or owed.due
    key = f"why_{owed.state}"
    if owed.state == "due":
        key = "why_put_off" if owed.error else "why_later" if owed.due > asked.archive.now else "why_due"
    return asked.say(
        key, when=time_text(when, asked.lang), tried=tried, error=error, receipt=owed.receipt or "–"
    )


def _refusal(asked: Asked, event: Event, refused: Refused) -> str:
    """The first term that failed, in the language of the channel."""
    one = refused.subscription
    match refused.term:
        case "labels":
            wanted = either(asked, [label_name(label, asked.lang) for label in one.labels])
            return asked.say("why_label", wanted=wanted, found=label_name(event.label, asked.lang))
        case "kinds":
            wanted = either(asked, [kind_name(Kind(kind), asked.lang) for kind in one.kinds])
            return asked.say("why_label", wanted=wanted, found=kind_name(event.kind, asked.lang))
        case "names":
            wanted = either(asked, [clip(clean(name), 80) for name in one.names])
            return asked.say("why_label", wanted=wanted, found=printed(event.provider.name))
        case "floor":
            return asked.say("why_floor")
        case "made_after" if one.created_at is not None:
            return asked.say("why_after", when=time_text(one.created_at, asked.lang))
        case "ended":
            return asked.say("why_ended")
    return asked.say("why_other")


def proof_reply(asked: Asked, command: Command) -> Reply:
    """Where an event can be checked: document, place, hash, time, and how to get the whole proof."""
    number = number_of_word(command.words, "no_event")
    try:
        event = log.event(asked.archive.store, number)
    except LookupError:
        raise Mistyped("unknown_event", number=str(number)) from None
    proof = event.evidence
    address = link(proof.url)
    return Reply(
        head=asked.say("proof_head", number=number),
        lang=asked.lang,
        intro=(
            bold(title(event, asked.lang)),
            (Span(text=clip(printed(proof.url), 200) if address is None else address, url=address),),
            plain(asked.say("proof_place", place=printed(proof.place) or "–")),
            plain(asked.say("proof_sha", sha=printed(proof.sha256))),
            plain(asked.say("proof_seen", when=time_text(event.seen_at, asked.lang))),
        ),
        foot=(
            *((asked.say("first_look"),) if event.cause is Cause.BASELINE else ()),
            asked.say("proof_how", number=number),
        ),
        command=command.text,
    )


ACCOUNTS: Mapping[str, Question] = {"why": why_reply, "proof": proof_reply}
