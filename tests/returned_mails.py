"""Mails that come back, written after RFC 3464 in the way of each kind of server; no copies of real ones."""

from __future__ import annotations

from collections.abc import Callable

Draw = Callable[..., bytes]
WORDS = "<{to}>: no such user here"


def headers_of(mail: bytes) -> str:
    """The headers of a mail, as a server returns them."""
    return mail.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("ascii") + "\n"


def report(*parts: tuple[str, str], head: str = "", kind: str = "delivery-status") -> bytes:
    """A report with these parts, each a content type and its text."""
    text = (
        "From: MAILER-DAEMON@relay.example\nTo: veille@chu.example\nSubject: Undelivered\nMIME-Version: 1.0\n"
        f'{head}Content-Type: multipart/report; report-type={kind};\n\tboundary="=_frontier"\n\n'
    )
    for form, body in parts:
        text += f"--=_frontier\nContent-Type: {form}\n\n{body}\n"
    return f"{text}--=_frontier--\n".encode()


def postfix(
    mail: bytes,
    to: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    final: str = "",
    words: str = WORDS,
) -> bytes:
    """What Postfix returns: both recipients, a diagnostic on several lines, the headers alone."""
    said = words.format(to=to)
    status_part = (
        "Reporting-MTA: dns; relay.example\nX-Postfix-Queue-ID: 4XyZ\nArrival-Date: Tue, 3 Mar 2026 21:00:01"
        f" +0000 (UTC)\n\nFinal-Recipient: rfc822; {final or to}\nOriginal-Recipient: rfc822;{to}\nAction:"
        f" {action}\nStatus: {status}\nRemote-MTA: dns; mx.chu.example\nDiagnostic-Code: smtp; 550 {status}\n"
        f"    {said}\n"
    )
    return report(
        ("text/plain; charset=us-ascii", "This is the mail system at host relay.example.\n"),
        ("message/delivery-status", status_part),
        ("text/rfc822-headers", headers_of(mail)),
    )


def exim(mail: bytes, to: str) -> bytes:
    """What Exim returns: no status but the general one, and the mail itself."""
    status = (
        f"Reporting-MTA: dns; relay.example\n\nAction: failed\nFinal-Recipient: rfc822;{to}\nStatus: 5.0.0\n"
        f"Remote-MTA: dns; mx.chu.example\nDiagnostic-Code: smtp; 550 {WORDS.format(to=to)}\n"
    )
    head = "X-Failed-Recipients: someone@else.example\nAuto-Submitted: auto-replied\n"
    return report(
        ("text/plain", "A message that you sent could not be delivered."),
        ("message/delivery-status", status),
        ("message/rfc822", mail.decode("ascii").replace("\r\n", "\n")),
        head=head,
    )


def exchange(mail: bytes, to: str) -> bytes:
    """What Exchange and Microsoft 365 return: an HTML part, the address in letters of its own, long words, a
    folded `Message-ID`, and a header of theirs."""
    status = (
        "Reporting-MTA: dns;pa0pr01mb.prod.example\nReceived-From-MTA: dns;relay.example\n\nFinal-Recipient:"
        f" rfc822;{to.upper()}\nAction: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10"
        f" RESOLVER.ADR.RecipientNotFound; not found by lookup {'of its address ' * 40}\n"
        "X-Display-Name: RSSI\n"
    )
    folded = mail.decode("ascii").replace("\r\n", "\n").replace("Message-ID: ", "Message-ID:\n\t")
    return report(
        ("text/html; charset=utf-8", "<p>Votre message n’a pas pu être remis.</p>"),
        ("message/delivery-status", status),
        ("message/rfc822", folded),
        head="Auto-Submitted: auto-replied\nX-MS-Exchange-Message-Is-Ndr:\n",
    )


def gmail(mail: bytes, to: str) -> bytes:
    """What Gmail returns: texts within a part of their own, no original recipient, a date of the last try."""
    status = (
        "Reporting-MTA: dns; googlemail.com\nArrival-Date: Tue, 03 Mar 2026 13:00:01 -0800 (PST)\n\n"
        f"Final-Recipient: rfc822; {to}\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.chu.example."
        f" (192.0.2.1, the server for the domain.)\nDiagnostic-Code: smtp; 550-5.1.1 {WORDS.format(to=to)}\n"
        " 550 5.1.1 - gsmtp\nLast-Attempt-Date: Tue, 03 Mar 2026 13:00:05 -0800 (PST)\n"
    )
    inner = '--=_in\nContent-Type: text/plain; charset="UTF-8"\n\nAddress not found\n--=_in--\n'
    return report(
        ('multipart/related; boundary="=_in"', inner),
        ("message/delivery-status", status),
        ("message/rfc822", mail.decode("ascii").replace("\r\n", "\n")),
        head=f"Auto-Submitted: auto-replied\nX-Failed-Recipients: {to}\n",
    )


SERVERS: dict[str, Draw] = {"postfix": postfix, "exim": exim, "exchange": exchange, "gmail": gmail}
