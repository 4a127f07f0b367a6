"""A real trusted list printed in another way, signed by a key of ours; and its certificates replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from begun_memories import begun_with, made_of
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import SignatureMethod
from signxml.xades.xades import XAdESSigner
from trusted_lists import body, editions, page
from typography import REWRITINGS, Rewriting

from scrapers.source import Bounds
from scrapers.tl_fr.source import TlFr
from state.file.opening import open_store
from state.file.store import Store
from state.model import Cause, Event, Kind, Page
from state.owed import outbox
from state.seen.looks import evidence
from state.seen.rows import listings
from state.seen.who.providers import load_providers
from state.words.post import Notice
from watcher.look.check import look
from watcher.look.record import Watch

pytestmark = pytest.mark.history

LAST = editions()[-1]
LATER = LAST.first_seen + timedelta(days=1)
TSL = {"t": "http://uri.etsi.org/02231/v2#", "ds": "http://www.w3.org/2000/09/xmldsig#"}
NAMES = ("TSPName", "TSPTradeName", "ServiceName")
KEY = ec.generate_private_key(ec.SECP256R1())


def _certificate() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test scheme operator")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(KEY.public_key())
    valid = made.serial_number(1).not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
    return valid.not_valid_after(datetime(2029, 1, 1, tzinfo=UTC)).sign(KEY, SHA256())


CERTIFICATE = _certificate()
SOURCE = replace(
    TlFr(),
    signers=(CERTIFICATE.fingerprint(SHA256()).hex(),),
    bounds={label: Bounds(floor=0) for label in TlFr().bounds},
)
FEW, ALL = 8, 1_000


def last_edition(providers: int) -> etree._Element:
    """The last real edition with so many of its providers."""
    root = etree.fromstring(body(LAST.number))
    root.remove(root.find("ds:Signature", TSL))
    for one in root.findall(".//t:TrustServiceProvider", TSL)[providers:]:
        one.getparent().remove(one)
    return root


def next_edition(providers: int, rewriting: Rewriting) -> bytes:
    """The same a day later, with every name in it printed anew."""
    root = last_edition(providers)
    for tag in NAMES:
        for name in root.iterfind(f".//t:{tag}/t:Name", TSL):
            name.text = rewriting(name.text or "")
    root.find(".//t:ListIssueDateTime", TSL).text = f"{LATER:%Y-%m-%dT%H:%M:%SZ}"
    root.find(".//t:TSLSequenceNumber", TSL).text = str(LAST.number + 1)
    return signed(root)


def signed(root: etree._Element) -> bytes:
    """A list as it is published, by our key."""
    etree.cleanup_namespaces(root)
    plain = etree.fromstring(etree.tostring(root))
    tool = XAdESSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256)
    return bytes(etree.tostring(tool.sign(plain, key=KEY, cert=[CERTIFICATE]), encoding="UTF-8"))


def watching(store: Store) -> Watch:
    return Watch(store=store, providers=load_providers(store), operators="operators")


@pytest.fixture
def watch() -> Iterator[Watch]:
    with open_store(":memory:") as store:
        yield watching(store)


@cache
def last_seen(providers: int) -> bytes:
    """A memory of the last edition."""
    shown = Page(url=SOURCE.url, body=signed(last_edition(providers)), fetched_at=LAST.first_seen)
    return made_of(lambda store: look(SOURCE, [shown], watching(store), LAST.first_seen))


@pytest.fixture(params=[FEW, pytest.param(ALL, marks=pytest.mark.soak)], ids=["few", "all"])
def providers(request: pytest.FixtureRequest) -> int:
    """How many providers of the list are printed."""
    return int(request.param)


@pytest.fixture
def reader(providers: int) -> Iterator[Watch]:
    """A watch that has read the last edition."""
    with begun_with(last_seen(providers)) as store:
        yield watching(store)


def news(watch: Watch, providers: int, rewriting: Rewriting) -> tuple[list[Event], list[Notice]]:
    rows, told = listings.listing(watch.store, "tl-fr"), len(outbox.notices(watch.store))
    assert len(rows) > 2 * FEW
    printed = Page(url=SOURCE.url, body=next_edition(providers, rewriting), fetched_at=LATER)
    checked = look(SOURCE, [printed], watch, LATER)
    assert checked.run.believed, checked.run.message
    assert {one.row for one in listings.listing(watch.store, "tl-fr")} == {one.row for one in rows}
    events = [event for event in checked.events if event.cause is Cause.REGISTER]
    return events, sorted(outbox.notices(watch.store), key=lambda notice: notice.id)[told:]


@pytest.mark.parametrize("rewriting", REWRITINGS)
def test_a_trusted_list_printed_in_another_way_is_no_event(
    reader: Watch, providers: int, rewriting: str
) -> None:
    events, notices = news(reader, providers, REWRITINGS[rewriting])
    assert events == []
    assert [said.code for notice in notices for said in notice.said].count("new_print") <= 1
    assert len(notices) <= 1


def test_capitals_throughout_are_one_remark_to_operators(reader: Watch, providers: int) -> None:
    _, [notice] = news(reader, providers, str.upper)
    assert [said.code for said in notice.said] == ["new_print"]


REPLACED = [
    (144, "docusign-france", "KEYNECTIS ICS QUALIFIED CA", Kind.SHORTENED),
    (152, "gendarmerie-nationale", "AC Gendarmerie Nationale Personnes Signature v4", Kind.REISSUED),
]


@pytest.mark.parametrize(("number", "slug", "name", "kind"), REPLACED)
def test_a_service_whose_certificate_is_replaced_under_its_name_stays_itself(
    watch: Watch, number: int, slug: str, name: str, kind: Kind
) -> None:
    before, after = (one for one in editions() if one.number in (number - 1, number))
    for edition in (before, after):
        checked = look(TlFr(), [page(edition.number, edition.first_seen)], watch, edition.first_seen)
    told = [
        event
        for event in checked.events
        if event.provider.slug == slug and name in {row.subject for row in event.attestations}
    ]
    assert {event.kind for event in told} == {kind}
    assert all(re.fullmatch(r"CA/QC [0-9a-f]{64}", str(event.changes["ref"].after)) for event in told)


def test_one_service_that_becomes_ten_is_no_other_service(watch: Watch) -> None:
    """At 142 one entry of Certinomis gave way to one for each of its units, under other names."""
    before, after = (one for one in editions() if one.number in (141, 142))
    for edition in (before, after):
        checked = look(TlFr(), [page(edition.number, edition.first_seen)], watch, edition.first_seen)
    certinomis = [event for event in checked.events if event.provider.slug == "docaposte-certinomis"]
    moved = [event.kind for event in certinomis if event.label == "eidas-timestamp"]
    assert moved.count(Kind.SERVICE_REMOVED) == 1
    assert moved.count(Kind.SERVICE_ADDED) == 10
    assert evidence.snapshot(watch.store, certinomis[0].evidence.snapshot).source == "tl-fr"
