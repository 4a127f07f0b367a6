"""How events and notices are said to people: pure functions from the words of the model to a language.

The texts themselves are in the catalogues (`voice`), the names of things in `named`. Words claim only what
was seen: a row that is gone "is no longer listed in the edition of…", with its printed end date beside it,
and nothing is said to be withdrawn but where the register prints it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from notifiers.said.named import (
    FINGERPRINT,
    ISO_DAY,
    RECOMMENDATIONS,
    Label,
    date_text,
    label_of,
    level_text,
    printed,
    ref_text,
    scope_text,
    shortened,
    source_of,
    source_title,
    status_name,
    subject_text,
    validity_text,
    value_text,
)
from notifiers.said.variant import (
    came_as_announced,
    change_lines,
    late_since,
    listed_on,
    printed_status,
    taken_over_by,
    variant,
)
from notifiers.said.voice import voice
from state.model import Attestation, Cause, Event, FieldChange, Kind, day_of

if TYPE_CHECKING:
    from state.words.post import Notice

SAYS_STATUS = (Kind.LOST, Kind.SERVICE_REMOVED, Kind.CANDIDATE_LISTED, Kind.CANDIDATE_DELISTED)


def printed_names(event: Event, lang: str) -> str:
    """The provider, and in brackets how the register prints it where that differs (S3NS is printed
    "Thales Cloud Sécurisé")."""
    who, say = printed(event.provider.name), voice(lang)
    holders = dict.fromkeys(printed(a.holder) for a in event.attestations)
    others = [say("phrase.quoted", text=h) for h in holders if h.casefold() != who.casefold()]
    return who + say("phrase.printed", text=shortened(others, lang, most=3)) if others else who


def where_text(event: Event, lang: str) -> str:
    """Where it was seen, for the middle of a sentence: "dans l’édition du 04/03/2026 du catalogue…"."""
    say, of = voice(lang), source_of(event.source, lang)
    if event.edition_at:
        return say("phrase.edition_of", date=day_of(event.edition_at), of=of)
    if event.cause is Cause.CALENDAR:  # the calendar moved, not the page: its time is no reading
        return say("phrase.last_reading_of", of=of)
    return say("phrase.reading_of", date=day_of(event.seen_at), of=of)


def edition_text(event: Event, lang: str) -> str:
    """The edition an event rests on: "Catalogue de l’ANSSI du 04/03/2026"."""
    say, title = voice(lang), source_title(event.source, lang)
    if event.edition_at:
        return say("phrase.source_edition", title=title, date=day_of(event.edition_at))
    if event.cause is Cause.CALENDAR:
        return title
    return say("phrase.source_reading", title=title, date=day_of(event.seen_at))


def until_text(event: Event, lang: str) -> str:
    """The printed end of the rows concerned, or the span of their ends; "" when none is printed."""
    ends = sorted({a.valid_until for a in event.attestations if a.valid_until})
    if len(ends) <= 1:
        return date_text(ends[0], lang) if ends else ""
    return voice(lang)("phrase.between", start=ends[0], end=ends[-1])


def days_text(event: Event, lang: str) -> str:
    """How far the printed end was on the day the event was seen: "dans 30 jours"."""
    say, one = voice(lang), event.one
    if one is None or one.valid_until is None:
        return say.count("phrase.days", event.step) if event.step else say("phrase.today")
    left = (one.valid_until - day_of(event.seen_at)).days
    if left < 0:
        return say("phrase.past")
    return say.count("phrase.days", left) if left else say("phrase.today")


def notice_title(notice: Notice, lang: str) -> str:
    """One line for operators: what happened to which source or channel."""
    say, subject = voice(lang), notice.subject
    dated = ISO_DAY.fullmatch(subject)
    name = say.day(date.fromisoformat(subject)) if dated else source_title(subject, lang)
    if say.knows("notice", f"{notice.kind}.title"):
        return say.each("notice", f"{notice.kind}.title", subject=name)
    return say("phrase.unknown_notice", subject=name)


def notice_advice(notice: Notice, lang: str) -> str:
    """What operators should do about it, "" for kinds we have no advice on."""
    say, advice = voice(lang), f"{notice.kind}.advice"
    return say.each("notice", advice, name=printed(notice.subject)) if say.knows("notice", advice) else ""


def title(event: Event, lang: str) -> str:
    """What happened to whom, in one short line: "S3NS obtient la qualification SecNumCloud"."""
    return voice(lang).each_of("title", variant(event), _Gaps(event, lang))


def sentence(event: Event, lang: str, *, ids: bool = True) -> str:
    """The whole event as plain text on one line: what, to whom, which service, since when, seen where.

    Without `ids`, as a lock screen shows it: no numbers of events, no fingerprints.
    """
    gaps = _Gaps(event, lang, ids)
    said = voice(lang).each_of("sentence", variant(event), gaps).strip()
    # A text with a gap for the place says itself where it was seen.
    seen = () if "where" in gaps.filled else (f"({edition_text(event, lang)})",)
    return " ".join((said, *notes(event, lang), *kin(event, lang, numbered=ids), *seen))


def kin(event: Event, lang: str, *, numbered: bool = True) -> tuple[str, ...]:
    """Who came before or after the provider, probably or in print; `numbered`: with its event."""
    say, texts = voice(lang), []
    for note, other in (
        ("successor", event.probable_successor),
        ("predecessor", event.probable_predecessor),
    ):
        if other:
            where = say("note.in_event", number=other.event) if numbered else ""
            how = f"{note}_printed" if other.printed else note
            texts.append(say.each("note", how, name=printed(other.name), where=where))
    return tuple(texts)


def notes(event: Event, lang: str) -> tuple[str, ...]:
    """What must be said beside the change so that nobody reads more into it than was seen."""
    came = ("as_announced",) if came_as_announced(event) else ()
    said = [*came, *_end_notes(event), *_kind_notes(event), *_taken_over(event)]
    say, by = voice(lang), printed(taken_over_by(event))
    return tuple(say.each("note", note, until=until_text(event, lang), by=by) for note in said)


def _taken_over(event: Event) -> tuple[str, ...]:
    """That the register prints who has taken a service over, where no change and no neighbour says so."""
    named = event.probable_successor is not None and event.probable_successor.printed
    told = event.kind in (Kind.LOST, Kind.SERVICE_REMOVED, Kind.SHORTENED)
    return ("taken_over",) if told and taken_over_by(event) and not named else ()


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


class _Gaps:
    """What fills the gaps of titles and sentences; each is made where a text names it, for a text names few
    of them, and a feed has hundreds of texts."""

    __slots__ = ("event", "filled", "ids", "lang")

    def __init__(self, event: Event, lang: str, ids: bool = True) -> None:
        self.event, self.lang, self.ids = event, lang, ids
        self.filled = set[str]()

    def __getitem__(self, name: str) -> str:
        self.filled.add(name)
        return _GAPS[name](self)

    @property
    def label(self) -> Label:
        """The words of the label."""
        return label_of(self.event.label, self.lang)

    def change(self, field: str) -> FieldChange:
        """A field before and after, None on both sides where it did not change."""
        return self.event.changes.get(field) or FieldChange(before=None, after=None)

    def say(self, key: str, **gaps: object) -> str:
        """A text of the language."""
        return voice(self.lang)(key, **gaps)

    def listed(self, before: str) -> str:
        """What the label is for, after something that leads to it; "" for nothing."""
        listed = _listed(self.event, self.lang, ids=self.ids)
        return before + listed if listed else ""

    @property
    def what(self) -> str:
        """The service, or "some service"."""
        subject = subject_text(self.event.one, self.lang) if self.event.one else ""
        return subject or self.say("phrase.some", thing=self.label.thing, e=self.label.e)

    @property
    def since(self) -> str:
        """Since when it was so before anybody saw it."""
        since = late_since(self.event)
        return date_text(since, self.lang) if since else self.say("phrase.undated")


_GAPS: Mapping[str, Callable[[_Gaps], str]] = {
    "who": lambda g: printed(g.event.provider.name),
    "whom": lambda g: printed_names(g.event, g.lang),
    "label": lambda g: g.label.name,
    "mark": lambda g: g.label.mark,
    "thing": lambda g: g.label.thing,
    "e": lambda g: g.label.e,
    "what": lambda g: g.what,
    "items": lambda g: g.listed(g.say("phrase.colon")),
    "listed": lambda g: g.listed(", "),
    "about": lambda g: _about(g.event, g.lang, ids=g.ids),
    "change": lambda g: changes_text(g.event, g.lang, ids=g.ids),
    "where": lambda g: where_text(g.event, g.lang),
    "until": lambda g: until_text(g.event, g.lang) or g.say("phrase.undated"),
    "days": lambda g: days_text(g.event, g.lang),
    "ended": lambda g: value_text("valid_until", g.change("valid_until").before, g.lang),
    "by": lambda g: printed(taken_over_by(g.event)),
    "status": lambda g: status_name(g.event.attestations[0].status, g.lang),
    "certified": lambda g: g.label.state,
    "listed_on": lambda g: date_text(listed_on(g.event), g.lang),
    "since": lambda g: g.since,
    "old_holder": lambda g: g.say("phrase.quoted", text=printed(str(g.change("holder").before or ""))),
    "new_holder": lambda g: g.say("phrase.quoted", text=printed(str(g.change("holder").after or ""))),
    "before": lambda g: value_text("recommendation", g.change("recommendation").before, g.lang),
    "after": lambda g: value_text("recommendation", g.change("recommendation").after, g.lang),
}


def changes_text(event: Event, lang: str, *, ids: bool = True) -> str:
    """Every changed field with before and after, as sentences; without `ids`, no fingerprints."""
    colon, ref = voice(lang)("phrase.colon"), event.changes.get("ref")
    unsaid = "ref" if ref and FINGERPRINT.search(str(ref.after or "")) and not ids else ""
    lines = (line for line in change_lines(event, lang) if line[0] != unsaid)
    return " ".join(f"{name}{colon}{change}." for _, name, change in lines)


def _listed(event: Event, lang: str, *, ids: bool) -> str:
    """What the label is for: everything of one row, or the number and names of several."""
    one = event.one
    if one is None:
        names = [subject_text(a, lang) or _quoted(a, lang, ids=ids) for a in event.attestations]
        things = label_of(event.label, lang).things
        listed = shortened([n for n in names if n], lang)
        count = f"{len(event.attestations)} {things}"
        return f"{count} ({listed})" if listed else count
    scope, level = scope_text(one.scope, lang), level_text(one, lang)
    subject = subject_text(one, lang)
    subject = f"{subject} ({scope})" if subject and scope else subject or scope
    validity = "" if event.kind is Kind.LOST else validity_text(one, lang)
    return ", ".join(filter(None, (subject, level, _quoted(one, lang, ids=ids), validity)))


def _quoted(row: Attestation, lang: str, *, ids: bool) -> str:
    """The identifier of a row in a sentence; without `ids`, "" for a fingerprint."""
    return "" if FINGERPRINT.search(row.printed_ref or "") and not ids else ref_text(row, lang)


def _about(event: Event, lang: str, *, ids: bool) -> str:
    """Which row a change concerns, in brackets, without what the change itself says."""
    one = event.one
    if one is None:
        return f" ({_listed(event, lang, ids=ids)})"
    subject = "" if event.kind is Kind.SERVICE_REMOVED else subject_text(one, lang)
    ref = "" if "ref" in event.changes else _quoted(one, lang, ids=ids)
    said = ", ".join(filter(None, (subject, ref, event_status(event, lang))))
    return f" ({said})" if said else ""


def event_status(event: Event, lang: str) -> str:
    """The status of the one row of an event, where it is no label held and the event does not say so."""
    one, silent = event.one, event.cause is Cause.BASELINE or event.kind in SAYS_STATUS
    if one is None or one.stands or silent or "status" in event.changes:
        return ""
    return status_name(one.status, lang)
