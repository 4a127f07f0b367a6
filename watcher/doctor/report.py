"""An examination as text for a person who does not know the program; register text is made harmless. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from babel.numbers import format_decimal

from notifiers.said.named import place_text, source_title, subject_text
from notifiers.said.reasons import all_said, said, spoken, worded
from notifiers.said.voice import Voice, clean, clip
from notifiers.said.wording import title
from scrapers.source import Explanation
from state.model import Attestation, Cause, Event, Page, Reason
from watcher.doctor.examination import Examination, Exchange, Findings, Request
from watcher.said.told import Hearer

MOST = 8  # requests, events and remarks shown to people; JSON has all
MANY = 40  # heads and counts
WIDE = 160
CACHE = ("etag", "last-modified", "cache-control", "age")


def report(examination: Examination, to: Hearer) -> str:
    """The whole report, a line a fact, ending with what to do."""
    findings, say = examination.findings, to.say
    name = findings.source.name
    parts = [
        [
            clean(f"{name}{say('phrase.colon')}{source_title(name, to.lang)}"),
            say("doctor.at_saved" if findings.visit.saved else "doctor.at", when=findings.at),
            say("doctor.short", how=in_short(findings, say)),
        ],
        _titled(say("doctor.asked"), _asked(findings, say)),
        *_reached(findings, to),
        _titled(say("doctor.to_do"), _advised(examination, say)),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _reached(findings: Findings, to: Hearer) -> list[list[str]]:
    """What follows on the pages, as far as it went."""
    say = to.say
    if not findings.visit.pages:
        return [[say("doctor.not_reached")]]
    return [
        _titled(say("doctor.looks"), _looks(findings, say)),
        _titled(say("doctor.understood"), _understood(findings, say)),
        _titled(say("doctor.read"), _read(findings, say)),
        _titled(say("doctor.judged"), _judged(findings, to)),
    ]


def _titled(title: str, lines: Iterator[str]) -> list[str]:
    """Lines below a title; one that begins with a space is of the line before it, and goes deeper."""
    deep = {True: " " * 6, False: " " * 3}
    return [title, *(deep[line.startswith(" ")] + clip(clean(line), WIDE * 4) for line in lines)]


def in_short(findings: Findings, say: Voice) -> str:
    """How it went, in a few words."""
    rows = len(findings.listing.attestations) if findings.listing else 0
    if findings.good:
        return say.count("doctor.works", rows)
    if findings.visit.trouble is not None:
        had = len(findings.visit.pages)
        return say("doctor.some_pages", pages=had) if had else say("doctor.no_page")
    if findings.listing is not None:
        return say("doctor.doubted", rows=rows)
    return say("doctor.unread")


def _asked(findings: Findings, say: Voice) -> Iterator[str]:
    visit = findings.visit
    if visit.saved:
        yield say.count("doctor.given", len(visit.pages))
        yield from (f" {page.url}, {_size(page, say)}" for page in visit.pages[:MOST])
        if len(visit.pages) > MOST:
            yield say("doctor.and_more", more=len(visit.pages) - MOST)
        return
    if visit.deadline is not None:
        yield say("doctor.deadline", minutes=round(visit.deadline / 60))
    for page in visit.robots:
        yield f"{page.requested_url}{say('phrase.colon')}{_rules(page, say)}"
    # What failed is always shown, however far behind: it is what the reader came for.
    shown = [*visit.requests[:MOST], *(one for one in visit.requests[MOST:] if one.trouble)]
    for request in shown:
        yield from _request(request, say)
    if len(visit.requests) > len(shown):
        yield say("doctor.more_answered", more=len(visit.requests) - len(shown))


def _rules(page: Page, say: Voice) -> str:
    if page.status != 200:
        return say("doctor.no_rules", status=page.status)
    return say("doctor.rules", size=_size(page, say))


def _request(request: Request, say: Voice) -> Iterator[str]:
    yield f"{request.url}{say('phrase.colon')}{say.each('doctor_robots', request.robots)}"
    for exchange in request.exchanges:
        if not exchange.url.endswith("/robots.txt"):
            yield f" {_answer(exchange, say)}"
    page = request.page
    if page is not None:
        digest = hashlib.sha256(page.body).hexdigest()[:12]
        took = _seconds(request.seconds, say)
        got = say("doctor.got", size=_size(page, say), seconds=took, digest=digest)
        yield f" {got}{say('phrase.semicolon')}{_cache(request.last, say)}"
    if request.trouble is not None:
        yield f" {say('doctor.failed', trouble=spoken(request.trouble, say.lang))}"


def _answer(exchange: Exchange, say: Voice) -> str:
    if exchange.status is None:
        return say("doctor.silent", address=exchange.url)
    took = _seconds(exchange.seconds or 0, say)
    said = say("doctor.answered", address=exchange.url, status=exchange.status, seconds=took)
    if location := exchange.header("location"):
        return said + say("doctor.on_to", address=location)
    if wait := exchange.header("retry-after"):
        said += say("doctor.asks_to_wait", wait=wait)
    return said + (f", {kind}" if (kind := exchange.header("content-type")) else say("doctor.no_type"))


def _cache(exchange: Exchange | None, say: Voice) -> str:
    found = [f"{name} {exchange.header(name)}" for name in CACHE if exchange and exchange.header(name)]
    return ", ".join(found) or say("doctor.no_cache")


def _looks(findings: Findings, say: Voice) -> Iterator[str]:
    alike: dict[str, list[int]] = {}
    for number, look in enumerate(findings.looks, start=1):
        text = _together(look, say)
        alike.setdefault(text, []).append(number)
    for text, numbers in [*alike.items()][:MOST]:
        many = len(findings.looks) > 1
        yield f"{_numbered(numbers, say)}{say('phrase.colon')}{text}" if many else text
    if len(alike) > MOST:
        yield say("doctor.more_kinds", more=len(alike) - MOST)


def _numbered(numbers: Sequence[int], say: Voice) -> str:
    """Page numbers in few words: "page 1", "27 pages, the first is page 2"."""
    if len(numbers) == 1:
        return say("doctor.page", number=numbers[0])
    return say("doctor.pages", pages=len(numbers), first=numbers[0])


def _understood(findings: Findings, say: Voice) -> Iterator[str]:
    seen = findings.explanation
    if seen is None:
        yield say("doctor.no_explanation") if findings.looks else say("doctor.nothing_seen")
        return
    if seen.kind is not None:
        yield said(seen.kind, say.lang)
    found = seen.found_by
    yield say("doctor.found_by", how=said(found, say.lang)) if found else say("doctor.no_rows")
    yield from _recipe(seen, say)
    yield from _heads(seen, say)
    yield from _counts([(worded(place, say.lang), rows) for place, rows in seen.counts], say)
    if seen.missing:
        yield say("doctor.missing", pages=", ".join(seen.missing[:MANY]))
    links = [said(note, say.lang) for note in seen.notes if note.code == "link"]
    if links:
        yield say("doctor.links")
        yield from (f" {link}" for link in links)
    notes = (note for note in seen.notes if note.code != "link")
    yield from (say("doctor.note", text=said(note, say.lang)) for note in notes)


def _recipe(explanation: Explanation, say: Voice) -> Iterator[str]:
    """What a configured recipe gives; where there is none, one that would read these rows as well."""
    if (check := explanation.recipe) is not None:
        yield say("doctor.recipe_rows", at=check.at, rows=check.rows)
        for name, at, many in check.fields:
            yield f" {say('doctor.recipe_field', name=name, at=at, many=many, rows=check.rows)}"
        for number, row in enumerate(check.first, start=1):
            values = ", ".join(f"{name} {say('doctor.quoted', text=value)}" for name, value in row)
            yield f" {say('doctor.recipe_row', number=number, values=values)}"
        names = ", ".join(worded(one, say.lang) for one in check.missing)
        yield say("doctor.recipe_lacks", names=names) if names else say("doctor.recipe_whole")
    elif explanation.proposal and explanation.found_by:
        yield say("doctor.proposal")
        yield from (f" {line}" for line in explanation.proposal.splitlines())


def _heads(explanation: Explanation, say: Voice) -> Iterator[str]:
    known = [(head, field) for head, field in explanation.heads if field]
    if known:
        yield say("doctor.heads_read")
        fields = dict.fromkeys(field for _, field in known)
        for field in fields:
            yield f" {field} ← {_quoted([head for head, own in known if own == field], say)}"
    if left := [head for head, field in explanation.heads if field == ""]:
        yield say("doctor.heads_left", heads=_quoted(left[:MANY], say))
    if strange := [head for head, field in explanation.heads if field is None]:
        yield say("doctor.heads_strange", heads=_quoted(strange[:MANY], say))


def _quoted(heads: Sequence[str], say: Voice) -> str:
    return say("phrase.semicolon").join(say("doctor.quoted", text=head) for head in heads)


def _counts(counts: Sequence[tuple[str, int]], say: Voice) -> Iterator[str]:
    if counts and all(len(name) < 12 for name, _ in counts):
        yield say("doctor.rows_of", counts=", ".join(f"{name} {number}" for name, number in counts))
    elif counts:
        yield say("doctor.rows")
        yield from (f" {number:>5}  {name}" for name, number in counts[:MANY])


def _read(findings: Findings, say: Voice) -> Iterator[str]:
    listing = findings.listing
    if listing is None:
        yield say("doctor.nothing_read")
        return
    rows, dated = len(listing.attestations), listing.edition_at
    yield say("doctor.dated", rows=rows, when=dated) if dated else say("doctor.undated", rows=rows)
    if listing.attestations:
        yield say("doctor.first")
    yield from (f" {_row(row, say)}" for row in listing.attestations[:3])
    for one in listing.unreadable[:MOST]:
        yield say(
            "doctor.unreadable",
            label=one.label,
            place=place_text(one.place, say.lang),
            why=said(one.why, say.lang),
        )
    yield from _rest(len(listing.unreadable), say)
    yield from (say("doctor.remark", text=said(one.reason, say.lang)) for one in listing.remarks[:MOST])
    yield from _rest(len(listing.remarks), say)


def _rest(found: int, say: Voice) -> Iterator[str]:
    if found > MOST:
        yield say("doctor.more_of_these", more=found - MOST)


def _row(row: Attestation, say: Voice) -> str:
    start, end = row.valid_from, row.valid_until
    dates = say("doctor.dates", start=start or "?", end=end or "?") if start or end else ""
    parts = (
        row.label,
        row.holder,
        row.subject,
        row.version,
        "+".join(row.scope),
        row.printed_ref,
        dates,
        f"({place_text(row.place, say.lang)})",
    )
    return " | ".join(part for part in parts if part)


def _judged(findings: Findings, to: Hearer) -> Iterator[str]:
    judgement, say = findings.judgement, to.say
    if judgement is None or judgement.run is None:
        broken = findings.visit.trouble is not None
        yield say("doctor.not_asked", why=say("doctor.not_whole") if broken else findings.error(to.lang))
        return
    yield from _bounds(findings, say)
    known, run = judgement.known, judgement.run
    yield say("doctor.compared", when=known.last_good) if known.last_good else say("doctor.first_look")
    if findings.good:
        yield say("doctor.believed")
    elif run.believed:
        yield say("doctor.would_wait", held=_together(findings.held, say))
    else:
        outcome = say.each("doctor_outcome", run.outcome)
        yield say("doctor.not_believed", outcome=outcome, why=findings.error(to.lang))
    # A first reading makes an event of every row: of those nobody would hear.
    fresh = [event for event in judgement.events if event.cause is not Cause.BASELINE]
    if run.believed and known.last_good is not None:
        yield say.count("doctor.events", len(fresh)) + (say("doctor.these") if fresh else "")
    yield from (f" {_event(event, to.lang)}" for event in fresh[:MOST])


def _together(reasons: Sequence[Reason], say: Voice) -> str:
    return all_said(reasons, say.lang, say("phrase.semicolon"))


def _event(event: Event, lang: str) -> str:
    """What would happen to whom, and to which service."""
    subject = subject_text(event.one, lang) if event.one else ""
    return title(event, lang) + (f" ({clip(subject, WIDE)})" if subject else "")


def _bounds(findings: Findings, say: Voice) -> Iterator[str]:
    """Rows in force by label beside the fewest that would be believed; labels with enough share a line."""
    if findings.listing is None:
        return
    enough = []
    for one in findings.bounds:
        if not one.covered:
            yield say("doctor.not_covered", label=one.label)
        elif one.rows < one.floor:
            yield say("doctor.too_few", label=one.label, rows=one.rows, floor=one.floor)
        else:
            enough.append(f"{one.label} {one.rows} (≥ {one.floor})")
    if enough:
        yield say("doctor.enough", counts=", ".join(enough))


def _advised(examination: Examination, say: Voice) -> Iterator[str]:
    advice = examination.advice
    yield all_said(advice.said, say.lang, " ")
    yield from (f" {worded(command, say.lang)}" for command in advice.commands)
    if examination.kept:
        yield say("doctor.kept", place=examination.kept)


def _size(page: Page, say: Voice) -> str:
    return say("doctor.size", size=f"{len(page.body):,}".replace(",", " "))


def _seconds(seconds: float, say: Voice) -> str:
    return format_decimal(seconds, "0.0", say("format.locale"))
