"""Who may sign the French trusted list: the certificates that the EU's list of lists names for France.

Each is accepted for the lists issued while the EU's list named it. The times are those of the EU's list
(`ListIssueDateTime`): `since` of the first number that names the certificate, `until` of the first that no
longer does. Read in its editions 295 (2021-08-12, the oldest at hand) to 390 (2026-08-03, the newest), as
public mirrors keep them; 303, 347, 351 and 382 are those that changed. A certificate that comes later is for
a person to accept, who has compared it with the EU's list: docs/decisions/0006-trusted-list-signature.md.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from scrapers.trust import Named, Signers

LISTS = {
    "295": datetime(2021, 8, 12, 13, 0, 6, tzinfo=UTC),
    "303": datetime(2021, 12, 21, 8, 0, 27, tzinfo=UTC),
    "347": datetime(2024, 10, 17, 10, 0, 0, tzinfo=UTC),
    "351": datetime(2024, 11, 21, 13, 6, 29, tzinfo=UTC),
    "382": datetime(2026, 3, 2, 10, 0, 34, tzinfo=UTC),
}
"""The editions of the EU's list that named another signer than the one before, and when they were issued."""
NAMED = tuple(
    Named(fingerprint=fingerprint, since=LISTS[since], until=LISTS.get(until))
    for fingerprint, since, until in (
        ("fccbf2818916ba6052da39571cffd8b3b3e1bff59fa3f514fd39af9823a48552", "295", "303"),
        ("abf62f747c5e149ef0a58b3198f5dc5630ec3aa282f621bfaf765f514ad12439", "295", "347"),
        ("3727ba76a8555c3eeab14bf0ce6ba97d42c642f8a2de6b243d55559a65de4b8a", "303", "347"),
        ("8dd197a39b5da275bfcbaf7f27b3ba9de100f1b2aa6f33ecc49c65ba80cb774a", "303", "351"),
        ("d92417c9f94e2f1213c9da096e5143b12e55d1af656530fab60d09f2bf3bbef2", "351", "382"),
        ("e79b7c20be874d9b48ba1af40e8943ab85633f10d83b27932035603f30478360", "347", ""),
        ("ccaba176a01b1ff6bbbe0071a4708ddf076601e9aaf2a3b6b6195a1aff5a037c", "382", ""),
    )
)


def trusted(pinned: Collection[str]) -> Signers:
    """The signers of the French list: the pinned ones, and those that the EU's list named in their time."""
    return Signers(pinned=frozenset(pinned), named=NAMED)
