"""Why a reading is not believed, or not all of it, and what to do: words made of reasons, in both languages.

The code decides the sentence; nothing is looked up in a sentence. The memory keeps the English one beside the
data, for logs and for programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from notifiers.said.reasons import reason_text
from notifiers.said.voice import voice
from notifiers.said.wording import label_name, value_text
from state.model import Reason, Run
from state.words.post import Notice

ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d)?Z")
KEPT = "en"
"""The language of the texts in the memory, which programs read too: its names and days are theirs."""
AS_SAID = "as_said"
"""What the network, a register or a reader said, verbatim, in `text`."""
COUNTS = frozenset({"since", "looks"})
"""The values that say how long it has lasted: they move while the reason stays the same."""


def as_said(text: str) -> Reason:
    """What somebody said, as a reason."""
    return Reason(code=AS_SAID, values={"text": text})


def said(reason: Reason, lang: str) -> str:
    """A reason in words."""
    if reason.code == AS_SAID:
        return reason_text(str(reason.values["text"]), lang)
    values = {name: _value(name, value, lang) for name, value in reason.values.items()}
    return voice(lang).each("doubt", reason.code, **values)


def _value(name: str, value: str | int | float | tuple[Reason, ...], lang: str) -> object:
    """One value as readers of a language write it."""
    if isinstance(value, tuple):
        return "; ".join(said(one, lang) for one in value)
    if lang == KEPT:
        return _kept(value)
    if not isinstance(value, str):
        return value
    if name in ("before", "after"):
        return value_text("status", value, lang)
    if name == "label":
        return label_name(value, lang)
    if found := INSTANT.fullmatch(value):
        day, time = found.groups()
        return f"{voice(lang).day(date.fromisoformat(day))} {time} UTC"
    return voice(lang).day(date.fromisoformat(value)) if ISO_DAY.fullmatch(value) else value


def _kept(value: str | int | float) -> object:
    """One value as the memory keeps it: names by their slugs, days as 2026-03-04."""
    if isinstance(value, float):
        return f"{value:g}"
    found = INSTANT.fullmatch(value) if isinstance(value, str) else None
    return f"{found[1]} {found[2]} UTC" if found else value


def sameness(reasons: Iterable[Reason]) -> str:
    """What tells one set of doubts from another, however long each has lasted."""
    kept = sorted(
        f"{one.code} {sorted((name, str(value)) for name, value in one.values.items())}"
        for one in reasons
        if not one.values.keys() >= COUNTS
    )
    return "; ".join(kept)


def held_reasons(run: Run) -> tuple[Reason, ...]:
    """What a run holds back or leaves unread, as data."""
    whys = tuple(one for one in run.reasons if not one.values.keys() >= COUNTS)
    if len(whys) != len(run.held):  # recorded before reasons were kept as data
        return tuple(Reason(code=AS_SAID, values={"text": text}) for text in run.held)
    return whys


def held_said(run: Run, lang: str) -> tuple[str, ...]:
    """What a run holds back or leaves unread, a text each."""
    return tuple(said(one, lang) for one in held_reasons(run))


def message_said(run: Run, lang: str) -> str:
    """What went wrong with a run, or how long something has waited; "" for neither."""
    told = run.reasons if not run.held else run.reasons[len(run.held) :]
    return "; ".join(said(one, lang) for one in told) or reason_text(run.message, lang)


def notice_text(notice: Notice, lang: str) -> str:
    """A word to operators, line by line: from its data where it has some."""
    if not notice.said:
        return reason_text(notice.text, lang)
    return "\n".join(said(one, lang) for one in notice.said)
