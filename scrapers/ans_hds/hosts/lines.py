"""Rows of the HDS list that are plain lines of print.

"Nom – LNE n° 38436-2 – v2.0 – activités 1 à 6 – jusqu'au 11/09/2028".

A line is cut at its dashes, commas, bars and brackets; each piece says what it is by its words. What comes
first and is nothing else is the name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from scrapers.ans_hds.hosts.row import DATE
from scrapers.page.html import Cell, Document, lines_of, text_of
from scrapers.page.records import HEADINGS, LETTERED, Group, Record, hidden, is_table
from scrapers.page.vocabulary import Vocabulary, plain
from state.names import BODIES

# A hyphen cuts only between blanks, a comma only before one: names and numbers have both inside.
CUT = re.compile(r"\s+[-–—|·•]\s+|\s*[;|()]\s*|,\s+|\s*:\s+|\s*:$")
LISTED = re.compile(
    r"activit[ée]\(?s?\)?(?:\s+(?:certifi[ée]es?|hds|couvertes?|n[°o]s?\.?))*\s*:?\s*"
    r"(?P<numbers>[1-6](?:\s*(?:,|;|/|&|\+|-|–|\bet\b|\bà\b|\bau\b|\s)\s*[1-6])*)(?![\d/.])",
    re.IGNORECASE,
)
NUMBERED = re.compile(
    r"(?P<before>.*?)\bn(?:[°º]|o\.?(?=\s)|um[ée]ro\b)\s*:?\s*"
    r"(?P<number>(?:[A-Z]{2,6} )?[\w./-]*\d[\w./-]*(?: ?r[ée]v\.? ?\d+)?(?:.*\d[\w./-]*)?)(?P<rest>\D*)$",
    re.IGNORECASE,
)
BARE = re.compile(r"(?=.*\d{4})[A-Z0-9][\w ./-]{3,30}")
VERSION = re.compile(r"(?:(?:r[ée]f[ée]rentiel|version|hds|v\.?)\s*)+\d(?:[.,]\d)?", re.IGNORECASE)
WORDED = re.compile(
    r"(?:[1-6] ?[.):–-]? ?)?(?:l'|la |les )?(?:sites? physiques?|infrastructures? (?:materielle|virtuelle)s?"
    r"|plate-?formes? d'hebergement.*|administration(?: et (?:de )?(?:l')?exploitation.*)?|exploitation"
    r"|sauvegardes?(?: (?:externalisee|de donnees|des donnees).*)?|toutes les activites)"
)
"""The wording of an activity and nothing else: names of hosts speak of clouds and backups too."""
BEGINS = re.compile(r"\b(depuis|a (compter|partir) du|delivree? le|certifiee? le|debut|emis le|obtenu)")
TAIL = re.compile(
    r"(?:[\s,:–-]+(?:sous le|portant le|avec le|certificat(?: hds)?|attestation|num[ée]ro))+$", re.IGNORECASE
)
"""What stands between a body and the number of its certificate."""
ISSUED = re.compile(r"(?:certifie|delivre|emis|attribue)\w* par ")
WORDS_OF_BODY = re.compile(
    r"^(?:certifi[ée]+s?|d[ée]livr[ée]+s?|[ée]mis|certificat(?:ion)?|attestation|hds|organismes?|certificateur|"
    r"de certification|par|:|\s)+",
    re.IGNORECASE,
)
BODY = re.compile("|".join(BODIES.values()))
HEADS = {
    "holder": "Hébergeur",
    "body": "Organisme certificateur",
    "number": "N° de certificat",
    "version": "Version du référentiel",
    "activities": "Activités",
    "start": "Date de début",
    "end": "Date de fin",
    "period": "Période de validité",
}
"""The heads under which pieces go on as cells: words that mean the field, for a line prints none."""
SPEAKS = re.compile(rf"{DATE.pattern}|\bn[°º]|activit", re.IGNORECASE)
ACCREDITED = re.compile(r"accredit|\bagrement|\bcofrac\b")
LONGEST = 6000
"""Characters of a line that may be a row."""
# A full stop ends a line, but inside it belongs to "S.A.S.": `SOFT` leaves it.
EDGES = " .,;–—-•·"
SOFT = " ,;–—-•·"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a line: its field, "" for none known, what it says, and where it ends in the line."""

    field: str
    text: str
    end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of print that may be a row: its pieces, the heading over it, the line before."""

    text: str
    pieces: tuple[Piece, ...]
    over: str
    before: str

    @property
    def leading(self) -> int:
        """How many pieces at its start say nothing but a name."""
        return next((at for at, piece in enumerate(self.pieces) if piece.field), len(self.pieces))

    def named(self, pieces: int) -> str:
        """The name that so many pieces at its start are, as printed."""
        name = self.text[: self.pieces[pieces - 1].end].strip().strip("–—-•· ")
        return f"{name})" if name.count("(") > name.count(")") else name


def line_group(document: Document, vocabulary: Vocabulary) -> Group | None:
    """The lines of a page that each tell of one certificate, None when there are none."""
    if document.main is None:
        return None
    titles = {text_of(tag) for tag in document.main.every(*HEADINGS) if not hidden(tag)}
    over, before = "", ""
    told: list[Line] = []
    for text in printed(document):
        pieces = pieces_of(text, vocabulary) if len(text) < LONGEST and SPEAKS.search(text) else ()
        if row_like(pieces):
            told.append(Line(text=text, pieces=pieces, over=over, before=before))
            continue
        before = "" if LETTERED.fullmatch(text) else text
        over = text if text in titles and len(text) > 3 else over
    if not any(whole(line.pieces) for line in told):
        return None
    records = tuple(records_of(document, told))
    heads = tuple(dict.fromkeys(head for record in records for head in record.heads))
    return Group(heads=heads, records=records, context=records[0].context, dress="lines")


def printed(document: Document) -> Iterator[str]:
    """The lines of the content of a page, without those of its tables."""
    main = document.main
    tables = [tag for tag in main.inside if is_table(tag)] if main is not None else []
    inside = Counter(line for table in tables for line in lines_of(table))
    for line in lines_of(main):
        if inside[line]:
            inside[line] -= 1
        else:
            yield line


def pieces_of(line: str, vocabulary: Vocabulary) -> tuple[Piece, ...]:
    """A line cut into pieces that say what they are."""
    listed = LISTED.search(line)
    start, end = listed.span() if listed else (len(line), len(line))
    found = [*classified(parts_of(line, 0, start), vocabulary, first=True, worded=listed is None)]
    if listed:
        found.append(Piece(field="activities", text=listed["numbers"], end=end))
        found += classified(parts_of(line, end, len(line)), vocabulary, first=False, worded=False)
    return tuple(found)


def parts_of(line: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    """The pieces of a stretch of a line, each with its end."""
    at = start
    for cut in CUT.finditer(line, start, end):
        if text := line[at : cut.start()].lstrip(EDGES).rstrip(SOFT):
            yield text, cut.start()
        at = cut.end()
    if text := line[at:end].lstrip(EDGES).rstrip(SOFT):
        yield text, end


def classified(
    parts: Iterable[tuple[str, int]], vocabulary: Vocabulary, *, first: bool, worded: bool
) -> Iterator[Piece]:
    """The pieces with their fields; a label ("Fin") says what the piece after it is.

    What a line begins with is a name, unless it prints a number or a date.
    """
    label = ""
    for at, (text, end) in enumerate(parts):
        bare = text.strip(EDGES)
        field = vocabulary.field_of(bare) or ""
        says = label or BODY.search(plain(bare)) or DATE.search(bare)
        if field in HEADS and field != "holder" and not says:
            label = field
            continue
        for own, said in piece_of(text, label, named=first and at == 0, worded=worded):
            yield Piece(field=own, text=said if own == "" else said.strip(EDGES), end=end)
        label = ""


def piece_of(text: str, label: str, *, named: bool, worded: bool) -> Iterator[tuple[str, str]]:
    """The field of one piece and what it says; a number with what stands before it is two."""
    bare = plain(text)
    numbered = NUMBERED.match(text)
    if DATE.search(text):
        days = len(DATE.findall(text))
        yield label or ("period" if days > 1 else "start" if BEGINS.search(bare) else "end"), text
    elif numbered:
        body = TAIL.sub("", WORDS_OF_BODY.sub("", numbered["before"]).strip(" ,:–-"))
        yield from [("body", body)] if body else []
        yield "number", numbered["number"]
        if rest := numbered["rest"].strip(EDGES):
            yield from piece_of(rest, "", named=False, worded=False)
    elif label or named:
        yield label, text
    elif VERSION.fullmatch(text):
        yield "version", text
    elif BODY.search(bare) or ISSUED.match(bare):
        yield "body", WORDS_OF_BODY.sub("", text) or text
    elif worded and WORDED.fullmatch(bare):
        yield "activities", text
    else:
        yield "number" if BARE.fullmatch(text) else "", text


def row_like(pieces: Sequence[Piece]) -> bool:
    """Whether a line is a row, or what is left of one: two things that a certificate has, or more.

    Lines about the accreditation of a body are none.
    """
    fields = {"end" if piece.field == "period" else piece.field for piece in pieces} - {""}
    accredited = any(ACCREDITED.search(plain(piece.text)) for piece in pieces)
    return not accredited and len(fields & {"end", "number", "activities"}) >= 2


def whole(pieces: Sequence[Piece]) -> bool:
    """Whether a line has all that makes a row."""
    fields = {piece.field for piece in pieces}
    return {"activities"} < fields and bool(fields & {"number", "body"}) and bool(fields & {"end", "period"})


def records_of(document: Document, told: Sequence[Line]) -> Iterator[Record]:
    """The lines as records; where most begin with a name and a place, only the first piece is the name."""
    first = [line.pieces[0].text for line in told if line.leading]
    if sum(bool(BODY.search(plain(text))) for text in first) * 2 > len(told):
        # Most begin with a body: then the name stands on the line before.
        told = [headed(line) for line in told]
    usual = Counter(line.leading for line in told).most_common(1)[0][0]
    for number, line in enumerate(told, start=1):
        own = max(line.leading - max(usual - 1, 0), min(line.leading, 1)) if usual else 0
        cells = [(HEADS["holder"], line.named(own) if own else "" if usual else line.before)]
        cells += [(HEADS[p.field], p.text) for p in line.pieces[own:] if p.field not in ("", "activities")]
        for field, joint in (("activities", "; "), ("", " – ")):
            said = joint.join(piece.text for piece in line.pieces[own:] if piece.field == field)
            cells += [(HEADS.get(field, ""), said)] if said else []
        yield Record(
            heads=tuple(head for head, _ in cells),
            cells=tuple(Cell.of(text) for _, text in cells),
            page=document.index,
            spot=f"ligne {number}",
            dress="lines",
            context=line.over,
        )


def headed(line: Line) -> Line:
    """A line that begins with a body, said as such."""
    body = replace(line.pieces[0], field="body")
    return replace(line, pieces=(body, *line.pieces[1:])) if line.leading else line
