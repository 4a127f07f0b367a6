"""The XML of a trusted list: its root and head, and what is read of one element."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from lxml import etree

from scrapers.source import Doubtful, LayoutChanged, UnreadableRow
from scrapers.trust.signature import secure_parser
from state.model import Reason

TSL = {"t": "http://uri.etsi.org/02231/v2#"}
ROOT = f"{{{TSL['t']}}}TrustServiceStatusList"

# What may stand before a DOCTYPE; behind the beginning of the root no document may have one.
PROLOG = re.compile(rb"(?:<\?.*?\?>|<!--.*?-->|[ \t\r\n])*", re.DOTALL)


def parsed(body: bytes) -> etree._Element:
    """The root of a list; raises `LayoutChanged` or `Doubtful` for what is none."""
    if re.search(rb"<(!doctype\s+)?html[\s>]", body[:2000], re.IGNORECASE):
        raise LayoutChanged("", Reason.of("page_for_xml"))
    if body.startswith(b"<!DOCTYPE", PROLOG.match(body).end()):  # type: ignore[union-attr]  # it always matches
        raise Doubtful(Reason.of("doctype"))
    try:
        root = etree.fromstring(body, secure_parser())
    except etree.XMLSyntaxError as error:
        raise LayoutChanged("", Reason.of("malformed_xml", error=str(error))) from error
    if root.tag != ROOT:
        raise LayoutChanged("", Reason.of("other_root", wanted=ROOT, found=str(root.tag)))
    return root


def check_scheme(root: etree._Element, wanted: str) -> None:
    """Raises `LayoutChanged` for a list of a version that we do not know, or of another territory."""
    version, territory = (
        text(root, f"t:SchemeInformation/t:{path}") for path in ("TSLVersionIdentifier", "SchemeTerritory")
    )
    if version not in ("5", "6"):
        raise LayoutChanged("", Reason.of("other_version", found=version))
    if territory != wanted:
        raise LayoutChanged("", Reason.of("other_territory", wanted=wanted, found=territory))


def issued(root: etree._Element) -> datetime:
    return dated(root, "t:SchemeInformation/t:ListIssueDateTime")


def sequence_of(root: etree._Element) -> int | None:
    """The number that a list has in its sequence; None where it prints none."""
    printed = (root.findtext("t:SchemeInformation/t:TSLSequenceNumber", "", TSL) or "").strip()
    return int(printed) if printed.isascii() and printed.isdigit() else None


def number_of(root: etree._Element) -> int:
    """The same where it decides what is believed; raises `LayoutChanged` where there is none."""
    if (number := sequence_of(root)) is None:
        raise LayoutChanged("", Reason.of("no_sequence_number"))
    return number


def next_update(root: etree._Element) -> datetime | None:
    """By when the next list is promised; None for a list that closes the series, or says nothing readable."""
    try:
        return moment(root.findtext("t:SchemeInformation/t:NextUpdate/t:dateTime", "", TSL))
    except UnreadableRow:
        return None


def need(parent: etree._Element, path: str, place: str = "") -> etree._Element:
    """The first element at a path; raises `LayoutChanged` when there is none."""
    found = parent.find(path, TSL)
    if found is None:
        raise LayoutChanged("", Reason.of("no_element", element=path.replace("t:", "")), place)
    return found


def text(parent: etree._Element, path: str, place: str = "") -> str:
    """The text at a path; raises `LayoutChanged` when there is none."""
    found = (need(parent, path, place).text or "").strip()
    if not found:
        raise LayoutChanged("", Reason.of("no_text", element=path.replace("t:", "")), place)
    return found


def tag(name: str) -> str:
    """The tag of an element of a list, as `lxml` writes it."""
    return f"{{{TSL['t']}}}{name}"


Parts = Mapping[str, etree._Element]
"""The elements of one, each by its tag."""


def parts_of(element: etree._Element) -> Parts:
    """The elements of one, each by its tag; the first of those that are there twice."""
    found = {one.tag: one for one in element}
    return found if len(found) == len(element) else {one.tag: one for one in reversed(element)}


def part(parts: Parts, name: str, place: str = "") -> etree._Element:
    """The element of a tag; raises `LayoutChanged` when there is none."""
    found = parts.get(name)
    if found is None:
        raise LayoutChanged("", Reason.of("no_element", element=etree.QName(name).localname), place)
    return found


def text_of(parts: Parts, name: str, place: str = "") -> str:
    """The text of the element of a tag; raises `LayoutChanged` when there is none."""
    found: str = (part(parts, name, place).text or "").strip()
    if not found:
        raise LayoutChanged("", Reason.of("no_text", element=etree.QName(name).localname), place)
    return found


def dated(parent: etree._Element, path: str) -> datetime:
    """The instant printed at a path; raises `LayoutChanged` for anything else."""
    printed = text(parent, path)
    try:
        return moment(printed)
    except UnreadableRow as error:
        raise LayoutChanged("", error.reason, path.replace("t:", "")) from error


def moment(printed: str) -> datetime:
    """The aware UTC instant of a printed one; raises `UnreadableRow` for one without its zone."""
    try:
        at = datetime.fromisoformat(printed.strip())
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise UnreadableRow(Reason.of("no_instant", found=printed))
    return at.astimezone(UTC)


def day_in(zone: str, at: datetime) -> date:
    """The day there: "2016-06-30T22:00:00Z" is the 1 July 2016 on which the regulation began to apply.

    A state prints its own midnights: of Romania's 307 statuses 36 begin at 21:00 UTC, which in Paris is still
    the eve of the day that is meant.
    """
    return at.astimezone(ZoneInfo(zone)).date()
