"""The one place where both doors of Slack hand in what people wrote: it answers at once, or a little later.

A request is answered in its acknowledgement when that takes less than two seconds (Slack gives three), and
through its `response_url` otherwise. What Slack repeats is not done again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from notifiers.said.voice import voice
from state.file.errors import Away, Failed, NoFiles, StoreError
from watcher.slack.desk import Desk, log_fault
from watcher.slack.dispatch import run
from watcher.slack.doors.clicks import BLOCK, CLICKS, click_of, clicked, submitted
from watcher.slack.doors.reception import LEAVING, Reception
from watcher.slack.replies.home import home_view
from watcher.slack.replies.mistakes import failed
from watcher.slack.reply import Answer, Json, private
from watcher.slack.workspace import Workspace, workspace_of

if TYPE_CHECKING:
    from watcher.app import App


def _key(desk: Desk, key: str) -> str:
    """By which a request is known again: what one workspace numbers another may number alike."""
    return f"{desk.workspace.id}/{key}" if desk.workspace.id and key else key


SOON = 2.0
"""Seconds that an acknowledgement waits for the answer."""


MOST = 1_000
"""Requests whose answers are known, should Slack ask again."""


class Once:
    """The answers under way or just given, by their request: what Slack repeats waits for the first."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._known: OrderedDict[str, Future[Answer]] = OrderedDict()
        self._lock = Lock()

    def begin(self, key: str, work: Callable[[], Answer]) -> tuple[Future[Answer], bool]:
        """The answer that is being made, and whether this is the first time it is asked for.

        Without a key nothing is known of the request, and it is taken for a new one.
        """
        with self._lock:
            if key and key in self._known:
                return self._known[key], False
            begun = self._pool.submit(work)
            if key:
                self._known[key] = begun
            while len(self._known) > MOST:
                self._known.popitem(last=False)
            return begun, True


class Door:
    """What takes commands, clicks and events, of every workspace; safe to use from many threads."""

    def __init__(self, app: App, workspace: Workspace | None = None, *, soon: float = SOON) -> None:
        self.soon, self._lang = soon, app.settings.lang
        self.pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="slack")
        self.once = Once(self.pool)
        self.desk = Desk(
            app=app,
            workspace=workspace or workspace_of(app),
            slow=ThreadPoolExecutor(max_workers=8, thread_name_prefix="slack-look"),
        )
        self.reception = Reception(self.desk)

    def close(self) -> None:
        """Finishes what is under way."""
        self.pool.shutdown(wait=True)
        self.desk.slow.shutdown(wait=True)

    def command(self, form: Mapping[str, str]) -> Json:
        """The answer to a slash command, or the word that it follows."""
        desk = self.reception.desk(form)
        if desk is None:
            return self.reception.turned_away()
        # Slack gives each command a trigger of its own, and repeats it with what it repeats.
        key = _key(desk, f"command/{form['trigger_id']}" if form.get("trigger_id") else "")
        begun, first = self.once.begin(key, lambda: run(desk, form, key))
        # Slack takes an answer within three seconds; the way to it and back is part of them.
        done, _ = wait([begun], timeout=self.soon)
        if done:
            return self.outcome(begun) or {}
        if first:
            begun.add_done_callback(lambda late: desk.respond(form.get("response_url"), self.outcome(late)))
        return {"response_type": "ephemeral", "text": voice(self._lang)("slack.slow")}

    def click(self, payload: Mapping[str, Any]) -> None:
        """Takes a click; what it answers goes through the `response_url`."""
        found = click_of(payload)
        if found is None or found.action not in CLICKS:
            return
        desk = self.reception.desk(payload)
        if desk is None:
            self.pool.submit(self.desk.respond, found.url, self.reception.turned_away())
            return
        click = replace(found, key=_key(desk, found.key))
        begun, first = self.once.begin(click.key, lambda: clicked(desk, click))
        if first:
            begun.add_done_callback(lambda done: desk.respond(click.url, self.outcome(done)))

    def interact(self, payload: Mapping[str, Any]) -> Answer:
        """The acknowledgement of a click (empty) or of a dialogue."""
        if payload["type"] == "view_submission":
            return self.submit(payload)
        if payload["type"] == "block_actions":
            self.click(payload)
        return None

    def submit(self, payload: Mapping[str, Any]) -> Json:
        """What a dialogue shows after it was sent."""
        desk = self.reception.desk(payload)
        if desk is None:
            return {"response_action": "errors", "errors": {BLOCK: self.reception.turned_away()["text"]}}
        key = _key(desk, f"view/{payload['view']['id']}/{payload['view']['hash']}")
        begun, _ = self.once.begin(key, lambda: submitted(desk, payload, key))
        done, _ = wait([begun], timeout=self.soon)
        if (
            not done
        ):  # the same dialogue sent again has the same key: it is done once, and shows what was done
            return {"response_action": "errors", "errors": {BLOCK: voice(self._lang)("slack.slow_dialogue")}}
        error = begun.exception()
        if error is None:
            return begun.result() or {}
        log_fault(error)
        return {"response_action": "errors", "errors": {BLOCK: voice(self._lang)("mistake.fault")}}

    def event(self, body: Mapping[str, Any]) -> None:
        """Takes an event: the Home tab was opened, or a workspace took the app away."""
        event = body.get("event") or {}
        opened = event.get("type") == "app_home_opened" and event.get("tab") == "home"
        if not opened and event.get("type") not in LEAVING:
            return
        # Nobody waits for the answer to an event: a second of the same is known, and dropped.
        work = partial(self._home, body, event["user"]) if opened else partial(self.reception.left, body)
        begun, first = self.once.begin(f"event/{body['event_id']}", work)
        if first:
            begun.add_done_callback(self._logged)

    def _home(self, body: Mapping[str, Any], user: str) -> None:
        desk = self.reception.desk(body)
        if desk is not None:
            with desk.asked("", user, create=True) as asked:
                desk.workspace.publish(user, home_view(asked))

    def _logged(self, done: Future[Answer]) -> None:
        error = done.exception()
        if error is not None:
            log_fault(error)

    def outcome(self, done: Future[Answer]) -> Answer:
        """What a piece of work answers; a fault of it is logged, and said."""
        error = done.exception()
        if error is None:
            return done.result()
        kinds = {NoFiles: "no_files", Away: "memory_away", Failed: "memory_failed", StoreError: "no_memory"}
        key = next((key for kind, key in kinds.items() if isinstance(error, kind)), "fault")
        log_fault(error)
        return private(failed(self._lang, key))
