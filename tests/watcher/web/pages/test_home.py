"""The first page never says more of the watch's sight than is true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from scrapers import SOURCES
from state.model import Outcome
from state.seen.looks import runs
from watcher.app import App
from watcher.settings import Settings, SourceSettings
from watcher.web.app import make_app

Get = Callable[..., httpx.Response]
NAMES = [source.name for source in SOURCES]
HOUR = timedelta(hours=1)


@pytest.fixture
def said(watched: App, get_of: Callable[[Starlette], Get]) -> Callable[..., str]:
    """What the first page says when these sources are enabled and were read so long ago."""

    def said(read: Mapping[str, timedelta | None], lang: str = "fr") -> str:
        sources = {name: SourceSettings(enabled=name in read) for name in NAMES}
        app = App(Settings(state=watched.settings.state, sources=sources), watched.clock)
        with app.open_store() as store:
            for name, ago in read.items():
                last: datetime | None = watched.clock() - ago if ago is not None else None
                state = runs.state_of(store, name)
                runs.save_state(store, replace(state, last_good=last, last_look=last, outcome=Outcome.OK))
        text = get_of(make_app(app))("/", params={"lang": lang}).text
        start = text.index('<p class="health')
        return " ".join(text[start : text.index("</p>", start)].split())

    return said


def test_a_watch_of_nothing_does_not_claim_to_have_read_everything(said: Callable[..., str]) -> None:
    text = said({})
    assert "Aucun registre n’est suivi" in text
    assert 'class="health blind"' in text


def test_a_watch_that_never_read_anything_says_so(said: Callable[..., str]) -> None:
    text = said(dict.fromkeys(NAMES))
    assert "Aucun registre n’a encore été lu." in text
    assert 'class="health blind"' in text


def test_a_watch_that_reads_everything_names_its_oldest_reading(said: Callable[..., str]) -> None:
    text = said({NAMES[0]: HOUR, NAMES[1]: 25 * HOUR}, "en")
    assert "All 2 watched registers were read, the least recent on 4 Mar 2026, 09:00." in text
    assert 'class="health good"' in text


def test_a_watch_that_is_blind_names_what_it_does_not_see(said: Callable[..., str]) -> None:
    text = said({NAMES[0]: HOUR, NAMES[1]: 27 * HOUR, NAMES[2]: None})
    assert "Candidats, site de l’ANSSI » ancienne (bonne lecture le 04/03/2026 à 07:00)" in text
    assert "Liste HDS de l’ANS » jamais lue" in text
    assert 'class="health blind"' in text
