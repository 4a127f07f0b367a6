"""The labels that registers attest, each told once."""

from __future__ import annotations

SERVICE_LABELS = ("secnumcloud", "pams", "passi", "pacs", "pris", "pdis", "pvid", "mie")
EIDAS_LABELS = (
    "eidas-esign-cert",
    "eidas-eseal-cert",
    "eidas-web-cert",
    "eidas-timestamp",
    "eidas-esign-validation",
    "eidas-eseal-validation",
    "eidas-esign-preservation",
    "eidas-eseal-preservation",
    "eidas-registered-delivery",
)
PRODUCT_LABELS = ("qualified-product", "cc", "cspn", "protection-profile", "site")
LABELS = ("hds", *SERVICE_LABELS, *EIDAS_LABELS, *PRODUCT_LABELS)
_RANKS = {label: rank for rank, label in enumerate(LABELS)}


def rank_of(label: str) -> int:
    """The place of a label among all, those that most people watch first; unknown ones come last."""
    return _RANKS.get(label, len(LABELS))
