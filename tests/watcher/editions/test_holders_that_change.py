"""The same certificates under another holder, between the real editions of December 2025 and January 2026."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from scrapers.anssi_catalogue.source import AnssiCatalogue
from state.file.opening import open_store
from state.model import Cause, Event, Kind, Page
from state.seen.events import log
from state.seen.who.providers import load_providers
from state.words.post import Subscription
from watcher.look.check import look
from watcher.look.record import Watch
from watcher.tell.want import wants

pytestmark = pytest.mark.history

FIXTURES = Path(__file__).parents[2] / "fixtures" / "anssi_catalogue"
MOVED = {"ANSSI-CC-2021-26", "ANSSI-CC-2021-27", "ANSSI-CC-2021-28"}


@pytest.fixture(scope="module")
def told() -> dict[str, list[Event]]:
    """The news of January by whose history shows them, and all of them under ""."""
    with open_store(":memory:") as store:
        watch = Watch(store=store, providers=load_providers(store))
        for edition in ("2025-12-05", "2026-01-27"):
            at = datetime.fromisoformat(f"{edition}T18:00:00+00:00")
            body = (FIXTURES / f"catalogue-{edition}.pdf").read_bytes()
            checked = look(
                AnssiCatalogue(), [Page(url=AnssiCatalogue().url, body=body, fetched_at=at)], watch, at
            )
        assert checked.run.believed
        whose = {who: list(log.events(store, who=who)) for who in ("gemalto", "thales-dis")}
        return {"": [event for event in checked.events if event.cause is Cause.REGISTER], **whose}


def test_three_certificates_of_gemalto_are_those_of_thales_dis(told: dict[str, list[Event]]) -> None:
    found = [event for event in told[""] if {row.ref for row in event.attestations} & MOVED]
    assert {(event.kind, event.provider.slug) for event in found} == {(Kind.RENAMED, "thales-dis")}
    assert len(found) == 3
    assert {(e.changes["holder"].before, e.changes["holder"].after) for e in found} == {
        ("GEMALTO", "THALES DIS")
    }


@pytest.mark.parametrize("watched", ["gemalto", "Gemalto", "thales-dis", "THALES DIS"])
def test_who_watches_either_holder_hears_it(told: dict[str, list[Event]], watched: str) -> None:
    subscription = Subscription(id=1, channel="console", words=(watched,), names=(watched,))
    heard = [event for event in told[""] if wants(subscription, event, load_providers())]
    assert {row.ref for event in heard for row in event.attestations} >= MOVED


@pytest.mark.parametrize("who", ["gemalto", "thales-dis"])
def test_the_history_of_either_holder_shows_it(told: dict[str, list[Event]], who: str) -> None:
    renamed = [event for event in told[who] if event.kind is Kind.RENAMED]
    assert {row.ref for event in renamed for row in event.attestations} >= MOVED


def test_nobody_of_them_is_said_to_lose_or_gain_a_label(told: dict[str, list[Event]]) -> None:
    assert not [
        event
        for event in told[""]
        if event.provider.slug == "gemalto" and event.kind in (Kind.LOST, Kind.SERVICE_REMOVED)
    ]
