"""What a text that somebody looks for may mean, and what each meaning finds, before anything is opened.

Labels are named by the words that people call them, in any of our languages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifiers.said.named import label_name
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import voice
from state import search
from state.names import bare_number, name_key, words
from state.seen.rows import overview
from state.words.labels import ALWAYS, LABELS, TOGETHER, meant, rank_of, single, together

if TYPE_CHECKING:
    from watcher.ask.archive import Archive

PAPERS = frozenset({
    "decision", "decisions", "certificat", "certificats", "certificate", "certification", "attestation",
    "qualification", "visa", "ref", "reference", "numero", "num", "number", "nr", "no", "n", "de", "du",
    "des", "la", "le", "les", "l", "d", "of", "the", "np", "pdf",
})  # fmt: skip
"""What people write around the number of a decision or certificate; "np" and "pdf" end the names of files."""
SHORT = 3
"""Words of so many letters say nothing by themselves ("de", "the"); a label's own short name does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to understand a text: words that are all required, in rows of these labels if any are named;
    and those of them that may number a decision."""

    words: tuple[str, ...]
    labels: tuple[str, ...] = ()
    number: tuple[str, ...] = ()


def readings(text: str) -> Sequence[Reading]:
    """The ways to understand a text, the surest first: a name and a label ("outscale hds"); all its words;
    and those without the legal form."""
    labels, rest = labels_named(text)
    ways = [_reading(rest, labels)] if labels and words(rest) else []
    ways += [_reading(text), _reading(name_key(text))]
    return [way for n, way in enumerate(ways) if way.words and way not in ways[:n]]


def _reading(text: str, labels: tuple[str, ...] = ()) -> Reading:
    number = tuple(word for word in words(bare_number(text)) if word not in PAPERS)
    numbered = any(letter.isdecimal() for word in number for letter in word)
    return Reading(words=words(text), labels=labels, number=number if numbered else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What one reading finds: the slugs of providers, and lines of life whose service, or whose decision, has
    the words. `wide`: there is more than was counted."""

    way: Reading
    providers: Sequence[str] = ()
    services: Sequence[int] = ()
    decisions: Sequence[int] = ()
    wide: bool = False

    def __bool__(self) -> bool:
        return bool(self.providers or self.services or self.decisions)


def hits(archive: Archive, text: str) -> Hits:
    """What the surest reading of a text finds; whoever is registered under such a number first."""
    found, own = _surest(archive, text), sorted(archive.names.registered(text))
    others = [slug for slug in found.providers if slug not in own]
    return replace(found, providers=[*own, *others]) if own else found


def _surest(archive: Archive, text: str) -> Hits:
    found = [Hits(way=Reading(words=()))]
    for way in readings(text):
        found.append(_hits(archive, way))
        if found[-1]:
            return found[-1]
    # Where nothing is found, near names are sought by the words of the surest reading.
    return found[1] if found[1:] else found[0]


def _hits(archive: Archive, way: Reading) -> Hits:
    every, store = search.all_of(way.words), archive.store
    # What is called so; where a label is named, all that the name has of it.
    called = every if way.labels else search.both(every, search.any_of(way.words, ("subject",)))
    numbered = search.lines(store, search.all_of(way.number, ("ref",)), way.labels)
    decided = {one.line for one in numbered}
    served = [one for one in search.lines(store, called, way.labels) if one.line not in decided]
    named = search.names(store, every)
    return Hits(
        way=way,
        providers=_providers(archive, way, named),
        services=_in_order(served),
        decisions=_in_order(numbered),
        wide=max(len(named), _spellings(served), _spellings(numbered)) > search.MOST,
    )


def _spellings(lines: Iterable[search.Line]) -> int:
    return sum(one.spellings for one in lines)


def _in_order(lines: Iterable[search.Line]) -> Sequence[int]:
    """Those that are listed first, by the label that most people watch and by name."""
    order = sorted(lines, key=lambda one: (not one.listed, rank_of(one.label), one.name.casefold(), one.line))
    return [one.line for one in order]


def _providers(archive: Archive, way: Reading, named: Iterable[tuple[str, str]]) -> Sequence[str]:
    """Those who are called exactly so first, then those with a label that everybody asks for; by name."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for slug, name in (*named, *_reviewed(archive, way.words)):
        names[slug].append(name)
    asked, known = overview.listed(archive.store, names, ALWAYS), " ".join(way.words)

    def order(slug: str) -> tuple[bool, bool, str]:
        exact = slug == known or any(name_key(name) == known for name in names[slug])
        return not exact, slug not in asked, names[slug][0].casefold()

    return sorted(names, key=order)


def _reviewed(archive: Archive, wanted: Collection[str]) -> Iterable[tuple[str, str]]:
    """The providers that people know by a name with such words, as reviewed. Their products do not count:
    "SecNumCloud" is part of what a candidate calls its own."""
    for slug, each in archive.providers.reviewed.items():
        for name in each.spellings():
            if set(wanted) <= set(words(name)):
                yield slug, name


def labels_named(text: str) -> tuple[tuple[str, ...], str]:
    """The labels that words of a text name, a family's several, and the rest of the text."""
    parts = text.split()
    found = dict.fromkeys(label for part in together(parts) for label in single(meant(part)))
    return tuple(found), " ".join(part for part in together(parts) if not meant(part))


def labels_about(text: str) -> tuple[str, ...]:
    """The labels that a text names, then those of which it speaks: all its words are among theirs."""
    named, _ = labels_named(text)
    both = [slug for slug, many in TOGETHER.items() if set(many.labels) <= set(named)]
    said = {_plain(word) for word in words(text) if len(word) > SHORT}
    about = [label for label in (*LABELS, *TOGETHER) if said and said <= _words_of(label)]
    # Who names both asks for who has both, before who has either.
    return tuple(dict.fromkeys((*both, *named, *about)))


def _words_of(label: str) -> frozenset[str]:
    """What a label is called, what it is, and what else people call it, in all languages."""
    said = [label, *(label_name(label, lang) for lang in LANGUAGES)]
    for say in map(voice, LANGUAGES):
        keys = (key for key in (f"{label}.explained", f"{label}.also") if say.knows("label", key))
        said += [say.each("label", key) for key in keys]
    return frozenset(_plain(word) for text in said for word in words(text))


def _plain(word: str) -> str:
    """A word without what makes it several."""
    return word.rstrip("sx") or word
