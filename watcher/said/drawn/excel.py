"""Lists as Excel opens them in France: a byte order mark, semicolons, French heads, words and days.

For people alone: programs read the plain CSV, whose columns are a contract. A comma parts decimals in France,
so Excel there takes a file with commas for one column; without the mark it takes UTF-8 for Latin letters.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from notifiers.said import named
from notifiers.said.voice import link, voice
from state.model import PARIS, PRINTED_REF
from state.words.labels import ALWAYS
from watcher.ask.views.events import Event
from watcher.ask.views.held import Holding
from watcher.ask.views.mine import Mine, Stand
from watcher.ask.views.rows import Row
from watcher.ask.views.standings import Together
from watcher.said.drawn.table import cell

if TYPE_CHECKING:
    from state.model import FieldChange

LANG = "fr"
"""Excel reads such a file where it speaks French, whatever the language of the page."""
MARK = "\ufeff"


def _row_columns(row: Row, base: str) -> Mapping[str, object]:
    lang = LANG
    return {
        "provider": row.provider.name,
        "holder": row.holder,
        "label": named.label_name(row.label, lang),
        "service": row.subject,
        "version": row.version,
        "scope": named.scope_text(row.scope, lang),
        "level": named.level_text(row, lang),  # type: ignore[arg-type]  # a row reads as an attestation
        "status": named.status_name(row.status, lang),
        "number": row.extra.get(PRINTED_REF) or row.ref,
        "from": row.valid_from,
        "until": row.valid_until,
        "issuer": row.issuer,
        "to_confirm": row.missing_since,
        "register": named.source_title(row.source, lang),
        "document": link(row.url),
        "page": f"{base}/providers/{row.provider.slug}" if base else None,
    }


def _holding_columns(row: Holding, base: str) -> Mapping[str, object]:
    say = voice(LANG)
    then = {
        "that_day": say.each("page.answer", row.answer),
        "basis": say.each("page.basis", row.basis),
    }
    return {**then, **_row_columns(row, base)}


def _event_columns(event: Event, base: str) -> Mapping[str, object]:
    lang = LANG
    changes = (_change(name, one) for name, one in event.changes.items())
    return {
        "event": event.id,
        "seen": event.seen_at,
        "edition": event.edition_at.astimezone(PARIS).date() if event.edition_at else None,
        "kind": named.kind_name(event.kind, lang),
        "weight": voice(lang).each("page.weight", event.weight),
        "provider": event.provider.name,
        "holder": event.holder,
        "label": named.label_name(event.label, lang),
        "service": event.subject,
        "number": event.printed_ref or event.ref,
        "from": event.valid_from,
        "until": event.valid_until,
        "changes": " ; ".join(changes),
        "cause": voice(lang).each("page.cause", event.cause),
        "taken_back": event.retracted.reason if event.retracted else None,
        "register": named.source_title(event.source, lang),
        "document": link(event.evidence.url),
        "place": event.evidence.place,
        "page": f"{base}/events/{event.id}" if base else None,
    }


def _change(name: str, one: FieldChange) -> str:
    before, after = (named.value_text(name, value, LANG) for value in (one.before, one.after))
    return f"{named.field_name(name, LANG)} : {before} → {after}"


def _mine_columns(one: Mine, base: str) -> Mapping[str, object]:
    told: dict[str, object] = {
        "asked": one.asked,
        "provider": one.provider.name if one.provider else None,
        "close": " ; ".join(one.close),
    }
    for label, stand in (("secnumcloud", one.secnumcloud), ("hds", one.hds)):
        told |= {f"{label}_{name}": value for name, value in _stand(stand).items()}
    for both in one.together:
        plain = both.sign.value == both.state.value
        prefix, code = ("together_place", both.state) if plain else ("verdict_sign", both.sign)
        told |= {"both_state": voice(LANG).each(prefix, code), "both_since": both.since}
        told["both_until"] = both.valid_until
    slug = one.provider.slug if one.provider else ""
    return {**dict.fromkeys(_OF_BOTH), **told, "page": f"{base}/providers/{slug}" if base and slug else None}


def _together_columns(one: Together, base: str) -> Mapping[str, object]:
    say = voice(LANG)
    told: dict[str, object] = {
        "provider": one.provider.name,
        "both_state": say.each("verdict_sign", "begins")
        if one.to_come
        else say.each("together_held", one.answer),
        "both_since": one.since,
        "printed": say("together.printed" if one.since_printed else "together.seen_only"),
        "both_until": one.valid_until,
    }
    for label in ALWAYS:
        own = [row for row in one.attestations if row.label == label]
        told[f"{label}_from"] = min((row.valid_from for row in own if row.valid_from), default=None)
        ends = [row.valid_until for row in own]
        told[f"{label}_until"] = max(filter(None, ends)) if own and all(ends) else None
    told["noted"] = " ; ".join(f"{note.provider_name} → {note.host_name} ({note.by})" for note in one.noted)
    return {**told, "page": f"{base}/providers/{one.provider.slug}" if base else None}


def _stand(stand: Stand | None) -> Mapping[str, object]:
    if stand is None:
        return dict.fromkeys(_OF_STAND)
    return {
        # As the page says it: a row whose printed end is past, or that waits to be confirmed, is not "held".
        "state": voice(LANG).each("verdict_sign", stand.sign),
        "scope": named.scope_text(stand.scope, LANG),
        "from": stand.valid_from,
        # Of several certificates the last end alone would hide the one that is near.
        "first_end": stand.first_end,
        "until": stand.valid_until,
        "rows": stand.rows,
    }


_LINES: Mapping[type, Callable[[Any, str], Mapping[str, object]]] = {
    Row: _row_columns,
    Holding: _holding_columns,
    Event: _event_columns,
    Mine: _mine_columns,
    Together: _together_columns,
}
_OF_ROWS = (
    *("provider", "holder", "label", "service", "version", "scope", "level", "status", "number"),
    *("from", "until", "issuer", "to_confirm", "register", "document", "page"),
)
_OF_STAND = ("state", "scope", "from", "first_end", "until", "rows")
_OF_BOTH = ("both_state", "both_since", "both_until")
_STANDS = [f"{label}_{name}" for label in ("secnumcloud", "hds") for name in _OF_STAND]
HEADS: Mapping[type, Sequence[str]] = {
    Row: _OF_ROWS,
    Holding: ("that_day", "basis", *_OF_ROWS),
    Event: (
        *("event", "seen", "edition", "kind", "weight", "provider", "holder", "label", "service", "number"),
        *("from", "until", "changes", "cause", "taken_back", "register", "document", "place", "page"),
    ),
    Mine: ("asked", "provider", "close", *_STANDS, *_OF_BOTH, "page"),
    Together: (
        *("provider", "both_state", "both_since", "printed", "both_until"),
        *(f"{label}_{name}" for label in ALWAYS for name in ("from", "until")),
        *("noted", "page"),
    ),
}
"""The keys of the heads, by what a line shows."""


def excel_head(kind: type) -> str:
    """The mark, and the line of heads."""
    say = voice(LANG)
    return MARK + _written([[say.each("excel", key) for key in HEADS[kind]]])


def excel_lines(views: Iterable[object], kind: type, base: str) -> str:
    """A line for each view; `base` is the address that links lead to, "" where none is set."""
    lines = (_LINES[kind](view, base) for view in views)
    return _written([[_cell(line[key]) for key in HEADS[kind]] for line in lines])


def _written(lines: Iterable[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerows(lines)
    return written.getvalue()


def _cell(value: object) -> str:
    """A value as people in France write it; no cell is a formula."""
    if isinstance(value, datetime):
        return f"{value.astimezone(PARIS):%d/%m/%Y %H:%M}"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else cell(value)
