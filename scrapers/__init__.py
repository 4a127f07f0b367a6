"""The sources: one module a register, none of which knows another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapers.source import Source

    SOURCES: tuple[Source, ...]
    """Every register that vigilabel reads, in the order they are shown."""


def _sources() -> tuple[Source, ...]:
    from scrapers.ans_hds.source import AnsHds
    from scrapers.anssi_catalogue.source import AnssiCatalogue
    from scrapers.anssi_pending.source import AnssiPending
    from scrapers.eu_lotl.source import EuLotl
    from scrapers.tl_fr.source import TlFr

    return (AnssiCatalogue(), AnssiPending(), AnsHds(), TlFr(), EuLotl())


def names() -> tuple[str, ...]:
    """The name of every source that may be: of `SOURCES`, and of lists of states, which settings choose."""
    from scrapers import SOURCES
    from scrapers.eu_trusted_lists.states import STATES

    lists = (f"tl-{code.lower()}" for code in STATES)
    return tuple(dict.fromkeys((*(source.name for source in SOURCES), *lists)))


def __getattr__(name: str) -> tuple[Source, ...]:
    """`SOURCES`, made when first asked for: who reads a document of one register loads no other."""
    if name != "SOURCES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, _sources())  # type: ignore[no-any-return]
