"""An answer in words before anybody draws it: the same lines for a terminal, Slack and a page. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from notifiers.said.named import label_name, scope_name, scope_text, shortened, source_title
from notifiers.said.voice import Line, Span, Voice, clean, clip, joined, voice
from state.model import PARIS, day_of
from state.words.labels import numbered
from state.words.verbs import VERBS

Item = tuple[Line, ...]
"""One thing among several, in a few short lines of which the first names it."""
SHORT = 90
"""How much of a subject stands in a line; some products are named in a paragraph."""
LONG = 300
NAMES = 8
FAMILY = "eIDAS"
"""The one family of labels that has a name to ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer: what it is about, what comes first, items one after the other, small notes below."""

    head: str = ""
    intro: tuple[Line, ...] = ()
    items: tuple[Item, ...] = ()
    foot: tuple[str, ...] = ()


class Exact(Voice):
    """English with days as programs write them; times are Paris time, as at every door."""

    def day(self, day: date) -> str:
        """A day: 2026-03-04."""
        return day.isoformat()

    def moment(self, at: datetime) -> str:
        """An aware moment: 2026-03-04 08:30 (Paris time)."""
        return self("format.moment", day=day_of(at), time=f"{at.astimezone(PARIS):%H:%M}")


class ToTheSecond(Exact):
    """The same for programs that compare our sentences with a log."""

    def moment(self, at: datetime) -> str:
        """An aware moment: 2026-03-04 07:30:15 UTC."""
        return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


@dataclass(frozen=True, slots=True)
class Hearer:
    """Who is told an answer: in which words, and whether commands are typed at a terminal or on Slack."""

    say: Voice
    terminal: bool = False

    @property
    def lang(self) -> str:
        """The language."""
        return self.say.lang

    def typed(self, verb: str, *words: object, reason: bool = False) -> str:
        """A command as one writes it where the answer is heard, on Slack in words of the language."""
        given = [str(word) for word in words]
        if self.terminal:
            return f"`{' '.join(('vigilabel', verb, *given, *(['--reason TEXT'] if reason else [])))}`"
        usual = VERBS[verb].usual(self.lang)
        return " ".join(("/vigilabel", usual, *given, *([self.say("typed.reason")] if reason else [])))

    def source(self, name: str) -> str:
        """A source: by its title, at a terminal by the name that commands take."""
        return name if self.terminal else source_title(name, self.lang)

    def seen(self, at: datetime) -> str:
        """When something was seen: the day, at a terminal with its time."""
        return self.say.moment(at) if self.terminal else self.say.day(day_of(at))


def hearer(lang: str) -> Hearer:
    """Whoever is told in a language, away from a terminal."""
    return Hearer(voice(lang))


def terminal(exact: type[Exact] = Exact, lang: str = "en") -> Hearer:
    """Whoever sits at a terminal; English is exact there."""
    if lang != "en":
        return Hearer(voice(lang), terminal=True)
    english = voice("en")
    return Hearer(
        exact(lang=english.lang, texts=english.texts, plurals=english.plurals, form=english.form),
        terminal=True,
    )


def programs() -> Hearer:
    """The programs that read our English sentences."""
    return terminal(ToTheSecond)


def plain(text: str) -> Line:
    return (Span(text=text),)


def lines(*texts: str) -> tuple[Line, ...]:
    """A line for each text that says something."""
    return tuple(plain(text) for text in texts if text)


def bold(text: str, *rest: str) -> Line:
    return (Span(text=text, bold=True), *(Span(text=one) for one in rest if one))


def dotted(*spans: Span | str) -> Line:
    """The spans that say something, with a middle dot between them."""
    said = (Span(text=one) if isinstance(one, str) else one for one in spans)
    return joined([span for span in said if span.text])


def grouped(items: Iterable[Item]) -> list[Item]:
    """The items, neighbours with the same first line under one of it: the rows of one provider."""
    groups: list[Item] = []
    for head, *others in items:
        if groups and others and len(groups[-1]) > 1 and groups[-1][0] == head:
            groups[-1] = (*groups[-1], *others)
        else:
            groups.append((head, *others))
    return groups


def labels_name(labels: Sequence[str], to: Hearer) -> str:
    """A label, or the family of several asked for together."""
    return label_name(labels[0], to.lang) if len(labels) == 1 else FAMILY


def some(names: Sequence[str], to: Hearer, most: int = NAMES) -> str:
    """The first of some names, and how many more there are."""
    return shortened([clip(clean(name), SHORT) for name in names], to.lang, most)


def unlisted(name: str, close: Sequence[str], to: Hearer) -> str:
    """That a name is on no list that was read, and which ones look like it."""
    hint = to.say("name.close", names=some(close, to, 4)) if close else ""
    return to.say("name.unlisted", name=clip(clean(name), SHORT)) + hint


def counted(rows: Mapping[str, int], to: Hearer) -> str:
    """Rows by label: "SecNumCloud 21, PASSI 61"; at a terminal by the slugs that commands take."""
    names = {label: label if to.terminal else label_name(label, to.lang) for label in rows}
    return ", ".join(f"{names[label]} {count}" for label, count in sorted(rows.items()))


def entries(label: str, scope: Sequence[str], to: Hearer) -> str:
    """What rows cover; of what rules number, number and words, all of it in three words."""
    order = numbered(label)
    if not order or not set(scope) <= set(order):
        return scope_text(tuple(scope), to.lang)
    if len(scope) == len(order):
        return to.say("scope.all", first=1, last=len(order))
    places = sorted(order.index(entry) + 1 for entry in scope)
    return to.say("list.comma").join(f"{n}\u00a0{scope_name(order[n - 1], to.lang)}" for n in places)
