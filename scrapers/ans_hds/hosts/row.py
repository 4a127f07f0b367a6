"""From a printed row of the HDS list to an attestation: what each cell must say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from scrapers.ans_hds.words import ACTIVITIES, activities_of, named_columns, root_of
from scrapers.page.html import Cell
from scrapers.page.vocabulary import UNDER, plain
from scrapers.print.french import french_date
from scrapers.source import UnreadableRow
from state.model import PARIS, Attestation, Reason
from state.names import bare_number, body_of, tidy

if TYPE_CHECKING:
    from scrapers.page.records import Row

DATE = re.compile(
    # Its first digit stands before all else: only so does `re` skip to the digits of a page, twice as fast.
    r"\d(?<!\d\d)(?:\d{3}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\d?\s?(?P<mark>[/.-])\s?\d{1,2}\s?(?P=mark)\s?\d{4}"
    r"|(?<![/.]\d)\d?(?P<dot>[/.])\d{1,2}(?P=dot)\d\d(?![/.]?\d)"
    r"|\d?\s*(?:er)?\s+[^\W\d_]{3,9}\.?\s+\d{4})(?!\d)",
    re.IGNORECASE,
)
DAMAGED = re.compile(r"\ufffd|\w\?\w|[ÃÂ][\x80-\xbf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]|â€")
"""What a letter with an accent becomes where a server mistakes one encoding for another."""
# "31/12/28": no certificate is of another century.
SHORT_YEAR = re.compile(r"^(\d{1,2}([/.])\d{1,2}\2)(\d\d)$")
LINK_WORDS = re.compile(
    r"(?:(?:\s+|^)[-–|(\[]?\s*(?:(?:voir|consulter|afficher|t[ée]l[ée]charger)"
    r" (?:plus|(?:le |la |l.)?(?:fiche|d[ée]tails?|certificat|attestation|document|pdf))(?: \(?pdf[^()]*)?"
    r"|t[ée]l[ée]charger(?: \(?pdf[^()]*)?|pdf ?[,:–-]? ?[\d.,]+ ?[km]?[ob]|(?<=[(\[])pdf"
    r"|en savoir plus|lire la suite"
    r"|(?:s?.?ouvre dans une? |lien externe,? ?)?nouvel(?:le fen[êe]tre| onglet)|lien externe)\s*[)\]]?)+$",
    re.IGNORECASE,
)
"""What a link adds to the name that it is on: no part of the name."""
LINKING = ("voir", "consulter", "afficher", "charger", "pdf", "suite", "nouvel", "externe")
"""Words of which such an addition has one: to see that there is none is far cheaper than to look for it."""
NUMBER_LEAD = re.compile(r"^(certificat\s*)?(n\s*[°º]|numéro|no\.)\s*:?\s*", re.IGNORECASE)
YES = frozenset({
    "oui", "o", "yes", "y", "x", "✓", "✔", "☑", "✅", "●", "•", "■", "1", "vrai", "true", "ok", "certifie",
    "certifiee", "couvert", "couverte", "inclus", "incluse", "coche", "cochee", "check", "checked", "done",
    "✖x",
})  # fmt: skip
NO = frozenset({
    "non", "n", "no", "-", "–", "—", "✗", "✘", "☐", "❌", "○", "□", "0", "faux", "false", "sans", "close",
    "cancel", "clear", "/", "✕", "×",
})  # fmt: skip
STATUS = {
    "suspended": re.compile(r"\bsuspendue?s?\b|\bsuspension\b"),
    "withdrawn": re.compile(r"\bretiree?s?\b|\bretrait\b|\bresilie|\bannulee?\b|\brevoque"),
}
STOPPED = ("suspen", "retir", "retrait", "resilie", "annule", "revoque")
"""Beginnings of which each of these has one: to see that there is none is far cheaper than to look for it."""
ANSWERED = re.compile(r"([^:=]+?)\s*[:=]\s*(oui|non|✓|✔|✗|✘|❌)(?=\W|$)[\s;,.|]*", re.IGNORECASE)
"""An activity and whether it is certified, as pages print them in one cell ("Sauvegarde : Non")."""
HYPHENED = re.compile(r"(?:activites? )?a?[1-6](?:\s*[-–—]\s*a?[1-6])+")
"""Numbers with hyphens between: a list, but of two far apart nobody knows whether they span ("A1 - A5")."""
SIGN = re.compile(r"[✓✔☑✅●•■✗✘☐❌○□✕×]")
IN_FORCE = re.compile(
    r"(certificat |certification )?(certifiee?|valide|actif|active|en cours( de "
    r"validite)?|en vigueur|oui|ok|delivree?|maintenue?)"
)
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
Legend = tuple[tuple[str, str], ...]
"""Each number of an activity with what it means on the page."""
LONGEST = 4000
"""Characters of a name: some are a thousand long, a cell that swallowed half a page is longer."""


def by_certificate(row: Row) -> Iterator[Row]:
    """The row once per certificate: a host with several may print them as lines of one row."""
    numbers, ends = row.one("number").lines, (row.one("end").lines, row.one("period").lines)
    count = len(numbers)
    if count < 2 or not all(re.search(r"\d", line) for line in numbers):
        if count > 1 and max(map(len, ends)) > 1:
            raise UnreadableRow(Reason.of("several_unnumbered", found=row.one("number").text))
        yield row
        return
    lines = {name: row.one(name).lines for name in ("number", "end", "start", "body", "version", "period")}
    for name in ("end", "period"):
        if lines[name] and len(lines[name]) != count:
            raise UnreadableRow(Reason.of("numbers_and_dates", numbers=count, dates=len(lines[name])))
    if len(holder := row.one("holder").lines) == count and not details_in(holder):
        raise UnreadableRow(Reason.of("numbers_and_names", numbers=count))
    lines["activities"] = row.one("activities").lines
    for at in range(count):
        cells = dict(row.cells)
        for name in (name for name, printed in lines.items() if len(printed) == count):
            cells[name] = [(row.cells[name][0][0], Cell.of(lines[name][at], link=row.one(name).link))]
        yield replace(row, cells=cells)


def attestation(row: Row, legend: Legend, place: str, status: str) -> Attestation:
    """The attestation of one row; `UnreadableRow` when a value that must be there cannot be read.

    `legend` says what the numbers of activities mean; `status` is what stands over the group of rows.
    """
    if row.record.odd:
        raise UnreadableRow(row.record.odd)
    holder, details, said = holder_of(row.one("holder"))
    number = number_of(row.one("number"))
    start, end = dates_of(row)
    if number is None and end is None:
        raise UnreadableRow(Reason.of("no_certificate"))
    issuer = " ".join(row.one("body").text.split()) or None
    if issuer is not None and DATE.search(issuer):
        raise UnreadableRow(Reason.of("body_is_date", found=issuer))
    extra = {**row.spare, **extras_of(row, number, details, said)}
    return Attestation(
        label="hds",
        holder=holder,
        version=" ".join(row.one("version").text.split()) or None,
        scope=scope_of(row, legend),
        status=printed_status(row, said) or status,
        issuer=issuer,
        ref=ref_of(number, issuer),
        url=row.one("number").link or row.one("document").link or row.one("website").link or None,
        valid_from=start,
        valid_until=end,
        extra=extra,
        page=row.record.page,
        place=place,
    )


def holder_of(cell: Cell) -> tuple[str, str, str]:
    """The holder as printed, what the same cell prints under it (an address), and a status beside it."""
    lines = tuple(filter(None, map(without_link, cell.lines or (cell.text,))))
    if not lines or not any(c.isalpha() for c in cell.text):
        raise UnreadableRow(Reason.of("no_holder", found=cell.text))
    if len(cell.text) > LONGEST or DATE.fullmatch(cell.text):
        raise UnreadableRow(Reason.of("no_name", found=cell.text[:80]))
    whole = cell.text.isascii() and "?" not in cell.text  # as most names
    if (not whole and DAMAGED.search(" ".join(lines))) or lines[-1].endswith(("…", "...")):
        raise UnreadableRow(Reason.of("damaged_name", found=cell.text[:80]))
    lines, said = apart(lines)
    if details_in(lines):
        return lines[0], ", ".join(lines[1:]), said
    return " ".join(lines), "", said


def without_link(text: str) -> str:
    """A text without what a link on it adds."""
    low = text.lower()
    return LINK_WORDS.sub("", text) if any([word in low for word in LINKING]) else text


def details_in(lines: Sequence[str]) -> bool:
    """Whether the lines under a name are its address or its site."""
    return any(re.search(r"\d|@|www\.|https?:", line) for line in lines[1:])


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


def number_of(cell: Cell) -> str | None:
    """The certificate number as printed, None when the row prints none."""
    text = NUMBER_LEAD.sub("", cell.text).strip()
    text = without_link(without_status(text)[0])
    if text in ("", "-", "–", "—", "/"):
        return None
    days = len(DATE.findall(text))  # with two, it is a whole certificate in one cell
    if not re.search(r"\d", text) or DATE.fullmatch(text) or days > 1 or len(text) > 80:
        raise UnreadableRow(Reason.of("no_number", found=text[:80]))
    return text


def dates_of(row: Row) -> tuple[date | None, date | None]:
    """Start and end as printed. A cell that prints two dates is a period."""
    spans = [days_in(row.one(name), name) for name in ("period", "start", "end")]
    period, start, end = spans
    if len(end) == 2 and len(row.one("end").lines) > 1:
        raise UnreadableRow(Reason.of("two_ends", found=row.one("end").text[:80]))
    for days in (end, period):
        if len(days) == 2:
            first, last = days
            return ordered(start[0] if start else first, last)
    until = end or period
    return ordered(start[0] if start else None, until[0] if until else None)


def ordered(start: date | None, end: date | None) -> tuple[date | None, date | None]:
    """The two dates; `UnreadableRow` when the end comes first."""
    if start is not None and end is not None and end < start:
        raise UnreadableRow(Reason.of("ends_before", end=str(end), start=str(start)))
    return start, end


def days_in(cell: Cell, name: str) -> tuple[date, ...]:
    """The dates that a cell prints; `UnreadableRow` when it prints something else or more than two."""
    if not cell.text:
        return ()
    if DATE.fullmatch(cell.text) and (day := day_of(cell.text)) is not None:  # as nearly all print it
        return (day,)
    found = [day_of(m.group(0)) for m in DATE.finditer(tidy(cell.text))]
    known = tuple([day for day in found if day is not None])
    if cell.text.strip(" -–—/") and (len(known) not in (1, 2) or len(known) != len(found)):
        said = name == "end" and any(p.search(plain(cell.text)) for p in STATUS.values())
        if not said:
            raise UnreadableRow(Reason.of("no_date", field=name, found=cell.text[:80]))
    return known


@lru_cache(maxsize=4096)  # a row's days are read as its cells, as its print, and in the source of the page
def day_of(text: str) -> date | None:
    """One printed day; an instant is the day it is in Paris, a year of two figures is of this century."""
    text = SHORT_YEAR.sub(r"\g<1>20\g<3>", text) if len(text) <= len("31/12/28") else text
    if "T" in text[10:11]:
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            return None
        return instant.astimezone(PARIS).date() if instant.tzinfo else instant.replace(tzinfo=UTC).date()
    return french_date(text)


def scope_of(row: Row, legend: Legend) -> tuple[str, ...]:
    """The activities by their wording, in the order of the law."""
    columns = [(head.rpartition(UNDER)[2].strip(), cell) for head, cell in row.cells.get("activity", ())]
    short = named_columns(tuple(head for head, _ in columns))
    named: set[str] = set()
    for head, cell in columns:
        named |= ticked(head, cell, legend, short)
    for _, cell in row.cells.get("activities", ()):
        for line in cell.lines or (cell.text,):
            named |= listed(line, legend)
    if not named:
        raise UnreadableRow(Reason.of("no_activity"))
    return tuple(name for name in ACTIVITIES if name in named)


def ticked(head: str, cell: Cell, legend: Legend, short: Mapping[str, str]) -> Set[str]:
    """The activity of a column when its cell is ticked; `short` names columns by their short words."""
    said = plain_tick(cell.text)
    if said is False:
        return set()
    if said is None:  # "Activité 3 : infrastructure virtuelle", a label and its words
        return listed(cell.text, legend)
    return {short[head]} if head in short else listed(head, legend)


def plain_tick(text: str) -> bool | None:
    """True for a tick, False for none, None for other words."""
    words = [w.strip(".,;:()") or w for w in SIGN.sub(r" \g<0> ", plain_mark(text)).split()]
    if not words:
        return False
    words = [w for w in words if w.isalnum()] or words  # "● Oui": words are surer than signs
    if all(w in YES for w in words):
        return True
    if all(w in NO for w in words) or words[0] in ("non", "pas"):
        return False
    if words[0] in YES and (words[0] not in ("1", "x", "o", "y") and not re.search(r"[1-6]", text)):
        return True
    if not re.search(r"\b(certifi|couvert|coche|inclus)", plain(text)):
        return None
    if not re.search(r"\b(non|pas|sans)\b", plain(text)):
        return True
    return None if activities_of(text) else False


def plain_mark(text: str) -> str:
    """A tick folded: no accents or case, its signs kept."""
    return plain(text) or text.strip()


@lru_cache(maxsize=1024)  # hundreds of rows list the same few activities
def listed(text: str, explained: Legend) -> Set[str]:
    """The activities that a text lists, by words, else by numbers."""
    legend = dict(explained)
    text = "\n".join(map(tidy, text.split("\n")))
    if answers := ANSWERED.findall(text) if ":" in text or "=" in text else []:
        yes = [words for words, answer in answers if plain_mark(answer) in YES]
        return {name for words in yes for name in activities_of(words) or numbered(words, legend)}
    if len(whole := activities_of(text)) == len(ACTIVITIES):
        return set(whole)
    named: set[str] = set()
    for piece in re.split(r"[;,•|\n]|\s/\s", text):
        words = activities_of(piece)
        if not words:
            named |= numbered(piece, legend)
        elif not re.search(r"(:\s*(non|✗|✘|❌))\s*$", piece, re.IGNORECASE):
            named.update(words)
    return named


def numbered(piece: str, legend: Mapping[str, str]) -> set[str]:
    """The activities of bare numbers ("3", "1 à 4", "1-6"), as the page's own legend explains them."""
    if (alone := piece.strip()) in legend:
        return {legend[alone]}
    text = plain(piece)
    spanned = re.fullmatch(r"(?:activites? )?(?:n[°o]s? ?)?(?:de )?([1-6])\s*(?:a|-|–|au|to)\s*([1-6])", text)
    if spanned:
        return {legend[str(n)] for n in range(int(spanned[1]), int(spanned[2]) + 1)}
    hyphened = [int(n) for n in re.findall("[1-6]", text)] if HYPHENED.fullmatch(text) else []
    if hyphened and (sorted(hyphened) == hyphened) and (len(hyphened) > 2 or hyphened[1] == hyphened[0] + 1):
        return {legend[str(n)] for n in hyphened}
    bare = re.sub(r"\b(activites?|act|n|et|and|no|nos|hds|la|les|de)\b|[°.+&()/]", " ", text).split()
    if not all(re.fullmatch(r"a?[1-6]", word) for word in bare):
        raise UnreadableRow(Reason.of("unknown_activity", found=piece.strip()[:80]))
    return {legend[word[-1]] for word in bare}


def printed_status(row: Row, beside: str) -> str | None:
    """The status that the row itself prints, `beside` its name among others; None when it prints none."""
    holder = row.one("holder").text
    aside = " ".join(re.findall(r"\(([^)]*)\)", holder))
    kept = ("status", "end", "number", "start", "period", "version")
    said = plain(" | ".join([*[row.one(name).text for name in kept], aside, beside, *row.spare.values()]))
    if not any([word in said for word in STOPPED]):
        return None
    return next((status for status, pattern in STATUS.items() if pattern.search(said)), None)


def extras_of(row: Row, number: str | None, details: str, beside: str) -> dict[str, str]:
    """What is kept beside the fields, under English keys."""
    found = {
        "certificate_number": number or "",
        "address": row.one("address").text or details,
        "perimeter": row.one("perimeter").text,
    }
    status = row.one("status").text or beside
    if status and not IN_FORCE.fullmatch(plain(status)):
        found["printed_status"] = status
    return {key: value for key, value in found.items() if value}
