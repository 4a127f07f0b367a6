"""A message as mails: what each says, under which name it is filed, and its bytes for one recipient. Pure."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from notifiers.mail import page
from notifiers.mail.reports import told_by
from notifiers.said.voice import clean

if TYPE_CHECKING:
    from notifiers.mail.page import Letterhead
    from state.words.post import Message

# The older policy: that of `EmailMessage` folds long names wrongly in Python 3.11 (a space within a word),
# and its headers cannot be given folded.
POLICY = compat32.clone(linesep="\r\n", mangle_from_=False)
UTF8 = Charset("utf-8")
UTF8.body_encoding = QP  # mostly Latin letters: half the size of base64, and filters can read it
# What needs no quotes beside an address, and is read as encoded by nobody; long, it could not be folded.
PLAIN = re.compile(r"[A-Za-z0-9 -]{0,60}")
# Never changed: a mail sent again must have the identifier of the first in every version.
NAMESPACE = uuid.UUID("0b6f5b1e-53b5-5c0a-8b0e-6d1f6a3c9e27")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One mail, whoever gets it: `id` is its `Message-ID`, `answers` those of the mails before it."""

    id: str
    answers: tuple[str, ...]
    subject: str
    plain: str
    html: str
    lang: str


def drafts(message: Message, head: Letterhead) -> tuple[Draft, ...]:
    """A message in as many mails as its length asks for."""
    return tuple(_drafts(message, head))


def _drafts(message: Message, head: Letterhead) -> Iterator[Draft]:
    for sheet in page.sheets(message, head):
        yield Draft(
            id=mail_id(message.key, sheet.part.number, head.domain),
            answers=_answers(message, head),
            subject=page.subject(sheet),
            plain=page.plain(sheet),
            html=page.html(sheet),
            lang=message.lang,
        )


def _answers(message: Message, head: Letterhead) -> tuple[str, ...]:
    """The root of its thread, and for what takes an event back the mail that told of it."""
    told_in = told_by(message.follows) if message.follows else ()
    return tuple(filter(None, (root_of(message, head.domain), *[*told_in][:1])))


def written(draft: Draft, head: Letterhead, recipient: str, at: datetime) -> bytes:
    """The bytes of a mail for one recipient, who sees no other's address."""
    # The boundary is of the mail: the same mail has the same bytes at every attempt but for its date.
    mail: Any = MIMEMultipart("alternative", boundary=f"=_{draft.id[1:33]}", policy=POLICY)
    for name, value in _headers(draft, head, recipient, at):
        mail[name] = value
    for form, text in (("plain", draft.plain), ("html", draft.html)):
        part = MIMENonMultipart("text", form, policy=POLICY)
        part.set_payload(text, UTF8)
        mail.attach(part)
    written: bytes = mail.as_bytes()
    return written


def _headers(
    draft: Draft, head: Letterhead, recipient: str, at: datetime
) -> Iterator[tuple[str, str | Header]]:
    author = _words(head.name, "From")
    author.append(f"<{head.mailbox}>", "us-ascii")
    yield "From", author
    yield "To", f"<{recipient}>"
    yield "Subject", _words(draft.subject, "Subject")
    yield "Date", format_datetime(at)
    yield "Message-ID", draft.id
    if draft.answers:
        yield "In-Reply-To", draft.answers[-1]
        yield "References", " ".join(draft.answers)
    yield "List-Id", f"<{head.channel}.vigilabel.{head.domain}>"
    yield "List-Unsubscribe", f"<{head.stop}>"
    yield "Auto-Submitted", "auto-generated"
    # Exchange answers a mail without it with every absence of its reader.
    yield "X-Auto-Response-Suppress", "All"
    yield "Content-Language", draft.lang


def _words(text: str, header: str) -> Header:
    """A text for a header: on one line, and what is no plain word encoded, so that nothing in it is read as
    encoded that we did not encode."""
    words = clean(text)
    return Header(words, "us-ascii" if PLAIN.fullmatch(words) else UTF8, header_name=header)


# By what mails find each other


def mail_id(key: str, part: int, domain: str) -> str:
    """The `Message-ID` of one part of a message: the same at every attempt, so that a mail which came twice
    is one to clients and servers that fold copies."""
    return _id(domain, "mail", key, str(part))


def root_of(message: Message, domain: str) -> str:
    """The identifier that all mails of a channel about one provider and label refer to, or about one source;
    "" for a mail about several.

    No mail has it: a root that was sent would have to be remembered, and be there in each reader's folder.
    """
    about = {(event.provider.slug, event.label) for event in message.events}
    about |= {("", notice.subject) for notice in message.notices}
    return _id(domain, "thread", message.channel, *about.pop()) if len(about) == 1 else ""


def _id(domain: str, *of: str) -> str:
    return f"<{uuid.uuid5(NAMESPACE, chr(0).join(of)).hex}@{domain}>"
