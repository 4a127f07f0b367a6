"""What one edition of the list of lists says: its head, its signers, and a pointer for each territory."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping

from cryptography import x509
from cryptography.x509.oid import NameOID
from lxml import etree

from scrapers.root import Pointer
from scrapers.source import LayoutChanged
from scrapers.trust.xml import TSL, text
from state.model import Reason

XML = "application/vnd.etsi.tsl+xml"
"""How the pointers to machine-readable lists are marked; others lead to PDFs. Addresses do not tell: one ends
in `.xtsl`, one in `TSLDK_v6xml`, one has `$file/` in its way."""
NAMESPACES = {**TSL, "x": "http://uri.etsi.org/02231/v2/additionaltypes#"}
HEAD = "t:SchemeInformation/t:"
# Whole ways, and no search below: a third of the time.
QUALIFIERS = "t:AdditionalInformation/t:OtherInformation/"
CERTIFICATES = "t:ServiceDigitalIdentities/t:ServiceDigitalIdentity/t:DigitalId/t:X509Certificate"


def uris_of(root: etree._Element) -> tuple[str, ...]:
    """The addresses of the scheme in printed order: publications and pivots, the newest first, then
    others."""
    found = root.iterfind(f"{HEAD}SchemeInformationURI/t:URI", TSL)
    return tuple((uri.text or "").strip() for uri in found)


def pointers_of(root: etree._Element) -> Mapping[str, Pointer]:
    """The pointers to XML by territory; several to one territory are one with all their addresses and
    signers.

    Raises `LayoutChanged` where there is none, or one says neither where nor of whom it speaks.
    """
    found: dict[str, list[tuple[str, etree._Element, str]]] = defaultdict(list)
    each = root.iterfind(f"{HEAD}PointersToOtherTSL/t:OtherTSLPointer", TSL)
    for count, pointer in enumerate(each, 1):
        if (pointer.findtext(f"{QUALIFIERS}x:MimeType", "", NAMESPACES) or "").strip() != XML:
            continue
        place = f"OtherTSLPointer {count}"
        territory = text(pointer, f"{QUALIFIERS}t:SchemeTerritory", place)
        found[territory].append((text(pointer, "t:TSLLocation", place), pointer, place))
    if not found:
        raise LayoutChanged("", Reason.of("no_element", element="OtherTSLPointer"))
    return {territory: _merged(territory, several) for territory, several in found.items()}


def _merged(territory: str, several: list[tuple[str, etree._Element, str]]) -> Pointer:
    return Pointer(
        territory=territory,
        addresses=tuple(dict.fromkeys(address for address, _, _ in several)),
        signers=dict(pair for _, pointer, _ in several for pair in _signers(pointer)),
        place=several[0][2],
    )


def _signers(pointer: etree._Element) -> Iterator[tuple[str, bytes]]:
    """The certificates that a pointer names, by their SHA-256.

    Some elements are empty in print. What is no certificate can sign nothing, so that it is left out harms
    nobody but who printed it.
    """
    for element in pointer.iterfind(CERTIFICATES, TSL):
        try:
            body = base64.b64decode("".join((element.text or "").split()), validate=True)
        except ValueError:
            continue
        if body:
            yield hashlib.sha256(body).hexdigest(), body


def name_of(certificate: bytes) -> str:
    """The name that a certificate bears, "" for what is none."""
    try:
        subject = x509.load_der_x509_certificate(certificate).subject
    except ValueError:
        return ""
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else subject.rfc4514_string()
