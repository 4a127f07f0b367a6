"""What the leaflet of an answer says: question and answer, what the file shows of it, and what it cannot.

Of labels together, the answer for all, then what is shown of each, under its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifiers.said import named
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import Voice, voice
from state.model import day_of
from watcher.ask.past.sighting import Sighting, Stretch, stretches
from watcher.ask.past.was import bounds_of_day
from watcher.prove.sheet import BETWEEN, Sheet, plain_text
from watcher.prove.shown import sealed, shown_row, unproven
from watcher.said.past import sighting_text
from watcher.said.standing.documents import paper_text
from watcher.said.standing.race import footing_text
from watcher.said.told import hearer

if TYPE_CHECKING:
    from watcher.prove.answer.opened import Opened, Whole
    from watcher.prove.answer.stated import StatedTogether
    from watcher.prove.answer.stated import Voice as Register
    from watcher.prove.sheet import Shown

FORM = 2
"""Raised with any change of what leaflets of answers say: see `watcher.prove.event.leaflet.FORM`."""
MARK = "vigilabel answer"
MOST_NAMES = 600
"""Holders that are listed: the largest register of providers has some four hundred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The looks of a register in a file that are next to the day, and the days between them; `failed` counts
    the looks in between that brought nothing."""

    register: Register
    before: Stretch | None
    after: Stretch | None
    failed: int

    @property
    def days(self) -> int:
        """Full days between the two."""
        return (self.after.start - self.before.end).days if self.before and self.after else 0


def answer_sheets(found: Whole, key: str | None) -> Sequence[Sheet]:
    """The leaflet in every language, the house's first in front."""
    return [_sheet(found, key, voice(lang)) for lang in LANGUAGES]


def leaflet_of(sheets: Sequence[Sheet]) -> str:
    """The leaflet as a text."""
    return BETWEEN.join((*map(plain_text, sheets), f"{MARK} {FORM}")) + "\n"


def _sheet(found: Whole, key: str | None, say: Voice) -> Sheet:
    stated, head = found.stated, found.hashes[-1]
    label, who = named.label_name(stated.asked.label, say.lang), named.printed(stated.asked.provider.name)
    checks = (
        say("proven.checks_together", label=found.each[-1].label, head=head)
        if found.together
        else say("proven.checks", label=stated.asked.label, head=head)
    )
    return Sheet(
        lang=say.lang,
        crumb=say("proven.crumb"),
        title=say("page.q_title", who=who, label=label, day=say.day(stated.asked.day)),
        verdict=say.each("was.answer", stated.answer),
        tone=stated.answer.value,
        said=stated.said.get(say.lang, ""),
        warning="" if stated.remade else say("proven.not_remade"),
        shown=[shown for one in found.each for shown in _shown(one, say)],
        proven=list(_proven(found, say)),
        unproven=list(_unproven(found, key, say)),
        facts=list(_facts(found, key, say)),
        lists=[own for one in found.each for own in _lists(one, say)],
        checks=checks,
    )


def _under(of: Opened, text: str, say: Voice) -> str:
    """What concerns one of several labels, under its name."""
    name = named.label_name(of.label, say.lang)
    return say("phrase.colon").join((name, text)) if of.folder else text


def _shown(of: Opened, say: Voice) -> Iterator[Shown]:
    """The rows of one label in their documents."""
    for one in of.documents:
        shown = shown_row(one.row, (one.name, one.page), one.picture, say)
        yield replace(shown, said=_under(of, shown.said, say))


def _proven(found: Whole, say: Voice) -> Iterator[str]:
    """What the file shows: that documents are as received is said once, of all."""
    yield say("proven.kept")
    for one in found.each:
        for text in _proven_of(one, say):
            yield _under(one, text, say)


def _unproven(found: Whole, key: str | None, say: Voice) -> Iterator[str]:
    """What the file cannot show: that one runs on another, say, is somebody's word."""
    yield say("proven.not_names")
    for note in [note for part in found.together.parts for note in part.noted] if found.together else ():
        what = footing_text(note, say)
        yield say("proven.not_noted", by=note.by, at=note.at, what=what, why=note.reason)
    for one in found.each:
        for text in _provided(one, "proven.not_document", say):
            yield _under(one, text, say)
    if found.together:
        yield say("proven.not_one_service")
    yield from unproven(say, key, [name for one in found.each for name in one.drawn])


def _provided(found: Opened, key: str, say: Voice) -> Iterator[str]:
    """A sentence for each document that somebody provided: that it is there, or that it is but their word."""
    names = dict(zip(found.stated.bodies, found.provided, strict=True))
    for one in found.stated.documents:
        what, by = paper_text(one, hearer(say.lang)), named.printed(one.by)
        yield say(key, name=names[one.sha256], what=what, by=by)


def _sides_of(found: Opened) -> Iterator[Sides]:
    """The looks next to the day, register by register."""
    end = bounds_of_day(found.stated.asked.day)[1]
    for register in found.stated.asked.voices:
        seen = stretches(found.runs.get(register.source, ()))
        taken = [one for one in seen if one.last.id in register.looks]
        before = next((one for one in reversed(taken) if one.start < end), None)
        after = next((one for one in taken if one.start >= end), None)
        yield Sides(
            register=register, before=before, after=after, failed=_failed(found, before, after, register)
        )


def _failed(found: Opened, before: Stretch | None, after: Stretch | None, register: Register) -> int:
    first = before.last.id if before else 0
    last = after.first.id if after else found.facts[-1]["record"] + 1
    looked = found.looked.values()
    own = (run for run in looked if run["source"] == register.source and first < run["id"] < last)
    return sum(not (run["believed"] and run["outcome"] == "ok") for run in own)


def _proven_of(found: Opened, say: Voice) -> Iterator[str]:
    asked = found.stated.asked
    label = named.label_name(asked.label, say.lang)
    for sides in _sides_of(found):
        of = named.source_of(sides.register.source, say.lang)
        yield from (_listed(found, one, label, say) for one in (sides.before, sides.after) if one)
        if sides.before is None:
            yield say("proven.none_before", of=of, label=label)
        if sides.after is None:
            yield say("proven.none_after", of=of, label=label)
        if sides.before and sides.after and day_of(sides.before.end) < asked.day:
            patience = sides.register.patience // 86_400
            yield say("proven.between", of=of, days=sides.days, patience=patience)
        if sides.failed:
            yield say.count("proven.failed", sides.failed, of=of)
    if not asked.voices:
        yield say("proven.never", label=label)
    yield from _provided(found, "proven.document_there", say)


def _listed(found: Opened, stretch: Stretch, label: str, say: Voice) -> str:
    shown = found.shown[stretch.last.id]
    own = found.stated.asked.own(shown.rows)
    gaps = {"look": _look_text(stretch, say), "rows": len(shown.rows), "label": label}
    return say.count("proven.shows", len(own), **gaps) if own else say("proven.lacks", **gaps)


def _look_text(stretch: Stretch, say: Voice) -> str:
    """The edition, or the look at an undated page."""
    return sighting_text(Sighting(stretch=stretch, rows=()), hearer(say.lang))


def _facts(found: Whole, key: str | None, say: Voice) -> Iterator[tuple[str, str]]:
    asked = found.stated.asked
    yield say("sheet.provider"), f"{asked.provider.name} ({asked.provider.slug})"
    yield say("sheet.label"), named.label_name(asked.label, say.lang)
    yield say("sheet.asked_at"), say("sheet.paris", at=asked.asked_at)
    yield say("page.basis"), say.each("page.basis", found.stated.basis)
    if found.together:
        yield from _held(found.together, say)
    for one in found.each:
        holders = dict.fromkeys(named.printed(each.row.holder) for each in one.documents)
        if found.together and holders:
            yield _under(one, say("sheet.holder"), say), " ; ".join(holders)
        for run in sorted(one.pages):
            for name, page in one.pages[run].items():
                told = say("proven.received", file=name, url=page.url, at=page.fetched_at, sha256=page.sha256)
                yield _under(one, say("proven.document", run=run), say), told
    for name, value in sealed(found.hashes[-1], key, say).items():
        yield say.each("sheet", name), value


def _held(stated: StatedTogether, say: Voice) -> Iterator[tuple[str, str]]:
    """What the answer for labels together comes to."""
    held = stated.held
    if held.since:
        printed = say("together.printed" if held.since_printed else "together.seen_only")
        yield say("sheet.both_since"), f"{say.day(held.since)} ({printed})"
    if held.until:
        yield say("sheet.both_until"), say.day(held.until)
    labels = {"both_second": [held.second] * bool(held.second)}
    labels |= {"both_missing": list(held.missing), "both_unknown": list(held.unknown)}
    for name, own in labels.items():
        if own:
            yield say.each("sheet", name), say.both([named.label_name(one, say.lang) for one in own])


def _lists(found: Opened, say: Voice) -> Iterator[tuple[str, Sequence[str]]]:
    """The names that were looked for, and the holders among whom: a reader sees for himself."""
    yield _under(found, say("proven.names"), say), found.stated.asked.names
    for sides in _sides_of(found):
        before: Sequence[str] = ()
        for stretch in filter(None, (sides.before, sides.after)):
            rows = found.shown[stretch.last.id].rows.values()
            holders = sorted({named.printed(row.holder) for row in rows if row.stands}, key=str.casefold)
            if holders != before:
                head = say.count("proven.holders", len(holders), look=_look_text(stretch, say))
                yield _under(found, head, say), holders[:MOST_NAMES]
            before = holders


def places(found: Whole, lang: str) -> Sequence[str]:
    """Where the rows of the answer stand, for a terminal."""
    rows = (row for one in found.each for row in one.documents)
    return [f"{one.name}, {named.place_text(one.row.place, lang) or '–'}" for one in rows]
