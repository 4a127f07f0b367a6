"""Looks that are believed by what another source believed: the French list by the list of lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import lists_of_lists
import pytest
import trusted_lists
from lxml import etree
from own_signer import OwnSigner, head
from trusted_lists import editions

from scrapers.eu_lotl.source import EuLotl
from scrapers.root.follow import with_pivots
from scrapers.source import Source, Unreachable
from scrapers.tl_fr.source import TlFr
from scrapers.trust import Root
from state.file.opening import open_store
from state.file.store import Store
from state.model import Outcome, Page, Reason, Run
from state.owed import outbox
from state.seen.looks import evidence
from state.seen.rows import listings
from state.seen.who.providers import load_providers
from watcher.app import App
from watcher.look.check import approve, check, look
from watcher.look.record import Watch
from watcher.look.trust import trusting
from watcher.made.sources import rooted
from watcher.prove.replay import rebuilt
from watcher.settings import load_settings

LOTL = EuLotl()
LAST = editions()[-1]
FRENCH = replace(TlFr(), signers=(), root=Root())
DAY = timedelta(days=1)


@cache
def own() -> OwnSigner:
    return OwnSigner("Test scheme operator")


@pytest.fixture
def watch() -> Iterator[Watch]:
    with open_store(":memory:") as store:
        yield Watch(store=store, providers=load_providers(store), operators="operators")


def both(number: int, at: datetime, lists: int = 385) -> list[Page]:
    """The French list of a number, beside a list of lists."""
    return [trusted_lists.saved(number, at), *lists_of_lists.pages(lists, at)]


def later(body: bytes, number: int, at: datetime, days: int = 150) -> bytes:
    """A list of another number and a later day, signed by the key of the tests."""

    def change(root: etree._Element) -> None:
        head(root, TSLSequenceNumber=str(number), ListIssueDateTime=f"{at:%Y-%m-%dT%H:%M:%SZ}")
        head(root, dateTime=f"{at + days * DAY:%Y-%m-%dT%H:%M:%SZ}")

    return own().signs(body, change)


def codes(run: Run) -> list[str]:
    return [reason.code for reason in run.reasons]


def told(store: Store) -> list[Reason]:
    """All that operators were told of, a line each."""
    return [line for notice in reversed(outbox.notices(store)) for line in notice.said]


# Time, and numbers


def test_a_list_out_of_date_is_doubted_from_its_day_on_though_its_bytes_are_the_same(watch: Watch) -> None:
    pages = both(174, LAST.first_seen, lists=390)
    assert look(FRENCH, pages, watch, LAST.first_seen).run.believed
    assert look(FRENCH, pages, watch, datetime(2026, 10, 16, 13, tzinfo=UTC)).run.believed
    late = look(FRENCH, pages, watch, datetime(2026, 10, 16, 14, tzinfo=UTC)).run
    assert (late.outcome, codes(late)) == (Outcome.DOUBTFUL, ["list_expired"])
    assert late.reasons[0].values["promised"] == "2026-10-16"
    assert len(listings.listing(watch.store, "tl-fr")) == 356  # what it said stays as it was
    assert rebuilt(watch.store, {"tl-fr": FRENCH}).difference == ""


def test_the_log_is_the_same_though_the_list_of_lists_was_turned_off_since(watch: Watch) -> None:
    for at in (LAST.first_seen, datetime(2026, 10, 20, tzinfo=UTC)):
        look(FRENCH, both(174, LAST.first_seen, lists=390), watch, at)
    again = rebuilt(watch.store, {"tl-fr": TlFr()})
    assert (again.difference, again.runs, again.taken) == ("", 2, {})


def test_a_list_out_of_date_that_a_person_believes_is_believed_until_something_moves(watch: Watch) -> None:
    pages, late = both(174, LAST.first_seen, lists=390), datetime(2026, 10, 20, tzinfo=UTC)
    look(FRENCH, pages, watch, LAST.first_seen)
    doubted = look(FRENCH, pages, watch, late).run
    assert approve(FRENCH, doubted, watch, "the publisher is late, and says so", late + DAY).run.believed
    assert look(FRENCH, pages, watch, late + 2 * DAY).run.believed
    assert rebuilt(watch.store, {"tl-fr": FRENCH}).difference == ""


def test_a_list_of_lists_out_of_date_vouches_no_more(watch: Watch) -> None:
    """The French list of April still promises; the EU list it was believed by went out of date before."""
    lists, pages = lists_of_lists.pages(385, LAST.first_seen), both(174, LAST.first_seen)
    look(LOTL, lists, watch, LAST.first_seen)
    assert look(FRENCH, pages, watch, LAST.first_seen).run.believed
    late = datetime(2026, 10, 10, tzinfo=UTC)
    for source, found in ((LOTL, lists), (FRENCH, pages)):
        run = look(source, found, watch, late).run
        assert (codes(run), run.reasons[0].values["territory"]) == (["list_expired"], "EU")


def test_late_is_no_reason_to_doubt_a_list_that_is_believed_by_pins(watch: Watch) -> None:
    page = [trusted_lists.page(174, LAST.first_seen)]
    assert look(TlFr(), page, watch, LAST.first_seen).run.believed
    assert look(TlFr(), page, watch, datetime(2027, 3, 1, tzinfo=UTC)).run.believed


def test_a_list_whose_number_fell_is_doubted_though_its_day_is_later(watch: Watch) -> None:
    source = replace(FRENCH, signers=(own().fingerprint,))
    look(source, both(174, LAST.first_seen), watch, LAST.first_seen)
    after = LAST.first_seen + 3 * DAY
    body = later(trusted_lists.body(172), 173, after - DAY)
    pages = [replace(trusted_lists.saved(172, after), body=body), *lists_of_lists.pages(385, after)]
    run = look(source, pages, watch, after).run
    assert (run.outcome, codes(run)) == (Outcome.DOUBTFUL, ["number_fell"])
    assert dict(run.reasons[0].values) == {"number": 173, "known": 174}
    assert approve(source, run, watch, "the authority numbered anew", after + DAY).run.believed


def test_an_old_genuine_list_shown_again_is_told_by_its_number(watch: Watch) -> None:
    look(FRENCH, both(174, LAST.first_seen), watch, LAST.first_seen)
    at = LAST.first_seen + DAY
    assert codes(look(FRENCH, both(172, at), watch, at).run) == ["number_fell"]


def test_a_list_of_lists_whose_number_fell_is_doubted_and_can_be_approved(watch: Watch) -> None:
    at = datetime(2026, 8, 20, tzinfo=UTC)
    look(LOTL, lists_of_lists.pages(390, at), watch, at)
    run = look(LOTL, lists_of_lists.pages(388, at), watch, at + DAY).run
    assert codes(run) == ["number_fell"]
    assert run.waits  # it has no rows, and a person may believe it all the same
    assert approve(LOTL, run, watch, "put back by the Commission", at + 2 * DAY).run.believed


# What moved


def test_what_moved_is_told_to_operators_once_each_with_its_proof(watch: Watch) -> None:
    for edition in lists_of_lists.editions()[-5:-2]:  # 385 to 387, over the step to version 6
        for hour in range(2):
            at = edition.first_seen + timedelta(hours=hour)
            assert look(LOTL, lists_of_lists.pages(edition.number, at), watch, at).run.believed
    lines = told(watch.store)
    moved = [(one.values["country"], one.code) for one in lines if one.code != "fact_proof"]
    expected = [
        (of, f"fact_list_{topic}_changed")
        for before, after in ((385, 386), (386, 387))
        for of, topic in lists_of_lists.changes(before, after)
    ]
    assert (moved, len(moved)) == (expected, 16)
    [france] = [one for one in lines if one.values.get("country") == "FR"]
    assert france.values["left"] == "https://messervices.cyber.gouv.fr/visas/tl-fr.xml"
    assert france.values["came"] == "https://messervices.cyber.gouv.fr/visas/tl-fr_v6.xml"
    assert str(france.values["place"]).startswith("OtherTSLPointer ")
    proofs = [one.values for one in lines if one.code == "fact_proof"]
    bodies = [lists_of_lists.page(number, LAST.first_seen).sha256 for number in (386, 387)]
    assert [(proof["number"], proof["sha256"]) for proof in proofs] == [(386, bodies[0]), (387, bodies[1])]


def test_subscribers_and_answers_know_nothing_of_the_list_of_lists(watch: Watch) -> None:
    at = datetime(2026, 8, 20, tzinfo=UTC)
    for number in (388, 390):
        checked = look(LOTL, lists_of_lists.pages(number, at), watch, at + number * DAY / 24)
        assert (checked.events, dict(checked.run.rows)) == ((), {})
    assert listings.listing(watch.store, "eu-lotl") == ()
    assert rebuilt(watch.store, {"eu-lotl": LOTL}).difference == ""


# Who is asked


def nowhere(url: str) -> Page:
    raise Unreachable(Reason.of("no_answer", address=url))


def test_the_list_of_lists_is_asked_of_the_memory_and_never_of_its_site(watch: Watch) -> None:
    root = Root()
    get = trusting(FRENCH, nowhere, watch.store)
    with pytest.raises(Unreachable) as caught:
        get(root.url)
    assert caught.value.reason.code == "no_root"
    at = datetime(2026, 8, 20, tzinfo=UTC)
    look(LOTL, lists_of_lists.pages(390, at), watch, at)
    assert get(root.url).body == lists_of_lists.body(390)
    look(LOTL, lists_of_lists.pages(388, at), watch, at + DAY)  # older, and not believed
    assert get(root.url).body == lists_of_lists.body(390)


def test_a_list_of_lists_that_another_process_believed_meanwhile_is_the_one_that_is_asked(
    watch: Watch,
) -> None:
    get = trusting(FRENCH, nowhere, watch.store)
    for number, at in ((388, datetime(2026, 7, 5, tzinfo=UTC)), (390, datetime(2026, 8, 20, tzinfo=UTC))):
        look(LOTL, lists_of_lists.pages(number, at), watch, at)
        assert get(Root().url).body == lists_of_lists.body(number)


@pytest.mark.parametrize("order", [1, -1], ids=["list first", "pivots first"])
def test_the_pivots_of_saved_files_are_found_whatever_their_order(watch: Watch, order: int) -> None:
    at = datetime(2026, 3, 20, tzinfo=UTC)
    look(LOTL, lists_of_lists.pages(384, at)[::order], watch, at)
    get = trusting(FRENCH, nowhere, watch.store)
    assert get(Root().url).body == lists_of_lists.body(384)
    found = with_pivots(get, get(Root().url))
    assert [page.body for page in found[1:]] == [
        lists_of_lists.body(one) for one in lists_of_lists.pivots(384)
    ]


def test_a_source_that_trusts_by_itself_gets_as_it_always_did(watch: Watch) -> None:
    assert trusting(TlFr(), nowhere, watch.store) is nowhere


def test_a_look_keeps_what_it_was_believed_by_beside_what_it_saw(watch: Watch) -> None:
    at = LAST.first_seen
    look(LOTL, lists_of_lists.pages(385, at), watch, at)
    address = lists_of_lists.named(385)["FR"][0]

    def get(url: str) -> Page:
        assert {url} == address  # and nothing else
        return replace(trusted_lists.saved(174, at), url=url, requested_url=url)

    checked = check(FRENCH, trusting(FRENCH, get, watch.store), watch, lambda: at)
    assert checked.run.believed
    assert checked.run.snapshot is not None
    kept = evidence.pages(watch.store, checked.run.snapshot)
    assert [page.body for page in kept] == [trusted_lists.body(174), lists_of_lists.body(385)]
    assert {event.evidence.url for event in checked.events} == address
    assert rebuilt(watch.store, {"eu-lotl": LOTL, "tl-fr": FRENCH}).difference == ""


def test_both_are_fetched_and_read_in_children_and_a_quiet_look_asks_for_one_page(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As the watch does it, by its settings alone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIGILABEL_SOURCES__EU_LOTL__ENABLED", "true")
    sources = App(load_settings(), lambda: LAST.first_seen).sources
    [address] = lists_of_lists.named(385)["FR"][0]
    web = {
        lists_of_lists.ADDRESS: lists_of_lists.body(385),
        address: trusted_lists.body(174),
    }
    asked: list[str] = []

    def get(url: str) -> Page:
        asked.append(url)
        return Page(url=url, requested_url=url, body=web[url], fetched_at=LAST.first_seen)

    for minute in range(3):
        at = LAST.first_seen + minute * timedelta(minutes=1)
        for name in ("eu-lotl", "tl-fr"):
            run = check(
                sources[name], trusting(sources[name], get, watch.store), watch, iter([at] * 9).__next__
            ).run
            assert run.believed, run.message
    assert asked == [lists_of_lists.ADDRESS, address] * 3
    assert len(listings.listing(watch.store, "tl-fr")) == 356


def test_the_fallback_is_told_once(watch: Watch) -> None:
    """Where the list of lists is read, and nothing of it is believed yet."""
    source = replace(TlFr(), root=Root())
    get = trusting(
        source, lambda url: replace(trusted_lists.page(174, LAST.first_seen), url=url), watch.store
    )
    for at in (LAST.first_seen, LAST.first_seen + DAY):
        assert check(source, get, watch, iter([at] * 9).__next__).run.believed
    assert [one.code for one in told(watch.store)] == ["by_pins_alone"]


def test_only_who_trusts_by_a_root_is_given_one_and_only_where_it_is_read() -> None:
    def roots(*sources: Source) -> list[object]:
        return [getattr(one, "root", None) for one in rooted(sources)]

    assert roots(TlFr()) == [None]
    assert roots(TlFr(), EuLotl(signers=("ab" * 32,))) == [Root(signers=("ab" * 32,)), None]
