"""What the evidence file of an answer proves, in lines for people and as a view for programs. Pure."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from notifiers.said import named
from scrapers.source import Pictures
from watcher.ask.past.was import Answer, Basis  # noqa: TC001 -- JSON Schema is made of these types
from watcher.ask.standing.together import Grounds  # noqa: TC001 -- JSON Schema is made of these types
from watcher.ask.views.form import LEFT_OUT, NO_COLUMN, Day, Time, filled
from watcher.ask.views.noted import Footing, footing_view
from watcher.prove.event_sheet import picture_name
from watcher.prove.testimony import leaflet_word, plain_row
from watcher.proven.leaflet import answer_sheets, places
from watcher.proven.remade import own_rows
from watcher.proven.together_sheet import places_together, sheets_together
from watcher.proven.verify import Answered

if TYPE_CHECKING:
    from notifiers.said.voice import Voice
    from scrapers.source import Source
    from watcher.prove.sheet import Sheet
    from watcher.prove.testimony import Lines
    from watcher.proven.checked import AnsweredTogether
    from watcher.proven.opened import Opened
    from watcher.proven.remade import Question
    from watcher.proven.together import StatedTogether


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPart:
    """What a file of labels together proves of one of them; the provider is the host where `noted`, notes of
    operators, lead to it."""

    label: str
    provider: str
    answer: Answer
    basis: Basis
    shown: bool
    looks: Mapping[int, int]
    noted: tuple[Footing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedAnswer:
    """A checked evidence file of an answer; `shown` is false where the looks in it do not give the answer
    again; `looks` are the runs whose listings it holds, with how many rows of the label each has under one of
    the `names`; `leaflet_vouched` is false where nobody vouches for what README.txt and leaflet.html say."""

    provider: str
    label: str
    date: Day
    asked_at: Time
    answer: Answer
    basis: Basis
    shown: bool
    said_fr: str
    said_en: str
    names: tuple[str, ...]
    sources: tuple[str, ...]
    looks: Mapping[int, int]
    first_link: int
    last_link: int
    head: str
    noted: int | None
    key: str | None
    leaflet_vouched: bool
    together: Annotated[Grounds | None, NO_COLUMN, LEFT_OUT] = None
    parts: Annotated[tuple[VerifiedPart, ...], NO_COLUMN, LEFT_OUT] = ()


def answer_view(found: Answered | AnsweredTogether) -> VerifiedAnswer:
    """The file for programs."""
    if not isinstance(found, Answered):
        return _together_view(found)
    opened = found.opened
    stated, asked = opened.stated, opened.stated.asked
    first, last = opened.links
    return filled(
        VerifiedAnswer,
        found,
        stated,
        asked,
        provider=asked.provider.slug,
        date=asked.day,
        shown=stated.remade,
        said_fr=stated.said.get("fr", ""),
        said_en=stated.said.get("en", ""),
        sources=tuple(voice.source for voice in asked.voices),
        looks=_looks(opened),
        first_link=first,
        last_link=last,
        leaflet_vouched=found.vouched,
    )


def _together_view(found: AnsweredTogether) -> VerifiedAnswer:
    stated, each = found.opened.stated, found.opened.each
    first, last = found.opened.links
    return filled(
        VerifiedAnswer,
        found,
        stated,
        provider=stated.provider.slug,
        date=stated.day,
        shown=stated.remade,
        said_fr=stated.said.get("fr", ""),
        said_en=stated.said.get("en", ""),
        names=tuple(dict.fromkeys(name for own in each for name in own.stated.asked.names)),
        sources=tuple(voice.source for own in each for voice in own.stated.asked.voices),
        looks={run: n for own in each for run, n in _looks(own).items()},
        first_link=first,
        last_link=last,
        leaflet_vouched=found.vouched,
        together=stated.held,
        parts=tuple(
            filled(
                VerifiedPart,
                own.stated,
                label=part.label,
                provider=own.stated.asked.provider.slug,
                shown=own.stated.remade,
                looks=_looks(own),
                noted=tuple(map(footing_view, part.noted)),
            )
            for part, own in zip(stated.parts, each, strict=True)
        ),
    )


def _looks(opened: Opened) -> Mapping[int, int]:
    """The looks in the file, with how many rows of the label each has under one of the names."""
    return {run: len(own_rows(opened.stated.asked, shown)) for run, shown in opened.shown.items()}


def answer_lines(found: Answered | AnsweredTogether, say: Voice) -> Lines:
    """The file for people: the answer, what is shown of it, and what is not."""
    if not isinstance(found, Answered):
        one = found.opened.stated
        asked = say("past.asked", who=named.printed(one.provider.name), day=one.day, label=_label(one, say))
        sheets, where = sheets_together(found.opened, found.key), places_together(found.opened, say.lang)
        names = [name for own in found.opened.each for name in own.stated.asked.names]
        return _lines(found, asked, sheets, where, names, say)
    stated = found.opened.stated
    who, label = named.printed(stated.asked.provider.name), _label(stated.asked, say)
    asked = say("past.asked", who=who, label=label, day=stated.asked.day)
    sheets, where = answer_sheets(found.opened, found.key), places(found.opened, say.lang)
    return _lines(found, asked, sheets, where, stated.asked.names, say)


def _label(of: Question | StatedTogether, say: Voice) -> str:
    return named.label_name(of.label, say.lang)


def _lines(
    found: Answered | AnsweredTogether,
    asked: str,
    sheets: Sequence[Sheet],
    where: Sequence[str],
    names: Sequence[str],
    say: Voice,
) -> Lines:
    stated, (first, last) = found.opened.stated, found.opened.links
    sheet = next(one for one in sheets if one.lang == say.lang)
    key = "verify.answer_noted" if found.noted is not None else "verify.answer_alone"
    chained = say(key, first=first, last=last, noted=found.noted or 0)
    return [
        (say("verify.result"), say("verify.whole" if found.vouched else "verify.whole_but")),
        (say("verify.leaflet"), say.each("verify", leaflet_word(found.vouched, sheet=True))),
        (say("verify.asked"), asked),
        (say("verify.answer"), f"{say.each('was.answer', stated.answer)} {stated.said.get(say.lang, '')}"),
        (say("verify.again"), say("verify.shown" if stated.remade else "proven.not_remade")),
        *((say("verify.proven"), one) for one in sheet.proven),
        *((say("verify.place"), one) for one in dict.fromkeys(where)),
        (say("verify.names"), say("phrase.semicolon").join(dict.fromkeys(names))),
        *((say("verify.not_proven"), one) for one in sheet.unproven),
        (say("verify.chain"), chained),
        (say("verify.head"), found.head),
        (say("verify.signature"), say("verify.signed", key=found.key) if found.key else say("verify.none")),
    ]


def read_again(opened: Opened, source_of: Callable[[str], Source], say: Voice) -> Iterator[tuple[str, bool]]:
    """For each look in the file, whether today's reader finds in its documents the same rows under the
    provider's names; raises `SourceError` where it reads none."""
    asked = opened.stated.asked
    links = {each["record"]: each["run"] for each in opened.facts if "run" in each}
    for run, pages in sorted(opened.pages.items()):
        source = source_of(links[run]["source"])
        read = source.read(tuple(pages.values())).attestations
        own = asked.own(enumerate(one for one in read if one.label == asked.label)).values()
        sealed = own_rows(asked, opened.shown[run]).values()
        agrees = sorted(map(str, map(plain_row, own))) == sorted(map(str, map(plain_row, sealed)))
        yield say.count("verify.read_again", len(own), run=run, revision=source.revision), agrees


def other_pictures(
    opened: Opened, files: Mapping[str, bytes], source_of: Callable[[str], Source]
) -> Sequence[int]:
    """The rows whose pictures are not what their documents show, cut again."""
    links = {each["record"]: each["run"] for each in opened.facts if "run" in each}
    wrong = []
    for (line, run), one in zip(opened.stated.rows, opened.documents, strict=True):
        source, name = source_of(links[run]["source"]), picture_name(line)
        if name in files and isinstance(source, Pictures):
            cut = source.picture(one.page, one.row)
            wrong += [line] if cut is None or b64decode(cut) != files[name] else []
    return wrong
