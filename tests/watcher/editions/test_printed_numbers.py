"""A certificate's number is shown as it is printed, in every door: 36741-6 is never called 36741."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hds_layouts import SEEN_AT
from printed_hosts import HDS_PAGE, hds_page

from notifiers.said import named, wording
from scrapers.ans_hds.source import AnsHds
from state.file.opening import open_store
from state.file.store import Store
from state.model import Event, Version
from state.seen.events import log
from state.seen.rows import listings, overview
from state.seen.who import spellings
from state.seen.who.providers import load_providers
from watcher.ask.views.events import event_view
from watcher.ask.views.form import json_of
from watcher.look.check import look
from watcher.look.record import Watch

OUTSCALE = "<td>36741-6</td><td>27/08/2026</td><td>27/08/2029</td>"


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """A memory in which Outscale's certificate was issued once more, as 36741-7, and ends a day later."""
    assert OUTSCALE in HDS_PAGE
    later = HDS_PAGE.replace(
        OUTSCALE, OUTSCALE.replace("36741-6", "36741-7").replace("27/08/2029", "28/08/2029")
    )
    with open_store(":memory:") as memory:
        watch = Watch(store=memory, providers=load_providers(memory))
        look(AnsHds(), hds_page(HDS_PAGE), watch, SEEN_AT)
        look(AnsHds(), hds_page(later), watch, SEEN_AT + timedelta(days=1))
        yield memory


@pytest.fixture
def event(store: Store) -> Event:
    [event] = log.events(store, who="outscale", kinds=["renewed"])
    return event


@pytest.fixture
def row(store: Store) -> Version:
    [row] = overview.standing(store, labels=["hds"], providers=["outscale"])
    return row


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_sentence_shows_the_number_as_printed(event: Event, lang: str) -> None:
    said = wording.sentence(event, lang)
    assert "36741-6" in said
    assert "36741-7" in said
    assert not re.search(r"36741(?!-)", said)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_row_shows_the_number_as_printed(row: Version, lang: str) -> None:
    assert named.ref_text(row.known.attestation, lang).endswith("36741-7")


def test_programs_are_given_the_print_beside_the_key(event: Event) -> None:
    shape = json_of(event_view(event))
    assert (shape["ref"], shape["printed_ref"]) == ("36741 LNE", "36741-7")
    assert shape["changes"]["ref"] == {"before": "36741-6", "after": "36741-7"}


def test_a_search_for_the_printed_number_finds_it(store: Store) -> None:
    own = {row.known.row for row in listings.versions(store, provider="outscale")}
    found = [set(spellings.lines(store, number)) for number in ("36741-6", "36741-7", "36741-8")]
    assert found == [own, own, set()]
