"""Pages that stand in place of a document, and pages that merely mention robots."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifiers.said.reasons import said
from scrapers.wire.challenge import looks_blocked

FIXTURES = Path(__file__).parents[2] / "fixtures" / "challenge"
WALLS = sorted((FIXTURES / "walls").iterdir())
PAGES = sorted((FIXTURES / "pages").iterdir())

WORDS = ("accueil", "actualites", "agenda", "hds", "labels", "mss", "pro", "contact", "faq")
MENU = "".join(f'<a href="/{word}">{word}</a> ' for word in WORDS)
HOSTS = "".join(f"<tr><td>Hébergeur {n}</td><td>LNE {n}</td></tr>" for n in range(40))
CONTENTS = {
    "a list": f"<table>{HOSTS}</table>",
    "a menu": f"{MENU}<p>Aucun résultat.</p>",
    "a short list": "<table><tr><td>OVH</td></tr></table>",
    "a long text": "<p>" + "Le référentiel de certification HDS s'applique aux hébergeurs. " * 6 + "</p>",
}
SCRIPTS = {
    "Cloudflare": "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
    "Imperva": '<script src="/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd42" async></script>',
    "DataDome": '<script>window.ddjskey="A5"</script><script src="https://js.datadome.co/tags.js"></script>',
    "F5": '<script src="/TSPD/08a5b7?type=7"></script>',
    "reCAPTCHA": '<script src="https://www.google.com/recaptcha/api.js" async defer></script>',
}
JSON = '[{"command":"insert","data":"<p>captcha</p>"},{"command":"settings","settings":{"datadome":1}}]'
XML = '<?xml version="1.0"?><TrustServiceStatusList><x>Access denied</x></TrustServiceStatusList>'


@pytest.mark.parametrize("wall", WALLS, ids=[path.stem for path in WALLS])
def test_a_wall_in_place_of_the_document_is_seen(wall: Path) -> None:
    assert looks_blocked(wall.read_bytes())


@pytest.mark.parametrize("text", ["error code: 1020", "Access denied"])
def test_a_wall_of_plain_text_is_seen(text: str) -> None:
    assert looks_blocked(text.encode())


@pytest.mark.parametrize("page", PAGES, ids=[path.stem for path in PAGES])
def test_a_page_that_mentions_robots_or_says_little_is_a_page_to_be_read(page: Path) -> None:
    assert looks_blocked(page.read_bytes()) is None


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_a_register_behind_a_firewall_is_a_page_to_be_read(script: str, content: str) -> None:
    page = f"<html><head><title>Liste des hébergeurs</title>{script}</head><body>{content}</body></html>"

    assert looks_blocked(page.encode()) is None


@pytest.mark.parametrize("body", [JSON, XML, "%PDF-1.4 captcha", "", "Liste à jour"])
def test_what_is_no_page_of_html_is_no_wall(body: str) -> None:
    assert looks_blocked(body.encode()) is None


def test_a_wall_in_an_old_encoding_is_seen() -> None:
    assert looks_blocked((FIXTURES / "walls/french.html").read_text().encode("cp1252"))


def test_a_wall_declared_as_xhtml_is_seen() -> None:
    declared = b'<?xml version="1.0" encoding="utf-8"?>\n' + (FIXTURES / "walls/french.html").read_bytes()

    assert looks_blocked(declared)


@pytest.mark.parametrize(
    "body", [bytes(range(256)) * 20, b"<" * 50_000, b"<p>" * 50_000, b"<html>\x00\xff<script>"]
)
def test_a_mess_of_bytes_is_judged_without_an_error(body: bytes) -> None:
    looks_blocked(body)


def test_what_stands_there_is_named() -> None:
    title = "a challenge or refusal page (its title is 'just a moment...')"
    for wall, words in (("cloudflare", title), ("login", "a login page")):
        found = looks_blocked((FIXTURES / f"walls/{wall}.html").read_bytes())
        assert found is not None
        assert said(found, "en") == words


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("<!DOCTYPE html><!-- Incapsula incident ID: 1 -->", "wall_by_mark"),
        ("<!-- _Incapsula_Resource -->", "bare_wall"),
        ("<html><body>Access denied</body></html><textarea name=note></textarea>", "wall_by_words"),
    ],
)
def test_a_wall_of_comments_alone_or_with_a_form_behind_the_page_is_seen(page: str, code: str) -> None:
    found = looks_blocked(page.encode())
    assert found is not None
    assert found.code == code


def test_links_that_a_script_may_yet_show_are_links() -> None:
    links = "<a href='/a'>A</a><a href='/b'>B</a><a href='/c'>C</a>"
    page = f"<meta http-equiv=refresh content=5><template>{links}</template><p>Liste</p>"
    assert looks_blocked(page.encode()) is None
