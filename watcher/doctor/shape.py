"""An examination as a view: one JSON object with its steps in order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from notifiers.said.reasons import all_said, said, worded
from scrapers.source import Explanation
from scrapers.wire.address import plain
from state.model import Cause, Outcome, Reason
from state.seen.who.providers import Providers
from state.words.kept import SourceState
from watcher.ask.views.events import Event, event_views
from watcher.ask.views.form import Time, Written, filled
from watcher.ask.views.rows import Attestation, reading_views
from watcher.doctor.examination import (
    Bound,
    Examination,
    Exchange,
    Findings,
    Judgement,
    Pairs,
    Request,
    Seconds,
)
from watcher.look.compare.nameless import read_with_providers

SHOWN = 3


def _named(*names: str) -> Written:
    """Rows as objects with these names."""
    return Written(lambda rows: [dict(zip(names, row, strict=True)) for row in rows])


OrNull = Annotated[str, Written(lambda text: text or None)]
Said = Annotated[Reason, Written(lambda reason: said(reason, "en"))]
SaidOrNull = Annotated[Reason | None, Written(lambda reason: said(reason, "en") if reason else None)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Robots:
    url: str
    status: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _RobotsStep:
    step: str = "robots"
    robots: tuple[_Robots, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    url: str
    robots: str
    final_url: str | None
    status: int | None
    size: int | None
    sha256: str | None
    seconds: Seconds
    exchanges: tuple[Exchange, ...]
    error: OrNull
    outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _FetchStep:
    step: str = "fetch"
    deadline: float | None
    requests: tuple[_Request, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    url: str
    size: int
    sha256: str
    content_type: OrNull
    looks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _PageStep:
    step: str = "page"
    pages: tuple[_Page, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipe:
    rows_at: str
    rows: int
    fields: Annotated[tuple[tuple[str, str, int], ...], _named("field", "at", "filled")]
    first: tuple[Pairs, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remedy:
    setting: str
    value: str
    when: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class _UnderstandStep:
    step: str = "understand"
    kind: SaidOrNull
    found_by: SaidOrNull
    heads: Annotated[tuple[tuple[str, str | None], ...], _named("head", "field")]
    counts: Annotated[tuple[tuple[str, int], ...], _named("place", "rows")]
    missing: tuple[str, ...]
    notes: tuple[Said, ...]
    remedies: tuple[_Remedy, ...]
    recipe: _Recipe | None
    proposal: OrNull


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unreadable:
    label: str
    place: str
    why: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReadStep:
    step: str = "read"
    rows: int | None = None
    edition_at: Time | None = None
    covers: tuple[str, ...] = ()
    first: tuple[Attestation, ...] = ()
    remarks: tuple[Said, ...] = ()
    unreadable: tuple[_Unreadable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _JudgeStep:
    step: str = "judge"
    outcome: Outcome | None
    message: str
    believed: bool
    held: tuple[str, ...]
    known_since: Time | None
    first_look: bool
    bounds: tuple[Bound, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Advice:
    text: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """An examination; `steps` are robots, fetch, page, understand, read, judge, all always there."""

    source: str
    title: str
    url: str
    at: Time
    live: bool
    outcome: Outcome | None
    believed: bool
    message: str
    steps: tuple[_RobotsStep, _FetchStep, _PageStep, _UnderstandStep, _ReadStep, _JudgeStep]
    advice: _Advice
    saved: OrNull


def examination_view(examination: Examination, providers: Providers) -> Examined:
    findings, visit = examination.findings, examination.findings.visit
    return filled(
        Examined,
        findings,
        source=findings.source.name,
        title=findings.source.title,
        url=findings.source.url,
        live=not visit.saved,
        believed=findings.good,
        message=findings.error(),
        steps=(
            *_visited(findings),
            _understood(findings.explanation or Explanation()),
            _read(findings, providers),
            _judged(findings),
        ),
        advice=_Advice(
            text=all_said(examination.advice.said, "en", " "),
            commands=tuple(worded(one, "en") for one in examination.advice.commands),
        ),
        saved=examination.kept,
    )


def _visited(findings: Findings) -> tuple[_RobotsStep, _FetchStep, _PageStep]:
    """What was asked for, and what came."""
    visit = findings.visit
    robots = (filled(_Robots, one, url=one.requested_url, size=len(one.body)) for one in visit.robots)
    pages = (
        filled(_Page, page, size=len(page.body), looks=all_said(look, "en"))
        for page, look in zip(visit.pages, findings.looks, strict=True)
    )
    return (
        _RobotsStep(robots=tuple(robots)),
        _FetchStep(deadline=visit.deadline, requests=tuple(map(_request, visit.requests))),
        _PageStep(pages=tuple(pages)),
    )


def _request(request: Request) -> _Request:
    page, last = request.page, request.last
    return filled(
        _Request,
        request,
        url=plain(request.url),
        final_url=page.url if page else None,
        status=page.status if page else last.status if last else None,
        size=len(page.body) if page else None,
        sha256=page.sha256 if page else None,
    )


def _understood(seen: Explanation) -> _UnderstandStep:
    check = seen.recipe
    lacks = tuple(worded(one, "en") for one in check.missing) if check else ()
    recipe = filled(_Recipe, check, rows_at=check.at, missing=lacks) if check else None
    return filled(
        _UnderstandStep,
        seen,
        counts=tuple((worded(place, "en"), rows) for place, rows in seen.counts),
        remedies=tuple(filled(_Remedy, one) for one in seen.remedies),
        recipe=recipe,
    )


def _read(findings: Findings, providers: Providers) -> _ReadStep:
    seen = findings.listing
    if seen is None:
        return _ReadStep()
    few = replace(seen, attestations=seen.attestations[:SHOWN])
    return filled(
        _ReadStep,
        seen,
        rows=len(seen.attestations),
        covers=tuple(sorted(seen.covers)),
        first=tuple(reading_views(read_with_providers(few, providers), seen.source)),
        remarks=tuple(remark.reason for remark in seen.remarks),
        unreadable=tuple(filled(_Unreadable, one) for one in seen.unreadable),
    )


def _judged(findings: Findings) -> _JudgeStep:
    judgement = findings.judgement or Judgement(known=SourceState(source=findings.source.name))
    run = judgement.run
    return _JudgeStep(
        outcome=run.outcome if run else None,
        message=run.message if run else said(judgement.why, "en") if judgement.why else "",
        believed=bool(run and run.believed),
        held=tuple(said(one, "en") for one in findings.held),
        known_since=judgement.known.last_good,
        first_look=judgement.known.last_good is None,
        bounds=findings.bounds,
        events=event_views(one for one in judgement.events if one.cause is not Cause.BASELINE),
    )
