"""A log under attack: a line a minute for each kind, with how many there were."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from watcher.web.edge.seldom import LOUD, MINUTE, Seldom

logger = logging.getLogger("a loud one")


@dataclass
class Heard(logging.Handler):
    """What came through."""

    now: float = 0.0
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.seldom = Seldom(lambda: self.now)

    def __hash__(self) -> int:
        return id(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def heard() -> Iterator[Heard]:
    made = Heard()
    logger.addHandler(made)
    logger.addFilter(made.seldom)
    yield made
    logger.removeHandler(made)
    logger.removeFilter(made.seldom)


def test_a_thousand_refusals_are_two_lines_a_minute_apart(heard: Heard) -> None:
    for number in range(1000):
        logger.warning("refused %s", number)
    heard.seldom.tell()
    assert heard.lines == ["refused 0"]
    heard.now += MINUTE
    heard.seldom.tell()
    assert heard.lines == ["refused 0", "refused 0 (999 more since)"]
    logger.warning("refused %s", "again")
    assert heard.lines[-1] == "refused again"


def test_each_kind_is_heard(heard: Heard) -> None:
    for _ in range(3):
        logger.warning("one")
        logger.warning("another")
        logger.error("one")
    assert heard.lines == ["one", "another", "one"]


def test_what_happens_once_is_said_once(heard: Heard) -> None:
    logger.warning("alone")
    heard.now += MINUTE
    heard.seldom.tell(all=True)
    assert heard.lines == ["alone"]


def test_what_is_no_warning_is_never_held_back(heard: Heard, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger.name):
        for number in range(5):
            logger.info("look %s", number)
    assert len(heard.lines) == 5


def test_faults_at_two_places_are_two_kinds(heard: Heard) -> None:
    for _ in range(3):
        for broken in ("one", None):
            try:
                int(broken)  # type: ignore[arg-type]
            except ValueError:
                logger.exception("a fault")
            except TypeError:
                try:
                    [].pop()
                except IndexError:
                    logger.exception("a fault")
    assert heard.lines == ["a fault", "a fault"]


def test_the_end_tells_what_was_not_told_yet(heard: Heard) -> None:
    for _ in range(3):
        logger.warning("late")
    heard.seldom.tell(all=True)
    assert heard.lines == ["late", "late (2 more since)"]


def test_every_loud_one_is_a_logger_of_the_program() -> None:
    import watcher.schedule
    import watcher.slack.doors.http
    import watcher.web.refusals
    import watcher.web.serve  # noqa: F401 -- loaded for the names of their loggers

    assert set(LOUD) <= set(logging.Logger.manager.loggerDict)
