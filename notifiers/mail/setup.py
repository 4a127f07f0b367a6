"""A mail channel as it is set up: made of its settings, and whether its server takes what it sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from notifiers.mail.letterhead import Letterhead
from notifiers.mail.post import Mail
from notifiers.mail.server import OFFERED, server_of
from notifiers.notifier import DeliveryError, Means, Notifier, Probe, Unset
from state.model import Reason

if TYPE_CHECKING:
    from notifiers.mail.conversation import Conversation

Found = tuple[bool | None, Reason]
Step = Callable[[], Found]
FIX = Reason.of("fix_channel_setting")


def make(means: Means) -> Notifier:
    """The mail channel that an operator named."""
    named = means.named
    if named is None:
        return Unset(Reason.of("channel_unset", channel="mail"))
    name, mailbox = named.options["from"]
    return Mail(
        server=server_of(named.url, named.options.get("starttls", OFFERED)),
        head=Letterhead(
            channel=named.name, mailbox=mailbox, name=name, pages=means.setting("VIGILABEL_ADDRESS")
        ),
        recipients=named.options["to"],
        clock=means.clock,
    )


def probe(means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    """What was found, step by step: the server, encryption, login, each recipient. What breaks the
    conversation ends it; no mail is handed in."""
    mail = make(means)
    if not isinstance(mail, Mail):
        yield Probe(what=Reason.of("probe_mail_server"), good=None, found=Reason.of("mail_unnamed"))
        return
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
