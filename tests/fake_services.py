"""Teams, Mattermost, Matrix and ntfy on the loopback: they answer as they document, with faults on demand.

`with FakeTeams() as service:` gives `service.url`, what was taken in `service.taken`, and every request in
`service.asked`. Faults are scripted, one per request, in order: `service.fail(Answered(…))`. Each refuses
what it documents that it does not take; `problems` has what no service says, and a reader would see.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from card_limits import card_problems

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One answer; with `drop` none at all, with `hang` none before the service closes. `accepted`: the
    request had its effect all the same."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    accepted: bool = False
    drop: bool = False
    hang: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        read: Json = json.loads(self.body)
        return read


class FakeService:
    """What the four have in common; `take` is what each does with a request."""

    secret = "hunter2secret"

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.taken: list[Json] = []
        self.problems: list[str] = []
        self._faults: list[Answered] = []
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.root = f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """What an operator would set."""
        return self.root

    def __enter__(self) -> FakeService:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stops listening: from now on, connections are refused."""
        if not self._closing.is_set():
            self._closing.set()
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(5)

    def fail(self, *faults: Answered) -> None:
        self._faults += faults

    def answer(self, asked: Asked) -> Answered:
        with self._lock:
            self.asked.append(asked)
            fault = self._faults.pop(0) if self._faults else None
            if fault is None:
                return self.take(asked)
            if fault.accepted:
                self.take(asked)
        if fault.hang:
            self._closing.wait(10)
        return fault

    def take(self, asked: Asked) -> Answered:
        raise NotImplementedError


def _handler_of(service: FakeService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(size)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(method=self.command, path=self.path, headers=headers, body=body)
            answer = service.answer(asked)
            self.close_connection = True
            if answer.drop or answer.hang:
                return
            text = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            said = b"" if answer.body is None else text
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(said)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = _serve  # noqa: N815 - the standard library's names

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class FakeTeams(FakeService):
    """A workflow of Power Automate with the trigger "When a Teams webhook request is received"."""

    path = (
        "/workflows/9f/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig="
    )
    MOST = 21_000  # less than is documented: from there on others were refused

    @property
    def url(self) -> str:
        return f"{self.root}{self.path}{self.secret}"

    @staticmethod
    def refusal(status: int, code: str, **headers: str) -> Answered:
        said = {"error": {"code": code, "message": f"Some sentence about {code}."}}
        return Answered(status=status, body=said, headers=headers)

    def take(self, asked: Asked) -> Answered:
        if asked.path != f"{self.path}{self.secret}":
            return self.refusal(401, "DirectApiAuthorizationRequired")
        if len(asked.body) > self.MOST:
            return self.refusal(413, "RequestEntityTooLarge")
        if "charset=utf-8" not in asked.headers["content-type"]:
            self.problems.append("no charset")
        self.problems += card_problems(asked.json)
        self.taken.append(asked.json)
        return Answered(status=202)


class FakeMattermost(FakeService):
    """A server of Mattermost that is old enough to know every limit there was."""

    TEXT, ATTACHMENTS = 4_000, 7_900
    FIELDS = frozenset({"fallback", "color", "pretext", "text", "title", "title_link", "fields", "footer"})

    @property
    def url(self) -> str:
        return f"{self.root}/hooks/{self.secret}"

    @staticmethod
    def refusal(status: int, id: str) -> Answered:
        said = {"id": id, "message": "Some sentence.", "request_id": "x", "status_code": status}
        return Answered(status=status, body=said)

    def take(self, asked: Asked) -> Answered:
        if asked.path != f"/hooks/{self.secret}":
            return self.refusal(400, "web.incoming_webhook.invalid.app_error")
        post = asked.json
        attachments = post.get("attachments") or []
        if not post.get("text") and not attachments:
            return self.refusal(400, "web.incoming_webhook.text.app_error")
        if len(json.dumps({"attachments": attachments}, ensure_ascii=False)) > self.ATTACHMENTS:
            return self.refusal(400, "web.incoming_webhook.attachment.app_error")
        if len(post.get("text") or "") > self.TEXT:
            self.problems.append("a text that is cut")
        self.problems += [
            f"no such field: {name}" for one in attachments for name in one.keys() - self.FIELDS
        ]
        self.problems += [
            f"no {name}" for name in ("fallback", "text") for one in attachments if not one.get(name)
        ]
        self.taken.append(post)
        return Answered(body=b"ok")

    def shown(self, post: Json) -> str:
        """What the server keeps of a post: it makes mentions and links of what Slack would."""
        texts = [post["text"], *(one["text"] for one in post.get("attachments") or ())]
        text = "\n".join(texts)
        for mark in ("channel", "here", "all"):
            text = text.replace(f"<!{mark}>", f"@{mark}")
        return re.sub(r"<([^\n<|>]+)\|([^|\n>]+)>", r"[\2](\1)", text)

    def mentioned(self, post: Json) -> list[str]:
        """Whom a post notifies: by its words, whatever Markdown makes of them."""
        return re.findall(r"@[a-z0-9][a-z0-9._-]*", self.shown(post), re.IGNORECASE)


class FakeMatrix(FakeService):
    """A homeserver with one room, in which the account of the token was invited."""

    room, token = "!salle:example.org", "syt_hunter2secret"
    MOST = 65_536

    def __init__(self) -> None:
        super().__init__()
        self.joined, self.encrypted = True, False
        self.transactions: dict[str, str] = {}
        self.events: dict[str, Json] = {}

    @staticmethod
    def refusal(status: int, errcode: str, **more: Any) -> Answered:
        return Answered(status=status, body={"errcode": errcode, "error": "Some sentence.", **more})

    def take(self, asked: Asked) -> Answered:
        parts = urlsplit(asked.path)
        place = [unquote(one) for one in parts.path.split("/")[1:]]
        if place[:3] != ["_matrix", "client", "v3"]:
            return self.refusal(404, "M_UNRECOGNIZED")
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return self.refusal(401, "M_UNKNOWN_TOKEN")
        if place[3:] == ["join", self.room]:
            self.joined = True
            return Answered(body={"room_id": self.room})
        if place[3:5] != ["rooms", self.room]:
            return self.refusal(404, "M_NOT_FOUND")
        if not self.joined:
            return self.refusal(403, "M_FORBIDDEN")
        return self._in_room(asked, place[5:], parse_qs(parts.query))

    def _in_room(self, asked: Asked, place: list[str], query: Mapping[str, list[str]]) -> Answered:
        match asked.method, place:
            case "GET", ["state", "m.room.encryption"]:
                found = {"algorithm": "m.megolm.v1.aes-sha2"}
                return Answered(body=found) if self.encrypted else self.refusal(404, "M_NOT_FOUND")
            case "GET", ["messages"]:
                return self._messages(query)
            case "PUT", ["send", "m.room.message", name] if name:
                return self._said(name, asked)
        return self.refusal(404, "M_UNRECOGNIZED")

    def _said(self, name: str, asked: Asked) -> Answered:
        if name in self.transactions:
            return Answered(body={"event_id": self.transactions[name]})
        content = asked.json
        if len(json.dumps(content, ensure_ascii=False).encode()) + 1_000 > self.MOST:
            return self.refusal(413, "M_TOO_LARGE")
        relation = content.get("m.relates_to") or {}
        target = relation.get("event_id") or (relation.get("m.in_reply_to") or {}).get("event_id")
        if target and target not in self.events:
            return self.refusal(400, "M_UNKNOWN")
        if not content.get("body") or content.get("msgtype") != "m.text":
            return self.refusal(400, "M_BAD_JSON")
        event = f"$event{len(self.events)}"
        self.events[event] = {"event_id": event, "type": "m.room.message", "content": content}
        self.transactions[name] = event
        self.taken.append(content)
        return Answered(body={"event_id": event})

    def _messages(self, query: Mapping[str, list[str]]) -> Answered:
        start = int(query.get("from", ["0"])[0])
        limit = min(int(query["limit"][0]), 100)
        newest = list(reversed(self.events.values()))
        page: Json = {"chunk": newest[start : start + limit]}
        if start + limit < len(newest):
            page["end"] = str(start + limit)
        return Answered(body=page)

    def read(self) -> list[Json]:
        """What a person sees in the room, edits applied."""
        seen = {id: event["content"] for id, event in self.events.items()}
        for id, event in self.events.items():
            relation = event["content"].get("m.relates_to") or {}
            if relation.get("rel_type") == "m.replace":
                seen[relation["event_id"]] = event["content"]["m.new_content"]
                del seen[id]
        return list(seen.values())


class FakeNtfy(FakeService):
    """A server of ntfy with a protected topic; one of before 2.16 knows no `sequences`."""

    topic, token = "hunter2topic", "tk_hunter2secret"
    MOST = 4_096

    def __init__(self, *, sequences: bool = True) -> None:
        super().__init__()
        self.sequences = sequences
        self.files: list[Json] = []

    @staticmethod
    def refusal(status: int, code: int) -> Answered:
        said = {"code": code, "http": status, "error": "some sentence", "link": "https://ntfy.sh/docs"}
        return Answered(status=status, body=said)

    def take(self, asked: Asked) -> Answered:
        if asked.path != "/":
            return self.refusal(404, 40401)
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return self.refusal(403, 40301)
        said = asked.json
        if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", said.get("topic", "")):
            return self.refusal(400, 40009)
        if said.get("priority", 3) not in range(1, 6) or len(said.get("title", "").encode()) > 1_024:
            return self.refusal(400, 40007)
        if len(said.get("message", "").encode()) > self.MOST:
            self.files.append(said)
        tags, actions = said.get("tags", ()), said.get("actions", ())
        if sum(len(tag.encode()) + 1 for tag in tags) > 512 or len(actions) > 3:
            return self.refusal(400, 40018)
        self.taken.append(said)
        answer = {"id": f"id{len(self.taken)}", "time": 1, "event": "message", "topic": said["topic"]}
        if self.sequences and "sequence_id" in said:
            answer["sequence_id"] = said["sequence_id"]
        return Answered(body=answer)

    def read(self) -> list[Json]:
        """What a telephone shows: the newest of each sequence."""
        seen: dict[str, Json] = {}
        for number, said in enumerate(self.taken):
            name = said.get("sequence_id") if self.sequences else None
            seen[name or str(number)] = said
        return list(seen.values())
