"""Posts of Mattermost: Markdown that its reader sees as the words, and that mentions nobody."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fake_services import FakeMattermost
from hostile_names import HOSTILE
from markdown_it import MarkdownIt

from notifiers.mattermost.post import HIGH, OTHER, markdown, parts, post
from notifiers.said.voice import JOINER, clean, unbroken
from notifiers.wire.call import encoded
from state.model import Attestation, Event, Kind
from state.words.post import Message

BuildEvent = Callable[..., Event]
BuildMessage = Callable[..., Message]
UNMARKED = re.compile(r"(?<!\\)(?:\\\\)*[*_`~\[\]|<>]")
"""A sign that Markdown reads: one before which no backslash stands."""


def seen(text: str) -> str:
    """What a reader sees of a text that is made inert."""
    return html.unescape(re.sub(r"\\([^\s\w]|_)", r"\1", text)).replace(JOINER, "")


@pytest.mark.parametrize("name", HOSTILE)
def test_markdown_makes_nothing_of_a_printed_name(name: str) -> None:
    printed = clean(name)
    safe = markdown(printed)
    assert UNMARKED.search(safe) is None
    assert seen(safe) == unbroken(printed)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_printed_name_mentions_nobody_and_links_nowhere(
    name: str, an_event: BuildEvent, a_message: BuildMessage, s3ns: Attestation
) -> None:
    event = an_event(Kind.GAINED, replace(s3ns, holder=name, subject=name), name=name)
    [one] = [post(part) for part in parts(a_message(event))]
    with FakeMattermost() as server:
        assert isinstance(server, FakeMattermost)
        assert server.mentioned(one) == []
        links = re.findall(r"(?<!\\)\]\(([^)]*)\)", server.shown(one))
    assert all(link.startswith("https://messervices.cyber.gouv.fr/") for link in links)
    text = one["attachments"][0]["text"]
    assert all(not re.match(r"\s*([-+=#>]|\d+[.)])", line) for line in text.splitlines())
    assert not re.search(r"(?<!\w):[a-z_]+:|(?<![\w⁠])www\.|(?<!\()https?://", text)


def test_a_colour_says_how_much_an_event_matters(an_event: BuildEvent, a_message: BuildMessage) -> None:
    both = [an_event(kind, id=n, name=f"N{n}") for n, kind in enumerate((Kind.GAINED, Kind.AMENDED), start=1)]
    [one] = [post(part) for part in parts(a_message(*both))]
    assert [each["color"] for each in one["attachments"]] == [HIGH, OTHER]


def test_the_preview_of_a_telephone_is_plain(an_event: BuildEvent, a_message: BuildMessage) -> None:
    [one] = [post(part) for part in parts(a_message(an_event(Kind.GAINED)))]
    assert one["attachments"][0]["fallback"] == "S3NS obtient la qualification SecNumCloud"


def test_the_server_of_a_decade_ago_takes_a_hundred_events(
    many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    posts: list[dict[str, Any]] = [post(part) for part in parts(a_message(*many, matched=("tout",)))]
    assert all(len(encoded(one).decode()) <= FakeMattermost.ATTACHMENTS for one in posts)


def test_a_link_may_hold_brackets(an_event: BuildEvent, a_message: BuildMessage, s3ns: Attestation) -> None:
    event = an_event(Kind.GAINED, replace(s3ns, url="https://anssi.fr/visas/a_(1).pdf"))
    [one] = [post(part) for part in parts(a_message(event))]
    assert "](https://anssi.fr/visas/a_%281%29.pdf)" in one["attachments"][0]["text"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_reader_of_markdown_shows_a_name_as_it_is_printed(
    name: str, an_event: BuildEvent, a_message: BuildMessage, s3ns: Attestation
) -> None:
    """Drawn by a reader of CommonMark that somebody else wrote."""
    drawn = MarkdownIt("commonmark", {"breaks": True, "html": True}).enable("strikethrough")
    event = an_event(Kind.GAINED, replace(s3ns, holder=name, subject=name), name=name)
    [one] = [post(part) for part in parts(a_message(event))]
    texts = [one["text"], one["attachments"][0]["text"]]
    page = BeautifulSoup("".join(map(drawn.render, texts)), "html.parser")
    assert page.get_text().replace(JOINER, "").count(unbroken(clean(name))) >= 2
    assert {tag.name for tag in page.find_all()} <= {"p", "strong", "br", "a"}
