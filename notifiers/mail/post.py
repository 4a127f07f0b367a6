"""Telling people by mail: each recipient of a channel is handed a mail of their own, with its own fate."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from notifiers.mail.conversation import LONGEST, TIMEOUT, Conversation, dialled
from notifiers.mail.draft import Draft, drafts, written
from notifiers.mail.threads import receipt_id, told_by
from notifiers.notifier import DeliveryError
from state.model import Reason
from state.words.post import Message, Receipt

if TYPE_CHECKING:
    from notifiers.mail.letterhead import Letterhead
    from notifiers.mail.server import Server

PACE = 2.0
"""Providers take about thirty mails a minute from one account."""
FULL = 60.0
"""Seconds of a conversation after which no mail is begun: a filter may take its time over the last one."""


@dataclass(slots=True)
class Handed:
    """Who has which mail of a message, and what stood in the way of the others."""

    mails: dict[str, list[str]] = field(default_factory=dict)
    missing: dict[str, DeliveryError] = field(default_factory=dict)

    @classmethod
    def before(cls, receipt: Receipt | None) -> Handed:
        """What earlier attempts brought."""
        return cls(mails={id: list(told) for id, told in told_by(receipt).items()})

    def receipt(self) -> Receipt:
        """The mails with those who have them."""
        return Receipt(id=receipt_id(self.mails))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Hands mails in at one server, for each recipient of a channel.

    A mail cannot be looked for, nor changed once it is handed in: after a lost answer it is sent again, under
    the same `Message-ID`, and what was wrong is said in a mail that answers the first.
    """

    server: Server = field(repr=False)
    head: Letterhead
    recipients: tuple[str, ...]
    clock: Callable[[], datetime]
    context: ssl.SSLContext | None = field(default=None, repr=False)
    timeout: float = TIMEOUT
    longest: float = LONGEST
    pace: float = PACE
    unasked: Literal[True] = True
    elapsed: Callable[[], float] = time.monotonic

    def send(self, message: Message) -> Receipt:
        """Hands in what each recipient does not have yet of a message."""
        handed, whole = Handed.before(message.told), drafts(message, self.head)
        end = self.elapsed() + FULL
        try:
            with self._ready() as talk:
                self._hand_in(talk, whole, self._wanted(message), handed, end)
        except DeliveryError as broken:
            broken.told = handed.receipt()
            raise
        return _concluded(handed)

    def dialled(self) -> AbstractContextManager[Conversation]:
        """A connection to the server, still to be made."""
        return dialled(self.server, context=self.context, timeout=self.timeout, longest=self.longest)

    @contextmanager
    def _ready(self) -> Iterator[Conversation]:
        """A conversation in which mails can be handed in."""
        with self.dialled() as talk:
            talk.connect()
            talk.make_safe()
            talk.log_in()
            yield talk

    def reach(self, channel: str) -> Reason | None:
        """What stands in the way, as far as the server says so before it has a mail: the first who is
        refused."""
        try:
            with self._ready() as talk:
                offered = (talk.offer(self.head.mailbox, one) for one in self.recipients)
                return next((refused.reason for refused in offered if refused), None)
        except DeliveryError as broken:
            return broken.reason

    def find(self, message: Message) -> Receipt | None:
        """None, always: mails that were handed in are out of sight."""
        return None

    def revise(self, message: Message, receipt: Receipt) -> None:
        """Leaves what was sent: the mail that follows says what was wrong."""

    def _wanted(self, message: Message) -> tuple[str, ...]:
        """To take something back is for those who were told of it, whoever is told of things today."""
        if not message.follows:
            return self.recipients
        told = (one for own in told_by(message.follows).values() for one in own)
        return tuple(dict.fromkeys(told))

    def _hand_in(
        self,
        talk: Conversation,
        whole: Sequence[Draft],
        recipients: Sequence[str],
        handed: Handed,
        end: float,
    ) -> None:
        for recipient in recipients:
            for draft in whole:
                told = handed.mails.setdefault(draft.id, [])
                if recipient in told or recipient in handed.missing:
                    continue
                if self.elapsed() > end:
                    raise DeliveryError(Reason.of("mail_long", host=self.server.host))
                mail = written(draft, self.head, recipient, self.clock())
                refused = talk.hand_in(self.head.mailbox, recipient, mail)
                if refused:
                    handed.missing[recipient] = refused
                else:
                    told.append(recipient)


def _concluded(handed: Handed) -> Receipt:
    """The receipt, with whom it missed for good; raises what is to be tried again, or that nobody has it."""
    errors = tuple(handed.missing.values())
    passing = next((one for one in errors if not one.permanent and not one.unfit), None)
    if passing:
        passing.told = handed.receipt()
        raise passing
    receipt = handed.receipt()
    reasons = tuple(one.reason for one in errors)
    if errors and not receipt.id:
        lasting = any(one.permanent for one in errors)
        said = reasons[0] if len(reasons) == 1 else Reason.of("mail_nobody", reasons=reasons)
        raise DeliveryError(said, permanent=lasting, unfit=not lasting)
    return Receipt(id=receipt.id, missed=reasons)
