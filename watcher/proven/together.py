"""An evidence file of labels together: the proofs of each in a folder of its own, and what follows from them.
Pure: nothing but the file is asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from state.codec import instant_text, text
from state.model import Provider, day_of
from state.noted.footings import Noted  # noqa: TC001 -- a file is read by these types
from state.words.labels import TOGETHER
from watcher.ask.past.was import Answer, Basis  # noqa: TC001 -- a file is read by these types
from watcher.ask.standing.together import Grounds, grounds, of_parts
from watcher.errors import BadFile
from watcher.prove.evidence_file import ANSWER
from watcher.prove.opened import hashes_of, lines_of, one_line, ours
from watcher.prove.proof import CHAIN
from watcher.proven.opened import opened
from watcher.proven.verify import made_again, says

if TYPE_CHECKING:
    from watcher.ask.day import Past
    from watcher.proven.opened import Opened

Files = Mapping[str, bytes]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedTogether:
    """A file whose layers agree; `each` are the proofs of the labels, in their order."""

    stated: StatedTogether
    each: tuple[Opened, ...]
    hashes: Sequence[str]
    first_link: int

    @property
    def links(self) -> tuple[int, int]:
        """The numbers of the first and the last link."""
        return self.first_link, self.first_link + len(self.hashes) - 1


_STATED: TypeAdapter[StatedTogether] = TypeAdapter(StatedTogether)


def stated_line(stated: StatedTogether) -> str:
    """What the file states, as it is written."""
    told = json.loads(_STATED.dump_json(stated))
    told["asked_at"] = instant_text(stated.asked_at)
    for part, own in zip(told["parts"], stated.parts, strict=True):
        part["noted"] = [
            {**note, "at": instant_text(one.at)} for note, one in zip(part["noted"], own.noted, strict=True)
        ]
    return text({"together": told})


def is_together(files: Files) -> bool:
    """Whether a file proves an answer about labels together."""
    return files.get(ANSWER, b"").startswith(b'{"together":')


def part_of(files: Files, part: StatedPart, first: int) -> Files:
    """The files that prove one of the labels; `first` is the first link of the chain in the file."""
    folder = f"{part.label}/"
    own = {name.removeprefix(folder): body for name, body in files.items() if name.startswith(folder)}
    links = files[CHAIN].splitlines(keepends=True)[part.first_link - first :]
    return {**own, CHAIN: b"".join(links)}


def opened_together(files: Files) -> OpenedTogether:
    """The content of a file, each part checked against the chain; raises `BadFile`."""
    line, lines = one_line(files, ANSWER), lines_of(files, CHAIN)
    hashes = hashes_of(lines)
    with ours():
        stated = _STATED.validate_json(text(json.loads(line)["together"]))
        first: int = json.loads(lines[0])["number"]
    if stated_line(stated) != line:
        raise BadFile(f"{ANSWER}: expected an answer as vigilabel writes it, found another record")
    _require_asked(stated)
    if min(part.first_link for part in stated.parts) != first:
        raise BadFile(f"{CHAIN}: expected the first link that a part needs, found link {first}")
    each = tuple(opened(part_of(files, part, first)) for part in stated.parts)
    for part, own in zip(stated.parts, each, strict=True):
        _require_of(stated, part, own)
    return OpenedTogether(stated=stated, each=each, hashes=hashes, first_link=first)


def _require_asked(stated: StatedTogether) -> None:
    many = TOGETHER.get(stated.label)
    found = tuple(part.label for part in stated.parts)
    if many is None or found != many.labels:
        expected = many.labels if many else tuple(TOGETHER)
        raise BadFile(f"{ANSWER}: expected the labels {', '.join(expected)}, found {', '.join(found)[:200]}")


def _require_of(stated: StatedTogether, part: StatedPart, own: Opened) -> None:
    """The proof of a label must be of the same question: of its provider, or of what that runs on by notes
    written by then."""
    asked, who = own.stated.asked, _host(stated, part)
    found = (asked.label, asked.day, asked.asked_at, asked.provider.slug)
    expected = (part.label, stated.day, stated.asked_at, who)
    if found != expected:
        raise BadFile(f"{part.label}/{ANSWER}: expected an answer about {expected}, found one about {found}")


def _host(stated: StatedTogether, part: StatedPart) -> str:
    """Whose label it is: the provider's, or that of the last host of a chain of notes."""
    if not part.noted:
        return stated.provider.slug
    whole = part.noted[0].provider.slug == stated.provider.slug and all(
        one.host.slug == following.provider.slug for one, following in pairwise(part.noted)
    )
    then = all(day_of(note.at) <= stated.day for note in part.noted)
    if not (whole and then and part.label in TOGETHER[stated.label].carried):
        raise BadFile(f"{ANSWER}: expected notes that lead from the provider to its host, written by the day")
    return part.noted[-1].host.slug


def remade_together(found: OpenedTogether) -> Past:
    """The answer that the proofs of the labels give."""
    stated = found.stated
    parts = tuple(
        replace(made_again(own), noted=part.noted) for part, own in zip(stated.parts, found.each, strict=True)
    )
    return of_parts(stated.provider, stated.label, stated.day, parts)


def same_together(found: OpenedTogether, past: Past) -> bool:
    """Whether an answer made again is the one stated, to the word."""
    stated = found.stated
    one = (past.finding.answer, past.finding.basis, says(past), grounds(past))
    return one == (stated.answer, stated.basis, stated.said, stated.held)
