"""An operator's word: whatever a message recommends to approve can be approved, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from raw import sqlite_of
from toy_register import ToyRegister, day, page

from notifiers.said.reasons import as_said
from scrapers.source import Blocked, Bounds, Doubtful, LayoutChanged, Source, Unreachable
from state.codec import reasons_text
from state.file.opening import open_store
from state.file.store import Store
from state.model import Cause, Kind, Listing, Outcome, Page
from state.owed import outbox
from state.seen.looks import chain, runs
from state.seen.rows import listings
from state.seen.who.providers import load_providers
from state.words.post import Notice
from watcher.errors import NothingToApprove, Overtaken
from watcher.look.check import approve, check, look
from watcher.look.record import Checked, Watch
from watcher.prove.replay import rebuilt

NAME = "anssi-catalogue"
TEN = [f"passi | Firm {n} | - | 2025_{n} | 2025-01-01 | 2030-01-01" for n in range(10)]
OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2030-03-24"
S3NS = "secnumcloud | Thales Cloud Sécurisé | PREMI3NS | 2025_2057 | 2025-12-17 | 2030-12-17"


class Strict(ToyRegister):
    """A reader that doubts a page which says so: with what it read, or with nothing ("forged")."""

    def read(self, pages: Sequence[Page]) -> Listing:
        text = pages[0].body.decode()
        if "forged" in text:
            raise Doubtful(as_said("the signature does not hold"), source=self.name)
        seen = super().read(pages)
        if "stranger" in text:
            accepted = as_said("the signer is not one of those accepted")
            raise Doubtful(accepted, source=self.name, listing=seen)
        return seen


class Desk:
    """A memory, a register, and an operator who does what the messages say."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.source: Source = ToyRegister()

    @property
    def watch(self) -> Watch:
        return Watch(store=self.store, providers=load_providers(self.store), operators="COPS")

    def see(self, when: str, *rows: str, edition: str | None = None, note: str = "") -> Checked:
        text = "\n".join([f"edition {edition or when}", *rows, *([f"! note {note}"] if note else [])])
        return look(self.source, [page(text, day(when))], self.watch, day(when))

    def fail(self, when: str, error: Exception) -> Checked:
        def get(_: str) -> Page:
            raise error

        return check(self.source, get, self.watch, lambda: day(when))

    def heard(self) -> list[Notice]:
        owed = outbox.owed(self.store, channel="COPS")
        return [outbox.notice(self.store, one.notice) for one in owed if one.notice]

    def do_as_told(self, when: str, source: Source | None = None) -> Checked:
        """Approves the run that the last message recommends."""
        numbers = [re.findall(r"`vigilabel approve (\d+) --reason TEXT`", one.text) for one in self.heard()]
        run = runs.run(self.store, int([number for found in numbers for number in found][-1]))
        return approve(source or self.source, run, self.watch, "compared with the site", day(when))

    def refs(self) -> set[str | None]:
        return {row.attestation.ref for row in listings.listing(self.store, NAME)}

    def replayed(self) -> bool:
        found = rebuilt(self.store, {NAME: self.source})
        assert (found.difference, found.taken) == ("", {})
        return found.head == chain.head(self.store)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with open_store(":memory:") as store:
        yield Desk(store)


def kinds(checked: Checked) -> list[str]:
    return [f"{event.kind} {event.provider.slug}" for event in checked.events]


def test_an_older_edition_that_the_publisher_put_back_can_be_believed(desk: Desk) -> None:
    desk.see("2025-12-06", OVH)
    desk.see("2026-03-05", OVH, S3NS)
    doubted = desk.see("2026-03-06", OVH, edition="2025-12-06")
    assert doubted.run.outcome is Outcome.DOUBTFUL
    approved = desk.do_as_told("2026-03-07")
    assert kinds(approved) == ["lost s3ns"]
    assert runs.state_of(desk.store, NAME).edition_at == day("2025-12-06")
    assert desk.see("2026-03-08", OVH, edition="2025-12-06").run.outcome is Outcome.OK
    assert kinds(desk.see("2026-03-09", OVH, S3NS, edition="2026-03-05")) == ["gained s3ns"]
    assert desk.replayed()


def test_a_second_list_under_one_stamp_is_doubted_whatever_differs(desk: Desk) -> None:
    desk.see("2026-03-04", OVH)
    other = OVH.replace("2030-03-24", "2031-03-24")
    for when, rows in (("2026-03-05", [OVH, S3NS]), ("2026-03-06", []), ("2026-03-07", [other])):
        seen = desk.see(when, *rows, edition="2026-03-04")
        assert (seen.run.outcome, seen.events) == (Outcome.DOUBTFUL, ())
        assert "one stamp cannot state two lists" in seen.run.message
    assert kinds(desk.do_as_told("2026-03-08")) == ["renewed ovhcloud"]
    assert desk.replayed()


def test_the_same_list_in_other_bytes_under_one_stamp_is_believed(desk: Desk) -> None:
    desk.see("2026-03-04", OVH)
    assert desk.see("2026-03-05", OVH, edition="2026-03-04", note="printed anew").run.outcome is Outcome.OK


def test_what_a_reader_doubts_and_read_all_the_same_can_be_believed_and_stays_so(desk: Desk) -> None:
    desk.source = Strict(bounds={"passi": Bounds(floor=2)})
    desk.see("2025-12-06", OVH, *TEN)
    doubted = desk.see("2026-03-05", OVH, S3NS, *TEN[:1], note="stranger")
    assert doubted.run.message.endswith("the signer is not one of those accepted")
    assert doubted.run.rows == {"passi": 1, "secnumcloud": 2}
    assert kinds(desk.do_as_told("2026-03-06"))[0] == "gained s3ns"
    again = desk.see("2026-03-07", OVH, S3NS, *TEN[:1], edition="2026-03-05", note="stranger")
    assert (again.run.outcome, again.run.held) == (Outcome.OK, ()), "the same bytes were believed"
    assert desk.replayed()


def test_a_page_that_was_approved_is_looked_at_again_while_rows_of_it_wait(desk: Desk) -> None:
    """Its own reader still doubts it; the operator's word counts on."""
    desk.source = Strict()
    desk.see("2026-03-01", OVH, *TEN, edition="-")
    doubted = desk.see("2026-03-02", OVH, *TEN[:9], edition="-", note="stranger")
    assert doubted.run.outcome is Outcome.DOUBTFUL
    desk.do_as_told("2026-03-03")
    desk.source = Strict(revision=2)
    reread = desk.see("2026-03-04", OVH, *TEN[:9], edition="-", note="stranger")
    assert (reread.run.outcome, reread.events) == (Outcome.OK, ())


def test_what_cannot_be_believed_is_never_recommended_for_approval(desk: Desk) -> None:
    desk.source = Strict()
    desk.see("2025-12-06", OVH)
    forged = desk.see("2026-03-05", OVH, S3NS, note="forged").run
    assert "approve" not in desk.heard()[-1].text
    assert f"vigilabel import {NAME} FILE" in desk.heard()[-1].text
    with pytest.raises(NothingToApprove, match="read no list that anybody could believe"):
        approve(desk.source, forged, desk.watch, "all the same", day("2026-03-06"))


def test_a_reading_that_our_own_change_made_doubtful_can_be_believed(desk: Desk) -> None:
    class Blind(ToyRegister):
        def read(self, pages: Sequence[Page]) -> Listing:
            seen = super().read(pages)
            return replace(seen, attestations=seen.attestations[:3])

    desk.see("2025-12-06", *TEN)
    desk.source = Blind(revision=2)
    doubted = desk.see("2026-03-05", *TEN, S3NS)
    assert [reason.code for reason in doubted.run.reasons] == ["rereading_loses", "many_lost"]
    approved = desk.do_as_told("2026-03-06")
    assert {event.cause for event in approved.events} == {Cause.REREADING}
    assert len(desk.refs()) == 3


def test_a_new_page_is_approved_though_the_old_one_cannot_be_read_any_more(desk: Desk) -> None:
    class Newer(ToyRegister):
        def read(self, pages: Sequence[Page]) -> Listing:
            if b"edition 2025" in pages[0].body:
                raise LayoutChanged(self.name, as_said("expected an edition of 2026; found an older one"))
            return super().read(pages)

    desk.see("2025-12-06", OVH)
    desk.source = Newer(revision=2)
    doubted = desk.see("2026-03-05", OVH, S3NS)
    assert [reason.code for reason in doubted.run.reasons] == ["cannot_reread"]
    approved = desk.do_as_told("2026-03-06")
    assert {event.cause for event in approved.events} == {Cause.REREADING}
    assert desk.refs() == {"2025_559", "2025_2057"}


def between(desk: Desk) -> None:
    """Looks that fail, and a page of another kind, which is kept as evidence."""
    desk.fail("2026-01-07", Unreachable(as_said("no answer")))
    desk.fail("2026-01-08", Blocked(as_said("a challenge")))
    look(desk.source, [page("<html>maintenance", day("2026-01-09"))], desk.watch, day("2026-01-09"))


def test_failed_looks_take_no_approval_away(desk: Desk) -> None:
    desk.see("2025-12-06", *TEN)
    held = desk.see("2026-01-06", *TEN[:3]).run
    between(desk)
    approved = approve(desk.source, held, desk.watch, "true", day("2026-01-10"))
    assert {event.kind for event in approved.events} == {Kind.LOST}
    assert desk.replayed()


def test_later_looks_that_wait_for_the_same_take_no_approval_away(desk: Desk) -> None:
    """A page whose bytes move with every look, as most do that carry a token."""
    desk.see("2025-12-06", *TEN)
    held = desk.see("2026-01-06", *TEN[:3], note="one").run
    later = desk.see("2026-01-07", *TEN[:3], note="two", edition="2026-01-06").run
    assert held.snapshot != later.snapshot
    assert held.held == later.held
    assert [notice.kind for notice in desk.heard()].count("held") == 1
    approved = approve(desk.source, held, desk.watch, "true", day("2026-01-08"))
    assert len(approved.events) == 7
    assert approved.run.snapshot == later.snapshot, "the newest page that says so"
    assert desk.replayed()


def test_an_approval_of_what_was_read_otherwise_since_names_what_waits_now(desk: Desk) -> None:
    desk.see("2025-12-06", *TEN)
    held = desk.see("2026-01-06", *TEN[:3]).run
    other = desk.see("2026-01-07", *TEN[:2]).run
    with pytest.raises(NothingToApprove, match=f"vigilabel approve {other.id} --reason TEXT"):
        approve(desk.source, held, desk.watch, "true", day("2026-01-08"))
    assert len(approve(desk.source, other, desk.watch, "true", day("2026-01-08")).events) == 8


def test_an_approval_is_spent_once_it_is_believed(desk: Desk) -> None:
    desk.see("2025-12-06", *TEN)
    held = desk.see("2026-01-06", *TEN[:3]).run
    approve(desk.source, held, desk.watch, "true", day("2026-01-07"))
    with pytest.raises(NothingToApprove, match="believed in full"):
        approve(desk.source, held, desk.watch, "again", day("2026-01-08"))


@pytest.mark.sqlite("compares the whole file")
def test_a_crash_in_the_middle_of_an_approval_leaves_neither_the_word_nor_the_news(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.see("2025-12-06", *TEN)
    held = desk.see("2026-01-06", *TEN[:3]).run
    before = list(sqlite_of(desk.store).iterdump())

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("state.seen.looks.chain.extend", dies)
    with pytest.raises(KeyboardInterrupt):
        approve(desk.source, held, desk.watch, "true", day("2026-01-07"))
    assert list(sqlite_of(desk.store).iterdump()) == before
    assert runs.approved(desk.store, held.id) is None
    monkeypatch.undo()
    approve(desk.source, held, desk.watch, "true", day("2026-01-07"))
    assert runs.approved(desk.store, held.id) == "true"
    assert desk.replayed()


def test_a_doubt_that_repeats_says_since_when_and_is_told_again_each_week(desk: Desk) -> None:
    desk.see("2026-03-04", OVH, S3NS)
    for n in range(10):
        at = day("2026-03-05") + timedelta(days=n)
        text = f"edition 2025-12-06\n{OVH}\n! note {n}"
        doubted = look(desk.source, [page(text, at)], desk.watch, at).run
    assert doubted.message.endswith("so since 2026-03-05 12:00 UTC, 10 looks")
    told = [notice for notice in desk.heard() if notice.kind == "doubted"]
    assert [notice.at.day for notice in told] == [5, 12]
    assert "so since 2026-03-05 12:00 UTC, 8 looks" in told[-1].text
    assert kinds(desk.do_as_told("2026-03-16")) == ["lost s3ns"], "the way out that it names is one"


@pytest.mark.sqlite("writes below the memory")
def test_a_doubt_that_an_earlier_version_kept_in_words_is_known_again(desk: Desk) -> None:
    desk.see("2026-03-04", OVH, S3NS)
    old = [page(f"edition 2025-12-06\n{OVH}\n! note {n}", day(f"2026-03-0{n}")) for n in (5, 6)]
    first = look(desk.source, old[:1], desk.watch, day("2026-03-05")).run
    kept = reasons_text([as_said(first.message)])
    sqlite_of(desk.store).execute("update run set reasons = ? where id = ?", (kept, first.id))
    doubted = look(desk.source, old[1:], desk.watch, day("2026-03-06")).run
    assert doubted.message.endswith("so since 2026-03-05 12:00 UTC, 2 looks")


def test_a_label_left_unread_says_since_when_and_is_told_again_each_week(desk: Desk) -> None:
    desk.source = ToyRegister(bounds={"passi": Bounds(floor=5)})
    for n in range(10):
        at = day("2026-03-05") + timedelta(days=n)
        seen = look(desk.source, [page(f"edition 2026-03-04\n{OVH}", day("2026-03-05"))], desk.watch, at).run
    assert seen.message == "what is held has waited since 2026-03-05 12:00 UTC, 10 looks"
    told = [notice for notice in desk.heard() if notice.kind == "held"]
    assert [notice.at.day for notice in told] == [5, 12]
    assert "since 2026-03-05 12:00 UTC, 8 looks" in told[-1].text
    assert desk.do_as_told("2026-03-16").run.held == ()
    assert desk.replayed()


def test_the_same_page_seen_before_the_last_look_is_refused_like_any_other(desk: Desk) -> None:
    desk.see("2026-03-04", OVH, S3NS)
    desk.see("2026-03-20", OVH, S3NS, edition="2026-03-04")
    with pytest.raises(Overtaken, match="looks go in the order they were made"):
        desk.see("2026-03-10", OVH, S3NS, edition="2026-03-04")
    assert runs.state_of(desk.store, NAME).last_look == day("2026-03-20")
