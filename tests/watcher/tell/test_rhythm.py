"""When a delivery may go: digests, quiet hours and pauses, on ordinary days and when the clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.model import Weight
from state.words.post import Channel, Subscription
from watcher.errors import BadRhythm
from watcher.tell.rhythm import next_time, parse_digest, parse_pause, parse_quiet, paused_until, quiet_until

PARIS = ZoneInfo("Europe/Paris")
NIGHT = "20:00-08:00 Europe/Paris"
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday, 13:00 in Paris


def paris(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("", ""),
        ("instant", ""),
        ("off", ""),
        ("daily", "daily 08:30"),
        ("Daily 8:05", "daily 08:05"),
        ("daily 9h", "daily 09:00"),
        ("quotidien 18h30", "daily 18:30"),
        ("weekly mon", "weekly mon 08:30"),
        ("weekly Friday 17:00", "weekly fri 17:00"),
        ("hebdo lundi 9h", "weekly mon 09:00"),
    ],
)
def test_a_digest_is_kept_in_one_form(said: str, kept: str) -> None:
    assert parse_digest(said) == kept
    assert parse_digest(kept) == kept


@pytest.mark.parametrize(
    "said", ["hourly", "daily 25:00", "daily 8:61", "weekly", "weekly 08:30", "daily 8 9", "8:30", "daily -1"]
)
def test_a_digest_nobody_can_mean_is_refused_with_what_to_write(said: str) -> None:
    with pytest.raises(BadRhythm, match="expected `instant`, `daily 08:30` or `weekly mon 08:30`"):
        parse_digest(said)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("", ""),
        ("off", ""),
        ("20:00-08:00", NIGHT),
        ("20h-8h", NIGHT),
        ("20:00 – 08:00 Europe/Paris", NIGHT),
        ("22:30-07:00 America/Montreal", "22:30-07:00 America/Montreal"),
        ("12:00-14:00 UTC", "12:00-14:00 UTC"),
    ],
)
def test_quiet_hours_are_kept_in_one_form(said: str, kept: str) -> None:
    assert parse_quiet(said) == kept
    assert parse_quiet(kept) == kept


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("20:00", "expected `20:00-08:00 Europe/Paris`"),
        ("24:00-08:00", "expected `20:00-08:00 Europe/Paris`"),
        ("20:00-08:00 Europe/Paris please", "expected `20:00-08:00 Europe/Paris`"),
        ("08:00-08:00", "they would never end"),
        ("20:00-08:00 Europe/Lutece", "no time zone 'Europe/Lutece'"),
        ("20:00-08:00 ../../etc/passwd", "no time zone"),
        ("20:00-08:00 Europe", "no time zone"),
    ],
)
def test_quiet_hours_nobody_can_mean_are_refused(said: str, why: str) -> None:
    with pytest.raises(BadRhythm, match=why):
        parse_quiet(said)


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("2w", NOW + timedelta(weeks=2)),
        ("10 days", NOW + timedelta(days=10)),
        ("12H", NOW + timedelta(hours=12)),
        ("3 j", NOW + timedelta(days=3)),
        ("2026-05-01", paris("2026-05-01")),
        ("until 2026-05-01", paris("2026-05-01")),
    ],
)
def test_a_pause_has_an_end(said: str, until: datetime) -> None:
    assert parse_pause(said, NOW) == until


@pytest.mark.parametrize(
    "said", ["", "2", "2m", "ever", "0d", "2026-03-04", "2026-02-30", "5y", "367d", "99999w"]
)
def test_a_pause_without_an_end_within_a_year_is_refused(said: str) -> None:
    with pytest.raises(BadRhythm, match="expected"):
        parse_pause(said, NOW)


def test_without_a_rhythm_everything_goes_at_once() -> None:
    assert next_time(Channel(id="C1"), Weight.LOW, NOW) == NOW


def test_a_daily_digest_goes_at_its_time_and_what_comes_later_the_next_day() -> None:
    channel = Channel(id="C1", digest="daily 08:30")
    assert next_time(channel, Weight.HIGH, paris("2026-03-04T08:29:59")) == paris("2026-03-04T08:30")
    assert next_time(channel, Weight.HIGH, paris("2026-03-04T08:30")) == paris("2026-03-04T08:30")
    assert next_time(channel, Weight.HIGH, paris("2026-03-04T08:30:01")) == paris("2026-03-05T08:30")


def test_a_weekly_digest_goes_on_its_day() -> None:
    channel = Channel(id="C1", digest="weekly mon 08:30")
    assert next_time(channel, Weight.NORMAL, NOW) == paris("2026-03-09T08:30")
    assert next_time(channel, Weight.NORMAL, paris("2026-03-09T08:30")) == paris("2026-03-09T08:30")


def test_quiet_hours_delay_to_their_end_and_let_high_weight_through_where_asked() -> None:
    channel = Channel(id="C1", quiet=NIGHT)
    for moment in ("2026-03-04T20:00", "2026-03-04T23:59", "2026-03-05T07:59:59"):
        assert next_time(channel, Weight.NORMAL, paris(moment)) == paris("2026-03-05T08:00")
        assert next_time(channel, Weight.HIGH, paris(moment)) == paris(moment)
        strict = Channel(id="C1", quiet=NIGHT, quiet_lets_high=False)
        assert next_time(strict, Weight.HIGH, paris(moment)) == paris("2026-03-05T08:00")
    for moment in ("2026-03-04T19:59:59", "2026-03-05T08:00"):
        assert next_time(channel, Weight.NORMAL, paris(moment)) == paris(moment)


def test_quiet_hours_within_a_day_are_those_of_their_own_zone() -> None:
    channel = Channel(id="C1", quiet="12:00-14:00 UTC")
    assert quiet_until(channel, Weight.NORMAL, NOW) == NOW + timedelta(hours=2)
    assert quiet_until(channel, Weight.NORMAL, NOW - timedelta(seconds=1)) == NOW - timedelta(seconds=1)


def test_a_digest_in_quiet_hours_waits_for_their_end_as_a_whole() -> None:
    channel = Channel(id="C1", digest="daily 06:00", quiet=NIGHT)
    for weight in Weight:
        assert next_time(channel, weight, paris("2026-03-04T12:00")) == paris("2026-03-05T08:00")


def test_the_night_without_a_half_past_two_still_has_its_digest() -> None:
    """On 29 March 2026 the clock jumps from 02:00 to 03:00."""
    channel = Channel(id="C1", digest="daily 02:30")
    assert next_time(channel, Weight.NORMAL, paris("2026-03-28T12:00")) == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )
    assert next_time(channel, Weight.NORMAL, paris("2026-03-29T12:00")) == paris("2026-03-30T02:30")


def test_the_night_with_two_half_past_twos_has_one_digest() -> None:
    """On 25 October 2026 the clock goes back from 03:00 to 02:00."""
    channel = Channel(id="C1", digest="daily 02:30")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_time(channel, Weight.NORMAL, paris("2026-10-24T12:00")) == first
    assert next_time(channel, Weight.NORMAL, first + timedelta(seconds=1)) == paris("2026-10-26T02:30")


def test_quiet_hours_last_an_hour_less_or_more_when_the_clock_changes() -> None:
    channel = Channel(id="C1", quiet=NIGHT)
    spring, autumn = paris("2026-03-28T20:00"), paris("2026-10-24T20:00")
    assert next_time(channel, Weight.NORMAL, spring) - spring == timedelta(hours=11)
    assert next_time(channel, Weight.NORMAL, autumn) - autumn == timedelta(hours=13)


def test_quiet_hours_that_end_at_a_time_that_comes_twice_last_until_the_second() -> None:
    channel = Channel(id="C1", quiet="22:00-02:30 Europe/Paris")
    asked = paris("2026-10-24T23:00")
    assert next_time(channel, Weight.NORMAL, asked) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_quiet_hours_that_end_at_a_time_that_does_not_come_end_all_the_same() -> None:
    channel = Channel(id="C1", quiet="22:00-02:30 Europe/Paris")
    asked = paris("2026-03-28T23:00")
    assert next_time(channel, Weight.NORMAL, asked) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- theirs
    st.sampled_from(["", "daily 02:30", "daily 08:30", "weekly sun 02:30"]),
    st.sampled_from(["", NIGHT, "22:00-02:30 Europe/Paris", "02:15-02:45 Europe/Paris", "09:00-08:59 UTC"]),
    st.sampled_from(list(Weight)),
)
def test_nothing_waits_longer_than_its_rhythm_and_never_into_the_past(
    now: datetime, digest: str, quiet: str, weight: Weight
) -> None:
    channel = Channel(id="C1", digest=digest, quiet=quiet)
    at = next_time(channel, weight, now)
    longest = timedelta(days=1 + (7 if digest.startswith("weekly") else 1 if digest else 0), hours=2)
    assert now <= at <= now + longest
    if not digest:
        assert next_time(channel, weight, at) == at, "what may go then may go then"


def wish(until: datetime | None) -> Subscription:
    return Subscription(id=1, channel="C1", words=("all",), paused_until=until)


def test_a_delivery_waits_only_while_all_its_subscriptions_are_paused() -> None:
    soon, late = NOW + timedelta(days=1), NOW + timedelta(days=9)
    assert paused_until([wish(late), wish(soon)], NOW) == soon
    assert paused_until([wish(late), wish(None)], NOW) is None
    assert paused_until([wish(NOW)], NOW) is None
    assert paused_until([], NOW) is None
