"""Socket Mode on the loopback: a WebSocket server that hands out envelopes and takes acknowledgements.

Just enough of RFC 6455 for Slack's own client: text frames, ping and pong, close.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
Json = dict[str, Any]


@dataclass(slots=True)
class FakeSocket:
    """One server; `send` gives an envelope to the connected client and returns its acknowledgement."""

    server: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    acks: dict[str, Json] = field(default_factory=dict)
    connected: threading.Event = field(default_factory=threading.Event)
    connections: int = 0
    closed: int = 0
    _client: socket.socket | None = None
    _heard: threading.Condition = field(default_factory=threading.Condition)
    _number: int = 0

    @property
    def url(self) -> str:
        """What `apps.connections.open` answers."""
        return f"ws://127.0.0.1:{self.server.getsockname()[1]}/link"

    def __enter__(self) -> FakeSocket:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.drop()
        self.server.close()

    def drop(self) -> None:
        """Breaks the connection."""
        if self._client is not None:
            with suppress(OSError):
                self._client.shutdown(socket.SHUT_RDWR)
            self._client.close()
            self._client = None

    def send(self, kind: str, payload: Json, *, envelope: str = "", seconds: float = 60) -> Json:
        """Gives an envelope to the client; its acknowledgement, once it comes."""
        assert self.connected.wait(seconds)
        with self._heard:
            self._number += 1
            name = envelope or f"E{self._number}"
            self.acks.pop(name, None)
        body = {"type": kind, "envelope_id": name, "payload": payload, "accepts_response_payload": True}
        self._write(TEXT, json.dumps(body).encode())
        with self._heard:
            assert self._heard.wait_for(lambda: name in self.acks, seconds), "no acknowledgement"
            return self.acks[name]

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            self._client = client
            threading.Thread(target=self._converse, args=(client,), daemon=True).start()

    def _converse(self, client: socket.socket) -> None:
        try:
            self._shake(client)
            self._write(TEXT, json.dumps({"type": "hello", "num_connections": 1}).encode())
            self.connections += 1
            self.connected.set()
            while frame := self._read(client):
                self._take(*frame)
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
        finally:
            client.close()
            self.closed += 1

    def _shake(self, client: socket.socket) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += client.recv(4096)
        lines = asked.decode().split("\r\n")
        key = next(
            line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("sec-websocket-key")
        )
        accept = base64.b64encode(hashlib.sha1(key.encode() + MAGIC).digest()).decode()
        client.sendall(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )

    def _take(self, kind: int, data: bytes) -> None:
        if kind == PING:
            self._write(PONG, data)
        elif kind == TEXT:
            said = json.loads(data)
            with self._heard:
                self.acks[said["envelope_id"]] = said.get("payload") or {}
                self._heard.notify_all()

    def _read(self, client: socket.socket) -> tuple[int, bytes] | None:
        head = _exactly(client, 2)
        kind, size = head[0] & 15, head[1] & 127
        if size == 126:
            (size,) = struct.unpack(">H", _exactly(client, 2))
        elif size == 127:
            (size,) = struct.unpack(">Q", _exactly(client, 8))
        mask, data = _exactly(client, 4), _exactly(client, size)
        if kind == CLOSE:
            return None
        return kind, bytes(byte ^ mask[n % 4] for n, byte in enumerate(data))

    def _write(self, kind: int, data: bytes) -> None:
        size = len(data)
        if size < 126:
            head = struct.pack(">BB", 128 | kind, size)
        elif size < 65_536:
            head = struct.pack(">BBH", 128 | kind, 126, size)
        else:
            head = struct.pack(">BBQ", 128 | kind, 127, size)
        assert self._client is not None
        self._client.sendall(head + data)


def _exactly(client: socket.socket, size: int) -> bytes:
    read = b""
    while len(read) < size:
        piece = client.recv(size - len(read))
        if not piece:
            raise OSError("the client went away")
        read += piece
    return read
