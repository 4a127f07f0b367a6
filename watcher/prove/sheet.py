"""The leaflet of an evidence file as a page: opened without a network, printed, and made again by `verify`.

One file that needs nothing but the documents and pictures beside it. Everything that a register printed is
escaped, and no address but those in the file can be followed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from textwrap import fill

from notifiers.said.voice import clean, voice

FORM = 1
"""Raised with any change of what a sheet says or how: see `watcher.prove.event.leaflet.FORM`."""
MARK = "vigilabel sheet"
WIDTH = 100
BETWEEN = f"\n\n{'=' * WIDTH}\n\n"
"""What stands between the parts of a leaflet as a text: its languages, and last the mark of its form."""
SPACES = str.maketrans("\u00a0\u202f", "  ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row as its document shows it: what it says, the document in the file at its page, and the picture cut
    from it, or the text of it where the document is no print; "" for none."""

    said: str
    document: str
    link: str
    picture: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a sheet says in one language, from top to bottom.

    `tone` is the answer that `verdict` gives. `proven` and `unproven` are what the file shows and what it
    cannot; `lists` are names under a head; `checks` is how to check all of it by hand.
    """

    lang: str
    crumb: str
    title: str
    said: str
    facts: Sequence[tuple[str, str]]
    verdict: str = ""
    tone: str = ""
    warning: str = ""
    shown: Sequence[Shown] = ()
    proven: Sequence[str] = ()
    unproven: Sequence[str] = ()
    lists: Sequence[tuple[str, Sequence[str]]] = ()
    checks: str = ""


def page(sheets: Sequence[Sheet]) -> str:
    """The page with the same in every language, one below the other."""
    first = sheets[0]
    body = "".join(_section(one, [other for other in sheets if other is not one]) for one in sheets)
    return (
        f'<!doctype html>\n<html lang="{first.lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        # Nothing in a file that strangers pass on may run or be fetched, whatever a register printed.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file:; "
        "style-src 'unsafe-inline'\">\n"
        f'<meta name="generator" content="{MARK} {FORM}">\n<title>{_safe(first.title)}</title>\n'
        f"<style>{_style()}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


@cache
def _style() -> str:
    return Path(__file__).with_suffix(".css").read_text("utf-8")


def made_here(html: str) -> bool:
    """Whether a sheet says that this very program wrote it."""
    found = re.search(rf'<meta name="generator" content="{MARK} (\d{{1,9}})">', html, re.ASCII)
    return found is not None and int(found[1]) == FORM


def without_mark(html: str) -> str:
    """The sheet as one is written that says more than its file proves."""
    return re.sub(rf'<meta name="generator" content="{MARK} \d+">\n', "", html)


def _safe(text: str) -> str:
    return escape(clean(text))


def _section(sheet: Sheet, others: Sequence[Sheet]) -> str:
    say = voice(sheet.lang)
    parts = [
        f'<p class="crumb">{_safe(sheet.crumb)}{"".join(map(_leads_to, others))}</p>',
        f"<h1>{_safe(sheet.title)}</h1>",
        f'<p class="warning"><strong>{_safe(sheet.warning)}</strong></p>' if sheet.warning else "",
        f'<p class="verdict {sheet.tone}">{_safe(sheet.verdict)}</p>' if sheet.verdict else "",
        f"<p>{_safe(sheet.said)}</p>",
        "".join(map(_figure, sheet.shown)),
        _list(say("sheet.proven"), sheet.proven),
        _list(say("sheet.unproven"), sheet.unproven),
        f"<h2>{_safe(say('sheet.facts'))}</h2>\n<dl>{''.join(map(_fact, sheet.facts))}</dl>",
        *(_list(head, names, "names") for head, names in sheet.lists),
        f"<h2>{_safe(say('sheet.checks'))}</h2>\n<pre>{escape(sheet.checks)}</pre>" if sheet.checks else "",
    ]
    return (
        f'<section lang="{sheet.lang}" id="{sheet.lang}">\n'
        + "\n".join(filter(None, parts))
        + "\n</section>\n"
    )


def _leads_to(other: Sheet) -> str:
    name = _safe(voice(other.lang)("page.language"))
    return f' · <a href="#{other.lang}" lang="{other.lang}">{name}</a>'


def _list(head: str, items: Sequence[str], kind: str = "") -> str:
    if not items:
        return ""
    lines = "".join(f"<li>{_safe(item)}</li>" for item in items)
    return f"<h2>{_safe(head)}</h2>\n<ul{f' class={kind}' if kind else ''}>{lines}</ul>"


def _fact(fact: tuple[str, str]) -> str:
    return f"<dt>{_safe(fact[0])}</dt><dd>{_safe(fact[1])}</dd>"


def _figure(shown: Shown) -> str:
    document = escape(shown.document)
    picture = f'<img src="{escape(shown.picture)}" alt="{_safe(shown.said)}">' if shown.picture else ""
    if picture:  # wider than a phone: it scrolls, for who has no pointer as well
        picture = (
            f'<div class="picture" tabindex="0" role="group" aria-label="{_safe(shown.link)}">{picture}</div>'
        )
    quote = f"<pre>{_safe_lines(shown.quote)}</pre>" if shown.quote else ""
    link = f'<a href="{document}">{_safe(shown.link)}</a>' if document else _safe(shown.link)
    return f"<figure>{picture}{quote}<figcaption>{_safe(shown.said)}<br>{link}</figcaption></figure>"


def _safe_lines(text: str) -> str:
    return "\n".join(map(_safe, text.split("\n")))


def form_of(text: str, mark: str) -> int | None:
    """The form that a leaflet of that mark says it has; None where it says none, as older ones do."""
    found = re.search(rf"\n{mark} (\d{{1,9}})\n\Z", text, re.ASCII)
    return int(found[1]) if found else None


def unmarked(made: str) -> str:
    """The leaflet without its last part, which says that it can be made again: as older programs wrote it,
    and as one is written that says more than its file proves."""
    return made.rpartition(BETWEEN)[0] + "\n"


def plain(text: str) -> str:
    """The text as people read it: spaces at which no line may end are spaces."""
    return text.translate(SPACES)


def plain_text(sheet: Sheet) -> str:
    """The same in a text file, for who has no browser at hand."""
    say = voice(sheet.lang)
    facts = "\n".join(f"{clean(name) + ' ':.<28} {clean(value)}" for name, value in sheet.facts)
    shown = [f"{one.said} ({one.document or one.link})" for one in sheet.shown]
    parts = [
        f"{sheet.crumb}\n{folded(sheet.title)}".upper(),
        f"*** {folded(sheet.warning)}" if sheet.warning else "",
        f"{sheet.verdict}\n{folded(sheet.said)}" if sheet.verdict else folded(sheet.said),
        "\n".join(folded(one, "- ") for one in shown),
        _titled(say("sheet.proven"), sheet.proven),
        _titled(say("sheet.unproven"), sheet.unproven),
        facts,
        *(_titled(head, names) for head, names in sheet.lists),
        f"{say('sheet.checks').upper()}\n{sheet.checks}" if sheet.checks else "",
    ]
    return "\n\n".join(filter(None, parts))


def _titled(head: str, items: Sequence[str]) -> str:
    return f"{head.upper()}\n" + "\n".join(folded(one, "- ") for one in items) if items else ""


def folded(text: str, before: str = "") -> str:
    """A text in lines, those after the first as far to the right as what stands `before` it."""
    indent = " " * len(before)
    return fill(
        before + clean(text), WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
