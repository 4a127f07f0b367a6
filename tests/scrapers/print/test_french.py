from __future__ import annotations

from datetime import date

import pytest

from scrapers.print.french import Line, french_date, unwrap, whole_words


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("17/12/2025", date(2025, 12, 17)),
        ("26/06/202 5", date(2025, 6, 26)),
        ("20/06/20\n26", date(2026, 6, 20)),
        ("17.12.2025", date(2025, 12, 17)),
        ("2025-12-17", date(2025, 12, 17)),
        ("1er janvier 2027", date(2027, 1, 1)),
        ("3 sept. 2026", date(2026, 9, 3)),
        ("31 DÉCEMBRE 2026", date(2026, 12, 31)),
        ("15 août 2026", date(2026, 8, 15)),
        ("17／12／2025", date(2025, 12, 17)),
        ("17\u201112\u20112025", date(2025, 12, 17)),
        ("17&nbsp;décembre&nbsp;2025", date(2025, 12, 17)),
    ],
)
def test_a_printed_date_is_read_wherever_it_is_broken(printed: str, day: date) -> None:
    assert french_date(printed) == day


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "décembre 2026",
        "31/02/2026",
        "17/12/25",
        "12/2026",
        "Non maintenu",
        "à venir",
        "17/12-2025",
        "1 foo 2026",
    ],
)
def test_a_day_is_never_invented(printed: str) -> None:
    assert french_date(printed) is None


def lines(*texts: str, letter: float = 3.0) -> list[Line]:
    return [Line(text=text, width=letter * len(text.strip())) for text in texts]


WORDS = frozenset({"stmicroelectronics", "version", "authentification", "pricewaterhousecoopers"})


@pytest.mark.parametrize(
    ("printed", "room", "read"),
    [
        (("Cloud ", "Temple"), 60, "Cloud Temple"),
        (("Capgemini Technology", "Services"), 62, "Capgemini Technology Services"),
        (("STMicroelectro", "nics "), 43, "STMicroelectronics"),
        (("PricewaterhouseCoop", "ers Advisory"), 60, "PricewaterhouseCoopers Advisory"),
        (("CENTAURUS_FB_0", "4"), 43, "CENTAURUS_FB_04"),
        (("d'authentification", "ou"), 54, "d'authentification ou"),
        (("S3FT9MF", "version 2"), 22, "S3FT9MF version 2"),
        (("référence", "R1R30384"), 60, "référence R1R30384"),
        (("configuration,", "Loader"), 43, "configuration, Loader"),
        (("cryptographique", "NesLib"), 46, "cryptographique NesLib"),
        (("SSCD (A) CB-", "Comm"), 40, "SSCD (A) CB-Comm"),
        (("Cloud Services -", "Secured IaaS"), 60, "Cloud Services - Secured IaaS"),
        (("S3FT9PF/", "S3FT9PS"), 30, "S3FT9PF/S3FT9PS"),
        (("ST33G1M2 /", "ST33I1M2"), 30, "ST33G1M2 / ST33I1M2"),
        ((), 30, ""),
        (("Cloud", " ", "privé"), 30, "Cloud privé"),
        ((" ", "Cloud"), 30, "Cloud"),
    ],
)
def test_a_wrapped_cell_is_read_as_a_person_reads_it(
    printed: tuple[str, ...], room: float, read: str
) -> None:
    assert unwrap(lines(*printed), room, WORDS) == read


def test_only_words_printed_whole_can_settle_a_join() -> None:
    cells = [lines("Pricewaterhouse", "Coopers Advisory"), lines("Sans ", "objet"), lines("Thales DIS")]
    assert whole_words(cells) == {"advisory", "sans", "objet", "thales", "dis"}
