"""The labels that registers attest: one entry each, from which pages, filters, sources and tests read.

A label's texts are in the catalogues of texts, under its slug.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from state.names import print_key, words


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
    Label(slug="secnumcloud", family=Family.CLOUD, said=Spoken(("secnum", "sec num cloud", "snc"))),
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
"""Every label by its slug, those that most people watch first."""

GROUPS = (Family.EIDAS.value,)
"""The families that have a word of their own wherever a label can be named."""
ALWAYS = ("secnumcloud", "hds")
"""The labels that everybody asks for: named in every comparison, whether or not a source is enabled."""


def rank_of(label: str) -> int:
    """The place of a label among all, those that most people watch first; unknown ones come last."""
    return next((rank for rank, slug in enumerate(LABELS) if slug == label), len(LABELS))


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


SAID = {stem(word): slug for slug, label in LABELS.items() for word in label.said.words}


def meant(word: str) -> tuple[str, ...]:
    """The slugs that a word names, one or a family; none where it names no label."""
    slug = label_word(word)
    if slug in GROUPS:
        return in_family(Family(slug))
    slug = slug if slug in LABELS else SAID.get(stem(word), "")
    return (slug,) if slug else ()
