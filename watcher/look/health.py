"""Says when the watch is blind, once, and when it sees again, once. Pure.

A failed fetch may be a hiccup: operators hear of it after three failures or a day. A page that no longer
reads, or a reading nobody should believe, is told at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from notifiers.said.reasons import all_said, as_said, said, sameness
from state.codec import instant, instant_text
from state.model import Outcome, Reason, Run
from state.words.post import Notice
from watcher.look.apart.limits import ENDED

if TYPE_CHECKING:
    from state.words.kept import SourceState

# Registers are away for an hour now and then: operators hear of what lasts.
PATIENCE_RUNS = 3
PATIENCE_TIME = timedelta(hours=24)
AHEAD = timedelta(hours=1)
"""How far two looks of one source may overlap: none lasts longer."""
# It begins what a memory keeps as told of a source: older versions wrote it, so it never changes.
HELD = "held: "
_PASSING = (Outcome.UNREACHABLE, Outcome.BLOCKED)

REMIND = timedelta(days=7)
"""How often operators hear again of what only a person can settle."""


def after_run(state: SourceState, run: Run) -> tuple[SourceState, tuple[Notice, ...]]:
    """The state of a source after a run, and what operators are to be told of it."""
    if run.outcome is Outcome.OK:
        return _after_good(state, run)
    failing = replace(
        state,
        # Another process may have recorded a newer look while this one failed: it does not become older by
        # that.
        last_look=_later(run.at, state.last_look),
        outcome=run.outcome,
        message=run.message,
        failures=state.failures + 1,
        failing_since=state.failing_since or run.at,
    )
    trouble = _trouble(run)
    if not _due(failing, run) or (state.told == trouble and not _again(state, failing.failing_since, run)):
        return failing, ()
    return replace(failing, told=trouble), (_trouble_notice(failing, run),)


def _later(at: datetime, last: datetime | None) -> datetime:
    """The later of two looks that finished in another order than they began; a last one further ahead was
    made by a clock that was wrong."""
    return last if last is not None and timedelta(0) < last - at <= AHEAD else at


def _trouble(run: Run) -> str:
    """What tells one trouble from another: its outcome, and what is doubted."""
    return f"{run.outcome}: {sameness(run.reasons)}" if run.outcome is Outcome.DOUBTFUL else str(run.outcome)


ELSEWHERE = "no_root"
"""Why a list is not read that is another source's to tell: thirty lists rest on one, which tells it once."""


def _due(state: SourceState, run: Run) -> bool:
    if any(one.code == ELSEWHERE for one in run.reasons):
        return False
    if run.outcome not in _PASSING:
        return True
    since = state.failing_since or run.at
    return state.failures >= PATIENCE_RUNS or run.at - since >= PATIENCE_TIME


def _again(state: SourceState, since: datetime | None, run: Run) -> bool:
    """Whether a week of waiting for a person ended since the last look: a doubt does not end by itself."""
    if since is None or state.last_look is None or not (run.held or run.outcome is Outcome.DOUBTFUL):
        return False
    return (run.at - since) // REMIND > max(state.last_look - since, timedelta(0)) // REMIND


def _trouble_notice(state: SourceState, run: Run) -> Notice:
    failed = Reason.of("never_read", failed=state.failures)
    if state.last_good:
        failed = Reason.of("failed_since", failed=state.failures, when=instant_text(state.last_good))
    told = run.reasons or (as_said(run.message),)
    kind = "doubted" if run.outcome is Outcome.DOUBTFUL else "trouble"
    return _notice(kind, run, (*told, failed, Reason.of(_way_out(run), source=run.source, run=run.id)))


def _way_out(run: Run) -> str:
    """What to do: an approval is named only where one can succeed."""
    match run.outcome:
        case Outcome.OK | Outcome.DOUBTFUL:
            return "approve_doubt" if run.waits else "no_approval"
        case Outcome.UNREACHABLE:
            return "see_sources"
        case Outcome.BLOCKED:
            return "import_page"
        case Outcome.LAYOUT_CHANGED:
            return "reading_ended" if any(one.code in ENDED for one in run.reasons) else "learn_shape"
        case Outcome.CRASHED:
            return "our_fault"
    assert_never(run.outcome)


def _notice(kind: str, run: Run, lines: tuple[Reason, ...]) -> Notice:
    text = all_said(lines, "en", "\n")
    return Notice(id=0, kind=kind, subject=run.source, text=text, at=run.at, said=lines)


def _after_good(state: SourceState, run: Run) -> tuple[SourceState, tuple[Notice, ...]]:
    held = f"{HELD}{sameness(run.reasons) or '; '.join(run.held)}" if run.held else ""
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
    if state.told and not state.told.startswith(HELD):
        when = instant_text(state.failing_since) if state.failing_since else "?"
        notices.append(_notice("recovered", run, (Reason.of("reads_again", when=when),)))
    if held and (held != state.told or _again(state, waiting_since(run), run)):
        notices.append(_notice("held", run, _held_lines(run)))
    elif not held and state.told.startswith(HELD):
        notices.append(_notice("released", run, (Reason.of("released"),)))
    return good, tuple(notices)


def waiting_since(run: Run) -> datetime | None:
    """Since when what a run holds back has waited; None at the first look of it."""
    since = next((one.values["since"] for one in run.reasons if one.code == "waits"), None)
    return instant(str(since)) if since is not None else None


def _held_lines(run: Run) -> tuple[Reason, ...]:
    """What is held, since when, and what ends it."""
    rows = any(reason.code != "short_label" and "held" in reason.values for reason in run.reasons)
    labels = any(reason.code == "short_label" for reason in run.reasons)
    advice = [code for code, fits in (("approve_held", rows), ("approve_label", labels)) if fits]
    told = run.reasons or tuple(as_said(text) for text in run.held)
    return (*told, *(Reason.of(code, run=run.id) for code in advice or ("approve_held",)))


def edition_due(state: SourceState, stale_after: timedelta) -> datetime | None:
    """By when an edition newer than the known one should be there: as the known one promises, else by the
    rhythm of the register; None for undated pages."""
    if state.edition_at is None:
        return None
    return state.next_update or state.edition_at + stale_after


def stale(
    state: SourceState, now: datetime, stale_after: timedelta, notices: Sequence[str] = ()
) -> Notice | None:
    """A word to operators when an edition has not moved for longer than it should; None when all is well.

    A register that stops moving may be the wrong document. `notices` are topics already told.
    """
    due = edition_due(state, stale_after)
    if due is None or now <= due or stale_topic(state) in notices:
        return None
    assert state.edition_at is not None  # noqa: S101 -- only editions are due
    edition = f"{state.edition_at:%Y-%m-%d}"
    if state.next_update is not None:
        reason = Reason.of("promised_edition", edition=edition, promised=f"{state.next_update:%Y-%m-%d}")
    else:
        age, every = (now - state.edition_at).days, stale_after.days
        reason = Reason.of("stale_edition", edition=edition, age=age, every=every)
    return Notice(id=0, kind="stale", subject=state.source, text=said(reason, "en"), said=(reason,), at=now)


def stale_topic(state: SourceState) -> str:
    """The topic under which a stale edition is told once."""
    return f"stale:{state.edition_at:%Y-%m-%dT%H:%M}" if state.edition_at else ""
