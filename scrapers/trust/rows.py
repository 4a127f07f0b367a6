"""From a trusted list to its rows: providers, their services, and what the list states of each."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from lxml import etree

from scrapers.source import LayoutChanged, UnreadableRow
from scrapers.trust.statuses import entries, under, usages_of
from scrapers.trust.words import (
    EXTENSIONS,
    FIELDS,
    LABELS_BY_TYPE,
    OTHER_TYPES,
    STATED,
    USAGES,
    short_type,
)
from scrapers.trust.xml import TSL, day_in_paris, issued, need, next_update, text
from state.model import Attestation, Listing, Reason, Remark, Unreadable
from state.names import print_key, tidy
from state.words.course import Printed, as_of, printed_text

if TYPE_CHECKING:
    from scrapers.trust import Register

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
IDENTITIES = ("X509Certificate", "X509SKI", "X509SubjectName", "Other")
REGISTRATION = re.compile(r"(?:VAT|NTR)[A-Z]{2}-\S+")
SIREN = re.compile(r"(?:VATFR-\w{2}|NTRFR-)(\d{9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
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


def listing_of(root: etree._Element, register: Register) -> Listing:
    """Every service of the labels we know, ended ones included."""
    found, edition = tuple(services_in(root, register.languages)), issued(root)
    read = tuple(
        row for service in found for row in rows_of(service, day_in_paris(edition), register.languages)
    )
    attestations = tuple(row for row in read if isinstance(row, Attestation))
    refuse_doubles(attestations)
    return Listing(
        source=register.name,
        attestations=attestations,
        covers=frozenset(STATED),
        edition_at=edition,
        next_update=next_update(root),
        remarks=remarks_on(found),
        unreadable=tuple(row for row in read if isinstance(row, Unreadable)),
    )


def services_in(root: etree._Element, languages: Sequence[str]) -> Iterator[Service]:
    """The services of the list under their providers, in printed order."""
    providers = root.findall("t:TrustServiceProviderList/t:TrustServiceProvider", TSL)
    if not providers:
        raise LayoutChanged("", Reason.of("no_providers"))
    for number, provider in enumerate(providers, 1):
        spot = f"provider {number}"
        name, extra = holder_of(need(provider, "t:TSPInformation", spot), spot, languages)
        for index, service in enumerate(provider.iterfind("t:TSPServices/t:TSPService", TSL), 1):
            place = f"{spot} ({name}), service {index}"
            yield Service(
                info=need(service, "t:ServiceInformation", place),
                history=tuple(service.iterfind("t:ServiceHistory/t:ServiceHistoryInstance", TSL)),
                holder=name,
                holder_extra=extra,
                place=place,
            )


def holder_of(info: etree._Element, place: str, languages: Sequence[str]) -> tuple[str, Mapping[str, str]]:
    """The provider's printed name, and what else the list prints of it: English name, SIREN, other names."""
    name, _ = names_of(info, "TSPName", place, languages)
    english = next((text for language, text in printed_names(info, "TSPName") if language == "en"), name)
    trade_names = once(text for _, text in printed_names(info, "TSPTradeName"))
    registrations = tuple(text for text in map(number, trade_names) if REGISTRATION.fullmatch(text))
    extra = {
        "name_en": english if print_key(english) != print_key(name) else "",
        "siren": next((match[1] for match in map(SIREN.fullmatch, registrations) if match), ""),
        "registration": "; ".join(registrations),
        "trade_names": "; ".join(text for text in trade_names if number(text) not in registrations),
    }
    return name, {key: value for key, value in extra.items() if value}


def rows_of(service: Service, day: date, languages: Sequence[str]) -> tuple[Attestation | Unreadable, ...]:
    """One row per label that the service is, was, or will be for, as it stands on the day of the list.

    None when its type is not one of ours.
    """
    if service.type not in LABELS_BY_TYPE:
        return ()
    by_usage, ref = LABELS_BY_TYPE[service.type], None
    stated = {"", *service.usages, *(usage for past in service.history for usage in usages_of(past))}
    labels = {usage: label for usage, label in by_usage.items() if usage in stated}
    try:
        ref = f"{service.type} {identity(service.info)}"
        printed = entries(service.info, service.history, service.place)
        rows = tuple(
            as_of(attestation(service, label, ref, under(printed, usage), languages), day)
            for usage, label in labels.items()
        )
    except UnreadableRow as error:
        return unreadable(service, (labels or by_usage).values(), ref, error.reason)
    if any(usage in ("", *service.usages) for usage in by_usage):
        return rows
    why = Reason.of("other_usage", known=", ".join(by_usage), found=", ".join(service.usages) or "–")
    return unreadable(service, by_usage.values(), ref, why)


def unreadable(
    service: Service, labels: Iterable[str], ref: str | None, why: Reason
) -> tuple[Unreadable, ...]:
    """The service as a row that cannot be read, once for each label it may state."""
    return tuple(
        Unreadable(label=label, place=service.place, why=why, ref=ref, holder=service.holder)
        for label in labels
    )


def attestation(
    service: Service, label: str, ref: str, printed: Sequence[Printed], languages: Sequence[str]
) -> Attestation:
    """The row with all statuses printed of it; which one is in force depends on the day."""
    subject, others = names_of(service.info, "ServiceName", service.place, languages)
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


def identity(info: etree._Element) -> str:
    """What identifies a service: the SHA-256 of its first certificate, else a key identifier or a name.

    With the service type it is unique on the list (TS 119 612, 5.5.3); names are not. Raises `UnreadableRow`.
    """
    ids = info.find("t:ServiceDigitalIdentity", TSL)
    found = {kind: None if ids is None else ids.find(f"t:DigitalId/t:{kind}", TSL) for kind in IDENTITIES}
    texts = {kind: str(e.xpath("string()")).strip() for kind, e in found.items() if e is not None}
    if certificate := texts.pop("X509Certificate", ""):
        try:
            body = base64.b64decode("".join(certificate.split()), validate=True)
        except ValueError as error:
            raise UnreadableRow(Reason.of("bad_identity", error=str(error))) from error
        # Of the bytes, since the same certificate is wrapped in lines of other lengths from list to list.
        return hashlib.sha256(body).hexdigest()
    for kind, named in texts.items():
        if named:
            return f"{kind} {named}"
    raise UnreadableRow(Reason.of("no_identity", known=", ".join(IDENTITIES)))


def refuse_doubles(attestations: Sequence[Attestation]) -> None:
    """Raises `LayoutChanged` for a service that stands twice under one label."""
    places: dict[tuple[str, str | None], str] = {}
    for row in attestations:
        first = places.setdefault((row.label, row.ref), row.place)
        if first != row.place:
            twice = Reason.of("row_twice", row=f"{row.label} {row.ref}", first=first)
            raise LayoutChanged("", twice, row.place)


UNKNOWN = {
    "new_service_type": "service type",
    "new_field": "field",
    "new_information": "additional information",
    "new_extension": "extension",
}
"""The topics under which operators are told of a word that we do not know, by what it is."""


def remarks_on(services: Sequence[Service]) -> tuple[Remark, ...]:
    """What the list states in words that we do not know, each once, with the number of services."""
    news = Counter(news for service in services for news in news_in(service))
    told = sorted((f"{UNKNOWN[code]} {word}", code, word, count) for (code, word), count in news.items())
    return tuple(
        Remark(topic=topic, reason=Reason.of(code, word=word, services=count))
        for topic, code, word, count in told
    )


def news_in(service: Service) -> Iterator[tuple[str, str]]:
    """What a service states in words that we do not know, each with what it is."""
    if service.type not in OTHER_TYPES and service.type not in LABELS_BY_TYPE:
        yield "new_service_type", service.type
    for element in service.info.iterchildren("{*}*"):
        if (name := etree.QName(element).localname) not in FIELDS:
            yield "new_field", name
    for usage in service.usages:
        if usage not in USAGES:
            yield "new_information", usage
    for element in service.info.iterfind("t:ServiceInformationExtensions/t:Extension/*", TSL):
        if (name := etree.QName(element).localname) not in EXTENSIONS:
            yield "new_extension", name


def names_of(
    info: etree._Element, tag: str, place: str, languages: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """The name in the first language that there is, else the first; then the other spellings."""
    found = printed_names(info, tag)
    if not found:
        raise LayoutChanged("", Reason.of("no_element", element=tag), place)
    rank = {language: order for order, language in enumerate(languages)}
    ranked = sorted(found, key=lambda name: rank.get(name[0], len(rank)))
    chosen = ranked[0][1]
    return chosen, once(text for _, text in found if print_key(text) != print_key(chosen))


def once(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts, each as it is first printed."""
    return tuple({print_key(text): text for text in reversed([*texts])}.values())[::-1]


def number(text: str) -> str:
    """A registration number without what nobody sees of its print."""
    return tidy(text).upper()


def printed_names(info: etree._Element, tag: str) -> tuple[tuple[str, str], ...]:
    """Language and text of every non-empty name, in printed order; line breaks are spaces (schema)."""
    found = ((n.get(LANG, ""), n.text or "") for n in info.iterfind(f"t:{tag}/t:Name", TSL))
    names = ((language, re.sub(r"[\t\r\n]", " ", text).strip()) for language, text in found)
    return tuple((language, text) for language, text in names if text)
