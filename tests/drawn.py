"""Tests of drawn examples: few in each run, many in the soak."""

from __future__ import annotations

from collections.abc import Callable
from functools import WRAPPER_ASSIGNMENTS, update_wrapper
from typing import Any

import pytest
from hypothesis import given, settings

Test = Callable[..., None]


def drawn(few: int, many: int, *of: Any, **by_name: Any) -> Callable[[Test], Test]:
    """What `given` makes of a test, once with few examples and, in the soak, once with many."""

    def marked(test: Test) -> Test:
        @pytest.mark.parametrize("examples", [few, pytest.param(many, marks=pytest.mark.soak)])
        def run(examples: int) -> None:
            draw: Any = given
            bounded: Any = settings(max_examples=examples, deadline=None)
            bounded(draw(*of, **by_name)(test))()

        # Not what it is given: pytest would look for fixtures of those names.
        update_wrapper(run, test, [one for one in WRAPPER_ASSIGNMENTS if one != "__annotations__"], ())
        del run.__wrapped__  # type: ignore[attr-defined]
        return run

    return marked
