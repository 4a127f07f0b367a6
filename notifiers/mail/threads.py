"""By what mails find each other: their identifiers, and the root of the thread that they are of. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from state.words.post import Message, Receipt

# Never changed: a mail sent again must have the identifier of the first in every version.
NAMESPACE = uuid.UUID("0b6f5b1e-53b5-5c0a-8b0e-6d1f6a3c9e27")


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


def told_by(receipt: Receipt | None) -> Mapping[str, Sequence[str]]:
    """Who has which mail, by its identifier."""
    parts = (one.split(",") for one in receipt.id.split()) if receipt else ()
    return {id: told for id, *told in parts}


def receipt_id(mails: Mapping[str, Sequence[str]]) -> str:
    """What a receipt keeps: each mail's identifier and who has it, with commas between them."""
    return " ".join(",".join((id, *told)) for id, told in mails.items() if told)
