"""How many a register listed before this watch began, as others reported: marked points, never counted.

Each was looked for again in November 2026; where a publication that says so was found, it is named. None of
them is an observation of ours, and no answer rests on one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many a list had, by whom it was said, when and where; without a title the source was not found
    again. `within` is what is known of the day: itself, its month, or its year, of which it is the last."""

    day: date
    within: str = "day"
    count: int
    title: str = ""
    publisher: str = ""
    published: date | None = None
    url: str = ""


SIZES: Mapping[str, tuple[Size, ...]] = {
    "hds": (
        Size(day=date(2020, 2, 21), count=89),
        Size(
            day=date(2021, 2, 1),
            count=135,
            title="Certification HDS, hébergement de données de santé (ECL88)",
            publisher="Cometh Consulting",
            published=date(2021, 2, 9),
            url=(
                "https://www.cometh-consulting.com/2021/02/09/"
                "ecl88-certification-hds-hebergement-donnees-sante/"
            ),
        ),
        Size(
            day=date(2021, 12, 31),
            within="year",
            count=189,
            title="HDS – Health Data Hosting Certification",
            publisher="Agence du numérique en santé",
            url=(
                "https://industriels.esante.gouv.fr/en/products-services/"
                "hds-health-data-hosting-certification"
            ),
        ),
        Size(
            day=date(2022, 4, 30),
            within="month",
            count=205,
            title=(
                "Quelles sont les 205 sociétés certifiées pour l’hébergement des données de santé (HDS) ?"
            ),
            publisher="mind Health",
            published=date(2022, 6, 14),
            url="https://www.mind.eu.com/health/?p=25923",
        ),
        Size(day=date(2024, 5, 31), within="month", count=302),
        # Two texts of 2026 repeat it of the list of that day; neither is a publication to lead anybody to.
        Size(day=date(2026, 5, 13), count=404),
    ),
}
"""Of each label, in order of time. 284 hosts between 2023 and 2024 are left out: no day was ever told."""
