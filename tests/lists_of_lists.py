"""The 80 real editions of the EU's list of lists, and what they say by a reader of the tests' own.

Nothing of the program reads here: a truth to hold it against.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from lxml import etree
from trusted_lists import packed

from state.model import Page

ROOM = Path(__file__).parent / "fixtures" / "eu_lotl"
PACK = ROOM / "eu-lotl-295-390.tar.xz"
ADDRESS = "https://ec.europa.eu/tools/lotl/eu-lotl.xml"
SCHEME = "{http://uri.etsi.org/02231/v2#}"
MIME = "{http://uri.etsi.org/02231/v2/additionaltypes#}MimeType"
XML = "application/vnd.etsi.tsl+xml"
JOURNAL_2026 = 385
"""The first edition that names the publication of 2026, from which no pivot is needed."""
OLDEST_PIVOT = 282
"""The pivot that none of the kept editions is: what stood after it is shipped."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition as the mirrors kept it."""

    number: int
    issued: datetime
    first_seen: datetime
    version: str
    signers: frozenset[str]
    address: str


@cache
def editions() -> tuple[Edition, ...]:
    """All editions, in order."""
    with (ROOM / "editions.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Edition(
                number=int(line["sequence"]),
                issued=datetime.fromisoformat(line["issued"]),
                first_seen=datetime.fromisoformat(line["first_seen"]),
                version=line["version"],
                signers=frozenset(line["fr_signers_sha256"].split()),
                address=line["fr_xml_address"],
            )
            for line in csv.DictReader(lines)
        )


def of_day(at: datetime) -> int:
    """The number of the edition that a watch had seen last by a moment."""
    return max(one.number for one in editions() if one.first_seen <= at)


def body(number: int) -> bytes:
    """The bytes of an edition."""
    return packed(PACK)[number]


def pivots(number: int) -> tuple[int, ...]:
    """The pivots that an edition needs beside it, the oldest first."""
    if number >= JOURNAL_2026:
        return ()
    named = re.findall(rb"eu-lotl-pivot-(\d+)\.xml", body(number))
    return tuple(sorted(one for one in map(int, named) if OLDEST_PIVOT < one < number))


def page(number: int, at: datetime) -> Page:
    """An edition as a saved file."""
    return Page(url=f"import:lotl-{number}.xml", requested_url=ADDRESS, body=body(number), fetched_at=at)


def pages(number: int, at: datetime) -> tuple[Page, ...]:
    """An edition with the pivots that it needs."""
    return (page(number, at), *(page(pivot, at) for pivot in pivots(number)))


Named = Mapping[str, tuple[frozenset[str], frozenset[str]]]
"""By territory: the addresses of its list in XML, and the SHA-256 of its signers."""


@cache
def named(number: int) -> Named:
    """What an edition names for each territory."""
    root = etree.fromstring(body(number))
    found: dict[str, tuple[set[str], set[str]]] = {}
    for pointer in root.iter(f"{SCHEME}OtherTSLPointer"):
        if pointer.findtext(f".//{MIME}").strip() == XML:
            addresses, signers = found.setdefault(
                pointer.findtext(f".//{SCHEME}SchemeTerritory"), (set(), set())
            )
            addresses.add(pointer.findtext(f"{SCHEME}TSLLocation"))
            printed = [one.text for one in pointer.iter(f"{SCHEME}X509Certificate") if one.text]
            signers.update(hashlib.sha256(base64.b64decode(one)).hexdigest() for one in printed)
    return {of: (frozenset(addresses), frozenset(signers)) for of, (addresses, signers) in found.items()}


def changes(before: int, after: int) -> Iterator[tuple[str, str]]:
    """What changed between two editions: whose, and which of the two."""
    old, new = named(before), named(after)
    assert old.keys() == new.keys()
    for of in sorted(new):
        for place, topic in enumerate(("address", "signers")):
            if old[of][place] != new[of][place]:
                yield of, topic
