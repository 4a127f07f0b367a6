"""What documents say, in words that never pass for what was read on a register. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.said.named import printed
from state.model import day_of
from watcher.said.told import entries

if TYPE_CHECKING:
    from state.noted.documents import Kept
    from state.words.documented import Documented
    from watcher.said.told import Hearer


def what_text(one: Documented, to: Hearer) -> str:
    """The service, the number and the activities, as far as the document prints them; and who issued it."""
    parts = (
        to.say("phrase.quoted", text=printed(one.service)) if one.service else "",
        printed(one.ref),
        entries(one.label, one.scope, to) if one.scope else "",
        to.say("document.issued", issuer=printed(one.issuer)),
    )
    return to.say("list.comma").join(filter(None, parts))


def days_text(one: Documented, to: Hearer) -> str:
    """The days that it prints: from, until, withdrawn on, made on."""
    say = to.say
    days = {
        "from": None if one.valid_until else one.valid_from,
        "until": None if one.valid_from else one.valid_until,
        "withdrawn": one.withdrawn_on,
        "dated": None if one.valid_from and one.valid_until else one.dated,
    }
    both = one.valid_from and one.valid_until
    span = [say("document.span", first=one.valid_from, last=one.valid_until)] if both else []
    return say("list.comma").join(
        [*span, *(say.each("document", name, day=day) for name, day in days.items() if day)]
    )


def paper_text(one: Documented, to: Hearer) -> str:
    """What a document says, where, and by whose word: one clause of an answer."""
    word = to.say("document.word", by=printed(one.by))
    return to.say("list.comma").join((what_text(one, to), days_text(one, to), file_text(one, to), word))


def file_text(one: Documented, to: Hearer) -> str:
    """The document and the page: "arrete-2012.pdf, page 2"."""
    if one.page is None:
        return printed(one.file)
    return to.say("document.page", file=printed(one.file), page=str(one.page))


def written_text(one: Kept, to: Hearer) -> str:
    """Who wrote it down, and when."""
    return to.say("document.written", by=printed(one.by), day=day_of(one.at))


def removed_text(one: Kept, to: Hearer) -> str:
    """Who took it back, when and why."""
    day = day_of(one.removed_at or one.at)
    return to.say("document.taken_back", by=printed(one.removed_by), day=day, why=printed(one.removed_reason))
