"""The mail server of a channel, whom it writes for and to, as settings give them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.utils import getaddresses
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from notifiers.given import Unfit, texts
from state.model import Reason

if TYPE_CHECKING:
    from notifiers.notifier import NamedChannel

OFFERED, REQUIRED, NEVER = "offered", "required", "never"
"""Whether a connection is made safe after it began: where the server offers it, always, or never."""
PORTS = {"smtps": 465, "smtp": 587}
MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
"""An address without quotes, comments or accents: what every server takes, and no command can hide in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where mails are handed in. `safe`: the connection is TLS from its beginning."""

    host: str
    port: int
    safe: bool = False
    starttls: str = OFFERED
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def must_be_safe(self) -> bool:
        """Whether nothing may be said before the connection is TLS: a password never goes in the open."""
        return self.starttls == REQUIRED or bool(self.user)


def server_of(url: str, starttls: str = OFFERED) -> Server:
    """The server at an address that `read_url` took."""
    parts = urlsplit(url)
    return Server(
        host=str(parts.hostname),
        port=parts.port or PORTS[parts.scheme],
        safe=parts.scheme == "smtps",
        starttls=starttls,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def read_url(given: object) -> str:
    """`smtp://user:password@host:587` or `smtps://…`, of which nothing is repeated: it may be a password."""
    found = given.strip() if isinstance(given, str) else ""
    try:
        parts = urlsplit(found)
        # What is not percent-encoded in a password ends up elsewhere: `#` begins a fragment, `/` a path.
        fits = parts.scheme in PORTS and parts.hostname and parts.path in ("", "/") and parts.port != 0
        fits = (
            fits and not parts.query and not parts.fragment and bool(parts.username) == bool(parts.password)
        )
    except ValueError:  # a port that is none, brackets that do not close
        fits = False
    if not fits or not found.isprintable() or " " in found:
        raise Unfit.of("setting_mail_url")
    return found


def read_author(given: object) -> tuple[str, str]:
    """The name, "" for none, and the mailbox of `Veille <veille@example.org>`."""
    found = getaddresses([given]) if isinstance(given, str) and given.isprintable() else []
    # Of two addresses in one text the reader of the library would give the first, and say nothing.
    if len(found) != 1 or not MAILBOX.fullmatch(found[0][1]):
        raise Unfit.of("setting_mailbox", found=repr(given))
    return found[0]


def read_recipients(given: object) -> tuple[str, ...]:
    """The mailboxes of a list, each once."""
    return tuple(dict.fromkeys(read_author(one)[1] for one in texts(given)))


def check(channel: NamedChannel) -> None:
    """Refuses a password where the connection is never made safe."""
    server = server_of(channel.url, channel.options.get("starttls", OFFERED))
    if server.user and not server.safe and server.starttls == NEVER:
        raise Unfit({"starttls": Reason.of("setting_mail_open")})
