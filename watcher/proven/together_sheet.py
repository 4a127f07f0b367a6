"""What the leaflet of labels together says: the answer for all, then what the file shows of each. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from notifiers.said import named
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import Voice, voice
from watcher.errors import BadFile
from watcher.prove.event_sheet import picture_name, sealed, shown_row, unproven
from watcher.prove.opened import again
from watcher.prove.proof import README
from watcher.prove.sheet import SHEET, Sheet, made_here, page, without_mark
from watcher.proven.leaflet import (
    documents,
    leaflet_of,
    lists,
    marked_here,
    places,
    proven,
    provided,
    unmarked,
)
from watcher.said.standing.race import footing_text

if TYPE_CHECKING:
    from watcher.prove.sheet import Shown
    from watcher.proven.opened import Opened
    from watcher.proven.together import OpenedTogether


def sheets_together(found: OpenedTogether, key: str | None) -> Sequence[Sheet]:
    """The leaflet in every language, the house's first in front."""
    return [_sheet(found, key, voice(lang)) for lang in LANGUAGES]


def _sheet(found: OpenedTogether, key: str | None, say: Voice) -> Sheet:
    stated, lang = found.stated, say.lang
    label, who = named.label_name(stated.label, lang), named.printed(stated.provider.name)
    pictures = [name for own in found.each for name in own.pictures]
    return Sheet(
        lang=lang,
        crumb=say("proven.crumb"),
        title=say("page.q_title", who=who, label=label, day=say.day(stated.day)),
        verdict=say.each("was.answer", stated.answer),
        tone=stated.answer.value,
        said=stated.said.get(lang, ""),
        warning="" if stated.remade else say("proven.not_remade"),
        shown=[one for own in found.each for one in _shown(own, say)],
        proven=list(_proven(found, say)),
        unproven=(
            say("proven.not_names"),
            *_not_noted(found, say),
            *(
                text
                for own in found.each
                for text in _titled(own, provided(own, "proven.not_document", say, _folder(own)), say)
            ),
            say("proven.not_one_service"),
            *unproven(say, key, pictures),
        ),
        facts=list(_facts(found, key, say)),
        lists=[(head, names) for own in found.each for head, names in _lists(own, say)],
        checks=say("proven.checks_together", label=stated.parts[-1].label, head=found.hashes[-1]),
    )


def _folder(own: Opened) -> str:
    return f"{own.stated.asked.label}/"


def _titled(own: Opened, texts: Iterator[str], say: Voice) -> Iterator[str]:
    """What concerns one of the labels, under its name."""
    name = named.label_name(own.stated.asked.label, say.lang)
    return (say("phrase.colon").join((name, text)) for text in texts)


def _proven(found: OpenedTogether, say: Voice) -> Iterator[str]:
    """What the file shows of each label; that documents are as received is said once, of all."""
    for n, own in enumerate(found.each):
        kept, *shown = proven(own, say, _folder(own))
        yield from () if n else (kept,)
        yield from _titled(own, iter(shown), say)


def _shown(own: Opened, say: Voice) -> Iterator[Shown]:
    """The rows of one label in their documents, which lie in a folder of its own."""
    folder = _folder(own)
    for one in own.documents:
        shown = shown_row(one.line, one.row, (f"{folder}{one.name}", one.page), own.pictures, say)
        [said] = _titled(own, iter([shown.said]), say)
        yield replace(shown, said=said, picture=shown.picture and f"{folder}{shown.picture}")


def _not_noted(found: OpenedTogether, say: Voice) -> Iterator[str]:
    """That something runs on something else is somebody's word, which no register prints."""
    for part in found.stated.parts:
        for note in part.noted:
            yield say(
                "proven.not_noted", by=note.by, at=note.at, what=footing_text(note, say), why=note.reason
            )


def _facts(found: OpenedTogether, key: str | None, say: Voice) -> Iterator[tuple[str, str]]:
    stated, held = found.stated, found.stated.held
    told: Mapping[str, str] = {
        "provider": f"{stated.provider.name} ({stated.provider.slug})",
        "label": named.label_name(stated.label, say.lang),
        "asked_at": say("sheet.paris", at=stated.asked_at),
    }
    yield from ((say.each("sheet", name), value) for name, value in told.items())
    yield say("page.basis"), say.each("page.basis", stated.basis)
    printed = say("together.printed" if held.since_printed else "together.seen_only")
    if held.since:
        yield say("sheet.both_since"), f"{say.day(held.since)} ({printed})"
    if held.until:
        yield say("sheet.both_until"), say.day(held.until)
    labels = {"both_second": [held.second] * bool(held.second)}
    labels |= {"both_missing": list(held.missing), "both_unknown": list(held.unknown)}
    for name, own in labels.items():
        if own:
            yield say.each("sheet", name), say.both([named.label_name(one, say.lang) for one in own])
    for each in found.each:
        holders = dict.fromkeys(named.printed(one.row.holder) for one in each.documents)
        if holders:
            yield next(_titled(each, iter([say.each("sheet", "holder")]), say)), " ; ".join(holders)
        for name, value in documents(each, say, _folder(each)):
            yield next(_titled(each, iter([name]), say)), value
    last = sealed(found.hashes[-1], key, say)
    yield from ((say.each("sheet", name), value) for name, value in last.items())


def _lists(own: Opened, say: Voice) -> Iterator[tuple[str, Sequence[str]]]:
    for head, names in lists(own, say):
        yield next(_titled(own, iter([head]), say)), names


def places_together(found: OpenedTogether, lang: str) -> Sequence[str]:
    """Where the rows of the answer stand, for a terminal."""
    return [f"{_folder(own)}{place}" for own in found.each for place in places(own, lang)]


def vouched_for(files: Mapping[str, bytes], found: OpenedTogether, key: str | None) -> bool:
    """Whether leaflet and sheet are those that are made of the rest; see `watcher.prove.verify`."""
    for own in found.each:
        names = [picture_name(line) for line, _ in own.stated.rows]
        if not set(own.pictures) <= set(names):
            raise BadFile(f"pictures: expected some of {names[:9]}, found {list(own.pictures)[:9]}")
    sheets = sheets_together(found, key)
    of, made, html = "answer, its looks and the chain", leaflet_of(sheets), page(sheets)
    text = again(files, README, made, unmarked(made), of=of, own=marked_here)
    return again(files, SHEET, html, without_mark(html), of=of, own=made_here) and text
