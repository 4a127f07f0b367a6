"""A clock that is wrong: what the register shows is told, what the calendar adds waits, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from toy_register import ToyRegister, day, page

from notifiers.said.reasons import as_said, notice_text
from notifiers.said.voice import line_text
from scrapers.source import Bounds, Unreachable
from state.file.opening import open_store
from state.file.store import Store
from state.model import Cause, Clock, ClockDoubt, Kind, Page
from state.owed import outbox, subscriptions
from state.seen.events import log
from state.seen.looks import runs
from state.seen.who.providers import load_providers
from state.words.post import Subscription
from watcher.errors import NothingToApprove
from watcher.look.check import approve, check, look
from watcher.look.dates.clock import served
from watcher.look.forget import forget
from watcher.look.record import Checked, Watch
from watcher.prove.replay import rebuilt
from watcher.said.news.look import look_items
from watcher.said.told import terminal

OUTSCALE = "secnumcloud | Outscale | IaaS Cloud on Demand | 2023_2118 | 2023-11-30 | 2026-11-30"
OODRIVE = "secnumcloud | Oodrive | Oodrive_Work | 2025_241 | 2025-01-20 | 2028-01-25"
MARCH = f"edition 2026-03-04\n{OUTSCALE}\n{OODRIVE}"


class Clocks:
    """A memory, and toy registers looked at by clocks that may be wrong."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.register, self.other = ToyRegister(), ToyRegister(name="ans-hds")
        with store.transaction():
            subscriptions.subscribe(store, Subscription(id=0, channel="C1", words=("all",)))

    def watch(self, clock: Clock | None = None) -> Watch:
        providers = load_providers(self.store)
        return Watch(store=self.store, providers=providers, operators="COPS", clock=clock or Clock())

    def see(self, when: str | datetime, text: str = MARCH) -> Checked:
        """A look at a time that a person stated."""
        at = day(when) if isinstance(when, str) else when
        return look(self.register, [page(text, at)], self.watch(Clock(stated=True)), at, latest=True)

    def ask(
        self, when: str, served: str | None, text: str = MARCH, other: bool = False, **headers: str
    ) -> Checked:
        """A look by the machine's clock at a server that says what day it is."""
        dated = {"date": format_datetime(day(served), usegmt=True)} if served else {}
        answer = replace(page(text, day(when)), headers=tuple((dated | headers).items()))
        source = self.other if other else self.register
        return check(source, lambda _: answer, self.watch(), lambda: day(when))

    def fail(self, when: str) -> Checked:
        def get(url: str) -> Page:
            raise Unreachable(as_said(f"{url}: no answer"))

        return check(self.register, get, self.watch(), lambda: day(when))

    def heard(self) -> list[str]:
        """What the subscribers are owed: kind, step and day."""
        owed = [
            log.event(self.store, one.event) for one in outbox.owed(self.store, channel="C1") if one.event
        ]
        return [f"{event.kind} {event.step or ''} {event.seen_at:%Y-%m-%d}" for event in owed]

    def operators(self) -> list[str]:
        owed = outbox.owed(self.store, channel="COPS")
        notices = [outbox.notice(self.store, one.notice) for one in owed if one.notice]
        return [notice.text for notice in notices if notice.kind == "clock"]

    def replayed(self) -> str:
        return rebuilt(self.store, {"anssi-catalogue": self.register, "ans-hds": self.other}).difference


@pytest.fixture
def clocks() -> Iterator[Clocks]:
    with open_store(":memory:") as store:
        yield Clocks(store)


def test_one_look_at_2029_tells_nothing_and_the_warnings_of_2026_are_still_told(clocks: Clocks) -> None:
    clocks.see("2026-03-04")
    wrong = clocks.see("2029-01-01")
    assert wrong.run.clock.doubt is ClockDoubt.LEAP
    assert (wrong.events, clocks.heard()) == ((), [])
    clocks.see("2026-11-24")
    assert clocks.heard() == ["expiring 7 2026-11-24"]
    assert clocks.replayed() == ""


def test_operators_are_told_once_with_numbers_and_what_to_do(clocks: Clocks) -> None:
    clocks.see("2026-03-04")
    run = clocks.see("2029-01-01").run
    clocks.fail("2029-01-01")
    clocks.ask("2029-01-01", None, other=True)
    [told] = clocks.operators()
    assert told == (
        "The clock says 2029-01-01 12:00 UTC, 1034 days after the last look or edition, of 2026-03-04 12:00 "
        "UTC.\n"
        "Printed ends are not told until a second day confirms it. Set the clock if it is wrong; else "
        f"`vigilabel approve {run.id} --reason TEXT`."
    )


def test_every_doubt_of_a_clock_has_words_in_both_languages(clocks: Clocks) -> None:
    clocks.ask("2026-05-01", "2026-05-01")
    for when, server in (("2029-01-01", "2026-05-02"), ("2029-01-01", None), ("1970-01-01", None)):
        clocks.ask(when, server)
    clocks.fail("2026-04-01")
    owed = outbox.owed(clocks.store, channel="COPS")
    notices = [outbox.notice(clocks.store, one.notice) for one in owed if one.notice]
    codes = [reason.code for notice in notices if notice.kind == "clock" for reason in notice.said]
    assert set(codes) == {"clock_date", "clock_leap", "clock_behind", "clock_approve"}
    assert notice_text(notices[0], "fr") == (
        "L’horloge dit 01/01/2029 13:00 (heure de Paris), le serveur du registre 02/05/2026 14:00 (heure de "
        "Paris)\u00a0: 975 jours d’écart.\n"
        "Les échéances attendent qu’un second jour confirme l’horloge. Réglez-la si elle est "
        "fausse\u202f; sinon, «\u00a0vigilabel approve 2 --reason MOTIF\u00a0»."
    )


def test_a_watch_that_slept_two_years_speaks_again_on_the_second_day(clocks: Clocks) -> None:
    clocks.see("2026-03-04")
    clocks.ask("2028-03-10", "2028-03-10")
    clocks.ask("2028-03-10", "2028-03-10", text=f"{MARCH}\n")
    assert clocks.heard() == []
    clocks.ask("2028-03-11", "2028-03-11")
    assert clocks.heard() == ["expired  2028-03-11", "expired  2028-03-11"]
    assert clocks.replayed() == ""


def test_a_person_confirms_the_clock_of_a_look_by_its_run(clocks: Clocks) -> None:
    clocks.see("2026-03-04")
    run = clocks.see("2028-03-10").run
    checked = approve(clocks.register, run, clocks.watch(), "it slept", day("2028-03-10"))
    assert checked.run.clock.confirmed
    assert [event.kind for event in checked.events] == [Kind.EXPIRED, Kind.EXPIRED]
    assert clocks.replayed() == ""
    with pytest.raises(NothingToApprove):
        approve(clocks.register, checked.run, clocks.watch(), "again", day("2028-03-10"))


def test_eight_months_without_a_look_are_no_doubt(clocks: Clocks) -> None:
    clocks.see("2026-03-04")
    clocks.see("2026-11-24")
    assert clocks.heard() == ["expiring 7 2026-11-24"]


def test_the_server_of_the_register_contradicts_the_clock(clocks: Clocks) -> None:
    clocks.ask("2026-05-01", "2026-05-01")
    wrong = clocks.ask("2026-09-15", "2026-07-01")
    assert wrong.run.clock.doubt is ClockDoubt.DATE
    assert clocks.heard() == []
    clocks.ask("2026-07-02", "2026-07-02")
    assert clocks.heard() == ["expiring 180 2026-07-02"]
    clocks.ask("2026-09-15", "2026-09-15")
    assert clocks.heard()[1:] == ["expiring 90 2026-09-15"]
    assert clocks.replayed() == ""


def test_a_server_whose_date_is_wrong_for_ever_silences_nothing_for_longer_than_a_day(
    clocks: Clocks,
) -> None:
    clocks.ask("2026-05-01", "2026-05-01")
    for when in ("2026-11-23", "2026-11-24", "2026-11-25"):
        clocks.ask(when, "2020-01-01")
    assert clocks.heard() == ["expiring 7 2026-11-24"]
    assert len(clocks.operators()) == 1


def test_a_server_whose_date_is_wrong_is_outvoted_by_another_register(clocks: Clocks) -> None:
    clocks.ask("2026-05-01", "2026-05-01")
    clocks.ask("2026-11-24", "2026-11-24", text="edition -", other=True)
    clocks.ask("2026-11-24", "2020-01-01")
    assert clocks.heard() == ["expiring 7 2026-11-24"]
    assert clocks.operators() == []


def test_a_clock_that_leaps_and_is_contradicted_is_not_confirmed_by_days(clocks: Clocks) -> None:
    clocks.ask("2026-03-05", "2026-03-05")
    for n in range(1, 6):
        clocks.ask(f"2029-01-0{n}", f"2026-11-2{n}")
    assert clocks.heard() == []
    clocks.ask("2026-11-26", "2026-11-26")
    assert clocks.heard() == ["expiring 7 2026-11-26"]
    assert clocks.replayed() == ""


@pytest.mark.parametrize("hours", [-13, 13])
def test_a_time_zone_set_wrong_is_no_doubt(clocks: Clocks, hours: int) -> None:
    answer = page(MARCH, day("2026-06-04"))
    at = format_datetime(day("2026-06-04") + timedelta(hours=hours), usegmt=True)
    answer = replace(answer, headers=(("date", at),))
    checked = check(clocks.register, lambda _: answer, clocks.watch(), lambda: day("2026-06-04"))
    assert checked.run.clock.trusted


def test_a_page_that_a_cache_kept_for_a_week_says_its_age(clocks: Clocks) -> None:
    clocks.ask("2026-05-01", "2026-05-01")
    assert clocks.ask("2026-11-24", "2026-11-17", age="604800").run.clock.doubt is None
    assert clocks.heard() == ["expiring 7 2026-11-24"]
    assert served([replace(page("", day("2026-11-24")), headers=(("date", "yesterday"),))]) is None


def test_a_machine_that_has_not_asked_for_the_time_yet_tells_nothing_again(clocks: Clocks) -> None:
    clocks.ask("2026-05-01", "2026-05-01")
    clocks.ask("2026-11-24", "2026-11-24")
    assert clocks.heard() == ["expiring 7 2026-11-24"]
    for when in ("1970-01-01", "1970-01-02", "2026-06-10", "2026-06-11"):
        assert clocks.fail(when).run.clock.doubt is ClockDoubt.BEHIND
    clocks.ask("2026-11-25", "2026-11-25")
    assert clocks.heard() == ["expiring 7 2026-11-24"]
    assert clocks.replayed() == ""


def test_a_first_look_by_a_wrong_clock_stays_a_silent_baseline(clocks: Clocks) -> None:
    for when in ("1970-01-01", "2029-01-01"):
        clocks.ask(when, "2026-11-24")
    clocks.ask("2026-11-24", "2026-11-24")
    assert clocks.heard() == []
    clocks.ask("2026-12-01", "2026-12-01")
    assert clocks.heard() == ["expired  2026-12-01"], "its steps are told from then on"
    assert clocks.replayed() == ""


def test_an_end_first_seen_by_a_wrong_clock_is_warned_of_from_the_next_step_on(clocks: Clocks) -> None:
    clocks.ask("2026-05-01", "2026-05-01")
    moved = MARCH.replace("2026-11-30", "2026-12-31").replace("2026-03-04", "2026-10-01")
    [renewed] = clocks.ask("2029-01-01", "2026-11-24", text=moved).events
    assert (renewed.kind, renewed.cause) == (Kind.RENEWED, Cause.REGISTER)
    clocks.ask("2026-11-24", "2026-11-24", text=moved)
    clocks.ask("2026-12-02", "2026-12-02", text=moved)
    assert clocks.heard()[1:] == ["expiring 30 2026-12-02"]
    assert clocks.replayed() == ""


def test_a_look_made_in_the_future_does_not_void_those_of_today(clocks: Clocks) -> None:
    clocks.ask("2026-05-01", "2026-05-01")
    clocks.ask("2029-01-01", "2026-11-23", text=MARCH.replace("2026-03-04", "2026-10-01"))
    gone = clocks.ask("2026-11-24", "2026-11-24", text=f"edition 2026-11-01\n{OUTSCALE}")
    assert [event.kind for event in gone.events] == [Kind.LOST, Kind.EXPIRING]
    state = runs.state_of(clocks.store, "anssi-catalogue")
    assert (state.last_look, state.last_good) == (day("2026-11-24"), day("2026-11-24"))
    assert clocks.replayed() == ""


def test_a_loss_seen_by_a_wrong_clock_is_not_said_to_be_expected(clocks: Clocks) -> None:
    clocks.ask("2026-05-01", "2026-05-01", text=MARCH.replace("2026-03-04", "-"))
    clocks.ask("2029-01-01", "2026-05-02", text=f"edition -\n{OODRIVE}")
    [lost] = clocks.ask("2029-01-01", "2026-05-03", text=f"edition -\n{OODRIVE}").events
    assert (lost.kind, lost.expected) == (Kind.LOST, False)
    assert clocks.replayed() == ""


def test_a_wrong_clock_does_not_make_a_day_pass_for_removals_that_are_held(clocks: Clocks) -> None:
    clocks.register = replace(clocks.register, bounds={"secnumcloud": Bounds(floor=2, least=1)})
    clocks.ask("2026-05-01", "2026-05-01")
    short = f"edition 2026-04-04\n{OODRIVE}"
    for when in ("2026-05-02", "2029-01-01", "2029-01-01", "2026-05-02"):
        assert clocks.ask(when, "2026-05-02", text=short).run.held
    assert not clocks.ask("2026-05-03", "2026-05-03", text=short).run.held


def test_a_step_said_twice_by_a_clock_ahead_is_said_on_its_day(clocks: Clocks) -> None:
    """A wrong clock that a second day confirmed did tell: the true day tells once more."""
    clocks.see("2026-03-04")
    clocks.see("2029-01-01")
    clocks.see("2029-01-02")
    assert "expired  2029-01-02" in clocks.heard()
    clocks.see("2026-11-24")
    clocks.see("2026-11-25")
    assert clocks.heard()[-1] == "expiring 7 2026-11-24"
    assert clocks.replayed() == ""


def test_a_look_forgotten_after_a_clock_ahead_leaves_the_time_of_the_look_before(clocks: Clocks) -> None:
    clocks.ask("2026-05-01", "2026-05-01")
    clocks.ask("2029-01-01", "2026-05-02")
    clocks.ask("2026-05-03", "2026-05-03")
    mistaken = clocks.ask("2026-05-04", "2026-05-04", text=f"edition 2026-05-01\n{OODRIVE}").run
    forget(clocks.store, clocks.register, mistaken, "the wrong page", day("2026-05-05"))
    assert runs.state_of(clocks.store, "anssi-catalogue").last_look == day("2026-05-03")
    assert clocks.replayed() == ""


def test_ends_recorded_in_silence_under_a_doubted_clock_are_not_called_a_first_look(clocks: Clocks) -> None:
    clocks.ask("2026-05-01", "2026-05-01")
    moved = MARCH.replace("2026-11-30", "2026-12-10").replace("2026-03-04", "2026-10-01")
    clocks.ask("2029-01-01", "2026-11-24", text=moved)
    items = look_items(clocks.ask("2026-11-24", "2026-11-24", text=moved), terminal())
    assert [[line_text(line) for line in item] for item in items] == [
        ["1 end recorded, told to nobody: first seen while the clock was doubted."]
    ]
