"""The answer about a day in words: the same on the command line, the pages, the API and Slack. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notifiers.said import wording
from notifiers.said.printed import clean
from notifiers.said.typeset import Count, french
from notifiers.said.wording import date_text, label_name, ref_text, status_name, subject_text
from state.model import Version, day_of
from state.words.course import due_on
from watcher.ask.answers import Past
from watcher.ask.past.daybook import Holding
from watcher.ask.past.sighting import Sighting
from watcher.ask.past.was import Answer, Basis, Finding

MOST_ROWS = 5
_FRENCH = {
    "listed_on_day": "Listé dans {one} {of} : {rows}.",
    "listed_both": "Listé dans {one} et encore dans {other} {of} : {rows}.",
    "listed_last": "Listé dans {one} {of}, la dernière vue : {rows}.",
    "decided_unseen_since": (
        "D’après la décision imprimée au registre : {rows}. Vu pour la dernière fois dans {one} ; "
        "personne n’a regardé depuis."
    ),
    "decided_later": "D’après la décision imprimée au registre : {rows}. Vu à partir de {first}.",
    "decided_not_yet": (
        "D’après la décision imprimée au registre : {rows}. Ne figurait pas encore dans {one} ; "
        "vu à partir de {first}."
    ),
    "history_yes": "D’après l’historique que le registre imprime : {rows}.",
    "history_no": "Aucun statut en vigueur ce jour-là d’après l’historique que le registre imprime : {rows}.",
    "absent_day": "Ne figure pas dans {one} {of}.",
    "absent_both": "Ne figure ni dans {one} ni dans {other} {of}.",
    "not_begun": "Figure dans {one} {of} avec un début postérieur à ce jour : {rows}.",
    "over": "L’échéance imprimée, {end}, précède ce jour. Ne figure plus dans {other}.",
    "perhaps_over_next": (
        "L’échéance imprimée, {end}, précède ce jour ; un renouvellement a pu être publié, "
        "la lecture suivante est {other}."
    ),
    "perhaps_over_gone": (
        "L’échéance imprimée, {end}, précède ce jour. Ne figure plus dans {other}, "
        "mais {days:jour sépare|jours séparent} les lectures : un renouvellement a pu venir et passer."
    ),
    "perhaps_over_none": (
        "L’échéance imprimée, {end}, précède ce jour ; aucune lecture plus récente que {one} n’a été vue."
    ),
    "over_gone": (
        "L’échéance imprimée, {end}, précède ce jour. Ne figure plus dans {one} {of} ; "
        "personne n’a regardé ce jour-là."
    ),
    "over_to_come": (
        "Ce jour n’est pas encore venu. L’échéance imprimée, {end}, le précède ; "
        "un renouvellement peut encore être publié."
    ),
    "over_gone_to_come": (
        "Ce jour n’est pas encore venu. L’échéance imprimée, {end}, le précède, "
        "et la ligne ne figure plus dans {one} {of}."
    ),
    "ended_note": " La dernière échéance imprimée à son nom, {ended}, précède ce jour.",
    "printed_then": (
        "Ce jour n’est pas encore venu. Imprimé comme valable alors : {rows}. Dernière lecture : {one} {of}."
    ),
    "to_come_listed": "Ce jour n’est pas encore venu. Figure dans {one} {of}, sans échéance qui le couvre.",
    "to_come_absent": "Ce jour n’est pas encore venu. Ne figure pas dans {one} {of}.",
    "unconfirmed": "Absent de {lacking} {of}, à confirmer. Listé jusque-là : {rows}.",
    "unconfirmed_shown": "Imprimé « {shown} » dans {lacking} {of}, à confirmer. Listé jusque-là : {rows}.",
    "unknown_name": "« {who} » ne figure sur aucune liste qui a été lue.",
    "never_read": "Aucun registre qui dit qui détient {label} n’a été lu.",
    "not_yet": "Rien n’avait été lu ce jour-là, ou ce jour n’est pas encore venu.",
    "begins_listed": (
        "La veille {of} commence avec {other}, qui le liste : ce qui était listé avant n’a pas été vu."
    ),
    "begins_absent": (
        "La veille {of} commence avec {other}, qui ne le liste pas : ce qui était listé avant n’a pas été vu."
    ),
    "one_sided_listed": "Figure dans {one} {of} ; rien de plus récent n’a été vu.",
    "one_sided_absent": "Ne figure pas dans {one} {of} ; rien de plus récent n’a été vu.",
    "one_sided_over": "Aucun statut en vigueur d’après {one} {of} : {rows}. Rien de plus récent n’a été vu.",
    "to_come_over": "Ce jour n’est pas encore venu. Aucun statut en vigueur d’après {one} {of} : {rows}.",
    "gone_between": (
        "Listé dans {one}, ne figure plus dans {other} ; {days:jour les sépare|jours les séparent}, "
        "et personne n’a regardé entre-temps."
    ),
    "came_between": (
        "Ne figure pas dans {one}, figure dans {other} sans date de début qui tranche ; "
        "{days:jour les sépare|jours les séparent}."
    ),
    "unseen_between": (
        "Ne figure ni dans {one} ni dans {other}, mais {days:jour les sépare|jours les séparent} : "
        "ce qui a pu venir et repartir n’a pas été vu."
    ),
    "other_row_between": (
        "Listé dans {one} et, par une autre ligne, dans {other} ; {days:jour les sépare|jours les séparent}."
    ),
    "the_edition": "l’édition du {day}",
    "the_look": "la lecture du {day}",
    "semi": " ; ",
    "quote": "« {text} »",
    "row_dates": "imprimé du {start} au {end}",
    "row_until": "imprimé jusqu’au {end}",
    "row_from": "imprimé depuis le {start}",
    "row_ending": "imprimé depuis le {start}, fin annoncée pour le {end}",
    "row_ends": "fin annoncée pour le {end}",
    "row_bare": "une ligne sans date",
    "since": "statut {status} depuis le {day}",
    "then": "statut {status} à partir du {day}",
    "no_end": "non imprimée",
    "held_observed": "oui",
    "held_history": "d’après l’historique imprimé",
    "held_decision": "par décision",
    "held_printed": "imprimé comme valable alors",
    "held_printed_end": "inconnu, échéance passée",
    "held_unconfirmed": "inconnu, absent à confirmer",
    "held_not_watched": "inconnu",
}
ENGLISH = {
    "listed_on_day": "Listed in {one} {of}: {rows}.",
    "listed_both": "Listed in {one} and still in {other} {of}: {rows}.",
    "listed_last": "Listed in {one} {of}, the last one seen: {rows}.",
    "decided_unseen_since": (
        "By the decision that the register prints: {rows}. Last seen in {one}; nobody has looked since."
    ),
    "decided_later": "By the decision that the register prints: {rows}. Seen from {first} on.",
    "decided_not_yet": (
        "By the decision that the register prints: {rows}. Not yet listed in {one}; seen from {first} on."
    ),
    "history_yes": "By the history that the register itself prints: {rows}.",
    "history_no": "The history that the register itself prints has no status in force on that day: {rows}.",
    "absent_day": "Not listed in {one} {of}.",
    "absent_both": "Listed neither in {one} nor in {other} {of}.",
    "not_begun": "Listed in {one} {of} with a start after that day: {rows}.",
    "over": "The printed end, {end}, lies before that day. No longer listed in {other}.",
    "perhaps_over_next": (
        "The printed end, {end}, lies before that day; a renewal may have been published, "
        "the next reading is {other}."
    ),
    "perhaps_over_gone": (
        "The printed end, {end}, lies before that day. No longer listed in {other}, "
        "but {days:day lies|days lie} between the readings: a renewal may have come and gone."
    ),
    "perhaps_over_none": "The printed end, {end}, lies before that day; nothing newer than {one} was seen.",
    "over_gone": (
        "The printed end, {end}, lies before that day. No longer listed in {one} {of}; "
        "nobody looked on that day."
    ),
    "over_to_come": (
        "That day has not come yet. The printed end, {end}, lies before it; a renewal may still be published."
    ),
    "over_gone_to_come": (
        "That day has not come yet. The printed end, {end}, lies before it, "
        "and the row is no longer listed in {one} {of}."
    ),
    "ended_note": " The last end printed for it, {ended}, lies before that day.",
    "printed_then": "That day has not come yet. Printed to be valid then: {rows}. Last reading: {one} {of}.",
    "to_come_listed": "That day has not come yet. Listed in {one} {of}, with no end that covers it.",
    "to_come_absent": "That day has not come yet. Not listed in {one} {of}.",
    "unconfirmed": "Absent from {lacking} {of}, to be confirmed. Listed until then: {rows}.",
    "unconfirmed_shown": (
        "Printed as “{shown}” in {lacking} {of}, to be confirmed. Listed until then: {rows}."
    ),
    "unknown_name": "“{who}” is on no list that was read.",
    "never_read": "No register that says who holds {label} was ever read.",
    "not_yet": "Nothing had been read by then, or that day has not come yet.",
    "begins_listed": (
        "The watch {of} begins with {other}, which lists it: what was listed before was not seen."
    ),
    "begins_absent": (
        "The watch {of} begins with {other}, which does not list it: what was listed before was not seen."
    ),
    "one_sided_listed": "Listed in {one} {of}; nothing newer was seen.",
    "one_sided_absent": "Not listed in {one} {of}; nothing newer was seen.",
    "one_sided_over": "No status in force by {one} {of}: {rows}. Nothing newer was seen.",
    "to_come_over": "That day has not come yet. No status in force by {one} {of}: {rows}.",
    "gone_between": (
        "Listed in {one}, no longer in {other}; {days:day lies|days lie} between them, and nobody looked."
    ),
    "came_between": (
        "Not listed in {one}, listed in {other} without a start that settles it; "
        "{days:day lies|days lie} between them."
    ),
    "unseen_between": (
        "Listed neither in {one} nor in {other}, but {days:day lies|days lie} between them: "
        "what came and went was not seen."
    ),
    "other_row_between": (
        "Listed in {one} and, by another row, in {other}; {days:day lies|days lie} between them."
    ),
    "the_edition": "the edition of {day}",
    "the_look": "the reading of {day}",
    "semi": "; ",
    "quote": "“{text}”",
    "row_dates": "printed from {start} to {end}",
    "row_until": "printed until {end}",
    "row_from": "printed from {start}",
    "row_ending": "printed from {start}, end announced for {end}",
    "row_ends": "end announced for {end}",
    "row_bare": "a row without dates",
    "since": "status {status} since {day}",
    "then": "status {status} from {day} on",
    "no_end": "not printed",
    "held_observed": "yes",
    "held_history": "by printed history",
    "held_decision": "by decision",
    "held_printed": "printed to be valid then",
    "held_printed_end": "unknown, past its printed end",
    "held_unconfirmed": "unknown, absence to be confirmed",
    "held_not_watched": "unknown",
}
FRENCH = {key: french(text) for key, text in _FRENCH.items()}


@dataclass(frozen=True, slots=True)
class Tongue:
    """How an answer is said: the language, and with `iso` days as programs write them."""

    lang: str
    iso: bool = False

    @property
    def texts(self) -> Mapping[str, str]:
        """The texts of the language: English for "en", French for all else."""
        return ENGLISH if self.lang == "en" else FRENCH

    def day(self, day: date) -> str:
        """A day."""
        return day.isoformat() if self.iso else date_text(day, self.lang)

    def moment(self, at: datetime) -> str:
        """A moment: for programs with its time, since a page may be looked at twice a day."""
        return f"{at:%Y-%m-%d %H:%M} UTC" if self.iso else self.day(day_of(at))


PLAIN = Tongue("en", iso=True)
"""How the command line and the API say it."""


def sentence(past: Past) -> str:
    """The question and its answer in a few sentences, for terminals and programs."""
    asked = f"{clean(past.provider.name)}, {label_name(past.label, 'en')}, {past.day}"
    return f"{asked}: {past.finding.answer}. {said(past, PLAIN)}"


def said(past: Past, tongue: Tongue) -> str:
    """What the answer rests on, in a sentence or two."""
    case = case_of(past)
    note = "ended_note" if past.finding.ended and not case.startswith("over") else ""
    return "".join(tongue.texts[key].format(**_gaps(past, tongue)) for key in (case, note) if key)


def told_text(holding: Holding, lang: str) -> str:
    """What is known of a row on a day, in a word or two."""
    return Tongue(lang).texts[f"held_{holding.basis}"]


def case_of(past: Past) -> str:
    """Which of the cases above an answer is."""
    finding = past.finding
    cases: Mapping[tuple[Answer, Basis], Callable[[Past], str]] = {
        (Answer.YES, Basis.OBSERVED): _observed,
        (Answer.YES, Basis.DECISION): _decided,
        (Answer.YES, Basis.HISTORY): lambda _: "history_yes",
        (Answer.NO, Basis.HISTORY): lambda _: "history_no",
        (Answer.NO, Basis.ABSENT): _absent,
        (Answer.NO, Basis.PRINTED_END): lambda _: "over",
        (Answer.UNKNOWN, Basis.PRINTED): lambda _: "printed_then",
        (Answer.UNKNOWN, Basis.PRINTED_END): _perhaps_over,
        (Answer.UNKNOWN, Basis.UNCONFIRMED): lambda one: (
            "unconfirmed_shown" if _shown(one) else "unconfirmed"
        ),
        (Answer.UNKNOWN, Basis.UNKNOWN_NAME): lambda _: "unknown_name",
    }
    return cases.get((finding.answer, finding.basis), _nobody_knows)(past)


def _observed(past: Past) -> str:
    if _on_the_day(past):
        return "listed_on_day"
    return "listed_both" if past.finding.after else "listed_last"


def _decided(past: Past) -> str:
    before, after = past.finding.before, past.finding.after
    if before and before.rows and not after:
        return "decided_unseen_since"
    return "decided_not_yet" if before and not before.rows else "decided_later"


def _absent(past: Past) -> str:
    if past.finding.rows:
        return "not_begun"
    return "absent_both" if past.finding.after and not _on_the_day(past) else "absent_day"


def _perhaps_over(past: Past) -> str:
    before, after = past.finding.before, past.finding.after
    gone = bool(before and not before.rows)
    if past.finding.to_come:
        return "over_gone_to_come" if gone else "over_to_come"
    if gone:
        return "over_gone"
    if after is None:
        return "perhaps_over_none"
    return "perhaps_over_next" if after.rows or after.missing else "perhaps_over_gone"


def _nobody_knows(past: Past) -> str:
    before, after = past.finding.before, past.finding.after
    if not past.sources:
        return "never_read"
    if before and after:
        return _between(before, after)
    if after:
        return "begins_listed" if after.rows else "begins_absent"
    if before:
        kind = "to_come" if past.finding.to_come else "one_sided"
        over = "over" if past.finding.rows else "absent"
        return f"{kind}_listed" if before.rows else f"{kind}_{over}"
    return "not_yet"


def _between(before: Sighting, after: Sighting) -> str:
    cases = {
        (True, False): "gone_between",
        (False, True): "came_between",
        (False, False): "unseen_between",
        (True, True): "other_row_between",
    }
    return cases[bool(before.rows), bool(after.rows)]


def _on_the_day(past: Past) -> bool:
    before = past.finding.before
    return before is not None and day_of(before.end) >= past.day


def _unconfirmed(past: Past) -> str:
    return "unconfirmed_shown" if _shown(past) else "unconfirmed"


def _shown(past: Past) -> str:
    """The status under which rows that wait to be confirmed were printed all the same, "" for none."""
    return next((row.known.shown_as for row in past.finding.rows if row.known.shown_as), "")


def _gaps(past: Past, tongue: Tongue) -> Mapping[str, Any]:
    finding, texts = past.finding, tongue.texts
    before, after, first = finding.before, finding.after, finding.bounds.first_with
    lacking = before if before and before.missing else after
    return {
        "one": sighting_text(before, tongue),
        "other": sighting_text(after, tongue),
        "first": sighting_text(first, tongue),
        "lacking": sighting_text(lacking, tongue),
        "shown": status_name(_shown(past), tongue.lang) if _shown(past) else "",
        "of": source_of(past.source, tongue.lang),
        "who": clean(past.provider.name),
        "label": label_name(past.label, tongue.lang),
        "rows": texts["semi"].join(_clause(row, finding, tongue) for row in finding.rows[:MOST_ROWS]),
        "days": Count((after.start - before.end).days if before and after else 0, tongue.lang),
        "end": _last_end(finding.rows, tongue),
        "ended": _last_end(finding.ended, tongue),
    }


def _last_end(rows: Iterable[Version], tongue: Tongue) -> str:
    ends = [end for row in rows if (end := row.known.attestation.last_day)]
    return tongue.day(max(ends)) if ends else tongue.texts["no_end"]


def source_of(source: str, lang: str) -> str:
    """ "of the ANSSI catalogue": what an edition is an edition of."""
    known, phrases = wording.words(lang).sources, wording.words(lang).phrases
    if source in known:
        return known[source].of
    return phrases["unknown_of"].format(text=phrases["quoted"].format(text=wording.printed(source)))


def bounds(finding: Finding, tongue: Tongue) -> Sequence[tuple[str, str]]:
    """The sightings around the day: the key of each one's name, and the edition or look."""
    sides = (
        ("last_without", finding.bounds.last_without),
        ("first_with", finding.bounds.first_with),
        ("last_with", finding.bounds.last_with),
        ("first_without", finding.bounds.first_without),
    )
    return [(name, sighting_text(one, tongue)) for name, one in sides if one is not None]


def sighting_text(sighting: Sighting | None, tongue: Tongue) -> str:
    """The edition, or the look at an undated page; "" for none."""
    if sighting is None:
        return ""
    run = sighting.stretch.first
    if run.edition_at:
        return tongue.texts["the_edition"].format(day=tongue.day(day_of(run.edition_at)))
    return tongue.texts["the_look"].format(day=tongue.moment(run.at))


def row_text(version: Version, tongue: Tongue) -> str:
    """One row in a clause: subject, decision and printed dates."""
    row, lang = version.known.attestation, tongue.lang
    subject = tongue.texts["quote"].format(text=subject_text(row, lang)) if subject_text(row, lang) else ""
    parts = [subject, ref_text(row, lang), _dates(version, tongue)]
    return ", ".join(part for part in parts if part) or tongue.texts["row_bare"]


def _clause(version: Version, finding: Finding, tongue: Tongue) -> str:
    by_status = finding.basis is Basis.HISTORY or not version.known.attestation.held
    return stated_text(version, tongue) if by_status else row_text(version, tongue)


def stated_text(version: Version, tongue: Tongue) -> str:
    """One row with the status that it prints of a day, and the next one."""
    row, texts = version.known.attestation, tongue.texts
    subject = texts["quote"].format(text=subject_text(row, tongue.lang)) if row.subject else ""
    parts = [subject, ref_text(row, tongue.lang)]
    if row.status != "announced" and row.valid_from:
        parts.append(_status(texts["since"], row.status, row.valid_from, tongue))
    if due := due_on(row):
        parts.append(_status(texts["then"], row.extra["status_to_come"], due, tongue))
    return ", ".join(part for part in parts if part)


def _status(template: str, status: str, day: date, tongue: Tongue) -> str:
    name = tongue.texts["quote"].format(text=wording.status_name(status, tongue.lang))
    return template.format(status=name, day=tongue.day(day))


def _dates(version: Version, tongue: Tongue) -> str:
    """The printed dates; an end that is announced is the first day on which the row no longer holds."""
    row = version.known.attestation
    start = tongue.day(row.valid_from) if row.valid_from else ""
    end = tongue.day(row.valid_until) if row.valid_until else ""
    if end and row.valid_until != row.last_day:
        key = "row_ending" if start else "row_ends"
    else:
        key = "row_dates" if start and end else "row_until" if end else "row_from" if start else ""
    return tongue.texts[key].format(start=start, end=end) if key else ""
