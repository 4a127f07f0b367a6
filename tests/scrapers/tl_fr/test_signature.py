"""Which lists are believed: the real one, small ones signed by keys of ours, and the ways to forge them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from lxml import etree
from refusals import refuses
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner
from signxml.xades.xades import XAdESSigner

from notifiers.said.reasons import spoken
from scrapers.source import Doubtful, LayoutChanged, Misset, SourceError
from scrapers.tl_fr.source import ANSSI_2019, TlFr
from state.model import Listing, Page

REAL = Path(__file__).parents[2] / "fixtures" / "tl_fr" / "tl-fr_seq56_2019-09-04.xml"
DS = {"ds": "http://www.w3.org/2000/09/xmldsig#"}
SMALL = """<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#"{id}>
<SchemeInformation><TSLVersionIdentifier>6</TSLVersionIdentifier><SchemeTerritory>FR</SchemeTerritory>
<ListIssueDateTime>{issued}</ListIssueDateTime></SchemeInformation>
<TrustServiceProviderList><TrustServiceProvider>
<TSPInformation><TSPName><Name xml:lang="fr">{holder}</Name></TSPName></TSPInformation>
<TSPServices><TSPService><ServiceInformation>
<ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST</ServiceTypeIdentifier>
<ServiceName><Name xml:lang="fr">Horodatage</Name></ServiceName>
<ServiceDigitalIdentity><DigitalId><X509SKI>AQID</X509SKI></DigitalId></ServiceDigitalIdentity>
<ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted</ServiceStatus>
<StatusStartingTime>2025-01-01T00:00:00Z</StatusStartingTime>
</ServiceInformation></TSPService></TSPServices>
</TrustServiceProvider></TrustServiceProviderList>{more}</TrustServiceStatusList>"""


Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def small(holder: str = "Acme", issued: str = "2026-06-01T00:00:00Z", id: str = "", more: str = "") -> str:
    named = f' Id="{id}"' if id else ""
    return SMALL.format(holder=holder, issued=issued, id=named, more=more)


class OldSigner(XAdESSigner):
    """Signs with SHA-1 as well."""

    def check_deprecated_methods(self) -> None:
        pass


@dataclass(frozen=True)
class Operator:
    """A key of ours with its certificate, valid in 2026."""

    key: Key
    certificate: x509.Certificate

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(SHA256()).hex()

    def signs(
        self,
        text: str,
        signer: type[XMLSigner] = XAdESSigner,
        method: SignatureMethod = SignatureMethod.ECDSA_SHA256,
        digest: DigestAlgorithm = DigestAlgorithm.SHA256,
        part: str | None = None,
    ) -> str:
        tool = signer(signature_algorithm=method, digest_algorithm=digest)
        signed = tool.sign(etree.fromstring(text), key=self.key, cert=[self.certificate], reference_uri=part)
        return str(etree.tostring(signed, encoding="unicode"))


@pytest.fixture(scope="module")
def make_operator() -> Callable[..., Operator]:
    def make(name: str, key: Key | None = None) -> Operator:
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1)
        dated = builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(
            datetime(2026, 12, 31, tzinfo=UTC)
        )
        return Operator(key, dated.sign(key, SHA256()))

    return make


@pytest.fixture(scope="module")
def operator(make_operator: Callable[..., Operator]) -> Operator:
    return make_operator("Scheme operator")


@pytest.fixture(scope="module")
def real() -> bytes:
    return REAL.read_bytes()


def read(body: str | bytes, *operators: Operator) -> Listing:
    raw = body if isinstance(body, bytes) else body.encode()
    source = TlFr()
    if operators:
        source = replace(source, signers=tuple(one.fingerprint for one in operators))
    page = Page(url="https://example.test/tl-fr.xml", body=raw, fetched_at=datetime(2026, 6, 2, tzinfo=UTC))
    return source.read([page])


def holders(listing: Listing) -> list[str]:
    return [row.holder for row in listing.attestations]


# Who signed


def test_the_real_list_is_believed_though_its_certificate_has_expired_since(real: bytes) -> None:
    assert len(read(real).attestations) == 129


def test_a_list_signed_by_an_accepted_key_is_believed(operator: Operator) -> None:
    assert holders(read(operator.signs(small()), operator)) == ["Acme"]


def test_a_signature_that_names_the_root_by_its_id_is_believed(operator: Operator) -> None:
    signed = operator.signs(small(id="root"))
    assert 'URI="#root"' in signed
    assert holders(read(signed, operator)) == ["Acme"]


@pytest.mark.parametrize("method", [SignatureMethod.RSA_SHA512, SignatureMethod.SHA256_RSA_MGF1])
def test_rsa_signatures_are_verified_too(
    make_operator: Callable[..., Operator], method: SignatureMethod
) -> None:
    operator = make_operator("RSA", rsa.generate_private_key(65537, 2048))
    assert holders(read(operator.signs(small(), method=method), operator)) == ["Acme"]


@pytest.mark.parametrize(
    ("method", "digest"),
    [
        (SignatureMethod.RSA_SHA1, DigestAlgorithm.SHA256),
        (SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA1),
    ],
)
def test_sha1_is_doubtful_even_from_an_accepted_key(
    make_operator: Callable[..., Operator], method: SignatureMethod, digest: DigestAlgorithm
) -> None:
    operator = make_operator("RSA", rsa.generate_private_key(65537, 2048))
    with refuses(Doubtful, match="SHA1"):
        read(operator.signs(small(), OldSigner, method=method, digest=digest), operator)


def test_an_unknown_signer_is_doubtful_and_the_message_says_who_and_what_to_do(operator: Operator) -> None:
    with pytest.raises(Doubtful) as caught:
        read(operator.signs(small()))
    said = spoken(caught.value)
    assert operator.fingerprint in said
    assert "CN=Scheme operator" in said
    assert "2026-01-01 to 2026-12-31" in said
    assert "VIGILABEL_SOURCES__TL_FR__SIGNERS" in said
    assert "eu-lotl.xml" in said


def test_a_known_certificate_around_a_signature_by_another_key_is_doubtful(
    operator: Operator, make_operator: Callable[..., Operator]
) -> None:
    """Certificates are public: anybody can put the right one into a wrong signature."""
    forger = make_operator("Forger")
    forged = Operator(forger.key, operator.certificate)
    with refuses(Doubtful, match="does not hold"):
        read(forged.signs(small()), operator)


@pytest.mark.parametrize("issued", ["2025-12-31T00:00:00Z", "2027-01-01T00:00:00Z"])
def test_a_certificate_must_be_valid_on_the_day_of_the_list(operator: Operator, issued: str) -> None:
    with refuses(Doubtful, match="valid"):
        read(operator.signs(small(issued=issued)), operator)


def test_without_any_accepted_signer_nothing_is_believed(real: bytes) -> None:
    page = Page(url="https://example.test/", body=real, fetched_at=datetime(2019, 9, 5, tzinfo=UTC))
    with refuses(Doubtful, match="not one of the 0 accepted"):
        replace(TlFr(), signers=()).read([page])


def test_fingerprints_are_accepted_as_tools_print_them() -> None:
    printed = ":".join(ANSSI_2019[i : i + 2] for i in range(0, 64, 2)).upper()
    assert TlFr(signers=(printed,)).signers == (ANSSI_2019,)
    with refuses(Misset, match="64 hex digits"):
        TlFr(signers=("fb2bdf",))


# What was signed


def test_one_changed_letter_in_a_name_is_doubtful(real: bytes) -> None:
    with refuses(Doubtful, match="Digest mismatch"):
        read(real.replace(b"Cryptolog International<", b"Cryptolog Internationel<", 1))


def test_a_withdrawal_forged_into_the_real_list_is_doubtful(real: bytes) -> None:
    with refuses(Doubtful, match="Digest mismatch"):
        read(real.replace(b"Svcstatus/granted", b"Svcstatus/withdrawn", 1))


def test_a_list_without_its_signature_is_doubtful(real: bytes) -> None:
    start, end = real.index(b"<ds:Signature "), real.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    with refuses(Doubtful, match="found 0"):
        read(real[:start] + real[end:])


def test_a_list_with_two_signatures_is_doubtful(operator: Operator) -> None:
    signed = operator.signs(small())
    start, end = signed.index("<ds:Signature "), signed.index("</ds:Signature>") + len("</ds:Signature>")
    with refuses(Doubtful, match="found 2"):
        read(signed[:end] + signed[start:], operator)


def test_a_genuine_list_inside_a_forged_one_is_doubtful(operator: Operator) -> None:
    """Signature wrapping, in the places where the signature may be moved and the names it may go by."""
    genuine = operator.signs(small(id="root"))
    start, end = genuine.index("<ds:Signature "), genuine.index("</ds:Signature>") + len("</ds:Signature>")
    signature, bare = genuine[start:end], genuine[:start] + genuine[end:]
    for forged in (
        small("Forger", more=genuine),
        small("Forger", more=bare + signature),
        small("Forger", id="root", more=bare + signature),
        small("Forger", id="other", more=f"<Extra>{bare}</Extra>{signature}"),
        small("Forger", more=signature.replace("</ds:Object>", f"</ds:Object><ds:Object>{bare}</ds:Object>")),
    ):
        with pytest.raises(Doubtful):
            read(forged, operator)


def test_the_real_list_inside_a_forged_one_is_doubtful(real: bytes) -> None:
    inner = real.decode().partition("?>")[2]
    signature = inner[inner.index("<ds:Signature ") : inner.index("</TrustServiceStatusList>")]
    for more in (inner, inner + signature, inner.replace(signature, "") + signature):
        with pytest.raises(Doubtful):
            read(small("Forger", issued="2019-09-04T01:00:00Z", more=more))


def test_a_signature_over_a_part_of_the_list_is_doubtful(operator: Operator) -> None:
    text = small().replace("<SchemeInformation>", '<SchemeInformation Id="part">')
    with refuses(Doubtful, match="does not cover the whole list"):
        read(operator.signs(text, part="part"), operator)


def test_a_plain_xml_signature_without_xades_properties_is_doubtful(operator: Operator) -> None:
    with refuses(Doubtful, match="does not hold"):
        read(operator.signs(small(), XMLSigner), operator)


def test_a_comment_slipped_into_a_signed_list_changes_nothing(operator: Operator) -> None:
    """Comments are not signed: one must not be able to cut a signed text short."""
    signed = operator.signs(small("Acme International"))
    slipped = signed.replace("Acme International", "Acme<!-- and --> International")
    assert slipped != signed
    assert read(slipped, operator) == read(signed, operator)


def test_an_instruction_inside_a_signed_name_does_not_cut_it_short(operator: Operator) -> None:
    assert holders(read(operator.signs(small("Acme<?tool?> International")), operator)) == [
        "Acme International"
    ]


def test_no_damage_to_the_signature_changes_what_is_read_or_crashes(operator: Operator) -> None:
    """A few letters there are not signed (the signature's own Id): the list read is then the genuine one."""
    signed = operator.signs(small())
    genuine = read(signed, operator)
    start, end = signed.index("<ds:Signature "), signed.index("</TrustServiceStatusList>")
    dice = random.Random(6)
    refused = 0
    for _ in range(300):
        spot = dice.randrange(start, end)
        damaged = signed[:spot] + dice.choice('A9<>"/ &') + signed[spot + dice.choice((0, 1, 1, 40)) :]
        try:
            assert read(damaged, operator) == genuine
        except SourceError:
            refused += 1
    assert refused > 250


# What is no list


@pytest.mark.parametrize(
    "body",
    [
        "",
        "   ",
        "Service indisponible",
        "<!doctype html><html lang='fr'><title>Maintenance</title></html>",
        "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'http://www.w3.org/x.dtd'><html/>",
        "<rss version='2.0'/>",
        "<TrustServiceStatusList/>",
        "<TrustServiceStatusList xmlns='http://uri.etsi.org/02231/v2#'/>",
        "<?xml version='1.0' encoding='utf-16'?><a/>",
        "{}",
    ],
)
def test_a_page_that_is_no_trusted_list_is_another_layout(body: str) -> None:
    with pytest.raises(LayoutChanged):
        read(body)


def test_a_truncated_list_is_another_layout_wherever_it_is_cut(real: bytes) -> None:
    for share in range(1, 10):
        with refuses(LayoutChanged, match="well-formed"):
            read(real[: len(real) * share // 10])


def test_a_list_is_one_page(real: bytes) -> None:
    with refuses(LayoutChanged, match="one document"):
        TlFr().read([])


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE TrustServiceStatusList [<!ENTITY e "Acme">]>',
        '<!DOCTYPE TrustServiceStatusList [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE TrustServiceStatusList SYSTEM "http://127.0.0.1:9/list.dtd">',
        '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghe", strict=True))
        + "]>",
    ],
)
def test_a_list_with_a_doctype_is_refused_before_it_is_parsed(operator: Operator, doctype: str) -> None:
    body = operator.signs(small()).replace("Acme", "&e;")
    for encoding in ("utf-8", "utf-8-sig"):
        with refuses(Doubtful, match="DOCTYPE"):
            read((doctype + body).encode(encoding), operator)


def test_a_doctype_is_found_behind_whatever_may_stand_before_it(operator: Operator) -> None:
    doctype = '<!DOCTYPE l [<!ENTITY e "Acme">]>'
    for before in (
        "<!-- <TrustServiceStatusList> -->",
        "<?a <b> ?>\n<!---->",
        "<?xml version='1.0'?>\n\n<!-- > -->",
    ):
        with refuses(Doubtful, match="DOCTYPE"):
            read((before + doctype + operator.signs(small()).replace("Acme", "&e;")).encode(), operator)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-7", "cp037"])
def test_a_doctype_cannot_hide_in_another_encoding(operator: Operator, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY e "Acme">]>{small("&e;")}'
    with pytest.raises(SourceError):
        read(text.encode(encoding), operator)
