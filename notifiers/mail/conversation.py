"""One conversation with a mail server: the only place that speaks SMTP.

By the steps of `smtplib` and not its `sendmail`, which cannot say whether a connection broke before or after
the content was handed over: after it, the mail may have arrived.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from notifiers.mail.codes import CLOSING, Reply, breakage, refusal
from notifiers.mail.server import NEVER, Server
from notifiers.notifier import DeliveryError
from notifiers.wire.call import tls
from state.model import Reason

TIMEOUT = 20.0
FILTERED = 60.0
"""Seconds for the answer to the content, which many servers give after their filters have read it."""
LONGEST = 100.0
"""Seconds of a whole conversation, less than the lease of a message: a server that answers a letter a minute
keeps within every timeout."""
BROKEN = (OSError, smtplib.SMTPException, ValueError)
NAME = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
DOT = re.compile(rb"(?m)^\.")


class Conversation:
    """A connection to a mail server: `connect`, `make_safe` and `log_in`, in this order, make it take mails.

    A step raises `DeliveryError` where no mail can go on this connection any more.
    """

    def __init__(self, server: Server, context: ssl.SSLContext | None, timeout: float) -> None:
        self._server, self._context, self._timeout = server, context or tls(), timeout
        # Named in `_greet`: the library asks DNS for a name, which can take a minute.
        self._line = smtplib.SMTP(local_hostname="localhost", timeout=timeout)

    def connect(self) -> None:
        """Reaches the server, over TLS from the beginning where that is set."""
        self._require("greeting", self._step(self._connected))
        self._greet()

    def _connected(self) -> tuple[int, bytes]:
        place = (self._server.host, self._server.port)
        self._line.sock = socket.create_connection(place, self._timeout)
        if self._server.safe:
            self._wrap()
        return self._line.getreply()

    def _wrap(self) -> None:
        if self._line.sock:
            self._line.sock = self._context.wrap_socket(self._line.sock, server_hostname=self._server.host)

    def _greet(self) -> None:
        here, own = socket.gethostname(), self._line.sock.getsockname()[0] if self._line.sock else ""
        # A name without a dot, or with an underscore, is none to a mail server: some refuse who says it.
        named = NAME.fullmatch(here)
        self._line.local_hostname = here if named else f"[IPv6:{own}]" if ":" in own else f"[{own}]"
        self._require("greeting", self._step(self._line.ehlo))

    def make_safe(self) -> bool:
        """Begins TLS where it is offered, and never goes on without it once it was tried, or must be; whether
        nobody on the way can read along."""
        if self._server.safe or self._server.starttls == NEVER:
            return self._server.safe
        if not self._line.has_extn("starttls"):
            if self._server.must_be_safe:
                raise DeliveryError(Reason.of("mail_no_tls", host=self._server.host), permanent=True)
            return False
        self._require("tls", self._ask("STARTTLS"))
        self._step(self._wrap)
        # What was said in the open is forgotten, and what came along with the answer: it may be anybody's.
        self._line.file, self._line.esmtp_features = None, {}
        self._greet()
        return True

    def log_in(self) -> bool:
        """Logs in where a user is set; whether that was so."""
        host, user = self._server.host, self._server.user
        if not user:
            return False
        if not self._line.has_extn("auth"):
            raise DeliveryError(Reason.of("mail_no_login", host=host), permanent=True)
        if not f"{user}{self._server.password}".isascii() and not self._plain:
            raise DeliveryError(Reason.of("mail_login_letters", host=host), permanent=True)
        code = self._step(self._logged_in).code
        if code != 235:
            # Nothing that was said here is repeated: some servers quote what they were given.
            raise refusal("login", Reply(code=code), host=host)
        return True

    @property
    def _plain(self) -> bool:
        return "PLAIN" in self._line.esmtp_features.get("auth", "").upper().split()

    def _logged_in(self) -> tuple[int, bytes]:
        """The answer to the login. PLAIN by hand: the library gives up at a letter that is not of ASCII."""
        user, password = self._server.user, self._server.password
        if self._plain:
            word = b64encode("\0".join(("", user, password)).encode()).decode()
            return self._line.docmd("AUTH", f"PLAIN {word}")
        try:
            return self._line.login(user, password)
        except smtplib.SMTPAuthenticationError as refused:
            return refused.smtp_code, b""

    def hand_in(self, author: str, recipient: str, mail: bytes) -> DeliveryError | None:
        """Hands one mail in for one recipient; what stood in its way, None when the server has it."""
        self._author(author, len(mail))
        refused = self._recipient(recipient) or self._content(recipient, mail)
        if refused:
            self._ask("RSET")  # whatever is answered: the next mail shows whether the server goes on
        return refused

    def offer(self, author: str, recipient: str) -> DeliveryError | None:
        """Whether the server would take a mail for a recipient, as far as it says so before its content."""
        self._author(author, 0)
        refused = self._recipient(recipient)
        self._ask("RSET")
        return refused

    def _author(self, author: str, size: int) -> None:
        sized = f" SIZE={size}" if size and self._line.has_extn("size") else ""
        reply = self._ask(f"MAIL FROM:<{author}>{sized}")
        if not reply.good:
            raise refusal("author", reply, mailbox=author)

    def _recipient(self, recipient: str) -> DeliveryError | None:
        reply = self._ask(f"RCPT TO:<{recipient}>")
        return None if reply.good else self._refused("recipient", reply, recipient)

    def _content(self, recipient: str, mail: bytes) -> DeliveryError | None:
        reply = self._ask("DATA")
        if reply.code != 354:
            return self._refused("content", reply, recipient)
        self._step(lambda: self._line.send(DOT.sub(b"..", mail.rstrip(b"\r\n")) + b"\r\n.\r\n"))
        self._wait(FILTERED)
        reply = self._step(self._line.getreply, handed_over=True)
        self._wait(self._timeout)
        return None if reply.good else self._refused("content", reply, recipient)

    def _refused(self, step: str, reply: Reply, recipient: str) -> DeliveryError:
        refused = refusal(step, reply, recipient=recipient)
        if reply.code == CLOSING:
            raise refused
        return refused

    def _wait(self, seconds: float) -> None:
        """How long the next answers are waited for."""
        if self._line.sock:
            self._line.sock.settimeout(seconds)

    def _ask(self, command: str) -> Reply:
        return self._step(lambda: self._line.docmd(command))

    def _require(self, step: str, reply: Reply) -> None:
        if not reply.good:
            raise refusal(step, reply, host=self._server.host)

    def _step(self, step: Callable[[], tuple[int, bytes] | None], *, handed_over: bool = False) -> Reply:
        """The answer to one step; what breaks is raised outside the library's own exception."""
        host, password = self._server.host, self._server.password
        try:
            code, text = step() or (250, b"")
        except BROKEN as broken:
            trouble = breakage(broken, host, handed_over=handed_over)
        else:
            if code >= 200:
                said = text.decode("utf-8", "replace")
                return Reply(code=code, text=said.replace(password, "…") if password else said)
            trouble = breakage(ValueError(), host, handed_over=handed_over)  # what has no code is no SMTP
        raise trouble

    def hang_up(self) -> None:
        """Ends what waits for the other side, in whichever thread it does."""
        if self._line.sock:
            try:
                self._line.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it broke just now, by itself

    def leave(self) -> None:
        """Says goodbye."""
        try:
            self._line.docmd("QUIT")
        except BROKEN:
            return  # the mails are handed in: how the other side says goodbye changes nothing

    def close(self) -> None:
        self._line.close()


@contextmanager
def dialled(
    server: Server,
    *,
    context: ssl.SSLContext | None = None,
    timeout: float = TIMEOUT,
    longest: float = LONGEST,
) -> Iterator[Conversation]:
    """A conversation that is still to be begun, and ends in whichever way it goes."""
    talk = Conversation(server, context, timeout)
    watch = threading.Timer(longest, talk.hang_up)
    watch.daemon = True
    watch.start()
    try:
        yield talk
        talk.leave()
    finally:
        watch.cancel()
        talk.close()
