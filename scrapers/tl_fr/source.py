"""The French trusted list (TL-FR): the qualified trust services under eIDAS, one signed XML document.

ETSI TS 119 612: providers, their services, the status of each and since when. The only register that says
"withdrawn" in print: a service that ends stays on the list, with the day of effect. Facts on the layout come
from the list of 2019-09-04 (sequence 56) and from TS 119 612 v2.4.1, clauses 5.3 to 5.5.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType

from lxml import etree

from scrapers.source import Bounds, Doubtful, Expect, Explanation, Get, LayoutChanged
from scrapers.tl_fr.explained import explained
from scrapers.tl_fr.signature import Signed, secure_parser, signed_list
from scrapers.tl_fr.signers import accepted
from scrapers.tl_fr.statuses import entries, under, usages_of
from scrapers.tl_fr.words import EXTENSIONS, FIELDS, LABELS_BY_TYPE, OTHER_TYPES, USAGES, short_type
from scrapers.tl_fr.xml import NAME, TSL, dated, day_in_paris, moment, need, text
from scrapers.wire.content import bare_xml
from state.model import Attestation, Listing, Page, Remark, Unreadable
from state.names import print_key, tidy
from state.words.course import Printed, as_of, printed_text
from state.words.labels import EIDAS_LABELS

ROOT = f"{{{TSL['t']}}}TrustServiceStatusList"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
IDENTITIES = ("X509Certificate", "X509SKI", "X509SubjectName", "Other")

REGISTRATION = re.compile(r"(?:VAT|NTR)[A-Z]{2}-\S+")
SIREN = re.compile(r"(?:VATFR-\w{2}|NTRFR-)(\d{9})")

ANSSI_2019 = "fb2bdf5b4499d8057cf8226909f9b3ddd26c131ee9273ae06171570497e54286"
"""The signing certificate of the list of 2019-09-04: valid 2016-10-05 to 2019-10-05, no longer in use."""

# Rows never leave this list, they turn to "withdrawn": fewer held services than these can only be a wave of
# withdrawals, which a person should see first. About two thirds of those granted in the list of 2019-09-04
# (36, 8, 4, 20, 7); none for the labels that had a single service then and may have none one day.
FLOORS = {
    "eidas-esign-cert": 24,
    "eidas-eseal-cert": 5,
    "eidas-web-cert": 2,
    "eidas-timestamp": 13,
    "eidas-registered-delivery": 4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TlFr:
    """The French trusted list, believed only when an accepted signer signed it.

    Accepted are the certificates that the EU's list named for France when the list was issued, and `signers`
    whenever it was: hex SHA-256 fingerprints that an operator adds.
    """

    url: str = "https://messervices.cyber.gouv.fr/visas/tl-fr_v6.xml"
    signers: tuple[str, ...] = (ANSSI_2019,)
    every: str = "23 6 * * *"
    name: str = NAME
    title: str = "Liste de confiance française (services de confiance qualifiés eIDAS)"
    labels: tuple[str, ...] = EIDAS_LABELS
    revision: int = 2
    expect: Expect | None = "xml"
    # Sequence 56 is of 2019-09-04, 112 of 2023-02-23: a list every 23 days. Twice that without one is odd.
    stale_after: timedelta = timedelta(days=45)
    bounds: Mapping[str, Bounds] = field(
        default_factory=lambda: MappingProxyType(
            {label: Bounds(floor=FLOORS.get(label, 0)) for label in EIDAS_LABELS}
        ),
        hash=False,
    )

    def __post_init__(self) -> None:
        plain = tuple(re.sub(r"[\s:]", "", signer).lower() for signer in self.signers)
        wrong = [signer for signer in plain if not re.fullmatch(r"[0-9a-f]{64}", signer)]
        if wrong:
            raise ValueError(f"tl-fr: signers are SHA-256 fingerprints of 64 hex digits; found {wrong}")
        object.__setattr__(self, "signers", plain)

    def fetch(self, get: Get) -> tuple[Page, ...]:
        """Fetches the one document of the list."""
        return (get(self.url),)

    def read(self, pages: Sequence[Page]) -> Listing:
        """Reads every service of the labels we know, ended ones included.

        Raises `LayoutChanged` for a page that is no French trusted list of version 5 or 6, `Doubtful` for
        one that no accepted signer signed: with its listing when the signature holds.
        """
        signed = self._signed(pages)
        listing = self._listing(signed.root)
        if signed.doubt is not None:
            raise Doubtful(str(signed.doubt), listing=listing, reasons=signed.doubt.reasons)
        return listing

    def _listing(self, root: etree._Element) -> Listing:
        services = tuple(_services(root))
        issued = _issued(root)
        read = tuple(row for service in services for row in _rows(service, day_in_paris(issued)))
        attestations = tuple(row for row in read if isinstance(row, Attestation))
        _refuse_doubles(attestations)
        return Listing(
            source=NAME,
            attestations=attestations,
            covers=frozenset(self.labels),
            edition_at=issued,
            next_update=_next_update(root),
            remarks=_remarks(services),
            unreadable=tuple(row for row in read if isinstance(row, Unreadable)),
        )

    def explain(self, pages: Sequence[Page]) -> Explanation:
        """How a list is seen, whoever signed it: number, dates, signer, services by type."""
        if len(pages) != 1:
            return Explanation(kind=f"{len(pages)} documents, where the list is one")
        try:
            root = _parse(bare_xml(pages[0].body))
            return explained(root, self.signers, accepted(self.signers, _issued(root)))
        except (LayoutChanged, Doubtful) as error:
            return Explanation(kind="no trusted list", notes=(str(error),))

    def _signed(self, pages: Sequence[Page]) -> Signed:
        if len(pages) != 1:
            raise LayoutChanged(NAME, expected="one document", found=f"{len(pages)}")
        body = bare_xml(pages[0].body)
        root = _parse(body)
        _check_scheme(root)
        issued = _issued(root)
        return signed_list(body, signers=accepted(self.signers, issued), issued=issued)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    """One service of the list with the provider it stands under."""

    info: etree._Element
    history: tuple[etree._Element, ...]
    holder: str
    holder_extra: Mapping[str, str]
    place: str

    @property
    def type(self) -> str:
        """The service type without its common prefix ("CA/QC")."""
        return short_type(text(self.info, "t:ServiceTypeIdentifier", self.place))

    @property
    def usages(self) -> tuple[str, ...]:
        """What the service is now printed to be for ("ForeSeals"), as the last words of the URIs."""
        return usages_of(self.info)


def _parse(body: bytes) -> etree._Element:
    if re.search(rb"<(!doctype\s+)?html[\s>]", body[:2000], re.IGNORECASE):
        raise LayoutChanged(NAME, expected="the XML of the trusted list", found="an HTML page")
    if b"<!DOCTYPE" in body:
        raise Doubtful("tl-fr: the document has a DOCTYPE, which no trusted list has; nothing of it was read")
    try:
        root = etree.fromstring(body, secure_parser())
    except etree.XMLSyntaxError as error:
        raise LayoutChanged(NAME, expected="well-formed XML", found=str(error)) from error
    if root.tag != ROOT:
        raise LayoutChanged(NAME, expected=f"a root element {ROOT}", found=str(root.tag))
    return root


def _check_scheme(root: etree._Element) -> None:
    for path, known in (("TSLVersionIdentifier", ("5", "6")), ("SchemeTerritory", ("FR",))):
        found = text(root, f"t:SchemeInformation/t:{path}")
        if found not in known:
            raise LayoutChanged(NAME, expected=f"{path} {' or '.join(known)}", found=found)


def _issued(root: etree._Element) -> datetime:
    return dated(root, "t:SchemeInformation/t:ListIssueDateTime")


def _next_update(root: etree._Element) -> datetime | None:
    """By when the next list is promised; None for a list that closes the series, or says nothing readable."""
    try:
        return moment(root.findtext("t:SchemeInformation/t:NextUpdate/t:dateTime", "", TSL))
    except ValueError:
        return None


def _services(root: etree._Element) -> Iterator[_Service]:
    providers = root.findall("t:TrustServiceProviderList/t:TrustServiceProvider", TSL)
    if not providers:
        raise LayoutChanged(NAME, expected="trust service providers", found="none")
    for number, provider in enumerate(providers, 1):
        spot = f"provider {number}"
        holder, extra = _holder(need(provider, "t:TSPInformation", spot), spot)
        for index, service in enumerate(provider.iterfind("t:TSPServices/t:TSPService", TSL), 1):
            place = f"{spot} ({holder}), service {index}"
            yield _Service(
                info=need(service, "t:ServiceInformation", place),
                history=tuple(service.iterfind("t:ServiceHistory/t:ServiceHistoryInstance", TSL)),
                holder=holder,
                holder_extra=extra,
                place=place,
            )


def _holder(info: etree._Element, place: str) -> tuple[str, Mapping[str, str]]:
    """The provider's printed name, and what else the list prints of it: English name, SIREN, other names."""
    name, _ = _names(info, "TSPName", place)
    english = next((text for language, text in _printed(info, "TSPName") if language == "en"), name)
    trade_names = _once(text for _, text in _printed(info, "TSPTradeName"))
    registrations = tuple(text for text in map(_number, trade_names) if REGISTRATION.fullmatch(text))
    extra = {
        "name_en": english if print_key(english) != print_key(name) else "",
        "siren": next((match[1] for match in map(SIREN.fullmatch, registrations) if match), ""),
        "registration": "; ".join(registrations),
        "trade_names": "; ".join(text for text in trade_names if _number(text) not in registrations),
    }
    return name, {key: value for key, value in extra.items() if value}


def _rows(service: _Service, day: date) -> tuple[Attestation | Unreadable, ...]:
    """One row per label that the service is, was, or will be for, as it stands on the day of the list.

    None when its type is not one of ours.
    """
    if service.type not in LABELS_BY_TYPE:
        return ()
    by_usage, ref = LABELS_BY_TYPE[service.type], None
    stated = {"", *service.usages, *(usage for past in service.history for usage in usages_of(past))}
    labels = {usage: label for usage, label in by_usage.items() if usage in stated}
    try:
        ref = f"{service.type} {_identity(service.info)}"
        printed = entries(service.info, service.history, service.place)
        rows = tuple(
            as_of(_attestation(service, label, ref, under(printed, usage)), day)
            for usage, label in labels.items()
        )
    except ValueError as error:
        return _unreadable(service, (labels or by_usage).values(), ref, str(error))
    if any(usage in ("", *service.usages) for usage in by_usage):
        return rows
    why = f"expected one of {list(by_usage)} in its additional information; found {list(service.usages)}"
    return _unreadable(service, by_usage.values(), ref, why)


def _unreadable(
    service: _Service, labels: Iterable[str], ref: str | None, why: str
) -> tuple[Unreadable, ...]:
    return tuple(
        Unreadable(label=label, place=service.place, why=why, ref=ref, holder=service.holder)
        for label in labels
    )


def _attestation(service: _Service, label: str, ref: str, printed: Sequence[Printed]) -> Attestation:
    """The row with all statuses printed of it; which one is in force depends on the day."""
    subject, others = _names(service.info, "ServiceName", service.place)
    extra = {
        **service.holder_extra,
        "service_type": service.type,
        "other_names": "; ".join(others),
        "statuses": printed_text(printed),
    }
    return Attestation(
        label=label,
        holder=service.holder,
        subject=subject,
        ref=ref,
        extra={key: value for key, value in extra.items() if value},
        place=service.place,
    )


def _identity(info: etree._Element) -> str:
    """What identifies a service: the SHA-256 of its first certificate, else a key identifier or a name.

    With the service type it is unique on the list (TS 119 612, 5.5.3); names are not. Raises `ValueError`.
    """
    ids = info.find("t:ServiceDigitalIdentity", TSL)
    found = {kind: None if ids is None else ids.find(f"t:DigitalId/t:{kind}", TSL) for kind in IDENTITIES}
    texts = {kind: str(e.xpath("string()")).strip() for kind, e in found.items() if e is not None}
    if certificate := texts.pop("X509Certificate", ""):
        return hashlib.sha256(base64.b64decode("".join(certificate.split()), validate=True)).hexdigest()
    for kind, named in texts.items():
        if named:
            return f"{kind} {named}"
    raise ValueError(f"expected one of {list(IDENTITIES)} as its digital identity; found none")


def _refuse_doubles(attestations: Sequence[Attestation]) -> None:
    places: dict[tuple[str, str | None], str] = {}
    for row in attestations:
        first = places.setdefault((row.label, row.ref), row.place)
        if first != row.place:
            raise LayoutChanged(
                NAME, expected=f"{row.label} {row.ref} once", found=f"it at {first} as well", place=row.place
            )


def _remarks(services: Sequence[_Service]) -> tuple[Remark, ...]:
    """What the list states in words that we do not know, each once, with the number of services."""
    news = Counter(topic for service in services for topic in _news(service))
    return tuple(
        Remark(
            topic=topic, text=f"{count} service(s) of the list have an unknown {topic}, which was not read"
        )
        for topic, count in sorted(news.items())
    )


def _news(service: _Service) -> Iterator[str]:
    if service.type not in OTHER_TYPES and service.type not in LABELS_BY_TYPE:
        yield f"service type {service.type}"
    for element in service.info.iterchildren("{*}*"):
        name = etree.QName(element).localname
        if name not in FIELDS:
            yield f"field {name}"
    for usage in service.usages:
        if usage not in USAGES:
            yield f"additional information {usage}"
    for element in service.info.iterfind("t:ServiceInformationExtensions/t:Extension/*", TSL):
        name = etree.QName(element).localname
        if name not in EXTENSIONS:
            yield f"extension {name}"


def _names(info: etree._Element, tag: str, place: str) -> tuple[str, tuple[str, ...]]:
    """The name in French if there is one, else in English, else the first; then the other spellings."""
    printed = _printed(info, tag)
    if not printed:
        raise LayoutChanged(NAME, expected=f"a {tag}", found="none", place=place)
    ranked = sorted(printed, key=lambda name: {"fr": 0, "en": 1}.get(name[0], 2))
    chosen = ranked[0][1]
    return chosen, _once(text for _, text in printed if print_key(text) != print_key(chosen))


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts, each as it is first printed."""
    return tuple({print_key(text): text for text in reversed([*texts])}.values())[::-1]


def _number(text: str) -> str:
    """A registration number without what nobody sees of its print."""
    return tidy(text).upper()


def _printed(info: etree._Element, tag: str) -> tuple[tuple[str, str], ...]:
    """Language and text of every non-empty name, in printed order; line breaks are spaces (schema)."""
    found = ((n.get(LANG, ""), n.text or "") for n in info.iterfind(f"t:{tag}/t:Name", TSL))
    names = ((language, re.sub(r"[\t\r\n]", " ", text).strip()) for language, text in found)
    return tuple((language, text) for language, text in names if text)
