"""An evidence file of any answer: about one label, or labels together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from watcher.errors import BadFile
from watcher.prove.evidence_file import ANSWER
from watcher.prove.opened import noted_at, signer_in
from watcher.proven.opened import body_of, require_sums
from watcher.proven.together import (
    OpenedTogether,
    is_together,
    opened_together,
    part_of,
    remade_together,
    same_together,
)
from watcher.proven.together_sheet import vouched_for
from watcher.proven.verify import Answered, made_again, require_same, verify_answer

if TYPE_CHECKING:
    from watcher.ask.day import Past
    from watcher.proven.opened import Opened
    from watcher.proven.together import Files


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredTogether:
    """What a whole file says of labels together on a day; as `watcher.proven.verify.Answered`."""

    opened: OpenedTogether
    past: Past | None
    head: str
    noted: int | None
    key: str | None
    vouched: bool


def verify_any(
    files: Mapping[str, bytes], *, head: str | None, key: str | None
) -> Answered | AnsweredTogether:
    """What the file proves; raises `BadFile`."""
    if is_together(files):
        return verify_together(files, head=head, key=key)
    return verify_answer(files, head=head, key=key)


def each_answer(
    found: Answered | AnsweredTogether, files: Mapping[str, bytes]
) -> Iterator[tuple[Opened, Mapping[str, bytes]]]:
    """The proofs in a file, one for each label, with their own files."""
    if isinstance(found, Answered):
        yield found.opened, files
        return
    for part, own in zip(found.opened.stated.parts, found.opened.each, strict=True):
        yield own, part_of(files, part, found.opened.first_link)


def verify_together(files: Files, *, head: str | None, key: str | None) -> AnsweredTogether:
    """What the file proves; raises `BadFile`, naming the first thing that is not as it was written."""
    found = opened_together(files)
    parts = [part_of(files, part, found.first_link) for part in found.stated.parts]
    names = [
        f"{part.label}/{name}"
        for part, own, opened_part in zip(found.stated.parts, parts, found.each, strict=True)
        for name in body_of(own, opened_part.stated, opened_part.facts)
    ]
    require_sums(files, [ANSWER, *names])
    for own in found.each:
        if own.stated.remade:
            require_same(own, made_again(own))
    past = remade_together(found)
    shown = found.stated.remade
    if shown and not (all(own.stated.remade for own in found.each) and same_together(found, past)):
        raise BadFile(
            f"{ANSWER}: expected {past.finding.answer} ({past.finding.basis}), as the proofs of the labels "
            f"say, found {found.stated.answer} ({found.stated.basis})"
        )
    signer = signer_in(files, key)
    return AnsweredTogether(
        opened=found,
        past=past if shown else None,
        head=found.hashes[-1],
        noted=noted_at(found.hashes, found.first_link, head),
        key=signer,
        vouched=vouched_for(files, found, signer),
    )
