"""What can go wrong with the memory. `sqlite3.Error` (disk full, locked for too long) goes up as it is.

    StoreError      it cannot be opened, read or used as asked
    ├── Damaged     a page is not what was kept
    ├── LeaseLost   a message is no longer with the one who was sending it
    └── NoFiles     the system gives this process no more open files: nothing is wrong with the memory

Each text says what was expected, what was found, and what to do.
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


class Damaged(StoreError):
    """The bytes of a page are not those that were kept; the text says what was found in their place."""


class LeaseLost(StoreError):
    """The lease of a message ran out and another sender took it over, or the message is closed."""


class NoFiles(StoreError):
    """The system gives this process no more open files; passes by itself, and the memory is whole."""
