"""Clients that wear a server out, on the loopback, for seconds: `attackers.py KIND PORT COUNT SECONDS`.

Each comes from an address of its own (127.0.0.0/8 is all this machine), as those of a real attack would, so
that what a client may ask for stops none of them; `crowd` comes from one. They end by themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import sys
from collections.abc import Awaitable, Callable

HALF = b"GET /providers HTTP/1.1\r\nHost: x\r\n"
LONG = b"GET /history.json HTTP/1.1\r\nHost: x\r\n\r\n"
ALIVE = b"GET /static/mark.svg HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /slack/commands HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n"


class Attacker:
    """One client, at its own address."""

    def __init__(self, port: int, number: int) -> None:
        self.port, self.address = port, f"127.1.{number // 250}.{number % 250 + 1}"

    async def connected(self) -> socket.socket:
        """A connection that takes 4 KiB at a time from the wire."""
        line = socket.socket()
        line.setblocking(False)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.bind((self.address, 0))
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", self.port))
        return line

    async def calm(self) -> None:
        await asyncio.sleep(60)

    async def half_open(self) -> None:
        await self._says(HALF)

    async def crowd(self) -> None:
        self.address = "127.2.0.1"
        await self._says(HALF)

    async def idle(self) -> None:
        await self._says(ALIVE)

    async def slow_head(self) -> None:
        await self._trickles(HALF, b"X-Padding: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 100)

    async def slow_body(self) -> None:
        await self._trickles(POST, b"x" * 900_000)

    async def slow_reader(self) -> None:
        await self._reads(LONG, 1.0)

    async def slow_taker(self) -> None:
        await self._reads(b"GET /api/v1/events/1/evidence HTTP/1.1\r\nHost: x\r\n\r\n", 1.0)

    async def pipeline(self) -> None:
        await self._reads(LONG * 50, 0.5)

    async def quick(self) -> None:
        (await self.connected()).close()

    async def _says(self, text: bytes) -> None:
        with await self.connected() as line:
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(line, text)
            while await loop.sock_recv(line, 65536):
                pass

    async def _trickles(self, head: bytes, rest: bytes) -> None:
        with await self.connected() as line:
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(line, head)
            for byte in rest:
                await loop.sock_sendall(line, bytes([byte]))
                await asyncio.sleep(1)

    async def _reads(self, request: bytes, pause: float) -> None:
        with await self.connected() as line:
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(line, request)
            while await loop.sock_recv(line, 1):
                await asyncio.sleep(pause)


async def attack(kind: str, port: int, count: int, seconds: float) -> None:
    """So many attackers of a kind; who is thrown out comes back."""
    loop, dice = asyncio.get_running_loop(), random.Random(port)
    end = loop.time() + seconds

    async def again(number: int) -> None:
        await asyncio.sleep(dice.uniform(0, 2))
        work: Callable[[], Awaitable[None]] = getattr(Attacker(port, number), kind)
        while loop.time() < end:
            with contextlib.suppress(OSError):
                await work()
            await asyncio.sleep(0.5 if kind == "quick" else dice.uniform(1, 6))

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(again(number) for number in range(count)))


if __name__ == "__main__":
    asyncio.run(attack(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
