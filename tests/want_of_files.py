"""A process that may open no more files, for as long as a block lasts: the system's own refusal."""

from __future__ import annotations

import gc
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_files_left() -> Iterator[None]:
    """Whatever opens a file inside is refused by the system."""
    gc.collect()  # what waits for it would give its file back inside
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # The limit counts from the lowest number that is free, not from how many are open.
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
