"""Where a webhook goes, and where it does not: names that change, certificates of others, proxies."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from every_event import build_event
from hook_receiver import Receiver, Turn

from notifiers.notifier import DeliveryError, Programs
from notifiers.webhook import notifier
from notifiers.webhook.notifier import Webhook
from notifiers.wire import call as calling
from state.model import Kind
from state.words.post import Message, Receipt
from watcher.ask.views.events import event_view
from watcher.ask.views.form import json_of

SECRET = "whsec_" + "A" * 32
PROGRAMS = Programs(
    view=lambda event, gone: json_of(event_view(event, gone)),
    source=lambda: "tag:vigilabel.invalid,2026:event",
)
TOLD = Message(key="k", channel="siem", lang="fr", events=(build_event(Kind.GAINED),))


def webhook(url: str, **more: Any) -> Webhook:
    return Webhook(url=url, secrets=(SECRET,), programs=PROGRAMS, clock=lambda: datetime.now(UTC), **more)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names that this machine knows, with the addresses they have at each question; any other is unknown."""
    known: dict[str, list[str]] = {}
    ask = socket.getaddrinfo

    def answer(host: Any, port: Any, *more: Any, **options: Any) -> Any:
        if host in known:
            place = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
            return [each for one in place.split() for each in ask(one, port, *more, **options)]
        if str(host).endswith(".test"):
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return ask(host, port, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known


def certificate(name: str, room: Path) -> Path:
    """A certificate that says it is of that name, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = room / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *plain) + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def secured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A program at `receiver.test`, over TLS that is trusted here; the loopback counts as the internet."""
    file = certificate("receiver.test", tmp_path)
    trusting = ssl.create_default_context(cafile=file)
    monkeypatch.setattr(calling, "tls", lambda: trusting)
    monkeypatch.setattr(notifier, "public", lambda place: place == "127.0.0.1")
    with Receiver() as program:
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own.load_cert_chain(file)
        assert program._server is not None
        program._server.socket = own.wrap_socket(program._server.socket, server_side=True)
        yield program


def over_tls(program: Receiver, name: str) -> str:
    return program.url.replace("http://127.0.0.1", f"https://{name}")


def test_the_connection_goes_to_the_address_that_was_judged_and_the_name_is_verified(
    secured: Receiver, names: dict[str, list[str]]
) -> None:
    names["receiver.test"] = ["127.0.0.1", "127.0.0.2"]
    assert webhook(over_tls(secured, "receiver.test")).send(TOLD) == Receipt()
    [taken] = secured.got
    assert taken.headers["host"].startswith("receiver.test:")
    assert names["receiver.test"] == ["127.0.0.2"], "it was asked for once"


def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(
    secured: Receiver, names: dict[str, list[str]]
) -> None:
    for places in ("127.0.0.2", "::1", "10.0.0.1 169.254.169.254"):
        names["receiver.test"] = [places]
        with pytest.raises(DeliveryError) as refused:
            webhook(over_tls(secured, "receiver.test")).send(TOLD)
        assert (refused.value.permanent, refused.value.reason.code) == (True, "call_barred")
    assert secured.got == []


def test_a_certificate_of_another_name_is_refused(secured: Receiver, names: dict[str, list[str]]) -> None:
    names["other.test"] = ["127.0.0.1"]
    with pytest.raises(DeliveryError) as refused:
        webhook(over_tls(secured, "other.test")).send(TOLD)
    assert (refused.value.permanent, refused.value.ambiguous) == (False, False)
    assert "SSLCertVerificationError" in str(refused.value)
    assert secured.got == []


@contextmanager
def proxy() -> Iterator[tuple[str, list[str]]]:
    """A proxy that says that it cannot, and what it was asked."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                while True:
                    with server.accept()[0] as one:
                        asked.append(one.recv(65_536).split(b"\r\n")[0].decode())
                        one.sendall(b"HTTP/1.1 502 No way\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        server.shutdown(socket.SHUT_RDWR)


def test_behind_a_proxy_the_name_is_the_proxys_to_resolve(names: dict[str, list[str]]) -> None:
    with proxy() as (address, asked):
        with pytest.raises(DeliveryError) as refused:
            webhook("https://unknown-here.test/hunter2", proxy=address).send(TOLD)
        assert asked == ["CONNECT unknown-here.test:443 HTTP/1.0"] or asked[0].startswith(
            "CONNECT unknown-here"
        )
    assert "hunter2" not in str(refused.value)


def test_who_goes_around_a_proxy_does_not_go_inside(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`urllib` reads NO_PROXY by itself, and a name may mean another address a moment later."""
    monkeypatch.setenv("no_proxy", "rebound.test")
    names["rebound.test"] = ["8.8.8.8", "127.0.0.2"]
    with proxy() as (address, asked):
        with pytest.raises(DeliveryError) as refused:
            webhook("https://rebound.test/", proxy=address).send(TOLD)
        assert asked == []
    assert refused.value.reason.code == "call_barred"


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "2130706433", "0x7f.1", "[::ffff:169.254.169.254]", "inside.test"]
)
def test_behind_a_proxy_what_is_known_to_lead_inside_is_refused_here(
    names: dict[str, list[str]], host: str
) -> None:
    names["inside.test"] = ["192.168.1.1"]
    with proxy() as (address, asked):
        with pytest.raises(DeliveryError) as refused:
            webhook(f"https://{host}/", proxy=address).send(TOLD)
        assert asked == []
    assert refused.value.reason.code == "call_barred"


def test_what_stands_in_the_way_is_known_before_anything_is_owed(names: dict[str, list[str]]) -> None:
    names |= {"inside.test": ["192.168.1.1"], "outside.test": ["8.8.8.8"]}
    barred = webhook("https://inside.test/").reach("siem")
    assert barred is not None
    assert barred.code == "call_barred"
    assert webhook("https://inside.test/", private=True).reach("siem") is None
    assert webhook("https://outside.test/").reach("siem") is None
    assert webhook("https://unknown-here.test/").reach("siem") is None


def test_a_long_answer_and_a_redirect_are_no_trap() -> None:
    with Receiver() as program:
        program.turns = [Turn(status=307, headers={"Location": program.url})]
        with pytest.raises(DeliveryError) as moved:
            webhook(program.url, private=True).send(TOLD)
        assert (moved.value.permanent, program.got) == (True, [])
        assert webhook(program.url, private=True).send(TOLD) == Receipt()
