"""Says when the watch is blind, once, and when it sees again, once. Pure.

A failed fetch may be a hiccup: operators hear of it after three failures or a day. A page that no longer
reads, or a reading nobody should believe, is told at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from state.model import Notice, Outcome, Run, SourceState

PATIENCE_RUNS = 3
PATIENCE_TIME = timedelta(hours=24)
AHEAD = timedelta(hours=1)
"""How far two looks of one source may overlap: none lasts longer."""
_PASSING = (Outcome.UNREACHABLE, Outcome.BLOCKED)

STANDS = "The known listing stands."
WAY_OUT = {
    Outcome.UNREACHABLE: "`vigilabel sources` shows when the register answers again.",
    Outcome.BLOCKED: "Save the page from a browser and run `vigilabel import {source} FILE`.",
    Outcome.LAYOUT_CHANGED: "The page is kept as evidence: the reader of {source} must learn this shape.",
    Outcome.DOUBTFUL: "Look at the page, then `vigilabel approve {run} --reason TEXT` if it is right.",
    Outcome.CRASHED: "This is a fault of vigilabel: the log has the traceback.",
}


def after_run(state: SourceState, run: Run) -> tuple[SourceState, tuple[Notice, ...]]:
    """The state of a source after a run, and what operators are to be told of it."""
    if run.outcome is Outcome.OK:
        return _after_good(state, run)
    failing = replace(
        state,
        last_look=_later(run.at, state.last_look),
        outcome=run.outcome,
        message=run.message,
        failures=state.failures + 1,
        failing_since=state.failing_since or run.at,
    )
    trouble = _trouble(run)
    if state.told == trouble or not _due(failing, run):
        return failing, ()
    return replace(failing, told=trouble), (_trouble_notice(failing, run),)


def _later(at: datetime, last: datetime | None) -> datetime:
    """The later of two looks that finished in another order than they began; a last one further ahead was
    made by a clock that was wrong."""
    return last if last is not None and timedelta(0) < last - at <= AHEAD else at


def _trouble(run: Run) -> str:
    """What tells one trouble from another: its outcome, and what is doubted."""
    return f"{run.outcome}: {run.message}" if run.outcome is Outcome.DOUBTFUL else str(run.outcome)


def _due(state: SourceState, run: Run) -> bool:
    if run.outcome not in _PASSING:
        return True
    since = state.failing_since or run.at
    return state.failures >= PATIENCE_RUNS or run.at - since >= PATIENCE_TIME


def _trouble_notice(state: SourceState, run: Run) -> Notice:
    advice = STANDS + " " + WAY_OUT[run.outcome].format(source=run.source, run=run.id)
    seen = f"last good reading {state.last_good:%Y-%m-%d %H:%M} UTC" if state.last_good else "never read yet"
    said = unnamed(run.message, run.source)
    text = f"{said}\n{state.failures} failed since the last good one; {seen}.\n{advice}"
    return Notice(id=0, kind="trouble", subject=run.source, text=text, at=run.at)


def unnamed(message: str, source: str) -> str:
    """What is wrong with a source, for a place that names the source already."""
    return message.removeprefix(f"{source}: ").removeprefix(f"{source} ")


def _after_good(state: SourceState, run: Run) -> tuple[SourceState, tuple[Notice, ...]]:
    held = "held: " + "; ".join(run.held) if run.held else ""
    good = replace(
        state,
        last_look=run.at,
        last_good=run.at,
        outcome=Outcome.OK,
        message=run.message,
        failures=0,
        failing_since=None,
        told=held,
    )
    notices = []
    if state.told and not state.told.startswith("held: "):
        text = f"The register reads again; it had been in trouble since {_since(state)}."
        notices.append(Notice(id=0, kind="recovered", subject=run.source, text=text, at=run.at))
    if held and held != state.told:
        notices.append(_held_notice(run))
    elif not held and state.told.startswith("held: "):
        text = "Nothing is held any more: the rows are listed again, or their removal is now believed."
        notices.append(Notice(id=0, kind="released", subject=run.source, text=text, at=run.at))
    return good, tuple(notices)


def _since(state: SourceState) -> str:
    return f"{state.failing_since:%Y-%m-%d %H:%M} UTC" if state.failing_since else "an unknown time"


def _held_notice(run: Run) -> Notice:
    text = (
        "\n".join(run.held)
        + "\nAdditions and changes were applied. The removals wait until the reading is repeated on three "
        f"runs over 24 h, or until `vigilabel approve {run.id} --reason TEXT`."
    )
    return Notice(id=0, kind="held", subject=run.source, text=text, at=run.at)


def stale(
    state: SourceState, now: datetime, stale_after: timedelta, notices: Sequence[str] = ()
) -> Notice | None:
    """A word to operators when an edition has not moved for longer than it should; None when all is well.

    A register that stops moving may be the wrong document. `notices` are topics already told.
    """
    if state.edition_at is None or now - state.edition_at <= stale_after:
        return None
    if stale_topic(state) in notices:
        return None
    text = (
        f"The edition of {state.edition_at:%Y-%m-%d} is {(now - state.edition_at).days} days old; "
        f"one is expected every {stale_after.days} days at most. Is the address still the right one?"
    )
    return Notice(id=0, kind="stale", subject=state.source, text=text, at=now)


def stale_topic(state: SourceState) -> str:
    """The topic under which a stale edition is told once."""
    return f"stale:{state.edition_at:%Y-%m-%dT%H:%M}" if state.edition_at else ""
