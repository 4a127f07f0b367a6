"""A server that does not send what its certificate rests on, as Ireland's is said not to."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from loopback import Clock

from notifiers.said.reasons import said
from scrapers.source import Unreachable
from scrapers.wire.fetch import Fetcher, make_client

NOW = datetime.now(UTC)
PEM = serialization.Encoding.PEM
Signed = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def signed(name: str, by: Signed | None, *, authority: bool) -> Signed:
    """A certificate with its key, signed by another one, or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(by[0].subject if by else who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(by[1] if by else key, hashes.SHA256())
    )
    return made, key


class List(BaseHTTPRequestHandler):
    """A list, and no robots.txt."""

    def do_GET(self) -> None:
        body = b"" if self.path == "/robots.txt" else b"<TrustServiceStatusList>" + b" " * 2000
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture(params=["whole", "leaf alone"])
def chain(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "whole")


@pytest.fixture
def served(chain: bool, tmp_path: Path) -> Iterator[tuple[str, ssl.SSLContext]]:
    """The address of a list, and what a client trusts: the root alone, as a browser does."""
    root = signed("Root", None, authority=True)
    between = signed("Between", root, authority=True)
    leaf, key = signed("localhost", between, authority=False)
    sent: Sequence[x509.Certificate] = (leaf, between[0]) if chain else (leaf,)
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = tmp_path / "server.pem"
    file.write_bytes(key.private_bytes(PEM, *plain) + b"".join(one.public_bytes(PEM) for one in sent))
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(file)
    trusting = ssl.create_default_context(cadata=root[0].public_bytes(PEM).decode())
    with ThreadingHTTPServer(("127.0.0.1", 0), List) as server:
        server.socket = own.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"https://localhost:{server.server_port}/list.xml", trusting
        server.shutdown()
        thread.join()


def test_an_incomplete_chain_is_no_reason_to_trust_less_and_is_answered_with_what_to_do(
    served: tuple[str, ssl.SSLContext], chain: bool
) -> None:
    address, trusting = served
    clock = Clock()
    with make_client("", transport=httpx.HTTPTransport(verify=trusting)) as client:
        fetcher = Fetcher(client, now=clock.now, sleep=clock.sleep, monotonic=clock.monotonic)
        if chain:
            assert fetcher.get(address).status == 200
            return
        with pytest.raises(Unreachable) as refused:
            fetcher.get(address)
    assert not refused.value.passing
    told = said(refused.value.reason, "fr")
    assert "TLS est toujours vérifié" in told
    assert "SSL_CERT_FILE" in told
    assert clock.slept == [], "asking again would change nothing"
