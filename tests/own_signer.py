"""A key of the tests' own that signs lists: real ones that were changed, where the program accepts it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import SignatureMethod
from signxml.xades.xades import XAdESSigner

TSL = {"t": "http://uri.etsi.org/02231/v2#", "ds": "http://www.w3.org/2000/09/xmldsig#"}


class OwnSigner:
    """A key with its certificate, valid from 2020 to 2030."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
        made = made.public_key(self._key.public_key()).serial_number(1)
        made = made.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        self.certificate = made.not_valid_after(datetime(2030, 1, 1, tzinfo=UTC)).sign(self._key, SHA256())

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(SHA256()).hex()

    @property
    def encoded(self) -> str:
        """The certificate as lists print it."""
        return base64.b64encode(self.certificate.public_bytes(Encoding.DER)).decode()

    def signs(self, body: bytes, change: Callable[[etree._Element], None]) -> bytes:
        """A list changed and signed anew; its old signature is taken away."""
        root = etree.fromstring(body)
        root.remove(root.find("ds:Signature", TSL))
        change(root)
        etree.cleanup_namespaces(root)  # else the prefixes change after they were hashed
        tool = XAdESSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256)
        plain = etree.fromstring(etree.tostring(root))
        signed = tool.sign(plain, key=self._key, cert=[self.certificate])
        return bytes(etree.tostring(signed, encoding="UTF-8"))


def head(root: etree._Element, **printed: str) -> None:
    """Prints other texts in the head of a list, by the names of its elements."""
    for name, text in printed.items():
        root.find(f"t:SchemeInformation//t:{name}", TSL).text = text
