"""Which files of ours something runs through."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[1]
OURS = ("watcher/", "scrapers/", "notifiers/", "state/")


@contextmanager
def walked() -> Iterator[list[str]]:
    """The files of ours whose functions run inside the block, each once, in the order of their first call."""
    files: list[str] = []

    def see(frame: FrameType, event: str, _: object) -> None:
        file = ours(frame)
        if event == "call" and file and file not in files and not loading(frame):
            files.append(file)

    threading.setprofile(see)
    sys.setprofile(see)
    try:
        yield files
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def ours(frame: FrameType) -> str:
    """The file of ours that a call is in, "" for one of somebody else."""
    file = frame.f_code.co_filename.removeprefix(f"{ROOT}/")
    return file if file.startswith(OURS) and file.endswith(".py") else ""


def loading(frame: FrameType | None) -> bool:
    """Whether a call only happens because one of our modules is loaded."""
    while frame is not None:
        if frame.f_code.co_name == "<module>" and ours(frame):
            return True
        frame = frame.f_back
    return False
