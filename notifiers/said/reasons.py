"""Why a reading is doubted, a message did not go or a request is refused, and what to do: reasons in words.

The code decides the sentence; nothing is looked up in a sentence. The memory keeps the English one beside the
data, for logs and for programs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from notifiers.said.named import country_name, kind_name, label_name, place_text, value_text
from notifiers.said.voice import voice
from state.model import Kind, Reason, Run, Value

if TYPE_CHECKING:
    from state.words.post import Notice

INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d)?(Z?)")
KEPT = "en"
"""The language of the texts in the memory, which programs read too: its names and days are theirs."""
AS_SAID = "as_said"
"""What the network, a register or a reader said, verbatim, in `text`."""
WORDED: Mapping[str, Callable[[str, str], str]] = {
    "place": place_text,
    "label": label_name,
    "mark": label_name,
    "country": country_name,
    "territory": country_name,
}
"""How the values of these names are said."""
COUNTS = frozenset({"since", "looks"})
"""The values that say how long it has lasted: they move while the reason stays the same."""


def as_said(text: str) -> Reason:
    return Reason(code=AS_SAID, values={"text": text})


def said(reason: Reason, lang: str) -> str:
    """A reason in words; one of another version, whose code or values have no words here, is quoted."""
    values = {name: _value(name, value, lang) for name, value in reason.values.items()}
    try:
        return voice(lang).each("reason", reason.code, **values)
    except (KeyError, TypeError, ValueError):
        return said(
            as_said(" ".join((reason.code, *(f"{name}={one}" for name, one in values.items())))), lang
        )


def worded(one: str | Reason, lang: str) -> str:
    """A reason in words; a text, which somebody else said, as it is."""
    return one if isinstance(one, str) else said(one, lang)


def _value(name: str, value: Value, lang: str) -> object:
    """One value as readers of a language write it."""
    if isinstance(value, Reason):
        return said(value, lang)
    if isinstance(value, tuple):
        return all_said(value, lang, ", " if name == "counts" else "; ")
    if lang == KEPT:
        return _kept(name, value)
    return _text(name, value, lang) if isinstance(value, str) else value


def _text(name: str, text: str, lang: str) -> str:
    """A word, a day or an instant as readers of a language write it; what somebody said as a quotation."""
    if worded := WORDED.get(name):
        return worded(text, lang)
    match name:
        case "text":
            return voice(lang)("phrase.quoted", text=text.strip() or "…")
        case "before" | "after":
            return value_text("status", text, lang)
        case "kind" if text in list(Kind):
            return kind_name(Kind(text), lang)
    say, found = voice(lang), INSTANT.fullmatch(text)
    try:
        if found and found[3]:
            return say.moment(datetime.fromisoformat(text))
        day = say.day(date.fromisoformat(found[1] if found else text))
    except ValueError:  # what a register prints may only look like a day
        return text
    return f"{day} {found[2]}" if found else day


def _kept(name: str, value: str | int | float) -> object:
    """One value as the memory keeps it: names by their slugs, days as 2026-03-04."""
    if isinstance(value, float):
        return f"{value:.1f}" if name == "share" else f"{value:g}"
    if name == "mark":
        return label_name(str(value), KEPT)
    found = INSTANT.fullmatch(value) if isinstance(value, str) else None
    return f"{found[1]} {found[2]}" + (" UTC" if found[3] else "") if found else value


class Told(Protocol):
    """Trouble with a source, as data: its reasons, and the source where they do not name it."""

    @property
    def reasons(self) -> tuple[Reason, ...]: ...
    @property
    def source(self) -> str: ...


def spoken(trouble: Told, lang: str = KEPT) -> str:
    """Trouble in one sentence that names its source; in English for the memory, the log and programs."""
    say = voice(lang)
    told = all_said(trouble.reasons, lang, say("phrase.semicolon"))
    if not trouble.source:
        return told
    between = " " if trouble.reasons[0].code == "at_place" else say("phrase.colon")
    return f"{trouble.source}{between}{told}"


def sameness(reasons: Iterable[Reason]) -> str:
    """What tells one set of doubts from another, however long each has lasted."""
    return "; ".join(sorted(_same(one) for one in reasons if not one.values.keys() >= COUNTS))


def _same(value: Value) -> str:
    """Equal texts for equal values, in whatever order they were given."""
    if isinstance(value, Reason):
        return f"{value.code} {sorted((name, _same(one)) for name, one in value.values.items())}"
    return "; ".join(map(_same, value)) if isinstance(value, tuple) else str(value)


def held_reasons(run: Run) -> tuple[Reason, ...]:
    """What a run holds back or leaves unread, as data."""
    whys = tuple(one for one in run.reasons if not one.values.keys() >= COUNTS)
    if len(whys) != len(run.held):  # recorded before reasons were kept as data
        return tuple(as_said(text) for text in run.held)
    return whys


def held_said(run: Run, lang: str) -> tuple[str, ...]:
    """What a run holds back or leaves unread, a text each."""
    return tuple(said(one, lang) for one in held_reasons(run))


def message_said(run: Run, lang: str) -> str:
    """What went wrong with a run, or how long something has waited; "" for neither."""
    return all_said(message_reasons(run), lang)


def message_reasons(run: Run) -> tuple[Reason, ...]:
    """The same as data; where none were kept, the English text that was kept."""
    return _or_kept(run.reasons[len(run.held) :], run.message)


def _or_kept(reasons: tuple[Reason, ...], kept: str) -> tuple[Reason, ...]:
    return reasons or ((as_said(kept),) if kept else ())


def all_said(reasons: Iterable[Reason], lang: str, between: str = "; ") -> str:
    """Reasons in words, one after the other; "" for none."""
    return between.join(said(one, lang) for one in reasons)


def told_or_kept(reasons: tuple[Reason, ...], kept: str, lang: str, between: str = "; ") -> str:
    """Reasons in words; where none were kept as data, the English text that was kept, quoted as such."""
    return all_said(_or_kept(reasons, kept), lang, between)


def notice_text(notice: Notice, lang: str) -> str:
    """A word to operators, line by line: from its data where it has some."""
    return told_or_kept(notice.said, notice.text, lang, "\n")
