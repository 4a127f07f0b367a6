"""How a source is, in one word: the same for every door. Pure.

| word             | when                                                                               |
|------------------|------------------------------------------------------------------------------------|
| `never`          | nobody ever looked                                                                 |
| `unreachable`, `blocked`, `layout_changed` | the last look ended so                                   |
| `doubtful`       | the last look was not believed, or not all of it: removals are held, rows could not be read; also a look that a fault of ours ended |
| `stale`          | the last good look is older than the rhythm of looks, or the edition older than the register's |
| `ok`             | all that the register shows was read and believed, and lately                       |

The first that fits is the word; what else is wrong stands beside it.
"""  # noqa: E501 -- a table

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from notifiers.said.reasons import held_reasons
from state.model import Outcome, Reason, Run
from watcher.look.health import edition_due

if TYPE_CHECKING:
    from state.words.kept import SourceState

PATIENCE = timedelta(hours=26)
"""How old a good look may be where one is made every day: it is a little later on some days."""
GRACE = timedelta(hours=2)
"""How late the next planned look may be, for a source that is looked at less often."""


class State(StrEnum):
    """How a source is, in a word."""

    OK = "ok"
    STALE = "stale"
    DOUBTFUL = "doubtful"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    LAYOUT_CHANGED = "layout_changed"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How a source is: the word, and everything that is wrong.

    `last` is the word for the last look by itself. `held` are the removals that are not believed, `unread`
    the rows of each label that could not be read. `old_look` is the last good look, and `old_edition` the
    edition, where they are too old.
    """

    last: State
    held: tuple[Reason, ...] = ()
    unread: Mapping[str, int] = field(default_factory=dict)
    old_look: datetime | None = None
    old_edition: datetime | None = None

    @property
    def state(self) -> State:
        """How a source is, in a word."""
        if self.last is not State.OK:
            return self.last
        if self.held or self.unread:
            return State.DOUBTFUL
        return State.STALE if self.old_look or self.old_edition else State.OK

    def under(self, label: str, missing: int) -> Condition:
        """The same for one label, of which `missing` rows are not in the last reading: what is held or
        unread of another label is no matter here."""
        unread = {name: count for name, count in self.unread.items() if name == label}
        held = tuple(one for one in self.held if one.values.get("label", label if missing else "") == label)
        return replace(self, held=held, unread=unread)


def condition(state: SourceState, good: Run | None, overdue: Overdue) -> Condition:
    """How a source is; `good` is its last good look."""
    return Condition(
        last=_after(state.outcome) if state.outcome and state.last_look else State.NEVER,
        held=held_reasons(good) if good else (),
        unread=dict(good.unread) if good else {},
        old_look=state.last_good if overdue.look else None,
        old_edition=state.edition_at if overdue.edition else None,
    )


def word_of(run: Run) -> State:
    """The word for one look by itself."""
    word = _after(run.outcome)
    return State.DOUBTFUL if word is State.OK and (run.held or run.unread) else word


def _after(outcome: Outcome) -> State:
    match outcome:
        case Outcome.CRASHED:  # a fault of ours, and no word of the source
            return State.DOUBTFUL
        case Outcome.OK | Outcome.UNREACHABLE | Outcome.BLOCKED | Outcome.LAYOUT_CHANGED | Outcome.DOUBTFUL:
            return State(outcome.value)
    assert_never(outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """Whether a newer look, or a newer edition, was to be had by now."""

    look: bool = False
    edition: bool = False


def overdue(
    state: SourceState, stale_after: timedelta, planned: Callable[[datetime], datetime | None], now: datetime
) -> Overdue:
    """What of a source is overdue; `planned` gives the first look planned after a moment.

    An edition is, once the next one was promised for before now; where none is promised, after `stale_after`.
    """
    seen = state.last_good
    look = seen is not None and now - seen > PATIENCE
    if look and seen is not None and (following := planned(seen)) is not None:
        look = now > following + GRACE
    due = edition_due(state, stale_after)
    return Overdue(look=look, edition=due is not None and now > due)
