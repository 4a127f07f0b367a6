"""Mails as a mail program shows them: nothing goes beyond a telephone's edge, all of it can be read."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from every_event import build_event, every_case
from playwright.sync_api import Browser

from notifiers.mail.page import Letterhead
from notifiers.mail.post import drafts
from state.model import Kind
from state.words.post import Message

pytestmark = pytest.mark.browser

HEAD = Letterhead(channel="equipe", mailbox="veille@chu.example", pages="https://labels.chu.example")
AXE_RUN = """axe.run({resultTypes: ['violations']}).then(found => found.violations.map(
    one => one.id + ': ' + one.nodes[0].html.slice(0, 200)))"""
SCREENS = ((390, 844), (1280, 900))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def mails(lang: str) -> list[str]:
    """One event of each kind together, one alone, and one whose name has no blank."""
    events = [replace(event, id=number) for number, event in enumerate(every_case().values(), 1)]
    endless = build_event(Kind.GAINED, name="Fournisseur" * 20)
    whole = (tuple(events), (events[0],), (endless,))
    return [
        drafts(Message(key="k", channel="equipe", lang=lang, events=one, matched=("all",)), HEAD)[0].html
        for one in whole
    ]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_mail_is_readable_on_a_telephone_and_a_desk_by_day_and_by_night(
    browser: Browser, lang: str
) -> None:
    axe, found = Path(os.environ["AXE_CORE"]).read_text("utf-8"), []
    for width, height in SCREENS:
        for scheme in SCHEMES:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            for number, html in enumerate(mails(lang)):
                page.set_content(html)
                wide = page.evaluate("document.documentElement.scrollWidth")
                found += [f"{number} {width} {scheme}: {wide} pixels"] if wide > width else []
                page.evaluate(axe)
                found += [f"{number} {width} {scheme}: {one}" for one in page.evaluate(AXE_RUN)]
            page.close()
    assert found == []
