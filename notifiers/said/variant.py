"""Which words an event is told with: its kind, and what makes it another story to a reader; and what changed,
field by field. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from notifiers.said.named import FINGERPRINT, NUMBERED, SHA_SHOWN, field_name, label_of, value_text
from notifiers.said.voice import voice
from state.model import TAKEN_OVER_BY, Attestation, Cause, Event, FieldChange, Kind, day_of
from state.words.labels import Paper, paper_of

SAID_STATUSES = ("withdrawn", "suspended", "archived")
LATE = timedelta(days=90)
"""A register may be a month or two behind its decisions; what began longer ago is no fresh news."""
TOLD_BY_CAUSE = frozenset(
    {
        "amended_baseline",
        "candidate_listed_baseline",
        "gained_baseline",
        "gained_rereading",
        "lost_rereading",
        "service_added_baseline",
        "service_added_rereading",
    }
)
"""Kinds that a first look, or a better reader of ours, tells in other words."""
SAID_BY_DATES = ("status_to_come", "status_to_come_on")
"""What is to come: not said field by field where a date or the status says it."""
FIELDS = (
    "holder",
    "subject",
    "version",
    "scope",
    "level",
    "status",
    "national_security",
    "recommendation",
    "issuer",
    "ref",
    "status_to_come",
    "status_to_come_on",
    "statuses",
    "valid_from",
    "valid_until",
    "validity",
    "taken_over_by",
    "certificate",
    "family",
    "oid",
    "agreement_level",
    "incident_contact",
    "sponsor",
    "cesti",
    "product_type",
)
"""The compared fields that we have words for, in the order they are said."""
BEGUN = (Kind.LOST, Kind.SERVICE_REMOVED, Kind.GAINED, Kind.SERVICE_ADDED)


def variant(event: Event) -> str:
    """The key of the texts that tell an event."""
    if (by_cause := f"{event.kind}_{event.cause}") in TOLD_BY_CAUSE:
        return by_cause
    if ahead := _announced_end(event):
        return ahead
    if event.kind is Kind.GAINED and event.probable_predecessor:
        return "gained_after"
    if event.kind in (Kind.GAINED, Kind.SERVICE_ADDED) and late_since(event):
        return f"{event.kind}_late"
    if event.kind in (Kind.LOST, Kind.SERVICE_REMOVED) and printed_status(event):
        return f"{event.kind}_{printed_status(event)}"
    return event.kind.value + _more(event)


def _more(event: Event) -> str:
    """What tells an event from others of its kind by what changed."""
    if event.kind is Kind.AMENDED and taken_over_by(event) and TAKEN_OVER_BY in event.changes:
        return "_taken_over"
    if event.kind is Kind.REISSUED:
        return _paper(event)
    return "_holder" if event.kind is Kind.RENAMED and "holder" in event.changes else ""


def printed_status(event: Event) -> str:
    """The status that the register prints for all rows of a loss, where it says more than absence."""
    found = {a.status for a in event.attestations}
    status = found.pop() if len(found) == 1 else ""
    return status if status in SAID_STATUSES else ""


def taken_over_by(event: Event) -> str:
    """Who has taken over what an event is about, as the register prints it; "" where it names nobody, or
    several."""
    found = {row.extra.get(TAKEN_OVER_BY, "") for row in event.attestations}
    return found.pop() if len(found) == 1 else ""


def listed_on(event: Event) -> date:
    """The day of the edition, or of the look, that showed the rows first."""
    return day_of(event.edition_at or event.seen_at)


def late_since(event: Event) -> date | None:
    """The printed start of rows that were listed long after it, None of fresh ones.

    A row that was printed before, under another status, is not late.
    """
    starts = [row.valid_from for row in event.attestations if row.valid_from]
    known = event.cause is not Cause.REGISTER or "status" in event.changes
    if known or not starts or len(starts) < len(event.attestations):
        return None
    return min(starts) if max(starts) < listed_on(event) - LATE else None


def _paper(event: Event) -> str:
    change = event.changes.get("ref")
    if change and FINGERPRINT.search(str(change.after or "")):
        return "_key"
    return "_certificate" if paper_of(event.label) is Paper.CERTIFICATE else ""


# What a register prints ahead: an end announced, moved, taken back, come


def _announced_end(event: Event) -> str:
    """The variant of the words for an end that is announced, "" for any other event."""
    change = event.changes.get("valid_until")
    if change is None or event.one is None or not _is_announced(change, event.one):
        return ""
    if event.kind is Kind.SHORTENED:
        return "shortened_announced" if change.before is None else "shortened_sooner"
    if event.kind is Kind.RENEWED:
        return "renewed_taken_back" if change.after is None else "renewed_put_off"
    return ""


def _is_announced(change: FieldChange, row: Attestation) -> bool:
    """Whether the end is, or was, the day of a status to come; a row never loses an end otherwise."""
    return change.after is None or row.extra.get("status_to_come_on") == change.after


def came_as_announced(event: Event) -> bool:
    """Whether the event is that a day came which the register had printed ahead."""
    return event.cause is Cause.CALENDAR and event.kind in BEGUN


def unsaid(event: Event) -> frozenset[str]:
    """The changed fields that another one says as well."""
    dated = {"valid_until", "valid_from", "status"} & event.changes.keys()
    return frozenset(SAID_BY_DATES) if dated else frozenset()


# What changed


def change_lines(event: Event, lang: str) -> tuple[tuple[str, str, str], ...]:
    """What changed, one line each: field, its name for readers, "30/11/2026 → 30/11/2029".

    A scope is said as what was removed and what was added.
    """
    said: list[tuple[str, str, str]] = []
    for field in changed_fields(event):
        change = event.changes[field]
        moves = _scope_moves(change, lang) if field == "scope" else ()
        name = field_name(field, lang)
        if field == "ref":
            name = _paper_name(event, lang)
        said += [(field, *move) for move in moves] or [(field, name, _both_sides(field, change, lang))]
    return tuple(said)


def _paper_name(event: Event, lang: str) -> str:
    """What a new ref is the ref of: a decision, or a certificate."""
    if FINGERPRINT.search(str(event.changes["ref"].after or "")):
        return voice(lang)("field.certificate")
    paper = label_of(event.label, lang).paper
    return paper[:1].upper() + paper[1:]


def _scope_moves(change: FieldChange, lang: str) -> tuple[tuple[str, str], ...]:
    before, after, say = change.before or (), change.after or (), voice(lang)
    if not isinstance(before, tuple) or not isinstance(after, tuple):
        return ()
    gone = tuple(entry for entry in before if entry not in after)
    new = tuple(entry for entry in after if entry not in before)
    moves = (("removed", gone), ("added", new))
    return tuple(
        (say.each("phrase", move), value_text("scope", entries, lang)) for move, entries in moves if entries
    )


def _both_sides(field: str, change: FieldChange, lang: str) -> str:
    return voice(lang)(
        "phrase.renewed_by", before=_side(field, change.before, lang), after=_side(field, change.after, lang)
    )


def _side(field: str, value: str | bool | tuple[str, ...] | None, lang: str) -> str:
    say = voice(lang)
    ref = value if field == "ref" and isinstance(value, str) else ""
    if fingerprint := FINGERPRINT.search(ref):
        return say("phrase.fingerprint", start=fingerprint[0][:SHA_SHOWN])
    if numbered := NUMBERED.fullmatch(ref):
        return say("phrase.number_of_year", year=numbered[1], number=numbered[2])
    return value_text(field, value, lang)


def changed_fields(event: Event) -> tuple[str, ...]:
    """The changed fields of an event, those we have words for first and in a fixed order."""
    moved = event.changes.keys() - unsaid(event)
    known = [field for field in FIELDS if field in moved]
    return (*known, *sorted(field for field in moved if field not in FIELDS))
