"""How things are said to people: pure functions from the words of the model to French or English text.

The texts themselves are in `wording_fr` and `wording_en`. Words claim only what was seen: a row that is gone
"is no longer listed in the edition of…", with its printed end date beside it, and nothing is said to be
withdrawn but where the register prints it. What comes from a register is cleaned (`printed.clean`) and else
verbatim; escaping for Slack, HTML or a terminal is the caller's.
"""

from __future__ import annotations

import re
from datetime import date

from notifiers.said import announced
from notifiers.said.printed import clean, clip
from notifiers.said.variant import FINGERPRINT, late_since, listed_on, printed_status, variant
from notifiers.said.wording_en import ENGLISH
from notifiers.said.wording_fr import FRENCH
from notifiers.said.words import Label, Words
from state.model import Attestation, Cause, Event, FieldChange, Kind, day_of
from state.words.post import Notice

NAME_LIMIT = 240  # no name of any register comes near; keeps one hostile cell from filling a message
SAYS_STATUS = (Kind.LOST, Kind.SERVICE_REMOVED, Kind.CANDIDATE_LISTED, Kind.CANDIDATE_DELISTED)
NUMBERED = re.compile(r"(\d{4})_(\d+)")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
DAYS = ("valid_from", "valid_until", "status_to_come_on")
RECOMMENDATIONS = {"green": "optimal", "orange": "moderate", "red": "critical"}
"""ANSSI's ticks by their colour, and the levels that they stand for (foreword of the catalogue)."""


def words(lang: str) -> Words:
    """The texts of a language: English for "en", French for all else."""
    return ENGLISH if lang == "en" else FRENCH


def printed(text: str) -> str:
    """A printed value on one line, harmless to look at, cut when it is absurdly long."""
    return clip(clean(text), NAME_LIMIT)


def label_of(label: str, lang: str) -> Label:
    """How a label is said; a label that no table knows is said by its own code."""
    known = words(lang).labels
    if label in known:
        return known[label]
    plain, model = printed(label), known["secnumcloud"]
    return Label(name=plain, mark=plain, thing=model.thing, things=model.things, paper=model.paper)


def label_name(label: str, lang: str) -> str:
    """The name of a label as readers know it: "SecNumCloud", "PASSI (audit)"."""
    return label_of(label, lang).name


def kind_name(kind: Kind, lang: str) -> str:
    """A kind in a few words: "no longer listed"."""
    return words(lang).kinds[kind]


def field_name(field: str, lang: str) -> str:
    """The name of a compared field; a column we have no word for keeps its printed head."""
    code = field.removeprefix("extra.")
    fields = words(lang).fields
    return fields[code] if code in fields else printed(code)


def scope_name(entry: str, lang: str) -> str:
    """One entry of a scope: as printed in French, known French heads translated in English."""
    text = printed(entry)
    if text.isdigit():
        return words(lang).phrases["activity"].format(number=text)
    values = words(lang).values
    return values.get(text, text)


def status_name(status: str, lang: str) -> str:
    """The name of a status or of ANSSI's tick; unknown ones as printed."""
    code, statuses = RECOMMENDATIONS.get(status, status), words(lang).statuses
    return statuses[code] if code in statuses else printed(status)


def source_title(source: str, lang: str) -> str:
    """The short title of a source; one we have no word for keeps its name."""
    sources = words(lang).sources
    return sources[source].title if source in sources else printed(source)


def date_text(day: date, lang: str) -> str:
    """A day as readers write it: 04/03/2026, or 4 Mar 2026 in English."""
    return words(lang).date(day)


def ref_text(attestation: Attestation, lang: str) -> str:
    """The authority's identifier as a reader would quote it, "" when there is none.

    ANSSI's decisions are numbered anew each year: "2025_2057" is said "décision n° 2057 de 2025". Every other
    ref is verbatim, but for those of the trusted list, which end in a fingerprint that nobody quotes whole.
    """
    if not attestation.ref:
        return ""
    phrases, ref = words(lang).phrases, printed(attestation.printed_ref or "")
    fingerprint = FINGERPRINT.search(ref)
    if fingerprint:
        return phrases["fingerprint"].format(start=fingerprint[0][:12])
    numbered = NUMBERED.fullmatch(ref)
    if numbered:
        return phrases["decision_of_year"].format(year=numbered[1], number=numbered[2])
    return phrases[label_of(attestation.label, lang).paper].format(ref=clip(ref, 80))


def validity_text(attestation: Attestation, lang: str) -> str:
    """From when until when, as far as printed: "du 17/12/2025 au 17/12/2028". The last day is one held.

    Where an end is announced, its day is printed, and no longer held: "du …, fin annoncée pour le …".
    """
    start, end, phrases = attestation.valid_from, attestation.valid_until, words(lang).phrases
    if end and end != attestation.last_day:
        begun = phrases["from"].format(start=date_text(start, lang)) if start else ""
        return ", ".join(filter(None, (begun, phrases["end_to_come"].format(day=date_text(end, lang)))))
    if start and end:
        return phrases["from_to"].format(start=date_text(start, lang), end=date_text(end, lang))
    if end:
        return phrases["until"].format(end=date_text(end, lang))
    return phrases["from"].format(start=date_text(start, lang)) if start else ""


def subject_text(attestation: Attestation, lang: str) -> str:
    """The service or product as printed, with its version: "" when the register prints neither."""
    version = printed(attestation.version) if attestation.version else ""
    if not attestation.subject:
        return words(lang).phrases["version"].format(version=version) if version else ""
    return f"{printed(attestation.subject)} {version}".strip()


def scope_text(scope: tuple[str, ...], lang: str) -> str:
    """The entries of the scope, one after the other; bare numbers together: "activités 1, 2, 5"."""
    numbers = [entry for entry in scope if entry.isdigit()]
    if len(numbers) > 1 and len(numbers) == len(scope):
        return words(lang).phrases["activities"].format(numbers=", ".join(numbers))
    return ", ".join(scope_name(entry, lang) for entry in scope)


def value_text(field: str, value: str | bool | tuple[str, ...] | None, lang: str) -> str:
    """One side of a change: dates as readers write them, yes and no, entries of a scope, else as printed."""
    values = words(lang).values
    if value is None or value in ("", ()):
        return values["none"]
    if isinstance(value, bool):
        return values["true" if value else "false"]
    if isinstance(value, tuple):
        return scope_text(value, lang)
    if field in DAYS and ISO_DAY.fullmatch(value):
        return date_text(date.fromisoformat(value), lang)
    if field in ("status", "status_to_come", "recommendation"):
        return status_name(value, lang)
    text = printed(value)
    return values.get(text, text)


def change_lines(event: Event, lang: str) -> tuple[tuple[str, str, str], ...]:
    """What changed, one line each: field, its name for readers, "30/11/2026 → 30/11/2029".

    A scope is said as what was removed and what was added.
    """
    said: list[tuple[str, str, str]] = []
    for field in changed_fields(event, lang):
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
        return words(lang).fields["certificate"]
    paper = label_of(event.label, lang).paper
    return paper[:1].upper() + paper[1:]


def _scope_moves(change: FieldChange, lang: str) -> tuple[tuple[str, str], ...]:
    before, after, phrases = change.before or (), change.after or (), words(lang).phrases
    if not isinstance(before, tuple) or not isinstance(after, tuple):
        return ()
    gone = tuple(entry for entry in before if entry not in after)
    new = tuple(entry for entry in after if entry not in before)
    moves = (("removed", gone), ("added", new))
    return tuple((phrases[move], value_text("scope", entries, lang)) for move, entries in moves if entries)


def _both_sides(field: str, change: FieldChange, lang: str) -> str:
    return (
        words(lang)
        .phrases["renewed_by"]
        .format(before=_side(field, change.before, lang), after=_side(field, change.after, lang))
    )


def _side(field: str, value: str | bool | tuple[str, ...] | None, lang: str) -> str:
    phrases = words(lang).phrases
    ref = value if field == "ref" and isinstance(value, str) else ""
    if fingerprint := FINGERPRINT.search(ref):
        return phrases["fingerprint"].format(start=fingerprint[0][:12])
    if numbered := NUMBERED.fullmatch(ref):
        return phrases["number_of_year"].format(year=numbered[1], number=numbered[2])
    return value_text(field, value, lang)


def changed_fields(event: Event, lang: str) -> tuple[str, ...]:
    """The changed fields of an event, those we have words for first and in a fixed order."""
    order = list(words(lang).fields)
    moved = event.changes.keys() - announced.unsaid(event)
    known = [field for field in order if field in moved]
    return (*known, *sorted(field for field in moved if field not in order))


def printed_names(event: Event, lang: str) -> str:
    """The provider, and in brackets how the register prints it where that differs (S3NS is printed
    "Thales Cloud Sécurisé")."""
    who, phrases = printed(event.provider.name), words(lang).phrases
    holders = dict.fromkeys(printed(a.holder) for a in event.attestations)
    others = [phrases["quoted"].format(text=h) for h in holders if h.casefold() != who.casefold()]
    return who + phrases["printed"].format(text=", ".join(others[:3])) if others else who


def where_text(event: Event, lang: str) -> str:
    """Where it was seen, for the middle of a sentence: "dans l’édition du 04/03/2026 du catalogue…"."""
    phrases, sources = words(lang).phrases, words(lang).sources
    if event.source in sources:
        of = sources[event.source].of
    else:
        of = phrases["unknown_of"].format(text=phrases["quoted"].format(text=printed(event.source)))
    if event.edition_at:
        return phrases["edition_of"].format(date=date_text(day_of(event.edition_at), lang), of=of)
    if event.cause is Cause.CALENDAR:  # the calendar moved, not the page: its time is no reading
        return phrases["last_reading_of"].format(of=of)
    return phrases["reading_of"].format(date=date_text(day_of(event.seen_at), lang), of=of)


def edition_text(event: Event, lang: str) -> str:
    """The edition an event rests on: "Catalogue de l’ANSSI du 04/03/2026"."""
    phrases, title = words(lang).phrases, source_title(event.source, lang)
    if event.edition_at:
        return phrases["source_edition"].format(title=title, date=date_text(day_of(event.edition_at), lang))
    if event.cause is Cause.CALENDAR:
        return title
    return phrases["source_reading"].format(title=title, date=date_text(day_of(event.seen_at), lang))


def until_text(event: Event, lang: str) -> str:
    """The printed end of the rows concerned, or the span of their ends; "" when none is printed."""
    ends = sorted({a.valid_until for a in event.attestations if a.valid_until})
    if len(ends) <= 1:
        return date_text(ends[0], lang) if ends else ""
    first, last = date_text(ends[0], lang), date_text(ends[-1], lang)
    return words(lang).phrases["between"].format(start=first, end=last)


def days_text(event: Event, lang: str) -> str:
    """How far the printed end was on the day the event was seen: "dans 30 jours"."""
    phrases, one = words(lang).phrases, event.one
    if one is None or one.valid_until is None:
        return phrases["days"].format(count=event.step) if event.step else phrases["today"]
    left = (one.valid_until - day_of(event.seen_at)).days
    if left < 0:
        return phrases["past"]
    short = {0: phrases["today"], 1: phrases["day"]}
    return short[left] if left in short else phrases["days"].format(count=left)


def notice_title(notice: Notice, lang: str) -> str:
    """One line for operators: what happened to which source or channel."""
    notices, phrases = words(lang).notices, words(lang).phrases
    template = notices[notice.kind][0] if notice.kind in notices else phrases["unknown_notice"]
    subject = notice.subject
    if ISO_DAY.fullmatch(subject):
        return template.format(subject=date_text(date.fromisoformat(subject), lang))
    return template.format(subject=source_title(subject, lang))


def notice_advice(notice: Notice, lang: str) -> str:
    """What operators should do about it, "" for kinds we have no advice on."""
    notices = words(lang).notices
    if notice.kind not in notices:
        return ""
    return notices[notice.kind][1].format(name=printed(notice.subject))


def title(event: Event, lang: str) -> str:
    """What happened to whom, in one short line: "S3NS obtient la qualification SecNumCloud"."""
    return words(lang).titles[variant(event)].format(**_gaps(event, lang))


def sentence(event: Event, lang: str) -> str:
    """The whole event as plain text on one line: what, to whom, which service, since when, seen where."""
    template = words(lang).sentences[variant(event)]
    said = template.format(**_gaps(event, lang)).strip()
    seen = () if "{where}" in template else (f"({edition_text(event, lang)})",)
    return " ".join((said, *notes(event, lang), *seen))


def notes(event: Event, lang: str) -> tuple[str, ...]:
    """What must be said beside the change so that nobody reads more into it than was seen."""
    came = ("as_announced",) if announced.came_as_announced(event) else ()
    said = [*came, *_end_notes(event), *_kind_notes(event)]
    texts = [words(lang).notes[note].format(until=until_text(event, lang)) for note in said]
    for note, other in (
        ("successor", event.probable_successor),
        ("predecessor", event.probable_predecessor),
    ):
        if other:
            texts.append(words(lang).notes[note].format(name=printed(other.name), number=other.event))
    return tuple(texts)


def _end_notes(event: Event) -> tuple[str, ...]:
    if event.kind not in (Kind.LOST, Kind.SERVICE_REMOVED):
        return ()
    said = ("status_only",) if printed_status(event) in ("withdrawn", "suspended") else ()
    ends = {a.valid_until for a in event.attestations if a.valid_until}
    if not ends:
        return said or ("end_none",)
    noun = "end" if len(ends) == 1 else "ends"
    if said or event.expected is None:
        return (*said, f"{noun}_plain")
    return (f"{noun}_passed" if event.expected else f"{noun}_ahead",)


def _kind_notes(event: Event) -> tuple[str, ...]:
    if event.kind is Kind.RECOMMENDATION_CHANGED:
        why = () if event.by_rule is None else ("by_rule" if event.by_rule else "by_hand",)
        return (*_level_notes(event), *why)
    if event.kind is Kind.CANDIDATE_LISTED:
        return ("lagging",)
    return ("no_outcome",) if event.kind is Kind.CANDIDATE_DELISTED else ()


def _level_notes(event: Event) -> tuple[str, ...]:
    """What ANSSI means by the level that a tick now stands for."""
    change = event.changes.get("recommendation")
    after = str(change.after) if change else ""
    return (f"means_{RECOMMENDATIONS[after]}",) if after in RECOMMENDATIONS else ()


def _gaps(event: Event, lang: str) -> dict[str, str]:
    label, phrases = label_of(event.label, lang), words(lang).phrases
    recommendation = event.changes.get("recommendation") or FieldChange(before=None, after=None)
    ended = event.changes.get("valid_until") or FieldChange(before=None, after=None)
    holder = event.changes.get("holder") or FieldChange(before=None, after=None)
    colon, listed = phrases["colon"], _listed(event, lang)
    some = phrases["some"].format(thing=label.thing, e="e" if label.feminine else "")
    subject = subject_text(event.one, lang) if event.one else ""
    return {
        "who": printed(event.provider.name),
        "whom": printed_names(event, lang),
        "label": label.name,
        "mark": label.mark,
        "thing": label.thing,
        "e": "e" if label.feminine else "",
        "what": subject or some,
        "items": colon + listed if listed else "",
        "listed": f", {listed}" if listed else "",
        "about": _about(event, lang),
        "change": changes_text(event, lang),
        "where": where_text(event, lang),
        "until": until_text(event, lang) or phrases["undated"],
        "days": days_text(event, lang),
        "ended": value_text("valid_until", ended.before, lang),
        "status": status_name(event.attestations[0].status, lang),
        "certified": phrases["certified" if "certification" in label.mark else "qualified"],
        "listed_on": date_text(listed_on(event), lang),
        "since": date_text(since, lang) if (since := late_since(event)) else phrases["undated"],
        "old_holder": phrases["quoted"].format(text=printed(str(holder.before or ""))),
        "new_holder": phrases["quoted"].format(text=printed(str(holder.after or ""))),
        "before": value_text("recommendation", recommendation.before, lang),
        "after": value_text("recommendation", recommendation.after, lang),
    }


def changes_text(event: Event, lang: str) -> str:
    """Every changed field with before and after, as sentences."""
    colon = words(lang).phrases["colon"]
    return " ".join(f"{name}{colon}{change}." for _, name, change in change_lines(event, lang))


def _listed(event: Event, lang: str) -> str:
    """What the label is for: everything of one row, or the number and names of several."""
    one = event.one
    if one is None:
        names = [subject_text(a, lang) or ref_text(a, lang) for a in event.attestations]
        things = label_of(event.label, lang).things
        listed = shortened([n for n in names if n], lang)
        count = f"{len(event.attestations)} {things}"
        return f"{count} ({listed})" if listed else count
    scope, level = scope_text(one.scope, lang), level_text(one, lang)
    subject = subject_text(one, lang)
    subject = f"{subject} ({scope})" if subject and scope else subject or scope
    validity = "" if event.kind is Kind.LOST else validity_text(one, lang)
    return ", ".join(filter(None, (subject, level, ref_text(one, lang), validity)))


def _about(event: Event, lang: str) -> str:
    """Which row a change concerns, in brackets, without what the change itself says."""
    one = event.one
    if one is None:
        return f" ({_listed(event, lang)})"
    subject = "" if event.kind is Kind.SERVICE_REMOVED else subject_text(one, lang)
    ref = "" if "ref" in event.changes else ref_text(one, lang)
    said = ", ".join(filter(None, (subject, ref, event_status(event, lang))))
    return f" ({said})" if said else ""


def event_status(event: Event, lang: str) -> str:
    """The status of the one row of an event, where it is no label held and the event does not say so."""
    one, silent = event.one, event.cause is Cause.BASELINE or event.kind in SAYS_STATUS
    if one is None or one.held or silent or "status" in event.changes:
        return ""
    return status_name(one.status, lang)


def level_text(attestation: Attestation, lang: str) -> str:
    """The level as printed, "" when there is none."""
    if not attestation.level:
        return ""
    return words(lang).phrases["level"].format(level=value_text("level", attestation.level, lang))


def issuer_text(attestation: Attestation, lang: str) -> str:
    """Who issued the certificate, where the register says so."""
    if not attestation.issuer:
        return ""
    return words(lang).phrases["of_issuer"].format(issuer=printed(attestation.issuer))


def shortened(names: list[str], lang: str, most: int = 5) -> str:
    """The first names of a list and how many more there are."""
    phrases, more = words(lang).phrases, len(names) - most
    if more <= 0:
        return ", ".join(names)
    rest = phrases["and_one_more"] if more == 1 else phrases["and_more"].format(count=more)
    return f"{', '.join(names[:most])} {rest}"
