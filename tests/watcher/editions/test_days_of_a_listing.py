"""Who held a label on any day of the real editions: the quick answer is that of all versions ever known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from real_registers import looks, paris, watched
from slow_days import quickly, slowly
from toy_register import ToyRegister, page
from walked import steps

from state.file.opening import open_store
from state.file.store import Store
from state.model import day_of
from state.seen.who import spellings
from state.seen.who.providers import load_providers
from state.words.labels import LABELS
from watcher.app import App
from watcher.ask.archive import Archive
from watcher.ask.holders import questions
from watcher.ask.past.daybook import Daybook
from watcher.ask.past.settled import Question, held_on, settled
from watcher.look.check import look
from watcher.look.record import Watch
from watcher.settings import Settings

NOW = paris("2026-11-24T18:00")
PLAIN = {"hds": 0.99, "passi": 0.8, "qualified-product": 0.8, "secnumcloud": 1.0, "cc": 0.5, "cspn": 0.4}
"""How many providers the looks next to a day settle at least, under labels of registers that print no
history; of Common Criteria and CSPN many rows are archived, and nobody looked between two editions."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Archive]:
    """A memory of the real editions, a year and a half of them."""
    path: Path = tmp_path_factory.mktemp("real") / "real.db"
    app = App(Settings(state=str(path)), lambda: NOW)
    watched(shared, path)
    with app.open_store() as store:
        yield Archive(store=store, providers=app.watch(store).providers, sources=app.sources, now=NOW)


def days_near() -> list[date]:
    """The days of every look and edition, those in between, and days far from all."""
    marks = {day_of(paris(when)) for _, when, _ in looks()}
    marks |= {date(2025, 12, 5), date(2026, 1, 27), date(2026, 3, 4)}
    inner = {one + (other - one) / 2 for one, other in zip(sorted(marks), sorted(marks)[1:], strict=False)}
    far = {date(2019, 6, 1), date(2023, 1, 1), date(2026, 11, 28), date(2027, 1, 15), date(2028, 6, 1)}
    return sorted(marks | inner | far)


def days_beside() -> list[date]:
    """The day before and the day after each of those."""
    return sorted({day + timedelta(days=n) for day in days_near() for n in (-1, 1)})


def days_few() -> list[date]:
    """A third of the days near, of each sort some."""
    return days_near()[::3]


def every_day() -> list[date]:
    """Every third day from before the first look to a year after the last."""
    return [date(2024, 3, 1) + timedelta(days=n) for n in range(0, 1_300, 3)]


@pytest.mark.parametrize(
    "days",
    [
        pytest.param(days_few, id="few"),
        pytest.param(days_near, id="near", marks=pytest.mark.soak),
        pytest.param(days_beside, id="beside", marks=pytest.mark.soak),
        pytest.param(every_day, id="every", marks=pytest.mark.soak),
    ],
)
@pytest.mark.parametrize("label", LABELS)
def test_the_quick_answer_is_that_of_all_versions(archive: Archive, label: str, days: object) -> None:
    assert callable(days)
    books: dict[str, Daybook] = {}
    for on in days():
        asked = questions(archive, label, on)
        assert not asked or quickly(asked) == slowly(asked, books), on


@pytest.mark.parametrize(("label", "least"), PLAIN.items())
def test_most_providers_are_settled_by_the_looks_next_to_a_day(
    archive: Archive, label: str, least: float
) -> None:
    for on in (date(2026, 3, 5), date(2026, 4, 1), date(2026, 11, 24), date(2027, 3, 1)):
        [asked] = questions(archive, label, on)
        spelt = spellings.lines_of(archive.store, label, asked.source)
        assert len(settled(asked, spelt, alone=True)) >= least * len(spelt), on


def test_a_day_walks_no_further_where_the_log_is_longer(tmp_path: Path) -> None:
    """A register of which every row is printed anew at each look: on a day each is one version."""
    with open_store(str(tmp_path / "long.db")) as store:
        watch, source = Watch(store=store, providers=load_providers(store)), ToyRegister()
        walked = []
        for n in range(1, 41):
            at = paris("2026-01-01T09:00") + timedelta(days=n)
            rows = [
                f"secnumcloud | Host {row} | Cloud | {row} | 2025-01-01 | 21{n:02}-01-01" for row in range(9)
            ]
            look(source, [page("\n".join((f"edition {at.date()}", *rows)), at)], watch, at)
            if n in (5, 40):
                archive = Archive(
                    store=store, providers=watch.providers, sources={source.name: source}, now=at
                )
                [asked] = questions(archive, "secnumcloud", date(2026, 1, 4))
                walked.append(steps(store, partial(_listed, asked)))
        assert walked[1] <= walked[0] + 9 * 3  # an index of some more levels


def _listed(asked: Question, store: Store) -> None:
    assert len(list(held_on([replace(asked, store=store)]))) == 9
