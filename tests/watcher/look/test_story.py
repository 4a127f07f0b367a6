"""The watch, told as stories on a toy register: look, look again, what the log says, who is told."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from toy_register import ToyRegister, day, page
from toy_story import Story, kinds, only

from scrapers.source import Bounds, UnreadableRow
from state.file.opening import open_store
from state.model import Cause, Kind, Listing, Outcome, Page, Reason
from state.seen.events import log
from state.seen.looks import runs
from state.seen.rows import listings
from watcher.errors import NothingToApprove, Overtaken
from watcher.look.check import approve, look


@pytest.fixture
def story() -> Iterator[Story]:
    with open_store(":memory:") as store:
        yield Story(store)


OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
OODRIVE = "secnumcloud | Oodrive | Oodrive_Work | 2025_241 | 2025-01-20 | 2028-01-25 | scope=SaaS"
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17"
DECEMBER = f"edition 2025-12-05\n{OVH}\n{OODRIVE}"
MARCH = f"edition 2026-03-04\n{OVH}\n{OODRIVE}\n{S3NS}"


def test_first_look_is_a_baseline_that_nobody_hears(story: Story) -> None:
    story.subscribe()
    checked = story.see("2025-12-06", DECEMBER)
    assert kinds(checked) == ["gained oodrive", "gained ovhcloud"]
    assert {event.cause for event in checked.events} == {Cause.BASELINE}
    assert story.told() == []
    assert story.operators_heard() == []


def test_a_gain_is_told_once_under_the_brand_and_a_second_look_tells_nothing(story: Story) -> None:
    story.subscribe()
    story.see("2025-12-06", DECEMBER)
    gained = only(story.see("2026-03-05", MARCH))
    assert (gained.kind, gained.provider.name) == (Kind.GAINED, "S3NS")
    assert gained.attestations[0].holder == "Thales Cloud Sécurisé"
    assert story.told() == [gained.id]
    assert story.see("2026-03-06", MARCH).events == ()
    assert story.told() == [gained.id]


def test_an_unchanged_look_costs_one_run_and_nothing_else(story: Story) -> None:
    story.see("2025-12-06", DECEMBER)
    first = story.see("2025-12-07", DECEMBER).run
    assert first.rows == {"secnumcloud": 2}
    assert first.believed
    assert len(listings.versions(story.store)) == 2
    assert story.store.q("select count(*) as n from snapshot") == [{"n": 1}]


def test_a_failed_look_changes_nothing_and_operators_hear_of_the_third(story: Story) -> None:
    story.see("2025-12-06", DECEMBER)
    for n in (7, 8, 9, 10):
        assert story.fail(f"2025-12-{n:02}").events == ()
    assert len(listings.listing(story.store, "anssi-catalogue")) == 2
    assert story.operators_heard() == ["trouble"]
    assert story.see("2025-12-11", DECEMBER).run.outcome is Outcome.OK
    assert story.operators_heard() == ["trouble", "recovered"]
    story.see("2025-12-12", DECEMBER)
    assert story.operators_heard() == ["trouble", "recovered"]


def test_a_page_of_another_shape_is_told_at_once_and_once(story: Story) -> None:
    story.see("2025-12-06", DECEMBER)
    for n in (7, 8):
        checked = story.see(f"2025-12-{n:02}", "<h1>Site en maintenance</h1>")
        assert checked.run.outcome is Outcome.LAYOUT_CHANGED
        assert checked.events == ()
    assert story.operators_heard() == ["trouble"]
    assert checked.run.snapshot is not None


def test_a_bug_in_the_reader_is_an_outcome_and_rolls_everything_back(story: Story) -> None:
    story.see("2025-12-06", DECEMBER)
    checked = story.see("2026-03-05", MARCH, broken=True)
    assert checked.run.outcome is Outcome.CRASHED
    assert "ZeroDivisionError" in checked.run.message
    assert len(listings.listing(story.store, "anssi-catalogue")) == 2
    assert kinds(story.see("2026-03-06", MARCH, broken=False)) == ["gained s3ns"]


def test_a_row_that_its_reader_let_slip_is_a_fault_of_ours_with_its_traceback(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    def read(_: Sequence[Page]) -> Listing:
        raise UnreadableRow(Reason.of("no_activity"))

    at = day("2026-03-05")
    checked = look(story.source, [page(MARCH, at)], story.watch, at, read=read)
    assert (checked.run.outcome, checked.run.message) == (Outcome.CRASHED, "no activity")
    assert "UnreadableRow" in caplog.text


def test_an_older_edition_is_doubtful_and_ignored(story: Story) -> None:
    story.see("2026-03-05", MARCH)
    checked = story.see("2026-03-06", DECEMBER)
    assert (checked.run.outcome, checked.events) == (Outcome.DOUBTFUL, ())
    assert len(listings.listing(story.store, "anssi-catalogue")) == 3


def test_a_look_that_a_newer_one_overtook_is_void(story: Story) -> None:
    story.see("2026-03-05", MARCH)
    with pytest.raises(Overtaken, match="in the order they were made"):
        story.see("2026-03-04", f"{DECEMBER}\n")
    assert len(listings.listing(story.store, "anssi-catalogue")) == 3


def test_the_last_row_gone_is_lost_and_says_whether_its_end_had_passed(story: Story) -> None:
    story.see("2025-12-06", MARCH)
    lost = only(story.see("2026-04-05", f"edition 2026-04-04\n{OVH}\n{S3NS}"))
    assert (lost.kind, lost.provider.slug, lost.expected) == (Kind.LOST, "oodrive", False)
    ended = story.see("2028-12-19", f"edition 2028-12-18\n{OVH}").events
    [lost] = [event for event in ended if event.kind is Kind.LOST]
    assert (lost.provider.slug, lost.expected) == ("s3ns", True)
    assert lost.evidence.place == "absent (précédemment : p. 1)"


TEN = [f"passi | Firm {n} | - | 2025_{n} | 2025-01-01 | 2028-01-01" for n in range(10)]


def test_more_losses_than_the_bounds_are_held_while_additions_flow(story: Story) -> None:
    story.subscribe()
    story.see("2025-12-06", "\n".join(["edition 2025-12-05", *TEN]))
    checked = story.see("2026-01-06", "\n".join(["edition 2026-01-05", *TEN[:3], OVH]))
    assert kinds(checked) == ["gained ovhcloud"]
    assert checked.run.held == ("passi: 7 of 10 holders would be lost at once, more than 5; 7 removals held",)
    assert story.operators_heard() == ["held"]
    assert len(listings.listing(story.store, "anssi-catalogue")) == 11
    story.see("2026-01-07", "\n".join(["edition 2026-01-06", *TEN, OVH]))
    assert story.operators_heard() == ["held", "released"]
    assert story.told() == [event.id for event in checked.events]


def test_held_losses_are_believed_after_three_looks_over_a_day(story: Story) -> None:
    story.see("2025-12-06", "\n".join(["edition 2025-12-05", *TEN]))
    half = "\n".join(["edition 2026-01-05", *TEN[:3]])
    start = day("2026-01-06")
    assert story.see(start, half).events == ()
    assert story.see(start + timedelta(hours=6), half).events == ()
    assert story.see(start + timedelta(hours=12), half).events == (), "three looks, but not over a day"
    events = story.see(start + timedelta(hours=24), half).events
    assert [event.kind for event in events] == [Kind.LOST] * 7
    assert story.operators_heard() == ["held", "released"]


def test_an_operator_can_approve_a_held_reading(story: Story) -> None:
    story.subscribe()
    story.see("2025-12-06", "\n".join(["edition 2025-12-05", *TEN]))
    held = story.see("2026-01-06", "\n".join(["edition 2026-01-05", *TEN[:3]])).run
    checked = approve(story.source, held, story.watch, "read by eye", day("2026-01-06") + timedelta(hours=1))
    assert [event.kind for event in checked.events] == [Kind.LOST] * 7
    assert len(story.told()) == 7
    with pytest.raises(NothingToApprove, match="believed in full"):
        approve(story.source, checked.run, story.watch, "again", day("2026-01-07"))


def test_an_approval_is_only_for_what_was_read_last(story: Story) -> None:
    story.see("2025-12-06", "\n".join(["edition 2025-12-05", *TEN]))
    held = story.see("2026-01-06", "\n".join(["edition 2026-01-05", *TEN[:3]])).run
    story.see("2026-01-07", "\n".join(["edition 2026-01-06", *TEN]))
    with pytest.raises(NothingToApprove, match="followed by another reading"):
        approve(story.source, held, story.watch, "too late", day("2026-01-08"))


def test_a_short_first_look_leaves_its_label_unread_and_reads_the_rest(story: Story) -> None:
    bounds = {"secnumcloud": Bounds(floor=3)}
    first = story.see("2025-12-06", f"{DECEMBER}\n{TEN[0]}", bounds=bounds)
    assert (first.run.outcome, first.run.rows) == (Outcome.OK, {"passi": 1})
    assert kinds(first) == ["gained firm-0"]
    assert first.run.held == (
        "first look at secnumcloud: 2 rows, at least 3 expected; the label stays unread",
    )
    assert story.operators_heard() == ["held"]
    assert "secnumcloud" not in runs.state_of(story.store, "anssi-catalogue").covers
    again = story.see("2025-12-07", f"{DECEMBER}\n{TEN[0]}")
    assert (again.events, again.run.held) == ((), first.run.held)
    later = story.see("2026-03-05", f"{MARCH}\n{TEN[0]}\n{TEN[1]}")
    assert {event.label: event.cause for event in later.events} == {
        "secnumcloud": Cause.BASELINE,
        "passi": Cause.REGISTER,
    }
    assert story.operators_heard() == ["held", "released"]


def test_a_short_first_look_at_a_label_can_be_approved(story: Story) -> None:
    first = story.see("2025-12-06", DECEMBER, bounds={"secnumcloud": Bounds(floor=3)})
    story.see("2025-12-07", DECEMBER)
    approved = approve(story.source, first.run, story.watch, "really so few", day("2025-12-08"))
    assert {event.cause for event in approved.events} == {Cause.BASELINE}
    assert kinds(story.see("2026-03-05", MARCH)) == ["gained s3ns"]


def test_a_first_look_that_falls_short_altogether_is_doubted(story: Story) -> None:
    bounds, covers = {"secnumcloud": Bounds(floor=10)}, frozenset({"secnumcloud"})
    checked = story.see("2025-12-06", DECEMBER, bounds=bounds, covers=covers)
    assert checked.run.outcome is Outcome.DOUBTFUL
    assert "at least 10 expected" in checked.run.message
    assert listings.listing(story.store, "anssi-catalogue") == ()
    approved = approve(story.source, checked.run, story.watch, "really so few", day("2025-12-07"))
    assert {event.cause for event in approved.events} == {Cause.BASELINE}


def test_on_an_undated_page_a_loss_needs_a_second_look(story: Story) -> None:
    story.see("2025-12-06", f"edition -\n{OVH}\n{OODRIVE}")
    first = story.see("2025-12-07", f"edition -\n{OVH}")
    assert (first.events, first.run.held) == ((), ())
    assert kinds(story.see("2025-12-08", f"edition -\n{OVH}")) == ["lost oodrive"]
    assert story.operators_heard() == []


def test_a_row_missing_once_on_an_undated_page_is_nobodys_news(story: Story) -> None:
    story.see("2025-12-06", f"edition -\n{OVH}\n{OODRIVE}")
    one, both = f"edition -\n{OVH}", f"edition -\n{OVH}\n{OODRIVE}"
    for n, text in ((7, one), (8, both), (9, one), (10, both)):
        assert story.see(f"2025-12-{n:02}", text).events == ()
    assert len(listings.listing(story.store, "anssi-catalogue")) == 2


def test_lose_regain_lose_is_told_each_time(story: Story) -> None:
    story.subscribe()
    both, one = f"{OVH}\n{OODRIVE}", OVH
    story.see("2026-01-01", f"edition 2026-01-01\n{both}")
    seen = [
        kinds(story.see(f"2026-01-{n:02}", f"edition 2026-01-{n:02}\n{one if n % 2 == 0 else both}"))
        for n in (2, 3, 4)
    ]
    assert seen == [["lost oodrive"], ["gained oodrive"], ["lost oodrive"]]
    assert len(story.told()) == 3


def test_a_better_reader_is_recorded_and_tells_nobody(story: Story) -> None:
    story.subscribe()
    story.see("2025-12-06", DECEMBER)
    wiser = DECEMBER.replace("Oodrive_Work", "Oodrive Work v2")

    class Wiser(ToyRegister):
        def read(self, pages):  # type: ignore[no-untyped-def]
            return super().read([replace(pages[0], body=pages[0].body.replace(b"Oodrive_Work", b"Oodrive"))])

    story.source = Wiser(revision=2)
    checked = look(story.source, [page(MARCH, day("2026-03-05"))], story.watch, day("2026-03-05"))
    assert wiser != DECEMBER
    assert {(event.kind, event.cause) for event in checked.events} == {
        (Kind.RENAMED, Cause.REREADING),
        (Kind.GAINED, Cause.REGISTER),
    }
    assert len(story.told()) == 1
    assert runs.state_of(story.store, "anssi-catalogue").revision == 2


def test_a_reader_that_lost_rows_of_a_known_page_is_doubted(story: Story) -> None:
    story.see("2025-12-06", "\n".join(["edition 2025-12-05", *TEN]))

    class Blind(ToyRegister):
        def read(self, pages):  # type: ignore[no-untyped-def]
            listing = super().read(pages)
            return replace(listing, attestations=listing.attestations[:2])

    story.source = Blind(revision=2)
    text = "\n".join(["edition 2026-01-05", *TEN])
    checked = look(story.source, [page(text, day("2026-01-06"))], story.watch, day("2026-01-06"))
    assert (checked.run.outcome, checked.events) == (Outcome.DOUBTFUL, ())
    assert "our own reader changed" in checked.run.message
    assert runs.state_of(story.store, "anssi-catalogue").revision == 1


def test_a_newly_covered_label_is_a_silent_baseline(story: Story) -> None:
    story.subscribe()
    story.see("2025-12-06", DECEMBER, covers=frozenset({"secnumcloud"}))
    checked = story.see("2026-03-05", MARCH + "\n" + TEN[0], covers=frozenset({"secnumcloud", "passi"}))
    causes = {event.label: event.cause for event in checked.events}
    assert causes == {"secnumcloud": Cause.REGISTER, "passi": Cause.BASELINE}
    assert len(story.told()) == 1


def test_an_unreadable_row_keeps_its_last_state_and_operators_hear_once(story: Story) -> None:
    story.see("2025-12-06", DECEMBER)
    for n in (4, 5):
        text = f"edition 2026-03-{n:02}\n{OVH}\n? secnumcloud | 2025_241 | -"
        assert story.see(f"2026-03-{n:02}", text).events == ()
    assert len(listings.listing(story.store, "anssi-catalogue")) == 2
    assert story.operators_heard() == ["news"]


def test_a_certificate_that_moves_to_the_archive_is_no_longer_held(story: Story) -> None:
    cc = "cc | Idemia | Card 1 | CC-1 | 2020-01-01 | 2025-12-31"
    story.see("2025-12-06", f"edition 2025-12-05\n{cc}")
    lost = only(story.see("2026-03-05", f"edition 2026-03-04\n{cc} | status=archived"))
    assert (lost.kind, lost.expected) == (Kind.LOST, True)
    assert lost.changes["status"].after == "archived"


def test_every_event_is_in_the_log_with_its_evidence(story: Story) -> None:
    story.see("2025-12-06", DECEMBER)
    story.see("2026-03-05", MARCH)
    logged = log.events(story.store)
    assert [event.id for event in logged] == [1, 2, 3]
    assert logged[-1].evidence.url == "https://register.test/list"
    assert logged[-1].evidence.snapshot == 2
    assert len(logged[-1].evidence.sha256) == 64


CANDIDATES = [f"secnumcloud | Candidate {n} | Offer | - | - | - | status=candidate" for n in range(10)]


def test_candidates_count_where_a_page_of_candidates_looks_short(story: Story) -> None:
    bounds = {"secnumcloud": Bounds(floor=6)}
    first = story.see("2025-12-06", "\n".join(["edition -", *CANDIDATES]), bounds=bounds)
    assert first.run.believed
    for n in (7, 8):
        held = story.see(f"2025-12-{n:02}", "\n".join(["edition -", *CANDIDATES[:5]]))
        assert held.events == ()
    assert "at least 6 expected" in held.run.held[0]


def test_the_collector_of_memory_works_on_after_a_look_that_failed(story: Story) -> None:
    """A look reads without it: left off, the memory of a watch that runs for months would only grow."""
    story.see("2026-03-05", MARCH, broken=True)
    assert gc.isenabled()


def test_a_label_that_nobody_knows_is_a_fault_that_the_run_names(story: Story) -> None:
    story.see("2026-01-05", "edition 2026-01-05\npassi | Amossys | - | 2023_1 | 2023-01-01 | 2026-12-31")
    checked = story.see(
        "2026-02-05", "edition 2026-02-05\npasssi | Amossys | - | 2023_1 | 2023-01-01 | 2026-12-31"
    )
    assert checked.run.outcome is Outcome.CRASHED
    assert "found ['passsi']" in checked.run.message
    assert [row.attestation.label for row in listings.listing(story.store, story.source.name)] == ["passi"]
