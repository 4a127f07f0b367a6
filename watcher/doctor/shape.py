"""An examination as one JSON object with its steps in order; the field names are a contract."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from notifiers.said.doubts import said
from scrapers.source import Explanation, RecipeCheck
from scrapers.wire.address import plain
from state.codec import instant_text, maybe_instant_text
from state.model import Cause, Page, SourceState
from state.seen.providers import Providers
from watcher.ask.views.events import event_views
from watcher.ask.views.form import Json, each_json
from watcher.ask.views.rows import reading_views
from watcher.doctor.advice import held_rows
from watcher.doctor.examination import Examination, Exchange, Findings, Judgement, Request

SHOWN = 3


def examination_json(examination: Examination, providers: Providers) -> Json:
    """The whole examination; `steps` are robots, fetch, page, understand, read, judge, all always there."""
    findings = examination.findings
    return {
        "source": findings.patient.name,
        "title": findings.patient.title,
        "url": findings.patient.url,
        "at": instant_text(findings.at),
        "live": not findings.visit.saved,
        "outcome": findings.outcome.value if findings.outcome else None,
        "believed": findings.good,
        "message": findings.error,
        "steps": [
            {"step": "robots", "robots": [_robots_json(page) for page in findings.visit.robots]},
            {
                "step": "fetch",
                "deadline": findings.visit.deadline,
                "requests": [_request_json(one) for one in findings.visit.requests],
            },
            {"step": "page", "pages": _pages_json(findings)},
            {"step": "understand", **_explanation_json(findings.explanation)},
            {"step": "read", **_reading_json(findings, providers)},
            {"step": "judge", **_judgement_json(findings)},
        ],
        "advice": {"text": examination.advice.said, "commands": list(examination.advice.commands)},
        "saved": examination.kept or None,
    }


def _robots_json(page: Page) -> Json:
    return {"url": page.requested_url, "status": page.status, "size": len(page.body)}


def _request_json(request: Request) -> Json:
    page = request.page
    return {
        "url": plain(request.url),
        "robots": request.robots.replace(" ", "_"),
        "final_url": page.url if page else None,
        "status": page.status if page else (request.last.status if request.last else None),
        "size": len(page.body) if page else None,
        "sha256": hashlib.sha256(page.body).hexdigest() if page else None,
        "seconds": round(request.seconds, 3),
        "exchanges": [_exchange_json(one) for one in request.exchanges],
        "error": request.error or None,
        "outcome": request.outcome.value if request.outcome else None,
    }


def _exchange_json(exchange: Exchange) -> Json:
    return {
        "url": exchange.url,
        "status": exchange.status,
        "seconds": None if exchange.seconds is None else round(exchange.seconds, 3),
        "size": exchange.size,
        "headers": dict(exchange.headers),
    }


def _pages_json(findings: Findings) -> list[Json]:
    return [
        {
            "url": page.url,
            "size": len(page.body),
            "sha256": hashlib.sha256(page.body).hexdigest(),
            "content_type": page.content_type or None,
            "looks": look,
        }
        for page, look in zip(findings.visit.pages, findings.looks, strict=True)
    ]


def _explanation_json(explanation: Explanation | None) -> Json:
    seen = explanation or Explanation(kind="")
    return {
        "kind": seen.kind or None,
        "found_by": seen.found_by or None,
        "heads": [{"head": head, "field": field} for head, field in seen.heads],
        "counts": [{"place": place, "rows": rows} for place, rows in seen.counts],
        "missing": list(seen.missing),
        "notes": [said(note, "en") for note in seen.notes],
        "remedies": [{"setting": one.setting, "value": one.value, "when": one.when} for one in seen.remedies],
        "recipe": _recipe_json(seen.recipe) if seen.recipe else None,
        "proposal": seen.proposal or None,
    }


def _recipe_json(check: RecipeCheck) -> Json:
    return {
        "rows_at": check.at,
        "rows": check.rows,
        "fields": [{"field": name, "at": at, "filled": many} for name, at, many in check.fields],
        "first": [dict(row) for row in check.first],
        "missing": list(check.missing),
    }


def _reading_json(findings: Findings, providers: Providers) -> Json:
    seen = findings.listing
    if seen is None:
        return {
            "rows": None, "edition_at": None, "covers": [], "first": [], "remarks": [], "unreadable": [],
        }  # fmt: skip
    first = replace(seen, attestations=seen.attestations[:SHOWN])
    return {
        "rows": len(seen.attestations),
        "edition_at": maybe_instant_text(seen.edition_at),
        "covers": sorted(seen.covers),
        "first": each_json(reading_views(first, providers)),
        "remarks": [said(remark.reason, "en") for remark in seen.remarks],
        "unreadable": [
            {"label": one.label, "place": one.place, "why": said(one.why, "en")} for one in seen.unreadable
        ],
    }


def _judgement_json(findings: Findings) -> Json:
    judgement = findings.judgement or Judgement(known=SourceState(source=findings.patient.name))
    rows, run = held_rows(findings), judgement.run
    covers = findings.listing.covers if findings.listing else frozenset()
    return {
        "outcome": run.outcome.value if run else None,
        "message": run.message if run else judgement.error,
        "believed": bool(run and run.believed),
        "held": list(findings.held),
        "known_since": maybe_instant_text(judgement.known.last_good),
        "first_look": judgement.known.last_good is None,
        "bounds": [
            {"label": label, "rows": rows.get(label, 0), "floor": bound.floor, "covered": label in covers}
            for label, bound in sorted(findings.patient.bounds.items())
        ],
        "events": each_json(event_views(one for one in judgement.events if one.cause is not Cause.BASELINE)),
    }
