"""What is read of 46 real editions, each held against a reader of the tests' own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from refusals import refuses
from trusted_lists import Service, day_of, editions, page, services

from notifiers.said.reasons import spoken
from scrapers.source import Doubtful
from scrapers.tl_fr.signers import LISTS, NAMED
from scrapers.tl_fr.source import TlFr
from state.model import Attestation, Listing
from state.words.course import as_of, held_on

pytestmark = pytest.mark.history

NUMBERS = [edition.number for edition in editions()]
EDITIONS = {edition.number: edition for edition in editions()}


@pytest.fixture(autouse=True)
def _really_read() -> None:
    """An edition is read once in this session; the years of them begin with the same readings."""


def read(number: int) -> Listing:
    return TlFr().read([page(number, EDITIONS[number].first_seen)])


def truth(number: int) -> dict[tuple[str, str | None], Service]:
    return {(service.label, service.ref): service for service in services(number)}


@pytest.mark.parametrize(
    "number",
    [one if at % 3 == 0 else pytest.param(one, marks=pytest.mark.soak) for at, one in enumerate(NUMBERS)],
)
def test_every_edition_is_believed_and_read_as_its_own_day_has_it(number: int) -> None:
    edition, listing = EDITIONS[number], read(number)
    assert (listing.edition_at, listing.next_update) == (edition.issued, edition.next_update)
    assert (listing.remarks, listing.unreadable) == ((), ())

    found = {(row.label, row.ref): row for row in listing.attestations}
    true = truth(number)
    assert found.keys() == true.keys()
    today = day_of(edition.issued)
    for key, row in found.items():
        assert row.stands == true[key].held(today), row
        for days in (-2000, -100, 0, 1, 700):
            day = today + timedelta(days=days)
            assert held_on(row, day) == true[key].held(day), (row, day)


@pytest.mark.parametrize("number", [126, 142, 151, 168, 169, 174])
def test_a_row_of_a_later_day_is_what_a_list_issued_that_day_would_state(number: int) -> None:
    true = truth(number)
    for row in read(number).attestations:
        days = [began for began, _ in _printed(row) if began > day_of(EDITIONS[number].issued)]
        for day in (began + timedelta(days=more) for began in days for more in (0, 1, 40)):
            once, again = as_of(row, day), as_of(as_of(row, day - timedelta(days=1)), day)
            assert once == again == as_of(once, day)
            assert once.stands == true[row.label, row.ref].held(day)
            assert "status_to_come_on" not in once.extra or once.extra["status_to_come_on"] > str(day)


def _printed(row: Attestation) -> list[tuple[date, str]]:
    parts = [part.split(" ") for part in row.extra["statuses"].split("; ")]
    return [(date.fromisoformat(day), word) for day, word in parts]


def the(number: int, subject: str) -> Attestation:
    [row] = [
        row for row in read(number).attestations if row.subject == subject and row.label.endswith("cert")
    ]
    return row


def test_an_end_printed_ahead_is_an_end_date_of_a_service_still_held() -> None:
    """CDC - LEGALIA: printed in 151 as withdrawn from 2027-01-07T23:00Z, midnight in Paris."""
    row = the(151, "CDC - LEGALIA")
    assert (row.status, row.stands) == ("granted", True)
    assert (row.valid_from, row.valid_until) == (date(2017, 11, 1), date(2027, 1, 8))
    assert row.last_day == date(2027, 1, 7)
    assert (row.extra["status_to_come"], row.extra["status_to_come_on"]) == ("withdrawn", "2027-01-08")
    assert row.extra["statuses"].startswith("2027-01-08 withdrawn; 2017-11-01 granted")

    corrected = the(164, "CDC - LEGALIA")
    assert (corrected.status, corrected.valid_from, corrected.valid_until) == (
        "withdrawn",
        date(2025, 1, 31),
        None,
    )


def test_a_grant_to_come_is_announced_and_not_held() -> None:
    """Letreco: printed on 26 February 2026 as granted from the next day."""
    coming = [row for row in read(171).attestations if row.valid_from == date(2026, 2, 27)]
    [row] = [row for row in coming if (row.subject or "").startswith("Letreco")]
    assert (row.status, row.stands, row.valid_from) == ("announced", False, date(2026, 2, 27))
    begun = as_of(row, date(2026, 2, 27))
    assert (begun.status, begun.stands, begun.valid_from) == ("granted", True, date(2026, 2, 27))


def test_a_status_dated_some_seconds_after_the_issue_is_in_force_that_day() -> None:
    """126 was issued at 16:00:28 and withdraws Certigna TSA - UH10 from 16:00:57 of that day."""
    [row] = [row for row in read(126).attestations if row.subject == "Certigna TSA - UH10"]
    assert (row.status, row.valid_from) == ("withdrawn", date(2023, 11, 22))


# Who signed


def test_every_edition_is_signed_by_one_whom_the_list_of_lists_named_that_day() -> None:
    for edition in editions():
        [named] = [one for one in NAMED if one.fingerprint == edition.signer]
        assert named.on(edition.issued)


@pytest.mark.usefixtures("really_read")
@pytest.mark.parametrize("signer", [0, 1, 2, 3, 4])
def test_a_certificate_is_accepted_only_while_it_was_named(
    signer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each certificate in turn is said to have been named for a minute, long before its lists."""
    fingerprint = sorted({edition.signer for edition in editions()})[signer]
    mine = next(edition for edition in editions() if edition.signer == fingerprint)
    early = datetime(2020, 1, 1, tzinfo=UTC)
    moved = tuple(
        replace(one, since=early, until=early + timedelta(minutes=1))
        if one.fingerprint == fingerprint
        else one
        for one in NAMED
    )
    monkeypatch.setattr("scrapers.tl_fr.signers.NAMED", moved)
    with pytest.raises(Doubtful) as caught:
        read(mine.number)
    said = spoken(caught.value)
    assert fingerprint in said
    assert "named by the EU's list from 2020-01-01 00:00 UTC until 2020-01-01 00:01 UTC" in said
    assert f"this list is of {mine.issued:%Y-%m-%d %H:%M} UTC" in said

    pinned = replace(TlFr(), signers=(fingerprint,))
    assert pinned.read([page(mine.number, mine.first_seen)]).edition_at == mine.issued


def test_the_spans_in_which_certificates_were_named_touch_and_leave_two_at_a_time() -> None:
    for moment in (LISTS["351"] - timedelta(seconds=1), LISTS["351"], datetime(2026, 11, 1, tzinfo=UTC)):
        assert len([one for one in NAMED if one.on(moment)]) == 2


@pytest.mark.usefixtures("really_read")
def test_a_list_by_a_new_signer_is_read_for_a_person_to_approve(monkeypatch: pytest.MonkeyPatch) -> None:
    believed = read(174)
    monkeypatch.setattr("scrapers.tl_fr.signers.NAMED", ())
    with refuses(Doubtful, match="not one of the 1 accepted") as caught:
        read(174)
    assert caught.value.listing == believed


def test_nobody_can_approve_a_list_whose_signature_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrapers.tl_fr.signers.NAMED", ())
    genuine = page(174, EDITIONS[174].first_seen)
    forged = replace(genuine, body=genuine.body.replace(b"Svcstatus/granted", b"Svcstatus/withdrawn", 1))
    with refuses(Doubtful, match="Digest mismatch") as caught:
        TlFr().read([forged])
    assert caught.value.listing is None
