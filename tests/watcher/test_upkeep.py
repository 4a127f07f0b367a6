"""The watch about itself: a canary a day, a summary a week, a heartbeat only while all is well."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from office import Line, Office
from toy_register import ToyRegister

from notifiers.given import Secret
from notifiers.heartbeat import Heartbeat
from notifiers.notifier import DeliveryError
from notifiers.said.reasons import as_said
from scrapers.source import Source
from state.file.opening import open_store
from state.model import Outcome, Run
from state.owed import outbox, subscriptions
from state.seen.looks import chain
from state.seen.who.providers import load_providers
from state.words.post import Message, Receipt
from watcher.app import App
from watcher.ask.archive import Archive
from watcher.ask.watch import summary
from watcher.ask.watch.blindness import blind
from watcher.settings import Settings
from watcher.tell import canary
from watcher.upkeep import stale_sources, upkeep

MORNING = datetime(2026, 3, 4, 9, tzinfo=UTC)  # 10:00 in Paris
SOURCES: dict[str, Source] = {"anssi-catalogue": ToyRegister()}


class Mailbox(Line):
    """Gives a receipt, and cannot be asked."""

    unasked = True


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.now = MORNING
    return made


def release(office: Office) -> bool:
    with open_store(office.url) as store:
        return canary.release(store, "COPS", office.now)


def look_for(office: Office) -> int:
    with open_store(office.url) as store:
        return canary.look_for(store, office.lines.__getitem__, "fr", office.now)


def alive(office: Office) -> bool:
    with open_store(office.url) as store:
        return canary.alive(store, office.now)


def shown(office: Office) -> None:
    """The operators' channel shows all it was sent."""
    line = office.lines["COPS"]
    line.arrived_unnoticed = {message.key for message in line.got}


def test_one_canary_a_day_leaves_in_the_morning(office: Office) -> None:
    office.now = MORNING.replace(hour=6)
    assert not release(office)
    office.now = MORNING
    assert release(office)
    assert not release(office)
    office.now += timedelta(days=1)
    assert release(office)


def test_a_canary_counts_as_taken_where_the_channel_cannot_be_asked(office: Office) -> None:
    office.lines["COPS"] = Mailbox()
    release(office)
    assert look_for(office) == 0, "it is not even sent"
    office.deliver()
    assert office.owed("COPS")[0].receipt
    assert look_for(office) == 1


def test_a_canary_counts_only_when_the_channel_shows_it(office: Office) -> None:
    release(office)
    assert look_for(office) == 0, "it is not even sent"
    office.deliver()
    [message] = office.lines["COPS"].got
    assert message.notices[0].kind == "canary"
    assert look_for(office) == 0, "Slack took it, and does not show it"
    assert not alive(office)
    shown(office)
    assert look_for(office) == 1
    assert look_for(office) == 0
    assert alive(office)
    office.now += timedelta(hours=27)
    assert not alive(office)


def test_a_channel_that_cannot_be_asked_for_now_is_asked_again(office: Office) -> None:
    release(office)
    office.deliver()

    class Mute:
        pace = 0.0

        def send(self, message: Message) -> Receipt:
            raise NotImplementedError

        def find(self, message: Message) -> Receipt | None:
            raise DeliveryError(as_said("rate limited"), retry_after=3)

        def revise(self, message: Message, receipt: Receipt) -> None:
            raise NotImplementedError

    with open_store(office.url) as store:
        assert canary.look_for(store, lambda channel: Mute(), "fr", office.now) == 0
    shown(office)
    assert look_for(office) == 1


def test_a_source_is_late_after_two_planned_looks_without_a_good_one(office: Office) -> None:
    with open_store(office.url) as store:
        assert stale_sources(store, SOURCES, office.now) == ("anssi-catalogue",), "never read"
    office.now = MORNING - timedelta(days=1)
    office.see(1)  # 09:00 on 4 March; planned every six hours from 00:17 on
    for hours, late in ((0, False), (9, False), (16, True)):
        with open_store(office.url) as store:
            found = stale_sources(store, SOURCES, office.now + timedelta(hours=hours))
        assert bool(found) is late, hours


class Monitor(HTTPServer):
    """A dead man's handle on the loopback that counts its calls."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.calls, self.status = 0, 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/ping/secret-uuid"


class Answer(BaseHTTPRequestHandler):
    server: Monitor

    def do_GET(self) -> None:
        self.server.calls += 1
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    with Monitor() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(5)


def test_the_heart_beats_only_while_sources_are_fresh_and_a_canary_was_seen(
    office: Office, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    settings = Settings(state=office.url, operators="COPS", heartbeat_url=Secret(monitor.url))
    app = App(settings, lambda: office.now)
    monkeypatch.setattr(app, "notifier_of", office.lines.__getitem__)
    assert not upkeep(app)
    office.see(1)
    assert not upkeep(app), "no canary was seen"
    office.deliver()
    shown(office)
    assert upkeep(app)
    assert monitor.calls == 1
    office.now += timedelta(hours=20)
    assert not upkeep(app), "the source is late"
    assert monitor.calls == 1


def test_a_heartbeat_that_fails_says_nothing_of_its_address(
    monitor: Monitor, caplog: pytest.LogCaptureFixture
) -> None:
    beat = Heartbeat(url=monitor.url)
    monitor.status = 500
    assert not beat.ping()
    assert not Heartbeat(url="http://127.0.0.1:1/secret-uuid").ping()
    assert "secret-uuid" not in caplog.text + repr(beat)


def test_the_address_of_the_heartbeat_is_https(office: Office) -> None:
    with pytest.raises(ValueError, match="begins with https://"):
        Settings(heartbeat_url=Secret("file:///etc/passwd"))


def archive_of(office: Office) -> Iterator[Archive]:
    with open_store(office.url) as store:
        yield Archive(store=store, providers=load_providers(store), sources=SOURCES, now=office.now)


def owe(office: Office) -> bool:
    return next(summary.owe(archive, "COPS") for archive in archive_of(office))


def test_one_summary_a_week_says_how_the_watch_went(office: Office) -> None:
    office.now = datetime(2026, 3, 3, 9, tzinfo=UTC)
    for firms in range(1, 6):  # Wednesday to Sunday
        office.see(firms)
        office.deliver()
    office.now = datetime(2026, 3, 9, 7, 30, tzinfo=UTC)
    assert not owe(office), "Monday, half past eight"
    office.now += timedelta(hours=1)
    assert owe(office)
    assert not owe(office)
    office.deliver()
    [text] = [n.text for m in office.lines["COPS"].got for n in m.notices if n.kind == "summary"]
    with open_store(office.url) as store:
        head = chain.head(store)
    assert text.splitlines() == [
        "Coverage: anssi-catalogue 71.1 %",
        "Blind: anssi-catalogue from 2026-03-02 08:30 UTC to 2026-03-04 09:00 UTC",
        "Events: 5 gained",
        "Messages: 10 sent",
        "Ends printed for the next 90 days: none",
        f"Head of the log: {head}",
    ]
    office.now += timedelta(days=7)
    assert owe(office)


def test_a_watch_that_began_this_week_has_nothing_to_sum_up(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.now = datetime(2026, 1, 2, 15, tzinfo=UTC)  # the Friday of its first look
    assert not owe(office)


def test_blind_time_runs_from_a_failed_look_to_the_next_good_one(office: Office) -> None:
    def run(hours: int, outcome: Outcome) -> Run:
        at = MORNING + timedelta(hours=hours)
        return Run(id=hours, source="anssi-catalogue", at=at, outcome=outcome, believed=outcome is Outcome.OK)

    looks = [run(0, Outcome.OK), run(6, Outcome.BLOCKED), run(12, Outcome.BLOCKED), run(18, Outcome.OK)]
    looks.append(run(24, Outcome.UNREACHABLE))
    office.now = MORNING + timedelta(hours=30)
    [spans] = [blind(archive, "anssi-catalogue", looks) for archive in archive_of(office)]
    assert [(one.since - MORNING, one.until and one.until - MORNING) for one in spans] == [
        (timedelta(hours=6), timedelta(hours=18)),
        (timedelta(hours=24), None),
    ]


def test_whoever_made_the_subscriptions_and_operators_hear_once_that_a_channel_is_gone(
    office: Office,
) -> None:
    with open_store(office.url) as store:
        mine = replace(subscriptions.subscriptions(store)[0], names=("Firm 0",), created_by="U7")
        subscriptions.subscribe(store, mine)
        subscriptions.subscribe(store, replace(mine, names=("Firm 1",)))
    office.lines["U7"] = type(office.lines["C1"])()
    office.see(2)
    office.lines["C1"].refusals = [DeliveryError(as_said("is_archived"), permanent=True) for _ in range(2)]
    office.deliver()
    office.deliver()
    for reader in ("U7", "COPS"):
        [notice] = [notice for message in office.lines[reader].got for notice in message.notices]
        assert (notice.kind, notice.subject) == ("suspended", "C1")
    with open_store(office.url) as store:
        assert subscriptions.resume(store, "C1", office.now) == 2
    office.lines["C1"].refusals = []
    office.deliver()
    assert office.lines["C1"].events() == [1, 2]


def test_a_person_who_cannot_be_reached_is_not_told_so_the_same_way(office: Office) -> None:
    office.lines["U7"] = type(office.lines["C1"])(
        refusals=[DeliveryError(as_said("token_revoked"), permanent=True)]
    )
    with open_store(office.url) as store:
        wish = subscriptions.subscriptions(store)[0]
        subscriptions.subscribe(store, replace(wish, channel="U7", created_by="U7"))
    office.see(1)
    office.deliver()
    office.deliver()
    with open_store(office.url) as store:
        assert [one.notice for one in outbox.owed(store, channel="U7") if one.notice] == []
    assert len(office.lines["COPS"].got) == 1
