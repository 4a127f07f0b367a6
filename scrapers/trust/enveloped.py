"""Whether a XAdES signature that stands in a document is one over all of it, by a certificate.

The form is that of ETSI TS 119 612 (5.7.1 and annex B): right under the root, over the whole document but
itself, and over its own signed properties. All else is refused, so that little can go wrong: no other
transform, no address, no key but that of the certificate.

Of our own, though libraries do it: signxml took ten times as long as parsing, since it writes and parses the
document anew for every reference. What it refuses, this refuses; tests hold one against the other.
"""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from scrapers.source import Doubtful
from state.model import Reason

DSIG = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
MGF1 = "http://www.w3.org/2007/05/xmldsig-more#"
ENC = "http://www.w3.org/2001/04/xmlenc#"
DS = {
    "ds": DSIG,
    "xades": "http://uri.etsi.org/01903/v1.3.2#",
    "ec": "http://www.w3.org/2001/10/xml-exc-c14n#",
}
ENVELOPED = f"{DSIG}enveloped-signature"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
# Whether it is the exclusive one. Those with comments are refused: comments are dropped before.
CANONICAL = {DS["ec"]: True, INCLUSIVE: False, "http://www.w3.org/2006/12/xml-c14n11": False}
# No SHA-1: whoever can make two documents of one hash can have one signed and show the other.
DIGESTS = {f"{ENC}sha256": "sha256", f"{MORE}sha384": "sha384", f"{ENC}sha512": "sha512"}
# The list of 2019 names its certificate by it. That is signed too, and the pin is what counts.
OF_CERTIFICATES = {**DIGESTS, f"{DSIG}sha1": "sha1"}
HASHES: dict[str, HashAlgorithm] = {"sha256": SHA256(), "sha384": SHA384(), "sha512": SHA512()}
METHODS = {
    **{f"{MORE}rsa-{name}": ("rsa", one) for name, one in HASHES.items()},
    **{f"{MORE}ecdsa-{name}": ("ecdsa", one) for name, one in HASHES.items()},
    **{f"{MGF1}{name}-rsa-MGF1": ("pss", one) for name, one in HASHES.items()},
}
# All that is let through when a signature is wrong or malformed.
BROKEN = (InvalidSignature, UnsupportedAlgorithm, etree.LxmlError, ValueError, TypeError)


def check_whole(
    root: etree._Element, certificate: x509.Certificate, issued: datetime, beside: Sequence[x509.Certificate]
) -> bytes:
    """What was signed, in canonical form, of a document out of which its signature is taken.

    The root is read from then on, and nothing else of the document: it was hashed letter by letter. Raises
    `Doubtful` for a signature over less, `ValueError` or an error of the library for keys for one that does
    not hold. `beside` are all certificates that come with the signature.
    """
    _check_valid(certificate, issued)
    signature = _one(root, "ds:Signature")
    info = _one(signature, "ds:SignedInfo")
    _check_signed(info, signature, certificate)
    qualifying = _one(signature, "ds:Object/xades:QualifyingProperties")
    if qualifying.get("Target") != f"#{signature.get('Id')}":
        raise ValueError(f"expected properties of this signature; found {qualifying.get('Target')!r}")
    properties = _one(qualifying, "xades:SignedProperties")
    _check_named(properties, certificate, beside)
    whole, parts = _split(info, root)
    covered = [_checked_part(reference, signature) for reference in parts]  # each of them, needed or not
    if not any(part is properties for part in covered):
        raise ValueError("expected a reference to the signed properties of XAdES; found none")
    _take_out(signature)
    # A reference to "" is to the document, instructions around its root included; one by Id is to the root.
    return _hashed(whole, root if whole.get("URI") else root.getroottree(), (ENVELOPED,))


def _check_valid(certificate: x509.Certificate, issued: datetime) -> None:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begins <= issued <= ends:
        raise ValueError(f"the certificate is valid from {begins} to {ends}, not at {issued}")


def _check_signed(info: etree._Element, signature: etree._Element, certificate: x509.Certificate) -> None:
    """Raises where the key of the certificate did not sign these references."""
    how, hashed = METHODS[_algorithm(_one(info, "ds:SignatureMethod"), METHODS)]
    value = decoded(_one(signature, "ds:SignatureValue"))
    said, key = _canonical(info, _one(info, "ds:CanonicalizationMethod")), certificate.public_key()
    if how == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
        half = (key.key_size + 7) // 8  # XML has both numbers in full, one after the other, and not in ASN.1
        if len(value) != 2 * half:
            raise ValueError(f"expected a signature of {2 * half} bytes; found {len(value)}")
        numbers = (int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))
        key.verify(encode_dss_signature(*numbers), said, ec.ECDSA(hashed))
    elif how == "pss" and isinstance(key, rsa.RSAPublicKey):
        key.verify(value, said, padding.PSS(padding.MGF1(hashed), hashed.digest_size), hashed)
    elif how == "rsa" and isinstance(key, rsa.RSAPublicKey):
        key.verify(value, said, padding.PKCS1v15(), hashed)
    else:
        raise ValueError("the method of the signature is not one for the key of its certificate")


def _split(info: etree._Element, root: etree._Element) -> tuple[etree._Element, list[etree._Element]]:
    """The one reference to the whole document, and those to parts of the signature."""
    own = root.get("Id")
    names = {""} if own is None else {"", f"#{own}"}
    references = info.findall("ds:Reference", DS)
    whole = [one for one in references if one.get("URI") in names]
    if len(whole) != 1:
        raise Doubtful(Reason.of("signature_of_a_part"))
    if whole[0].get("URI") and len(_with_id(root, str(own))) > 1:
        raise ValueError(f"expected one element with the Id {own}; found several")
    return whole[0], [one for one in references if one is not whole[0]]


def _checked_part(reference: etree._Element, signature: etree._Element) -> etree._Element:
    """The part of the signature that a reference is to, which is as it was signed."""
    uri = reference.get("URI") or ""
    found = _with_id(signature, uri[1:]) if uri.startswith("#") else []
    if len(found) != 1:
        raise ValueError(f"expected a reference to one part of the signature; found {uri!r}")
    _hashed(reference, found[0], ())
    return found[0]


def _with_id(element: etree._Element, value: str) -> list[etree._Element]:
    ids = ("Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id")
    return [one for one in element.iter(etree.Element) if value in map(one.get, ids)]


def _hashed(
    reference: etree._Element, part: etree._Element | etree._ElementTree, first: Sequence[str]
) -> bytes:
    """A part in its canonical form; raises unless it has the printed digest, after the `first` transforms."""
    transforms = reference.findall("ds:Transforms/ds:Transform", DS)
    names = [one.get("Algorithm") or "" for one in transforms]
    rest = transforms[len(first) :]
    if tuple(names[: len(first)]) != tuple(first) or len(rest) > 1:
        raise ValueError(f"expected the transforms of a trusted list; found {', '.join(names) or 'none'}")
    written = _canonical(part, rest[0]) if rest else etree.tostring(part, method="c14n", with_comments=False)
    digest = DIGESTS[_algorithm(_one(reference, "ds:DigestMethod"), DIGESTS)]
    if hashlib.new(digest, written).digest() != decoded(_one(reference, "ds:DigestValue")):
        raise ValueError(f"Digest mismatch for reference {reference.get('URI')!r}")
    return written


def _canonical(part: etree._Element | etree._ElementTree, method: etree._Element) -> bytes:
    exclusive = CANONICAL[_algorithm(method, CANONICAL)]
    listed = method.find("ec:InclusiveNamespaces", DS)
    prefixes = None if listed is None or not exclusive else (listed.get("PrefixList") or "").split()
    written: bytes = etree.tostring(
        part, method="c14n", exclusive=exclusive, with_comments=False, inclusive_ns_prefixes=prefixes
    )
    return written


def _check_named(
    properties: etree._Element, certificate: x509.Certificate, beside: Sequence[x509.Certificate]
) -> None:
    """Raises where the signed properties name another certificate, so that none can be put in its place."""
    kinds = ("xades:SigningCertificate", "xades:SigningCertificateV2")
    within = _one(properties, "xades:SignedSignatureProperties")
    named = [one for kind in kinds for one in within.iterfind(kind, DS)]
    if len(named) != 1:
        raise ValueError(f"expected one of {', '.join(kinds)}; found {len(named)}")
    digests = named[0].findall("xades:Cert/xades:CertDigest", DS)
    if not digests:
        raise ValueError("expected the certificate of the signer in the signed properties; found none")
    for rank, digest in enumerate(digests):
        name = OF_CERTIFICATES[_algorithm(_one(digest, "ds:DigestMethod"), OF_CERTIFICATES)]
        wanted = decoded(_one(digest, "ds:DigestValue"))
        # The first is the signer's; the others are those of whoever issued it.
        known = (certificate, *beside) if rank else (certificate,)
        if all(hashlib.new(name, one.public_bytes(Encoding.DER)).digest() != wanted for one in known):
            raise ValueError("Digest mismatch for the certificate of the signer")


def _take_out(signature: etree._Element) -> None:
    """Removes the signature and nothing else: the blank space behind it was signed."""
    parent, before, tail = signature.getparent(), signature.getprevious(), signature.tail or ""
    parent.remove(signature)
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail


def _one(element: etree._Element, path: str) -> etree._Element:
    """The only element at a path; two would let one be checked and the other be read."""
    found = element.findall(path, DS)
    if len(found) != 1:
        raise ValueError(f"expected one {path} in the signature; found {len(found)}")
    return found[0]


def _algorithm(element: etree._Element, known: Collection[str]) -> str:
    name = element.get("Algorithm") or ""
    if name not in known:
        weak = " (SHA1 is broken)" if name.endswith("sha1") else ""
        raise ValueError(f"expected one of {', '.join(known)}; found {name or 'none'}{weak}")
    return str(name)


def decoded(element: etree._Element) -> bytes:
    """The bytes that an element holds in Base64; raises `ValueError` for anything else in it."""
    return binascii.a2b_base64("".join((element.text or "").split()), strict_mode=True)
