"""A mail that came back after a server took it: its recipient fares as if it had been refused at once.

Anybody can write a report. It is believed where it names a mail that the memory has as sent to that
recipient: whoever does not have the mail cannot name it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.mail.reports import told_by
from notifiers.said.reasons import all_said, said
from state.model import Reason
from state.owed import fates
from watcher.tell.letters import LEASE
from watcher.tell.send import creators, tell_of

if TYPE_CHECKING:
    from notifiers.mail.reports import Report, Returned
    from notifiers.notifier import NamedChannel
    from state.owed.fates import Posted
    from watcher.tell.letters import Desk

logger = logging.getLogger(__name__)

GLANCE = 1.0
"""Seconds between two looks whether a message that is being sent has its receipt."""
SUSPENDED, MISSED, GIVEN_UP, KNOWN, UNSETTLED = "suspended", "missed", "given_up", "known", "unsettled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What a report brought about for one recipient of a channel: the channel is suspended, the recipient or
    the whole message missed, or nothing, as it is known already or the message still under way to others."""

    channel: str
    reason: Reason
    became: str


def note_returned(
    desk: Desk, report: Report, channels: Mapping[str, NamedChannel], pause: Callable[[float], None]
) -> tuple[Came, ...]:
    """What came of a report, for each recipient whom a message of ours was sent to; nothing of any other."""
    if not report.mail:  # it would match every mail that was ever sent
        return ()
    names = [name for name, one in channels.items() if one.kind == "mail"]
    came = _noted(desk, report, channels)
    # A server near by returns a mail while others are still handed theirs, and the receipt is written after
    # that: it is waited for, no longer than a sending may take.
    for _ in range(int(LEASE.total_seconds() / GLANCE)):
        settled = came and all(one.became != UNSETTLED for one in came)
        if settled or not fates.any_sending(desk.store, names, desk.clock()):
            break
        pause(GLANCE)
        came = _noted(desk, report, channels)
    return came


def _noted(desk: Desk, report: Report, channels: Mapping[str, NamedChannel]) -> tuple[Came, ...]:
    came: list[Came] = []
    with desk.store.transaction():
        for one in report.failed:
            # Read anew for each: the one before may be of the same message.
            for post in fates.posted(desk.store, f"{report.mail},"):
                came += [_missed(desk, post, reason, channels) for reason in _reasons(post, report.mail, one)]
    return tuple(came)


def _reasons(post: Posted, mail: str, one: Returned) -> Iterator[Reason]:
    """Why the recipient has not got the mail, where it was sent to him or by way of an address of ours."""
    told = {recipient.casefold(): recipient for recipient in told_by(post.receipt).get(mail, ())}
    about = {"status": one.status, "text": one.text}
    if one.recipient in told:
        yield Reason.of("mail_returned", recipient=told[one.recipient], **about)
    elif one.asked in told:
        # One of those behind an address, and nobody knows how many there are: the others may read it.
        yield Reason.of("mail_behind", recipient=told[one.asked], further=one.recipient, **about)


def _missed(desk: Desk, post: Posted, why: Reason, channels: Mapping[str, NamedChannel]) -> Came:
    if _among(why, post.missed):
        return Came(channel=post.channel, reason=why, became=KNOWN)
    if not post.settled:  # what is noted of it now, the next attempt would overwrite
        return Came(channel=post.channel, reason=why, became=UNSETTLED)
    missed = (*post.missed, why)
    fates.note_missed(desk.store, post.key, all_said(missed, "en"), missed)
    named = channels.get(post.channel)
    recipients = named.options.get("to", ()) if named else ()
    if _lost(why, recipients) and all(any(_lost(one, [who]) for one in missed) for who in recipients):
        became = _suspend(desk, post.channel, missed)
    else:
        became = _tell(desk, post, why, missed)
    return Came(channel=post.channel, reason=why, became=became)


def _among(why: Reason, missed: Iterable[Reason]) -> bool:
    """Whether the same was said of the recipient; who is behind an address does not count, or a group of many
    would be told of one by one."""
    same = (why.code, why.values["recipient"])
    return any((one.code, one.values.get("recipient")) == same for one in missed)


def _lost(why: Reason, recipients: Collection[str]) -> bool:
    """Whether one of these is not to be reached until a person acts."""
    lasting = str(why.values.get("status", "")).startswith("5")  # RFC 3463: 4 is for what may pass
    known = {one.casefold() for one in recipients}
    whom = str(why.values.get("recipient", "")).casefold()
    return lasting and why.code in ("mail_returned", "mail_recipient") and whom in known


def _suspend(desk: Desk, channel: str, missed: tuple[Reason, ...]) -> str:
    """Nobody is left: what is owed from here on is kept."""
    why = missed[0] if len(missed) == 1 else Reason.of("mail_nobody", reasons=missed)
    if fates.suspend_channel(desk.store, channel, said(why, "en"), (why,)):
        logger.info("suspended %s: %s", channel, said(why, "en"))
        makers = creators(desk.store, channel)
        tell_of(desk, channel, SUSPENDED, why, desk.clock(), also=makers)
    return SUSPENDED


def _tell(desk: Desk, post: Posted, why: Reason, missed: tuple[Reason, ...]) -> str:
    """Operators hear of a recipient once, for as long as message after message comes back from him."""
    told = {recipient for own in told_by(post.receipt).values() for recipient in own}
    nobody = why.code == "mail_returned" and told <= {str(one.values.get("recipient")) for one in missed}
    became = GIVEN_UP if nobody else MISSED
    if not _among(why, fates.missed_beside(desk.store, post.key)):
        logger.info("a recipient of %s was missed: %s", post.channel, said(why, "en"))
        tell_of(desk, post.channel, became, why, desk.clock())
    return became
