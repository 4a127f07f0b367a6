"""Seven real lists in one memory: whose their services are, in whatever order they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import pytest
from lxml import etree
from toy_register import ToyRegister, page
from trusted_samples import SAMPLES, body, rows

from scrapers.eu_trusted_lists.states import STATES
from scrapers.trust import Register
from scrapers.trust.rows import listing_of
from state.file.opening import open_store
from state.model import Listing, Page
from state.seen.rows import listings
from state.seen.who.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Watch

pytestmark = pytest.mark.history
LISTS = {state: sample for sample, state in SAMPLES.items() if sample != "tl-lu-v5-last"}
LUXTRUST, ZETES = b"VATLU-20976985", b"VATBE-0408425626"
NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)


@cache
def listing(state: str, bytes_: bytes = b"") -> Listing:
    """What the list of a state reads as; of other bytes, what these do."""
    how = STATES[state]
    register = Register(name=f"tl-{state.lower()}", territory=state, languages=how.languages, zone=how.zone)
    return listing_of(etree.fromstring(bytes_ or body(LISTS[state])), register)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(ToyRegister):
    """The source of a list that was read before."""

    found: Listing

    def read(self, pages: Sequence[Page]) -> Listing:
        return self.found


def providers(found: Iterable[Listing]) -> Mapping[tuple[str, str | None, str], tuple[str, str]]:
    """By source, ref and label, the slug and the name of whose each row is, when all were read in order."""
    with open_store(":memory:") as store:
        for one in found:
            source = Read(name=one.source, covers=one.covers, found=one)
            watch = Watch(store=store, providers=load_providers(store))
            assert look(source, [page(one.source, NOW)], watch, NOW).run.believed
        return {
            (row.source, row.known.attestation.ref, row.known.attestation.label): (
                row.known.provider.slug,
                row.known.provider.name,
            )
            for row in listings.versions(store, open=True)
        }


def test_each_state_has_its_own_where_no_two_lists_print_one_number() -> None:
    found = providers(map(listing, LISTS))
    assert len(found) == sum(len(listing(state).attestations) for state in LISTS)
    assert all(slug.endswith(f"-{source[-3:]}") for (source, _, _), (slug, _) in found.items())
    holders = {(state, holder) for state, sample in LISTS.items() for _, holder, _ in rows(sample)}
    assert len(set(found.values())) == len({slug for slug, _ in found.values()}) == len(holders)
    assert found == providers(map(listing, reversed(LISTS)))


def test_a_number_that_two_lists_print_joins_their_rows_alone() -> None:
    """As if LuxTrust were registered in Belgium, where the list has another name under that number."""
    moved = listing("LU", body(LISTS["LU"]).replace(LUXTRUST, ZETES))
    found = [listing("BE"), moved, listing("SE")]
    joined, apart = providers(found), providers([listing("BE"), listing("LU"), listing("SE")])
    ours = {place for place, (slug, _) in apart.items() if slug == "luxtrust--lu"}
    assert ours
    assert {joined[place] for place in ours} == {("zetes-s-a-n-v--be", "Zetes S.A./N.V.")}
    assert {place for place in joined if joined[place] != apart[place]} == ours
    assert joined == providers([moved, listing("SE"), listing("BE")])


def test_who_has_taken_a_service_over_is_kept_as_the_list_prints_it() -> None:
    printed = {
        (state, row.holder, row.extra["taken_over_by"])
        for state in LISTS
        for row in listing(state).attestations
        if "taken_over_by" in row.extra
    }
    assert ("AT", "Datakom Austria GmbH", "A-Trust GmbH") in printed
    assert {by for state, _, by in printed if state == "ES"} >= {"Sectigo (Europe) SL", "UANATACA, S.A"}
    assert {state for state, _, _ in printed} == {"AT", "ES"}
