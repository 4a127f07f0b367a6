"""An examination as text for a person who does not know the program; register text is made harmless. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from notifiers.said.doubts import said
from notifiers.said.printed import clean, clip
from notifiers.said.wording import subject_text, title
from scrapers.source import Explanation
from state.model import Attestation, Cause, Event, Page
from watcher.doctor.advice import held_rows
from watcher.doctor.examination import Examination, Exchange, Findings, Request

MOST = 8  # requests, events and remarks shown to people; JSON has all
MANY = 40  # heads and counts
WIDE = 160
CACHE = ("etag", "last-modified", "cache-control", "age")
ROBOTS = {
    "open": "its robots.txt leaves it open to us",
    "closed": "its robots.txt CLOSES it to us",
    "none": "there is no robots.txt: open to us",
    "not read": "its robots.txt could not be read, so nothing more was asked",
}


def report(examination: Examination) -> str:
    """The whole report, a line a fact, ending with what to do."""
    findings = examination.findings
    patient = findings.patient
    parts = [
        [
            clean(f"{patient.name}: {patient.title}"),
            f"{_time(findings)}; nothing was stored or told",
            f"in short: {_short(findings)}",
        ],
        _titled("1. What was asked and answered", _asked(findings)),
        *_reached(findings),
        _titled("What to do", _advised(examination)),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _reached(findings: Findings) -> list[list[str]]:
    """What follows on the pages, as far as it went."""
    if not findings.visit.pages:
        return [["2. to 5. were not reached: no page came, so nothing was read or judged"]]
    return [
        _titled("2. What it looks like", _looks(findings)),
        _titled("3. How it was understood", _understood(findings)),
        _titled("4. What was read", _read(findings)),
        _titled("5. Would it be believed?", _judged(findings)),
    ]


def _titled(title: str, lines: Iterator[str]) -> list[str]:
    body = [
        f"   {clip(clean(line), WIDE * 4)}" if not line.startswith(" ") else _deeper(line) for line in lines
    ]
    return [title, *body]


def _deeper(line: str) -> str:
    return f"      {clip(clean(line), WIDE * 4)}"


def _time(findings: Findings) -> str:
    how = "saved pages, examined" if findings.visit.saved else "examined live"
    return f"{how} at {findings.at:%Y-%m-%d %H:%M} UTC"


def _short(findings: Findings) -> str:
    """How it went, in a few words."""
    rows = len(findings.listing.attestations) if findings.listing else 0
    if findings.good:
        return f"it works: {_many(rows, 'row')} read and believed"
    if findings.visit.error:
        had = len(findings.visit.pages)
        came = f"{_many(had, 'page')} came, then one could not be had" if had else "no page could be had"
        return f"it does not work: {came}"
    if findings.listing is not None:
        return f"{_many(rows, 'row')} read, but not (fully) believed"
    return "the page came, but could not be read"


def _asked(findings: Findings) -> Iterator[str]:
    visit = findings.visit
    if visit.saved:
        yield f"nothing: {_many(len(visit.pages), 'saved page')} given"
        yield from (f" {page.url}, {_size(len(page.body))}" for page in visit.pages[:MOST])
        if len(visit.pages) > MOST:
            yield f"… and {len(visit.pages) - MOST} more"
        return
    if visit.deadline is not None:
        yield f"a look ends after {visit.deadline / 60:.0f} minutes, however slow the register (DEADLINE)"
    for page in visit.robots:
        yield f"{page.requested_url}: {_rules(page)}"
    shown = [*visit.requests[:MOST], *(one for one in visit.requests[MOST:] if one.error)]
    for request in shown:
        yield from _request(request)
    if len(visit.requests) > len(shown):
        yield f"… and {len(visit.requests) - len(shown)} more, all answered (--format json names them)"


def _rules(page: Page) -> str:
    if page.status != 200:
        return f"answered {page.status}: no rules, everything is open"
    return f"answered 200, {_size(len(page.body))} of rules"


def _request(request: Request) -> Iterator[str]:
    yield f"{request.url}: {ROBOTS[request.robots]}"
    for exchange in request.exchanges:
        if not exchange.url.endswith("/robots.txt"):
            yield f" {_answer(exchange)}"
    page = request.page
    if page is not None:
        digest = hashlib.sha256(page.body).hexdigest()[:12]
        got = f"got {_size(len(page.body))} in {request.seconds:.1f} s, sha256 {digest}…"
        yield f" {got}; {_cache(request.last)}"
    if request.error:
        yield f" FAILED: {request.error}"


def _answer(exchange: Exchange) -> str:
    if exchange.status is None:
        return f"GET {exchange.url}: no answer"
    said = f"GET {exchange.url}: {exchange.status} after {exchange.seconds or 0:.1f} s"
    if location := exchange.header("location"):
        return f"{said}, on to {location}"
    if wait := exchange.header("retry-after"):
        said += f", asks to wait ({wait})"
    return said + (f", {kind}" if (kind := exchange.header("content-type")) else ", no type named")


def _cache(exchange: Exchange | None) -> str:
    found = [f"{name} {exchange.header(name)}" for name in CACHE if exchange and exchange.header(name)]
    return ", ".join(found) or "no cache headers, so every look fetches it whole"


def _looks(findings: Findings) -> Iterator[str]:
    alike: dict[str, list[int]] = {}
    for number, look in enumerate(findings.looks, start=1):
        alike.setdefault(look, []).append(number)
    for look, numbers in [*alike.items()][:MOST]:
        yield f"{_numbered(numbers)}: {look}" if len(findings.looks) > 1 else look
    if len(alike) > MOST:
        yield f"… and {len(alike) - MOST} more kinds of page"


def _numbered(numbers: Sequence[int]) -> str:
    """Page numbers in few words: "page 1", "27 pages, the first is page 2"."""
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    return f"{len(numbers)} pages, the first is page {numbers[0]}"


def _understood(findings: Findings) -> Iterator[str]:
    explanation = findings.explanation
    if explanation is None:
        yield "nothing to understand" if not findings.looks else "this source does not explain itself"
        return
    yield explanation.kind
    yield f"rows found by: {explanation.found_by}" if explanation.found_by else "no rows were found"
    yield from _recipe(explanation)
    yield from _heads(explanation)
    yield from _counts(explanation.counts)
    if explanation.missing:
        yield f"pages it leads to that are NOT here: {', '.join(explanation.missing[:MANY])}"
    yield from (f"note: {said(note, 'en')}" for note in explanation.notes)


def _recipe(explanation: Explanation) -> Iterator[str]:
    """What a configured recipe gives; where there is none, one that would read these rows as well."""
    if (check := explanation.recipe) is not None:
        yield f"the recipe's rows at {check.at!r}: {check.rows} matched"
        yield from (f" {name} at {at}: filled in {many} of {check.rows}" for name, at, many in check.fields)
        for number, row in enumerate(check.first, start=1):
            yield f" row {number}: {', '.join(f'{name} {value!r}' for name, value in row)}"
        yield f"the recipe lacks: {', '.join(check.missing)}" if check.missing else "the recipe lacks nothing"
    elif explanation.proposal and explanation.found_by:
        yield "a recipe would read it too, should the page change its dress (vigilabel.toml):"
        yield from (f" {line}" for line in explanation.proposal.splitlines())


def _heads(explanation: Explanation) -> Iterator[str]:
    known = [(head, field) for head, field in explanation.heads if field]
    if known:
        yield "what is read, and the printed words it is read from:"
        fields = dict.fromkeys(field for _, field in known)
        yield from (
            f" {field} ← {'; '.join(repr(head) for head, own in known if own == field)}" for field in fields
        )
    for what, heads in (
        ("left out on purpose", [head for head, field in explanation.heads if field == ""]),
        (
            "NOT understood (kept as printed, never dropped)",
            [h for h, field in explanation.heads if field is None],
        ),
    ):
        if heads:
            yield f"{what}: {'; '.join(map(repr, heads[:MANY]))}"


def _counts(counts: Sequence[tuple[str, int]]) -> Iterator[str]:
    if counts and all(len(name) < 12 for name, _ in counts):
        yield f"rows: {', '.join(f'{name} {number}' for name, number in counts)}"
    elif counts:
        yield "rows:"
        yield from (f" {number:>5}  {name}" for name, number in counts[:MANY])


def _read(findings: Findings) -> Iterator[str]:
    listing = findings.listing
    if listing is None:
        yield "nothing"
        return
    edition = (
        f"dated by its publisher {listing.edition_at:%Y-%m-%d %H:%M} UTC" if listing.edition_at else "undated"
    )
    yield f"{_many(len(listing.attestations), 'row')}; the page is {edition}"
    if listing.attestations:
        yield "the first three:"
    for row in listing.attestations[:3]:
        yield f" {_row(row)}"
    odd = [f"{one.label}, {one.place}: {said(one.why, 'en')}" for one in listing.unreadable]
    for what, texts in (
        ("could not be read", odd),
        ("remark", [said(remark.reason, "en") for remark in listing.remarks]),
    ):
        yield from (f"{what}: {text}" for text in texts[:MOST])
        if len(texts) > MOST:
            yield f"… and {len(texts) - MOST} more of these"


def _row(row: Attestation) -> str:
    dates = (
        f"{row.valid_from or '?'} to {row.valid_until or '?'}" if row.valid_from or row.valid_until else ""
    )
    parts = (
        row.label,
        row.holder,
        row.subject,
        row.version,
        "+".join(row.scope),
        row.printed_ref,
        dates,
        f"({row.place})",
    )
    return " | ".join(part for part in parts if part)


def _judged(findings: Findings) -> Iterator[str]:
    judgement = findings.judgement
    if judgement is None or judgement.run is None:
        why = "a look is whole or void, and this one is not whole" if findings.visit.error else findings.error
        yield f"not asked: {why}"
        return
    yield from _bounds(findings)
    known = judgement.known
    if known.last_good is None:
        yield "nothing is known yet: this would be the first look, recorded in silence"
    else:
        yield f"compared with what is known since {known.last_good:%Y-%m-%d %H:%M} UTC"
    run = judgement.run
    if findings.good:
        yield "BELIEVED"
    elif run.believed:
        yield f"believed, but removals would WAIT for a person: {'; '.join(run.held)}"
    else:
        yield f"NOT believed ({run.outcome.value}): {run.message}"
    fresh = [event for event in judgement.events if event.cause is not Cause.BASELINE]
    if run.believed and known.last_good is not None:
        yield f"{_many(len(fresh), 'event')} would be recorded" + (":" if fresh else "")
    yield from (f" {_event(event)}" for event in fresh[:MOST])


def _event(event: Event) -> str:
    """What would happen to whom, and to which service."""
    subject = subject_text(event.one, "en") if event.one else ""
    return title(event, "en") + (f" ({clip(subject, WIDE)})" if subject else "")


def _bounds(findings: Findings) -> Iterator[str]:
    """Rows in force by label beside the fewest that would be believed; labels with enough share a line."""
    if findings.listing is None:
        return
    rows, covers = held_rows(findings), findings.listing.covers
    enough = []
    for label, bound in sorted(findings.patient.bounds.items()):
        if label not in covers:
            yield f"{label}: not on these pages"
        elif rows.get(label, 0) < bound.floor:
            yield f"{label}: {rows.get(label, 0)} rows in force, FEWER than the {bound.floor} expected"
        else:
            enough.append(f"{label} {rows.get(label, 0)} (≥ {bound.floor})")
    if enough:
        yield f"rows in force, and the fewest expected: {', '.join(enough)}"


def _advised(examination: Examination) -> Iterator[str]:
    yield examination.advice.text
    yield from (f" {command}" for command in examination.advice.commands)
    if examination.kept:
        yield f"the pages are kept in {examination.kept}"


def _size(size: int) -> str:
    return f"{size:,} bytes".replace(",", " ")


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
