"""The editions that a module names, each seen on its evening by one memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from real_registers import catalogue

from scrapers.anssi_catalogue.source import AnssiCatalogue
from state.file.opening import open_store
from state.file.store import Store
from state.model import Page
from state.seen.who.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Checked, Watch


@pytest.fixture(scope="module")
def memory() -> Iterator[Store]:
    with open_store(":memory:") as store:
        yield store


@pytest.fixture(scope="module")
def looks(request: pytest.FixtureRequest, memory: Store) -> dict[str, Checked]:
    """The look at each of the module's `EDITIONS`."""
    watch = Watch(store=memory, providers=load_providers(memory))

    def see(edition: str) -> Checked:
        at = datetime.fromisoformat(f"{edition}T18:00:00+00:00")
        page = Page(url=AnssiCatalogue().url, body=catalogue(edition), fetched_at=at)
        return look(AnssiCatalogue(), [page], watch, at)

    return {edition: see(edition) for edition in request.module.EDITIONS}
