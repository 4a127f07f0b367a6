"""From the Official Journal to the list of lists: whether the documents of a look are to be believed. Pure.

By ETSI TS 119 615 (4.1) and the Commission's explanation of pivots: the Journal names who may sign the list.
A later set of signers is believed only when a list that is believed introduces it, in its pointer to itself:
that list stays at hand as a pivot, named above the publication among the addresses of the scheme. Pivots are
followed from the oldest to the newest; each set replaces the one before.
"""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID
from lxml import etree

from scrapers.root import EU, LISTS, Lists, Pointer, is_of_lists
from scrapers.source import Doubtful, LayoutChanged
from scrapers.trust import Root, Signers
from scrapers.trust.signature import signed_tree
from scrapers.trust.xml import TSL, check_scheme, dated, issued, number_of, parsed, text
from scrapers.wire.content import bare_xml
from state.model import Page, Reason

SHIPPED = Path(__file__).with_name("journal.toml")
JOURNAL = "https://eur-lex.europa.eu/"
"""Where the publications of the Official Journal are."""
XML = "application/vnd.etsi.tsl+xml"
"""How the pointers to machine-readable lists are marked; others lead to PDFs. Addresses do not tell: one ends
in `.xtsl`, one in `TSLDK_v6xml`, one has `$file/` in its way."""
NAMESPACES = {**TSL, "x": "http://uri.etsi.org/02231/v2/additionaltypes#"}
HEAD = "t:SchemeInformation/t:"
# Whole ways, and no search below: a third of the time.
QUALIFIERS = "t:AdditionalInformation/t:OtherInformation/"
CERTIFICATES = "t:ServiceDigitalIdentities/t:ServiceDigitalIdentity/t:DigitalId/t:X509Certificate"
PIVOT = re.compile(r"-pivot-(\d+)\.xml$")
Step = Callable[[Reason], None]
"""What is told of each step that held, for a person who wonders how far the trust reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Who may sign the list of lists from a publication on, as SHA-256 of their certificates."""

    uri: str
    title: str
    date: date
    signers: frozenset[str]

    @property
    def told(self) -> Reason:
        """The first link of the chain: a publication, or what the program knows of the time after a pivot."""
        code = "step_journal" if self.uri.startswith(JOURNAL) else "step_after_pivot"
        return Reason.of(code, named=self.title, date=str(self.date), signers=len(self.signers))


@cache
def points() -> Mapping[str, Point]:
    """The points that are shipped, by the address that stands for each in the list."""
    stated = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["point"]
    return {
        one["uri"]: Point(
            uri=one["uri"],
            title=one["title"],
            date=one["date"],
            signers=frozenset(signer["sha256"] for signer in one["signers"]),
        )
        for one in stated
    }


def begins(uris: Sequence[str]) -> tuple[Point, tuple[str, ...]]:
    """The newest point that a list names among these addresses, and those that stand above it.

    The list prints the newest first: publications of the Journal, and pivots since (the Commission's
    explanation of pivots, section 4). Raises `Doubtful` where it names no point that we know.
    """
    known = points()
    for place, uri in enumerate(uris):
        if uri in known:
            return known[uri], tuple(uris[:place])
    named = [uri for uri in uris if uri.startswith(JOURNAL)]
    titles = ", ".join(one.title for one in known.values())
    raise Doubtful(Reason.of("no_journal", known=titles, found=", ".join(named) or "–"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of the list among the documents of a look, not believed yet."""

    page: int
    tree: etree._Element
    number: int

    @property
    def uris(self) -> tuple[str, ...]:
        return uris_of(self.tree)


def editions(pages: Sequence[Page]) -> tuple[Edition, ...]:
    """The lists of lists among these documents, the newest last: the list itself, the others are pivots."""
    found = []
    for place, page in enumerate(pages):
        if is_of_lists(page):
            tree = parsed(bare_xml(page.body))
            found.append(Edition(page=place, tree=tree, number=number_of(tree)))
    return tuple(sorted(found, key=lambda one: one.number))


def pivots_of(uris: Sequence[str]) -> tuple[str, ...]:
    """The pivots that a list of these addresses needs, the oldest first; raises `Doubtful` as `begins`
    does."""
    _, above = begins(uris)
    return tuple(uri for uri in reversed(above) if PIVOT.search(uri))


def believed(pages: Sequence[Page], root: Root, step: Step = lambda _: None) -> Lists:
    """The list of lists among these documents, believed by the Journal and the pivots beside it.

    Raises `Doubtful` that names the link that is broken, `LayoutChanged` for what is no such list.
    """
    found = editions(pages)
    if not found:
        raise LayoutChanged("", Reason.of("no_list_of_lists", wanted=LISTS))
    newest = found[-1]
    point, above = begins(newest.uris)
    step(point.told)
    signers = point.signers | set(root.signers)
    for pivot in _pivots(newest, found):
        tree = _signed(pivot, signers)
        signers = _introduced(tree) | set(root.signers)
        step(Reason.of("step_pivot", number=pivot.number, signers=len(signers)))
    tree = _signed(newest, signers)
    step(Reason.of("step_lists", number=newest.number, issued=f"{issued(tree):%Y-%m-%d}"))
    return Lists(
        page=newest.page,
        number=newest.number,
        issued=issued(tree),
        next_update=dated(tree, f"{HEAD}NextUpdate/t:dateTime"),
        pointers=pointers_of(tree),
        journals=tuple(uri for uri in above if uri.startswith(JOURNAL)),
    )


def _pivots(newest: Edition, found: Sequence[Edition]) -> Sequence[Edition]:
    """The pivots between the point and the list, the oldest first; raises `Doubtful` for one that is missing.

    A list that introduces signers is its own newest pivot, signed by those before.
    """
    by_number, needed = {one.number: one for one in found}, []
    for uri in pivots_of(newest.uris):
        number = int(PIVOT.search(uri)[1])  # type: ignore[index]  # it was chosen by that
        if number >= newest.number:
            break
        if number not in by_number:
            raise Doubtful(Reason.of("pivot_missing", number=newest.number, pivot=number, address=uri))
        needed.append(by_number[number])
    return needed


def _signed(edition: Edition, signers: frozenset[str]) -> etree._Element:
    """The list as it was signed by one of these; raises `Doubtful` where it was not."""
    check_scheme(edition.tree, EU)
    signed = signed_tree(edition.tree, signers=Signers(pinned=signers), issued=issued(edition.tree))
    if signed.doubt is not None:
        signer = signed.doubt.reason.values["signer"]
        raise Doubtful(
            Reason.of("lists_stranger", number=edition.number, accepted=len(signers), signer=signer)
        )
    if text(signed.root, f"{HEAD}TSLType") != LISTS or number_of(signed.root) != edition.number:
        raise Doubtful(Reason.of("no_list_of_lists", wanted=LISTS))
    return signed.root


def _introduced(tree: etree._Element) -> frozenset[str]:
    """Who may sign from here on, by the list's pointer to itself."""
    own = pointers_of(tree).get(EU)
    if own is None or not own.signers:
        raise LayoutChanged("", Reason.of("no_element", element=f"OtherTSLPointer {EU}"))
    return frozenset(own.signers)


# What one edition says


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
