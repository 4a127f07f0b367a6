"""The 46 real editions of the French trusted list, and what they say by a reader of the tests' own.

Nothing of the program reads here: a truth to hold it against. Days are days in Paris. A service is named by
its type and the SHA-256 of its first certificate; a use is the word that the list prints ("ForeSeals"), or ""
where the type alone says it.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from lxml import etree

from state.model import Page

ROOM = Path(__file__).parent / "fixtures" / "tl_fr"
PACK = ROOM / "tl-fr-seq126-174.tar.xz"
NS = {"t": "http://uri.etsi.org/02231/v2#"}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PARIS = ZoneInfo("Europe/Paris")
WAYS = {
    ("CA/QC", "ForeSignatures"): "eidas-esign-cert",
    ("CA/QC", "ForeSeals"): "eidas-eseal-cert",
    ("CA/QC", "ForWebSiteAuthentication"): "eidas-web-cert",
    ("TSA/QTST", ""): "eidas-timestamp",
    ("QESValidation/Q", "ForeSignatures"): "eidas-esign-validation",
    ("QESValidation/Q", "ForeSeals"): "eidas-eseal-validation",
    ("PSES/Q", "ForeSignatures"): "eidas-esign-preservation",
    ("PSES/Q", "ForeSeals"): "eidas-eseal-preservation",
    ("EDS/Q", ""): "eidas-registered-delivery",
    ("EDS/REM/Q", ""): "eidas-registered-delivery",
}
GOOD = {"granted", "accredited", "undersupervision"}


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition as the mirror kept it."""

    number: int
    issued: datetime
    first_seen: datetime
    next_update: datetime
    signer: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Service:
    """One service under one label: whose it is, its name, and its days, the newest first."""

    label: str
    ref: str
    holder: str
    name: str
    days: tuple[tuple[date, bool], ...]

    def held(self, day: date) -> bool:
        """Whether the latest entry that has begun by a day grants the label."""
        return next((good for begins, good in self.days if begins <= day), False)


@cache
def editions() -> tuple[Edition, ...]:
    """All editions, in order."""
    with (ROOM / "editions.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Edition(
                number=int(line["sequence"]),
                issued=datetime.fromisoformat(line["issued"]),
                first_seen=datetime.fromisoformat(line["first_seen"]),
                next_update=datetime.fromisoformat(line["next_update"]),
                signer=line["signer_sha256"],
                sha256=line["sha256"],
            )
            for line in csv.DictReader(lines)
        )


@cache
def packed(pack: Path) -> Mapping[int, bytes]:
    """The editions in an archive, by the number at the end of each name."""
    with tarfile.open(pack) as opened:
        found = {}
        for member in opened:
            stream = opened.extractfile(member) if member.isfile() else None
            if stream is not None:
                found[int(member.name[-7:-4])] = stream.read()
        return found


def body(number: int) -> bytes:
    """The bytes of an edition."""
    return packed(PACK)[number]


def page(number: int, at: datetime) -> Page:
    """An edition as fetched at some time."""
    return Page(url="https://register.test/tl-fr.xml", body=body(number), fetched_at=at)


def saved(number: int, at: datetime) -> Page:
    """An edition as a saved file."""
    return Page(url=f"import:tl-fr-{number}.xml", body=body(number), fetched_at=at)


def day_of(moment: datetime) -> date:
    """The day in Paris."""
    return moment.astimezone(PARIS).date()


@cache
def services(number: int) -> tuple[Service, ...]:
    """Every service of an edition under every label that it is, was or will be for."""
    root = etree.fromstring(body(number))
    found = []
    for provider in root.iterfind(".//t:TrustServiceProvider", NS):
        holder = _french(provider.find("t:TSPInformation/t:TSPName", NS))
        for service in provider.iterfind("t:TSPServices/t:TSPService", NS):
            found += _under_labels(service, holder)
    return tuple(found)


def _french(names: etree._Element | None) -> str:
    assert names is not None
    texts = {name.get(XML_LANG): (name.text or "").strip() for name in names}
    return texts.get("fr") or texts["en"]


def _under_labels(service: etree._Element, holder: str) -> list[Service]:
    info = service.find("t:ServiceInformation", NS)
    assert info is not None
    kind = _word(info, "t:ServiceTypeIdentifier", "Svctype/")
    certificate = info.findtext("t:ServiceDigitalIdentity/t:DigitalId/t:X509Certificate", "", NS)
    ref = f"{kind} {hashlib.sha256(base64.b64decode(certificate)).hexdigest()}"
    entries = [info, *service.iterfind("t:ServiceHistory/t:ServiceHistoryInstance", NS)]
    stated = [(_began(one), _word(one, "t:ServiceStatus", "Svcstatus/"), _uses(one)) for one in entries]
    stated.sort(key=lambda one: one[0], reverse=True)
    return [
        Service(
            label=label,
            ref=ref,
            holder=holder,
            name=_french(info.find("t:ServiceName", NS)),
            days=tuple((day_of(at), word in GOOD and _means(use, uses)) for at, word, uses in stated),
        )
        for (type_, use), label in WAYS.items()
        if type_ == kind and any(use in ("", *uses) for _, _, uses in stated)
    ]


def _began(entry: etree._Element) -> datetime:
    return datetime.fromisoformat(entry.findtext("t:StatusStartingTime", "", NS))


def _word(entry: etree._Element, path: str, after: str) -> str:
    return str(entry.findtext(path, "", NS)).strip().rpartition(after)[2]


def _uses(entry: etree._Element) -> frozenset[str]:
    uris = entry.iterfind(".//t:AdditionalServiceInformation/t:URI", NS)
    return frozenset((uri.text or "").rpartition("/")[2] for uri in uris)


def _means(use: str, uses: frozenset[str]) -> bool:
    """Before 2016 nothing was stated, and only certificates for signatures were there to be meant."""
    return use in ("", *uses) or (not uses and use == "ForeSignatures")
