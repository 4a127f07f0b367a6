"""The labels that registers attest: one entry each, from which pages, filters, sources and tests read.

A label's texts are in the catalogues of texts, under its slug.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from state.names import print_key


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label: its slug is its name in commands, addresses, the memory and the catalogues of texts.

    `numbered` are the entries of its scope that its rules number, in their order: the six activities of HDS
    are those of article R1111-9 of the Code de la santé publique. Others count 3 and 4 the other way round,
    so that a number stands beside its words and never alone.
    """

    slug: str
    family: Family
    paper: Paper = Paper.DECISION
    numbered: tuple[str, ...] = ()


def _table(*labels: Label) -> Mapping[str, Label]:
    return {label.slug: label for label in labels}


LABELS = _table(
    Label(
        slug="hds",
        family=Family.CLOUD,
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
    Label(slug="secnumcloud", family=Family.CLOUD),
    Label(slug="pams", family=Family.SERVICES),
    Label(slug="passi", family=Family.SERVICES),
    Label(slug="pacs", family=Family.SERVICES),
    Label(slug="pris", family=Family.SERVICES),
    Label(slug="pdis", family=Family.SERVICES),
    Label(slug="pvid", family=Family.SERVICES),
    Label(slug="mie", family=Family.SERVICES),
    Label(slug="eidas-esign-cert", family=Family.EIDAS),
    Label(slug="eidas-eseal-cert", family=Family.EIDAS),
    Label(slug="eidas-web-cert", family=Family.EIDAS),
    Label(slug="eidas-timestamp", family=Family.EIDAS),
    Label(slug="eidas-esign-validation", family=Family.EIDAS),
    Label(slug="eidas-eseal-validation", family=Family.EIDAS),
    Label(slug="eidas-esign-preservation", family=Family.EIDAS),
    Label(slug="eidas-eseal-preservation", family=Family.EIDAS),
    Label(slug="eidas-registered-delivery", family=Family.EIDAS),
    Label(slug="qualified-product", family=Family.PRODUCTS),
    Label(slug="cc", family=Family.PRODUCTS, paper=Paper.EVALUATION),
    Label(slug="cspn", family=Family.PRODUCTS, paper=Paper.EVALUATION),
    Label(slug="protection-profile", family=Family.PRODUCTS, paper=Paper.EVALUATION),
    Label(slug="site", family=Family.PRODUCTS, paper=Paper.EVALUATION),
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


def meant(word: str) -> tuple[str, ...]:
    """The slugs that a word names, one or a family; none where it names no label."""
    slug = label_word(word)
    if slug in GROUPS:
        return in_family(Family(slug))
    return (slug,) if slug in LABELS else ()
