"""Broken documents without end: real ones, edited by hypothesis, until the time is over.

What reads foreign bytes must answer each with a listing or a clear refusal. Only our own reading is tried:
edits are of text, marks and places, never of what a foreign library takes apart.
"""

from __future__ import annotations

import faulthandler
import json
import os
import time
import warnings
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning

SECONDS = float(os.environ.get("FUZZ_SECONDS", "600"))
"""How long each reader is tried: ten minutes, unless somebody is in a hurry or has a night."""
BATCH = 200
STUCK = 120
"""Seconds after which one document is stuck: the run ends, and shows where."""
ODD = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]) | st.sampled_from("<>&\"'|;:/\\0127 \n\t\xa0"),
    max_size=30,
)

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ODD
NESTED = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ODD, inner, max_size=4), max_leaves=12
)


def fuzzed(documents: st.SearchStrategy[Any], read: Callable[[Any], object]) -> None:
    """Reads document after document for `SECONDS`. What `read` raises ends it, with the smallest document
    that raises it."""
    ends = time.monotonic() + SECONDS

    def tried(document: Any) -> None:
        faulthandler.dump_traceback_later(STUCK, exit=True)
        try:
            read(document)
        finally:
            faulthandler.cancel_dump_traceback_later()

    run = settings(max_examples=BATCH, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    batch = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)  # that a document is long to print
        while batch == 0 or time.monotonic() < ends:
            seed(batch)(run(given(documents)(tried)))()
            batch += 1


@st.composite
def edited(draw: st.DrawFn, texts: st.SearchStrategy[str], scraps: st.SearchStrategy[str]) -> str:
    """A text with some edits: a piece cut out, moved, said again, or a scrap put in its place."""
    text = draw(texts)
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from((0, 1, 3, 10, 60, 400))))
        put = draw(st.sampled_from(("", text[start:end] * 2)) | scraps)
        at = draw(st.sampled_from((start, draw(st.integers(0, len(text))))))
        text = text[:at] + put + text[max(at, end) :]
    return text


@st.composite
def altered(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> Any:
    """A value of JSON, of which some parts are gone, others, or somewhere else."""
    value = draw(values)
    for _ in range(draw(st.integers(1, 4))):
        value = _altered(draw, json.loads(json.dumps(value)))
    return value


def _altered(draw: st.DrawFn, value: Any) -> Any:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    if not keys or draw(st.integers(0, 9)) == 0:
        return draw(NESTED)
    key = draw(st.sampled_from(list(keys)))
    match draw(st.sampled_from(("into", "into", "into", "out", "other"))):
        case "into":
            value[key] = _altered(draw, value[key])
        case "out":
            del value[key]
        case _:
            value[key] = draw(NESTED)
    return value
