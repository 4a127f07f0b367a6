"""What an evidence file of an answer states: what was asked, and what was answered. Pure.

Of labels together it states what they come to, and of each what its own proof begins with.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter

from state.codec import instant_text, text
from state.model import Attestation, Provider  # noqa: TC001 -- a file is read by these types
from state.names import HOME, name_key
from state.noted.footings import Noted  # noqa: TC001 -- a file is read by these types
from state.words.documented import Documented  # noqa: TC001 -- a file is read by these types
from watcher.ask.past.was import Answer, Basis  # noqa: TC001 -- a file is read by these types
from watcher.ask.standing.together import Grounds  # noqa: TC001 -- a file is read by these types
from watcher.errors import BadFile
from watcher.prove.evidence_file import ANSWER
from watcher.prove.opened import ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A register that speaks of the label: its name, the seconds between two looks at it that count as
    watched, and the looks whose listings are in the file, by the numbers of their runs."""

    source: str
    patience: int
    looks: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked and when, the names that the provider goes by, and the registers that were asked.

    `states` are those on whose lists it stands, where a list of another state was asked: a name says nothing
    across states.
    """

    provider: Provider
    label: str
    day: date
    asked_at: datetime
    names: tuple[str, ...]
    voices: tuple[Voice, ...]
    states: tuple[str, ...] = ()

    def own(self, rows: Mapping[int, Attestation]) -> Mapping[int, Attestation]:
        """The rows whose holder goes by one of the names, on the list of one of the states."""
        keys, states = frozenset(map(name_key, self.names)), self.states
        return {
            line: row
            for line, row in rows.items()
            if name_key(row.holder) in keys and (not states or (row.country or HOME) in states)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the file says was answered, with the rows that the answer rests on: the number of each, and of the
    look that first showed it so. `remade`: that all of it follows from the file. `documents` are those that
    speak of the day: somebody's word."""

    asked: Question
    answer: Answer
    basis: Basis
    said: Mapping[str, str]
    rows: tuple[tuple[int, int], ...]
    remade: bool
    documents: tuple[Documented, ...] = ()

    @property
    def bodies(self) -> Sequence[str]:
        """The hashes of the documents, each once: one may say several things."""
        return list(dict.fromkeys(one.sha256 for one in self.documents))

    @property
    def looks(self) -> Sequence[int]:
        """The looks whose listings and documents are in the file."""
        voices = (run for voice in self.asked.voices for run in voice.looks)
        return sorted({*voices, *(run for _, run in self.rows)})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPart:
    """One of the labels: the link that its part of the chain begins with; with `noted`, the notes by which it
    is the answer for what the provider runs on."""

    label: str
    first_link: int
    noted: tuple[Noted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedTogether:
    """What the file says was asked and answered. `remade`: that all of it follows from the file."""

    provider: Provider
    label: str
    day: date
    asked_at: datetime
    answer: Answer
    basis: Basis
    said: Mapping[str, str]
    held: Grounds
    parts: tuple[StatedPart, ...]
    remade: bool

    @property
    def asked(self) -> StatedTogether:
        """What was asked: who, which labels, which day and when."""
        return self


_STATED: TypeAdapter[Stated] = TypeAdapter(Stated)
_TOGETHER: TypeAdapter[StatedTogether] = TypeAdapter(StatedTogether)


def stated_line(stated: Stated | StatedTogether) -> str:
    """What a file states, as it is written."""
    if isinstance(stated, StatedTogether):
        told = json.loads(_TOGETHER.dump_json(stated))
        told["asked_at"] = instant_text(stated.asked_at)
        for part, own in zip(told["parts"], stated.parts, strict=True):
            for note, one in zip(part["noted"], own.noted, strict=True):
                note["at"] = instant_text(one.at)
        return text({"together": told})
    told = json.loads(_STATED.dump_json(stated))
    told["asked"]["asked_at"] = instant_text(stated.asked.asked_at)
    # Files of before there were documents, and lists of other states, have neither field.
    for name, of in (("states", told["asked"]), ("documents", told)):
        if not of[name]:
            del of[name]
    return text(told)


def stated_in(line: str) -> Stated:
    """What is stated of one label: a stranger wrote it; raises `BadFile`."""
    with ours():
        return _STATED.validate_json(line)


def together_in(line: str) -> StatedTogether:
    """The same of labels together; anything that is not written as we write it raises `BadFile`."""
    with ours():
        stated = _TOGETHER.validate_json(text(json.loads(line)["together"]))
    if stated_line(stated) != line:
        raise BadFile(f"{ANSWER}: expected an answer as vigilabel writes it, found another record")
    return stated
