"""The real editions of December 2025 and March 2026, against the changes that a person found by eye.

`truth-*.csv` were transcribed from the rendered pages without this program: every row of chapter 3 and of
2.2, and every change between the two editions. `truth-changes.md` explains the doubtful ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from catalogue_editions import FIXTURES, refs, service_read, transcribed, truth

from scrapers.anssi_catalogue.source import AnssiCatalogue
from state.file.store import Store
from state.model import Cause, Event, Kind, Listing, Page
from state.names import squeeze
from state.seen.rows import listings
from state.seen.who.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Checked, Watch

pytestmark = pytest.mark.history

EDITIONS = ("2025-12-05", "2026-03-04")


@pytest.fixture(scope="module")
def changes(looks: dict[str, Checked]) -> list[Event]:
    return [event for event in looks["2026-03-04"].events if event.cause is Cause.REGISTER]


LABELS = {row["label"] for row in truth("changes")} | {"secnumcloud", "pams"}


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_row_is_read_as_a_person_reads_it(
    edition: str, looks: dict[str, Checked], memory: Store
) -> None:
    assert looks[edition].run.message == ""
    at = looks[edition].run.at
    versions = [version for label in LABELS for version in listings.versions(memory, label=label, at=at)]
    read = Counter(service_read(version.known.attestation) for version in versions)
    assert read == Counter(transcribed(row) for row in truth(edition))


def test_every_change_is_told_and_none_is_invented(changes: list[Event]) -> None:
    found = Counter(
        (event.label, str(event.kind), squeeze(event.attestations[0].holder), *refs(event))
        for event in changes
        if event.label in LABELS
    )
    true = Counter(
        (
            row["label"],
            row["kind"],
            squeeze(row["holder"]),
            *map(_sorted, (row["ref_before"], row["ref_after"])),
        )
        for row in truth("changes")
    )
    assert found == true


def _sorted(refs: str) -> str:
    return "+".join(sorted(ref.strip() for ref in refs.split("+"))) if refs else ""


def test_every_field_that_changed_is_named(changes: list[Event]) -> None:
    expected = {
        (row["label"], _sorted(row["ref_after"]), row["kind"], field.split(":")[0].strip())
        for row in truth("changes")
        if row["kind"] not in ("gained", "lost", "service_added", "service_removed")
        for field in row["changes"].split(";")
    }
    found = {
        (event.label, refs(event)[1], str(event.kind), field)
        for event in changes
        if event.label in LABELS
        for field in event.changes
        if field not in ("ref", "oid")  # the truth keeps refs in columns, and OIDs apart
    }
    assert found == {one for one in expected if one[3] not in ("ref", "oid")}


def test_the_race_moved_once_s3ns_gained_secnumcloud(changes: list[Event]) -> None:
    [gained] = [event for event in changes if event.label == "secnumcloud" and event.kind is Kind.GAINED]
    assert gained.provider.slug == "s3ns"
    assert gained.one is not None
    assert gained.one.holder == "Thales Cloud Sécurisé"
    assert set(gained.one.scope) == {"PaaS", "CaaS", "IaaS"}


def test_outscale_is_renamed_under_the_same_decision(changes: list[Event]) -> None:
    [renamed] = [event for event in changes if event.provider.slug == "outscale"]
    assert (renamed.kind, renamed.one.ref if renamed.one else None) == (Kind.RENAMED, "2023_2118")


def test_certificates_that_nobody_maintains_any_more_are_no_gain(changes: list[Event]) -> None:
    gained = [event for event in changes if event.label == "cspn" and event.kind is Kind.GAINED]
    assert all(row.valid_until for event in gained for row in event.attestations)
    assert not any(event.provider.slug == "arjel" for event in gained)


def test_the_archive_annexes_arrive_as_a_silent_baseline(looks: dict[str, Checked]) -> None:
    archived = [
        event
        for event in looks["2026-03-04"].events
        if event.one is not None and event.one.status == "archived" and not event.changes.get("ref")
    ]
    assert archived
    new = [event for event in archived if event.changes["status"].before is None]
    assert {event.cause for event in new} == {Cause.BASELINE}


class HalfOfPassi(AnssiCatalogue):
    """Reads an edition in which every second row of PASSI is missing."""

    def read(self, pages: Sequence[Page]) -> Listing:
        whole = AnssiCatalogue()  # as the edition was read before, and under its address
        listing = whole.read([replace(page, url=whole.url) for page in pages])
        passi = [row for row in listing.attestations if row.label == "passi"]
        gone = {id(row) for row in passi[::2]}
        rows = tuple(row for row in listing.attestations if id(row) not in gone)
        return replace(listing, attestations=rows)


def test_half_of_a_table_is_held_and_nothing_is_lost(looks: dict[str, Checked], memory: Store) -> None:
    before = listings.listing(memory, "anssi-catalogue")
    at = looks["2026-03-04"].run.at + timedelta(hours=6)
    watch = Watch(store=memory, providers=load_providers(memory))
    body = (FIXTURES / "catalogue-2026-03-04.pdf").read_bytes()
    checked = look(HalfOfPassi(), [Page(url="elsewhere", body=body, fetched_at=at)], watch, at)
    assert [event for event in checked.events if event.cause is Cause.REGISTER] == []
    assert "passi" in "".join(checked.run.held)
    after = listings.listing(memory, "anssi-catalogue")
    assert [service_read(row.attestation) for row in after] == [
        service_read(row.attestation) for row in before
    ]
