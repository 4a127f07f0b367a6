"""What a question on Slack is put to, and how its answer becomes a reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifiers.said.printed import clean
from notifiers.said.voice import Voice
from notifiers.slack.kit import Button
from state.model import Event, Provider
from state.names import slug
from watcher.ask.answers import Archive
from watcher.ask.label_state import unread_labels
from watcher.errors import Mistyped
from watcher.said.condition import unread_text
from watcher.said.event import event_items
from watcher.said.told import NAMES, Item, Reader, Told, reader, unlisted
from watcher.slack.replies.reply import Reply
from watcher.tell import recall


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question or order: the memory and the time, the channel and the member it came from, the language.

    `operators` is the channel of operators ("" for none).
    """

    archive: Archive
    channel: str
    user: str
    lang: str
    operators: str = ""

    @property
    def to(self) -> Reader:
        """Who reads the answer."""
        return reader(self.lang)

    @property
    def say(self) -> Voice:
        """The texts of the language."""
        return self.to.say

    def reply(self, told: Told, command: str = "", buttons: Sequence[Button] = ()) -> Reply:
        """An answer as a reply; `command` asks the same again."""
        return Reply(
            head=told.head,
            lang=self.lang,
            intro=told.intro,
            items=told.items,
            foot=told.foot,
            buttons=tuple(buttons),
            command=command,
        )

    def events(self, events: Sequence[Event]) -> tuple[Item, ...]:
        """The events, those that were retracted marked so."""
        return event_items(
            events, self.to, recall.retractions(self.archive.store, [one.id for one in events])
        )

    def provider(self, text: str) -> tuple[Provider, str]:
        """The one provider a name means, and a note when it is on no list; raises `Mistyped` when it may mean
        several."""
        found = self.archive.names.meant(text)
        if len(found) > 1:
            names = ", ".join(clean(provider.slug) for provider in found[:NAMES])
            raise Mistyped("ambiguous", found=clean(text), names=names)
        if found:
            return found[0], ""
        return Provider(slug=slug(text), name=text), self.unlisted(text)

    def unlisted(self, name: str) -> str:
        """That a name is on no list that was read, which ones look like it, and what was not read at all."""
        unread = unread_text(unread_labels(self.archive), self.lang)
        return " ".join(filter(None, (unlisted(name, self.archive.names.close(name), self.to), unread)))
