"""Keys beside printed names: how two spellings are told to be the same name, and never more than that."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

RULES = 1
"""The number of the rules by which the keys of this module are made; the memory keeps keys, and makes them
anew where another number made them. A test knows what each number makes of thousands of names."""
# At the end alone: "SA" may begin a name ("SA Partners").
LEGAL_FORMS = re.compile(
    r"(?:^|[\s,(-])(s\.?a\.?s\.?u?|s\.?a\.?r\.?l|s\.?a|s\.?n\.?c|e\.?u\.?r\.?l|gie|scop|inc|ltd|llc|gmbh|plc|s\.?e)\.?\)?$"
)
# "HDS v2.0", "référentiel 2.0" and "2.0" are one version, printed by three pages.
VERSION = re.compile(r"^(hds|referentiel|ref\.?)*(version|v\.?)?(?=\d)")
SPLIT = re.compile(r"[\W_]+")

_AMPERSANDS = re.compile(r"&(?:amp;|#0*38;|#x0*26;)+", re.IGNORECASE)
_NAMED = re.compile(r"&(?:#|[^\t\n\f <&#;])")
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")  # letters and marks that print nothing
_PLAIN = re.compile("[ -%'-_a-~°À-ÖØ-öø-ÿ]*")
"""Plain ASCII without what stands for something else, and the letters of Western Europe: folded already."""
_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("`´‘’‛′ʹʻʼʽˈˊˋ՚׳Ꞌꞌ＇", "'"),
        **dict.fromkeys("“”„‟″«»ʺ˝״＂", '"'),
        **dict.fromkeys("−⁃˗", "-"),
        **dict.fromkeys("⁄∕", "/"),
        **dict.fromkeys("º˚∘", "°"),
        "\u2800": " ",
    }
)
_LATIN_MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]+")
"""Accents as they follow their letter; U+034F among them is no accent, and changes how marks are sorted."""
_NO_LETTERS = re.compile(r"[\x00-\x7f°§€©®]*")
"""ASCII, and the signs that names are printed with ("n° 3") on which no accent ever makes another letter."""
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})


def tidy(text: str) -> str:
    """The text with one form of each letter, apostrophe, quote, hyphen and space, and nothing unseen.

    Case and accents stay. Text escaped for HTML, once or more, is unescaped.
    """
    if _PLAIN.fullmatch(text):
        return " ".join(text.split())
    while (plain := _tidier(text)) != text:  # unescaping may uncover more to fold, and folding to unescape
        text = plain
    return text


def _tidier(text: str) -> str:
    text = _AMPERSANDS.sub("&", text)
    if _NAMED.search(text):
        from html import unescape  # with the two thousand names of HTML, and few registers print one

        text = unescape(text)
    text = text.translate(_LOOKALIKES)
    return " ".join("".join(map(_seen, unicodedata.normalize("NFKC", text))).split())


@lru_cache(maxsize=1 << 12)
def _seen(letter: str) -> str:
    """What one letter adds to what is seen: invisible marks nothing, every dash one hyphen."""
    if letter.isspace():
        return " "
    category = unicodedata.category(letter)
    if (
        category in ("Cf", "Cc")
        or letter in _INVISIBLE
        or unicodedata.name(letter, "").startswith("VARIATION")
    ):
        return ""
    return "-" if category == "Pd" else letter


@lru_cache(maxsize=1 << 17)  # a look asks for the key of every printed text several times
def print_key(text: str) -> str:
    """What a person sees of a printed text: two prints with one key cannot be told apart by reading them.

    Folded are what `tidy` folds, and case and accents. Punctuation stays: `name_key` goes further. May be
    empty.
    """
    return _folded(text)


def _folded(text: str) -> str:
    if _PLAIN.fullmatch(text):  # as nearly all: letter by letter, at once
        return " ".join(text.split()).translate(_PLAINER).lower()
    while (plain := _bare(tidy(text))) != text:
        text = plain
    return text


def _bare(text: str) -> str:
    """The text without case and accents; letters that are two in print (œ) are two.

    A mark on a letter of another script makes another letter: "й" is not "и", nor "ド" "ト".
    """
    if text.isascii():
        return text.lower()
    small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    small = small.translate(_LETTERS)
    if _NO_LETTERS.fullmatch(
        latin := _LATIN_MARKS.sub("", small)
    ):  # as nearly all names, letter by letter too
        return latin
    kept, plain = [], True
    for c in small:
        if not unicodedata.combining(c):
            plain = not c.isalpha() or unicodedata.name(c, "").startswith(("LATIN", "GREEK"))
            kept.append(c)
        elif not plain:
            kept.append(c)
    return unicodedata.normalize("NFC", "".join(kept))


_PLAINER = {ord(letter): _bare(letter) for letter in map(chr, range(0xC0, 0x100)) if _PLAIN.fullmatch(letter)}


@lru_cache(maxsize=1 << 12)  # heads and levels come again in every row
def fold(text: str) -> str:
    """The text without accents or case, white space run together: for what readers look for in a page, heads
    and lines, never for names."""
    return " ".join(bare(text).split())


def bare(text: str) -> str:
    """The text without accents or case, its white space as it is."""
    if text.isascii():
        return text.lower()
    parted = unicodedata.normalize("NFKD", text)
    latin = _LATIN_MARKS.sub("", parted)
    if latin.isascii():  # as nearly all French
        return latin.lower()
    # Each letter that there is once, and then all of them in C: texts are long, and alphabets are not.
    marks = {ord(letter): None for letter in set(parted) if unicodedata.combining(letter)}
    return (parted.translate(marks) if marks else parted).casefold()


@lru_cache(maxsize=1 << 17)  # a look asks for the key of every printed name several times
def name_key(name: str) -> str:
    """The key of a printed name: its `print_key` without punctuation and trailing legal form; never empty.

    "BLEU SAS" and "Bleu" share a key; "BLUE", "Orange" and "Orange Cyberdefense" keep their own.
    """
    text = seen = print_key(name)
    for _ in range(2):
        shorter = LEGAL_FORMS.sub("", text).strip(" ,.-")
        if not shorter or shorter == text:
            break
        text = shorter
    return SPLIT.sub(" ", text).strip() or seen or name


HOME = "FR"
"""The state whose registers name providers without saying so: they did before other states were read."""
ABROAD = "--"
"""Between the name and the state in the slug of a provider whom our registers do not know. No slug of a name
has two hyphens in a row: whatever a list prints, one slug stays one provider."""


def abroad(country: str | None) -> bool:
    """Whether a row is of the list of another state."""
    return country is not None and country != HOME


_LETTER = re.compile(r"[^\W_]")
_LETTERS_ENOUGH = re.compile(r"(?:[ '(),./0-9À-ÖØ-öø-ÿ-]*[A-Za-z]){14}")
"""A text that begins so is a name: no key loses a plain letter, and nothing that stands for no name has so
many."""
NO_NAME = frozenset({"n/a", "n.a.", "n.c.", "neant", "non renseigne", "non communique"})


def nameless(name: str) -> bool:
    """Whether a cell for a name holds none: empty, or filled with what stands for nothing ("—", "n/a")."""
    if _LETTERS_ENOUGH.match(name):  # as most holders: a look asks it of every row of a listing
        return False
    key = print_key(name)
    return key in NO_NAME or not _LETTER.search(key)


def slug(name: str) -> str:
    """The provider slug of a name nobody has reviewed: its key with hyphens ("thales-dis").

    A name that is not written in plain letters throughout is told apart by a hash.
    """
    key = name_key(name)
    plain = SPLIT.sub("-", key).strip("-")
    if plain.isascii() and plain:
        return plain
    from hashlib import sha256

    return "x" + sha256(key.encode()).hexdigest()[:8]


def words(text: str) -> tuple[str, ...]:
    """The whole words of a printed text, by its `print_key`; what a watch on a name is compared with."""
    return tuple(w for w in SPLIT.split(print_key(text)) if w)


@lru_cache(maxsize=1 << 10)  # a holder's rows follow one another, and each has its name twice
def spoken(text: str) -> str:
    """The whole words of a text with a space on both sides of each: a phrase of it is found as it stands."""
    if _PLAIN.fullmatch(
        text
    ):  # as nearly all, in a third of the time: whoever fills the search asks of every text
        return f" {' '.join(text.translate(_SPOKEN).split())} "
    return f" {' '.join(words(text))} "


_SPOKEN = {
    ord(letter): SPLIT.sub(" ", _bare(letter))
    for letter in map(chr, range(0x20, 0x100))
    if _PLAIN.fullmatch(letter)
}


def squeeze(text: str) -> str:
    """The text without any white space: two wrappings of one printed name are equal."""
    return "".join(text.split())


@lru_cache(maxsize=1 << 17)
def tight_key(text: str) -> str:
    """The `print_key` without any white space: what two wrappings of one print have in common."""
    return print_key(text).replace(" ", "")


BODIES = {
    "LNE": r"\blne\b|laboratoire national de metrologie",
    "LCIE": r"\blcie\b|laboratoire central des industries electriques",
    "Bureau Veritas": r"bureau veritas|\bbv(c|qi)?\b",
    "BSI": r"\bbsi\b|british standards",
    "Schellman": r"schellman",
    "LSTI": r"\blsti\b",
    "AFNOR": r"\bafnor\b|\bafaq\b",
    "SGS": r"\bsgs\b",
    "DNV": r"\bdnv\b|det norske veritas",
    "Apave": r"\bapave\b",
    "TÜV": r"\btuv\b",
}
"""Certification bodies by their short name, which stands for the long one too, and goes into refs."""


@lru_cache(maxsize=1 << 12)
def body_of(issuer: str) -> str:
    """The short name of a certification body, else its own words."""
    key = print_key(issuer)
    known = (name for name, pattern in BODIES.items() if re.search(pattern, key))
    return next(known, " ".join(issuer.split()))


@lru_cache(maxsize=1 << 12)
def same_body(one: str, other: str) -> bool:
    """Whether two prints name one certification body: its long and its short name, or its initials."""
    if print_key(body_of(one)) == print_key(body_of(other)):
        return True
    short, long = sorted((words(one), words(other)), key=len)
    if not short or one in BODIES or other in BODIES:
        return False
    initials = ("".join(w[0] for w in long), "".join(w[0] for w in long if len(w) > 3))
    return set(short) <= set(long) or (len(short) == 1 and len(short[0]) > 2 and short[0] in initials)


_BODY = "|".join(BODIES.values())
# A look-ahead for a figure: without it "LNE" alone would become an empty number.
_NUMBER_LEAD = re.compile(
    rf"^(?:[^\d]*?\b(?:n ?°s?|no\b|nr\b|num[ée]ro)|(?:{_BODY}))[\s:./-]*(?=.*\d)", re.IGNORECASE
)
_NUMBER_WORDS = re.compile(r"^(?:certificat\w*|attestation|hds)[\s:./-]+(?=.*\d)")


def bare_number(number: str) -> str:
    """A certificate number without the body that may stand in front of it ("LNE n° 38436-2"), tidied."""
    text = tidy(number)
    while found := _NUMBER_LEAD.match(text):
        text = text[found.end() :]
    return text


_NUMBER_TAIL = re.compile(r"(?<=\d)\s*[(\[ ]\s*hds\s*[)\]]?$")
# At the end and at most two figures: "2022/105582" has a long one that is its number.
_REVISION = re.compile(r"(?<=\d)[\s_/.-]*\b(?:rev(?:ision)?|indice|ind)[\s._-]*0?(?=\d{1,2}$)")


@lru_cache(maxsize=1 << 15)
def number_key(number: str) -> str:
    """The key of a certificate number: without its body, "certificat", "HDS" and "n°" around it.

    A revision has one form: "38436-2" and "38436 rev. 2" are one number.
    """
    text = print_key(bare_number(number))
    while found := _NUMBER_WORDS.match(text):
        text = text[found.end() :]
    return _REVISION.sub("-", _NUMBER_TAIL.sub("", text)).replace(" ", "")


def version_key(version: str) -> str:
    """The key of a printed version: "HDS v2.0", "Version 2.0" and "2.0" are one; "2.0" and "2.1" are two."""
    return VERSION.sub("", tight_key(version))


def rules() -> str:
    """What keys hang on: our own rules, and the tables of Unicode that come with Python."""
    return f"{RULES}, Unicode {unicodedata.unidata_version}"
