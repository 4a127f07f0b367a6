"""What must stand beside a row or an event so that nobody reads more into it than was seen.

A row that is printed is not always a label held, and one that the last reading does not show may be gone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from notifiers.said.named import date_text, kind_name, label_name, printed, shortened, status_name
from notifiers.said.voice import voice
from state.model import NOT_STANDING, TAKEN_OVER_BY, Attestation, Cause, Event, Known, Version, day_of
from state.words.labels import rank_of, scheme_of

IN_THE_LIST = re.compile(r"provider (\d+) \((.*)\), service (\d+)", re.DOTALL)
"""How the reader of the trusted list names a place in it."""


SIMPLY_LISTED = ("listed", "granted")


def notes(version: Version, lang: str) -> Mapping[str, str]:
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
        return say("phrase.start_to_come", day=date_text(row.valid_from, lang))
    if row.extra.get("status_to_come") not in NOT_STANDING or not row.stands:
        return ""
    day = date.fromisoformat(row.extra["status_to_come_on"])
    return say("phrase.end_to_come", day=date_text(day, lang))


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
    say, day = voice(lang), date_text(day_of(known.missing_since), lang)
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
