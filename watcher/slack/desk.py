"""What a request of one workspace is answered with: the memory, the program behind it, Slack before it.

Doors hand requests in; acts and replies take from here what they need, and know no door.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from notifiers.notifier import DeliveryError
from notifiers.said.voice import Voice, clean
from notifiers.slack.kit import Button
from state.file import claims
from state.model import Event, Provider
from state.names import slug
from state.owed import subscriptions
from state.seen.taken_back import retractions
from state.seen.who.providers import load_providers
from state.words.labels import meant
from state.words.meant import kind_meant
from state.words.post import bare, place, workspace_of
from watcher.ask.archive import Archive
from watcher.ask.watch.label_state import unread_labels
from watcher.errors import Mistyped
from watcher.said.condition import unread_text
from watcher.said.news.event import NOTHING, event_items
from watcher.said.told import NAMES, Hearer, Item, Told, hearer, some, unlisted
from watcher.slack.reply import NOWHERE, Answer, Ground, Reply

if TYPE_CHECKING:
    from state.words.post import Retraction, Subscription
    from watcher.app import App
    from watcher.ask.news.joined import Joined
    from watcher.slack.command import Command
    from watcher.slack.workspace import Workspace

logger = logging.getLogger(__name__)

MOMENT = timedelta(seconds=3)
"""Who clicks twice means it once: Slack tells two clicks, each with a time of its own."""
REMEMBERED = timedelta(hours=1)
"""How long what a request changes is claimed: Slack repeats in minutes, a signature is void after five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question or order: the memory and the time, the channel and the member it came from, the language.

    Channel and member are places: with their workspace, where that is not the one of the settings.
    `operators` is the channel of the watch's operators ("" for none, and in every other workspace). A channel
    that the settings name is known by its name; `places` gives the id that Slack has for it. `has_member`
    asks Slack whether a channel has a member, by their ids.
    """

    archive: Archive
    channel: str
    user: str
    lang: str
    operators: str = ""
    places: Callable[[str], str] = lambda channel: channel
    has_member: Callable[[str, str], bool] = lambda channel, user: False

    @property
    def to(self) -> Hearer:
        """Who is told the answer."""
        return hearer(self.lang)

    @property
    def say(self) -> Voice:
        """The texts of the language."""
        return self.to.say

    def reply(
        self,
        told: Told,
        command: str = "",
        buttons: Sequence[Button] = (),
        *,
        ground: Ground = NOWHERE,
        grounds: tuple[Ground, ...] = (),
    ) -> Reply:
        """An answer as a reply; `command` asks the same again, on the grounds it rests."""
        return Reply(
            head=told.head,
            lang=self.lang,
            intro=told.intro,
            items=told.items,
            foot=told.foot,
            buttons=tuple(buttons),
            command=command,
            ground=ground,
            grounds=grounds,
        )

    def undo(self, command: str, text: str = "") -> Button:
        """A button that puts back what was, by a command."""
        return Button(action="undo", text=text or self.say("slack.undo"), value={"command": command})

    def ending(self, one: Subscription, text: str = "") -> Button:
        """A button that ends a subscription, known by its time as well: numbers are this memory's, and a
        button may outlive a restore."""
        button = self.undo(f"unsubscribe {one.id}", text)
        made = one.created_at.isoformat() if one.created_at else ""
        return replace(button, value={**button.value, "subscription": one.id, "made": made})

    def events(
        self, events: Sequence[Event], besides: Mapping[int, Sequence[Joined]] = NOTHING
    ) -> tuple[Item, ...]:
        """The events, those that were retracted marked so."""
        return event_items(events, self.to, self.retracted, besides)

    @property
    def retracted(self) -> Mapping[int, Retraction]:
        """All events that were taken back, by number: few, each by an operator's own hand."""
        return retractions.retractions(self.archive.store)

    def provider(self, text: str) -> tuple[Provider, str]:
        """The one provider a name means, and a note when it is on no list; raises `Mistyped` when it may mean
        several."""
        found = self.archive.names.meant(text)
        if len(found) > 1:
            shown = [(clean(one.name), one.slug) for one in found[:NAMES]]
            names = self.say.either(dict.fromkeys(name for name, _ in shown))
            raise Mistyped("ambiguous", instead=shown, found=clean(text), names=names)
        if found:
            return found[0], ""
        return Provider(slug=slug(text), name=text), self.unlisted(text)

    def unlisted(self, name: str) -> str:
        """That a name is on no list that was read, which ones look like it, and what was not read at all."""
        return " ".join(filter(None, (unlisted(name, (), self.to), self.near(name))))

    def near(self, name: str) -> str:
        """Which names look like one that is on no list, and what was not read at all."""
        close = self.close(name)
        like = self.say("name.close", names=some(close, self.to, 4)).strip() if close else ""
        return " ".join(filter(None, (like, unread_text(unread_labels(self.archive), self.lang))))

    def close(self, name: str, *, also_words: bool = False) -> list[str]:
        """What a name on no list may have meant, each thing once in whatever spelling; labels by slug."""
        names, found = self.archive.names, dict[object, str]()
        for word in names.close(name, also_words=also_words):
            labels = meant(word) if also_words else ()
            known = labels or kind_meant(word) or tuple(one.slug for one in names.meant(word))
            found.setdefault(known or word, labels[0] if len(labels) == 1 else word)
        return list(found.values())


Answering = Callable[[Asked, "Command"], Reply]
"""What answers a verb; raises `Mistyped`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The app and the workspace that asks, what was done already, and the threads for what takes long."""

    app: App
    workspace: Workspace
    slow: Executor
    claimed: deque[tuple[datetime, str, str]] = field(default_factory=deque)
    lock: Lock = field(default_factory=Lock)

    @contextmanager
    def asked(self, channel: str, user: str, *, create: bool = False) -> Iterator[Asked]:
        """What a request of a member in a channel works with; raises `StoreError` where nothing was read."""
        app, home = self.app, self.workspace.id
        if home:
            channel, user = place(home, channel), place(home, user)
        else:
            channel = app.name_on_slack(channel)
        with app.open_store(create=create) as store:
            spoken = subscriptions.channel(store, channel).lang
            yield Asked(
                archive=Archive(
                    store=store, providers=load_providers(store), sources=app.sources, now=app.clock()
                ),
                channel=channel,
                user=user,
                lang=spoken or app.settings.lang,
                operators="" if home else app.name_on_slack(app.settings.operators),
                places=self._place if home else app.place_on_slack,
                has_member=self.workspace.has_member,
            )

    def _place(self, channel: str) -> str:
        """The id of a channel of the workspace that asks; "" for one elsewhere."""
        return bare(channel) if workspace_of(channel) == self.workspace.id else ""

    def claim(self, asked: Asked, key: str) -> bool:
        """Whether what this request changes is yours to change: told to one process, once."""
        if not key:
            return True
        return self._lease(asked, f"slack/{key}", self.app.owner, asked.archive.now, REMEMBERED)

    def tapped(self, asked: Asked, button: str, key: str, at: datetime) -> bool:
        """Whether this is the first click on a button for a moment: two are often one, of a nervous thumb.

        `at` is when it was made: a desk with much to do may come to the second half of one much later.
        """
        name = f"slack/tap/{asked.channel}/{asked.user}/{button}"
        return self._lease(asked, name, f"tap/{key}", at, MOMENT)

    def _lease(self, asked: Asked, name: str, owner: str, at: datetime, length: timedelta) -> bool:
        store, now = asked.archive.store, asked.archive.now
        with self.lock:
            # Given back once Slack repeats no more: a row for every click would stay in the memory else.
            while self.claimed and self.claimed[0][0] + REMEMBERED < now:
                claims.release(store, *self.claimed.popleft()[1:])
            self.claimed.append((now, name, owner))
        return claims.lease(store, name, owner, at, length)

    def respond(self, url: str | None, body: Answer) -> None:
        """Sends an answer through a `response_url`; what cannot be sent is logged."""
        if not url or body is None:
            return
        try:
            self.workspace.respond(url, body)
        except DeliveryError as error:
            logger.warning("slack: an answer did not get through: %s", error)


def log_fault(error: BaseException) -> None:
    """Keeps a fault, with where it happened."""
    logger.error("slack: no answer could be made", exc_info=error)
