"""What can go wrong with the memory, whichever engine keeps it.

    StoreError      it cannot be opened, read or used as asked
    ├── Failed      the engine itself failed, or refused what was asked: quoted as it says so
    │   ├── Broke   a check or a trigger of the memory does not let that be written
    │   ├── Full    there is no room on its disk
    │   └── Busy    somebody else held what was needed for too long
    ├── Away        it cannot be reached now: passes by itself, and nothing is wrong with it
    │   └── NoFiles the system gives this process no more open files
    ├── Damaged     a page is not what was kept
    ├── LeaseLost   a message is no longer with the one who was sending it
    └── Undone      a transaction was only tried: nothing of it is to stay

Each text says what was expected, what was found, and what to do. Whatever was being written is rolled back
before any of them is raised.
"""

from __future__ import annotations


class StoreError(Exception):
    """The memory cannot be opened or used as asked: in English, and as data for readers of other languages.

    `code` names the text that says so (`store.…` in the catalogues), filled with the values; "" where only a
    programmer ever reads it.
    """

    def __init__(self, text: str, code: str = "", /, **values: str) -> None:
        super().__init__(text)
        self.code, self.values = code, values


class Failed(StoreError):
    """The engine itself failed; `why` is what it says."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the memory failed: {why}", "failed", why=why)


class Broke(Failed):
    """A check, a trigger or a reference of the memory does not let that be written."""


class Full(Failed):
    """There is no room where the memory lies."""


class Busy(Failed):
    """Somebody else held what was needed for longer than anybody should."""


class Away(StoreError):
    """The memory cannot be reached now; passes by itself, and it is whole."""


class NoFiles(Away):
    """The system gives this process no more open files; passes by itself, and the memory is whole."""


class Damaged(StoreError):
    """The bytes of a page are not those that were kept; the text says what was found in their place."""


class LeaseLost(StoreError):
    """The lease of a message ran out and another sender took it over, or the message is closed."""


class Undone(StoreError):
    """Ends a transaction of which nothing is to stay; nobody but who began it sees it."""
