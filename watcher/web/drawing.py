"""Draws pages: the templates of each language, and how values of the model are shown in them.

Everything is escaped by default. What a register printed goes through `printed` first, links through `safe`:
only http and https lead out of a page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never
from urllib.parse import quote

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from notifiers.said import named, wording
from notifiers.said.reasons import said as reason_said
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import counted_together, link, unbroken, voice
from state.model import PARIS, Event, Kind, Provider, day_of
from state.names import ABROAD
from state.words.labels import paper_of
from watcher.said import condition as condition_text
from watcher.said.news import looks
from watcher.said.past import apart, bounds, part_text, said, schemes_text, together_said
from watcher.said.standing import documents, sizes
from watcher.said.standing.listing import holding, together_count
from watcher.said.standing.race import cell, entries, note_text, since_text, state_word, together_text
from watcher.said.standing.verdict import dates_text, edition_basis, sign_name, verdict_lines
from watcher.said.told import hearer
from watcher.web.data.live.told import point_now
from watcher.web.edge.language import address, language_of, same_address

if TYPE_CHECKING:
    from watcher.ask.day import Past
    from watcher.ask.past.daybook import Holding
    from watcher.ask.past.was import Finding
    from watcher.ask.standing.race import Standing
    from watcher.ask.standing.together import Held, Holders
    from watcher.web.asked.site import Screen, Visit

Where = tuple[str, Mapping[str, str]]
"""An address on this site: its path and its query."""
ROOM = Path(__file__).parent
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file that pages refer to, held in memory: no request ever reaches the disk."""

    body: bytes
    type: str
    version: str


def _assets() -> Mapping[str, Asset]:
    files = [path for path in (ROOM / "static").rglob("*") if path.suffix in TYPES]
    return {
        path.name: Asset(
            body=path.read_bytes(),
            type=TYPES[path.suffix],
            version=hashlib.sha256(path.read_bytes()).hexdigest()[:12],
        )
        for path in files
    }


ASSETS = _assets()


def tone(kind: Kind) -> str:
    """Which way an event points: good, bad, soon or plain. Colour repeats it, words say it."""
    match kind:
        case Kind.GAINED | Kind.SERVICE_ADDED | Kind.SCOPE_EXTENDED | Kind.RENEWED | Kind.CANDIDATE_LISTED:
            return "good"
        case Kind.LOST | Kind.SERVICE_REMOVED | Kind.SCOPE_REDUCED | Kind.SHORTENED | Kind.EXPIRED:
            return "bad"
        case Kind.EXPIRING | Kind.CANDIDATE_DELISTED:
            return "soon"
        case Kind.LEVEL_CHANGED | Kind.REISSUED | Kind.RENAMED | Kind.RECOMMENDATION_CHANGED | Kind.AMENDED:
            return "plain"
    assert_never(kind)


def home_of(provider: Provider) -> str:
    """The state in the slug of a provider whom our registers do not know, "" for any other: names say nothing
    across states."""
    return provider.slug.rpartition(ABROAD)[2] if ABROAD in provider.slug else ""


def event_tone(event: Event) -> str:
    """Which way an event points; what was there at a first reading, or misread, points nowhere."""
    return tone(event.kind) if event.cause.told else "plain"


def explained(label: str, lang: str) -> str:
    """What a label is, in one plain sentence; "" for one that nobody explained."""
    say, key = voice(lang), f"{label}.explained"
    return say.each("label", key) if say.knows("label", key) else ""


def moment(at: datetime, lang: str) -> str:
    """A day and time in Paris as readers write them."""
    local = at.astimezone(PARIS)
    day = named.date_text(local.date(), lang)
    return voice(lang)("page.moment", day=day, time=f"{local:%H:%M}")


def month(first: str, lang: str) -> str:
    """A month, given as 2026-03, as readers write it: "mars 2026"."""
    return format_date(date.fromisoformat(f"{first}-01"), "MMMM\u00a0yyyy", lang)


def short_month(day: date, lang: str) -> str:
    """A month on an axis: "mars 26"."""
    return format_date(day, "MMM\u00a0yy", lang)


def number(value: float, lang: str) -> str:
    """A figure as readers write it: 2, 0,7 in French."""
    return voice(lang).decimal(value)


def days_left(end: date, today: date, lang: str) -> str:
    """How far an end is: "in 12 days"."""
    say, left = voice(lang), (end - today).days
    if left < 0:
        return say("page.days_ago", n=-left)
    if left > 1:
        return say("page.in_days", n=left)
    return say("page.in_one_day") if left else say("phrase.today")


def standing(one: Standing, lang: str) -> str:
    """Where a provider stands with a label."""
    return cell(one, hearer(lang))


def past_said(past: Past, lang: str) -> str:
    """What an answer about a day rests on; of labels together, since when all or which one lacks."""
    return together_said(past, hearer(lang)) if past.parts else said(past, hearer(lang))


def past_part(past: Past, lang: str) -> str:
    """The answer for one of labels together."""
    return part_text(past, hearer(lang))


def held_together(held: Held, lang: str) -> str:
    """Since when several labels are held at once, until when, and by whose note."""
    return together_text(held, hearer(lang))


def held_since(held: Held, lang: str) -> str:
    """Since when several labels are held at once."""
    return since_text(held, hearer(lang))


def both_counted(found: Holders, lang: str) -> str:
    """How many have several labels at once, now and from a day to come on."""
    return together_count(found, hearer(lang))


def noted_by(held: Held, lang: str) -> str:
    """By whose note they are."""
    return note_text(held.noted, hearer(lang))


def past_bounds(finding: Finding, lang: str) -> Sequence[tuple[str, str]]:
    """The sightings around a day."""
    return bounds(finding, hearer(lang))


def held_on(row: Holding, lang: str) -> str:
    """What is known of a row on a day."""
    return holding(row, hearer(lang))


def entries_said(scope: Sequence[str], label: str, lang: str) -> str:
    """What rows of a label cover, short."""
    return entries(label, scope, hearer(lang))


def value_of(value: str, fact: str, lang: str) -> str:
    """A value of a fact that lists are filtered by."""
    return named.value_text(fact, value, lang)


def sides(event: Event, lang: str) -> list[tuple[str, str, str]]:
    """The changed fields with the value before and after, as readers say them."""
    return [
        (
            named.field_name(field, lang),
            named.value_text(field, event.changes[field].before, lang),
            named.value_text(field, event.changes[field].after, lang),
        )
        for field in wording.changed_fields(event)
    ]


def asset(name: str) -> str:
    """The address of an asset, which changes with its content."""
    return f"/static/{name}?v={ASSETS[name].version}"


def quoted(text: str) -> Markup:
    """What somebody wrote in a language of his own, as a quotation."""
    return Markup('<q lang="">{}</q>').format(named.printed(text))


def short_name(label: str, lang: str) -> str:
    """The name of a label without what it is about, for the head of a column: "PASSI"."""
    return named.label_name(label, lang).partition(" (")[0]


def _heard(function: Callable[..., Any]) -> Callable[..., Any]:
    """What is said to a hearer, as a filter: its language comes last."""
    return lambda value, *more: function(value, *more[:-1], hearer(more[-1]))


IN_LANGUAGE: Mapping[str, Callable[..., Any]] = {
    "label": named.label_name,
    "short": short_name,
    "kind": named.kind_name,
    "event_kind": named.event_kind,
    "title": wording.title,
    "sentence": wording.sentence,
    "source": named.source_title,
    "day": named.date_text,
    "moment": moment,
    "number": number,
    "short_month": short_month,
    "month": month,
    "source_of": named.source_of,
    "left": days_left,
    "subject": named.subject_text,
    "scope": named.scope_text,
    "ref": named.ref_text,
    "place": named.place_text,
    "status": named.status_name,
    "level": named.level_text,
    "validity": named.validity_text,
    "explained": explained,
    "state": condition_text.state_name,
    "reasons": condition_text.reasons,
    "unread_text": condition_text.unread_text,
    "notes": named.row_notes,
    "scheme": named.scheme_text,
    "schemes": _heard(schemes_text),
    "evidence_place": named.evidence_place,
    "lacking": named.count_text,
    "sides": sides,
    "standing": standing,
    "past_said": past_said,
    "past_part": past_part,
    "held_together": held_together,
    "held_since": held_since,
    "both_counted": both_counted,
    "noted_by": noted_by,
    "bounds": past_bounds,
    "held_on": held_on,
    "sign": _heard(sign_name),
    "state_word": _heard(state_word),
    "reason": reason_said,
    "verdict": _heard(verdict_lines),
    "edition": _heard(edition_basis),
    "dates": _heard(dates_text),
    "entries": entries_said,
    "look_head": looks.heading,
    "edition_name": looks.edition_name,
    "look_read": looks.read_on,
    "look_counts": looks.counts,
    "look_rest": looks.rest,
    "line": looks.line_text,
    "line_about": looks.line_about,
    "edition_text": wording.edition_text,
    "value_of": value_of,
    "country": named.country_name,
    "document_says": _heard(documents.what_text),
    "document_days": _heard(documents.days_text),
    "document_file": _heard(documents.file_text),
    "document_word": _heard(documents.written_text),
    "apart": _heard(apart),
    "size_day": _heard(sizes.day_text),
}
"""How values are shown in a language: filters of templates."""
PLAIN: Mapping[str, Callable[..., Any]] = {
    "printed": named.printed,
    "quoted": quoted,
    "safe_link": link,
    "tone": tone,
    "event_tone": event_tone,
    "day_of": day_of,
    "paper": paper_of,
    "home_of": home_of,
}
"""How values are shown in all of them."""


def _environment(lang: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {name: partial(_said, function, lang) for name, function in IN_LANGUAGE.items()}
    made.filters |= PLAIN
    made.globals |= {"say": voice(lang), "lang": lang, "house": LANGUAGES[0], "asset": asset}
    for template in made.list_templates():
        made.get_template(template)
    return made


def _said(function: Any, lang: str, value: Any, *more: Any) -> Any:
    return function(value, *more, lang)


ENVIRONMENTS = {lang: _environment(lang) for lang in LANGUAGES}


def draw(visit: Visit, screen: Screen) -> Response:
    """The page, in the language of the visit."""
    usual = {"now": visit.archive.now, "today": visit.today, "retracted": visit.retracted}
    usual |= {"heard": partial(point_now, visit.store), "behind": visit.behind}
    return _page(visit.request, screen.template, screen.status, **usual, **screen.values)


def draw_alone(
    request: Request, status: int, heading: str, said: str, close: Sequence[tuple[str, Where | None]] = ()
) -> Response:
    """A page that says what is wrong, and where what may have been meant is; it needs no memory."""
    return _page(request, "trouble.html", status, heading=heading, said=said, close=close)


def draw_for(request: Request, template: str, status: int, **values: Any) -> Response:
    """A page that is made of these values alone; it needs no memory."""
    return _page(request, template, status, **values)


def _page(request: Request, template: str, status: int, **values: Any) -> Response:
    lang, chosen = language_of(request)
    here: str = request.app.state.site.address
    text = (
        ENVIRONMENTS[lang]
        .get_template(template)
        .render(
            here=request.url.path,
            to=partial(_to, lang if chosen else None),
            others=_others(request, lang),
            canonical=here and here + quote("/" + request.url.path.lstrip("/")),
            site=here,
            alternates=_alternates(request),
            **values,
        )
    )
    return HTMLResponse(
        counted_together(unbroken(text)), status, {"Content-Language": lang, "Vary": "Accept-Language"}
    )


def _others(request: Request, lang: str) -> list[tuple[str, str, str]]:
    """The other languages: the code, its own name for itself, and this page in it."""
    return [
        (code, voice(code)("page.language"), same_address(request, lang=code))
        for code in LANGUAGES
        if code != lang
    ]


def _alternates(request: Request) -> list[tuple[str, str]]:
    """This page in every language, itself among them, and where each reader is given his own."""
    here = request.app.state.site.address
    there = [(code, here + same_address(request, lang=code)) for code in LANGUAGES]
    return [*there, ("x-default", here + same_address(request, lang=None))] if here else []


def _to(lang: str | None, path: str, **query: object) -> str:
    """An address on this site that keeps the language, where the reader chose one."""
    return address(path, {**query, "lang": lang})
