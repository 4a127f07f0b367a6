"""When nobody looked: what pictures of time hatch, and the last ninety days of a source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from toy_register import ToyRegister, page

from state.file.opening import open_store
from state.model import Outcome, Run
from state.seen.who.providers import load_providers
from watcher.ask.archive import Archive
from watcher.ask.watch.blindness import Blind, lately, unseen
from watcher.look.check import look
from watcher.look.record import Watch

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ROW = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
LONG, SHORT = ToyRegister(), ToyRegister(name="tl-fr", stale_after=timedelta(days=5))


def archive(looks: Sequence[tuple[ToyRegister, str]]) -> Archive:
    """A watch of two sources that both say who holds a label, looked at on some days."""
    store = open_store(":memory:")
    for source, day in looks:
        at = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        watch = Watch(store=store, providers=load_providers(store), operators="")
        assert look(source, [page(f"edition {day}\n{ROW}", at)], watch, at).run.believed
    sources = {source.name: source for source in (LONG, SHORT)}
    return Archive(store=store, providers=load_providers(store), sources=sources, now=NOW)


def test_a_silence_longer_than_the_patience_of_a_source_is_time_in_which_nobody_looked() -> None:
    one = archive([(LONG, "2026-01-01"), (LONG, "2026-03-01"), (LONG, "2026-05-20")])
    assert unseen(one, "secnumcloud") == (
        (date(2026, 1, 1), date(2026, 3, 1)),
        (date(2026, 3, 1), date(2026, 5, 20)),
    )
    assert unseen(one, "passi") == ()


def test_where_several_sources_speak_only_the_time_counts_in_which_none_was_seen() -> None:
    both = archive([(LONG, "2026-01-01"), (SHORT, "2026-02-01"), (SHORT, "2026-02-05"), (LONG, "2026-05-20")])
    assert unseen(both, "secnumcloud") == ((date(2026, 2, 5), date(2026, 5, 20)),)


def run(days_ago: float) -> Run:
    return Run(id=1, source="tl-fr", at=NOW - timedelta(days=days_ago), outcome=Outcome.OK, believed=True)


def gone(first: float, last: float | None) -> Blind:
    until = None if last is None else NOW - timedelta(days=last)
    return Blind(source="tl-fr", since=NOW - timedelta(days=first), until=until)


def test_the_last_ninety_days_show_when_a_source_was_seen_and_when_not() -> None:
    bar = lately(NOW, [run(200)], [gone(180, 81), gone(45, 36), gone(9, None)])
    assert bar.seen is not None
    assert (bar.seen.x, bar.seen.width) == (0, 100)
    assert [(one.x, one.width) for one in bar.blind] == [(0, 10), (50, 10), (90, 10)]
    assert bar.share == 70.0
    assert (bar.first, bar.last) == (date(2026, 3, 3), date(2026, 6, 1))


def test_time_before_the_first_look_is_neither_seen_nor_missed() -> None:
    young = lately(NOW, [run(9)], [])
    assert young.seen is not None
    assert (young.seen.x, young.seen.width, young.share) == (90, 10, 100.0)
    never = lately(NOW, [], [])
    assert (never.seen, never.blind, never.share) == (None, (), None)
