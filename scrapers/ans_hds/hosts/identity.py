"""What identifies a certificate of the HDS list, and what stands in its cells beside its name or number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scrapers.ans_hds.words import root_of
from scrapers.page.vocabulary import plain
from state.names import bare_number, body_of

APART = re.compile(r"\s+[-–—:|]+\s*|\s*[,;]\s+|\s*[(\[]|\s*\*+\s*")
"""What stands between a name and a remark behind it."""
_ENDED = r"(suspendue?s?|retiree?s?|resiliee?s?|annulee?s?|revoquee?s?)"
_ENDING = r"(suspension|retrait|resiliation|annulation|revocation)"
STATUS_SAID = re.compile(
    r"((le |la |son |sa )?(certificats?|certifications?|attestation|agrement|label)( hds)?"
    r"( n ?[°o]? ?\S+)? ?)?"
    rf"((est|a ete|actuellement|temporairement|provisoirement|en cours de) )*({_ENDED}|{_ENDING})"
    r"( (temporaire|temporairement|provisoire|provisoirement|en cours|hds|(du|de son) certificat"
    r"|de la certification))*( (le|depuis|jusqu.?au|au|du|des|a compter du|en|par)\b.*)?"
)
"""A remark that says in full that a certificate is suspended or withdrawn."""
RENEWING = re.compile(
    r"((certificats?|certifications?|attestation)( hds)? )?((est|actuellement|toujours) )*"
    r"((en cours de|en phase de|en) (renouvellement|recertification|transition|migration|validite)"
    r"|(renouvellement|recertification|transition|migration) en cours|valide|en vigueur)"
    r"( (de la |du |de son )?(certificats?|certifications?)?( hds)?)?"
    r"( (vers|jusqu.?au|au|a|depuis|le) (?=.*\d)[\w./ ]{1,30})?"
)
"""A remark that says in full that a certificate holds and another is to follow."""
LONGEST = 4000
"""Characters of a name: some are a thousand long, a cell that swallowed half a page is longer."""


def without_status(text: str) -> tuple[str, str]:
    """A name or number without the status printed behind it, and that status: "" when there is none."""
    for gap in APART.finditer(text):
        said = text[gap.end() :].rstrip(" )].")
        if gap.start() and says_status(said):
            return text[: gap.start()].rstrip(), said
    return text, ""


def says_status(text: str) -> bool:
    """Whether a remark beside a name is about the certificate, and nothing of the name."""
    said = plain(text)
    return bool(STATUS_SAID.fullmatch(said) or RENEWING.fullmatch(said))


def apart(lines: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The printed lines of a name without its status, and that status."""
    kept: list[str] = []
    status = ""
    for at, line in enumerate(lines):
        if at and says_status(line):
            status = status or line
            continue
        bare, said = without_status(line)
        status = status or said
        kept.append(bare)
    return tuple(kept), status


def ref_of(number: str | None, issuer: str | None) -> str | None:
    """What stays of a certificate through its renewals: number without revision, and body.

    A body that is printed in front of the number ("LNE n° 38436-2") is not part of it.
    """
    if number is None:
        return None
    root = root_of(bare_number(number))
    return f"{root} {body_of(issuer)}" if issuer else root
