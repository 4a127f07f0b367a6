"""What a language must provide so that every event can be told in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from state.model import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """How a label is said: `name` alone, `mark` as the object of a verb, `thing` for one row of it.

    `things` is its plural, `paper` what the authority issues. `feminine` concerns `thing`, in French.
    """

    name: str
    mark: str
    thing: str
    things: str
    paper: str
    feminine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """How a source is said: `title` alone, `of` after "the edition of"."""

    title: str
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language: tables by our own codes, and templates whose gaps are named in `wording.gaps`."""

    labels: Mapping[str, Label]
    kinds: Mapping[Kind, str]
    titles: Mapping[str, str]
    sentences: Mapping[str, str]
    notes: Mapping[str, str]
    fields: Mapping[str, str]
    values: Mapping[str, str]
    statuses: Mapping[str, str]
    sources: Mapping[str, Register]
    notices: Mapping[str, tuple[str, str]]
    phrases: Mapping[str, str]
    date: Callable[[date], str]
