"""Keys beside printed names: how two spellings are told to be the same name, and never more than that."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

LEGAL_FORMS = re.compile(
    r"(?:^|[\s,(-])(s\.?a\.?s\.?u?|s\.?a\.?r\.?l|s\.?a|s\.?n\.?c|e\.?u\.?r\.?l|gie|scop|inc|ltd|llc|gmbh|plc|s\.?e)\.?\)?$"
)
VERSION = re.compile(r"^(hds|referentiel|ref\.?)*(version|v\.?)?(?=\d)")
SPLIT = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """The text without accents or case, white space run together; for searching, not for identity."""
    bare = text
    if not text.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


@lru_cache(maxsize=1 << 17)  # a look asks for the key of every printed name several times
def name_key(name: str) -> str:
    """The key of a printed name: accents, case, punctuation and a trailing legal form folded; never empty.

    "BLEU SAS" and "Bleu" share a key; "BLUE", "Orange" and "Orange Cyberdefense" keep their own.
    """
    text = fold(name)
    for _ in range(2):
        shorter = LEGAL_FORMS.sub("", text).strip(" ,.-")
        text = shorter or text
    return SPLIT.sub(" ", text).strip() or fold(name) or name


def slug(name: str) -> str:
    """The provider slug of a name nobody has reviewed: its key with hyphens ("thales-dis")."""
    plain = SPLIT.sub("-", name_key(name)).strip("-")
    return plain or "x" + hashlib.sha256(name.encode()).hexdigest()[:8]


def words(text: str) -> tuple[str, ...]:
    """The whole words of a printed text, folded; what a watch on a name is compared with."""
    return tuple(w for w in SPLIT.split(fold(text)) if w)


def squeeze(text: str) -> str:
    """The text without any white space: two wrappings of one printed name are equal."""
    return "".join(text.split())


def version_key(version: str) -> str:
    """The key of a printed version: "HDS v2.0", "Version 2.0" and "2.0" are one; "2.0" and "2.1" are two."""
    return VERSION.sub("", squeeze(fold(version)))
