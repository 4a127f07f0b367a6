"""The shapes of the Python client are those of the API's document; written anew with the other snapshots."""

from __future__ import annotations

import pytest
from client_shapes import SHAPES, shapes_of

from watcher.web.data.openapi import document


def test_the_client_has_the_shapes_of_today(request: pytest.FixtureRequest) -> None:
    made = shapes_of(document()) + "\n"
    if request.config.getoption("--snapshot-update"):
        SHAPES.write_text(made, encoding="utf-8")
    assert SHAPES.read_text(encoding="utf-8") == made, "pytest tests/contracts --snapshot-update"
