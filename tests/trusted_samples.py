"""Eight real trusted lists of seven states, and what they say by a reader of the tests' own.

Nothing of the program reads here: a truth to hold it against. Services are mapped to labels by the addresses
that the standard gives to types and uses.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from lxml import etree

PACK = Path(__file__).parent / "fixtures" / "trusted_lists" / "samples.tar.xz"
NS = {"t": "http://uri.etsi.org/02231/v2#"}
TYPES = "http://uri.etsi.org/TrstSvc/Svctype/"
USES = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/"
SIGNS, SEALS, SITES = (USES + use for use in ("ForeSignatures", "ForeSeals", "ForWebSiteAuthentication"))
LABELS: Mapping[str, Mapping[str, str]] = {
    TYPES + "CA/QC": {SIGNS: "eidas-esign-cert", SEALS: "eidas-eseal-cert", SITES: "eidas-web-cert"},
    TYPES + "TSA/QTST": {"": "eidas-timestamp"},
    TYPES + "QESValidation/Q": {SIGNS: "eidas-esign-validation", SEALS: "eidas-eseal-validation"},
    TYPES + "PSES/Q": {SIGNS: "eidas-esign-preservation", SEALS: "eidas-eseal-preservation"},
    TYPES + "EDS/Q": {"": "eidas-registered-delivery"},
    TYPES + "EDS/REM/Q": {"": "eidas-registered-delivery"},
    TYPES + "RemoteQSigCDManagement/Q": {"": "eidas-esign-remote"},
    TYPES + "RemoteQSealCDManagement/Q": {"": "eidas-eseal-remote"},
    TYPES + "EAA/Q": {"": "eidas-attributes"},
}
SAMPLES = {
    "tl-at-v5-frozen": "AT",
    "tl-be-v6-seq81": "BE",
    "tl-es-v5-frozen": "ES",
    "tl-hu-v6-seq99": "HU",
    "tl-lu-v5-last": "LU",
    "tl-lu-v6-seq66": "LU",
    "tl-ro-v6-seq83": "RO",
    "tl-se-v6-seq62": "SE",
}
"""Each list, and whose it is."""


@cache
def _bodies() -> Mapping[str, bytes]:
    found = {}
    with tarfile.open(PACK) as pack:
        for member in pack:
            stream = pack.extractfile(member)
            if stream is not None:
                found[member.name.removesuffix(".xml")] = stream.read()
    return found


def body(sample: str) -> bytes:
    """The bytes of a list."""
    return _bodies()[sample]


def head(sample: str, name: str) -> str:
    """What the head of a list prints in an element."""
    root = etree.fromstring(body(sample))
    return str(root.findtext(f"t:SchemeInformation/t:{name}", "", NS)).strip()


def issued(sample: str) -> datetime:
    """When a list was issued."""
    return datetime.fromisoformat(head(sample, "ListIssueDateTime")).astimezone(UTC)


def rows(sample: str) -> Iterator[tuple[str, str, str]]:
    """Label, English name of the holder, and type, of each service under each label that it is or was for."""
    root = etree.fromstring(body(sample))
    for provider in root.iterfind(".//t:TrustServiceProvider", NS):
        (holder, *_) = provider.xpath(
            "t:TSPInformation/t:TSPName/t:Name[@xml:lang='en']/text()", namespaces=NS
        )
        for service in provider.iterfind("t:TSPServices/t:TSPService", NS):
            kind = str(service.findtext("t:ServiceInformation/t:ServiceTypeIdentifier", "", NS)).strip()
            uses = service.xpath(".//t:AdditionalServiceInformation/t:URI/text()", namespaces=NS)
            stated = {"", *(str(use).strip() for use in uses)}
            for use, label in LABELS.get(kind, {}).items():
                if use in stated:
                    yield label, str(holder).strip(), kind.removeprefix(TYPES)
