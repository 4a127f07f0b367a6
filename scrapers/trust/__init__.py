"""Trusted lists (ETSI TS 119 612), whosesoever: what is not the same for each of them is a `Register`.

It stands here, where importing it loads nothing else: a question asks only what a source is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from scrapers.source import Misset, SourceError
from state.model import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The list of one territory, as the source of a name reads it.

    `languages` are those in which names are taken where a list prints several, the first that there is: those
    of the state, since a holder is said as the authority prints it. `zone` is where its days begin.
    """

    name: str
    territory: str
    languages: tuple[str, ...] = ("en",)
    zone: str = "Europe/Paris"


ADDRESS = "https://ec.europa.eu/tools/lotl/eu-lotl.xml"
"""Where the Commission publishes the list, by the Official Journal; the list's pointer to itself says it
too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """The list of lists as it is trusted: the source that reads it, where it is, and who may sign it beside
    those of the Journal."""

    name: str = "eu-lotl"
    url: str = ADDRESS
    signers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A certificate by its SHA-256, and from when until when the EU's list named it (None: it still does)."""

    fingerprint: str
    since: datetime
    until: datetime | None = None

    def on(self, issued: datetime) -> bool:
        return self.since <= issued and (self.until is None or issued < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signers:
    """The certificates accepted for lists of one register: `pinned` at any time, `named` in their time."""

    pinned: frozenset[str] = frozenset()
    named: tuple[Named, ...] = ()

    def on(self, issued: datetime) -> frozenset[str]:
        """The fingerprints accepted for a list issued then."""
        return self.pinned | {one.fingerprint for one in self.named if one.on(issued)}

    def span_of(self, fingerprint: str) -> Named | None:
        """When the EU's list named a certificate; None when it never did."""
        return next((one for one in self.named if one.fingerprint == fingerprint), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """Who may sign the list of a state, and where it may be, beside what the root says.

    `pins` are those of an operator, accepted beside those that the list of lists names. `hosts` may be asked
    for the list; `url` is where it was thought to be.
    """

    register: Register
    root: Root
    pins: frozenset[str] = frozenset()
    hosts: tuple[str, ...] = ()
    url: str = ""


def fingerprints(source: str, given: Sequence[str]) -> tuple[str, ...]:
    """SHA-256 fingerprints as they are compared, of those that a person wrote; raises `Misset` for
    others."""
    plain = tuple(re.sub(r"[\s:]", "", one).lower() for one in given)
    wrong = [one for one in plain if not re.fullmatch(r"[0-9a-f]{64}", one)]
    if wrong:
        raise Misset(Reason.of("setting_signers", found=repr(wrong)), source=source)
    return plain


@contextmanager
def in_the_name_of(source: str) -> Iterator[None]:
    """Lets what is refused within say whose list it is: the room of all lists does not know."""
    try:
        yield
    except SourceError as error:
        error.source = error.source or source
        raise
