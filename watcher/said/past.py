"""The answer about a day in words: the same on the command line, the pages, the API and Slack. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notifiers.said import wording
from notifiers.said.printed import clean
from notifiers.said.voice import Voice, voice
from notifiers.said.wording import date_text, label_name, ref_text, status_name, subject_text
from state.model import Version, day_of
from state.words.course import due_on
from watcher.ask.answers import Past
from watcher.ask.past.daybook import Holding
from watcher.ask.past.sighting import Sighting
from watcher.ask.past.was import Answer, Basis, Finding

MOST_ROWS = 5


@dataclass(frozen=True, slots=True)
class Tongue:
    """How an answer is said: the language, and with `iso` days as programs write them."""

    lang: str
    iso: bool = False

    @property
    def say(self) -> Voice:
        """The texts of the language."""
        return voice(self.lang)

    def day(self, day: date) -> str:
        """A day."""
        return day.isoformat() if self.iso else date_text(day, self.lang)

    def moment(self, at: datetime) -> str:
        """A moment: for programs with its time, since a page may be looked at twice a day."""
        return f"{at:%Y-%m-%d %H:%M} UTC" if self.iso else self.day(day_of(at))


PLAIN = Tongue("en", iso=True)
"""How the command line and the API say it."""


def sentence(past: Past) -> str:
    """The question and its answer in a few sentences, for terminals and programs."""
    asked = f"{clean(past.provider.name)}, {label_name(past.label, 'en')}, {past.day}"
    return f"{asked}: {past.finding.answer}. {said(past, PLAIN)}"


def said(past: Past, tongue: Tongue) -> str:
    """What the answer rests on, in a sentence or two."""
    case = case_of(past)
    note = "ended_note" if past.finding.ended and not case.startswith("over") else ""
    return "".join(tongue.say.each("past", key, **_gaps(past, tongue)) for key in (case, note) if key)


def told_text(holding: Holding, lang: str) -> str:
    """What is known of a row on a day, in a word or two."""
    return voice(lang).each("past.held", holding.basis)


def case_of(past: Past) -> str:
    """Which of the cases above an answer is."""
    finding = past.finding
    cases: Mapping[tuple[Answer, Basis], Callable[[Past], str]] = {
        (Answer.YES, Basis.OBSERVED): _observed,
        (Answer.YES, Basis.DECISION): _decided,
        (Answer.YES, Basis.HISTORY): lambda _: "history_yes",
        (Answer.NO, Basis.HISTORY): lambda _: "history_no",
        (Answer.NO, Basis.ABSENT): _absent,
        (Answer.NO, Basis.PRINTED_END): lambda _: "over",
        (Answer.UNKNOWN, Basis.PRINTED): lambda _: "printed_then",
        (Answer.UNKNOWN, Basis.PRINTED_END): _perhaps_over,
        (Answer.UNKNOWN, Basis.UNCONFIRMED): lambda one: (
            "unconfirmed_shown" if _shown(one) else "unconfirmed"
        ),
        (Answer.UNKNOWN, Basis.UNKNOWN_NAME): lambda _: "unknown_name",
    }
    return cases.get((finding.answer, finding.basis), _nobody_knows)(past)


def _observed(past: Past) -> str:
    if _on_the_day(past):
        return "listed_on_day"
    return "listed_both" if past.finding.after else "listed_last"


def _decided(past: Past) -> str:
    before, after = past.finding.before, past.finding.after
    if before and before.rows and not after:
        return "decided_unseen_since"
    return "decided_not_yet" if before and not before.rows else "decided_later"


def _absent(past: Past) -> str:
    if past.finding.rows:
        return "not_begun"
    return "absent_both" if past.finding.after and not _on_the_day(past) else "absent_day"


def _perhaps_over(past: Past) -> str:
    before, after = past.finding.before, past.finding.after
    gone = bool(before and not before.rows)
    if past.finding.to_come:
        return "over_gone_to_come" if gone else "over_to_come"
    if gone:
        return "over_gone"
    if after is None:
        return "perhaps_over_none"
    return "perhaps_over_next" if after.rows or after.missing else "perhaps_over_gone"


def _nobody_knows(past: Past) -> str:
    before, after = past.finding.before, past.finding.after
    if not past.sources:
        return "never_read"
    if before and after:
        return _between(before, after)
    if after:
        return "begins_listed" if after.rows else "begins_absent"
    if before:
        kind = "to_come" if past.finding.to_come else "one_sided"
        over = "over" if past.finding.rows else "absent"
        return f"{kind}_listed" if before.rows else f"{kind}_{over}"
    return "not_yet"


def _between(before: Sighting, after: Sighting) -> str:
    cases = {
        (True, False): "gone_between",
        (False, True): "came_between",
        (False, False): "unseen_between",
        (True, True): "other_row_between",
    }
    return cases[bool(before.rows), bool(after.rows)]


def _on_the_day(past: Past) -> bool:
    before = past.finding.before
    return before is not None and day_of(before.end) >= past.day


def _unconfirmed(past: Past) -> str:
    return "unconfirmed_shown" if _shown(past) else "unconfirmed"


def _shown(past: Past) -> str:
    """The status under which rows that wait to be confirmed were printed all the same, "" for none."""
    return next((row.known.shown_as for row in past.finding.rows if row.known.shown_as), "")


def _gaps(past: Past, tongue: Tongue) -> Mapping[str, Any]:
    finding, say = past.finding, tongue.say
    before, after, first = finding.before, finding.after, finding.bounds.first_with
    lacking = before if before and before.missing else after
    return {
        "one": sighting_text(before, tongue),
        "other": sighting_text(after, tongue),
        "first": sighting_text(first, tongue),
        "lacking": sighting_text(lacking, tongue),
        "shown": status_name(_shown(past), tongue.lang) if _shown(past) else "",
        "of": wording.source_of(past.source, tongue.lang),
        "who": clean(past.provider.name),
        "label": label_name(past.label, tongue.lang),
        "rows": say("past.semi").join(_clause(row, finding, tongue) for row in finding.rows[:MOST_ROWS]),
        "days": (after.start - before.end).days if before and after else 0,
        "end": _last_end(finding.rows, tongue),
        "ended": _last_end(finding.ended, tongue),
    }


def _last_end(rows: Iterable[Version], tongue: Tongue) -> str:
    ends = [end for row in rows if (end := row.known.attestation.last_day)]
    return tongue.day(max(ends)) if ends else tongue.say("past.no_end")


def bounds(finding: Finding, tongue: Tongue) -> Sequence[tuple[str, str]]:
    """The sightings around the day: the key of each one's name, and the edition or look."""
    sides = (
        ("last_without", finding.bounds.last_without),
        ("first_with", finding.bounds.first_with),
        ("last_with", finding.bounds.last_with),
        ("first_without", finding.bounds.first_without),
    )
    return [(name, sighting_text(one, tongue)) for name, one in sides if one is not None]


def sighting_text(sighting: Sighting | None, tongue: Tongue) -> str:
    """The edition, or the look at an undated page; "" for none."""
    if sighting is None:
        return ""
    run = sighting.stretch.first
    if run.edition_at:
        return tongue.say("past.the_edition", day=tongue.day(day_of(run.edition_at)))
    return tongue.say("past.the_look", day=tongue.moment(run.at))


def row_text(version: Version, tongue: Tongue) -> str:
    """One row in a clause: subject, decision and printed dates."""
    row, lang = version.known.attestation, tongue.lang
    subject = tongue.say("past.quote", text=subject_text(row, lang)) if subject_text(row, lang) else ""
    parts = [subject, ref_text(row, lang), _dates(version, tongue)]
    return ", ".join(part for part in parts if part) or tongue.say("past.row_bare")


def _clause(version: Version, finding: Finding, tongue: Tongue) -> str:
    by_status = finding.basis is Basis.HISTORY or not version.known.attestation.stands
    return stated_text(version, tongue) if by_status else row_text(version, tongue)


def stated_text(version: Version, tongue: Tongue) -> str:
    """One row with the status that it prints of a day, and the next one."""
    row, say = version.known.attestation, tongue.say
    subject = say("past.quote", text=subject_text(row, tongue.lang)) if row.subject else ""
    parts = [subject, ref_text(row, tongue.lang)]
    if row.status != "announced" and row.valid_from:
        parts.append(_status("past.since", row.status, row.valid_from, tongue))
    if due := due_on(row):
        parts.append(_status("past.then", row.extra["status_to_come"], due, tongue))
    return ", ".join(part for part in parts if part)


def _status(key: str, status: str, day: date, tongue: Tongue) -> str:
    name = tongue.say("past.quote", text=wording.status_name(status, tongue.lang))
    return tongue.say(key, status=name, day=tongue.day(day))


def _dates(version: Version, tongue: Tongue) -> str:
    """The printed dates; an end that is announced is the first day on which the row no longer holds."""
    row = version.known.attestation
    start = tongue.day(row.valid_from) if row.valid_from else ""
    end = tongue.day(row.valid_until) if row.valid_until else ""
    if end and row.valid_until != row.last_day:
        key = "row_ending" if start else "row_ends"
    else:
        key = "row_dates" if start and end else "row_until" if end else "row_from" if start else ""
    return tongue.say.each("past", key, start=start, end=end) if key else ""
