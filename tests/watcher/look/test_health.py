"""What operators are told of a source in trouble."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifiers.said.reasons import AS_SAID, as_said, notice_text, said, spoken
from scrapers.source import Bounds, LayoutChanged
from state.model import Outcome, Reason, Run
from state.words.kept import SourceState
from state.words.post import Notice
from watcher.look.compare.judge import too_many
from watcher.look.compare.losses import Losses
from watcher.look.health import PATIENCE_RUNS, after_run, stale, stale_topic

NOW = datetime(2026, 3, 4, tzinfo=UTC)
LOOK = Run(id=7, source="anssi-catalogue", at=NOW, outcome=Outcome.OK, message="?", believed=True)
KNOWN = SourceState(source="anssi-catalogue", failures=PATIENCE_RUNS, last_good=NOW, edition_at=NOW)


@pytest.mark.parametrize("place", ["", "p. 3"])
def test_trouble_names_its_source_once(place: str) -> None:
    """The title and the log line name it already."""
    error = LayoutChanged("anssi-catalogue", as_said("expected a table; found none"), place)
    run = Run(
        id=1,
        source="anssi-catalogue",
        at=datetime(2026, 3, 4, tzinfo=UTC),
        outcome=Outcome.LAYOUT_CHANGED,
        message=spoken(error),
        reasons=error.reasons,
    )
    _, [notice] = after_run(SourceState(source="anssi-catalogue"), run)
    assert notice.text.startswith("at p. 3: expected a table" if place else "expected a table; found none")
    assert notice.text.count("anssi-catalogue") == 1, "in the advice: which reader must learn the shape"


def doubted(*reasons: Reason, **fields: Any) -> Run:
    given: dict[str, Any] = {
        "outcome": Outcome.DOUBTFUL,
        "believed": False,
        "rows": {"hds": 3},
        "reasons": reasons,
        "message": "; ".join(said(reason, "en") for reason in reasons),
        **fields,
    }
    return replace(LOOK, **given)


def holding(*reasons: Reason) -> Run:
    return replace(LOOK, reasons=reasons, held=tuple(said(reason, "en") for reason in reasons))


STALE = Reason.of("older_edition", edition="2026-03-01T09:00:00Z", known="2026-03-04T09:00:00Z")
LOSSES = Losses(rows=90, before={str(n) for n in range(10)}, after={"1"})
MANY = too_many("hds", LOSSES, Bounds(floor=0))
FEW = too_many("hds", Losses(rows=3), Bounds(floor=50))


def every_notice() -> list[Notice]:
    """A word of each sort, as the watch writes it."""
    assert MANY is not None
    assert FEW is not None
    held = [replace(one, values={**one.values, "held": 9}) for one in (MANY, FEW)]
    bad = [outcome for outcome in Outcome if outcome not in (Outcome.OK, Outcome.DOUBTFUL)]
    runs = [replace(LOOK, outcome=one) for one in bad] + [doubted(STALE), doubted(STALE, rows={})]
    told = [after_run(state, run)[1] for run in runs for state in (KNOWN, replace(KNOWN, last_good=None))]
    told.append(after_run(replace(KNOWN, told="unreachable", failing_since=NOW), LOOK)[1])
    told.append(after_run(replace(KNOWN, told="held: ?"), LOOK)[1])
    told += [after_run(KNOWN, holding(one))[1] for one in held]
    told.append(after_run(KNOWN, holding(Reason.of("short_label", label="hds", rows=3, floor=50)))[1])
    return [notice for notices in told for notice in notices]


@pytest.mark.parametrize("notice", every_notice())
def test_what_operators_are_told_is_made_of_data_in_both_languages(notice: Notice) -> None:
    """All but the first line of trouble, which is what the reader or the network said."""
    assert notice_text(notice, "en") == notice.text
    for line in notice.said:
        if line.code != AS_SAID:
            assert said(line, "fr") != said(line, "en")
            assert "{" not in said(line, "fr")


def test_a_stale_edition_is_known_in_french() -> None:
    old = stale(KNOWN, NOW + timedelta(days=90), timedelta(days=45))
    assert old is not None
    assert notice_text(old, "en") == old.text
    assert notice_text(old, "fr").startswith("L’édition du ")


def test_an_approval_is_recommended_only_where_one_can_succeed() -> None:
    """A doubt of the reader that comes without a listing has nothing that anybody could believe."""
    _, [readable] = after_run(KNOWN, doubted(STALE))
    _, [unreadable] = after_run(KNOWN, doubted(as_said("tl-fr: the signature does not hold"), rows={}))
    assert "vigilabel approve 7" in readable.text
    assert "approve" not in unreadable.text
    assert "vigilabel import anssi-catalogue FILE" in unreadable.text


def test_a_doubt_is_told_once_and_again_after_each_week_of_waiting() -> None:
    state, heard = KNOWN, []
    for day in range(22):
        run = replace(doubted(STALE), at=NOW + timedelta(days=day), id=7 + day)
        state, notices = after_run(state, run)
        heard += [(day, notice.kind) for notice in notices]
    assert heard == [(0, "doubted"), (7, "doubted"), (14, "doubted"), (21, "doubted")]


def test_a_hold_that_nobody_settles_is_told_again_with_its_age() -> None:
    assert MANY is not None
    hold = replace(MANY, values={**MANY.values, "held": 9})
    state, heard = KNOWN, []
    for day in range(9):
        waits = Reason.of("waits", since="2026-03-04T00:00:00Z", looks=day + 1)
        run = replace(holding(hold), at=NOW + timedelta(days=day), reasons=(hold, waits)[: 1 + bool(day)])
        state, notices = after_run(state, run)
        heard += [(day, notice.text.split("\n")[1]) for notice in notices]
    assert [day for day, _ in heard] == [0, 7]
    assert heard[1][1] == "what is held has waited since 2026-03-04 00:00 UTC, 8 looks"


def test_an_edition_is_old_when_the_next_one_that_it_promised_has_not_come() -> None:
    """The trusted list promises the next one within six months: 45 days without one are nothing."""
    month = timedelta(days=45)
    promised = replace(KNOWN, next_update=NOW + timedelta(days=120))
    assert stale(promised, NOW + timedelta(days=119), month) is None

    told = stale(promised, NOW + timedelta(days=121), month)
    assert told is not None
    assert f"promised the next one by {NOW + timedelta(days=120):%Y-%m-%d}" in told.text
    assert f"pour le {NOW + timedelta(days=120):%d/%m/%Y}" in notice_text(told, "fr")
    assert stale(promised, NOW + timedelta(days=121), month, [stale_topic(promised)]) is None


def test_what_another_source_tells_of_its_own_trouble_is_not_told_once_more_for_each_that_rests_on_it() -> (
    None
):
    """Thirty lists wait for the list of lists, which operators hear of once: from its own looks."""
    waiting = replace(
        LOOK, outcome=Outcome.UNREACHABLE, believed=False, reasons=(Reason.of("no_root", source="eu-lotl"),)
    )
    state = replace(KNOWN, source="tl-be")
    for day in range(10):
        state, notices = after_run(state, replace(waiting, at=NOW + timedelta(days=day)))
        assert notices == ()
    assert state.outcome is Outcome.UNREACHABLE, "`sources` says it all the same"
    _, notices = after_run(state, replace(LOOK, at=NOW + timedelta(days=11)))
    assert notices == (), "nor is it told that it is over"
