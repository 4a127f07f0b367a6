"""What a provider's page answers first, in words that claim only what was seen. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from notifiers.said.named import missing_text, source_of, subject_text
from state.model import PARIS, day_of
from watcher.ask.standing.race import Sign
from watcher.said.standing.race import both_text
from watcher.said.told import SHORT, Hearer

if TYPE_CHECKING:
    from state.model import Version
    from watcher.ask.holders import Edition
    from watcher.ask.standing.race import Standing
    from watcher.ask.standing.verdict import Verdict

NAMED = 3


def sign_name(one: Sign, to: Hearer) -> str:
    """The answer in a word or two."""
    return to.say.each("verdict_sign", one)


def verdict_lines(one: Verdict, today: date, to: Hearer) -> tuple[str, ...]:
    """The answer, most telling first: dates, what is over or waits, candidacies, what was held before."""
    if one.standing.each:
        return (both_text(one.standing, to),)
    said = [*_own(one, today, to), *(_candidacy(row, to) for row in one.also[:NAMED]), _former(one, to)]
    return tuple(filter(None, said))


def _own(one: Verdict, today: date, to: Hearer) -> Sequence[str]:
    standing, say = one.standing, to.say
    match one.sign:
        case Sign.HOLDS | Sign.LISTED | Sign.BEGINS:
            missing = say("verdict.some_missing", n=len(standing.missing)) if standing.missing else ""
            past = sum(end < today for end in map(_last_day, standing.rows) if end)
            over = say.count("verdict.some_past", past) if past else ""
            return (_sentence(dates_text(standing, today, to)), over, missing)
        case Sign.PAST:
            last = max(standing.ends)
            dates = _sentence(dates_text(standing, today, to))
            return (say("verdict.past", day=last, n=(today - last).days), dates)
        case Sign.UNSURE:
            absent = [missing_text(row.known, to.lang) for row in standing.missing[:1]]
            return tuple(_sentence(text) for text in (*absent, dates_text(standing, today, to)))
        case Sign.CANDIDATE:
            return (*(_candidacy(row, to) for row in standing.rows[:NAMED]), say("verdict.no_row_held"))
        case Sign.NOT_LISTED:
            absence = say.each("absence", one.label) if say.knows("absence", one.label) else ""
            return (say("verdict.no_row"), absence)
        case Sign.UNKNOWN:
            return (say("verdict.unlisted" if one.editions else "page.state_unknown_why"),)
        case Sign.DOCUMENT:
            from watcher.said.standing.documents import paper_text  # few stand by one

            told = say("phrase.semicolon").join(paper_text(each, to) for each in standing.documents[:NAMED])
            return (say("verdict.document", papers=told),)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def dates_text(one: Standing, today: date, to: Hearer) -> str:
    """Since when and until when by what is printed; of several rows, how many and the first and last end."""
    say = to.say
    if one.began is None:
        since = say("page.seen_since", day=day_of(min(row.since for row in one.rows)))
    else:
        since = say("verdict.from" if one.began > today else "page.since", day=one.began)
    key = "verdict.ends" if len(one.ends) > 1 else "race.until"
    until = say(key, first=one.ends[0], last=one.ends[-1]) if one.ends else say("verdict.no_end")
    several = say("verdict.services", n=len(one.rows)) + say("phrase.colon") if len(one.rows) > 1 else ""
    return several + say("list.comma").join((since, until))


def _last_day(row: Version) -> date | None:
    return row.known.attestation.last_day


def _candidacy(row: Version, to: Hearer) -> str:
    """What is waited for, as the page of candidates prints it."""
    offer = subject_text(row.known.attestation, to.lang)
    absent = missing_text(row.known, to.lang)
    text = to.say("verdict.candidate", offer=offer[:SHORT]) if offer else to.say("verdict.candidate_bare")
    return f"{text} ({absent})" if absent else text


def _former(one: Verdict, to: Hearer) -> str:
    """The last row that is no longer there: until when it was seen, and which end it printed."""
    if one.last is None or one.last.until is None:
        return ""
    gone = day_of(one.last.until_edition or one.last.until)
    end = one.last.known.attestation.valid_until
    if end is None:
        return to.say("verdict.former", gone=gone)
    return to.say("verdict.former_until", gone=gone, end=end)


def edition_basis(one: Edition, to: Hearer) -> str:
    """The look that an answer about today rests on."""
    say, of, at = to.say, source_of(one.source, to.lang), one.at.astimezone(PARIS)
    seen = say("page.moment", day=at.date(), time=f"{at:%H:%M}")
    if one.edition_at:
        return say("page.by_edition", of=of, edition=day_of(one.edition_at), seen=seen)
    return say("page.by_look", of=of, seen=seen)
