"""A look that somebody asks for on Slack: begun at once, shared by all who ask, told when it is done."""

from __future__ import annotations

from concurrent.futures import Future, wait
from typing import TYPE_CHECKING

from notifiers.said.wording import source_title
from state.seen import runs
from watcher.ask import answers
from watcher.errors import Mistyped, UnderWay
from watcher.look.record import Checked
from watcher.slack.acts.looks import RECENT
from watcher.slack.command import Command
from watcher.slack.replies.asked import Asked, texts
from watcher.slack.replies.looks import look_items
from watcher.slack.replies.mistakes import mistaken
from watcher.slack.replies.questions import source_item
from watcher.slack.replies.reply import Reply, message, plain

if TYPE_CHECKING:
    from watcher.slack.doors.door import Door
    from watcher.slack.doors.once import Answer, Json

PATIENCE = (10, 40)
"""Seconds after which a reader is told that the look goes on: a `response_url` takes five answers."""


def scrape(door: Door, asked: Asked, command: Command, url: str | None) -> Answer:
    """The first word about a look; its outcome follows through the `response_url`."""
    known = asked.archive.sources
    name = command.words[0].casefold().replace("_", "-") if command.words else ""
    if name not in known:
        return _said(mistaken(asked, Mistyped("no_source", known=", ".join(known))))
    state = runs.state_of(asked.archive.store, name)
    if state.last_look is not None and abs(asked.archive.now - state.last_look) < RECENT:
        return _said(_recent(asked, name))
    look = door.looks.join(known[name])
    door.slow.submit(_follow, door, asked.channel, asked.user, name, look.outcome, url)
    said = asked.say("scrape_shared" if look.shared else "scrape_begun")
    return _said(Reply(head=_head(asked, name), lang=asked.lang, intro=(plain(said),)))


def _head(asked: Asked, name: str) -> str:
    return asked.say("scrape_head", source=source_title(name, asked.lang))


def _said(reply: Reply) -> Json:
    return {"response_type": "ephemeral", **message(reply, texts(reply.lang))}


def _recent(asked: Asked, name: str) -> Reply:
    minutes = int(RECENT.total_seconds() // 60)
    found = next(one for one in answers.health(asked.archive) if one.source.name == name)
    return Reply(
        head=_head(asked, name),
        lang=asked.lang,
        intro=(plain(asked.say("scrape_recent", minutes=minutes)),),
        items=(source_item(asked, found),),
    )


def _follow(
    door: Door, channel: str, user: str, name: str, look: Future[Checked | None], url: str | None
) -> None:
    """Tells one of those who asked how the look goes, and how it ended."""
    with door.asked(channel, user) as asked:
        waited = 0
        for seconds in PATIENCE:
            done, _ = wait([look], timeout=seconds - waited)
            waited = seconds
            if done:
                break
            still = plain(asked.say("scrape_still", seconds=seconds))
            door.respond(url, _told(Reply(head=_head(asked, name), lang=asked.lang, intro=(still,))))
        wait([look])
        door.respond(url, _told(_ended(door, asked, name, look)))


def _told(reply: Reply) -> Json:
    return {**_said(reply), "replace_original": True}


def _ended(door: Door, asked: Asked, name: str, look: Future[Checked | None]) -> Reply:
    head = _head(asked, name)
    error = look.exception()
    if isinstance(error, UnderWay):
        return Reply(head=head, lang=asked.lang, intro=(plain(asked.say("scrape_other")),))
    if error is not None:
        door.log(error)
        return Reply(head=head, lang=asked.lang, intro=(plain(asked.say("fault")),))
    checked = look.result()
    if checked is None:
        return Reply(head=head, lang=asked.lang, intro=(plain(asked.say("overtaken")),))
    return Reply(head=head, lang=asked.lang, items=look_items(asked, checked), command="sources")
