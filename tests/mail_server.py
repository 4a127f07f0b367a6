"""Mail servers on the loopback: one of `aiosmtpd`, which refuses and drops as it is told, and one that says
what its script says, for what no good server would say."""

from __future__ import annotations

import asyncio
import email.policy
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "localhost"
DROP = "drop"
"""In place of an answer: the connection is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """One mail that the server took."""

    author: str
    recipient: str
    raw: bytes
    safe: bool

    @property
    def mail(self) -> EmailMessage:
        read = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(read, EmailMessage)
        return read

    def part(self, form: str) -> str:
        """The HTML or plain text of the mail."""
        found = self.mail.get_body((form,))
        assert found is not None
        return str(found.get_content())


@dataclass
class MailServer:
    """Takes mails; `answers` are said in turn in place of its own, by step and, after a colon, by recipient.

    `users` may log in, over TLS alone, in these `ways`.
    """

    port: int = 0
    got: list[Got] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    ways: tuple[str, ...] = ("LOGIN", "PLAIN")
    logins: int = 0

    def mails(self, recipient: str) -> list[EmailMessage]:
        return [one.mail for one in self.got if one.recipient == recipient]

    def _said(self, server: Any, *steps: str) -> str | None:
        for step in steps:
            if self.answers.get(step):
                answer = self.answers[step].pop(0)
                if answer == DROP:
                    server.transport.abort()
                    return "421 gone"
                return answer or None
        return None

    async def handle_MAIL(  # noqa: N802 -- the library's name
        self, server: SMTP, session: Any, envelope: Any, at: str, options: Any
    ) -> str:
        if said := self._said(server, "mail"):
            return said
        envelope.mail_from, envelope.mail_options = at, options
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, at: str, options: Any
    ) -> str:
        if said := self._said(server, f"rcpt:{at}", "rcpt"):
            return said
        envelope.rcpt_tos.append(at)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        [recipient] = envelope.rcpt_tos
        said = self._said(server, f"data:{recipient}", "data")
        if said is None or said == "421 gone":  # a lost answer: the server has the mail
            got = Got(
                author=envelope.mail_from,
                recipient=recipient,
                raw=envelope.content,
                safe=server.transport.get_extra_info("ssl_object") is not None,
            )
            self.got.append(got)
        return said or "250 taken"

    def authenticate(
        self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins += 1
        known = self.users.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=known, handled=False)


@contextmanager
def mail_server(*, tls: bool = False, safe: bool = False, **fields: Any) -> Iterator[MailServer]:
    """A running server, with STARTTLS (`tls`) or TLS from the beginning (`safe`)."""
    server = MailServer(**fields)
    context = certified().server if tls or safe else None

    def session() -> SMTP:
        return SMTP(
            server,
            hostname=HOST,
            loop=loop,
            tls_context=context if tls else None,
            authenticator=server.authenticate if server.users else None,
            auth_require_tls=tls,
            auth_exclude_mechanism=[way for way in ("LOGIN", "PLAIN") if way not in server.ways],
        )

    loop = asyncio.new_event_loop()
    opened = loop.create_server(session, "127.0.0.1", 0, ssl=context if safe else None)
    listening = loop.run_until_complete(opened)
    server.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_ended(listening), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _ended(listening: asyncio.AbstractServer) -> None:
    listening.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A server that clients with `trust` believe to be `localhost`, and a certificate file."""

    server: ssl.SSLContext
    trust: ssl.SSLContext


@cache
def certified(name: str = HOST) -> Certified:
    """A certificate made now, for this name alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Certified(server=_served(pem + secret), trust=ssl.create_default_context(cadata=pem.decode()))


def _served(pem: bytes) -> ssl.SSLContext:
    from tempfile import TemporaryDirectory

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with TemporaryDirectory() as room:
        file = Path(room) / "server.pem"
        file.write_bytes(pem)
        context.load_cert_chain(file)
    return context


@contextmanager
def scripted(script: Callable[[socket.socket, list[bytes]], None]) -> Iterator[tuple[int, list[bytes]]]:
    """A server of one connection that does what `script` does with it and the lines it heard: its port, and
    those lines."""
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(10)

    def serve() -> None:
        try:
            line, _ = listening.accept()
            with line:
                line.settimeout(10)
                script(line, heard)
        except OSError:
            return  # the client went away: that is what some scripts are for

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1], heard
    finally:
        listening.close()
        thread.join(10)


def says(*answers: str) -> Callable[[socket.socket, list[bytes]], None]:
    """A script: the first answer greets, each other one answers a line; then the connection is closed."""

    def script(line: socket.socket, heard: list[bytes]) -> None:
        with line.makefile("rb") as lines:
            for answer in answers:
                line.sendall(answer.encode() + b"\r\n")
                heard.append(lines.readline())

    return script
