"""A look that changes one row, as another process writes it beside one that answers pages.

`python benchmarks/changed_row.py MEMORY`: the newest row of the longest list is renewed, with its event.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.long_life import SOURCE
from state.file.opening import open_store
from state.model import Cause, Event, Evidence, Kind
from state.seen.events import log
from state.seen.looks import runs
from state.seen.rows import listings, overview
from state.words.kept import Transition

if TYPE_CHECKING:
    from state.file.store import Store


def change_a_row(store: Store) -> None:
    """Writes the look: its run, the row as it is from now on, the event, where the source stands."""
    last = runs.last_good(store, SOURCE)
    assert last is not None
    [row] = overview.standing(store, labels=["cc"], order="newest", limit=1)
    end = row.known.attestation.valid_until
    assert end is not None
    moved = replace(
        row.known, attestation=replace(row.known.attestation, valid_until=end + timedelta(days=1))
    )
    at = last.at + timedelta(minutes=1)
    with store.transaction():
        run = replace(last, id=runs.next_run(store), at=at, edition_at=at)
        runs.record(store, run)
        listings.accept(store, SOURCE, run.id, at, at, Transition(revised=(moved,)))
        event = Event(
            id=log.next_event(store),
            kind=Kind.RENEWED,
            weight=Kind.RENEWED.weight,
            provider=moved.provider,
            label=moved.attestation.label,
            source=SOURCE,
            attestations=(moved.attestation,),
            rows=(moved.row,),
            seen_at=at,
            edition_at=at,
            cause=Cause.REGISTER,
            evidence=Evidence(snapshot=run.snapshot or 0, url="", sha256="", place="p. 12"),
        )
        log.append(store, run.id, [event])
        state = runs.state_of(store, SOURCE)
        runs.save_state(store, replace(state, edition_at=at, last_look=at, last_good=at))


def main() -> None:
    with open_store(sys.argv[1]) as store:
        change_a_row(store)


if __name__ == "__main__":
    main()
