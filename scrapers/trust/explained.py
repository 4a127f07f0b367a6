"""How a trusted list is seen: its number, its dates, who signed it, and its services by type."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from lxml import etree

from scrapers.source import Doubtful, Explanation, LayoutChanged, Remedy
from scrapers.trust import ADDRESS
from scrapers.trust.signature import Signer, named_signers
from scrapers.trust.words import LABELS_BY_TYPE, OTHER_TYPES, short_type
from scrapers.trust.xml import TSL, issued, parsed
from scrapers.wire.content import bare_xml
from state.model import Page, Reason

if TYPE_CHECKING:
    from scrapers.trust import Signers

TYPE = ".//t:ServiceInformation/t:ServiceTypeIdentifier"


def explained(pages: Sequence[Page], pinned: Sequence[str], signers: Signers) -> Explanation:
    """How a list is seen, `pinned` being the signers of the settings; what is no list is said to be none."""
    if len(pages) != 1:
        return Explanation(kind=Reason.of("kind_not_one_list", found=len(pages)))
    try:
        root = parsed(bare_xml(pages[0].body))
        return _seen(root, pinned, signers.on(issued(root)))
    except (LayoutChanged, Doubtful) as error:
        return Explanation(kind=Reason.of("kind_no_list"), notes=error.reasons)


def _seen(root: etree._Element, pinned: Sequence[str], known: Collection[str]) -> Explanation:
    """How the list under a root element is seen; `known` are all accepted signers of its day."""
    types = Counter(short_type((uri.text or "").strip()) for uri in root.iterfind(TYPE, TSL))
    order = sorted(types, key=lambda name: (not sense(name), name))
    signers, notes = signers_of(root, known)
    new = [one.fingerprint for one in signers if one.fingerprint not in known]
    compare = Reason.of("when_same_signer", address=ADDRESS)
    remedy = Remedy(setting="signers", value=json.dumps([*pinned, *new]), when=compare)
    territory, version, number = (
        printed(root, name) for name in ("SchemeTerritory", "TSLVersionIdentifier", "TSLSequenceNumber")
    )
    issue, promised = (printed(root, name) for name in ("ListIssueDateTime", "NextUpdate/t:dateTime"))
    return Explanation(
        kind=Reason.of("kind_trusted_list", territory=territory, version=version, sequence=number),
        found_by=Reason.of("found_services", services=sum(types.values())),
        heads=tuple((name, sense(name)) for name in order),
        counts=tuple((name, types[name]) for name in order),
        notes=(Reason.of("note_issued", issued=issue, promised=promised), *notes),
        remedies=(remedy,) if new and len(new) == len(signers) else (),
    )


def signers_of(
    root: etree._Element, accepted: Collection[str]
) -> tuple[tuple[Signer, ...], tuple[Reason, ...]]:
    """Who the list says signed it, and a note on each."""
    try:
        signers = named_signers(root)
    except Doubtful as error:
        return (), error.reasons
    said = tuple(
        Reason.of("note_accepted" if one.fingerprint in accepted else "note_stranger", signer=one.said)
        for one in signers
    )
    return signers, said or (Reason.of("no_signer"),)


def sense(name: str) -> str | None:
    """The labels that a service type may state, "" for a type ignored by name, None for one never seen."""
    if name in LABELS_BY_TYPE:
        return " / ".join(dict.fromkeys(LABELS_BY_TYPE[name].values()))
    return "" if name in OTHER_TYPES else None


def printed(root: etree._Element, path: str) -> str | Reason:
    """What the head of the list prints in an element, or that it prints none."""
    return (root.findtext(f"t:SchemeInformation/t:{path}", "", TSL) or "").strip() or Reason.of("not_printed")
