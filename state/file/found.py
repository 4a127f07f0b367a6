"""What an examination of the memory finds, whichever engine keeps it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from state.model import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: `good` is None where nothing is wrong with it, `fix` says what to do."""

    what: Reason
    found: Reason
    good: bool | None = None
    fix: Reason | None = None


def told(code: str, **values: str | int | float) -> Finding:
    """That something is so, be it as it may."""
    return Finding(what=Reason.of(f"memory_{code}"), found=Reason.of(f"memory_{code}_is", **values))


def held(code: str, good: bool, **values: str | int | float) -> Finding:
    """Whether something is as it should be, and what to do where it is not."""
    one = told(code, **values)
    fix = None if good else Reason.of(f"memory_{code}_fix", **values)
    return Finding(what=one.what, found=one.found, good=good, fix=fix)


def judged(code: str, good: bool) -> Finding:
    """The same of what has a word for either."""
    one = held(code, good)
    return one if good else replace(one, found=Reason.of(f"memory_{code}_not"))


def wrong(code: str, **values: str | int | float) -> Finding:
    """That something is not as it should be, of which nothing is said where it is."""
    return held(code, False, **values)
