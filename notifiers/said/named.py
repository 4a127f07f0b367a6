"""How things are called: labels, kinds, fields, statuses, sources and days; what a row prints, and what must
stand beside a row or an event so that nobody reads more into it than was seen.

What comes from a register is cleaned (`voice.clean`) and else verbatim; escaping for Slack, HTML or a
terminal is the caller's. A row that is printed is not always a label held, and one that the last reading
does not show may be gone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby

from notifiers.said.voice import clean, clip, voice
from state.model import NOT_STANDING, TAKEN_OVER_BY, Attestation, Cause, Event, Kind, Known, Version, day_of
from state.names import print_key
from state.words.labels import rank_of, scheme_of

SHA_SHOWN = 12
"""How much of a fingerprint is shown: enough to compare by eye."""
NAME_LIMIT = 240  # no name of any register comes near; keeps one hostile cell from filling a message
# Numbered anew each year; some are printed in a later version ("2025_20070v4").
NUMBERED = re.compile(r"(\d{4})_(\d+(?:v\d+)?)")
FINGERPRINT = re.compile(r"[0-9a-fA-F]{64}(?= \(\d+\)$|$)")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
DAYS = ("valid_from", "valid_until", "status_to_come_on")
LABEL_PARTS = ("name", "mark", "thing", "things", "paper", "gender", "state")
MODEL = "secnumcloud"
"""The label whose words serve for one that we have no words for."""
SAYS_NOTHING = frozenset({"sans objet"})
"""Levels that are printed where there is none to print (half of the PASSI rows): shown to nobody."""
IN_THE_LIST = re.compile(r"provider (\d+) \((.*)\), service (\d+)", re.DOTALL)
"""How the reader of the trusted list names a place in it."""
SIMPLY_LISTED = ("listed", "granted")
RECOMMENDATIONS = {"green": "optimal", "orange": "moderate", "red": "critical"}
"""ANSSI's ticks by their colour, and the levels that they stand for (foreword of the catalogue)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """How a label is said: `name` alone, `mark` as the object of a verb, `thing` for one row of it.

    `things` is its plural, `paper` what the authority issues, `state` what the label makes of a thing
    ("certified"), `gender` that of `thing`: f, m or n.
    """

    name: str
    mark: str
    thing: str
    things: str
    paper: str
    gender: str
    state: str

    @property
    def e(self) -> str:
        """What French words about the thing end in."""
        return "e" if self.gender == "f" else ""


def printed(text: str) -> str:
    """A printed value on one line, harmless to look at, cut when it is absurdly long."""
    return clip(clean(text), NAME_LIMIT)


@lru_cache(maxsize=256)  # asked for several times for each sentence
def label_of(label: str, lang: str) -> Label:
    """How a label is said; a label that no table knows is said by its own code."""
    say = voice(lang)
    known = say.knows("label", f"{label}.name")
    name = "" if known else printed(label)
    texts = {part: say.each("label", f"{label if known else MODEL}.{part}") for part in LABEL_PARTS}
    return Label(**(texts if known else {**texts, "name": name, "mark": name}))


def label_name(label: str, lang: str) -> str:
    """The name of a label as readers know it: "SecNumCloud", "PASSI (audit)"."""
    return label_of(label, lang).name


def kind_name(kind: Kind, lang: str) -> str:
    """A kind in a few words: "no longer listed"."""
    return voice(lang).each("kind", kind)


def field_name(field: str, lang: str) -> str:
    """The name of a compared field; a column we have no word for keeps its printed head."""
    code = field.removeprefix("extra.")
    say = voice(lang)
    return say.each("field", code) if say.knows("field", code) else printed(code)


def scope_name(entry: str, lang: str) -> str:
    """One entry of a scope: as printed in French, known French heads translated in English."""
    text = printed(entry)
    if text.isdigit():
        return voice(lang)("phrase.activity", number=text)
    return _glossed(text, lang)


def _glossed(text: str, lang: str) -> str:
    """A value that registers print in French, explained to those who do not read it."""
    say, key = voice(lang), text.replace("'", "’")
    glossed = say.each("value", key) if say.knows("value", key) else key
    return text if glossed == key else glossed


def status_name(status: str, lang: str) -> str:
    """The name of a status or of ANSSI's tick; unknown ones as printed."""
    code, say = RECOMMENDATIONS.get(status, status), voice(lang)
    return say.each("status", code) if say.knows("status", code) else printed(status)


def country_name(country: str, lang: str) -> str:
    """The name of a state by its code; unknown codes as printed."""
    say, code = voice(lang), country.upper()
    return say.each("country", code) if say.knows("country", code) else printed(country)


def status_kept(status: str, lang: str) -> str:
    """A status beside the data of a command: its name, in English the code that the data has."""
    return status if lang == "en" else status_name(status, lang)


def source_title(source: str, lang: str) -> str:
    """The short title of a source; one we have no word for keeps its name."""
    say = voice(lang)
    if say.knows("source", f"{source}.title"):
        return say.each("source", f"{source}.title")
    country = _list_of(source, lang)
    return say.each("source", "tl-state.title", country=country) if country else printed(source)


def _list_of(source: str, lang: str) -> str:
    """The state whose trusted list a source reads, "" for any other source."""
    say, code = voice(lang), source.removeprefix("tl-").upper()
    return say.each("country", code) if source.startswith("tl-") and say.knows("country", code) else ""


def date_text(day: date, lang: str) -> str:
    """A day as readers write it: 04/03/2026, or 4 Mar 2026 in English."""
    return voice(lang).day(day)


def ref_text(attestation: Attestation, lang: str) -> str:
    """The authority's identifier as a reader would quote it, "" when there is none.

    ANSSI's decisions are numbered anew each year: "2025_2057" is said "décision n° 2057 de 2025". Every other
    ref is verbatim, but for those of trusted lists: a fingerprint, which nobody quotes whole, or an address.
    """
    if not attestation.ref:
        return ""
    say, ref = voice(lang), printed(attestation.printed_ref or "")
    fingerprint = FINGERPRINT.search(ref)
    if fingerprint:
        return say("phrase.fingerprint", start=fingerprint[0][:SHA_SHOWN])
    kind = attestation.extra.get("service_type", "")
    if kind and ref.startswith(f"{kind} "):  # a service without a certificate: by what else its list names it
        return say("phrase.identifier", identifier=clip(ref.removeprefix(f"{kind} ").partition(" ")[2], 80))
    numbered = NUMBERED.fullmatch(ref)
    if numbered:
        return say("phrase.decision_of_year", year=numbered[1], number=numbered[2])
    return say("phrase.paper", paper=label_of(attestation.label, lang).paper, ref=clip(ref, 80))


def validity_text(attestation: Attestation, lang: str) -> str:
    """From when until when, as far as printed: "du 17/12/2025 au 17/12/2028". The last day is one held.

    Where an end is announced, its day is printed, and no longer held: "du …, fin annoncée pour le …".
    """
    start, end, say = attestation.valid_from, attestation.valid_until, voice(lang)
    if end and end != attestation.last_day:
        begun = say("phrase.from", start=start) if start else ""
        return ", ".join(filter(None, (begun, say("phrase.end_to_come", day=end))))
    if start and end:
        return say("phrase.from_to", start=start, end=end)
    if end:
        return say("phrase.until", end=end)
    return say("phrase.from", start=start) if start else ""


def subject_text(attestation: Attestation, lang: str) -> str:
    """The service or product as printed, with its version: "" when the register prints neither."""
    version = printed(attestation.version) if attestation.version else ""
    if not attestation.subject:
        return voice(lang)("phrase.version", version=version) if version else ""
    return f"{printed(attestation.subject)} {version}".strip()


def scope_text(scope: tuple[str, ...], lang: str) -> str:
    """The entries of the scope, one after the other; bare numbers together: "activités 1, 2, 5"."""
    numbers = [entry for entry in scope if entry.isdigit()]
    if len(numbers) > 1 and len(numbers) == len(scope):
        return voice(lang)("phrase.activities", numbers=", ".join(numbers))
    return ", ".join(scope_name(entry, lang) for entry in scope)


def value_text(field: str, value: str | bool | tuple[str, ...] | None, lang: str) -> str:
    """One side of a change: dates as readers write them, yes and no, entries of a scope, else as printed."""
    say = voice(lang)
    if value is None or value in ("", ()):
        return say("value.none")
    if isinstance(value, bool):
        return say("value.true") if value else say("value.false")
    if isinstance(value, tuple):
        return scope_text(value, lang)
    if field in DAYS and ISO_DAY.fullmatch(value):
        return say.day(date.fromisoformat(value))
    if field in ("status", "status_to_come", "recommendation"):
        return status_name(value, lang)
    if field == "country":
        return country_name(value, lang)
    return _glossed(printed(value), lang)


def source_of(source: str, lang: str) -> str:
    """What an edition is an edition of: "of the ANSSI catalogue"."""
    say = voice(lang)
    if say.knows("source", f"{source}.of"):
        return say.each("source", f"{source}.of")
    if country := _list_of(source, lang):
        return say.each("source", "tl-state.of", country=country)
    return say("phrase.unknown_of", text=say("phrase.quoted", text=printed(source)))


def level_text(attestation: Attestation, lang: str) -> str:
    """The level as printed, "" where there is none, or what is printed says nothing."""
    if not attestation.level or print_key(attestation.level) in SAYS_NOTHING:
        return ""
    return voice(lang)("phrase.level", level=value_text("level", attestation.level, lang))


def issuer_text(attestation: Attestation, lang: str) -> str:
    """Who issued the certificate, where the register says so."""
    if not attestation.issuer:
        return ""
    return voice(lang)("phrase.of_issuer", issuer=printed(attestation.issuer))


def shortened(names: list[str], lang: str, most: int = 5) -> str:
    """The first names of a list and how many more there are."""
    say, more = voice(lang), len(names) - most
    if more <= 0:
        return ", ".join(names)
    rest = say.count("phrase.and_more", more)
    return f"{', '.join(names[:most])} {rest}"


# What must stand beside a row, or an event


def row_notes(version: Version, lang: str) -> Mapping[str, str]:
    """What must stand beside a row: its `status`, what is `to_come`, that it is `missing`, and by whom it is
    `taken_over`, where so."""
    row = version.known.attestation
    absent = missing_text(version.known, lang) if version.until is None else ""
    said = {"status": status_text(row, lang), "to_come": to_come_text(row, lang), "missing": absent}
    said["taken_over"] = taken_over_text(row, lang)
    return {name: text for name, text in said.items() if text}


def event_kind(event: Event, lang: str) -> str:
    """What kind of event it is in a few words; what a first reading or a better reader found is no change."""
    by_cause = {Cause.BASELINE: "first_reading", Cause.REREADING: "read_again"}
    if event.cause in by_cause:
        return voice(lang).each("phrase", by_cause[event.cause])
    return kind_name(event.kind, lang)


def status_text(row: Attestation, lang: str) -> str:
    """The status of a row that is more than listed, "" for one that is simply held."""
    return "" if row.status in SIMPLY_LISTED else status_name(row.status, lang)


def to_come_text(row: Attestation, lang: str) -> str:
    """What is printed for a day still to come: "fin annoncée pour le 18/01/2027"."""
    say = voice(lang)
    if row.status == "announced" and row.valid_from:
        return say("phrase.start_to_come", day=row.valid_from)
    if row.extra.get("status_to_come") not in NOT_STANDING or not row.stands:
        return ""
    day = date.fromisoformat(row.extra["status_to_come_on"])
    return say("phrase.end_to_come", day=day)


def taken_over_text(row: Attestation, lang: str) -> str:
    """Who has taken a service over, as the register prints it; "" where it names nobody."""
    by = row.extra.get(TAKEN_OVER_BY)
    return voice(lang)("phrase.taken_over", by=printed(by)) if by else ""


def scheme_text(row: Attestation, lang: str) -> str:
    """The European scheme under which a product is certified, "" for any other row."""
    scheme = scheme_of(row)
    return voice(lang).each("phrase", scheme) if scheme else ""


def missing_text(known: Known, lang: str) -> str:
    """That the last reading does not show a row, or shows it ended, to be confirmed; "" for other rows."""
    if known.missing_since is None:
        return ""
    say, day = voice(lang), day_of(known.missing_since)
    if known.shown_as:
        return say("phrase.shown_as", day=day, status=status_name(known.shown_as, lang))
    return say.count("phrase.missing", max(known.missing_looks, 1), day=day)


def count_text(missing: int, lang: str) -> str:
    """How many rows of a label wait to be confirmed: "3 rows to be confirmed by another reading"."""
    return voice(lang).count("phrase.to_confirm", missing)


def missing_lines(known: Sequence[Known], lang: str) -> tuple[str, ...]:
    """The rows that the last reading lacks, or shows ended, a line for each label: who, and since when."""
    absent = [row for row in known if row.missing_since is not None]
    absent.sort(
        key=lambda row: (rank_of(row.attestation.label), row.attestation.label, row.shown_as, row.row)
    )
    return tuple(
        _missing_line(label, status, list(own), lang)
        for (label, status), own in groupby(absent, key=lambda row: (row.attestation.label, row.shown_as))
    )


def _missing_line(label: str, status: str, rows: Sequence[Known], lang: str) -> str:
    say = voice(lang)
    days = [day_of(row.missing_since) for row in rows if row.missing_since is not None]
    names = list(dict.fromkeys(printed(row.provider.name) for row in rows))
    if status:
        said = say.count("phrase.rows_shown", len(rows), day=min(days), status=status_name(status, lang))
    else:
        said = say.count("phrase.rows_missing", len(rows), day=min(days))
    colon = say("phrase.colon")
    return f"{label_name(label, lang)}{colon}{said}{colon}{shortened(names, lang)}"


def place_text(place: str, lang: str) -> str:
    """Where a document shows something. The trusted list numbers nothing itself: its reader does, in English
    words that the memory keeps, for they are sealed in its chain."""
    found = IN_THE_LIST.fullmatch(place)
    if found is None:
        return place
    say, (provider, name, service) = voice(lang), found.groups()
    return say("phrase.list_service", provider=provider, name=name, service=service)


def evidence_place(event: Event, lang: str) -> str:
    """Where the document shows what an event tells, or where an older one showed a row that is gone."""
    place = printed(place_text(event.evidence.place, lang))
    before = [printed(place_text(row.place, lang)) for row in event.attestations]
    if place in before or not any(before[:1]):
        return place
    return voice(lang)("proof.gone", place=before[0])
