"""Whether a trusted list was signed by an accepted signer, and exactly what was signed.

A trusted list names its own signer, so a good signature alone proves nothing: the certificate in it must be
one that a person has accepted, named by its SHA-256 fingerprint. It must have been valid when the list was
issued, not today: lists outlive the certificates of those who sign them. The reasons are in
`docs/decisions/0006-trusted-list-signature.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from scrapers.source import Doubtful
from scrapers.trust.enveloped import BROKEN, DS, check_whole, decoded
from state.model import Reason

if TYPE_CHECKING:
    from scrapers.trust import Named, Signers


def secure_parser() -> etree.XMLParser:
    """A parser that expands no entity, loads no DTD, opens no address, and reads UTF-8 whatever is declared.

    Because the encoding is fixed, looking for a DOCTYPE among the bytes finds every DOCTYPE. Comments are not
    signed, and one inside a name would cut its text in two: they are not kept.
    """
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        collect_ids=False,
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
            for certificate in certificates_in(root)
        )
    except BROKEN as error:
        raise Doubtful(Reason.of("bad_certificate", error=str(error))) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A list under a signature that holds; `doubt` is there when no accepted signer made it."""

    root: etree._Element
    doubt: Doubtful | None = None


def signed_tree(root: etree._Element, *, signers: Signers, issued: datetime) -> Signed:
    """The list as whoever signed it did; raises `Doubtful`, saying what failed, when no signature holds.

    The signature is taken out of the tree. What is left is what was hashed, letter by letter, so that nothing
    beside it can be read by mistake; and only a signature over the whole document counts: a genuine list
    wrapped in a forged one is refused.
    """
    try:
        found = tuple(certificates_in(root))
        if not found:
            raise Doubtful(Reason.of("no_signer"))
        # By fingerprint and not by name: anybody can make a certificate of the same name.
        known = signers.on(issued)
        accepted = [one for one in found if one.fingerprint(SHA256()).hex() in known]
        signed = check_whole(root, (accepted or found)[0], issued, found)
    except BROKEN as error:
        raise Doubtful(Reason.of("bad_signature", error=str(error) or type(error).__name__)) from error
    if _has_instructions(signed):  # one inside a name would cut its text in two for the reader
        etree.strip_tags(root, etree.ProcessingInstruction)
    return Signed(root=root, doubt=None if accepted else _stranger(found, signers, issued))


def _has_instructions(signed: bytes) -> bool:
    # By the question marks, which are few: looking for "<?" stops at each of a hundred thousand "<".
    at = signed.find(b"?")
    while at > 0 and signed[at - 1 : at] != b"<":
        at = signed.find(b"?", at + 1)
    return at > 0


def certificates_in(root: etree._Element) -> Iterator[x509.Certificate]:
    signatures = root.findall("ds:Signature", DS)
    if len(signatures) != 1:
        raise Doubtful(Reason.of("not_one_signature", found=len(signatures)))
    for element in signatures[0].iterfind("ds:KeyInfo/ds:X509Data/ds:X509Certificate", DS):
        yield x509.load_der_x509_certificate(decoded(element))


def _stranger(found: tuple[x509.Certificate, ...], signers: Signers, issued: datetime) -> Doubtful:
    """That nobody accepted the signer, and what to compare before somebody does."""
    spans = [signers.span_of(one.fingerprint(SHA256()).hex()) for one in found]
    return Doubtful(
        Reason.of("unknown_signer", accepted=len(signers.on(issued)), signer=tuple(map(_described, found))),
        *(_of_another_time(span, issued) for span in spans if span is not None),
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
