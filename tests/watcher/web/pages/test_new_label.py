"""A label that stands in the table is known wherever labels are: no other place has to hear of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette
from toy_register import ToyRegister, page

from state.words.labels import LABELS, Family, Label, rank_of
from watcher.app import App
from watcher.commands.typed.values import Labels
from watcher.look.check import look
from watcher.slack.command import labels_of_word
from watcher.tell.want import understand
from watcher.web.app import make_app

Get = Callable[..., httpx.Response]
NEW = Label(slug="eucs", family=Family.CLOUD)
EDITION = """edition 2026-03-05
eucs | OVH | Bare Metal Pod | E-1 | 2026-03-01 | 2028-03-24
"""
AT = datetime(2026, 3, 5, 8, tzinfo=UTC)


@pytest.fixture
def web(watched: App, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    """The pages of a watch whose table has one label more, which a source states."""
    assert isinstance(LABELS, dict)
    monkeypatch.setitem(LABELS, NEW.slug, NEW)
    source = ToyRegister(name="tl-fr", labels=(NEW.slug,), covers=frozenset({NEW.slug}))
    with watched.open_store() as store:
        look(source, [page(EDITION, AT)], watched.watch(store), AT)
    return make_app(watched)


def test_it_is_on_the_page_of_labels_among_its_family(get: Get) -> None:
    text = get("/labels").text
    cloud = text[text.index('id="cloud"') : text.index('id="services"')]
    assert "/labels/eucs" in cloud
    assert "/providers/ovh" in get("/labels/eucs").text


def test_it_can_be_chosen_on_every_page_that_filters(get: Get) -> None:
    for path in ("/history", "/was"):
        assert 'value="eucs"' in get(path).text, path
    assert get("/history", params={"label": "eucs"}).status_code == 200


def test_the_api_tells_who_holds_it(get: Get) -> None:
    listed = {one["label"]: one for one in get("/api/v1/labels").json()["labels"]}
    assert listed["eucs"] == {"label": "eucs", "providers": 1, "attestations": 1, "read": True}
    held = get("/api/v1/attestations", params={"label": "eucs"}).json()["attestations"]
    assert [row["ref"] for row in held] == ["E-1"]


def test_it_is_a_word_of_commands_aliases_and_subscriptions(web: Starlette) -> None:
    assert Labels().convert("EUCS", None, None) == ("eucs",)
    assert labels_of_word("Eucs") == ("eucs",)
    assert understand(["eucs"]).labels == ("eucs",)
    assert rank_of("eucs") == len(LABELS) - 1
