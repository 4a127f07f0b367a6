"""How a source is, in one word, whoever asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from toy_register import ToyRegister

from notifiers.said.reasons import as_said, said
from state.model import Outcome, Reason, Run
from state.words.kept import SourceState
from watcher.ask.watch.watched import Health
from watcher.look.condition import State, condition, overdue
from watcher.said.condition import message_text, reasons, state_name

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GOOD = Run(id=7, source="ans-hds", at=NOW - HOUR, outcome=Outcome.OK, believed=True)
READ = SourceState(
    source="ans-hds", last_look=GOOD.at, last_good=GOOD.at, outcome=Outcome.OK, edition_at=NOW - 3 * DAY
)
HELD = Reason(
    code="many_lost", values={"label": "hds", "lost": 200, "holders": 418, "most": 83.6, "held": 200}
)
HALF = replace(GOOD, held=(said(HELD, "en"),), reasons=(HELD,))


def word(state: SourceState, good: Run | None = GOOD, now: datetime = NOW) -> State:
    late = overdue(state, 45 * DAY, lambda after: after + DAY, now)
    return condition(state, good, late).state


def test_a_source_that_was_read_and_believed_lately_is_ok() -> None:
    assert word(READ) is State.OK


def test_half_a_list_is_doubtful_however_well_it_was_fetched() -> None:
    assert word(READ, HALF) is State.DOUBTFUL


def test_a_label_read_in_part_is_doubtful() -> None:
    assert word(READ, replace(GOOD, unread={"hds": 3})) is State.DOUBTFUL


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.UNREACHABLE, State.UNREACHABLE),
        (Outcome.BLOCKED, State.BLOCKED),
        (Outcome.LAYOUT_CHANGED, State.LAYOUT_CHANGED),
        (Outcome.DOUBTFUL, State.DOUBTFUL),
        (Outcome.CRASHED, State.DOUBTFUL),
    ],
)
def test_a_look_that_failed_gives_the_word_whatever_else_is_wrong(outcome: Outcome, expected: State) -> None:
    assert word(replace(READ, outcome=outcome), HALF) is expected


def test_a_source_that_nobody_looked_at_is_never() -> None:
    assert word(SourceState(source="ans-hds"), None) is State.NEVER


def test_an_edition_older_than_its_rhythm_is_stale() -> None:
    assert word(replace(READ, edition_at=NOW - 46 * DAY)) is State.STALE


def test_the_next_edition_that_a_register_promises_is_waited_for() -> None:
    promised = replace(READ, edition_at=NOW - 100 * DAY, next_update=NOW + DAY)
    assert word(promised) is State.OK
    assert word(replace(promised, next_update=NOW - HOUR)) is State.STALE


def test_a_good_look_older_than_its_rhythm_is_stale() -> None:
    assert word(READ, now=NOW + 25 * HOUR) is State.OK
    assert word(READ, now=NOW + 27 * HOUR) is State.STALE


def test_a_source_that_is_read_once_a_week_is_not_stale_the_next_day() -> None:
    def weekly(now: datetime) -> State:
        return condition(READ, GOOD, overdue(READ, 45 * DAY, lambda after: after + 7 * DAY, now)).state

    assert weekly(NOW + 6 * DAY) is State.OK
    assert weekly(NOW + 7 * DAY + 2 * HOUR) is State.STALE


def test_what_is_held_of_one_label_is_no_matter_under_another() -> None:
    late = overdue(READ, 45 * DAY, lambda after: after + DAY, NOW)
    found = condition(READ, replace(HALF, unread={"cc": 1}), late)
    assert found.under("passi", 0).state is State.OK
    assert found.under("hds", 200).state is State.DOUBTFUL
    assert found.under("cc", 0).state is State.DOUBTFUL
    failed = condition(replace(READ, outcome=Outcome.BLOCKED), HALF, late)
    assert failed.under("passi", 0).state is State.BLOCKED


def test_people_are_told_the_word_and_all_that_is_wrong_in_their_language() -> None:
    old = replace(READ, edition_at=NOW - 90 * DAY, last_good=NOW - 3 * DAY)
    late = overdue(old, 45 * DAY, lambda after: after + DAY, NOW)
    found = condition(old, replace(HALF, unread={"hds": 2}), late)
    assert state_name(found, "fr") == "douteuse"
    assert reasons(found, "fr") == (
        "pas encore cru\u00a0: HDS\u00a0: 200 titulaires sur 418 disparaîtraient d’un coup, "
        "la limite est 83,6\u202f; 200 disparitions retenues",
        "lu en partie\u00a0: HDS, 2 lignes illisibles",
        "pas de bonne lecture depuis le 21/11/2026",
        "l’édition du 26/08/2026 est plus ancienne que le rythme du registre ne le veut",
    )
    why = (as_said("403"),)
    failed = replace(GOOD, message="ans-hds: 403", reasons=why, believed=False, outcome=Outcome.BLOCKED)
    told = Health(source=ToyRegister(), state=old, rows={}, condition=found, coverage=None, last=failed)
    assert message_text(told, "en") == (
        "403; read in part: HDS, 2 unreadable rows; no good look since 21 Nov 2026; "
        "the edition of 26 Aug 2026 is older than the rhythm of the register"
    )


def test_a_hold_recorded_before_reasons_were_data_counts_where_rows_are_missing() -> None:
    late = overdue(READ, 45 * DAY, lambda after: after + DAY, NOW)
    found = condition(READ, replace(GOOD, held=("hds: half of it is gone",)), late)
    assert (found.under("hds", 200).state, found.under("passi", 0).state) == (State.DOUBTFUL, State.OK)
