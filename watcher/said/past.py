"""The answer about a day in words: the same on the command line, the pages, the API and Slack. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from notifiers.said import named
from notifiers.said.named import (
    SHA_SHOWN,
    label_name,
    place_text,
    ref_text,
    row_notes,
    status_name,
    subject_text,
)
from notifiers.said.voice import Line, Span, clean, link
from state.model import Evidence, Version, day_of
from state.words.course import due_on
from state.words.labels import scheme_of
from watcher.ask.past.was import Answer, Basis, Finding, contradict
from watcher.said.told import Hearer, Item, Told, bold, labels_name, lines, plain, some, terminal

if TYPE_CHECKING:
    from state.words.documented import Documented
    from watcher.ask.day import Past
    from watcher.ask.past.sighting import Sighting

MOST_ROWS = 5
MOST_PROOFS = 3
NOT_LISTED = "not listed"
"""The place of a proof that something is not there (`answers`)."""


def sentence(past: Past, to: Hearer | None = None) -> str:
    """The question and its answer in a few sentences, for programs; in exact English unless they read
    another language."""
    to = to or terminal()
    label = label_name(past.label, to.lang)
    asked = to.say("past.asked", who=clean(past.provider.name), label=label, day=past.day)
    answer = to.say.each("was.other", past.finding.answer)
    return to.say(
        "past.sentence", asked=asked, answer=answer, said=" ".join((said(past, to), *apart(past, to)))
    )


def said(past: Past, to: Hearer) -> str:
    """What the answer rests on, in a sentence or two; of labels together, of each of them."""
    if past.parts:
        return " ".join((together_said(past, to), *(part_text(part, to) for part in past.parts)))
    if past.seen:
        return by_documents(past, to)
    case = case_of(past)
    # Cases of what is over say the end themselves.
    note = "ended_note" if past.finding.ended and not case.startswith("over") else ""
    return "".join(to.say.each("past", key, **_gaps(past, to)) for key in (case, note) if key)


def by_documents(past: Past, to: Hearer) -> str:
    """That an answer rests on documents, which say so, and that nobody looked."""
    told = {"held": papers_text(past.attested, to), "over": papers_text(past.withdrawn, to)}
    key = "documents" if past.finding.answer is Answer.YES else "documents_disagree"
    return to.say.each("past", key, seen=said(past.registers, to), **told)


def apart(past: Past, to: Hearer) -> Sequence[str]:
    """What documents say that the answer does not rest on: the same, the contrary, or more than was seen."""
    answer = past.finding.answer
    held = "" if past.seen else {Answer.YES: "same", Answer.NO: "contrary"}.get(answer, "more")
    over = "" if past.seen and answer is Answer.UNKNOWN else "over"
    each = ((held, past.attested), (over, past.withdrawn))
    return [to.say.each("past_paper", key, papers=papers_text(own, to)) for key, own in each if key and own]


def papers_text(papers: Sequence[Documented], to: Hearer) -> str:
    """What documents say and whose word it is, the first of them in full."""
    from watcher.said.standing.documents import paper_text  # most answers rest on none

    more = len(papers) - MOST_ROWS
    rest = [to.say.count("phrase.and_more", more)] if more > 0 else []
    return to.say("phrase.semicolon").join((*(paper_text(one, to) for one in papers[:MOST_ROWS]), *rest))


def schemes_text(past: Past, to: Hearer) -> str:
    """Which certificates that an answer rests on are of the European scheme, as the register has them; "" for
    none."""
    rows = [row for row in past.finding.rows if scheme_of(row.known.attestation)]
    refs = dict.fromkeys(named.printed(row.known.attestation.printed_ref or "") for row in rows)
    return to.say.count("past.european", len(refs), refs=some(tuple(refs), to, MOST_ROWS)) if refs else ""


def together_said(past: Past, to: Hearer) -> str:
    """Of labels together: since when all of them, or which one is missing or unknown."""
    from watcher.ask.standing.together import held_then

    answer, say = past.finding.answer, to.say
    if answer is Answer.YES:
        held = held_then(past)
        if held.ahead:
            return say("together.ahead", day=held.since.day)
        told = say("together.since" if held.since.printed else "together.seen", day=held.since.day)
        second = label_name(held.second, to.lang) if held.second else ""
        return f"{told} {say('together.second', label=second)}" if second else told
    names = [label_name(part.label, to.lang) for part in past.parts if part.finding.answer is answer]
    key = "together.lacks" if answer is Answer.NO else "together.unsure"
    return say(key, labels=say("list.comma").join(names))


def part_text(part: Past, to: Hearer) -> str:
    """One of labels together: the answer for it, and whose note it rests on where it does."""
    text = " ".join((said(part, to), *apart(part, to)))
    if part.noted:
        from watcher.said.standing.race import chain_text  # few rest on a note

        what = chain_text(part.noted, to)
        text = to.say("together.noted", by=clean(part.noted[0].by), what=what, said=text)
    answer = to.say.each("was.other", part.finding.answer)
    return to.say("together.part", label=label_name(part.label, to.lang), answer=answer, said=text)


def answer_told(found: Sequence[Past], to: Hearer, note: str = "") -> Told:
    """Whether a provider had some labels on a day; `note` goes below."""
    one = found[0]
    label = labels_name([past.label for past in found], to)
    return Told(
        head=to.say("past.asked", who=clean(one.provider.name), label=label, day=one.day),
        items=tuple(_answer(past, to, named=len(found) > 1) for past in found),
        foot=(note,) if note else (),
    )


def _answer(past: Past, to: Hearer, *, named: bool) -> Item:
    """Yes, no or unknown, what it rests on, what other registers say, the bounds, today, and where it can be
    checked."""
    say, most = to.say, len(past.evidence) if to.terminal else MOST_PROOFS
    name = f"{label_name(past.label, to.lang)} " if named else ""
    told = together_said(past, to) if past.parts else said(past, to)
    answer = bold(f"{name}{say.each('was.answer', past.finding.answer)}", " " + told)
    told_apart = lines(
        *(part_text(part, to) for part in past.parts),
        schemes_text(past, to),
        *apart(past, to),
        *(_other(past, source, to) for source in past.sources if source != past.source),
        *(say.each("was.bound", key, text=text) for key, text in bounds(past.finding, to)),
    )
    standing = [row for row in past.finding.rows if row.until is None][:most]
    now = (", ".join(row_notes(row, to.lang).values()) for row in standing)
    today = lines(*(say("past.today", text=one) for one in now if one))
    proofs = [
        *(_paper(one, to) for one in (*past.attested, *past.withdrawn)),
        *(_proof(one, to) for one in past.evidence[:most]),
    ]
    left = len(past.evidence) - most
    more = lines(say("page.some_of", n=most, all=len(past.evidence)) if left > 0 else "")
    return (answer, *told_apart, *today, *proofs, *more)


def _other(past: Past, source: str, to: Hearer) -> str:
    """What another register of the same label says of the day, a contradiction marked."""
    answer = past.sources[source].answer
    key = "contrary" if contradict(answer, past.finding.answer) else "same"
    said = to.say.each("was.other", answer)
    return to.say.each("was.also", key, source=to.source(source), answer=said)


def _proof(one: Evidence, to: Hearer) -> Line:
    place = (
        to.say("past.not_there") if one.place == NOT_LISTED else named.printed(place_text(one.place, to.lang))
    )
    text = to.say("past.evidence", place=place, sha=_hash(one.sha256, to))
    return (Span(text=text, url=link(one.url)),)


def _paper(one: Documented, to: Hearer) -> Line:
    """The document itself, for who holds a copy against it."""
    from watcher.said.standing.documents import file_text

    return plain(to.say("past.paper_proof", file=file_text(one, to), sha=_hash(one.sha256, to)))


def _hash(sha256: str, to: Hearer) -> str:
    return sha256 if to.terminal else f"{sha256[:SHA_SHOWN]}…"


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
        (Answer.UNKNOWN, Basis.UNCONFIRMED): _unconfirmed,
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


def _gaps(past: Past, to: Hearer) -> Mapping[str, Any]:
    finding = past.finding
    before, after, first = finding.before, finding.after, finding.bounds.first_with
    lacking = before if before and before.missing else after
    return {
        "one": sighting_text(before, to),
        "other": sighting_text(after, to),
        "first": sighting_text(first, to),
        "lacking": sighting_text(lacking, to),
        "shown": status_name(_shown(past), to.lang) if _shown(past) else "",
        "of": named.source_of(past.source, to.lang),
        "who": clean(past.provider.name),
        "label": label_name(past.label, to.lang),
        "rows": _rows(finding, to),
        "days": (after.start - before.end).days if before and after else 0,
        "end": _last_end(finding.rows, to),
        "ended": _last_end(finding.ended, to),
    }


def _rows(finding: Finding, to: Hearer) -> str:
    said, more = (
        [_clause(row, finding, to) for row in finding.rows[:MOST_ROWS]],
        len(finding.rows) - MOST_ROWS,
    )
    rest = [to.say.count("phrase.and_more", more)] if more > 0 else []
    return to.say("phrase.semicolon").join((*said, *rest))


def _last_end(rows: Iterable[Version], to: Hearer) -> str:
    ends = [end for row in rows if (end := row.known.attestation.last_day)]
    return to.say.day(max(ends)) if ends else to.say("past.no_end")


def bounds(finding: Finding, to: Hearer) -> Sequence[tuple[str, str]]:
    """The sightings around the day: the key of each one's name, and the edition or look."""
    sides = (
        ("last_without", finding.bounds.last_without),
        ("first_with", finding.bounds.first_with),
        ("last_with", finding.bounds.last_with),
        ("first_without", finding.bounds.first_without),
    )
    return [(name, sighting_text(one, to)) for name, one in sides if one is not None]


def sighting_text(sighting: Sighting | None, to: Hearer) -> str:
    """The edition, or the look at an undated page; "" for none."""
    if sighting is None:
        return ""
    run = sighting.stretch.first
    if run.edition_at:
        return to.say("past.the_edition", day=to.say.day(day_of(run.edition_at)))
    return to.say("past.the_look", day=to.seen(run.at))


def row_text(version: Version, to: Hearer) -> str:
    """One row in a clause: subject, decision and printed dates."""
    row, lang = version.known.attestation, to.lang
    subject = to.say("phrase.quoted", text=subject_text(row, lang)) if subject_text(row, lang) else ""
    parts = [subject, ref_text(row, lang), _dates(version, to)]
    return ", ".join(part for part in parts if part) or to.say("past.row_bare")


def _clause(version: Version, finding: Finding, to: Hearer) -> str:
    by_status = finding.basis is Basis.HISTORY or not version.known.attestation.stands
    return stated_text(version, to) if by_status else row_text(version, to)


def stated_text(version: Version, to: Hearer) -> str:
    """One row with the status that it prints of a day, and the next one."""
    row, say = version.known.attestation, to.say
    subject = say("phrase.quoted", text=subject_text(row, to.lang)) if row.subject else ""
    parts = [subject, ref_text(row, to.lang)]
    if row.status != "announced" and row.valid_from:
        parts.append(_status("past.since", row.status, row.valid_from, to))
    if due := due_on(row):
        parts.append(_status("past.then", row.extra["status_to_come"], due, to))
    return ", ".join(part for part in parts if part)


def _status(key: str, status: str, day: date, to: Hearer) -> str:
    name = to.say("phrase.quoted", text=named.status_name(status, to.lang))
    return to.say(key, status=name, day=to.say.day(day))


def _dates(version: Version, to: Hearer) -> str:
    """The printed dates; an end that is announced is the first day on which the row no longer holds."""
    row = version.known.attestation
    start = to.say.day(row.valid_from) if row.valid_from else ""
    end = to.say.day(row.valid_until) if row.valid_until else ""
    if end and row.valid_until != row.last_day:
        key = "row_ending" if start else "row_ends"
    else:
        key = "row_dates" if start and end else "row_until" if end else "row_from" if start else ""
    return to.say.each("past", key, start=start, end=end) if key else ""
