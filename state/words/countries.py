"""The states whose trusted lists there are, by the codes that the EU writes them with."""

from __future__ import annotations

COUNTRIES = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IS", "IT",
    "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "UK",
)  # fmt: skip
_ALIKE = {"GR": "EL", "GB": "UK"}
"""States that the EU writes otherwise than ISO 3166 does."""


def territory(country: str) -> str:
    """The code of a state as the lists of the EU print it ("EL"), of one typed in any way ("gr")."""
    code = country.strip().upper()
    return _ALIKE.get(code, code)


def country_meant(text: str) -> str:
    """The state that a text names, "" for any other text."""
    code = territory(text)
    return code if code in COUNTRIES else ""
