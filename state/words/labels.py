"""The labels that registers attest: one entry each, from which pages, filters, sources and tests read.

A label's texts are in the catalogues of texts, under its slug.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from state.names import print_key, words

if TYPE_CHECKING:
    from state.model import Attestation


class Family(StrEnum):
    """What a label is given to, in the order in which families are shown."""

    CLOUD = "cloud"
    SERVICES = "services"
    EIDAS = "eidas"
    PRODUCTS = "products"


class Paper(StrEnum):
    """What stands behind a row.

    `decision`: of the authority. `certificate`: of a certification body, whose number is printed in many ways
    and which may be issued anew for the same time. `evaluation`: the certificate of an evaluated product;
    another one is about another product, and they end by the hundred.
    """

    DECISION = "decision"
    CERTIFICATE = "certificate"
    EVALUATION = "evaluation"


@dataclass(frozen=True, slots=True)
class Spoken:
    """How people say one thing: the usual word first in each language, accents or not, one or several."""

    fr: tuple[str, ...]
    en: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.fr, *self.en)

    def usual(self, lang: str) -> str:
        """The word that a person of that language is offered; "" where there is none."""
        return next(iter(self.fr if lang == "fr" else self.en), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label: its slug is its name in commands, addresses, the memory and the catalogues of texts.

    `numbered` are the entries of its scope that its rules number, in their order: the six activities of HDS
    are those of article R1111-9 of the Code de la santé publique. Others count 3 and 4 the other way round,
    so that a number stands beside its words and never alone.
    `said` are other words that name it.
    """

    slug: str
    family: Family
    said: Spoken = Spoken(())
    paper: Paper = Paper.DECISION
    numbered: tuple[str, ...] = ()


def _table(*labels: Label) -> Mapping[str, Label]:
    return {label.slug: label for label in labels}


LABELS = _table(
    Label(slug="secnumcloud", family=Family.CLOUD, said=Spoken(("secnum", "sec num cloud", "snc"))),
    Label(
        slug="hds",
        family=Family.CLOUD,
        said=Spoken(
            ("hébergeur de données de santé", "hébergement de données de santé", "données de santé"),
            ("health data hosting", "health data"),
        ),
        paper=Paper.CERTIFICATE,
        numbered=(
            "sites physiques",
            "infrastructure matérielle",
            "infrastructure virtuelle",
            "plateforme d'hébergement d'applications",
            "administration et exploitation",
            "sauvegarde",
        ),
    ),
    Label(
        slug="pams",
        family=Family.SERVICES,
        said=Spoken(("infogérance", "administration et maintenance"), ("managed services",)),
    ),
    Label(
        slug="passi", family=Family.SERVICES, said=Spoken(("audit", "audit de sécurité"), ("security audit",))
    ),
    Label(
        slug="pacs",
        family=Family.SERVICES,
        said=Spoken(("accompagnement et conseil", "conseil en sécurité"), ("security consulting",)),
    ),
    Label(
        slug="pris",
        family=Family.SERVICES,
        said=Spoken(("réponse à incident", "réponse aux incidents"), ("incident response",)),
    ),
    Label(
        slug="pdis", family=Family.SERVICES, said=Spoken(("détection d'incidents",), ("incident detection",))
    ),
    Label(
        slug="pvid",
        family=Family.SERVICES,
        said=Spoken(
            ("vérification d'identité", "vérification d'identité à distance"), ("identity verification",)
        ),
    ),
    Label(
        slug="mie",
        family=Family.SERVICES,
        said=Spoken(("identification électronique",), ("electronic identification",)),
    ),
    Label(
        slug="eidas-esign-cert",
        family=Family.EIDAS,
        said=Spoken(("certificats de signature", "signature électronique"), ("signature certificates",)),
    ),
    Label(
        slug="eidas-eseal-cert",
        family=Family.EIDAS,
        said=Spoken(("certificats de cachet", "cachet électronique"), ("seal certificates",)),
    ),
    Label(
        slug="eidas-web-cert",
        family=Family.EIDAS,
        said=Spoken(("certificats de site web", "authentification de site web"), ("website certificates",)),
    ),
    Label(slug="eidas-timestamp", family=Family.EIDAS, said=Spoken(("horodatage",), ("timestamping",))),
    Label(
        slug="eidas-esign-validation",
        family=Family.EIDAS,
        said=Spoken(("validation de signatures",), ("signature validation",)),
    ),
    Label(
        slug="eidas-eseal-validation",
        family=Family.EIDAS,
        said=Spoken(("validation de cachets",), ("seal validation",)),
    ),
    Label(
        slug="eidas-esign-preservation",
        family=Family.EIDAS,
        said=Spoken(("conservation de signatures",), ("signature preservation",)),
    ),
    Label(
        slug="eidas-eseal-preservation",
        family=Family.EIDAS,
        said=Spoken(("conservation de cachets",), ("seal preservation",)),
    ),
    Label(
        slug="eidas-registered-delivery",
        family=Family.EIDAS,
        said=Spoken(("envoi recommandé", "recommandé électronique"), ("registered delivery",)),
    ),
    Label(
        slug="eidas-esign-remote",
        family=Family.EIDAS,
        said=Spoken(("signature à distance",), ("remote signing", "remote signature")),
    ),
    Label(
        slug="eidas-eseal-remote",
        family=Family.EIDAS,
        said=Spoken(("cachet à distance",), ("remote sealing", "remote seal")),
    ),
    Label(
        slug="eidas-attributes",
        family=Family.EIDAS,
        said=Spoken(("attestations d'attributs",), ("attestations of attributes",)),
    ),
    Label(slug="qualified-product", family=Family.PRODUCTS, said=Spoken(("produit qualifié",))),
    Label(
        slug="cc",
        family=Family.PRODUCTS,
        said=Spoken(("critères communs",), ("common criteria",)),
        paper=Paper.EVALUATION,
    ),
    Label(
        slug="cspn",
        family=Family.PRODUCTS,
        said=Spoken(("certification de premier niveau",)),
        paper=Paper.EVALUATION,
    ),
    Label(
        slug="protection-profile",
        family=Family.PRODUCTS,
        said=Spoken(("profil de protection",)),
        paper=Paper.EVALUATION,
    ),
    Label(
        slug="site",
        family=Family.PRODUCTS,
        said=Spoken(("site certifié",), ("certified site",)),
        paper=Paper.EVALUATION,
    ),
)
"""Every label by its slug, those that most people watch first: the one order in which doors name labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Labels that count for something only when one holds them all: asked for, watched and listed as a label
    of its own, that no register prints.

    `carried` are those that a provider may also have from what it runs on, where an operator's note says so:
    HDS is certified host by host, so that nobody has it from another.
    """

    slug: str
    labels: tuple[str, ...]
    said: Spoken = Spoken(())
    carried: tuple[str, ...] = ()

    @property
    def family(self) -> Family:
        """Among which labels it is shown: those of the first of its own."""
        return LABELS[self.labels[0]].family


TOGETHER: Mapping[str, Together] = {
    one.slug: one
    for one in (
        Together(
            slug="secnumcloud+hds",
            labels=("secnumcloud", "hds"),
            said=Spoken(
                ("cloud de confiance pour la santé", "cloud de confiance santé"),
                ("trusted cloud for health", "trusted health cloud"),
            ),
            carried=("secnumcloud",),
        ),
    )
}
"""The labels that are asked for together, by slug; they are no labels of the memory."""
PLUS = "+"
GROUPS = (Family.EIDAS.value,)
"""The families that have a word of their own wherever a label can be named."""
ALWAYS = ("secnumcloud", "hds")
"""The labels that everybody asks for: named in every comparison, whether or not a source is enabled."""

RANKS = {slug: rank for rank, slug in enumerate(LABELS)}


EUCC = "eucc"
# Since 2025 the European scheme of Regulation (EU) 2024/482 stands beside the national one in the table of
# common criteria: "EUCC-3090-2025-10-03", 3090 being ANSSI's number as a notified body, and
# "EUCC-ANSSI-2025-03-01", "EUCC-CC-3090-2026-07".
_EUCC = re.compile(r"EUCC(?:-[0-9A-Z]+)+", re.IGNORECASE)


def scheme_of(row: Attestation) -> str:
    """The European scheme under which a product is certified, "" for any other row.

    It is read off the reference, which is kept as it is: so rows read before anybody knew of it say it too.
    """
    return EUCC if paper_of(row.label) is Paper.EVALUATION and _EUCC.fullmatch(row.ref or "") else ""


def rank_of(label: str) -> int:
    """The place of a label among all, those that most people watch first; unknown ones come last."""
    return RANKS.get(label, len(RANKS))


def in_family(family: Family) -> tuple[str, ...]:
    return tuple(slug for slug, label in LABELS.items() if label.family is family)


def paper_of(label: str) -> Paper:
    """What stands behind the rows of a label; behind those of an unknown one, a decision."""
    return LABELS[label].paper if label in LABELS else Paper.DECISION


def numbered(label: str) -> tuple[str, ...]:
    """The entries of a label's scope that its rules number, in their order; none where it numbers nothing."""
    return LABELS[label].numbered if label in LABELS else ()


def label_word(word: str) -> str:
    """The word as labels are written, whatever its case, accents and dashes."""
    return print_key(word).replace("_", "-")


def stem(text: str) -> str:
    """The words of a text without marks of number and gender: "renouvelées" is said like "renouvelé"."""
    return " ".join(word.rstrip("s").rstrip("e") if len(word) > 3 else word for word in words(text))


_SAID = {slug: one.said for slug, one in LABELS.items()} | {slug: one.said for slug, one in TOGETHER.items()}
SAID = {stem(word): slug for slug, said in _SAID.items() for word in said.words}


def meant(word: str) -> tuple[str, ...]:
    """The slugs that a word names: one, a family's, or that of labels together; none where it names none."""
    slug = label_word(word)
    if slug in GROUPS:
        return in_family(Family(slug))
    if PLUS in word:
        return _together(word.split(PLUS))
    slug = slug if slug in LABELS else SAID.get(stem(word), "")
    return (slug,) if slug else ()


def _together(parts: Sequence[str]) -> tuple[str, ...]:
    """The slug of the labels that are named, in whatever order and spelling."""
    named = sorted(label for part in parts for label in meant(part))
    return tuple(slug for slug, one in TOGETHER.items() if sorted(one.labels) == named)


def unknown_together(word: str) -> bool:
    """Whether a word names labels together that nobody counts so: no name, for each part of it is a label."""
    parts = [part for part in word.split(PLUS) if part.strip()]
    return len(parts) > 1 and PLUS in word and not meant(word) and all(map(meant, parts))


def together(given: Sequence[str]) -> tuple[str, ...]:
    """The words, those as one that name labels together: `secnumcloud`, `+`, `hds` are `secnumcloud+hds`."""
    said, rest = list[str](), list(given)
    while rest:
        size = next((n for n in (5, 4, 3, 2) if _is_together(rest[:n])), 1)
        said.append("".join(rest[:size]))
        del rest[:size]
    return tuple(said)


def _is_together(parts: Sequence[str]) -> bool:
    # A name may end with a plus ("Canal+"): only what names labels on both sides is put together.
    whole = "".join(parts)
    known = bool(_together(whole.split(PLUS))) or unknown_together(whole)  # those are refused as one word
    return any(PLUS in part for part in parts) and known


def single(labels: Iterable[str]) -> tuple[str, ...]:
    """The labels that registers attest, those that are asked for together one by one."""
    each = (TOGETHER[label].labels if label in TOGETHER else (label,) for label in labels)
    return tuple(dict.fromkeys(label for several in each for label in several))


def coverage_of(attestation: Attestation) -> str:
    """The entry of `Listing.covers` that an attestation belongs to."""
    if attestation.status == "archived":
        return f"{attestation.label}:archived"
    return attestation.label
