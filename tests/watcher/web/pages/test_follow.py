"""What a page offers to follow it by, and its badge: every line is one that its door takes."""

from __future__ import annotations

import re
import shlex
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html import unescape

import httpx
import pytest
from starlette.applications import Starlette

from notifiers.said.voice import voice
from watcher.slack.command import parse
from watcher.tell.want import Wish, understand
from watcher.web.data.badges import COLOURS

Get = Callable[..., httpx.Response]
PAGES = {
    "/": Wish(),
    "/providers/s3ns": Wish(names=("s3ns",)),
    "/labels/secnumcloud": Wish(labels=("secnumcloud",)),
    "/expiries": Wish(kinds=("expiring",)),
    "/expiries?label=secnumcloud": Wish(labels=("secnumcloud",), kinds=("expiring",)),
    "/race?p=s3ns&p=ovhcloud": Wish(names=("s3ns", "ovhcloud")),
    "/was/s3ns/secnumcloud/2026-03-04": Wish(names=("s3ns",), labels=("secnumcloud",)),
}


def part(text: str) -> str:
    """The part of a page that says how to follow."""
    return text.partition('id="follow"')[2].partition("</section>")[0]


def lines(text: str) -> list[str]:
    """The lines of code in the part that says how to follow."""
    return [unescape(re.sub("<.*?>", "", one)) for one in re.findall(r"<code.*?>(.*?)</code>", part(text))]


def test_the_part_says_what_a_page_of_labels_together_has_to_say_and_nothing_of_another(get: Get) -> None:
    assert "Version(" not in get("/labels/secnumcloud?on=2026-03-04").text
    assert voice("fr")("together.follow") in unescape(part(get("/labels/secnumcloud+hds").text))


@pytest.mark.parametrize("page", PAGES)
def test_slack_and_the_command_line_understand_what_a_page_says(get: Get, page: str) -> None:
    told = lines(get(page).text)
    [slack] = [one for one in told if one.startswith("/vigilabel ")]
    [typed] = [one for one in told if one.startswith("vigilabel ")]
    command = parse(slack.removeprefix("/vigilabel "))
    words = shlex.split(typed)
    assert command.verb == words[1] == "subscribe"
    assert understand(command.words) == understand(words[2 : words.index("--channel")]) == PAGES[page]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_feeds_and_calendars_that_a_page_names_are_there(get: Get, page: str, lang: str) -> None:
    text = get(page, headers={"Accept-Language": lang}).text
    offered = [unescape(one) for one in re.findall(r'<a class="long" href="(.*?)"', part(text))]
    assert any(".atom" in one for one in offered) or page.startswith("/race")
    assert all(get(there).status_code == 200 for there in offered)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("host", ["127.0.0.1:8080", "evil.example"])
def test_no_half_address_is_offered_to_copy(get: Get, page: str, host: str) -> None:
    """A feed reader can do nothing with a path, and what a client calls us is no address of ours: a browser
    knows where a link leads, and copies that."""
    text = get(page, headers={"Host": host}).text
    assert all(one.startswith(("/vigilabel ", "vigilabel ")) for one in lines(text))
    assert "copiez l’adresse" in part(text)
    assert host not in text
    assert ("VIGILABEL_ADDRESS" in part(text)) == ("/badges/" in part(text))


def test_a_page_shows_lines_and_badges_in_the_language_of_its_reader(get: Get) -> None:
    french, english = (get("/providers/s3ns", headers={"Accept-Language": one}).text for one in ("fr", "en"))
    assert "/vigilabel suivre s3ns" in lines(french)
    assert "/vigilabel subscribe s3ns" in lines(english)
    [badge, *_] = re.findall(r'<img src="(/badges/[^"]*)"', english)
    assert "Holds until 17 Dec 2028" in get(badge).text
    assert "lang=" not in part(french)


def test_addresses_are_whole_where_the_watch_has_one(get: Get, web: Starlette) -> None:
    web.state.site.address = "https://labels.example.org"
    text = get("/providers/s3ns").text
    told = lines(text)
    assert "VIGILABEL_ADDRESS" not in text
    assert "copiez l’adresse" not in text
    assert "https://labels.example.org/providers/s3ns/feed.atom" in told
    assert any('src="https://labels.example.org/badges/s3ns/secnumcloud.svg"' in one for one in told)


STATES = {
    ("s3ns", "secnumcloud"): "S3NS · SecNumCloud\u00a0: Détient jusqu’au 17/12/2028",
    ("devoteam", "secnumcloud"): "Devoteam · SecNumCloud\u00a0: Non listé",
    ("s3ns", "hds"): "S3NS · HDS\u00a0: Inconnu",
}


@pytest.mark.parametrize(("who", "label"), STATES)
def test_a_badge_says_where_somebody_stands_and_leads_to_the_proof(get: Get, who: str, label: str) -> None:
    answer = get(f"/badges/{who}/{label}.svg", headers={"Accept-Language": "en"})
    root = ET.fromstring(answer.text)
    name = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{name}title") == root.get("aria-label") == STATES[who, label]
    link = root.find(f"{name}a")
    assert link is not None
    assert link.get("href") == f"/was/{who}/{label}/2026-03-05"
    assert get(str(link.get("href"))).status_code == 200


@pytest.mark.parametrize(
    "page", ["/was/s3ns/secnumcloud/2026-03-04", "/was/s3ns/secnumcloud%2Bhds/2026-03-04"]
)
def test_every_badge_that_an_answer_offers_is_there(get: Get, page: str) -> None:
    """Labels asked together have one each, and one of their own."""
    offered = re.findall(r'<img src="(/badges/[^"]*)"', get(page).text)
    assert len(offered) == 1 + 2 * ("%2B" in page)
    assert {get(badge).status_code for badge in offered} == {200}


def test_a_badge_can_be_shown_elsewhere_and_kept_for_an_hour(get: Get) -> None:
    answer = get("/badges/s3ns/secnumcloud.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    again = get("/badges/s3ns/secnumcloud.svg", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert "url(http" not in answer.text
    assert "@import" not in answer.text


def test_a_badge_speaks_english_where_its_address_says_so(get: Get) -> None:
    assert "Holds until 17 Dec 2028" in get("/badges/s3ns/secnumcloud.svg?lang=en").text


@pytest.mark.parametrize("there", ["/badges/zorglub/secnumcloud.svg", "/badges/s3ns/unheard-of.svg"])
def test_a_badge_of_nothing_is_none(get: Get, there: str) -> None:
    assert get(there).status_code == 404


def test_what_a_register_prints_is_text_in_a_badge(get: Get) -> None:
    root = ET.fromstring(get("/badges/script-alert-1-script-sohne/passi.svg").text)
    assert "script" not in {one.tag.rpartition("}")[2] for one in root.iter()}


@pytest.mark.parametrize("colour", sorted(set(COLOURS.values())))
def test_white_letters_can_be_read_on_every_badge(colour: str) -> None:
    """4.5 is what WCAG asks of small letters."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5
