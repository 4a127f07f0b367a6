from __future__ import annotations

import pytest
from refusals import refuses

from scrapers.source import Blocked, Unreachable
from scrapers.wire.address import clean, follow, plain

HERE = "https://register.example/a/list?page=1"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://r.example/l?letter=B&view_dom_id=3", "https://r.example/l?letter=B&view_dom_id=3"),
        ("https://me:pw@r.example/l#top", "https://r.example/l"),
        ("https://r.example/l?API_KEY=abc&x=1", "https://r.example/l?API_KEY=***&x=1"),
        ("https://s3.example/c.pdf?X-Amz-Signature=f0", "https://s3.example/c.pdf?X-Amz-Signature=***"),
        ("https://r.example/l?access_token=&sid=9", "https://r.example/l?access_token=***&sid=***"),
        ("http://[::1", "(an address that cannot be read)"),
    ],
)
def test_addresses_are_shown_without_what_is_secret_in_them(url: str, shown: str) -> None:
    assert plain(url) == shown


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://R.Example", "https://r.example/"),
        ("https://r.example/référentiel hds?q=é#x", "https://r.example/r%C3%A9f%C3%A9rentiel%20hds?q=%C3%A9"),
        ("https://r.example/a%20b?x=%2F&y=1", "https://r.example/a%20b?x=%2F&y=1"),
    ],
)
def test_one_address_has_one_spelling(url: str, asked: str) -> None:
    assert clean(url) == asked
    assert clean(asked) == asked


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("/b", "https://register.example/b"),
        ("b?x=1#y", "https://register.example/a/b?x=1"),
        ("https://REGISTER.example/b", "https://register.example/b"),
        ("//register.example/b", "https://register.example/b"),
        ("https://me:pw@register.example/b", "https://register.example/b"),
    ],
)
def test_a_redirect_on_the_host_is_followed(location: str, there: str) -> None:
    assert follow(HERE, location, frozenset()) == there


def test_a_redirect_to_another_host_needs_leave() -> None:
    with refuses(
        Blocked, match=r"register\.example.*found a redirect to https://sso\.example/in\?token=\*\*\*"
    ):
        follow(HERE, "https://sso.example/in?token=1", frozenset())

    assert follow(HERE, "https://cdn.example/l", frozenset({"cdn.example"})) == "https://cdn.example/l"
    assert follow(HERE, "https://any.example/robots.txt", None) == "https://any.example/robots.txt"


def test_a_name_that_only_begins_like_the_host_is_another_host() -> None:
    with pytest.raises(Blocked):
        follow(HERE, "https://register.example.evil.example/a", frozenset())


def test_a_redirect_never_gives_up_tls() -> None:
    with refuses(Unreachable, match="expected an https address"):
        follow(HERE, "http://register.example/a/list", None)


@pytest.mark.parametrize("location", ["", "javascript:alert(1)", "ftp://register.example/", "http://[::1"])
def test_a_redirect_to_no_web_address_is_not_followed(location: str) -> None:
    with refuses(Unreachable, match="found a redirect to no web address"):
        follow(HERE, location, None)
