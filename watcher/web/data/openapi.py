"""The OpenAPI 3.1 document of the API: its addresses, and the shapes of the views that they answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any, Literal, get_type_hints

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DataclassSchema, WithDefaultSchema
from starlette.responses import JSONResponse, Response

from notifiers.said.texts import LANGUAGES
from scrapers import names
from state import search
from state.model import Kind
from state.words.countries import COUNTRIES
from state.words.labels import GROUPS, LABELS, TOGETHER
from watcher.ask.find.found import Group
from watcher.ask.views import bodies
from watcher.ask.views.events import Look
from watcher.web.asked.site import Visit
from watcher.web.data import api

Json = dict[str, Any]

API = "/api/v1"
JSON = "application/json"
REF = "#/components/schemas/{model}"


class Shapes(GenerateJsonSchema):
    """Schemas of views: objects that have these fields and no other."""

    def dataclass_schema(self, schema: DataclassSchema) -> Json:
        return {**super().dataclass_schema(schema), "additionalProperties": False}

    def default_schema(self, schema: WithDefaultSchema) -> Json:
        """The schema of a field that may be left out: then it is not there."""
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never: it would be the name once more."""
        return False


DAYS = (
    "^((19|20|21)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))|((19|20|21)(0[48]|[2468][048]|[13579][26])|2000)-02-29)$"
)
"""ISO days of the years 1900 to 2199: the days that can be asked about."""
WORDS: Json = {"type": "string", "maxLength": 200, "pattern": "^[^\\u0000]*$"}
ASKED_DAY: Json = {"type": "string", "pattern": DAYS, "examples": ["2026-03-04"]}


PROBLEMS = {
    "400": "Not understood.",
    "401": "A token is needed.",
    "404": "No such thing.",
    "409": "A look is under way, or was overtaken.",
    "413": "The body is too long.",
    "429": "Too many requests.",
    "503": "Nothing was read yet, or the memory does not answer.",
}


def _enum(*words: str) -> Json:
    return {"type": "string", "enum": [*words]}


def _query(name: str, schema: Json, text: str, *, there: str = "query", required: bool = False) -> Json:
    return {"name": name, "in": there, "required": required, "description": text, "schema": schema}


PLACES = {
    name: _query(name, schema, text, there="path", required=True)
    for name, schema, text in (
        ("number", {"type": "integer", "minimum": 1}, "The event's number."),
        (
            "slug",
            {"type": "string", "minLength": 1, "pattern": "^[^/\\\\?#]+$"},
            "A provider's slug: `s3ns`.",
        ),
        ("label", _enum(*LABELS, *TOGETHER), "A label, or labels together."),
        ("day", ASKED_DAY, "A day, as 2026-03-04."),
    )
}
NAMES = _query(
    "provider",
    {"type": "array", "items": {"type": "string", "maxLength": 200}, "maxItems": 20},
    "Names; those that everybody asks for unless given.",
)
LIMIT = _query("limit", {"type": "integer", "minimum": 1, "maximum": 500}, "Rows on a page, else 100.")
PROVIDER = _query("provider", WORDS, "One provider: its slug, or another name that means nobody else.")
LABEL = _query("label", _enum(*GROUPS, *LABELS), "A label, or `eidas`.")
COUNTRY = _query(
    "country",
    _enum(*(code.lower() for code in COUNTRIES)),
    "The state whose register it is, as the EU writes it; those that print none are French.",
)
OF_LABEL = _query(
    "label", _enum(*GROUPS, *LABELS, *TOGETHER), "A label, `eidas`, or labels by which they come together."
)
BEFORE = {"type": "integer", "minimum": 1}
SKIPPED = {
    **_query("cursor", BEFORE, "In addresses that were kept: so many rows, by name, are left out."),
    "deprecated": True,
}
LANG = _query("lang", _enum(*LANGUAGES), "The language of what people read; else English.")
"""What every address takes."""
FILTER = [
    _query("q", WORDS, "Words of provider, holder, subject or ref."),
    PROVIDER,
    OF_LABEL,
    _query("kind", _enum(*Kind), "A kind of event."),
    _query("source", _enum(*names()), "A source."),
    COUNTRY,
    _query("since", ASKED_DAY, "Seen on this day (Paris) or later."),
    _query("until", ASKED_DAY, "Seen on this day (Paris) or earlier."),
    _query("all", _enum("0", "1"), "1: first looks and readings again as well."),
    _query("before", BEFORE, "The cursor, from `next`: only events with a smaller number."),
]


def _ref(view: type) -> Json:
    return {"$ref": REF.format(model=view.__name__)}


def _answers(type: str, schema: Json, text: str, *problems: str) -> Json:
    """The answers of one address: the good one, and the problems that it can have."""
    problem = {"application/problem+json": {"schema": _ref(bodies.Problem)}}
    return {
        "200": {"description": text, "content": {type: {"schema": schema}}},
        **{
            code: {"description": PROBLEMS[code], "content": problem}
            for code in sorted({"400", "429", "503", *problems})
        },
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address of the API: what answers it, and what may be asked."""

    path: str
    ask: api.Ask
    asked: tuple[Json, ...] = ()

    @property
    def view(self) -> type:
        view: type = get_type_hints(self.ask)["return"]
        return view

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(one["name"] for one in self.asked)

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def described(self) -> Json:
        summary = self.ask.__doc__ or ""
        parameters = [*(PLACES[name] for name in self.places), *self.asked, LANG]
        # Who names something may name what is not there.
        names = [*self.places, *(part for part in self.parts if part == "provider")]
        answers = _answers(JSON, _ref(self.view), summary, *(["404"] if names else []))
        name = self.ask.__name__.removeprefix("show_")
        return {
            "get": {"operationId": name, "summary": summary, "responses": answers, "parameters": parameters}
        }


ADDRESSES = (
    Address(
        path="/search",
        ask=api.show_search,
        asked=(
            _query("q", WORDS, "Words of a name, a service, a decision, a certificate or a label."),
            _query("in", _enum(*Group), "All of one group, page by page."),
            _query(
                "from", {"type": "integer", "minimum": 1, "maximum": search.MOST}, "The cursor, from `next`."
            ),
            LIMIT,
        ),
    ),
    Address(path="/events", ask=api.show_events, asked=(*FILTER, LIMIT)),
    Address(path="/events/{number}", ask=api.show_event),
    Address(
        path="/attestations",
        ask=api.show_attestations,
        asked=(
            PROVIDER,
            LABEL,
            COUNTRY,
            _query("before", BEFORE, "The cursor, from `next`: only rows that were first seen earlier."),
            LIMIT,
            SKIPPED,
        ),
    ),
    Address(path="/labels", ask=api.show_labels),
    Address(
        path="/labels/{label}",
        ask=api.show_label,
        asked=(_query("on", ASKED_DAY, "A day (Paris); today unless given."), COUNTRY),
    ),
    Address(path="/labels/{label}/curve", ask=api.show_curve),
    Address(path="/providers", ask=api.show_providers),
    Address(path="/providers/{slug}", ask=api.show_provider),
    Address(path="/race", ask=api.show_race, asked=(NAMES,)),
    Address(path="/was/{slug}/{label}/{day}", ask=api.show_was),
    Address(path="/sources", ask=api.show_sources),
)
"""What is asked by GET and answered with a view."""
PLACED = {"type": "string", "pattern": "^([0-9]{1,15}-)?[0-9]{1,15}$", "examples": ["120", "57-118"]}
STREAM = (
    "Each message has an `id`, a type (`event`) and one line of JSON (`data`): an event, as "
    "`/events/{number}` has it. Of type `event` it was written just now, and the `id` is its number. Of type "
    "`retracted` it was taken back since, and says why; clients may never have been sent it. The first "
    "message is an `id` alone: where you stand. Whoever was cut off and comes back with his last `id` misses "
    "nothing and is told nothing twice; without one the stream begins now. Lines that begin with a colon are "
    "signs of life, every fifteen seconds; `retry` says when to come back."
)
OTHERS: Json = {
    "/events/stream": {
        "get": {
            "operationId": "stream",
            "summary": "Events as they are written, for as long as you listen (Server-Sent Events).",
            "description": STREAM,
            "responses": _answers(
                "text/event-stream",
                {"type": "string"},
                "A stream that ends when either side closes it.",
                "404",
            ),
            "parameters": [
                *(one for one in FILTER if one["name"] != "before"),
                _query(
                    "after", PLACED, "The same for who cannot set the header; 0 for all from the beginning."
                ),
                _query(
                    "Last-Event-ID", PLACED, "The `id` of the last message that you have.", there="header"
                ),
                LANG,
            ],
        }
    },
    "/events/{number}/evidence": {
        "get": {
            "operationId": "evidence",
            "summary": "The proof of an event as one file: what `vigilabel evidence` writes.",
            "responses": _answers(
                "application/zip",
                {"type": "string", "format": "binary"},
                "An evidence file, which `vigilabel verify` checks offline.",
                "404",
            ),
            "parameters": [PLACES["number"], LANG],
        }
    },
    "/scrapes": {
        "post": {
            "operationId": "look",
            "summary": "A look at one source now; within the pauses that a register is owed.",
            "security": [{"token": []}],
            "parameters": [LANG],
            "requestBody": {"required": True, "content": {JSON: {"schema": _ref(bodies.Wish)}}},
            "responses": _answers(JSON, _ref(Look), "What was seen.", "401", "404", "409", "413"),
        }
    },
}
INFO = {
    "title": "vigilabel",
    "version": version("vigilabel"),
    "description": "Who holds which French cloud trust label, since when, until when, and how one knows.",
    "license": {"name": "MIT", "identifier": "MIT"},
}


def _schemas() -> Json:
    shown = (*(one.view for one in ADDRESSES), Look, bodies.Wish, bodies.Problem)
    views: Iterator[tuple[Any, Literal["serialization"], TypeAdapter[Any]]]
    views = ((view, "serialization", TypeAdapter(view)) for view in shown)
    _, found = TypeAdapter.json_schemas(views, ref_template=REF, schema_generator=Shapes)
    for shape in found["$defs"].values():
        del shape["title"]  # its name once more
    return dict(found["$defs"])


@cache  # pydantic takes its time for the shapes, and they are the same for as long as the process lives
def document() -> Json:
    """The document; made when it is first asked for."""
    security = {"token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "servers": [{"url": API}],
        "security": [],  # nothing is asked of who reads; what needs a token says so itself
        "paths": {**{one.path: one.described for one in ADDRESSES}, **OTHERS},
        "components": {"schemas": _schemas(), "securitySchemes": security},
    }


def show_document(visit: Visit) -> Response:
    """The OpenAPI document; its server is where the site is, as far as that is set."""
    return JSONResponse({**document(), "servers": [{"url": f"{visit.site.address}{API}"}]})
