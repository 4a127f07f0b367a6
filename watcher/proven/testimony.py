"""What the evidence file of an answer proves, in lines for people and as a view for programs. Pure."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.said import named
from scrapers.source import Pictures
from state.names import name_key
from watcher.ask.past.was import Answer, Basis  # noqa: TC001 -- JSON Schema is made of these types
from watcher.ask.views.form import Day, Time, filled
from watcher.prove.event_sheet import picture_name
from watcher.prove.testimony import leaflet_word, plain_row
from watcher.proven.leaflet import answer_sheets, places
from watcher.proven.remade import own_rows

if TYPE_CHECKING:
    from notifiers.said.voice import Voice
    from scrapers.source import Source
    from watcher.prove.testimony import Lines
    from watcher.proven.verify import Answered


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


def answer_view(found: Answered) -> VerifiedAnswer:
    """The file for programs."""
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
        looks={run: len(own_rows(asked, shown)) for run, shown in opened.shown.items()},
        first_link=first,
        last_link=last,
        leaflet_vouched=found.vouched,
    )


def answer_lines(found: Answered, say: Voice) -> Lines:
    """The file for people: the answer, what is shown of it, and what is not."""
    opened = found.opened
    stated, asked = opened.stated, opened.stated.asked
    sheet = next(one for one in answer_sheets(opened, found.key) if one.lang == say.lang)
    first, last = opened.links
    who, label = named.printed(asked.provider.name), named.label_name(asked.label, say.lang)
    key = "verify.answer_noted" if found.noted is not None else "verify.answer_alone"
    chained = say(key, first=first, last=last, noted=found.noted or 0)
    return [
        (say("verify.result"), say("verify.whole" if found.vouched else "verify.whole_but")),
        (say("verify.leaflet"), say.each("verify", leaflet_word(found.vouched, sheet=True))),
        (say("verify.asked"), say("past.asked", who=who, label=label, day=asked.day)),
        (say("verify.answer"), f"{say.each('was.answer', stated.answer)} {stated.said.get(say.lang, '')}"),
        (say("verify.again"), say("verify.shown" if stated.remade else "proven.not_remade")),
        *((say("verify.proven"), one) for one in sheet.proven),
        *((say("verify.place"), one) for one in dict.fromkeys(places(opened, say.lang))),
        (say("verify.names"), say("phrase.semicolon").join(asked.names)),
        *((say("verify.not_proven"), one) for one in sheet.unproven),
        (say("verify.chain"), chained),
        (say("verify.head"), found.head),
        (say("verify.signature"), say("verify.signed", key=found.key) if found.key else say("verify.none")),
    ]


def read_again(found: Answered, source_of: Callable[[str], Source], say: Voice) -> Iterator[tuple[str, bool]]:
    """For each look in the file, whether today's reader finds in its documents the same rows under the
    provider's names; raises `SourceError` where it reads none."""
    opened = found.opened
    asked = opened.stated.asked
    links = {each["record"]: each["run"] for each in opened.facts if "run" in each}
    for run, pages in sorted(opened.pages.items()):
        source = source_of(links[run]["source"])
        read = source.read(tuple(pages.values())).attestations
        own = [one for one in read if one.label == asked.label and name_key(one.holder) in asked.keys]
        sealed = own_rows(asked, opened.shown[run]).values()
        agrees = sorted(map(str, map(plain_row, own))) == sorted(map(str, map(plain_row, sealed)))
        yield say.count("verify.read_again", len(own), run=run, revision=source.revision), agrees


def other_pictures(
    found: Answered, files: Mapping[str, bytes], source_of: Callable[[str], Source]
) -> Sequence[int]:
    """The rows whose pictures are not what their documents show, cut again."""
    opened = found.opened
    links = {each["record"]: each["run"] for each in opened.facts if "run" in each}
    wrong = []
    for (line, run), one in zip(opened.stated.rows, opened.documents, strict=True):
        source, name = source_of(links[run]["source"]), picture_name(line)
        if name in files and isinstance(source, Pictures):
            cut = source.picture(one.page, one.row)
            wrong += [line] if cut is None or b64decode(cut) != files[name] else []
    return wrong
