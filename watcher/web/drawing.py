"""Draws pages: the templates of each language, and how values of the model are shown in them.

Everything is escaped by default. What a register printed goes through `printed` first, links through `safe`:
only http and https lead out of a page.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never
from urllib.parse import quote

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from notifiers.said import named, wording
from notifiers.said.reasons import said as reason_said
from notifiers.said.texts import LANGUAGES
from notifiers.said.variant import changed_fields
from notifiers.said.voice import counted_together, link, unbroken, voice
from state.model import PARIS, Event, Kind, Provider, day_of
from state.names import ABROAD
from state.words.labels import paper_of
from watcher.said import condition as condition_text
from watcher.said.news import looks
from watcher.said.past import apart, bounds, part_text, said, schemes_text, together_said
from watcher.said.standing import documents
from watcher.said.standing.listing import holding, together_count
from watcher.said.standing.race import (
    cell,
    dates_text,
    edition_basis,
    note_text,
    sign_name,
    since_text,
    state_word,
    together_text,
    verdict_lines,
)
from watcher.said.told import entries, hearer
from watcher.web.data.live.told import point_now
from watcher.web.edge.language import address, language_of, same_address

if TYPE_CHECKING:
    from state.words.sizes import Size
    from watcher.ask.day import Past
    from watcher.said.told import Hearer
    from watcher.web.asked.site import Screen, Visit

ROOM = Path(__file__).parent
TYPED = re.compile("`([^`]+)`")
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


def days_left(end: date, today: date, lang: str) -> str:
    """How far an end is: "in 12 days"."""
    say, left = voice(lang), (end - today).days
    if left < 0:
        return say("page.days_ago", n=-left)
    if left > 1:
        return say("page.in_days", n=left)
    return say("page.in_one_day") if left else say("phrase.today")


def past_said(past: Past, to: Hearer) -> str:
    """What an answer about a day rests on; of labels together, since when all or which one lacks."""
    return together_said(past, to) if past.parts else said(past, to)


def sides(event: Event, lang: str) -> list[tuple[str, str, str]]:
    """The changed fields with the value before and after, as readers say them."""
    return [
        (
            named.field_name(field, lang),
            named.value_text(field, event.changes[field].before, lang),
            named.value_text(field, event.changes[field].after, lang),
        )
        for field in changed_fields(event)
    ]


def asset(name: str) -> str:
    """The address of an asset, which changes with its content."""
    return f"/static/{name}?v={ASSETS[name].version}"


def quoted(text: str) -> Markup:
    """What somebody wrote in a language of his own, as a quotation."""
    return Markup('<q lang="">{}</q>').format(named.printed(text))


def typed(text: str) -> Markup:
    """A text of ours, what is typed in it as code: it stands between backticks, as terminals show it."""
    return Markup(TYPED.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 -- escaped


def short_name(label: str, lang: str) -> str:
    """The name of a label without what it is about, for the head of a column: "PASSI"."""
    return named.label_name(label, lang).partition(" (")[0]


def _size_day(one: Size, to: Hearer) -> str:
    """The day on which others counted a list, as far as told: "21/02/2020", "avril 2022", "fin 2021"."""
    if one.within == "month":
        return str(format_date(one.day, "MMMM yyyy", to.lang))
    if one.within == "year":
        return to.say("size.year", year=str(one.day.year))
    return to.say.day(one.day)


Filters = Mapping[str, Callable[..., Any]]
IN_LANGUAGE: Filters = {
    "label": named.label_name,
    "short": short_name,
    "kind": named.kind_name,
    "event_kind": named.event_kind,
    "title": wording.title,
    "sentence": wording.sentence,
    "source": named.source_title,
    "day": named.date_text,
    "moment": moment,
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
    "trouble": condition_text.message_text,
    "held": condition_text.held_text,
    "unread_text": condition_text.unread_text,
    "notes": named.row_notes,
    "scheme": named.scheme_text,
    "evidence_place": named.evidence_place,
    "lacking": named.count_text,
    "sides": sides,
    "reason": reason_said,
    "look_head": looks.heading,
    "edition_name": looks.edition_name,
    "look_read": looks.read_on,
    "look_counts": looks.counts,
    "look_rest": looks.rest,
    "line": looks.line_text,
    "line_about": looks.line_about,
    "edition_text": wording.edition_text,
    "value_of": named.value_text,
    "country": named.country_name,
}
"""How values are shown in a language: filters of templates."""
TOLD: Filters = {
    "schemes": schemes_text,
    "standing": cell,
    "past_said": past_said,
    "past_part": part_text,
    "held_together": together_text,
    "held_since": since_text,
    "both_counted": together_count,
    "noted_by": note_text,
    "bounds": bounds,
    "held_on": holding,
    "sign": sign_name,
    "state_word": state_word,
    "verdict": verdict_lines,
    "edition": edition_basis,
    "dates": dates_text,
    "entries": entries,
    "document_says": documents.what_text,
    "document_days": documents.days_text,
    "document_file": documents.file_text,
    "document_word": documents.written_text,
    "apart": apart,
    "size_day": _size_day,
}
"""The same, said to a hearer."""
PLAIN: Filters = {
    "printed": named.printed,
    "quoted": quoted,
    "typed": typed,
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
        undefined=StrictUndefined,  # else a misspelt value is drawn as nothing
        auto_reload=False,  # it asks the disk for each page
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= PLAIN
    made.filters |= {name: _filling(function, lang) for name, function in IN_LANGUAGE.items()}
    made.filters |= {name: _filling(function, hearer(lang)) for name, function in TOLD.items()}
    made.globals |= {"say": voice(lang), "lang": lang, "house": LANGUAGES[0], "asset": asset}
    # All now: the first readers would wait for them, and a broken one should end the start, not a page.
    for template in made.list_templates():
        made.get_template(template)
    return made


def _filling(function: Callable[..., Any], last: object) -> Callable[..., Any]:
    """A function as a filter: whom it speaks to is its last argument."""
    return lambda *given: function(*given, last)


ENVIRONMENTS = {lang: _environment(lang) for lang in LANGUAGES}


def draw(visit: Visit, screen: Screen) -> Response:
    """The page, in the language of the visit."""
    usual = {"now": visit.archive.now, "today": visit.today, "retracted": visit.retracted}
    usual |= {"heard": partial(point_now, visit.store), "behind": visit.behind}
    return draw_for(visit.request, screen.template, screen.status, **usual, **screen.values)


def draw_for(request: Request, template: str, status: int, **values: Any) -> Response:
    """A page that is made of these values alone; it needs no memory."""
    lang, chosen = language_of(request)
    site: str = request.app.state.site.address
    # Where each reader is given his own language, then this page in each of them.
    own, there = (
        same_address(request, lang=None),
        {code: same_address(request, lang=code) for code in LANGUAGES},
    )
    page = ENVIRONMENTS[lang].get_template(template)
    text = page.render(
        here=request.url.path,
        to=partial(_to, lang if chosen else None),
        others=[(code, voice(code)("page.language"), there[code]) for code in LANGUAGES if code != lang],
        canonical=site and site + quote("/" + request.url.path.lstrip("/")),
        site=site,
        alternates=[*there.items(), ("x-default", own)] if site else (),
        **values,
    )
    return HTMLResponse(
        counted_together(unbroken(text)), status, {"Content-Language": lang, "Vary": "Accept-Language"}
    )


def _to(lang: str | None, path: str, **query: object) -> str:
    """An address on this site that keeps the language, where the reader chose one."""
    return address(path, {**query, "lang": lang})
