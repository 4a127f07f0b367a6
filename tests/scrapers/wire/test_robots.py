"""What a robots.txt tells us, and that no length of it keeps the watch from its work."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from scrapers.wire.robots import AGENT, robots
from state.model import Page

AT = datetime(2026, 3, 4, tzinfo=UTC)
NAMES = ("vigilabel", "Vigilabel*", "vigil", "*", "other", "vigilabel-plus", "labels", "", "a*b", "-")
LINES = st.one_of(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(("User-agent", "useragent", "User Agent", "user  agent", " USER-AGENT ", "agent")),
        st.sampled_from((": ", ":", " ", " : ")),
        st.sampled_from(NAMES),
    ),
    st.sampled_from((
        "Disallow: /", "Allow: /list", "disalow /list", "Crawl-delay: 7", "Sitemap: https://a.test/s", "#",
        "", "Unknown: word", "User-agent: other # and vigilabel", "Disallow:", "User-agent other:word",
    )),
)  # fmt: skip


def page(text: str) -> Page:
    return Page(url="https://a.test/robots.txt", body=text.encode(), fetched_at=AT)


@given(lines=st.lists(LINES, max_size=14))
def test_what_names_others_tells_us_the_same_when_they_are_one(lines: list[str]) -> None:
    whole, read = Protego.parse("\n".join(lines)), robots(page("\n".join(lines)))
    for path in ("/", "/list", "/list/2"):
        assert read.allows(f"https://a.test{path}") == bool(whole.can_fetch(f"https://a.test{path}", AGENT))
    assert read.delay == (whole.crawl_delay(AGENT) or 0.0)


def test_rules_for_a_thousand_others_are_not_kept_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(Protego, "parse", given.append)
    agents = [f"User-agent: {name}{n}" for n in range(1000) for name in ("bot", "vigilabel", "v")]
    robots(page("\n".join([*agents, "User-agent: vigilabel", *(f"Disallow: /{n}" for n in range(1000))])))
    assert {line for line in given[0].splitlines() if line.startswith("User")} == {
        "User-agent: -",
        "User-agent: vigilabel",
    }
