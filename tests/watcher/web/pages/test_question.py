"""Each case of an answer about the past has its own sentence, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from notifiers.said.voice import voice
from state.model import Attestation, Known, Outcome, Provider, Run, Version
from watcher.ask.day import Past
from watcher.ask.past.sighting import Sighting, Stretch
from watcher.ask.past.was import Answer, Basis, Finding
from watcher.prove.answer.verify import verify_answer
from watcher.prove.evidence_file import unpack
from watcher.said import past as past_text
from watcher.said.past import case_of, said
from watcher.said.told import hearer

DAY = date(2026, 2, 1)

Get = Callable[..., httpx.Response]


def sighting(month: int, run: int) -> Sighting:
    at = datetime(2026, month, 4, 12, tzinfo=UTC)
    one = Run(id=run, source="anssi-catalogue", at=at, outcome=Outcome.OK, edition_at=at, believed=True)
    return Sighting(stretch=Stretch(start=at, end=at, first=one, last=one, labels=frozenset()), rows=())


BEFORE, AFTER, ON = sighting(1, 1), sighting(3, 2), sighting(2, 3)
ROW = Version(
    source="anssi-catalogue",
    known=Known(
        row=1,
        attestation=Attestation(
            label="secnumcloud",
            holder="Thales Cloud Sécurisé",
            subject="Cloud de confiance S3NS",
            ref="2025_2057",
            valid_from=date(2025, 12, 17),
            valid_until=date(2028, 12, 17),
        ),
        provider=Provider(slug="s3ns", name="S3NS"),
        end_seen_at=BEFORE.start,
    ),
    since=BEFORE.start,
    since_edition=None,
    until=None,
    until_edition=None,
    since_run=1,
    until_run=None,
)
BEFORE_WITH, AFTER_WITH, ON_WITH = (replace(one, rows=(ROW,)) for one in (BEFORE, AFTER, ON))
LACKING = replace(AFTER, missing=(ROW,))


def past(
    answer: Answer,
    basis: Basis,
    before: Sighting | None = None,
    after: Sighting | None = None,
    read: bool = True,
    **more: Any,
) -> Past:
    finding = Finding(answer=answer, basis=basis, before=before, after=after)
    finding = replace(finding, **more)
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
        (past(Answer.UNKNOWN, Basis.PRINTED_END, BEFORE_WITH, AFTER), "perhaps_over_gone"),
        (past(Answer.UNKNOWN, Basis.PRINTED_END, BEFORE_WITH), "perhaps_over_none"),
        (past(Answer.UNKNOWN, Basis.PRINTED_END, BEFORE_WITH, AFTER_WITH), "perhaps_over_next"),
        (past(Answer.UNKNOWN, Basis.PRINTED_END, BEFORE, ended=(ROW,)), "over_gone"),
        (past(Answer.UNKNOWN, Basis.PRINTED_END, BEFORE, ended=(ROW,), to_come=True), "over_gone_to_come"),
        (past(Answer.UNKNOWN, Basis.PRINTED_END, BEFORE_WITH, rows=(ROW,), to_come=True), "over_to_come"),
        (past(Answer.UNKNOWN, Basis.PRINTED, BEFORE, rows=(ROW,), to_come=True), "printed_then"),
        (past(Answer.UNKNOWN, Basis.NOT_WATCHED, BEFORE, to_come=True), "to_come_absent"),
        (past(Answer.UNKNOWN, Basis.NOT_WATCHED, BEFORE_WITH, to_come=True), "to_come_listed"),
        (past(Answer.UNKNOWN, Basis.UNCONFIRMED, BEFORE_WITH, LACKING, rows=(ROW,)), "unconfirmed"),
        (past(Answer.UNKNOWN, Basis.UNKNOWN_NAME), "unknown_name"),
        (past(Answer.NO, Basis.ABSENT, ON_WITH, rows=(ROW,)), "not_begun"),
        (past(Answer.UNKNOWN, Basis.NOT_WATCHED, None, AFTER_WITH), "begins_listed"),
        (past(Answer.UNKNOWN, Basis.NOT_WATCHED, read=False), "never_read"),
        (past(Answer.UNKNOWN, Basis.NOT_WATCHED), "not_yet"),
        (past(Answer.UNKNOWN, Basis.NOT_WATCHED, None, AFTER), "begins_absent"),
        (past(Answer.UNKNOWN, Basis.NOT_WATCHED, BEFORE), "one_sided_absent"),
        (past(Answer.UNKNOWN, Basis.NOT_WATCHED, BEFORE, AFTER), "unseen_between"),
    ],
)
def test_a_case_is_said_in_both_languages(asked: Past, case: str) -> None:
    assert case_of(asked) == case
    for lang in ("fr", "en"):
        text = said(asked, hearer(lang))
        assert text.endswith(".")
        assert "{" not in text


def two_registers(other: Answer, basis: Basis) -> Past:
    """A label that two registers speak of; the first one saw the provider there."""
    yes = Finding(answer=Answer.YES, basis=Basis.OBSERVED, before=BEFORE, after=AFTER)
    no = Finding(answer=other, basis=basis, before=BEFORE, after=AFTER)
    sources = {"tl-fr": no, "anssi-catalogue": yes}
    return replace(past(Answer.YES, Basis.OBSERVED), finding=yes, sources=sources)


def test_where_registers_disagree_each_is_heard_and_the_disagreement_is_said() -> None:
    answer = two_registers(Answer.NO, Basis.ABSENT)
    assert answer.contradicted
    first, second = answer.alone
    assert (first.source, first.finding.answer) == ("anssi-catalogue", Answer.YES)
    assert (second.source, second.finding.answer) == ("tl-fr", Answer.NO)
    assert said(second, hearer("fr")).endswith("de la liste de confiance française.")


def test_a_register_that_does_not_know_contradicts_nobody() -> None:
    answer = two_registers(Answer.UNKNOWN, Basis.NOT_WATCHED)
    assert not answer.contradicted
    assert len(answer.alone) == 2


def test_one_register_alone_is_not_said_twice() -> None:
    assert past(Answer.YES, Basis.OBSERVED, ON).alone == ()


def test_an_absence_names_the_editions_that_showed_it() -> None:
    text = said(past(Answer.NO, Basis.ABSENT, BEFORE, AFTER), hearer("fr"))
    assert text == (
        "Ne figure ni dans l’édition du 04/01/2026 ni dans l’édition du 04/03/2026 du catalogue de l’ANSSI."
    )


def test_no_sentence_is_kept_that_nothing_says() -> None:
    code = Path(past_text.__file__).read_text(encoding="utf-8")
    keys = [key.removeprefix("past.") for key in voice("fr").texts if key.startswith("past.")]
    said_of = ("held.", "one_sided_", "to_come_")
    assert [
        key for key in keys if not key.startswith(said_of) and not re.search(rf'"(past\.)?{key}"', code)
    ] == []


def test_a_missing_row_is_named_with_the_look_that_lacks_it() -> None:
    text = said(past(Answer.UNKNOWN, Basis.UNCONFIRMED, BEFORE_WITH, LACKING, rows=(ROW,)), hearer("fr"))

    assert text.startswith("Absent de l’édition du 04/03/2026 du catalogue de l’ANSSI, à confirmer.")


@pytest.mark.parametrize(
    ("who", "day", "answer"),
    [("s3ns", "2025-12-05", "no"), ("s3ns", "2026-03-04", "yes"), ("outscale", "2024-01-20", "yes")],
)
def test_every_answer_has_a_file_that_proves_it(get: Get, who: str, day: str, answer: str) -> None:
    there = f"/was/{who}/secnumcloud/{day}"
    assert f'href="{there}/evidence" download' in get(there).text
    file = get(f"{there}/evidence")
    assert file.headers["content-type"] == "application/zip"
    assert f"vigilabel-{who}-secnumcloud-{day}.zip" in file.headers["content-disposition"]
    found = verify_answer(unpack(file.content), head=None, key=None)
    assert (found.opened.stated.answer, found.vouched) == (answer, True)


def test_what_nobody_was_asked_about_has_no_file(get: Get) -> None:
    assert get("/was/s3ns/secnumcloud/tomorrow/evidence").status_code == 400
    assert get("/was/s3ns/unheard-of/2026-03-04/evidence").status_code == 404
