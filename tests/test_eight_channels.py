"""The edition of March 2026, told on every kind of channel at once: what each server received is what the
outbox has in its ledger, event by event, whatever went wrong on the way.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from card_limits import card_text
from fake_people import said
from fake_services import FakeMatrix, FakeMattermost, FakeNtfy, FakeTeams
from fake_slack import FakeSlack
from faulty import Faulty, Trouble
from hook_receiver import Receiver
from made_once import made_once
from mail_server import DROP, MailServer, mail_server

from notifiers.apprise.notifier import Apprised
from notifiers.channels import NAMED
from notifiers.given import Secret
from notifiers.said.wording import title
from notifiers.wire.posted import Posted
from scrapers.anssi_catalogue.source import AnssiCatalogue
from state.model import Event, Page
from state.owed import outbox, subscriptions
from state.seen.events import log
from watcher.app import App
from watcher.look.check import look
from watcher.settings import Settings, SlackSettings
from watcher.tell import recall
from watcher.tell.deliver import deliver
from watcher.tell.want import understand

FIXTURES = Path(__file__).parent / "fixtures" / "anssi_catalogue"
BEGUN = datetime(2026, 3, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECRET = "whsec_bmV3LXNlY3JldC1mb3ItdGVzdHMtMTIzNDU2"


def words(text: str) -> str:
    """A line as it is compared: whatever marks, entities and spaces its service asks for."""
    return "".join(re.findall(r"\w+", html.unescape(text))).casefold()


@dataclass
class Place:
    """One kind of channel: what an operator sets, what its server shows, and what it says when it is full or
    gone for good. With `asked`, a lost answer doubles nothing."""

    options: dict[str, Any]
    shown: Callable[[], list[str]]
    proxy: Faulty | Postman
    gone: Trouble
    busy: Trouble = field(default_factory=lambda: Trouble(status=429, headers={"Retry-After": "30"}))
    asked: bool = False

    def troubles(self) -> list[Trouble]:
        return [Trouble(), Trouble(silent=True), self.busy, self.gone, Trouble(lost=True)]


def answered(status: int, **body: Any) -> Trouble:
    return Trouble(
        status=status, body=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )


class Postman:
    """The plan of a mail server, which says by itself what goes wrong."""

    SAID = ("451 4.3.0 later", "452 4.2.2 full", "421 4.3.2 closing", "550 5.7.1 refused", DROP)

    def __init__(self, server: MailServer) -> None:
        self._server, self.lost = server, 0

    @property
    def taken(self) -> int:
        return len(self._server.got)

    @property
    def plan(self) -> dict[int, list[Any]]:
        return {0: [one for one in self._server.answers.get("data", ()) if one]}

    @plan.setter
    def plan(self, troubles: dict[int, list[Trouble]]) -> None:
        mails = range(max(troubles) + 1)
        told = [answer for n in mails for answer in (*(self.SAID if n in troubles else ()), "")]
        self._server.answers["data"], self.lost = told, len(troubles)


class Street:
    """A server for each kind, each behind a proxy of its own."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.places: dict[str, Place] = {}
        for make in (self._slack, self._slack_hook, self._webhook, self._teams, self._mattermost):
            make()
        for make in (self._matrix, self._ntfy, self._apprise, self._mail):
            make()

    def _before(self, root: str, counts: Callable[[str, str], bool] = lambda *_: True) -> Faulty:
        return self._stack.enter_context(Faulty(root, counts))

    def _slack(self) -> None:
        slack = self._stack.enter_context(FakeSlack())
        proxy = self._before(slack.url, lambda _, path: path.endswith("chat.postMessage"))
        self.base_url = f"{proxy.root}/api/"
        self.places["equipe"] = Place(
            options={"kind": "slack", "url": "C0EQUIPE"},
            shown=lambda: [said(post) for post in slack.received("C0EQUIPE")],
            proxy=proxy,
            gone=answered(200, ok=False, error="is_archived"),
            busy=replace(answered(429, ok=False, error="ratelimited"), headers={"Retry-After": "30"}),
            asked=True,
        )

    def _slack_hook(self) -> None:
        slack = self._stack.enter_context(FakeSlack())
        proxy = self._before(slack.url)
        self.places["presse"] = Place(
            options={"kind": "slack-webhook", "url": slack.webhook_url.replace(slack.url, proxy.root)},
            shown=lambda: [said(post) for post in slack.received("webhook")],
            proxy=proxy,
            gone=Trouble(status=404, body=b"no_service"),
        )

    def _webhook(self) -> None:
        self.program = program = self._stack.enter_context(Receiver())
        proxy = self._before(program.url.removesuffix("/hunter2"))
        self.places["siem"] = Place(
            options={"kind": "webhook", "url": proxy.root, "secret": SECRET, "allow_private": True},
            shown=lambda: [str(json.loads(one.body)["id"]) for one in program.once()],
            proxy=proxy,
            gone=Trouble(status=410),
            asked=True,
        )

    def _teams(self) -> None:
        teams = FakeTeams()
        self._stack.enter_context(teams)
        proxy = self._before(teams.root)
        self.places["direction"] = Place(
            options={"kind": "teams", "url": teams.url.replace(teams.root, proxy.root)},
            shown=lambda: [card_text(post) for post in teams.taken],
            proxy=proxy,
            gone=answered(404, error={"code": "WorkflowNotFound"}),
        )

    def _mattermost(self) -> None:
        matter = FakeMattermost()
        self._stack.enter_context(matter)
        proxy = self._before(matter.root)
        self.places["garde"] = Place(
            options={"kind": "mattermost", "url": matter.url.replace(matter.root, proxy.root)},
            shown=lambda: [matter.shown(post) for post in matter.taken],
            proxy=proxy,
            gone=answered(400, id="web.incoming_webhook.invalid.app_error"),
        )

    def _matrix(self) -> None:
        room = FakeMatrix()
        self._stack.enter_context(room)
        proxy = self._before(room.root, lambda method, path: method == "PUT")
        self.places["tchap"] = Place(
            options={"kind": "matrix", "url": proxy.root, "to": room.room, "secret": room.token},
            shown=lambda: [str(one["body"]) for one in room.read()],
            proxy=proxy,
            gone=answered(403, errcode="M_FORBIDDEN"),
            busy=answered(429, errcode="M_LIMIT_EXCEEDED", retry_after_ms=2_500),
            asked=True,
        )

    def _ntfy(self) -> None:
        ntfy = FakeNtfy()
        self._stack.enter_context(ntfy)
        proxy = self._before(ntfy.root)
        self.places["telephone"] = Place(
            options={"kind": "ntfy", "url": proxy.root, "to": ntfy.topic, "secret": ntfy.token},
            shown=lambda: [f"{one['title']}\n{one['message']}" for one in ntfy.read()],
            proxy=proxy,
            gone=answered(403, code=40301, http=403),
            busy=answered(429, code=42901, http=429),
            asked=True,
        )

    def _mail(self) -> None:
        server = self._stack.enter_context(mail_server())
        self.places["rssi"] = Place(
            options={
                "kind": "mail",
                "url": f"smtp://127.0.0.1:{server.port}",
                "from": "Veille <veille@chu.example>",
                "to": ["rssi@chu.example"],
            },
            shown=lambda: [one.part("plain") for one in server.got],
            proxy=Postman(server),
            gone=Trouble(),
        )

    def _apprise(self) -> None:
        taken = self._stack.enter_context(Receiver())
        proxy = self._before(taken.url.removesuffix("/hunter2"))

        def shown() -> list[str]:
            bodies = [json.loads(one.body) for one in taken.got]
            return [f"{one['title']}\n{one['message']}" for one in bodies]

        self.places["ailleurs"] = Place(
            options={"kind": "apprise", "url": proxy.root.replace("http", "json")},
            shown=shown,
            proxy=proxy,
            gone=Trouble(status=410),
        )


@pytest.fixture
def street() -> Iterator[Street]:
    with ExitStack() as stack:
        yield Street(stack)


NAMES = ("equipe", "presse", "siem", "direction", "garde", "tchap", "telephone", "ailleurs", "rssi")


@pytest.fixture
def memory(shared: Path, tmp_path: Path) -> Path:
    """A watch that owes the edition of March to each channel, and nothing else."""
    made = made_once(shared / "eight_channels.db", _owed)
    return Path(shutil.copy(made, tmp_path / "watch.db"))


def _owed(state: Path) -> None:
    clock = iter((BEGUN - timedelta(days=36), BEGUN - HOUR))
    app = App(Settings(state=str(state)), lambda: BEGUN)
    with app.open_store() as store:
        watch = app.watch(store)
        for at, day in zip(clock, ("2026-01-27", "2026-03-04"), strict=True):
            body = (FIXTURES / f"catalogue-{day}.pdf").read_bytes()
            page = Page(url=AnssiCatalogue().url, body=body, fetched_at=at)
            look(AnssiCatalogue(), (page,), watch, at)
            with store.transaction():
                for name in NAMES:
                    wish = understand(("all", "low")).subscription(name, ("all", "low"), "cli", at)
                    subscriptions.subscribe(store, wish)


class Told:
    """The watch at work: every round an hour later, until nothing is owed any more."""

    def __init__(self, memory: Path, street: Street) -> None:
        channels: Any = {name: place.options for name, place in street.places.items()}
        settings = Settings(
            state=str(memory),
            channels=channels,
            slack=SlackSettings(base_url=street.base_url),
            slack_bot_token=Secret("xoxb-1"),
        )
        self.now, self.app = BEGUN, App(settings, lambda: self.now)
        self.suspended: Counter[str] = Counter()
        for name in channels:
            self.app.notifiers.known[name] = _quick(self.app.notifier_of(name))
        # As for a service that takes less than what only shows what it is given: some parts a message.
        cast("Apprised", self.app.notifier_of("ailleurs")).server.body_maxlen = 4_000

    def all(self) -> None:
        for _ in range(60):
            # Each kind waits for its own silent server, at the same time as the others do.
            deliver(replace(self.app.post(), workers=len(NAMES)), lambda: self.now)
            self.now += HOUR
            with self.app.open_store() as store:
                for channel in subscriptions.channels(store):
                    if channel.state == "suspended":
                        self.suspended[channel.id] += 1
                        subscriptions.resume(store, channel.id, self.now)
                if not {one.state for one in outbox.owed(store)} - {"sent"}:
                    return
        pytest.fail("something is still owed")

    def events(self) -> set[int]:
        """The events that everybody is owed: all that the edition of March brought."""
        with self.app.open_store() as store:
            told = (one for one in log.events(store) if one.cause.told and one.seen_at > BEGUN - HOUR * 2)
            return {one.id for one in told}

    def ledger(self, channel: str) -> list[Event]:
        """The events that the outbox has as told in a channel, one for each time that it was."""
        with self.app.open_store() as store:
            sent = [one.event for one in outbox.owed(store, channel=channel) if one.state == "sent"]
            return [log.event(store, number) for number in sent if number is not None]


def _quick(notifier: Any) -> Any:
    """The notifier, which waits for nothing longer than a test can."""
    given: dict[str, Any] = {"timeout": 1, "deadline": 1.0, "pace": 0.0, "pause": lambda _: None}
    own = {one.name for one in fields(notifier)}
    if "posted" in own and "pause" not in own:
        given["posted"] = Posted(pause=lambda _: None)
    return replace(notifier, **{name: value for name, value in given.items() if name in own})


def received(place: Place) -> Counter[str]:
    """How often each line was shown."""
    return Counter(words(line) for text in place.shown() for line in text.split("\n") if words(line))


def agree(told: Told, street: Street, *, doubled: bool = False) -> None:
    """Every event once in each ledger, and what each server received is its ledger.

    Where a service cannot be asked, a part whose answer was lost arrives again, and no other does.
    """
    owed = told.events()
    for name, place in street.places.items():
        events = told.ledger(name)
        assert {event.id for event in events} == owed, name
        assert len(events) == len(owed) > 250, name
        due = Counter(str(e.id) if name == "siem" else words(title(e, "fr")) for e in events)
        lines = received(place)
        found = {line: lines[line] for line in due}
        if doubled and not place.asked:
            texts = Counter(place.shown())
            assert texts.total() - len(texts) == place.proxy.lost, name
            found = Counter(words(line) for text in texts for line in text.split("\n"))
            found = {line: found[line] for line in due}
        assert found == due, name


def test_no_kind_is_left_out(street: Street) -> None:
    assert {place.options["kind"] for place in street.places.values()} == {kind.name for kind in NAMED}
    assert tuple(street.places) == NAMES


def test_an_edition_reaches_every_kind_of_channel_whole_and_once(memory: Path, street: Street) -> None:
    told = Told(memory, street)
    told.all()
    agree(told, street)
    assert told.suspended == Counter()
    taken_back(told, street)


REASON = "Lu de travers dans le tableau"


def taken_back(told: Told, street: Street) -> None:
    """One event taken back is taken back in every place that was told of it, and nowhere else."""
    number = min(told.events())
    with told.app.open_store() as store:
        wish = understand(("all", "low")).subscription("C0LATER", ("all", "low"), "cli", told.now)
        subscriptions.subscribe(store, wish)
        recall.retract(store, number, REASON, "cli", told.now)
        gone = log.event(store, number)
    told.all()
    for name, place in street.places.items():
        shown = place.shown()
        if name == "siem":
            body = json.loads(street.program.once()[-1].body)
            assert REASON in json.dumps(body, ensure_ascii=False), name
            continue
        followed = [text for text in shown if REASON in text]
        assert followed, name
        assert any(words(title(gone, "fr")) in words(text) for text in followed), name
    assert told.ledger("C0LATER") == []


@pytest.mark.history
def test_whatever_goes_wrong_first_midway_or_last_each_ledger_is_what_arrived(
    memory: Path, street: Street, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        calm = Street(stack)
        Told(Path(shutil.copy(memory, tmp_path / "calm.db")), calm).all()
        counts = {name: place.proxy.taken for name, place in calm.places.items()}
    for name, place in street.places.items():
        last = counts[name] - 1
        assert last >= 2, name  # a first one, one midway, and a last one
        place.proxy.plan = {at: place.troubles() for at in (0, last // 2, last)}
    told = Told(memory, street)
    told.all()
    for name, place in street.places.items():
        assert not any(place.proxy.plan.values()), f"{name}: not all went wrong that should"
        assert (place.proxy.lost, told.suspended[name]) == (3, 3), name
    agree(told, street, doubled=True)
