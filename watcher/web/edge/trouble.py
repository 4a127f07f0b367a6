"""What can be wrong with a request, for pages and programs alike."""

from __future__ import annotations


class NotFound(Exception):
    """There is nothing at this address; `close` are names that a reader may have meant."""

    def __init__(self, what: str, *close: str) -> None:
        super().__init__(what)
        self.what, self.close = what, close


class Busy(Exception):
    """Too many of these are being made at this time; `seconds` says when to come back."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"come back in {seconds} seconds")
        self.seconds = seconds


class TooMany(Busy):
    """This client asked too often."""


class BadQuestion(Exception):
    """A part of the question cannot be understood: which, what was found, what was expected."""

    def __init__(self, field: str, *, found: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}; found {found!r}")
        self.field, self.found, self.expected = field, found, expected
