"""A mail as HTML and as plain text: the words of every channel, escaped for where they go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from notifiers.said import digest, named, parts, wording
from notifiers.said.voice import Line, Span, clip, counted_together, unbroken, voice, words_of

if TYPE_CHECKING:
    from notifiers.said.parts import Part, Passage
    from state.model import Event
    from state.words.post import Message

SUBJECT = 240
"""Longer than any client shows."""
GLANCED = 5
"""More events than this are summed up first."""
WHOLE = 24
"""A part of a proof that is shorter stays on one line."""
ROOM = 88_000
"""Bytes of the passages of one mail, with their styles: of more than 102 kB Gmail shows the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What stands on every mail of a channel: the mailbox that it is from, with the name shown for it, and
    the public address of the pages."""

    channel: str
    mailbox: str
    name: str = ""
    pages: str = ""

    @property
    def domain(self) -> str:
        return self.mailbox.rpartition("@")[2]

    @property
    def stop(self) -> str:
        """The link by which a recipient asks to hear no more: a person reads it."""
        return f"mailto:{self.mailbox}?subject={quote(f'unsubscribe {self.channel}')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What one mail shows: a part of a message, on the letterhead of its channel."""

    message: Message
    part: Part
    head: Letterhead

    @property
    def page(self) -> str:
        """Where the pages show the event that the whole mail is about."""
        events = self.part.events
        return _page_of(events[0], self.head.pages) if len(events) == 1 else ""

    @property
    def preview(self) -> str:
        """What an inbox shows beside the subject: the sentence, or the heaviest of many."""
        first = self.part.number == 1 and not self.message.follows
        return digest.preview(self.message) if first else ""

    def glance(self) -> tuple[Line, ...]:
        """Of many events whom they are about, on top: nobody scrolls to learn whether his host is there."""
        told, lang = _told(self), self.message.lang
        if len(told) <= GLANCED:
            return ()
        lines = []
        for (_, label), own in groupby(told, key=digest.group):
            events = list(own)
            names = list(dict.fromkeys(named.printed(event.provider.name) for event in events))
            over = digest.heading(events[0], lang) if _mixed(told) else named.label_name(label, lang)
            lines.append(
                (
                    Span(text=over + voice(lang)("phrase.colon"), bold=True),
                    Span(text=named.shortened(names, lang, most=8)),
                )
            )
        return tuple(lines)

    def foot(self) -> tuple[Line, ...]:
        """From whom this comes, and how to hear no more."""
        say = voice(self.message.lang)
        before, _, after = say("mail.stop", address="\0").partition("\0")
        stop = (Span(text=before), Span(text=self.head.mailbox, url=self.head.stop), Span(text=after))
        return (Span(text=say("mail.origin", channel=self.head.channel)),), stop


def sheets(message: Message, head: Letterhead) -> Iterable[Sheet]:
    """A message in as many mails as its length asks for."""
    for part in parts.parts(message, _cost, ROOM):
        linked = tuple(_linked(one, head.pages) for one in part.passages)
        yield Sheet(message=message, part=replace(part, passages=linked), head=head)


def subject(sheet: Sheet) -> str:
    """What the list of an inbox shows: what happened, and by which edition, or what is heaviest of many."""
    events, lang, head = _told(sheet), sheet.message.lang, sheet.part.head
    if sheet.message.follows or not events:
        return clip(head, SUBJECT)
    alone = len(sheet.message.events) == 1
    beside = wording.edition_text(events[0], lang) if alone else wording.title(events[0], lang)
    return clip(f"{head} — {beside}", SUBJECT)


def html(sheet: Sheet) -> str:
    """The page of a mail: no table, no image, nothing that is fetched; every style stands where it is used,
    since some clients drop what stands in the head, dark colours there for those that do not."""
    return _template("mail.html").render(sheet=sheet, part=sheet.part, say=voice(sheet.message.lang))


def plain(sheet: Sheet) -> str:
    """The same for who reads without HTML, or has it read aloud."""
    glance, foot = ("\n".join(map(words_of, lines)) for lines in (sheet.glance(), sheet.foot()))
    # Elsewhere the number of the event leads there already.
    taken_back = sheet.message.follows and sheet.page
    more = f"{voice(sheet.message.lang)('mail.page')} <{sheet.page}>" if taken_back else ""
    told = filter(None, (sheet.part.head, glance, parts.body(sheet.part), more, f"-- \n{foot}"))
    return unbroken("\n\n".join(told)) + "\n"


def _told(sheet: Sheet) -> list[Event]:
    """The events of a part, in its order."""
    known = {event.id: event for event in sheet.message.events}
    return [known[number] for number in sheet.part.events]


def _mixed(events: Iterable[Event]) -> bool:
    return len({digest.group(event) for event in events}) > 1


def _page_of(event: int, pages: str) -> str:
    return f"{pages}/events/{event}" if pages else ""


def _linked(passage: Passage, pages: str) -> Passage:
    """A passage whose number leads to the page of its event; no line ends in a short part of its proof."""
    if not passage.proof or passage.event is None:
        return passage
    *before, number = (_whole(span) for span in passage.proof)
    return replace(passage, proof=(*before, replace(number, url=_page_of(passage.event, pages) or None)))


def _whole(span: Span) -> Span:
    short = len(span.text) < WHOLE and span.text.strip(" ·")
    return replace(span, text=span.text.replace(" ", "\u00a0")) if short else span


def _cost(passage: Passage) -> int:
    """The bytes that a passage takes, as it is drawn."""
    drawn: str = _template("drawn.html").module.passage_of(passage)  # type: ignore[attr-defined]
    return len(drawn.encode())


def _together(given: object) -> object:
    """A text as it is drawn: no line ends within a day, a time or a number."""
    if not isinstance(given, str) or isinstance(given, Markup):
        return given
    # A hyphen is a place to end a line, and "SHA-" at the end of one reads as a name.
    return counted_together(unbroken(given)).replace("SHA-", "SHA\u2011")


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_together,
    )
