"""What a word means, whoever writes it and at whichever door, in French or in English: a kind of event, a
weight, everything, a day; and which words only glue others together. Pure.

Labels are read by `labels.meant`, names by `watcher.ask.naming`; likeness only suggests, it never decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from state.model import Kind, Weight
from state.names import print_key, words
from state.words.labels import LABELS, TOGETHER, Spoken, stem

YEARS = range(1900, 2200)
"""The years of the days that can be asked about: the edges of the calendar have no day before or after."""
Meaning = TypeVar("Meaning", Kind, Weight)
SUGGESTIONS = 3
# Of 100: short words differ much by one letter, so less is asked than of names.
LIKENESS = 65


KINDS: Mapping[Kind, Spoken] = {
    Kind.GAINED: Spoken(("obtenu", "gagné", "obtention", "gain"), ("gained", "gain", "won")),
    Kind.LOST: Spoken(("perdu", "perte", "plus listé"), ("lost", "loss")),
    Kind.SERVICE_ADDED: Spoken(("service ajouté", "nouveau service"), ("service added", "new service")),
    Kind.SERVICE_REMOVED: Spoken(("service retiré", "service perdu"), ("service removed", "service lost")),
    Kind.SCOPE_REDUCED: Spoken(("périmètre réduit", "réduction"), ("scope reduced", "reduction")),
    Kind.SCOPE_EXTENDED: Spoken(("périmètre étendu", "extension"), ("scope extended",)),
    Kind.SHORTENED: Spoken(("échéance avancée", "raccourci"), ("shortened",)),
    Kind.EXPIRED: Spoken(("échéance dépassée", "expiré", "échu"), ("expired",)),
    Kind.EXPIRING: Spoken(("échéance", "échéance proche", "expiration"), ("expiring", "expiry")),
    Kind.RENEWED: Spoken(("renouvelé", "renouvellement", "prolongé"), ("renewed", "renewal")),
    Kind.REISSUED: Spoken(("réédité", "nouvelle décision", "réédition"), ("reissued",)),
    Kind.RENAMED: Spoken(("renommé", "nom modifié", "changement de nom"), ("renamed",)),
    Kind.LEVEL_CHANGED: Spoken(
        ("niveau modifié", "niveau", "changement de niveau"), ("level changed", "level")
    ),
    Kind.CANDIDATE_LISTED: Spoken(
        ("candidat", "candidature", "nouveau candidat"), ("candidate", "new candidate")
    ),
    Kind.CANDIDATE_DELISTED: Spoken(("candidat retiré", "candidature retirée"), ("candidate removed",)),
    Kind.RECOMMENDATION_CHANGED: Spoken(
        ("recommandation", "recommandation modifiée"), ("recommendation", "recommendation changed")
    ),
    Kind.AMENDED: Spoken(("modifié", "modification", "mention modifiée"), ("amended",)),
}
"""The words for each kind of event, beside its own; `help` shows them, and every door understands them."""
WEIGHTS: Mapping[Weight, Spoken] = {
    Weight.HIGH: Spoken(("important",), ("high", "important")),
    Weight.NORMAL: Spoken(("normal",), ("normal",)),
    Weight.LOW: Spoken(("détail",), ("low", "detail")),
}
ALL = Spoken(("tout", "tous", "toutes"), ("all", "everything"))
_GLUE = (
    "a au aux avec chez d dans de depuis des du en entre et jusqu l la le les ou par pour sur un une"
    " an and at between for from in of on or since the to until with"
)
GLUE = frozenset(_GLUE.split())
"""Words between other words, which name nobody: "hds et secnumcloud pour la France"."""


def _by_stem(table: Mapping[Meaning, Spoken]) -> Mapping[str, Meaning]:
    return {stem(word): meaning for meaning, said in table.items() for word in said.words}


_KINDS, _WEIGHTS = _by_stem(KINDS), _by_stem(WEIGHTS)
_ALL = frozenset(stem(word) for word in ALL.words)


def kind_meant(word: str) -> Kind | None:
    """The kind of event that a word names: "Service-Added" is `service_added`, and so is "service ajouté"."""
    plain = print_key(word).replace("-", "_")
    return Kind(plain) if plain in list(Kind) else _KINDS.get(stem(word))


def weight_meant(word: str) -> Weight | None:
    """The weight that a word names: "high", "importants"."""
    return _WEIGHTS.get(stem(word))


def all_meant(word: str) -> bool:
    """Whether a word asks for everything."""
    return stem(word) in _ALL


def glue(word: str) -> bool:
    """Whether a word only stands between others, and names nothing."""
    said = words(word)
    return bool(said) and all(each in GLUE for each in said)


def vocabulary() -> tuple[str, ...]:
    """Every word that names a label or a kind, for who mistyped one."""
    named = [(slug, one.said) for slug, one in LABELS.items()]
    named += [(slug, one.said) for slug, one in TOGETHER.items()]
    labels = (word for slug, spoken in named for word in (slug, *spoken.words))
    kinds = (word for kind, said in KINDS.items() for word in (kind.value, *said.words))
    return tuple(dict.fromkeys((*labels, *kinds)))


def day_meant(text: str) -> date:
    """The day of an ISO date, of a year that can be asked about; raises `ValueError`."""
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(text)
    return day


def alike(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """The few of the known words that a mistyped one may have meant, the likest first."""
    from rapidfuzz import fuzz, process  # only for who mistyped

    likest = process.extract(
        print_key(text), list(known), scorer=fuzz.ratio, limit=SUGGESTIONS, score_cutoff=LIKENESS
    )
    return tuple(name for name, _, _ in likest)
