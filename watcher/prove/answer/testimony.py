"""What the evidence file of an answer proves, in lines for people and as a view for programs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from notifiers.said import named
from watcher.ask.past.was import Answer, Basis  # noqa: TC001 -- JSON Schema is made of these types
from watcher.ask.standing.together import Grounds  # noqa: TC001 -- JSON Schema is made of these types
from watcher.ask.views.form import LEFT_OUT, NO_COLUMN, Day, Time, filled
from watcher.ask.views.noted import Footing, footing_view
from watcher.prove.answer.leaflet import answer_sheets, places
from watcher.prove.opened import plain_row
from watcher.prove.shown import cut_otherwise, picture_name
from watcher.prove.told import Lines, sealed_lines, whole_lines

if TYPE_CHECKING:
    from notifiers.said.voice import Voice
    from scrapers.source import Source
    from watcher.prove.answer.opened import Files, Opened, Whole
    from watcher.prove.answer.verify import Answered


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


def answer_view(found: Answered) -> VerifiedAnswer:
    """The file for programs."""
    stated, each, (first, last) = found.opened.stated, found.opened.each, found.opened.links
    return filled(
        VerifiedAnswer,
        found,
        stated,
        stated.asked,
        provider=stated.asked.provider.slug,
        date=stated.asked.day,
        shown=stated.remade,
        said_fr=stated.said.get("fr", ""),
        said_en=stated.said.get("en", ""),
        names=_names(found.opened),
        sources=tuple(voice.source for own in each for voice in own.stated.asked.voices),
        looks={run: n for own in each for run, n in _looks(own).items()},
        first_link=first,
        last_link=last,
        leaflet_vouched=found.vouched,
        together=found.opened.together.held if found.opened.together else None,
        parts=_parts(found.opened),
    )


def _names(found: Whole) -> tuple[str, ...]:
    """The names that were looked for, each once."""
    return tuple(dict.fromkeys(name for own in found.each for name in own.stated.asked.names))


def _parts(found: Whole) -> tuple[VerifiedPart, ...]:
    if found.together is None:
        return ()
    return tuple(
        filled(
            VerifiedPart,
            own.stated,
            label=part.label,
            provider=own.stated.asked.provider.slug,
            shown=own.stated.remade,
            looks=_looks(own),
            noted=tuple(map(footing_view, part.noted)),
        )
        for part, own in zip(found.together.parts, found.each, strict=True)
    )


def _looks(opened: Opened) -> Mapping[int, int]:
    """The looks in the file, with how many rows of the label each has under one of the names."""
    return {run: len(opened.stated.asked.own(shown.rows)) for run, shown in opened.shown.items()}


def answer_lines(found: Answered, say: Voice) -> Lines:
    """The file for people: the answer, what is shown of it, and what is not."""
    stated, asked, (first, last) = found.opened.stated, found.opened.stated.asked, found.opened.links
    who, label = named.printed(asked.provider.name), named.label_name(asked.label, say.lang)
    sheet = next(one for one in answer_sheets(found.opened, found.key) if one.lang == say.lang)
    key = "verify.answer_noted" if found.noted is not None else "verify.answer_alone"
    chained = say(key, first=first, last=last, noted=found.noted or 0)
    return [
        *whole_lines(say, vouched=found.vouched, sheet=True),
        (say("verify.asked"), say("past.asked", who=who, label=label, day=asked.day)),
        (say("verify.answer"), f"{say.each('was.answer', stated.answer)} {stated.said.get(say.lang, '')}"),
        (say("verify.again"), say("verify.shown" if stated.remade else "proven.not_remade")),
        *((say("verify.proven"), one) for one in sheet.proven),
        *((say("verify.place"), one) for one in dict.fromkeys(places(found.opened, say.lang))),
        (say("verify.names"), say("phrase.semicolon").join(_names(found.opened))),
        *((say("verify.not_proven"), one) for one in sheet.unproven),
        *sealed_lines(say, chained, found.head, found.key),
    ]


def read_again(opened: Opened, source_of: Callable[[str], Source], say: Voice) -> Iterator[tuple[str, bool]]:
    """For each look in the file, whether today's reader finds in its documents the same rows under the
    provider's names; raises `SourceError` where it reads none."""
    asked = opened.stated.asked
    for run, pages in sorted(opened.pages.items()):
        source = source_of(opened.looked[run]["source"])
        read = source.read(tuple(pages.values())).attestations
        own = asked.own(dict(enumerate(one for one in read if one.label == asked.label))).values()
        kept = asked.own(opened.shown[run].rows).values()
        agrees = sorted(map(str, map(plain_row, own))) == sorted(map(str, map(plain_row, kept)))
        yield say.count("verify.read_again", len(own), run=run, revision=source.revision), agrees


def other_pictures(opened: Opened, files: Files, source_of: Callable[[str], Source]) -> Sequence[int]:
    """The rows whose pictures are not what their documents show, cut again."""
    wrong = []
    for (line, run), one in zip(opened.stated.rows, opened.documents, strict=True):
        source, name = source_of(opened.looked[run]["source"]), picture_name(line)
        if name in files and cut_otherwise(source, one.page, one.row, files[name]):
            wrong.append(line)
    return wrong
