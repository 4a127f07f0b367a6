"""Who has which mail of a message; and what a mail says that came back: a delivery status report (RFC 3464),
read to its recipients. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message as Mail
from typing import TYPE_CHECKING

from notifiers.mail.codes import quoted

if TYPE_CHECKING:
    from state.words.post import Receipt

LARGEST = 1 << 20
"""Bytes of a mail that is read: ours have a tenth of it, and servers return them whole."""
MOST = 100
"""Recipients of a report that are read: a mail of ours has one."""
NAMED = re.compile(r"<[^<>\s,]{3,250}>")
STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
CODE = re.compile(r"[245]\d\d\b")
TYPED = re.compile(r"^[\w-]+\s*;\s*")
"""What stands before the words of a server: `smtp; 550 …`."""
RETURNED = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers")


def told_by(receipt: Receipt | None) -> Mapping[str, Sequence[str]]:
    """Who has which mail, by its identifier."""
    parts = (one.split(",") for one in receipt.id.split()) if receipt else ()
    return {id: told for id, *told in parts}


def receipt_id(mails: Mapping[str, Sequence[str]]) -> str:
    """What a receipt keeps: each mail's identifier and who has it, with commas between them."""
    return " ".join(",".join((id, *told)) for id, told in mails.items() if told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """That a mail did not reach a recipient, and never will.

    `asked` is whom it was handed in for, "" where the report does not say; another than `recipient` where
    that address leads to others. `lasting`, by the first digit of the `status`:
    the next mail will fare the same.
    """

    recipient: str
    asked: str
    status: str
    text: str

    @property
    def lasting(self) -> bool:
        return self.status.startswith("5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report about the mail whose `Message-ID` is `mail`, "" where it does not return it; with those alone
    for whom it `failed`: a mail that is late, or arrived, asks for nothing."""

    mail: str
    failed: tuple[Returned, ...]


def says_nothing(mail: Mail) -> bool:
    """Whether a mail is the answer of a machine that asks for nothing: an absence, a receipt of a reader."""
    replied = _field(mail, "Auto-Submitted").casefold().startswith("auto-replied")
    answered = replied or _field(mail, "Precedence").casefold() == "auto_reply" or "X-Autoreply" in mail
    kind = _kind(mail)
    return answered if not kind else kind != "delivery-status"


def read_mail(data: bytes) -> Mail | None:
    """A mail as it came; None where it is none that can be read."""
    try:
        return message_from_bytes(data)
    # Parts within parts are read by recursion; whoever sends a thousand of them sends no report.
    except (RecursionError, ValueError, LookupError):
        return None


def read_report(mail: Mail) -> Report | None:
    """The report that a mail is; None where it is none, or says nothing of any recipient."""
    if _kind(mail) != "delivery-status" or not mail.is_multipart():
        return None
    parts = [part for part in mail.get_payload() if isinstance(part, Mail)]
    # The first block is about the mail, each further one about a recipient.
    blocks = [block for part in parts for block in _blocks(part) if "Action" in block][:MOST]
    if not blocks:
        return None
    failed = (_returned(block) for block in blocks if _field(block, "Action").casefold() == "failed")
    return Report(mail=next(_named(parts), ""), failed=tuple(failed))


def _kind(mail: Mail) -> str:
    """Of what kind a report is, "" for a mail that is none."""
    if mail.get_content_type() != "multipart/report":
        return ""
    return str(mail.get_param("report-type") or "").casefold()


def _blocks(part: Mail) -> list[Mail]:
    found = part.get_payload() if part.get_content_type() == "message/delivery-status" else None
    return [block for block in found if isinstance(block, Mail)] if isinstance(found, list) else []


def _named(parts: list[Mail]) -> Iterator[str]:
    """The `Message-ID` of what is returned, whole or as its headers."""
    for part in parts:
        if part.get_content_type() not in RETURNED:
            continue
        inner = part.get_payload()
        if isinstance(inner, list):
            head = inner[0] if inner and isinstance(inner[0], Mail) else Mail()
        else:
            body = part.get_payload(decode=True)
            head = message_from_string(body.decode("utf-8", "replace") if isinstance(body, bytes) else "")
        yield from NAMED.findall(_field(head, "Message-ID"))[:1]


def _returned(block: Mail) -> Returned:
    text = TYPED.sub("", _field(block, "Diagnostic-Code"), count=1)
    # Some servers give a status in their words alone, or nothing but SMTP's code.
    found = STATUS.search(_field(block, "Status")) or STATUS.search(text) or CODE.match(text)
    return Returned(
        recipient=_mailbox(_field(block, "Final-Recipient")),
        asked=_mailbox(_field(block, "Original-Recipient")),
        status=found[0] if found else "",
        text=quoted(text) or _field(block, "Action").casefold(),
    )


def _mailbox(field: str) -> str:
    """The address of `rfc822; rssi@chu.example`, folded: servers write it in letters of their own."""
    return field.rpartition(";")[2].strip().strip("<>").casefold()


def _field(mail: Mail, name: str) -> str:
    """A header on one line, "" for none: one with bytes that are no letters is no text to the library."""
    return " ".join(str(mail.get(name, "")).split())
