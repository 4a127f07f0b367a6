from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from state.model import Kind
from state.seen.events.bunched import Mark
from state.seen.rows.life import Life, Move
from watcher.ask.standing.curve import holders_by_day
from watcher.web.pages.standing.timeline import chart, levels_of, timeline

TODAY = date(2026, 3, 5)


def life(**given: object) -> Life:
    facts: dict[str, object] = {
        "provider": "s3ns",
        "label": "secnumcloud",
        "source": "tl-fr",
        "since": datetime(2026, 3, 4, 12, tzinfo=UTC),
        "until": None,
        "valid_from": date(2025, 12, 17),
        "valid_until": date(2028, 12, 17),
        **given,
    }
    return Life(**facts)  # type: ignore[arg-type]


def move(day: int, provider: str, change: int) -> Move:
    return Move(day=date(2026, 1, day), provider=provider, change=change)


def test_a_provider_without_rows_has_no_picture() -> None:
    assert timeline([], [], TODAY, {}) is None


def test_a_lane_shows_what_was_seen_within_what_is_printed() -> None:
    picture = timeline([life()], [], TODAY, {})
    assert picture is not None
    [lane] = picture.lanes
    [seen], [printed] = lane.seen, lane.printed
    assert printed.x < seen.x < printed.x + printed.width
    assert seen.x + seen.width <= picture.now + 0.5
    assert printed.x + printed.width <= 100


def test_an_end_without_a_printed_start_is_drawn_from_the_day_it_was_seen() -> None:
    picture = timeline([life(valid_from=None)], [], TODAY, {})
    assert picture is not None
    [lane] = picture.lanes
    [seen], [printed] = lane.seen, lane.printed
    assert printed.x == seen.x
    assert printed.x + printed.width > picture.now


def test_the_time_before_the_first_reading_is_drawn_as_not_yet_read() -> None:
    """And a row that was there already at that reading is no row that came."""
    for read, first in ((date(2026, 3, 4), True), (date(2026, 2, 1), False)):
        picture = timeline(
            [life()], [], TODAY, {("secnumcloud", "tl-fr"): read, ("secnumcloud", "other"): date(2026, 1, 9)}
        )
        assert picture is not None
        [lane] = picture.lanes
        assert lane.unread is not None
        assert lane.seen[0].first is first
        assert lane.unread.x + lane.unread.width <= lane.seen[0].x + 0.01


def test_rows_of_one_label_that_touch_are_one_bar() -> None:
    gone = life(since=datetime(2025, 12, 5, tzinfo=UTC), until=datetime(2026, 3, 4, 12, tzinfo=UTC))
    picture = timeline([gone, life()], [], TODAY, {})
    assert picture is not None
    assert len(picture.lanes[0].seen) == 1


def test_labels_have_lanes_in_their_usual_order_and_their_own_events() -> None:
    mark = Mark(event=7, kind=Kind.GAINED, label="hds", seen_at=datetime(2026, 3, 4, tzinfo=UTC))
    picture = timeline([life(), life(label="hds"), life(label="not-a-label")], [mark], TODAY, {})
    assert picture is not None
    assert [lane.label for lane in picture.lanes] == ["secnumcloud", "hds", "not-a-label"]
    assert [len(lane.points) for lane in picture.lanes] == [0, 1, 0]


def test_dates_that_no_decision_would_print_stay_inside_the_picture() -> None:
    odd = life(valid_from=date(1, 1, 1), valid_until=date(9999, 12, 31))
    picture = timeline([odd], [], TODAY, {})
    assert picture is not None
    places = [*picture.lanes[0].seen, *picture.lanes[0].printed]
    assert all(0 <= bar.x <= 100 and bar.x + bar.width <= 100.5 for bar in places)
    assert len(picture.ticks) <= 6


def test_holders_are_counted_by_provider_and_not_by_row() -> None:
    moves = [move(1, "a", 2), move(1, "b", 1), move(5, "a", -1), move(9, "a", -1), move(12, "c", 1)]
    assert holders_by_day(moves) == (
        (date(2026, 1, 1), 2),
        (date(2026, 1, 9), 1),
        (date(2026, 1, 12), 2),
    )


def test_a_label_that_nobody_ever_held_has_no_chart() -> None:
    assert chart(holders_by_day([]), TODAY) is None


def test_a_chart_reaches_from_the_first_day_to_today() -> None:
    drawn = chart(((date(2026, 1, 1), 2), (date(2026, 2, 1), 0)), TODAY)
    assert drawn is not None
    first, last = drawn.steps
    assert (first.x, first.y, last.height) == (0.0, 0.0, 0.0)
    assert last.x + last.width == 100.0


def test_time_in_which_nobody_looked_is_marked_on_a_lane_but_not_before_the_first_reading() -> None:
    read = {("secnumcloud", "tl-fr"): date(2026, 1, 10)}
    unseen = {"secnumcloud": [(date(2026, 1, 1), date(2026, 1, 20)), (date(2025, 1, 1), date(2026, 1, 2))]}
    picture = timeline([life()], [], TODAY, read, unseen)
    assert picture is not None
    [lane] = picture.lanes
    [bar] = lane.unseen
    assert lane.unread is not None
    assert bar.start == date(2026, 1, 10)
    assert bar.x >= lane.unread.x + lane.unread.width - 0.02


@pytest.mark.parametrize(
    ("most", "levels"),
    [
        (1, [0, 1]),
        (10, [0, 5, 10]),
        (21, [0, 10, 20, 30]),
        (404, [0, 200, 400, 600]),
        (99_999, [0, 50_000, 100_000]),
    ],
)
def test_the_lines_of_a_grid_are_round_numbers_above_every_count(most: int, levels: list[int]) -> None:
    assert levels_of(most) == levels


def test_a_chart_has_both_axes_and_marks_when_nobody_looked() -> None:
    unseen = [(date(2025, 6, 1), date(2026, 1, 15)), (date(2026, 2, 10), date(2026, 2, 20))]
    drawn = chart(((date(2026, 1, 1), 2), (date(2026, 2, 1), 9)), TODAY, unseen)
    assert drawn is not None
    assert [n for n, _ in drawn.levels] == [0, 5, 10]
    assert [tick.day for tick in drawn.ticks] == [date(2026, 2, 1)]
    first, second = drawn.unseen
    assert (first.x, first.start) == (0.0, date(2026, 1, 1))
    assert 60 < second.x < 65
    years = chart(((date(2020, 1, 1), 2), (date(2026, 2, 1), 9)), TODAY)
    assert years is not None
    assert [(tick.day, tick.year) for tick in years.ticks][:2] == [(None, 2020), (None, 2021)]
