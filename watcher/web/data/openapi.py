"""The OpenAPI 3.1 document of the API: written down once, served as it is, and tested against the API."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from scrapers import SOURCES
from state.model import Cause, Kind, Outcome, Weight
from state.words.labels import GROUPS, LABELS
from watcher.ask.past.was import Answer, Basis
from watcher.ask.race import Place
from watcher.look.condition import State

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
MAYBE: Json = {"type": ["string", "null"]}
WHOLE: Json = {"type": "integer"}
TRUTH: Json = {"type": "boolean"}
MAYBE_TRUTH: Json = {"type": ["boolean", "null"]}
DAY: Json = {"type": "string", "format": "date"}
MAYBE_DAY: Json = {"type": ["string", "null"], "format": "date"}
TIME: Json = {"type": "string", "format": "date-time"}
MAYBE_TIME: Json = {"type": ["string", "null"], "format": "date-time"}
LABEL: Json = {"type": "string", "enum": list(LABELS)}
COUNTS: Json = {"type": "object", "additionalProperties": WHOLE}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(of: Json) -> Json:
    return {"type": "array", "items": of}


def _maybe(of: Json) -> Json:
    return {"anyOf": [of, {"type": "null"}]}


def _shape(fields: Json, optional: tuple[str, ...] = ()) -> Json:
    """An object with exactly these fields, all there but the optional ones."""
    return {
        "type": "object",
        "properties": fields,
        "required": [name for name in fields if name not in optional],
        "additionalProperties": False,
    }


SIDE: Json = {"anyOf": [{"type": ["string", "boolean", "null"]}, _list(TEXT)]}
SIGHTING = _maybe(
    _shape({"edition_at": MAYBE_TIME, "seen_at": MAYBE_TIME, "last_seen_at": MAYBE_TIME, "run": WHOLE})
)
DAYS = (
    "^((19|20|21)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))|((19|20|21)(0[48]|[2468][048]|[13579][26])|2000)-02-29)$"
)
"""ISO days of the years 1900 to 2199: the days that can be asked about."""
BOUNDS = ("last_without", "first_with", "last_with", "first_without")
PROVIDER_FIELDS: Json = {"slug": TEXT, "name": TEXT}
ATTESTATION_FIELDS: Json = {
    "source": TEXT,
    "label": TEXT,
    "provider": _ref("Provider"),
    "holder": TEXT,
    "subject": MAYBE,
    "version": MAYBE,
    "scope": _list(TEXT),
    "level": MAYBE,
    "status": TEXT,
    "national_security": MAYBE_TRUTH,
    "recommendation": MAYBE,
    "issuer": MAYBE,
    "ref": MAYBE,
    "url": MAYBE,
    "valid_from": MAYBE_DAY,
    "valid_until": MAYBE_DAY,
    "extra": {"type": "object", "additionalProperties": TEXT},
    "missing_since": MAYBE_TIME,
}
ANSWER: Json = {"type": "string", "enum": [answer.value for answer in Answer]}
BASIS: Json = {"type": "string", "enum": [basis.value for basis in Basis]}
SCHEMAS: Json = {
    "Provider": _shape(PROVIDER_FIELDS),
    "Evidence": _shape({"snapshot": WHOLE, "url": TEXT, "sha256": TEXT, "place": TEXT}),
    "Neighbour": _shape({"event": WHOLE, **PROVIDER_FIELDS}),
    "Attestation": _shape(ATTESTATION_FIELDS, optional=("missing_since",)),
    "Holding": _shape(
        {**ATTESTATION_FIELDS, "answer": ANSWER, "basis": BASIS},
        optional=("missing_since", "answer", "basis"),
    ),
    "Event": _shape(
        {
            "id": WHOLE,
            "kind": {"type": "string", "enum": [kind.value for kind in Kind]},
            "weight": {"type": "string", "enum": [weight.value for weight in Weight]},
            "provider": _ref("Provider"),
            "label": TEXT,
            "source": TEXT,
            "holder": TEXT,
            "subject": MAYBE,
            "ref": MAYBE,
            "printed_ref": TEXT,
            "valid_from": MAYBE_DAY,
            "valid_until": MAYBE_DAY,
            "changes": {
                "type": "object",
                "additionalProperties": _shape({"before": SIDE, "after": SIDE}),
            },
            "expected": MAYBE_TRUTH,
            "by_rule": MAYBE_TRUTH,
            "probable_successor": _maybe(_ref("Neighbour")),
            "probable_predecessor": _maybe(_ref("Neighbour")),
            "seen_at": TIME,
            "edition_at": MAYBE_TIME,
            "cause": {"type": "string", "enum": [cause.value for cause in Cause]},
            "evidence": _ref("Evidence"),
            "attestations": _list(_ref("Attestation")),
            "retracted": _shape({"at": TIME, "reason": TEXT}),
        },
        optional=("attestations", "printed_ref", "retracted"),
    ),
    "Events": _shape({"events": _list(_ref("Event")), "next": MAYBE}),
    "Attestations": _shape({"attestations": _list(_ref("Attestation")), "next": MAYBE}),
    "Labels": _shape(
        {"labels": _list(_shape({"label": LABEL, "providers": WHOLE, "attestations": WHOLE, "read": TRUTH}))}
    ),
    "Holders": _shape(
        {
            "label": LABEL,
            "on": DAY,
            "editions": _list(
                _shape({"source": TEXT, "seen_at": TIME, "edition_at": MAYBE_TIME, "fresh": TRUTH})
            ),
            "sources": _list(
                _shape(
                    {
                        "source": TEXT,
                        "state": {"type": "string", "enum": [word.value for word in State]},
                        "missing": WHOLE,
                    }
                )
            ),
            "attestations": _list(_ref("Holding")),
        }
    ),
    "Providers": _shape(
        {"providers": _list(_shape({**PROVIDER_FIELDS, "labels": _list(LABEL), "attestations": WHOLE}))}
    ),
    "Profile": _shape(
        {
            "provider": _ref("Provider"),
            "aliases": _list(TEXT),
            "attestations": _list(_ref("Attestation")),
            "unknown": _list(LABEL),
            "events": _list(_ref("Event")),
        }
    ),
    "Race": _shape(
        {
            "standings": _list(
                _shape(
                    {
                        "provider": _ref("Provider"),
                        "label": LABEL,
                        "state": {"type": "string", "enum": [place.value for place in Place]},
                        "valid_until": MAYBE_DAY,
                        "first_end": MAYBE_DAY,
                        "attestations": _list(_ref("Attestation")),
                    }
                )
            )
        }
    ),
    "Sources": _shape(
        {
            "sources": _list(
                _shape(
                    {
                        "source": TEXT,
                        "title": TEXT,
                        "url": TEXT,
                        "state": {"type": "string", "enum": [word.value for word in State]},
                        "message": TEXT,
                        "last_look": MAYBE_TIME,
                        "last_good": MAYBE_TIME,
                        "edition_at": MAYBE_TIME,
                        "rows": COUNTS,
                        "held": _list(TEXT),
                        "coverage": {"type": ["number", "null"]},
                        "runs_failed": WHOLE,
                        "unread": COUNTS,
                    }
                )
            )
        }
    ),
    "Was": _shape(
        {
            "provider": _ref("Provider"),
            "label": LABEL,
            "date": DAY,
            "answer": ANSWER,
            "basis": BASIS,
            "sentence": TEXT,
            "bounds": _shape(dict.fromkeys(BOUNDS, SIGHTING)),
            "to_come": TRUTH,
            "ended": MAYBE_DAY,
            "source": MAYBE,
            "evidence": _list(_ref("Evidence")),
            "attestations": _list(_ref("Attestation")),
            "sources": {"type": "object", "additionalProperties": _shape({"answer": TEXT, "basis": TEXT})},
        }
    ),
    "Look": _shape(
        {
            "source": TEXT,
            "outcome": {"type": "string", "enum": [one.value for one in Outcome]},
            "message": TEXT,
            "run": WHOLE,
            "edition_at": MAYBE_TIME,
            "rows": COUNTS,
            "held": _list(TEXT),
            "events": _list(_ref("Event")),
        }
    ),
    "Wish": _shape({"source": {"type": "string", "enum": [source.name for source in SOURCES]}}),
    "Problem": _shape(
        {"type": TEXT, "title": TEXT, "status": WHOLE, "detail": TEXT, "did_you_mean": _list(TEXT)},
        optional=("did_you_mean",),
    ),
}


WORDS: Json = {"type": "string", "maxLength": 200, "pattern": "^[^\\u0000]*$"}
ASKED_DAY: Json = {"type": "string", "pattern": DAYS, "examples": ["2026-03-04"]}


def _query(name: str, schema: Json, text: str) -> Json:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


def _path(name: str, schema: Json, text: str) -> Json:
    return {"name": name, "in": "path", "required": True, "description": text, "schema": schema}


SLUG = _path(
    "slug", {"type": "string", "minLength": 1, "pattern": "^[^/\\\\?#]+$"}, "A provider's slug: `s3ns`."
)
IN_PATH = _path("label", LABEL, "A label.")
LIMIT = _query("limit", {"type": "integer", "minimum": 1, "maximum": 500}, "Rows on a page, else 100.")
FILTER = [
    _query(
        "q",
        WORDS,
        "Words of provider, holder, subject or ref.",
    ),
    _query("provider", WORDS, "A provider's slug, by today's names."),
    _query("label", {"type": "string", "enum": [*GROUPS, *LABELS]}, "A label, or `eidas`."),
    _query("kind", {"type": "string", "enum": [kind.value for kind in Kind]}, "A kind of event."),
    _query("source", {"type": "string", "enum": [source.name for source in SOURCES]}, "A source."),
    _query("since", ASKED_DAY, "Seen on this day (Paris) or later."),
    _query("until", ASKED_DAY, "Seen on this day (Paris) or earlier."),
    _query("all", {"type": "string", "enum": ["0", "1"]}, "1: first looks and readings again as well."),
    _query("before", {"type": "integer", "minimum": 1}, "The cursor: only events with a smaller number."),
]


def _answers(name: str, text: str, *also: str) -> Json:
    """The answers of one address: the good one, and the problems that it can have."""
    problems = {"400": "Not understood.", "404": "No such thing.", "429": "Too many requests.", **SPECIAL}
    asked = ("429", "503", *also)
    return {
        "200": {"description": text, "content": {"application/json": {"schema": _ref(name)}}},
        **{
            code: {
                "description": problems[code],
                "content": {"application/problem+json": {"schema": _ref("Problem")}},
            }
            for code in sorted(asked)
        },
    }


SPECIAL = {
    "401": "A token is needed.",
    "409": "A look is under way, or was overtaken.",
    "413": "The body is too long.",
    "503": "Nothing was read yet, or the memory does not answer.",
}


def _get(summary: str, schema: str, *parameters: Json, problems: tuple[str, ...] = ()) -> Json:
    found: Json = {"summary": summary, "responses": _answers(schema, summary, *problems)}
    return {"get": {**found, "parameters": list(parameters)} if parameters else found}


PATHS: Json = {
    "/events": _get(
        "Events that meet a filter, newest first; `next` is the address of the next page.",
        "Events",
        *FILTER,
        LIMIT,
        problems=("400",),
    ),
    "/events/{number}": _get(
        "One event.",
        "Event",
        _path("number", {"type": "integer", "minimum": 1}, "The event's number."),
        problems=("400", "404"),
    ),
    "/events/{number}/evidence": {
        "get": {
            "summary": "The proof of an event as one file: what `vigilabel evidence` writes.",
            "responses": {
                **_answers("Problem", "An evidence file.", "404"),
                "200": {
                    "description": "An evidence file, which `vigilabel verify` checks offline.",
                    "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
                },
            },
            "parameters": [_path("number", {"type": "integer", "minimum": 1}, "The event's number.")],
        }
    },
    "/attestations": _get(
        "Rows that stand now, candidates and archived ones included.",
        "Attestations",
        _query("label", LABEL, "A label."),
        _query("provider", WORDS, "A provider's slug."),
        LIMIT,
        _query("cursor", {"type": "integer", "minimum": 1, "maximum": 1_000_000}, "From `next`."),
        problems=("400",),
    ),
    "/labels": _get("Every label, and how many hold it.", "Labels"),
    "/labels/{label}": _get(
        "Who holds a label, now or on a day.",
        "Holders",
        IN_PATH,
        _query("on", ASKED_DAY, "A day (Paris); today unless given."),
        problems=("400", "404"),
    ),
    "/providers": _get("Every provider that holds a label now.", "Providers"),
    "/providers/{slug}": _get(
        "A provider: its rows now, its newest events.", "Profile", SLUG, problems=("404",)
    ),
    "/race": _get(
        "Where providers stand with labels.",
        "Race",
        _query(
            "provider",
            {"type": "array", "items": {"type": "string", "maxLength": 200}, "maxItems": 20},
            "Names; those that everybody asks for unless given.",
        ),
        problems=("400", "404"),
    ),
    "/was/{slug}/{label}/{day}": _get(
        "Whether a provider had a label on a day: yes, no or unknown.",
        "Was",
        SLUG,
        IN_PATH,
        _path("day", ASKED_DAY, "A day, as 2026-03-04."),
        problems=("400", "404"),
    ),
    "/sources": _get("How well each source is watched.", "Sources"),
    "/scrapes": {
        "post": {
            "summary": "A look at one source now; within the pauses that a register is owed.",
            "security": [{"token": []}],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": _ref("Wish")}},
            },
            "responses": _answers("Look", "What was seen.", "400", "401", "404", "409", "413"),
        }
    },
}

DOCUMENT: Json = {
    "openapi": "3.1.0",
    "info": {
        "title": "vigilabel",
        "version": version("vigilabel"),
        "description": "Who holds which French cloud trust label, since when, until when, and how one knows.",
        "license": {"name": "MIT", "identifier": "MIT"},
    },
    "servers": [{"url": "/api/v1"}],
    "paths": PATHS,
    "components": {
        "schemas": SCHEMAS,
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    },
}
