"""Each case of an answer about the past has its own sentence, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from state.model import Outcome, Provider, Run
from watcher.answers import Past
from watcher.sighting import Sighting, Stretch
from watcher.was import Answer, Basis, Finding
from watcher.web.question import case_of, said
from watcher.web.words_fr import CASES

DAY = date(2026, 2, 1)


def sighting(month: int, run: int) -> Sighting:
    at = datetime(2026, month, 4, 12, tzinfo=UTC)
    one = Run(id=run, source="anssi-catalogue", at=at, outcome=Outcome.OK, edition_at=at, believed=True)
    return Sighting(stretch=Stretch(start=at, end=at, first=one, last=one, labels=frozenset()), rows=())


BEFORE, AFTER, ON = sighting(1, 1), sighting(3, 2), sighting(2, 3)


def past(
    answer: Answer,
    basis: Basis,
    before: Sighting | None = None,
    after: Sighting | None = None,
    read: bool = True,
) -> Past:
    finding = Finding(answer=answer, basis=basis, before=before, after=after)
    return Past(
        provider=Provider(slug="s3ns", name="S3NS"),
        label="secnumcloud",
        day=DAY,
        finding=finding,
        source="anssi-catalogue" if read else "",
        sources={"anssi-catalogue": finding} if read else {},
        evidence=(),
    )


@pytest.mark.parametrize(
    ("asked", "case"),
    [
        (past(Answer.YES, Basis.OBSERVED, ON), "listed_on_day"),
        (past(Answer.YES, Basis.OBSERVED, BEFORE, AFTER), "listed_both"),
        (past(Answer.YES, Basis.OBSERVED, BEFORE), "listed_last"),
        (past(Answer.YES, Basis.DECISION, BEFORE, AFTER), "decided_not_yet"),
        (past(Answer.YES, Basis.DECISION, None, AFTER), "decided_later"),
        (past(Answer.NO, Basis.ABSENT, ON, AFTER), "absent_day"),
        (past(Answer.NO, Basis.ABSENT, BEFORE, AFTER), "absent_both"),
        (past(Answer.NO, Basis.PRINTED_END, BEFORE, AFTER), "over"),
        (past(Answer.UNKNOWN, Basis.PRINTED_END, BEFORE, AFTER), "perhaps_over_next"),
        (past(Answer.UNKNOWN, Basis.PRINTED_END, BEFORE), "perhaps_over_none"),
        (past(Answer.UNKNOWN, Basis.NOT_WATCHED, read=False), "never_read"),
        (past(Answer.UNKNOWN, Basis.NOT_WATCHED), "not_yet"),
        (past(Answer.UNKNOWN, Basis.NOT_WATCHED, None, AFTER), "begins_with"),
        (past(Answer.UNKNOWN, Basis.NOT_WATCHED, BEFORE), "one_sided_absent"),
        (past(Answer.UNKNOWN, Basis.NOT_WATCHED, BEFORE, AFTER), "unseen_between"),
    ],
)
def test_a_case_is_said_in_both_languages(asked: Past, case: str) -> None:
    assert case_of(asked) == case
    assert case in CASES
    for lang in ("fr", "en"):
        text = said(asked, lang)
        assert text.endswith(".")
        assert "{" not in text


def test_an_absence_names_the_editions_that_showed_it() -> None:
    text = said(past(Answer.NO, Basis.ABSENT, BEFORE, AFTER), "fr")
    assert text == (
        "Ne figure ni dans l’édition du 04/01/2026 ni dans l’édition du 04/03/2026 du catalogue de l’ANSSI."
    )
