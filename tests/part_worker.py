"""One process of one part of the watch, at the time that it is told; it lives through a memory that is away.

`python tests/part_worker.py PART STATE SLACK_URL` reads one time a line and answers "done" when it did what
its part does at that time: the planned look and the upkeep, a round of delivering, or answers to who asks.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import anyio
import httpx
from fate import Mortal
from soak_worker import register as shown
from toy_register import ToyRegister, page

from notifiers.notifier import Notifier
from notifiers.wire.posted import Posted
from scrapers.source import Get
from state.model import Page
from watcher.app import App
from watcher.look.slots import trigger_of
from watcher.parts.holding import UPKEEP
from watcher.parts.named import DELIVER, WATCH
from watcher.planned import slots
from watcher.planned.slots import check_slot, missed, patiently
from watcher.schedule import LEAD
from watcher.settings import Settings, SlackSettings
from watcher.tell.deliver import deliver
from watcher.upkeep import upkeep
from watcher.web.app import make_app

BEGIN = datetime(2029, 1, 1, tzinfo=UTC)
EVERY = timedelta(hours=6)


class Clock:
    """The time that the worker was told; each call moves it by a millisecond."""

    now = BEGIN

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


CLOCK = Clock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(ToyRegister):
    """A register that changes between two planned looks, and at no other time."""

    every: str = "0 */6 * * *"

    def fetch(self, get: Get) -> tuple[Page, ...]:
        return (page(shown((CLOCK.now - BEGIN) // EVERY), CLOCK.now),)


class Program(App):
    """The program, with a register and a Slack of the test."""

    def notifier_of(self, channel: str) -> Notifier:
        return Mortal(
            token="xoxb-fake",
            base_url=self.settings.slack.base_url,
            pace=0,
            posted=Posted(pause=lambda seconds: None),
        )


def watch(app: App, source: Register) -> None:
    trigger = trigger_of(source)
    if CLOCK.now.minute == 0 or missed(app, source, trigger):
        check_slot(app, source, trigger)
    if app.holding.take(UPKEEP, LEAD):
        upkeep(app)


def serve(app: App) -> None:
    async def asked() -> None:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(make_app(app)), base_url="http://pages.test"
        ) as client:
            for path in ("/readyz", "/history", "/api/v1/labels"):
                answer = await client.get(path, timeout=60)
                assert answer.status_code in (200, 503), answer.text

    anyio.run(asked)


def main(part: str, state: str, slack: str) -> None:
    settings = Settings(state=state, operators="COPS", slack=SlackSettings(base_url=slack))
    app, source = Program(settings, CLOCK), Register()
    app.__dict__["sources"] = {source.name: source}
    app.parts = (part,)
    slots.PATIENCE = 0.2  # type: ignore[assignment]  # a second of ours is much time here
    for line in sys.stdin:
        CLOCK.now = datetime.fromisoformat(line.strip())
        if part == WATCH:
            patiently(app, watch, app, source)
        elif part == DELIVER:
            patiently(app, deliver, app.post(), app.clock)
        else:
            patiently(app, serve, app)
        print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
