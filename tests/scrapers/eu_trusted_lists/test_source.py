"""The lists of other states: from the list of lists to their rows, and what is refused on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import lists_of_lists
import pytest
import trusted_samples
from lxml import etree
from trusted_samples import NS, SAMPLES, TYPES

from notifiers.said.reasons import said
from scrapers.eu_trusted_lists.source import StateList, chosen, state_list, state_lists
from scrapers.eu_trusted_lists.states import STATES
from scrapers.root.follow import official
from scrapers.source import Blocked, Doubtful, Misset, Unreachable
from scrapers.trust import Root
from scrapers.trust.rows import listing_of
from state.file.opening import open_store
from state.file.store import Store
from state.model import Cause, Event, Kind, Listing, Outcome, Page, Reason, Run
from state.seen.rows import listings
from state.seen.who.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Watch

NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)
DAY = timedelta(days=1)
EDITIONS = {"tl-at-v5-frozen": 384, "tl-es-v5-frozen": 384, "tl-lu-v5-last": 384}
"""Which list of lists stood when a sample was new; the others are of the last one's time."""


def of(territory: str) -> StateList:
    return replace(state_list(territory), root=Root())


def saved(sample: str, at: datetime = NOW, address: str = "import:a.xml") -> Page:
    asked = address if address.startswith("https") else ""
    return Page(url=address, requested_url=asked, body=trusted_samples.body(sample), fetched_at=at)


def both(sample: str, at: datetime = NOW, address: str = "import:a.xml", lists: int = 390) -> list[Page]:
    return [saved(sample, at, address), *lists_of_lists.pages(lists, at)]


def read(sample: str, **given: object) -> Listing:
    return of(SAMPLES[sample]).read(both(sample, **given))  # type: ignore[arg-type]


def codes(error: Doubtful | Blocked) -> list[str]:
    return [reason.code for reason in error.reasons]


# By whom they are believed


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_real_list_is_believed_by_the_list_of_lists_of_its_time(sample: str) -> None:
    found = read(sample, lists=EDITIONS.get(sample, 390))
    assert Counter(row.label for row in found.attestations) == Counter(
        label for label, _, _ in trusted_samples.rows(sample)
    )
    assert found.source == f"tl-{SAMPLES[sample].lower()}"


def test_a_list_without_the_list_of_lists_is_nobodys_to_approve() -> None:
    with pytest.raises(Doubtful) as caught:
        of("BE").read([saved("tl-be-v6-seq81")])
    assert (codes(caught.value), caught.value.listing) == (["list_alone"], None)


def test_the_list_of_another_state_is_refused() -> None:
    with pytest.raises(Exception, match="other_territory"):
        of("LU").read(both("tl-be-v6-seq81"))


def test_a_letter_that_was_changed_is_refused() -> None:
    page = saved("tl-be-v6-seq81")
    forged = replace(page, body=page.body.replace(b"Svcstatus/withdrawn", b"Svcstatus/granted", 1))
    with pytest.raises(Doubtful) as caught:
        of("BE").read([forged, *lists_of_lists.pages(390, NOW)])
    assert (codes(caught.value), caught.value.listing) == (["bad_signature"], None)


@pytest.mark.parametrize(
    ("sample", "old"),
    [
        ("tl-at-v5-frozen", "https://www.signatur.rtr.at/currenttl.xml"),
        ("tl-es-v5-frozen", "https://sedediatid.mineco.gob.es/Prestadores/TSL/TSL.xml"),
    ],
)
def test_what_an_old_address_goes_on_answering_is_doubted_for_its_address(sample: str, old: str) -> None:
    """Correctly signed, and by whom the list of lists names: the address alone tells."""
    with pytest.raises(Doubtful) as caught:
        read(sample, address=old)
    assert codes(caught.value) == ["address_unnamed"]
    [named] = lists_of_lists.named(390)[SAMPLES[sample]][0]
    assert read(sample, address=named).attestations


# Where they are


def got(source: StateList, lists: int = 390) -> list[str]:
    """The addresses that a look asks for, besides those of the list of lists."""
    asked: list[str] = []

    def get(url: str) -> Page:
        if url == lists_of_lists.ADDRESS:
            return lists_of_lists.page(lists, NOW)
        asked.append(url)
        return Page(url=url, body=b"<a/>", fetched_at=NOW)

    source.fetch(get)
    return asked


@pytest.mark.parametrize("territory", sorted(set(STATES) - {"SK"}))
def test_each_state_is_asked_where_the_list_of_lists_says(territory: str) -> None:
    assert set(got(of(territory))) <= lists_of_lists.named(390)[territory][0]
    assert len(got(of(territory))) == 1


@pytest.mark.parametrize("territory", sorted(set(STATES) - {"SK"}))
def test_the_host_of_a_state_is_the_one_of_today(territory: str) -> None:
    assert all(official(one, [STATES[territory].host]) for one in lists_of_lists.named(390)[territory][0])


def test_there_are_the_states_that_the_list_of_lists_names() -> None:
    assert set(STATES) == set(lists_of_lists.named(390)) - {"EU"}


def test_a_list_over_http_is_not_asked_for_and_the_way_out_is_named() -> None:
    with pytest.raises(Blocked) as caught:
        got(of("SK"))
    assert (codes(caught.value), caught.value.source) == (["list_over_http"], "tl-sk")
    assert caught.value.reason.values["address"] == "http://tl.nbu.gov.sk/kca/tsl/tsl.xml"


def test_a_list_on_a_host_that_is_not_the_states_is_not_asked_for_and_the_setting_is_named() -> None:
    with pytest.raises(Blocked) as caught:
        got(replace(of("NO"), hosts=("elsewhere.no",)))
    assert codes(caught.value) == ["host_not_official"]
    assert caught.value.reason.values["setting"] == "VIGILABEL_SOURCES__TL_NO__HOSTS"
    assert got(replace(of("NO"), hosts=("nkom.no",))) == ["https://nkom.no/files/TL/NO_TL.xml"]


def test_while_nothing_of_the_list_of_lists_is_believed_nobody_is_asked() -> None:
    def get(url: str) -> Page:
        assert url == lists_of_lists.ADDRESS
        raise Unreachable(Reason.of("no_root", source="eu-lotl"))

    with pytest.raises(Unreachable, match="no_root"):
        of("BE").fetch(get)


# What the watch makes of them


@pytest.fixture
def watch() -> Iterator[Watch]:
    with open_store(":memory:") as store:
        yield Watch(store=store, providers=load_providers(store), operators="operators")


def seen(watch: Watch, sample: str, at: datetime, lists: int = 390) -> tuple[Run, tuple[Event, ...]]:
    checked = look(of(SAMPLES[sample]), both(sample, at, lists=lists), watch, at)
    return checked.run, tuple(event for event in checked.events if event.cause.told)


def held(store: Store, source: str) -> int:
    return sum(row.attestation.stands for row in listings.listing(store, source))


def test_from_luxembourgs_version_5_to_its_6_what_happened_is_told_and_nothing_else(watch: Watch) -> None:
    """Read by hand in both: two units of time stamps were withdrawn, LuxTrust has two new services, and the
    grants of four authorities are dated anew. That the document has another form is no event."""
    first, silent = seen(watch, "tl-lu-v5-last", datetime(2026, 3, 12, tzinfo=UTC), lists=384)
    after, told = seen(watch, "tl-lu-v6-seq66", datetime(2026, 5, 21, tzinfo=UTC), lists=387)
    assert (first.outcome, after.outcome, silent) == (Outcome.OK, Outcome.OK, ())
    assert Counter((event.kind, event.label) for event in told) == {
        (Kind.SERVICE_REMOVED, "eidas-timestamp"): 2,
        (Kind.GAINED, "eidas-esign-remote"): 1,
        (Kind.GAINED, "eidas-eseal-remote"): 1,
        (Kind.AMENDED, "eidas-esign-cert"): 4,
        (Kind.AMENDED, "eidas-eseal-cert"): 4,
    }
    assert {name for event in told if event.kind is Kind.AMENDED for name in event.changes} == {"valid_from"}


@pytest.mark.parametrize("sample", ["tl-be-v6-seq81", "tl-ro-v6-seq83"])
def test_a_list_that_names_services_twice_is_read_again_without_a_word(watch: Watch, sample: str) -> None:
    seen(watch, sample, NOW)
    run, told = seen(watch, sample, NOW + DAY)
    assert (run.outcome, told) == (Outcome.OK, ())


def test_a_frozen_list_is_doubted_once_the_next_was_due(watch: Watch) -> None:
    assert seen(watch, "tl-at-v5-frozen", NOW, lists=384)[0].outcome is Outcome.OK
    run, told = seen(watch, "tl-at-v5-frozen", datetime(2026, 9, 12, tzinfo=UTC), lists=390)
    assert (run.outcome, [one.code for one in run.reasons], told) == (Outcome.DOUBTFUL, ["list_expired"], ())
    assert run.reasons[0].values["territory"] == "AT"
    assert held(watch.store, "tl-at") > 0


def test_what_was_announced_is_told_on_its_day(watch: Watch) -> None:
    """Four Swedish services are granted from 21 August on, in a list of the 19th."""
    assert seen(watch, "tl-se-v6-seq62", NOW)[1] == ()
    before = held(watch.store, "tl-se")
    _, told = seen(watch, "tl-se-v6-seq62", NOW + DAY)
    assert {event.cause for event in told} == {Cause.CALENDAR}
    assert sum(len(event.attestations) for event in told) == held(watch.store, "tl-se") - before == 4


def test_one_states_trouble_touches_no_other(watch: Watch) -> None:
    seen(watch, "tl-lu-v6-seq66", NOW + DAY)
    seen(watch, "tl-se-v6-seq62", NOW + DAY)
    before = held(watch.store, "tl-se")
    forged = both("tl-lu-v6-seq66", NOW + 2 * DAY)
    forged[0] = replace(forged[0], body=forged[0].body.replace(b"LuxTrust", b"LuxDoubt", 1))
    assert look(of("LU"), forged, watch, NOW + 2 * DAY).run.outcome is Outcome.DOUBTFUL
    run, told = seen(watch, "tl-se-v6-seq62", NOW + 2 * DAY)
    assert (run.outcome, run.held, held(watch.store, "tl-se"), told) == (Outcome.OK, (), before, ())


def followed(without: bool) -> Listing:
    """Romania's list, with or without the validation service that followed the one that ended."""
    root = etree.fromstring(trusted_samples.body("tl-ro-v6-seq83"))
    kind = f"{TYPES}QESValidation/Q"
    services = [
        service
        for service in root.iterfind(".//t:TSPService", NS)
        if service.findtext(".//t:ServiceTypeIdentifier", "", NS) == kind
        and service.findtext(".//t:ServiceName/t:Name", "", NS) == "STS Qval QESig/QESeal"
    ]
    assert len(services) == 2
    if without:
        services[1].getparent().remove(services[1])
    return listing_of(root, of("RO").trusted.register)


def test_the_ref_of_a_service_stays_when_another_with_its_certificate_follows() -> None:
    before = {(row.label, row.ref): row for row in followed(True).attestations}
    after = {(row.label, row.ref): row for row in followed(False).attestations}
    new = after.keys() - before.keys()
    assert sorted(label for label, _ in new) == ["eidas-eseal-validation", "eidas-esign-validation"]
    assert all(str(ref).endswith(" (2)") for _, ref in new)
    assert {key: replace(row, place="") for key, row in before.items()} == {
        key: replace(row, place="") for key, row in after.items() if key not in new
    }


# How they are chosen


def test_states_are_chosen_in_any_spelling_france_being_a_source_of_its_own() -> None:
    for given in ("FR, be,lu", ["fr", "be", "LU"], ("lu", "be", "fr")):
        assert [one.name for one in state_lists(chosen(given))] == ["tl-be", "tl-lu"]
    assert len(chosen("all")) == len(STATES) == 31
    assert chosen("gr,gb") == ("EL", "UK")
    assert chosen("") == ()


@pytest.mark.parametrize("given", ["be,xx", ["belgium"], 7, [1], {"be": True}])
def test_what_is_no_state_is_refused_with_all_that_are(given: object) -> None:
    with pytest.raises(Misset) as caught:
        chosen(given)
    told = said(caught.value.reason, "en")
    assert "known are all, at, be" in told or "expected states" in told


def test_no_two_states_are_looked_at_in_one_minute() -> None:
    assert len({one.every for one in state_lists(STATES)}) == 30


def test_an_explanation_of_a_list_alone_names_what_is_missing_and_no_setting() -> None:
    seen = of("BE").explain([saved("tl-be-v6-seq81")])
    assert [note.code for note in seen.notes][-1] == "list_alone"
    assert seen.remedies == ()


def test_an_explanation_walks_from_the_journal_to_the_list() -> None:
    links = [
        note.values["link"].code  # type: ignore[union-attr]
        for note in of("BE").explain(both("tl-be-v6-seq81")).notes
        if note.code == "link"
    ]
    assert links[0] == "step_journal"
    assert "step_signed" in links
    assert "step_broken" not in links
