"""What can go wrong in the program. What a library says is translated where it is met.

    WatchError
    ├── Failed                 a command could not do its work
    ├── Stopped                the program was asked to end while a look was waiting: nothing was concluded
    │   └── NotRead            a look was tried with documents that are yet to be read
    ├── Overtaken              a newer look at the source was recorded first: this one is void
    ├── UnderWay               another process is looking at the source
    ├── LeftAlone              the source was read so lately that its register is left alone
    ├── Refused                what was asked cannot be done; `reason` says why, as data
    │   ├── BadSettings        a setting is unknown, or has a value nobody can use
    │   ├── NothingToApprove
    │   ├── NothingToForget
    │   ├── UnknownWord
    │   ├── BadRhythm
    │   ├── NoReason
    │   ├── UnknownHead        the chain has no such head, or it came before what is to be proved
    │   ├── NoRoom             the disk has no room for what should be written there
    │   └── Ended              the reading of a document ended without a result
    ├── Mistyped               a command on Slack that nobody can act on
    ├── Trouble                a request of a page or the API is not answered
    │   ├── NotFound           there is nothing at an address
    │   ├── BadQuestion        a part of an address that nobody can understand
    │   └── Wait               not now: it says when to come back
    ├── BadFile                not an evidence file as it was written
    └── Differs                a run came out otherwise than it was recorded

Each text names the thing, what was expected, what was found, and what to do; the command line prints it, and
`watcher.cli` says with which exit code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the command line begins with this module alone
    from datetime import datetime, timedelta

    from state.model import Page, Reason


class WatchError(Exception):
    """Something that a person can act on: no fault of the program."""


class Failed(WatchError):
    """The work failed: one line on standard error."""


class Stopped(WatchError):
    """The program was asked to end while a look was waiting: nothing is recorded, nothing was concluded."""


class NotRead(Stopped):
    """A look was tried with documents that are yet to be read: they are read, and it is tried again."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = pages
        super().__init__(f"{len(pages)} documents are yet to be read")


class Overtaken(WatchError):
    """A newer look at the same source was recorded first: this one is void, and its order would be wrong."""

    def __init__(self, source: str, recorded: datetime, begun: datetime) -> None:
        self.source, self.recorded, self.begun = source, recorded, begun
        super().__init__(
            f"{source}: a look of {recorded:%Y-%m-%d %H:%M:%S} UTC is already recorded, and this one began "
            f"at {begun:%Y-%m-%d %H:%M:%S} UTC: looks go in the order they were made"
        )


class UnderWay(WatchError):
    """Another process is looking at the source."""

    def __init__(self, source: str) -> None:
        super().__init__(f"{source}: another process is looking at it; ask again when it has ended")
        self.source = source


class LeftAlone(WatchError):
    """The source was read so lately that its register is left alone, for `wait`."""

    def __init__(self, source: str, wait: timedelta) -> None:
        super().__init__(f"{source} was looked at just now: ask again in {wait}")
        self.source, self.wait = source, wait


class Refused(WatchError):
    """What was asked cannot be done, for a reason that is said to each reader in his language."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        """The reason in English."""
        from notifiers.said.reasons import said

        return said(self.reason, "en")


class BadSettings(Refused):
    """A setting is unknown or has a value nobody can use."""


class NothingToApprove(Refused):
    """The run has nothing that waits for a person's word."""


class NothingToForget(Refused):
    """The run cannot be taken back; the text says what can be."""


class UnknownWord(Refused):
    """The words of a subscription cannot be understood."""


class BadRhythm(Refused):
    """When a channel wants to hear cannot be understood."""


class NoRoom(Refused):
    """The disk has no room for what should be written there; nothing of it is left."""


class NoReason(Refused):
    """What stays on record is done for a reason, and none was given."""


class UnknownHead(Refused):
    """The chain has no such head, or it came before what is to be proved."""


class Ended(Refused):
    """The reading of a document ended without a result: it broke its reader, or went beyond a limit."""


class Mistyped(WatchError):
    """A command nobody can act on: `key` names the text that says so, `gaps` what goes into it.

    `instead` are what may have been meant where the command says `found`: for each what a reader is shown,
    and what is written.
    """

    def __init__(self, key: str, *, instead: Sequence[tuple[str, str]] = (), **gaps: str | Reason) -> None:
        super().__init__(key)
        self.key = key
        self.instead = tuple(instead)
        self.gaps: Mapping[str, str | Reason] = gaps


class Trouble(WatchError):
    """A request that is not answered: a code, and the values that are said with it; `close` are names that a
    reader may have meant."""

    def __init__(
        self, code: str, *close: str, headers: Mapping[str, str] | None = None, **values: str | int
    ) -> None:
        super().__init__(code, values)
        self.code, self.close, self.values = code, close, values
        self.headers = headers or {}


class NotFound(Trouble):
    """There is nothing at this address; `code` where it named something else than a provider."""

    def __init__(self, what: str, *close: str, code: str = "not_found") -> None:
        super().__init__(code, *close, what=what)


class NotTogether(NotFound):
    """Labels that nobody counts together are named as if somebody did; `known` are those that are."""

    def __init__(self, what: str, *known: str) -> None:
        Trouble.__init__(self, "not_together", *known, what=what, known=", ".join(known))


class BadQuestion(Trouble):
    """A part of the address cannot be understood; `expected` is a code, filled with the `limits`; `close` are
    what may have been meant."""

    def __init__(
        self, field: str, found: str, expected: str, *, close: Sequence[str] = (), **limits: str | int
    ) -> None:
        super().__init__("bad_question", *close, field=field, found=found)
        self.expected, self.limits = expected, limits


class Wait(Trouble):
    """Not now, but in some seconds."""

    def __init__(self, code: str, seconds: float, **values: str | int) -> None:
        wait = ceil(seconds)
        super().__init__(code, headers={"Retry-After": str(wait)}, seconds=wait, **values)


class BadFile(WatchError):
    """Not an evidence file as it was written; the text says what was found."""


class Differs(WatchError):
    """A run came out otherwise than recorded: undoes the attempt. `made` are the facts that differ."""

    def __init__(self, made: Mapping[str, Any]) -> None:
        super().__init__(", ".join(made))
        self.made = made
