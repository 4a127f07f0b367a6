"""What a notifier is, and the one way in which it says that a message did not get through.

DeliveryError    with `permanent`, `unfit`, `ambiguous` or `retry_after`: what to do next
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from notifiers.said.reasons import said
from notifiers.said.voice import voice
from state.model import Reason

if TYPE_CHECKING:
    from datetime import datetime

    from notifiers.given import Secret
    from state.model import Event
    from state.words.post import Message, Receipt, Retraction


class DeliveryError(Exception):
    """The channel did not take the message.

    `permanent`: trying again cannot help until a person acts (channel gone, token revoked).
    `unfit`: this message itself was refused (`invalid_blocks`); the channel is fine.
    `ambiguous`: it may have arrived (the reply was lost). `retry_after`: seconds the channel asked for.
    `told` is what did get through of it: whoever has it is not told again.
    `reason` is for people, who read it in their language, and the text in English: no secret in it.
    """

    def __init__(
        self,
        reason: Reason,
        *,
        permanent: bool = False,
        unfit: bool = False,
        ambiguous: bool = False,
        retry_after: float | None = None,
        told: Receipt | None = None,
    ) -> None:
        super().__init__(said(reason, "en"))
        self.reason, self.told = reason, told
        self.permanent, self.unfit, self.ambiguous = permanent, unfit, ambiguous
        self.retry_after = retry_after


class Notifier(Protocol):
    """The code for one kind of channel. Does not know of stores, runs or subscriptions."""

    @property
    def pace(self) -> float:
        """The seconds to leave between two messages to one channel."""
        ...

    def send(self, message: Message) -> Receipt:
        """Sends one message; raises `DeliveryError`, and nothing else, when it was not taken."""
        ...

    def find(self, message: Message) -> Receipt | None:
        """Looks for a message that an earlier attempt may have delivered; None when it is not there.

        Raises `DeliveryError` when the channel cannot be asked for now. Channels that cannot be asked at all
        answer None: they may receive a message twice rather than never.
        """
        ...

    def revise(self, message: Message, receipt: Receipt) -> None:
        """Shows a message that was sent as it reads now, with what was retracted in it marked.

        The same at every attempt. Raises `DeliveryError` when it should be tried again; a channel that cannot
        change what it took, or does not have it any more, leaves it as it is.
        """
        ...


class OnlyTakes:
    """What a notifier is whose channel can neither be asked for a message nor change it: the message may come
    twice, and the follow-up says what was wrong."""

    __slots__ = ()

    def find(self, message: Message) -> Receipt | None:
        return None

    def revise(self, message: Message, receipt: Receipt) -> None:
        return None


@runtime_checkable
class Reaching(Protocol):
    """A notifier that can say beforehand whether a channel takes messages."""

    def reach(self, channel: str) -> Reason | None:
        """What stands in the way of messages to a channel, as far as the channel's own service tells; None
        for nothing. May mend it."""
        ...


@runtime_checkable
class Unasked(Protocol):
    """A notifier that gives receipts, though its channel cannot be asked for a message: that it was taken is
    all that is ever known."""

    @property
    def unasked(self) -> Literal[True]: ...


class Unset(OnlyTakes):
    """The notifier of a kind of channel whose secret is not set: keeps what is owed, and says what to set."""

    pace = 0.0

    def __init__(self, why: Reason) -> None:
        self._why = why

    def send(self, message: Message) -> Receipt:
        """Refuses for good, until somebody sets the secret and resumes the channel."""
        raise DeliveryError(self._why, permanent=True)

    def reach(self, channel: str) -> Reason:
        """That the secret is not set."""
        return self._why

    def revise(self, message: Message, receipt: Receipt) -> None:
        """Refuses like `send`."""
        self.send(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedChannel:
    """One `[channels.NAME]` of the settings, read by its kind: what is not given is not among the `options`.

    Subscriptions, the outbox and `why` know it by its name. An address often is a secret, and options may be.
    """

    name: str
    kind: str
    url: str = field(default="", repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)


def _no_clock() -> datetime:
    raise LookupError("these means have no clock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """What programs are told with: the JSON of an event as every door gives it, with what took it back; the
    name of the memory whose numbers events have."""

    view: Callable[[Event, Retraction | None], Mapping[str, Any]]
    source: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A workspace that installed the app: its token (None while there is none that works), and where it hears
    of its own trouble, as it is known there."""

    id: str
    name: str
    token: Secret | None = field(default=None, repr=False)
    operators: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What notifiers are made of.

    `setting` gives what an operator set under the name of an environment variable, "" where nothing is;
    `proxy_of` the proxy that leads to an address; `operators` is the channel where operators listen. `named`
    is the one channel that a notifier of a named kind is made for, `installed` the workspace whose places are
    told, None for that of the settings. `programs` is for those that tell programs; by `clock` a message is
    dated.
    """

    setting: Callable[[str], str]
    proxy_of: Callable[[str], str | None]
    operators: str = ""
    named: NamedChannel | None = None
    installed: Installed | None = None
    programs: Programs | None = None
    clock: Callable[[], datetime] = _no_clock

    @property
    def channel(self) -> NamedChannel:
        """The channel that a notifier is made for whose kind is always named."""
        if self.named is None:
            raise LookupError("these means name no channel, and its kind needs one")
        return self.named


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One thing that `doctor` looked at: `good` is None where it is not needed, `fix` says what to do.

    A text is a name, or what somebody said; whatever we say is a reason.
    """

    what: Reason | str
    good: bool | None
    found: Reason | str
    fix: Reason | str = ""


def tested(post: Callable[[str], Reason], means: Means, command: str, *, fix: str) -> Probe:
    """What became of a test message: `post` posts its text, and says how it got there."""
    test = Reason.of("probe_test")
    try:
        found = post(voice(means.setting("VIGILABEL_LANG"))("channel.test_message", command=command))
    except DeliveryError as error:
        return Probe(what=test, good=False, found=error.reason, fix=Reason.of(fix))
    return Probe(what=test, good=True, found=found)


class Maker(Protocol):
    """The module of a kind of channel: makes its notifier, and finds out whether that works."""

    def make(self, means: Means) -> Notifier:
        """The notifier, or `Unset` where a secret is missing."""
        ...

    def probe(self, means: Means, channels: Sequence[str]) -> Iterator[Probe]:
        """What is in place and what is not, step by step, with these of its channels in use."""
        ...
