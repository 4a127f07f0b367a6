"""The page of questions: "was this provider under that label on this day?", with bounds and proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from notifiers.wording import date_text, day_of, label_name, ref_text, subject_text
from state.model import LABELS, Version
from watcher.answers import Past, past
from watcher.sighting import Sighting
from watcher.was import Answer, Basis, Finding, contradict
from watcher.web.drawing import TABLES, draw, source_of
from watcher.web.filter import day, day_named
from watcher.web.labels import label_asked
from watcher.web.language import address
from watcher.web.providers import provider_asked
from watcher.web.site import Visit
from watcher.web.trouble import BadQuestion

WORDS_FOR = {Answer.YES: "yes", Answer.NO: "no", Answer.UNKNOWN: "unknown_answer"}
MOST_ROWS = 5
MOST_MEANT = 20


def show_form(visit: Visit) -> Response:
    """The form; a filled one leads to the address of its answer, which can be cited."""
    asked = visit.request.query_params
    text = asked["provider"].strip()[:200] if "provider" in asked else ""
    label = asked.get("label", "")
    on = day_named(asked, "on")
    meant = visit.archive.names.meant(text)[:MOST_MEANT] if text else ()
    if len(meant) == 1 and label in LABELS and on:
        there = f"/was/{quote(meant[0].slug)}/{quote(label)}/{on}"
        return RedirectResponse(address(there, {"lang": visit.lang if visit.chosen else None}), 303)
    return draw(
        visit,
        "question.html",
        labels=LABELS,
        text=text,
        label=label or "secnumcloud",
        on=on or day_of(visit.archive.now),
        meant=meant,
        close=visit.archive.names.close(text) if text and not meant else (),
    )


def show_answer(visit: Visit) -> Response:
    """The answer, as a statement that prints on one page."""
    provider, label, on = provider_asked(visit), label_asked(visit), day_asked(visit)
    answer = past(visit.archive, provider, label, on)
    finding = answer.finding
    return draw(
        visit,
        "answer.html",
        past=answer,
        word=WORDS_FOR[finding.answer],
        said=said(answer, visit.lang),
        bounds=bounds(finding, visit.lang),
        voices=voices(answer, visit.lang),
        contradicted=contradicted(answer),
        labels=LABELS,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What one register says of the day by itself: the key of the word for it, and a sentence."""

    source: str
    answer: Answer
    word: str
    said: str


def voices(answer: Past, lang: str) -> tuple[Voice, ...]:
    """What each register says where several speak of the label, the one that the answer rests on first."""
    names = sorted(answer.sources, key=lambda name: name != answer.source)
    alone = {name: replace(answer, finding=answer.sources[name], source=name) for name in names}
    return tuple(
        Voice(
            source=name, answer=one.finding.answer, word=WORDS_FOR[one.finding.answer], said=said(one, lang)
        )
        for name, one in alone.items()
        if len(alone) > 1
    )


def contradicted(answer: Past) -> bool:
    """Whether one register says yes and another no: a reader must know, whichever the answer rests on."""
    return contradict(*(finding.answer for finding in answer.sources.values()))


def day_asked(visit: Visit) -> date:
    """The day in the address; raises `BadQuestion`."""
    text: str = visit.request.path_params["day"]
    try:
        return day(text)
    except ValueError:
        raise BadQuestion("date", found=text[:40], expected="a day, such as 2026-03-04") from None


def bounds(finding: Finding, lang: str) -> list[tuple[str, str]]:
    """The sightings around the day: the key of each one's name, and the edition or look."""
    sides = (
        ("last_without", finding.bounds.last_without),
        ("first_with", finding.bounds.first_with),
        ("last_with", finding.bounds.last_with),
        ("first_without", finding.bounds.first_without),
    )
    return [(name, sighting_text(one, lang)) for name, one in sides if one is not None]


def said(answer: Past, lang: str) -> str:
    """What the answer rests on, in a sentence or two."""
    return TABLES[lang][case_of(answer)].format(**_gaps(answer, lang))


def case_of(answer: Past) -> str:
    """Which of the cases of `words_*.CASES` an answer is."""
    finding = answer.finding
    cases = {
        (Answer.YES, Basis.OBSERVED): _observed,
        (Answer.YES, Basis.DECISION): _decided,
        (Answer.NO, Basis.ABSENT): _absent,
        (Answer.NO, Basis.PRINTED_END): lambda answer: "over",
        (Answer.UNKNOWN, Basis.PRINTED_END): _perhaps_over,
    }
    key = (finding.answer, finding.basis)
    return cases[key](answer) if key in cases else _nobody_knows(answer)


def _observed(answer: Past) -> str:
    if _on_the_day(answer):
        return "listed_on_day"
    return "listed_both" if answer.finding.after else "listed_last"


def _decided(answer: Past) -> str:
    before, after = answer.finding.before, answer.finding.after
    if before and before.rows and not after:
        return "decided_unseen_since"
    return "decided_not_yet" if before and not before.rows else "decided_later"


def _absent(answer: Past) -> str:
    return "absent_both" if answer.finding.after and not _on_the_day(answer) else "absent_day"


def _perhaps_over(answer: Past) -> str:
    return "perhaps_over_next" if answer.finding.after else "perhaps_over_none"


def _nobody_knows(answer: Past) -> str:
    before, after = answer.finding.before, answer.finding.after
    if not answer.sources:
        return "never_read"
    if before and after:
        return _between(before, after)
    if after:
        return "begins_with"
    if before:
        return "one_sided_listed" if before.rows else "one_sided_absent"
    return "not_yet"


def _between(before: Sighting, after: Sighting) -> str:
    cases = {
        (True, False): "gone_between",
        (False, True): "came_between",
        (False, False): "unseen_between",
        (True, True): "other_row_between",
    }
    return cases[bool(before.rows), bool(after.rows)]


def _on_the_day(answer: Past) -> bool:
    before = answer.finding.before
    return before is not None and day_of(before.end) >= answer.day


def _gaps(answer: Past, lang: str) -> Mapping[str, Any]:
    finding, table = answer.finding, TABLES[lang]
    before, after, first = finding.before, finding.after, finding.bounds.first_with
    ends = [end for row in finding.rows if (end := row.known.attestation.valid_until)]
    return {
        "one": sighting_text(before, lang) if before else "",
        "other": sighting_text(after, lang) if after else "",
        "first": sighting_text(first, lang) if first else "",
        "of": source_of(answer.source, lang),
        "label": label_name(answer.label, lang),
        "rows": table["semi"].join(row_text(row, lang) for row in finding.rows[:MOST_ROWS]),
        "days": (after.start - before.end).days if before and after else 0,
        "end": date_text(max(ends), lang) if ends else table["no_end"],
        "semi": table["semi"],
    }


def sighting_text(sighting: Sighting, lang: str) -> str:
    """The edition, or the look at an undated page."""
    run, table = sighting.stretch.first, TABLES[lang]
    if run.edition_at:
        return table["the_edition"].format(day=date_text(day_of(run.edition_at), lang))
    return table["the_look"].format(day=date_text(day_of(run.at), lang))


def row_text(version: Version, lang: str) -> str:
    """One row in a clause: subject, decision and printed dates."""
    row, table = version.known.attestation, TABLES[lang]
    subject = table["quote"].format(text=subject_text(row, lang)) if subject_text(row, lang) else ""
    parts = [subject, ref_text(row, lang), _dates(version, lang)]
    return ", ".join(part for part in parts if part) or table["row_bare"]


def _dates(version: Version, lang: str) -> str:
    row, table = version.known.attestation, TABLES[lang]
    start = date_text(row.valid_from, lang) if row.valid_from else ""
    end = date_text(row.valid_until, lang) if row.valid_until else ""
    key = "row_dates" if start and end else "row_until" if end else "row_from" if start else ""
    return table[key].format(start=start, end=end) if key else ""
