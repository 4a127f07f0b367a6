"""From the services of a trusted list to its rows: what the list states of each, label by label.

What it states in words that we do not know is told to operators, each word once.
"""

from __future__ import annotations

import binascii
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from scrapers.source import LayoutChanged, UnreadableRow
from scrapers.trust.services import (
    EXTENSIONS,
    NAME,
    Service,
    best_name,
    entries,
    extended,
    names_in,
    names_of,
    services_in,
    under,
)
from scrapers.trust.words import FIELDS, KNOWN_EXTENSIONS, KNOWN_USAGES, LABELS_BY_TYPE, OTHER_TYPES, STATED
from scrapers.trust.xml import day_in, issued, next_update, parts_of, sequence_of, tag
from state.model import Attestation, Listing, Reason, Remark, Unreadable
from state.words.course import UNSTATED, Printed, printed_text, standing, statuses

if TYPE_CHECKING:
    from scrapers.trust import Register

IDENTITIES = ("X509Certificate", "X509SKI", "X509SubjectName", "Other")
IDENTITY, KINDS = tag("ServiceDigitalIdentity"), tuple(map(tag, IDENTITIES))
CERTIFICATE = KINDS[0]
TOPICS = {
    "new_service_type": "service type",
    "new_field": "field",
    "new_information": "additional information",
    "new_extension": "extension",
    "no_label": "no label of",
}
"""The topics under which operators are told of a word that we do not know, or that states no label."""
KNOWN_FIELDS = frozenset(map(tag, FIELDS))
TAKEN_OVER = "{http://uri.etsi.org/02231/v2/additionaltypes#}TakenOverBy"


def listing_of(root: etree._Element, register: Register) -> Listing:
    """Every service of the labels we know, ended ones included."""
    found, edition = tuple(services_in(root, register)), issued(root)
    day = day_in(register.zone, edition)
    read = [(service, row) for service in found for row in rows_of(service, day)]
    return Listing(
        source=register.name,
        attestations=told_apart([(one, row) for one, row in read if isinstance(row, Attestation)]),
        covers=frozenset(STATED),
        edition_at=edition,
        next_update=next_update(root),
        number=sequence_of(root),
        remarks=remarks_on(found),
        unreadable=tuple(row for _, row in read if isinstance(row, Unreadable)),
    )


def rows_of(service: Service, day: date) -> Sequence[Attestation | Unreadable]:
    """One row per label that the service is, was, or will be for, as it stands on the day of the list.

    None when its type is not one of ours.
    """
    by_usage = LABELS_BY_TYPE.get(service.type)
    if by_usage is None:
        return ()
    ref = None
    try:
        ref = f"{service.type} {identity(service)}"
        printed, shared = entries(service), facts_of(service)
    except UnreadableRow as error:
        return unreadable(service, (labels_of(service, by_usage) or by_usage).values(), ref, error.reason)
    if "" not in by_usage and by_usage.keys().isdisjoint(service.usages) and not service.states_no_label:
        why = Reason.of("other_usage", known=", ".join(by_usage), found=", ".join(service.usages) or "–")
        return unreadable(service, by_usage.values(), ref, why)
    stated = {""}.union(*[entry.usages for entry in printed])
    return [
        attestation(service, label, ref, shared, under(printed, use), day)
        for use, label in by_usage.items()
        if use in stated
    ]


def labels_of(service: Service, by_usage: Mapping[str, str]) -> Mapping[str, str]:
    """The labels that a service is or was for, each by its use, where its statuses cannot be read."""
    stated = {"", *service.usages}.union(*(extended(parts_of(one))[0] for one in service.history))
    return {usage: label for usage, label in by_usage.items() if usage in stated}


def unreadable(
    service: Service, labels: Iterable[str], ref: str | None, why: Reason
) -> tuple[Unreadable, ...]:
    """The service as a row that cannot be read, once for each label it may state."""
    place, holder = service.place, service.holder.name
    return tuple(Unreadable(label=label, place=place, why=why, ref=ref, holder=holder) for label in labels)


def facts_of(service: Service) -> tuple[str, dict[str, str]]:
    """What all rows of a service have in common: its name, and what is printed beside it."""
    named = names_in(service.parts.get(NAME))
    subject, others = names_of(named, "ServiceName", service.place, service.holder.register.languages)
    extra = {**service.holder.extra, "service_type": service.type}
    if TAKEN_OVER in service.extensions and (taken := successor(service)):
        extra["taken_over_by"] = taken
    if others:
        extra["other_names"] = "; ".join(others)
    return subject, extra


def attestation(
    service: Service,
    label: str,
    ref: str,
    shared: tuple[str, dict[str, str]],
    printed: tuple[Printed, ...],
    day: date,
) -> Attestation:
    """The row with all statuses printed of it, as it stands on a day."""
    subject, extra = shared
    status, begun, until, derived = _course(printed, day)
    return Attestation(
        label=label,
        holder=service.holder.name,
        subject=subject,
        status=status,
        ref=ref,
        valid_from=begun,
        valid_until=until,
        extra=extra | derived,
        place=service.place,
        country=service.holder.register.territory,
    )


@lru_cache(maxsize=1 << 12)  # services of one provider began together, and a list has a thousand of them
def _course(printed: tuple[Printed, ...], day: date) -> tuple[str, date, date | None, dict[str, str]]:
    """What a row that prints these statuses says on a day; see `standing`."""
    status, begun, until, derived = standing(printed, day)
    return status, begun, until, {"statuses": printed_text(printed), **derived}


def successor(service: Service) -> str:
    """Who has taken the service over, as the authority prints it; "" where it prints nobody."""
    named = service.parts[EXTENSIONS].find(f"{tag('Extension')}/{TAKEN_OVER}/{{*}}TSPName")
    return best_name(names_in(named), service.holder.register.languages)


def identity(service: Service) -> str:
    """What identifies a service: the SHA-256 of its first certificate, else a key identifier or a name.

    Names are not unique on a list, and this, with the service type, nearly is: see `told_apart`. Raises
    `UnreadableRow`.
    """
    ids = service.parts.get(IDENTITY)
    for kind in KINDS:
        if ids is None or (named := next(ids.iter(kind), None)) is None:
            continue
        printed = ("".join(named.itertext()) if len(named) else named.text or "").strip()
        if printed and kind == CERTIFICATE:
            return _fingerprint(printed)
        if printed:
            return f"{etree.QName(kind).localname} {printed}"
    raise UnreadableRow(Reason.of("no_identity", known=", ".join(IDENTITIES)))


def _fingerprint(certificate: str) -> str:
    try:
        if "\n" in certificate or " " in certificate:
            certificate = "".join(certificate.split())
        body = binascii.a2b_base64(certificate, strict_mode=True)
    except ValueError as error:
        raise UnreadableRow(Reason.of("bad_identity", error=str(error))) from error
    # Of the bytes, since the same certificate is wrapped in lines of other lengths from list to list.
    return hashlib.sha256(body).hexdigest()


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
        if len(alike) > 1:
            refuse_doubles(alike)
            alike.sort(key=lambda pair: (pair[1].status == UNSTATED, statuses(pair[1])[-1][0]))
            refs |= {id(row): f"{row.ref} ({rank})" for rank, (_, row) in enumerate(alike, 1) if rank > 1}
    return tuple([replace(row, ref=refs[id(row)]) if id(row) in refs else row for _, row in read])


def refuse_doubles(alike: Sequence[tuple[Service, Attestation]]) -> None:
    """Raises `LayoutChanged` where nothing printed tells two services of one ref apart."""
    places: dict[bytes, str] = {}
    for service, row in alike:
        if (first := places.setdefault(service.printed(), row.place)) != row.place:
            twice = Reason.of("row_twice", row=f"{row.label} {row.ref}", first=first)
            raise LayoutChanged("", twice, row.place)


def remarks_on(services: Sequence[Service]) -> tuple[Remark, ...]:
    """What the list states in words that we do not know, each once, with the number of services."""
    news = Counter(news for service in services for news in news_in(service))
    told = sorted((f"{TOPICS[code]} {word}", code, word, count) for (code, word), count in news.items())
    return tuple(
        Remark(topic=topic, reason=Reason.of(code, word=word, services=count))
        for topic, code, word, count in told
    )


def news_in(service: Service) -> Iterator[tuple[str, str]]:
    """What a service states in words that we do not know, each with what it is."""
    by_usage = LABELS_BY_TYPE.get(service.type)
    if by_usage is None and service.type not in OTHER_TYPES:
        yield "new_service_type", service.type
    if by_usage and "" not in by_usage and service.states_no_label:
        yield "no_label", f"{service.type} {', '.join(service.usages)}"
    # Sets first: a list has thousands of services, and next to none of them prints anything new.
    if fields := service.parts.keys() - KNOWN_FIELDS:
        yield from (("new_field", _word(name)) for name in fields)
    if not KNOWN_USAGES.issuperset(service.usages):
        yield from (("new_information", usage) for usage in service.usages if usage not in KNOWN_USAGES)
    words = map(_word, service.extensions)
    yield from (("new_extension", word) for word in words if word not in KNOWN_EXTENSIONS)


@lru_cache(maxsize=1 << 8)
def _word(name: str) -> str:
    return str(etree.QName(name).localname)
