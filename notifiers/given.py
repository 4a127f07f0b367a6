"""How a setting is read: what an operator gave to what is used, or `Unfit`, which says why it cannot be.

Whoever takes a setting reads it with these, the watch and every kind of channel alike. What may be a secret
is never repeated in what is said of it.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Collection, Iterable, Mapping
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from state.model import Reason, Value

YES, NO = ("1", "on", "t", "true", "y", "yes"), ("0", "f", "false", "n", "no", "off")
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,15})://")
Reader = Callable[[object], Any]
"""Reads one setting; raises `Unfit`."""


class Secret:
    """A text that is shown nowhere, unless `reveal` is asked for."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret('**********')"


class Unfit(ValueError):
    """Settings that nobody can use: why, by their place; "" is the place of what was read itself."""

    def __init__(self, problems: Mapping[str, Reason]) -> None:
        super().__init__(problems)
        self.problems = problems

    @classmethod
    def of(cls, code: str, **values: Value) -> Unfit:
        """One problem, of the setting that is being read."""
        return cls({"": Reason.of(code, **values)})

    def __str__(self) -> str:
        """All problems in English, each by its place."""
        from notifiers.said.reasons import said

        return "; ".join(f"{place}: {said(why, 'en')}" for place, why in self.problems.items())

    def under(self, place: str) -> dict[str, Reason]:
        """The problems, seen from around the place where they were found."""
        return {f"{place}.{inner}" if inner else place: why for inner, why in self.problems.items()}


def text(given: object) -> str:
    if isinstance(given, str):
        return given
    raise Unfit.of("setting_text", found=repr(given))


def maybe_text(given: object) -> str | None:
    return None if given is None else text(given)


def secret(given: object) -> Secret | None:
    if given is None or isinstance(given, Secret):
        return given
    if isinstance(given, str):
        return Secret(given)
    raise Unfit.of("setting_secret")  # what was found is not repeated: it may be the secret


def at_least(least: float) -> Callable[[object], float]:
    def read(given: object) -> float:
        try:
            number = float(given)  # type: ignore[arg-type]  # what is no number raises
        except (TypeError, ValueError):
            number = float("nan")
        if isfinite(number) and number >= least:
            return number
        raise Unfit.of("setting_number", least=least, found=repr(given))

    return read


def whole(least: float = 0) -> Callable[[object], int]:
    def read(given: object) -> int:
        number = at_least(least)(given)
        if number.is_integer():
            return int(number)
        raise Unfit.of("setting_whole", found=repr(given))

    return read


def switch(given: object) -> bool:
    """On or off, as people write it in the environment too."""
    said = str(given).lower()
    if said in YES or said in NO:
        return said in YES
    raise Unfit.of("setting_switch", found=repr(given))


def table(given: object) -> Mapping[str, Any]:
    if isinstance(given, Mapping):
        return given
    # A text in place of a table may be the address of a channel, which is a secret.
    raise Unfit.of("setting_table", found="…" if isinstance(given, str) else repr(given))


def one_of(known: Collection[str]) -> Callable[[object], str]:
    def read(given: object) -> str:
        if given in known:
            return str(given)
        raise Unfit.of("setting_one_of", known=", ".join(known), found=repr(given))

    return read


def texts(given: object) -> tuple[str, ...]:
    """Several texts: a list, or one text with commas."""
    parts = given.split(",") if isinstance(given, str) else given
    if isinstance(parts, list | tuple) and all(isinstance(part, str) for part in parts):
        found = tuple(filter(None, (part.strip() for part in parts)))
        if found:
            return found
    raise Unfit.of("setting_texts", found=repr(given))


def address(*schemes: str) -> Callable[[object], str]:
    """An address of one of these schemes with a host. It may hold a secret: only its scheme is said."""

    def read(given: object) -> str:
        found = given.strip() if isinstance(given, str) else ""
        try:
            parts = urlsplit(found)
            fits = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        except ValueError:  # brackets that do not close, a port that is none
            fits = False
        if fits and found.isprintable() and " " not in found:
            return found
        begun = SCHEME.match(found)
        known = ", ".join(f"{one}://…" for one in schemes)
        if begun and begun[1].lower() not in schemes:
            raise Unfit.of("setting_scheme", known=known, found=f"{begun[1].lower()}://…")
        raise Unfit.of("setting_url", known=known)

    return read


def require_known(given: Iterable[str], known: Collection[str]) -> None:
    """Raises `Unfit`, which names all that is none of the settings that there are."""
    if unknown := sorted(set(given) - set(known)):
        listed = ", ".join(sorted(known))
        raise Unfit({key: Reason.of("setting_unknown", known=listed) for key in unknown})


def signing(given: object) -> tuple[Secret, ...]:
    """The secret that signs, or two while one takes the place of the other: as Standard Webhooks has them."""
    parts = re.split(r"[\s,]+", given.strip()) if isinstance(given, str) else given
    if isinstance(parts, list | tuple) and 1 <= len(parts) <= 2 and all(map(_signs, parts)):
        return tuple(map(Secret, parts))
    raise Unfit.of("setting_signing")  # what was found is not repeated


def _signs(part: object) -> bool:
    if not isinstance(part, str) or not part.startswith("whsec_"):
        return False
    try:
        key = b64decode(part.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return 24 <= len(key) <= 64
