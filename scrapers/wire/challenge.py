"""Pages that a firewall or a login puts in place of a document, told apart from pages that mention robots.

Both mistakes degrade gently: a challenge not seen here lacks the landmarks of its source and is a changed
layout, never a loss; so a doubtful page passes, and a page with much text or many links is never refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from scrapers.wire.content import kind_of
from state.model import Reason
from state.names import fold

LARGEST = 512 * 1024  # challenge pages are some kilobytes, with inlined pictures some hundred
THIN = 2_500  # characters of visible text on the wordiest challenge pages
BARE = 250  # of pages that only run a script or reload
LINKS = 8  # a challenge links its help and its vendor, a register its menus
UNSEEN = ("script", "style", "template", "title", etree.Comment, etree.ProcessingInstruction)

TITLES = re.compile(
    r"^(just a moment|un instant|attention required|access denied|acces (refuse|interdit|bloque)|blocked$"
    r"|you have been blocked|vous avez ete bloque|checking your browser|pardon our interruption"
    r"|verification (de securite|en cours|que vous|du navigateur)|making sure you.re not a bot"
    r"|robot check|bot verification|are you (a robot|human)|etes-vous (un robot|humain)|403 forbidden"
    r"|request rejected|human verification|security check|one moment, please|ddos-guard)"
)
"""Titles of challenge and refusal pages (folded)."""

SURE = re.compile(
    r"_cf_chl_opt|cf-chl-|cf_chl_|cf-browser-verification|id=.cf-error-details|geo\.captcha-delivery\.com"
    r"|ct\.captcha-delivery\.com|c\.datado\.me|incapsula incident id|id=.px-captcha|sec-if-cpt-container"
    r"|errors\.edgesuite\.net|gokuprops|awswafcookiedomainlist|anubis_challenge|\.within\.website/x/cmd/anubis"
    r"|sucuri_cloudproxy_js|ddos-guard\.net/|please consult with your administrator"
)
"""Found on the challenge pages of Cloudflare, DataDome, Imperva, HUMAN, Akamai, AWS, Anubis, Sucuri,
DDoS-Guard and F5, and on no page behind them."""

PHRASES = re.compile(
    r"verif(y|ying) (that )?you are (a )?human|verifi(ez|er|ons) que vous etes (bien )?(un )?(etre )?humain"
    r"|verification que vous n.etes pas un robot|que vous n.etes pas un robot|je ne suis pas un robot"
    r"|(you are|you.re) not a (ro)?bot|unusual traffic|trafic (inhabituel|anormal)"
    r"|enable javascript and cookies"
    r"|(activer|activez) javascript et les cookies pour continuer|enable js and disable any ad blocker"
    r"|you don.t have permission to access|you have been blocked|vous avez ete bloque"
    r"|votre (acces|requete|adresse ip) (a ete|est) (bloque|refuse|rejete)|request (was|has been) blocked"
    r"|request could not be satisfied|completez? (le|ce) captcha|(complete|solve) the captcha"
    r"|this process is automatic\. your browser will redirect|error code: 10\d\d|access denied|acces refuse"
)
"""What they say to the reader (folded)."""

PERHAPS = re.compile(
    r"_incapsula_resource|/cdn-cgi/challenge-platform|challenges\.cloudflare\.com|datadome|/tspd/|captcha"
    r"|perimeterx|px-cloud\.net|awswaf|ddos-guard|kasada|__ddg"
)
"""Machinery that is injected into ordinary pages too: believed only where hardly anything else is."""

LOGIN = re.compile(r"connexion|s.identifier|identifiez|authentif|log ?in|sign ?in|mot de passe|password")

ROW = re.compile(rb"<!--.*?(?:-->|\Z)|<(script|style|template|title)\b.*?(?:</\1|\Z)|(<tr[\s>])", re.S | re.I)
"""A row of a table, outside what is never shown; no wall has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What a page shows: its title and visible text (folded), its source in lower case, and its furniture."""

    title: str
    text: str
    raw: str
    links: int
    password: bool
    scripts: bool
    reloads: bool


def may_be_wall(body: bytes) -> bool:
    """Whether a body is of a size and a kind that walls have, and prints no row of a table."""
    if len(body) > LARGEST or kind_of(body) in ("pdf", "json", "xml"):
        return False
    # Found without parsing: most pages that are looked at are lists, and a child to parse one costs as much
    # as all else of a look at a page that did not move.
    return not any(found[2] for found in ROW.finditer(body))


def looks_blocked(body: bytes) -> Reason | None:
    """What stands in place of the document (a challenge page, a login), or None for a page to be read.

    Pure: for fetched documents and for pages that a person saved. A page that merely loads a firewall's
    script, or has a form with a CAPTCHA, is a page to be read.
    """
    if not may_be_wall(body):
        return None
    source = _source(body)
    tree = _tree(source)
    if _reads(tree):
        return None
    seen = _seen(tree, source)
    if len(seen.text) > THIN:
        return None
    bare = len(seen.text) <= BARE and seen.links <= 2
    return _said(seen) or (_hinted(seen) if bare else None)


def _said(seen: _Seen) -> Reason | None:
    if TITLES.search(seen.title):
        return Reason.of("wall_by_title", title=seen.title[:80])
    if mark := SURE.search(seen.raw):
        return Reason.of("wall_by_mark", sign=mark[0])
    if mark := PHRASES.search(seen.text):
        return Reason.of("wall_by_words", words=mark[0])
    if seen.password and LOGIN.search(seen.title + " " + seen.text):
        return Reason.of("login_page")
    return None


def _hinted(seen: _Seen) -> Reason | None:
    if mark := PERHAPS.search(seen.raw):
        return Reason.of("bare_wall", sign=mark[0])
    if seen.reloads:
        return Reason.of("page_reloads")
    if seen.scripts and len(seen.text) < 40:
        return Reason.of("only_scripts")  # a browser fills such a page: it may be no refusal at all
    return None


def _source(body: bytes) -> str:
    try:
        source = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        source = body.decode("cp1252", "replace")
    return re.sub(r"^\s*<\?xml[^>]*>", "", source) if "<" in source else f"<p>{source}</p>"


def _tree(source: str) -> etree._Element:
    """The page as it is within `<html>`; an empty one for nothing but comments, in which firewalls sign."""
    parser = etree.HTMLParser(encoding="utf-8")
    parser.feed(source.encode("utf-8", "replace"))
    tree = parser.close()
    return etree.Element("html") if tree is None else tree


def _reads(tree: etree._Element) -> bool:
    """Whether a page is one for readers by its elements alone, as nearly every page is that is looked at."""
    if next(tree.iter("tr"), None) is not None or len(_links(tree)) > LINKS:
        return True
    # The box that a CAPTCHA writes its answer into is no form: a browser saves it with the page.
    return any("captcha" not in field.get("name", "").lower() for field in tree.iter("textarea"))


def _links(tree: etree._Element) -> list[etree._Element]:
    return [link for link in tree.iter("a") if "href" in link.attrib]


def _seen(tree: etree._Element, source: str) -> _Seen:
    # What stands behind `</html>` is put beside it, and firewalls write there.
    for late in [*tree.itersiblings()]:
        tree.append(late)
    title = next(tree.iter("title"), None)
    said = " ".join(title.itertext()) if title is not None else ""
    scripts = next(tree.iter("script"), None) is not None
    links = len(_links(tree))
    password = any(field.get("type", "").lower() == "password" for field in tree.iter("input"))
    reloads = any(meta.get("http-equiv", "").lower() == "refresh" for meta in tree.iter("meta"))
    etree.strip_elements(tree, *UNSEEN, with_tail=False)
    return _Seen(
        title=fold(said),
        text=fold(" ".join(tree.itertext())),
        raw=source.lower(),
        links=links,
        password=password,
        scripts=scripts,
        reloads=reloads,
    )
