"""A look that somebody asks for on Slack: begun at once, shared by all who ask, told when it is done."""

from __future__ import annotations

from concurrent.futures import Future, wait
from datetime import timedelta
from types import NoneType
from typing import TYPE_CHECKING, Any

from notifiers.said.named import source_title
from state.words.post import bare
from watcher.ask.watch import watched
from watcher.errors import LeftAlone, Mistyped, Stopped, UnderWay
from watcher.planned.looks import ask
from watcher.said.condition import source_item
from watcher.said.news.look import look_items
from watcher.said.told import lines
from watcher.slack.desk import Asked, Desk, log_fault
from watcher.slack.replies.mistakes import mistaken
from watcher.slack.reply import Answer, Reply, private

if TYPE_CHECKING:
    from watcher.look.record import Checked
    from watcher.slack.command import Command

RECENT = timedelta(minutes=2)
"""A look as young as this is answered with, instead of another."""
ENDINGS = {NoneType: "overtaken", UnderWay: "scrape_other", Stopped: "scrape_stopped"}
"""What is said of a look that brought nothing and was no fault of ours."""
PATIENCE = (10, 40)
"""Seconds after which a reader is told that the look goes on: a `response_url` takes five answers."""


def scrape(desk: Desk, asked: Asked, command: Command, url: str | None) -> Answer:
    """The first word about a look; its outcome follows through the `response_url`."""
    known = asked.archive.sources
    name = command.words[0].casefold().replace("_", "-") if command.words else ""
    if name not in known:
        return private(mistaken(asked, Mistyped("no_source", known=", ".join(known))))
    try:
        look = ask(desk.app, known[name], rest=RECENT, run=desk.slow.submit)
    except LeftAlone:
        return private(_recent(asked, name))
    who = bare(asked.places(asked.channel) or asked.channel), bare(asked.user)
    # By their ids in a thread of its own: this memory is closed with the request, and the look takes longer.
    desk.slow.submit(_follow, desk, *who, name, look.outcome, url)
    return private(
        _said(asked, name, asked.say("slack.scrape_shared" if look.shared else "slack.scrape_begun"))
    )


def _said(asked: Asked, name: str, *said: str, **more: Any) -> Reply:
    head = asked.say("slack.scrape_head", source=source_title(name, asked.lang))
    return Reply(head=head, lang=asked.lang, intro=lines(*said), **more)


def _recent(asked: Asked, name: str) -> Reply:
    minutes = int(RECENT.total_seconds() // 60)
    found = next(one for one in watched.health(asked.archive) if one.source.name == name)
    said = asked.say("slack.scrape_recent", minutes=minutes)
    return _said(asked, name, said, items=(source_item(found, asked.to),))


def _follow(
    desk: Desk, channel: str, user: str, name: str, look: Future[Checked | None], url: str | None
) -> None:
    """Tells one of those who asked how the look goes, and how it ended."""
    with desk.asked(channel, user) as asked:
        waited = 0
        for seconds in PATIENCE:
            done, _ = wait([look], timeout=seconds - waited)
            waited = seconds
            if done:
                break
            still = _said(asked, name, asked.say("slack.scrape_still", seconds=seconds))
            desk.respond(url, private(still, replace_original=True))
        wait([look])
        desk.respond(url, private(_ended(asked, name, look), replace_original=True))


def _ended(asked: Asked, name: str, look: Future[Checked | None]) -> Reply:
    error = look.exception()
    if error is None and (checked := look.result()) is not None:
        return _said(asked, name, items=look_items(checked, asked.to), command="sources")
    key = next((key for kind, key in ENDINGS.items() if isinstance(error, kind)), "fault")
    if error is not None and key == "fault":
        log_fault(error)
    return _said(asked, name, asked.say.each("mistake", key))
