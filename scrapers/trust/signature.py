"""Whether a trusted list was signed by an accepted signer, and exactly what was signed.

A trusted list names its own signer, so a good signature alone proves nothing: the certificate in it must be
one that a person has accepted, named by its SHA-256 fingerprint. It must have been valid when the list was
issued, not today: lists outlive the certificates of those who sign them. The reasons are in
`docs/decisions/0006-trusted-list-signature.md`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import VerifyResult
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from scrapers.source import Doubtful
from state.model import Reason

if TYPE_CHECKING:
    from scrapers.trust.signers import Named, Signers

DS = {"ds": "http://www.w3.org/2000/09/xmldsig#"}

# All that signxml, cryptography and lxml let through when a signature is wrong or malformed.
BROKEN = (SignXMLException, InvalidSignature, UnsupportedAlgorithm, etree.LxmlError, ValueError, TypeError)


def secure_parser() -> etree.XMLParser:
    """A parser that expands no entity, loads no DTD, opens no address, and reads UTF-8 whatever is declared.

    Because the encoding is fixed, looking for a DOCTYPE among the bytes finds every DOCTYPE.
    """
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A certificate that a list says it was signed with: its SHA-256, and what it says of itself."""

    fingerprint: str
    said: Reason


def named_signers(root: etree._Element) -> tuple[Signer, ...]:
    """Who a list says signed it, which proves nothing; raises `Doubtful` when it does not say."""
    try:
        return tuple(
            Signer(fingerprint=certificate.fingerprint(SHA256()).hex(), said=_described(certificate))
            for certificate in _certificates(root)
        )
    except BROKEN as error:
        raise Doubtful(Reason.of("bad_certificate", error=str(error))) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A list under a signature that holds; `doubt` is there when no accepted signer made it."""

    root: etree._Element
    doubt: Doubtful | None = None


def signed_list(body: bytes, *, signers: Signers, issued: datetime) -> Signed:
    """The list as whoever signed it did; raises `Doubtful`, saying what failed, when no signature holds.

    The tree is made of the signed bytes, so nothing beside them can be read by mistake, and only a signature
    over the whole document counts: a genuine list wrapped in a forged one is refused.
    """
    try:
        root = etree.fromstring(body, secure_parser())
        found = tuple(_certificates(root))
        if not found:
            raise Doubtful(Reason.of("no_signer"))
        # By fingerprint and not by name: anybody can make a certificate of the same name.
        accepted = [one for one in found if one.fingerprint(SHA256()).hex() in signers.on(issued)]
        whole = _whole(_verify(body, (accepted or found)[0], issued), root)
    except BROKEN as error:
        raise Doubtful(Reason.of("bad_signature", error=str(error) or type(error).__name__)) from error
    return Signed(root=whole, doubt=None if accepted else _stranger(found, signers, issued))


def _certificates(root: etree._Element) -> Iterator[x509.Certificate]:
    signatures = root.findall("ds:Signature", DS)
    if len(signatures) != 1:
        raise Doubtful(Reason.of("not_one_signature", found=len(signatures)))
    for element in signatures[0].iterfind("ds:KeyInfo/ds:X509Data/ds:X509Certificate", DS):
        yield x509.load_der_x509_certificate(base64.b64decode(element.text or ""))


def _stranger(found: tuple[x509.Certificate, ...], signers: Signers, issued: datetime) -> Doubtful:
    """That nobody accepted the signer, and what to compare before somebody does."""
    spans = [span for one in found if (span := signers.span_of(one.fingerprint(SHA256()).hex())) is not None]
    return Doubtful(
        Reason.of("unknown_signer", accepted=len(signers.on(issued)), signer=tuple(map(_described, found))),
        *(_of_another_time(span, issued) for span in spans),
    )


def _of_another_time(span: Named, issued: datetime) -> Reason:
    begins, ends, list_of = (f"{at:%Y-%m-%dT%H:%M}Z" if at else "" for at in (span.since, span.until, issued))
    if not ends:
        return Reason.of("signer_named_since", begins=begins, issued=list_of)
    return Reason.of("signer_named_until", begins=begins, ends=ends, issued=list_of)


def _described(certificate: x509.Certificate) -> Reason:
    return Reason.of(
        "certificate",
        fingerprint=certificate.fingerprint(SHA256()).hex(),
        subject=certificate.subject.rfc4514_string(),
        begins=f"{certificate.not_valid_before_utc:%Y-%m-%d}",
        ends=f"{certificate.not_valid_after_utc:%Y-%m-%d}",
    )


def _verify(body: bytes, certificate: x509.Certificate, issued: datetime) -> list[VerifyResult]:
    """What each reference covers; raises one of BROKEN, also when there are no XAdES properties."""
    return XAdESVerifier().verify(
        body,
        x509_cert=certificate,
        parser=secure_parser(),
        expect_config=XAdESSignatureConfiguration(
            location="./",  # right under the root: a signature further down signs something else
            expect_references=True,  # any number of them: which ones matter is decided in _whole
            verification_time=issued,
            ignore_ambiguous_key_info=True,  # the accepted certificate is the key, whatever KeyValue says
        ),
    )


def _whole(results: list[VerifyResult], root: etree._Element) -> etree._Element:
    """The signed tree of the one reference that covers the document, of a XAdES signature.

    Such a reference is empty or names the root by its Id; the same Id anywhere else is refused by signxml.
    """
    whole = {"", f"#{root.get('Id')}"}
    references = results[0].signature_xml.iterfind("ds:SignedInfo/ds:Reference", DS) if results else ()
    covering = [
        result.signed_xml
        for result, reference in zip(results, references, strict=True)
        if reference.get("URI") in whole
    ]
    if len(covering) != 1 or covering[0] is None or covering[0].tag != root.tag:
        raise Doubtful(Reason.of("signature_of_a_part"))
    # A comment or an instruction inside a name would cut its text in two for the reader.
    etree.strip_tags(covering[0], etree.Comment, etree.ProcessingInstruction)
    return covering[0]
