"""Which signatures hold: our verification against a library's, and each part of a signature on its own."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier
from trusted_samples import SAMPLES, body, issued

from scrapers.source import Doubtful
from scrapers.trust.enveloped import BROKEN, ENVELOPED, check_whole
from scrapers.trust.signature import certificates_in, secure_parser

ISSUED = datetime(2026, 6, 1, tzinfo=UTC)
DSIG = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA = "http://www.w3.org/2001/04/xmlenc#sha256"
BARE = '<List xmlns="urn:list" Id="root">\n<Name>Acme</Name><Other Id="other"/>\n{}\n\n</List>'
LIST = f"<?before a?>{BARE}<?after b?>"


@pytest.fixture(scope="module")
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    return certificate_of(key)


def certificate_of(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Scheme operator")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    ends = datetime(2027, 1, 1, tzinfo=UTC)
    return (
        builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(ends).sign(key, SHA256())
    )


@pytest.fixture(scope="module")
def sign(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> Callable[..., bytes]:
    """Signs the list by hand, so that each part of a signature can be another than it should be."""

    def signed(
        text: str = LIST,
        whole: str = "",
        transforms: tuple[str, ...] = (ENVELOPED, EXCLUSIVE),
        canonical: str = EXCLUSIVE,
        more: str = "",
        named: x509.Certificate | None = None,
        properties: str = "<x:SignedSignatureProperties><x:SigningCertificateV2>{}</x:SigningCertificateV2>"
        "</x:SignedSignatureProperties>",
        refers: bool = True,
        target: str = "s",
    ) -> bytes:
        digest = base64.b64encode(hashlib.sha256((named or certificate).public_bytes(Encoding.DER)).digest())
        cert = f'<x:Cert><x:CertDigest><DigestMethod Algorithm="{SHA}"/><DigestValue>{digest.decode()}'
        cert += "</DigestValue></x:CertDigest></x:Cert>"
        said = f'<x:SignedProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#" xmlns="{DSIG}" Id="said">'
        said += f"{properties.format(cert)}</x:SignedProperties>"
        bare = etree.fromstring(text.format("").encode())
        document = bare.getroottree() if not whole else bare
        info = (
            f'<SignedInfo xmlns="{DSIG}"><CanonicalizationMethod Algorithm="{canonical}"/><SignatureMethod '
        )
        info += 'Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"/>'
        info += reference(whole, transforms, written(document))
        info += reference("#said", (EXCLUSIVE,), written(etree.fromstring(said))) if refers else ""
        info += f"{more}</SignedInfo>"
        numbers = decode_dss_signature(key.sign(written(etree.fromstring(info)), ec.ECDSA(SHA256())))
        value = base64.b64encode(b"".join(number.to_bytes(32, "big") for number in numbers)).decode()
        shown = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
        signature = f'<Signature xmlns="{DSIG}" Id="s">{info}<SignatureValue>{value}</SignatureValue>'
        signature += (
            f"<KeyInfo><X509Data><X509Certificate>{shown}</X509Certificate></X509Data></KeyInfo><Object>"
        )
        signature += '<x:QualifyingProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#" '
        signature += f'Target="#{target}">{said}</x:QualifyingProperties></Object></Signature>'
        return text.format(signature).encode()

    return signed


def written(part: etree._Element) -> bytes:
    return bytes(etree.tostring(part, method="c14n", exclusive=True, with_comments=False))


def reference(uri: str, transforms: tuple[str, ...], content: bytes) -> str:
    steps = "".join(f'<Transform Algorithm="{one}"/>' for one in transforms)
    value = base64.b64encode(hashlib.sha256(content).digest()).decode()
    method = f'<DigestMethod Algorithm="{SHA}"/><DigestValue>{value}</DigestValue>'
    return f'<Reference URI="{uri}"><Transforms>{steps}</Transforms>{method}</Reference>'


def whole(document: bytes, certificate: x509.Certificate, at: datetime = ISSUED) -> etree._Element:
    root = etree.fromstring(document, secure_parser())
    check_whole(root, certificate, at, tuple(certificates_in(root)))
    return root


def by_the_library(document: bytes, certificate: x509.Certificate, at: datetime) -> list[bytes]:
    config = XAdESSignatureConfiguration(
        location="./", expect_references=True, verification_time=at, ignore_ambiguous_key_info=True
    )
    found = XAdESVerifier().verify(
        document, x509_cert=certificate, expect_config=config, parser=secure_parser(), validate_schema=False
    )
    return [one.signed_data for one in found]


# Against a library


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_is_left_of_a_real_list_is_what_the_library_says_was_signed(sample: str) -> None:
    (signer, *_) = certificates_in(etree.fromstring(body(sample)))
    left = written(whole(body(sample), signer, issued(sample)))
    assert left in by_the_library(body(sample), signer, issued(sample))


def test_nothing_is_believed_that_the_library_refuses(
    sign: Callable[..., bytes], certificate: x509.Certificate
) -> None:
    """A list with some letters changed, anywhere; the library looks at the root alone, and not around it."""
    signed, dice = sign(BARE).decode(), random.Random(15)
    genuine, believed = written(whole(signed.encode(), certificate)), 0
    for _ in range(300):
        spot = dice.randrange(len(signed))
        damaged = signed[:spot] + dice.choice('A9<>"/ &') + signed[spot + dice.choice((0, 1, 1, 40)) :]
        try:
            left = written(whole(damaged.encode(), certificate))
        except (*BROKEN, Doubtful):
            continue
        believed += 1
        assert left == genuine
        assert left in by_the_library(damaged.encode(), certificate, ISSUED)
    assert believed < 30


def test_the_library_finds_what_is_signed_by_hand_sound(
    sign: Callable[..., bytes], certificate: x509.Certificate
) -> None:
    by_the_library(sign(BARE), certificate, ISSUED)


# Part by part


def test_a_signature_of_the_document_or_of_its_root_by_name_holds(
    sign: Callable[..., bytes], certificate: x509.Certificate
) -> None:
    for uri in ("", "#root"):
        assert whole(sign(whole=uri), certificate).findtext("{urn:list}Name") == "Acme"


def test_the_signature_alone_is_taken_out(sign: Callable[..., bytes], certificate: x509.Certificate) -> None:
    """The blank space behind it was signed, wherever it stands."""
    assert written(whole(sign(), certificate)) == written(etree.fromstring(LIST.format("")))
    first = '<List xmlns="urn:list">{}\n <Name>Acme</Name></List>'
    assert written(whole(sign(first), certificate)) == written(etree.fromstring(first.format("")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<?before a?>", b""),
        (b"<?after b?>", b"<?after c?>"),
        (b"</Signature>\n\n<", b"</Signature>\n<"),
        (b"<Name>Acme", b"<Name> Acme"),
        (b"<Name>", b"<Name Kind='x'>"),
        (b'Id="other"', b'Id="Other"'),
    ],
)
def test_nothing_of_the_document_can_be_changed(
    sign: Callable[..., bytes], certificate: x509.Certificate, old: bytes, new: bytes
) -> None:
    signed = sign()
    assert old in signed
    with pytest.raises(ValueError, match="Digest mismatch"):
        whole(signed.replace(old, new), certificate)


def test_a_signed_property_that_was_changed_is_refused(
    sign: Callable[..., bytes], certificate: x509.Certificate
) -> None:
    signed = sign().replace(b"<x:SignedSignatureProperties>", b"<x:SignedSignatureProperties> ")
    with pytest.raises(ValueError, match="Digest mismatch"):
        whole(signed, certificate)


@pytest.mark.parametrize(
    "transforms",
    [
        (),
        (EXCLUSIVE,),
        (EXCLUSIVE, ENVELOPED),
        (ENVELOPED, EXCLUSIVE, EXCLUSIVE),
        (ENVELOPED, "http://www.w3.org/TR/1999/REC-xpath-19991116"),
        (ENVELOPED, f"{EXCLUSIVE}WithComments"),
        (ENVELOPED, "http://www.w3.org/TR/1999/REC-xslt-19991116"),
    ],
)
def test_no_other_way_to_what_was_signed_is_taken(
    sign: Callable[..., bytes], certificate: x509.Certificate, transforms: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match="expected"):
        whole(sign(transforms=transforms), certificate)


@pytest.mark.parametrize("uri", ["http://example.test/x", "#nobody", "#other", "#xpointer(/)", "list.xml"])
def test_a_reference_to_anything_but_the_list_and_its_signature_is_refused(
    sign: Callable[..., bytes], certificate: x509.Certificate, uri: str
) -> None:
    """Also one that would hold: what nobody reads needs no proof, and what is fetched is not the list."""
    other = written(etree.fromstring('<Other xmlns="urn:list" Id="other"/>'))
    with pytest.raises(ValueError, match="expected a reference to one part of the signature"):
        whole(sign(more=reference(uri, (EXCLUSIVE,), other)), certificate)


def test_two_references_to_the_whole_are_refused(
    sign: Callable[..., bytes], certificate: x509.Certificate
) -> None:
    content = written(etree.fromstring(LIST.format("")))
    with pytest.raises(Doubtful):
        whole(sign(more=reference("#root", (ENVELOPED, EXCLUSIVE), content)), certificate)


def test_a_name_that_two_elements_bear_names_neither(
    sign: Callable[..., bytes], certificate: x509.Certificate
) -> None:
    with pytest.raises(ValueError, match="several"):
        whole(sign(LIST.replace('Id="other"', 'Id="root"'), whole="#root"), certificate)


def test_properties_that_are_not_signed_say_nothing(
    sign: Callable[..., bytes], certificate: x509.Certificate
) -> None:
    with pytest.raises(ValueError, match="signed properties"):
        whole(sign(refers=False), certificate)


def test_properties_of_another_signature_say_nothing(
    sign: Callable[..., bytes], certificate: x509.Certificate
) -> None:
    with pytest.raises(ValueError, match="this signature"):
        whole(sign(target="t"), certificate)


@pytest.mark.parametrize(
    "properties",
    [
        "<x:SignedSignatureProperties/>",
        "<x:SignedSignatureProperties><x:SigningCertificate/></x:SignedSignatureProperties>",
        "<x:SignedSignatureProperties><x:SigningCertificate>{0}</x:SigningCertificate><x:SigningCertificateV2>"
        "{0}</x:SigningCertificateV2></x:SignedSignatureProperties>",
    ],
)
def test_properties_that_name_no_certificate_or_two_are_refused(
    sign: Callable[..., bytes], certificate: x509.Certificate, properties: str
) -> None:
    with pytest.raises(ValueError, match="expected"):
        whole(sign(properties=properties), certificate)


def test_a_certificate_of_the_same_key_that_was_not_named_is_refused(
    sign: Callable[..., bytes], key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate
) -> None:
    with pytest.raises(ValueError, match="certificate of the signer"):
        whole(sign(named=certificate_of(key)), certificate)


def test_a_signature_canonicalised_with_comments_is_refused(
    sign: Callable[..., bytes], certificate: x509.Certificate
) -> None:
    with pytest.raises(ValueError, match="expected one of"):
        whole(sign(canonical=f"{EXCLUSIVE}WithComments"), certificate)


def test_a_certificate_counts_from_its_first_instant_to_its_last(
    sign: Callable[..., bytes], certificate: x509.Certificate
) -> None:
    signed = sign()
    for at in (certificate.not_valid_before_utc, certificate.not_valid_after_utc):
        assert whole(signed, certificate, at) is not None
    for at in (datetime(2025, 12, 31, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC)):
        with pytest.raises(ValueError, match="valid"):
            whole(signed, certificate, at)
        with pytest.raises(SignXMLException):
            by_the_library(signed, certificate, at)
