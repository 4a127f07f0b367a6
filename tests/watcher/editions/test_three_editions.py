"""December 2025, January and March 2026 in their order, against what a person read on the rendered pages.

`truth-<edition>.csv` holds every row of chapter 3 and of 2.2, `truth-certificates-<edition>.csv` every
certificate, listed or archived, `truth-events-<edition>.csv` every change since the edition before. None of
it comes from the reader; `truth-events.md` says how it was made and explains the doubtful ones.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from catalogue_editions import refs, service_read, transcribed, truth

from state.file.store import Store
from state.model import Attestation, Cause, Event, Kind, Outcome, Weight
from state.names import squeeze
from state.seen.rows import listings
from state.words.labels import LABELS
from watcher.look.record import Checked

pytestmark = pytest.mark.history

EDITIONS = ("2025-12-05", "2026-01-27", "2026-03-04")
STEPS = EDITIONS[1:]
CERTIFICATES = ("cc", "cspn", "protection-profile", "site")
SERVICES = tuple(label for label in LABELS if label not in (*CERTIFICATES, "hds"))
NAMELESS = "—"


@pytest.fixture(scope="module")
def news(looks: dict[str, Checked]) -> dict[str, list[Event]]:
    """What the authority changed from one edition to the next, among the labels held."""
    told = {step: [event for event in looks[step].events if event.cause is Cause.REGISTER] for step in STEPS}
    return {step: [event for event in told[step] if _of_a_label_held(event)] for step in STEPS}


def _of_a_label_held(event: Event) -> bool:
    """Whether a label was or is held under this row: an annex is rewritten and nobody loses anything."""
    status = event.changes.get("status")
    return any(row.stands for row in event.attestations) or (status is not None and status.before == "listed")


def _rows(
    memory: Store, looks: dict[str, Checked], edition: str, labels: tuple[str, ...]
) -> list[Attestation]:
    at = looks[edition].run.at
    versions = [version for label in labels for version in listings.versions(memory, label=label, at=at)]
    return [version.known.attestation for version in versions]


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_edition_is_believed_at_its_date(edition: str, looks: dict[str, Checked]) -> None:
    run = looks[edition].run
    assert (run.outcome, run.message, run.held) == (Outcome.OK, "", ())


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_service_is_read_as_a_person_reads_it(
    edition: str, looks: dict[str, Checked], memory: Store
) -> None:
    read = Counter(map(service_read, _rows(memory, looks, edition, SERVICES)))
    assert read == Counter(map(transcribed, truth(edition)))


def _status(row: dict[str, str]) -> str:
    if row["table"] == "archive":
        return "archived"
    return "unmaintained" if row["valid_until"] == "not maintained" else "listed"


def _joined(text: str) -> str:
    """Without white space and hyphens: where a line breaks, a person cannot tell whether one was meant."""
    return squeeze(text).replace("-", "")


def _certificate(row: dict[str, str]) -> tuple[str, ...]:
    names = ("holder", "subject", "level", "sponsor", "evaluation_facility", "product_type")
    until = "" if row["valid_until"] == "not maintained" else row["valid_until"]
    ref = row["ref"].replace("/", "")  # the file that the link names has no slash
    return row["label"], _status(row), *(_joined(row[name]) for name in names), ref, row["valid_from"], until


def _certificate_read(row: Attestation) -> tuple[str, ...]:
    holder = row.holder.replace(NAMELESS, "")
    printed = [row.extra.get(name, "") for name in ("sponsor", "evaluation_facility", "product_type")]
    dates = ["" if day is None else day.isoformat() for day in (row.valid_from, row.valid_until)]
    texts = [_joined(text or "") for text in (holder, row.subject, row.level, *printed)]
    return row.label, row.status, *texts, row.ref or "", *dates


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_certificate_is_read_as_a_person_reads_it(
    edition: str, looks: dict[str, Checked], memory: Store
) -> None:
    read = Counter(map(_certificate_read, _rows(memory, looks, edition, CERTIFICATES)))
    assert read == Counter(map(_certificate, truth(f"certificates-{edition}")))


def _event(event: Event) -> tuple[str, ...]:
    holder = event.changes["holder"].before if "holder" in event.changes else event.attestations[0].holder
    printed = squeeze(str(holder)).casefold().replace(NAMELESS, "")
    return event.label, str(event.kind), printed, *refs(event)


def _true(row: dict[str, str]) -> tuple[str, ...]:
    refs = ("+".join(sorted(row[side].replace("/", "").split(" + "))) for side in ("ref_before", "ref_after"))
    return row["label"], row["kind"], squeeze(row["holder"]).casefold(), *refs


@pytest.mark.parametrize("label", [label for label in LABELS if label != "hds"])
@pytest.mark.parametrize("step", STEPS)
def test_every_change_is_told_and_none_is_invented(
    step: str, label: str, news: dict[str, list[Event]]
) -> None:
    told = Counter(_event(event) for event in news[step] if event.label == label)
    assert told == Counter(_true(row) for row in truth(f"events-{step}") if row["label"] == label)


def _fields(row: dict[str, str]) -> set[str]:
    return {field.split(":")[0].strip() for field in row["changes"].split(";")} - {"ref", "oid", "status"}


COMING_OR_GOING = ("gained", "lost", "service_added", "service_removed")


@pytest.mark.parametrize("step", STEPS)
def test_every_field_that_changed_is_named(step: str, news: dict[str, list[Event]]) -> None:
    expected = Counter(
        (*_true(row), *sorted(_fields(row)))
        for row in truth(f"events-{step}")
        if row["kind"] not in COMING_OR_GOING
    )
    found = Counter(
        (*_event(event), *sorted(set(event.changes) - {"ref", "oid", "status"}))
        for event in news[step]
        if str(event.kind) not in COMING_OR_GOING
    )
    assert found == expected


@pytest.mark.parametrize("step", STEPS)
def test_what_the_printed_dates_foretold_is_marked_expected(step: str, news: dict[str, list[Event]]) -> None:
    rows = {_true(row): row["expected"] for row in truth(f"events-{step}") if row["expected"]}
    found = {
        _event(event): "yes" if event.expected else "no" for event in news[step] if _event(event) in rows
    }
    assert found == rows


@pytest.mark.parametrize("step", STEPS)
def test_a_tick_moved_by_hand_is_told_apart_from_one_that_follows_the_date(
    step: str, news: dict[str, list[Event]]
) -> None:
    rows = Counter((*_true(row), row["by_rule"]) for row in truth(f"events-{step}") if row["by_rule"])
    ticks = [event for event in news[step] if event.kind is Kind.RECOMMENDATION_CHANGED]
    assert Counter((*_event(event), "yes" if event.by_rule else "no") for event in ticks) == rows


@pytest.mark.parametrize("step", STEPS)
def test_an_annex_rewritten_reaches_no_subscriber(step: str, looks: dict[str, Checked]) -> None:
    """47 certificates of the CSPN move to "non maintenu" by a heading alone, three sites leave the annex."""
    rewritten = [event for event in looks[step].events if event.cause.told and not _of_a_label_held(event)]
    assert [event for event in rewritten if event.weight is not Weight.LOW] == []


def test_certificates_printed_without_a_developer_come_and_go_under_whom_their_reference_names(
    news: dict[str, list[Event]],
) -> None:
    """Page 6 of January: ANSSI-CC-2020-22-M01 maintains what the annex lists under STMicroelectronics."""
    seven = {
        row["ref_after"] for row in truth("events-2026-01-27") if row["label"] == "cc" and not row["holder"]
    }
    for step, kind in zip(STEPS, (Kind.SERVICE_ADDED, Kind.SERVICE_REMOVED), strict=True):
        found = [event for event in news[step] if event.one and event.one.ref in seven]
        assert Counter((event.kind, event.provider.slug) for event in found) == {
            (kind, "stmicroelectronics"): 7
        }


def test_a_certificate_under_another_developer_is_one_change_that_names_both(
    news: dict[str, list[Event]],
) -> None:
    renamed = [event for step in STEPS for event in news[step] if "holder" in event.changes]
    assert {(event.changes["holder"].before, event.changes["holder"].after) for event in renamed} == {
        ("GEMALTO", "THALES DIS"),
        ("GIESECKE", "GIESECKE + DEVRIENT Epayments gMBh"),
        ("IDEMIA", "SAMSUNG"),
        ("NXP Semiconductors GmbH", "NXP"),
    }
    assert {event.kind for event in renamed} == {Kind.RENAMED}


@pytest.mark.parametrize(
    ("step", "label", "before", "after"),
    [
        ("2026-01-27", "mie", "La Poste", "Identité numérique La Poste"),
        (
            "2026-01-27",
            "pdis",
            "Sopra Steria Infrastructures and Security Services",
            "Sopra Steria Infrastructures and Security",
        ),
        ("2026-01-27", "pdis", "Bull", "Eviden France"),
        ("2026-03-04", "mie", "Ministère de l'intérieur et des Outre-mer", "Ministère de l'intérieur"),
        (
            "2026-03-04",
            "qualified-product",
            "Ministère de l'intérieur et des Outre-mer",
            "Ministère de l'intérieur",
        ),
    ],
)
def test_a_loss_and_a_gain_that_look_like_one_thing_name_each_other(
    step: str, label: str, before: str, after: str, news: dict[str, list[Event]]
) -> None:
    def of(kind: Kind, holder: str) -> Event:
        [event] = [
            each
            for each in news[step]
            if (each.label, each.kind, each.attestations[0].holder) == (label, kind, holder)
        ]
        return event

    lost, gained = of(Kind.LOST, before), of(Kind.GAINED, after)
    successor, predecessor = lost.probable_successor, gained.probable_predecessor
    assert successor
    assert predecessor
    assert (successor.event, successor.slug) == (gained.id, gained.provider.slug)
    assert (predecessor.event, predecessor.slug) == (lost.id, lost.provider.slug)


def test_nobody_else_is_named_as_a_successor(news: dict[str, list[Event]]) -> None:
    named = Counter(
        (step, event.label)
        for step in STEPS
        for event in news[step]
        if event.kind is Kind.LOST and event.probable_successor
    )
    assert named == {
        ("2026-01-27", "mie"): 1,
        ("2026-01-27", "pdis"): 2,
        ("2026-03-04", "mie"): 1,
        ("2026-03-04", "qualified-product"): 1,
    }


def test_document_channel_is_lost_in_january_and_gained_again_in_march(news: dict[str, list[Event]]) -> None:
    label = "eidas-registered-delivery"
    lost = [event for event in news["2026-01-27"] if event.label == label and event.kind is Kind.LOST]
    gained = [event for event in news["2026-03-04"] if event.label == label and event.kind is Kind.GAINED]
    assert [event.provider.name for event in (*lost, *gained)] == ["Document Channel"] * 2
    assert lost[0].expected


STEPS_TO_AN_END = (7, 30, 90, 180)


def _ends(edition: str) -> Counter[tuple[str, str, str]]:
    """Every row held in an edition, with the end that it prints."""
    services = [(row["label"], row["ref"], row["valid_until"]) for row in truth(edition)]
    listed = [row for row in truth(f"certificates-{edition}") if _status(row) == "listed"]
    return Counter(
        [*services, *((row["label"], row["ref"].replace("/", ""), row["valid_until"]) for row in listed)]
    )


def _step(until: str, edition: str) -> int | None:
    days = (date.fromisoformat(until) - date.fromisoformat(edition)).days
    return next((step for step in STEPS_TO_AN_END if 0 <= days <= step), None)


@pytest.mark.parametrize(("before", "step", "told"), [(*EDITIONS[:2], 70), (*EDITIONS[1:], 48)])
def test_every_end_that_came_nearer_is_announced_once(
    before: str, step: str, told: int, looks: dict[str, Checked]
) -> None:
    """An end seen for the first time, even a near one, is news by itself: its first step is not told."""
    known, now = _ends(before), _ends(step)
    nearer = Counter(
        {
            (label, ref, _step(until, step)): rows
            for (label, ref, until), rows in now.items()
            if (label, ref, until) in known and _step(until, step) != _step(until, before)
        }
    )
    found = [event for event in looks[step].events if event.cause is Cause.CALENDAR]
    assert {event.kind for event in found} == {Kind.EXPIRING}
    assert Counter((event.label, event.one.ref if event.one else "", event.step) for event in found) == nearer
    assert len(found) == told
