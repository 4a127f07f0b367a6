"""What passes between the watch and a child that reads for it: one kind and some bytes at a time, bounded."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable

from watcher.errors import Ended
from watcher.look.apart.limits import WORDY

WORK = b"w"
"""To the child: what is to be done, and within which limits."""
PAGE = b"p"
"""To the child: the document that it asked for."""
GET = b"g"
"""From the child: the address of a document that it needs."""
ANSWER = b"a"
REFUSED = b"r"
"""In either direction: a `SourceError`, as data."""
FAULT = b"f"
"""From the child: our reader failed, as a bug would."""
MEMORY = b"m"
"""From the child: it may take no more memory."""

NAME = 256
"""Bytes of the name of what a document needs, filled up: one message is one read."""
HEAD = struct.Struct(">cI")
Wait = Callable[[], None]
"""Called again and again while the other side is waited for; raises when that is no longer wanted."""


def patient() -> None:
    """Waits for as long as it takes."""


def send(line: socket.socket, kind: bytes, body: bytes = b"", wait: Wait = patient) -> None:
    """Sends one frame; raises `OSError` when nobody takes it."""
    for part in (HEAD.pack(kind, len(body)), body):
        rest = memoryview(part)
        while rest:
            wait()
            try:
                rest = rest[line.send(rest) :]
            except TimeoutError:
                continue


def receive(line: socket.socket, most: int = (1 << 32) - 1, wait: Wait = patient) -> tuple[bytes, bytes]:
    """The next frame; raises `EOFError` when there is none, and `Ended` before more than `most` is taken."""
    kind, size = HEAD.unpack(_exactly(line, HEAD.size, wait))
    if size > most:
        raise Ended(WORDY)
    return kind, _exactly(line, size, wait)


def _exactly(line: socket.socket, size: int, wait: Wait) -> bytes:
    # Grown as bytes come: a child that announces much and sends little must not take our memory.
    body = bytearray()
    while len(body) < size:
        wait()
        try:
            part = line.recv(min(size - len(body), 1 << 20))
        except TimeoutError:
            continue
        if not part:
            raise EOFError
        body += part
    return bytes(body)
