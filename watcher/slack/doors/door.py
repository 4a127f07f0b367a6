"""The one place where both doors of Slack hand in what people wrote: it answers at once, or a little later.

A request is answered in its acknowledgement when that takes less than two seconds (Slack gives three), and
through its `response_url` otherwise. What Slack repeats is not done again.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import Any

from notifiers.notifier import DeliveryError
from scrapers.source import Source
from state.file.errors import StoreError
from state.owed import subscriptions
from state.seen.providers import load_providers
from watcher.app import App
from watcher.ask.answers import Archive
from watcher.errors import Mistyped
from watcher.look.record import Checked
from watcher.slack.acts.clicks import CLICKS, click_of, clicked
from watcher.slack.acts.dialogue import BLOCK, submitted
from watcher.slack.acts.looks import Looks
from watcher.slack.acts.scraping import scrape
from watcher.slack.answer import answer
from watcher.slack.command import CHANGING, OPERATING, Command, parse
from watcher.slack.doors.once import Answer, Json, Once
from watcher.slack.doors.workspace import Workspace
from watcher.slack.replies.asked import Asked, texts
from watcher.slack.replies.home import home_view
from watcher.slack.replies.mistakes import failed, mistaken
from watcher.slack.replies.reply import Reply, message

logger = logging.getLogger(__name__)

SOON = 2.0
"""Seconds that an acknowledgement waits for the answer."""
SLACK_CHANNEL = re.compile(r"[CGD][A-Z0-9]+")


class Door:
    """What takes commands, clicks and events of one workspace; safe to use from many threads."""

    def __init__(self, app: App, workspace: Workspace | None = None, *, soon: float = SOON) -> None:
        self.app, self.soon = app, soon
        self.workspace = workspace or workspace_of(app)
        self.pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="slack")
        self.slow = ThreadPoolExecutor(max_workers=8, thread_name_prefix="slack-look")
        self.once = Once(self.pool, app.owner)
        self.looks = Looks(app, self.slow, _check)

    def close(self) -> None:
        """Finishes what is under way."""
        self.pool.shutdown(wait=True)
        self.slow.shutdown(wait=True)

    def command(self, form: Mapping[str, str]) -> Json:
        """The answer to a slash command, or the word that it follows."""
        key = f"command/{form['trigger_id']}" if form.get("trigger_id") else ""
        begun, first = self.once.begin(key, lambda: self._command(form, key))
        done, _ = wait([begun], timeout=self.soon)
        if done:
            return self.outcome(begun) or {}
        if first:
            begun.add_done_callback(lambda late: self.respond(form.get("response_url"), self.outcome(late)))
        return {"response_type": "ephemeral", "text": self.texts["slow"]}

    def click(self, payload: Mapping[str, Any]) -> None:
        """Takes a click; what it answers goes through the `response_url`."""
        click = click_of(payload)
        if click is None or click.action not in CLICKS:
            return
        begun, first = self.once.begin(click.key, lambda: clicked(self, click))
        if first:
            begun.add_done_callback(lambda done: self.respond(click.url, self.outcome(done)))

    def submit(self, payload: Mapping[str, Any]) -> Json:
        """What a dialogue shows after it was sent."""
        key = f"view/{payload['view']['id']}/{payload['view']['hash']}"
        begun, _ = self.once.begin(key, lambda: submitted(self, payload, key))
        error = begun.exception()
        if error is None:
            return begun.result() or {}
        self.log(error)
        return {"response_action": "errors", "errors": {BLOCK: self.texts["fault"]}}

    def event(self, body: Mapping[str, Any]) -> None:
        """Takes an event; the opening of the Home tab is the only one that matters."""
        event = body.get("event") or {}
        if event.get("type") == "app_home_opened" and event.get("tab") == "home":
            begun, first = self.once.begin(f"event/{body['event_id']}", lambda: self._home(event["user"]))
            if first:
                begun.add_done_callback(self._logged)

    def _home(self, user: str) -> None:
        with self.asked("", user, create=True) as asked:
            self.workspace.publish(user, home_view(asked))

    def _logged(self, done: Future[Answer]) -> None:
        error = done.exception()
        if error is not None:
            self.log(error)

    def outcome(self, done: Future[Answer]) -> Answer:
        """What a piece of work answers; a fault of it is logged, and said."""
        error = done.exception()
        if error is None:
            return done.result()
        key = "no_memory" if isinstance(error, StoreError) else "fault"
        self.log(error)
        lang = self.app.settings.lang
        return ephemeral(message(failed(self.texts, lang, key), self.texts))

    def log(self, error: BaseException) -> None:
        """Keeps a fault, with where it happened."""
        logger.error("slack: no answer could be made", exc_info=error)

    @property
    def texts(self) -> Mapping[str, str]:
        """The texts of the language of the settings."""
        return texts(self.app.settings.lang)

    def respond(self, url: str | None, body: Answer) -> None:
        """Sends an answer through a `response_url`; what cannot be sent is logged."""
        if not url or body is None:
            return
        try:
            self.workspace.respond(url, body)
        except DeliveryError as error:
            logger.warning("slack: an answer did not get through: %s", error)

    @contextmanager
    def asked(self, channel: str, user: str, *, create: bool = False) -> Iterator[Asked]:
        """What a request of a member in a channel works with; raises `StoreError` where nothing was read."""
        app = self.app
        with app.open_store(create=create) as store:
            known = subscriptions.channel(store, channel)
            yield Asked(
                archive=Archive(
                    store=store, providers=load_providers(store), sources=app.sources, now=app.clock()
                ),
                channel=channel,
                user=user,
                lang=known.lang or app.settings.lang,
                operators=app.settings.operators,
            )

    def _command(self, form: Mapping[str, str], key: str) -> Answer:
        channel, user, said = form["channel_id"], form["user_id"], form.get("text") or ""
        try:
            command, mistake = parse(said), None
        except Mistyped as mistyped:
            command, mistake = Command(verb="help"), mistyped
        with self.asked(channel, user, create=command.verb in CHANGING) as asked:
            if mistake is not None:
                return private(asked, mistaken(asked, mistake))
            if command.verb == "scrape":
                return scrape(self, asked, command, form.get("response_url"))
            if command.verb in (*CHANGING, *OPERATING) and not self.once.claim(
                asked.archive.store, key, asked.archive.now
            ):
                return None
            return private(asked, self.answer(asked, command))

    def answer(self, asked: Asked, command: Command) -> Reply:
        """The answer to a command, where the member may ask for it."""
        if command.verb in OPERATING:
            try:
                self.permit(asked.user)
            except Mistyped as refused:
                return mistaken(asked, refused)
        reply = answer(asked, command)
        if command.verb == "subscribe" and self.workspace.can_post(asked.channel) is False:
            return with_note(reply, asked.say("not_member"))
        return reply

    def permit(self, user: str) -> None:
        """Nothing, when a user is a member of the operators' channel now; raises `Mistyped` otherwise."""
        channel = self.app.settings.operators
        if not SLACK_CHANNEL.fullmatch(channel):
            raise Mistyped("no_operators")
        try:
            member = self.workspace.has_member(channel, user)
        except DeliveryError as error:
            raise Mistyped("members_unread", why=str(error)) from None
        if not member:
            raise Mistyped("not_operator")


def with_note(reply: Reply, note: str) -> Reply:
    """The reply with one more small note, first."""
    return replace(reply, foot=(note, *reply.foot))


def private(asked: Asked, reply: Reply, page: int = 1) -> Json:
    """A reply that only the one who asked sees, in the language it is said in."""
    return ephemeral(message(reply, texts(reply.lang), page=page))


def ephemeral(body: Json) -> Json:
    """A message for one reader."""
    return {"response_type": "ephemeral", **body}


def workspace_of(app: App) -> Workspace:
    """The workspace that the settings name."""
    token = app.settings.slack_bot_token
    return Workspace(
        token=token.get_secret_value() if token else None,
        base_url=app.settings.slack.base_url,
        pause=Event().wait,
        proxy_of=app.proxies.of,
    )


def _check(app: App, source: Source) -> Checked | None:
    from watcher.schedule import check_source

    return check_source(app, source)
