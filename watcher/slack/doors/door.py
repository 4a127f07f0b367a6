"""The one place where both doors of Slack hand in what people wrote: it answers at once, or a little later.

A request is answered in its acknowledgement when that takes less than two seconds (Slack gives three), and
through its `response_url` otherwise. What Slack repeats is not done again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from threading import Lock
from typing import TYPE_CHECKING, Any

from notifiers.said.voice import voice
from state.file.errors import Failed, NoFiles, StoreError
from watcher.slack.desk import Desk, log_fault
from watcher.slack.dispatch import run
from watcher.slack.doors.clicks import CLICKS, click_of, clicked
from watcher.slack.doors.dialogue import BLOCK, submitted
from watcher.slack.replies.home import home_view
from watcher.slack.replies.mistakes import failed
from watcher.slack.reply import Answer, Json, private
from watcher.slack.workspace import Workspace, workspace_of

if TYPE_CHECKING:
    from watcher.app import App

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
    """What takes commands, clicks and events of one workspace; safe to use from many threads."""

    def __init__(self, app: App, workspace: Workspace | None = None, *, soon: float = SOON) -> None:
        self.soon, self._lang = soon, app.settings.lang
        self.pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="slack")
        self.once = Once(self.pool)
        self.desk = Desk(
            app=app,
            workspace=workspace or workspace_of(app),
            slow=ThreadPoolExecutor(max_workers=8, thread_name_prefix="slack-look"),
        )

    def close(self) -> None:
        """Finishes what is under way."""
        self.pool.shutdown(wait=True)
        self.desk.slow.shutdown(wait=True)

    def command(self, form: Mapping[str, str]) -> Json:
        """The answer to a slash command, or the word that it follows."""
        key = f"command/{form['trigger_id']}" if form.get("trigger_id") else ""
        begun, first = self.once.begin(key, lambda: run(self.desk, form, key))
        # Slack takes an answer within three seconds; the way to it and back is part of them.
        done, _ = wait([begun], timeout=self.soon)
        if done:
            return self.outcome(begun) or {}
        if first:
            begun.add_done_callback(
                lambda late: self.desk.respond(form.get("response_url"), self.outcome(late))
            )
        return {"response_type": "ephemeral", "text": voice(self._lang)("slack.slow")}

    def click(self, payload: Mapping[str, Any]) -> None:
        """Takes a click; what it answers goes through the `response_url`."""
        click = click_of(payload)
        if click is None or click.action not in CLICKS:
            return
        begun, first = self.once.begin(click.key, lambda: clicked(self.desk, click))
        if first:
            begun.add_done_callback(lambda done: self.desk.respond(click.url, self.outcome(done)))

    def interact(self, payload: Mapping[str, Any]) -> Answer:
        """The acknowledgement of a click (empty) or of a dialogue."""
        if payload["type"] == "view_submission":
            return self.submit(payload)
        if payload["type"] == "block_actions":
            self.click(payload)
        return None

    def submit(self, payload: Mapping[str, Any]) -> Json:
        """What a dialogue shows after it was sent."""
        key = f"view/{payload['view']['id']}/{payload['view']['hash']}"
        begun, _ = self.once.begin(key, lambda: submitted(self.desk, payload, key))
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
        """Takes an event; the opening of the Home tab is the only one that matters."""
        event = body.get("event") or {}
        if event.get("type") == "app_home_opened" and event.get("tab") == "home":
            begun, first = self.once.begin(f"event/{body['event_id']}", lambda: self._home(event["user"]))
            if first:
                begun.add_done_callback(self._logged)

    def _home(self, user: str) -> None:
        with self.desk.asked("", user, create=True) as asked:
            self.desk.workspace.publish(user, home_view(asked))

    def _logged(self, done: Future[Answer]) -> None:
        error = done.exception()
        if error is not None:
            log_fault(error)

    def outcome(self, done: Future[Answer]) -> Answer:
        """What a piece of work answers; a fault of it is logged, and said."""
        error = done.exception()
        if error is None:
            return done.result()
        kinds = {NoFiles: "no_files", Failed: "memory_failed", StoreError: "no_memory"}
        key = next((key for kind, key in kinds.items() if isinstance(error, kind)), "fault")
        log_fault(error)
        return private(failed(self._lang, key))
