"""Keys beside printed names: how two spellings are told to be the same name, and never more than that."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from functools import lru_cache

LEGAL_FORMS = re.compile(
    r"(?:^|[\s,(-])(s\.?a\.?s\.?u?|s\.?a\.?r\.?l|s\.?a|s\.?n\.?c|e\.?u\.?r\.?l|gie|scop|inc|ltd|llc|gmbh|plc|s\.?e)\.?\)?$"
)
VERSION = re.compile(r"^(hds|referentiel|ref\.?)*(version|v\.?)?(?=\d)")
SPLIT = re.compile(r"[\W_]+")

_AMPERSANDS = re.compile(r"&(?:amp;|#0*38;|#x0*26;)+", re.IGNORECASE)
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")  # letters and marks that print nothing
_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("`´‘’‛′ʹʻʼʽˈˊˋ՚׳Ꞌꞌ＇", "'"),
        **dict.fromkeys("“”„‟″«»ʺ˝״＂", '"'),
        **dict.fromkeys("−⁃˗", "-"),
        **dict.fromkeys("⁄∕", "/"),
        **dict.fromkeys("º˚∘", "°"),
        **dict.fromkeys("·•∙⋅", "·"),
        "\u2800": " ",
        **{"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"},
        **{"đ": "d", "Đ": "d", "ı": "i"},
    }
)


@lru_cache(maxsize=1 << 17)  # a look asks for the key of every printed text several times
def print_key(text: str) -> str:
    """What a person sees of a printed text: two prints with one key cannot be told apart by reading them.

    Folded are composed and decomposed letters, full-width and other forms of one letter, text escaped for
    HTML once or more, invisible and direction marks, the kinds of apostrophe, quote, hyphen and space, case
    and accents. Punctuation stays: `name_key` goes further. May be empty.
    """
    if text.isascii() and text.isprintable() and "&" not in text and "`" not in text:
        return " ".join(text.casefold().split())
    while (plain := _plainer(text)) != text:  # unescaping may uncover more to fold, and folding to unescape
        text = plain
    return text


def _plainer(text: str) -> str:
    text = html.unescape(_AMPERSANDS.sub("&", text)).translate(_LOOKALIKES)
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(map(_seen, text)).split())


@lru_cache(maxsize=1 << 12)
def _seen(letter: str) -> str:
    """What one letter adds to what is seen: accents and invisible marks nothing, every dash one hyphen."""
    if letter.isspace():
        return " "
    category = unicodedata.category(letter)
    if category in ("Cf", "Cc") or unicodedata.combining(letter) or letter in _INVISIBLE:
        return ""
    return "-" if category == "Pd" else letter


def fold(text: str) -> str:
    """The text without accents or case, white space run together; for searching, not for identity."""
    bare = text
    if not text.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


@lru_cache(maxsize=1 << 17)  # a look asks for the key of every printed name several times
def name_key(name: str) -> str:
    """The key of a printed name: its `print_key` without punctuation and trailing legal form; never empty.

    "BLEU SAS" and "Bleu" share a key; "BLUE", "Orange" and "Orange Cyberdefense" keep their own.
    """
    text = seen = print_key(name)
    for _ in range(2):
        shorter = LEGAL_FORMS.sub("", text).strip(" ,.-")
        text = shorter or text
    return SPLIT.sub(" ", text).strip() or seen or name


def slug(name: str) -> str:
    """The provider slug of a name nobody has reviewed: its key with hyphens ("thales-dis").

    A name that is not written in plain letters throughout is told apart by a hash.
    """
    key = name_key(name)
    plain = SPLIT.sub("-", key).strip("-")
    if plain.isascii() and plain:
        return plain
    return "x" + hashlib.sha256(key.encode()).hexdigest()[:8]


def words(text: str) -> tuple[str, ...]:
    """The whole words of a printed text, by its `print_key`; what a watch on a name is compared with."""
    return tuple(w for w in SPLIT.split(print_key(text)) if w)


def squeeze(text: str) -> str:
    """The text without any white space: two wrappings of one printed name are equal."""
    return "".join(text.split())


@lru_cache(maxsize=1 << 17)
def tight_key(text: str) -> str:
    """The `print_key` without any white space: what two wrappings of one print have in common."""
    return print_key(text).replace(" ", "")


def version_key(version: str) -> str:
    """The key of a printed version: "HDS v2.0", "Version 2.0" and "2.0" are one; "2.0" and "2.1" are two."""
    return VERSION.sub("", tight_key(version))
