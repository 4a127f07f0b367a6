"""Whether an evidence file shows what it says was answered. Pure: nothing but the file is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from notifiers.said.texts import LANGUAGES
from watcher.ask.day import with_documents
from watcher.ask.past.sighting import stretches
from watcher.ask.past.was import Basis
from watcher.errors import BadFile
from watcher.prove.event_sheet import picture_name
from watcher.prove.opened import again, noted_at, signer_in
from watcher.prove.proof import README
from watcher.prove.sheet import SHEET, made_here, page, without_mark
from watcher.proven.leaflet import answer_sheets, leaflet_of, marked_here, unmarked
from watcher.proven.opened import Opened, body_of, opened, require_sums
from watcher.proven.remade import hidden, past_of, unknown_name, unlooked
from watcher.said.past import said
from watcher.said.told import hearer

if TYPE_CHECKING:
    from watcher.ask.day import Past


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a whole file says of a day. `past` is the answer made again, None where the file does not show it;
    the rest is as in `watcher.prove.verify.Claim`."""

    opened: Opened
    past: Past | None
    head: str
    noted: int | None
    key: str | None
    vouched: bool


def verify_answer(files: Mapping[str, bytes], *, head: str | None, key: str | None) -> Answered:
    """What the file proves; raises `BadFile`, naming the first thing that is not as it was written."""
    found = opened(files)
    require_sums(files, body_of(files, found.stated, found.facts))
    past = made_again(found)
    if found.stated.remade:
        require_same(found, past)
    signer = signer_in(files, key)
    return Answered(
        opened=found,
        past=past if found.stated.remade else None,
        head=found.hashes[-1],
        noted=noted_at(found.hashes, found.links[0], head),
        key=signer,
        vouched=_vouched(files, found, signer),
    )


def made_again(found: Opened) -> Past:
    """The answer that the looks and documents in the file give."""
    stated, asked = found.stated, found.stated.asked
    listed = past_of(asked, found.runs, found.shown, found.proofs)
    unlisted = unknown_name(asked, found.shown)

    lasts = {voice.source: timedelta(seconds=voice.patience) for voice in asked.voices}
    seen = [(one, lasts[name]) for name, one in listed.sources.items()]

    def told(past: Past) -> Past:
        return with_documents(past, seen, stated.documents, asked.asked_at)

    # By documents, the answer is the same of a name that no list has; only the words for it are others.
    if unlisted and (stated.basis is Basis.UNKNOWN_NAME or _by_documents(found, told(unlisted))):
        return told(unlisted)
    return told(listed)


def _by_documents(found: Opened, past: Past) -> bool:
    return found.stated.basis is Basis.DOCUMENT and same(found, past)


def says(past: Past) -> Mapping[str, str]:
    """An answer in words, by language."""
    return {lang: said(past, hearer(lang)) for lang in LANGUAGES}


def same(found: Opened, past: Past) -> bool:
    """Whether an answer made again is the one stated, to the word."""
    stated = found.stated
    one = (past.finding.answer, past.finding.basis, says(past))
    return one == (stated.answer, stated.basis, stated.said)


def require_same(found: Opened, past: Past) -> None:
    stated = found.stated
    if trouble := unseen(found):
        raise BadFile(trouble)
    if not same(found, past):
        raise BadFile(
            f"answer.json: expected {past.finding.answer} ({past.finding.basis}), as the looks in this file "
            f"say, found {stated.answer} ({stated.basis})"
        )


def unseen(found: Opened) -> str:
    """What the chain tells, or may tell, that the listings in the file do not; "" for nothing."""
    asked, first = found.stated.asked, found.links[0]
    for voice in asked.voices:
        seen = stretches(found.runs.get(voice.source, ()))
        if look := hidden(asked, voice, seen):
            return f"expected the listing of the look {look.last.id}, which is next to the day; found none"
        if first > 1 and unlooked(asked, seen, voice):
            lacks = f"no look at {voice.source} by the day"
            return f"expected all of the chain, which must show {lacks}; found links from {first}"
    if not asked.voices and first > 1:
        return f"expected the whole chain, to see that no register was read; found links from {first}"
    return ""


def _vouched(files: Mapping[str, bytes], found: Opened, key: str | None) -> bool:
    """Whether leaflet and sheet are those that are made of the rest; see `watcher.prove.verify`."""
    names = [picture_name(line) for line, _ in found.stated.rows]
    if not set(found.pictures) <= set(names):
        raise BadFile(f"pictures: expected some of {names[:9]}, found {list(found.pictures)[:9]}")
    sheets = answer_sheets(found, key)
    of = "answer, its looks and the chain"
    made = leaflet_of(sheets)
    text = again(files, README, made, unmarked(made), of=of, own=marked_here)
    html = page(sheets)
    return again(files, SHEET, html, without_mark(html), of=of, own=made_here) and text
