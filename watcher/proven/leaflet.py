"""What the leaflet of an answer says: question and answer, what the file shows of it, and what it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.said import named
from notifiers.said.named import place_text
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import Voice, voice
from state.model import day_of
from state.seen.looks import chain
from watcher.ask.past.sighting import Sighting, Stretch, stretches
from watcher.ask.past.was import bounds_of_day
from watcher.prove.event_sheet import sealed, shown_row, unproven
from watcher.prove.leaflet import BETWEEN
from watcher.prove.sheet import Sheet, plain_text
from watcher.proven.remade import Voice as Register
from watcher.proven.remade import own_rows
from watcher.said.past import sighting_text
from watcher.said.standing.documents import paper_text
from watcher.said.told import hearer

if TYPE_CHECKING:
    from state.model import Page
    from watcher.proven.opened import Opened

FORM = 2
"""Raised with any change of what leaflets of answers say: see `watcher.prove.leaflet.FORM`."""
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


def answer_sheets(found: Opened, key: str | None) -> Sequence[Sheet]:
    """The leaflet in every language, the house's first in front."""
    return [_sheet(found, key, voice(lang)) for lang in LANGUAGES]


def leaflet_of(sheets: Sequence[Sheet]) -> str:
    """The leaflet as a text."""
    return BETWEEN.join((*map(plain_text, sheets), f"{MARK} {FORM}")) + "\n"


def unmarked(text: str) -> str:
    """The leaflet without the line that names its form."""
    return text.rpartition(BETWEEN)[0] + "\n"


def marked_here(text: str) -> bool:
    """Whether a leaflet says that this very program wrote it."""
    found = re.search(rf"\n{MARK} (\d{{1,9}})\n\Z", text, re.ASCII)
    return bool(found) and int(found[1]) == FORM if found else False


def _sheet(found: Opened, key: str | None, say: Voice) -> Sheet:
    stated, lang = found.stated, say.lang
    asked = stated.asked
    label = named.label_name(asked.label, lang)
    who = named.printed(asked.provider.name)
    return Sheet(
        lang=lang,
        crumb=say("proven.crumb"),
        title=say("page.q_title", who=who, label=label, day=say.day(asked.day)),
        verdict=say.each("was.answer", stated.answer),
        tone=stated.answer.value,
        said=stated.said.get(lang, ""),
        warning="" if stated.remade else say("proven.not_remade"),
        shown=[
            shown_row(one.line, one.row, (one.name, one.page), found.pictures, say) for one in found.documents
        ],
        proven=list(proven(found, say)),
        unproven=(
            say("proven.not_names"),
            *provided(found, "proven.not_document", say),
            *unproven(say, key, found.pictures),
        ),
        facts=list(_facts(found, key, say)),
        lists=list(lists(found, say)),
        checks=say("proven.checks", label=asked.label, head=found.hashes[-1]),
    )


def provided(found: Opened, key: str, say: Voice, folder: str = "") -> Iterator[str]:
    """A sentence for each document that somebody provided: that it is there, or that it is but their word."""
    names = dict(zip(found.stated.bodies, found.provided, strict=True))
    for one in found.stated.documents:
        what, by = paper_text(one, hearer(say.lang)), named.printed(one.by)
        yield say(key, name=f"{folder}{names[one.sha256]}", what=what, by=by)


def sides_of(found: Opened) -> Iterator[Sides]:
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
    runs = (each["run"] for each in found.facts if each["kind"] == chain.RUN)
    own = (run for run in runs if run["source"] == register.source and first < run["id"] < last)
    return sum(not (run["believed"] and run["outcome"] == "ok") for run in own)


def proven(found: Opened, say: Voice, folder: str = "") -> Iterator[str]:
    asked = found.stated.asked
    label = named.label_name(asked.label, say.lang)
    yield say("proven.kept")
    for sides in sides_of(found):
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
    yield from provided(found, "proven.document_there", say, folder)


def _listed(found: Opened, stretch: Stretch, label: str, say: Voice) -> str:
    shown = found.shown[stretch.last.id]
    own = own_rows(found.stated.asked, shown)
    gaps = {"look": look_text(stretch, say), "rows": len(shown.rows), "label": label}
    return say.count("proven.shows", len(own), **gaps) if own else say("proven.lacks", **gaps)


def look_text(stretch: Stretch, say: Voice) -> str:
    """The edition, or the look at an undated page."""
    return sighting_text(Sighting(stretch=stretch, rows=()), hearer(say.lang))


def _facts(found: Opened, key: str | None, say: Voice) -> Iterator[tuple[str, str]]:
    asked = found.stated.asked
    told: Mapping[str, str] = {
        "provider": f"{asked.provider.name} ({asked.provider.slug})",
        "label": named.label_name(asked.label, say.lang),
        "asked_at": say("sheet.paris", at=asked.asked_at),
    }
    yield from ((say.each("sheet", name), value) for name, value in told.items())
    yield say("page.basis"), say.each("page.basis", found.stated.basis)
    yield from documents(found, say)
    yield from (
        (say.each("sheet", name), value) for name, value in sealed(found.hashes[-1], key, say).items()
    )


def documents(found: Opened, say: Voice, folder: str = "") -> Iterator[tuple[str, str]]:
    """The documents in the file, which lie in a folder where there are several proofs in it."""
    for run in sorted(found.pages):
        for name, page in found.pages[run].items():
            yield say("proven.document", run=run), _document(f"{folder}{name}", page, say)


def _document(name: str, page: Page, say: Voice) -> str:
    return say("proven.received", file=name, url=page.url, at=page.fetched_at, sha256=page.sha256)


def lists(found: Opened, say: Voice) -> Iterator[tuple[str, Sequence[str]]]:
    """The names that were looked for, and the holders among whom: a reader sees for himself."""
    yield say("proven.names"), found.stated.asked.names
    for sides in sides_of(found):
        before: Sequence[str] = ()
        for stretch in filter(None, (sides.before, sides.after)):
            rows = found.shown[stretch.last.id].rows.values()
            holders = sorted({named.printed(row.holder) for row in rows if row.stands}, key=str.casefold)
            if holders != before:
                yield (
                    say.count("proven.holders", len(holders), look=look_text(stretch, say)),
                    holders[:MOST_NAMES],
                )
            before = holders


def places(found: Opened, lang: str) -> Sequence[str]:
    """Where the rows of the answer stand, for a terminal."""
    return [f"{one.name}, {place_text(one.row.place, lang) or '–'}" for one in found.documents]
