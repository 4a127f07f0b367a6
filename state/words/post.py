"""The words of telling: who wants to hear of what, what is sent to whom, and how it fares on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from state.model import Event, Reason, Weight

# Slack gives ids of channels and members that are one of a kind within a workspace, or within an organisation
# of Enterprise Grid, and promises no more. So whatever is not of the workspace that the settings name is
# written with it, `T0123/C0456`; an app that was installed for a whole organisation knows one place for all
# of its workspaces, `E0123/C0456`. What follows is all that puts such a text together or takes it apart.
WORKSPACE = re.compile(r"[TE][A-Z0-9]{1,30}")
"""A workspace, or an organisation."""
SLACK_USER = re.compile(r"[UW][A-Z0-9]+")
"""A member, whose channel is the talk with them; as Slack writes them, without their workspace."""
_APART = re.compile(rf"({WORKSPACE.pattern})/([^/]+)", re.DOTALL)


def place(workspace: str, id: str) -> str:
    """A place of a workspace; in that of the settings ("") and for no place at all, the id alone.

    An id that names a workspace itself is refused: it would lead to somebody else's.
    """
    if "/" in id:
        raise ValueError(f"expected an id of Slack, found {id!r}")
    return f"{workspace}/{id}" if workspace and id else id


def workspace_of(place: str) -> str:
    """The workspace of a place; "" for that of the settings, and for what is no place on Slack."""
    found = _APART.fullmatch(place)
    return found[1] if found else ""


def bare(place: str) -> str:
    """The id as Slack knows it in its workspace."""
    found = _APART.fullmatch(place)
    return found[2] if found else place


def is_member(place: str) -> bool:
    """Whether a place is the talk with a member, of whatever workspace."""
    return SLACK_USER.fullmatch(bare(place)) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Who wants which events, where.

    `names` are watched names (provider slugs, aliases, whole words of holder or subject), `labels` and
    `kinds` as in events; an empty tuple means all. A match needs one of each non-empty group. `floor` is
    the lightest weight told, unless the kind is named. Until `paused_until` what it matches is kept, and sent
    then.
    """

    id: int
    channel: str
    words: tuple[str, ...]
    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    floor: Weight = Weight.NORMAL
    created_by: str = ""
    created_at: datetime | None = None
    paused_until: datetime | None = None

    @property
    def meaning(self) -> tuple[object, ...]:
        """What it asks for, whoever asks: two with the same want the same events."""
        return self.names, self.labels, self.kinds, self.floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A word about the watch itself, to operators for the most part: never mixed into the change stream.

    `kind` is one of trouble, recovered, held, released, news, trust, stale, clock, suspended, given_up,
    missed, baseline, canary, summary and retracted; `subject` the source or channel concerned (`retracted`:
    the number of the event); `text` says what was expected, what was found and what to do; `said` is the same
    as data, a line each, where it was made of data."""

    id: int
    kind: str
    subject: str
    text: str
    at: datetime
    said: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction:
    """That an event should not have been announced: why, who says so, and since when.

    The event stays in the log. Every channel that was told of it is told this as well.
    """

    event: int
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """An answer that a member shared in a channel, as it was posted there: its preview and its layout.

    `receipt` is "" while it is not known to have arrived. One that is `beyond` went where the app itself can
    neither edit nor post: whoever shared it hears in its place.
    """

    key: str
    channel: str
    member: str
    at: datetime
    text: str
    blocks: str
    receipt: str = ""
    beyond: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What an event also meant to who asked (`said`), and does not: it rests on another `event`, which was
    taken back."""

    said: Reason
    event: Event
    gone: Retraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one channel receives in one go: events or notices, and the subscriptions' words that matched.

    `key` is the same at every attempt, so that a channel can be asked whether it already arrived. `because`
    is what else an event means to who asked, by its number.
    `retracted` concerns some of its events. A message with `follows` takes them back: it is said under the
    message with that receipt, where a channel can. `shared` is the answer that it is; with `follows`, the one
    that carried what is taken back, where no alert did. `undone` is what of `because` is not so.
    `told` is what earlier attempts brought of it already.
    """

    key: str
    channel: str
    lang: str
    events: tuple[Event, ...] = ()
    notices: tuple[Notice, ...] = ()
    matched: tuple[str, ...] = ()
    retracted: tuple[Retraction, ...] = ()
    follows: Receipt | None = None
    shared: Share | None = None
    because: Mapping[int, tuple[Reason, ...]] = field(default_factory=dict, hash=False)
    undone: Mapping[int, tuple[Undone, ...]] = field(default_factory=dict, hash=False)
    told: Receipt | None = None

    @property
    def gone(self) -> frozenset[int]:
        """The events that are taken back."""
        return frozenset(one.event for one in self.retracted)

    @property
    def touched(self) -> frozenset[int]:
        """The events that read otherwise than when they were told: taken back, or what they mean besides."""
        return self.gone | self.undone.keys()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof that a channel took a message: its identifier there (Slack's `ts`), "" where it gives none.

    A message that went out in several parts has one identifier for each, with blanks between them. `missed`
    says which of a channel's recipients it did not reach for good, and why.
    """

    id: str = ""
    missed: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where messages go, and whether they can.

    `state` is active or suspended (`reason` says why in English, `reasons` as data; empty where it was kept
    before reasons were data); nothing is sent before `not_before`. `lang` is ""
    for the language of the settings. `digest` ("daily 08:30", "weekly mon 08:30"; "" for at once) and `quiet`
    ("20:00-08:00 Europe/Paris") are what `watcher.tell.rhythm` reads; `quiet_lets_high`: high weight goes
    out in quiet hours all the same.
    """

    id: str
    state: str = "active"
    reason: str = ""
    reasons: tuple[Reason, ...] = ()
    not_before: datetime | None = None
    lang: str = ""
    digest: str = ""
    quiet: str = ""
    quiet_lets_high: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One event or notice due to one channel, as the outbox sees it.

    `state` is due, sending, sent, given_up or suspended. `run` groups what one look brought. `because` is
    what else the event means to who asked: that labels are held together by it. `error` is why it did not go,
    in English; `reasons` are the same as data, none where it was kept before they were data.
    """

    id: int
    channel: str
    event: int | None
    notice: int | None
    run: int | None
    state: str
    due: datetime
    tries: int
    message: str | None
    matched: tuple[int, ...]
    because: tuple[Reason, ...] = ()
    error: str = ""
    reasons: tuple[Reason, ...] = ()
    receipt: str = ""
    sent_at: datetime | None = None
