"""A Slack on the loopback: enough of the Web API and of incoming webhooks to send to, with faults on demand.

`with FakeSlack() as slack:` gives `slack.api_url` and `slack.webhook_url`; what arrived is in
`slack.received(channel)`. Faults are scripted, one per call, in order: `slack.fail("not_in_channel")`,
`slack.answer(500)`, `slack.limit_rate(30)`, `slack.drop(accepted=True)`… `slack.team(token)` is one more
workspace behind the same address, told apart by its token; `slack.codes` grants one. Limits of blocks are
those Slack documents; the names of its errors are Slack's. Alone, it prints its address, then what it
receives as JSON lines: `python tests/fake_slack.py --port 0 --seconds 600`.
"""

from __future__ import annotations

import argparse
import base64
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TextIO
from urllib.parse import parse_qsl, urlsplit

from slack_limits import refusal, refused, view_problems

WEBHOOK_PATH = "/services/T0FAKE/B0FAKE/fakefakefakefake"
WEBHOOK_CHANNEL = "webhook"
RESPONSE_PATH = "/commands/"
MOST_RESPONSES = 5
BODY_LIMIT = 2_000_000
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with one call: `how` is error, status, drop, hang or garble."""

    how: str
    error: str = ""
    status: int = 200
    retry_after: int | None = None
    accepted: bool = False
    method: str | None = None


@dataclass(slots=True)
class Call:
    """One call as it arrived."""

    method: str
    params: Json
    token: str
    content_type: str


@dataclass(slots=True)
class FakeSlack:
    """A Slack for tests. `dedupe` swallows a second post with the same `client_msg_id`."""

    port: int = 0
    dedupe: bool = False
    token: str | None = None
    scopes: frozenset[str] = frozenset({"chat:write", "channels:read", "channels:history"})
    page: int = 100
    log: TextIO | None = None
    calls: list[Call] = field(default_factory=list)
    posts: dict[str, list[Json]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    channels: dict[str, Json] = field(default_factory=dict)
    more: dict[str, Callable[[Json], Json]] = field(default_factory=dict)
    responses: dict[str, list[Json]] = field(default_factory=dict)
    teams: dict[str, FakeSlack] = field(default_factory=dict)
    codes: dict[str, Json] = field(default_factory=dict)
    client: tuple[str, str] = ("1.2", "client-secret")
    team_id: str = "T1"
    enterprise_id: str = ""
    org: bool = False
    dead: str = ""
    _server: ThreadingHTTPServer | None = None
    _thread: threading.Thread | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _clock: int = 1_772_600_000

    def __enter__(self) -> FakeSlack:
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.slack = self
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stops listening: from now on, connections are refused."""
        self._stopping.set()
        if self._server and self._thread:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(5)
            self._server = self._thread = None

    refuse = close

    @property
    def url(self) -> str:
        """The address of the server, without a slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        """What to give to a Web API client as its base address."""
        return f"{self.url}/api/"

    @property
    def webhook_url(self) -> str:
        """The address of the incoming webhook; posts to it are received by the channel "webhook"."""
        return self.url + WEBHOOK_PATH

    # -- faults, one per call, in the order they are asked for

    def fail(self, error: str, *, method: str | None = None, times: int = 1, status: int = 200) -> None:
        """The next call is answered `ok: false` with this error (a webhook: with the error as its body)."""
        self._add(Fault(how="error", error=error, status=status, method=method), times)

    def answer(
        self, status: int, *, accepted: bool = False, method: str | None = None, times: int = 1
    ) -> None:
        """The next call is answered with this HTTP status and a page that is not JSON."""
        self._add(Fault(how="status", status=status, accepted=accepted, method=method), times)

    def limit_rate(self, seconds: int | None, *, method: str | None = None, times: int = 1) -> None:
        """The next call is answered 429 with this `Retry-After` (None: without one)."""
        fault = Fault(how="error", error="ratelimited", status=429, retry_after=seconds, method=method)
        self._add(fault, times)

    def drop(self, *, accepted: bool, method: str | None = None, times: int = 1) -> None:
        """The connection of the next call is closed without a reply, after or before the post is taken."""
        self._add(Fault(how="drop", accepted=accepted, method=method), times)

    def hang(self, *, accepted: bool, method: str | None = None, times: int = 1) -> None:
        """The next call is not answered until the client goes away or this server stops."""
        self._add(Fault(how="hang", accepted=accepted, method=method), times)

    def garble(self, *, accepted: bool = True, method: str | None = None, times: int = 1) -> None:
        """The next call is answered 200 with something that is not JSON, and not `ok`."""
        self._add(Fault(how="garble", accepted=accepted, method=method), times)

    def pass_one(self, *, method: str | None = None) -> None:
        """The next call goes well, so that a fault can be scripted for the one after it."""
        self._add(Fault(how="none", accepted=True, method=method), 1)

    def _add(self, fault: Fault, times: int) -> None:
        with self._lock:
            self.faults += [fault] * times

    def fault_for(self, method: str) -> Fault | None:
        """Takes the first scripted fault that concerns this method."""
        with self._lock:
            for fault in self.faults:
                if fault.method in (None, method):
                    self.faults.remove(fault)
                    return fault
        return None

    # -- what arrived

    def received(self, channel: str) -> list[Json]:
        """The posts that a channel shows, oldest first: text, blocks, metadata, client_msg_id, ts."""
        with self._lock:
            return list(self.posts.get(self.talk(channel), ()))

    def called(self, method: str) -> list[Call]:
        """The calls of one method, in order."""
        with self._lock:
            return [call for call in self.calls if call.method == method]

    # -- the Web API

    def answer_call(self, call: Call) -> Json:
        """What Slack would answer to a call: `ok` and data, or an error by its name."""
        with self._lock:
            self.calls.append(call)
            if call.token in self.teams:
                return self.teams[call.token].answer_call(call)
            if call.method == "oauth.v2.access":
                return self._grant(call)
            if self.dead:
                return refused(self.dead)
            if self.token and call.token != self.token:
                return refused("invalid_auth" if call.token else "not_authed")
            methods = {
                "auth.test": self._auth_test,
                "chat.postMessage": self._post,
                "chat.update": self._update,
                "conversations.history": self._history,
                "conversations.info": self._info,
                "conversations.join": self._join,
                "conversations.members": self._members,
                "conversations.open": self._open,
                "views.publish": self._view,
                "views.open": self._view,
                **self.more,
            }
            if call.method not in methods:
                return refused("unknown_method")
            return methods[call.method](call.params)

    def _auth_test(self, params: Json) -> Json:
        said = {"ok": True, "url": self.url, "team": "Fake", "user": "vigilabel", "user_id": "U0FAKE"}
        org = {"enterprise_id": self.enterprise_id, "is_enterprise_install": self.org}
        return {**said, "team_id": self.team_id, **(org if self.enterprise_id else {})}

    def _grant(self, call: Call) -> Json:
        """The token for a code, once; to the app alone that knows its secret."""
        pair = base64.b64encode(":".join(self.client).encode()).decode()
        if call.token != f"Basic {pair}":
            return refused("bad_client_secret")
        granted = self.codes.pop(str(call.params.get("code")), None)
        return granted or refused("invalid_code")

    def team(self, token: str, **what: Any) -> FakeSlack:
        """One more workspace, which this token alone reaches: what it shows, no other does."""
        self.teams[token] = FakeSlack(token=token, scopes=self.scopes, **what)
        return self.teams[token]

    def _members(self, params: Json) -> Json:
        channel = self.channels.get(str(params.get("channel") or ""), {})
        if "members" not in channel:
            return refused("channel_not_found")
        start, limit = int(params.get("cursor") or 0), int(params.get("limit") or 100)
        more = start + limit < len(channel["members"])
        cursor = {"next_cursor": str(start + limit) if more else ""}
        return {
            "ok": True,
            "members": channel["members"][start : start + limit],
            "response_metadata": cursor,
        }

    def _view(self, params: Json) -> Json:
        view = json.loads(params["view"]) if isinstance(params.get("view"), str) else params.get("view")
        problems = list(view_problems(view))
        return refused("invalid_arguments", *problems) if problems else {"ok": True, "view": view}

    def take_response(self, path: str, params: Json) -> tuple[int, str]:
        """What Slack would answer to a post on a `response_url`, which takes five of them."""
        with self._lock:
            taken = self.responses.setdefault(path, [])
            if len(taken) >= MOST_RESPONSES:
                return 404, "used_url"
            if not params.get("delete_original"):
                trouble = refusal(params)
                if trouble:
                    return 400, str(trouble["error"])
            taken.append(params)
            return 200, "ok"

    def _post(self, params: Json) -> Json:
        channel = self.talk(str(params.get("channel") or ""))
        if not channel or self.channels.get(channel, {}).get("unknown"):
            return refused("channel_not_found")
        if self.channels.get(channel, {}).get("is_archived"):
            return refused("is_archived")
        trouble = refusal(params)
        if trouble:
            return trouble
        posts = self.posts.setdefault(channel, [])
        mark = params.get("client_msg_id")
        twin = next((p for p in posts if self.dedupe and mark and p.get("client_msg_id") == mark), None)
        if twin is None:
            self._clock += 1
            twin = {**params, "ts": f"{self._clock}.000100"}
            posts.append(twin)
            self._print(twin)
        return {"ok": True, "channel": channel, "ts": twin["ts"], "message": {"text": twin.get("text", "")}}

    def _update(self, params: Json) -> Json:
        for post in self.posts.get(str(params.get("channel")), []):
            if post["ts"] == params.get("ts"):
                trouble = refusal(params)
                if not trouble:
                    post.update(params)
                return trouble or {"ok": True, "channel": params["channel"], "ts": post["ts"]}
        return refused("message_not_found")

    def _lacks(self, *scopes: str) -> Json | None:
        if self.scopes & set(scopes):
            return None
        return {**refused("missing_scope"), "needed": scopes[0], "provided": ",".join(self.scopes)}

    def _join(self, params: Json) -> Json:
        known = self.channels.setdefault(str(params.get("channel") or ""), {})
        if trouble := self._lacks("channels:join"):
            return trouble
        if known.get("unknown") or known.get("is_private"):
            return refused("channel_not_found")
        known["is_member"], known["not_in_channel"] = True, False
        return {"ok": True, "channel": {"id": params["channel"]}}

    def _open(self, params: Json) -> Json:
        # The talk with a member has an id of its own, under which its history is read.
        return self._lacks("im:write") or {"ok": True, "channel": {"id": self.talk(str(params["users"]))}}

    def talk(self, channel: str) -> str:
        """Where a post to a channel lands: for a member, in the direct messages with them."""
        return f"D{channel[1:]}" if channel.startswith("U") else channel

    def _history(self, params: Json) -> Json:
        channel = str(params.get("channel") or "")
        needed = ("im:history",) if channel.startswith("D") else ("channels:history", "groups:history")
        if trouble := self._lacks(*needed):
            return trouble
        if self.channels.get(channel, {}).get("unknown") or channel.startswith("U"):
            return refused("channel_not_found")
        if self.channels.get(channel, {}).get("not_in_channel"):
            return refused("not_in_channel")
        newest = [
            p for p in reversed(self.posts.get(channel, [])) if p["ts"] > str(params.get("oldest") or "")
        ]
        start = int(params.get("cursor") or 0)
        limit = max(1, min(int(params.get("limit") or 100), 999, self.page))
        metadata = str(params.get("include_all_metadata", "")).lower() in ("1", "true")
        shown = [
            {"type": "message", "ts": p["ts"], "text": p.get("text", "")}
            | ({"metadata": p["metadata"]} if metadata and p.get("metadata") else {})
            for p in newest[start : start + limit]
        ]
        more = start + limit < len(newest)
        cursor = {"next_cursor": str(start + limit) if more else ""}
        return {"ok": True, "messages": shown, "has_more": more, "response_metadata": cursor}

    def _info(self, params: Json) -> Json:
        channel = str(params.get("channel") or "")
        known = self.channels.get(channel, {})
        if not channel or known.get("unknown"):
            return refused("channel_not_found")
        archived = bool(known.get("is_archived"))
        private, member = bool(known.get("is_private")), bool(known.get("is_member", True))
        return {
            "ok": True,
            "channel": {
                "id": channel,
                "name": channel.lower(),
                "is_archived": archived,
                "is_private": private,
                "is_member": member,
            },
        }

    # -- the incoming webhook

    def take_webhook(self, params: Json) -> tuple[int, str]:
        """What Slack would answer to a post on the webhook: status and body."""
        with self._lock:
            self.calls.append(Call("webhook", params, "", "application/json"))
            trouble = refusal(params)
            if trouble:
                return 400, str(trouble["error"])
            self._clock += 1
            post = {**params, "ts": f"{self._clock}.000100"}
            self.posts.setdefault(WEBHOOK_CHANNEL, []).append(post)
            self._print(post)
            return 200, "ok"

    def _print(self, post: Json) -> None:
        if self.log:
            print(json.dumps(post, ensure_ascii=False), file=self.log, flush=True)

    def wait_stopped(self, seconds: float) -> None:
        """Returns when the server stops, at the latest after `seconds`."""
        self._stopping.wait(seconds)


# -- HTTP


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    slack: FakeSlack

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what some tests are about: nothing to print."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 20

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the calls are kept by `FakeSlack`."""

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        slack, path = self.server.slack, urlsplit(self.path)
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), BODY_LIMIT))
        content_type = self.headers.get("Content-Type") or ""
        params = read_body(body, content_type) | dict(parse_qsl(path.query))
        webhook = path.path.startswith("/services/")
        response = path.path.startswith(RESPONSE_PATH)
        method = "webhook" if webhook else "response_url" if response else path.path.rsplit("/", 1)[-1]
        fault = slack.fault_for(method)
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        call = Call(method, params, token, content_type)
        if fault and fault.how != "none":
            self._go_wrong(fault, call, path.path)
        elif response:
            self._reply(*slack.take_response(path.path, params), "text/plain")
        elif webhook and path.path != WEBHOOK_PATH:
            self._reply(404, "no_service", "text/plain")
        elif webhook:
            self._reply(*slack.take_webhook(params), "text/plain")
        else:
            self._reply(200, json.dumps(slack.answer_call(call)), "application/json")

    def _go_wrong(self, fault: Fault, call: Call, path: str) -> None:
        slack = self.server.slack
        if fault.accepted and call.method == "webhook":
            slack.take_webhook(call.params)
        elif fault.accepted and call.method == "response_url":
            slack.take_response(path, call.params)
        elif fault.accepted:
            slack.answer_call(call)
        else:
            slack.calls.append(call)
        if fault.how == "hang":
            slack.wait_stopped(10)
        if fault.how in ("hang", "drop"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fault.how == "error":
            self._reply_error(fault, webhook=call.method == "webhook")
        elif fault.how == "garble":
            self._reply(200, "<html>Connexion</html>", "text/html")
        else:
            self._reply(fault.status, f"<html>{fault.status}</html>", "text/html")

    def _reply_error(self, fault: Fault, *, webhook: bool) -> None:
        later = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        if webhook:
            status = fault.status if fault.status != 200 else 400
            self._reply(status, fault.error, "text/plain", later)
        else:
            self._reply(fault.status, json.dumps(refused(fault.error)), "application/json", later)

    def _reply(self, status: int, body: str, kind: str, headers: dict[str, str] | None = None) -> None:
        data = body.encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def read_body(body: bytes, content_type: str) -> Json:
    """The parameters of a call: the SDK sends JSON or a form, with JSON inside some fields."""
    if "json" in content_type:
        read = json.loads(body or b"{}")
        return read if isinstance(read, dict) else {}
    params: Json = dict(parse_qsl(body.decode("utf-8", "replace")))
    for name in ("blocks", "metadata"):
        if isinstance(params.get(name), str):
            params[name] = json.loads(params[name])
    return params


@contextmanager
def running(*, port: int, log: TextIO) -> Iterator[FakeSlack]:
    """A fake Slack that prints its address and then each message it takes."""
    with FakeSlack(port=port, log=log) as slack:
        print(json.dumps({"api_url": slack.api_url, "webhook_url": slack.webhook_url}), file=log, flush=True)
        yield slack


def main() -> None:
    """Serves until the time given is over or the terminal interrupts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=600, help="stops by itself after this long")
    asked = parser.parse_args()
    with running(port=asked.port, log=sys.stdout) as slack:
        try:
            slack.wait_stopped(min(asked.seconds, 86_400))
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
