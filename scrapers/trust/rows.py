"""From a trusted list to its rows: providers, their services, and what the list states of each."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from lxml import etree

from scrapers.source import LayoutChanged, UnreadableRow
from scrapers.trust.statuses import entries, under, usages_of
from scrapers.trust.words import (
    EXTENSIONS,
    FIELDS,
    LABELS_BY_TYPE,
    NO_USAGES,
    OTHER_TYPES,
    STATED,
    USAGES,
    short_type,
)
from scrapers.trust.xml import TSL, day_in, issued, need, next_update, sequence_of, text
from state.model import Attestation, Listing, Reason, Remark, Unreadable
from state.names import print_key, tidy
from state.words.course import UNSTATED, Printed, as_of, printed_text, statuses

if TYPE_CHECKING:
    from scrapers.trust import Register

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
IDENTITIES = ("X509Certificate", "X509SKI", "X509SubjectName", "Other")
REGISTRATION = re.compile(
    r"((?:VAT|NTR|IDC|PAS|PNO|TIN|PSD|LEI|TVA)[A-Z]{2}) ?- ?(\S.*)|(EUID) ?[:-]? ?([A-Z]{2}\S.*)"
)
"""A legal identifier as TS 119 612 (5.4.2) wants it among the trade names, and as states print it: Hungary
with blanks around the hyphen, Luxembourg one in French."""
SIREN = re.compile(r"(?:VATFR-\w{2}|NTRFR-)(\d{9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service of the list with the provider it stands under."""

    info: etree._Element
    history: tuple[etree._Element, ...]
    register: Register
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

    @property
    def states_no_label(self) -> bool:
        """Whether all that is printed of what a service is for says nothing of a label.

        Romania's certSIGN is the root of certificates, nobody says of which: that is told to operators. What
        such a service was for before, it has a row for.
        """
        return bool(self.usages) and NO_USAGES.issuperset(self.usages)


def listing_of(root: etree._Element, register: Register) -> Listing:
    """Every service of the labels we know, ended ones included."""
    found, edition = tuple(services_in(root, register)), issued(root)
    day = day_in(register.zone, edition)
    read = tuple((service, row) for service in found for row in rows_of(service, day))
    attestations = told_apart([(service, row) for service, row in read if isinstance(row, Attestation)])
    return Listing(
        source=register.name,
        attestations=attestations,
        covers=frozenset(STATED),
        edition_at=edition,
        next_update=next_update(root),
        number=sequence_of(root),
        remarks=remarks_on(found),
        unreadable=tuple(row for _, row in read if isinstance(row, Unreadable)),
    )


def services_in(root: etree._Element, register: Register) -> Iterator[Service]:
    """The services of the list under their providers, in printed order."""
    providers = root.findall("t:TrustServiceProviderList/t:TrustServiceProvider", TSL)
    if not providers:
        raise LayoutChanged("", Reason.of("no_providers"))
    for number, provider in enumerate(providers, 1):
        spot = f"provider {number}"
        name, extra = holder_of(need(provider, "t:TSPInformation", spot), spot, register.languages)
        for index, service in enumerate(provider.iterfind("t:TSPServices/t:TSPService", TSL), 1):
            place = f"{spot} ({name}), service {index}"
            yield Service(
                info=need(service, "t:ServiceInformation", place),
                history=tuple(service.iterfind("t:ServiceHistory/t:ServiceHistoryInstance", TSL)),
                register=register,
                holder=name,
                holder_extra=extra,
                place=place,
            )


def holder_of(info: etree._Element, place: str, languages: Sequence[str]) -> tuple[str, Mapping[str, str]]:
    """The provider's printed name, and what else the list prints of it: English name, SIREN, other names."""
    name, _ = names_of(info, "TSPName", place, languages)
    english = next((text for language, text in printed_names(info, "TSPName") if language == "en"), name)
    trade_names = once(text for _, text in printed_names(info, "TSPTradeName"))
    registrations = once(filter(None, map(registration, trade_names)))
    extra = {
        "name_en": english if print_key(english) != print_key(name) else "",
        "siren": next((match[1] for match in map(SIREN.fullmatch, registrations) if match), ""),
        "registration": "; ".join(registrations),
        "trade_names": "; ".join(text for text in trade_names if not registration(text)),
    }
    return name, {key: value for key, value in extra.items() if value}


def rows_of(service: Service, day: date) -> tuple[Attestation | Unreadable, ...]:
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
        printed = entries(service.info, service.history, service.place, service.register.zone)
        rows = tuple(
            as_of(attestation(service, label, ref, under(printed, usage)), day)
            for usage, label in labels.items()
        )
    except UnreadableRow as error:
        return unreadable(service, (labels or by_usage).values(), ref, error.reason)
    if service.states_no_label or any(usage in ("", *service.usages) for usage in by_usage):
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


def attestation(service: Service, label: str, ref: str, printed: Sequence[Printed]) -> Attestation:
    """The row with all statuses printed of it; which one is in force depends on the day."""
    subject, others = names_of(service.info, "ServiceName", service.place, service.register.languages)
    extra = {
        **service.holder_extra,
        "service_type": service.type,
        "taken_over_by": successor(service),
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
        country=service.register.territory,
    )


def successor(service: Service) -> str:
    """Who has taken the service over, as the authority prints it; "" where it prints nobody."""
    taken = service.info.find("t:ServiceInformationExtensions/t:Extension/{*}TakenOverBy", TSL)
    # The schema's own namespace for this extension, and that of lists: both are in use for what is in it.
    named = None if taken is None else taken.find("{*}TSPName")
    if named is None:
        return ""
    return best_name(languages_of(named.iterfind("{*}Name")), service.register.languages)


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


def told_apart(read: Sequence[tuple[Service, Attestation]]) -> tuple[Attestation, ...]:
    """The rows, each with a ref of its own; raises `LayoutChanged` for a service that is printed twice.

    Type and first certificate name a service (TS 119 612, 5.5.3), but not in Belgium and Romania: there one
    that ended is printed beside the one that followed it with the same certificate. The one that began first
    keeps the plain ref, so that it stays the same when another follows; the others are numbered. One that has
    the label no more comes last: Banqup's was corrected by another one within its own hour.
    """
    groups: dict[tuple[str, str | None], list[tuple[Service, Attestation]]] = {}
    for service, row in read:
        groups.setdefault((row.label, row.ref), []).append((service, row))
    refs: dict[int, str] = {}
    for alike in groups.values():
        refuse_doubles(alike)
        alike.sort(key=lambda pair: (pair[1].status == UNSTATED, statuses(pair[1])[-1][0]))
        refs |= {id(row): f"{row.ref} ({rank})" for rank, (_, row) in enumerate(alike, 1) if rank > 1}
    return tuple(replace(row, ref=refs[id(row)]) if id(row) in refs else row for _, row in read)


def refuse_doubles(alike: Sequence[tuple[Service, Attestation]]) -> None:
    """Raises `LayoutChanged` where nothing printed tells two services of one ref apart."""
    places: dict[bytes, str] = {}
    for service, row in alike if len(alike) > 1 else ():
        printed = b"".join(etree.tostring(one, with_tail=False) for one in (service.info, *service.history))
        if (first := places.setdefault(printed, row.place)) != row.place:
            twice = Reason.of("row_twice", row=f"{row.label} {row.ref}", first=first)
            raise LayoutChanged("", twice, row.place)


UNKNOWN = {
    "new_service_type": "service type",
    "new_field": "field",
    "new_information": "additional information",
    "new_extension": "extension",
    "no_label": "no label of",
}
"""The topics under which operators are told of a word that we do not know, or that states no label."""


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
    if service.states_no_label and "" not in LABELS_BY_TYPE.get(service.type, {"": ""}):
        yield "no_label", f"{service.type} {', '.join(service.usages)}"
    fields = (etree.QName(element).localname for element in service.info.iterchildren("{*}*"))
    yield from (("new_field", name) for name in fields if name not in FIELDS)
    yield from (("new_information", usage) for usage in service.usages if usage not in USAGES | NO_USAGES)
    extensions = service.info.iterfind("t:ServiceInformationExtensions/t:Extension/*", TSL)
    names = (etree.QName(element).localname for element in extensions)
    yield from (("new_extension", name) for name in names if name not in EXTENSIONS)


def names_of(
    info: etree._Element, tag: str, place: str, languages: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """The name in the first language that there is, else the first; then the other spellings."""
    found = printed_names(info, tag)
    if not found:
        raise LayoutChanged("", Reason.of("no_element", element=tag), place)
    chosen = best_name(found, languages)
    return chosen, once(text for _, text in found if print_key(text) != print_key(chosen))


def best_name(found: Sequence[tuple[str, str]], languages: Sequence[str]) -> str:
    """The name in the first of the languages that there is, else the first printed; "" of none."""
    rank = {language: order for order, language in enumerate(languages)}
    ranked = sorted(found, key=lambda name: rank.get(name[0].lower().partition("-")[0], len(rank)))
    return ranked[0][1] if ranked else ""


def once(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts, each as it is first printed."""
    return tuple({print_key(text): text for text in reversed([*texts])}.values())[::-1]


def registration(text: str) -> str:
    """A legal identifier without what nobody sees of its print, "" for any other name."""
    found = REGISTRATION.fullmatch(tidy(text).upper())
    return "-".join(part for part in found.groups() if part) if found else ""


def printed_names(info: etree._Element, tag: str) -> tuple[tuple[str, str], ...]:
    """Language and text of every non-empty name of an element, in printed order."""
    return languages_of(info.iterfind(f"t:{tag}/t:Name", TSL))


def languages_of(names: Iterable[etree._Element]) -> tuple[tuple[str, str], ...]:
    """Language and text of every non-empty name; line breaks are spaces (schema)."""
    found = ((one.get(LANG, ""), re.sub(r"[\t\r\n]", " ", one.text or "").strip()) for one in names)
    return tuple((language, text) for language, text in found if text)
