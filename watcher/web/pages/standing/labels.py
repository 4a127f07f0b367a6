"""The page of labels: by family, each with the number of its holders and how its registers are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from state.seen.rows import overview
from state.seen.rows.overview import Tally
from state.words.labels import LABELS, TOGETHER, Family, in_family
from watcher.ask.standing.together import holders
from watcher.ask.watch.label_state import conditions, read_labels, sighted, troubled

if TYPE_CHECKING:
    from watcher.web.asked.site import Screen, Visit


def show_labels(visit: Visit) -> Screen:
    """All labels, and how many hold each."""
    tallies = overview.tallies(visit.store)
    nobody = {label: Tally(label=label, providers=0, rows=0) for label in LABELS}
    unread = set(LABELS) - set(tallies) - read_labels(visit.store)
    known = conditions(visit.archive)
    return visit.screen(
        "labels.html",
        families=[(family, in_family(family)) for family in Family],
        tallies={**nobody, **tallies},
        unread=unread,
        together={
            family: {
                slug: holders(visit.archive, slug) for slug, many in TOGETHER.items() if many.family is family
            }
            for family in Family
        },
        troubles={label: troubled(sighted(visit.archive, label, known)) for label in LABELS},
    )
