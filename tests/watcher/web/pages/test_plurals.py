"""One of a thing is never said in the plural."""

from __future__ import annotations

from datetime import date

from notifiers.said.voice import voice
from watcher.web.drawing import days_left


def test_an_end_that_passed_yesterday_passed_one_day_ago() -> None:
    end, today = date(2026, 3, 3), date(2026, 3, 4)
    assert days_left(end, today, "fr") == "échéance passée depuis 1 jour"
    assert days_left(end, today, "en") == "end passed 1 day ago"
    assert days_left(end, date(2026, 3, 5), "fr") == "échéance passée depuis 2 jours"


def test_one_more_event_and_one_message_given_up_are_singular() -> None:
    assert voice("fr").count("looks.more", 1) == "et 1 autre changement"
    assert voice("fr")("page.told_lost", n=1) == "1 envoi abandonné, avec sa raison"
