"""Telling people by mail: each recipient of a channel is handed a mail of their own, with its own fate."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Literal

from notifiers.mail.conversation import LONGEST, TIMEOUT, Conversation, dialled
from notifiers.mail.page import Letterhead
from notifiers.mail.post import Draft, drafts, written
from notifiers.mail.reports import receipt_id, told_by
from notifiers.mail.server import OFFERED, Server, server_of
from notifiers.notifier import DeliveryError, Means, OnlyTakes, Probe
from state.model import Reason
from state.words.post import Message, Receipt

Found = tuple[bool | None, Reason]
Step = Callable[[], Found]
FIX = Reason.of("fix_channel_setting")
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
class Mail(OnlyTakes):
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


def make(means: Means) -> Mail:
    """The mail channel that an operator named."""
    named = means.channel
    name, mailbox = named.options["from"]
    pages = means.setting("VIGILABEL_ADDRESS")
    return Mail(
        server=server_of(named.url, named.options.get("starttls", OFFERED)),
        head=Letterhead(channel=named.name, mailbox=mailbox, name=name, pages=pages),
        recipients=named.options["to"],
        clock=means.clock,
    )


def probe(means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    """What was found, step by step: the server, encryption, login, each recipient. What breaks the
    conversation ends it; no mail is handed in."""
    mail = make(means)
    with mail.dialled() as talk:
        for what, step in _steps(talk, mail):
            try:
                good, found = step()
            except DeliveryError as broken:
                yield Probe(what=what, good=False, found=broken.reason, fix=FIX)
                return
            yield Probe(what=what, good=good, found=found, fix="" if good is not False else FIX)


def _steps(talk: Conversation, mail: Mail) -> Iterator[tuple[Reason, Step]]:
    """What is tried, in order, and how."""

    def reached() -> Found:
        talk.connect()
        return True, Reason.of("mail_answers", host=mail.server.host, port=mail.server.port)

    def safe() -> Found:
        encrypted = talk.make_safe()
        return encrypted or None, Reason.of("mail_encrypted" if encrypted else "mail_open")

    def logged_in() -> Found:
        known = talk.log_in()
        return known or None, Reason.of("mail_logged_in" if known else "mail_anonymous")

    yield Reason.of("probe_mail_server"), reached
    yield Reason.of("probe_mail_safe"), safe
    yield Reason.of("probe_mail_login"), logged_in
    for recipient in mail.recipients:
        yield Reason.of("probe_mail_recipient", recipient=recipient), partial(_offered, talk, mail, recipient)


def _offered(talk: Conversation, mail: Mail, recipient: str) -> Found:
    refused = talk.offer(mail.head.mailbox, recipient)
    return refused is None, refused.reason if refused else Reason.of("mail_takes")
