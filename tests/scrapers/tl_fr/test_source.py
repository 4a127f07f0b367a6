"""The French trusted list: the real one of 2019-09-04, and copies of part of it signed by a key of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from lxml import etree
from refusals import refuses
from signxml.algorithms import SignatureMethod
from signxml.xades.xades import XAdESSigner

from scrapers.source import LayoutChanged, Source
from scrapers.tl_fr.source import TlFr
from state.model import Attestation, Listing, Page
from state.words.labels import Family, in_family

REAL = Path(__file__).parents[2] / "fixtures" / "tl_fr" / "tl-fr_seq56_2019-09-04.xml"
TSL = {"t": "http://uri.etsi.org/02231/v2#", "ds": "http://www.w3.org/2000/09/xmldsig#"}
KEPT = ("Cryptolog International", "The High Council of French Notariat", "CDC ARKHINEO")
SINCE_2024 = {
    "eidas-esign-remote",
    "eidas-eseal-remote",
    "eidas-attributes",
}
"""Labels of the regulation as it was amended: no list of before states one."""
STATUS = b"http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"


@dataclass(frozen=True)
class Signer:
    """A key of ours with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(SHA256()).hex()

    def signs(self, body: bytes) -> bytes:
        tool = XAdESSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256)
        signed = tool.sign(etree.fromstring(body), key=self.key, cert=[self.certificate])
        return bytes(etree.tostring(signed, encoding="UTF-8"))


def make_signer(name: str) -> Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2019, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2021, 1, 1, tzinfo=UTC))
        .sign(key, SHA256())
    )
    return Signer(key, certificate)


@pytest.fixture(scope="module")
def signer() -> Signer:
    return make_signer("Test scheme operator")


@pytest.fixture(scope="module")
def real() -> bytes:
    return REAL.read_bytes()


@pytest.fixture(scope="module")
def short(real: bytes) -> bytes:
    """Three providers of the real list, unsigned."""
    root = etree.fromstring(real)
    root.remove(root.find("ds:Signature", TSL))
    for provider in root.findall(".//t:TrustServiceProvider", TSL):
        names = {name.text for name in provider.iterfind("t:TSPInformation/t:TSPName/t:Name", TSL)}
        if not names & set(KEPT):
            provider.getparent().remove(provider)
    etree.cleanup_namespaces(root)  # else the signer's own prefixes change after it has hashed them
    return bytes(etree.tostring(root, encoding="UTF-8"))


@pytest.fixture(scope="module")
def read_signed(short: bytes, signer: Signer) -> Callable[..., Listing]:
    """Reads the three providers after edits (old bytes, new bytes; the first place only), signed anew."""

    def read_edited(*edits: tuple[bytes, bytes]) -> Listing:
        body = short
        for old, new in edits:
            assert old in body
            body = body.replace(old, new, 1)
        return read(signer.signs(body), signers=(signer.fingerprint,))

    return read_edited


def page(body: bytes) -> Page:
    return Page(url="https://example.test/tl-fr.xml", body=body, fetched_at=datetime(2019, 9, 5, tzinfo=UTC))


def read(body: bytes, signers: tuple[str, ...] = TlFr().signers) -> Listing:
    return replace(TlFr(), signers=signers).read([page(body)])


def the(rows: Sequence[Attestation], label: str, subject: str) -> Attestation:
    (row,) = [row for row in rows if row.label == label and row.subject == subject]
    return row


# The real list


def test_every_service_of_the_real_list_is_read_with_its_labels_and_status(real: bytes) -> None:
    """Counted a second way, by XPath on the raw document."""
    root = etree.fromstring(real)
    service = "t:ServiceTypeIdentifier[contains(., '/{}')] and t:ServiceStatus[contains(., '/{}')]"
    usage = " and t:ServiceInformationExtensions//t:URI[contains(., '{}')]"
    expected = Counter(
        {
            (label, status): int(
                root.xpath(
                    f"count(//t:TSPService/t:ServiceInformation[{service.format(kind, status)}"
                    f"{usage.format(use) if use else ''}])",
                    namespaces=TSL,
                )
            )
            for label, kind, use in (
                ("eidas-esign-cert", "CA/QC", "ForeSignatures"),
                ("eidas-eseal-cert", "CA/QC", "ForeSeals"),
                ("eidas-web-cert", "CA/QC", "ForWebSiteAuthentication"),
                ("eidas-timestamp", "TSA/QTST", ""),
                ("eidas-esign-validation", "QESValidation/Q", "ForeSignatures"),
                ("eidas-eseal-validation", "QESValidation/Q", "ForeSeals"),
                ("eidas-esign-preservation", "PSES/Q", "ForeSignatures"),
                ("eidas-eseal-preservation", "PSES/Q", "ForeSeals"),
                ("eidas-registered-delivery", "EDS/Q", ""),
            )
            for status in ("granted", "withdrawn")
        }
    )
    listing = read(real)
    assert Counter((row.label, row.status) for row in listing.attestations) == +expected
    assert expected["eidas-esign-cert", "granted"] == 36
    assert {row.label for row in listing.attestations} == set(in_family(Family.EIDAS)) - SINCE_2024
    assert listing.covers == set(in_family(Family.EIDAS))
    assert (listing.remarks, listing.unreadable) == ((), ())


def test_one_provider_of_the_real_list_is_as_printed(real: bytes) -> None:
    """Checked by hand in the document, the hash with `base64 -d | sha256sum`."""
    row = the(read(real).attestations, "eidas-timestamp", "Horodatage Universign")
    assert row == Attestation(
        label="eidas-timestamp",
        holder="Cryptolog International",
        subject="Horodatage Universign",
        status="granted",
        ref="TSA/QTST 4f6007666e1c29a201b145de7f9bbe160e10b3c60743773a2e838eac0fc4d79a",
        valid_from=date(2019, 4, 3),
        extra={
            "siren": "439129164",
            "registration": "VATFR-46439129164",
            "trade_names": "Universign",
            "service_type": "TSA/QTST",
            "other_names": "Universign Time Stamping",
            "statuses": (
                "2019-04-03 granted; 2016-12-01 granted; 2016-07-01 withdrawn; 2010-05-06 accredited"
            ),
            "history": "2016-12-01 granted; 2016-07-01 withdrawn; 2010-05-06 accredited",
        },
        place="provider 7 (Cryptolog International), service 2",
        country="FR",
    )
    assert row.stands


def test_the_edition_is_the_issue_date(real: bytes) -> None:
    assert read(real).edition_at == datetime(2019, 9, 4, 1, tzinfo=UTC)


def test_a_ref_is_unique_within_its_label(real: bytes) -> None:
    rows = read(real).attestations
    assert len({(row.label, row.ref) for row in rows}) == len(rows)


def test_one_authority_with_three_usages_has_one_row_for_each(real: bytes) -> None:
    by_ref = Counter(row.ref for row in read(real).attestations if str(row.ref).startswith("CA/QC"))
    assert sorted(Counter(by_ref.values()).items()) == [(1, 80), (2, 2), (3, 2)]


def test_the_french_name_is_taken_whatever_the_order_of_languages(
    read_signed: Callable[..., Listing],
) -> None:
    """The notaries are printed French first, all others English first."""
    rows = read_signed((b'en">Cryptolog International', b'en">Cryptolog Worldwide')).attestations
    assert {(row.holder, row.extra.get("name_en")) for row in rows} == {
        ("Cryptolog International", "Cryptolog Worldwide"),
        ("Conseil Supérieur du Notariat", "The High Council of French Notariat"),
        ("CDC ARKHINEO", None),
    }


def test_a_provider_without_a_french_name_is_read_by_its_english_one(
    read_signed: Callable[..., Listing],
) -> None:
    rows = read_signed((b'fr">CDC ARKHINEO', b'en">Arkhineo by Docaposte')).attestations
    assert "CDC ARKHINEO" in {row.holder for row in rows}


def test_midnight_in_paris_is_the_day_that_begins(real: bytes) -> None:
    """The regulation applies from 1 July 2016, which the list writes 2016-06-30T22:00:00Z."""
    days = {row.valid_from for row in read(real).attestations}
    assert date(2016, 7, 1) in days
    assert date(2016, 6, 30) not in days


def test_the_real_list_is_within_the_bounds_of_its_source(real: bytes) -> None:
    source: Source = TlFr()
    held = Counter(row.label for row in source.read([page(real)]).attestations if row.stands)
    assert set(source.bounds) == set(source.labels)
    assert all(held[label] >= bound.floor for label, bound in source.bounds.items())


def test_what_a_server_puts_around_the_list_is_passed_over(real: bytes) -> None:
    expected = read(real)
    for body in (b"\xef\xbb\xbf" + real, b"\r\n \n" + real, real + b"\n\0\0", real + b"<!-- cached -->"):
        assert read(body) == expected
    wide = ("\ufeff" + real.decode()).replace("UTF-8", "UTF-16", 1).encode("utf-16-le")
    assert read(wide) == expected


def test_the_list_is_one_document(real: bytes) -> None:
    asked: list[str] = []

    def get(url: str) -> Page:
        asked.append(url)
        return page(real)

    assert TlFr().fetch(get) == (page(real),)
    assert asked == [TlFr().url]


# What changes from one list to the next


def test_a_service_that_ends_stays_with_the_status_withdrawn_and_its_day(
    read_signed: Callable[..., Listing],
) -> None:
    before = the(read_signed().attestations, "eidas-timestamp", "AUTORITE D'HORODATAGE DU NOTARIAT")
    old = b"<ServiceStatus>" + STATUS + b"granted</ServiceStatus>\n" + b" " * 24
    old += b"<StatusStartingTime>2018-06-01T00:00:00Z"
    new = old.replace(b"granted", b"withdrawn").replace(b"2018-06-01", b"2019-09-03")
    after = the(read_signed((old, new)).attestations, "eidas-timestamp", before.subject or "")
    assert (before.stands, after.stands) == (True, False)
    printed = dict(before.extra) | {"statuses": "2019-09-03 withdrawn"}
    assert after == replace(before, status="withdrawn", valid_from=date(2019, 9, 3), extra=printed)


@pytest.mark.parametrize(
    ("word", "status", "held"),
    [
        ("accredited", "accredited", True),
        ("undersupervision", "undersupervision", True),
        ("supervisionincessation", "supervisionincessation", True),
        ("supervisionceased", "withdrawn", False),
        ("supervisionrevoked", "withdrawn", False),
        ("accreditationceased", "withdrawn", False),
        ("accreditationrevoked", "withdrawn", False),
    ],
)
def test_statuses_from_before_the_regulation_are_understood(
    read_signed: Callable[..., Listing], word: str, status: str, held: bool
) -> None:
    row = read_signed((STATUS + b"granted", STATUS + word.encode())).attestations[0]
    assert (row.status, row.stands) == (status, held)
    assert row.extra.get("printed_status") == (None if held else word)


def test_version_6_is_read_like_version_5(read_signed: Callable[..., Listing]) -> None:
    six = read_signed((b"<TSLVersionIdentifier>5", b"<TSLVersionIdentifier>6"))
    assert six.attestations == read_signed().attestations


# What the list may say one day


def test_an_unknown_service_type_is_told_and_a_known_other_one_is_not(
    read_signed: Callable[..., Listing],
) -> None:
    known = read_signed((b"Svctype/PSES/Q", b"Svctype/PSES"))
    unknown = read_signed((b"Svctype/PSES/Q", b"Svctype/Oracle/Q"))
    assert known.remarks == ()
    assert [remark.topic for remark in unknown.remarks] == ["service type Oracle/Q"]
    first = read_signed((b"Svctype/PSES/Q", b"Svctype/Ledgers/Q"))
    assert [remark.topic for remark in first.remarks] == ["service type Ledgers/Q"]
    assert known.attestations == unknown.attestations


def test_unknown_information_on_a_service_is_told_and_its_labels_are_read(
    read_signed: Callable[..., Listing],
) -> None:
    extension = b"</Extension><Extension Critical='false'><New xmlns='urn:new'/></Extension>"
    listing = read_signed(
        (b"SvcInfoExt/ForeSeals", b"SvcInfoExt/ForeMagic"),
        (b"</Extension>", extension),
        (b"</ServiceInformation>", b"<ServiceColour>blue</ServiceColour></ServiceInformation>"),
    )
    assert [remark.topic for remark in listing.remarks] == [
        "additional information ForeMagic",
        "extension New",
        "field ServiceColour",
    ]
    assert len(listing.attestations) == len(read_signed().attestations) - 1


def test_a_service_without_any_stated_usage_keeps_what_is_known_of_each_label(
    read_signed: Callable[..., Listing],
) -> None:
    listing = read_signed(
        (b"SvcInfoExt/ForeSignatures", b"SvcInfoExt/RootCA-QC"), (b"SvcInfoExt/ForeSeals", b"SvcInfoExt/X")
    )
    assert [odd.label for odd in listing.unreadable] == [
        "eidas-esign-cert",
        "eidas-eseal-cert",
        "eidas-web-cert",
    ]
    assert {(odd.holder, odd.ref) for odd in listing.unreadable} == {
        (
            "Cryptolog International",
            "CA/QC 2c72b12d77dfa10eddd478d967eb80fb314dea1f7d962ddc8165241e963177ac",
        )
    }


def test_an_unknown_status_or_day_makes_that_row_unreadable_and_no_other(
    read_signed: Callable[..., Listing],
) -> None:
    whole = len(read_signed().attestations)
    for edit in (
        (STATUS + b"granted", STATUS + b"suspended"),
        (b"<StatusStartingTime>2019-04-03", b"<StatusStartingTime>soon"),
    ):
        listing = read_signed(edit)
        assert [odd.label for odd in listing.unreadable] == ["eidas-esign-cert", "eidas-eseal-cert"]
        assert len(listing.attestations) == whole - 2
        assert all(odd.ref and odd.why for odd in listing.unreadable)


def test_a_service_without_a_certificate_is_known_by_what_else_identifies_it(
    short: bytes, read_signed: Callable[..., Listing]
) -> None:
    row = read_signed().attestations[0]
    start, end = short.index(b"<TrustServiceProviderList>"), short.index(b"</ServiceDigitalIdentity>")
    start = short.rindex(b"<ServiceDigitalIdentity>", start, short.index(b"<ServiceStatus>", start))
    end = short.index(b"</ServiceDigitalIdentity>", start)
    for kind, text in (("X509SKI", "AQID"), ("X509SubjectName", "CN=A"), ("Other", "urn:a")):
        other = f"<ServiceDigitalIdentity><DigitalId><{kind}>{text}</{kind}></DigitalId>".encode()
        assert read_signed((short[start:end], other)).attestations[0].ref == f"CA/QC {kind} {text}"
    bare = read_signed((short[start:end], b"<ServiceDigitalIdentity>"))
    assert [(odd.holder, odd.ref) for odd in bare.unreadable] == [(row.holder, None)] * 2


def test_one_service_printed_twice_is_refused(short: bytes, read_signed: Callable[..., Listing]) -> None:
    start = short.index(b"<TSPService>")
    service = short[start : short.index(b"</TSPService>") + len(b"</TSPService>")]
    with refuses(LayoutChanged, match="once"):
        read_signed((service, service + service))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"<TSLVersionIdentifier>5", b"<TSLVersionIdentifier>7", "TSLVersionIdentifier 5 or 6"),
        (b"<SchemeTerritory>FR", b"<SchemeTerritory>BE", "SchemeTerritory FR"),
        (b"<ListIssueDateTime>2019-09-04T01:00:00Z", b"<ListIssueDateTime>hier", "ListIssueDateTime"),
        (b"<ListIssueDateTime>2019-09-04T01:00:00Z", b"<ListIssueDateTime>2019-09-04T01:00:00", "zone"),
        (b"<ServiceStatus>", b"<ServiceStatus/><ServiceStatus>", "text in ServiceStatus"),
    ],
)
def test_a_list_of_another_shape_is_not_read(
    read_signed: Callable[..., Listing], old: bytes, new: bytes, expected: str
) -> None:
    with refuses(LayoutChanged, match=expected):
        read_signed((old, new))
