from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _step_by_step(step_by_step: None) -> None:
    """What is tested here is how a memory is begun and opened."""
