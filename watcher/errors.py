"""What can go wrong in the program. What a library says is translated where it is met.

    WatchError
    ├── BadSettings            a setting is unknown, or has a value nobody can use
    ├── Failed                 a command could not do its work
    ├── Stopped                the program was asked to end while a look was waiting: nothing was concluded
    ├── Overtaken              a newer look at the source was recorded first: this one is void
    ├── UnderWay               another process is looking at the source
    ├── Refused                what was asked cannot be done; `reason` says why, as data
    │   ├── NothingToApprove
    │   ├── NothingToForget
    │   └── UnknownWord
    ├── Mistyped               a command on Slack that nobody can act on
    ├── NotFound               there is nothing at an address
    ├── Busy                   too many of these are being made at this time
    │   └── TooMany            this client asked too often
    ├── BadQuestion            a part of an address that nobody can understand
    ├── BadFile                not an evidence file as it was written
    └── Differs                a run came out otherwise than it was recorded

Each text names the thing, what was expected, what was found, and what to do; the command line prints it, and
`watcher.cli` says with which exit code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the command line begins with this module alone
    from state.model import Reason


class WatchError(Exception):
    """Something that a person can act on: no fault of the program."""


class BadSettings(WatchError):
    """A setting is unknown or has a value nobody can use."""


class Failed(WatchError):
    """The work failed: one line on standard error."""


class Stopped(WatchError):
    """The program was asked to end while a look was waiting: nothing is recorded, nothing was concluded."""


class Overtaken(WatchError):
    """A newer look at the same source was recorded first: this one is void, and its order would be wrong."""


class UnderWay(WatchError):
    """Another process is looking at the source."""


class Refused(WatchError):
    """What was asked cannot be done, for a reason that is said to each reader in his language."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        """The reason in English."""
        from notifiers.said.doubts import said  # only when something is refused: texts take a while to load

        return said(self.reason, "en")


class NothingToApprove(Refused):
    """The run has nothing that waits for a person's word."""


class NothingToForget(Refused):
    """The run cannot be taken back; the text says what can be."""


class UnknownWord(Refused):
    """The words of a subscription cannot be understood."""


class Mistyped(WatchError):
    """A command nobody can act on: `key` names the text that says so, `gaps` what goes into it."""

    def __init__(self, key: str, **gaps: str) -> None:
        super().__init__(key)
        self.key = key
        self.gaps: Mapping[str, str] = gaps


class NotFound(WatchError):
    """There is nothing at this address; `close` are names that a reader may have meant."""

    def __init__(self, what: str, *close: str) -> None:
        super().__init__(what)
        self.what, self.close = what, close


class Busy(WatchError):
    """Too many of these are being made at this time; `seconds` says when to come back."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"come back in {seconds} seconds")
        self.seconds = seconds


class TooMany(Busy):
    """This client asked too often."""


class BadQuestion(WatchError):
    """A part of the question cannot be understood: which, what was found, what was expected."""

    def __init__(self, field: str, *, found: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}; found {found!r}")
        self.field, self.found, self.expected = field, found, expected


class BadFile(WatchError):
    """Not an evidence file as it was written; the text says what was found."""


class Differs(WatchError):
    """A run came out otherwise than recorded: undoes the attempt. `made` are the facts that differ."""

    def __init__(self, made: Mapping[str, Any]) -> None:
        super().__init__(", ".join(made))
        self.made = made
