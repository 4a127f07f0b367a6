"""What was read and is not believed yet: removals that are held, second looks, and readings in doubt.

Nobody is told of these, so whoever wonders about the silence finds them here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING

from notifiers.said.reasons import held_reasons
from state.model import Known, Outcome, Reason, Run
from state.seen.looks import runs
from state.seen.rows import listings
from state.words.labels import rank_of

if TYPE_CHECKING:
    from watcher.ask.archive import Archive

LOOKS_BACK = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits at one source since a moment.

    `rows` still count as listed, although the readings since then do not show them. `reasons` are what a
    person should look at before approving `run`, none where a second look will tell by itself. `approvable`
    says whether a person's word helps.
    """

    source: str
    run: int
    since: datetime
    reasons: tuple[Reason, ...]
    approvable: bool
    rows: tuple[Known, ...]

    def only(self, wanted: Callable[[Known], bool]) -> Waiting | None:
        """The same with the rows that are wanted; None when there are none of them."""
        rows = tuple(row for row in self.rows if wanted(row))
        return replace(self, rows=rows) if rows else None


def waiting(archive: Archive) -> tuple[Waiting, ...]:
    """What waits at each source, of all that was read there."""
    return tuple(one for name in archive.sources if (one := _waiting(archive, name)) is not None)


def _waiting(archive: Archive, source: str) -> Waiting | None:
    looks = runs.runs(archive.store, source=source, newest_first=True, limit=LOOKS_BACK)
    read = [run for run in looks if run.outcome in (Outcome.OK, Outcome.DOUBTFUL)]
    if not read:
        return None
    last = read[0]
    missing = (row for row in listings.listing(archive.store, source) if row.missing_since is not None)
    rows = tuple(
        sorted(missing, key=lambda row: (rank_of(row.attestation.label), row.provider.name.casefold()))
    )
    reasons = last.reasons if last.outcome is Outcome.DOUBTFUL else held_reasons(last)
    if not reasons and not rows:
        return None
    return Waiting(
        source=source,
        run=last.id,
        since=_since(read, rows),
        reasons=reasons,
        approvable=last.waits,
        rows=rows,
    )


def _since(read: list[Run], rows: tuple[Known, ...]) -> datetime:
    """When the first of the readings was made that say so."""
    doubted = [run.at for run in takewhile(lambda run: run.outcome is Outcome.DOUBTFUL, read)]
    missing = [row.missing_since for row in rows if row.missing_since is not None]
    return min([*doubted, *missing], default=read[0].at)
