"""Whether an evidence file shows what it says was answered. Pure: nothing but the file is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from watcher.errors import BadFile
from watcher.prove.answer.leaflet import FORM, MARK, answer_sheets, leaflet_of
from watcher.prove.answer.opened import Files, Opened, Whole, body_of, opened, part_files
from watcher.prove.answer.remade import made_again, same, same_whole, unseen, whole_again
from watcher.prove.evidence_file import ANSWER, CHAIN, README, SHEET, require_sums
from watcher.prove.opened import noted_at, signer_in, vouched_for
from watcher.prove.sheet import page
from watcher.prove.shown import picture_name

if TYPE_CHECKING:
    from watcher.ask.day import Past


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a whole file says of a day. `past` is the answer made again, None where the file does not show it;
    the rest is as in `watcher.prove.event.verify.Claim`."""

    opened: Whole
    past: Past | None
    head: str
    noted: int | None
    key: str | None
    vouched: bool


def verify_answer(files: Files, *, head: str | None, key: str | None) -> Answered:
    """What the file proves; raises `BadFile`, naming the first thing that is not as it was written."""
    found = opened(files)
    top = [] if found.together is None else [ANSWER]
    own = zip(found.each, part_files(files, found), strict=True)
    names = [f"{one.folder}{name}" for one, its in own for name in body_of(its, one)]
    require_sums(files, [README, SHEET, *top, *names, CHAIN])
    each = [made_again(one) for one in found.each]
    for one, again in zip(found.each, each, strict=True):
        if one.stated.remade:
            _require_same(one, again)
    past = whole_again(found, each)
    if found.together and found.stated.remade:
        _require_same_together(found, past)
    signer = signer_in(files, key)
    return Answered(
        opened=found,
        past=past if found.stated.remade else None,
        head=found.hashes[-1],
        noted=noted_at(found.hashes, found.first_link, head),
        key=signer,
        vouched=_vouched(files, found, signer),
    )


def _require_same(found: Opened, past: Past) -> None:
    stated = found.stated
    if trouble := unseen(found):
        raise BadFile(trouble)
    if not same(found, past):
        raise BadFile(
            f"{ANSWER}: expected {past.finding.answer} ({past.finding.basis}), as the looks in this file "
            f"say, found {stated.answer} ({stated.basis})"
        )


def _require_same_together(found: Whole, past: Past) -> None:
    stated = found.stated
    if not (all(one.stated.remade for one in found.each) and same_whole(found, past)):
        raise BadFile(
            f"{ANSWER}: expected {past.finding.answer} ({past.finding.basis}), as the proofs of the labels "
            f"say, found {stated.answer} ({stated.basis})"
        )


def _vouched(files: Files, found: Whole, key: str | None) -> bool:
    """Whether leaflet and sheet are those that are made of the rest."""
    for one in found.each:
        names = [picture_name(line) for line, _ in one.stated.rows]
        if not set(one.drawn) <= set(names):
            raise BadFile(f"pictures: expected some of {names[:9]}, found {list(one.drawn)[:9]}")
    sheets = answer_sheets(found, key)
    of = "answer, its looks and the chain"
    return vouched_for(files, leaflet_of(sheets), page(sheets), mark=MARK, form=FORM, of=of)
